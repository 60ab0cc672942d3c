package spike

import (
	"maps"
	"math/bits"
	"slices"
	"strings"
	"unicode"

	"github.com/cespare/xxhash/v2"
	"github.com/mfonda/simhash"
)

const (
	clusterFloor = 3   // posts of one text until they are near-duplicates
	shortText    = 3   // words up to which equal texts mean nothing ("so good")
	longText     = 200 // words from which on a text is not read
	nearBits     = 3   // of 64, in which the fingerprints of near-duplicates differ at most (Manku, Jain and Das Sarma, WWW 2007)
)

// cluster gives each mention the number of its text: near-duplicates have the same, whatever their
// order; a share, and what hardly anybody else says, has none.
func cluster(mentions []Mention) (numbers []uint64) {
	numbers = make([]uint64, len(mentions))
	of := map[uint64]uint64{} // fingerprints, and the least of those near to them
	for i := range mentions {
		if !mentions[i].Share {
			numbers[i] = fingerprint(mentions[i].Text)
			of[numbers[i]] = numbers[i]
		}
	}
	delete(of, 0)
	join(of)
	counts := map[uint64]int{}
	for i, n := range numbers {
		numbers[i] = of[n]
		counts[numbers[i]]++
	}
	for i, n := range numbers {
		if counts[n] < clusterFloor {
			numbers[i] = 0
		}
	}
	return numbers
}

// join sets the least fingerprint of those that are near to each other, or that others are between,
// for each.
func join(of map[uint64]uint64) {
	all := slices.Sorted(maps.Keys(of))
	root := func(f uint64) uint64 {
		for of[f] != f {
			f = of[f]
		}
		return f
	}
	for i, a := range all {
		for _, b := range all[i+1:] {
			if bits.OnesCount64(a^b) <= nearBits {
				x, y := root(a), root(b)
				of[max(x, y)] = min(x, y)
			}
		}
	}
	for _, f := range all {
		of[f] = root(f)
	}
}

func duplicateShare(mentions []Mention, clusters []uint64) float64 {
	originals, duplicates := 0, 0
	for i := range mentions {
		if mentions[i].Share {
			continue
		}
		originals++
		if clusters[i] != 0 {
			duplicates++
		}
	}
	if originals == 0 {
		return 0
	}
	return float64(duplicates) / float64(originals)
}

// A gram is a word, or two that follow each other.
type gram uint64

func (g gram) Sum() uint64 { return uint64(g) }
func (gram) Weight() int   { return 1 }

// fingerprint is the SimHash (Charikar, STOC 2002) of what a text says: its words and pairs of
// neighbours without case, digits, punctuation, addresses and accounts, so that a text with a changed
// number or link is the same, and a long one with another greeting often near. 0: too short to tell.
func fingerprint(text string) uint64 {
	var grams []simhash.Feature
	before, n := "", 0
	for _, word := range words(text) {
		if word[0] == '@' {
			continue
		}
		if n++; n > longText {
			break
		}
		word = strings.TrimPrefix(word, "#")
		grams = append(grams, gram(xxhash.Sum64String(word)))
		if n > 1 {
			grams = append(grams, gram(xxhash.Sum64String(before+" "+word)))
		}
		before = word
	}
	if n <= shortText {
		return 0
	}
	return max(simhash.Fingerprint(simhash.Vectorize(grams)), textCluster)
}

// words splits a text into lower-case words, hashtags and accounts; web addresses are left out.
func words(text string) []string {
	var out []string
	for _, field := range strings.Fields(strings.ToLower(text)) {
		if strings.Contains(field, "://") || strings.HasPrefix(field, "www.") {
			continue
		}
		for _, w := range strings.FieldsFunc(field, func(r rune) bool { return !unicode.IsLetter(r) && r != '#' && r != '@' }) {
			if strings.Trim(w, "#@") != "" {
				out = append(out, w)
			}
		}
	}
	return out
}

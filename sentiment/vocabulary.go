package sentiment

import (
	_ "embed"
	"math/bits"
	"strings"
	"sync"
	"unicode/utf8"
)

// The words of each language, lower case, the most frequent first (docs/sentiment.md says from where).
var (
	//go:embed models/en.txt
	englishWords string
	//go:embed models/de.txt
	germanWords string
)

// A vocabulary is the rank of each word of a language, from 0.
type vocabulary map[string]int32

func newVocabulary(lines string) vocabulary {
	v := make(vocabulary, strings.Count(lines, "\n"))
	for w := range strings.Lines(lines) {
		v[strings.TrimSuffix(w, "\n")] = int32(len(v))
	}
	return v
}

var (
	english = sync.OnceValue(func() vocabulary { return newVocabulary(englishWords) })
	german  = sync.OnceValue(func() vocabulary { return newVocabulary(germanWords) })
)

// known says that a word is one of either language.
func known(w string) bool {
	if _, ok := english()[w]; ok {
		return true
	}
	_, ok := german()[w]
	return ok
}

// commoner says that word a is more frequent than b in a language.
func commoner(a, b string) bool {
	for _, v := range [...]vocabulary{english(), german()} {
		if x, ok := v[a]; ok {
			if y, ok := v[b]; !ok || x < y {
				return true
			}
		}
	}
	return false
}

// maxSegmented bounds the bytes of a word that is taken apart.
const maxSegmented = 40

// segment splits a hashtag in small letters into known words, those it is likeliest made of, or
// leaves it whole.
func segment(tag string) []string {
	if len(tag) > maxSegmented || known(tag) {
		return []string{tag}
	}
	parts := split(tag, 1, func(w string) int {
		if len(w) < 3 && !short[w] {
			return 0
		}
		cost := 0
		for _, v := range [...]vocabulary{english(), german()} {
			if rank, ok := v[w]; ok {
				if c := 6 + bits.Len32(uint32(rank)+8); cost == 0 || c < cost {
					cost = c
				}
			}
		}
		return cost
	})
	if parts == nil {
		return []string{tag}
	}
	return parts
}

// short are the words of one or two letters that a hashtag is split at.
var short = wordSet("i a is in it me my no so to we us up of on at be by do go he if am an or zu im es er du ab an da so wo")

// compound splits an unknown German word into known ones of four letters and more, with an s
// between them or not; nil when it cannot.
func compound(w string) []string {
	if len(w) < 9 || len(w) > maxSegmented {
		return nil
	}
	v := german()
	return split(w, 4, func(part string) int {
		rank, ok := v[part]
		if !ok && len(part) > 5 && part[len(part)-1] == 's' {
			rank, ok = v[part[:len(part)-1]]
		}
		if !ok {
			return 0
		}
		return 8 + bits.Len32(uint32(rank)+8)
	})
}

// split finds the cheapest way to cut a word into parts of at least n bytes. Cost 0 is no word.
func split(w string, n int, cost func(string) int) []string {
	var best, from [maxSegmented + 1]int
	for end := n; end <= len(w); end++ {
		if end < len(w) && !utf8.RuneStart(w[end]) {
			continue
		}
		for start := max(0, end-24); start+n <= end; start++ {
			if start > 0 && best[start] == 0 || !utf8.RuneStart(w[start]) {
				continue
			}
			if c := cost(w[start:end]); c > 0 && (best[end] == 0 || best[start]+c < best[end]) {
				best[end], from[end] = best[start]+c, start
			}
		}
	}
	if best[len(w)] == 0 {
		return nil
	}
	var parts []string
	for end := len(w); end > 0; end = from[end] {
		parts = append(parts, w[from[end]:end])
	}
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return parts
}

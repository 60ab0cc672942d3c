package sentiment

import (
	"math/bits"
	"unicode/utf8"
)

// maxSegmented bounds the bytes of a hashtag that is taken apart.
const maxSegmented = 40

// segment splits a hashtag in small letters into known words, those it is likeliest made of, or
// leaves it whole.
func segment(tag string) []string {
	if len(tag) > maxSegmented || embeddedWords().known(tag) {
		return []string{tag}
	}
	var best, from [maxSegmented + 1]int
	for end := 1; end <= len(tag); end++ {
		if end < len(tag) && !utf8.RuneStart(tag[end]) {
			continue
		}
		for start := max(0, end-24); start < end; start++ {
			if start > 0 && best[start] == 0 || !utf8.RuneStart(tag[start]) {
				continue
			}
			if c := cost(tag[start:end]); c > 0 && (best[end] == 0 || best[start]+c < best[end]) {
				best[end], from[end] = best[start]+c, start
			}
		}
	}
	if best[len(tag)] == 0 {
		return []string{tag}
	}
	n := 0
	for end := len(tag); end > 0; end = from[end] {
		n++
	}
	parts := make([]string, n)
	for end := len(tag); end > 0; end = from[end] {
		n--
		parts[n] = tag[from[end]:end]
	}
	return parts
}

// short are the words of one or two letters that a hashtag is split at.
var short = wordSet("i a is in it me my no so to we us up of on at be by do go he if am an or zu im es er du ab an da so wo")

// cost is low for a frequent word, and 0 for what is no word.
func cost(w string) int {
	if len(w) < 3 && !short[w] {
		return 0
	}
	l, least := embeddedWords().find(w), 0
	for _, rank := range [...]int32{l.english, l.german} {
		if c := 6 + bits.Len32(uint32(rank)+8); rank >= 0 && (least == 0 || c < least) {
			least = c
		}
	}
	return least
}

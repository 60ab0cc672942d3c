package listening

import (
	"hash/fnv"
	"math/bits"
	"strings"
	"unicode"
)

// A Fingerprint is the SimHash of a text (Charikar, STOC 2002): texts that share most of their
// words have fingerprints that differ in few bits. It is made of the words, of pairs of
// neighbouring words and of the emoji, without case, accents, punctuation, numbers, addresses and
// accounts, so that a copy with another link or greeting is the same. 0 is none: the text is too
// short to be told from others.
type Fingerprint uint64

const (
	fingerprintFloor = 3 // words that a text has to have
	nearBits         = 3 // bits that near-duplicates may differ in (Manku, Jain and Das Sarma, WWW 2007)
)

// FingerprintOf is the fingerprint of a text.
func FingerprintOf(text string) Fingerprint {
	words := statement(text)
	if len(words) < fingerprintFloor {
		return 0
	}
	var sums [64]int
	count := func(s string) {
		h := fnv.New64a()
		_, _ = h.Write([]byte(s)) // never fails
		x := mix(h.Sum64())
		for i := range sums {
			sums[i] += int(x>>i&1)*2 - 1
		}
	}
	for i, w := range words {
		count(w)
		if i > 0 {
			count(words[i-1] + " " + w)
		}
	}
	var f Fingerprint
	for i, sum := range sums {
		if sum > 0 {
			f |= 1 << i
		}
	}
	return max(f, 1) // 0 is none
}

// mix spreads FNV's bits, whose high ones hardly change for short texts (the finaliser of MurmurHash3).
func mix(x uint64) uint64 {
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// Near says whether two texts are near-duplicates.
func (f Fingerprint) Near(other Fingerprint) bool {
	return f != 0 && other != 0 && bits.OnesCount64(uint64(f^other)) <= nearBits
}

// NearPrints is Near for fingerprints as others keep them.
func NearPrints(a, b uint64) bool { return Fingerprint(a).Near(Fingerprint(b)) }

// statement is what a text says: its folded words and its emoji, each run of one emoji once.
func statement(text string) []string {
	if len(text) > maxText {
		text = text[:maxText]
	}
	var words []string
	for _, field := range strings.Fields(text) {
		if field[0] == '@' || field == "RT" || address(field) {
			continue
		}
		for w := range strings.FieldsSeq(string(appendWords(nil, field))) {
			if w[0] != '#' && w[0] != '@' && strings.IndexFunc(w, unicode.IsLetter) >= 0 {
				words = append(words, w)
			}
		}
		for _, r := range field {
			if unicode.Is(unicode.So, r) && (len(words) == 0 || words[len(words)-1] != string(r)) {
				words = append(words, string(r))
			}
		}
	}
	return words
}

// address says that a word is a link: https://example.com, www.example.com, t.co/abc.
func address(word string) bool {
	dot, slash := strings.IndexByte(word, '.'), strings.IndexByte(word, '/')
	return strings.Contains(word, "://") || strings.HasPrefix(word, "www.") || dot > 0 && slash > dot+1
}

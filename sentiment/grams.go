package sentiment

import "unicode/utf8"

// A gram is the hash of a word, of a negated word, or of a few letters inside it; a model keeps as
// many of its low bits as it has. Two spellings of an umlaut have one hash.
type gram = uint32

// FNV-1a, 32 bits (Fowler, Noll, Vo). Each kind of gram begins with a seed of its own.
const (
	fnvOffset  gram = 2166136261
	fnvPrime   gram = 16777619
	seedEN          = fnvOffset
	seedDE          = fnvOffset ^ 0x5bd1e995
	seedSign        = fnvOffset ^ 0x27d4eb2f
	seedChars       = 0xc2b2ae35
	seedNegate      = 0x85ebca6b
)

// maxLetters bounds the letters of a word that are looked into.
const maxLetters = 30

// wordGram hashes a word.
func wordGram(seed gram, w string) gram {
	h := seed
	for i := 0; i < len(w); i++ {
		b := w[i]
		if b == 0xc3 && i+1 < len(w) {
			if first, second := spelt(w[i+1]); first != 0 {
				h = ((h^gram(first))*fnvPrime ^ gram(second)) * fnvPrime
				i++
				continue
			}
		}
		h = (h ^ gram(b)) * fnvPrime
	}
	return h ^ h>>15
}

// spelt is how the second byte of ä, ö, ü or ß is written without it.
func spelt(b byte) (first, second byte) {
	switch b {
	case 0xa4:
		return 'a', 'e'
	case 0xb6:
		return 'o', 'e'
	case 0xbc:
		return 'u', 'e'
	case 0x9f:
		return 's', 's'
	}
	return 0, 0
}

// inside appends the grams of three and four letters of a word between its borders.
func inside(into []gram, seed gram, w string) []gram {
	var buf [2*maxLetters + 2]byte
	letters := append(buf[:0], '<')
	for i := 0; i < len(w) && len(letters) <= maxLetters; i++ {
		if w[i] == 0xc3 && i+1 < len(w) {
			if first, second := spelt(w[i+1]); first != 0 {
				letters = append(letters, first, second)
				i++
				continue
			}
		}
		letters = append(letters, w[i])
	}
	letters = append(letters, '>')
	for ; len(letters) >= 3; letters = letters[1:] {
		if !utf8.RuneStart(letters[0]) {
			continue
		}
		h := seed ^ seedChars
		for _, b := range letters[:3] {
			h = (h ^ gram(b)) * fnvPrime
		}
		into = append(into, spread(h, 3))
		if len(letters) > 3 {
			into = append(into, spread((h^gram(letters[3]))*fnvPrime, 4))
		}
	}
	return into
}

// spread ends the hash of n letters.
func spread(h, n gram) gram {
	h ^= n * 0x9e3779b1
	return h ^ h>>15
}

// maxOwn is how many grams own appends at most.
const maxOwn = 1 + 2*(2*maxLetters+2)

// own appends the grams of a word that depend on nothing else, and returns that of its negation.
func own(into []gram, seed gram, w string) (grams []gram, negated gram) {
	word := wordGram(seed, w)
	into = append(into, word)
	if seed != seedSign {
		into = inside(into, seed, w)
	}
	return into, word ^ seedNegate
}

// seedOf is the seed of a word by the list that has it, or by the text's language.
func (r *rows) seedOf(row int32, w, language string) gram {
	switch {
	case isSign(w):
		return seedSign
	case row >= int32(len(r.words.english)), row == nobody && language == "de":
		return seedDE
	}
	return seedEN
}

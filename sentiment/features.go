package sentiment

// A feature is a hash; a model keeps as many of its low bits as it has.
type feature = uint32

// FNV-1a, 32 bits (Fowler, Noll, Vo).
const (
	fnvOffset feature = 2166136261
	fnvPrime  feature = 16777619
)

func hash(seed feature, s string) feature {
	h := seed
	for i := range len(s) {
		h = (h ^ feature(s[i])) * fnvPrime
	}
	return h ^ h>>15
}

// Feature classes have seeds of their own, so that a word and a bigram do not share weights by design.
const (
	seedWord   = fnvOffset
	seedBigram = fnvOffset ^ 0x9e3779b9
	seedNegate = fnvOffset ^ 0x85ebca6b
	seedChars  = fnvOffset ^ 0xc2b2ae35
)

// polarityFeatures are words, pairs of words, negated words and the characters 3–5 inside words.
func (t text) polarityFeatures(yield func(feature)) {
	previous := "^"
	for i, w := range t.words {
		yield(hash(seedWord, w))
		yield(hash(hash(seedBigram, previous), w))
		if t.marks[i]&markNegated != 0 {
			yield(hash(seedNegate, w))
		}
		ngrams(w, 3, 5, seedChars, yield)
		previous = w
	}
}

// ngrams yields the hashed n-grams of runes of a word between its borders, for at most 30 runes.
func ngrams(w string, from, to int, seed feature, yield func(feature)) {
	var buf [32]rune
	runes := append(buf[:0], '<')
	for _, r := range w {
		if len(runes) == 31 {
			break
		}
		runes = append(runes, r)
	}
	runes = append(runes, '>')
	for i := range runes {
		h := seed
		for n := 1; n <= to && i+n <= len(runes); n++ {
			r := feature(runes[i+n-1])
			h = (h ^ r) * fnvPrime
			h = (h ^ r>>8) * fnvPrime
			if n >= from {
				f := h ^ feature(n)*0x9e3779b1
				yield(f ^ f>>15)
			}
		}
	}
}

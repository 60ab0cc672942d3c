package sentiment

import (
	"strings"
	"unicode"
)

// Undetermined is the language of a text too short or too mixed to tell (ISO 639-2 "und").
const Undetermined = "und"

// detect names a text's language. The model decides where it is sure; a claimed language breaks
// the tie of a short text, and is overruled by a text that is clearly in another.
func (s *Scorer) detect(t text, claimed string) string {
	claimed, _, _ = strings.Cut(strings.ToLower(claimed), "-")
	if foreignScript(t.clean) {
		return Undetermined
	}
	p := s.language.Predict(t.languageFeatures)
	best := argmax(p)
	language, letters := s.language.Classes[best], letterWords(t.words)
	switch {
	case claimed != "" && claimed != Undetermined:
		if language == claimed || p[best] < 0.9 || letters < 4 {
			return claimed
		}
		return language
	case letters == 0 || p[best] < 0.5:
		return Undetermined
	}
	return language
}

// foreignScript says that most letters are not Latin.
func foreignScript(s string) bool {
	latin, other := 0, 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.IsLetter(r):
			other++
		}
	}
	return other > latin
}

func letterWords(words []string) int {
	n := 0
	for _, w := range words {
		if w[0] != '<' && len(w) > 1 {
			n++
		}
	}
	return n
}

package sentiment

import "strings"

// A LanguageScore says how often a model names the language of texts in one language.
type LanguageScore struct {
	Texts      int
	Right      int // named, or called other where the language is none of those
	Known      int // called German or English, so that polarity is known
	ShortRight int // likewise of their first six words
	ShortKnown int
}

// shortWords is how many words a short text has.
const shortWords = 6

// Score identifies texts whose class is the ISO 639-1 code of their language, without a claim.
func (m *LanguageModel) Score(texts []Example) map[string]LanguageScore {
	scores := make(map[string]LanguageScore)
	for _, e := range texts {
		s := scores[e.Class]
		want := e.Class
		if latinLanguage(want) && languageIndex(want) < 0 {
			want = OtherLanguage
		}
		words := strings.Fields(e.Text)
		whole, short := m.Identify(e.Text, ""), m.Identify(strings.Join(words[:min(len(words), shortWords)], " "), "")
		s.Texts++
		s.Right += count(whole == want)
		s.Known += count(whole == "de" || whole == "en")
		s.ShortRight += count(short == want)
		s.ShortKnown += count(short == "de" || short == "en")
		scores[e.Class] = s
	}
	return scores
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

package sentiment

import (
	"slices"
	"strings"
)

// What a language is called that is not named: of a text too short or too mixed to tell (ISO 639-2
// "und"), and of a text that is in none of the languages the model knows.
const (
	Undetermined  = "und"
	OtherLanguage = "other"
)

const (
	// claimOdds is how much likelier a language becomes by being claimed. X claims another language
	// for 4 of 504 captured tweets that the model is sure about, but elsewhere a claim is often a
	// client's default: what some words of a text say overrules it. docs/sentiment.md
	claimOdds = 10

	leastLetters  = 3    // that a text without a claim needs
	leastHashtags = 3    // from which they say the language where there is nothing else
	leastSure     = 0.35 // probability from which a text without a claim has a language
	leastMixed    = 120  // n-grams, about six words, from which a text can be in two languages
	sureMixed     = 0.95
)

// others is the first class of a further language.
var others = len(named)

// priors say how likely a text is in a language before anything is read of it, relative to the
// others: most posts that are listened to are in English or German, and the families have many classes.
var priors = func() (p [languageClasses]float64) {
	for c := range p {
		switch {
		case c >= others:
			p[c] = 0.7
		case named[c] == "de", named[c] == "en":
			p[c] = 2
		default:
			p[c] = 1
		}
	}
	return p
}()

// Identify names a text's language: ISO 639-1, "other" or "und". Claimed is the language its
// network or its author's client names (BCP 47), or empty.
//
// The letters decide; a claim counts as evidence and so decides where they say little. What is not
// in Latin letters has the language of its script.
func (m *LanguageModel) Identify(text, claimed string) string {
	return m.identify(new(letters), text, claimed)
}

// identify reads the letters into l, which may have those of another text.
func (m *LanguageModel) identify(l *letters, text, claimed string) string {
	claim := claimedLanguage(claimed)
	if l.read(text, false); l.latin < leastLetters && l.foreignLetters() == 0 {
		if l.read(text, true); l.words < leastHashtags {
			l.read(text, false)
		}
	}
	switch foreign := l.foreignLetters(); {
	case foreign == 0 && l.latin == 0:
		return orUndetermined(claim)
	case foreign > l.latin:
		return l.ofScript(claim)
	case claim == "" && (l.latin < leastLetters || 2*foreign > l.latin):
		return Undetermined
	}
	half := l.n / 2
	first, second := m.sums(l.grams[:half]), m.sums(l.grams[half:l.n])
	all := first
	for c := range all {
		all[c] += second[c]
	}
	best, p := m.likeliest(&all, l.n, claim)
	if claim == "" && (p < leastSure || l.n >= leastMixed && m.differ(&first, &second, half)) {
		return Undetermined
	}
	if best == OtherLanguage && claim != "" && languageIndex(claim) < 0 {
		return claim
	}
	return best
}

// likeliest names the likeliest language by the sums over n grams, and its probability.
func (m *LanguageModel) likeliest(sums *classSums, n int, claim string) (language string, probability float64) {
	p := m.predict(sums, n)
	for c := range p {
		p[c] *= priors[c]
	}
	for _, q := range p[others+1:] {
		p[others] += q
	}
	if claim != "" {
		claimed := languageIndex(claim)
		if claimed < 0 {
			claimed = others
		}
		p[claimed] *= claimOdds
	}
	total := 0.0
	for _, q := range p[:others+1] {
		total += q
	}
	best := argmax(p[:others+1])
	if best == others {
		return OtherLanguage, p[best] / total
	}
	return named[best], p[best] / total
}

// differ says that the two halves of a text, of n grams each, are surely in two languages.
func (m *LanguageModel) differ(first, second *classSums, n int) bool {
	if slices.Index(first[:], slices.Max(first[:])) == slices.Index(second[:], slices.Max(second[:])) {
		return false
	}
	a, p := m.likeliest(first, n, "")
	b, q := m.likeliest(second, n, "")
	return a != b && p >= sureMixed && q >= sureMixed
}

// ofScript names the language of a text that is mostly not in Latin letters. Several languages
// share a script: there a claim says which, as long as it is one that is not written in Latin letters.
func (l *letters) ofScript(claim string) string {
	script := slices.Index(l.scripts[:], slices.Max(l.scripts[:]))
	foreign := claim != "" && claim != "ar" && claim != "hi" && !latinLanguage(claim)
	switch {
	case foreign:
		return claim
	case script == scriptArabic && 20*l.scripts[scriptPersian] <= l.scripts[scriptArabic]:
		return "ar"
	case script == scriptDevanagari:
		return "hi"
	}
	return OtherLanguage
}

// languageIndex is the class of a language that is named, or −1.
func languageIndex(code string) int { return slices.Index(named, code) }

func latinLanguage(code string) bool {
	return languageIndex(code) >= 0 || slices.ContainsFunc(families, func(f family) bool { return slices.Contains(f.languages, code) })
}

// claimedLanguage is the language of a BCP 47 tag: of "pt-BR", "pt". It is empty where the tag
// says nothing: no tag, and those that X gives texts without words.
func claimedLanguage(tag string) string {
	if tag == "" || tag == "en" || tag == "de" {
		return tag
	}
	code := tag
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		code = tag[:i]
	}
	code = strings.ToLower(code)
	switch code {
	case "in": // ISO 639's old code, which X uses
		return "id"
	case Undetermined, "zxx", "mul", "mis", "art", "qam", "qct", "qht", "qme", "qst":
		return ""
	}
	if len(code) < 2 || len(code) > 3 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz") != "" {
		return ""
	}
	return code
}

func orUndetermined(claim string) string {
	if claim == "" {
		return Undetermined
	}
	return claim
}

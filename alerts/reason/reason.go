// Package reason says why something is an incident or an alert: as data, which is what is kept, and
// in sentences of the language of those who read them.
package reason

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// A Reason is one thing that speaks for an incident or an alert: a code, and what its sentence has
// places for.
type Reason struct {
	Code    Code      `json:"code"`
	Numbers []float64 `json:"numbers,omitempty"`
	Words   []string  `json:"words,omitempty"` // of networks, of posts: never translated
	Rule    string    `json:"rule,omitempty"`  // name of the rule that found it; empty: the detector did
}

// Of makes a reason of a code and its numbers.
func Of(code Code, numbers ...float64) Reason { return Reason{Code: code, Numbers: numbers} }

// With is the reason with words.
func (r Reason) With(words ...string) Reason {
	r.Words = words
	return r
}

// String is the reason in English, as the API and the pages tell it.
func (r Reason) String() string { return r.In("en") }

// In is the reason in a language, en or de; in another one it is English.
func (r Reason) In(language string) string {
	v, ok := voices[language]
	if !ok {
		v = voices["en"]
	}
	said, ok := v.sentences[r.Code]
	if !ok { // of a later version, or told in words before there were codes
		said = strings.TrimSpace(string(r.Code) + " {words}")
		if r.Code == Text {
			said = "{words}"
		}
	}
	said = place.ReplaceAllStringFunc(said, func(p string) string { return v.fill(&r, p[1:len(p)-1]) })
	if r.Rule != "" {
		return r.Rule + ": " + said
	}
	return said
}

// Texts are reasons in a language.
func Texts(all []Reason, language string) []string {
	texts := make([]string, len(all))
	for i := range all {
		texts[i] = all[i].In(language)
	}
	return texts
}

// UnmarshalJSON takes a sentence, too: that is what reasons were before they had codes.
func (r *Reason) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*r = Reason{Code: Text, Words: make([]string, 1)}
		return json.Unmarshal(data, &r.Words[0])
	}
	type plain Reason
	return json.Unmarshal(data, (*plain)(r))
}

// A voice is a language.
type voice struct {
	decimal, group string
	sentences      map[Code]string
	often          [len(rarities)]string
}

// place is where a value stands in a sentence: # a whole number, ~ a mean, % a part of one, and the
// index among the numbers; {often} how often a number of days is; {0} a word; {words} all of them.
var place = regexp.MustCompile(`\{(?:[#~%]?\d|often|words)\}`)

func (v *voice) fill(r *Reason, p string) string {
	if p == "words" {
		return strings.Join(r.Words, ", ")
	}
	if p == "often" {
		return v.oftenness(r)
	}
	n := int(p[len(p)-1] - '0')
	if len(p) == 1 {
		if n < len(r.Words) {
			return r.Words[n]
		}
		return "?"
	}
	if n >= len(r.Numbers) {
		return "?"
	}
	switch x := r.Numbers[n]; p[0] {
	case '%':
		return strconv.FormatFloat(100*x, 'f', 0, 64)
	case '~':
		return v.mean(x)
	default:
		return v.whole(x)
	}
}

// mean writes a mean with as many digits as say something.
func (v *voice) mean(x float64) string {
	if x >= 10 {
		return v.whole(x)
	}
	return strings.Replace(strconv.FormatFloat(x, 'f', 1, 64), ".", v.decimal, 1)
}

// whole writes a number with its thousands apart.
func (v *voice) whole(x float64) string {
	digits := strconv.FormatFloat(math.Abs(x), 'f', 0, 64)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + v.group + digits[i:]
	}
	if x < 0 {
		return "-" + digits
	}
	return digits
}

// rarities are days from which something is so rare.
var rarities = [...]float64{1e6 * 365, 1e4 * 365, 100 * 365, 10 * 365, 365, 30, 7}

// Often says whether something that by chance happens once in so many days is worth no word.
func Often(days float64) bool { return days < rarities[len(rarities)-1] }

func (v *voice) oftenness(r *Reason) string {
	for i, least := range rarities {
		if len(r.Numbers) > 0 && r.Numbers[0] >= least {
			return v.often[i]
		}
	}
	return "?"
}

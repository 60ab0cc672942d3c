package deep

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// textMost is how many runes are read of a text.
const textMost = 1000

// clean is a text as it is said to the model, which docs/deep/train.py does alike: addresses are
// "http", accounts "@user", as the models for posts are trained (Barbieri et al., TweetEval, 2020).
func clean(text string) string {
	if len(text) > textMost*utf8.UTFMax {
		text = text[:textMost*utf8.UTFMax]
	}
	words := strings.FieldsFunc(html.UnescapeString(strings.ToValidUTF8(text, "")), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	})
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		switch {
		case strings.HasPrefix(w, "http://") || strings.HasPrefix(w, "https://"):
			w = "http"
		case len(w) > 1 && w[0] == '@':
			w = "@user"
		}
		b.WriteString(w)
	}
	cut := 0
	for i := range b.String() {
		if cut++; cut > textMost {
			return b.String()[:i]
		}
	}
	return b.String()
}

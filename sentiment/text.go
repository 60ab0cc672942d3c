package sentiment

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxRunes bounds what is read of a text; what a post says stands in its beginning.
const maxRunes = 1000

// A text is a post's text made ready: clean keeps case and punctuation, words are lower case with
// URLs, mentions and numbers replaced by one word each.
type text struct {
	clean string
	words []string
}

var quotes = strings.NewReplacer("’", "'", "‘", "'", "`", "'", "´", "'", "“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`,
	"…", "...", "–", "-", "—", "-", "\u200b", "", "\u200d", "", "\ufeff", "", "\u00ad", "")

// normalise cuts, unescapes and collapses: a rune repeated more than three times stands three
// times, so a hundred thousand dots cost no more than three.
func normalise(s string) text {
	s = html.UnescapeString(quotes.Replace(cut(s, 4*maxRunes)))
	var b strings.Builder
	b.Grow(min(len(s), 4*maxRunes))
	last, run, n := rune(-1), 0, 0
	for _, r := range s {
		if r == utf8.RuneError || (unicode.IsControl(r) && !unicode.IsSpace(r)) {
			continue
		}
		if unicode.IsSpace(r) {
			r = ' '
		}
		if r == last {
			if run++; run > 3 || r == ' ' {
				continue
			}
		} else {
			last, run = r, 1
		}
		b.WriteRune(r)
		if n++; n == maxRunes {
			break
		}
	}
	t := text{clean: strings.TrimSpace(b.String())}
	t.words = words(t.clean)
	return t
}

// cut is the first n runes' worth of bytes of s, never inside a rune.
func cut(s string, n int) string {
	if len(s) <= 4*n {
		return s
	}
	s = s[:4*n]
	for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s[:max(0, len(s)-1)]
}

const (
	wordURL    = "<url>"
	wordHandle = "<handle>"
	wordNumber = "<number>"
)

// words splits at spaces and punctuation; emoji and emoticons are words of their own.
func words(s string) []string {
	var out []string
	for _, field := range strings.Fields(s) {
		switch {
		case strings.HasPrefix(field, "http://"), strings.HasPrefix(field, "https://"), strings.HasPrefix(field, "www."):
			out = append(out, wordURL)
		case len(field) > 1 && field[0] == '@':
			out = append(out, wordHandle)
		case emoticons[field] != "":
			out = append(out, emoticons[field])
		default:
			out = splitWord(out, strings.ToLower(field))
		}
	}
	return out
}

// emoticons are the common ones, by what they say.
var emoticons = map[string]string{
	":)": "<happy>", ":-)": "<happy>", ":D": "<happy>", ":-D": "<happy>", "=)": "<happy>", "^^": "<happy>", "<3": "<happy>", "xD": "<happy>", "XD": "<happy>",
	":(": "<sad>", ":-(": "<sad>", ":'(": "<sad>", ":/": "<sad>", ":-/": "<sad>", "-.-": "<sad>", ">:(": "<sad>", ";)": "<wink>", ";-)": "<wink>",
}

func splitWord(out []string, field string) []string {
	start := -1
	flush := func(end int) {
		if start >= 0 {
			word := field[start:end]
			if strings.IndexFunc(word, unicode.IsLetter) < 0 {
				word = wordNumber
			}
			out = append(out, word)
			start = -1
		}
	}
	for i, r := range field {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\'' && start >= 0:
			if start < 0 {
				start = i
			}
		case r == '!' || r == '?' || unicode.Is(unicode.So, r):
			flush(i)
			out = append(out, string(r))
		default:
			flush(i)
		}
	}
	flush(len(field))
	return out
}

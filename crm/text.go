package crm

import (
	"net/mail"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Longest values, in characters.
const (
	maxName   = 200
	maxEmail  = 254
	maxPhone  = 100
	maxURL    = 2000
	maxID     = 200
	maxReason = 500
)

// tidy makes one line of what a person typed: spaces of any kind, line breaks too, become one
// blank, and none at either end.
func tidy(s string) string {
	if plain(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// plain says that tidy would change nothing, without looking beyond ASCII.
func plain(s string) bool {
	blank := true
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ':
			if blank {
				return false
			}
			blank = true
		case c < ' ' || c >= utf8.RuneSelf:
			return false
		default:
			blank = false
		}
	}
	return !blank || s == ""
}

// checkText refuses what no database should hold: too long, not UTF-8, control characters.
func checkText(field, s string, limit int) error {
	if len(s) > limit && utf8.RuneCountInString(s) > limit {
		return invalid(field, "has %d characters: at most %d are kept", utf8.RuneCountInString(s), limit)
	}
	if !utf8.ValidString(s) {
		return invalid(field, "is not UTF-8")
	}
	for _, r := range s {
		if unicode.IsControl(r) {
			return invalid(field, "holds the control character %U: take it out", r)
		}
	}
	return nil
}

// checkEmail wants a bare address: name@host.
func checkEmail(s string) error {
	if s == "" {
		return nil
	}
	if err := checkText("email", s, maxEmail); err != nil {
		return err
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s {
		return invalid("email", "%q is no e-mail address: want one like anna@example.com", s)
	}
	return nil
}

// webURL completes a web address that lacks its scheme and refuses anything but http and https.
func webURL(field, s string) (string, error) {
	if s == "" {
		return "", nil
	}
	if err := checkText(field, s, maxURL); err != nil {
		return "", err
	}
	full := s
	if !strings.Contains(s, "://") {
		full = "https://" + s
	}
	u, err := url.Parse(full)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil ||
		!strings.Contains(u.Hostname(), ".") || strings.ContainsAny(s, " \"<>") {
		return "", invalid(field, "%q is no web address: want one like https://example.com/anna", s)
	}
	return full, nil
}

var writtenOut = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "æ", "ae", "ø", "oe",
	"å", "aa", "œ", "oe", "ł", "l", "đ", "d")

// foldKey is the form in which names are searched and ordered: lower case, umlauts written out,
// no accents, one blank between words.
func foldKey(s string) string {
	ascii := true
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	s = strings.ToLower(s)
	if !ascii {
		s = writtenOut.Replace(norm.NFKC.String(s))
		s = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, norm.NFKD.String(s))
	}
	return tidy(s)
}

// cut shortens a text to n characters, at the end of a word where one is near.
func cut(s string, n int) string {
	s = tidy(s)
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := []rune(s)[:n-1]
	if i := strings.LastIndexByte(string(runes), ' '); i > len(string(runes))*2/3 {
		return string(runes)[:i] + "…"
	}
	return string(runes) + "…"
}

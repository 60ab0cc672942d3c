package listening

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Folding makes the spellings of a word one: lower case, umlauts written out, other accents, width
// and style dropped ("MÜLLER", "Mueller", "𝗠𝘂𝗲𝗹𝗹𝗲𝗿" are all "mueller"). It works rune by rune,
// so that the raw bytes of a message and its decoded text fold to the same.

// folded is the folding of the runes below tableSize; a blank stands for a word's end.
const tableSize = 0x250

var folded = func() (table [tableSize]string) {
	for r := range rune(tableSize) {
		table[r] = foldSlow(r)
	}
	return table
}()

// foldRune returns what a rune folds to: letters and digits, one of # @ _ . -, nothing where it
// is dropped, or a blank.
func foldRune(r rune) string {
	if r < tableSize {
		return folded[r]
	}
	return foldSlow(r)
}

func foldSlow(r rune) string {
	switch r {
	case 'ä', 'Ä':
		return "ae"
	case 'ö', 'Ö', 'ø', 'Ø', 'œ', 'Œ':
		return "oe"
	case 'ü', 'Ü':
		return "ue"
	case 'æ', 'Æ':
		return "ae"
	case 'ß', 'ẞ':
		return "ss"
	case 'ł', 'Ł':
		return "l"
	case 'đ', 'Đ':
		return "d"
	case '#', '@', '_', '.', '-':
		return string(r)
	case '＃':
		return "#"
	case '＠':
		return "@"
	case '\u00ad', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff':
		return "" // invisible characters do not cut a word
	}
	switch {
	case r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)):
		return string(unicode.ToLower(r))
	case unicode.Is(unicode.Mn, r):
		return ""
	case !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.Is(unicode.Mc, r):
		return " "
	}
	var b strings.Builder
	for _, d := range norm.NFKD.String(string(unicode.ToLower(r))) {
		if unicode.IsLetter(d) || unicode.IsNumber(d) || unicode.Is(unicode.Mc, d) {
			b.WriteRune(unicode.ToLower(d))
		}
	}
	if b.Len() == 0 {
		return " "
	}
	return b.String()
}

// composes says that a rune may melt with the one before it, so that only the whole text can be
// folded: Latin and Greek accents, Japanese voice marks, Korean letters.
func composes(r rune) bool {
	return r >= 0x300 && (r <= 0x36f || r >= 0x1100 && r <= 0x11ff || r == 0x3099 || r == 0x309a)
}

// standsAlone says that a rune is a word by itself, for scripts that do not put blanks between words.
func standsAlone(r rune) bool {
	return r >= 0x2e80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0xe00 && r <= 0xeff
}

// compose brings a text into the form that foldRune takes.
func compose(text string) string {
	if strings.ContainsFunc(text, composes) {
		return norm.NFC.String(text)
	}
	return text
}

// maxText bounds how much of a text is looked at, in bytes; more than any network allows.
const maxText = 100_000

// appendWords appends a text's words, each followed by a blank. A hashtag stands with its '#' and
// as a word ("#fail fail "), an account with its '@', and one with a server without it too
// ("@anna@social.example @anna ").
func appendWords(dst []byte, text string) []byte {
	if len(text) > maxText {
		text = text[:maxText]
	}
	start := len(dst) // of the word that is being written
	end := func() {
		dst = endWord(dst, start)
		start = len(dst)
	}
	for _, r := range compose(text) {
		if r < utf8.RuneSelf && (r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9') {
			if r >= 'A' && r <= 'Z' {
				r |= 0x20
			}
			dst = append(dst, byte(r))
			continue
		}
		switch f := foldRune(r); f {
		case "":
		case " ":
			end()
		case "#":
			end()
			dst = append(dst, '#')
		case "@":
			if len(dst) == start+1 && dst[start] == '@' {
				continue
			}
			if len(dst) == start || dst[start] != '@' {
				end()
			}
			dst = append(dst, '@')
		case ".", "-":
			if len(dst) == start || dst[start] != '@' {
				end()
				continue
			}
			dst = append(dst, f[0])
		case "_":
			if len(dst) == start || dst[start] != '@' && dst[start] != '#' {
				end()
				continue
			}
			dst = append(dst, '_')
		default:
			if standsAlone(r) {
				end()
				dst = append(dst, f...)
				end()
				continue
			}
			dst = append(dst, f...)
		}
	}
	return endWord(dst, start)
}

// endWord closes the word that begins at start, if there is one.
func endWord(dst []byte, start int) []byte {
	if start == len(dst) {
		return dst
	}
	if dst[start] == '@' {
		for len(dst) > start && strings.IndexByte("@.-_", dst[len(dst)-1]) >= 0 {
			dst = dst[:len(dst)-1]
		}
		if len(dst) == start {
			return dst
		}
		word := string(dst[start:])
		dst = append(dst, ' ')
		if i := strings.IndexByte(word[1:], '@'); i > 0 {
			dst = append(append(dst, word[:i+1]...), ' ')
		}
		return dst
	}
	if dst[start] == '#' {
		word := string(dst[start+1:])
		if word == "" {
			return dst[:start]
		}
		return append(append(append(dst, ' '), word...), ' ')
	}
	return append(dst, ' ')
}

package matcher

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-unidecode"
	"golang.org/x/text/unicode/norm"
)

// Longest texts looked at, in characters; what is beyond is not read.
const (
	maxNameRunes = 100
	maxBioRunes  = 1000
)

// letters writes out what German and its neighbours write with one letter or with two.
var letters = map[rune]string{
	'ä': "ae", 'ö': "oe", 'ü': "ue", 'ß': "ss", 'Ä': "ae", 'Ö': "oe", 'Ü': "ue", 'ẞ': "ss",
	'æ': "ae", 'Æ': "ae", 'ø': "oe", 'Ø': "oe", 'œ': "oe", 'Œ': "oe", 'å': "aa", 'Å': "aa",
	'ł': "l", 'Ł': "l", 'đ': "d", 'Đ': "d", 'ð': "d", 'Ð': "d", 'þ': "th", 'Þ': "th", 'ı': "i",
}

// latin1 are the other accented letters that need no table of Unicode.
var latin1 = func() (table [0x180]byte) {
	for r := rune(0xc0); r < 0x180; r++ {
		d := norm.NFD.String(string(r))
		if d[0] < utf8.RuneSelf && utf8.RuneCountInString(d) == 2 {
			table[r] = d[0] | 0x20
		}
	}
	return table
}()

// Fold is the form in which names are compared: lower-case letters and digits without accents,
// umlauts written out, one blank between words. It reads at most maxRunes characters and gives no
// more. Apostrophes join: O'Neil is oneil.
func Fold(s string, maxRunes int) string { return string(appendFold(nil, s, maxRunes)) }

func appendFold(dst []byte, s string, maxRunes int) []byte {
	start, n := len(dst), 0
	blank := true
	for i, r := range s {
		if n++; n > maxRunes || len(dst)-start >= maxRunes {
			break
		}
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			dst, blank = append(dst, byte(r)), false
		case r >= 'A' && r <= 'Z':
			dst, blank = append(dst, byte(r)|0x20), false
		case r == '\'' || r == '’' || r == '`' || r == '´':
		case r < utf8.RuneSelf:
			if !blank {
				dst, blank = append(dst, ' '), true
			}
		case r < 0x180 && latin1[r] != 0 && letters[r] == "" && !marked(s[i+utf8.RuneLen(r):]):
			dst, blank = append(dst, latin1[r]), false
		case letters[r] != "":
			dst, blank = append(dst, letters[r]...), false
		default:
			return foldUnicode(dst[:start], s, maxRunes)
		}
	}
	return trimFold(dst, start, maxRunes)
}

// marked says that a text goes on with a combining mark, so that the letter before is not whole.
func marked(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r >= 0x300 && r < 0x370
}

// foldUnicode is appendFold for every script.
func foldUnicode(dst []byte, s string, maxRunes int) []byte {
	start := len(dst)
	var b strings.Builder
	s = strings.ReplaceAll(firstRunes(s, maxRunes), "´", "") // NFKC would make a blank of it
	for _, r := range norm.NFKC.String(s) {
		if two, ok := letters[r]; ok {
			b.WriteString(two)
			continue
		}
		b.WriteRune(unicode.ToLower(r))
	}
	n, blank := 0, true
	for _, r := range norm.NFKD.String(b.String()) {
		switch {
		case n >= maxRunes:
			return trimFold(dst, start, maxRunes)
		case unicode.Is(unicode.M, r), r == '\'', r == '’', r == '`', r == '´', r == '\u02bc':
			continue
		case unicode.IsLetter(r), unicode.IsNumber(r):
			if two, ok := letters[unicode.ToLower(r)]; ok {
				dst = append(dst, two...)
				n += len(two) - 1
			} else {
				from := len(dst)
				dst = appendLatin(dst, unicode.ToLower(r))
				n += len(dst) - from - 1
			}
			blank = len(dst) == start || dst[len(dst)-1] == ' '
		case blank:
			continue
		default:
			dst, blank = append(dst, ' '), true
		}
		n++
	}
	return trimFold(dst, start, maxRunes)
}

// appendLatin writes a letter of any script in Latin letters: Иван is ivan.
func appendLatin(dst []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		return append(dst, byte(r))
	}
	for _, c := range []byte(unidecode.Unidecode(string(r))) {
		switch {
		case c >= 'A' && c <= 'Z':
			dst = append(dst, c|0x20)
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			dst = append(dst, c)
		}
	}
	return dst
}

func trimFold(dst []byte, start, limit int) []byte {
	dst = dst[:min(len(dst), start+limit)]
	for len(dst) > start && dst[len(dst)-1] == ' ' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

func firstRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

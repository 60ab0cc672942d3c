package matcher

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Longest texts looked at, in characters; what is beyond is not read.
const (
	maxNameRunes = 100
	maxBioRunes  = 1000
	maxNameWords = 8
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
			return trimFold(dst, start, len(dst))
		case unicode.Is(unicode.M, r), r == '\'', r == '’', r == '`', r == '´', r == '\u02bc':
			continue
		case unicode.IsLetter(r), unicode.IsNumber(r):
			if two, ok := letters[unicode.ToLower(r)]; ok {
				dst = append(dst, two...)
				n += len(two) - 1
			} else {
				dst = utf8.AppendRune(dst, unicode.ToLower(r))
			}
			blank = false
		case blank:
			continue
		default:
			dst, blank = append(dst, ' '), true
		}
		n++
	}
	return trimFold(dst, start, len(dst))
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

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

var (
	titles     = set("dr prof professor dipl ing kfm phd msc bsc mba ma ba mag med rer nat jur phil habil hc mr mrs ms herr frau sir lic esq jr sr")
	particles  = set("von van de der den dem zu zum zur vom da di du del della la le ten ter af av al el bin ibn und y e")
	legalForms = set("gmbh mbh ag kg kgaa ohg ug gbr se eg ev ek co company inc incorporated ltd limited llc llp lp corp corporation plc sa sas sarl srl spa bv nv ab as oy aps und and the group gruppe holding")
)

// nameWords are the words of a person's name that tell, sorted, so that "Müller, Dr. Anna" is
// "Anna Müller": no titles, no particles, no initials. Nil when fewer than two are left or when it
// is longer than a name: one word names nobody.
func nameWords(name string) []string {
	name = firstRunes(name, maxNameRunes)
	if i := strings.IndexAny(name, "|([{•·—–@/:\n"); i > 0 {
		name = name[:i] // "Anna Müller | Acme"
	}
	var buf [4 * maxNameRunes]byte
	words := strings.Fields(string(appendFold(buf[:0], name, maxNameRunes)))
	words = slices.DeleteFunc(words, func(w string) bool { return !longer(w, 1) || isNumber(w) })
	for _, filler := range []map[string]bool{titles, particles} {
		kept := 0
		for _, w := range words {
			if !filler[w] {
				kept++
			}
		}
		if kept >= 2 {
			words = slices.DeleteFunc(words, func(w string) bool { return filler[w] })
		}
	}
	if len(words) < 2 || len(words) > maxNameWords {
		return nil
	}
	for _, w := range words {
		if w == "gmbh" || w == "inc" || w == "ltd" || w == "llc" {
			return nil // a company, not a person
		}
	}
	slices.Sort(words)
	return words
}

// longer says that a word has more than n characters.
func longer(w string, n int) bool { return len(w) > n && utf8.RuneCountInString(w) > n }

func isNumber(w string) bool { return strings.Trim(w, "0123456789") == "" }

// nameKey is the key under which a name stands in the index; empty when it is none.
func nameKey(name string) string { return strings.Join(nameWords(name), " ") }

// companyWords are the words of a company's name without its legal form.
func companyWords(company string) []string {
	words := strings.Fields(Fold(company, maxNameRunes))
	kept := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return legalForms[w] })
	if len(strings.Join(kept, "")) < 3 {
		return nil
	}
	return kept
}

// holds says that a folded text holds the words, next to each other.
func holds(text string, words []string) bool {
	if len(words) == 0 {
		return false
	}
	return strings.Contains(" "+text+" ", " "+strings.Join(words, " ")+" ")
}

package sentiment

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Which language a text is in, is read from its letters: addresses, accounts, hashtags, numbers,
// emoji and entities carry none, or little: hashtags are read where there is nothing else. It is read from the text as it came, in one pass, and from no
// more of it than the bounds below.
const (
	maxLanguageBytes = 4000 // read of a text
	maxGrams         = 1024 // about 250 letters
)

// letters are what is seen of a text: the hashed n-grams of its Latin words, and how many letters
// stand in which script.
type letters struct {
	grams   [maxGrams]uint32
	n       int // of grams
	latin   int // letters
	words   int // of two Latin letters or more
	scripts [scriptCount]int
}

// The scripts that are told apart. Arabic and Devanagari are written for other languages than
// Arabic and Hindi too; those have letters of their own, which are counted apart.
const (
	scriptArabic = iota
	scriptPersian
	scriptDevanagari
	scriptOther
	scriptCount
)

// Symbols of letters: a–z are 1–26, an accented letter is one of the rest.
const (
	symbolEdge       = 27 // before and after a word
	symbolApostrophe = 28
	symbolAccented   = 32
)

// symbolOf maps what is not ASCII and folds to lower case; 0 is no Latin letter.
func symbolOf(r rune) byte {
	switch {
	case r == '\u2019' || r == '\u2018' || r == '\u00b4':
		return symbolApostrophe
	case r >= 0xc0 && r < 0x180 && r != 0xd7 && r != 0xf7:
		return byte(symbolAccented + unicode.ToLower(r) - 0xc0) // up to 223
	case r >= 0x180 && r < 0x250, r >= 0x1e00 && r < 0x1f00:
		return byte(224 + unicode.ToLower(r)&31)
	case r >= 0xff21 && r <= 0xff5a, r >= 0x1d400 && r <= 0x1d6a3: // wide and mathematical letters
		if r = plain(r) | 0x20; r >= 'a' && r <= 'z' {
			return byte(r & 0x1f)
		}
	}
	return 0
}

// gramHash spreads the symbols of an n-gram, or of a word, over 32 bits (Knuth's multiplicative hash).
func gramHash(key uint64) uint32 { return uint32(key * 0x9e3779b97f4a7c15 >> 32) }

// read fills in the letters of a text; those of its hashtags where they are asked for.
func (l *letters) read(text string, hashtags bool) {
	l.n, l.latin, l.words, l.scripts = 0, 0, 0, [scriptCount]int{} // the grams are overwritten
	text = text[:min(len(text), maxLanguageBytes)]
	for i := 0; i < len(text) && l.n < maxGrams-8; {
		switch c := text[i]; {
		case c|0x20 >= 'a' && c|0x20 <= 'z' || c >= utf8.RuneSelf:
			if starts(text[i:]) {
				i += skipField(text[i:])
				continue
			}
			i = l.word(text, i)
		case c == '@' || c == '#' && !hashtags:
			i += 1 + skipName(text[i+1:])
		case c == '&':
			i += skipEntity(text[i:])
		case c == '\\' && len(text) > i+6 && text[i+1] == 'u': // an escape that somebody forgot to undo
			i += 6
		default:
			i++
		}
	}
}

// word reads the word that begins at i and returns where it ends.
func (l *letters) word(text string, i int) int {
	key, whole, last, run := uint64(symbolEdge), uint64(0), byte(0), 0
	length := 0
	for i < len(text) {
		c, size := text[i], 1
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			c &= 0x1f
		case c == '\'' && length > 0:
			c = symbolApostrophe
		case c >= utf8.RuneSelf:
			var r rune
			r, size = utf8.DecodeRuneInString(text[i:])
			if c = symbolOf(r); c == 0 {
				if length == 0 {
					return l.foreign(r, i+size)
				}
				if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) { // an accent by itself, or what nobody sees
					i += size
					continue
				}
			}
		default:
			c = 0
		}
		if c == 0 || l.n >= maxGrams-8 {
			break
		}
		i += size
		if run++; c != last {
			last, run = c, 1
		} else if run > 2 {
			continue // an elongated word is the word
		}
		length++
		key = key<<8 | uint64(c)
		whole = (whole ^ uint64(c)) * 0x100000001b3
		l.add(key, length)
	}
	if length > 0 {
		l.add(key<<8|symbolEdge, length+1)
		l.grams[l.n] = gramHash(whole | 1<<63)
		l.n++
		l.latin += length
		if length > 1 {
			l.words++
		}
	}
	return i
}

// add notes the n-grams of two to four that end with the last symbol of key.
func (l *letters) add(key uint64, length int) {
	l.grams[l.n] = gramHash(key & 0xffff)
	l.n++
	if length >= 2 {
		l.grams[l.n] = gramHash(key & 0xffffff)
		l.n++
	}
	if length >= 3 {
		l.grams[l.n] = gramHash(key & 0xffffffff)
		l.n++
	}
}

// foreign counts a letter of another script and returns where to go on.
func (l *letters) foreign(r rune, next int) int {
	switch {
	case r == 'پ' || r == 'چ' || r == 'ژ' || r == 'گ' || r == 'ٹ' || r == 'ڈ' || r == 'ے' || r == 'ک' || r == 'ی':
		l.scripts[scriptPersian]++
	case r >= 0x600 && r < 0x780 && unicode.IsLetter(r):
		l.scripts[scriptArabic]++
	case r >= 0x900 && r < 0x980:
		l.scripts[scriptDevanagari]++
	case r >= 0x370 && unicode.IsLetter(r) && r != utf8.RuneError:
		l.scripts[scriptOther]++
	}
	return next
}

// starts says that a web address begins here.
func starts(s string) bool {
	return s[0]|0x20 == 'h' && (strings.HasPrefix(s, "http") || strings.HasPrefix(s, "HTTP")) || s[0]|0x20 == 'w' && strings.HasPrefix(s, "www.")
}

func skipField(s string) int {
	if end := strings.IndexAny(s, " \n\t"); end >= 0 {
		return end
	}
	return len(s)
}

func skipName(s string) int {
	end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '_' })
	if end < 0 {
		return len(s)
	}
	return end
}

func skipEntity(s string) int {
	if end := strings.IndexByte(s[:min(len(s), 10)], ';'); end > 0 {
		return end + 1
	}
	return 1
}

// foreignLetters is how many letters are not Latin.
func (l *letters) foreignLetters() int {
	n := 0
	for _, letters := range l.scripts {
		n += letters
	}
	return n
}

package sentiment

import (
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxRunes bounds what is read of a text, before anything else is done: what a post says stands in
// its beginning, and a hundred thousand dots cost as much as a thousand.
const maxRunes = 1000

// A text is a post's text made ready. Clean keeps case and punctuation. Words are lower case; URLs,
// mentions, numbers and emoticons are replaced by one word each, emoji, "!" and "?" are words of
// their own, and a hashtag's words stand apart. Marks says of each word what its letters do not,
// lexemes where the lists have it.
type text struct {
	clean   string
	words   []string
	marks   []mark
	lexemes []lexeme
	entries []*entry // of the words, while a table reads them
}

// A mark is what is known of a word besides its letters.
type mark uint8

const (
	markShout   mark = 1 << iota // in capitals, in a text that is not
	markLong                     // a letter was repeated, or an "!" or "?"
	markTag                      // in a hashtag
	markNegated                  // in the scope of a negation
	markEnd                      // a clause ends behind it
)

// normalise cuts, unescapes, composes and collapses.
func normalise(s string) text {
	t := tokens{lexicon: embeddedWords()}
	t.normalise(s)
	return t.text
}

func (t *tokens) normalise(s string) {
	s = cut(s, maxRunes)
	if strings.IndexByte(s, '&') >= 0 {
		s = html.UnescapeString(s)
	}
	if strings.Contains(s, `\u`) {
		s = unescape(s)
	}
	if !composed(s) && !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	t.fold(s)
	t.split()
	t.negate()
}

// composed says that a text is surely in NFC: what it has is below U+0300, where the combining
// marks begin, or of the punctuation and emoji that neither compose nor decompose.
func composed(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0xcc || s[i] == 0xef && strings.HasPrefix(s[i:], "\ufe0f") {
			continue
		}
		switch {
		case strings.HasPrefix(s[i:], "\xf0\x9f"): // U+1F000 to U+1FFFF
		case strings.HasPrefix(s[i:], "\xe2\x80") && i+2 < len(s) && s[i+2] > 0x81: // U+2002 to U+203F
		default:
			return false
		}
	}
	return true
}

// unescape writes runes for the \uXXXX that some sets and clients leave in a text.
func unescape(s string) string {
	var b strings.Builder
	for {
		at := strings.Index(s, `\u`)
		if at < 0 || at+6 > len(s) {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:at])
		if n, err := strconv.ParseUint(s[at+2:at+6], 16, 16); err == nil {
			b.WriteRune(rune(n))
			s = s[at+6:]
		} else {
			b.WriteString(s[at : at+2])
			s = s[at+2:]
		}
	}
}

// cut is the first n runes of s.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

// fold writes the clean text and its lower case, byte beside byte. Width, quotes and dashes are
// made alike, what nobody sees is left out, and a rune repeated more than three times stands three times.
func (t *tokens) fold(s string) {
	if len(t.room) < 2*len(s) { // no rune is made longer
		t.room = make([]byte, max(1024, 2*len(s)))
	}
	clean, low := t.room[:len(s)], t.room[len(s):2*len(s)]
	n, last, run := 0, ' ', 3 // no space in front
	for _, r := range s {
		if r >= utf8.RuneSelf {
			if r = plain(r); r < 0 {
				continue
			}
		} else if r < ' ' || r == 0x7f {
			if !unicode.IsSpace(r) {
				continue
			}
			r = ' '
		}
		if r != last {
			last, run = r, 1
		} else if run++; run > 3 || r == ' ' {
			continue
		}
		switch {
		case r == '…':
			n += copy(low[n:], clean[n:n+copy(clean[n:], "...")])
		case r < utf8.RuneSelf:
			clean[n], low[n] = byte(r), lower[r]
			n++
		default:
			size := utf8.EncodeRune(clean[n:], r)
			if l := toLower(r); utf8.RuneLen(l) == size {
				r = l
			}
			n += utf8.EncodeRune(low[n:], r)
		}
	}
	for n > 0 && clean[n-1] == ' ' {
		n--
	}
	both := string(append(t.room[:n], low[:n]...)) // one string, the words are parts of it
	t.clean, t.low = both[:n], both[n:]
}

// lower is the lower case of ASCII.
var lower = func() (to [utf8.RuneSelf]byte) {
	for c := range to {
		to[c] = byte(unicode.ToLower(rune(c)))
	}
	return to
}()

// toLower is unicode.ToLower, without its search where posts are in Latin-1 or have emoji.
func toLower(r rune) rune {
	switch {
	case r >= 0xdf && r <= 0xff, r >= 0x1f000:
		return r
	case r >= 0xc0 && r <= 0xde && r != 0xd7:
		return r + 0x20
	}
	return unicode.ToLower(r)
}

// plain is the rune that stands for r, or −1 for one that nobody sees.
func plain(r rune) rune {
	switch {
	case r >= 0xc0 && r < 0x250, r >= 0x1f300 && r < 0x1f3fb, r >= 0x1f400 && r <= 0x1faff:
		return r // Latin letters and emoji
	case r == utf8.RuneError, unicode.Is(unicode.Cf, r), unicode.Is(unicode.Cc, r), unicode.Is(unicode.Co, r):
		return -1 // invalid, zero width, direction, control
	case r >= 0xfe00 && r <= 0xfe0f, r >= 0x1f3fb && r <= 0x1f3ff:
		return -1 // variation selectors and skin tones
	case unicode.IsSpace(r):
		return ' '
	case r >= 0xff01 && r <= 0xff5e: // fullwidth forms
		return r - 0xff01 + '!'
	case r >= 0x1d400 && r <= 0x1d6a3: // mathematical letters, thirteen alphabets of 52
		if i := (r - 0x1d400) % 52; i < 26 {
			return 'A' + i
		}
		return 'a' + (r-0x1d400)%52 - 26
	case r >= 0x1d7ce && r <= 0x1d7ff: // mathematical digits
		return '0' + (r-0x1d7ce)%10
	}
	switch r {
	case '’', '‘', '‛', '´', 'ʼ', '′':
		return '\''
	case '“', '”', '„', '‟', '«', '»', '″', '‹', '›':
		return '"'
	case '–', '—', '‐', '‑', '‒', '―', '−':
		return '-'
	}
	return r
}

// Same is a text as the models see it: two texts of one are the same to them.
func Same(s string) string { return strings.Join(normalise(s).words, " ") }

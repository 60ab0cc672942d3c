package sentiment

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words that stand for what they replace. A word of a text that begins with "<" is one of these.
const (
	wordURL    = "<url>"
	wordHandle = "<handle>"
	wordNumber = "<number>"
	wordDots   = "<dots>"
)

// maxWords bounds the words of a text; only a text of one-letter words has more.
const maxWords = 400

// tokens is a text being split.
type tokens struct {
	text
	low     string // the clean text in lower case, byte for byte beside it
	lexicon *lexicon
	room    []byte // to write in
}

// split walks over the fields between spaces.
func (t *tokens) split() {
	if n := len(t.clean)/5 + 4; cap(t.words) < n {
		t.words, t.marks, t.lexemes = make([]string, 0, n), make([]mark, 0, n), make([]lexeme, 0, n)
	}
	t.words, t.marks = t.words[:0], t.marks[:0]
	for at := 0; at < len(t.low) && len(t.words) < maxWords; {
		end := strings.IndexByte(t.low[at:], ' ')
		if end < 0 {
			end = len(t.low)
		} else {
			end += at
		}
		t.field(at, end)
		at = end + 1
	}
	t.lexemes = t.lexicon.findAll(t.lexemes[:0], t.words)
	t.calm()
}

// field splits what stands between two spaces.
func (t *tokens) field(at, end int) {
	for at < end && len(t.words) < maxWords {
		r, size := rune(t.low[at]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(t.low[at:])
		}
		switch {
		case letter(r):
			if isURL(t.low[at:end]) {
				t.add(wordURL, 0)
				return
			}
			if n, word := emoticon(t.clean[at:end], true); n > 0 {
				t.add(word, 0)
				at += n
				continue
			}
			at = t.word(at, end, 0)
		case r == '@' && at+1 < end && handle(t.low[at+1]):
			for at++; at < end && handle(t.low[at]); at++ {
			}
			t.add(wordHandle, 0)
		case r == '#' && at+1 < end:
			at = t.tag(at+1, end)
		case r == '!' || r == '?':
			at = t.shout(at, end, byte(r))
		case r < utf8.RuneSelf:
			if n, word := emoticon(t.clean[at:end], false); n > 0 {
				t.add(word, 0)
				at += n
				continue
			}
			at = t.punctuation(at, end)
		default:
			if emoji(r) {
				t.add(t.low[at:at+size], 0)
			}
			at += size
		}
	}
}

// word takes letters, digits and the apostrophes between them.
func (t *tokens) word(at, end int, m mark) int {
	start, last, run, letters, long := at, rune(-1), 0, false, false
	for at < end {
		r, size := rune(t.low[at]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(t.low[at:])
		}
		if !letter(r) && (r != '\'' || at == start || !joins(t.low[at+1:end])) {
			break
		}
		if r == last {
			run++
			long = long || run == 3 && !digit(r)
		} else {
			last, run = r, 1
		}
		letters = letters || r == '\'' || !digit(r)
		at += size
	}
	word := t.low[start:at]
	switch {
	case !letters:
		word = wordNumber
	case long:
		word, m = t.shorten(word), m|markLong
	}
	if letters && shouted(t.clean[start:at], t.low[start:at]) {
		m |= markShout
	}
	t.add(word, m)
	return at
}

// joins says that an apostrophe stands inside a word: a letter follows.
func joins(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return letter(r)
}

// shouted says that two letters or more are all capitals.
func shouted(clean, low string) bool {
	for i := range len(clean) {
		if 'a' <= clean[i] && clean[i] <= 'z' {
			return false
		}
	}
	return len(clean) > 1 && clean != low && clean == strings.ToUpper(low)
}

// shorten writes each run of three letters once, or twice where that is the commoner word ("gooood").
func (t *tokens) shorten(word string) string {
	var once, twice []byte
	last, run := rune(-1), 0
	runes := []rune(word)
	for i, r := range runes {
		if r != last {
			last, run = r, 1
		} else {
			run++
		}
		elongated := run > 1 && (run > 2 || i+1 < len(runes) && runes[i+1] == r)
		if !elongated {
			once = utf8.AppendRune(once, r)
		}
		if run <= 2 {
			twice = utf8.AppendRune(twice, r)
		}
	}
	if t.lexicon.commoner(string(twice), string(once)) {
		return string(twice)
	}
	return string(once)
}

// tag splits a hashtag at capitals, digits and underscores, or else into known words.
func (t *tokens) tag(at, end int) int {
	for at < end && len(t.words) < maxWords {
		stop, hump := at, false
		for stop < end {
			r, size := utf8.DecodeRuneInString(t.clean[stop:end])
			if !letter(r) {
				break
			}
			before, _ := utf8.DecodeLastRuneInString(t.clean[at:stop])
			if stop > at && digit(r) != digit(before) {
				hump = true
				break
			}
			if stop > at && unicode.IsUpper(r) {
				after, _ := utf8.DecodeRuneInString(t.clean[stop+size : end])
				if !unicode.IsUpper(before) || unicode.IsLower(after) {
					hump = true
					break
				}
			}
			stop += size
		}
		if stop == at {
			if at < end && t.low[at] == '_' {
				at++
				continue
			}
			return at
		}
		switch {
		case hump || stop-at < 6:
			t.word(at, stop, markTag)
		default:
			for _, w := range segment(t.low[at:stop]) {
				t.add(w, markTag)
			}
		}
		at = stop
	}
	return at
}

// shout is one "!" or "?", however often it stands there.
func (t *tokens) shout(at, end int, sign byte) int {
	n := at
	for n < end && (t.low[n] == '!' || t.low[n] == '?') {
		n++
	}
	m := markEnd
	if n-at > 1 {
		m |= markLong
	}
	t.ends()
	run := t.low[at:n]
	t.add(string(sign), m)
	if other := "!?"[strings.IndexByte("?!", sign)]; strings.IndexByte(run, other) >= 0 {
		t.add(string(other), m)
	}
	return n
}

// punctuation ends clauses; three dots are a word.
func (t *tokens) punctuation(at, end int) int {
	switch t.low[at] {
	case '.':
		if strings.HasPrefix(t.low[at:end], "..") {
			t.ends()
			t.add(wordDots, markEnd)
			for at < end && t.low[at] == '.' {
				at++
			}
			return at
		}
		t.ends()
	case ',', ';', ':', '(', ')':
		t.ends()
	case '-':
		if end-at == 1 {
			t.ends() // a dash, not a hyphen
		}
	}
	return at + 1
}

func (t *tokens) add(word string, m mark) {
	t.words, t.marks = append(t.words, word), append(t.marks, m)
}

// ends says that a clause ends behind the last word.
func (t *tokens) ends() {
	if n := len(t.marks); n > 0 {
		t.marks[n-1] |= markEnd
	}
}

// calm takes the capitals' mark away where most words have it: who always shouts stresses nothing.
func (t *tokens) calm() {
	shouts, words := 0, 0
	for i, m := range t.marks {
		if len(t.words[i]) > 1 && t.words[i][0] != '<' {
			words++
			if m&markShout != 0 {
				shouts++
			}
		}
	}
	if 2*shouts > words && words > 2 {
		for i := range t.marks {
			t.marks[i] &^= markShout
		}
	}
}

func letter(r rune) bool {
	return r < utf8.RuneSelf && asciiLetters[r&0x7f] || r >= utf8.RuneSelf && wideLetter(r)
}

// asciiLetters are the letters and digits of ASCII.
var asciiLetters = func() (is [utf8.RuneSelf]bool) {
	for _, r := range "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		is[r] = true
	}
	return is
}()

func wideLetter(r rune) bool {
	if r >= 0xc0 && r < 0x250 {
		return r != '×' && r != '÷'
	}
	if r >= 0x1f000 && r <= 0x1faff {
		return false // emoji
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Mc, r)
}

func digit(r rune) bool {
	return '0' <= r && r <= '9' || r >= utf8.RuneSelf && unicode.IsDigit(r)
}

func handle(b byte) bool {
	return 'a' <= b && b <= 'z' || '0' <= b && b <= '9' || b == '_' || b == '@' || b >= utf8.RuneSelf
}

// isURL says that a field is an address. Sets in which addresses were replaced have "http" instead.
func isURL(low string) bool {
	switch low[0] {
	case 'h':
		return strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "https://") || low == "http" || low == "https"
	case 'w':
		return strings.HasPrefix(low, "www.") && len(low) > 4
	case 'p':
		return strings.HasPrefix(low, "pic.twitter.com/")
	case 't':
		return strings.HasPrefix(low, "t.co/")
	case 'b':
		return strings.HasPrefix(low, "bit.ly/")
	}
	return false
}

// emoji says that a rune is a picture or a sign that people use as one.
func emoji(r rune) bool {
	return r >= 0x1f000 && r <= 0x1faff || r >= 0x2600 && r <= 0x27bf || r >= 0x2190 && r <= 0x21ff || r >= 0x2b00 && r <= 0x2bff || unicode.Is(unicode.So, r)
}

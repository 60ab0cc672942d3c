package post

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// A DecodeError says what is wrong with a wire object, and where.
type DecodeError struct {
	Offset int    // bytes from the start
	Field  string // path such as post.author.followers; empty for the object itself
	Reason string
}

func (e *DecodeError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("byte %d: %s", e.Offset, e.Reason)
	}
	return fmt.Sprintf("byte %d: %s: %s", e.Offset, e.Field, e.Reason)
}

// maxDepth bounds nesting in fields that this version does not know.
const maxDepth = 64

// A scanner reads JSON (RFC 8259) from left to right and stops at the first fault. Its text is
// one string that all decoded fields share, so that a post costs few allocations.
type scanner struct {
	text  string
	at    int
	path  []string
	depth int
	err   *DecodeError
}

func (s *scanner) fail(reason string, args ...any) {
	if s.err == nil {
		s.err = &DecodeError{s.at, strings.Join(s.path, "."), fmt.Sprintf(reason, args...)}
	}
}

func (s *scanner) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// next skips white space and returns the byte that follows, 0 at the end.
func (s *scanner) next() byte {
	s.space()
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

// take skips the byte when it comes next.
func (s *scanner) take(c byte) bool {
	if s.next() != c || s.at == len(s.text) {
		return false
	}
	s.at++
	return true
}

// null skips a null, which means the same as a field that is absent.
func (s *scanner) null() bool {
	if s.next() == 'n' && strings.HasPrefix(s.text[s.at:], "null") {
		s.at += len("null")
		return true
	}
	return false
}

// object calls field for each name, which must read the value.
func (s *scanner) object(field func(name string)) {
	if s.null() {
		return
	}
	if !s.take('{') {
		s.fail("want an object")
		return
	}
	if s.depth++; s.depth > maxDepth {
		s.fail("nested deeper than %d", maxDepth)
		return
	}
	defer func() { s.depth-- }()
	if s.take('}') {
		return
	}
	for s.err == nil {
		s.space()
		name := s.quoted()
		if s.err == nil && !s.take(':') {
			s.fail("want ':' after the name %.40q", name)
		}
		if s.err != nil {
			return
		}
		s.path = append(s.path, name)
		field(name)
		if s.err != nil {
			return
		}
		s.path = s.path[:len(s.path)-1]
		if s.take('}') {
			return
		}
		if !s.take(',') {
			s.fail("want ',' or '}'")
		}
	}
}

// array calls item for each element, which must read it.
func (s *scanner) array(item func()) {
	if s.null() {
		return
	}
	if !s.take('[') {
		s.fail("want an array")
		return
	}
	if s.depth++; s.depth > maxDepth {
		s.fail("nested deeper than %d", maxDepth)
		return
	}
	defer func() { s.depth-- }()
	if s.take(']') {
		return
	}
	for s.err == nil {
		item()
		if s.err != nil || s.take(']') {
			return
		}
		if !s.take(',') {
			s.fail("want ',' or ']'")
		}
	}
}

// string reads a string or null.
func (s *scanner) string() string {
	if s.null() {
		return ""
	}
	return s.quoted()
}

func (s *scanner) quoted() string {
	if s.at >= len(s.text) || s.text[s.at] != '"' {
		s.fail("want a string")
		return ""
	}
	start := s.at + 1
	for i := start; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '"':
			s.at = i + 1
			return s.text[start:i]
		case c == '\\':
			return s.escaped(start, i)
		case c < ' ':
			s.at = i
			s.fail("a control character in a string: write \\u%04x", c)
			return ""
		}
	}
	s.at = len(s.text)
	s.fail("the string does not end")
	return ""
}

// escaped reads the rest of a string that begins at start and has its first escape at i.
func (s *scanner) escaped(start, i int) string {
	out := make([]byte, 0, len(s.text[start:])/4+32)
	out = append(out, s.text[start:i]...)
	for i < len(s.text) {
		c := s.text[i]
		switch {
		case c == '"':
			s.at = i + 1
			return string(out)
		case c < ' ':
			s.at = i
			s.fail("a control character in a string: write \\u%04x", c)
			return ""
		case c != '\\':
			out = append(out, c)
			i++
		default:
			r, n := unescape(s.text[i:])
			if n == 0 {
				s.at = i
				s.fail("a wrong escape in a string")
				return ""
			}
			out = utf8.AppendRune(out, r)
			i += n
		}
	}
	s.at = len(s.text)
	s.fail("the string does not end")
	return ""
}

// unescape reads one escape and its length, 0 where it is wrong. Half a surrogate pair is wrong:
// it is no character.
func unescape(t string) (rune, int) {
	if len(t) < 2 {
		return 0, 0
	}
	if i := strings.IndexByte(`"\/bfnrt`, t[1]); i >= 0 {
		return rune("\"\\/\b\f\n\r\t"[i]), 2
	}
	high, ok := hex4(t)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(high) {
		return high, 6
	}
	low, ok := hex4(t[6:])
	if r := utf16.DecodeRune(high, low); ok && r != utf8.RuneError {
		return r, 12
	}
	return 0, 0
}

func hex4(t string) (rune, bool) {
	if len(t) < 6 || t[0] != '\\' || t[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(t[2:6], 16, 16)
	return rune(n), err == nil
}

func (s *scanner) strings() (list []string) {
	s.array(func() {
		if s.next() != '"' {
			s.fail("want strings")
			return
		}
		list = append(list, s.quoted())
	})
	return list
}

func (s *scanner) bool() bool {
	s.space()
	switch {
	case s.null():
	case strings.HasPrefix(s.text[s.at:], "true"):
		s.at += len("true")
		return true
	case strings.HasPrefix(s.text[s.at:], "false"):
		s.at += len("false")
	default:
		s.fail("want true or false")
	}
	return false
}

// count reads a whole number of 0 or more.
func (s *scanner) count() int64 {
	if s.null() {
		return 0
	}
	start := s.at
	token := s.number()
	n, err := strconv.ParseInt(token, 10, 64)
	if s.err == nil && (err != nil || n < 0) {
		s.at = start
		s.fail("%.40s: want a whole number from 0 on", token)
	}
	return n
}

func (s *scanner) number() string {
	start := s.at
	digits := func() bool {
		from := s.at
		for s.at < len(s.text) && '0' <= s.text[s.at] && s.text[s.at] <= '9' {
			s.at++
		}
		return s.at > from
	}
	accept := func(chars string) bool {
		if s.at < len(s.text) && strings.IndexByte(chars, s.text[s.at]) >= 0 {
			s.at++
			return true
		}
		return false
	}
	accept("-")
	ok := accept("0") || digits()
	if ok && accept(".") {
		ok = digits()
	}
	if ok && accept("eE") {
		accept("+-")
		ok = digits()
	}
	if !ok {
		s.at = start
		s.fail("want a number")
	}
	return s.text[start:s.at]
}

// time reads RFC 3339, cut to milliseconds, UTC; the zero time for null and the empty string.
func (s *scanner) time() time.Time {
	start := s.at
	text := s.string()
	if s.err != nil || text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		s.at = start
		s.fail("%.40q: want a time such as 2026-03-01T12:00:00.000Z", text)
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}

// extra keeps a field that this version does not know.
func (s *scanner) extra(to *Extra, name string) {
	s.space()
	start := s.at
	s.skip()
	if s.err == nil {
		*to = append(*to, ExtraField{name, []byte(s.text[start:s.at])})
	}
}

// skip reads any value.
func (s *scanner) skip() {
	switch s.next() {
	case '{':
		s.object(func(string) { s.skip() })
	case '[':
		s.array(s.skip)
	case '"':
		s.quoted()
	case 't', 'f':
		s.bool()
	case 'n':
		if !s.null() {
			s.fail("want a value")
		}
	default:
		s.number()
	}
}

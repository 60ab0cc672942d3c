package replay

import "bytes"

// maxDepth is how deep a value may be nested; posts stay under 30.
const maxDepth = 128

// A scan finds the end of one JSON object or array in bytes that arrive piece by piece. It checks
// brackets, strings and the places where a bracket may open, which is enough to notice a cut-off
// line at once; everything else is the decoder's to check.
type scan struct {
	at       int // next byte to look at
	depth    int
	stack    [maxDepth]byte // the open brackets
	last     byte           // last byte that was no white space; '0' for the end of a word or string
	inString bool
	opened   int    // where the open string started, after its quote
	keys     keySet // the known names among the object's own fields
	fault    string // why the value cannot be read on
}

// run reads on in b, whose beginning is the value's, and reports whether the value is at its end
// (before s.at) or at fault. It returns false when it needs more bytes.
func (s *scan) run(b []byte) bool {
	for s.at < len(b) {
		if s.inString {
			if !s.string(b) {
				return s.fault != ""
			}
			continue
		}
		switch c := b[s.at]; c {
		case '"':
			s.inString, s.opened = true, s.at+1
		case '{', '[':
			if !s.mayOpen() {
				s.fault = "malformed or cut off: a bracket opens where none may"
				return true
			}
			if s.depth == maxDepth {
				s.fault = "nested deeper than 128 levels"
				return true
			}
			s.stack[s.depth], s.last = c, c
			s.depth++
		case '}', ']':
			if open := s.stack[s.depth-1]; (c == '}') != (open == '{') {
				s.fault = "malformed: a bracket closes that is not open"
				return true
			}
			s.last = '0'
			if s.depth--; s.depth == 0 {
				s.at++
				return true
			}
		case ' ', '\t', '\r', '\n':
		case ',', ':':
			s.last = c
		default:
			s.last = '0'
		}
		s.at++
	}
	return false
}

// mayOpen reports whether an object or array may begin here.
func (s *scan) mayOpen() bool {
	if s.depth == 0 {
		return true
	}
	if s.stack[s.depth-1] == '{' {
		return s.last == ':'
	}
	return s.last == '[' || s.last == ','
}

// string reads to the end of the open string. It returns false when bytes are missing, or at a
// line break, which no JSON string holds: the line was cut off.
func (s *scan) string(b []byte) bool {
	for i := s.at; i < len(b); i++ {
		switch b[i] {
		case '"':
			if s.depth == 1 && s.stack[0] == '{' && (s.last == '{' || s.last == ',') {
				s.keys |= known[string(b[s.opened:i])]
			}
			s.inString, s.last, s.at = false, '0', i+1
			return true
		case '\\':
			if i+1 == len(b) {
				s.at = i
				return false
			}
			i++
		case '\n':
			s.at, s.fault = i, "malformed or cut off: the line ends inside a string"
			return false
		}
	}
	s.at = len(b)
	return false
}

// fields calls yield for each field of an object with its name, its offset in raw and its value.
func fields(raw []byte, yield func(name string, offset int, value []byte)) {
	i := skipSpace(raw, 0)
	if i >= len(raw) || raw[i] != '{' {
		return
	}
	for i++; ; {
		i = skipSpace(raw, i)
		if i >= len(raw) || raw[i] != '"' {
			return
		}
		end := valueEnd(raw, i)
		name := string(bytes.Trim(raw[i:end], `"`))
		i = skipSpace(raw, end)
		if i >= len(raw) {
			return
		}
		end = valueEnd(raw, i)
		yield(name, i, raw[i:end])
		i = end
	}
}

// items calls yield for each item of an array with its offset in raw.
func items(raw []byte, yield func(offset int, value []byte)) {
	i := skipSpace(raw, 0)
	if i >= len(raw) || raw[i] != '[' {
		return
	}
	for i++; ; {
		i = skipSpace(raw, i)
		if i >= len(raw) || raw[i] == ']' {
			return
		}
		end := valueEnd(raw, i)
		yield(i, raw[i:end])
		i = end
	}
}

func skipSpace(raw []byte, i int) int {
	for i < len(raw) {
		switch raw[i] {
		case ' ', '\t', '\r', '\n', ',', ':':
			i++
		default:
			return i
		}
	}
	return i
}

// valueEnd returns where the value that starts at i ends; always after i.
func valueEnd(raw []byte, i int) int {
	switch raw[i] {
	case '{', '[':
		var s scan
		s.run(raw[i:])
		return i + max(1, s.at)
	case '"':
		for j := i + 1; j < len(raw); j++ {
			switch raw[j] {
			case '\\':
				j++
			case '"':
				return j + 1
			}
		}
		return len(raw)
	}
	j := i + 1
	for j < len(raw) && !bytes.ContainsRune([]byte(" \t\r\n,:]}"), rune(raw[j])) {
		j++
	}
	return j
}

// keysOf returns the known names among an object's own fields.
func keysOf(raw []byte) keySet {
	var s scan
	s.run(raw)
	return s.keys
}

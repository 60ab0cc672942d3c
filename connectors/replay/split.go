package replay

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

const (
	readSize = 256 << 10 // bytes asked of the file at once
	maxPage  = 32 << 20  // bytes of one JSON value, a page of many posts
)

// A chunk is one JSON object of a file, or what could not be read as one.
type chunk struct {
	line  int    // where it starts, from 1
	data  []byte // valid until the next call
	keys  keySet // the known names among its fields
	fault string // why it cannot be read
}

// A splitter cuts a stream into JSON objects: newline-delimited, concatenated, pretty-printed, or
// the elements of arrays of any length. After a malformed one it goes on at the next line that
// looks like the beginning of another.
type splitter struct {
	r     io.Reader
	buf   []byte // bytes read and not yet consumed: buf[start:]
	start int
	line  int   // line of buf[start]
	err   error // what ended the stream; io.EOF at its end

	indent   int  // white space before the first other byte of the line
	atMargin bool // nothing but white space so far in this line
	arrays   int  // arrays open around the objects
	faulty   bool // the last chunk was one
	events   bool // the file is a capture of server-sent events
	event    string
}

func newSplitter(r io.Reader) *splitter {
	return &splitter{r: r, line: 1, atMargin: true, buf: make([]byte, 0, 2*readSize)}
}

// rest is what is read and not consumed.
func (s *splitter) rest() []byte { return s.buf[s.start:] }

// fill reads more bytes behind the rest and reports whether there were any.
func (s *splitter) fill() bool {
	if s.err != nil {
		return false
	}
	if rest := s.rest(); len(rest) < readSize && cap(s.buf) > 4<<20 {
		s.buf, s.start = append(make([]byte, 0, 2*readSize), rest...), 0 // a huge value has passed
	} else if s.start > 0 {
		s.buf, s.start = s.buf[:copy(s.buf, rest)], 0
	}
	if cap(s.buf)-len(s.buf) < readSize {
		grown := make([]byte, len(s.buf), 2*cap(s.buf))
		copy(grown, s.buf)
		s.buf = grown
	}
	for s.err == nil {
		n, err := s.r.Read(s.buf[len(s.buf) : len(s.buf)+readSize])
		s.buf, s.err = s.buf[:len(s.buf)+n], err
		if n > 0 {
			return true
		}
	}
	return false
}

// next returns the next chunk, or false at the end of the stream.
func (s *splitter) next() (chunk, bool) {
	for {
		if s.start == len(s.buf) && !s.fill() {
			return s.end()
		}
		switch c := s.buf[s.start]; c {
		case '\n':
			s.start++
			s.newLine()
		case ' ', '\t', '\r', 0, ',':
			s.start++
			if s.atMargin {
				s.indent++
			}
		case '[':
			s.start, s.atMargin = s.start+1, false
			s.arrays++
		case ']':
			s.start, s.atMargin = s.start+1, false
			if s.arrays == 0 {
				return s.refuse(s.line, "malformed: ] closes no array"), true
			}
			s.arrays--
		case '{':
			return s.object(), true
		default:
			if s.field() {
				continue
			}
			return s.text(), true
		}
	}
}

// end is the last chunk: a fault when the stream broke off.
func (s *splitter) end() (chunk, bool) {
	reason := ""
	switch {
	case s.faulty:
	case !errors.Is(s.err, io.EOF):
		reason = s.broken()
	case s.arrays > 0:
		reason = "cut off: the file ends inside an array"
	}
	s.arrays = 0
	if reason == "" {
		return chunk{}, false
	}
	return s.refuse(s.line, reason), true
}

func (s *splitter) broken() string { return fmt.Sprintf("the file cannot be read on: %v", s.err) }

func (s *splitter) refuse(line int, reason string) chunk {
	s.faulty = true
	return chunk{line: line, fault: reason}
}

func (s *splitter) newLine() {
	s.line++
	s.indent, s.atMargin = 0, true
}

// object reads one object. Its bytes stay in the buffer until it is whole or at fault.
func (s *splitter) object() chunk {
	var scan scan
	line := s.line
	for !scan.run(s.rest()) {
		if len(s.rest()) > maxPage {
			scan.fault = fmt.Sprintf("larger than %d MiB", maxPage>>20)
			break
		}
		if s.fill() {
			continue
		}
		scan.fault = "cut off: the file ends inside an object"
		if !errors.Is(s.err, io.EOF) {
			scan.fault = s.broken()
		}
		break
	}
	if scan.fault == "" && scan.at > maxPage {
		scan.fault = fmt.Sprintf("%d bytes: larger than %d MiB", scan.at, maxPage>>20)
	}
	if scan.fault != "" {
		c := s.refuse(line, scan.fault)
		c.data = clip(s.rest())
		s.recover()
		return c
	}
	data := s.rest()[:scan.at]
	s.start += scan.at
	s.line += bytes.Count(data, []byte("\n"))
	s.faulty, s.atMargin = false, false
	return chunk{line: line, data: data, keys: scan.keys}
}

// clip copies the beginning of what was refused, for the dead-letter log: its line, 4 KiB of it.
func clip(data []byte) []byte {
	data = data[:min(len(data), 4<<10)]
	if nl := bytes.IndexByte(data, '\n'); nl >= 0 {
		data = data[:nl]
	}
	return bytes.Clone(data)
}

// recover skips to the next line that begins an object or array no deeper indented than the
// refused one, so that the remains of a pretty-printed object are not read as objects.
func (s *splitter) recover() {
	indent := s.indent
	for {
		nl := bytes.IndexByte(s.rest(), '\n')
		if nl < 0 {
			s.start = len(s.buf)
			if !s.fill() {
				return
			}
			continue
		}
		s.start += nl + 1
		s.newLine()
		if s.beginsValue(indent) {
			return
		}
	}
}

// beginsValue reports whether the line at hand begins a value, or the next event, at most indent
// deep.
func (s *splitter) beginsValue(indent int) bool {
	for i := 0; i <= indent; i++ {
		for i >= len(s.rest()) {
			if !s.fill() {
				return false
			}
		}
		switch s.rest()[i] {
		case ' ', '\t', ',', 0:
		case '{', '[':
			return true
		case ']':
			return s.arrays > 0
		case 'd', 'e':
			return s.events
		default:
			return false
		}
	}
	return false
}

// take consumes up to one of the stop bytes or the end, and returns the beginning of it.
func (s *splitter) take(stops string) []byte {
	var head []byte
	for {
		at := bytes.IndexAny(s.rest(), stops)
		end := at
		if at < 0 {
			end = len(s.rest())
		}
		head = append(head, s.rest()[:min(end, max(0, 256-len(head)))]...)
		s.start += end
		if at >= 0 || !s.fill() {
			return head
		}
	}
}

// text refuses what is neither object nor array: the rest of its line, or one element of an array.
func (s *splitter) text() chunk {
	line, margin, stops := s.line, s.atMargin, "\n"
	if s.arrays > 0 {
		stops = ",]\n"
	}
	head := bytes.TrimSpace(s.take(stops))
	reason := fmt.Sprintf("no JSON object: %.40q", head)
	switch {
	case s.event == "delete":
		reason = "a deletion by a server's local id, which no saved status bears"
	case !margin && s.arrays == 0 && !s.events:
		reason = fmt.Sprintf("malformed: %.40q follows an object", head)
	}
	c := s.refuse(line, reason)
	c.data = head
	return c
}

// field reads the field name of a server-sent event at the beginning of a line, and reports
// whether there was one. What follows "data:" is read like any other text; other fields are
// skipped with their line.
func (s *splitter) field() bool {
	if !s.atMargin || s.indent > 0 || s.arrays > 0 {
		return false
	}
	for len(s.rest()) < len("event:") && s.fill() {
	}
	line := s.rest()
	switch {
	case bytes.HasPrefix(line, []byte("data:")):
		s.start += len("data:")
		s.atMargin, s.events = false, true
		return true
	case bytes.HasPrefix(line, []byte("event:")), bytes.HasPrefix(line, []byte("retry:")),
		bytes.HasPrefix(line, []byte("id:")), line[0] == ':':
		s.events = true
		if name, ok := bytes.CutPrefix(s.take("\n"), []byte("event:")); ok {
			s.event = string(bytes.TrimSpace(name))
		}
		return true
	}
	return false
}

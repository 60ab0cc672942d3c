package replay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/groundswell/groundswell/connectors/x"
	"github.com/groundswell/groundswell/post"
)

// maxRefusals is how many refusals a Summary lists; all are counted.
const maxRefusals = 1000

// Options say how a file is read. The zero value detects the format of each object.
type Options struct {
	File     string    // the name for the Summary
	Format   string    // one of Formats, or empty to look at each object
	Map      *TableMap // the columns of a table; a map alone makes the file one
	Source   string    // for events that do not say who heard them
	Received time.Time // for events that do not say when they were heard
	Seen     *Seen     // what was read before, in this file or others; nil: nothing
	Size     int64     // the file's size in bytes, for Progress; 0 when unknown

	// Progress is told about every 256 KiB how much of the file was read, as stored.
	Progress func(read, total int64)
}

// An Item is one post that was found: an event, or what was refused in its place.
type Item struct {
	Line    int // where it starts, from 1
	Event   post.Event
	Refused string // why there is no event
	Raw     []byte // the refused bytes, at most 4 KiB; valid during the call
}

// A Refusal is a place that could not be read as a post, and why.
type Refusal struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// A Summary accounts for every post of a file: Read = Accepted + Duplicates + Refused.
type Summary struct {
	File       string    `json:"file"`
	Format     string    `json:"format"` // of the first object that has one
	Read       int       `json:"read"`
	Accepted   int       `json:"accepted"`
	Duplicates int       `json:"duplicates"`
	Refused    int       `json:"refused"`
	Refusals   []Refusal `json:"refusals"` // the first 1,000
}

// Read reads r to its end and calls yield for each post that is new and each that is refused; it
// stops with the error that yield returns. Other errors are those of r and ctx. The same bytes give
// the same items.
func Read(ctx context.Context, r io.Reader, opt Options, yield func(Item) error) (Summary, error) {
	rd := &reader{opt: opt, yield: yield, sum: Summary{File: opt.File, Format: unknown, Refusals: []Refusal{}}}
	if err := CheckFormat(opt.Format); err != nil {
		return rd.sum, err
	}
	if rd.opt.Seen == nil {
		rd.opt.Seen = NewSeen()
	}
	in := &counter{ctx: ctx, r: r, every: 256 << 10}
	if opt.Progress != nil {
		in.tell = func(read int64) { opt.Progress(read, opt.Size) }
	}
	err := rd.read(ctx, in)
	if err == nil {
		err = in.err
	}
	return rd.sum, err
}

// Seen remembers the posts of a run, 16 bytes each.
type Seen struct{ ids map[[16]byte]struct{} }

// NewSeen remembers nothing yet.
func NewSeen() *Seen { return &Seen{ids: make(map[[16]byte]struct{})} }

// add reports whether the same event of the same post was not there yet. Edits of a post made at
// different times are different events.
func (s *Seen) add(e *post.Event) bool {
	id := eventID(e)
	if _, ok := s.ids[id]; ok {
		return false
	}
	s.ids[id] = struct{}{}
	return true
}

// reader is one call of Read.
type reader struct {
	opt   Options
	yield func(Item) error
	sum   Summary
}

func (rd *reader) read(ctx context.Context, in io.Reader) error {
	plain, closeInput, reason := Unpack(in)
	defer closeInput()
	if reason != "" {
		return rd.refuse(1, nil, errors.New(reason))
	}
	split := newSplitter(plain)
	if rd.isTable(split) {
		return rd.readTable(ctx, split)
	}
	for {
		c, ok := split.next()
		if !ok {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := rd.chunk(&c); err != nil {
			return err
		}
	}
}

func (rd *reader) chunk(c *chunk) error {
	switch {
	case c.fault != "":
		return rd.refuse(c.line, c.data, errors.New(c.fault))
	case !utf8.Valid(c.data):
		at := invalidAt(c.data)
		line := c.line + bytes.Count(c.data[:at], []byte("\n"))
		return rd.refuse(c.line, c.data, fmt.Errorf("invalid UTF-8 in line %d, at byte %d of the object", line, at+1))
	}
	return rd.object(c.line, c.data, c.keys)
}

func invalidAt(data []byte) int {
	for at := 0; at < len(data); {
		r, n := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && n == 1 {
			return at
		}
		at += n
	}
	return len(data)
}

// object reads one object, whatever its shape.
func (rd *reader) object(line int, raw []byte, keys keySet) error {
	s := find(keys)
	if want := rd.opt.Format; want != "" && (s == nil || s.format != want) {
		s = plain[want]
	}
	if s == nil {
		format, err := describe(raw)
		rd.name(format)
		return rd.refuse(line, raw, err)
	}
	rd.name(s.format)
	if len(raw) > s.limit() {
		return rd.refuse(line, raw, fmt.Errorf("%d bytes: a post has at most %d", len(raw), s.limit()))
	}
	switch {
	case s.page:
		return rd.page(line, raw)
	case s.lists != nil:
		return rd.lists(s, line, raw)
	case s.inside != nil:
		text, err := s.inside(raw)
		if err != nil {
			return rd.refuse(line, raw, err)
		}
		if find(keysOf(text)) == s {
			return rd.refuse(line, raw, errors.New("a stream message within a stream message"))
		}
		return rd.object(line, text, keysOf(text))
	}
	e, err := s.decode(raw)
	if err != nil {
		return rd.refuse(line, raw, err)
	}
	return rd.accept(line, e)
}

// lists reads the objects inside an object. Its other fields are context.
func (rd *reader) lists(s *shape, line int, raw []byte) error {
	var failed error
	found := false
	lines := lineCounter{line: line, raw: raw}
	inner := func(offset int, value []byte) {
		if failed != nil || len(value) == 0 {
			return
		}
		if value[0] != '{' {
			if value[0] != 'n' { // null: no object
				failed = rd.refuse(lines.at(offset), value, fmt.Errorf("no JSON object: %.40q", value))
			}
			return
		}
		found = true
		failed = rd.object(lines.at(offset), value, keysOf(value))
	}
	fields(raw, func(name string, offset int, value []byte) {
		for _, list := range s.lists {
			if name != list || len(value) == 0 {
				continue
			}
			if value[0] != '[' {
				inner(offset, value)
				continue
			}
			found = true
			items(value, func(at int, item []byte) { inner(offset+at, item) })
		}
	})
	if failed == nil && !found {
		return rd.refuse(line, raw, fmt.Errorf("no post in it: %s holds none", s.lists[0]))
	}
	return failed
}

// page reads a page of X's API. Its items' lines are those of the elements of data.
func (rd *reader) page(line int, raw []byte) error {
	events, refused, err := x.DecodePage(raw)
	if err != nil {
		return rd.refuse(line, raw, err)
	}
	lines := []int{}
	counter := lineCounter{line: line, raw: raw}
	fields(raw, func(name string, offset int, value []byte) {
		if name == "data" && len(value) > 0 && value[0] == '[' {
			items(value, func(at int, _ []byte) { lines = append(lines, counter.at(offset+at)) })
		}
	})
	lineOf := func(i int) int {
		if i >= 0 && i < len(lines) {
			return lines[i]
		}
		return line
	}
	for i := 0; len(events)+len(refused) > 0; i++ {
		if len(refused) > 0 && (refused[0].Index <= i || len(events) == 0) {
			if err := rd.refuse(lineOf(refused[0].Index), nil, errors.New(refused[0].Reason)); err != nil {
				return err
			}
			refused = refused[1:]
			continue
		}
		if err := rd.accept(lineOf(i), events[0]); err != nil {
			return err
		}
		events = events[1:]
	}
	return nil
}

// name notes the format of the first object that has one.
func (rd *reader) name(format string) {
	if rd.sum.Format == unknown && format != "" {
		rd.sum.Format = format
	}
}

func (rd *reader) accept(line int, e post.Event) error {
	rd.sum.Read++
	if !rd.opt.Seen.add(&e) {
		rd.sum.Duplicates++
		return nil
	}
	rd.sum.Accepted++
	if e.Source == "" {
		e.Source = rd.opt.Source
	}
	if e.ReceivedAt.IsZero() {
		e.ReceivedAt = rd.opt.Received
	}
	return rd.yield(Item{Line: line, Event: e})
}

func (rd *reader) refuse(line int, raw []byte, reason error) error {
	rd.sum.Read++
	rd.sum.Refused++
	if len(rd.sum.Refusals) < maxRefusals {
		rd.sum.Refusals = append(rd.sum.Refusals, Refusal{line, reason.Error()})
	}
	return rd.yield(Item{Line: line, Refused: reason.Error(), Raw: raw[:min(len(raw), 4<<10)]})
}

// A lineCounter tells the lines of rising offsets in raw.
type lineCounter struct {
	line, from int
	raw        []byte
}

func (c *lineCounter) at(offset int) int {
	if offset > c.from {
		c.line += bytes.Count(c.raw[c.from:offset], []byte("\n"))
		c.from = offset
	}
	return c.line
}

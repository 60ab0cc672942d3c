package replay

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/groundswell/groundswell/post"
)

// eventID is what makes an event the same as another: post, type and time of the edit.
func eventID(e *post.Event) (id [16]byte) {
	key := e.Key()
	buf := make([]byte, 0, 160)
	buf = append(append(buf, key.Network...), 0)
	buf = append(append(buf, key.ID...), 0)
	buf = append(append(buf, e.Type...), 0)
	if !e.Post.EditedAt.IsZero() {
		buf = strconv.AppendInt(buf, e.Post.EditedAt.UnixMilli(), 10)
	}
	sum := sha256.Sum256(buf)
	copy(id[:], sum[:])
	return id
}

// isTable reports whether the file is to be read as a table: because the person says so, or because
// its first line parts names by tabs, semicolons or commas and holds no JSON.
func (rd *reader) isTable(s *splitter) bool {
	if rd.opt.Format != "" || rd.opt.Map != nil {
		return rd.opt.Format == Table || rd.opt.Format == ""
	}
	for len(s.rest()) < 4<<10 && bytes.IndexByte(s.rest(), '\n') < 0 && s.fill() {
	}
	line, _, found := bytes.Cut(s.rest(), []byte("\n"))
	if !found || len(line) > 4<<10 || separator(line) == 0 || bytes.ContainsAny(line, "{}[]:\"\x00") || !utf8.Valid(line) {
		return false
	}
	row, err := splitRow(line, separator(line))
	if err != nil || len(row) < 3 {
		return false
	}
	for _, name := range row {
		if len(name) > 64 {
			return false
		}
	}
	return true
}

// readTable reads a file of rows.
func (rd *reader) readTable(ctx context.Context, s *splitter) error {
	rd.name(Table)
	var t *table
	comma := byte(0)
	for {
		row := s.row(comma)
		if !row.found {
			if !errors.Is(s.err, io.EOF) {
				return rd.refuse(s.line, nil, errors.New(s.broken()))
			}
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if comma == 0 && row.fault == "" {
			if comma = separator(row.data); comma == 0 {
				return rd.refuse(row.line, row.data, errors.New("a table parts its columns by tabs, semicolons or commas: this line has none"))
			}
		}
		e, err := rd.row(&t, &row, comma)
		switch {
		case err == nil && e.Type != "":
			err = rd.accept(row.line, e)
		case err != nil:
			var fatal *mapError
			stop := errors.As(err, &fatal)
			if err = rd.refuse(row.line, row.data, err); err == nil && stop {
				return nil
			}
		}
		if err != nil {
			return err
		}
	}
}

// A mapError says that the map does not fit the table: no row can be read.
type mapError struct{ err error }

func (e *mapError) Error() string { return e.err.Error() }

// row reads one row; the first one binds the map, and is a header or a post itself.
func (rd *reader) row(t **table, row *tableRow, comma byte) (post.Event, error) {
	if row.fault != "" {
		return post.Event{}, errors.New(row.fault)
	}
	if !utf8.Valid(row.data) {
		return post.Event{}, fmt.Errorf("invalid UTF-8 at byte %d of the row", invalidAt(row.data)+1)
	}
	columns, err := splitRow(row.data, comma)
	if err != nil {
		return post.Event{}, err
	}
	if *t == nil {
		m := rd.opt.Map
		if m == nil {
			if m, err = guessMap(columns); err != nil {
				return post.Event{}, &mapError{err}
			}
		}
		bound, header, err := m.bind(columns, comma)
		if err != nil {
			return post.Event{}, &mapError{err}
		}
		if *t = bound; header {
			return post.Event{}, nil
		}
	}
	return (*t).event(columns)
}

// A tableRow is one row of a table; quoted columns may hold line breaks.
type tableRow struct {
	found bool
	line  int
	data  []byte
	fault string
}

// row returns the next row that is not empty.
func (s *splitter) row(comma byte) tableRow {
	for {
		row := tableRow{line: s.line}
		end, whole := rowEnd(s.rest(), comma)
		for !whole && len(s.rest()) <= post.MaxSize && s.fill() {
			end, whole = rowEnd(s.rest(), comma)
		}
		rest := s.rest()
		if len(rest) == 0 {
			return row
		}
		if nl := bytes.IndexByte(rest, '\n'); !whole && nl >= 0 {
			end = nl + 1 // nothing closes the quote: it is none
		}
		if end > post.MaxSize {
			row.found, row.fault = true, fmt.Sprintf("a row of more than %d bytes", post.MaxSize)
			row.data = clip(rest)
			s.take("\n")
			return row
		}
		row.data = rest[:end]
		s.line += bytes.Count(row.data, []byte("\n"))
		s.start += end
		if len(bytes.Trim(row.data, "\r\n\t \x00")) > 0 {
			row.found = true
			return row
		}
	}
}

// rowEnd returns where the first row of b ends, behind its line break, and whether it is whole. A
// quote counts where a column begins with it.
func rowEnd(b []byte, comma byte) (end int, whole bool) {
	if comma == '\t' {
		nl := bytes.IndexByte(b, '\n')
		if nl < 0 {
			return len(b), false
		}
		return nl + 1, true
	}
	begins, quoted := true, false
	for i, c := range b {
		switch {
		case quoted:
			quoted = c != '"' // a doubled quote closes and opens again
			begins = !quoted
		case c == '"' && begins:
			quoted = true
		case c == '\n':
			return i + 1, true
		case c == comma || comma == 0 && (c == ',' || c == ';'):
			begins = true
		default:
			begins = false
		}
	}
	return len(b), false
}

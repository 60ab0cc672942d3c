package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
)

// A table is a CSV file with a header, read row by row. The separator is a comma, a semicolon or a
// tab, whichever the header holds most of.
type table struct {
	name   string
	file   *os.File
	reader *csv.Reader
	header []string
	row    []string
	read   *countingReader
	size   int64
	skip   int64 // bytes before what reader counts: the mark of the encoding
}

type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func openTable(name string) (*table, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	t := &table{name: name, file: f, read: &countingReader{r: f}}
	if info, err := f.Stat(); err == nil {
		t.size = info.Size()
	}
	b := bufio.NewReaderSize(t.read, 1<<16)
	if bom, _ := b.Peek(3); bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		_, _ = b.Discard(3)
		t.skip = 3
	}
	t.reader = csv.NewReader(b)
	t.reader.ReuseRecord, t.reader.LazyQuotes, t.reader.FieldsPerRecord, t.reader.TrimLeadingSpace = true, true, -1, true
	start, _ := b.Peek(1 << 12)
	line, _, _ := bytes.Cut(start, []byte("\n"))
	for _, sep := range ";\t" {
		if bytes.Count(line, []byte(string(sep))) > bytes.Count(line, []byte(string(t.reader.Comma))) {
			t.reader.Comma = sep
		}
	}
	ok, err := t.next()
	if err == nil && !ok {
		err = fmt.Errorf("%s: it is empty: want a header", name)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	for _, h := range t.row {
		t.header = append(t.header, strings.TrimSpace(h))
	}
	return t, nil
}

func (t *table) close() { t.file.Close() }

// next reads a row; false at the end.
func (t *table) next() (bool, error) {
	from := t.skip + t.reader.InputOffset()
	row, err := t.reader.Read()
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", t.name, err)
	}
	t.row = row
	for i, cell := range row {
		if strings.IndexByte(cell, '\n') >= 0 && t.swallows(from, t.skip+t.reader.InputOffset()) {
			line, _ := t.reader.FieldPos(i)
			return false, fmt.Errorf("%s, line %d: a quote is opened and not closed, so that the field swallows the rows after it; close it, or double the quotes inside", t.name, line)
		}
	}
	return true, nil
}

// swallows says that the row between two places of the file holds a quoted field that runs over
// lines and is not meant to: to the end of the file, or until a quote that opens another field
// closes it. It reads the row again, for of lazy quotes the reader does not tell. What is no file
// cannot be read again.
func (t *table) swallows(from, to int64) bool {
	raw := make([]byte, to-from)
	if _, err := t.file.ReadAt(raw, from); err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	comma := byte(t.reader.Comma)
	quoted, lines, start := false, false, true // inside quotes; a line break was in them; a field begins
	for i := 0; i < len(raw); i++ {
		c, next := raw[i], byte('\n')
		if i+1 < len(raw) {
			next = raw[i+1]
		}
		switch {
		case !quoted && start && c == '"':
			quoted, lines, start = true, false, false
		case !quoted:
			start = c == comma || c == '\n' || start && (c == ' ' || c == '\t' || c == '\r')
		case c == '\n':
			lines = true
		case c != '"':
		case next == '"':
			i++
		case next == comma || next == '\n' || next == '\r':
			quoted = false
		case lines && (raw[i-1] == comma || raw[i-1] == '\n'):
			return true
		}
	}
	return quoted && lines
}

func (t *table) line() int { line, _ := t.reader.FieldPos(0); return line }

// part is how much of the file is read, 0…1.
func (t *table) part() float64 {
	if t.size <= 0 {
		return 0
	}
	return min(1, float64(t.read.n)/float64(t.size))
}

// get is a cell; empty for a column that is not there.
func (t *table) get(column int) string {
	if column < 0 || column >= len(t.row) {
		return ""
	}
	return strings.TrimSpace(t.row[column])
}

// column finds a column by any of its names; -1 when it is not there. Case and signs do not matter.
func (t *table) column(names ...string) int {
	for _, name := range names {
		for i, h := range t.header {
			if plainHeader(h) == plainHeader(name) {
				return i
			}
		}
	}
	return -1
}

// need is column for one that has to be there.
func (t *table) need(names ...string) (int, error) {
	if i := t.column(names...); i >= 0 {
		return i, nil
	}
	return -1, fmt.Errorf("%s: no column %s; the header is %q", t.name, strings.Join(names, " or "), t.header)
}

func plainHeader(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

package backtest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	mostRows   = 5_000_000
	mostJump   = 400 * 24 * time.Hour // between two rows
	mostCount  = 1e9
	widthProbe = 1000 // rows whose distances give the width of a bin …
	widthFirst = 10   // … which the first of them have in common
)

// A Table is what a file of counts holds: one row for each bin of time, in order.
type Table struct {
	File    string
	Width   time.Duration // of most bins: the most frequent distance of two rows
	Rows    []Row
	columns []string // of the numbers, as asked for
	known   []bool   // which of them the file has
}

// A Row is one bin. A number that is empty or NaN is NaN: nobody could count.
type Row struct {
	Stamp  string // as the file writes it
	At     time.Time
	Number []float64 // by column
}

// Has says whether the file has the column.
func (t *Table) Has(column string) bool {
	i := slices.Index(t.columns, column)
	return i >= 0 && t.known[i]
}

// number is a column of a row; NaN where the file does not have it.
func (t *Table) number(r *Row, column string) float64 {
	return r.Number[slices.Index(t.columns, column)]
}

// Columns are the names of a table's numbers.
type Columns struct {
	Required, Optional []string
	Shares             []string      // those of them that are parts, from 0 to 1
	Widest             time.Duration // that a bin may be; 0: any
}

// Open reads a table from a file; one that ends in .gz is unpacked.
func Open(path string, columns Columns) (*Table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read counts: %w", err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		unpacked, err := gzip.NewReader(f)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		in = unpacked
	}
	return Read(in, path, columns)
}

// Read reads a table: comma-separated, with a header that names timestamp and the columns, in any
// order. Others are left out. Rows must be in order of time; the distance of two may vary.
func Read(in io.Reader, name string, columns Columns) (*Table, error) {
	b := bufio.NewReader(in)
	if bom, _ := b.Peek(3); bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		_, _ = b.Discard(3)
	}
	r := csv.NewReader(b)
	r.ReuseRecord, r.TrimLeadingSpace = true, true
	t := &Table{File: name, columns: slices.Concat(columns.Required, columns.Optional)}
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read %s: the file is empty: want a header, timestamp,%s, and a row for each bin", name, strings.Join(columns.Required, ","))
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	places, err := t.places(header, columns)
	if err != nil {
		return nil, err
	}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		line, _ := r.FieldPos(0)
		if err := t.add(record, &columns, places, line); err != nil {
			return nil, err
		}
	}
	if len(t.Rows) == 0 {
		return nil, fmt.Errorf("read %s: there is no row after the header: want one for each bin of time", name)
	}
	widths := t.widths()
	t.Width = widths[len(widths)-1]
	if columns.Widest > 0 && t.Width > columns.Widest {
		return nil, fmt.Errorf("read %s: the rows are %s apart: want bins of %s at most, for within wider ones nobody knows when it was: count by the hour, or finer",
			name, words(t.Width), words(columns.Widest))
	}
	return t, nil
}

// places finds the columns in the header: the first is the timestamp's; −1: not there.
func (t *Table) places(header []string, columns Columns) ([]int, error) {
	names := make([]string, len(header))
	for i, h := range header {
		names[i] = strings.ToLower(strings.TrimSpace(h))
	}
	places := []int{slices.Index(names, "timestamp")}
	for i, c := range t.columns {
		at := slices.Index(names, c)
		if at < 0 && i < len(columns.Required) || places[0] < 0 {
			return nil, fmt.Errorf("read %s, line 1: the header is %q: want the columns timestamp,%s",
				t.File, strings.Join(header, ","), strings.Join(columns.Required, ","))
		}
		places = append(places, at)
		t.known = append(t.known, at >= 0)
	}
	return places, nil
}

func (t *Table) add(record []string, columns *Columns, places []int, line int) error {
	refuse := func(format string, args ...any) error {
		return fmt.Errorf("read %s, line %d: %s", t.File, line, fmt.Sprintf(format, args...))
	}
	row := Row{Stamp: strings.Clone(record[places[0]]), Number: make([]float64, len(t.columns))}
	var err error
	if row.At, err = ParseTime(row.Stamp); err != nil {
		return refuse("timestamp %q: want one like 2026-05-04 12:00:00 or 2026-05-04T12:00:00Z", row.Stamp)
	}
	if n := len(t.Rows); n > 0 {
		switch last := t.Rows[n-1].At; {
		case row.At.Before(last):
			return refuse("%s comes after %s: sort the rows by time", row.Stamp, t.Rows[n-1].Stamp)
		case row.At.Equal(last):
			return refuse("%s is there twice: add up the rows of one time", row.Stamp)
		case row.At.Sub(last) > mostJump:
			return refuse("%s is more than 400 days after %s: correct the clock, or cut the file there", row.Stamp, t.Rows[n-1].Stamp)
		case n == mostRows:
			return refuse("the file has more than %d rows: cut it", mostRows)
		}
	}
	for i, column := range t.columns {
		row.Number[i] = math.NaN()
		if places[i+1] < 0 {
			continue
		}
		text := strings.TrimSpace(record[places[i+1]])
		x, ok := count(column, text)
		if !ok {
			return refuse("%s %q: want a number from 0 to 10^9, or nothing where nobody could count", column, text)
		}
		if x > 1 && slices.Contains(columns.Shares, column) {
			return refuse("%s %q: want a part of the bin's posts, from 0 to 1: divide per cent by 100", column, text)
		}
		row.Number[i] = x
	}
	t.Rows = append(t.Rows, row)
	return nil
}

// count reads a number of a column; NaN where nobody could count.
func count(column, text string) (x float64, ok bool) {
	if text == "" || strings.EqualFold(text, "nan") || strings.EqualFold(text, "null") {
		return math.NaN(), true
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil && column == "networks" {
		x, err = float64(len(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("|;,+ ", r) }))), nil
	}
	return x, err == nil && x >= 0 && x <= mostCount
}

var timeLayouts = []string{"2006-01-02 15:04:05", time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04",
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700", "2006-01-02T15:04:05Z0700", "2006-01-02"}

// mostSeconds is the first number that is milliseconds since 1970 and not seconds: the year 2242.
const mostSeconds = 1 << 33

// ParseTime reads a timestamp, in UTC where it names no zone; a number is seconds since 1970, or
// milliseconds where seconds would lie centuries ahead.
func ParseTime(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	for _, layout := range timeLayouts {
		if at, err := time.Parse(layout, text); err == nil && at.Year() >= 1970 && at.Year() < 2200 {
			return at.UTC(), nil
		}
	}
	switch n, err := strconv.ParseInt(text, 10, 64); {
	case err != nil || n <= 0 || n >= 1000*mostSeconds:
		return time.Time{}, errors.New("no timestamp")
	case n >= mostSeconds:
		return time.UnixMilli(n).UTC(), nil
	default:
		return time.Unix(n, 0).UTC(), nil
	}
}

// widths are those of bins by what is known of them after each of the first rows: the most frequent
// distance of two rows so far; a minute where there is only one.
func (t *Table) widths() []time.Duration {
	counts := map[time.Duration]int{}
	best := time.Minute
	out := []time.Duration{best}
	for i := 1; i < min(len(t.Rows), widthProbe); i++ {
		d := max(t.Rows[i].At.Sub(t.Rows[i-1].At).Round(time.Minute), time.Minute)
		if counts[d]++; counts[d] > counts[best] || counts[d] == counts[best] && d < best {
			best = d
		}
		out = append(out, best)
	}
	return out
}

// words says how long a bin is.
func words(d time.Duration) string {
	if d%time.Hour == 0 {
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d min", d/time.Minute)
}

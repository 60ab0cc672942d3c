package crm

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// csvReader reads the rows of a CSV file (RFC 4180). Unlike encoding/csv it goes on behind a quote
// that is never closed: it gives up that line alone and reads the next one as a row. It takes UTF-8,
// UTF-16 with a byte order mark, and Windows-1252.
type csvReader struct {
	fileLines
	comma   byte
	unicode bool // characters of UTF-8 were seen
	legacy  bool // it is Windows-1252
}

// A rowError is a row that cannot be read; the next one can.
type rowError struct {
	line   int
	column int // from 0; -1 when it is the row
	reason string
	text   string // the row as it stands, the beginning of a long one
}

func (e *rowError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.reason) }

// A fileError is what is wrong with a file as a whole.
type fileError string

func (e fileError) Error() string { return string(e) }

func newCSVReader(r io.Reader) *csvReader { return &csvReader{fileLines: newFileLines(r)} }

// header reads the first row and finds out the separator where it is not given. A line "sep=;", as
// Excel writes it, stands before the header.
func (r *csvReader) header(comma rune) ([]string, error) {
	if comma >= utf8.RuneSelf || comma == '"' || comma == '\n' || comma == '\r' {
		return nil, fileError(fmt.Sprintf("separator %q: want one like , ; or a tab", comma))
	}
	first, err := r.take()
	if errors.Is(err, io.EOF) {
		return nil, fileError("the file is empty: want a header and rows")
	}
	if err != nil {
		return nil, err
	}
	if bytes.IndexByte(first, 0) >= 0 {
		return nil, fileError("the file holds zero bytes: save it as CSV in UTF-8")
	}
	said := bytes.TrimRight(first, "\r\n")
	if len(said) == 5 && strings.EqualFold(string(said[:4]), "sep=") {
		if comma == 0 {
			comma = rune(said[4])
		}
	} else {
		r.giveBack([][]byte{first})
	}
	if comma == 0 {
		comma = separator(first)
	}
	r.comma = byte(comma)
	header, _, err := r.next()
	if errors.Is(err, io.EOF) {
		return nil, fileError("the file is empty: want a header and rows")
	}
	for i := range header {
		header[i] = tidy(meantCell(header[i]))
	}
	return header, err
}

// separator is what stands most often in the header: comma, semicolon or tab.
func separator(line []byte) rune {
	best, most := ',', 0
	for _, c := range []rune{',', ';', '\t'} {
		if n := bytes.Count(line, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

// next returns the next row that is not blank and the line it begins on.
func (r *csvReader) next() (record []string, line int, err error) {
	text, err := r.take()
	for err == nil && len(bytes.TrimRight(text, "\r\n")) == 0 {
		text, err = r.take()
	}
	line = r.line
	if err != nil {
		return nil, line, err
	}
	if bytes.IndexByte(text, '"') < 0 {
		record, err = r.cut(text, line, false)
		return record, line, err
	}
	state := quoting{comma: r.comma, start: true}
	state.scan(text)
	var more [][]byte
	size := len(text)
	for state.quoted && state.reason == "" {
		add, err := r.take()
		switch {
		case errors.Is(err, io.EOF):
			state.reason = "a quote is opened and never closed"
			continue
		case err != nil:
			return nil, line, err
		}
		more = append(more, add)
		if size += len(add); size > maxRecord {
			state.reason = fmt.Sprintf("a quote is opened and not closed within %d bytes", maxRecord)
			continue
		}
		state.scan(add)
	}
	if state.reason != "" {
		r.giveBack(more)
		return nil, line, &rowError{line, state.opened, state.reason, shownRow(text)}
	}
	if len(more) > 0 {
		text = bytes.Join(append([][]byte{text}, more...), nil)
	}
	record, err = r.cut(text, line, true)
	return record, line, err
}

// quoting is where a scan stands in the quotes of a row.
type quoting struct {
	comma  byte
	quoted bool // inside
	start  bool // at the beginning of a field
	column int
	opened int // the column of the quote that is open, or wrong
	reason string
}

// scan goes on by one line.
func (q *quoting) scan(line []byte) {
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case q.quoted && c == '"' && i+1 < len(line) && line[i+1] == '"':
			i++
		case q.quoted && c == '"':
			q.quoted = false
			if rest := line[i+1:]; len(rest) > 0 && rest[0] != q.comma && len(bytes.TrimRight(rest, "\r\n")) > 0 {
				q.reason = "text follows a closing quote: a quote inside a field has to be doubled"
				return
			}
		case q.quoted:
		case c == '"' && q.start:
			q.quoted, q.start, q.opened = true, false, q.column
		case c == '"':
			q.opened, q.reason = q.column, "a quote stands inside a field that is not quoted: quote the field and double the quote"
			return
		case c == q.comma:
			q.start = true
			q.column++
		default:
			q.start = false
		}
	}
}

// cut makes fields of the text of a row, whose quotes are right.
func (r *csvReader) cut(text []byte, line int, quotes bool) ([]string, error) {
	if len(text) > maxRecord {
		return nil, &rowError{line, -1, fmt.Sprintf("the row has more than %d bytes", maxRecord), shownRow(text)}
	}
	rest, err := r.decode(bytes.TrimSuffix(bytes.TrimSuffix(text, []byte{'\n'}), []byte{'\r'}))
	if err != nil {
		return nil, &rowError{line, -1, err.Error(), shownRow(text)}
	}
	if !quotes {
		return strings.Split(rest, string(rune(r.comma))), nil
	}
	var fields []string
	for more := true; more; {
		var field string
		if strings.HasPrefix(rest, `"`) {
			end := 1
			for rest[end] != '"' || end+1 < len(rest) && rest[end+1] == '"' {
				if rest[end] == '"' {
					end++
				}
				end++
			}
			field = strings.ReplaceAll(rest[1:end], `""`, `"`)
			_, rest, more = strings.Cut(rest[end+1:], string(rune(r.comma)))
		} else {
			field, rest, more = strings.Cut(rest, string(rune(r.comma)))
		}
		fields = append(fields, field)
	}
	return fields, nil
}

// maxShown is how much of a row that cannot be read is kept, in bytes.
const maxShown = 4000

// shownRow is what people are shown of a row that cannot be read.
func shownRow(text []byte) string {
	text = bytes.TrimRight(text[:min(len(text), maxShown)], "\r\n")
	if shown := strings.ToValidUTF8(string(text), ""); utf8.Valid(text) || len(text) == maxShown && len(text)-len(shown) < utf8.UTFMax {
		return shown
	}
	shown, _ := charmap.Windows1252.NewDecoder().String(string(text)) // it decodes every byte
	return shown
}

// csvLine is a row of a CSV file.
func csvLine(record []string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(record)
	w.Flush() // a strings.Builder takes everything
	return strings.TrimSuffix(b.String(), "\n")
}

// decode makes UTF-8 of a row. The first one that is not, in a file in which nothing but ASCII came
// before, shows that the file is in Windows-1252: there hardly any word is UTF-8 by chance.
func (r *csvReader) decode(text []byte) (string, error) {
	switch {
	case r.legacy && !ascii(text) && utf8.Valid(text):
		return "", errors.New("the row is UTF-8, and those before it are Windows-1252")
	case r.legacy:
	case utf8.Valid(text):
		r.unicode = r.unicode || !ascii(text)
		return string(text), nil
	case r.unicode:
		return "", errors.New("the row is not UTF-8, and those before it are")
	}
	r.legacy = true
	return charmap.Windows1252.NewDecoder().String(string(text))
}

func ascii(text []byte) bool {
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// formulaSigns begin what a spreadsheet runs as a formula (OWASP, CSV injection).
const formulaSigns = "=+-@\t\r"

// harmlessCell is a cell that no spreadsheet runs: one that would be a formula bears a quote before it.
func harmlessCell(cell string) string {
	if cell != "" && strings.IndexByte(formulaSigns, cell[0]) >= 0 {
		return "'" + cell
	}
	return cell
}

func harmlessCells(cells []string) []string {
	out := make([]string, len(cells))
	for i, cell := range cells {
		out[i] = harmlessCell(cell)
	}
	return out
}

// meantCell takes the quote of harmlessCell off again.
func meantCell(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.IndexByte(formulaSigns, cell[1]) >= 0 {
		return cell[1:]
	}
	return cell
}

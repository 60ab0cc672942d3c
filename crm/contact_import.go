package crm

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/groundswell/groundswell/internal/sqldb"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// ImportOptions say how a file of contacts is read.
type ImportOptions struct {
	DryRun   bool                        // check, and change nothing
	Map      map[string]string           // field → header, where the header does not tell
	Comma    rune                        // 0: detected
	Errors   io.Writer                   // gets the refused rows as CSV with line, column and reason; may be nil
	Progress func(bytes int64, rows int) // may be nil
	Now      time.Time
}

// An ImportReport accounts for every row: Read = Created + Updated + Unchanged + Refused.
type ImportReport struct {
	Read      int               `json:"read"`
	Created   int               `json:"created"`
	Updated   int               `json:"updated"`
	Unchanged int               `json:"unchanged"`
	Refused   int               `json:"refused"`
	Refusals  []ImportRefusal   `json:"refusals"` // the first 1,000
	Columns   map[string]string `json:"columns"`  // header → field
	Ignored   []string          `json:"ignored"`  // headers that mean nothing here
}

// An ImportRefusal is a row that was not imported.
type ImportRefusal struct {
	Line   int    `json:"line"`
	Column string `json:"column,omitempty"`
	Reason string `json:"reason"`
}

const (
	importBatch    = 500
	importRefusals = 1000
	maxRecord      = 1 << 20 // bytes of a row, as read
)

// ImportContacts reads contacts from a CSV file with a header, and creates or updates them: one
// with the same external id, else the same e-mail address, is updated. A row that cannot be taken
// is refused with its line, and the others are imported. Importing a file twice changes nothing.
func ImportContacts(ctx context.Context, db *sqldb.DB, r io.Reader, opt ImportOptions) (ImportReport, error) {
	im := &importing{opt: opt, db: db, report: ImportReport{Refusals: []ImportRefusal{}, Columns: map[string]string{}, Ignored: []string{}}}
	if err := im.open(r); err != nil {
		return im.report, fmt.Errorf("import contacts: %w", err)
	}
	err := im.run(ctx)
	if im.errors != nil {
		im.errors.Flush()
		err = errors.Join(err, im.errors.Error())
	}
	if err != nil {
		return im.report, fmt.Errorf("import contacts: %w", err)
	}
	return im.report, nil
}

// importing is an import in progress.
type importing struct {
	opt    ImportOptions
	db     *sqldb.DB
	csv    *csv.Reader
	header []string
	fields []string
	errors *csv.Writer
	report ImportReport
	batch  []row
}

// open finds out encoding and separator, and reads the header.
func (im *importing) open(r io.Reader) error {
	text := bufio.NewReaderSize(r, 64<<10)
	start, _ := text.Peek(64 << 10)
	plain := bufio.NewReaderSize(decoded(text, start), 64<<10)
	line, _ := plain.Peek(8 << 10)
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	im.csv = csv.NewReader(plain)
	im.csv.Comma, im.csv.FieldsPerRecord, im.csv.ReuseRecord = im.opt.Comma, -1, false
	if im.opt.Comma == 0 {
		im.csv.Comma = separator(line)
	}
	header, err := im.csv.Read()
	if errors.Is(err, io.EOF) {
		return errors.New("the file is empty: want a header and rows")
	}
	if err != nil {
		return fmt.Errorf("read header: %w", err)
	}
	for i := range header {
		header[i] = tidy(header[i])
	}
	im.header = header
	if im.fields, err = columns(header, im.opt.Map); err != nil {
		return err
	}
	for i, field := range im.fields {
		if field == "" {
			im.report.Ignored = append(im.report.Ignored, header[i])
		} else {
			im.report.Columns[header[i]] = field
		}
	}
	if im.opt.Errors != nil {
		im.errors = csv.NewWriter(im.opt.Errors)
		return im.errors.Write(append(append([]string{}, header...), "line", "column", "reason"))
	}
	return nil
}

// decoded turns UTF-16 with a byte order mark and Windows-1252 into UTF-8.
func decoded(r io.Reader, start []byte) io.Reader {
	switch {
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}), bytes.HasPrefix(start, []byte{0xfe, 0xff}):
		return transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case bytes.HasPrefix(start, []byte{0xef, 0xbb, 0xbf}):
		return transform.NewReader(r, unicode.UTF8BOM.NewDecoder())
	}
	for len(start) > 0 { // a character may be cut at the end
		if c, n := utf8.DecodeRune(start); c == utf8.RuneError && n == 1 && utf8.FullRune(start) {
			return transform.NewReader(r, charmap.Windows1252.NewDecoder())
		} else {
			start = start[n:]
		}
	}
	return r
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

func (im *importing) run(ctx context.Context) error {
	for {
		before := im.csv.InputOffset()
		record, err := im.csv.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := im.csv.FieldPos(0)
		var bad *csv.ParseError
		switch {
		case errors.As(err, &bad):
			im.refuse(bad.StartLine, nil, "", fmt.Sprintf("%v: a quote that is not closed, or one inside a field that is not doubled", bad.Err))
			continue
		case err != nil:
			return fmt.Errorf("read the file: %w", err)
		case im.csv.InputOffset()-before > maxRecord:
			im.refuse(line, nil, "", fmt.Sprintf("the row has more than %d bytes: is a quote not closed?", maxRecord))
			continue
		case len(record) != len(im.header):
			im.refuse(line, record, "", fmt.Sprintf("the row has %d columns, the header %d", len(record), len(im.header)))
			continue
		}
		r, err := readRow(line, record, im.header, im.fields)
		var wrong *refusal
		if errors.As(err, &wrong) {
			im.refuse(line, record, wrong.column, wrong.reason)
			continue
		}
		if im.batch = append(im.batch, r); len(im.batch) == importBatch {
			if err := im.flush(ctx); err != nil {
				return err
			}
		}
	}
	return im.flush(ctx)
}

func (im *importing) refuse(line int, record []string, column, reason string) {
	im.report.Read++
	im.report.Refused++
	if len(im.report.Refusals) < importRefusals {
		im.report.Refusals = append(im.report.Refusals, ImportRefusal{line, column, reason})
	}
	if im.errors != nil {
		full := make([]string, len(im.header), len(im.header)+3)
		copy(full, record)
		_ = im.errors.Write(append(full, strconv.Itoa(line), column, reason)) // Error is looked at in the end
	}
}

// flush imports the batch in one transaction.
func (im *importing) flush(ctx context.Context) error {
	batch := im.batch
	im.batch = im.batch[:0]
	if err := ctx.Err(); err != nil || len(batch) == 0 {
		return err
	}
	var counts importCounts
	work := func(tx *sqldb.Tx) (err error) {
		if counts, err = importBatchOf(ctx, tx, batch, im.opt.Now); err == nil && im.opt.DryRun {
			err = errDryRun
		}
		return err
	}
	if err := im.db.Update(ctx, work); err != nil && !errors.Is(err, errDryRun) {
		return err
	}
	im.report.Read += len(batch)
	im.report.Created += counts.created
	im.report.Updated += counts.updated
	im.report.Unchanged += len(batch) - counts.created - counts.updated
	if im.opt.Progress != nil {
		im.opt.Progress(im.csv.InputOffset(), im.report.Read)
	}
	return nil
}

// errDryRun undoes the transaction of a dry run.
var errDryRun = errors.New("dry run")

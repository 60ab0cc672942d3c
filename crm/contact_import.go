package crm

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// ImportOptions say how a file of contacts is read.
type ImportOptions struct {
	DryRun       bool                        // check, and change nothing
	AllOrNothing bool                        // import nothing when a row is refused
	Map          map[string]string           // field → header, where the header does not tell
	Comma        rune                        // 0: detected
	Errors       io.Writer                   // gets the refused rows as CSV with line, column and reason; may be nil
	Progress     func(bytes int64, rows int) // bytes of the file and rows read so far; may be nil
	Now          time.Time
	By           string // whose name the audit log gets; empty: ByImport
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
)

// ImportContacts reads contacts from a CSV file with a header, and creates or updates them: one
// with the same external id, else the same e-mail address, is updated (docs/import.md). A row that
// cannot be taken is refused with its line, and the others are imported. Importing a file twice
// changes nothing.
//
// An import of all or nothing reads the file twice, so r is an io.Seeker then: it imports when the
// first reading, a dry run, has refused nothing.
func ImportContacts(ctx context.Context, db *sqldb.DB, r io.Reader, opt ImportOptions) (ImportReport, error) {
	if !opt.AllOrNothing || opt.DryRun {
		return importContacts(ctx, db, r, opt)
	}
	again, ok := r.(io.Seeker)
	if !ok {
		return ImportReport{}, errors.New("import contacts: all or nothing needs a file that can be read twice")
	}
	first := opt
	first.DryRun = true
	report, err := importContacts(ctx, db, r, first)
	if err != nil {
		return report, err
	}
	if report.Refused > 0 {
		report.Created, report.Updated = 0, 0
		return report, fmt.Errorf("import contacts: %d rows are refused, and it was to be all or nothing: nothing was imported", report.Refused)
	}
	if _, err := again.Seek(0, io.SeekStart); err != nil {
		return report, fmt.Errorf("import contacts: read the file again: %w", err)
	}
	opt.Errors = nil // the first reading wrote its header
	return importContacts(ctx, db, r, opt)
}

func importContacts(ctx context.Context, db *sqldb.DB, r io.Reader, opt ImportOptions) (ImportReport, error) {
	im := &importing{
		opt: opt, db: db, in: &countedReader{in: r}, seen: make(map[string]int), accounts: make(map[string]string), merged: make(map[string]bool),
		report: ImportReport{Refusals: []ImportRefusal{}, Columns: map[string]string{}, Ignored: []string{}},
	}
	if im.opt.By == "" {
		im.opt.By = ByImport
	}
	im.change = Change{By: im.opt.By, At: opt.Now, Access: System()}.Begin()
	if opt.DryRun {
		im.planned = newKnown(nil)
	}
	var err error
	if im.defined, err = Fields(ctx, db, RecordContact); err != nil {
		return im.report, fmt.Errorf("import contacts: %w", err)
	}
	if err := im.open(); err != nil {
		return im.report, fmt.Errorf("import contacts: %w", err)
	}
	err = im.run(ctx)
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
	opt      ImportOptions
	db       *sqldb.DB
	in       *countedReader
	csv      *csvReader
	header   []string
	fields   []string // of each column; "" for one that is left out
	errors   *csv.Writer
	report   ImportReport
	batch    []row
	refused  []refusedRow      // beside the batch
	seen     map[string]int    // contacts this file has spoken of → the line
	accounts map[string]string // folded name → id
	merged   map[string]bool   // contacts of whom only the record of one merged into them was read so far
	planned  *known            // what a dry run would have saved
	defined  []Field           // the company's own
	own      map[int]*Field    // of the columns that fill one
	change   Change
}

// countedReader counts what was read of a file.
type countedReader struct {
	in io.Reader
	n  int64
}

func (r *countedReader) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	r.n += int64(n)
	return n, err
}

// open reads the header.
func (im *importing) open() (err error) {
	im.csv = newCSVReader(im.in)
	if im.header, err = im.csv.header(im.opt.Comma); err != nil {
		return fmt.Errorf("read header: %w", err)
	}
	if im.fields, err = columns(im.header, im.opt.Map); err != nil {
		return err
	}
	im.own = ownColumns(im.header, im.fields, im.defined)
	for i, field := range im.fields {
		if f := im.own[i]; f != nil {
			im.report.Columns[im.header[i]] = "fields." + f.Name
			continue
		}
		if field == "" {
			im.report.Ignored = append(im.report.Ignored, im.header[i])
		} else {
			im.report.Columns[im.header[i]] = field
		}
	}
	if im.opt.Errors != nil {
		im.errors = csv.NewWriter(im.opt.Errors)
		return im.errors.Write(append(append([]string{}, im.header...), "line", "column", "reason"))
	}
	return nil
}

func (im *importing) run(ctx context.Context) error {
	for {
		record, line, err := im.csv.next()
		var bad *rowError
		var r row
		switch {
		case errors.Is(err, io.EOF):
			return im.flush(ctx)
		case errors.As(err, &bad):
			im.refused = append(im.refused, refusedRow{line, nil, im.columnName(bad.column), bad.reason})
		case err != nil:
			return fmt.Errorf("read the file: %w", err)
		case len(record) != len(im.header):
			im.refused = append(im.refused, refusedRow{line, record, "", fmt.Sprintf("the row has %d columns, the header %d", len(record), len(im.header))})
		default:
			if r, err = readRow(line, record, im.header, im.fields); err == nil {
				err = im.readOwn(&r)
			}
			var wrong *refusal
			if errors.As(err, &wrong) {
				im.refused = append(im.refused, refusedRow{line, record, wrong.column, wrong.reason})
			} else {
				im.batch = append(im.batch, r)
			}
		}
		if len(im.batch)+len(im.refused) == importBatch {
			if err := im.flush(ctx); err != nil {
				return err
			}
		}
	}
}

// columnName is the header of a column; empty when there is none.
func (im *importing) columnName(i int) string {
	if i < 0 || i >= len(im.header) {
		return ""
	}
	return im.header[i]
}

// refuse takes the refused rows into the report, in the order of the file.
func (im *importing) refuse() {
	slices.SortStableFunc(im.refused, func(a, b refusedRow) int { return cmp.Compare(a.line, b.line) })
	for _, r := range im.refused {
		im.report.Read++
		im.report.Refused++
		if len(im.report.Refusals) < importRefusals {
			im.report.Refusals = append(im.report.Refusals, ImportRefusal{r.line, r.column, r.reason})
		}
		if im.errors != nil {
			full := make([]string, len(im.header), len(im.header)+3)
			for i := range min(len(r.record), len(full)) {
				full[i] = harmlessCell(r.record[i])
			}
			_ = im.errors.Write(append(full, strconv.Itoa(r.line), r.column, r.reason)) // Error is looked at in the end
		}
	}
	im.refused = im.refused[:0]
}

// flush imports the batch in one transaction.
func (im *importing) flush(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(im.batch) > 0 {
		var b *importedBatch
		err := im.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
			if b, err = im.importBatch(ctx, tx); err == nil && im.opt.DryRun {
				err = errDryRun
			}
			return err
		})
		if err != nil && !errors.Is(err, errDryRun) {
			return err
		}
		im.account(b)
		im.batch = im.batch[:0]
	}
	im.refuse()
	if im.opt.Progress != nil {
		im.opt.Progress(im.in.n, im.report.Read)
	}
	return nil
}

// errDryRun undoes the transaction of a dry run.
var errDryRun = errors.New("dry run")

// account takes a batch that was saved into the report.
func (im *importing) account(b *importedBatch) {
	im.report.Read += b.created + b.updated + b.unchanged
	im.report.Created += b.created
	im.report.Updated += b.updated
	im.report.Unchanged += b.unchanged
	im.refused = append(im.refused, b.refused...)
	for id, line := range b.seen {
		im.seen[id] = line
	}
	for key, id := range b.accounts {
		im.accounts[key] = id
	}
	if im.planned != nil {
		for _, c := range b.saved {
			im.planned.put(c)
		}
	}
}

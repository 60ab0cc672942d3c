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
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// ImportOptions say how a file of records is read.
type ImportOptions struct {
	ID           string                      // the event of all that it changes, by which the audit log has it; empty: a new one
	Type         string                      // of the records: one of ImportTypes
	File         string                      // its name, kept with leads as where they came from; may be empty
	DryRun       bool                        // check, and change nothing
	AllOrNothing bool                        // import nothing when a row is refused
	Map          map[string]string           // field → header, where the header does not tell
	Comma        rune                        // 0: detected
	Errors       io.Writer                   // gets the refused rows as CSV with line, column and reason; may be nil
	Progress     func(bytes int64, rows int) // bytes of the file and rows read so far; may be nil
	Now          time.Time
	By           string  // whose name the audit log gets; empty: ByImport
	Access       *Access // what they may do; nil: everything

	// Still refuses to go on, in the transaction of each batch; may be nil.
	Still func(context.Context, sqldb.Querier) error
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
	importBatch    = 4000 // rows of a transaction: what writes beside an import waits about half a second for one
	importRefusals = 1000
)

// An importer makes records of one type of the rows of a file, a batch at a time.
type importer interface {
	// read takes a row in, or says why not: a *refusal.
	read(line int, record []string) error
	// waiting is how many rows were taken in and are not saved.
	waiting() int
	// save saves them. What it changes in the importer counts when kept follows.
	save(ctx context.Context, tx *sqldb.Tx) (importedRows, error)
	// kept says that what was saved stands, or would, in a dry run.
	kept()
}

// importedRows are what became of the rows of a batch.
type importedRows struct {
	created, updated, unchanged int
	refused                     []refusedRow
}

type refusedRow struct {
	line           int
	record         []string
	column, reason string
	text           string // the row as it stands in the file, where it has no cells of the header's columns
}

// A rowSource reads a file as rows under a header.
type rowSource interface {
	// header reads what the columns are called; comma separates them, 0 where that is to be found out.
	header(comma rune) ([]string, error)
	// next reads a row and the line it begins on. A *rowError is one that cannot be read, io.EOF the end.
	next() (record []string, line int, err error)
}

// An importNoun is a type of records that can be imported.
type importNoun struct {
	fields map[string][]string       // that a column can fill → the headers that mean it, folded, the best first
	names  func(field string) bool   // whether a column of the field tells records apart
	needs  string                    // what those columns hold, in words
	source func(io.Reader) rowSource // reads its files; nil: they are CSV
	begin  func(*importing) importer
}

// importNouns are the types that can be imported. A new one is one line.
var importNouns = map[string]*importNoun{RecordAccount: &accountNoun, RecordContact: &contactNoun, RecordLead: &leadNoun}

// ImportTypes lists the types of records that can be imported.
func ImportTypes() []string { return sortedNames(importNouns) }

// ImportFields lists the fields of a type that a column can fill.
func ImportFields(kind string) []string {
	if kind == ImportOfNetwork {
		return sortedNames(networkFields)
	}
	if noun := importNouns[kind]; noun != nil {
		return sortedNames(noun.fields)
	}
	return nil
}

// Import reads records from a CSV file with a header, and creates or updates them (docs/import.md). A
// row that cannot be taken is refused with its line, and the others are imported. Importing a file
// twice changes nothing.
//
// An import of all or nothing reads the file twice, so r is an io.Seeker then: it imports when the
// first reading, a dry run, has refused nothing.
func Import(ctx context.Context, db *sqldb.DB, r io.Reader, opt ImportOptions) (ImportReport, error) {
	return importNouns[opt.Type].importAll(ctx, db, r, opt)
}

// importAll imports a file, in two readings where it is all or nothing.
func (n *importNoun) importAll(ctx context.Context, db *sqldb.DB, r io.Reader, opt ImportOptions) (ImportReport, error) {
	if !opt.AllOrNothing || opt.DryRun {
		return n.importFile(ctx, db, r, opt)
	}
	again, ok := r.(io.Seeker)
	if !ok {
		return ImportReport{}, fmt.Errorf("import %ss: all or nothing needs a file that can be read twice", opt.Type)
	}
	first := opt
	first.DryRun = true
	report, err := n.importFile(ctx, db, r, first)
	if err != nil {
		return report, err
	}
	if report.Refused > 0 {
		report.Created, report.Updated = 0, 0
		return report, &NothingImported{opt.Type, report.Refused}
	}
	if _, err := again.Seek(0, io.SeekStart); err != nil {
		return report, fmt.Errorf("import %ss: read the file again: %w", opt.Type, err)
	}
	opt.Errors = nil // the first reading wrote its header
	return n.importFile(ctx, db, r, opt)
}

// NothingImported says that an import of all or nothing has refused rows.
type NothingImported struct {
	Type    string
	Refused int
}

func (e *NothingImported) Error() string {
	return fmt.Sprintf("import %ss: %d rows are refused, and it was to be all or nothing: nothing was imported", e.Type, e.Refused)
}

func (n *importNoun) importFile(ctx context.Context, db *sqldb.DB, r io.Reader, opt ImportOptions) (ImportReport, error) {
	im := &importing{opt: opt, unique: newOnceRows(), db: db, in: &countedReader{in: r}, noun: n,
		report: ImportReport{Refusals: []ImportRefusal{}, Columns: map[string]string{}, Ignored: []string{}}}
	err := im.prepare(ctx)
	if err == nil {
		err = errors.Join(im.run(ctx), im.finish(context.WithoutCancel(ctx)))
	}
	if im.errors != nil {
		im.errors.Flush()
		err = errors.Join(err, im.errors.Error())
	}
	if err != nil {
		return im.report, fmt.Errorf("import %ss: %w", opt.Type, err)
	}
	return im.report, nil
}

// importing is an import in progress.
type importing struct {
	opt     ImportOptions
	db      *sqldb.DB
	in      *countedReader
	source  rowSource
	noun    *importNoun
	rows    importer
	header  []string
	fields  []string // of each column; "" for one that is left out
	errors  *csv.Writer
	report  ImportReport
	refused []refusedRow   // beside the batch
	defined []Field        // the company's own
	own     map[int]*Field // of the columns that fill one
	change  Change
	unique  onceRows        // values of fields of which there is one only
	partOf  map[string]bool // external ids of records that are part of others now; nil: not loaded yet
}

// prepare finds out who imports what, and what the columns mean.
func (im *importing) prepare(ctx context.Context) (err error) {
	if im.noun == nil {
		return invalid("type", "%q is not one of %s", im.opt.Type, strings.Join(ImportTypes(), ", "))
	}
	if im.opt.By == "" {
		im.opt.By = ByImport
	}
	if im.opt.Access == nil {
		im.opt.Access = System()
	}
	im.change = Change{By: im.opt.By, At: im.opt.Now, Event: im.opt.ID, Access: im.opt.Access}.Begin()
	if im.defined, err = Fields(ctx, im.db, im.opt.Type); err != nil {
		return err
	}
	if err := im.open(); err != nil {
		return err
	}
	im.rows = im.noun.begin(im)
	return nil
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
	if im.noun.source != nil {
		im.source = im.noun.source(im.in)
	} else {
		im.source = newCSVReader(im.in)
	}
	if im.header, err = im.source.header(im.opt.Comma); err != nil {
		return fmt.Errorf("read header: %w", err)
	}
	if im.fields, err = im.noun.columns(im.header, im.opt.Map); err != nil {
		return err
	}
	im.own = ownColumns(im.header, im.fields, im.defined)
	frozen := im.opt.Access.frozen(im.opt.Type)
	for i, field := range im.fields {
		if field != "" && slices.Contains(frozen, field) {
			return &Forbidden{Action: ToUpdate, Type: im.opt.Type, Field: field}
		}
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
		return im.errors.Write(append(harmlessCells(im.header), "line", "column", "reason", "row"))
	}
	return nil
}

func (im *importing) run(ctx context.Context) error {
	for {
		record, line, err := im.source.next()
		var bad *rowError
		switch {
		case errors.Is(err, io.EOF):
			return im.flush(ctx)
		case errors.As(err, &bad):
			im.refused = append(im.refused, refusedRow{line: line, column: im.columnName(bad.column), reason: bad.reason, text: bad.text})
		case err != nil:
			return fmt.Errorf("read the file: %w", err)
		case len(record) != len(im.header):
			im.refused = append(im.refused, refusedRow{line: line, reason: fmt.Sprintf("the row has %d columns, the header %d", len(record), len(im.header)), text: csvLine(record)})
		default:
			var wrong *refusal
			switch err := im.rows.read(line, record); {
			case errors.As(err, &wrong):
				im.refused = append(im.refused, refusedRow{line: line, record: record, column: wrong.column, reason: wrong.reason})
			case err != nil:
				return err
			}
		}
		if im.rows.waiting()+len(im.refused) == importBatch {
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
			full := append(harmlessCells(r.record), make([]string, len(im.header)-len(r.record))...)
			_ = im.errors.Write(append(full, strconv.Itoa(r.line), harmlessCell(r.column), harmlessCell(r.reason), harmlessCell(r.text))) // Error is looked at in the end
		}
	}
	im.refused = im.refused[:0]
}

// flush imports the batch in one transaction.
func (im *importing) flush(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if im.rows.waiting() > 0 {
		var b importedRows
		err := im.db.UpdateRelaxed(ctx, func(tx *sqldb.Tx) (err error) {
			if im.opt.Still != nil {
				if err := im.opt.Still(ctx, tx); err != nil {
					return err
				}
			}
			im.unique.began()
			if b, err = im.rows.save(ctx, tx); err == nil && im.opt.DryRun {
				err = errDryRun
			}
			return err
		})
		if err != nil && !errors.Is(err, errDryRun) {
			return err
		}
		im.account(&b)
		im.rows.kept()
		im.unique.kept()
	}
	im.refuse()
	if im.opt.Progress != nil {
		im.opt.Progress(im.in.n, im.report.Read)
	}
	return nil
}

// finish logs what was imported, under the event that the entries of the records bear, also where the import broke off, and makes it last: until here, losing
// power could have undone the latest batches.
func (im *importing) finish(ctx context.Context) error {
	r := &im.report
	if im.opt.DryRun || r.Created+r.Updated == 0 {
		return nil
	}
	return im.db.Update(ctx, func(tx *sqldb.Tx) error {
		return record(ctx, tx, im.change, changedRecord{action: "import", kind: RecordImport, id: im.change.Event, after: map[string]any{
			"type": im.opt.Type, "file": im.opt.File, "read": r.Read, "created": r.Created, "updated": r.Updated, "unchanged": r.Unchanged, "refused": r.Refused}})
	})
}

// errDryRun undoes the transaction of a dry run.
var errDryRun = errors.New("dry run")

// account takes a batch that was saved into the report.
func (im *importing) account(b *importedRows) {
	im.report.Read += b.created + b.updated + b.unchanged
	im.report.Created += b.created
	im.report.Updated += b.updated
	im.report.Unchanged += b.unchanged
	im.refused = append(im.refused, b.refused...)
}

// columnOf is the header of the column that fills a field.
func (im *importing) columnOf(field string) string {
	for i, f := range im.fields {
		if f == field {
			return im.header[i]
		}
	}
	return ""
}

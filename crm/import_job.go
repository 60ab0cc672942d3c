package crm

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// An ImportJob is a file that somebody sent to be imported. It waits in the database, and any process
// that serves the page imports it. One whose process was ended is imported again from its beginning,
// which changes nothing that was taken.
type ImportJob struct {
	ID           string            `json:"id"`
	Type         string            `json:"type"`
	File         string            `json:"file"`
	State        string            `json:"state"` // requested, running, done, failed
	DryRun       bool              `json:"dry_run"`
	AllOrNothing bool              `json:"all_or_nothing"`
	Map          map[string]string `json:"map"`
	Basis        Basis             `json:"basis"`    // of a network: what makes it lawful
	Evidence     string            `json:"evidence"` // and why that holds
	Size         int64             `json:"size"`     // bytes
	Taken        int64             `json:"taken"`    // bytes read so far
	Report       ImportReport      `json:"report"`
	Problem      string            `json:"problem"` // why it failed
	RequestedBy  string            `json:"requested_by"`
	RequestedAt  time.Time         `json:"requested_at"`
	EndedAt      time.Time         `json:"ended_at,omitzero"`

	scopes string // of the token it was sent with; empty: it was in a session
}

const (
	// MaxImport is how large a file may be that is sent, in bytes: a million rows have room.
	MaxImport = 256 << 20
	// ImportsKept is how long an import that has ended, and its refused rows, are kept.
	ImportsKept = 30 * 24 * time.Hour

	importPart      = 256 << 10
	jobReceiving    = "receiving" // the file is being sent
	receivingAtMost = time.Hour
	heardEvery      = time.Second
)

const importColumns = "id, record_type, file, state, dry_run, all_or_nothing, mapping, size, taken, report, problem, requested_by, requested_at, ended_at, basis, evidence, scopes"

func scanImport(row interface{ Scan(...any) error }) (j ImportJob, err error) {
	err = row.Scan(&j.ID, &j.Type, &j.File, &j.State, &j.DryRun, &j.AllOrNothing, jsonColumn{&j.Map}, &j.Size, &j.Taken, jsonColumn{&j.Report}, &j.Problem,
		&j.RequestedBy, atColumn{&j.RequestedAt}, atColumn{&j.EndedAt}, &j.Basis, &j.Evidence, &j.scopes)
	return j, err
}

// RequestImport takes a file in to be imported. The file is read once, in parts, and never held whole.
func RequestImport(ctx context.Context, db *sqldb.DB, ch Change, j ImportJob, file io.Reader) (ImportJob, error) {
	if err := j.check(ch.Access); err != nil {
		return j, err
	}
	j.ID, j.State, j.RequestedBy, j.RequestedAt = NewID(ch.At), jobReceiving, ch.By, ch.At
	j.scopes = ScopeText(ch.Access.Scopes)
	j.Report = ImportReport{Refusals: []ImportRefusal{}, Columns: map[string]string{}, Ignored: []string{}}
	_, err := dbExec(ctx, db, "INSERT INTO imports ("+importColumns+", seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8, '', $9, $10, 0, $11, $12, $13, 0)",
		j.ID, j.Type, j.File, j.State, j.DryRun, j.AllOrNothing, auditText(j.Map), auditText(j.Report), j.RequestedBy, sqldb.Millis(j.RequestedAt), string(j.Basis), j.Evidence, j.scopes)
	if err == nil {
		err = j.receive(ctx, db, file)
	}
	if err == nil {
		j.State = JobRequested
		_, err = dbExec(ctx, db, "UPDATE imports SET state = $1, size = $2 WHERE id = $3", j.State, j.Size, j.ID)
	}
	if err != nil {
		return j, errors.Join(fmt.Errorf("take in %s: %w", j.File, err), forgetImport(context.WithoutCancel(ctx), db, j.ID))
	}
	return j, nil
}

func (j *ImportJob) check(a *Access) error {
	if err := j.allowed(a); err != nil {
		return err
	}
	if j.File = tidy(j.File); j.File == "" {
		j.File = j.Type + "s.csv"
	}
	if j.Map == nil {
		j.Map = map[string]string{}
	}
	fields := ImportFields(j.Type)
	for field := range j.Map {
		if !slices.Contains(fields, field) {
			return invalid("map", "%q is no field: want one of %s", field, strings.Join(fields, ", "))
		}
	}
	return checkText("file", j.File, maxName)
}

// allowed refuses who may not import such a file, and a network without what makes it lawful.
func (j *ImportJob) allowed(a *Access) error {
	switch {
	case j.Type == ImportOfNetwork:
		if err := a.Demand(ToCreate, RecordContact); err != nil {
			return err
		}
		return checkNetworkBasis(j.Basis, &j.Evidence)
	case importNouns[j.Type] == nil:
		return invalid("type", "%q is not one of %s, %s", j.Type, strings.Join(ImportTypes(), ", "), ImportOfNetwork)
	case j.Basis != "" || j.Evidence != "":
		return invalid("basis", "is for the type %s: leave it and evidence out", ImportOfNetwork)
	}
	for _, action := range []Action{ToCreate, ToUpdate} {
		if err := a.Demand(action, j.Type); err != nil {
			return err
		}
	}
	return nil
}

// receive keeps the file.
func (j *ImportJob) receive(ctx context.Context, db *sqldb.DB, file io.Reader) error {
	buffer := make([]byte, importPart)
	for part := 0; ; part++ {
		n, err := io.ReadFull(file, buffer)
		if j.Size += int64(n); j.Size > MaxImport {
			return invalid("file", "is larger than %d MiB: cut it into several, or use groundswell import", MaxImport>>20)
		}
		if n > 0 {
			if _, err := dbExec(ctx, db, "INSERT INTO import_files (import_id, part, content) VALUES ($1, $2, $3)", j.ID, part, bytes.Clone(buffer[:n])); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			if j.Size == 0 {
				return invalid("file", "is empty: want a header and rows")
			}
			return nil
		case err != nil:
			return fmt.Errorf("receive the file: %w", err)
		}
	}
}

// ImportByID loads an import that somebody asked for.
func ImportByID(ctx context.Context, q sqldb.Querier, userID, id string) (ImportJob, error) {
	return oneImport(ctx, q, "WHERE id = $1 AND requested_by = $2", id, userID)
}

func oneImport(ctx context.Context, q sqldb.Querier, rest string, args ...any) (ImportJob, error) {
	j, err := scanImport(q.QueryRow(ctx, "SELECT "+importColumns+" FROM imports "+rest, args...))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return j, fmt.Errorf("load import: %w", err)
	}
	return j, nil
}

// Imports lists the imports that somebody asked for, the newest first, a page at a time.
func Imports(ctx context.Context, q sqldb.Querier, userID, cursor string, limit int) (list []ImportJob, next string, err error) {
	limit = pageSize(limit)
	w := &where{}
	w.add("requested_by = ?", userID)
	w.add("state <> ?", jobReceiving)
	if cursor != "" {
		fields, err := decodeCursor(cursor, 1)
		if err != nil {
			return nil, "", err
		}
		w.add("id < ?", fields[0])
	}
	err = sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		j, err := scanImport(rows)
		list = append(list, j)
		return err
	}, "SELECT "+importColumns+" FROM imports"+w.sql()+" ORDER BY id DESC"+w.limit(limit+1), w.args...)
	if err != nil {
		return nil, "", fmt.Errorf("list imports: %w", err)
	}
	if len(list) > limit {
		list = list[:limit]
		next = encodeCursor(list[limit-1].ID)
	}
	return list, next, nil
}

// DeleteImport stops an import that waits or runs, which keeps what was taken until then, and forgets
// one that has ended, with its refused rows.
func DeleteImport(ctx context.Context, db *sqldb.DB, userID, id string) error {
	if _, err := ImportByID(ctx, db, userID, id); err != nil {
		return err
	}
	return forgetImport(ctx, db, id)
}

func forgetImport(ctx context.Context, db *sqldb.DB, id string) error {
	return db.Update(ctx, func(tx *sqldb.Tx) error {
		for _, statement := range []string{"DELETE FROM import_files WHERE import_id = $1", "DELETE FROM import_refusals WHERE import_id = $1", "DELETE FROM imports WHERE id = $1"} {
			if _, err := tx.Exec(ctx, statement, id); err != nil {
				return fmt.Errorf("forget import %s: %w", id, err)
			}
		}
		return nil
	})
}

// PruneImports forgets imports that ended long ago, and files that were never sent to their end.
func PruneImports(ctx context.Context, db *sqldb.DB, now time.Time) error {
	old, err := sqldb.Strings(ctx, db, "SELECT id FROM imports WHERE ended_at > 0 AND ended_at < $1 OR state = $2 AND requested_at < $3",
		sqldb.Millis(now.Add(-ImportsKept)), jobReceiving, sqldb.Millis(now.Add(-receivingAtMost)))
	for _, id := range old {
		err = errors.Join(err, forgetImport(ctx, db, id))
	}
	return err
}

// WriteRefusals writes the refused rows of an import as CSV.
func WriteRefusals(ctx context.Context, q sqldb.Querier, id string, to io.Writer) error {
	for part := 0; ; part++ {
		var body string
		err := q.QueryRow(ctx, "SELECT body FROM import_refusals WHERE import_id = $1 AND part = $2", id, part).Scan(&body)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("load refused rows of import %s: %w", id, err)
		}
		if _, err := io.WriteString(to, body); err != nil {
			return err
		}
	}
}

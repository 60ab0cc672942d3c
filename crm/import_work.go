package crm

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// WorkImports imports one file that waits, or whose process was not heard for long; it says whether
// there was any. now is the time of the records, alive the world's.
func WorkImports(ctx context.Context, db *sqldb.DB, now, alive func() time.Time) (bool, error) {
	const waiting = "(state = 'requested' OR state = 'running' AND seen_at < $1)"
	stale := sqldb.Millis(alive().Add(-jobSilence))
	j, err := oneImport(ctx, db, "WHERE "+waiting+" ORDER BY id LIMIT 1", stale)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	n, err := dbExec(ctx, db, "UPDATE imports SET state = 'running', seen_at = $2 WHERE id = $3 AND "+waiting, stale, sqldb.Millis(alive()), j.ID)
	if err != nil || n == 0 { // another process was first
		return err == nil, err
	}
	w := &importWork{db: db, job: &j, alive: alive}
	return true, w.run(ctx, now())
}

// importWork is an import being worked on.
type importWork struct {
	db    *sqldb.DB
	job   *ImportJob
	alive func() time.Time
	heard time.Time
	stop  context.CancelFunc
}

func (w *importWork) run(ctx context.Context, now time.Time) error {
	access, err := accessOfJob(ctx, w.db, w.job.RequestedBy, w.job.scopes)
	if err != nil {
		return err
	}
	if err := w.still(ctx, w.db); err != nil {
		return w.end(ctx, &w.job.Report, err)
	}
	if _, err := dbExec(ctx, w.db, "DELETE FROM import_refusals WHERE import_id = $1", w.job.ID); err != nil {
		return err
	}
	limited, stop := context.WithCancel(ctx)
	defer stop()
	w.stop = stop
	refused := &refusedFile{ctx: limited, db: w.db, id: w.job.ID}
	report, err := w.job.read(limited, w.db, ImportOptions{ID: w.job.ID, Type: w.job.Type, File: w.job.File, DryRun: w.job.DryRun,
		AllOrNothing: w.job.AllOrNothing, Map: w.job.Map, Errors: refused, Progress: w.progress, Now: now, By: w.job.RequestedBy, Access: access, Still: w.still})
	err = errors.Join(err, refused.close())
	switch {
	case ctx.Err() != nil: // the process ends: another one, or the next, goes on at once
		_, err := dbExec(context.WithoutCancel(ctx), w.db, "UPDATE imports SET seen_at = 0 WHERE id = $1 AND state = 'running'", w.job.ID)
		return err
	case limited.Err() != nil: // somebody deleted it
		return forgetImport(ctx, w.db, w.job.ID)
	}
	return w.end(ctx, &report, err)
}

// still refuses to go on for who was disabled since they sent the file, or may import no more.
func (w *importWork) still(ctx context.Context, q sqldb.Querier) error {
	if err := StillActive(ctx, q, w.job.RequestedBy); err != nil {
		return err
	}
	access, err := accessOfJob(ctx, q, w.job.RequestedBy, w.job.scopes)
	if err != nil {
		return err
	}
	return w.job.allowed(access)
}

// read imports the file that was sent.
func (j *ImportJob) read(ctx context.Context, db *sqldb.DB, opt ImportOptions) (ImportReport, error) {
	file := &storedFile{ctx: ctx, db: db, id: j.ID}
	if j.Type == ImportOfNetwork {
		return ImportNetwork(ctx, db, file, NetworkImport{ImportOptions: opt, UserID: j.RequestedBy, Basis: j.Basis, Evidence: j.Evidence})
	}
	return Import(ctx, db, file, opt)
}

// progress notes how far an import is, once a second, and stops one that is gone.
func (w *importWork) progress(bytes int64, rows int) {
	now := w.alive()
	if now.Sub(w.heard) < heardEvery {
		return
	}
	w.heard = now
	w.job.Report.Read = rows
	n, err := dbExec(context.Background(), w.db, "UPDATE imports SET taken = $1, report = $2, seen_at = $3 WHERE id = $4 AND state = 'running'",
		min(bytes, w.job.Size), auditText(w.job.Report), sqldb.Millis(now), w.job.ID)
	if err == nil && n == 0 {
		w.stop()
	}
}

// end keeps what came of an import, and gives the room of its file back. What is to blame is the file
// or the roles, not the weather: that fails, and anything else is tried again.
func (w *importWork) end(ctx context.Context, report *ImportReport, failure error) error {
	state, problem := JobDone, ""
	var bad *Invalid
	var no *Forbidden
	var nothing *NothingImported
	var file fileError
	var header *rowError
	switch {
	case failure == nil:
	case errors.As(failure, &bad), errors.As(failure, &no), errors.As(failure, &nothing), errors.As(failure, &file), errors.As(failure, &header):
		state, problem = JobFailed, failure.Error()
	default:
		return failure
	}
	return w.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE imports SET state = $1, problem = $2, report = $3, taken = size, ended_at = $4 WHERE id = $5", state, problem, auditText(report), sqldb.Millis(w.alive()), w.job.ID)
		if err == nil {
			_, err = tx.Exec(ctx, "DELETE FROM import_files WHERE import_id = $1", w.job.ID)
		}
		if err != nil {
			return fmt.Errorf("end import %s: %w", w.job.ID, err)
		}
		return nil
	})
}

// storedFile reads a file from its parts, one at a time.
type storedFile struct {
	ctx  context.Context // of the import: io.Reader has no other place for it
	db   *sqldb.DB
	id   string
	next int
	rest []byte
}

func (f *storedFile) Read(p []byte) (int, error) {
	for len(f.rest) == 0 {
		err := f.db.QueryRow(f.ctx, "SELECT content FROM import_files WHERE import_id = $1 AND part = $2", f.id, f.next).Scan(&f.rest)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, io.EOF
		}
		if err != nil {
			return 0, fmt.Errorf("load part %d: %w", f.next, err)
		}
		f.next++
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

// Seek goes back to the beginning, for an import of all or nothing.
func (f *storedFile) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekStart {
		return 0, errors.New("a stored file is read from its beginning")
	}
	f.next, f.rest = 0, nil
	return 0, nil
}

// refusedFile keeps the refused rows in parts that end with a line.
type refusedFile struct {
	ctx  context.Context
	db   *sqldb.DB
	id   string
	part int
	text bytes.Buffer
}

func (f *refusedFile) Write(p []byte) (int, error) {
	f.text.Write(p)
	if f.text.Len() < importPart {
		return len(p), nil
	}
	if end := bytes.LastIndexByte(f.text.Bytes(), '\n') + 1; end > 0 {
		return len(p), f.keep(f.text.Next(end))
	}
	return len(p), nil
}

func (f *refusedFile) keep(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	_, err := dbExec(f.ctx, f.db, "INSERT INTO import_refusals (id, import_id, part, body) VALUES ($1, $2, $3, $4)", fmt.Sprintf("%s-%06d", f.id, f.part), f.id, f.part, string(text))
	f.part++
	return err
}

func (f *refusedFile) close() error { return f.keep(f.text.Bytes()) }

// Package sqldb opens the database, the one authority on what Groundswell knows: SQLite in the
// data folder, or PostgreSQL. Both take the same SQL and the same migrations; what they do not
// share is one small dialect (dialect.go).
//
// All writing goes through Update, one transaction that is retried when the database asks for it.
// Reading outside a transaction sees the last committed state and never waits for a writer.
package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Querier runs statements: a *DB reads, a *Tx reads and writes.
type Querier interface {
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) *sql.Row
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	read, write  *sql.DB // SQLite: many readers beside one writer; PostgreSQL: the same pool twice
	dialect      dialect
	checkpointer *checkpointer // SQLite's; else nil
}

// Open opens the database that the URL names and brings its schema up to date:
// "sqlite:PATH" or "postgres://…". A schema newer than this binary is refused (ErrNewer).
func Open(ctx context.Context, url string) (*DB, error) {
	db, err := Connect(ctx, url)
	if err != nil {
		return nil, err
	}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Connect opens the database without touching its schema.
func Connect(ctx context.Context, url string) (*DB, error) {
	var db *DB
	var err error
	switch scheme, rest, _ := strings.Cut(url, ":"); scheme {
	case "sqlite":
		db, err = openSQLite(rest)
	case "postgres", "postgresql":
		db, err = openPostgres(url)
	default:
		return nil, fmt.Errorf("open database: scheme %q: want sqlite:PATH or postgres://USER@HOST/NAME", scheme)
	}
	if err != nil {
		return nil, err
	}
	if err := db.Ping(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Name is "sqlite" or "postgres".
func (db *DB) Name() string { return db.dialect.name() }

// Ping says whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := db.write.PingContext(ctx); err != nil {
		return fmt.Errorf("reach database: %w", db.dialect.explain(err))
	}
	return nil
}

// Close closes the database. It waits for running statements.
func (db *DB) Close() error {
	if db.read == db.write {
		return db.write.Close()
	}
	db.checkpointer.close()
	return errors.Join(db.read.Close(), db.write.Close())
}

// Query reads rows outside a transaction.
func (db *DB) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return db.read.QueryContext(ctx, query, args...)
}

// QueryRow reads one row outside a transaction.
func (db *DB) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return db.read.QueryRowContext(ctx, query, args...)
}

// Update runs fn in one write transaction and commits it when fn returns nil. When the database
// reports a conflict with another writer, everything fn did is undone and fn runs again, so fn
// must not keep state from an earlier run.
func (db *DB) Update(ctx context.Context, fn func(*Tx) error) error {
	return db.update(ctx, true, fn)
}

// UpdateRelaxed is Update for a step of a long work that can be done again: it does not wait until the
// disk holds what was committed. Losing power may undo the latest of such steps, in the order in which
// they were made; ending the process does not, and the next Update makes all before it last.
func (db *DB) UpdateRelaxed(ctx context.Context, fn func(*Tx) error) error {
	if err := db.update(ctx, false, fn); err != nil {
		return err
	}
	db.dialect.analyze(ctx, db.write)
	return nil
}

func (db *DB) update(ctx context.Context, lasts bool, fn func(*Tx) error) error {
	const tries = 10
	for try := 1; ; try++ {
		err := db.updateOnce(ctx, lasts, fn)
		if err == nil || try == tries || !db.dialect.retryable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(time.Duration(try*try) * 5 * time.Millisecond):
		}
	}
}

func (db *DB) updateOnce(ctx context.Context, lasts bool, fn func(*Tx) error) (err error) {
	sqlTx, end, err := db.begin(ctx, lasts)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", db.dialect.explain(err))
	}
	defer end()
	done := false
	defer func() {
		if !done {
			_ = sqlTx.Rollback()
		}
	}()
	if err := fn(&Tx{tx: sqlTx, db: db}); err != nil {
		return err
	}
	done = true
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("commit transaction: %w", db.dialect.explain(err))
	}
	if db.checkpointer != nil {
		db.checkpointer.committed()
	}
	return nil
}

// begin begins a write transaction; end follows when it is over.
func (db *DB) begin(ctx context.Context, lasts bool) (tx *sql.Tx, end func(), err error) {
	if lasts {
		tx, err = db.write.BeginTx(ctx, nil)
		return tx, func() {}, err
	}
	return db.dialect.beginRelaxed(ctx, db.write)
}

// View runs fn over one state of the database: what others commit meanwhile is not seen.
func (db *DB) View(ctx context.Context, fn func(Querier) error) error {
	opt := &sql.TxOptions{ReadOnly: true, Isolation: db.dialect.snapshot()}
	sqlTx, err := db.read.BeginTx(ctx, opt)
	if err != nil {
		return fmt.Errorf("begin snapshot: %w", db.dialect.explain(err))
	}
	defer func() { _ = sqlTx.Rollback() }() // nothing was changed
	return fn(&Tx{tx: sqlTx, db: db})
}

// A Tx is one write transaction.
type Tx struct {
	tx *sql.Tx
	db *DB
}

// Query reads rows inside the transaction.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return tx.tx.QueryContext(ctx, query, args...)
}

// QueryRow reads one row inside the transaction.
func (tx *Tx) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return tx.tx.QueryRowContext(ctx, query, args...)
}

// Exec runs one statement and returns how many rows it changed.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := tx.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, tx.db.dialect.explain(err)
	}
	return res.RowsAffected()
}

// ExecMany runs one statement once for each row of arguments, prepared.
func (tx *Tx) ExecMany(ctx context.Context, query string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	stmt, err := tx.tx.PrepareContext(ctx, query)
	if err != nil {
		return fmt.Errorf("prepare %s: %w", head(query), err)
	}
	defer stmt.Close()
	for _, row := range rows {
		if _, err := stmt.ExecContext(ctx, row...); err != nil {
			return fmt.Errorf("run %s: %w", head(query), tx.db.dialect.explain(err))
		}
	}
	return nil
}

// An Insert describes a bulk insertion. A row whose Key columns already stand in the table is
// left out, so inserting twice changes nothing.
type Insert struct {
	Table   string
	Columns []string
	Key     []string // the unique columns that decide whether a row is new; they lead Columns
}

// InsertNew inserts rows in bulk and reports, for each, whether it was new.
func (tx *Tx) InsertNew(ctx context.Context, ins Insert, rows [][]any) ([]bool, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	fresh, err := tx.db.dialect.insertNew(ctx, tx.tx, ins, rows)
	if err != nil {
		return nil, fmt.Errorf("insert into %s: %w", ins.Table, tx.db.dialect.explain(err))
	}
	return fresh, nil
}

// In renders "column IN ($first, …)" for n values, the values' numbers starting at first.
func In(column string, first, n int) string {
	if n == 0 {
		return "1=0"
	}
	var b strings.Builder
	b.WriteString(column)
	b.WriteString(" IN (")
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "$%d", first+i)
	}
	b.WriteByte(')')
	return b.String()
}

// head is a statement's first words, for error messages.
func head(query string) string {
	words := strings.Fields(query)
	return strings.Join(words[:min(4, len(words))], " ")
}

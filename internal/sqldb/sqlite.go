package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

type sqliteDialect struct{}

// openSQLite opens a file in WAL mode: one writer, readers that never wait for it. FULL makes a
// commit durable against power failure; at batches of hundreds of rows it costs nothing to speak of.
func openSQLite(path string) (*DB, error) {
	_, _ = sqlite.Fdatasync(true) // where the system has it: the same durability, without the file's times
	pragmas := "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=temp_store(MEMORY)&_pragma=secure_delete(1)"
	// The writer keeps the indexes of a million contacts at hand; journal_size_limit is that of the log.
	write, err := sql.Open("sqlite", "file:"+path+pragmas+"&_pragma=cache_size(-262144)&_txlock=immediate"+
		fmt.Sprintf("&_pragma=wal_autocheckpoint(%d)&_pragma=journal_size_limit(%d)", longestLog, longLog*4096))
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", "file:"+path+pragmas+"&_pragma=cache_size(-65536)&_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", path, err), write.Close())
	}
	read.SetMaxOpenConns(max(4, runtime.NumCPU()))
	return &DB{read: read, write: write, dialect: sqliteDialect{}, checkpointer: startCheckpointer(read, write)}, nil
}

func (sqliteDialect) name() string         { return "sqlite" }
func (sqliteDialect) goose() goose.Dialect { return goose.DialectSQLite3 }

func (sqliteDialect) snapshot() sql.IsolationLevel { return sql.LevelDefault }

// analyze does nothing: plans are best without statistics here (docs/benchmarks.md).
func (sqliteDialect) analyze(context.Context, *sql.DB) {}

// beginRelaxed: with NORMAL the write-ahead log goes to the disk with the next commit under FULL, or
// before what it holds is moved into the database, always as a whole up to there.
func (sqliteDialect) beginRelaxed(ctx context.Context, db *sql.DB) (tx *sql.Tx, end func(), err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	end = func() {
		// One that cannot be set back, because it is broken, is not used again.
		_, err := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA synchronous = FULL")
		_ = conn.Raw(func(any) error {
			if err != nil {
				return driver.ErrBadConn
			}
			return nil
		})
		_ = conn.Close()
	}
	if _, err := conn.ExecContext(ctx, "PRAGMA synchronous = NORMAL"); err != nil {
		end()
		return nil, nil, err
	}
	if tx, err = conn.BeginTx(ctx, nil); err != nil {
		end()
		return nil, nil, err
	}
	return tx, end, nil
}

// migrationLock: one process uses the file, and every migration is a write transaction.
func (sqliteDialect) migrationLock() ([]goose.ProviderOption, error) { return nil, nil }

// insertNew runs one prepared statement a row: several rows in one statement are five times
// slower here (docs/benchmarks.md).
func (sqliteDialect) insertNew(ctx context.Context, tx *sql.Tx, ins Insert, rows [][]any) ([]bool, error) {
	stmt, err := tx.PrepareContext(ctx, insertSQL(sqliteDialect{}, ins, 1))
	if err != nil {
		return nil, err
	}
	defer stmt.Close()
	fresh := make([]bool, len(rows))
	for i, row := range rows {
		res, err := stmt.ExecContext(ctx, row...)
		if err != nil {
			return nil, err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return nil, err
		}
		fresh[i] = n == 1
	}
	return fresh, nil
}

// lock: there is one writer at a time as it is.
func (sqliteDialect) lock(context.Context, *Tx, string) error { return nil }

// place gives values no names: SQLite looks each $1 up in a list, for every row anew.
func (sqliteDialect) place(int) string { return "?" }

// rowsPerStatement: see insertNew.
func (sqliteDialect) rowsPerStatement(int) int { return 1 }

// The beginnings of words that have lists of their own. Those of longer ones are put together from
// the lists of all words that begin so, which takes as long as there are records in them.
const longestPrefix = 7

// textSchema is an FTS5 table a type, without content of its own: its rowid is an entry's position.
// Which word stood where is not kept.
func (sqliteDialect) textSchema() []string {
	var statements []string
	for _, kind := range textTypes {
		statements = append(statements, "CREATE VIRTUAL TABLE IF NOT EXISTS search_"+kind+` USING fts5 (words, content='', contentless_delete=1, detail=none,
			prefix='2 3 4 5 6 7', tokenize="unicode61 remove_diacritics 0")`)
	}
	return statements
}

func (sqliteDialect) changeText(ctx context.Context, tx *Tx, gone, fresh []textEntry) error {
	for _, kind := range textTypes {
		var dropped, added [][]any
		for _, e := range gone {
			if e.kind == kind {
				dropped = append(dropped, []any{e.position})
			}
		}
		for _, e := range fresh {
			if e.kind == kind {
				added = append(added, []any{e.position, e.words})
			}
		}
		err := errors.Join(tx.ExecMany(ctx, "DELETE FROM search_"+kind+" WHERE rowid = $1", dropped),
			tx.ExecMany(ctx, "INSERT INTO search_"+kind+" (rowid, words) VALUES ($1, $2)", added))
		if err != nil {
			return err
		}
	}
	return nil
}

// wordsFor takes long words for whole ones first.
func (sqliteDialect) wordsFor(words []string) []string {
	var whole, begun []string
	for _, w := range words {
		begun = append(begun, w+"*")
		if utf8.RuneCountInString(w) <= longestPrefix {
			w += "*"
		}
		whole = append(whole, w)
	}
	if slices.Equal(whole, begun) {
		return []string{strings.Join(begun, " ")}
	}
	return []string{strings.Join(whole, " "), strings.Join(begun, " ")}
}

// matchText walks the index backwards from the newest entry.
func (sqliteDialect) matchText(recordType string) string {
	return fmt.Sprintf(`SELECT e.record_id FROM (SELECT rowid AS position FROM search_%s WHERE search_%s MATCH $1 ORDER BY rowid DESC LIMIT $2) m
		JOIN search_entries e ON e.position = m.position AND e.record_type = '%s'`, recordType, recordType, recordType)
}

func (sqliteDialect) explain(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: %w", ErrFull, err)
	case sqlite3.SQLITE_CONSTRAINT:
		if c := e.Code(); c == sqlite3.SQLITE_CONSTRAINT_UNIQUE || c == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY {
			return fmt.Errorf("%w: %w", ErrConflict, err)
		}
	}
	return err
}

func (sqliteDialect) retryable(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code()&0xff == sqlite3.SQLITE_BUSY || e.Code()&0xff == sqlite3.SQLITE_LOCKED)
}

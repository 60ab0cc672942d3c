package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

type postgresDialect struct{}

// openPostgres opens a pool. The URL is a secret: no error names it.
func openPostgres(url string) (*DB, error) {
	pool, err := sql.Open("pgx", url)
	if err != nil {
		return nil, errors.New("open database: the postgres URL cannot be read: want postgres://USER:PASSWORD@HOST:PORT/NAME")
	}
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(8)
	return &DB{read: pool, write: pool, dialect: postgresDialect{}}, nil
}

func (postgresDialect) name() string         { return "postgres" }
func (postgresDialect) goose() goose.Dialect { return goose.DialectPostgres }

func (postgresDialect) snapshot() sql.IsolationLevel { return sql.LevelRepeatableRead }

// migrationLock is an advisory lock on the server.
func (postgresDialect) migrationLock() ([]goose.ProviderOption, error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60)) // every second, for a minute
	return []goose.ProviderOption{goose.WithSessionLocker(locker)}, err
}

// insertNew puts many rows in one statement: a round trip costs more than parsing here.
func (postgresDialect) insertNew(ctx context.Context, tx *sql.Tx, ins Insert, rows [][]any) ([]bool, error) {
	fresh := make([]bool, len(rows))
	perStatement := postgresDialect{}.rowsPerStatement(len(ins.Columns))
	for start := 0; start < len(rows); start += perStatement {
		chunk := rows[start:min(start+perStatement, len(rows))]
		if err := insertChunk(ctx, tx, ins, chunk, fresh[start:]); err != nil {
			return nil, err
		}
	}
	return fresh, nil
}

// rowsPerStatement keeps within the 65,535 parameters of the protocol.
func (postgresDialect) rowsPerStatement(columns int) int { return max(1, min(1000, 32000/columns)) }

func insertChunk(ctx context.Context, tx *sql.Tx, ins Insert, rows [][]any, fresh []bool) error {
	args := make([]any, 0, len(rows)*len(ins.Columns))
	for _, row := range rows {
		args = append(args, row...)
	}
	query := insertSQL(ins, len(rows)) + " RETURNING " + strings.Join(ins.Key, ", ")
	res, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer res.Close()
	inserted := make(map[string]bool, len(rows))
	key := make([]any, len(ins.Key))
	dest := make([]any, len(key))
	for i := range key {
		dest[i] = &key[i]
	}
	for res.Next() {
		if err := res.Scan(dest...); err != nil {
			return err
		}
		inserted[fmt.Sprint(key...)] = true
	}
	for i, row := range rows {
		k := fmt.Sprint(row[:len(ins.Key)]...)
		fresh[i] = inserted[k]
		delete(inserted, k) // a second row of the same key in this statement was left out
	}
	return res.Err()
}

// textSchema is an index a type: PostgreSQL searches the one whose condition the query repeats.
func (postgresDialect) textSchema() []string {
	var statements []string
	for _, kind := range textTypes {
		statements = append(statements, fmt.Sprintf("CREATE INDEX IF NOT EXISTS search_entries_%s ON search_entries USING gin (to_tsvector('simple', words)) WHERE record_type = '%s'", kind, kind))
	}
	return statements
}

// changeText: the index follows its table by itself.
func (postgresDialect) changeText(context.Context, *Tx, []textEntry, []textEntry) error { return nil }

// wordsFor asks for whole words before beginnings: a list of one word is read, not those of all
// that begin so.
func (postgresDialect) wordsFor(words []string) []string {
	return []string{strings.Join(words, " & "), strings.Join(words, ":* & ") + ":*"}
}

func (postgresDialect) matchText(recordType string) string {
	return "SELECT record_id FROM search_entries WHERE record_type = '" + recordType + "' AND to_tsvector('simple', words) @@ to_tsquery('simple', $1) LIMIT $2"
}

func (postgresDialect) explain(err error) error {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case "53100": // disk_full
		return fmt.Errorf("%w: %w", ErrFull, err)
	case "23505": // unique_violation
		return fmt.Errorf("%w: %w", ErrConflict, err)
	}
	return err
}

func (postgresDialect) retryable(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01") // serialization_failure, deadlock_detected
}

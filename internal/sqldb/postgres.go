package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib" // the driver "pgx", too
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

type postgresDialect struct{}

// openPostgres opens a pool. The URL is a secret: no error names it.
func openPostgres(url string) (*DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errors.New("open database: the postgres URL cannot be read: want postgres://USER:PASSWORD@HOST:PORT/NAME")
	}
	// Compiling a statement takes longer than running any of ours.
	pool := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "SET jit = off")
		return err
	}))
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(8)
	return &DB{read: pool, write: pool, dialect: postgresDialect{}}, nil
}

func (postgresDialect) name() string         { return "postgres" }
func (postgresDialect) goose() goose.Dialect { return goose.DialectPostgres }

func (postgresDialect) snapshot() sql.IsolationLevel { return sql.LevelRepeatableRead }

// beginRelaxed: the log of PostgreSQL is written in order, so that a later commit that waits takes
// this one with it.
func (postgresDialect) beginRelaxed(ctx context.Context, db *sql.DB) (*sql.Tx, func(), error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, nil, err
	}
	if _, err := tx.ExecContext(ctx, "SET LOCAL synchronous_commit TO off"); err != nil {
		return nil, nil, errors.Join(err, tx.Rollback())
	}
	return tx, func() {}, nil
}

// analyze: a plan made while a table was empty reads all of it, and stays until the table is analyzed,
// which autovacuum does after a minute at the earliest. Tables that have doubled are analyzed here; where
// that fails, autovacuum still comes.
func (postgresDialect) analyze(ctx context.Context, db *sql.DB) {
	var tables sql.NullString
	err := db.QueryRowContext(ctx, `SELECT string_agg(format('%I.%I', schemaname, relname), ', ') FROM pg_stat_user_tables
		WHERE schemaname = current_schema() AND n_mod_since_analyze > 500 AND 2 * n_mod_since_analyze > n_live_tup`).Scan(&tables)
	if err == nil && tables.String != "" {
		_, _ = db.ExecContext(ctx, "ANALYZE "+tables.String)
	}
}

// migrationLock is an advisory lock on the server.
func (postgresDialect) migrationLock() ([]goose.ProviderOption, error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60)) // every second, for a minute
	return []goose.ProviderOption{goose.WithSessionLocker(locker)}, err
}

// insertNew puts many rows in one statement, an array a column: a round trip a row costs more than
// anything else here, and a place for each value next most (docs/benchmarks.md).
func (postgresDialect) insertNew(ctx context.Context, tx *sql.Tx, ins Insert, rows [][]any) ([]bool, error) {
	const perStatement = 5000
	fresh := make([]bool, len(rows))
	for start := 0; start < len(rows); start += perStatement {
		chunk := rows[start:min(start+perStatement, len(rows))]
		if err := insertChunk(ctx, tx, ins, chunk, fresh[start:]); err != nil {
			return nil, err
		}
	}
	return fresh, nil
}

func (postgresDialect) place(i int) string { return "$" + strconv.Itoa(i) }

// rowsPerStatement keeps within the 65,535 parameters of the protocol.
func (postgresDialect) rowsPerStatement(columns int) int { return max(1, min(1000, 32000/columns)) }

func insertChunk(ctx context.Context, tx *sql.Tx, ins Insert, rows [][]any, fresh []bool) error {
	query, args, err := arraysSQL(ins, rows)
	if err != nil {
		return err
	}
	res, err := tx.QueryContext(ctx, query+" RETURNING "+strings.Join(ins.Key, ", "), args...)
	if err != nil {
		return err
	}
	defer res.Close()
	inserted := make(map[string]int, len(rows)) // more than one where the key is NULL
	key := make([]any, len(ins.Key))
	dest := make([]any, len(key))
	for i := range key {
		dest[i] = &key[i]
	}
	for res.Next() {
		if err := res.Scan(dest...); err != nil {
			return err
		}
		inserted[fmt.Sprint(key...)]++
	}
	for i, row := range rows {
		for j := range key { // as the database gives it back
			if key[j], err = driver.DefaultParameterConverter.ConvertValue(row[j]); err != nil {
				return err
			}
		}
		k := fmt.Sprint(key...)
		fresh[i] = inserted[k] > 0
		inserted[k]-- // a second row of the same key in this statement was left out
	}
	return res.Err()
}

func (postgresDialect) lock(ctx context.Context, tx *Tx, name string) error {
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 7402163))", name)
	return err
}

// textSchema is an index a type: PostgreSQL searches the one whose condition the query repeats. What
// was just written waits in a list that each search reads through: a short one, of 256 KB.
//
// Its words are made by a function that is said to be dear. With to_tsvector itself PostgreSQL holds it
// cheaper to read the table from its beginning, until a page of matches is full, than to ask the index.
func (postgresDialect) textSchema() []string {
	statements := []string{
		"SELECT pg_advisory_xact_lock(7402163)", // processes that start together
		"CREATE OR REPLACE FUNCTION search_vector(words text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000 AS $$ BEGIN RETURN to_tsvector('simple', words); END $$",
	}
	for _, kind := range textTypes {
		statements = append(statements, "DROP INDEX IF EXISTS search_entries_"+kind, // of before the function
			fmt.Sprintf("CREATE INDEX IF NOT EXISTS search_words_%s ON search_entries USING gin (search_vector(words)) WITH (gin_pending_list_limit = 256) WHERE record_type = '%s'", kind, kind))
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
	return "SELECT record_id FROM search_entries WHERE record_type = '" + recordType + "' AND search_vector(words) @@ to_tsquery('simple', $1) LIMIT $2"
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

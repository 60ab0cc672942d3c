package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// An Upsert describes a bulk insertion that changes the rows which stand already.
type Upsert struct {
	Table     string
	Columns   []string
	Key       []string // the unique columns
	Set       string   // what follows DO UPDATE SET, such as "posts = cells.posts + excluded.posts"
	Returning []string // columns that each inserted or changed row hands back; may be empty
}

// Upsert runs the upsert for rows that have different keys. Where the upsert returns columns, each
// is called for every row handed back, in no particular order.
func (tx *Tx) Upsert(ctx context.Context, u Upsert, rows [][]any, each func(*sql.Rows) error) error {
	per := min(tx.db.dialect.rowsPerStatement(len(u.Columns)), max(1, len(rows)))
	var stmt *sql.Stmt
	defer func() {
		if stmt != nil {
			stmt.Close()
		}
	}()
	prepared := 0
	for start := 0; start < len(rows); start += per {
		chunk := rows[start:min(start+per, len(rows))]
		if prepared != len(chunk) {
			if stmt != nil {
				stmt.Close()
			}
			var err error
			if stmt, err = tx.tx.PrepareContext(ctx, u.sql(tx.db.dialect, len(chunk))); err != nil {
				return fmt.Errorf("upsert into %s: %w", u.Table, tx.db.dialect.explain(err))
			}
			prepared = len(chunk)
		}
		if err := u.run(ctx, stmt, chunk, each); err != nil {
			return fmt.Errorf("upsert into %s: %w", u.Table, tx.db.dialect.explain(err))
		}
	}
	return nil
}

func (u *Upsert) sql(d dialect, n int) string {
	query := strings.TrimSuffix(insertSQL(d, Insert{u.Table, u.Columns, u.Key}, n), "NOTHING") + "UPDATE SET " + u.Set
	if len(u.Returning) > 0 {
		query += " RETURNING " + strings.Join(u.Returning, ", ")
	}
	return query
}

func (u *Upsert) run(ctx context.Context, stmt *sql.Stmt, chunk [][]any, each func(*sql.Rows) error) error {
	args := chunk[0]
	if len(chunk) > 1 {
		args = make([]any, 0, len(chunk)*len(u.Columns))
		for _, row := range chunk {
			args = append(args, row...)
		}
	}
	if len(u.Returning) == 0 {
		_, err := stmt.ExecContext(ctx, args...)
		return err
	}
	back, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer back.Close()
	for back.Next() {
		if err := each(back); err != nil {
			return err
		}
	}
	return back.Err()
}

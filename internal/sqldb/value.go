package sqldb

import (
	"context"
	"database/sql"
	"time"
)

// Millis is a time as the database keeps it, in milliseconds since 1970; the zero time is 0.
func Millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// FromMillis is the time, in UTC, that the database keeps as ms; 0 is the zero time.
func FromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Anys turns values into arguments of a statement.
func Anys[T any](values []T) []any {
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	return args
}

// EachRow calls scan for every row of a query.
func EachRow(ctx context.Context, q Querier, scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Strings reads the one column of a query.
func Strings(ctx context.Context, q Querier, query string, args ...any) (all []string, err error) {
	err = EachRow(ctx, q, func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&s)
		all = append(all, s)
		return err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return all, nil
}

package connectors

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/oklog/ulid/v2"
)

// A Gap is a time in which a source may have missed something: quiet is not confused with blind.
type Gap struct {
	Source      string
	From, Until time.Time
	Reason      string
}

// LoadCursor returns where a source has to go on; empty when it never ran.
func LoadCursor(ctx context.Context, q sqldb.Querier, source string) (cursor string, err error) {
	err = q.QueryRow(ctx, "SELECT cursor FROM source_cursors WHERE source = $1", source).Scan(&cursor)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("load cursor of source %s: %w", source, err)
	}
	return cursor, nil
}

// SaveCursor keeps where a source has to go on.
func SaveCursor(ctx context.Context, tx *sqldb.Tx, source, cursor string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO source_cursors (source, cursor, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (source) DO UPDATE SET cursor = excluded.cursor, updated_at = excluded.updated_at`, source, cursor, now.UnixMilli())
	if err != nil {
		return fmt.Errorf("save cursor of source %s: %w", source, err)
	}
	return nil
}

// SaveGap keeps a gap record.
func SaveGap(ctx context.Context, tx *sqldb.Tx, g Gap, now time.Time) error {
	_, err := tx.Exec(ctx, "INSERT INTO source_gaps (id, source, from_time, until_time, reason) VALUES ($1, $2, $3, $4, $5)",
		ulid.MustNew(ulid.Timestamp(now), rand.Reader).String(), g.Source, g.From.UnixMilli(), g.Until.UnixMilli(), g.Reason)
	if err != nil {
		return fmt.Errorf("save gap of source %s: %w", g.Source, err)
	}
	return nil
}

// Gaps returns a source's last gaps, the newest first.
func Gaps(ctx context.Context, q sqldb.Querier, source string, limit int) ([]Gap, error) {
	return queryGaps(ctx, q, "WHERE source = $1 ORDER BY from_time DESC, id DESC LIMIT $2", source, limit)
}

// GapsBetween returns the gaps of all sources that reach into a time.
func GapsBetween(ctx context.Context, q sqldb.Querier, from, until time.Time) ([]Gap, error) {
	return queryGaps(ctx, q, "WHERE from_time < $2 AND until_time > $1 ORDER BY from_time, id", from.UnixMilli(), until.UnixMilli())
}

func queryGaps(ctx context.Context, q sqldb.Querier, where string, args ...any) (gaps []Gap, err error) {
	rows, err := q.Query(ctx, "SELECT source, from_time, until_time, reason FROM source_gaps "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("load gaps: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var g Gap
		var from, until int64
		if err := rows.Scan(&g.Source, &from, &until, &g.Reason); err != nil {
			return nil, fmt.Errorf("load gaps: %w", err)
		}
		g.From, g.Until = time.UnixMilli(from).UTC(), time.UnixMilli(until).UTC()
		gaps = append(gaps, g)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load gaps: %w", err)
	}
	return gaps, nil
}

package listening

import (
	"context"
	"fmt"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Discrepancy is a place where the cells do not say what the mentions do.
type Discrepancy struct {
	MonitorID    string
	Minute       int64 // of the cell; the first of the hour where authors differ
	What         string
	Cell, Actual int64
}

func (d Discrepancy) String() string {
	return fmt.Sprintf("monitor %s, minute %d: %s %d in the cell, %d mentions", d.MonitorID, d.Minute, d.What, d.Cell, d.Actual)
}

// Audit compares the cells from a minute on with the mentions they count, and returns what differs.
func Audit(ctx context.Context, q sqldb.Querier, fromMinute int64) ([]Discrepancy, error) {
	var all []Discrepancy
	for _, count := range []struct{ column, condition string }{{"posts", "TRUE"}, {"negative", "polarity = 'negative'"}, {"neutral", "polarity = 'neutral'"},
		{"positive", "polarity = 'positive'"}, {"unknown", "polarity = 'unknown'"}} {
		query := `SELECT monitor_id, minute, CAST(SUM(cell) AS bigint), CAST(SUM(actual) AS bigint) FROM (
			SELECT monitor_id, minute, ` + count.column + ` AS cell, 0 AS actual FROM cells WHERE minute >= $1
			UNION ALL SELECT monitor_id, posted_at / 60000, 0, 1 FROM mentions WHERE posted_at >= $2 AND ` + count.condition + `) t
			GROUP BY monitor_id, minute HAVING SUM(cell) <> SUM(actual)`
		found, err := discrepancies(ctx, q, count.column, query, fromMinute, fromMinute*60000)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	for _, count := range []struct{ column, condition string }{{"authors", "TRUE"}, {"negative_authors", "polarity = 'negative'"},
		{"positive_authors", "polarity = 'positive'"}} {
		query := `SELECT monitor_id, hour * 60, CAST(SUM(cell) AS bigint), CAST(SUM(actual) AS bigint) FROM (
			SELECT monitor_id, minute / 60 AS hour, ` + count.column + ` AS cell, 0 AS actual FROM cells WHERE minute >= $1
			UNION ALL SELECT monitor_id, posted_at / 3600000, 0, COUNT(DISTINCT author_id) FROM mentions
				WHERE posted_at >= $2 AND ` + count.condition + ` GROUP BY monitor_id, posted_at / 3600000) t
			GROUP BY monitor_id, hour HAVING SUM(cell) <> SUM(actual)`
		hour := (fromMinute + 59) / 60
		found, err := discrepancies(ctx, q, count.column, query, hour*60, hour*3600000)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func discrepancies(ctx context.Context, q sqldb.Querier, what, query string, args ...any) (all []Discrepancy, err error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("audit cells: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		d := Discrepancy{What: what}
		if err := rows.Scan(&d.MonitorID, &d.Minute, &d.Cell, &d.Actual); err != nil {
			return nil, fmt.Errorf("audit cells: %w", err)
		}
		all = append(all, d)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("audit cells: %w", err)
	}
	return all, nil
}

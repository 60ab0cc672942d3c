package listening

import (
	"context"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Point is a stretch of a monitor's cells, added up.
type Point struct {
	Time            time.Time // when it begins
	Posts           int64
	Negative        int64
	Neutral         int64
	Positive        int64
	Unknown         int64
	Authors         int64
	NegativeAuthors int64
	Reach           int64
}

// Index is the sentiment index 10·(positive − negative)/(positive + negative), −10…10; false when
// there is neither. docs/measures.md
func (p Point) Index() (float64, bool) {
	if p.Positive+p.Negative == 0 {
		return 0, false
	}
	return 10 * float64(p.Positive-p.Negative) / float64(p.Positive+p.Negative), true
}

// maxPoints bounds a series.
const maxPoints = 5000

// Series returns the points of a monitor, or of all when monitorID is empty, from up to, and
// without, until, each step long (whole minutes); a stretch in which nothing was said is a point
// of zeros. Steps are counted from 1970, so days begin at midnight UTC.
func Series(ctx context.Context, q sqldb.Querier, monitorID string, from, until time.Time, step time.Duration) ([]Point, error) {
	minutes := int64(step / time.Minute)
	if minutes < 1 || step%time.Minute != 0 {
		return nil, &Invalid{"step", "want whole minutes"}
	}
	first, end := from.Unix()/60/minutes*minutes, (until.Unix()+59)/60
	n := (end - first + minutes - 1) / minutes
	if n < 0 || n > maxPoints {
		return nil, &Invalid{"step", fmt.Sprintf("%d points: want %d at most, so a longer step or less time", n, maxPoints)}
	}
	points := make([]Point, n)
	for i := range points {
		points[i].Time = time.Unix((first+int64(i)*minutes)*60, 0).UTC()
	}
	query := `SELECT minute / $3, CAST(SUM(posts) AS bigint), CAST(SUM(negative) AS bigint), CAST(SUM(neutral) AS bigint), CAST(SUM(positive) AS bigint),
		CAST(SUM(unknown) AS bigint), CAST(SUM(authors) AS bigint), CAST(SUM(negative_authors) AS bigint), CAST(SUM(reach) AS bigint)
		FROM cells WHERE minute >= $1 AND minute < $2`
	args := []any{first, end, minutes}
	if monitorID != "" {
		query += " AND monitor_id = $4"
		args = append(args, monitorID)
	}
	rows, err := q.Query(ctx, query+" GROUP BY 1", args...)
	if err != nil {
		return nil, fmt.Errorf("load series: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var at int64
		var p Point
		if err := rows.Scan(&at, &p.Posts, &p.Negative, &p.Neutral, &p.Positive, &p.Unknown, &p.Authors, &p.NegativeAuthors, &p.Reach); err != nil {
			return nil, fmt.Errorf("load series: %w", err)
		}
		i := at - first/minutes
		p.Time = points[i].Time
		points[i] = p
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load series: %w", err)
	}
	return points, nil
}

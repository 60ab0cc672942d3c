package listening

import (
	"context"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/post"
)

// A NetworkShare is what one network says about a monitor in a time.
type NetworkShare struct {
	Network string
	Authors int
	Reach   int64 // of the post that most may have seen
}

// Spread returns what each network says about a monitor from, and before until, by name; only
// mentions of the polarity where it is not empty.
func Spread(ctx context.Context, q sqldb.Querier, monitorID string, polarity post.Polarity, from, until time.Time) (shares []NetworkShare, err error) {
	rows, err := q.Query(ctx, `SELECT p.network, COUNT(DISTINCT m.author_id), MAX(m.reach) FROM mentions m JOIN posts p ON p.id = m.post_id
		WHERE m.monitor_id = $1 AND m.posted_at >= $2 AND m.posted_at < $3 AND ($4 = '' OR m.polarity = $4) GROUP BY p.network ORDER BY p.network`,
		monitorID, sqldb.Millis(from), sqldb.Millis(until), string(polarity))
	if err != nil {
		return nil, fmt.Errorf("load spread: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var s NetworkShare
		if err := rows.Scan(&s.Network, &s.Authors, &s.Reach); err != nil {
			return nil, fmt.Errorf("load spread: %w", err)
		}
		shares = append(shares, s)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load spread: %w", err)
	}
	return shares, nil
}

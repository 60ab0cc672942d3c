package listening

import (
	"context"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// MostEngaging returns the mentions of a monitor in a time of which most people took note.
func MostEngaging(ctx context.Context, q sqldb.Querier, monitorID string, from, until time.Time, limit int) ([]MentionView, error) {
	return queryViews(ctx, q, viewSelect+"WHERE m.monitor_id = $1 AND m.posted_at >= $2 AND m.posted_at < $3 ORDER BY p.engagement DESC, m.post_id LIMIT $4",
		monitorID, sqldb.Millis(from), sqldb.Millis(until), limit)
}

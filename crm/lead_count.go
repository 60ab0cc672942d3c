package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// CountLeads returns how many leads were made in a time, by the monitor they were heard by; those
// of elsewhere stand under the empty id.
func CountLeads(ctx context.Context, q sqldb.Querier, a *Access, from, until time.Time) (map[string]int, error) {
	w := &where{}
	w.add("created_at >= ? AND created_at < ?", from.UnixMilli(), until.UnixMilli())
	w.readable(a, RecordLead, "leads")
	rows, err := q.Query(ctx, "SELECT monitor_id, COUNT(*) FROM leads"+w.sql()+" GROUP BY monitor_id", w.args...)
	if err != nil {
		return nil, fmt.Errorf("count leads: %w", err)
	}
	defer rows.Close()
	count := make(map[string]int)
	for rows.Next() {
		var id string
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			return nil, fmt.Errorf("count leads: %w", err)
		}
		count[id] = n
	}
	return count, rows.Err()
}

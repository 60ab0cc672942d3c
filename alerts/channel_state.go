package alerts

import (
	"context"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A ChannelState is how it stands with a channel.
type ChannelState struct {
	Due         int       // deliveries that wait for the channel
	Held        int       // deliveries that wait for their time
	OldestDue   time.Time // when the oldest of the due ones was made; zero: none
	DeliveredAt time.Time // of the last one that arrived; zero: none
	Error       string    // of the last attempt, when it failed
	ErrorAt     time.Time // when that delivery was made
}

// StateOf returns how it stands with a channel.
func StateOf(ctx context.Context, q sqldb.Querier, channel string) (s ChannelState, err error) {
	var oldest, deliveredAt int64
	err = q.QueryRow(ctx, `SELECT COALESCE(SUM(CASE WHEN held = '' THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN held <> '' THEN 1 ELSE 0 END), 0),
		COALESCE(MIN(CASE WHEN held = '' THEN created_at END), 0) FROM deliveries WHERE channel = $1 AND `+waiting, channel).Scan(&s.Due, &s.Held, &oldest)
	if err != nil {
		return s, fmt.Errorf("load the state of channel %s: %w", channel, err)
	}
	rows, err := q.Query(ctx, `SELECT error, created_at, delivered_at FROM deliveries WHERE channel = $1 AND dropped_at = 0 AND held = '' AND told_with = ''
		ORDER BY id DESC LIMIT 100`, channel)
	if err != nil {
		return s, fmt.Errorf("load the state of channel %s: %w", channel, err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		var created, at int64
		if err := rows.Scan(&text, &created, &at); err != nil {
			return s, fmt.Errorf("load the state of channel %s: %w", channel, err)
		}
		deliveredAt = max(deliveredAt, at)
		if s.Error == "" && text != "" && at == 0 {
			s.Error, s.ErrorAt = text, sqldb.FromMillis(created)
		}
	}
	s.OldestDue, s.DeliveredAt = sqldb.FromMillis(oldest), sqldb.FromMillis(deliveredAt)
	return s, rows.Err()
}

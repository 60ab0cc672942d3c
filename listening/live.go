package listening

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// Live keeps a matcher of the monitors as they stand in the database. It is safe for concurrent use.
type Live struct {
	db      *sqldb.DB
	current atomic.Pointer[compiled]
}

// compiled is one state of the monitors.
type compiled struct {
	count, stamp int64 // number of monitors and sum of their times of change
	matcher      *Matcher
	names        map[string]string
}

// NewLive loads the monitors.
func NewLive(ctx context.Context, db *sqldb.DB) (*Live, error) {
	l := &Live{db: db}
	return l, l.Refresh(ctx)
}

// Matcher is the newest matcher.
func (l *Live) Matcher() *Matcher { return l.current.Load().matcher }

// Name is a monitor's name.
func (l *Live) Name(id string) string { return l.current.Load().names[id] }

// Refresh loads the monitors when they have changed.
func (l *Live) Refresh(ctx context.Context) error {
	next := &compiled{names: make(map[string]string)}
	err := l.db.QueryRow(ctx, "SELECT COUNT(*), CAST(COALESCE(SUM(updated_at), 0) AS bigint) FROM monitors").Scan(&next.count, &next.stamp)
	if err != nil {
		return fmt.Errorf("load monitors: %w", err)
	}
	if last := l.current.Load(); last != nil && last.count == next.count && last.stamp == next.stamp {
		return nil
	}
	monitors, err := Monitors(ctx, l.db)
	if err != nil {
		return err
	}
	for _, m := range monitors {
		next.names[m.ID] = m.Name
	}
	if next.matcher, err = Compile(monitors); err != nil {
		return fmt.Errorf("compile monitors: %w", err)
	}
	l.current.Store(next)
	return nil
}

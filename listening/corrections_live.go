package listening

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// LiveCorrections keeps the corrections as they stand in the database, for posts that come. It is
// safe for concurrent use.
type LiveCorrections struct {
	db      *sqldb.DB
	current atomic.Pointer[knownCorrections]
}

// knownCorrections is one state of the corrections.
type knownCorrections struct {
	count, latest int64 // their number and the newest time of one
	first, last   string
	byMonitor     map[string][]Correction // the newest first
}

// NewLiveCorrections loads the corrections.
func NewLiveCorrections(ctx context.Context, db *sqldb.DB) (*LiveCorrections, error) {
	l := &LiveCorrections{db: db}
	return l, l.Refresh(ctx)
}

// Refresh loads the corrections when they have changed.
func (l *LiveCorrections) Refresh(ctx context.Context) error {
	next := &knownCorrections{byMonitor: make(map[string][]Correction)}
	err := l.db.QueryRow(ctx, "SELECT COUNT(*), COALESCE(MAX(corrected_at), 0), COALESCE(MIN(id), ''), COALESCE(MAX(id), '') FROM corrections").
		Scan(&next.count, &next.latest, &next.first, &next.last)
	if err != nil {
		return fmt.Errorf("load corrections: %w", err)
	}
	if k := l.current.Load(); k != nil && k.count == next.count && k.latest == next.latest && k.first == next.first && k.last == next.last {
		return nil
	}
	all, err := queryCorrections(ctx, l.db, "ORDER BY c.corrected_at DESC, c.id DESC")
	if err != nil {
		return err
	}
	for _, c := range all {
		next.byMonitor[c.MonitorID] = append(next.byMonitor[c.MonitorID], c)
	}
	l.current.Store(next)
	return nil
}

// Apply puts the corrections of near-duplicates over what the model says of a post's mentions.
func (l *LiveCorrections) Apply(h *Heard) {
	known := l.current.Load()
	if known.count == 0 {
		return
	}
	fingerprint := Fingerprint(0)
	for i := range h.Mentions {
		m := &h.Mentions[i]
		corrections := known.byMonitor[m.MonitorID]
		if len(corrections) == 0 {
			continue
		}
		if fingerprint == 0 {
			fingerprint = FingerprintOf(h.Event.Post.Text)
		}
		if c := deciding(corrections, h.PostID, fingerprint); c != nil {
			m.correct(c)
		}
	}
}

// settleAfter is when no pipeline has a batch any more that it read before it knew of a correction.
const settleAfter = 10 * time.Second

// Follow refreshes, and settles the corrections whose time has come.
func (l *LiveCorrections) Follow(ctx context.Context, now time.Time) error {
	if err := l.Refresh(ctx); err != nil {
		return err
	}
	unsettled, err := Unsettled(ctx, l.db, now.Add(-settleAfter))
	if err != nil {
		return err
	}
	for i := range unsettled {
		if err := l.db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := Settle(ctx, tx, &unsettled[i])
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

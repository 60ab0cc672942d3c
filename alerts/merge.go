package alerts

import (
	"context"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// Merge makes the incident a part of another, which may be one of another monitor: two that heard
// of the same event. Both stay as they are and are judged as before; the other one tells of them.
func (e Edit) Merge(ctx context.Context, tx *sqldb.Tx, into string) (Incident, error) {
	if into == e.IncidentID {
		return Incident{}, invalid("into", "want another incident than the one that is merged")
	}
	// Both are locked in one order, so that two people do not wait for each other.
	other := Edit{IncidentID: into}
	if into < e.IncidentID {
		if _, err := other.load(ctx, tx); err != nil {
			return Incident{}, err
		}
	}
	return e.change(ctx, tx, func(i *Incident) (Entry, error) {
		target, err := other.load(ctx, tx)
		if err != nil {
			return Entry{}, err
		}
		var parts int
		if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM incidents WHERE merged_into = $1", i.ID).Scan(&parts); err != nil {
			return Entry{}, err
		}
		switch {
		case i.MergedInto == into:
			return Entry{}, nil
		case i.MergedInto != "":
			return Entry{}, conflict("it is merged into incident %s: separate it first", i.MergedInto)
		case target.MergedInto != "":
			return Entry{}, conflict("incident %s is itself merged into %s: merge into that one", into, target.MergedInto)
		case parts > 0:
			return Entry{}, conflict("%d incidents are merged into it: merge the other one into this one, or separate them first", parts)
		}
		i.MergedInto = into
		return Entry{Action: Merged, Value: into}, saveEntries(ctx, tx, e.entry(Entry{IncidentID: into, Action: TookIn, Value: i.ID}))
	})
}

// Separate undoes a merge.
func (e Edit) Separate(ctx context.Context, tx *sqldb.Tx) (Incident, error) {
	return e.change(ctx, tx, func(i *Incident) (Entry, error) {
		into := i.MergedInto
		if into == "" {
			return Entry{}, nil
		}
		i.MergedInto = ""
		return Entry{Action: Separated, Value: into}, saveEntries(ctx, tx, e.entry(Entry{IncidentID: into, Action: Separated, Value: i.ID}))
	})
}

// Parts returns the incidents that are merged into one, the oldest first.
func Parts(ctx context.Context, q sqldb.Querier, id string) ([]Incident, error) {
	return queryIncidents(ctx, q, "merged_into = $1 ORDER BY opened_at, id", id)
}

// muted says that nobody is to be told of a change of the incident at a time: a person silenced it,
// or it is part of one that is on and tells for it.
func (i *Incident) muted(ctx context.Context, q sqldb.Querier, at time.Time) (bool, error) {
	if at.Before(i.SilencedUntil) {
		return true, nil
	}
	if i.MergedInto == "" {
		return false, nil
	}
	var on int
	err := q.QueryRow(ctx, "SELECT COUNT(*) FROM incidents WHERE id = $1 AND state <> $2", i.MergedInto, string(spike.Resolved)).Scan(&on)
	if err != nil {
		return false, fmt.Errorf("load incident %s: %w", i.MergedInto, err)
	}
	return on > 0, nil
}

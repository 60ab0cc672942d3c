package alerts

import (
	"context"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Label is what a person says of an incident.
type Label string

// The labels; the empty one is none.
const (
	Right      Label = "right"       // it was what it was called
	FalseAlarm Label = "false_alarm" // it should not have been opened
)

// A LabelledIncident is one that a person has judged.
type LabelledIncident struct {
	IncidentID string
	MonitorID  string
	Kind       spike.Kind
	Severity   int
	OpenedAt   time.Time
	PeakAt     time.Time
	ResolvedAt time.Time // zero: not yet
	Label      Label
	By         string
	At         time.Time
}

// Labels returns the labelled incidents of a monitor that were opened from, and before until, the
// oldest first. They are what a backtest proposes other settings by.
func Labels(ctx context.Context, q sqldb.Querier, monitorID string, from, until time.Time) ([]LabelledIncident, error) {
	found, err := queryIncidents(ctx, q, "monitor_id = $1 AND label <> '' AND opened_at >= $2 AND opened_at < $3 ORDER BY opened_at, id",
		monitorID, sqldb.Millis(from), sqldb.Millis(until))
	if err != nil {
		return nil, fmt.Errorf("load labels of monitor %s: %w", monitorID, err)
	}
	all := make([]LabelledIncident, len(found))
	for n := range found {
		i := &found[n]
		all[n] = LabelledIncident{IncidentID: i.ID, MonitorID: i.MonitorID, Kind: i.Kind, Severity: i.Severity, OpenedAt: i.OpenedAt, PeakAt: i.PeakAt,
			ResolvedAt: i.ResolvedAt, Label: i.Label, By: i.LabelledBy, At: i.LabelledAt}
	}
	return all, nil
}

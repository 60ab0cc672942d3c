package crm

import (
	"context"
	"errors"
	"fmt"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Migration puts the opportunities that are under way in one version of a process on the version
// in force of a process. Closed ones stay on theirs, where what follows their close is.
type Migration struct {
	FromID      string            `json:"from_id"`
	FromVersion int64             `json:"from_version"` // 0: all versions but the one in force
	ToID        string            `json:"to_id"`
	Mapping     map[string]string `json:"mapping"` // stage by stage; a stage that is left out keeps its name
}

// A MigrationStep is what happens to one opportunity.
type MigrationStep struct {
	OpportunityID string `json:"opportunity_id"`
	Name          string `json:"name"`
	FromVersion   int64  `json:"from_version"`
	FromStage     string `json:"from_stage"`
	ToStage       string `json:"to_stage"`
	FromPercent   int    `json:"from_percent"`
	ToPercent     int    `json:"to_percent"`
	Problem       string `json:"problem"` // why it cannot be migrated; empty: it can
}

// most opportunities that one migration takes; a larger one is run again for the rest.
const maxMigration = 10_000

// PlanMigration says what would happen to each opportunity, and changes nothing.
func PlanMigration(ctx context.Context, q sqldb.Querier, a *Access, m Migration) ([]MigrationStep, error) {
	steps, _, err := planMigration(ctx, q, a, m)
	return steps, err
}

func planMigration(ctx context.Context, q sqldb.Querier, a *Access, m Migration) ([]MigrationStep, []Opportunity, error) {
	to, err := ProcessByID(ctx, q, m.ToID, 0)
	if err != nil {
		return nil, nil, err
	}
	w := &where{}
	w.add("process_id = ?", m.FromID)
	w.add("state = ?", StateOpen)
	w.readable(a, RecordOpportunity, "opportunities")
	switch {
	case m.FromVersion != 0:
		w.add("process_version = ?", m.FromVersion)
	case m.FromID == m.ToID:
		w.add("process_version <> ?", to.Version)
	}
	all, err := opportunities.find(ctx, q, w.sql()+" ORDER BY id"+w.limit(maxMigration), w.args...)
	if err != nil {
		return nil, nil, err
	}
	steps := make([]MigrationStep, len(all))
	for i := range all {
		o := all[i]
		step := MigrationStep{OpportunityID: o.ID, Name: o.Name, FromVersion: o.Process, FromStage: o.Stage, FromPercent: o.Odds.Percent}
		if err := o.Migrate(to, m.Mapping); err != nil {
			step.Problem = err.Error()
		} else {
			step.ToStage, step.ToPercent = o.Stage, o.Odds.Percent
		}
		steps[i] = step
	}
	return steps, all, nil
}

// RunMigration does what PlanMigration says, all of it or nothing.
func RunMigration(ctx context.Context, tx *sqldb.Tx, ch Change, m Migration) ([]MigrationStep, error) {
	ch = ch.Begin()
	steps, all, err := planMigration(ctx, tx, ch.Access, m)
	if err != nil {
		return nil, err
	}
	to, err := ProcessByID(ctx, tx, m.ToID, 0)
	if err != nil {
		return nil, err
	}
	for i, step := range steps {
		if step.Problem != "" {
			return nil, fmt.Errorf("migrate opportunity %s: %w", step.OpportunityID, invalid("mapping", "%s", step.Problem))
		}
		_, err := ChangeOpportunity(ctx, tx, ch, all[i].ID, all[i].Version, "migrate", func(o *Opportunity, _ *Process, _ Facts) error {
			return o.Migrate(to, m.Mapping)
		})
		if errors.Is(err, ErrConflict) {
			return nil, fmt.Errorf("migrate opportunity %s: %w", step.OpportunityID, err)
		}
		if err != nil {
			return nil, err
		}
	}
	return steps, nil
}

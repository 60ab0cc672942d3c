package crm

import (
	"context"
	"fmt"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A TerritoryDraft is a change of a territory that is tried before it is made. It holds while no
// territory and no dimension is changed.
type TerritoryDraft struct {
	Meta
	State     string    `json:"state"` // open, applied
	Territory Territory `json:"territory"`
	CreatedBy string    `json:"created_by"`

	basedOn string
}

// States of a draft.
const (
	DraftOpen    = "open"
	DraftApplied = "applied"
)

func (d *TerritoryDraft) check() error { return d.Territory.check() }

var drafts = table[TerritoryDraft, *TerritoryDraft]{kind: RecordDraft, name: "territory_drafts", columns: []string{"state", "territory", "based_on", "created_by"},
	bind: func(d *TerritoryDraft) []any {
		return []any{&d.State, jsonColumn{&d.Territory}, &d.basedOn, &d.CreatedBy}
	}}

// plan is what is in force with the draft's territory in its place.
func (d *TerritoryDraft) plan(ctx context.Context, q sqldb.Querier) (*TerritoryPlan, error) {
	dims, all, err := inForce(ctx, q)
	if err != nil {
		return nil, err
	}
	t := d.Territory
	if t.ID == "" {
		t.ID = d.ID // what it moves has to go somewhere
	}
	return NewTerritoryPlan(dims, withTerritory(all, t))
}

// DraftTerritory keeps a change of a territory, or a new one, and asks for the job that says what it
// would move.
func DraftTerritory(ctx context.Context, tx *sqldb.Tx, ch Change, t Territory) (TerritoryDraft, TerritoryJob, error) {
	if t.ID != "" {
		if _, err := territoryByID(ctx, tx, t.ID, t.Version); err != nil {
			return TerritoryDraft{}, TerritoryJob{}, err
		}
	}
	d := TerritoryDraft{State: DraftOpen, Territory: t, CreatedBy: ch.By}
	if err := d.check(); err != nil {
		return TerritoryDraft{}, TerritoryJob{}, err
	}
	if err := checkMembers(ctx, tx, t.Members); err != nil {
		return TerritoryDraft{}, TerritoryJob{}, err
	}
	if _, err := d.plan(ctx, tx); err != nil {
		return TerritoryDraft{}, TerritoryJob{}, err
	}
	var err error
	if d.basedOn, err = planStamp(ctx, tx); err != nil {
		return TerritoryDraft{}, TerritoryJob{}, err
	}
	if err := drafts.create(ctx, tx, ch, &d); err != nil {
		return TerritoryDraft{}, TerritoryJob{}, err
	}
	j, err := requestTerritoryJob(ctx, tx, ch, JobPreview, d.ID)
	return d, j, err
}

// TerritoryDraftByID loads a draft with the job that says what it would move, with examples that
// somebody may see. stale says that territories or dimensions were changed since.
func TerritoryDraftByID(ctx context.Context, q sqldb.Querier, a *Access, id string) (d TerritoryDraft, j TerritoryJob, stale bool, err error) {
	if d, err = drafts.byID(ctx, q, System(), id, 0); err != nil {
		return d, j, false, err
	}
	stamp, err := planStamp(ctx, q)
	if err != nil {
		return d, j, false, err
	}
	if j, err = oneTerritoryJob(ctx, q, "WHERE draft_id = $1 ORDER BY id DESC LIMIT 1", id); err != nil {
		return d, j, false, err
	}
	return d, j, stamp != d.basedOn, j.showTo(ctx, q, a)
}

// holdDrafts makes whoever else changes territories or dimensions meanwhile wait, where there is a draft
// that this change makes stale: of two at once the second is told.
func holdDrafts(ctx context.Context, tx *sqldb.Tx) error {
	if _, err := tx.Exec(ctx, "UPDATE territory_drafts SET version = version WHERE state = $1", DraftOpen); err != nil {
		return fmt.Errorf("hold drafts: %w", err)
	}
	return nil
}

// ApplyTerritoryDraft makes the change that was tried. It is ErrConflict when a territory or a
// dimension was changed since: what was shown would not be what happens.
func ApplyTerritoryDraft(ctx context.Context, tx *sqldb.Tx, ch Change, id string) (Territory, error) {
	if err := holdDrafts(ctx, tx); err != nil {
		return Territory{}, err
	}
	before, _, stale, err := TerritoryDraftByID(ctx, tx, ch.Access, id)
	if err != nil {
		return Territory{}, err
	}
	if before.State != DraftOpen {
		return Territory{}, fmt.Errorf("apply draft %s: it was applied already, by whom and when the audit log says: %w", id, ErrConflict)
	}
	if stale {
		return Territory{}, fmt.Errorf("apply draft %s: territories or dimensions were changed since it was made: try the change again: %w", id, ErrConflict)
	}
	after := before
	after.State = DraftApplied
	if err := drafts.save(ctx, tx, ch, "apply", &before, &after); err != nil {
		return Territory{}, err
	}
	return SaveTerritory(ctx, tx, ch, before.Territory)
}

package crm

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// Types of records about leads in the audit log.
const (
	RecordLeadSetting  = "lead_setting"
	RecordReason       = "reason"
	RecordLeadForm     = "lead_form"
	RecordIdealProfile = "ideal_profile"
	RecordLearned      = "learned_model"
)

// Kinds of settings of leads. Of each, every version is kept, and the highest one is in force.
const (
	settingMilestones = "milestones"
	settingScore      = "score"
)

// A Saved says which version of a setting it is, who made it and when. Version 1 is built in.
type Saved struct {
	Version   int64     `json:"version"`
	CreatedAt time.Time `json:"created_at,omitzero"`
	CreatedBy string    `json:"created_by"`
}

// CurrentVersion is the version of the setting, whichever its kind.
func (s Saved) CurrentVersion() int64 { return s.Version }

// loadSetting reads the setting in force into v. Its version is 0 where there is none.
func loadSetting(ctx context.Context, q sqldb.Querier, kind string, v any) (s Saved, err error) {
	err = q.QueryRow(ctx, "SELECT version, definition, created_at, created_by FROM lead_settings WHERE kind = $1 ORDER BY version DESC LIMIT 1", kind).
		Scan(&s.Version, jsonColumn{v}, atColumn{&s.CreatedAt}, &s.CreatedBy)
	if errors.Is(err, sql.ErrNoRows) {
		return Saved{}, nil
	}
	if err != nil {
		return Saved{}, fmt.Errorf("load %s of leads: %w", kind, err)
	}
	return s, nil
}

// saveSetting makes v the setting in force. have is the one it was made from.
func saveSetting(ctx context.Context, tx *sqldb.Tx, ch Change, kind string, have Saved, before, v any) (Saved, error) {
	s := Saved{have.Version + 1, ch.At, ch.By}
	definition, err := json.Marshal(v)
	if err != nil {
		return Saved{}, fmt.Errorf("save %s of leads: %w", kind, err)
	}
	fresh, err := tx.InsertNew(ctx, sqldb.Insert{Table: "lead_settings", Key: []string{"kind", "version"}, Columns: []string{"kind", "version", "definition", "created_at", "created_by"}},
		[][]any{{kind, s.Version, string(definition), sqldb.Millis(ch.At), ch.By}})
	if err != nil {
		return Saved{}, err
	}
	if !fresh[0] {
		return Saved{}, fmt.Errorf("save %s of leads: %w", kind, ErrConflict)
	}
	entry := changedRecord{action: "update", kind: RecordLeadSetting, id: kind}
	old, new := differing(before, v)
	for _, side := range []map[string]any{old, new} { // who and when, the entry says itself
		delete(side, "created_at")
		delete(side, "created_by")
	}
	entry.before, entry.after = old, new
	return s, record(ctx, tx, ch, entry)
}

package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A MatchModel is what the matcher learned: its parameters, and what would change with them.
type MatchModel struct {
	ID          string          // the version; links bear it
	Parameters  json.RawMessage // as the matcher wrote them
	Labels      int             // decisions of people it was calibrated by
	Preview     ModelPreview
	CreatedBy   string
	CreatedAt   time.Time
	Active      bool
	ActivatedAt time.Time
}

// A ModelPreview says what a model would make of the links that the matcher made and nobody decided.
type ModelPreview struct {
	Links     int `json:"links"`     // looked at
	Same      int `json:"same"`      // decided as now
	Confirm   int `json:"confirm"`   // suggestions it would confirm
	Doubt     int `json:"doubt"`     // confirmations it would send to review
	Drop      int `json:"drop"`      // links it would no longer make
	Elsewhere int `json:"elsewhere"` // links it would make to another contact
	// Examples are some links that change.
	Examples []PreviewChange `json:"examples"`
	// Of the labels that the model has not learned from: the expected calibration error now and with it.
	HeldOut           int     `json:"held_out"`
	CalibrationBefore float64 `json:"calibration_before"`
	CalibrationAfter  float64 `json:"calibration_after"`
}

// A PreviewChange is a link that a model would change.
type PreviewChange struct {
	AuthorID  string   `json:"author_id"`
	ContactID string   `json:"contact_id"`
	Before    Decision `json:"before"`
	After     Decision `json:"after"` // empty: no link
	Was       float64  `json:"was"`   // probability
	Is        float64  `json:"is"`
}

// SaveModel saves a model that was learned. It is not switched on.
func SaveModel(ctx context.Context, tx *sqldb.Tx, m MatchModel, ch Change) error {
	_, err := tx.Exec(ctx, `INSERT INTO match_models (id, parameters, labels, created_by, created_at, active, activated_at, preview)
		VALUES ($1, $2, $3, $4, $5, $6, 0, $7)`, m.ID, string(m.Parameters), m.Labels, ch.By, sqldb.Millis(ch.At), false, auditText(m.Preview))
	if err != nil {
		return fmt.Errorf("save model %s: %w", m.ID, err)
	}
	return record(ctx, tx, ch, changedRecord{action: "create", kind: RecordModel, id: m.ID, after: m.Preview})
}

func queryModels(ctx context.Context, q sqldb.Querier, rest string, args ...any) ([]MatchModel, error) {
	rows, err := q.Query(ctx, "SELECT id, parameters, labels, created_by, created_at, active, activated_at, preview FROM match_models "+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("load models: %w", err)
	}
	defer rows.Close()
	var models []MatchModel
	for rows.Next() {
		var m MatchModel
		var parameters, preview string
		var created, activated int64
		if err := rows.Scan(&m.ID, &parameters, &m.Labels, &m.CreatedBy, &created, &m.Active, &activated, &preview); err != nil {
			return nil, fmt.Errorf("load models: %w", err)
		}
		if err := json.Unmarshal([]byte(preview), &m.Preview); err != nil {
			return nil, fmt.Errorf("load model %s: %w", m.ID, err)
		}
		m.Parameters, m.CreatedAt, m.ActivatedAt = json.RawMessage(parameters), sqldb.FromMillis(created), sqldb.FromMillis(activated)
		models = append(models, m)
	}
	return models, rows.Err()
}

// MatchModels are the last models, the newest first.
func MatchModels(ctx context.Context, q sqldb.Querier) ([]MatchModel, error) {
	return queryModels(ctx, q, "ORDER BY active DESC, id DESC LIMIT 20")
}

// ActiveModel is the model that is switched on; ok is false where it is the one built in.
func ActiveModel(ctx context.Context, q sqldb.Querier) (m MatchModel, ok bool, err error) {
	models, err := queryModels(ctx, q, "WHERE active")
	if err != nil || len(models) == 0 {
		return MatchModel{}, false, err
	}
	return models[0], true, nil
}

// BuiltIn is the id of the model that needs no learning.
const BuiltIn = "built-in"

// ActivateModel switches a model on, and the one before off; BuiltIn goes back to the one built in.
// Links change as their authors speak again.
func ActivateModel(ctx context.Context, tx *sqldb.Tx, id string, ch Change) error {
	if err := ch.check(); err != nil {
		return err
	}
	before, was, err := ActiveModel(ctx, tx)
	if err != nil {
		return err
	}
	if !was {
		before.ID = BuiltIn
	}
	if _, err := tx.Exec(ctx, "UPDATE match_models SET active = $1 WHERE active", false); err != nil {
		return fmt.Errorf("activate model %s: %w", id, err)
	}
	if id != BuiltIn {
		n, err := tx.Exec(ctx, "UPDATE match_models SET active = $1, activated_at = $2 WHERE id = $3", true, sqldb.Millis(ch.At), id)
		if err != nil {
			return fmt.Errorf("activate model %s: %w", id, err)
		}
		if n == 0 {
			return fmt.Errorf("activate model %s: %w", id, ErrNotFound)
		}
	}
	return record(ctx, tx, ch, changedRecord{action: "activate", kind: RecordModel, id: id, before: map[string]any{"active": before.ID}, after: map[string]any{"active": id}})
}

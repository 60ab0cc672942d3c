package crm

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/groundswell/groundswell/internal/sqldb"
)

const tenant = "default" // there is one today

// LoadMatchSettings returns the settings, or the default ones where nobody has changed any; their
// version is 0.
func LoadMatchSettings(ctx context.Context, q sqldb.Querier) (MatchSettings, error) {
	s := DefaultMatchSettings()
	var text string
	var updated int64
	err := q.QueryRow(ctx, "SELECT settings, version, updated_by, updated_at FROM match_settings WHERE id = $1", tenant).
		Scan(&text, &s.Version, &s.UpdatedBy, &updated)
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("load match settings: %w", err)
	}
	version, by := s.Version, s.UpdatedBy
	s.ProbabilityOffOn = nil
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("load match settings: %w", err)
	}
	s.Version, s.UpdatedBy, s.UpdatedAt = version, by, sqldb.FromMillis(updated)
	return s, nil
}

// SaveMatchSettings saves changed settings. s.Version must be the one that was loaded. Where they
// switch matching by probability off, the suggestions and confirmations that rest on nothing else
// are taken back: the suggestions go, and what was confirmed waits for a person.
func SaveMatchSettings(ctx context.Context, tx *sqldb.Tx, s MatchSettings, ch Change) (MatchSettings, error) {
	if err := ch.check(); err != nil {
		return s, err
	}
	if err := s.Check(); err != nil {
		return s, err
	}
	old, err := LoadMatchSettings(ctx, tx)
	if err != nil {
		return s, err
	}
	if s.Version != old.Version {
		return s, fmt.Errorf("save match settings: %w", ErrConflict)
	}
	s.Version, s.UpdatedBy, s.UpdatedAt = old.Version+1, ch.By, ch.At
	ch = ch.Begin()
	n, err := tx.Exec(ctx, `INSERT INTO match_settings (id, settings, version, updated_by, updated_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET settings = excluded.settings, version = excluded.version, updated_by = excluded.updated_by,
			updated_at = excluded.updated_at WHERE match_settings.version = excluded.version - 1`,
		tenant, auditText(s), s.Version, s.UpdatedBy, sqldb.Millis(s.UpdatedAt))
	if err != nil {
		return s, fmt.Errorf("save match settings: %w", err)
	}
	if n == 0 {
		return s, fmt.Errorf("save match settings: %w", ErrConflict)
	}
	before, after := differing(old, s)
	if err := record(ctx, tx, ch, changedRecord{action: "update", kind: RecordSettings, id: tenant, before: before, after: after}); err != nil {
		return s, err
	}
	return s, takeBackProbable(ctx, tx, &s, ch)
}

// takeBackProbable takes back what the matcher concluded by probability where that is switched off.
func takeBackProbable(ctx context.Context, tx *sqldb.Tx, s *MatchSettings, ch Change) error {
	if !s.ProbabilityOff && len(s.ProbabilityOffOn) == 0 {
		return nil
	}
	w := &where{}
	w.add("decided_by = 'matcher'")
	w.add("basis = 'legitimate-interest'")
	if !s.ProbabilityOff {
		networks := sqldb.In("network", len(w.args)+1, len(s.ProbabilityOffOn))
		w.args = append(w.args, sqldb.Anys(s.ProbabilityOffOn)...)
		w.conditions = append(w.conditions, "author_id IN (SELECT id FROM authors WHERE "+networks+")")
	}
	links, err := queryLinks(ctx, tx, w.sql()[len(" WHERE "):], w.args...)
	if err != nil {
		return err
	}
	var changes []linkChange
	for i := range links {
		if l := &links[i]; l.Decision == Suggested || l.Decision == Confirmed {
			changes = append(changes, doubt(l, reasonSwitched))
		}
	}
	_, err = writeLinks(ctx, tx, Change{By: ByRule, At: ch.At, Event: ch.Event, Why: reasonSwitched, Access: System()}, "doubt", changes)
	return err
}

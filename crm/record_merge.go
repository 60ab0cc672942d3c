package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A MergeOf is one account or lead, the loser, having become part of another, the winner. That of
// contacts is a Merge: links move with them.
type MergeOf[T any] struct {
	kind string // of the records
	heir heir   // to whom the loser belonged

	ID         string           `json:"id"`
	WinnerID   string           `json:"winner_id"`
	LoserID    string           `json:"loser_id"`
	Loser      T                `json:"loser"`  // as it was
	Filled     []string         `json:"filled"` // fields of the winner that were taken from the loser
	Moved      map[string]int64 `json:"moved"`  // how many of its records went over, by what they are
	MergedAt   time.Time        `json:"merged_at"`
	MergedBy   string           `json:"merged_by"`
	Reason     string           `json:"reason"`
	UnmergedAt time.Time        `json:"unmerged_at,omitzero"` // zero: it stands
	UnmergedBy string           `json:"unmerged_by"`
}

// What can be merged so.
type (
	// AccountMerge is one of accounts.
	AccountMerge = MergeOf[Account]
	// LeadMerge is one of leads.
	LeadMerge = MergeOf[Lead]
)

func (m *MergeOf[T]) merging() merging {
	return merging{m.ID, m.kind, m.WinnerID, m.LoserID, "record_moves"}
}

// beginMerge loads the two records that are to become one, for somebody who may merge both.
func beginMerge[T any](ctx context.Context, tx *sqldb.Tx, ch Change, m *MergeOf[T], byID func(id string) (T, error)) (winner T, err error) {
	if m.WinnerID == m.LoserID {
		return winner, invalid("loser_id", "is the %s itself", m.kind)
	}
	if err := ch.Access.Check(ctx, tx, ToMerge, m.kind, m.WinnerID); err != nil {
		return winner, err
	}
	if winner, err = byID(m.WinnerID); err != nil {
		return winner, err
	}
	if m.Loser, err = optional(m.LoserID, byID, "loser_id"); err != nil {
		return winner, err
	}
	m.ID, m.Moved, m.MergedAt, m.MergedBy, m.Reason = NewID(ch.At), map[string]int64{}, ch.At, ch.By, ch.Why
	if err := ch.Access.Check(ctx, tx, ToMerge, m.kind, m.LoserID); err != nil {
		return winner, err
	}
	m.heir, err = m.merging().heirOf(ctx, tx, ch.Access)
	return winner, err
}

// move gives the rows that name the loser to the winner, and counts them.
func (m *MergeOf[T]) move(ctx context.Context, tx *sqldb.Tx, references []reference) error {
	for _, r := range references {
		n, err := r.move(ctx, tx, m.merging())
		if err != nil {
			return err
		}
		if n > 0 {
			m.Moved[r.name] = n
		}
	}
	return nil
}

// moveBack gives the loser back what the merge moved and handed on.
func (m *MergeOf[T]) moveBack(ctx context.Context, tx *sqldb.Tx, references []reference) error {
	for _, r := range references {
		if err := r.assign(ctx, tx, m.merging(), m.WinnerID, m.LoserID); err != nil {
			return err
		}
	}
	return m.merging().takeBack(ctx, tx, sqldb.Millis(m.MergedAt))
}

// save gives the heir what the merge leaves them, and keeps the merge, so that it can be taken apart.
func (m *MergeOf[T]) save(ctx context.Context, tx *sqldb.Tx, ch Change) error {
	if err := m.merging().inherit(ctx, tx, ch, m.heir); err != nil {
		return err
	}
	if m.heir.owns {
		m.Filled = append(m.Filled, filledOwner)
	}
	_, err := tx.Exec(ctx, `INSERT INTO record_merges (id, record_type, winner_id, loser_id, loser, filled, merged_at, merged_by, reason, unmerged_at, unmerged_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '')`, m.ID, m.kind, m.WinnerID, m.LoserID, auditText(m.Loser), auditText(m.Filled), sqldb.Millis(m.MergedAt), m.MergedBy, m.Reason)
	if err != nil {
		return fmt.Errorf("save merge: %w", err)
	}
	return record(ctx, tx, ch, changedRecord{action: "merge", kind: m.kind, id: m.LoserID, about: m.WinnerID, before: m.Loser,
		after: map[string]any{"moved": m.Moved, "winner_id": m.WinnerID}})
}

// close takes back what the heir was given, and notes that the merge was taken apart; loser is what came back.
func (m *MergeOf[T]) close(ctx context.Context, tx *sqldb.Tx, ch Change, loser T) error {
	if err := m.merging().disinherit(ctx, tx, ch); err != nil {
		return err
	}
	m.UnmergedAt, m.UnmergedBy = ch.At, ch.By
	if _, err := tx.Exec(ctx, "UPDATE record_merges SET unmerged_at = $1, unmerged_by = $2 WHERE id = $3", sqldb.Millis(ch.At), ch.By, m.ID); err != nil {
		return fmt.Errorf("unmerge %s: %w", m.ID, err)
	}
	return record(ctx, tx, ch, changedRecord{action: "unmerge", kind: m.kind, id: m.LoserID, about: m.WinnerID, after: loser})
}

// openMerge loads a merge that stands and its winner, for somebody who may take it apart.
func openMerge[T any](ctx context.Context, tx *sqldb.Tx, ch Change, kind, id string, byID func(id string) (T, error)) (m MergeOf[T], winner T, err error) {
	found, err := recordMerges[T](ctx, tx, kind, "id = $2", id)
	switch {
	case err != nil:
		return m, winner, err
	case len(found) == 0:
		return m, winner, fmt.Errorf("load merge %s: %w", id, ErrNotFound)
	case !found[0].UnmergedAt.IsZero():
		return found[0], winner, fmt.Errorf("unmerge %s: it was taken apart already: %w", id, ErrConflict)
	}
	m = found[0]
	if err := ch.Access.Check(ctx, tx, ToMerge, kind, m.WinnerID); err != nil {
		return m, winner, err
	}
	if winner, err = byID(m.WinnerID); errors.Is(err, ErrNotFound) {
		err = fmt.Errorf("unmerge %s: %s %s became part of another: take that apart first: %w", id, kind, m.WinnerID, ErrConflict)
	}
	return m, winner, err
}

// mergesOf lists what became part of a record, or what it became part of, the newest first.
func mergesOf[T any](ctx context.Context, q sqldb.Querier, a *Access, kind, id string) ([]MergeOf[T], error) {
	if err := a.Check(ctx, q, ToRead, kind, id); err != nil {
		return nil, err
	}
	return recordMerges[T](ctx, q, kind, "(winner_id = $2 OR loser_id = $2) ORDER BY id DESC", id)
}

func recordMerges[T any](ctx context.Context, q sqldb.Querier, kind, where, id string) (merges []MergeOf[T], err error) {
	err = sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		m := MergeOf[T]{kind: kind, Moved: map[string]int64{}}
		err := rows.Scan(&m.ID, &m.WinnerID, &m.LoserID, jsonColumn{&m.Loser}, jsonColumn{&m.Filled}, atColumn{&m.MergedAt}, &m.MergedBy, &m.Reason, atColumn{&m.UnmergedAt}, &m.UnmergedBy)
		merges = append(merges, m)
		return err
	}, "SELECT id, winner_id, loser_id, loser, filled, merged_at, merged_by, reason, unmerged_at, unmerged_by FROM record_merges WHERE record_type = $1 AND "+where, kind, id)
	if err != nil {
		return nil, fmt.Errorf("load merges: %w", err)
	}
	return merges, nil
}

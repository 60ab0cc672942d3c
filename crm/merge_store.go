package crm

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A MergeOrder asks for a merge.
type MergeOrder struct {
	WinnerID, LoserID           string
	Take                        []string // fields to take from the loser though the winner has them
	WinnerVersion, LoserVersion int64    // that were looked at; 0 takes any
}

// MergeContacts makes the loser part of the winner: what is empty in the winner is filled, and the
// loser's profiles, links, touches, leads, owner and whatever else refers to it go over. The loser is gone
// until UnmergeContacts takes the two apart.
func MergeContacts(ctx context.Context, tx *sqldb.Tx, o MergeOrder, ch Change) (Merge, error) {
	if err := ch.check(); err != nil {
		return Merge{}, err
	}
	winner, loser, err := o.load(ctx, tx, ch.Access)
	if err != nil {
		return Merge{}, err
	}
	merged, filled, err := mergeFields(winner, loser, o.Take)
	if err != nil {
		return Merge{}, err
	}
	ch = ch.Begin()
	m := Merge{ID: NewID(ch.At), WinnerID: winner.ID, LoserID: loser.ID, Loser: loser, Filled: filled, MergedAt: ch.At, MergedBy: ch.By, Reason: ch.Why}
	h, err := m.heir(ctx, tx, ch.Access)
	if err != nil {
		return Merge{}, err
	}
	if err := saveFields(ctx, tx, &merged, ch); err != nil {
		return Merge{}, err
	}
	n, err := tx.Exec(ctx, "DELETE FROM contacts WHERE id = $1 AND version = $2", loser.ID, loser.Version)
	if err != nil || n == 0 {
		return Merge{}, errors.Join(fmt.Errorf("merge contact %s: %w", loser.ID, ErrConflict), err)
	}
	if err := errors.Join(markDeleted(ctx, tx, loser.ID, ch.At), saveFieldValues(ctx, tx, RecordContact, loser.ID, nil)); err != nil {
		return Merge{}, err
	}
	if err := insertMerge(ctx, tx, &m); err != nil {
		return Merge{}, err
	}
	counts := map[string]int64{}
	for _, r := range contactReferences {
		if counts[r.name], err = r.move(ctx, tx, m.merging()); err != nil {
			return Merge{}, err
		}
	}
	if counts["links"], err = mergeLinks(ctx, tx, &m, ch); err != nil {
		return Merge{}, err
	}
	if err := errors.Join(m.merging().handOn(ctx, tx, h), mergeDuplicates(ctx, tx, &m), leaveTerritories(ctx, tx, RecordContact, loser.ID)); err != nil {
		return Merge{}, err
	}
	if err := errors.Join(assignTerritories(ctx, tx, ch, RecordContact, winner.ID), assignDependents(ctx, tx, ch, RecordContact, winner.ID)); err != nil {
		return Merge{}, err
	}
	if err := m.merging().inherit(ctx, tx, ch, h); err != nil {
		return Merge{}, err
	}
	before, after := differing(winner, merged)
	return m, record(ctx, tx, ch,
		changedRecord{action: "merge", kind: RecordContact, id: winner.ID, about: loser.ID, before: before, after: after},
		changedRecord{action: "merge", kind: RecordMerge, id: m.ID, about: loser.ID, before: loser, after: map[string]any{"moved": counts, "winner_id": winner.ID}})
}

// load loads both contacts and refuses what cannot be merged.
func (o *MergeOrder) load(ctx context.Context, q sqldb.Querier, a *Access) (winner, loser Contact, err error) {
	if o.WinnerID == o.LoserID {
		return winner, loser, invalid("loser_id", "is the contact itself: a contact cannot be merged into itself")
	}
	for _, id := range []string{o.WinnerID, o.LoserID} {
		if err := a.Check(ctx, q, ToMerge, RecordContact, id); err != nil {
			return winner, loser, err
		}
	}
	if winner, err = ContactByID(ctx, q, a, o.WinnerID); err != nil {
		return winner, loser, err
	}
	if loser, err = ContactByID(ctx, q, a, o.LoserID); err != nil {
		return winner, loser, err
	}
	for _, c := range []struct{ have, want int64 }{{winner.Version, o.WinnerVersion}, {loser.Version, o.LoserVersion}} {
		if c.want != 0 && c.have != c.want {
			return winner, loser, fmt.Errorf("merge contact %s into %s: %w", o.LoserID, o.WinnerID, ErrConflict)
		}
	}
	return winner, loser, nil
}

// saveFields saves a contact whose change is logged elsewhere.
func saveFields(ctx context.Context, tx *sqldb.Tx, c *Contact, ch Change) error {
	n, err := tx.Exec(ctx, updateContactSQL, updateArgs(c, ch.At)...)
	if err != nil {
		return fmt.Errorf("update contact %s: %w", c.ID, err)
	}
	if n == 0 {
		return fmt.Errorf("update contact %s: %w", c.ID, ErrConflict)
	}
	c.Version, c.UpdatedAt = c.Version+1, ch.At
	return saveFieldValues(ctx, tx, RecordContact, c.ID, c.Fields)
}

// UnmergeContacts takes a merged contact out again. Both become what they were; what came in since
// goes where it belongs: what an account said goes with the account, and so do leads that it opened;
// what people changed since stays as they changed it (docs/review.md).
func UnmergeContacts(ctx context.Context, tx *sqldb.Tx, mergeID string, ch Change) (Merge, error) {
	if err := ch.check(); err != nil {
		return Merge{}, err
	}
	m, err := MergeByID(ctx, tx, mergeID)
	if err != nil {
		return Merge{}, err
	}
	if !m.UnmergedAt.IsZero() {
		return Merge{}, fmt.Errorf("unmerge %s: it was taken apart already: %w", mergeID, ErrConflict)
	}
	if err := ch.Access.Check(ctx, tx, ToMerge, RecordContact, m.WinnerID); err != nil {
		return Merge{}, err
	}
	winner, err := ContactByID(ctx, tx, ch.Access, m.WinnerID)
	if errors.Is(err, ErrNotFound) {
		return Merge{}, fmt.Errorf("unmerge %s: %s: take that apart first: %w", mergeID, err.Error(), ErrConflict)
	}
	if err != nil {
		return Merge{}, err
	}
	ch = ch.Begin()
	if err := m.close(ctx, tx, ch); err != nil {
		return Merge{}, err
	}
	restored := unmergeFields(winner, m.Loser, m.Filled)
	if err := saveFields(ctx, tx, &restored, ch); err != nil {
		return Merge{}, err
	}
	loser := m.Loser
	loser.Version, loser.UpdatedAt = loser.Version+1, ch.At
	if err := errors.Join(insertContacts(ctx, tx, []Contact{loser}), saveFieldValues(ctx, tx, RecordContact, loser.ID, loser.Fields)); err != nil {
		return Merge{}, err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM deleted_contacts WHERE id = $1", loser.ID); err != nil {
		return Merge{}, fmt.Errorf("unmerge %s: %w", mergeID, err)
	}
	for _, r := range contactReferences {
		if err := r.assign(ctx, tx, m.merging(), m.WinnerID, m.LoserID); err != nil {
			return Merge{}, err
		}
	}
	if err := unmergeLinks(ctx, tx, &m, ch); err != nil {
		return Merge{}, err
	}
	if err := errors.Join(m.merging().takeBack(ctx, tx, sqldb.Millis(m.MergedAt)), unmergeDuplicates(ctx, tx, &m), m.merging().disinherit(ctx, tx, ch)); err != nil {
		return Merge{}, err
	}
	for _, id := range []string{m.WinnerID, m.LoserID} {
		if err := errors.Join(assignTerritories(ctx, tx, ch, RecordContact, id), assignDependents(ctx, tx, ch, RecordContact, id)); err != nil {
			return Merge{}, err
		}
	}
	before, after := differing(winner, restored)
	return m, record(ctx, tx, ch,
		changedRecord{action: "unmerge", kind: RecordContact, id: m.WinnerID, about: m.LoserID, before: before, after: after},
		changedRecord{action: "unmerge", kind: RecordMerge, id: m.ID, about: m.LoserID, after: loser})
}

// close marks the merge as taken apart; only one can.
func (m *Merge) close(ctx context.Context, tx *sqldb.Tx, ch Change) error {
	n, err := tx.Exec(ctx, "UPDATE contact_merges SET unmerged_at = $1, unmerged_by = $2 WHERE id = $3 AND unmerged_at = 0", sqldb.Millis(ch.At), ch.By, m.ID)
	if err != nil {
		return fmt.Errorf("unmerge %s: %w", m.ID, err)
	}
	if n == 0 {
		return fmt.Errorf("unmerge %s: it was taken apart already: %w", m.ID, ErrConflict)
	}
	m.UnmergedAt, m.UnmergedBy = ch.At, ch.By
	return nil
}

const mergeColumns = "id, winner_id, loser_id, loser, filled, merged_at, merged_by, reason, unmerged_at, unmerged_by"

func insertMerge(ctx context.Context, tx *sqldb.Tx, m *Merge) error {
	_, err := tx.Exec(ctx, "INSERT INTO contact_merges ("+mergeColumns+", external_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		m.ID, m.WinnerID, m.LoserID, auditText(m.Loser), auditText(m.Filled), sqldb.Millis(m.MergedAt), m.MergedBy, m.Reason, int64(0), "", m.Loser.ExternalID)
	if err != nil {
		return fmt.Errorf("save merge: %w", err)
	}
	return nil
}

func queryMerges(ctx context.Context, q sqldb.Querier, rest string, args ...any) ([]Merge, error) {
	rows, err := q.Query(ctx, "SELECT "+mergeColumns+" FROM contact_merges"+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("load merges: %w", err)
	}
	defer rows.Close()
	var merges []Merge
	for rows.Next() {
		var m Merge
		var loser, filled string
		var merged, unmerged int64
		err := rows.Scan(&m.ID, &m.WinnerID, &m.LoserID, &loser, &filled, &merged, &m.MergedBy, &m.Reason, &unmerged, &m.UnmergedBy)
		if err = errors.Join(err, json.Unmarshal([]byte(loser), &m.Loser), json.Unmarshal([]byte(filled), &m.Filled)); err != nil {
			return nil, fmt.Errorf("load merges: %w", err)
		}
		m.MergedAt, m.UnmergedAt = sqldb.FromMillis(merged), sqldb.FromMillis(unmerged)
		merges = append(merges, m)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load merges: %w", err)
	}
	return merges, nil
}

// MergeByID loads a merge.
func MergeByID(ctx context.Context, q sqldb.Querier, id string) (Merge, error) {
	found, err := queryMerges(ctx, q, " WHERE id = $1", id)
	if err != nil {
		return Merge{}, err
	}
	if len(found) == 0 {
		return Merge{}, fmt.Errorf("load merge %s: %w", id, ErrNotFound)
	}
	return found[0], nil
}

// FindMerges lists merges, those of one contact when contactID is given, the newest first.
func FindMerges(ctx context.Context, q sqldb.Querier, a *Access, contactID, cursor string, limit int) (merges []Merge, next string, err error) {
	limit = pageSize(limit)
	w := &where{}
	w.names(a, RecordContact, "contact_merges.winner_id")
	if contactID != "" {
		w.add("(winner_id = ? OR loser_id = ?)", contactID, contactID)
	}
	if cursor != "" {
		fields, err := decodeCursor(cursor, 1)
		if err != nil {
			return nil, "", err
		}
		w.add("id < ?", fields[0])
	}
	merges, err = queryMerges(ctx, q, w.sql()+" ORDER BY id DESC"+w.limit(limit+1), w.args...)
	if err == nil && len(merges) > limit {
		merges = merges[:limit]
		next = encodeCursor(merges[limit-1].ID)
	}
	return merges, next, err
}

// mergedInto is the contact that a merged one is part of now; empty when it is part of none.
func mergedInto(ctx context.Context, q sqldb.Querier, id string) (into string, err error) {
	for seen := []string{id}; ; seen = append(seen, into) {
		err := q.QueryRow(ctx, "SELECT winner_id FROM contact_merges WHERE loser_id = $1 AND unmerged_at = 0", seen[len(seen)-1]).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return into, nil
		}
		if err != nil {
			return "", fmt.Errorf("load merges: %w", err)
		}
		if slices.Contains(seen, id) {
			return into, nil // a ring cannot come about, and would be no reason to hang
		}
		into = id
	}
}

// forgetMerges removes what is kept of the contacts that are part of a deleted one.
func forgetMerges(ctx context.Context, tx *sqldb.Tx, contactID string) error {
	merges, err := queryMerges(ctx, tx, " WHERE winner_id = $1 OR loser_id = $1", contactID)
	if err != nil {
		return err
	}
	for _, m := range merges {
		if m.WinnerID == contactID && m.UnmergedAt.IsZero() {
			if err := forgetLoser(ctx, tx, &m); err != nil {
				return err
			}
		}
		for _, query := range []string{"DELETE FROM contact_moves WHERE merge_id = $1", "DELETE FROM contact_merges WHERE id = $1"} {
			if _, err := tx.Exec(ctx, query, m.ID); err != nil {
				return fmt.Errorf("forget merge %s: %w", m.ID, err)
			}
		}
		if err := redactAudit(ctx, tx, "record_id", []string{m.ID}); err != nil {
			return err
		}
	}
	return nil
}

// forgetLoser removes what stayed behind under the loser's id, and what was merged into it.
func forgetLoser(ctx context.Context, tx *sqldb.Tx, m *Merge) error {
	for _, query := range []string{
		"DELETE FROM social_profiles WHERE contact_id = $1",
		"DELETE FROM verifications WHERE contact_id = $1",
		"DELETE FROM invitations WHERE contact_id = $1",
		"DELETE FROM consents WHERE contact_id = $1",
		"DELETE FROM acquaintances WHERE contact_id = $1",
		"DELETE FROM participants WHERE record_type = 'contact' AND record_id = $1",
		"DELETE FROM shares WHERE record_type = 'contact' AND record_id = $1",
		"DELETE FROM territory_pins WHERE record_type = 'contact' AND record_id = $1",
		"DELETE FROM record_looks WHERE record_type = 'contact' AND record_id = $1",
		"DELETE FROM contact_duplicates WHERE a_id = $1",
		"DELETE FROM contact_duplicates WHERE b_id = $1",
	} {
		if _, err := tx.Exec(ctx, query, m.LoserID); err != nil {
			return fmt.Errorf("forget contact %s: %w", m.LoserID, err)
		}
	}
	for _, column := range []string{"record_id", "about"} {
		if err := redactAudit(ctx, tx, column, []string{m.LoserID}); err != nil {
			return err
		}
	}
	return forgetMerges(ctx, tx, m.LoserID)
}

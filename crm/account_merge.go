package crm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// An AccountMerge is one account, the loser, having become part of another, the winner.
type AccountMerge struct {
	ID         string           `json:"id"`
	WinnerID   string           `json:"winner_id"`
	LoserID    string           `json:"loser_id"`
	Loser      Account          `json:"loser"`  // as it was
	Filled     []string         `json:"filled"` // fields of the winner that were taken from the loser
	Moved      map[string]int64 `json:"moved"`  // how many of its records went over, by table
	MergedAt   time.Time        `json:"merged_at"`
	MergedBy   string           `json:"merged_by"`
	Reason     string           `json:"reason"`
	UnmergedAt time.Time        `json:"unmerged_at,omitzero"` // zero: it stands
	UnmergedBy string           `json:"unmerged_by"`
}

// fillAccount takes what is empty in the winner from the loser, and names the fields.
func fillAccount(winner, loser Account) (Account, []string) {
	filled := []string{}
	for _, f := range []struct {
		name     string
		to, from *string
	}{{"external_id", &winner.ExternalID, &loser.ExternalID}, {"domain", &winner.Domain, &loser.Domain}, {"industry", &winner.Industry, &loser.Industry}, {"city", &winner.City, &loser.City},
		{"postal_code", &winner.PostalCode, &loser.PostalCode}, {"country", &winner.Country, &loser.Country}, {"parent_id", &winner.ParentID, &loser.ParentID}} {
		if *f.to == "" && *f.from != "" && *f.from != winner.ID {
			*f.to, filled = *f.from, append(filled, f.name)
		}
	}
	if winner.Employees == 0 && loser.Employees != 0 {
		winner.Employees, filled = loser.Employees, append(filled, "employees")
	}
	var names []string
	winner.Fields, names = fillFields(winner.Fields, loser.Fields)
	return winner, append(filled, names...)
}

// emptyAccount takes back what a merge filled, where it is as the merge left it.
func emptyAccount(winner, loser Account, filled []string) Account {
	for _, f := range []struct {
		name     string
		to, from *string
	}{{"external_id", &winner.ExternalID, &loser.ExternalID}, {"domain", &winner.Domain, &loser.Domain}, {"industry", &winner.Industry, &loser.Industry}, {"city", &winner.City, &loser.City},
		{"postal_code", &winner.PostalCode, &loser.PostalCode}, {"country", &winner.Country, &loser.Country}, {"parent_id", &winner.ParentID, &loser.ParentID}} {
		if slices.Contains(filled, f.name) && *f.to == *f.from {
			*f.to = ""
		}
	}
	if slices.Contains(filled, "employees") && winner.Employees == loser.Employees {
		winner.Employees = 0
	}
	winner.Fields = emptyFields(winner.Fields, loser.Fields, filled)
	return winner
}

// MergeAccounts makes the loser part of the winner: what is empty in the winner is filled, and its
// contacts, leads, opportunities, orders, activities, shares, participants, pinned territory and the
// accounts below it go over, and custom fields that name it name the winner. Where one stands
// below the other, the winner takes the loser's place.
func MergeAccounts(ctx context.Context, tx *sqldb.Tx, winnerID, loserID string, ch Change) (AccountMerge, error) {
	if err := ch.check(); err != nil {
		return AccountMerge{}, err
	}
	winner, loser, err := accountsToMerge(ctx, tx, ch.Access, winnerID, loserID)
	if err != nil {
		return AccountMerge{}, err
	}
	ch = ch.Begin().follows()
	above, err := AccountsAbove(ctx, tx, &winner)
	if err != nil {
		return AccountMerge{}, err
	}
	former := winner.ParentID
	stoodBelow := slices.ContainsFunc(above, func(a Account) bool { return a.ID == loser.ID })
	if stoodBelow {
		winner.ParentID = "" // it stands where the loser stood
	}
	merged, filled := fillAccount(winner, loser)
	if checkParent(ctx, tx, &merged) != nil { // the loser stood below the winner
		merged.ParentID = winner.ParentID
		filled = slices.DeleteFunc(filled, func(name string) bool { return name == "parent_id" })
	}
	m := AccountMerge{ID: NewID(ch.At), WinnerID: winnerID, LoserID: loserID, Loser: loser, Filled: filled, Moved: map[string]int64{}, MergedAt: ch.At, MergedBy: ch.By, Reason: ch.Why}
	if stoodBelow {
		if err := m.merging().noteAll(ctx, tx, notedParent, []string{former}); err != nil {
			return m, err
		}
		// What stands between them will stand below the winner: it must not stand above it as well.
		if _, err := tx.Exec(ctx, "UPDATE accounts SET parent_id = '' WHERE id = $1", winnerID); err != nil {
			return m, fmt.Errorf("merge account %s: %w", loserID, err)
		}
	}
	// A value of which there may be one only goes over, too: the loser's goes first.
	if err := errors.Join(m.move(ctx, tx), leaveTerritories(ctx, tx, RecordAccount, loserID), saveFieldValues(ctx, tx, RecordAccount, loserID, nil)); err != nil {
		return m, err
	}
	if _, err := UpdateAccount(ctx, tx, merged, ch); err != nil {
		return m, err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM accounts WHERE id = $1", loserID); err != nil {
		return m, fmt.Errorf("merge account %s: %w", loserID, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO record_merges (id, record_type, winner_id, loser_id, loser, filled, merged_at, merged_by, reason, unmerged_at, unmerged_by)
		VALUES ($1, 'account', $2, $3, $4, $5, $6, $7, $8, 0, '')`, m.ID, m.WinnerID, m.LoserID, auditText(m.Loser), auditText(m.Filled), sqldb.Millis(m.MergedAt), m.MergedBy, m.Reason)
	if err != nil {
		return m, fmt.Errorf("save merge: %w", err)
	}
	return m, record(ctx, tx, ch, changedRecord{action: "merge", kind: RecordAccount, id: loserID, about: winnerID, before: loser, after: map[string]any{"moved": m.Moved, "winner_id": winnerID}})
}

func accountsToMerge(ctx context.Context, tx *sqldb.Tx, a *Access, winnerID, loserID string) (winner, loser Account, err error) {
	if winnerID == loserID {
		return winner, loser, invalid("loser_id", "is the account itself")
	}
	if err := a.Check(ctx, tx, ToMerge, RecordAccount, winnerID); err != nil {
		return winner, loser, err
	}
	if winner, err = AccountByID(ctx, tx, a, winnerID); err != nil {
		return winner, loser, err
	}
	if loser, err = optional(loserID, func(id string) (Account, error) { return AccountByID(ctx, tx, a, id) }, "loser_id"); err != nil {
		return winner, loser, err
	}
	return winner, loser, a.Check(ctx, tx, ToMerge, RecordAccount, loserID)
}

func (m *AccountMerge) move(ctx context.Context, tx *sqldb.Tx) error {
	for _, r := range accountReferences {
		n, err := r.move(ctx, tx, m.merging())
		if err != nil {
			return err
		}
		if n > 0 {
			m.Moved[r.name] = n
		}
	}
	return m.merging().handOn(ctx, tx)
}

// UnmergeAccounts takes a merge apart: the loser is back with what the merge took from it, and the
// winner loses what it was given, where nobody changed that since.
func UnmergeAccounts(ctx context.Context, tx *sqldb.Tx, mergeID string, ch Change) (AccountMerge, error) {
	if err := ch.check(); err != nil {
		return AccountMerge{}, err
	}
	m, err := openAccountMerge(ctx, tx, mergeID)
	if err != nil {
		return m, err
	}
	if err := ch.Access.Check(ctx, tx, ToMerge, RecordAccount, m.WinnerID); err != nil {
		return m, err
	}
	winner, err := AccountByID(ctx, tx, System(), m.WinnerID)
	if errors.Is(err, ErrNotFound) {
		return m, fmt.Errorf("unmerge %s: account %s became part of another: take that apart first: %w", mergeID, m.WinnerID, ErrConflict)
	}
	if err != nil {
		return m, err
	}
	ch = ch.Begin().follows()
	loser := m.Loser
	loser.Version, loser.UpdatedAt = loser.Version+1, ch.At
	if _, err := AccountByID(ctx, tx, System(), loser.ParentID); errors.Is(err, ErrNotFound) {
		loser.ParentID = ""
	}
	if err := insertAccounts(ctx, tx, []Account{loser}); err != nil {
		return m, err
	}
	for _, r := range accountReferences {
		if err := r.assign(ctx, tx, m.merging(), m.WinnerID, m.LoserID); err != nil {
			return m, err
		}
	}
	if err := m.merging().takeBack(ctx, tx, sqldb.Millis(m.MergedAt)); err != nil {
		return m, err
	}
	restored := emptyAccount(winner, m.Loser, m.Filled)
	if restored.ParentID == "" {
		if restored.ParentID, err = m.formerParent(ctx, tx); err != nil {
			return m, err
		}
	}
	if _, err := UpdateAccount(ctx, tx, restored, ch); err != nil {
		return m, err
	}
	m.UnmergedAt, m.UnmergedBy = ch.At, ch.By
	if _, err := tx.Exec(ctx, "UPDATE record_merges SET unmerged_at = $1, unmerged_by = $2 WHERE id = $3", sqldb.Millis(ch.At), ch.By, m.ID); err != nil {
		return m, fmt.Errorf("unmerge %s: %w", m.ID, err)
	}
	if err := errors.Join(saveFieldValues(ctx, tx, RecordAccount, loser.ID, loser.Fields), assignTerritories(ctx, tx, ch, RecordAccount, loser.ID),
		assignDependents(ctx, tx, ch, RecordAccount, loser.ID)); err != nil {
		return m, err
	}
	return m, record(ctx, tx, ch, changedRecord{action: "unmerge", kind: RecordAccount, id: m.LoserID, about: m.WinnerID, after: loser})
}

func openAccountMerge(ctx context.Context, q sqldb.Querier, id string) (AccountMerge, error) {
	found, err := accountMerges(ctx, q, "id = $1", id)
	switch {
	case err != nil:
		return AccountMerge{}, err
	case len(found) == 0:
		return AccountMerge{}, fmt.Errorf("load merge %s: %w", id, ErrNotFound)
	case !found[0].UnmergedAt.IsZero():
		return found[0], fmt.Errorf("unmerge %s: it was taken apart already: %w", id, ErrConflict)
	}
	return found[0], nil
}

const notedParent = "accounts.parent" // what the winner belonged to while it stood below the loser

// formerParent is what the winner belonged to before it took the loser's place; empty where it took
// none, or where that account is gone.
func (m *AccountMerge) formerParent(ctx context.Context, q sqldb.Querier) (string, error) {
	ids, err := sqldb.Strings(ctx, q, "SELECT a.id FROM record_moves v JOIN accounts a ON a.id = v.record_id WHERE v.merge_id = $1 AND v.table_name = $2", m.ID, notedParent)
	if err != nil {
		return "", fmt.Errorf("unmerge %s: %w", m.ID, err)
	}
	return append(ids, "")[0], nil
}

// AccountMerges lists what became part of an account, or what it became part of, the newest first.
func AccountMerges(ctx context.Context, q sqldb.Querier, a *Access, accountID string) ([]AccountMerge, error) {
	if err := a.Check(ctx, q, ToRead, RecordAccount, accountID); err != nil {
		return nil, err
	}
	return accountMerges(ctx, q, "(winner_id = $1 OR loser_id = $1) ORDER BY id DESC", accountID)
}

func accountMerges(ctx context.Context, q sqldb.Querier, where string, args ...any) ([]AccountMerge, error) {
	rows, err := q.Query(ctx, `SELECT id, winner_id, loser_id, loser, filled, merged_at, merged_by, reason, unmerged_at, unmerged_by FROM record_merges WHERE record_type = 'account' AND `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("load merges: %w", err)
	}
	defer rows.Close()
	var merges []AccountMerge
	for rows.Next() {
		m := AccountMerge{Moved: map[string]int64{}}
		var loser, filled string
		err := rows.Scan(&m.ID, &m.WinnerID, &m.LoserID, &loser, &filled, atColumn{&m.MergedAt}, &m.MergedBy, &m.Reason, atColumn{&m.UnmergedAt}, &m.UnmergedBy)
		if err = errors.Join(err, json.Unmarshal([]byte(loser), &m.Loser), json.Unmarshal([]byte(filled), &m.Filled)); err != nil {
			return nil, fmt.Errorf("load merges: %w", err)
		}
		merges = append(merges, m)
	}
	return merges, rows.Err()
}

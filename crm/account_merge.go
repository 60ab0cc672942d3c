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

// accountReferences are the columns that name an account. A merge moves what names the loser, and an
// unmerge takes it back. A record type that refers to accounts adds its line here, and nothing else.
var accountReferences = []struct{ table, column, where string }{
	{"contacts", "account_id", ""},
	{"leads", "account_id", ""},
	{"opportunities", "account_id", ""},
	{"orders", "account_id", ""},
	{"accounts", "parent_id", ""},
	{"activities", "record_id", " AND record_type = 'account'"},
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
// contacts, opportunities, orders, activities and the accounts below it go over. Where one stands
// below the other, the winner takes the loser's place.
func MergeAccounts(ctx context.Context, tx *sqldb.Tx, winnerID, loserID string, ch Change) (AccountMerge, error) {
	if err := ch.check(); err != nil {
		return AccountMerge{}, err
	}
	if winnerID == loserID {
		return AccountMerge{}, invalid("loser_id", "is the account itself")
	}
	if err := ch.Access.Check(ctx, tx, ToMerge, RecordAccount, winnerID); err != nil {
		return AccountMerge{}, err
	}
	winner, err := AccountByID(ctx, tx, ch.Access, winnerID)
	if err != nil {
		return AccountMerge{}, err
	}
	loser, err := optional(loserID, func(id string) (Account, error) { return AccountByID(ctx, tx, ch.Access, id) }, "loser_id")
	if err != nil {
		return AccountMerge{}, err
	}
	if err := ch.Access.Check(ctx, tx, ToMerge, RecordAccount, loserID); err != nil {
		return AccountMerge{}, err
	}
	ch = ch.Begin().follows()
	above, err := AccountsAbove(ctx, tx, &winner)
	if err != nil {
		return AccountMerge{}, err
	}
	if slices.ContainsFunc(above, func(a Account) bool { return a.ID == loser.ID }) {
		winner.ParentID = "" // it stands where the loser stood
	}
	merged, filled := fillAccount(winner, loser)
	if checkParent(ctx, tx, &merged) != nil { // the loser stood below the winner
		merged.ParentID = winner.ParentID
		filled = slices.DeleteFunc(filled, func(name string) bool { return name == "parent_id" })
	}
	m := AccountMerge{ID: NewID(ch.At), WinnerID: winnerID, LoserID: loserID, Loser: loser, Filled: filled, Moved: map[string]int64{}, MergedAt: ch.At, MergedBy: ch.By, Reason: ch.Why}
	if err := m.move(ctx, tx); err != nil {
		return m, err
	}
	if _, err := UpdateAccount(ctx, tx, merged, ch); err != nil {
		return m, err
	}
	for _, statement := range []string{"DELETE FROM accounts WHERE id = $1", "DELETE FROM record_looks WHERE record_id = $1"} {
		if _, err := tx.Exec(ctx, statement, loserID); err != nil {
			return m, fmt.Errorf("merge account %s: %w", loserID, err)
		}
	}
	if err := errors.Join(forgetTerritories(ctx, tx, RecordAccount, loserID), saveFieldValues(ctx, tx, RecordAccount, loserID, nil)); err != nil {
		return m, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO account_merges (id, winner_id, loser_id, loser, filled, merged_at, merged_by, reason, unmerged_at, unmerged_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '')`, m.ID, m.WinnerID, m.LoserID, auditText(m.Loser), auditText(m.Filled), sqldb.Millis(m.MergedAt), m.MergedBy, m.Reason)
	if err != nil {
		return m, fmt.Errorf("save merge: %w", err)
	}
	return m, record(ctx, tx, ch, changedRecord{action: "merge", kind: RecordAccount, id: loserID, about: winnerID, before: loser, after: map[string]any{"moved": m.Moved, "winner_id": winnerID}})
}

func (m *AccountMerge) move(ctx context.Context, tx *sqldb.Tx) error {
	for _, r := range accountReferences {
		named := " FROM " + r.table + " WHERE " + r.column + " = $1 AND id <> $2" + r.where
		n, err := tx.Exec(ctx, "INSERT INTO account_moves (merge_id, table_name, record_id) SELECT CAST($3 AS text), CAST($4 AS text), id"+named,
			m.LoserID, m.WinnerID, m.ID, r.table)
		if err != nil {
			return fmt.Errorf("merge %s: %w", r.table, err)
		}
		if n == 0 {
			continue
		}
		m.Moved[r.table] = n
		if err := m.assign(ctx, tx, r.table, r.column, m.LoserID, m.WinnerID); err != nil {
			return err
		}
	}
	return nil
}

// assign gives the records that the merge moved, and that nobody moved since, to another account.
func (m *AccountMerge) assign(ctx context.Context, tx *sqldb.Tx, table, column, from, to string) error {
	_, err := tx.Exec(ctx, "UPDATE "+table+" SET "+column+" = $1, version = version + 1 WHERE "+column+` = $2 AND id IN
		(SELECT record_id FROM account_moves WHERE merge_id = $3 AND table_name = $4)`, to, from, m.ID, table)
	if err != nil {
		return fmt.Errorf("move %s: %w", table, err)
	}
	return nil
}

// UnmergeAccounts takes a merge apart: the loser is back with what the merge took from it, and the
// winner loses what it was given, where nobody changed that since.
func UnmergeAccounts(ctx context.Context, tx *sqldb.Tx, mergeID string, ch Change) (AccountMerge, error) {
	if err := ch.check(); err != nil {
		return AccountMerge{}, err
	}
	found, err := accountMerges(ctx, tx, "id = $1", mergeID)
	if err != nil {
		return AccountMerge{}, err
	}
	if len(found) == 0 {
		return AccountMerge{}, fmt.Errorf("load merge %s: %w", mergeID, ErrNotFound)
	}
	m := found[0]
	if !m.UnmergedAt.IsZero() {
		return m, fmt.Errorf("unmerge %s: it was taken apart already: %w", mergeID, ErrConflict)
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
	if _, err := UpdateAccount(ctx, tx, emptyAccount(winner, m.Loser, m.Filled), ch); err != nil {
		return m, err
	}
	for _, r := range accountReferences {
		if err := m.assign(ctx, tx, r.table, r.column, m.WinnerID, m.LoserID); err != nil {
			return m, err
		}
	}
	m.UnmergedAt, m.UnmergedBy = ch.At, ch.By
	if _, err := tx.Exec(ctx, "UPDATE account_merges SET unmerged_at = $1, unmerged_by = $2 WHERE id = $3", sqldb.Millis(ch.At), ch.By, m.ID); err != nil {
		return m, fmt.Errorf("unmerge %s: %w", m.ID, err)
	}
	if err := errors.Join(saveFieldValues(ctx, tx, RecordAccount, loser.ID, loser.Fields), assignTerritories(ctx, tx, ch, RecordAccount, loser.ID)); err != nil {
		return m, err
	}
	return m, record(ctx, tx, ch, changedRecord{action: "unmerge", kind: RecordAccount, id: m.LoserID, about: m.WinnerID, after: loser})
}

// AccountMerges lists what became part of an account, or what it became part of, the newest first.
func AccountMerges(ctx context.Context, q sqldb.Querier, a *Access, accountID string) ([]AccountMerge, error) {
	if err := a.Check(ctx, q, ToRead, RecordAccount, accountID); err != nil {
		return nil, err
	}
	return accountMerges(ctx, q, "winner_id = $1 OR loser_id = $1 ORDER BY id DESC", accountID)
}

func accountMerges(ctx context.Context, q sqldb.Querier, where string, args ...any) ([]AccountMerge, error) {
	rows, err := q.Query(ctx, `SELECT id, winner_id, loser_id, loser, filled, merged_at, merged_by, reason, unmerged_at, unmerged_by FROM account_merges WHERE `+where, args...)
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

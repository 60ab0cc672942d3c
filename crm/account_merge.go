package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

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
	m := AccountMerge{kind: RecordAccount, WinnerID: winnerID, LoserID: loserID}
	if err := ch.check(); err != nil {
		return m, err
	}
	winner, err := beginMerge(ctx, tx, ch, &m, func(id string) (Account, error) { return AccountByID(ctx, tx, ch.Access, id) })
	if err != nil {
		return m, err
	}
	ch = ch.Begin().follows()
	above, err := AccountsAbove(ctx, tx, &winner)
	if err != nil {
		return m, err
	}
	former := winner.ParentID
	stoodBelow := slices.ContainsFunc(above, func(a Account) bool { return a.ID == loserID })
	if stoodBelow {
		winner.ParentID = "" // it stands where the loser stood
	}
	merged, filled := fillAccount(winner, m.Loser)
	if checkParent(ctx, tx, &merged) != nil { // the loser stood below the winner
		merged.ParentID = winner.ParentID
		filled = slices.DeleteFunc(filled, func(name string) bool { return name == "parent_id" })
	}
	m.Filled = filled
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
	if err := errors.Join(m.move(ctx, tx, accountReferences), m.merging().handOn(ctx, tx, m.heir), leaveTerritories(ctx, tx, RecordAccount, loserID),
		saveFieldValues(ctx, tx, RecordAccount, loserID, nil)); err != nil {
		return m, err
	}
	if _, err := UpdateAccount(ctx, tx, merged, ch); err != nil {
		return m, err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM accounts WHERE id = $1", loserID); err != nil {
		return m, fmt.Errorf("merge account %s: %w", loserID, err)
	}
	return m, m.save(ctx, tx, ch)
}

// UnmergeAccounts takes a merge apart: the loser is back with what the merge took from it, and the
// winner loses what it was given, where nobody changed that since.
func UnmergeAccounts(ctx context.Context, tx *sqldb.Tx, mergeID string, ch Change) (m AccountMerge, err error) {
	if err := ch.check(); err != nil {
		return m, err
	}
	m, winner, err := openMerge(ctx, tx, ch, RecordAccount, mergeID, func(id string) (Account, error) { return AccountByID(ctx, tx, System(), id) })
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
	if err := m.moveBack(ctx, tx, accountReferences); err != nil {
		return m, err
	}
	restored := emptyAccount(winner, m.Loser, m.Filled)
	if restored.ParentID == "" {
		if restored.ParentID, err = formerParent(ctx, tx, m.ID); err != nil {
			return m, err
		}
	}
	if _, err := UpdateAccount(ctx, tx, restored, ch); err != nil {
		return m, err
	}
	if err := errors.Join(saveFieldValues(ctx, tx, RecordAccount, loser.ID, loser.Fields), assignTerritories(ctx, tx, ch, RecordAccount, loser.ID),
		assignDependents(ctx, tx, ch, RecordAccount, loser.ID)); err != nil {
		return m, err
	}
	return m, m.close(ctx, tx, ch, loser)
}

const notedParent = "accounts.parent" // what the winner belonged to while it stood below the loser

// formerParent is what the winner belonged to before it took the loser's place; empty where it took
// none, or where that account is gone.
func formerParent(ctx context.Context, q sqldb.Querier, mergeID string) (string, error) {
	ids, err := sqldb.Strings(ctx, q, "SELECT a.id FROM record_moves v JOIN accounts a ON a.id = v.record_id WHERE v.merge_id = $1 AND v.table_name = $2", mergeID, notedParent)
	if err != nil {
		return "", fmt.Errorf("unmerge %s: %w", mergeID, err)
	}
	return append(ids, "")[0], nil
}

// AccountMerges lists what became part of an account, or what it became part of, the newest first.
func AccountMerges(ctx context.Context, q sqldb.Querier, a *Access, accountID string) ([]AccountMerge, error) {
	return mergesOf[Account](ctx, q, a, RecordAccount, accountID)
}

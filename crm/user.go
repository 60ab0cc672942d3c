package crm

import (
	"context"
	"fmt"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// NoteUser writes into the audit log what was changed of a user. Users are kept by package web, and
// what they sign in with has a list of its own.
func NoteUser(ctx context.Context, tx *sqldb.Tx, ch Change, userID string, before, after any) error {
	return record(ctx, tx, ch, changedRecord{action: "update", kind: RecordUser, id: userID, before: before, after: after})
}

// moveUserOn gives a user their next version: their roles or their unit changed.
func moveUserOn(ctx context.Context, tx *sqldb.Tx, userID string) error {
	if _, err := tx.Exec(ctx, "UPDATE users SET version = version + 1 WHERE id = $1", userID); err != nil {
		return fmt.Errorf("change user %s: %w", userID, err)
	}
	return nil
}

// CheckAddress refuses what is no e-mail address on one line; empty stands for none.
func CheckAddress(address string) error { return checkEmail(address) }

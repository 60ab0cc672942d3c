package crm

import (
	"context"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// NoteUser writes into the audit log what was changed of a user. Users are kept by package web, and
// what they sign in with has a list of its own.
func NoteUser(ctx context.Context, tx *sqldb.Tx, ch Change, userID string, before, after any) error {
	return record(ctx, tx, ch, changedRecord{action: "update", kind: RecordUser, id: userID, before: before, after: after})
}

// CheckAddress refuses what is no e-mail address on one line; empty stands for none.
func CheckAddress(address string) error { return checkEmail(address) }

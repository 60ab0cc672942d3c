package crm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// JoinRecord lets the person who makes the change take part in a record, whatever its territories: a
// territory is a guideline, never a wall. It takes a reason, which stands in the audit log. Joining
// twice changes nothing.
func JoinRecord(ctx context.Context, tx *sqldb.Tx, ch Change, kind, id string) error {
	if err := ch.check(); err != nil {
		return err
	}
	if !slices.Contains(territoryTypes, kind) {
		return invalid("record_type", "%q: want one of %s", kind, strings.Join(territoryTypes, ", "))
	}
	if ch.Why == "" {
		return invalid("reason", "is empty: say why you join")
	}
	if err := ch.Access.Demand(ToRead, kind); err != nil {
		return err
	}
	name := recordTables[kind]
	found, err := sqldb.Strings(ctx, tx, "SELECT id FROM "+name+" WHERE id = $1", id)
	if err != nil {
		return fmt.Errorf("join %s %s: %w", kind, id, err)
	}
	if len(found) == 0 {
		return fmt.Errorf("join %s %s: %w", kind, id, ErrNotFound)
	}
	fresh, err := addParticipants(ctx, tx, ch.At, kind, id, TookJoined, ch.By)
	if err != nil || !slices.Contains(fresh, true) {
		return err
	}
	return record(ctx, tx, ch, changedRecord{action: "join", kind: kind, id: id, after: map[string]any{"user_id": ch.By}})
}

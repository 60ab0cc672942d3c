package crm

import (
	"context"
	"fmt"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// AssignOwner gives a record to somebody, or, with an empty owner, to nobody. Who owned it goes on
// seeing it: they took part.
func AssignOwner(ctx context.Context, tx *sqldb.Tx, ch Change, kind, id, owner string) error {
	r := realms[kind]
	if !Governs(ToAssign, kind) {
		return invalid("record_type", "records of type %q have no owner of their own", kind)
	}
	if err := ch.Access.Check(ctx, tx, ToAssign, kind, id); err != nil {
		return err
	}
	var before string
	if err := oneOf(ctx, tx, kind, id, "SELECT "+r.owner+" FROM "+r.table+" WHERE id = $1", &before); err != nil {
		return err
	}
	if before == owner {
		return nil
	}
	if err := ch.assign(ctx, tx, kind, id, owner); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "UPDATE "+r.table+" SET "+r.owner+" = $1, version = version + 1, updated_at = $2 WHERE id = $3", owner, sqldb.Millis(ch.At), id); err != nil {
		return fmt.Errorf("assign %s %s: %w", kind, id, err)
	}
	if kind == RecordOpportunity {
		o, err := opportunities.byID(ctx, tx, System(), id, 0)
		if err != nil {
			return err
		}
		old := o
		old.OwnerID = before
		if err := o.checkNamed(ctx, tx, ch, &old); err != nil {
			return err
		}
	}
	return record(ctx, tx, ch, changedRecord{action: "assign", kind: kind, id: id, before: map[string]any{"owner_id": before}, after: map[string]any{"owner_id": owner}})
}

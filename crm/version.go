package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// CheckVersion refuses, with ErrConflict, the change of a record that is not in the version that the
// caller believes it to have, and keeps others from changing it until the transaction ends. 0 stands
// for any version.
func CheckVersion(ctx context.Context, tx *sqldb.Tx, ch Change, kind, id string, version int64) error {
	name, ok := recordTables[kind]
	if version == 0 || !ok {
		return nil
	}
	if err := ch.Access.Check(ctx, tx, ToRead, kind, id); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, "UPDATE "+name+" SET version = version WHERE id = $1 AND version = $2", id, version)
	if err == nil && n == 0 {
		err = ErrConflict
	}
	if err != nil {
		return fmt.Errorf("change %s %s: %w", kind, id, err)
	}
	return nil
}

// VersionOf is the version of a record.
func VersionOf(ctx context.Context, q sqldb.Querier, kind, id string) (version int64, err error) {
	name, ok := recordTables[kind]
	if !ok {
		return 0, invalid("record_type", "%q is no type of record", kind)
	}
	err = q.QueryRow(ctx, "SELECT version FROM "+name+" WHERE id = $1", id).Scan(&version)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return 0, fmt.Errorf("load %s %s: %w", kind, id, err)
	}
	return version, nil
}

// moveOn gives a record its next version: what was changed is shown with it and stands elsewhere.
func moveOn(ctx context.Context, tx *sqldb.Tx, ch Change, kind, id string) error {
	_, err := tx.Exec(ctx, "UPDATE "+recordTables[kind]+" SET version = version + 1, updated_at = $1 WHERE id = $2", sqldb.Millis(ch.At), id)
	if err != nil {
		return fmt.Errorf("change %s %s: %w", kind, id, err)
	}
	return nil
}

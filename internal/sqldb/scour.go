package sqldb

import (
	"context"
	"fmt"
)

// Scour takes what was deleted out of the database's own files as far as the database lets it:
// SQLite overwrites deleted rows as it goes, and empties its write-ahead log here; PostgreSQL leaves
// dead rows to its vacuum, its own log to its checkpoints and both to its backups.
//
// The full-text indices of the types of records given are written anew: what was taken out of one is
// in its files until then.
func (db *DB) Scour(ctx context.Context, searched ...string) error {
	if db.Name() != "sqlite" {
		return nil
	}
	for _, kind := range searched {
		if !isTextType(kind) {
			continue
		}
		if _, err := db.write.ExecContext(ctx, "INSERT INTO search_"+kind+" (search_"+kind+") VALUES ('optimize')"); err != nil {
			return fmt.Errorf("write the index of %s anew: %w", kind, db.dialect.explain(err))
		}
	}
	return db.checkpointer.truncate(ctx)
}

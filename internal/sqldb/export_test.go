package sqldb

import "context"

// MoveLog moves what SQLite's write-ahead log holds into the database.
func MoveLog(ctx context.Context, db *DB) error { return db.checkpointer.move(ctx) }

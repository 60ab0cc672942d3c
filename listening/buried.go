package listening

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// Buried are posts and authors that are gone, whose text the log may still hold: by id.
type Buried struct {
	Posts, Authors map[string]bool
	Oldest         time.Time // of their tombstones
}

// BuriedInLog finds what went before a time and was not taken out of the log yet, the oldest first, some
// at a time.
func BuriedInLog(ctx context.Context, q sqldb.Querier, before time.Time, limit int) (Buried, error) {
	b := Buried{Posts: make(map[string]bool), Authors: make(map[string]bool)}
	err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var id string
		var at int64
		var author bool
		if err := rows.Scan(&id, &at, &author); err != nil {
			return err
		}
		if b.Oldest.IsZero() {
			b.Oldest = sqldb.FromMillis(at)
		}
		if author {
			b.Authors[id] = true
		} else {
			b.Posts[id] = true
		}
		return nil
	}, "SELECT id, at, author FROM tombstones WHERE in_log AND at < $1 ORDER BY at, id LIMIT $2", sqldb.Millis(before), limit)
	if err != nil {
		return b, fmt.Errorf("load what is gone: %w", err)
	}
	return b, nil
}

// Len is how many there are.
func (b *Buried) Len() int { return len(b.Posts) + len(b.Authors) }

// OutOfLog notes that the log holds them no more.
func (b *Buried) OutOfLog(ctx context.Context, tx *sqldb.Tx) error {
	rows := make([][]any, 0, b.Len())
	for _, ids := range []map[string]bool{b.Posts, b.Authors} {
		for id := range ids {
			rows = append(rows, []any{id})
		}
	}
	if err := tx.ExecMany(ctx, "UPDATE tombstones SET in_log = FALSE WHERE id = $1", rows); err != nil {
		return fmt.Errorf("note what the log holds no more: %w", err)
	}
	return nil
}

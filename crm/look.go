package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/oklog/ulid/v2"
)

// A Look is when somebody looked at a record: last, and at the end of the visit before this one.
type Look struct {
	At     time.Time // zero: never
	Before time.Time // zero: this is their first visit
}

const (
	visit360   = 30 * time.Minute // who comes back later is on another visit
	lookPeriod = time.Minute      // looks within one are not noted apart
)

// next is the look after another one now, and whether it is worth noting.
func (l Look) next(now time.Time) (Look, bool) {
	switch {
	case l.At.IsZero():
		return Look{At: now}, true
	case now.Sub(l.At) > visit360:
		return Look{At: now, Before: l.At}, true
	}
	return Look{At: now, Before: l.Before}, now.Sub(l.At) >= lookPeriod
}

// LastLook loads when a user looked at a record.
func LastLook(ctx context.Context, q sqldb.Querier, userID, kind, id string) (l Look, err error) {
	err = q.QueryRow(ctx, "SELECT at, before FROM record_looks WHERE user_id = $1 AND record_type = $2 AND record_id = $3", userID, kind, id).
		Scan(atColumn{&l.At}, atColumn{&l.Before})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return l, fmt.Errorf("load last look at %s %s: %w", kind, id, err)
	}
	return l, nil
}

// NoteLook notes that somebody looks at a record now.
func NoteLook(ctx context.Context, db *sqldb.DB, by Viewer, kind, id string) error {
	last, err := LastLook(ctx, db, by.UserID, kind, id)
	if err != nil {
		return err
	}
	look, worth := last.next(by.Now)
	if !worth {
		return nil
	}
	return db.Update(ctx, func(tx *sqldb.Tx) error {
		return tx.Upsert(ctx, sqldb.Upsert{Table: "record_looks", Columns: []string{"user_id", "record_type", "record_id", "at", "before"},
			Key: []string{"user_id", "record_type", "record_id"}, Set: "at = excluded.at, before = excluded.before"},
			[][]any{{by.UserID, kind, id, sqldb.Millis(look.At), sqldb.Millis(look.Before)}}, nil)
	})
}

// firstID is below every id made at a time or later.
func firstID(at time.Time) string {
	var id ulid.ULID
	_ = id.SetTime(uint64(max(at.UnixMilli(), 0))) // a ULID's time lasts until the year 10889
	return id.String()
}

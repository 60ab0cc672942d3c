package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// NoticeSettingsOf is how somebody is told.
func NoticeSettingsOf(ctx context.Context, q sqldb.Querier, userID string) (NoticeSettings, error) {
	s := defaultNoticeSettings()
	err := q.QueryRow(ctx, "SELECT version, delivery, hour, time_zone FROM notice_settings WHERE user_id = $1", userID).
		Scan(&s.Version, jsonColumn{&s.Delivery}, &s.Hour, &s.TimeZone)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return s, fmt.Errorf("load how user %s is told: %w", userID, err)
	}
	return s, nil
}

// SaveNoticeSettings changes how whoever makes the change is told. s.Version is the one that was
// loaded, or 0 for any. What waits to be sent follows the new settings.
func SaveNoticeSettings(ctx context.Context, tx *sqldb.Tx, userID string, s NoticeSettings, now time.Time) (NoticeSettings, error) {
	if s.Delivery == nil {
		s.Delivery = map[string]string{}
	}
	if err := s.check(); err != nil {
		return s, err
	}
	before, err := NoticeSettingsOf(ctx, tx, userID)
	if err != nil {
		return s, err
	}
	if s.Version != 0 && s.Version != before.Version {
		return s, fmt.Errorf("save how user %s is told: %w", userID, ErrConflict)
	}
	s.Version = before.Version + 1
	n, err := tx.Exec(ctx, `INSERT INTO notice_settings (user_id, version, delivery, hour, time_zone, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (user_id) DO UPDATE SET version = excluded.version, delivery = excluded.delivery, hour = excluded.hour, time_zone = excluded.time_zone,
			updated_at = excluded.updated_at WHERE notice_settings.version = excluded.version - 1`,
		userID, s.Version, auditText(s.Delivery), s.Hour, s.TimeZone, sqldb.Millis(now))
	if err == nil && n == 0 {
		err = ErrConflict
	}
	if err != nil {
		return s, fmt.Errorf("save how user %s is told: %w", userID, err)
	}
	for _, kind := range AllNoticeKinds {
		if _, err := tx.Exec(ctx, "UPDATE notices SET send_at = $1 WHERE user_id = $2 AND kind = $3 AND send_at > 0", sqldb.Millis(s.SendAt(kind, now)), userID, kind); err != nil {
			return s, fmt.Errorf("save how user %s is told: %w", userID, err)
		}
	}
	return s, nil
}

// DueNotices are what goes to one person now.
type DueNotices struct {
	UserID string
	IDs    []string // the oldest first
}

// TakeDueNotices takes what is to be sent, by person, so that nobody else sends it: the caller puts it
// where it is delivered from, in the same transaction. It takes at most limit notices, and says whether
// there may be more.
func TakeDueNotices(ctx context.Context, tx *sqldb.Tx, now time.Time, limit int) (due []DueNotices, more bool, err error) {
	type notice struct{ id, user string }
	var found []notice
	err = sqldb.EachRow(ctx, tx, func(rows *sql.Rows) error {
		var n notice
		err := rows.Scan(&n.id, &n.user)
		found = append(found, n)
		return err
	}, "SELECT id, user_id FROM notices WHERE send_at > 0 AND send_at <= $1 ORDER BY user_id, id LIMIT $2", sqldb.Millis(now), limit)
	if err != nil {
		return nil, false, fmt.Errorf("load notices to send: %w", err)
	}
	for _, n := range found {
		taken, err := tx.Exec(ctx, "UPDATE notices SET send_at = 0 WHERE id = $1 AND send_at > 0", n.id)
		if err != nil {
			return nil, false, fmt.Errorf("take notice %s: %w", n.id, err)
		}
		if taken == 0 { // another process has it
			continue
		}
		if len(due) == 0 || due[len(due)-1].UserID != n.user {
			due = append(due, DueNotices{UserID: n.user})
		}
		last := &due[len(due)-1]
		last.IDs = append(last.IDs, n.id)
	}
	return due, len(found) == limit, nil
}

// UnseenOf are those of some notices that somebody may still read and has not seen, the oldest first.
func UnseenOf(ctx context.Context, q sqldb.Querier, a *Access, ids []string) (all []Notice, err error) {
	for part := range chunks(ids) {
		w := &where{}
		w.add("n.user_id = ?", a.UserID)
		w.add("n.id IN ("+marks(len(part))+")", sqldb.Anys(part)...)
		w.add("n.seen_at = 0")
		some, err := queryNotices(ctx, q, a, w, " ORDER BY n.id")
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

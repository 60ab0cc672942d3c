package alerts

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/oklog/ulid/v2"
)

// A Delivery is one notification on its way to one channel.
type Delivery struct {
	ID          string
	Key         string // what the channel is given to recognise one that comes again
	Channel     string
	Route       string // empty: no route matched
	Type        string
	IncidentID  string
	Title       string // what it is about: the monitor, or the digest; whom a notice is for
	Phase       string // the incident's state that it tells
	Severity    int
	Escalation  int    // the step; 0: it is none
	State       string // waiting, delivered, failed, dropped
	Held        string // why it waits: quiet, group, escalation; empty: it is due
	ToldWith    string // id of the delivery whose message told of it, too
	Attempts    int
	NextAt      time.Time // of the next attempt; zero when there is none
	DeliveredAt time.Time // zero: not yet
	FailedAt    time.Time // when it was given up; zero: it was not
	DroppedAt   time.Time // when it was decided to tell nobody; zero: it was not
	Error       string    // of the last attempt; why it was dropped
	CreatedAt   time.Time
}

// A DeliveryFilter chooses deliveries; an empty field does not restrict.
type DeliveryFilter struct {
	ID, IncidentID, Channel, State string
	Subject                        string
	Before                         string // id: only older ones
	Limit                          int    // 0: all
}

// The conditions of the states of a delivery.
const waiting = "delivered_at = 0 AND failed_at = 0 AND dropped_at = 0"

var stateConditions = map[string]string{"waiting": waiting, delivered: "delivered_at <> 0", failed: "failed_at <> 0 AND delivered_at = 0", dropped: "dropped_at <> 0"}

// DeliveriesOf returns the deliveries about an incident, the oldest first.
func DeliveriesOf(ctx context.Context, q sqldb.Querier, incidentID string) ([]Delivery, error) {
	all, err := FindDeliveries(ctx, q, DeliveryFilter{IncidentID: incidentID})
	slices.Reverse(all)
	return all, err
}

// FindDeliveries returns deliveries, the newest first.
func FindDeliveries(ctx context.Context, q sqldb.Querier, f DeliveryFilter) ([]Delivery, error) {
	query, args := `SELECT id, dedupe_key, channel, route, type, incident_id, payload, phase, severity, step, held, told_with, attempts, next_at,
		delivered_at, failed_at, dropped_at, error, created_at FROM deliveries WHERE TRUE`, []any{}
	for _, by := range []struct{ condition, value string }{{"id =", f.ID}, {"incident_id =", f.IncidentID}, {"channel =", f.Channel}, {"subject =", f.Subject}, {"id <", f.Before}} {
		if by.value != "" {
			args = append(args, by.value)
			query += fmt.Sprintf(" AND %s $%d", by.condition, len(args))
		}
	}
	if condition, ok := stateConditions[f.State]; ok {
		query += " AND " + condition
	}
	query += " ORDER BY id DESC"
	if f.Limit > 0 {
		query += fmt.Sprintf(" LIMIT %d", f.Limit)
	}
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("load deliveries: %w", err)
	}
	defer rows.Close()
	var all []Delivery
	for rows.Next() {
		d, err := scanDelivery(rows)
		if err != nil {
			return nil, fmt.Errorf("load deliveries: %w", err)
		}
		all = append(all, d)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load deliveries: %w", err)
	}
	return all, nil
}

func scanDelivery(rows *sql.Rows) (d Delivery, err error) {
	var next, deliveredAt, failedAt, droppedAt, created int64
	var payload []byte
	if err := rows.Scan(&d.ID, &d.Key, &d.Channel, &d.Route, &d.Type, &d.IncidentID, &payload, &d.Phase, &d.Severity, &d.Escalation, &d.Held, &d.ToldWith,
		&d.Attempts, &next, &deliveredAt, &failedAt, &droppedAt, &d.Error, &created); err != nil {
		return d, err
	}
	var n notify.Notification
	if err := json.Unmarshal(payload, &n); err != nil {
		return d, fmt.Errorf("read delivery %s: %w", d.ID, err)
	}
	switch d.Title = n.Monitor; {
	case n.Digest != nil:
		d.Title = n.Digest.Name
	case n.Notice != nil:
		d.Title = n.Notice.For()
	}
	d.DeliveredAt, d.FailedAt, d.DroppedAt, d.CreatedAt = sqldb.FromMillis(deliveredAt), sqldb.FromMillis(failedAt), sqldb.FromMillis(droppedAt), sqldb.FromMillis(created)
	switch {
	case deliveredAt != 0:
		d.State = delivered
	case failedAt != 0:
		d.State = failed
	case droppedAt != 0:
		d.State = dropped
	default:
		d.State, d.NextAt = "waiting", sqldb.FromMillis(next)
	}
	return d, nil
}

// What becomes of an attempt, and in the end of a delivery.
const (
	delivered = "delivered"
	retried   = "retried"
	failed    = "failed"
	dropped   = "dropped"
)

// delivery is a Delivery as the outbox works on it. Its id grows with its age.
type delivery struct {
	id, key, channel, incidentID, route string
	groupKey                            string // what is told together; empty: by itself
	subject, wave                       string // for cooldowns
	step                                int
	held, note                          string
	nextAt, droppedAt                   time.Time
	payload                             notify.Notification
	attempts                            int // before this one
}

// enqueue puts deliveries into the outbox, and returns which are new there: one whose key stands there
// already is left out.
func enqueue(ctx context.Context, tx *sqldb.Tx, deliveries []delivery, now time.Time) (fresh []bool, err error) {
	rows := make([][]any, len(deliveries))
	for i := range deliveries {
		d := &deliveries[i]
		payload, err := json.Marshal(d.payload)
		if err != nil {
			return nil, fmt.Errorf("enqueue notification of incident %s: %w", d.incidentID, err)
		}
		id := ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String() // ascends within a millisecond, too
		rows[i] = []any{d.key, id, d.channel, d.incidentID, string(payload), 0, sqldb.Millis(d.nextAt), 0, 0, d.note, sqldb.Millis(now),
			d.payload.Type, d.route, d.groupKey, d.subject, d.wave, d.payload.State, d.payload.Severity, d.step, d.held, sqldb.Millis(d.droppedAt)}
	}
	return tx.InsertNew(ctx, sqldb.Insert{Table: "deliveries", Key: []string{"dedupe_key"}, Columns: []string{"dedupe_key", "id", "channel",
		"incident_id", "payload", "attempts", "next_at", "delivered_at", "failed_at", "error", "created_at",
		"type", "route", "group_key", "subject", "wave", "phase", "severity", "step", "held", "dropped_at"}}, rows)
}

func noteDelivered(ctx context.Context, db *sqldb.DB, id string, now time.Time) error {
	return note(ctx, db, id, "UPDATE deliveries SET next_at = 0, delivered_at = $1, failed_at = 0, error = '' WHERE id = $2 OR told_with = $2 AND "+waiting, sqldb.Millis(now), id)
}

// noteDropped notes that nobody is told, and why.
func noteDropped(ctx context.Context, db *sqldb.DB, id, reason string, now time.Time) error {
	return note(ctx, db, id, "UPDATE deliveries SET dropped_at = $1, next_at = 0, error = $2 WHERE id = $3 AND "+waiting, sqldb.Millis(now), reason, id)
}

// noteRefused gives a delivery up.
func noteRefused(ctx context.Context, db *sqldb.DB, id string, failure error, now time.Time) error {
	return note(ctx, db, id, "UPDATE deliveries SET failed_at = $1, error = $2 WHERE id = $3 AND failed_at = 0", sqldb.Millis(now), failure.Error(), id)
}

func noteFailure(ctx context.Context, db *sqldb.DB, id string, failure error, next time.Time) error {
	return note(ctx, db, id, "UPDATE deliveries SET next_at = $1, error = $2 WHERE id = $3 AND failed_at = 0", sqldb.Millis(next), failure.Error(), id)
}

func note(ctx context.Context, db *sqldb.DB, id, statement string, args ...any) error {
	err := db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, statement, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("note delivery %s: %w", id, err)
	}
	return nil
}

// expire gives up what has waited since before a time, and returns how many of each channel.
func expire(ctx context.Context, db *sqldb.DB, before, now time.Time) (map[string]int, error) {
	var given map[string]int
	err := db.Update(ctx, func(tx *sqldb.Tx) error {
		given = make(map[string]int)
		rows, err := tx.Query(ctx, `UPDATE deliveries SET failed_at = $1, error = CASE WHEN error = '' THEN 'it was not delivered in time' ELSE error END
			WHERE `+waiting+` AND created_at < $2 AND retried_at < $2 AND (held = '' OR next_at < $2) RETURNING channel`, sqldb.Millis(now), sqldb.Millis(before))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var channel string
			if err := rows.Scan(&channel); err != nil {
				return err
			}
			given[channel]++
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		// What was to be told with one of them, and is younger, is told by itself.
		_, err = tx.Exec(ctx, "UPDATE deliveries SET told_with = '' WHERE told_with <> '' AND "+waiting+`
			AND told_with IN (SELECT id FROM deliveries WHERE failed_at <> 0 AND delivered_at = 0)`)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("give up old deliveries: %w", err)
	}
	return given, nil
}

// oldestWaiting returns when the oldest delivery was created that waits; the zero time when none does.
func oldestWaiting(ctx context.Context, q sqldb.Querier) (time.Time, error) {
	var ms int64
	err := q.QueryRow(ctx, "SELECT COALESCE(MIN(CASE WHEN retried_at > created_at THEN retried_at ELSE created_at END), 0) FROM deliveries WHERE held = '' AND "+waiting).Scan(&ms)
	if err != nil {
		return time.Time{}, fmt.Errorf("load the oldest delivery: %w", err)
	}
	return sqldb.FromMillis(ms), nil
}

package alerts

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/oklog/ulid/v2"
)

// A Delivery is one notification on its way to one channel.
type Delivery struct {
	Key         string // what the channel is given to recognise one that comes again
	Channel     string
	IncidentID  string
	State       string // waiting, delivered, failed
	Attempts    int
	NextAt      time.Time // of the next attempt; zero when there is none
	DeliveredAt time.Time // zero: not yet
	FailedAt    time.Time // when it was given up; zero: it was not
	Error       string    // of the last attempt
	CreatedAt   time.Time
}

// DeliveriesOf returns the deliveries about an incident, the oldest first.
func DeliveriesOf(ctx context.Context, q sqldb.Querier, incidentID string) ([]Delivery, error) {
	rows, err := q.Query(ctx, `SELECT dedupe_key, channel, incident_id, attempts, next_at, delivered_at, failed_at, error, created_at
		FROM deliveries WHERE incident_id = $1 ORDER BY id`, incidentID)
	if err != nil {
		return nil, fmt.Errorf("load deliveries of incident %s: %w", incidentID, err)
	}
	defer rows.Close()
	var all []Delivery
	for rows.Next() {
		var d Delivery
		var next, deliveredAt, failedAt, created int64
		if err := rows.Scan(&d.Key, &d.Channel, &d.IncidentID, &d.Attempts, &next, &deliveredAt, &failedAt, &d.Error, &created); err != nil {
			return nil, fmt.Errorf("load deliveries of incident %s: %w", incidentID, err)
		}
		d.DeliveredAt, d.FailedAt, d.CreatedAt = fromMillis(deliveredAt), fromMillis(failedAt), fromMillis(created)
		switch {
		case deliveredAt != 0:
			d.State = delivered
		case failedAt != 0:
			d.State = failed
		default:
			d.State, d.NextAt = "waiting", fromMillis(next)
		}
		all = append(all, d)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load deliveries of incident %s: %w", incidentID, err)
	}
	return all, nil
}

// What becomes of an attempt, and in the end of a delivery.
const (
	delivered = "delivered"
	retried   = "retried"
	failed    = "failed"
)

// delivery is a Delivery as the outbox works on it. Its id grows with its age.
type delivery struct {
	id, key, channel, incidentID string
	payload                      notify.Notification
	attempts                     int // before this one
}

// enqueue puts deliveries into the outbox; one whose key stands there already is left out.
func enqueue(ctx context.Context, tx *sqldb.Tx, deliveries []delivery, now time.Time) error {
	rows := make([][]any, len(deliveries))
	for i, d := range deliveries {
		payload, err := json.Marshal(d.payload)
		if err != nil {
			return fmt.Errorf("enqueue notification of incident %s: %w", d.incidentID, err)
		}
		id := ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String() // ascends within a millisecond, too
		rows[i] = []any{d.key, id, d.channel, d.incidentID, string(payload), 0, millis(now), 0, 0, "", millis(now)}
	}
	_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "deliveries", Key: []string{"dedupe_key"}, Columns: []string{"dedupe_key", "id", "channel",
		"incident_id", "payload", "attempts", "next_at", "delivered_at", "failed_at", "error", "created_at"}}, rows)
	return err
}

// claim takes the oldest delivery that is due on a channel, for as long as an attempt may last. One
// waits for those before it about the same incident: nobody reads that a storm is over before that
// it has begun.
func claim(ctx context.Context, db *sqldb.DB, channel string, now time.Time) (d delivery, ok bool, err error) {
	row, ok, err := nextDue(ctx, db, channel, now)
	if err != nil || !ok {
		return delivery{}, false, err
	}
	err = db.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE deliveries SET attempts = attempts + 1, next_at = $1
			WHERE id = $2 AND attempts = $3 AND delivered_at = 0 AND failed_at = 0`, millis(now.Add(2*deliverWithin)), row.id, row.attempts)
		ok = n == 1 // else another process has it
		return err
	})
	if err != nil {
		return delivery{}, false, fmt.Errorf("claim delivery %s: %w", row.id, err)
	}
	return row, ok, nil
}

func nextDue(ctx context.Context, q sqldb.Querier, channel string, now time.Time) (d delivery, ok bool, err error) {
	rows, err := q.Query(ctx, `SELECT d.id, d.dedupe_key, d.incident_id, d.payload, d.attempts FROM deliveries d
		WHERE d.delivered_at = 0 AND d.failed_at = 0 AND d.channel = $1 AND d.next_at <= $2
		AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.incident_id = d.incident_id AND e.channel = d.channel
			AND e.delivered_at = 0 AND e.failed_at = 0 AND e.id < d.id)
		ORDER BY d.id LIMIT 1`, channel, millis(now))
	if err != nil {
		return delivery{}, false, fmt.Errorf("load deliveries of channel %s: %w", channel, err)
	}
	defer rows.Close()
	if rows.Next() {
		d, ok = delivery{channel: channel}, true
		var payload []byte
		if err := rows.Scan(&d.id, &d.key, &d.incidentID, &payload, &d.attempts); err != nil {
			return delivery{}, false, fmt.Errorf("load deliveries of channel %s: %w", channel, err)
		}
		if err := json.Unmarshal(payload, &d.payload); err != nil {
			return delivery{}, false, fmt.Errorf("load delivery %s: %w", d.id, err)
		}
		d.payload.Key = d.key
	}
	if err := rows.Err(); err != nil {
		return delivery{}, false, fmt.Errorf("load deliveries of channel %s: %w", channel, err)
	}
	return d, ok, nil
}

func noteDelivered(ctx context.Context, db *sqldb.DB, id string, now time.Time) error {
	return note(ctx, db, id, "UPDATE deliveries SET next_at = 0, delivered_at = $1, failed_at = 0, error = '' WHERE id = $2", millis(now), id)
}

func noteFailure(ctx context.Context, db *sqldb.DB, id string, failure error, next time.Time) error {
	return note(ctx, db, id, "UPDATE deliveries SET next_at = $1, error = $2 WHERE id = $3 AND failed_at = 0", millis(next), failure.Error(), id)
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
			WHERE delivered_at = 0 AND failed_at = 0 AND created_at < $2 RETURNING channel`, millis(now), millis(before))
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
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("give up old deliveries: %w", err)
	}
	return given, nil
}

// oldestWaiting returns when the oldest delivery was created that waits; the zero time when none does.
func oldestWaiting(ctx context.Context, q sqldb.Querier) (time.Time, error) {
	var ms int64
	err := q.QueryRow(ctx, "SELECT COALESCE(MIN(created_at), 0) FROM deliveries WHERE delivered_at = 0 AND failed_at = 0").Scan(&ms)
	if err != nil {
		return time.Time{}, fmt.Errorf("load the oldest delivery: %w", err)
	}
	return fromMillis(ms), nil
}

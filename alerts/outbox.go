package alerts

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	mathrand "math/rand/v2"
	"sync"
	"time"

	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/oklog/ulid/v2"
)

// A delivery is one notification on its way to one channel.
type delivery struct {
	id, key, channel, incidentID string
	payload                      notify.Notification
	attempts                     int
	created                      time.Time
}

// enqueue puts deliveries into the outbox; one whose key stands there already is left out.
func enqueue(ctx context.Context, tx *sqldb.Tx, deliveries []delivery, now time.Time) error {
	var rows [][]any
	for _, d := range deliveries {
		payload, err := json.Marshal(d.payload)
		if err != nil {
			return fmt.Errorf("enqueue notification: %w", err)
		}
		rows = append(rows, []any{d.key, ulid.MustNew(ulid.Timestamp(now), rand.Reader).String(), d.channel, d.incidentID, string(payload),
			0, millis(now), 0, 0, "", millis(now)})
	}
	_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "deliveries", Key: []string{"dedupe_key"}, Columns: []string{"dedupe_key", "id", "channel",
		"incident_id", "payload", "attempts", "next_at", "delivered_at", "failed_at", "error", "created_at"}}, rows)
	return err
}

// An Outbox delivers what the Watch has written, at least once, each channel by itself.
type Outbox struct {
	DB       *sqldb.DB
	Channels map[string]notify.Notifier
	Lease    func(ctx context.Context, name string, ttl time.Duration) (bool, error)
	Metrics  *Metrics
	Logger   *slog.Logger
}

const (
	deliverEvery  = time.Second
	deliverWithin = 15 * time.Second // for one attempt
	deliverFor    = 24 * time.Hour   // then it is given up
	firstRetry    = time.Second
	longestRetry  = 15 * time.Minute
)

// Run delivers until ctx ends. One process at a time delivers to a channel.
func (o *Outbox) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for name, notifier := range o.Channels {
		for _, result := range []string{"delivered", "retried", "failed"} {
			o.Metrics.deliveries.WithLabelValues(name, result).Add(0)
		}
		all.Go(func() { o.serve(ctx, name, notifier) })
	}
	all.Wait()
	<-ctx.Done()
	return nil
}

func (o *Outbox) serve(ctx context.Context, channel string, notifier notify.Notifier) {
	tick := time.NewTicker(deliverEvery)
	defer tick.Stop()
	for {
		if err := o.deliverDue(ctx, channel, notifier); err != nil && ctx.Err() == nil {
			o.Logger.Warn("deliveries wait", "channel", channel, "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// deliverDue tries what is due on a channel, the oldest first. The first that fails ends the round:
// the target is probably down, and order is worth keeping.
func (o *Outbox) deliverDue(ctx context.Context, channel string, notifier notify.Notifier) error {
	for ctx.Err() == nil {
		held, err := o.Lease(ctx, "channel:"+channel, 2*deliverWithin)
		if err != nil || !held {
			return err
		}
		d, ok, err := nextDelivery(ctx, o.DB, channel, time.Now())
		if err != nil || !ok {
			o.Metrics.oldest.Set(0)
			return err
		}
		o.Metrics.oldest.Set(time.Since(d.created).Seconds())
		attempt, cancel := context.WithTimeout(ctx, deliverWithin)
		failure := notifier.Notify(attempt, d.payload)
		cancel()
		if ctx.Err() != nil {
			return nil // not tried to the end: it is due again
		}
		if err := o.settle(ctx, &d, failure); err != nil || failure != nil {
			return err
		}
	}
	return nil
}

func nextDelivery(ctx context.Context, q sqldb.Querier, channel string, now time.Time) (d delivery, ok bool, err error) {
	rows, err := q.Query(ctx, `SELECT id, dedupe_key, incident_id, payload, attempts, created_at FROM deliveries
		WHERE delivered_at = 0 AND failed_at = 0 AND next_at <= $1 AND channel = $2 ORDER BY created_at, id LIMIT 1`, millis(now), channel)
	if err != nil {
		return delivery{}, false, fmt.Errorf("load deliveries: %w", err)
	}
	defer rows.Close()
	if rows.Next() {
		d = delivery{channel: channel}
		var payload string
		var created int64
		if err := rows.Scan(&d.id, &d.key, &d.incidentID, &payload, &d.attempts, &created); err != nil {
			return delivery{}, false, fmt.Errorf("load deliveries: %w", err)
		}
		if err := json.Unmarshal([]byte(payload), &d.payload); err != nil {
			return delivery{}, false, fmt.Errorf("load delivery %s: %w", d.id, err)
		}
		d.payload.Key, d.created, ok = d.key, fromMillis(created), true
	}
	if err := rows.Err(); err != nil {
		return delivery{}, false, fmt.Errorf("load deliveries: %w", err)
	}
	return d, ok, nil
}

// settle notes what became of an attempt.
func (o *Outbox) settle(ctx context.Context, d *delivery, failure error) error {
	now, result := time.Now(), "delivered"
	var next, delivered, failed int64
	text := ""
	if failure == nil {
		delivered = millis(now)
	} else {
		text, result = failure.Error(), "retried"
		pause := min(longestRetry, firstRetry*time.Duration(math.Exp2(float64(min(d.attempts, 12)))))
		next = millis(now.Add(mathrand.N(pause) + time.Millisecond)) // full jitter
		if now.Sub(d.created) > deliverFor {
			failed, result = millis(now), "failed"
		}
		o.Logger.Warn("notification was not delivered", "channel", d.channel, "incident_id", d.incidentID, "attempt", d.attempts+1, "result", result, "err", failure)
	}
	o.Metrics.deliveries.WithLabelValues(d.channel, result).Inc()
	err := o.DB.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE deliveries SET attempts = attempts + 1, next_at = $1, delivered_at = $2, failed_at = $3, error = $4 WHERE id = $5",
			next, delivered, failed, text, d.id)
		return err
	})
	if err != nil {
		return fmt.Errorf("note delivery %s: %w", d.id, err)
	}
	return nil
}

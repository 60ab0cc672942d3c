package crm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/groundswell/groundswell/internal/seal"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// A Courier takes what webhooks are told to them, at least once, each webhook by itself: one that
// hangs keeps no other waiting.
type Courier struct {
	DB      *sqldb.DB
	Secrets *seal.Box // opens what signs
	// Send posts once. It ends when ctx does, and its error holds no secret.
	Send func(ctx context.Context, p Posting) Answer
	// Wait is how long to wait after so many failures before the last.
	Wait     func(failures int) time.Duration
	Lease    func(ctx context.Context, name string, ttl time.Duration) (bool, error)
	Patience Patience
	Keep     time.Duration // what is not waiting any more stays in the log for so long
	Now      func() time.Time
	Metrics  *CourierMetrics
	Logger   *slog.Logger

	mu   sync.Mutex
	rest map[string]rest // of webhooks that are being served, or failed lately
}

// rest is what is remembered of a webhook between rounds.
type rest struct {
	busy     bool
	failures int
	until    time.Time // it is left alone until then: it is probably down
}

// A Posting is one POST.
type Posting struct {
	URL     string
	Secrets []string // that sign it, the current one first
	ID      string   // of the message
	Body    []byte
}

const (
	courierEvery  = 500 * time.Millisecond
	courierTidies = time.Minute
	postWithin    = 15 * time.Second // for one attempt
	longestRest   = time.Minute
)

// CourierMetrics are what a Courier measures.
type CourierMetrics struct {
	deliveries      *prometheus.CounterVec
	waiting, oldest prometheus.Gauge
}

// NewCourierMetrics registers the metrics.
func NewCourierMetrics(r prometheus.Registerer) *CourierMetrics {
	f := promauto.With(r)
	m := &CourierMetrics{
		deliveries: f.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_webhook_deliveries_total",
			Help: "Attempts to deliver to webhooks, by result: delivered, retried, or failed when a delivery was given up."}, []string{"result"}),
		waiting: f.NewGauge(prometheus.GaugeOpts{Name: "groundswell_webhook_waiting_deliveries", Help: "Deliveries that wait for webhooks that are active."}),
		oldest:  f.NewGauge(prometheus.GaugeOpts{Name: "groundswell_webhook_oldest_delivery_seconds", Help: "Age of the oldest delivery that waits for an active webhook; 0 when none does."}),
	}
	for _, result := range []string{DeliveryDelivered, "retried", DeliveryFailed} {
		m.deliveries.WithLabelValues(result).Add(0)
	}
	return m
}

// Run delivers until ctx ends.
func (c *Courier) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	tick := time.NewTicker(courierEvery)
	defer tick.Stop()
	var tidied time.Time
	for {
		err := c.round(ctx, &all)
		if now := c.Now(); err == nil && now.Sub(tidied) >= courierTidies {
			tidied, err = now, c.tidy(ctx)
		}
		if err != nil && ctx.Err() == nil {
			c.Logger.Warn("webhooks wait", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// round begins to serve every active webhook that is not being served and does not rest.
func (c *Courier) round(ctx context.Context, all *sync.WaitGroup) error {
	list, err := webhooks.find(ctx, c.DB, "WHERE state = $1 ORDER BY id", WebhookActive)
	if err != nil {
		return err
	}
	for _, w := range list {
		if !c.begin(w.ID) {
			continue
		}
		all.Go(func() {
			failed, err := c.serve(ctx, w.ID)
			c.end(w.ID, failed)
			if err != nil && ctx.Err() == nil {
				c.Logger.Warn("a webhook waits", "webhook_id", w.ID, "err", err)
			}
		})
	}
	return nil
}

func (c *Courier) begin(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rest == nil {
		c.rest = make(map[string]rest)
	}
	r := c.rest[id]
	if r.busy || c.Now().Before(r.until) {
		return false
	}
	r.busy = true
	c.rest[id] = r
	return true
}

func (c *Courier) end(id string, failed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !failed {
		delete(c.rest, id)
		return
	}
	r := c.rest[id]
	r.busy = false
	r.until = c.Now().Add(min(longestRest, c.Wait(r.failures)))
	r.failures++
	c.rest[id] = r
}

// serve delivers what is due, the oldest first, until nothing is or an attempt fails.
func (c *Courier) serve(ctx context.Context, id string) (failed bool, err error) {
	for ctx.Err() == nil {
		if held, err := c.Lease(ctx, "webhook:"+id, 2*postWithin); err == nil && !held {
			return false, nil // another process does
		}
		w, d, ok, err := c.claim(ctx, id)
		if err != nil || !ok {
			return false, err
		}
		taken, err := c.attempt(ctx, &w, &d)
		if err != nil || !taken {
			return true, err
		}
	}
	return false, nil
}

// claim takes the next delivery that is due for as long as an attempt may last. One about a record
// waits for those before it about the same one.
func (c *Courier) claim(ctx context.Context, id string) (w Webhook, d WebhookDelivery, ok bool, err error) {
	now := c.Now()
	due, err := findDeliveries(ctx, c.DB, `WHERE webhook_id = $1 AND state = 'waiting' AND next_at <= $2 AND NOT EXISTS (SELECT 1 FROM webhook_deliveries e
		WHERE e.webhook_id = d.webhook_id AND e.record_id = d.record_id AND e.state = 'waiting' AND e.id < d.id) ORDER BY next_at, id LIMIT 1`, id, sqldb.Millis(now))
	if err != nil || len(due) == 0 {
		return w, d, false, err
	}
	err = c.DB.Update(ctx, func(tx *sqldb.Tx) error {
		if w, err = webhooks.byID(ctx, tx, System(), id, 0); err != nil || w.State != WebhookActive {
			ok = false
			return err
		}
		d = due[0]
		n, err := tx.Exec(ctx, "UPDATE webhook_deliveries SET attempts = attempts + 1, next_at = $1 WHERE webhook_id = $2 AND id = $3 AND attempts = $4 AND state = 'waiting'",
			sqldb.Millis(now.Add(2*postWithin)), id, d.ID, d.Attempts)
		d.Attempts++
		ok = n == 1 // else another process has it
		return err
	})
	return w, d, ok, err
}

// attempt makes one attempt and notes what became of it, even when the process is ending.
func (c *Courier) attempt(ctx context.Context, w *Webhook, d *WebhookDelivery) (taken bool, err error) {
	answer, err := c.post(ctx, w, d.MessageID, d.Body)
	if err != nil {
		return false, err
	}
	now := c.Now()
	before := *w
	pause := d.settle(w, answer, now, c.Wait(int(d.Attempts)-1), c.Patience)
	result := d.State
	if result == DeliveryWaiting {
		result = "retried"
	}
	c.Metrics.deliveries.WithLabelValues(result).Inc()
	note, cancel := context.WithTimeout(context.WithoutCancel(ctx), postWithin/3)
	defer cancel()
	return answer.Err == nil, c.DB.Update(note, func(tx *sqldb.Tx) error {
		if err := noteAttempt(note, tx, d); err != nil {
			return err
		}
		if !before.FailingSince.Equal(w.FailingSince) { // it is no change of what people set, so no new version
			if _, err := tx.Exec(note, "UPDATE webhooks SET failing_since = $1 WHERE id = $2", sqldb.Millis(w.FailingSince), w.ID); err != nil {
				return fmt.Errorf("note webhook %s: %w", w.ID, err)
			}
		}
		if pause {
			return pauseWebhook(note, tx, w.ID, d.Error, now)
		}
		return nil
	})
}

func (c *Courier) post(ctx context.Context, w *Webhook, id, body string) (Answer, error) {
	secrets, err := SecretsOf(ctx, c.DB, c.Secrets, w.ID, c.Now())
	if errors.Is(err, seal.ErrOtherKey) {
		return Answer{Err: err}, nil // for the log of the webhook: people have to do something
	}
	if err != nil {
		return Answer{}, err
	}
	limited, cancel := context.WithTimeout(ctx, postWithin)
	defer cancel()
	return c.Send(limited, Posting{URL: w.URL, Secrets: secrets, ID: id, Body: []byte(body)}), nil
}

func noteAttempt(ctx context.Context, tx *sqldb.Tx, d *WebhookDelivery) error {
	_, err := tx.Exec(ctx, `UPDATE webhook_deliveries SET state = $1, next_at = $2, tried_at = $3, status = $4, duration_ms = $5, error = $6
		WHERE webhook_id = $7 AND id = $8 AND attempts = $9`,
		d.State, sqldb.Millis(d.NextAt), sqldb.Millis(d.TriedAt), d.Status, d.Millis, d.Error, d.WebhookID, d.ID, d.Attempts)
	if err != nil {
		return fmt.Errorf("note delivery %s of webhook %s: %w", d.ID, d.WebhookID, err)
	}
	return addAttempt(ctx, tx, d)
}

// pauseWebhook stops trying and tells the owner.
func pauseWebhook(ctx context.Context, tx *sqldb.Tx, id, reason string, now time.Time) error {
	w, err := webhooks.byID(ctx, tx, System(), id, 0)
	if err != nil || w.State != WebhookActive {
		return err
	}
	after := w
	after.State = WebhookPaused
	ch := Change{By: ByLimit, At: now, Why: reason, Access: System()}
	if err := webhooks.save(ctx, tx, ch, "pause", &w, &after); err != nil {
		return err
	}
	return tellPeople(ctx, tx, ch, []string{w.OwnerID}, Notice{Kind: NoticeWebhook, Text: fmt.Sprintf("Webhook %s is paused: %s", w.Name, reason)})
}

// SendTest sends a test to a webhook at once, whatever its state, and notes it in its log.
func (c *Courier) SendTest(ctx context.Context, ch Change, id string) (WebhookDelivery, error) {
	if err := ch.Access.Check(ctx, c.DB, ToUpdate, RecordWebhook, id); err != nil {
		return WebhookDelivery{}, err
	}
	w, err := webhooks.byID(ctx, c.DB, System(), id, 0)
	if err != nil {
		return WebhookDelivery{}, err
	}
	d := WebhookDelivery{WebhookID: id, ID: NewID(ch.At), Type: "webhook", Action: "test", RecordID: "webhook:" + id, State: DeliveryWaiting, Attempts: 1, Since: ch.At}
	d.MessageID = d.ID
	body, err := json.Marshal(map[string]any{"type": "webhook.test", "timestamp": ch.At.UTC().Truncate(time.Millisecond), "data": map[string]any{
		"v": 1, "id": d.ID, "type": "webhook", "action": "test", "record_id": id, "by": ch.By}})
	if err != nil {
		return d, fmt.Errorf("test webhook %s: %w", id, err)
	}
	d.Body = string(body)
	answer, err := c.post(ctx, &w, d.ID, d.Body)
	if err != nil {
		return d, err
	}
	d.settle(&Webhook{}, answer, c.Now(), 0, Patience{}) // it is tried once
	if d.State == DeliveryWaiting {
		d.State, d.NextAt = DeliveryFailed, time.Time{}
	}
	return d, c.DB.Update(ctx, func(tx *sqldb.Tx) error {
		if err := addDeliveries(ctx, tx, []WebhookDelivery{d}); err != nil {
			return err
		}
		return addAttempt(ctx, tx, &d)
	})
}

// tidy measures what waits, gives up what waits for too long, also for webhooks that are not
// active, and removes what is old.
func (c *Courier) tidy(ctx context.Context) error {
	now := c.Now()
	var n, oldest int64
	err := c.DB.QueryRow(ctx, `SELECT count(*), COALESCE(min(since), 0) FROM webhook_deliveries
		WHERE state = 'waiting' AND webhook_id IN (SELECT id FROM webhooks WHERE state = 'active')`).Scan(&n, &oldest)
	if err != nil {
		return fmt.Errorf("measure deliveries of webhooks: %w", err)
	}
	c.Metrics.waiting.Set(float64(n))
	age := time.Duration(0)
	if n > 0 {
		age = max(0, now.Sub(sqldb.FromMillis(oldest)))
	}
	c.Metrics.oldest.Set(age.Seconds())
	given, err := dbExec(ctx, c.DB, `UPDATE webhook_deliveries SET state = 'failed', next_at = 0, error = CASE WHEN error = '' THEN 'it was not delivered in time' ELSE error END
		WHERE state = 'waiting' AND since < $1`, sqldb.Millis(now.Add(-c.Patience.GiveUp)))
	if err != nil {
		return fmt.Errorf("give up old deliveries of webhooks: %w", err)
	}
	c.Metrics.deliveries.WithLabelValues(DeliveryFailed).Add(float64(given))
	return c.forget(ctx, now.Add(-c.Keep))
}

// forget removes deliveries that do not wait any more, and attempts, from before a time.
func (c *Courier) forget(ctx context.Context, before time.Time) error {
	const some = 1000 // so that nobody waits long
	for _, query := range []string{
		`DELETE FROM webhook_deliveries WHERE (webhook_id, id) IN (SELECT webhook_id, id FROM webhook_deliveries WHERE since < $1 AND state <> 'waiting' LIMIT $2)`,
		`DELETE FROM webhook_attempts WHERE (webhook_id, delivery_id, id) IN (SELECT webhook_id, delivery_id, id FROM webhook_attempts WHERE at < $1 LIMIT $2)`,
	} {
		for n := int64(some); n == some; {
			var err error
			if n, err = dbExec(ctx, c.DB, query, sqldb.Millis(before), some); err != nil {
				return fmt.Errorf("remove old deliveries of webhooks: %w", err)
			}
		}
	}
	return ctx.Err()
}

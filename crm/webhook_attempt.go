package crm

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A WebhookAttempt is one attempt to deliver, and what became of it.
type WebhookAttempt struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`          // when it ended
	Status int64     `json:"status"`      // of the answer; 0: there was none
	Millis int64     `json:"duration_ms"` // how long it took
	Error  string    `json:"error"`       // empty: it was taken
}

// maxAttempts of a delivery are kept, the last ones. A delivery that is retried for three days comes to
// thirty; only one that people send again and again comes to more.
const maxAttempts = 100

// attempt is the attempt that was settled last.
func (d *WebhookDelivery) attempt() WebhookAttempt {
	return WebhookAttempt{ID: NewID(d.TriedAt), At: d.TriedAt, Status: d.Status, Millis: d.Millis, Error: d.Error}
}

// addAttempt notes an attempt of a delivery, and forgets the oldest where there are too many.
func addAttempt(ctx context.Context, tx *sqldb.Tx, d *WebhookDelivery) error {
	a := d.attempt()
	_, err := tx.Exec(ctx, "INSERT INTO webhook_attempts (webhook_id, delivery_id, id, at, status, duration_ms, error) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		d.WebhookID, d.ID, a.ID, sqldb.Millis(a.At), a.Status, a.Millis, a.Error)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM webhook_attempts WHERE webhook_id = $1 AND delivery_id = $2 AND id <= (SELECT id FROM webhook_attempts
			WHERE webhook_id = $1 AND delivery_id = $2 ORDER BY id DESC LIMIT 1 OFFSET $3)`, d.WebhookID, d.ID, maxAttempts)
	}
	if err != nil {
		return fmt.Errorf("note attempt of delivery %s of webhook %s: %w", d.ID, d.WebhookID, err)
	}
	return nil
}

// WebhookAttempts lists the attempts of a delivery, the newest first.
func WebhookAttempts(ctx context.Context, q sqldb.Querier, a *Access, webhookID, deliveryID string) (all []WebhookAttempt, err error) {
	if _, err := webhooks.byID(ctx, q, a, webhookID, 0); err != nil {
		return nil, err
	}
	found, err := findDeliveries(ctx, q, "WHERE webhook_id = $1 AND id = $2", webhookID, deliveryID)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("load delivery %s: %w", deliveryID, ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	err = sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var t WebhookAttempt
		err := rows.Scan(&t.ID, atColumn{&t.At}, &t.Status, &t.Millis, &t.Error)
		all = append(all, t)
		return err
	}, "SELECT id, at, status, duration_ms, error FROM webhook_attempts WHERE webhook_id = $1 AND delivery_id = $2 ORDER BY id DESC", webhookID, deliveryID)
	if err != nil {
		return nil, fmt.Errorf("load attempts of delivery %s: %w", deliveryID, err)
	}
	return all, nil
}

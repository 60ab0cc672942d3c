package crm

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/seal"
	"github.com/groundswell/groundswell/internal/sqldb"
)

var webhooks = table[Webhook, *Webhook]{kind: RecordWebhook, name: "webhooks",
	columns: []string{"name", "url", "host", "types", "actions", "state", "owner_id", "failing_since"},
	bind: func(w *Webhook) []any {
		return []any{&w.Name, &w.URL, &w.Host, jsonColumn{&w.Types}, jsonColumn{&w.Actions}, &w.State, &w.OwnerID, atColumn{&w.FailingSince}}
	}}

// Webhooks lists all of them, by name.
func Webhooks(ctx context.Context, q sqldb.Querier, a *Access) ([]Webhook, error) {
	if err := a.Demand(ToRead, RecordWebhook); err != nil {
		return nil, err
	}
	return webhooks.find(ctx, q, "ORDER BY name, id")
}

// WebhookByID loads a webhook.
func WebhookByID(ctx context.Context, q sqldb.Querier, a *Access, id string) (Webhook, error) {
	return webhooks.byID(ctx, q, a, id, 0)
}

// CreateWebhook saves a new webhook and returns its secret, which is not shown again.
func CreateWebhook(ctx context.Context, tx *sqldb.Tx, ch Change, box *seal.Box, w Webhook) (Webhook, string, error) {
	var n int
	if err := tx.QueryRow(ctx, "SELECT count(*) FROM webhooks").Scan(&n); err != nil {
		return w, "", fmt.Errorf("count webhooks: %w", err)
	}
	if n >= maxWebhooks {
		return w, "", invalid("name", "there are %d webhooks already: at most %d; delete one that is not needed", n, maxWebhooks)
	}
	if w.OwnerID == "" {
		w.OwnerID = ch.By
	}
	if w.State == "" {
		w.State = WebhookActive
	}
	if err := checkUser(ctx, tx, "owner_id", w.OwnerID); err != nil {
		return w, "", err
	}
	if err := webhooks.create(ctx, tx, ch, &w); err != nil {
		return w, "", err
	}
	secret, err := keepNewSecret(ctx, tx, ch, box, w.ID)
	return w, secret, err
}

// UpdateWebhook changes what a webhook is told, and where. Switching it on again begins anew: its
// failures are forgotten. version is the one the caller loaded, or 0 for any.
func UpdateWebhook(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64, set Webhook) (Webhook, error) {
	return webhooks.change(ctx, tx, ch, id, version, "update", func(w *Webhook) error {
		w.Name, w.URL, w.Types, w.Actions = set.Name, set.URL, set.Types, set.Actions
		if set.OwnerID != "" && set.OwnerID != w.OwnerID {
			if err := checkUser(ctx, tx, "owner_id", set.OwnerID); err != nil {
				return err
			}
			w.OwnerID = set.OwnerID
		}
		switch set.State {
		case "", w.State:
		case WebhookActive, WebhookOff:
			w.State, w.FailingSince = set.State, time.Time{}
		default:
			return invalid("state", "%q is not one of active, off", set.State)
		}
		return nil
	})
}

// DeleteWebhook removes a webhook with its secrets and its log.
func DeleteWebhook(ctx context.Context, tx *sqldb.Tx, ch Change, id string) error {
	if err := ch.Access.Check(ctx, tx, ToDelete, RecordWebhook, id); err != nil {
		return err
	}
	w, err := webhooks.byID(ctx, tx, System(), id, 0)
	if err != nil {
		return err
	}
	for _, query := range []string{"DELETE FROM webhook_attempts WHERE webhook_id = $1", "DELETE FROM webhook_deliveries WHERE webhook_id = $1", "DELETE FROM webhook_secrets WHERE webhook_id = $1", "DELETE FROM webhooks WHERE id = $1"} {
		if _, err := tx.Exec(ctx, query, id); err != nil {
			return fmt.Errorf("delete webhook %s: %w", id, err)
		}
	}
	return record(ctx, tx, ch, changedRecord{action: "delete", kind: RecordWebhook, id: id, before: w})
}

// RotateSecret gives a webhook a new secret, which is not shown again. The old one signs beside it
// for the overlap, so that the receiver can change over without losing a message.
func RotateSecret(ctx context.Context, tx *sqldb.Tx, ch Change, box *seal.Box, id string, overlap time.Duration) (string, error) {
	w, err := webhooks.forChange(ctx, tx, ch, id, 0)
	if err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM webhook_secrets WHERE webhook_id = $1 AND ends_at <> 0", id); err != nil {
		return "", fmt.Errorf("rotate secret of webhook %s: %w", id, err)
	}
	if _, err := tx.Exec(ctx, "UPDATE webhook_secrets SET ends_at = $1 WHERE webhook_id = $2", sqldb.Millis(ch.At.Add(overlap)), id); err != nil {
		return "", fmt.Errorf("rotate secret of webhook %s: %w", id, err)
	}
	secret, err := keepNewSecret(ctx, tx, ch, box, id)
	if err != nil {
		return "", err
	}
	after := w
	return secret, webhooks.save(ctx, tx, ch, "rotate-secret", &w, &after)
}

// keepNewSecret makes a webhook's secret, which signs from now on.
func keepNewSecret(ctx context.Context, tx *sqldb.Tx, ch Change, box *seal.Box, webhookID string) (string, error) {
	secret, sealed, err := newSealed(box, ofWebhook(webhookID))
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, "INSERT INTO webhook_secrets (id, webhook_id, secret, made_at, ends_at) VALUES ($1, $2, $3, $4, 0)",
		NewID(ch.At), webhookID, sealed, sqldb.Millis(ch.At))
	if err != nil {
		return "", fmt.Errorf("make secret of webhook %s: %w", webhookID, err)
	}
	return secret, nil
}

// SecretsOf are the secrets that sign for a webhook, the current one first.
func SecretsOf(ctx context.Context, q sqldb.Querier, box *seal.Box, webhookID string, now time.Time) ([]string, error) {
	all, err := sqldb.Strings(ctx, q, "SELECT secret FROM webhook_secrets WHERE webhook_id = $1 AND (ends_at = 0 OR ends_at > $2) ORDER BY ends_at, id", webhookID, sqldb.Millis(now))
	if err != nil {
		return nil, fmt.Errorf("load secrets of webhook %s: %w", webhookID, err)
	}
	return openSecrets(box, ofWebhook(webhookID), all)
}

// callWebhooks puts messages into the outboxes of the webhooks that ask for them. One that is
// paused gets them too: it may be switched on again before they are given up.
func callWebhooks(ctx context.Context, tx *sqldb.Tx, messages []Message) error {
	all, err := webhooks.find(ctx, tx, "WHERE state <> $1 ORDER BY id", WebhookOff)
	if err != nil || len(all) == 0 {
		return err
	}
	var list []WebhookDelivery
	for i := range messages {
		m := &messages[i]
		for k := range all {
			if !all[k].wants(m) {
				continue
			}
			d, err := m.delivery(all[k].ID)
			if err != nil {
				return err
			}
			list = append(list, d)
		}
	}
	return addDeliveries(ctx, tx, list)
}

// delivery is what a webhook is told by a message.
func (m *Message) delivery(webhookID string) (WebhookDelivery, error) {
	body, err := json.Marshal(map[string]any{"type": m.Type + "." + m.Action, "timestamp": m.At, "data": m})
	if err != nil {
		return WebhookDelivery{}, fmt.Errorf("tell webhook %s of %s %s: %w", webhookID, m.Type, m.RecordID, err)
	}
	return WebhookDelivery{WebhookID: webhookID, ID: NewID(m.At), MessageID: m.ID, Type: m.Type, Action: m.Action, RecordID: m.key(), Body: string(body),
		State: DeliveryWaiting, NextAt: m.At, Since: m.At}, nil
}

const deliveryColumns = "webhook_id, id, message_id, type, action, record_id, body, state, attempts, next_at, tried_at, status, duration_ms, error, since"

func addDeliveries(ctx context.Context, tx *sqldb.Tx, list []WebhookDelivery) error {
	rows := make([][]any, len(list))
	for i := range list {
		d := &list[i]
		rows[i] = []any{d.WebhookID, d.ID, d.MessageID, d.Type, d.Action, d.RecordID, d.Body, d.State, d.Attempts, sqldb.Millis(d.NextAt), sqldb.Millis(d.TriedAt),
			d.Status, d.Millis, d.Error, sqldb.Millis(d.Since)}
	}
	_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "webhook_deliveries", Key: []string{"webhook_id", "id"}, Columns: []string{"webhook_id", "id", "message_id", "type",
		"action", "record_id", "body", "state", "attempts", "next_at", "tried_at", "status", "duration_ms", "error", "since"}}, rows)
	return err
}

func scanDelivery(rows *sql.Rows) (d WebhookDelivery, err error) {
	err = rows.Scan(&d.WebhookID, &d.ID, &d.MessageID, &d.Type, &d.Action, &d.RecordID, &d.Body, &d.State, &d.Attempts, atColumn{&d.NextAt}, atColumn{&d.TriedAt},
		&d.Status, &d.Millis, &d.Error, atColumn{&d.Since})
	return d, err
}

func findDeliveries(ctx context.Context, q sqldb.Querier, rest string, args ...any) (all []WebhookDelivery, err error) {
	err = sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		d, err := scanDelivery(rows)
		all = append(all, d)
		return err
	}, "SELECT "+deliveryColumns+" FROM webhook_deliveries d "+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("load deliveries of webhooks: %w", err)
	}
	return all, nil
}

// A WebhookLog chooses deliveries of a webhook; an empty field does not restrict.
type WebhookLog struct {
	WebhookID, State, Cursor string
	Limit                    int
}

// WebhookDeliveries lists what a webhook was told, the newest first, a page at a time.
func WebhookDeliveries(ctx context.Context, q sqldb.Querier, a *Access, f WebhookLog) (list []WebhookDelivery, next string, err error) {
	if _, err := webhooks.byID(ctx, q, a, f.WebhookID, 0); err != nil {
		return nil, "", err
	}
	limit := pageSize(f.Limit)
	w := &where{}
	w.add("webhook_id = ?", f.WebhookID)
	if f.State != "" {
		w.add("state = ?", f.State)
	}
	if f.Cursor != "" {
		fields, err := decodeCursor(f.Cursor, 1)
		if err != nil {
			return nil, "", err
		}
		w.add("id < ?", fields[0])
	}
	list, err = findDeliveries(ctx, q, w.sql()+" ORDER BY id DESC"+w.limit(limit+1), w.args...)
	if err == nil && len(list) > limit {
		list = list[:limit]
		next = encodeCursor(list[limit-1].ID)
	}
	return list, next, err
}

// Redeliver has a delivery sent again, whether it arrived or was given up, for as long as a new one.
func Redeliver(ctx context.Context, tx *sqldb.Tx, ch Change, webhookID, id string) (WebhookDelivery, error) {
	w, err := webhooks.forChange(ctx, tx, ch, webhookID, 0)
	if err != nil {
		return WebhookDelivery{}, err
	}
	if w.State != WebhookActive {
		return WebhookDelivery{}, fmt.Errorf("send delivery %s again: the webhook is %s, switch it on first: %w", id, w.State, ErrConflict)
	}
	n, err := tx.Exec(ctx, "UPDATE webhook_deliveries SET state = $1, attempts = 0, next_at = $2, since = $2 WHERE webhook_id = $3 AND id = $4 AND state <> $1",
		DeliveryWaiting, sqldb.Millis(ch.At), webhookID, id)
	if err != nil {
		return WebhookDelivery{}, fmt.Errorf("send delivery %s again: %w", id, err)
	}
	found, err := findDeliveries(ctx, tx, "WHERE webhook_id = $1 AND id = $2", webhookID, id)
	switch {
	case err != nil:
		return WebhookDelivery{}, err
	case len(found) == 0:
		return WebhookDelivery{}, fmt.Errorf("send delivery %s again: %w", id, ErrNotFound)
	case n == 0:
		return WebhookDelivery{}, fmt.Errorf("send delivery %s again: it waits to be sent already: %w", id, ErrConflict)
	}
	return found[0], nil
}

package web

import (
	"context"
	"net/http"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// WebhookBody is what people enter of a webhook.
type WebhookBody struct {
	Name    string   `json:"name" minLength:"1" maxLength:"200"`
	URL     string   `json:"url" minLength:"1" maxLength:"2000" doc:"Where messages are posted to: https; http only into networks that the configuration allows."`
	Types   []string `json:"types,omitempty" maxItems:"50" doc:"Types of records it is told of, such as contact or lead; none: all."`
	Actions []string `json:"actions,omitempty" maxItems:"50" doc:"Such as create, update, delete, merge; none: all."`
	State   string   `json:"state,omitempty" enum:"active,off" doc:"Left out: as it is; a new one is active."`
	OwnerID string   `json:"owner_id,omitempty" maxLength:"100" doc:"Who is told when it is paused. Left out: as it is; of a new one, who makes it."`
}

func (b *WebhookBody) webhook() crm.Webhook {
	return crm.Webhook{Name: b.Name, URL: b.URL, Types: b.Types, Actions: b.Actions, State: b.State, OwnerID: b.OwnerID}
}

// WebhookView is a webhook as who may manage webhooks sees it.
type WebhookView struct {
	crm.Webhook
	URL   string `json:"url"`
	State string `json:"state" enum:"active,paused,off" doc:"paused: it took nothing for too long, or answered 410; switch it on to try again."`
	Owner string `json:"owner"`
}

// NewWebhookView is a new webhook with its secret.
type NewWebhookView struct {
	WebhookView
	Secret string `json:"secret" doc:"Signs what is posted (Standard Webhooks). It is not shown again."`
}

// SecretView is a new secret.
type SecretView struct {
	Secret string    `json:"secret" doc:"It is not shown again."`
	EndsAt time.Time `json:"old_ends_at" doc:"Until then the old secret signs beside it."`
}

// WebhookDeliveryView is a delivery in the log of a webhook.
type WebhookDeliveryView struct {
	crm.WebhookDelivery
	State string `json:"state" enum:"waiting,delivered,failed"`
}

type (
	createWebhookInput struct{ Body WebhookBody }
	updateWebhookInput struct {
		IDInput
		Expectation
		Body WebhookBody
	}
	rotateSecretInput struct {
		IDInput
		Body struct {
			OverlapHours int `json:"overlap_hours,omitempty" minimum:"0" maximum:"168" default:"24" doc:"For so long the old secret signs, too."`
		}
	}
	webhookLogInput struct {
		IDInput
		PageInput
		State string `query:"state" enum:"waiting,delivered,failed"`
	}
	webhookDeliveryInput struct {
		IDInput
		DeliveryID string `path:"delivery_id" maxLength:"100"`
	}
)

func (s *Server) webhookRoutes() {
	const tag = "webhooks"
	operate(s, needs(crm.ToRead, crm.RecordWebhook), getting(tag, "list-webhooks", "/webhooks", "List webhooks by name"), s.listWebhooks)
	operate(s, needs(crm.ToCreate, crm.RecordWebhook), doing(tag, "create-webhook", http.MethodPost, "/webhooks", "Have an address told of changed records; shows the secret once"), s.createWebhook)
	operate(s, needs(crm.ToRead, crm.RecordWebhook), getting(tag, "get-webhook", "/webhooks/{id}", "Get a webhook"), s.getWebhook)
	operate(s, needs(crm.ToUpdate, crm.RecordWebhook), doing(tag, "update-webhook", http.MethodPut, "/webhooks/{id}", "Change a webhook, switch it off or on again"), s.updateWebhook)
	operate(s, needs(crm.ToDelete, crm.RecordWebhook), doing(tag, "delete-webhook", http.MethodDelete, "/webhooks/{id}", "Remove a webhook with its log"),
		func(ctx context.Context, in *IDInput) (*struct{}, error) {
			return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error { return crm.DeleteWebhook(ctx, tx, s.change(ctx, ""), in.ID) })
		})
	rotate := doing(tag, "rotate-webhook-secret", http.MethodPost, "/webhooks/{id}/secret", "Give a webhook a new secret; the old one signs beside it for a while")
	operate(s, needs(crm.ToUpdate, crm.RecordWebhook), rotate, s.rotateSecret)
	test := doing(tag, "test-webhook", http.MethodPost, "/webhooks/{id}/test", "Send a test at once, and say what became of it")
	test.Errors = append(test.Errors, http.StatusTooManyRequests)
	operate(s, needs(crm.ToUpdate, crm.RecordWebhook), test, s.testWebhook)
	operate(s, needs(crm.ToRead, crm.RecordWebhook), getting(tag, "list-webhook-deliveries", "/webhooks/{id}/deliveries", "List what a webhook was told, the newest first"), s.listWebhookDeliveries)
	operate(s, needs(crm.ToRead, crm.RecordWebhook), getting(tag, "list-webhook-attempts", "/webhooks/{id}/deliveries/{delivery_id}/attempts", "List the attempts of a delivery, the newest first; the last hundred are kept"), s.listWebhookAttempts)
	operate(s, needs(crm.ToUpdate, crm.RecordWebhook), doing(tag, "redeliver", http.MethodPost, "/webhooks/{id}/deliveries/{delivery_id}/redeliver", "Send something again"), s.redeliver)
}

// webhookView shows webhooks with the names of their owners.
func webhookView(ctx context.Context, q sqldb.Querier) (func(crm.Webhook) WebhookView, error) {
	names, err := userNames(ctx, q)
	return func(w crm.Webhook) WebhookView {
		return WebhookView{w, w.URL, w.State, nameOr(names, w.OwnerID)}
	}, err
}

func (s *Server) listWebhooks(ctx context.Context, _ *struct{}) (*one[Page[WebhookView]], error) {
	view, err := webhookView(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	list, err := crm.Webhooks(ctx, s.DB, accessFrom(ctx))
	return views(list, "", err, view)
}

func (s *Server) getWebhook(ctx context.Context, in *IDInput) (*versioned[WebhookView], error) {
	w, err := crm.WebhookByID(ctx, s.DB, accessFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	view, err := webhookView(ctx, s.DB)
	return &versioned[WebhookView]{etag(w.Version), view(w)}, err
}

func (s *Server) createWebhook(ctx context.Context, in *createWebhookInput) (*versioned[NewWebhookView], error) {
	var out *versioned[NewWebhookView]
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		w, secret, err := crm.CreateWebhook(ctx, tx, s.change(ctx, ""), s.secretBox, in.Body.webhook())
		if err != nil {
			return err
		}
		view, err := webhookView(ctx, tx)
		out = &versioned[NewWebhookView]{etag(w.Version), NewWebhookView{view(w), secret}}
		return err
	})
	return out, err
}

func (s *Server) updateWebhook(ctx context.Context, in *updateWebhookInput) (*versioned[WebhookView], error) {
	view, err := webhookView(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	return saved(ctx, s, in.Expectation, view, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.Webhook, error) {
		return crm.UpdateWebhook(ctx, tx, ch, in.ID, version, in.Body.webhook())
	})
}

func (s *Server) rotateSecret(ctx context.Context, in *rotateSecretInput) (*one[SecretView], error) {
	var out SecretView
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		ch, overlap := s.change(ctx, ""), time.Duration(in.Body.OverlapHours)*time.Hour
		out.EndsAt = instant(ch.At.Add(overlap))
		out.Secret, err = crm.RotateSecret(ctx, tx, ch, s.secretBox, in.ID, overlap)
		return err
	})
	return &one[SecretView]{out}, err
}

func (s *Server) testWebhook(ctx context.Context, in *IDInput) (*one[WebhookDeliveryView], error) {
	if s.Courier == nil {
		return nil, faultf(kindNotFound, "this process sends nothing to webhooks")
	}
	if wait := s.testThrottle.begin(ctx, "webhook "+in.ID, requestFrom(ctx).address); wait > 0 {
		return nil, tooMany(testedOften, wait)
	}
	d, err := s.Courier.SendTest(ctx, s.change(ctx, ""), in.ID)
	return &one[WebhookDeliveryView]{WebhookDeliveryView{d, d.State}}, err
}

func (s *Server) listWebhookDeliveries(ctx context.Context, in *webhookLogInput) (*one[Page[WebhookDeliveryView]], error) {
	list, next, err := crm.WebhookDeliveries(ctx, s.DB, accessFrom(ctx), crm.WebhookLog{WebhookID: in.ID, State: in.State, Cursor: in.Cursor, Limit: in.Limit})
	return views(list, next, err, func(d crm.WebhookDelivery) WebhookDeliveryView { return WebhookDeliveryView{d, d.State} })
}

func (s *Server) listWebhookAttempts(ctx context.Context, in *webhookDeliveryInput) (*one[Page[crm.WebhookAttempt]], error) {
	list, err := crm.WebhookAttempts(ctx, s.DB, accessFrom(ctx), in.ID, in.DeliveryID)
	return page(list, ""), err
}

func (s *Server) redeliver(ctx context.Context, in *webhookDeliveryInput) (*one[WebhookDeliveryView], error) {
	var d crm.WebhookDelivery
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		d, err = crm.Redeliver(ctx, tx, s.change(ctx, ""), in.ID, in.DeliveryID)
		return err
	})
	return &one[WebhookDeliveryView]{WebhookDeliveryView{d, d.State}}, err
}

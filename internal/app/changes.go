package app

import (
	"context"
	"errors"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/crm/verify"
	"github.com/groundswell/groundswell/internal/seal"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/web"
)

// addChanges sets up what tells other programs of changed records, in the role alerts: the topic of
// the CRM, and the webhooks. The pages test webhooks, so the role web has a courier, too; it goes on
// with hand-overs.
func (a *App) addChanges(ctx context.Context) error {
	if !a.Config.Has("alerts") && !a.Config.Has("web") {
		return nil
	}
	secrets, err := seal.New(a.key, crm.SealsSecrets)
	if err != nil {
		return err
	}
	if n, err := crm.SealSecrets(ctx, a.DB, secrets); err != nil {
		return err
	} else if n > 0 {
		a.Logger.Info("secrets that stood in the database in plain text were sealed", "secrets", n)
	}
	private, err := a.Config.Webhooks.Networks()
	if err != nil {
		return err
	}
	open, inside := verify.Guard{Allowed: private}, verify.Guard{Allowed: private, AllowedOnly: true}
	poster := notify.NewPoster(open.DialContext, inside.DialContext)
	a.courier = &crm.Courier{DB: a.DB, Secrets: secrets, Lease: a.memory.Lease, Now: a.Now, Keep: a.Config.Alerts.Retention,
		Patience: crm.Patience{GiveUp: a.Config.Webhooks.GiveUp, PauseAfter: a.Config.Webhooks.PauseAfter},
		Wait:     func(failures int) time.Duration { return alerts.Backoff(firstWait, longestWait, failures) },
		Send:     func(ctx context.Context, p crm.Posting) crm.Answer { return deliver(ctx, poster, p) },
		Metrics:  crm.NewCourierMetrics(a.metrics), Logger: a.Logger}
	if a.Config.Has("web") {
		a.workers = append(a.workers, worker{"hand-overs", func(ctx context.Context) error {
			return a.every(ctx, 2*time.Second, "a hand-over does not go on", func(ctx context.Context) error {
				for more := true; more && ctx.Err() == nil; {
					var err error
					if more, err = crm.WorkHandovers(ctx, a.DB, crm.HandoverWork{Now: a.Now(), Alive: time.Now(), Batches: 20, Switch: web.SwitchUser, Assign: web.AssignIncident}); err != nil {
						return err
					}
				}
				return nil
			})
		}})
	}
	if !a.Config.Has("alerts") {
		return nil
	}
	outbox := &crm.Outbox{DB: a.DB, Lease: a.memory.Lease, Now: a.Now, Metrics: crm.NewOutboxMetrics(a.metrics), Logger: a.Logger,
		Write: func(ctx context.Context, messages []stream.Message) error {
			return a.Log.Write(ctx, a.Log.Topics().CRM, messages)
		}}
	a.workers = append(a.workers, worker{"changes", outbox.Run}, worker{"webhooks", a.courier.Run})
	return nil
}

// How long a webhook is waited for after a failure, at first and at most.
const (
	firstWait   = 5 * time.Second
	longestWait = 4 * time.Hour
)

func deliver(ctx context.Context, poster *notify.Poster, p crm.Posting) crm.Answer {
	began := time.Now()
	status, err := poster.Post(ctx, notify.SignedPost{URL: p.URL, Secrets: p.Secrets, ID: p.ID, Body: p.Body})
	answer := crm.Answer{Status: status, Err: err, Took: time.Since(began)}
	var soon *notify.TooSoon
	if errors.As(err, &soon) {
		answer.After = soon.After
	}
	return answer
}

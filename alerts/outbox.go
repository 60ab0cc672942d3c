package alerts

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// An Outbox delivers what the Watch has written, at least once, each channel by itself. It lives
// on the real clock: people read its notifications there.
type Outbox struct {
	DB        *sqldb.DB
	Channels  map[string]notify.Notifier
	Templates notify.Templates
	Zone      *time.Location // that times are told in; nil: UTC
	Links     *Links         // for acknowledging; nil: none
	// Curve returns how a monitor went, for pictures; nil: none.
	Curve func(ctx context.Context, monitorID string, from, until time.Time) ([]notify.Point, error)
	// Report fills a digest of which the period and the monitors are known; nil: it stays empty.
	Report func(ctx context.Context, d *notify.Digest) error
	// Say puts the words into a notice, with its language and zone; a *Moot drops it.
	Say     func(ctx context.Context, n *notify.Notification) error
	Lease   func(ctx context.Context, name string, ttl time.Duration) (bool, error)
	Metrics *Metrics
	Logger  *slog.Logger
}

// Moot says why there is nothing to tell any more.
type Moot struct{ Reason string }

func (m *Moot) Error() string { return m.Reason }

const (
	deliverEvery  = time.Second
	tidyEvery     = 5 * time.Second
	deliverWithin = 15 * time.Second // for one attempt
	deliverFor    = 72 * time.Hour   // then it is given up
	firstRetry    = time.Second
	longestRetry  = 15 * time.Minute
)

// Run delivers until ctx ends. One process at a time delivers to a channel.
func (o *Outbox) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for name, notifier := range o.Channels {
		o.Metrics.announce(name)
		all.Go(func() {
			every(ctx, deliverEvery, func() { o.warn(ctx, o.deliverDue(ctx, name, notifier), "channel", name) })
		})
	}
	every(ctx, tidyEvery, func() { o.warn(ctx, o.tidy(ctx)) })
	all.Wait()
	return nil
}

func every(ctx context.Context, pause time.Duration, do func()) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		do()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (o *Outbox) warn(ctx context.Context, err error, args ...any) {
	if err != nil && ctx.Err() == nil {
		o.Logger.Warn("deliveries wait", append(args, "err", err)...)
	}
}

// deliverDue tries what is due on a channel, the oldest first. The first that fails ends the round:
// the target is probably down.
func (o *Outbox) deliverDue(ctx context.Context, channel string, notifier notify.Notifier) error {
	for ctx.Err() == nil {
		// The lease spares processes each other's work. Where nobody knows who has it, the claim
		// alone keeps one delivery in one hand.
		if held, err := o.Lease(ctx, "channel:"+channel, 2*deliverWithin); err == nil && !held {
			return nil
		}
		gatherer, gathers := notifier.(notify.Gatherer)
		d, ok, err := claim(ctx, o.DB, channel, gathers, time.Now())
		if err != nil || !ok {
			return err
		}
		if d.id == "" {
			o.Metrics.deliveries.WithLabelValues(channel, dropped).Inc()
			continue
		}
		if done, err := o.attempt(ctx, &d, notifier); err != nil || !done {
			return err
		}
		if gathers {
			pause(ctx, gatherer.Pace())
		}
	}
	return nil
}

// attempt makes one attempt and notes what became of it, even when the process is ending.
func (o *Outbox) attempt(ctx context.Context, d *delivery, notifier notify.Notifier) (done bool, err error) {
	limited, cancel := context.WithTimeout(ctx, deliverWithin)
	failure := o.complete(limited, &d.payload, d.channel, notifier)
	if failure == nil {
		failure = notifier.Notify(limited, d.payload)
	}
	cancel()
	note, cancel := context.WithTimeout(context.WithoutCancel(ctx), deliverWithin/3)
	defer cancel()
	now := time.Now()
	var moot *Moot
	if errors.As(failure, &moot) {
		o.Metrics.deliveries.WithLabelValues(d.channel, dropped).Inc()
		return true, noteDropped(note, o.DB, d.id, moot.Reason, now)
	}
	if failure == nil {
		o.Metrics.deliveries.WithLabelValues(d.channel, delivered).Inc()
		return true, noteDelivered(note, o.DB, d.id, now)
	}
	o.Logger.Warn("notification was not delivered", "channel", d.channel, "incident_id", d.incidentID, "attempt", d.attempts+1, "err", failure)
	var refused *notify.Refused
	if errors.As(failure, &refused) {
		o.Metrics.deliveries.WithLabelValues(d.channel, failed).Inc()
		return true, noteRefused(note, o.DB, d.id, refused, now)
	}
	o.Metrics.deliveries.WithLabelValues(d.channel, retried).Inc()
	wait := retryAfter(d.attempts)
	var soon *notify.TooSoon
	if errors.As(failure, &soon) {
		wait = max(wait, min(soon.After, longestRetry))
	}
	return false, noteFailure(note, o.DB, d.id, failure, now.Add(wait))
}

func pause(ctx context.Context, d time.Duration) {
	wait := time.NewTimer(d)
	defer wait.Stop()
	select {
	case <-ctx.Done():
	case <-wait.C:
	}
}

// retryAfter is how long to wait after so many failures before the last.
func retryAfter(failures int) time.Duration { return Backoff(firstRetry, longestRetry, failures) }

// Backoff is how long to wait after so many failures before the last: up to first, then up to twice
// as long each time. It is drawn, so that those who failed together do not come together.
func Backoff(first, longest time.Duration, failures int) time.Duration {
	most := min(longest, first<<min(failures, 20))
	return rand.N(most) + time.Millisecond
}

// tidy measures what waits and gives up what has waited too long, also for a channel that is not
// configured any more.
func (o *Outbox) tidy(ctx context.Context) error {
	oldest, err := oldestWaiting(ctx, o.DB)
	if err != nil {
		return err
	}
	now, age := time.Now(), time.Duration(0)
	if !oldest.IsZero() {
		age = max(0, now.Sub(oldest))
	}
	o.Metrics.oldest.Set(age.Seconds())
	if age <= deliverFor {
		return nil
	}
	given, err := expire(ctx, o.DB, now.Add(-deliverFor), now)
	if err != nil {
		return err
	}
	for channel, n := range given {
		o.Metrics.deliveries.WithLabelValues(channel, failed).Add(float64(n))
		o.Logger.Error("notifications were given up after three days", "channel", channel, "count", n)
	}
	return nil
}

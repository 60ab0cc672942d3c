package app

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/crm/verify"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// How often links are looked after, by one process at a time, and how much at once.
const (
	rankEvery    = 30 * time.Second
	verifyEvery  = time.Minute
	verifyLease  = 5 * time.Minute // longer than a round of checks
	planSome     = 500
	checksARound = 30
	betweenAsks  = time.Second // strangers' servers are asked one after the other
)

// addMatching sets up what keeps links true beside the pipelines: the order of the review queue,
// and the verifications.
func (a *App) addMatching(context.Context) error {
	if !a.Config.Has("pipeline") {
		return nil
	}
	metrics := promauto.With(a.metrics)
	v := &verifier{app: a, checker: &verify.Checker{Agent: "groundswell/" + a.Version},
		checks: metrics.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_verification_checks_total",
			Help: "Checks whether an account is a contact's, by method and state afterwards."}, []string{"method", "state"})}
	waiting := metrics.NewGauge(prometheus.GaugeOpts{Name: "groundswell_review_links", Help: "Links between authors and contacts that wait for a person."})
	a.workers = append(a.workers,
		worker{"review", func(ctx context.Context) error {
			return a.every(ctx, rankEvery, "the review queue keeps its order", func(ctx context.Context) error { return a.rank(ctx, waiting) })
		}},
		worker{"match jobs", func(ctx context.Context) error {
			return a.every(ctx, 2*time.Second, "a job of the matcher was not done", a.jobs)
		}},
		worker{"verification", func(ctx context.Context) error {
			return a.every(ctx, verifyEvery, "links are not verified", v.round)
		}})
	return nil
}

// rank orders the review queue by what depends on each link now.
func (a *App) rank(ctx context.Context, waiting prometheus.Gauge) error {
	if held, err := a.memory.Lease(ctx, "review", 2*rankEvery); err != nil || !held {
		return err
	}
	open, err := storms(ctx, a.DB)
	if err != nil {
		return err
	}
	if _, err := crm.RankReview(ctx, a.DB, open, a.Now()); err != nil {
		return err
	}
	byNetwork, _, err := crm.ReviewCounts(ctx, a.DB, crm.System())
	total := 0
	for _, n := range byNetwork {
		total += n
	}
	waiting.Set(float64(total))
	return err
}

// storms are the incidents that are not resolved.
func storms(ctx context.Context, q sqldb.Querier) (all []crm.Storm, err error) {
	for _, state := range []string{"open", "escalating", "subsiding"} {
		incidents, _, err := alerts.FindIncidents(ctx, q, alerts.Filter{State: state, Limit: 100})
		if err != nil {
			return nil, err
		}
		for _, i := range incidents {
			all = append(all, crm.Storm{MonitorID: i.MonitorID, Since: i.OpenedAt})
		}
	}
	return all, nil
}

// A verifier checks what proves that accounts are contacts'.
type verifier struct {
	app     *App
	checker *verify.Checker
	checks  *prometheus.CounterVec
}

// round plans what can be checked and checks what is due, one question to a host.
func (v *verifier) round(ctx context.Context) error {
	a := v.app
	if held, err := a.memory.Lease(ctx, "verification", verifyLease); err != nil || !held {
		return err
	}
	if _, err := crm.PlanVerifications(ctx, a.DB, a.Now(), planSome); err != nil {
		return err
	}
	due, err := crm.DueChecks(ctx, a.DB, a.Now(), a.Config.Verify.Enabled, checksARound)
	if err != nil {
		return err
	}
	asked := make(map[string]bool)
	for i := range due {
		d := &due[i]
		outcome, ok := v.check(ctx, d, asked)
		if !ok {
			continue // the next round
		}
		var after crm.Verification
		err := a.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
			after, err = crm.SaveOutcome(ctx, tx, d.Verification, outcome, crm.Change{By: crm.ByVerifier, At: a.Now(), Access: crm.System()})
			return err
		})
		if err != nil {
			return err
		}
		v.checks.WithLabelValues(after.Method, after.State).Inc()
	}
	return nil
}

// check answers one check; ok is false where its host was asked in this round already.
func (v *verifier) check(ctx context.Context, d *crm.DueCheck, asked map[string]bool) (o crm.Outcome, ok bool) {
	if d.Known != nil {
		return *d.Known, true
	}
	host := d.Address
	if u, err := url.Parse(d.Address); err == nil {
		host = u.Hostname()
	}
	if asked[host] {
		return o, false
	}
	if len(asked) > 0 {
		select {
		case <-ctx.Done():
			return o, false
		case <-time.After(betweenAsks):
		}
	}
	asked[host] = true
	var r verify.Result
	var err error
	if d.Method == crm.MethodBlueskyHandle {
		r, err = v.checker.BlueskyHandle(ctx, d.Handle, d.DID)
	} else {
		r, err = v.checker.RelMe(ctx, d.Address, d.Profile)
	}
	if ctx.Err() != nil {
		return o, false
	}
	var refusal *verify.Refusal
	switch {
	case errors.As(err, &refusal):
		return crm.Outcome{Refused: true, Detail: "not asked: " + refusal.Reason}, true
	case err != nil:
		return crm.Outcome{Silent: true, Detail: err.Error()}, true
	}
	return crm.Outcome{Proven: r.Proven, Linked: r.Linked, Detail: r.Detail}, true
}

package pipeline

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// RescorerOptions are what a Rescorer works with.
type RescorerOptions struct {
	DB       *sqldb.DB
	Reader   Reader
	Cascade  *Cascade                                                                // nil: there is none
	Rate     int                                                                     // mentions a second, at most; 0: no limit
	Busy     func() bool                                                             // whether the pipelines are behind: it waits then; may be nil
	Lease    func(ctx context.Context, name string, ttl time.Duration) (bool, error) // nil: none is needed
	Progress func(r *listening.Rescoring)                                            // after each step; may be nil
	Changed  func(ctx context.Context, postIDs []string)                             // may be nil
	Now      func() time.Time
	Metrics  *RescoreMetrics
	Logger   *slog.Logger
}

// A Rescorer reads stored mentions anew after a change of the model, beside the pipelines. Where it
// is stopped it goes on later; what a person corrected stays.
type Rescorer struct{ RescorerOptions }

const (
	rescoreAtOnce = 200 // mentions
	rescoreLease  = 30 * time.Second
	rescoreTells  = 30 * time.Second // how often the log is told how far it is
)

// Run works until every mention is up to date, or ctx ends.
func (r *Rescorer) Run(ctx context.Context) error {
	for r.round(ctx) {
	}
	return nil
}

// round goes through what is left, and says whether there is more to do.
func (r *Rescorer) round(ctx context.Context) (more bool) {
	if err := r.turn(ctx); err != nil {
		return false // ctx ended
	}
	rescoring, ok, err := listening.BeginRescoring(ctx, r.DB, r.Reader.Model, r.Now())
	switch {
	case err != nil && ctx.Err() == nil:
		r.Logger.Warn("stored mentions are read anew later", "stage", "rescore", "err", err)
		return wait(ctx, 10*time.Second) == nil
	case err != nil || !ok:
		r.show(&listening.Rescoring{})
		return false
	}
	r.Logger.Info("stored mentions are read anew", "stage", "rescore", "model", rescoring.Model, "seen", rescoring.Seen, "total", rescoring.Total)
	told := time.Now()
	for ; err == nil; err = r.step(ctx, &rescoring) {
		r.show(&rescoring)
		if !rescoring.FinishedAt.IsZero() {
			r.Logger.Info("stored mentions are up to date", "stage", "rescore", "model", rescoring.Model, "seen", rescoring.Seen, "changed", rescoring.Changed)
			return false
		}
		if time.Since(told) > rescoreTells {
			told = time.Now()
			r.Logger.Info("stored mentions are read anew", "stage", "rescore", "seen", rescoring.Seen, "total", rescoring.Total, "changed", rescoring.Changed)
		}
	}
	if ctx.Err() == nil && !errors.Is(err, listening.ErrOvertaken) {
		r.Logger.Warn("stored mentions are read anew later", "stage", "rescore", "err", err)
	}
	return wait(ctx, time.Second) == nil
}

// show tells how far it is.
func (r *Rescorer) show(rescoring *listening.Rescoring) {
	if r.Metrics != nil {
		r.Metrics.progress.Set(rescoring.Done())
	}
	if r.Progress != nil {
		r.Progress(rescoring)
	}
}

// turn waits until it is this process's turn and the pipelines have time.
func (r *Rescorer) turn(ctx context.Context) error {
	for {
		held, err := true, error(nil)
		if r.Lease != nil {
			held, err = r.Lease(ctx, "rescoring", rescoreLease)
		}
		if err == nil && held && (r.Busy == nil || !r.Busy()) && (r.Cascade == nil || !r.Cascade.Full()) {
			return nil
		}
		pause := lookAgain
		if err != nil || !held {
			pause = rescoreLease / 3
		}
		if err := wait(ctx, pause); err != nil {
			return err
		}
	}
}

// step reads the next mentions, and paces itself.
func (r *Rescorer) step(ctx context.Context, rescoring *listening.Rescoring) error {
	if err := r.turn(ctx); err != nil {
		return err
	}
	start := time.Now()
	posts, err := rescoring.Stale(ctx, r.DB, r.Reader.Model, rescoreAtOnce)
	if err != nil {
		return err
	}
	var rereads []listening.Reread
	doubts := make([]doubt, len(posts))
	for i := range posts {
		p := &posts[i]
		doubts[i] = doubt{postID: p.PostID, text: p.Post.Text, editedAt: p.EditedAt}
		for j, read := range r.Reader.Read(&p.Post, p.Monitors) {
			reread := listening.Reread{PostID: p.PostID, MonitorID: p.Monitors[j], EditedAt: p.EditedAt, Reading: read.Reading, Model: r.Reader.Model.Version}
			rereads = append(rereads, reread)
			if !read.Aimed {
				doubts[i].mentions = append(doubts[i].mentions, reread)
			}
		}
	}
	changed, err := rescoring.Advance(ctx, r.DB, posts, rereads, r.Now())
	if err != nil {
		return err
	}
	if r.Cascade != nil {
		for _, d := range doubts {
			r.Cascade.Offer(d)
		}
	}
	if r.Metrics != nil {
		r.Metrics.mentions.Add(float64(len(rereads)))
	}
	if r.Changed != nil && len(changed) > 0 {
		r.Changed(ctx, changed)
	}
	if r.Rate == 0 {
		return nil
	}
	return wait(ctx, time.Duration(len(rereads))*time.Second/time.Duration(r.Rate)-time.Since(start))
}

// RescoreMetrics are what a rescorer measures.
type RescoreMetrics struct {
	progress prometheus.Gauge
	mentions prometheus.Counter
}

// NewRescoreMetrics registers the metrics.
func NewRescoreMetrics(r prometheus.Registerer) *RescoreMetrics {
	f := promauto.With(r)
	return &RescoreMetrics{
		progress: f.NewGauge(prometheus.GaugeOpts{Name: "groundswell_rescore_progress_ratio",
			Help: "How much of the stored mentions is read anew after a change of the model, 0 to 1."}),
		mentions: f.NewCounter(prometheus.CounterOpts{Name: "groundswell_rescore_mentions_total",
			Help: "Stored mentions read anew by this process."}),
	}
}

package app

import (
	"context"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/privacy"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// addPrivacy keeps who was erased out of the log, in every process that lets posts in, and sets up
// the worker that erases people.
func (a *App) addPrivacy(ctx context.Context) error {
	blocks := new(crm.LiveBlocks)
	if err := blocks.Refresh(ctx, a.DB); err != nil {
		return err
	}
	a.Entrance.Barred = blocks.Author
	a.workers = append(a.workers, worker{"blocks", func(ctx context.Context) error {
		return a.every(ctx, time.Second, "who was erased since is let into the log", func(ctx context.Context) error { return blocks.Refresh(ctx, a.DB) })
	}})
	a.addDeletions()
	if !a.Config.Has("web") {
		return nil
	}
	clock := privacy.Clock{Now: a.Now, Alive: time.Now}
	a.workers = append(a.workers, worker{"erasures", func(ctx context.Context) error {
		return a.every(ctx, 2*time.Second, "a person was not erased", func(ctx context.Context) error {
			_, err := privacy.Work(ctx, privacy.Places{DB: a.DB, Log: a.Log, Clock: clock})
			return err
		})
	}})
	measures := promauto.With(a.metrics)
	removed := measures.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_retention_removed_total", Help: "Records that were too old, by type."}, []string{"type"})
	last := measures.NewGauge(prometheus.GaugeOpts{Name: "groundswell_retention_last_round_timestamp_seconds", Help: "When no round of retention was waiting last, by this process."})
	retention := &privacy.Retention{DB: a.DB, Dead: a.Log, Defaults: KeptByDefault(&a.Config), Clock: clock,
		Removed: func(kind string, n int64) { removed.WithLabelValues(kind).Add(float64(n)) }}
	a.workers = append(a.workers, worker{"retention rounds", func(ctx context.Context) error {
		return a.every(ctx, 5*time.Second, "what is too old was not removed", func(ctx context.Context) error {
			err := retention.Work(ctx)
			if err == nil {
				last.Set(float64(a.Now().Unix()))
			}
			return err
		})
	}})
	return nil
}

// addDeletions sets up the worker that takes out of the log what was deleted on its network.
func (a *App) addDeletions() {
	if !a.Config.Has("pipeline") || a.Config.Log.Forget == 0 {
		return
	}
	measures := promauto.With(a.metrics)
	removed := measures.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_log_deleted_total", Help: "Messages taken out of the log because they were deleted on their network, by topic."}, []string{"topic"})
	kept := measures.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_log_deleted_kept_total", Help: "Of those, how many could not go and stay until the retention is over, by topic."}, []string{"topic"})
	waiting := measures.NewGauge(prometheus.GaugeOpts{Name: "groundswell_log_oldest_deletion_seconds", Help: "How long the oldest deletion on a network waits to be made in the log; 0: none does."})
	for _, topic := range []string{"posts", "mentions"} {
		removed.WithLabelValues(topic).Add(0)
		kept.WithLabelValues(topic).Add(0)
	}
	d := &privacy.Deletions{DB: a.DB, Log: a.Log, Clock: privacy.Clock{Now: a.Now, Alive: time.Now}, Every: a.Config.Log.Forget, Lease: a.memory.Lease,
		Removed: func(topic string, n, left int64) {
			removed.WithLabelValues(topic).Add(float64(n))
			kept.WithLabelValues(topic).Add(float64(left))
		},
		Waiting: func(d time.Duration) { waiting.Set(d.Seconds()) }}
	a.workers = append(a.workers, worker{"deletions", func(ctx context.Context) error {
		return a.every(ctx, 10*time.Second, "what was deleted on its network stays in the log", d.Work)
	}})
}

// KeptByDefault is how long the configuration has records kept.
func KeptByDefault(c *config.Config) privacy.Defaults {
	return privacy.Defaults{privacy.KeptMentions: c.Pipeline.Retention, privacy.KeptDeadLetters: c.Log.Retention, privacy.KeptSignIns: c.Users.SignIns}
}

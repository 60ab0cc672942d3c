package alerts_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/prometheus/client_golang/prometheus"
)

// BenchmarkTick judges one more minute of 10,000 monitors, each with two posts in three minutes, and
// saves what is due to SQLite; the cells come from memory. A tick must take well under a minute.
func BenchmarkTick(b *testing.B) {
	const monitors = 10_000
	db, err := sqldb.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "bench.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	names := make(map[string]string, monitors)
	for i := range monitors {
		names[fmt.Sprintf("monitor-%05d", i)] = fmt.Sprint("Brand ", i)
	}
	now := start
	w := alerts.New(alerts.Options{DB: db, Now: func() time.Time { return now }, Metrics: alerts.NewMetrics(prometheus.NewRegistry()),
		Logger: slog.New(slog.DiscardHandler), Router: everything("crm"),
		Monitors: func(context.Context) (map[string]string, error) { return names, nil },
		Lease:    func(context.Context, string, time.Duration) (bool, error) { return true, nil },
		Blind:    func(context.Context, int64, int64) ([]spike.Span, error) { return nil, nil },
		Mentions: func(context.Context, string, int64, int64) ([]spike.Mention, error) { return nil, nil },
		Cells: func(_ context.Context, ids []string, from, until int64) (map[string][]spike.Cell, error) {
			return steadyCells(ids, max(from, until-24*60), until), nil
		}})
	tick(b, w)
	for range 15 {
		now = now.Add(time.Minute)
		tick(b, w)
	}
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Minute)
		tick(b, w)
	}
	b.ReportMetric(monitors*float64(b.N)/b.Elapsed().Seconds(), "monitors/s")
}

// steadyCells are those of steady talk.
func steadyCells(ids []string, from, until int64) map[string][]spike.Cell {
	out := make(map[string][]spike.Cell, len(ids))
	for _, id := range ids {
		rng := rand.New(rand.NewPCG(1, uint64(len(id))))
		var cells []spike.Cell
		for m := from; m < until; m++ {
			if rng.IntN(3) == 0 {
				cells = append(cells, spike.Cell{Minute: m, Posts: 2, Authors: 2, Neutral: 1, Negative: 1, NegativeAuthors: 1})
			}
		}
		out[id] = cells
	}
	return out
}

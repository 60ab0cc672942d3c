package connectors_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/post"
	"github.com/prometheus/client_golang/prometheus"
)

// nullLog acknowledges at once.
type nullLog struct{}

func (nullLog) Write(context.Context, []post.Event) error                    { return nil }
func (nullLog) Refuse(context.Context, string, string, string, []byte) error { return nil }

// BenchmarkEmit is what the runner costs a connector for each post, without the log.
func BenchmarkEmit(b *testing.B) {
	db, err := sqldb.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "bench.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	ended := make(chan struct{})
	runner := connectors.NewRunner(connectors.RunnerOptions{DB: db, Log: nullLog{}, Metrics: connectors.NewMetrics(prometheus.NewRegistry()),
		Logger: slog.New(slog.DiscardHandler), Now: time.Now, Sources: []connectors.Source{{Name: "s", Network: "x",
			Connector: source(func(ctx context.Context, _ string, out connectors.Out) error {
				defer close(ended)
				e := event("")
				e.Post.Text = "Der neue Grill von Acme ist nach zwei Wochen verrostet, und niemand antwortet."
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					e.Post.ID = strconv.Itoa(i)
					if err := out.Emit(ctx, e, e.Post.ID); err != nil {
						return err
					}
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
				return connectors.ErrEnd
			})}}})
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- runner.Run(ctx) }()
	<-ended
	stop()
	if err := <-done; err != nil {
		b.Error(err)
	}
}

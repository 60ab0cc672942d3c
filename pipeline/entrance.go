package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/post"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// An Entrance is where events enter the log. It is safe for concurrent use.
type Entrance struct {
	Log     *stream.Log
	Now     func() time.Time
	Seconds prometheus.Observer // how long the log takes to acknowledge; may be nil
}

// NewEntrance makes an entrance that is measured.
func NewEntrance(log *stream.Log, now func() time.Time, r prometheus.Registerer) *Entrance {
	return &Entrance{log, now, promauto.With(r).NewHistogram(prometheus.HistogramOpts{Name: "groundswell_log_write_seconds",
		Help: "Time until the log acknowledged a batch of posts.", Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5, 30}})}
}

// Write puts events into the log and returns when it has acknowledged them. Events of one post
// keep their order.
func (e *Entrance) Write(ctx context.Context, events []post.Event) error {
	messages := make([]stream.Message, len(events))
	for i := range events {
		messages[i] = stream.Message{Key: []byte(events[i].Key().String()), Value: events[i].AppendJSON(nil), Headers: []stream.Header{
			{Key: HeaderType, Value: []byte(events[i].Type)}, {Key: HeaderSource, Value: []byte(events[i].Source)},
		}}
	}
	start := time.Now()
	if err := e.Log.Write(ctx, e.Log.Topics().Posts, messages); err != nil {
		return fmt.Errorf("write posts: %w", err)
	}
	if e.Seconds != nil {
		e.Seconds.Observe(time.Since(start).Seconds())
	}
	return nil
}

// Refuse puts what a source could not decode into the dead letters.
func (e *Entrance) Refuse(ctx context.Context, source, _, reason string, raw []byte) error {
	return WriteDead(ctx, e.Log, DeadLetter{Source: source, Reason: reason, At: e.Now(), Raw: raw})
}

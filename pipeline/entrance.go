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
	// Barred says whether an author was erased and may not be collected again; nil: nobody was.
	Barred func(authorID string) bool
}

// NewEntrance makes an entrance that is measured.
func NewEntrance(log *stream.Log, now func() time.Time, r prometheus.Registerer) *Entrance {
	return &Entrance{Log: log, Now: now, Seconds: promauto.With(r).NewHistogram(prometheus.HistogramOpts{Name: "groundswell_log_write_seconds",
		Help: "Time until the log acknowledged a batch of posts.", Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5, 30}})}
}

// barred says whether an event is by somebody who was erased. That something is gone is no post of theirs.
func (e *Entrance) barred(event *post.Event) bool {
	return e.Barred != nil && (event.Type == post.Upsert || event.Type == post.Edit) && e.Barred(event.Post.AuthorKey().Short())
}

// Write puts events into the log and returns when it has acknowledged them. Events of one post
// keep their order. What is by somebody who was erased is left out.
func (e *Entrance) Write(ctx context.Context, events []post.Event) error {
	messages := make([]stream.Message, 0, len(events))
	for i := range events {
		if e.barred(&events[i]) {
			continue
		}
		messages = append(messages, stream.Message{Key: []byte(events[i].Key().String()), Value: events[i].AppendJSON(nil), Headers: []stream.Header{
			{Key: HeaderType, Value: []byte(events[i].Type)}, {Key: HeaderSource, Value: []byte(events[i].Source)},
		}})
	}
	if len(messages) == 0 {
		return nil
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

package pipeline

import (
	"context"
	"errors"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/post"
)

// Headers of a message in the topic "posts". A writer that sets HeaderType vouches that the value
// was made by post.Event.AppendJSON, so that it can be sifted before it is decoded.
const (
	HeaderType   = "type"
	HeaderSource = "source"
	HeaderReason = "reason"
	HeaderAt     = "at"
)

const gather = 20 * time.Millisecond // how long a batch waits for more messages

// Run reads the log until ctx ends. Each batch is committed when it is handled; while the
// database or the log is out of reach it waits and tries again, and nothing is lost.
func (p *Pipeline) Run(ctx context.Context) error {
	r := p.Log.Reader(p.Log.Topics().Posts, p.Group)
	defer func() { _ = r.Close() }()
	for {
		batch, err := r.Fetch(ctx, p.Batch, gather)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			p.Logger.Warn("log is out of reach, trying again", "stage", "fetch", "worker", p.Worker, "err", err)
			continue
		}
		if err := p.take(ctx, batch.Messages); err != nil {
			return nil // ctx ended: the batch is read again
		}
		if err := r.Commit(ctx, batch); err != nil && ctx.Err() == nil {
			p.Logger.Warn("batch may be read again", "stage", "commit", "err", err)
		}
		p.behind.Store(r.Lag())
		p.Metrics.lag.WithLabelValues(p.Worker).Set(float64(r.Lag()))
	}
}

// Behind says whether more waits in the log than one batch: no time for anything else then.
func (p *Pipeline) Behind() bool { return p.behind.Load() > int64(p.Batch) }

// take sifts, decodes and handles some messages, and returns an error only when ctx ended.
func (p *Pipeline) take(ctx context.Context, messages []stream.Message) error {
	p.Metrics.batch.Observe(float64(len(messages)))
	start := time.Now()
	events, written, err := p.decode(ctx, messages)
	if err != nil {
		return err
	}
	if err := p.handle(ctx, events); err != nil {
		return err
	}
	done := time.Now()
	p.Metrics.handling.Observe(done.Sub(start).Seconds())
	for _, at := range written {
		p.Metrics.latency.Observe(done.Sub(at).Seconds())
	}
	if p.Handled != nil {
		p.Handled(len(messages), written)
	}
	return nil
}

// decode turns messages into events and their times in the log. What no monitor can match is
// dropped undecoded, which is why most of a firehose costs almost nothing; what cannot be decoded
// goes to the dead letters.
func (p *Pipeline) decode(ctx context.Context, messages []stream.Message) (events []post.Event, written []time.Time, err error) {
	monitors := p.Monitors.Matcher()
	for i := range messages {
		m := &messages[i]
		if len(m.Value) == 0 {
			continue // what stood there was erased
		}
		if string(m.Header(HeaderType)) == string(post.Upsert) && !monitors.MayMatch(m.Value) {
			continue
		}
		e, err := post.Decode(m.Value)
		if err != nil {
			if err := p.bury(ctx, m.Value, string(m.Header(HeaderSource)), err); err != nil {
				return nil, nil, err
			}
			continue
		}
		events, written = append(events, e), append(written, m.Time)
	}
	return events, written, nil
}

// handle handles a batch, again and again while the database is out of reach. A batch that keeps
// failing on a database that answers is halved until the event that fails stands alone; that one
// goes to the dead letters, and the others are stored.
func (p *Pipeline) handle(ctx context.Context, events []post.Event) error {
	const tries = 3
	for failed := 0; ; {
		err := p.Handle(ctx, events)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p.Logger.Warn("batch failed, trying again", "stage", "handle", "posts", len(events), "err", err)
		p.Metrics.failures.Inc()
		if !errors.Is(err, sqldb.ErrFull) && p.DB.Ping(ctx) == nil && p.Log.Ping(ctx) == nil {
			failed++
		}
		if failed == tries {
			return p.isolate(ctx, events, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(200*time.Millisecond<<failed, 5*time.Second)):
		}
	}
}

func (p *Pipeline) isolate(ctx context.Context, events []post.Event, cause error) error {
	if len(events) == 1 {
		e := &events[0]
		return p.bury(ctx, e.AppendJSON(nil), e.Source, cause)
	}
	half := len(events) / 2
	if err := p.handle(ctx, events[:half]); err != nil {
		return err
	}
	return p.handle(ctx, events[half:])
}

// bury writes a dead letter: the raw value, where it came from and why it is there.
func (p *Pipeline) bury(ctx context.Context, raw []byte, source string, cause error) error {
	p.Metrics.dead.Inc()
	return WriteDead(ctx, p.Log, DeadLetter{Source: source, Reason: cause.Error(), At: p.Now(), Raw: raw})
}

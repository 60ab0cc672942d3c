package pipeline

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/sentiment/deep"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// CascadeOptions are what a Cascade works with.
type CascadeOptions struct {
	DB         *sqldb.DB
	Classifier classifier
	Model      listening.Model
	Below      float64       // confidence of the fast model under which the classifier is asked
	Languages  []string      // that the classifier reads; empty: all that the fast model does
	Batch      int           // posts that it is asked about at once, at most
	Timeout    time.Duration // of one batch; then the fast model's answers stand
	Queue      int           // posts that may wait; more are left as they are
	Share      float64       // of the time that the classifier may be at work, above 0 up to 1
	Busy       func() bool   // whether the pipelines are behind: it waits then; may be nil
	Changed    func(ctx context.Context, postIDs []string)
	Metrics    *CascadeMetrics
	Logger     *slog.Logger
}

type classifier interface {
	Start(ctx context.Context) error
	Judge(ctx context.Context, texts []string) ([]deep.Judgement, error)
}

// A Cascade looks once more at stored mentions that the fast model is not sure of, as far as its
// time goes, beside the pipelines: they hand posts over without waiting. What is lost on the way,
// to a full queue or a kill, keeps the fast model's answer. What it finds is stored as an edit is:
// mention and cells in one transaction.
type Cascade struct {
	CascadeOptions
	queue chan doubt
	size  int // posts of the next batch, at most: what a slow machine reads within Timeout
}

// NewCascade makes a Cascade; Run is its work.
func NewCascade(opt CascadeOptions) *Cascade {
	c := &Cascade{CascadeOptions: opt, queue: make(chan doubt, opt.Queue), size: opt.Batch}
	if c.Busy == nil {
		c.Busy = func() bool { return false }
	}
	return c
}

// Offer hands a post over when it is in doubt, and never waits.
func (c *Cascade) Offer(d doubt) {
	c.Metrics.posts.WithLabelValues("fast").Inc()
	if !d.unsure(c.Below, c.Languages) {
		return
	}
	select {
	case c.queue <- d:
		c.Metrics.queue.Set(float64(len(c.queue)))
	default:
		c.Metrics.fallbacks.WithLabelValues("queue_full").Inc()
	}
}

// Full says that the queue has little room left, for those who can wait with what they would offer.
func (c *Cascade) Full() bool { return len(c.queue) > cap(c.queue)/2 }

// Idle says that nothing waits.
func (c *Cascade) Idle() bool { return len(c.queue) == 0 }

const (
	startLimit = 2 * time.Minute // of the classifier's process
	restMost   = 5 * time.Minute // before a classifier that failed is tried again
	lookAgain  = 100 * time.Millisecond
)

// Run works until ctx ends. A classifier that fails rests, longer each time.
func (c *Cascade) Run(ctx context.Context) error {
	for failed := 0; c.round(ctx, &failed); {
	}
	return nil
}

// round judges one batch and rests; it is false when ctx ended.
func (c *Cascade) round(ctx context.Context, failed *int) bool {
	batch, err := c.gather(ctx)
	if err != nil {
		return false
	}
	start := time.Now()
	if err := c.judge(ctx, batch); err != nil && ctx.Err() == nil {
		if c.fall(err, len(batch)); errors.Is(err, context.DeadlineExceeded) {
			c.size = max(len(batch)/2, 1)
		}
		pause := min(time.Second<<min(*failed, 10), restMost)
		*failed++
		return wait(ctx, pause) == nil
	}
	*failed = 0
	took := time.Since(start)
	if took < c.Timeout/2 {
		c.size = min(c.size+1, c.Batch)
	}
	c.Metrics.seconds.Observe(took.Seconds())
	return wait(ctx, time.Duration(float64(took)*(1-c.Share)/c.Share)) == nil
}

// fall counts what keeps the fast model's answer.
func (c *Cascade) fall(err error, posts int) {
	reason := "failed"
	if errors.Is(err, context.DeadlineExceeded) {
		reason = "timeout"
	}
	c.Metrics.fallbacks.WithLabelValues(reason).Add(float64(posts))
	c.Logger.Warn("the fast model's answers stand", "stage", "cascade", "posts", posts, "err", err)
}

// gather waits for posts, and for the pipelines to have time, and takes some of them.
func (c *Cascade) gather(ctx context.Context) ([]doubt, error) {
	var batch []doubt
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case d := <-c.queue:
		batch = append(batch, d)
	}
	for c.Busy() {
		if err := wait(ctx, lookAgain); err != nil {
			return nil, err
		}
	}
	for len(batch) < c.size {
		select {
		case d := <-c.queue:
			batch = append(batch, d)
			continue
		default:
		}
		break
	}
	c.Metrics.queue.Set(float64(len(c.queue)))
	return batch, nil
}

// judge asks the classifier and stores what it says. Equal texts are asked about once.
func (c *Cascade) judge(ctx context.Context, batch []doubt) error {
	starting, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if err := c.Classifier.Start(starting); err != nil {
		return err
	}
	var texts []string
	place := make(map[string]int, len(batch))
	for i := range batch {
		if _, ok := place[batch[i].text]; !ok {
			place[batch[i].text] = len(texts)
			texts = append(texts, batch[i].text)
		}
	}
	asking, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	judged, err := c.Classifier.Judge(asking, texts)
	if err != nil {
		return err
	}
	var rereads []listening.Reread
	for i := range batch {
		d := &batch[i]
		for _, r := range d.mentions {
			r.Reading, r.Model = judged[place[d.text]].Reading(r.Reading), c.Model.WithDeep()
			rereads = append(rereads, r)
		}
	}
	var changed []string
	err = c.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		changed, err = listening.SaveRereads(ctx, tx, rereads)
		return err
	})
	if err != nil {
		return err
	}
	c.Metrics.posts.WithLabelValues("deep").Add(float64(len(batch)))
	c.Metrics.changed.Add(float64(len(changed)))
	if len(changed) > 0 && c.Changed != nil {
		c.Changed(ctx, changed)
	}
	return nil
}

// wait waits, and returns an error when ctx ends.
func wait(ctx context.Context, pause time.Duration) error {
	if pause <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// CascadeMetrics are what a cascade measures.
type CascadeMetrics struct {
	posts     *prometheus.CounterVec
	fallbacks *prometheus.CounterVec
	changed   prometheus.Counter
	queue     prometheus.Gauge
	seconds   prometheus.Histogram
}

// NewCascadeMetrics registers the metrics.
func NewCascadeMetrics(r prometheus.Registerer) *CascadeMetrics {
	f := promauto.With(r)
	m := &CascadeMetrics{
		posts: f.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_sentiment_posts_total",
			Help: "Posts read, by engine: fast reads every one, deep those that fast is not sure of."}, []string{"engine"}),
		fallbacks: f.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_sentiment_fallbacks_total",
			Help: "Posts that the deep engine did not read though fast is not sure, by reason: queue_full, timeout, failed."}, []string{"reason"}),
		changed: f.NewCounter(prometheus.CounterOpts{Name: "groundswell_sentiment_deep_changed_total",
			Help: "Mentions whose polarity the deep engine changed."}),
		queue: f.NewGauge(prometheus.GaugeOpts{Name: "groundswell_sentiment_queue_posts",
			Help: "Posts that wait for the deep engine."}),
		seconds: f.NewHistogram(prometheus.HistogramOpts{Name: "groundswell_sentiment_deep_seconds",
			Help: "Time of the deep engine for one batch, with storing what it says.", Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}}),
	}
	for _, engine := range []string{"fast", "deep"} {
		m.posts.WithLabelValues(engine).Add(0)
	}
	for _, reason := range []string{"queue_full", "timeout", "failed"} {
		m.fallbacks.WithLabelValues(reason).Add(0)
	}
	return m
}

package connectors

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/post"
	"github.com/prometheus/client_golang/prometheus"
)

// A Source is one configured connection to a network.
type Source struct {
	Name      string
	Network   string
	Silence   time.Duration // a connection that brings no byte for so long is restarted; 0: never
	Connector Connector
}

// RunnerOptions are what a Runner works with.
type RunnerOptions struct {
	DB      *sqldb.DB // cursors and gaps
	Log     log
	Lease   func(ctx context.Context, name string, ttl time.Duration) (bool, error)
	Sources []Source
	Metrics *Metrics
	Logger  *slog.Logger
	Now     func() time.Time // of events and records
}

// log is where events go.
type log interface {
	// Write returns when the log has acknowledged, and waits while it cannot.
	Write(ctx context.Context, events []post.Event) error
	Refuse(ctx context.Context, source, network, reason string, raw []byte) error
}

// A Runner runs sources side by side; what happens to one never stops another.
type Runner struct {
	opt     RunnerOptions
	sources []*running
}

// running is a source that is run.
type running struct {
	opt       *RunnerOptions
	source    Source
	health    health
	connected atomic.Int64 // nanoseconds of the last Connected; 0: not in this run
	lost      bool         // another process may have run it since
	flow      *flow
}

// NewRunner makes a Runner.
func NewRunner(opt RunnerOptions) *Runner {
	r := &Runner{opt: opt}
	for _, s := range opt.Sources {
		one := &running{opt: &r.opt, source: s, lost: true}
		one.health.status = Status{Name: s.Name, Network: s.Network, State: StateDown}
		one.flow = newFlow(one)
		r.sources = append(r.sources, one)
		opt.Metrics.up.WithLabelValues(s.Name).Set(0)
		for _, counter := range []*prometheus.CounterVec{opt.Metrics.gaps, opt.Metrics.accepted, opt.Metrics.duplicate, opt.Metrics.restarts} {
			counter.WithLabelValues(s.Name).Add(0)
		}
	}
	return r
}

// Statuses says how each source is.
func (r *Runner) Statuses() []Status {
	all := make([]Status, len(r.sources))
	for i, s := range r.sources {
		all[i] = s.health.get()
	}
	return all
}

// flushLimit is how long what is in flight may take to reach the log when the Runner ends.
const flushLimit = 10 * time.Second

// Run runs the sources until ctx ends; what they have emitted is then in the log.
func (r *Runner) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for _, s := range r.sources {
		all.Go(func() { s.run(ctx) })
	}
	all.Wait()
	<-ctx.Done() // all sources may have ended or stopped; that ends nothing else
	return nil
}

// run runs one source with its way to the log.
func (s *running) run(ctx context.Context) {
	flush, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	written := make(chan struct{})
	go func() {
		defer close(written)
		s.flow.write(flush)
	}()
	s.supervise(ctx)
	close(s.flow.closing)
	select { // a source that has ended may wait for a slow log as long as it takes
	case <-written:
	case <-ctx.Done():
		limit := time.AfterFunc(flushLimit, stop)
		defer limit.Stop()
		<-written
	}
	s.release()
}

// supervise runs the connector again and again until ctx ends or running it makes no sense.
func (s *running) supervise(ctx context.Context) {
	try := 0
	for s.await(ctx) {
		cursor, err := s.cursor(ctx)
		if err == nil {
			s.connected.Store(0)
			err = s.once(ctx, cursor)
		}
		if ctx.Err() != nil {
			return
		}
		if at := s.connected.Load(); at != 0 && time.Since(time.Unix(0, at)) > 10*time.Second {
			try = 0
		}
		if !s.next(ctx, err, &try) {
			return
		}
	}
}

// cursor is where the connector goes on: what the log has acknowledged, to us or, where the lease
// was away, to whoever had it.
func (s *running) cursor(ctx context.Context) (string, error) {
	cursor, err := s.flow.settle(ctx)
	if err != nil || !s.lost {
		return cursor, err
	}
	if cursor, err = LoadCursor(ctx, s.opt.DB, s.source.Name); err == nil {
		s.lost = false
		s.flow.resume(cursor)
	}
	return cursor, err
}

// next decides by the error's class, and waits; false ends the source.
func (s *running) next(ctx context.Context, err error, try *int) bool {
	var throttled *Throttled
	var retry *Retry
	switch {
	case errors.Is(err, ErrEnd):
		s.down(StateEnded, nil)
		return false
	case errors.Is(err, ErrAuth), errors.Is(err, ErrConfig), errors.As(err, new(*panicked)):
		s.opt.Logger.Error("source stopped: a person has to act", "source", s.source.Name, "network", s.source.Network, "err", err)
		s.down(StateStopped, err)
		return false
	case errors.Is(err, errLease):
		s.lost = true
		s.down(StateWaiting, nil)
		return true
	case errors.As(err, &throttled):
		until := throttled.Until
		s.down(StateThrottled, err)
		s.health.update(func(h *Status) { h.ThrottledUntil = &until })
		s.opt.Metrics.throttled.WithLabelValues(s.source.Name).Set(float64(until.Unix()))
		return s.rest(ctx, max(until.Sub(s.opt.Now()), time.Second))
	}
	pause := backoff(*try)
	if errors.As(err, &retry) {
		pause = retry.After
	} else {
		*try++
	}
	s.opt.Metrics.restarts.WithLabelValues(s.source.Name).Inc()
	s.opt.Logger.Warn("source is tried again", "source", s.source.Name, "network", s.source.Network, "in", pause, "err", err)
	s.down(StateDown, err)
	return s.rest(ctx, pause)
}

// rest waits and keeps the lease meanwhile, or another process would disturb a network that wants
// us to stay away. It is false when ctx ended.
func (s *running) rest(ctx context.Context, pause time.Duration) bool {
	for until := time.Now().Add(pause); ; {
		left := time.Until(until)
		if left <= 0 {
			return ctx.Err() == nil
		}
		if !sleep(ctx, min(left, leaseRenew)) {
			return false
		}
		if !s.renew(ctx) {
			s.lost = true
			return true
		}
	}
}

func (s *running) down(state State, err error) {
	s.health.update(func(h *Status) {
		h.State, h.ConnectedAt, h.ThrottledUntil, h.Error = state, nil, nil, ""
		if err != nil {
			h.Error = err.Error()
		}
	})
	s.opt.Metrics.up.WithLabelValues(s.source.Name).Set(0)
}

const (
	leaseTTL   = 15 * time.Second
	leaseRenew = 5 * time.Second
)

var (
	errLease  = errors.New("another process runs this source")
	errSilent = errors.New("the connection brought no byte for too long")
)

// shared says that one process at a time runs the source. One that is delivered to runs in all.
func (s *running) shared() bool {
	_, delivered := s.source.Connector.(http.Handler)
	return !delivered && s.opt.Lease != nil
}

// renew prolongs the lease; false when another process has it. While the leases are out of reach
// it is better to read twice than not at all.
func (s *running) renew(ctx context.Context) bool {
	if !s.shared() {
		return true
	}
	ok, err := s.opt.Lease(ctx, "source:"+s.source.Name, leaseTTL)
	return ok || err != nil
}

// release gives the lease back, so that another process need not wait until it lapses.
func (s *running) release() {
	if !s.shared() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if _, err := s.opt.Lease(ctx, "source:"+s.source.Name, time.Millisecond); err != nil {
		s.opt.Logger.Debug("lease lapses by itself", "source", s.source.Name, "err", err)
	}
}

// await waits for the source's lease; false when ctx ended.
func (s *running) await(ctx context.Context) bool {
	for s.shared() && ctx.Err() == nil {
		ok, err := s.opt.Lease(ctx, "source:"+s.source.Name, leaseTTL)
		switch {
		case ok:
			return true
		case err != nil:
			s.down(StateDown, err)
		default:
			s.lost = true
			s.down(StateWaiting, nil)
		}
		sleep(ctx, leaseRenew)
	}
	return ctx.Err() == nil
}

// once runs the connector one time. It is ended when it falls silent or loses the lease.
func (s *running) once(ctx context.Context, cursor string) (err error) {
	run, cancel := context.WithCancelCause(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		s.watch(run, cancel)
	}()
	defer func() {
		if r := recover(); r != nil {
			err = &panicked{r}
			s.opt.Logger.Error("connector panicked", "source", s.source.Name, "panic", r, "stack", string(debug.Stack()))
		}
		cause := context.Cause(run)
		cancel(nil)
		<-watched
		if errors.Is(cause, errLease) || errors.Is(cause, errSilent) {
			err = cause
		}
	}()
	if err = s.source.Connector.Run(run, cursor, s.flow); err == nil {
		err = errors.New("the connection was closed")
	}
	return err
}

// watch renews the lease and listens for silence while a run lasts.
func (s *running) watch(ctx context.Context, cancel context.CancelCauseFunc) {
	began := time.Now()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for renewed := began; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if time.Since(renewed) >= leaseRenew {
			if !s.renew(ctx) {
				cancel(errLease)
				return
			}
			renewed = time.Now()
		}
		last := max(s.flow.heard.Load(), began.UnixNano())
		if s.source.Silence > 0 && time.Since(time.Unix(0, last)) > s.source.Silence && s.connected.Load() != 0 {
			cancel(errSilent)
			return
		}
	}
}

// panicked is a fault of ours that stops one source.
type panicked struct{ value any }

func (p *panicked) Error() string {
	return fmt.Sprintf("a fault in the connector: %v: please report it", p.value)
}

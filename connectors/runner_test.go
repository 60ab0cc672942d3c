package connectors_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/post"
	"github.com/prometheus/client_golang/prometheus"
)

// A log that keeps what is written, and waits while it is closed.
type fakeLog struct {
	mu      sync.Mutex
	events  []post.Event
	refused []string
	gate    chan struct{} // Write waits until it is closed; nil: it does not

	failures atomic.Int64 // how many writes are refused yet
	waiting  atomic.Int64 // writes that have begun
}

func (l *fakeLog) Write(ctx context.Context, events []post.Event) error {
	l.waiting.Add(1)
	if l.failures.Add(-1) >= 0 {
		return errors.New("the log refuses")
	}
	if l.gate != nil {
		select {
		case <-l.gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, events...)
	return nil
}

func (l *fakeLog) Refuse(_ context.Context, _, _, reason string, _ []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refused = append(l.refused, reason)
	return nil
}

func (l *fakeLog) ids() (ids []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.events {
		ids = append(ids, e.Post.ID)
	}
	return ids
}

// A source whose run is a function.
type source func(ctx context.Context, cursor string, out connectors.Out) error

func (s source) Run(ctx context.Context, cursor string, out connectors.Out) error {
	return s(ctx, cursor, out)
}

func event(id string) post.Event {
	return post.Event{Type: post.Upsert, Post: post.Post{Network: "x", ID: id, Kind: post.KindPost, Author: post.Author{ID: "7"}, PostedAt: time.Unix(1700000000, 0)}}
}

// rig runs sources inside a bubble of its own time.
type rig struct {
	t      *testing.T
	db     *sqldb.DB
	log    *fakeLog
	lease  func(ctx context.Context, name string, ttl time.Duration) (bool, error)
	runner *connectors.Runner
}

func newRig(t *testing.T) *rig {
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	return &rig{t: t, db: db, log: &fakeLog{}, lease: func(context.Context, string, time.Duration) (bool, error) { return true, nil }}
}

// start runs the sources and returns what ends them.
func (r *rig) start(sources ...connectors.Source) (stop func()) {
	r.runner = connectors.NewRunner(connectors.RunnerOptions{DB: r.db, Log: r.log, Sources: sources, Metrics: connectors.NewMetrics(prometheus.NewRegistry()),
		Logger: slog.New(slog.DiscardHandler), Now: time.Now, Lease: func(ctx context.Context, name string, ttl time.Duration) (bool, error) {
			return r.lease(ctx, name, ttl)
		}})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.runner.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Error(err)
		}
	}
}

func (r *rig) cursor(source string) string {
	cursor, err := connectors.LoadCursor(context.Background(), r.db, source)
	if err != nil {
		r.t.Fatal(err)
	}
	return cursor
}

// bubble runs a test in virtual time.
func bubble(t *testing.T, test func(t *testing.T, r *rig)) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		test(t, r)
		if err := r.db.Close(); err != nil {
			t.Error(err)
		}
	})
}

// pass lets virtual time pass, until every goroutine waits again.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// The cursor follows what the log has acknowledged and never runs ahead of it.
func TestCursorFollowsTheLog(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.log.gate = make(chan struct{})
		var began []string
		s := connectors.Source{Name: "s", Network: "x", Connector: source(func(ctx context.Context, cursor string, out connectors.Out) error {
			began = append(began, cursor)
			out.Connected()
			for i := range 10 {
				if err := out.Emit(ctx, event(fmt.Sprint(i)), fmt.Sprint("after ", i)); err != nil {
					return err
				}
			}
			<-ctx.Done()
			return ctx.Err()
		})}
		stop := r.start(s)
		pass(5 * time.Second)
		if got := r.cursor("s"); got != "" {
			t.Errorf("cursor %q before the log has acknowledged", got)
		}
		close(r.log.gate)
		pass(2 * time.Second)
		if got := r.cursor("s"); got != "after 9" || len(r.log.ids()) != 10 {
			t.Errorf("cursor %q, %d events", got, len(r.log.ids()))
		}
		stop()
		stop = r.start(s)
		synctest.Wait()
		stop()
		if len(began) != 2 || began[1] != "after 9" {
			t.Errorf("began at %q", began)
		}
	})
}

// While the log is slow, connectors wait.
func TestBackPressure(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.log.gate = make(chan struct{})
		emitted := 0
		stop := r.start(connectors.Source{Name: "s", Network: "x", Connector: source(func(ctx context.Context, _ string, out connectors.Out) error {
			for {
				if err := out.Emit(ctx, event(fmt.Sprint(emitted)), ""); err != nil {
					return err
				}
				emitted++
			}
		})})
		pass(time.Minute)
		if emitted < 500 || emitted > 5000 {
			t.Errorf("%d events in flight", emitted)
		}
		close(r.log.gate)
		stop()
	})
}

// A source that cannot go on is visible and stops no other.
func TestClassesOfErrors(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		var mu sync.Mutex
		runs := map[string]int{}
		failing := func(name string, err error) connectors.Source {
			return connectors.Source{Name: name, Network: "x", Connector: source(func(context.Context, string, connectors.Out) error {
				mu.Lock()
				runs[name]++
				mu.Unlock()
				if name == "panic" {
					panic("oops")
				}
				return err
			})}
		}
		stop := r.start(
			failing("auth", fmt.Errorf("401: %w", connectors.ErrAuth)), failing("config", fmt.Errorf("404: %w", connectors.ErrConfig)),
			failing("panic", nil), failing("end", connectors.ErrEnd), failing("lost", errors.New("connection lost")),
			failing("throttled", &connectors.Throttled{Until: time.Now().Add(time.Hour), Err: errors.New("429")}),
			failing("prescribed", &connectors.Retry{After: 7 * time.Minute, Err: errors.New("later")}),
			connectors.Source{Name: "good", Network: "x", Connector: source(func(ctx context.Context, _ string, out connectors.Out) error {
				out.Connected()
				for i := range 20 {
					if err := out.Emit(ctx, event(fmt.Sprint(i)), ""); err != nil {
						return err
					}
					time.Sleep(time.Minute)
				}
				<-ctx.Done()
				return ctx.Err()
			})})
		pass(30 * time.Minute)
		mu.Lock()
		defer mu.Unlock()
		want := map[string]connectors.State{"auth": "stopped", "config": "stopped", "panic": "stopped", "end": "ended", "lost": "down", "throttled": "throttled", "prescribed": "down", "good": "up"}
		for _, s := range r.runner.Statuses() {
			if s.State != want[s.Name] || (s.Error == "") != (s.Name == "end" || s.Name == "good") {
				t.Errorf("%s: %s, %q", s.Name, s.State, s.Error)
			}
		}
		if runs["auth"] != 1 || runs["panic"] != 1 || runs["end"] != 1 || runs["throttled"] != 1 || runs["prescribed"] != 5 || runs["lost"] < 20 {
			t.Errorf("%v", runs)
		}
		if len(r.log.ids()) != 20 {
			t.Errorf("the good source: %d events", len(r.log.ids()))
		}
		stop()
	})
}

// Liveness is measured in bytes: a connection that brings none is restarted, one that brings no
// event but bytes is not.
func TestSilence(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		silent, alive := 0, 0
		stop := r.start(
			connectors.Source{Name: "silent", Network: "x", Silence: 90 * time.Second, Connector: source(func(ctx context.Context, _ string, out connectors.Out) error {
				silent++
				out.Connected()
				<-ctx.Done()
				return ctx.Err()
			})},
			connectors.Source{Name: "alive", Network: "x", Silence: 90 * time.Second, Connector: source(func(ctx context.Context, _ string, out connectors.Out) error {
				alive++
				out.Connected()
				for ctx.Err() == nil {
					out.Heard(1)
					time.Sleep(30 * time.Second)
				}
				return ctx.Err()
			})})
		pass(10 * time.Minute)
		if silent < 4 || alive != 1 {
			t.Errorf("silent ran %d times, alive %d", silent, alive)
		}
		stop()
	})
}

// What overlaps is left out; what is wrong is refused with its field.
func TestDuplicatesAndRefusals(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		stop := r.start(connectors.Source{Name: "s", Network: "x", Connector: source(func(ctx context.Context, _ string, out connectors.Out) error {
			bad := event("bad")
			bad.Post.Text = "a\x00"
			large := event("large")
			large.Post.Text = strings.Repeat("x", post.MaxSize)
			for _, e := range []post.Event{event("1"), event("1"), bad, large, event("2")} {
				if err := out.Emit(ctx, e, ""); err != nil {
					return err
				}
			}
			if err := out.Deliver(ctx, []post.Event{event("2"), event("3")}); err != nil {
				return err
			}
			return connectors.ErrEnd
		})})
		pass(time.Second)
		if got := strings.Join(r.log.ids(), " "); got != "1 2 3" && got != "3 1 2" {
			t.Errorf("log: %s", got)
		}
		if len(r.log.refused) != 2 || !strings.Contains(r.log.refused[0], "post.text") || !strings.Contains(r.log.refused[1], "bytes") {
			t.Errorf("refused: %q", r.log.refused)
		}
		stop()
	})
}

// One process at a time runs a source; it goes on in another when the lease is lost.
func TestLease(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		var held, running atomic.Bool
		r.lease = func(context.Context, string, time.Duration) (bool, error) { return held.Load(), nil }
		stop := r.start(connectors.Source{Name: "s", Network: "x", Connector: source(func(ctx context.Context, _ string, out connectors.Out) error {
			running.Store(true)
			defer running.Store(false)
			out.Connected()
			<-ctx.Done()
			return ctx.Err()
		})})
		for _, step := range []struct {
			held bool
			want connectors.State
		}{{true, "up"}, {false, "waiting"}, {true, "up"}} {
			held.Store(step.held)
			pass(30 * time.Second)
			if got := r.runner.Statuses()[0].State; got != step.want || running.Load() != step.held {
				t.Errorf("held %v: %s, running %v", step.held, got, running.Load())
			}
		}
		stop()
	})
}

// What was emitted before the end is in the log after it.
func TestEndFlushes(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		emitted := make(chan struct{})
		stop := r.start(connectors.Source{Name: "s", Network: "x", Connector: source(func(ctx context.Context, _ string, out connectors.Out) error {
			for i := range 100 {
				if err := out.Emit(ctx, event(fmt.Sprint(i)), fmt.Sprint(i)); err != nil {
					return err
				}
			}
			close(emitted)
			<-ctx.Done()
			return ctx.Err()
		})})
		<-emitted
		stop()
		if len(r.log.ids()) != 100 || r.cursor("s") != "99" {
			t.Errorf("%d events, cursor %q", len(r.log.ids()), r.cursor("s"))
		}
	})
}

func TestGaps(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		for i := range 3 {
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				from := at.Add(time.Duration(i) * time.Hour)
				return connectors.SaveGap(t.Context(), tx, connectors.Gap{Source: "s", From: from, Until: from.Add(10 * time.Minute), Reason: "away"}, at)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		last, err := connectors.Gaps(t.Context(), db, "s", 2)
		if err != nil || len(last) != 2 || !last[0].From.Equal(at.Add(2*time.Hour)) {
			t.Errorf("%v %v", last, err)
		}
		between, err := connectors.GapsBetween(t.Context(), db, at.Add(5*time.Minute), at.Add(30*time.Minute))
		if err != nil || len(between) != 1 || between[0].Reason != "away" {
			t.Errorf("%v %v", between, err)
		}
	})
}

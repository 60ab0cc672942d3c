package connectors_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/post"
)

// running is a source that emits what the test sends and ends when it is told to.
type running struct {
	mu      sync.Mutex
	cursors []string // that it began with
	outs    chan connectors.Out
	end     chan error
}

func newRunning() *running {
	return &running{outs: make(chan connectors.Out, 1), end: make(chan error, 1)}
}

func (c *running) Run(ctx context.Context, cursor string, out connectors.Out) error {
	c.mu.Lock()
	c.cursors = append(c.cursors, cursor)
	c.mu.Unlock()
	out.Connected()
	c.outs <- out
	select {
	case err := <-c.end:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// began are the cursors of its runs.
func (c *running) began() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.cursors)
}

// emit hands over an event with the cursor of its id.
func emit(t *testing.T, out connectors.Out, id string) {
	t.Helper()
	if err := out.Emit(t.Context(), event(id), "after "+id); err != nil {
		t.Fatal(err)
	}
}

// After a lost connection the source goes on behind what the log has, also where it took a while.
func TestRestartWaitsForTheLog(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.log.gate = make(chan struct{})
		c := newRunning()
		stop := r.start(connectors.Source{Name: "s", Network: "x", Connector: c})
		out := <-c.outs
		emit(t, out, "1")
		emit(t, out, "2")
		c.end <- errors.New("connection lost")
		pass(time.Hour)
		if len(c.began()) != 1 {
			t.Errorf("began at %q while events were in flight", c.began())
		}
		close(r.log.gate)
		pass(time.Minute)
		if diff := cmp.Diff([]string{"", "after 2"}, c.began()); diff != "" {
			t.Errorf("began at (-want +got):\n%s", diff)
		}
		stop()
	})
}

// A mark moves the cursor behind the events before it, and not ahead of them.
func TestMark(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.log.gate = make(chan struct{})
		c := newRunning()
		stop := r.start(connectors.Source{Name: "s", Network: "x", Connector: c})
		out := <-c.outs
		if err := out.Emit(t.Context(), event("1"), ""); err != nil {
			t.Fatal(err)
		}
		if err := out.Mark(t.Context(), "polled"); err != nil {
			t.Fatal(err)
		}
		pass(time.Minute)
		if got := r.cursor("s"); got != "" {
			t.Errorf("cursor %q before the log has acknowledged", got)
		}
		close(r.log.gate)
		pass(2 * time.Second)
		if got := r.cursor("s"); got != "polled" {
			t.Errorf("cursor %q", got)
		}
		stop()
	})
}

// A log that refuses a batch for a while gets it again: nothing is left out behind a cursor.
func TestLogRefusesForAWhile(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.log.failures.Store(5)
		c := newRunning()
		stop := r.start(connectors.Source{Name: "s", Network: "x", Connector: c})
		out := <-c.outs
		emit(t, out, "1")
		pass(time.Second)
		emit(t, out, "2")
		pass(10 * time.Minute)
		if got := strings.Join(r.log.ids(), " "); got != "1 2" || r.cursor("s") != "after 2" {
			t.Errorf("log %q, cursor %q", got, r.cursor("s"))
		}
		stop()
	})
}

// A log that stays away bounds the end; the cursor then stands before what it lacks.
func TestEndIsBounded(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		c := newRunning()
		stop := r.start(connectors.Source{Name: "s", Network: "x", Connector: c})
		out := <-c.outs
		emit(t, out, "1")
		pass(time.Second)
		r.log.failures.Store(1 << 30)
		emit(t, out, "2")
		pass(time.Second)
		began := time.Now()
		stop()
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("it took %s", took)
		}
		if got := r.cursor("s"); got != "after 1" {
			t.Errorf("cursor %q", got)
		}
	})
}

// A source that has ended may wait for the log longer than the end of the process may take.
func TestEndedSourceWaitsForTheLog(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.log.gate = make(chan struct{})
		c := newRunning()
		stop := r.start(connectors.Source{Name: "s", Network: "x", Connector: c})
		out := <-c.outs
		emit(t, out, "1")
		c.end <- connectors.ErrEnd
		pass(time.Hour)
		close(r.log.gate)
		pass(time.Second)
		if got := strings.Join(r.log.ids(), " "); got != "1" || r.cursor("s") != "after 1" {
			t.Errorf("log %q, cursor %q", got, r.cursor("s"))
		}
		late, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for i := range 5000 { // a connector that is late: no panic, and no waiting without end
			if err := out.Emit(late, event(fmt.Sprint("late ", i)), ""); err != nil {
				break
			}
		}
		if late.Err() != nil {
			t.Error("emitting after the end waits")
		}
		stop()
	})
}

// A delivery is acknowledged by the log alone: one that fails is not known, not even to the same
// delivery made again at the same time.
func TestDeliverTwiceAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.log.gate = make(chan struct{})
		c := newRunning()
		stop := r.start(connectors.Source{Name: "s", Network: "x", Connector: c})
		out := <-c.outs
		var first, second atomic.Value
		impatient, cancel := context.WithCancel(t.Context())
		go func() { first.Store(out.Deliver(impatient, []post.Event{event("1")}) != nil) }()
		go func() { second.Store(out.Deliver(t.Context(), []post.Event{event("1")}) == nil) }()
		pass(time.Second)
		cancel()
		pass(time.Second)
		if first.Load() != true || second.Load() != nil {
			t.Errorf("before the log has it: first failed %v, second acknowledged %v", first.Load(), second.Load())
		}
		close(r.log.gate)
		pass(time.Second)
		if second.Load() != true || len(r.log.ids()) != 1 {
			t.Errorf("second acknowledged %v, log %v", second.Load(), r.log.ids())
		}
		if err := out.Deliver(t.Context(), []post.Event{event("1")}); err != nil || len(r.log.ids()) != 1 {
			t.Errorf("delivered once more: %v, log %v", err, r.log.ids())
		}
		stop()
	})
}

// What is in flight by deliveries is bounded as well.
func TestDeliveriesAreBounded(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.log.gate = make(chan struct{})
		c := newRunning()
		stop := r.start(connectors.Source{Name: "s", Network: "x", Connector: c})
		out := <-c.outs
		for i := range 100 {
			e := event(fmt.Sprint(i))
			e.Post.Text = strings.Repeat("x", 1<<19)
			go func() { _ = out.Deliver(t.Context(), []post.Event{e}) }()
		}
		pass(time.Minute)
		if n := r.log.waiting.Load(); n < 10 || n > 16 {
			t.Errorf("%d deliveries of 512 KiB at the log, want no more than fit in 8 MiB", n)
		}
		close(r.log.gate)
		pass(time.Minute)
		if len(r.log.ids()) != 100 {
			t.Errorf("log: %d", len(r.log.ids()))
		}
		stop()
	})
}

// An account may go, come back and go again; each time it is forgotten.
func TestForgettingIsNoDuplicate(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		c := newRunning()
		stop := r.start(connectors.Source{Name: "s", Network: "x", Connector: c})
		out := <-c.outs
		gone := post.Event{Type: post.AuthorGone, Post: post.Post{Network: "x", Author: post.Author{ID: "7"}}}
		deleted := post.Event{Type: post.Delete, Post: post.Post{Network: "x", ID: "1"}}
		for _, e := range []post.Event{event("1"), gone, deleted, event("1"), gone, deleted} {
			if err := out.Emit(t.Context(), e, ""); err != nil {
				t.Fatal(err)
			}
		}
		pass(time.Second)
		if n := len(r.log.ids()); n != 5 {
			t.Errorf("%d events, want one post, and each deletion twice", n)
		}
		if s := r.runner.Statuses()[0]; s.LastEventAt == nil || s.Received != 6 || s.Accepted != 5 {
			t.Errorf("%+v", s)
		}
		stop()
	})
}

// While another process ran the source its cursor went on; ours is behind.
func TestLeaseLostAndFound(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		var held atomic.Bool
		held.Store(true)
		r.lease = func(context.Context, string, time.Duration) (bool, error) { return held.Load(), nil }
		c := newRunning()
		stop := r.start(connectors.Source{Name: "s", Network: "x", Connector: c})
		emit(t, <-c.outs, "1")
		pass(2 * time.Second)
		held.Store(false)
		pass(time.Minute)
		err := r.db.Update(t.Context(), func(tx *sqldb.Tx) error {
			return connectors.SaveCursor(t.Context(), tx, "s", "after 99", time.Now())
		})
		if err != nil {
			t.Fatal(err)
		}
		held.Store(true)
		pass(time.Minute)
		if diff := cmp.Diff([]string{"", "after 99"}, c.began()); diff != "" {
			t.Errorf("began at (-want +got):\n%s", diff)
		}
		stop()
		if got := r.cursor("s"); got != "after 99" {
			t.Errorf("cursor %q", got)
		}
	})
}

// While the network wants us to stay away the lease is kept, and at the end it is given back.
func TestLeaseIsKeptWhileThrottled(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		var until time.Time
		var gap time.Duration
		var mu sync.Mutex
		r.lease = func(_ context.Context, _ string, ttl time.Duration) (bool, error) {
			mu.Lock()
			defer mu.Unlock()
			if !until.IsZero() && time.Now().After(until) {
				gap = max(gap, time.Since(until))
			}
			until = time.Now().Add(ttl)
			return true, nil
		}
		c := newRunning()
		c.end <- &connectors.Throttled{Until: time.Now().Add(time.Hour), Err: errors.New("429")}
		stop := r.start(connectors.Source{Name: "s", Network: "x", Connector: c})
		<-c.outs
		pass(59 * time.Minute)
		s := r.runner.Statuses()[0]
		if len(c.began()) != 1 || s.State != connectors.StateThrottled || s.ThrottledUntil == nil {
			t.Errorf("began %d times, %+v", len(c.began()), s)
		}
		pass(2 * time.Minute)
		stop()
		mu.Lock()
		defer mu.Unlock()
		if len(c.began()) != 2 || gap != 0 {
			t.Errorf("began %d times, the lease was away for %s", len(c.began()), gap)
		}
		if until.After(time.Now().Add(time.Second)) {
			t.Errorf("the lease stays for %s after the end", time.Until(until))
		}
	})
}

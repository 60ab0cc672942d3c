package web

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/groundswell/groundswell/internal/memory"
	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Attempts to sign in are counted for the name and for the address. After some free ones, each
// failure doubles the time until the next. A name waits a minute at most, so that nobody can lock
// a user out for long; an address a quarter of an hour, for it can only lock out itself.
var (
	byName    = allowance{free: 5, first: time.Second, most: time.Minute}
	byAddress = allowance{free: 20, first: time.Second, most: 15 * time.Minute}
	// byCode is of the code of a second factor, which has a million values and is asked for only of who
	// knows the password: guessing for a year at this pace succeeds once in ten.
	byCode = allowance{free: 5, first: time.Second, most: 15 * time.Minute}
)

const (
	throttleSize   = 10_000 // names, and as many addresses, that are remembered
	throttleForget = time.Hour
)

type allowance struct {
	free        int
	first, most time.Duration
}

// wait is how long to stay away after so many failures.
func (a allowance) wait(failures int) time.Duration {
	if failures < a.free {
		return 0
	}
	if doublings := failures - a.free; doublings < 20 {
		return min(a.first<<doublings, a.most)
	}
	return a.most
}

type attempts struct {
	failures int
	last     time.Time
}

// Tries counts attempts for all processes; *memory.Memory does.
type Tries interface {
	Try(ctx context.Context, now time.Time, tries ...memory.Try) (wait time.Duration, err error)
	Forgive(ctx context.Context, key string, all bool) error
}

// A throttle slows guessing down. It counts with the other processes where it can, and by itself where
// it has no Tries, or they are out of reach. It is safe for concurrent use.
type throttle struct {
	of        string // what it is of: each counts by itself
	shared    Tries  // nil: there are none
	logger    *slog.Logger
	clock     func() time.Time
	byName    allowance
	mu        sync.Mutex
	names     *simplelru.LRU[string, attempts]
	addresses *simplelru.LRU[string, attempts]
}

// newThrottle makes the server's throttle of something, with an allowance for names.
func (s *Server) newThrottle(of string, allowed allowance) *throttle {
	t := newThrottle(s.Clock, allowed)
	t.of, t.shared, t.logger = of, s.Tries, s.Logger
	return t
}

func newThrottle(clock func() time.Time, allowed allowance) *throttle {
	names, _ := simplelru.NewLRU[string, attempts](throttleSize, nil) // fails for sizes below 1 only
	addresses, _ := simplelru.NewLRU[string, attempts](throttleSize, nil)
	return &throttle{clock: clock, byName: allowed, names: names, addresses: addresses}
}

// sharedCount bounds how long a request waits for the count that processes share, and lets the count be
// finished for a client that has gone.
func sharedCount(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), time.Second)
}

func (t *throttle) nameKey(name string) string       { return t.of + " name " + name }
func (t *throttle) addressKey(address string) string { return t.of + " address " + address }

// begin admits an attempt, which counts as failed until succeed says otherwise: so attempts that
// run at once count each. When it has to wait, begin says for how long and counts nothing. Without an
// address the name alone counts.
func (t *throttle) begin(ctx context.Context, name, address string) (wait time.Duration) {
	if t.shared != nil {
		tries := []memory.Try{{Key: t.nameKey(name), Free: t.byName.free, First: t.byName.first, Most: t.byName.most}}
		if address != "" {
			tries = append(tries, memory.Try{Key: t.addressKey(address), Free: byAddress.free, First: byAddress.first, Most: byAddress.most})
		}
		ctx, cancel := sharedCount(ctx)
		defer cancel()
		wait, err := t.shared.Try(ctx, t.clock(), tries...)
		if err == nil {
			return wait
		}
		t.logger.Warn("attempts are counted by this process alone", "err", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.clock()
	n, a := recall(t.names, name, now), recall(t.addresses, address, now)
	wait = max(n.last.Add(t.byName.wait(n.failures)).Sub(now), a.last.Add(byAddress.wait(a.failures)).Sub(now))
	if wait > 0 {
		return wait
	}
	t.names.Add(name, attempts{n.failures + 1, now})
	if address != "" {
		t.addresses.Add(address, attempts{a.failures + 1, now})
	}
	return 0
}

// succeed forgets the failures of the name, and takes the one attempt off the address.
func (t *throttle) succeed(ctx context.Context, name, address string) {
	t.forgive(ctx, t.nameKey(name), true)
	t.excuseAddress(ctx, address)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.names.Remove(name)
}

// excuse takes back the attempt that begin counted: it was right, but not the whole way in.
func (t *throttle) excuse(ctx context.Context, name, address string) {
	t.forgive(ctx, t.nameKey(name), false)
	t.excuseAddress(ctx, address)
	t.mu.Lock()
	defer t.mu.Unlock()
	lower(t.names, name)
}

func (t *throttle) excuseAddress(ctx context.Context, address string) {
	if address == "" {
		return
	}
	t.forgive(ctx, t.addressKey(address), false)
	t.mu.Lock()
	defer t.mu.Unlock()
	lower(t.addresses, address)
}

func (t *throttle) forgive(ctx context.Context, key string, all bool) {
	if t.shared == nil {
		return
	}
	ctx, cancel := sharedCount(ctx)
	defer cancel()
	if err := t.shared.Forgive(ctx, key, all); err != nil {
		t.logger.Warn("an attempt that succeeded stays counted", "err", err)
	}
}

// lower takes one failure back.
func lower(lru *simplelru.LRU[string, attempts], key string) {
	if a, ok := lru.Get(key); ok && a.failures > 0 {
		lru.Add(key, attempts{a.failures - 1, a.last})
	}
}

// recall returns what is remembered, nothing when the last failure is long ago.
func recall(lru *simplelru.LRU[string, attempts], key string, now time.Time) attempts {
	a, ok := lru.Get(key)
	if !ok || now.Sub(a.last) > throttleForget {
		return attempts{}
	}
	return a
}

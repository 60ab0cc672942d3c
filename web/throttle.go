package web

import (
	"sync"
	"time"

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

// A throttle slows the guessing of passwords down. It is safe for concurrent use.
type throttle struct {
	clock     func() time.Time
	byName    allowance
	mu        sync.Mutex
	names     *simplelru.LRU[string, attempts]
	addresses *simplelru.LRU[string, attempts]
}

func newThrottle(clock func() time.Time) *throttle { return newThrottleOf(clock, byName) }

// newThrottleOf makes a throttle with an allowance of its own for names.
func newThrottleOf(clock func() time.Time, allowed allowance) *throttle {
	names, _ := simplelru.NewLRU[string, attempts](throttleSize, nil) // fails for sizes below 1 only
	addresses, _ := simplelru.NewLRU[string, attempts](throttleSize, nil)
	return &throttle{clock: clock, byName: allowed, names: names, addresses: addresses}
}

// begin admits an attempt, which counts as failed until succeed says otherwise: so attempts that
// run at once count each. When it has to wait, begin says for how long and counts nothing.
func (t *throttle) begin(name, address string) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.clock()
	n, a := recall(t.names, name, now), recall(t.addresses, address, now)
	wait = max(n.last.Add(t.byName.wait(n.failures)).Sub(now), a.last.Add(byAddress.wait(a.failures)).Sub(now))
	if wait > 0 {
		return wait
	}
	t.names.Add(name, attempts{n.failures + 1, now})
	t.addresses.Add(address, attempts{a.failures + 1, now})
	return 0
}

// succeed forgets the failures of the name, and takes the one attempt off the address.
func (t *throttle) succeed(name, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.names.Remove(name)
	if a, ok := t.addresses.Get(address); ok && a.failures > 0 {
		t.addresses.Add(address, attempts{a.failures - 1, a.last})
	}
}

// excuse takes back the attempt that begin counted: it was right, but not the whole way in.
func (t *throttle) excuse(name, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n, ok := t.names.Get(name); ok && n.failures > 0 {
		t.names.Add(name, attempts{n.failures - 1, n.last})
	}
	if a, ok := t.addresses.Get(address); ok && a.failures > 0 {
		t.addresses.Add(address, attempts{a.failures - 1, a.last})
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

package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// LiveClients is how many may listen at once.
const LiveClients = liveClients

// LivePerUser is how many of them may be one user's.
const LivePerUser = livePerUser

// LiveQueue is how many events wait for one client.
const LiveQueue = liveQueue

// A Feed is the live feed without a server, for tests on a clock of their own.
type Feed struct{ *live }

// NewFeed makes one.
func NewFeed() Feed {
	return Feed{newLive(slog.New(slog.DiscardHandler), prometheus.NewGauge(prometheus.GaugeOpts{Name: "x"}))}
}

// Follow streams to w until ctx ends or the client is cut off.
func (f Feed) Follow(ctx context.Context, w http.ResponseWriter) error {
	c, err := f.join("", "", nil)
	if err != nil {
		return err
	}
	defer f.leave(c)
	stream(ctx, w, c)
	return nil
}

// Send sends an event of n bytes to everybody.
func (f Feed) Send(n int) { f.send([]event{{frame: make([]byte, n)}}) }

// Clients is how many listen.
func (f Feed) Clients() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.clients)
}

// A Throttle is the throttle of sign-ins.
type Throttle struct{ t *throttle }

// NewThrottle makes one.
func NewThrottle(clock func() time.Time) Throttle { return Throttle{newThrottle(clock, byName)} }

// Begin asks for an attempt.
func (t Throttle) Begin(name, address string) time.Duration {
	return t.t.begin(context.Background(), name, address)
}

// Succeed tells of a success.
func (t Throttle) Succeed(name, address string) { t.t.succeed(context.Background(), name, address) }

// Size is how many names and addresses are remembered.
func (t Throttle) Size() (names, addresses int) { return t.t.names.Len(), t.t.addresses.Len() }

// Patterns are those of the routes outside the framework.
func (s *Server) Patterns() []string { return s.patterns }

// ClientOf is where a request comes from.
func ClientOf(p Proxies, r *http.Request) string { return p.client(r) }

// ClientNetwork is what an address is throttled by.
var ClientNetwork = clientNetwork

// WebLink is what is left of an address from a network.
var WebLink = webLink

// StepOf says of which step of time a code is.
var StepOf = stepOf

// RecoveryHash is a recovery code as it is kept.
var RecoveryHash = recoveryHash

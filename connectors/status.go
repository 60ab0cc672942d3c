package connectors

import (
	"sync"
	"time"
)

// A State is how a source is.
type State string

// The states.
const (
	StateUp        State = "up"        // connected
	StateDown      State = "down"      // not connected, and tried again
	StateThrottled State = "throttled" // the network wants us to stay away until a time
	StateStopped   State = "stopped"   // a person has to act
	StateEnded     State = "ended"     // the source has no more to give
	StateWaiting   State = "waiting"   // another process runs it
)

// A Status is what can be told of a source.
type Status struct {
	Name           string     `json:"name"`
	Network        string     `json:"network"`
	State          State      `json:"state"`
	Error          string     `json:"error,omitempty"`
	ThrottledUntil *time.Time `json:"throttled_until,omitempty"`
	LagSeconds     float64    `json:"lag_seconds"`
	Received       int64      `json:"received"`
	Accepted       int64      `json:"accepted"`
	Refused        int64      `json:"refused"`
	LastEventAt    *time.Time `json:"last_event_at,omitempty"`
	ConnectedAt    *time.Time `json:"connected_at,omitempty"`
}

// health is a Status that several goroutines keep.
type health struct {
	mu     sync.Mutex
	status Status
}

func (h *health) update(change func(s *Status)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change(&h.status)
}

func (h *health) get() Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.status
}

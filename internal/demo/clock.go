package demo

import (
	"sync/atomic"
	"time"
)

// A Clock runs faster than the world until it has caught up with it: it stands an hour back until
// Begin, so that the scenario's hour ends at the present, and tells the world's time from then on.
type Clock struct {
	start time.Time // of the scenario
	speed float64
	now   func() time.Time
	began atomic.Pointer[time.Time] // of the world; nil: it stands
}

// NewClock makes a clock that will run at the given speed, seconds of the scenario per second.
func NewClock(speed float64, now func() time.Time) *Clock {
	return &Clock{start: now().Add(-time.Hour).Truncate(time.Second), speed: max(1, speed), now: now}
}

// Begin lets the clock run.
func (c *Clock) Begin() {
	world := c.now()
	c.began.Store(&world)
}

// Start is when the scenario's hour begins.
func (c *Clock) Start() time.Time { return c.start }

// Now is the time in the scenario.
func (c *Clock) Now() time.Time {
	began := c.began.Load()
	if began == nil {
		return c.start
	}
	world := c.now()
	scenario := c.start.Add(time.Duration(float64(world.Sub(*began)) * c.speed))
	if scenario.After(world) {
		return world
	}
	return scenario
}

// Until is how long the world has to wait for a time of the scenario.
func (c *Clock) Until(t time.Time) time.Duration {
	return time.Duration(float64(t.Sub(c.Now())) / c.speed)
}

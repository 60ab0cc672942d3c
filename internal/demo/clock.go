package demo

import "time"

// A Clock runs faster than the world until it has caught up with it: it starts an hour back, so
// that the scenario's hour ends at the present, and tells the world's time from then on.
type Clock struct {
	began time.Time // of the world
	start time.Time // of the scenario
	speed float64
	now   func() time.Time
}

// NewClock starts a clock that runs an hour at the given speed, seconds of the scenario per second.
func NewClock(speed float64, now func() time.Time) *Clock {
	began := now()
	return &Clock{began: began, start: began.Add(-time.Hour).Truncate(time.Second), speed: max(1, speed), now: now}
}

// Start is when the scenario's hour begins.
func (c *Clock) Start() time.Time { return c.start }

// Now is the time in the scenario.
func (c *Clock) Now() time.Time {
	world := c.now()
	scenario := c.start.Add(time.Duration(float64(world.Sub(c.began)) * c.speed))
	if scenario.After(world) {
		return world
	}
	return scenario
}

// Until is how long the world has to wait for a time of the scenario.
func (c *Clock) Until(t time.Time) time.Duration {
	return time.Duration(float64(t.Sub(c.Now())) / c.speed)
}

package connectors

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// Retry says that the provider prescribes when to come back, in place of our own backoff.
type Retry struct {
	After time.Duration
	Err   error
}

func (r *Retry) Error() string { return fmt.Sprintf("try again after %s: %v", r.After, r.Err) }

func (r *Retry) Unwrap() error { return r.Err }

const (
	backoffFirst = time.Second
	backoffMost  = time.Minute
)

// backoff is a random pause below a second · 2^try, a minute at most: full jitter (Brooker,
// "Exponential Backoff And Jitter", 2015).
func backoff(try int) time.Duration {
	return rand.N(min(backoffFirst<<min(try, 10), backoffMost)) + time.Millisecond
}

// sleep waits, and says whether ctx let it.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

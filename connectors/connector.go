// Package connectors brings the networks in. A Connector speaks one network's protocol; the
// Runner gives it what every one needs: back-pressure, a cursor that never runs ahead of the log,
// backoff, health and gap records. The folders beside this file hold one network each, and
// connectors/registry lists them, one line a network.
package connectors

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/post"
)

// A Connector reads one source until ctx ends.
//
// Run starts at cursor (empty: at the present), emits what it hears through out and returns when
// ctx ends, when the connection is lost, or when the source has no more to give (ErrEnd). It may
// be called again, with the newest cursor the log has acknowledged; it must then overlap rather
// than leave a gap, for a post heard twice is counted once. It keeps no goroutine behind.
//
// The error's class decides what the Runner does: Throttled waits until the time it names,
// ErrAuth and ErrConfig stop this source (and no other) until a person acts, any other error is
// retried with backoff.
type Connector interface {
	Run(ctx context.Context, cursor string, out Out) error
}

// Out takes what a connector hears. Its methods may be called from several goroutines.
type Out interface {
	// Emit hands over one event with the cursor that resumes after it; a cursor may be empty
	// when only a later one can resume. Emit waits while the log is slow, and returns an error
	// only when ctx ended. Order is kept. The event belongs to Out from then on.
	Emit(ctx context.Context, e post.Event, cursor string) error
	// Mark hands over a cursor without an event: when everything emitted before it is acknowledged,
	// the source resumes after it.
	Mark(ctx context.Context, cursor string) error
	// Deliver is Emit that returns only when the log has acknowledged, for sources that
	// acknowledge to a sender, such as a webhook.
	Deliver(ctx context.Context, events []post.Event) error
	// Heard reports bytes from the network, whatever they hold: the sign that a connection lives.
	Heard(bytes int)
	// Connected reports that the connection stands; backoff starts anew and the source is up.
	Connected()
	// Refuse hands over what could not be decoded. It goes to the dead-letter log with its reason.
	Refuse(ctx context.Context, raw []byte, reason string) error
	// Gap records that what was said between from and until may be missing, and why.
	Gap(ctx context.Context, from, until time.Time, reason string) error
}

var (
	// ErrEnd says that the source has no more to give; it is not run again.
	ErrEnd = errors.New("end of source")
	// ErrAuth says that the network refuses our credentials.
	ErrAuth = errors.New("the network refuses the credentials")
	// ErrConfig says that the source's configuration cannot work.
	ErrConfig = errors.New("the configuration cannot work")
)

// Throttled says that the network wants us to stay away until a time.
type Throttled struct {
	Until time.Time
	Err   error
}

func (t *Throttled) Error() string {
	return fmt.Sprintf("throttled until %s: %v", t.Until.UTC().Format(time.RFC3339), t.Err)
}

func (t *Throttled) Unwrap() error { return t.Err }

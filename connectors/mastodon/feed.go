package mastodon

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"github.com/groundswell/groundswell/connectors"
)

const (
	maxMessage  = 2 << 20  // of an event that is handled: a status and its escapes
	maxDiscard  = 16 << 20 // of an event that is read past
	feedBytes   = 32 << 20 // waiting between the readers and the loop
	feedLength  = 1024
	refusedHead = 16 << 10 // bytes kept of an event that is too large
)

// A message is one event of the streaming API.
type message struct {
	stream  string // key of the stream, empty where it does not matter
	event   string
	payload []byte
	fault   string // why it cannot be read; payload then holds its first bytes
}

// A feed is a live connection. Its readers put what they hear into messages, which is bounded, and
// wait when it is full; when they end, err is set and messages is closed.
type feed struct {
	messages chan message
	room     *semaphore.Weighted
	err      error
	stop     func() // ends the readers and waits for them
}

// startFeed runs the readers until one ends or stop is called.
func startFeed(ctx context.Context, readers ...func(context.Context, *feed) error) *feed {
	ctx, cancel := context.WithCancel(ctx)
	f := &feed{messages: make(chan message, feedLength), room: semaphore.NewWeighted(feedBytes)}
	g, gctx := errgroup.WithContext(ctx)
	for _, read := range readers {
		g.Go(func() error { return read(gctx, f) })
	}
	var done sync.WaitGroup
	done.Go(func() {
		f.err = g.Wait()
		close(f.messages)
	})
	f.stop = func() {
		cancel()
		done.Wait()
	}
	return f
}

// put waits until the loop has room for a message.
func (f *feed) put(ctx context.Context, m message) error {
	if err := f.room.Acquire(ctx, int64(len(m.payload))); err != nil {
		return err
	}
	select {
	case f.messages <- m:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// taken gives a message's room back once it has been handled.
func (f *feed) taken(m message) { f.room.Release(int64(len(m.payload))) }

// frame is a message as the WebSocket brings it. Payload is a string that holds JSON or an id; an
// object is understood as well.
type frame struct {
	Stream  []string        `json:"stream"`
	Event   string          `json:"event"`
	Payload json.RawMessage `json:"payload"`
	Error   string          `json:"error"`
	Status  int             `json:"status"`
}

// parseFrame reads one message of the WebSocket. The error is one that the server reports.
func parseFrame(raw []byte) (message, error) {
	var f frame
	if err := json.Unmarshal(raw, &f); err != nil {
		return message{payload: raw, fault: "streaming message: " + describe(err).Error()}, nil
	}
	if f.Error != "" {
		return message{}, f.failure()
	}
	m := message{stream: strings.ToLower(strings.Join(f.Stream, ":")), event: f.Event, payload: f.Payload}
	if bytes.HasPrefix(f.Payload, []byte{'"'}) {
		var text string
		if err := json.Unmarshal(f.Payload, &text); err != nil {
			return message{payload: raw, fault: "streaming message: " + describe(err).Error()}, nil
		}
		m.payload = []byte(text)
	}
	if m.event == "" {
		return message{payload: raw, fault: "streaming message: event is missing"}, nil
	}
	return m, nil
}

func (f frame) failure() error {
	err := fmt.Errorf("subscribe: the server answers %d (%.120q)", f.Status, f.Error)
	switch f.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Errorf("%w: %w: the token needs the scope read, and a list must be the account's own", err, connectors.ErrAuth)
	case http.StatusBadRequest, http.StatusNotFound:
		return fmt.Errorf("%w: %w: check streams, lists and hashtags", err, connectors.ErrConfig)
	}
	return err
}

package mastodon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tmaxmax/go-sse"
)

// openEvents makes one connection a stream, for servers whose proxies let no WebSocket through.
func (a *api) openEvents(ctx context.Context, streaming *url.URL, streams []stream, heard func(int)) (*feed, error) {
	ctx, cancel := context.WithCancel(ctx)
	var bodies []io.ReadCloser
	abandon := func() {
		cancel()
		for _, body := range bodies {
			body.Close()
		}
	}
	var readers []func(context.Context, *feed) error
	for _, s := range streams {
		if s.subscribe == nil {
			continue
		}
		body, err := a.openEventStream(ctx, streaming.String()+s.live, s.key)
		if err != nil {
			abandon()
			return nil, err
		}
		bodies = append(bodies, body)
		readers = append(readers, func(ctx context.Context, f *feed) error {
			// A read waits in the body, which knows another context: closing ends it.
			defer context.AfterFunc(ctx, func() { body.Close() })()
			defer body.Close()
			return readEvents(ctx, body, s.key, f, heard)
		})
	}
	f := startFeed(ctx, readers...)
	stop := f.stop
	f.stop = func() {
		cancel()
		stop()
	}
	return f, nil
}

// openEventStream waits for the head of the answer for as long as a request may take; the body
// then has no limit in time.
func (a *api) openEventStream(ctx context.Context, address, key string) (io.ReadCloser, error) {
	ctx, cancelCause := context.WithCancelCause(ctx)
	cancel := func() { cancelCause(nil) }
	timer := time.AfterFunc(requestTimeout, func() { cancelCause(errSlow) })
	req, err := a.request(ctx, address)
	if err != nil {
		cancel()
		return nil, err
	}
	req.Header.Set("Accept", "text/event-stream")
	client := *a.client
	client.Timeout = 0
	resp, err := client.Do(req)
	timer.Stop()
	if err != nil {
		cancel()
		return nil, err
	}
	what := "open stream " + key
	if resp.StatusCode != http.StatusOK {
		defer cancel()
		defer resp.Body.Close()
		body, _ := io.ReadAll(io.LimitReader(resp.Body, 1024))
		return nil, a.refusal(what, resp, body)
	}
	if kind := resp.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/event-stream") {
		defer cancel()
		defer resp.Body.Close()
		return nil, fmt.Errorf("%s: want text/event-stream, got %.60q", what, kind)
	}
	return cancelledBody{resp.Body, cancel}, nil
}

type cancelledBody struct {
	io.ReadCloser
	cancel func()
}

func (b cancelledBody) Close() error {
	b.cancel()
	return b.ReadCloser.Close()
}

func readEvents(ctx context.Context, body io.Reader, key string, f *feed, heard func(int)) error {
	for e, err := range sse.Read(heardReader{body, heard}, &sse.ReadConfig{MaxEventSize: maxMessage}) {
		if err != nil {
			return fmt.Errorf("read stream %s: %w", key, err)
		}
		if e.Type == "" {
			continue
		}
		if err := f.put(ctx, message{stream: key, event: e.Type, payload: []byte(e.Data)}); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return fmt.Errorf("read stream %s: %w", key, errStreamEnded)
}

var (
	errStreamEnded = errors.New("the server ended it")
	errSlow        = fmt.Errorf("no answer within %s", requestTimeout)
)

// A heardReader reports what is read, heartbeat comments included.
type heardReader struct {
	io.Reader
	heard func(int)
}

func (r heardReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.heard(n)
	return n, err
}

package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/coder/websocket"
)

// errNoWebSocket says that the handshake failed in a way that server-sent events may not.
var errNoWebSocket = errors.New("the server opens no WebSocket")

// openWebSocket makes the one connection that carries all streams.
func (a *api) openWebSocket(ctx context.Context, streaming *url.URL, streams []stream, heard func(int)) (*feed, error) {
	conn, err := a.dial(ctx, streaming, heard)
	if err != nil {
		return nil, err
	}
	if err := subscribe(ctx, conn, streams); err != nil {
		_ = conn.CloseNow()
		return nil, err
	}
	return startFeed(ctx, func(ctx context.Context, f *feed) error {
		defer func() { _ = conn.CloseNow() }()
		for {
			m, err := readMessage(ctx, conn, heard)
			if err != nil {
				return err
			}
			if err := f.put(ctx, m); err != nil {
				return err
			}
		}
	}), nil
}

func (a *api) dial(ctx context.Context, streaming *url.URL, heard func(int)) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	//nolint:bodyclose // Dial closes the body and leaves a copy of its first bytes
	conn, resp, err := websocket.Dial(ctx, streaming.String(), &websocket.DialOptions{
		HTTPClient: a.client,
		HTTPHeader: http.Header{"Authorization": {"Bearer " + a.token.Reveal()}, "User-Agent": {"Groundswell"}},
		// The server pings every 30 s. On a quiet stream that is all that shows the connection alive.
		OnPingReceived: func(_ context.Context, payload []byte) bool {
			heard(len(payload) + 2)
			return true
		},
	})
	if err == nil {
		conn.SetReadLimit(maxDiscard)
		return conn, nil
	}
	if resp == nil {
		return nil, err
	}
	var body []byte
	if resp.Body != nil {
		body, _ = io.ReadAll(io.LimitReader(resp.Body, 1024))
	}
	refusal := a.refusal("open WebSocket", resp, body)
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		return nil, refusal
	}
	return nil, fmt.Errorf("%w: %w", errNoWebSocket, refusal)
}

func subscribe(ctx context.Context, conn *websocket.Conn, streams []stream) error {
	for _, s := range streams {
		if s.subscribe == nil {
			continue
		}
		request := map[string]string{"type": "subscribe"}
		for key, value := range s.subscribe {
			request[key] = value
		}
		text, err := json.Marshal(request)
		if err != nil {
			return err
		}
		if err := conn.Write(ctx, websocket.MessageText, text); err != nil {
			return fmt.Errorf("subscribe %s: %w", s.key, err)
		}
	}
	return nil
}

// readMessage reads one message. Of one that is too large it keeps the head, and the rest is read
// past, so that it costs nothing but itself.
func readMessage(ctx context.Context, conn *websocket.Conn, heard func(int)) (message, error) {
	_, r, err := conn.Reader(ctx)
	if err != nil {
		return message{}, fmt.Errorf("read WebSocket: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(r, maxMessage+1))
	heard(len(raw))
	if err != nil {
		return message{}, fmt.Errorf("read WebSocket: %w", err)
	}
	if len(raw) <= maxMessage {
		return parseFrame(raw)
	}
	rest, err := io.Copy(io.Discard, r)
	heard(int(rest))
	if err != nil {
		return message{}, fmt.Errorf("read WebSocket: %w", err)
	}
	fault := fmt.Sprintf("streaming message: %d bytes: at most %d", int64(len(raw))+rest, maxMessage)
	return message{payload: raw[:refusedHead:refusedHead], fault: fault}, nil
}

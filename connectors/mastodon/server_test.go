package mastodon_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"gopkg.in/yaml.v3"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/connectors/mastodon"
	"github.com/groundswell/groundswell/post"
)

const token = "s3cr3t-token"

// A server speaks as much of Mastodon's API as the connector uses, over real HTTP.
type server struct {
	*httptest.Server
	t         *testing.T
	pageSize  int
	streams   int        // subscriptions to expect
	connected chan *peer // each live connection

	mu        sync.Mutex
	timelines map[string][]int // path → ids, ascending
	override  map[string]http.HandlerFunc
	requests  []string
}

// A peer is the server's end of a live connection.
type peer struct {
	subscribed []string // what the client asked for
	send       chan string
	close      chan struct{}
}

func newServer(t *testing.T) *server {
	s := &server{t: t, pageSize: 2, streams: 1, connected: make(chan *peer, 8), timelines: map[string][]int{}, override: map[string]http.HandlerFunc{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *server) set(path string, handler http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.override[path] = handler
}

func (s *server) add(path string, ids ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timelines[path] = append(s.timelines[path], ids...)
}

func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	handler := s.override[r.URL.Path]
	s.requests = append(s.requests, r.URL.RequestURI())
	s.mu.Unlock()
	switch {
	case handler != nil:
		handler(w, r)
	case r.Header.Get("Authorization") != "Bearer "+token:
		answer(http.StatusUnauthorized, `{"error":"The access token is invalid"}`)(w, r)
	case r.URL.Path == "/api/v1/accounts/verify_credentials":
		answer(http.StatusOK, `{"id":"1","acct":"brand"}`)(w, r)
	case r.URL.Path == "/api/v2/instance":
		fmt.Fprintf(w, `{"domain":"home.example","configuration":{"urls":{"streaming":%q}}}`, strings.Replace(s.URL, "http", "ws", 1))
	case r.URL.Path == "/api/v1/streaming":
		s.webSocket(w, r)
	case strings.HasPrefix(r.URL.Path, "/api/v1/streaming/"):
		s.events(w, r)
	default:
		s.timeline(w, r)
	}
}

// timeline pages as Mastodon does: the posts immediately newer than min_id, newest first.
func (s *server) timeline(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	ids := slices.Clone(s.timelines[r.URL.Path])
	s.mu.Unlock()
	size := s.pageSize
	if from := r.URL.Query().Get("min_id"); from != "" {
		after, err := strconv.Atoi(from)
		if err != nil {
			s.t.Errorf("min_id %q", from)
		}
		ids = slices.DeleteFunc(ids, func(id int) bool { return id <= after })
		ids = ids[:min(size, len(ids))]
	} else {
		ids = ids[len(ids)-min(size, len(ids)):]
	}
	slices.Reverse(ids)
	items := []string{}
	for _, id := range ids {
		item := statusOf(id)
		if r.URL.Path == "/api/v1/notifications" {
			item = fmt.Sprintf(`{"id":"%d","type":"mention","status":%s}`, id, statusOf(1000+id))
		}
		items = append(items, item)
	}
	if len(ids) > 0 {
		w.Header().Set("Link", fmt.Sprintf(`<%s%s?max_id=%d>; rel="next", <https://elsewhere.invalid/?min_id=%d>; rel="prev"`, s.URL, r.URL.Path, ids[len(ids)-1], ids[0]))
	}
	io.WriteString(w, "["+strings.Join(items, ",")+"]")
}

func (s *server) webSocket(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	p := &peer{send: make(chan string), close: make(chan struct{})}
	for range s.streams {
		_, text, err := conn.Read(r.Context())
		if err != nil {
			s.t.Errorf("read subscription: %v", err)
			return
		}
		p.subscribed = append(p.subscribed, string(text))
	}
	p.serve(r.Context(), conn.CloseRead(r.Context()), s, func(text string) error {
		return conn.Write(r.Context(), websocket.MessageText, []byte(text))
	})
}

func (s *server) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	io.WriteString(w, ":)\n")
	w.(http.Flusher).Flush()
	p := &peer{send: make(chan string), close: make(chan struct{}), subscribed: []string{r.URL.RequestURI()}}
	p.serve(r.Context(), r.Context(), s, func(text string) error {
		_, err := io.WriteString(w, text)
		w.(http.Flusher).Flush()
		return err
	})
}

func (p *peer) serve(ctx, gone context.Context, s *server, write func(string) error) {
	s.connected <- p
	for {
		select {
		case text := <-p.send:
			if write(text) != nil {
				return
			}
		case <-p.close:
			return
		case <-gone.Done():
			return
		case <-ctx.Done():
			return
		}
	}
}

// statusOf is a small public status of an account of another server.
func statusOf(id int, more ...string) string {
	extra := `"visibility":"public"`
	if len(more) > 0 {
		extra = strings.Join(more, ",")
	}
	return fmt.Sprintf(`{"id":"%d","uri":"https://chaos.example/s/%d","created_at":"2026-03-01T12:00:00.000Z","content":"<p>post %d</p>",`+
		`"account":{"id":"77","acct":"mira@chaos.example","url":"https://chaos.example/@mira"},%s}`, id, id, id, extra)
}

// update is a message of the WebSocket.
func update(event, payload string, stream ...string) string {
	text, err := json.Marshal(map[string]any{"stream": stream, "event": event, "payload": payload})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// An out records what a connector hands over, each as one line.
type out struct {
	lines    chan string
	mu       sync.Mutex
	events   []post.Event
	cursor   string // the newest that was not empty
	heard    int
	standing int
}

func newOut() *out { return &out{lines: make(chan string, 10_000)} }

func (o *out) Emit(ctx context.Context, e post.Event, cursor string) error {
	o.mu.Lock()
	o.events = append(o.events, e)
	if cursor != "" {
		o.cursor = cursor
	}
	o.mu.Unlock()
	return o.line(ctx, fmt.Sprintf("%s %s %s", e.Type, e.Post.Kind, strings.TrimPrefix(e.Post.ID, "https://chaos.example/s/")))
}

func (o *out) line(ctx context.Context, line string) error {
	select {
	case o.lines <- line:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (o *out) Deliver(context.Context, []post.Event) error { panic("not used") }
func (o *out) Heard(n int)                                 { o.mu.Lock(); o.heard += n; o.mu.Unlock() }
func (o *out) Connected()                                  { o.mu.Lock(); o.standing++; o.mu.Unlock() }
func (o *out) Refuse(ctx context.Context, raw []byte, reason string) error {
	return o.line(ctx, "refuse "+reason)
}
func (o *out) Mark(context.Context, string) error { return nil }

func (o *out) Gap(ctx context.Context, from, until time.Time, reason string) error {
	return o.line(ctx, fmt.Sprintf("gap %s–%s %s", from.UTC().Format("15:04"), until.UTC().Format("15:04"), reason))
}

// expect waits for the next lines; a line may be given by its beginning.
func (o *out) expect(t *testing.T, lines ...string) {
	t.Helper()
	for _, want := range lines {
		select {
		case got := <-o.lines:
			if !strings.HasPrefix(got, want) {
				t.Fatalf("got %q, want %q", got, want)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("nothing came, want %q", want)
		}
	}
}

func (o *out) lastCursor() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.cursor
}

var now = time.Date(2026, 3, 1, 13, 0, 0, 0, time.UTC)

func newConnector(t *testing.T, s *server, more string) connectors.Connector {
	t.Helper()
	c, err := build(fmt.Sprintf("server: %s\ntoken: %s\n%s", s.URL, token, more), s.Client())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func build(settings string, client *http.Client) (connectors.Connector, error) {
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(settings), &node); err != nil {
		return nil, err
	}
	return mastodon.New(&node, connectors.Deps{Source: "fedi", Client: client, Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }})
}

// run starts the connector; the result is Run's error, once.
func run(t *testing.T, c connectors.Connector, cursor string, o *out) (stop func(), result <-chan error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	var done sync.WaitGroup
	done.Go(func() { ended <- c.Run(ctx, cursor, o) })
	t.Cleanup(func() { cancel(); done.Wait() })
	return cancel, ended
}

func await[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

func (p *peer) say(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		select {
		case p.send <- text:
		case <-time.After(20 * time.Second):
			t.Fatal("the connection takes nothing")
		}
	}
}

func (s *server) asked(t *testing.T) []url.URL {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []url.URL
	for _, r := range s.requests {
		u, err := url.Parse(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, *u)
	}
	return all
}

func newTLSServer(t *testing.T, handler http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewTLSServer(handler)
	t.Cleanup(s.Close)
	return s
}

func numbered(n int) (names []string) {
	for i := range n {
		names = append(names, "tag"+strconv.Itoa(i))
	}
	return names
}

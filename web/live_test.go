package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/memory"
	"github.com/groundswell/groundswell/web"
)

// A feed is a live feed that a test speaks into.
type feed struct {
	receive chan func([]byte)
	ended   chan struct{}
}

func newFeed() *feed {
	return &feed{receive: make(chan func([]byte), 1), ended: make(chan struct{})}
}

func (f *feed) subscribe(ctx context.Context, receive func([]byte)) error {
	f.receive <- receive
	<-ctx.Done()
	close(f.ended)
	return nil
}

// newLiveSite is newAdminSite with a running live feed; tell speaks into it.
func newLiveSite(t *testing.T) (s *site, tell func(kind string, ids ...string)) {
	t.Helper()
	f := newFeed()
	s = newAdminSite(t, func(o *web.Options) { o.Live = f.subscribe })
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.server.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); wg.Wait() })
	receive := <-f.receive
	return s, func(kind string, ids ...string) {
		payload, _ := json.Marshal(map[string]any{"type": kind, "ids": ids})
		receive(payload)
	}
}

// A listener reads one stream.
type listener struct {
	t      *testing.T
	lines  *bufio.Scanner
	cancel context.CancelFunc
	header http.Header
}

// listen opens a stream; it returns when the server has admitted it.
func (s *site) listen(query string) *listener {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.url+api+"/live"+query, nil)
	r.Header.Set("Authorization", "Bearer "+s.token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		s.t.Fatalf("got %d, want a stream", res.StatusCode)
	}
	s.t.Cleanup(func() { cancel(); res.Body.Close() })
	l := &listener{s.t, bufio.NewScanner(res.Body), cancel, res.Header}
	l.lines.Buffer(nil, 1<<20)
	if line := l.line(); line != "retry: 3000" {
		s.t.Fatalf("got %q first, want the retry time", line)
	}
	return l
}

// line is the next line that is not empty; empty when the stream ended.
func (l *listener) line() string {
	for l.lines.Scan() {
		if line := l.lines.Text(); line != "" {
			return line
		}
	}
	return ""
}

// next reads an event.
func (l *listener) next() (name string, data map[string]any) {
	l.t.Helper()
	name, _ = strings.CutPrefix(l.line(), "event: ")
	raw, ok := strings.CutPrefix(l.line(), "data: ")
	if !ok {
		l.t.Fatalf("event %q has no data", name)
	}
	if err := json.Unmarshal([]byte(raw), &data); err != nil {
		l.t.Fatalf("event %s: %v in %s", name, err, raw)
	}
	return name, data
}

func TestLive(t *testing.T) {
	s, tell := newLiveSite(t)
	acme, rival := s.monitor("Acme"), s.monitor("Rival")
	s.hear(heard{post: "p1", author: "a1", monitor: acme, text: "one\r\n\r\nevent: incident\ndata: {}\u2028"})
	s.hear(heard{post: "p2", author: "a1", monitor: rival, text: "two"})
	s.exec(`INSERT INTO leads (id, milestone, topic, name, company, email, contact_id, source, post_id, author_id, monitor_id, open_key,
		version, created_at, updated_at) VALUES ('l1', 'unqualified', 'buy', 'Anna', '', '', '', 'mention', 'p2', 'a1', $1, NULL, 1, 0, 0)`, rival)
	all, some := s.listen(""), s.listen("?monitor="+rival)
	if got := all.header.Get("Content-Type"); got != "text/event-stream" || all.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("got %v", all.header)
	}
	tell("mention", "p1", "gone", "p2")
	tell("lead", "l1")
	tell("weather", "w1")
	for _, want := range []string{"p1", "p2"} { // in the order they were told
		name, m := all.next()
		if name != "mention" || m["post_id"] != want || m["author"].(map[string]any)["id"] != "a1" {
			t.Errorf("got %s %v, want %s", name, m, want)
		}
	}
	for _, l := range []*listener{all, some} {
		if l == some {
			if name, m := l.next(); name != "mention" || m["post_id"] != "p2" {
				t.Errorf("got %s %v, want the rival's mention only", name, m)
			}
		}
		if name, lead := l.next(); name != "lead" || lead["id"] != "l1" || lead["post"].(map[string]any)["text"] != "two" {
			t.Errorf("got %s %v, want the lead", name, lead)
		}
	}
	if text := string(s.get("/metrics").body); !strings.Contains(text, "groundswell_live_clients 2") {
		t.Error("metrics do not count both clients")
	}
}

func TestLiveErrors(t *testing.T) {
	s, tell := newLiveSite(t)
	s.get(api+"/live?monitor=none").problem(http.StatusNotFound, "not-found")
	s.get(api+"/live", "Authorization", "Bearer gsw_none").problem(http.StatusUnauthorized, "signed-out")
	l := s.listen("")
	tell("lead", "none") // cannot be loaded: the stream goes on
	tell("mention", "p1")
	s.hear(heard{post: "p1", author: "a1", monitor: s.monitor("Acme"), text: "one"})
	tell("mention", "p1")
	if name, m := l.next(); name != "mention" || m["post_id"] != "p1" {
		t.Errorf("got %s %v, want the mention", name, m)
	}
}

// The streams end with the server, which otherwise would wait for them.
func TestServe(t *testing.T) {
	f := newFeed()
	s := newAdminSite(t, func(o *web.Options) { o.Live = f.subscribe })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + l.Addr().String()
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.server.Serve(ctx, l) }()
	<-f.receive
	s.get("/healthz").want(http.StatusOK)
	stream := s.listen("")
	began := time.Now()
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
	if line := stream.line(); line != "" {
		t.Errorf("got %q, want the end of the stream", line)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("ending took %s", took)
	}
	<-f.ended
}

func TestServeErrors(t *testing.T) {
	s := newSite(t, newDB(t), nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := s.server.Serve(t.Context(), l); err == nil || !strings.Contains(err.Error(), "serve http") {
		t.Errorf("got %v, want an error of the listener", err)
	}
}

// tokenOf makes a user who may read mentions, and a token of theirs.
func (s *site) tokenOf(name string) string {
	s.t.Helper()
	if err := web.AddUser(s.t.Context(), s.db, name, adminPassword, time.Now(), "marketing"); err != nil {
		s.t.Fatal(err)
	}
	token, err := web.AddToken(s.t.Context(), s.db, name, "live", time.Time{}, time.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

// However many want to listen, only so many may; and one who left makes room.
func TestLiveClientsAreBounded(t *testing.T) {
	s, _ := newLiveSite(t)
	var listeners []*listener
	for i := range web.LiveClients / web.LivePerUser {
		own := *s
		own.token = s.tokenOf(fmt.Sprintf("reader%d", i))
		for range web.LivePerUser {
			listeners = append(listeners, own.listen(""))
		}
		if i == 0 {
			own.get(api+"/live").problem(http.StatusTooManyRequests, "throttled")
		}
	}
	a := s.get(api + "/live")
	a.problem(http.StatusServiceUnavailable, "busy")
	if a.header.Get("Retry-After") != "30" {
		t.Errorf("got Retry-After %q, want 30", a.header.Get("Retry-After"))
	}
	listeners[0].cancel()
	for try := 0; ; try++ {
		if text := string(s.get("/metrics").body); strings.Contains(text, fmt.Sprintf("groundswell_live_clients %d\n", web.LiveClients-1)) {
			break
		}
		if try == 1000 {
			t.Fatal("who left still counts")
		}
	}
	s.listen("")
}

// The whole way: published in the shared memory, heard by a browser.
func TestLiveOverMemory(t *testing.T) {
	shared, err := memory.Open(t.Context(), memory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer shared.Close()
	s := newAdminSite(t, func(o *web.Options) {
		o.Live = func(ctx context.Context, receive func([]byte)) error { return shared.Subscribe(ctx, "live", receive) }
	})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _ = s.server.Run(ctx) })
	defer wg.Wait()
	defer cancel()
	s.hear(heard{post: "p1", author: "a1", monitor: s.monitor("Acme"), text: "one"})
	l := s.listen("")
	wg.Go(func() { // what is published before the subscription stands is missed
		for ctx.Err() == nil {
			_ = shared.Publish(ctx, "live", []byte(`{"type":"mention","ids":["p1"]}`))
			select {
			case <-ctx.Done():
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	if name, m := l.next(); name != "mention" || m["post_id"] != "p1" {
		t.Errorf("got %s %v, want the mention", name, m)
	}
}

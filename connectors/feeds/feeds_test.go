package feeds_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/connectors/feeds"
	"github.com/groundswell/groundswell/post"
	"gopkg.in/yaml.v3"
)

const item = `<item><guid>%d</guid><title>%s</title><link>https://blog.example/%[1]d</link><author>anna@blog.example (Anna Vogt)</author>
<pubDate>Sun, 01 Mar 2026 1%[1]d:00:00 +0100</pubDate><description>&lt;p&gt;Acme &amp;amp; &lt;b&gt;more&lt;/b&gt;&lt;script&gt;x()&lt;/script&gt;&lt;/p&gt;</description><category>grill season</category></item>`

func rss(items ...string) string {
	return `<?xml version="1.0"?><rss version="2.0"><channel><title>Blog</title><link>https://blog.example/</link><language>de</language><ttl>90</ttl>` + strings.Join(items, "") + `</channel></rss>`
}

func one(n int, title string) string { return fmt.Sprintf(item, n, title) }

// out keeps what is emitted.
type out struct {
	mu      sync.Mutex
	events  []post.Event
	refused []string
	cursor  string
	marked  chan struct{}

	connected atomic.Int64
}

func newOut() *out { return &out{marked: make(chan struct{}, 100)} }

func (o *out) Emit(_ context.Context, e post.Event, _ string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := e.Validate(); err != nil {
		return err
	}
	o.events = append(o.events, e)
	return nil
}
func (o *out) Mark(_ context.Context, cursor string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.cursor = cursor
	o.marked <- struct{}{}
	return nil
}
func (o *out) Refuse(_ context.Context, _ []byte, reason string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.refused = append(o.refused, reason)
	return nil
}
func (o *out) Deliver(context.Context, []post.Event) error             { return nil }
func (o *out) Gap(context.Context, time.Time, time.Time, string) error { return nil }
func (o *out) Heard(int)                                               {}
func (o *out) Connected()                                              { o.connected.Add(1) }

func open(settings string) (connectors.Connector, error) {
	return openWith(http.DefaultClient, settings)
}

func openWith(client *http.Client, settings string) (connectors.Connector, error) {
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(settings), &node); err != nil {
		return nil, err
	}
	return feeds.New(&node, connectors.Deps{Source: "blogs", Client: client, Logger: slog.New(slog.DiscardHandler), Now: time.Now})
}

// poll runs the source until every feed was polled once.
func poll(t *testing.T, o *out, cursor string, urls ...string) {
	t.Helper()
	pollWith(t, http.DefaultClient, o, cursor, urls...)
}

func pollWith(t *testing.T, client *http.Client, o *out, cursor string, urls ...string) {
	t.Helper()
	c, err := openWith(client, "urls: ['"+strings.Join(urls, "', '")+"']")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx, cursor, o) }()
	for range urls {
		select {
		case <-o.marked:
		case <-time.After(20 * time.Second):
			t.Fatal("not polled")
		}
	}
	cancel()
	<-done
}

// due takes the time of the next poll out of a cursor, as if it had passed.
func due(cursor string) string {
	return strings.ReplaceAll(cursor, `"next":"20`, `"next":"19`)
}

func TestPoll(t *testing.T) {
	body, headers := rss(one(2, "Second"), one(1, "First")), http.Header{}
	var conditions []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conditions = append(conditions, r.Header.Get("If-None-Match")+r.Header.Get("If-Modified-Since"))
		if r.Header.Get("If-None-Match") == `W/"a"` && headers.Get("changed") == "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `W/"a"`)
		w.Header().Set("Last-Modified", "yesterday, as it was sent")
		fmt.Fprint(w, body)
	}))
	defer server.Close()
	o := newOut()
	poll(t, o, "", server.URL)
	if len(o.events) != 2 {
		t.Fatalf("%d events, refused %v", len(o.events), o.refused)
	}
	p := o.events[0].Post
	if p.Text != "First\nAcme & more" || p.ID != server.URL+"#1" || p.Language != "de" || p.URL != "https://blog.example/1" || p.Author.Name != "Anna Vogt" ||
		!p.PostedAt.Equal(time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)) || p.Hashtags[0] != "grillseason" {
		t.Errorf("%+v", p)
	}
	if strings.Contains(o.cursor, `"next":"0001`) {
		t.Errorf("no next poll: %s", o.cursor)
	}
	again := newOut()
	poll(t, again, due(o.cursor), server.URL) // 304
	if len(again.events) != 0 || conditions[1] != `W/"a"yesterday, as it was sent` {
		t.Errorf("%d events, conditions %q", len(again.events), conditions)
	}
	headers.Set("changed", "1")
	body = rss(one(3, "Third"), one(2, "Second, corrected"), one(1, "First"))
	changed := newOut()
	poll(t, changed, due(again.cursor), server.URL)
	if len(changed.events) != 2 || changed.events[0].Type != post.Edit || changed.events[0].Post.EditedAt.IsZero() || changed.events[1].Type != post.Upsert {
		t.Errorf("%+v", changed.events)
	}
}

// After a restart a feed waits for its time.
func TestNextPollSurvives(t *testing.T) {
	polls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		polls++
		fmt.Fprint(w, rss(one(1, "First")))
	}))
	defer server.Close()
	o := newOut()
	poll(t, o, "", server.URL)
	c, err := open("urls: [" + server.URL + "]")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_ = c.Run(ctx, o.cursor, newOut())
	if polls != 1 {
		t.Errorf("%d polls", polls)
	}
}

// What is wrong with one feed stops no other.
func TestBadFeeds(t *testing.T) {
	mux := http.NewServeMux()
	for path, body := range map[string]string{"/good": rss(one(1, "First")), "/html": "<html><body>no feed</body></html>", "/large": strings.Repeat("x", 5<<20), "/cut": rss(one(1, "x"))[:100],
		"/bomb": `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cccccccccc"><!ENTITY d "&b;&b;&b;&b;&b;&b;&b;&b;">]><rss version="2.0"><channel><title>&d;</title></channel></rss>`} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
	}
	mux.HandleFunc("/busy", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7200")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	o := newOut()
	var urls []string
	for _, path := range []string{"/html", "/large", "/cut", "/bomb", "/busy", "/missing", "/good"} {
		urls = append(urls, server.URL+path)
	}
	poll(t, o, "", urls...)
	if len(o.events) != 1 || o.events[0].Post.Author.Name != "Anna Vogt" {
		t.Errorf("%d events", len(o.events))
	}
	if len(o.refused) < 2 {
		t.Errorf("refused %v", o.refused)
	}
	c, err := open("urls: [" + server.URL + "/busy]")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.(connectors.Checker).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "429") {
		t.Errorf("check: %v", err)
	}
}

func TestSettingsErr(t *testing.T) {
	for settings, want := range map[string]string{
		"{}":                        "urls: want 1",
		"urls: [ftp://a.example/f]": "urls[0]: want an address",
		"urls: [http://a.example, http://a.example]": "urls[1]: it stands there twice",
		"urls: [http://a.example]\ninterval: 1s":     "interval 1s: want",
		"urls: [http://a.example]\nkind: shout":      "kind \"shout\"",
		"url: x":                                     "did you mean urls?",
	} {
		if _, err := open(settings); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", settings, err)
		}
	}
}

// Whatever a server sends: no panic, and what is emitted can be stored.
func FuzzPoll(f *testing.F) {
	f.Add([]byte(rss(one(1, "First"))))
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1.1","title":"J","items":[{"id":"1","content_html":"<p>a"}]}`))
	f.Add([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><id>x</id><updated>2026-03-01T12:00:00Z</updated><content type="html">b</content></entry></feed>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		pollWith(t, &http.Client{Transport: answer(body)}, newOut(), "", "http://192.0.2.1/feed")
	})
}

// answer is what every request gets, without a network.
type answer []byte

func (a answer) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(a)), Request: r}, nil
}

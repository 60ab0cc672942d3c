package feeds_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/groundswell/groundswell/connectors"
)

// serve answers each request with the handler of its path and counts the requests.
func serve(t *testing.T, paths map[string]http.HandlerFunc) (url string, asked func(path string) int) {
	t.Helper()
	counts := make(map[string]*atomic.Int64)
	mux := http.NewServeMux()
	for path, handler := range paths {
		n := new(atomic.Int64)
		counts[path] = n
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { n.Add(1); handler(w, r) })
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL, func(path string) int { return int(counts[path].Load()) }
}

func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }
}

func redirect(status int, to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, status) }
}

// A feed that has moved for good is asked at its new address; one that is away for a while is not.
func TestMoved(t *testing.T) {
	url, asked := serve(t, map[string]http.HandlerFunc{
		"/old": redirect(301, "/new"), "/new": text(rss(one(1, "First"))),
		"/away": redirect(302, "/there"), "/there": text(rss(one(2, "Second"))),
	})
	o := newOut()
	poll(t, o, "", url+"/old", url+"/away")
	poll(t, newOut(), due(o.cursor), url+"/old", url+"/away")
	if asked("/old") != 1 || asked("/new") != 2 || asked("/away") != 2 || asked("/there") != 2 {
		t.Errorf("asked: old %d, new %d, away %d, there %d", asked("/old"), asked("/new"), asked("/away"), asked("/there"))
	}
	for _, e := range o.events {
		if !strings.HasPrefix(e.Post.ID, url+"/old#") && !strings.HasPrefix(e.Post.ID, url+"/away#") {
			t.Errorf("id %s does not name the configured feed", e.Post.ID)
		}
	}
	// Where the new address fails the configured one is asked again.
	cursor := strings.ReplaceAll(due(o.cursor), url+"/new", url+"/gone")
	again := newOut()
	poll(t, again, cursor, url+"/old", url+"/away")
	if asked("/old") != 2 || !strings.Contains(again.cursor, url+"/new") {
		t.Errorf("old asked %d times, cursor %s", asked("/old"), again.cursor)
	}
}

// Who owns a public feed must not make us ask our own network, and not forever.
func TestRedirectErr(t *testing.T) {
	inside, asked := serve(t, map[string]http.HandlerFunc{"/": text(rss(one(1, "secret")))})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/loop" {
			http.Redirect(w, r, "/loop", http.StatusFound)
			return
		}
		http.Redirect(w, r, inside+"/", http.StatusMovedPermanently)
	}))
	defer server.Close()
	// A public host: its address is one of documentation, and the client connects to the server.
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if strings.HasPrefix(address, "192.0.2.1:") {
			address = server.Listener.Addr().String()
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}}}
	for url, want := range map[string]string{"http://192.0.2.1/": "a redirect to a private address", server.URL + "/loop": "more than five redirects"} {
		c, err := openWith(client, "urls: ["+url+"]")
		if err != nil {
			t.Fatal(err)
		}
		if err := c.(connectors.Checker).Check(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", url, err, want)
		}
	}
	if asked("/") != 0 {
		t.Error("our own network was asked")
	}
}

// When no feed can be read the source says why and when it goes on; its class is that of the last.
func TestBlind(t *testing.T) {
	url, _ := serve(t, map[string]http.HandlerFunc{
		"/good": text(rss(one(1, "First"))), "/html": text("<html><body>no feed</body></html>"),
		"/busy": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7200")
			w.WriteHeader(http.StatusTooManyRequests)
		},
	})
	run := func(paths ...string) (*out, error) {
		c, err := open("urls: [" + url + strings.Join(paths, ", "+url) + "]")
		if err != nil {
			t.Fatal(err)
		}
		o := newOut()
		return o, c.Run(t.Context(), "", o)
	}
	o, err := run("/busy")
	var throttled *connectors.Throttled
	if !errors.As(err, &throttled) || time.Until(throttled.Until) < 110*time.Minute || !strings.Contains(o.cursor, `"failures":1`) || o.connected.Load() != 0 {
		t.Errorf("busy: %v, cursor %s", err, o.cursor)
	}
	o, err = run("/html", "/missing")
	var retry *connectors.Retry
	if !errors.As(err, &retry) || retry.After < 14*time.Minute || len(o.refused) != 1 || o.connected.Load() != 0 {
		t.Errorf("html: %v, refused %q", err, o.refused)
	}
	// What is no feed is refused once, not at each poll.
	c, err := open("urls: [" + url + "/html]")
	if err != nil {
		t.Fatal(err)
	}
	again := newOut()
	if err := c.Run(t.Context(), due(o.cursor), again); !errors.As(err, &retry) || retry.After < 29*time.Minute || len(again.refused) != 0 {
		t.Errorf("html again: %v, refused %q", err, again.refused)
	}
	o = newOut()
	poll(t, o, "", url+"/html", url+"/good")
	if len(o.events) != 1 || o.connected.Load() != 1 {
		t.Errorf("with a good one: %d events, connected %d times", len(o.events), o.connected.Load())
	}
}

// No feed speaks for another, and what is secret in an address stays there.
func TestIDs(t *testing.T) {
	guid := func(guid string) string { return "<item><guid>" + guid + "</guid><title>x</title></item>" }
	var url string
	url, _ = serve(t, map[string]http.HandlerFunc{"/feed": func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, rss(guid("https://bank.example/1"), guid(url+"/2"), guid("3"), guid(strings.Repeat("4", 5000)), guid("")))
	}})
	o := newOut()
	poll(t, o, "", url+"/feed?token=s3cret")
	if len(o.events) != 5 {
		t.Fatalf("%d events, refused %q", len(o.events), o.refused)
	}
	for i, e := range o.events {
		if own := e.Post.ID == url+"/2"; own != (i == 3) || !own && !strings.HasPrefix(e.Post.ID, url+"/feed?") {
			t.Errorf("id %.200s", e.Post.ID)
		}
		if strings.Contains(e.Post.ID+e.Post.Author.ID+e.Post.URL, "s3cret") {
			t.Errorf("the token stands in %.200s %s", e.Post.ID, e.Post.Author.ID)
		}
	}
}

// A feed that asks to be left alone is, also over 304.
func TestPace(t *testing.T) {
	url, _ := serve(t, map[string]http.HandlerFunc{
		"/ttl": text(rss(one(1, "First"))), // <ttl>90</ttl>
		"/age": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Cache-Control", "public, Max-Age=14400")
			w.WriteHeader(http.StatusNotModified)
		},
		"/none": text(strings.Replace(rss(one(1, "First")), "<ttl>90</ttl>", "<ttl>99999999999</ttl>", 1)),
	})
	for path, least := range map[string]time.Duration{"/ttl": 90 * time.Minute, "/age": 4 * time.Hour, "/none": 15 * time.Minute} {
		o := newOut()
		poll(t, o, "", url+path)
		_, rest, _ := strings.Cut(o.cursor, `"next":"`)
		at, err := time.Parse(time.RFC3339, rest[:len("2006-01-02T15:04:05Z")])
		if wait := time.Until(at); err != nil || wait < least-time.Minute || wait > least+least/10+time.Minute {
			t.Errorf("%s: next in %s, want %s: %v", path, wait, least, err)
		}
	}
}

// The cursor stays small, however long a feed is.
func TestCursorIsBounded(t *testing.T) {
	var items strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&items, "<item><guid>%d</guid><title>%[1]d</title></item>", i)
	}
	url, _ := serve(t, map[string]http.HandlerFunc{"/": text(rss(items.String()))})
	o := newOut()
	poll(t, o, "", url)
	if len(o.events) != 3000 || len(o.cursor) > 50_000 {
		t.Errorf("%d events, a cursor of %d bytes", len(o.events), len(o.cursor))
	}
}

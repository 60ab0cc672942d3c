package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/connectors/webhook"
	"github.com/groundswell/groundswell/post"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"gopkg.in/yaml.v3"
)

const (
	secret  = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
	another = "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4"
)

// now is the clock of the records, which a demonstration simulates; signatures follow the world's.
var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const one = `{"network":"forum","id":"1","author":{"id":"7"},"text":"acme","posted_at":"2026-03-01T11:59:00Z"}`

// out takes what is delivered, or fails.
type out struct {
	connectors.Out
	events []post.Event
	err    error
	up     chan struct{}

	gate    chan struct{} // Deliver waits until it is closed; nil: it does not
	waiting atomic.Int64
}

func (o *out) Deliver(ctx context.Context, events []post.Event) error {
	if o.gate != nil {
		o.waiting.Add(1)
		select {
		case <-o.gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	o.events = append(o.events, events...)
	return o.err
}
func (o *out) Connected() { close(o.up) }
func (o *out) Heard(int)  {}

func open(t *testing.T, settings string) (connectors.Connector, error) {
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(settings), &node); err != nil {
		t.Fatal(err)
	}
	return webhook.New(&node, connectors.Deps{Source: "hook", Now: func() time.Time { return now }})
}

// run starts the source and returns its handler.
func run(t *testing.T, o *out) http.Handler {
	t.Helper()
	c, err := open(t, "secrets: ["+secret+", "+another+"]\nnetworks: [forum]\nmax_body: 2000")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	o.up = make(chan struct{})
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx, "", o) }()
	<-o.up
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	return c.(http.Handler)
}

func deliver(t *testing.T, h http.Handler, secret string, at time.Time, body string) *httptest.ResponseRecorder {
	t.Helper()
	key, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := key.Sign("msg_1", at, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("webhook-id", "msg_1")
	r.Header.Set("webhook-timestamp", fmt.Sprint(at.Unix()))
	r.Header.Set("webhook-signature", signature)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestDeliver(t *testing.T) {
	now := time.Now()
	for name, tt := range map[string]struct {
		secret string
		at     time.Time
		body   string
		status int
		want   string
		events int
	}{
		"one":           {secret, now, one, 204, "", 1},
		"array":         {secret, now, "[" + one + "," + strings.Replace(one, `"1"`, `"2"`, 1) + "]", 204, "", 2},
		"rotated":       {another, now.Add(4 * time.Minute), one, 204, "", 1},
		"wrong secret":  {"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", now, one, 401, "fits none of the secrets", 0},
		"old":           {secret, now.Add(-6 * time.Minute), one, 401, "off our clock", 0},
		"future":        {secret, now.Add(6 * time.Minute), one, 401, "off our clock", 0},
		"bad item":      {secret, now, "[" + one + `,{"network":"forum"}]`, 422, "item 1: byte 0: post.id: is missing", 0},
		"no object":     {secret, now, "[null]", 422, "item 0", 0},
		"empty array":   {secret, now, "[]", 204, "", 0},
		"other network": {secret, now, strings.Replace(one, "forum", "bluesky", 1), 422, "post.network: want one of [forum", 0},
		"masses":        {secret, now, "[" + strings.Repeat("1,", 900) + "1]", 422, "item 0", 0},
		"no JSON":       {secret, now, "[1", 422, "no JSON", 0},
		"too large":     {secret, now, one + strings.Repeat(" ", 2000), 413, "more than 2000 bytes", 0},
		"invalid UTF-8": {secret, now, strings.Replace(one, "acme", "ac\xffme", 1), 422, "invalid UTF-8", 0},
	} {
		t.Run(name, func(t *testing.T) {
			o := &out{}
			w := deliver(t, run(t, o), tt.secret, tt.at, tt.body)
			if kind := w.Header().Get("Content-Type"); tt.status != 204 && kind != "application/problem+json" {
				t.Errorf("content type %q", kind)
			}
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) || len(o.events) != tt.events {
				t.Errorf("%d %s, %d events", w.Code, w.Body, len(o.events))
			}
		})
	}
}

// Who heard a post, and when, is not the sender's to say.
func TestDeliverSource(t *testing.T) {
	o := &out{}
	body := `{"type":"delete","source":"bluesky","received_at":"2020-01-01T00:00:00Z","post":{"network":"forum","id":"1"}}`
	if w := deliver(t, run(t, o), secret, time.Now(), body); w.Code != 204 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	want := []post.Event{{Type: post.Delete, Source: "hook", ReceivedAt: now, Post: post.Post{Network: "forum", ID: "1", Kind: post.KindPost}}}
	if diff := cmp.Diff(want, o.events); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A log that stays away lets no delivery hang, and only some be held in memory.
func TestDeliverWhileTheLogIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &out{gate: make(chan struct{})}
		c, err := open(t, "secrets: ["+secret+"]")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		o.up = make(chan struct{})
		done := make(chan error, 1)
		go func() { done <- c.Run(ctx, "", o) }()
		<-o.up
		codes := make(chan int, 100)
		for range 100 {
			go func() { codes <- deliver(t, c.(http.Handler), secret, time.Now(), one).Code }()
		}
		synctest.Wait()
		if n := o.waiting.Load(); n != 8 {
			t.Errorf("%d deliveries wait for the log", n)
		}
		began := time.Now()
		for range 100 {
			if code := <-codes; code != 503 {
				t.Errorf("answer %d", code)
			}
		}
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("it took %s", took)
		}
		cancel()
		<-done
	})
}

// Whatever a sender signs: no panic, and what is delivered can be stored.
func FuzzDeliver(f *testing.F) {
	f.Add([]byte(one))
	f.Add([]byte("[" + one + "," + one + "]"))
	f.Add([]byte(`[{"type":"author_gone","post":{"network":"forum","author":{"id":"7"}}}]`))
	f.Add([]byte(" [null, 1"))
	f.Fuzz(func(t *testing.T, body []byte) {
		o := &out{}
		w := deliver(t, run(t, o), secret, time.Now(), string(body))
		if w.Code != 204 && w.Code != 413 && w.Code != 422 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		for i := range o.events {
			if err := o.events[i].Validate(); err != nil || o.events[i].Source != "hook" {
				t.Errorf("%+v: %v", o.events[i], err)
			}
		}
	})
}

// What the log does not take is not acknowledged.
func TestDeliverNotTaken(t *testing.T) {
	o := &out{err: errors.New("the log is away")}
	if w := deliver(t, run(t, o), secret, time.Now(), one); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestNotRunning(t *testing.T) {
	c, err := open(t, "secrets: ["+secret+"]")
	if err != nil {
		t.Fatal(err)
	}
	if w := deliver(t, c.(http.Handler), secret, time.Now(), one); w.Code != 503 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(one))
	w := httptest.NewRecorder()
	run(t, &out{}).ServeHTTP(w, r)
	if w.Code != 401 || !strings.Contains(w.Body.String(), "webhook-id") {
		t.Errorf("unsigned: %d %s", w.Code, w.Body)
	}
}

func TestSettingsErr(t *testing.T) {
	for settings, want := range map[string]string{
		"{}":                                     "secrets: want one or more",
		"secrets: [whsec_c2hvcnQ=]":              "secrets[0]: want whsec_",
		"secrets: [" + secret + "]\nmax_body: 1": "max_body: want",
		"secret: x":                              "did you mean secrets?",
	} {
		if _, err := open(t, settings); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "c2hvcnQ") {
			t.Errorf("%s: %v", settings, err)
		}
	}
}

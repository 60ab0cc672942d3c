package mastodon_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// Ids are made of the time a post was written: a backfill begins 30 s before the newest one known,
// for what was written then and arrived late.
func TestBackfillOverlaps(t *testing.T) {
	t.Parallel()
	const newest, overlapped = "116154360299520000", "116154358333440000" // 30,000 ms << 16 apart
	s := newServer(t)
	asked := make(chan string, 8)
	s.set(public, func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Query().Get("min_id")
		io.WriteString(w, "[]")
	})
	run(t, newConnector(t, s, ""), `{"server":"`+s.URL+`","newest":{"public":"`+newest+`"}}`, newOut())
	if got := await(t, asked); got != overlapped {
		t.Errorf("asked for the posts after %s, want %s", got, overlapped)
	}
}

func TestBackfillOfHomeBeingBuilt(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.set("/api/v1/timelines/home", answer(http.StatusPartialContent, "[]"))
	o := newOut()
	run(t, newConnector(t, s, "streams: [user]"), `{"server":"`+s.URL+`","newest":{"user":"3","user:mentions":"1"}}`, o)
	o.expect(t, "gap 13:00–13:00 stream user: the server is still building the timeline")
}

func TestBackfillOfUnusedHashtag(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.set("/api/v1/timelines/tag/kaffee", answer(http.StatusNotFound, `{"error":"Record not found"}`))
	o := newOut()
	run(t, newConnector(t, s, "hashtags: [Kaffee]"), "", o)
	await(t, s.connected).say(t, update("update", statusOf(5), "hashtag", "Kaffee"))
	o.expect(t, "upsert post 5")
}

func TestBackfillRefusesWhatIsNoStatus(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.set(public, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("min_id") != "3" {
			io.WriteString(w, "[]")
			return
		}
		io.WriteString(w, "["+statusOf(6)+`,{"id":"5"},7,`+statusOf(4)+"]")
	})
	o := newOut()
	run(t, newConnector(t, s, ""), `{"server":"`+s.URL+`","newest":{"public":"3"}}`, o)
	o.expect(t, "upsert post 4", "refuse no status", "refuse no status", "upsert post 6")
}

// A remote server may date its posts as it likes; the order is by when they were seen.
func TestFuturePost(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.add(public, 1)
	o := newOut()
	run(t, newConnector(t, s, ""), "", o)
	await(t, s.connected).say(t, update("update", strings.Replace(statusOf(2), "2026-03-01T12", "2036-03-01T12", 1), "public"))
	o.expect(t, "upsert post 2")
	o.mu.Lock()
	defer o.mu.Unlock()
	if p := o.events[0].Post; !p.PostedAt.Equal(now) || p.CreatedAt.Year() != 2036 {
		t.Errorf("posted at %s, created at %s", p.PostedAt, p.CreatedAt)
	}
}

// On a quiet stream the server's pings are the only sign of life.
func TestPingsAreHeard(t *testing.T) {
	t.Parallel()
	const pings = 1000 // more bytes than everything else together
	s := newServer(t)
	s.add(public, 1)
	done := make(chan error, 1)
	s.set("/api/v1/streaming", func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			done <- err
			return
		}
		defer conn.CloseNow()
		_, _, err = conn.Read(r.Context())
		ctx := conn.CloseRead(r.Context())
		for range pings {
			if err == nil {
				err = conn.Ping(ctx)
			}
		}
		done <- err
	})
	o := newOut()
	run(t, newConnector(t, s, ""), "", o)
	if err := await(t, done); err != nil {
		t.Fatal(err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.heard < 2*pings {
		t.Errorf("heard %d bytes of %d pings", o.heard, pings)
	}
}

package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/groundswell/groundswell/web"
)

// stuck is a client who takes the first bytes and then no more, until it is released.
type stuck struct {
	*httptest.ResponseRecorder
	release chan struct{}
	writes  int
}

func (s *stuck) Write(b []byte) (int, error) {
	if s.writes++; s.writes > 1 {
		<-s.release
	}
	return s.ResponseRecorder.Write(b)
}

func TestHeartbeatAndEndOfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		feed, w := web.NewFeed(), httptest.NewRecorder()
		began := time.Now()
		if err := feed.Follow(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != 10*time.Minute {
			t.Errorf("the stream lasted %s, want 10 minutes", took)
		}
		if n := strings.Count(w.Body.String(), ": still here\n\n"); n < 39 || n > 40 {
			t.Errorf("got %d heartbeats in 10 minutes, want one every 15 seconds", n)
		}
		if feed.Clients() != 0 {
			t.Error("the client still counts")
		}
	})
}

func TestSlowClientIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		feed := web.NewFeed()
		slow := &stuck{ResponseRecorder: httptest.NewRecorder(), release: make(chan struct{})}
		quick := httptest.NewRecorder()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 2)
		for _, w := range []http.ResponseWriter{slow, quick} {
			go func() { done <- feed.Follow(ctx, w) }()
		}
		synctest.Wait()
		for range web.LiveQueue + 10 {
			feed.Send(100)
			synctest.Wait() // quick has read
		}
		if n := feed.Clients(); n != 1 {
			t.Errorf("%d clients are left, want the quick one", n)
		}
		close(slow.release)
		cancel()
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if got, want := quick.Body.Len(), (web.LiveQueue+10)*100; got < want {
			t.Errorf("the quick client got %d bytes, want at least %d", got, want)
		}
	})
}

func TestThrottle(t *testing.T) {
	now := noon
	th := web.NewThrottle(func() time.Time { return now })
	// wait runs an attempt that fails and says how long the one before it made it wait.
	wait := func(name, address string) time.Duration {
		d := th.Begin(name, address)
		if d > 0 {
			now = now.Add(d)
			if left := th.Begin(name, address); left != 0 {
				t.Errorf("%s is left after waiting", left)
			}
		}
		return d
	}
	for i, want := range []time.Duration{0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60} {
		if got := wait("anna", "192.0.2.1"); got != want*time.Second {
			t.Errorf("attempt %d waited %s, want %d s", i+1, got, want)
		}
	}
	if got := th.Begin("bert", "192.0.2.1"); got != 0 {
		t.Errorf("another name waited %s", got)
	}
	if got := th.Begin("anna", "192.0.2.9"); got == 0 {
		t.Error("the name from another address did not wait")
	}
	now = now.Add(time.Hour + time.Second)
	if got := th.Begin("anna", "192.0.2.1"); got != 0 {
		t.Errorf("waited %s an hour later, want it forgotten", got)
	}
	th.Succeed("anna", "192.0.2.1")
	for range 5 {
		if got := th.Begin("anna", "192.0.2.1"); got != 0 {
			t.Errorf("waited %s after a success", got)
		}
	}
	for i := range 100 { // who comes without an address waits for nobody else
		if got := th.Begin(time.Duration(i).String(), ""); got != 0 {
			t.Fatalf("waited %s after %d others without an address", got, i)
		}
	}
	for i := range 30_000 { // a flood of names and addresses
		th.Begin(strings.Repeat("x", i%100)+time.Duration(i).String(), time.Duration(i).String())
	}
	if names, addresses := th.Size(); names > 10_000 || addresses > 10_000 {
		t.Errorf("remembers %d names and %d addresses, want 10,000 at most", names, addresses)
	}
}

func TestClientNetwork(t *testing.T) {
	for name, c := range map[string]struct{ host, want string }{
		"OKIPv4":   {"192.0.2.7", "192.0.2.7"},
		"OKIPv6":   {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		"OKMapped": {"::ffff:192.0.2.7", "192.0.2.7"},
		"OKZone":   {"fe80::1%eth0", "fe80::/64"},
		"OKOther":  {"@", "@"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := web.ClientNetwork(c.host); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func FuzzWebLink(f *testing.F) {
	for _, seed := range []string{"https://bsky.app/x", "javascript:alert(1)", "JAVASCRIPT://x/%0aalert(1)", "//x", "http:", "\x00https://x", " https://x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := web.WebLink(s)
		if got != "" && !strings.HasPrefix(strings.ToLower(got), "http://") && !strings.HasPrefix(strings.ToLower(got), "https://") {
			t.Errorf("%q became the link %q", s, got)
		}
	})
}

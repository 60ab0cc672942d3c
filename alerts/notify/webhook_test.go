package notify_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts/notify"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

func TestWebhook(t *testing.T) {
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Type      string
		Timestamp time.Time
		Data      notify.Notification
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if err := verifier.Verify(body, r.Header); err != nil {
			t.Errorf("verify: %v", err)
		}
		if id := r.Header.Get("webhook-id"); id != storm().Key {
			t.Errorf("got webhook-id %q", id)
		}
		if err := json.Unmarshal(body, &got); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	n := open(t, "webhook", "url: "+server.URL+"/hook\nsecret: "+secret)
	if err := n.Notify(t.Context(), storm()); err != nil {
		t.Fatal(err)
	}
	want := storm()
	want.Key = ""
	if diff := cmp.Diff(want, got.Data); diff != "" {
		t.Errorf("data (-want +got):\n%s", diff)
	}
	if got.Type != "incident.open" || !got.Timestamp.Equal(want.At) {
		t.Errorf("got type %q at %v", got.Type, got.Timestamp)
	}
}

func TestWebhookErrors(t *testing.T) {
	followed := false
	mux := http.NewServeMux()
	mux.HandleFunc("/T0KEN/elsewhere", func(http.ResponseWriter, *http.Request) { followed = true })
	mux.Handle("/T0KEN/moved", http.RedirectHandler("/T0KEN/elsewhere", http.StatusTemporaryRedirect))
	mux.HandleFunc("/T0KEN/broken", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "T0KEN hunter2 "+secret, http.StatusInternalServerError)
	})
	mux.HandleFunc("/T0KEN/hangs", func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice that the client has gone
		<-r.Context().Done()
	})
	mux.HandleFunc("/T0KEN/cuts", func(w http.ResponseWriter, _ *http.Request) {
		conn, _, _ := w.(http.Hijacker).Hijack()
		conn.Close()
	})
	mux.HandleFunc("/T0KEN/endless", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 32<<10)); err != nil {
				return
			}
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	base := strings.Replace(server.URL, "http://", "http://user:hunter2@", 1)
	refused, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused.Close()
	for name, tt := range map[string]struct{ url, want string }{
		"ErrRedirect": {base + "/T0KEN/moved?key=hunter2", "a redirect, which is not followed"},
		"ErrStatus":   {base + "/T0KEN/broken?key=hunter2", "answered 500 Internal Server Error"},
		"ErrHangs":    {base + "/T0KEN/hangs?key=hunter2", "no answer in time"},
		"ErrCut":      {base + "/T0KEN/cuts?key=hunter2", "EOF"},
		"ErrRefused":  {"http://user:hunter2@" + refused.Addr().String() + "/T0KEN", "connection refused"},
		"ErrName":     {"http://user:hunter2@nobody.invalid/T0KEN", "nobody.invalid"},
		"OKEndless":   {base + "/T0KEN/endless", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := open(t, "webhook", "url: "+tt.url+"\nsecret: "+secret+"\ntimeout: 1s")
			err := n.Notify(t.Context(), storm())
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			for _, s := range []string{"hunter2", "T0KEN", secret} {
				if strings.Contains(err.Error(), s) {
					t.Errorf("the error tells a secret: %v", err)
				}
			}
		})
	}
	t.Cleanup(func() {
		if followed {
			t.Error("the redirect was followed")
		}
	})
}

func TestWebhookCheck(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodOptions {
			t.Errorf("check sent %s", r.Method)
		}
		w.WriteHeader(http.StatusMethodNotAllowed)
	}))
	n := open(t, "webhook", "url: "+server.URL+"/T0KEN\nsecret: "+secret)
	if err := n.(notify.Checker).Check(t.Context()); err != nil {
		t.Error(err)
	}
	server.Close()
	if err := n.(notify.Checker).Check(t.Context()); err == nil || strings.Contains(err.Error(), "T0KEN") {
		t.Errorf("got %v", err)
	}
}

func TestWebhookEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	n := open(t, "webhook", "url: "+server.URL+"\nsecret: "+secret+"\ntimeout: 30s")
	if err := n.Notify(ctx, storm()); err == nil {
		t.Error("want an error")
	}
}

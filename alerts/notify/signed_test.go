package notify_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/groundswell/groundswell/alerts/notify"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

func TestPoster(t *testing.T) {
	old, fresh := "whsec_"+base64.StdEncoding.EncodeToString(make([]byte, 32)), "whsec_"+base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", 32)))
	status, location := http.StatusNoContent, ""
	var got *http.Request
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		if location != "" {
			w.Header().Set("Location", location)
		}
		w.WriteHeader(status)
	}))
	defer server.Close()
	refused := errors.New("not there")
	direct := (&net.Dialer{}).DialContext
	poster := notify.NewPoster(func(context.Context, string, string) (net.Conn, error) { return nil, refused }, direct)
	post := notify.SignedPost{URL: server.URL + "/hook/verysecret", Secrets: []string{fresh, old}, ID: "msg-1", Body: []byte(`{"type":"contact.create"}`)}
	if n, err := poster.Post(t.Context(), post); n != http.StatusNoContent || err != nil {
		t.Fatalf("got %d, %v", n, err)
	}
	for _, secret := range []string{old, fresh} { // either proves it
		verifier, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := verifier.Verify(body, got.Header); err != nil {
			t.Errorf("verify: %v", err)
		}
	}
	if got.Header.Get("webhook-id") != "msg-1" || got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("headers: %v", got.Header)
	}
	for name, test := range map[string]struct {
		status   int
		location string
		want     string
	}{
		"ErrRefused":  {http.StatusInternalServerError, "", "it answered 500"},
		"ErrRedirect": {http.StatusFound, "http://127.0.0.1:1/", "not followed"},
	} {
		status, location = test.status, test.location
		if n, err := poster.Post(t.Context(), post); n != test.status || err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "verysecret") {
			t.Errorf("%s: got %d, %v", name, n, err)
		}
	}
	post.URL = "https://inside.example/hook/verysecret"
	if n, err := poster.Post(t.Context(), post); n != 0 || err == nil || !strings.Contains(err.Error(), "not there") || strings.Contains(err.Error(), "verysecret") {
		t.Errorf("an address that may not be dialled: got %d, %v", n, err)
	}
	post.Secrets = []string{"short"}
	if _, err := poster.Post(t.Context(), post); err == nil {
		t.Error("a secret that is none signs")
	}
}

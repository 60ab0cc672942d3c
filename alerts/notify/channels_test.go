package notify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts/notify"
)

var update = flag.Bool("update", false, "write golden files")

// overHTTP are the channels that talk HTTP, each with its settings for a server. hunter2… stands
// wherever a secret does.
var overHTTP = map[string]string{
	"alertmanager": "url: SERVER/hunter2prefix\nusername: prometheus\npassword: hunter2password\nlabels: {team: press}\n",
	"discord":      "url: SERVER/api/webhooks/1/hunter2token\n",
	"matrix":       "server: SERVER\ntoken: hunter2token\nroom: '!room:example.org'\n",
	"mattermost":   "url: SERVER/hooks/hunter2key\nchannel: press\n",
	"ntfy":         "server: SERVER\ntopic: hunter2topic\ntoken: hunter2token\n",
	"pagerduty":    "server: SERVER\nrouting_key: hunter2hunter2hunter2hunter2hunt\n",
	"slack":        "url: SERVER/services/T000/B000/hunter2key\n",
	"teams":        "url: SERVER/workflows/abc/triggers/manual/paths/invoke?sig=hunter2signature\n",
	"telegram":     "server: SERVER\ntoken: 123456:hunter2token\nchat: '-100123'\nthread: 7\n",
	"webhook":      "url: SERVER/hunter2hook\nsecret: " + secret + "\n",
}

// openAt makes a channel that talks to a server.
func openAt(t *testing.T, kind, server string) notify.Notifier {
	t.Helper()
	return open(t, kind, strings.ReplaceAll(overHTTP[kind], "SERVER", server)+"timeout: 1s\n")
}

// recorded is what a channel sent.
type recorded struct {
	Method, Path string
	Header       map[string]string
	Body         any
}

// What each channel sends is what the documentation of its target asks for: the recorded shapes
// stand in testdata. -update writes them anew.
func TestShapes(t *testing.T) {
	n := storm()
	n.AckURL = "https://gw.example.org/ack/token"
	n.Also = []notify.Notification{{Type: notify.TypeIncident, Monitor: "Beta", Kind: "volume", State: "resolved", URL: "https://gw.example.org/incidents/2"}}
	n.Others = 3
	for _, kind := range notify.Kinds() {
		if kind == "email" {
			continue // TestEmail
		}
		t.Run(kind, func(t *testing.T) {
			var got recorded
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				got = recorded{Method: r.Method, Path: r.URL.RequestURI(), Header: map[string]string{}}
				for _, name := range []string{"Authorization", "Content-Type", "Webhook-Id"} {
					if v := r.Header.Get(name); v != "" {
						got.Header[name] = v
					}
				}
				if err := json.Unmarshal(body, &got.Body); err != nil {
					t.Errorf("sent no JSON: %v", err)
				}
				w.WriteHeader(http.StatusOK)
			}))
			defer server.Close()
			if err := openAt(t, kind, server.URL).Notify(t.Context(), n); err != nil {
				t.Fatal(err)
			}
			if kind == "alertmanager" {
				blur(t, got.Body) // times of the real clock
			}
			text, err := json.MarshalIndent(got, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", kind+".json"), string(text)+"\n")
			for _, hostile := range []string{"<script>", "\r\nBcc"} {
				for _, field := range markup(kind, got.Body) {
					if strings.Contains(field, hostile) {
						t.Errorf("%q is markup in %q", hostile, field)
					}
				}
			}
		})
	}
}

// markup are the fields of a message in which < means something.
func markup(kind string, body any) []string {
	m, _ := body.(map[string]any)
	switch kind {
	case "matrix":
		return []string{fmt.Sprint(m["formatted_body"])}
	case "telegram":
		return []string{fmt.Sprint(m["text"])}
	}
	return nil
}

func blur(t *testing.T, body any) {
	t.Helper()
	for _, a := range body.([]any) {
		a.(map[string]any)["endsAt"] = "…"
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got), -update writes it anew:\n%s", path, diff)
	}
}

// No channel tells a secret, whatever its target does, and none waits for ever or follows a redirect.
func TestSecretsStaySecret(t *testing.T) {
	var mu sync.Mutex
	followed := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { mu.Lock(); followed = true; mu.Unlock() }))
	t.Cleanup(elsewhere.Close)
	answers := map[string]http.HandlerFunc{
		"Echo500": func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			w.WriteHeader(http.StatusInternalServerError)
			_ = json.NewEncoder(w).Encode(map[string]string{"message": "bad " + r.URL.String() + " " + r.Header.Get("Authorization") + " " + string(body)})
		},
		"Echo400": func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no "+r.URL.Path, http.StatusBadRequest) },
		"Redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+r.URL.RequestURI(), http.StatusTemporaryRedirect)
		},
		"Hangs": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		},
		"Cuts": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			conn.Close()
		},
		"Garbage": func(w http.ResponseWriter, r *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nLocation %s\r\n\r\n", r.URL)
			conn.Close()
		},
		"TenMegabytes": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			for range 320 {
				if _, err := w.Write(bytes.Repeat([]byte("x"), 32<<10)); err != nil {
					return
				}
			}
		},
		"EndlessHeader": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			defer conn.Close()
			fmt.Fprint(conn, "HTTP/1.1 200 OK\r\n")
			for {
				if _, err := fmt.Fprintf(conn, "X: %s\r\n", strings.Repeat("x", 1000)); err != nil {
					return
				}
			}
		},
	}
	for kind := range overHTTP {
		for name, answer := range answers {
			t.Run(kind+name, func(t *testing.T) {
				t.Parallel()
				server := httptest.NewServer(answer)
				defer server.Close()
				noSecret(t, openAt(t, kind, server.URL))
			})
		}
		t.Run(kind+"Refused", func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			l.Close()
			noSecret(t, openAt(t, kind, "http://"+l.Addr().String()))
		})
		t.Run(kind+"NoTLS", func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.NotFoundHandler())
			defer server.Close()
			noSecret(t, openAt(t, kind, strings.Replace(server.URL, "http://", "https://", 1)))
		})
	}
	t.Cleanup(func() {
		if followed {
			t.Error("a redirect was followed")
		}
	})
}

// noSecret lets a channel fail, and reads what it says of it in every way there is to print it.
func noSecret(t *testing.T, n notify.Notifier) {
	t.Helper()
	errs := []error{n.Notify(t.Context(), storm())}
	if errs[0] == nil {
		t.Error("want an error")
	}
	if c, ok := n.(notify.Checker); ok {
		errs = append(errs, c.Check(t.Context()))
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	errs = append(errs, n.Notify(cancelled, storm()))
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Warn("x", "err", errs)
	said := fmt.Sprintf("%v %+v %q %s", errs, errs, errs, log.String())
	for _, secret := range []string{"hunter2", strings.TrimPrefix(secret, "whsec_"), "cHJvbWV0aGV1czpodW50ZXIycGFzc3dvcmQ"} {
		if strings.Contains(said, secret) {
			t.Errorf("a secret is told: %s", said)
		}
	}
}

// What a target says of when to come back is heeded.
func TestTooSoon(t *testing.T) {
	for name, tt := range map[string]struct {
		kind   string
		answer http.HandlerFunc
		want   float64
	}{
		"OKHeader":   {"slack", tooMany("30", ""), 30},
		"OKTelegram": {"telegram", tooMany("", `{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":12}}`), 12},
		"OKDiscord":  {"discord", tooMany("", `{"message":"You are being rate limited.","retry_after":1.5,"global":false}`), 1.5},
		"OKMatrix":   {"matrix", tooMany("", `{"errcode":"M_LIMIT_EXCEEDED","error":"Too Many Requests","retry_after_ms":2000}`), 2},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(tt.answer)
			defer server.Close()
			err := openAt(t, tt.kind, server.URL).Notify(t.Context(), storm())
			soon, ok := err.(*notify.TooSoon) //nolint:errorlint // it is the outermost
			if !ok || soon.After.Seconds() != tt.want {
				t.Errorf("got %v, want %v s", err, tt.want)
			}
		})
	}
}

func tooMany(header, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if header != "" {
			w.Header().Set("Retry-After", header)
		}
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, body)
	}
}

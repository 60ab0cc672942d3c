package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/web"
	"github.com/prometheus/client_golang/prometheus"
)

// noon is the time that windows and records go by in these tests.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

const (
	adminPassword = "correct horse battery"
	api           = "/api/v1"
)

// A site is a running server with a real database.
type site struct {
	t      *testing.T
	db     *sqldb.DB
	server *web.Server
	url    string
	log    *bytes.Buffer
	client *http.Client  // with a cookie jar
	token  string        // sent as bearer when set
	skew   *atomic.Int64 // that its clock is ahead; nil: its clock cannot be set so
}

func newDB(t *testing.T) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// newSite starts a server; change adapts its options.
func newSite(t *testing.T, db *sqldb.DB, change func(*web.Options)) *site {
	t.Helper()
	s := &site{t: t, db: db, log: &bytes.Buffer{}}
	registry := prometheus.NewRegistry()
	opt := web.Options{Key: []byte(strings.Repeat("k", 32)), DB: db, Now: func() time.Time { return noon }, Version: "1.2.3", API: true, Registerer: registry, Gatherer: registry,
		Logger: slog.New(slog.NewTextHandler(s.log, nil))}
	if change != nil {
		change(&opt)
	}
	var err error
	if s.server, err = web.New(opt); err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(s.server)
	t.Cleanup(ts.Close)
	s.url, s.client = ts.URL, newClient()
	return s
}

// newClient is a browser's, as far as cookies go.
func newClient() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar, Timeout: 30 * time.Second}
}

// newAdminSite is newSite with an administrator whose token every request bears.
func newAdminSite(t *testing.T, change func(*web.Options)) *site {
	t.Helper()
	s := newSite(t, newDB(t), change)
	s.addAdmin()
	token, err := web.AddToken(t.Context(), s.db, web.AdminName, "tests", time.Time{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s.token = token
	return s
}

func (s *site) addAdmin() {
	s.t.Helper()
	if err := web.AddUser(s.t.Context(), s.db, web.AdminName, adminPassword, time.Now()); err != nil {
		s.t.Fatal(err)
	}
}

// An answer is a response that was read.
type answer struct {
	t      *testing.T
	code   int
	header http.Header
	body   []byte
}

// do sends a request; body is text, or a value to send as JSON. Headers come in pairs.
func (s *site) do(method, path string, body any, headers ...string) answer {
	s.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	case io.Reader:
		reader = b
	default:
		data, err := json.Marshal(b)
		if err != nil {
			s.t.Fatal(err)
		}
		reader = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, reader)
	if err != nil {
		s.t.Fatal(err)
	}
	if reader != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{s.t, res.StatusCode, res.Header, data}
}

func (s *site) get(path string, headers ...string) answer {
	s.t.Helper()
	return s.do(http.MethodGet, path, nil, headers...)
}

// signIn signs the cookie jar in.
func (s *site) signIn(name, password string, headers ...string) answer {
	s.t.Helper()
	return s.do(http.MethodPost, api+"/session", map[string]string{"name": name, "password": password}, headers...)
}

// want fails unless the answer has the status.
func (a answer) want(code int) answer {
	a.t.Helper()
	if a.code != code {
		a.t.Fatalf("got %d, want %d; body: %s", a.code, code, a.body)
	}
	return a
}

// into decodes the body.
func (a answer) into(v any) answer {
	a.t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		a.t.Fatalf("decode %s: %v", a.body, err)
	}
	return a
}

// object decodes the body as an object.
func (a answer) object() map[string]any {
	a.t.Helper()
	var m map[string]any
	a.into(&m)
	return m
}

// items decodes the body as a page.
func (a answer) items() (items []map[string]any, next string) {
	a.t.Helper()
	var p struct {
		Items []map[string]any
		Next  string
	}
	a.want(http.StatusOK).into(&p)
	if p.Items == nil {
		a.t.Errorf("items is null in %s: want a list", a.body)
	}
	return p.Items, p.Next
}

// problem fails unless the answer is that problem, complete and documented.
func (a answer) problem(code int, kind string) map[string]any {
	a.t.Helper()
	a.want(code)
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		a.t.Errorf("got content type %s, want application/problem+json", got)
	}
	p := a.object()
	if p["type"] != "/problems/"+kind {
		a.t.Errorf("got type %v, want %s; body: %s", p["type"], kind, a.body)
	}
	for _, field := range []string{"title", "detail", "instance"} {
		if text, _ := p[field].(string); text == "" {
			a.t.Errorf("%s is missing in %s", field, a.body)
		}
	}
	return p
}

// exec writes rows straight into the database.
func (s *site) exec(query string, args ...any) {
	s.t.Helper()
	err := s.db.Update(context.WithoutCancel(s.t.Context()), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(s.t.Context(), query, args...)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// A heard is a mention to be put into the database.
type heard struct {
	post, author, monitor, text string
	polarity, intent            string
	at                          time.Time
}

// hear stores an author, a post and its mention.
func (s *site) hear(h heard) {
	s.t.Helper()
	if h.polarity == "" {
		h.polarity = "neutral"
	}
	if h.intent == "" {
		h.intent = "none"
	}
	if h.at.IsZero() {
		h.at = noon
	}
	s.exec(`INSERT INTO authors (id, network, native_id, handle, name, url, bio, location, followers, verified_links, bot, seen_at)
		VALUES ($1, 'bluesky', $1, $2, $3, 'https://bsky.app/profile/x', '', '', 42, '[]', false, 0) ON CONFLICT (id) DO NOTHING`,
		h.author, h.author+".example", "Name of "+h.author)
	s.exec(`INSERT INTO posts (id, network, native_id, author_id, kind, text, url, posted_at, edited_at, thread, reply_to, share_of,
		quote_of, engagement, source, received_at, fingerprint) VALUES ($1, 'bluesky', $1, $2, 'post', $3, 'https://bsky.app/x', $4, 0, '', '', '', '', 7, 'sky', 0, $5)`,
		h.post, h.author, h.text, h.at.UnixMilli(), int64(listening.FingerprintOf(h.text)))
	s.exec(`INSERT INTO mentions (post_id, monitor_id, author_id, posted_at, part, reach, language, polarity, score, confidence, intent)
		VALUES ($1, $2, $3, $4, 0, 42, 'en', $5, -0.5, 0.9, $6)`, h.post, h.monitor, h.author, h.at.UnixMilli(), h.polarity, h.intent)
}

// monitor makes a monitor and returns its id.
func (s *site) monitor(name string) string {
	s.t.Helper()
	a := s.do(http.MethodPost, api+"/monitors", map[string]any{"name": name, "kind": "own", "query": "acme"}).want(http.StatusCreated)
	return a.object()["id"].(string)
}

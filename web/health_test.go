package web_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/groundswell/groundswell/web"
)

func TestHealth(t *testing.T) {
	s := newSite(t, newDB(t), nil)
	for _, path := range []string{"/healthz", "/readyz"} {
		if got := s.get(path).want(http.StatusOK).object(); got["status"] != "ok" || got["version"] != "1.2.3" {
			t.Errorf("%s: got %v", path, got)
		}
	}
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	s.get("/healthz").want(http.StatusOK)
	if got := s.get("/readyz").want(http.StatusServiceUnavailable).object(); got["status"] != "unavailable" || got["reason"] == "" {
		t.Errorf("got %v, want unavailable with a reason", got)
	}
}

func TestReadyNames(t *testing.T) {
	s := newSite(t, newDB(t), func(o *web.Options) {
		o.Ready = func(context.Context) error { return errors.New("the log does not answer") }
	})
	if got := s.get("/readyz").want(http.StatusServiceUnavailable).object(); got["reason"] != "the log does not answer" {
		t.Errorf("got %v", got)
	}
}

func TestWithoutAPI(t *testing.T) {
	delivered := false
	s := newSite(t, newDB(t), func(o *web.Options) {
		o.API = false
		o.UI = fstest.MapFS{"index.html": {Data: []byte("page")}}
		o.Hooks = map[string]http.Handler{"in": http.HandlerFunc(func(http.ResponseWriter, *http.Request) { delivered = true })}
	})
	s.get("/healthz").want(http.StatusOK)
	s.get("/metrics").want(http.StatusOK)
	s.do(http.MethodPost, api+"/hooks/in", "{}", "Sec-Fetch-Site", "cross-site").want(http.StatusOK)
	if !delivered {
		t.Error("the hook was not called")
	}
	s.do(http.MethodPost, api+"/hooks/other", "{}").problem(http.StatusNotFound, "not-found")
	s.get(api+"/mentions").problem(http.StatusNotFound, "not-found")
	s.get("/").problem(http.StatusNotFound, "not-found")
}

func TestMetrics(t *testing.T) {
	s := newAdminSite(t, nil)
	s.get(api + "/mentions").want(http.StatusOK)
	s.get(api + "/monitors/secret-id").want(http.StatusNotFound)
	s.do("BREW", api+"/monitors", nil).want(http.StatusMethodNotAllowed)
	text := string(s.get("/metrics").want(http.StatusOK).body)
	for _, want := range []string{
		`groundswell_http_requests_total{code="200",method="GET",route="/api/v1/mentions"} 1`,
		`groundswell_http_requests_total{code="404",method="GET",route="/api/v1/monitors/{id}"} 1`,
		`groundswell_http_requests_total{code="405",method="other",route="/api/"} 1`,
		`groundswell_http_request_seconds_count{route="/api/v1/mentions"} 1`,
		`groundswell_live_clients 0`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("metrics have no %s", want)
		}
	}
	if strings.Contains(text, "secret-id") {
		t.Error("a label is not bounded")
	}
}

func TestInternalErrorsAreLoggedAndHidden(t *testing.T) {
	s := newAdminSite(t, func(o *web.Options) {
		o.Sources = func(context.Context) ([]web.Source, error) { return nil, errors.New("boom at /var/lib") }
		o.Hooks = map[string]http.Handler{"in": http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom at /var/lib") })}
	})
	for _, a := range []answer{s.get(api + "/sources"), s.do(http.MethodPost, api+"/hooks/in", "{}")} {
		p := a.problem(http.StatusInternalServerError, "internal")
		if strings.Contains(string(a.body), "boom") {
			t.Errorf("the answer tells what only the log should: %s", a.body)
		}
		id := strings.TrimPrefix(p["instance"].(string), "urn:groundswell:request:")
		if log := s.log.String(); !strings.Contains(log, id) || !strings.Contains(log, "boom") || strings.Contains(log, s.token) {
			t.Errorf("log: want request %s with its cause and without its token, got %s", id, log)
		}
	}
}

func TestSources(t *testing.T) {
	s := newAdminSite(t, func(o *web.Options) {
		o.Sources = func(context.Context) ([]web.Source, error) {
			return []web.Source{{Name: "sky", Network: "bluesky", State: "up", Received: 5}, {Name: "x", Network: "x", State: "down", Error: "no token",
				Gaps: []web.Gap{{From: noon, Until: noon, Reason: "down"}}}}, nil
		}
	})
	items, _ := s.get(api + "/sources").items()
	if len(items) != 2 || items[0]["state"] != "up" || items[0]["received"] != 5.0 || len(items[0]["gaps"].([]any)) != 0 {
		t.Errorf("got %v", items)
	}
	if items[1]["error"] != "no token" || len(items[1]["gaps"].([]any)) != 1 {
		t.Errorf("got %v", items[1])
	}
	if items, _ := newAdminSite(t, nil).get(api + "/sources").items(); len(items) != 0 {
		t.Errorf("got %v without sources", items)
	}
}

func TestUI(t *testing.T) {
	s := newSite(t, newDB(t), func(o *web.Options) {
		o.UI = fstest.MapFS{
			"index.html":               {Data: []byte("<!doctype html>page")},
			"assets/index-Bx3_k9Zq.js": {Data: []byte("console.log(1)")},
			"favicon.svg":              {Data: []byte("<svg/>")},
		}
	})
	for name, c := range map[string]struct {
		path, cache, contentType, body string
		code                           int
	}{
		"OKRoot":    {"/", "no-cache", "text/html; charset=utf-8", "page", 200},
		"OKIndex":   {"/index.html", "no-cache", "text/html; charset=utf-8", "page", 200},
		"OKRoute":   {"/contacts/01ABC", "no-cache", "text/html; charset=utf-8", "page", 200},
		"OKAsset":   {"/assets/index-Bx3_k9Zq.js", "public, max-age=31536000, immutable", "text/javascript; charset=utf-8", "console", 200},
		"OKIcon":    {"/favicon.svg", "public, max-age=3600", "image/svg+xml", "svg", 200},
		"ErrAsset":  {"/assets/index-gone1234.js", "", "text/plain; charset=utf-8", "not found", 404},
		"OKOutside": {"/../../etc/passwd", "no-cache", "text/html; charset=utf-8", "page", 200},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.get(c.path)
			if a.code != c.code || !strings.Contains(string(a.body), c.body) || a.header.Get("Content-Type") != c.contentType || a.header.Get("Cache-Control") != c.cache {
				t.Errorf("got %d %v %s", a.code, a.header, a.body)
			}
			policy := a.header.Get("Content-Security-Policy")
			for _, want := range []string{"default-src 'self'", "img-src 'self' data:", "frame-ancestors 'none'"} {
				if !strings.Contains(policy, want) {
					t.Errorf("policy %q has no %s", policy, want)
				}
			}
			if a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("got %v", a.header)
			}
		})
	}
	s.do(http.MethodPost, "/", "x").want(http.StatusMethodNotAllowed)
	s.get(api+"/nothing").problem(http.StatusNotFound, "not-found") // never the page
	if _, err := web.New(web.Options{DB: s.db, API: true, UI: fstest.MapFS{}}); err == nil {
		t.Error("a UI without index.html was taken")
	}
}

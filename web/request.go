package web

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"
)

// A request is what is known of a request beyond what HTTP says.
type request struct {
	id      string // names it in the log and in problems
	route   string // the pattern that takes it
	address string // of the client: an IPv4 address, or an IPv6 network of 64 bits
	host    string // its whole address
	agent   string // what it calls itself
}

func (q request) instance() string {
	if q.id == "" {
		return ""
	}
	return "urn:groundswell:request:" + q.id
}

type requestKey struct{}

func requestFrom(ctx context.Context) request {
	q, _ := ctx.Value(requestKey{}).(request)
	return q
}

// observe counts and times every request, and survives a panic in one.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := s.Proxies.client(r)
		q := request{id: rand.Text()[:16], route: route(s.pattern(r)), address: clientNetwork(host), host: host, agent: agentOf(r)}
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, q))
		rec := &recorder{ResponseWriter: w}
		began := time.Now()
		defer func() {
			if v := recover(); v != nil {
				if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(v)
				}
				s.Logger.Error("request panicked", "request_id", q.id, "route", q.route, "err", v, "stack", string(debug.Stack()))
				if rec.code == 0 {
					s.fail(rec, r, faultf(kindInternal, "the log of the daemon says more under this request's instance"))
				}
			}
			s.metrics.observe(r.Method, q.route, rec.code, time.Since(began))
		}()
		next.ServeHTTP(rec, r)
	})
}

// A recorder remembers the status.
type recorder struct {
	http.ResponseWriter
	code int
}

// WriteHeader notes the status and sends it.
func (r *recorder) WriteHeader(code int) {
	if r.code == 0 {
		r.code = code
	}
	r.ResponseWriter.WriteHeader(code)
}

// Write sends a part of the body.
func (r *recorder) Write(b []byte) (int, error) {
	if r.code == 0 {
		r.code = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// guard sets the headers that keep a browser from harm, and refuses what no handler should see.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'") // the UI widens it for its page
		if strings.HasPrefix(r.URL.Path, "/api/") {
			h.Set("Cache-Control", "no-store")
		}
		if !cleanText(r.URL.Path) || !cleanQuery(r.URL.RawQuery) {
			s.fail(w, r, faultf(kindMalformed, "the address holds a character that is not UTF-8, or zero"))
			return
		}
		// An address without an id would be another operation's, to which the multiplexer redirects.
		if p := r.URL.EscapedPath(); strings.HasPrefix(p, "/api/") && path.Clean(p) != strings.TrimSuffix(p, "/") {
			s.fail(w, r, faultf(kindNotFound, "a part of the address is empty, or a dot"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// cleanText says whether the databases take the text: UTF-8 without a zero.
func cleanText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func cleanQuery(raw string) bool {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return false
	}
	for name, list := range values {
		for _, v := range append(list, name) {
			if !cleanText(v) {
				return false
			}
		}
	}
	return true
}

// pattern is the pattern of the route that takes a request.
func (s *Server) pattern(r *http.Request) string {
	_, p := s.mux.Handler(r)
	if p == "/api/" {
		_, p = s.apiMux.Handler(r)
	}
	return p
}

// route is a pattern without its method, for labels.
func route(pattern string) string {
	if _, rest, ok := strings.Cut(pattern, " "); ok {
		return rest
	}
	return pattern
}

// maxAgent is how much is kept of what a client calls itself, in bytes.
const maxAgent = 300

func agentOf(r *http.Request) string {
	return strings.ToValidUTF8(strings.ReplaceAll(r.UserAgent()[:min(len(r.UserAgent()), maxAgent)], "\x00", ""), "")
}

func hostOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	return host
}

// clientNetwork is the part of an address that one client cannot easily change.
func clientNetwork(host string) string {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	network, err := ip.Prefix(64)
	if err != nil {
		return ip.String()
	}
	return network.String()
}

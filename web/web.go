package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/seal"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/privacy"
	"github.com/groundswell/groundswell/sentiment"
	"github.com/groundswell/groundswell/web/openid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Options say what a Server serves and what it needs for it.
type Options struct {
	DB      *sqldb.DB
	Now     func() time.Time // of windows and records; a demo simulates it. nil: time.Now
	Clock   func() time.Time // of sessions, tokens and throttling; always the world's. nil: time.Now
	Version string
	URL     string // where people reach the pages; empty: it is not known

	// Sources tells the state of every source. nil: there are none.
	Sources func(ctx context.Context) ([]Source, error)
	// Terms says what is said about a monitor more than usual. nil: nothing.
	Terms func(ctx context.Context, q TermsQuery) ([]sentiment.Term, error)
	// Routing says who is told of alerts. nil: it is not known here.
	Routing *alerts.Routing
	// Links signs and reads the addresses by which people act without signing in here. nil: there are none.
	Links *alerts.Links
	// SignIn is what contacts can sign in with; without providers or Links, nothing.
	SignIn SignIn
	// Providers are the OpenID Connect providers that people sign in with.
	Providers []*openid.Provider
	// Key is the installation's, of 32 bytes or more: secrets in the database are sealed with it.
	// nil: none can be made.
	Key []byte
	// Courier sends tests to webhooks. nil: nothing is sent from here.
	Courier *crm.Courier
	// Storms are the incidents that are not resolved, for the order of the review queue. nil: none.
	Storms func(ctx context.Context) ([]crm.Storm, error)
	// Live calls receive with each payload of the live feed until ctx ends. nil: there is none.
	Live func(ctx context.Context, receive func(payload []byte)) error
	// Hooks are the handlers of signed deliveries, by source; they verify and limit by themselves.
	Hooks map[string]http.Handler
	// Ready says whether the process can work. nil: when the database answers.
	Ready func(ctx context.Context) error
	// UI is the built single-page application with its index.html. nil: there is none.
	UI fs.FS

	// Tries counts attempts for several processes. nil: this one counts by itself.
	Tries Tries
	// Proxies are those in front, whose X-Forwarded-For is believed. nil: there are none.
	Proxies       Proxies
	Mail          bool             // notices can be sent to people's addresses
	API           bool             // false: only health, metrics and hooks
	FourEyes      bool             // a second person approves the erasure of a person
	Kept          privacy.Defaults // how long records are kept of which nobody said it
	SecureCookies bool             // send the session cookie over HTTPS only
	Registerer    prometheus.Registerer
	Gatherer      prometheus.Gatherer
	Logger        *slog.Logger
}

// A Server is the handler of everything. Without Run it serves all but the live feed.
type Server struct {
	Options
	handler     http.Handler
	mux         *http.ServeMux // everything
	apiMux      *http.ServeMux // what stands under /api/, behind the session
	patterns    []string       // of what serve has added
	api         huma.API
	openAPI     []byte
	sessions    *scs.SessionManager
	crossOrigin *http.CrossOriginProtection
	passwords   *passwords
	factorBox   *seal.Box // of secrets of second factors; nil: there is no key
	secretBox   *seal.Box // of secrets that deliveries are signed with; nil likewise
	throttle    *throttle // of signing in

	codeThrottle               *throttle // of codes of second factors
	linkThrottle, testThrottle *throttle
	formThrottle               *throttle // of public forms
	hookThrottle               *throttle // of wrong signatures
	live                       *live
	metrics                    *metrics
}

// Limits of one request.
const (
	maxBody       = 1 << 20
	maxHookBody   = 8 << 20 // a hook's handler has a lower one of its own
	maxHeader     = 64 << 10
	headerTimeout = 10 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = time.Minute
	idleTimeout   = 2 * time.Minute
	drainTimeout  = 10 * time.Second
)

// New makes a server.
func New(opt Options) (*Server, error) {
	if opt.DB == nil {
		return nil, errors.New("make web server: it needs a database")
	}
	s := &Server{Options: opt, mux: http.NewServeMux(), apiMux: http.NewServeMux(), crossOrigin: http.NewCrossOriginProtection()}
	s.setDefaults()
	s.metrics = newMetrics(s.Registerer)
	s.passwords = newPasswords()
	if len(opt.Key) > 0 {
		var errs [2]error
		s.factorBox, errs[0] = seal.New(opt.Key, "groundswell second factors")
		s.secretBox, errs[1] = seal.New(opt.Key, crm.SealsSecrets)
		if err := errors.Join(errs[:]...); err != nil {
			return nil, fmt.Errorf("make web server: %w", err)
		}
	}
	s.throttle, s.linkThrottle, s.testThrottle = s.newThrottle("sign-in", byName), s.newThrottle("link", byName), s.newThrottle("test", byName)
	s.formThrottle, s.codeThrottle = s.newThrottle("form", byForm), s.newThrottle("code", byCode)
	s.hookThrottle = s.newThrottle("hook", byName)
	s.live = newLive(s.Logger, s.metrics.liveClients)
	s.sessions = s.newSessions()
	if err := s.routes(); err != nil {
		return nil, fmt.Errorf("make web server: %w", err)
	}
	s.handler = s.observe(s.guard(s.mux))
	return s, nil
}

func (s *Server) setDefaults() {
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Clock == nil {
		s.Clock = time.Now
	}
	if s.Logger == nil {
		s.Logger = slog.New(slog.DiscardHandler)
	}
	if s.Registerer == nil {
		own := prometheus.NewRegistry()
		s.Registerer = own
		if s.Gatherer == nil {
			s.Gatherer = own
		}
	}
	if s.Gatherer == nil {
		s.Gatherer = prometheus.DefaultGatherer
	}
}

// serve adds a route outside the framework, and remembers it: a test sees that the OpenAPI document has
// it, as it has those of the framework by itself.
func (s *Server) serve(pattern string, handler http.HandlerFunc) {
	s.patterns = append(s.patterns, pattern)
	s.mux.HandleFunc(pattern, handler)
}

// routes is the table of all there is.
func (s *Server) routes() error {
	s.serve("GET /healthz", s.healthz)
	s.serve("GET /readyz", s.readyz)
	s.serve("GET /metrics", promhttp.HandlerFor(s.Gatherer, promhttp.HandlerOpts{Registry: s.Registerer}).ServeHTTP)
	s.serve("GET "+problemType+"{name}", s.showProblem)
	s.serve("POST "+base+"/hooks/{source}", s.hook)
	if !s.API {
		s.mux.HandleFunc("/", s.notFound)
		return nil
	}
	s.serve("POST "+base+"/forms/{key}", s.submitForm)
	s.serve("POST "+base+"/campaign-responses/{key}", s.takeDelivery)
	s.serve("GET "+base+"/openapi.json", s.showOpenAPI)
	s.acknowledgeRoutes()
	s.connectRoutes()
	s.mux.Handle("/api/", s.sessions.LoadAndSave(s.apiMux))
	s.apiMux.HandleFunc("/api/", s.notFound)
	if err := s.describe(); err != nil {
		return err
	}
	if s.UI == nil {
		s.mux.HandleFunc("/", s.notFound)
		return nil
	}
	ui, err := newUI(s.UI)
	if err != nil {
		return err
	}
	s.mux.Handle("/", ui)
	return nil
}

// ServeHTTP serves one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Run passes the live feed on to the browsers until ctx ends, and then closes their streams.
func (s *Server) Run(ctx context.Context) error {
	defer s.live.close()
	if s.Live == nil {
		<-ctx.Done()
		return nil
	}
	return s.Live(ctx, func(payload []byte) { s.hear(ctx, payload) })
}

// Serve serves the listener until ctx ends, with Run beside it. Requests under way get ten
// seconds to finish.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(s.Logger.Handler(), slog.LevelDebug),
	}
	served, fed := make(chan error, 1), make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	go func() { fed <- s.Run(ctx) }()
	var err error
	select {
	case <-ctx.Done():
	case err = <-served:
		err = fmt.Errorf("serve http: %w", err)
	}
	cancel()
	feedErr := <-fed // the streams are closed: nothing long is under way
	drain, done := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer done()
	if shutdownErr := server.Shutdown(drain); shutdownErr != nil {
		err = errors.Join(err, fmt.Errorf("finish requests: %w", shutdownErr), server.Close())
	}
	return errors.Join(err, feedErr)
}

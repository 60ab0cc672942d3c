package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/connectors/registry"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/web"
)

// defaultSilence is how long a connection may bring no byte where the configuration does not say.
const defaultSilence = 90 * time.Second

// addConnectors sets up the role connectors: every configured source under one runner.
func (a *App) addConnectors(context.Context) error {
	if !a.Config.Has("connectors") {
		return nil
	}
	sources := slices.Clone(a.Sources)
	for i := range a.Config.Sources {
		s, err := NewSource(&a.Config.Sources[i], a.Options)
		if err != nil {
			return err
		}
		sources = append(sources, s)
	}
	a.sources = sources
	runner := connectors.NewRunner(connectors.RunnerOptions{DB: a.DB, Log: a.Entrance, Lease: a.memory.Lease, Sources: sources,
		Metrics: connectors.NewMetrics(a.metrics), Logger: a.Logger, Now: a.Now})
	a.workers = append(a.workers, worker{"connectors", runner.Run},
		worker{"source states", func(ctx context.Context) error {
			return a.every(ctx, 2*time.Second, "states of the sources are not shared", func(ctx context.Context) error { return a.shareStates(ctx, runner) })
		}})
	return nil
}

// NewSource makes a source of its section in the configuration.
func NewSource(section *config.Section, opt Options) (connectors.Source, error) {
	connector, err := registry.New(section.Kind, &section.Settings, connectors.Deps{Source: section.Name, Client: httpClient(opt.Version),
		Logger: opt.Logger.With("source", section.Name, "network", section.Kind), Now: opt.Now})
	if err != nil {
		return connectors.Source{}, fmt.Errorf("source %s: %w", section.Name, err)
	}
	silence := section.Silence
	if silence == 0 {
		silence = defaultSilence
	}
	return connectors.Source{Name: section.Name, Network: section.Kind, Silence: silence, Connector: connector}, nil
}

// httpClient bounds every step of a request but its length: streams are long.
func httpClient(version string) *http.Client {
	transport := &http.Transport{
		Proxy:       http.ProxyFromEnvironment,
		DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext, TLSHandshakeTimeout: 10 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second, MaxResponseHeaderBytes: 1 << 20, MaxIdleConnsPerHost: 4, IdleConnTimeout: 90 * time.Second,
		ForceAttemptHTTP2: true,
	}
	return &http.Client{Transport: agent{transport, "groundswell/" + version}, CheckRedirect: func(_ *http.Request, via []*http.Request) error {
		if len(via) >= 5 {
			return errors.New("more than five redirects")
		}
		return nil
	}}
}

// agent names us to the networks.
type agent struct {
	http.RoundTripper
	name string
}

func (a agent) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("User-Agent") == "" {
		r = r.Clone(r.Context())
		r.Header.Set("User-Agent", a.name)
	}
	return a.RoundTripper.RoundTrip(r)
}

// hooks are the sources that are delivered to.
func (a *App) hooks() map[string]http.Handler {
	hooks := make(map[string]http.Handler)
	for _, s := range a.sources {
		if h, ok := s.Connector.(http.Handler); ok {
			hooks[s.Name] = h
		}
	}
	return hooks
}

// The states of the sources are shared, so that the web page of one process shows the sources of
// all. One that is not renewed is not shown for long.
const (
	statesRecord = "sources"
	statesFresh  = 30 * time.Second
)

type sharedState struct {
	connectors.Status
	SharedAt time.Time `json:"shared_at"`
}

func (a *App) shareStates(ctx context.Context, runner *connectors.Runner) error {
	for _, status := range runner.Statuses() {
		if status.State == "waiting" {
			continue // another process runs it, and says how it is
		}
		value, err := json.Marshal(sharedState{status, time.Now()})
		if err != nil {
			return fmt.Errorf("share state of source %s: %w", status.Name, err)
		}
		if err := a.memory.Share(ctx, statesRecord, status.Name, value, time.Hour); err != nil {
			return err
		}
	}
	return nil
}

// sourceStates are the shared states with the sources' last gaps.
func (a *App) sourceStates(ctx context.Context) ([]web.Source, error) {
	shared, err := a.memory.Shared(ctx, statesRecord)
	if err != nil {
		return nil, err
	}
	var all []web.Source
	for _, value := range shared {
		var s sharedState
		if err := json.Unmarshal([]byte(value), &s); err != nil || time.Since(s.SharedAt) > statesFresh {
			continue
		}
		source := web.Source{Name: s.Name, Network: s.Network, State: string(s.State), Error: s.Error, ThrottledUntil: s.ThrottledUntil,
			LagSeconds: s.LagSeconds, Received: s.Received, Accepted: s.Accepted, LastEventAt: s.LastEventAt}
		gaps, err := connectors.Gaps(ctx, a.DB, s.Name, 10)
		if err != nil {
			return nil, err
		}
		for _, g := range gaps {
			source.Gaps = append(source.Gaps, web.Gap{From: g.From, Until: g.Until, Reason: g.Reason})
		}
		all = append(all, source)
	}
	slices.SortFunc(all, func(x, y web.Source) int {
		if x.Name < y.Name {
			return -1
		}
		return 1
	})
	return all, nil
}

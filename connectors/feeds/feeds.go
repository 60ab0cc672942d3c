// Package feeds reads RSS, Atom and JSON feeds: blogs, news, forums, reviews. docs/networks/feeds.md
package feeds

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/post"
	"gopkg.in/yaml.v3"
)

// Network is what the posts of this package bear.
const Network = "feeds"

// settings are the source's section of the configuration.
type settings struct {
	URLs     []string      `yaml:"urls"`
	Interval time.Duration `yaml:"interval"` // between two polls of a feed, where it does not ask for more
	MaxBody  int64         `yaml:"max_body"` // bytes
	Kind     string        `yaml:"kind"`     // of the posts: post, comment or review
	Language string        `yaml:"language"` // where a feed does not say
}

const (
	leastInterval = time.Minute
	mostInterval  = 24 * time.Hour
	largestBody   = 32 << 20
	pollTimeout   = time.Minute
	maxFeeds      = 1000
)

// Source polls some feeds, each at its own pace.
type Source struct {
	settings
	deps   connectors.Deps
	client *http.Client

	mu    sync.Mutex
	state map[string]*feedState // by URL; what the cursor holds
}

// New makes the source of its settings.
func New(section *yaml.Node, deps connectors.Deps) (connectors.Connector, error) {
	s := &Source{settings: settings{Interval: 15 * time.Minute, MaxBody: 4 << 20, Kind: string(post.KindPost)}, deps: deps}
	if err := config.Decode(section, &s.settings); err != nil {
		return nil, err
	}
	switch {
	case len(s.URLs) == 0 || len(s.URLs) > maxFeeds:
		return nil, fmt.Errorf("urls: want 1 to %d addresses of feeds", maxFeeds)
	case s.Interval < leastInterval || s.Interval > mostInterval:
		return nil, fmt.Errorf("interval %s: want %s to %s", s.Interval, leastInterval, mostInterval)
	case s.MaxBody < 1024 || s.MaxBody > largestBody:
		return nil, fmt.Errorf("max_body %d: want 1024 to %d bytes", s.MaxBody, largestBody)
	case !slices.Contains([]string{"post", "comment", "review"}, s.Kind):
		return nil, fmt.Errorf("kind %q: want post, comment or review", s.Kind)
	}
	for i, address := range s.URLs {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return nil, fmt.Errorf("urls[%d]: want an address such as https://blog.example/feed.xml", i)
		}
		if slices.Contains(s.URLs[:i], address) {
			return nil, fmt.Errorf("urls[%d]: it stands there twice", i)
		}
	}
	client := *deps.Client
	client.CheckRedirect = s.checkRedirect
	s.client = &client
	return s, nil
}

// checkRedirect lets a public feed redirect to public addresses only: who owns a feed must not
// make us ask our own network.
func (s *Source) checkRedirect(r *http.Request, via []*http.Request) error {
	if len(via) >= 5 {
		return errors.New("more than five redirects")
	}
	if r.URL.Scheme != "http" && r.URL.Scheme != "https" {
		return fmt.Errorf("a redirect to %s", r.URL.Scheme)
	}
	if private(r.Context(), r.URL.Hostname()) && !private(r.Context(), via[0].URL.Hostname()) {
		return errors.New("a redirect to a private address")
	}
	return nil
}

func private(ctx context.Context, host string) bool {
	addresses, err := net.DefaultResolver.LookupIPAddr(ctx, host)
	return err == nil && slices.ContainsFunc(addresses, func(a net.IPAddr) bool {
		return a.IP.IsLoopback() || a.IP.IsPrivate() || a.IP.IsLinkLocalUnicast() || a.IP.IsUnspecified()
	})
}

// Run polls until ctx ends. A feed that fails is tried again at its pace and never stops another.
func (s *Source) Run(ctx context.Context, cursor string, out connectors.Out) error {
	s.restore(cursor)
	out.Connected()
	var all sync.WaitGroup
	for _, address := range s.URLs {
		all.Go(func() { _ = s.follow(ctx, address, out) }) // it ends when ctx does
	}
	all.Go(func() { // between polls the source is quiet and well
		tick := time.NewTicker(10 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				out.Heard(0)
			}
		}
	})
	all.Wait()
	return ctx.Err()
}

// follow polls one feed whenever it is due.
func (s *Source) follow(ctx context.Context, address string, out connectors.Out) error {
	for {
		timer := time.NewTimer(time.Until(s.due(address)))
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
		next, err := s.poll(ctx, address, out)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			s.deps.Logger.Warn("feed is tried again", "feed", hostOf(address), "next", next, "err", err)
		}
		if err := out.Mark(ctx, s.schedule(address, next)); err != nil {
			return err
		}
	}
}

// Check fetches each feed once.
func (s *Source) Check(ctx context.Context) error {
	var errs []error
	for _, address := range s.URLs {
		if _, err := s.fetch(ctx, address, &feedState{}); err != nil {
			errs = append(errs, fmt.Errorf("feed of %s: %w", hostOf(address), err))
		}
	}
	return errors.Join(errs...)
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "?"
	}
	return u.Host
}

// feedState is what is remembered of a feed.
type feedState struct {
	ETag         string            `json:"etag,omitempty"`
	LastModified string            `json:"last_modified,omitempty"`
	Next         time.Time         `json:"next"`
	Seen         map[string]string `json:"seen,omitempty"` // item → hash of what it said, of the items in the feed
	Failures     int               `json:"failures,omitempty"`
}

// restore reads the cursor. One that cannot be read means a start from nothing: what was seen is
// heard again, and counted once.
func (s *Source) restore(cursor string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	saved := make(map[string]*feedState)
	if cursor != "" {
		if err := json.Unmarshal([]byte(cursor), &saved); err != nil {
			s.deps.Logger.Warn("cursor cannot be read: all items are heard again", "err", err)
		}
	}
	s.state = make(map[string]*feedState, len(s.URLs))
	for _, address := range s.URLs {
		if s.state[address] = saved[address]; s.state[address] == nil {
			s.state[address] = &feedState{}
		}
	}
}

func (s *Source) due(address string) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state[address].Next
}

// schedule sets the next poll and returns the cursor of all feeds.
func (s *Source) schedule(address string, next time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state[address].Next = next
	cursor, err := json.Marshal(s.state)
	if err != nil {
		panic(err) // texts and times only
	}
	return string(cursor)
}

// Package feeds reads RSS, Atom and JSON feeds: blogs, news, forums, reviews. docs/networks/feeds.md
package feeds

import (
	"context"
	"errors"
	"fmt"
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
	atOnce        = 4 // feeds that are fetched and read at a time, which bounds memory
)

// Source polls some feeds, each at its own pace.
type Source struct {
	settings
	deps   connectors.Deps
	client *http.Client
	slots  chan struct{}

	mu    sync.Mutex
	state map[string]*feedState // by URL; what the cursor holds
	up    bool                  // some feed could be read
}

var _ interface {
	connectors.Connector
	connectors.Checker
} = (*Source)(nil)

// New makes the source of its settings.
func New(section *yaml.Node, deps connectors.Deps) (connectors.Connector, error) {
	s := &Source{settings: settings{Interval: 15 * time.Minute, MaxBody: 4 << 20, Kind: string(post.KindPost)}, deps: deps,
		slots: make(chan struct{}, atOnce)}
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
	case s.Language != "" && languageTag(s.Language) == "":
		return nil, fmt.Errorf("language %.40q: want a tag such as de or pt-BR", s.Language)
	}
	for i, address := range s.URLs {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(address) > maxAddress {
			return nil, fmt.Errorf("urls[%d]: want an address such as https://blog.example/feed.xml", i)
		}
		if slices.Contains(s.URLs[:i], address) {
			return nil, fmt.Errorf("urls[%d]: it stands there twice", i)
		}
	}
	client := *deps.Client
	client.CheckRedirect = checkRedirect
	s.client = &client
	return s, nil
}

// Run polls until ctx ends. A feed that fails is tried again at its pace and never stops another;
// when none can be read, Run ends with the reason until the next is due.
func (s *Source) Run(ctx context.Context, cursor string, out connectors.Out) error {
	if s.restore(cursor) {
		s.up = true
		out.Connected()
	}
	run, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var all sync.WaitGroup
	for _, address := range s.URLs {
		all.Go(func() {
			if err := s.follow(run, address, out); err != nil {
				cancel(err)
			}
		})
	}
	all.Go(func() { live(run, out) })
	all.Wait()
	return context.Cause(run)
}

// live says that all is well while nothing is polled: the silence between polls is ours.
func live(ctx context.Context, out connectors.Out) {
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
}

// follow polls one feed whenever it is due, until ctx ends or no feed can be read.
func (s *Source) follow(ctx context.Context, address string, out connectors.Out) error {
	for {
		if err := s.await(ctx, address); err != nil {
			return err
		}
		next, err := s.poll(ctx, address, out)
		<-s.slots
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := out.Mark(ctx, s.schedule(address, next)); err != nil {
			return err
		}
		if err != nil {
			s.deps.Logger.Warn("feed is tried again", "feed", hostOf(address), "next", next, "err", err)
			if err := s.blind(fmt.Errorf("feed of %s: %w", hostOf(address), err)); err != nil {
				return err
			}
			continue
		}
		s.mu.Lock()
		first := !s.up
		s.up = true
		s.mu.Unlock()
		if first {
			out.Connected()
		}
	}
}

// await waits until the feed is due and takes a slot.
func (s *Source) await(ctx context.Context, address string) error {
	timer := time.NewTimer(time.Until(s.due(address)))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case s.slots <- struct{}{}:
		return nil
	}
}

// blind is the error of Run when no feed can be read any more: it says why, and when the next one
// is due.
func (s *Source) blind(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var next time.Time
	for _, state := range s.state {
		if state.Failures == 0 {
			return nil
		}
		if next.IsZero() || state.Next.Before(next) {
			next = state.Next
		}
	}
	s.up = false
	var b *busy
	if errors.As(err, &b) {
		return &connectors.Throttled{Until: s.deps.Now().Add(time.Until(next)), Err: err}
	}
	return &connectors.Retry{After: max(time.Second, time.Until(next)), Err: err}
}

// Check fetches and reads each feed once.
func (s *Source) Check(ctx context.Context) error {
	var errs []error
	for _, address := range s.URLs {
		doc, err := s.fetch(ctx, address, &feedState{})
		if err == nil {
			_, err = parse(doc.body)
		}
		if err != nil {
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

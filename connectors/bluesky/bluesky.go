// Package bluesky listens to a Jetstream: Bluesky's stream of all public records as JSON, on its
// first wire (/subscribe) and its second (network.bsky.jetstream.subscribeEvents).
// docs/networks/bluesky.md
package bluesky

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/post"
	lru "github.com/hashicorp/golang-lru/v2"
	"gopkg.in/yaml.v3"
)

// Network is what the posts of this package bear.
const Network = "bluesky"

// settings are the source's section of the configuration.
type settings struct {
	URLs       []string      `yaml:"urls"`       // instances; the first that answers is used
	Wire       string        `yaml:"wire"`       // v1 or v2
	Compress   bool          `yaml:"compress"`   // zstd
	Dictionary string        `yaml:"dictionary"` // v1: file of the server's dictionary; v2 fetches it
	DIDs       []string      `yaml:"dids"`       // only these accounts
	Overlap    time.Duration `yaml:"overlap"`    // read again after a reconnect
}

const (
	maxDIDs       = 10_000
	maxDictionary = 1 << 20
	knownHandles  = 100_000
)

// Source is one Jetstream, on one of several instances.
type Source struct {
	settings
	deps       connectors.Deps
	dictionary []byte                     // v1
	handles    *lru.Cache[string, string] // DID → handle, as identity events told
}

// New makes the source of its settings.
func New(section *yaml.Node, deps connectors.Deps) (connectors.Connector, error) {
	s := &Source{deps: deps, settings: settings{Wire: "v1", Overlap: 5 * time.Second, URLs: []string{
		"wss://jetstream1.us-east.bsky.network", "wss://jetstream2.us-east.bsky.network",
		"wss://jetstream1.us-west.bsky.network", "wss://jetstream2.us-west.bsky.network"}}}
	if err := config.Decode(section, &s.settings); err != nil {
		return nil, err
	}
	if err := s.validate(); err != nil {
		return nil, err
	}
	var err error
	if s.handles, err = lru.New[string, string](knownHandles); err != nil {
		return nil, err
	}
	if s.Wire == "v1" && s.Compress {
		if s.dictionary, err = os.ReadFile(s.Dictionary); err != nil {
			return nil, fmt.Errorf("dictionary: %w: v1 compresses with the dictionary that the jetstream repository holds as pkg/models/zstd_dictionary; save it, or leave compress out", err)
		}
		if len(s.dictionary) > maxDictionary {
			return nil, fmt.Errorf("dictionary: %s has more than %d bytes", s.Dictionary, maxDictionary)
		}
	}
	return s, nil
}

func (s *Source) validate() error {
	if len(s.URLs) == 0 {
		return errors.New("urls: want one instance or more, such as wss://jetstream1.us-east.bsky.network")
	}
	for i, address := range s.URLs {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.Scheme != "ws" && u.Scheme != "wss" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
			return fmt.Errorf("urls[%d]: want ws:// or wss:// and a host, without a path", i)
		}
		s.URLs[i] = strings.TrimSuffix(address, "/")
	}
	if s.Wire != "v1" && s.Wire != "v2" {
		return fmt.Errorf("wire %q: want v1 or v2", s.Wire)
	}
	if s.Overlap < 0 || s.Overlap > time.Hour {
		return fmt.Errorf("overlap %s: want 0 to 1h", s.Overlap)
	}
	if len(s.DIDs) > maxDIDs {
		return fmt.Errorf("dids: %d, at most %d", len(s.DIDs), maxDIDs)
	}
	for i, did := range s.DIDs {
		if !strings.HasPrefix(did, "did:") {
			return fmt.Errorf("dids[%d] %q: want a DID such as did:plc:…", i, did)
		}
	}
	return nil
}

// A place is where a stream goes on: on its instance exactly, on another about.
type place struct {
	url string
	seq int64 // v2; 0 on v1
	at  time.Time
}

// String is the cursor.
func (p place) String() string {
	return fmt.Sprintf("%s|%d|%d", p.url, p.seq, p.at.UnixMicro())
}

func parsePlace(cursor string) (place, bool) {
	parts := strings.Split(cursor, "|")
	if len(parts) != 3 {
		return place{}, false
	}
	seq, err := strconv.ParseInt(parts[1], 10, 64)
	micros, err2 := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || err2 != nil || micros <= 0 {
		return place{}, false
	}
	return place{parts[0], seq, time.UnixMicro(micros).UTC()}, true
}

// Run reads the first instance that answers, the cursor's first.
func (s *Source) Run(ctx context.Context, cursor string, out connectors.Out) error {
	last, known := parsePlace(cursor)
	if cursor != "" && !known {
		s.deps.Logger.Warn("cursor cannot be read: starting at the present")
	}
	order := append([]string{}, s.URLs...)
	for i, u := range order {
		if known && u == last.url {
			order[0], order[i] = order[i], order[0]
		}
	}
	var errs []error
	for _, instance := range order {
		stream, err := s.dial(ctx, instance, last, out)
		if err != nil {
			var throttled *connectors.Throttled
			if ctx.Err() != nil || errors.As(err, &throttled) {
				return err
			}
			errs = append(errs, fmt.Errorf("%s: %w", hostOf(instance), err))
			continue
		}
		return stream.read(ctx, out)
	}
	return errors.Join(errs...)
}

// Check connects to each instance.
func (s *Source) Check(ctx context.Context) error {
	var errs []error
	for _, instance := range s.URLs {
		stream, err := s.dial(ctx, instance, place{}, nil)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", hostOf(instance), err))
			continue
		}
		stream.close()
	}
	if len(errs) == len(s.URLs) {
		return errors.Join(errs...)
	}
	return nil
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "?"
	}
	return u.Host
}

// author fills in what identity events have told of an author.
func (s *Source) author(p *post.Post) {
	if handle, ok := s.handles.Get(p.Author.ID); ok {
		p.Author.Handle = handle
	}
}

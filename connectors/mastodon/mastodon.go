package mastodon

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"gopkg.in/yaml.v3"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/internal/config"
)

// knownStatuses is how many local ids are remembered with their uris: deletions and replies name
// posts by the id that the server gave them, while posts are identified by uri.
const knownStatuses = 100_000

// A Connector listens to one server.
type Connector struct {
	deps    connectors.Deps
	api     *api
	streams []stream
	pages   int // of a backfill, at most
	after   func(time.Duration) <-chan time.Time

	uris       *lru.Cache[string, string] // local id → uri
	start      map[string]string          // id after which each stream is heard, where no cursor says
	unresolved atomic.Int64               // deletions of posts that are not known
}

var _ interface {
	connectors.Connector
	connectors.Checker
} = (*Connector)(nil)

// New reads the source's settings. It makes no connection.
func New(section *yaml.Node, deps connectors.Deps) (connectors.Connector, error) {
	s := settings{BackfillPages: defaultBackfillPages}
	if err := config.Decode(section, &s); err != nil {
		return nil, fmt.Errorf("%w: %w", err, connectors.ErrConfig)
	}
	base, err := s.base()
	if err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	streams, err := s.streams()
	if err != nil {
		return nil, err
	}
	uris, err := lru.New[string, string](knownStatuses)
	if err != nil {
		return nil, err
	}
	return &Connector{
		deps:    deps,
		api:     &api{client: atHome(deps.Client), base: base, token: s.Token, now: deps.Now},
		streams: streams,
		pages:   max(s.BackfillPages, 1),
		after:   time.After,
		uris:    uris,
		start:   make(map[string]string),
	}, nil
}

// Check tells whether the server answers, takes the token and streams.
func (c *Connector) Check(ctx context.Context) error {
	silent := func(int) {}
	if _, err := c.api.own(ctx, silent); err != nil {
		return err
	}
	_, streaming, err := c.api.instance(ctx, silent)
	if err != nil {
		return err
	}
	for _, s := range c.streams {
		if _, err := c.api.timeline(ctx, s, "", 1, silent); err != nil {
			return err
		}
	}
	f, err := c.open(ctx, streaming, silent)
	if err != nil {
		return err
	}
	f.stop()
	return nil
}

// open connects by WebSocket, or by server-sent events where the server opens none.
func (c *Connector) open(ctx context.Context, streaming *url.URL, heard func(int)) (*feed, error) {
	f, err := c.api.openWebSocket(ctx, streaming, c.streams, heard)
	if !errors.Is(err, errNoWebSocket) {
		return f, err
	}
	c.deps.Logger.Info("no websocket, using server-sent events", "source", c.deps.Source, "err", err)
	return c.api.openEvents(ctx, streaming, c.streams, heard)
}

// Run listens from a cursor on; see connectors.Connector. The stream is opened first and the seam
// closed behind it, so that nothing falls between the two.
func (c *Connector) Run(ctx context.Context, cursor string, out connectors.Out) error {
	own, err := c.api.own(ctx, out.Heard)
	if err != nil {
		return err
	}
	domain, streaming, err := c.api.instance(ctx, out.Heard)
	if err != nil {
		return err
	}
	s := &session{Connector: c, out: out, own: own, translate: translator{
		server: c.api.base.String(),
		domain: domain,
		uri: func(id string) string {
			uri, _ := c.uris.Get(id)
			return uri
		},
	}}
	if err := s.resume(ctx, cursor); err != nil {
		return err
	}
	f, err := c.open(ctx, streaming, out.Heard)
	if err != nil {
		return err
	}
	defer f.stop()
	out.Connected()
	return s.listen(ctx, f)
}

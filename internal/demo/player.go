package demo

import (
	"context"
	"time"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/post"
)

// A player is a source that plays a network's part of the hour: each post when its time has come.
type player struct {
	events []post.Event
	clock  *Clock
	ready  <-chan struct{} // closed when the clock runs
	played func()
}

// Players are the sources of the scenario, one a network. They start when ready is closed; played
// is called once by each at its end.
func Players(events []post.Event, clock *Clock, ready <-chan struct{}, played func()) []connectors.Source {
	parts := make(map[string][]post.Event)
	for _, e := range events {
		parts[e.Source] = append(parts[e.Source], e)
	}
	var sources []connectors.Source
	for _, name := range networks {
		if len(parts[name]) > 0 {
			sources = append(sources, connectors.Source{Name: name, Network: name, Connector: &player{parts[name], clock, ready, played}})
		}
	}
	return sources
}

// Run plays what is left, and then stays connected: the network has fallen quiet.
func (p *player) Run(ctx context.Context, _ string, out connectors.Out) error {
	select {
	case <-p.ready:
	case <-ctx.Done():
		return ctx.Err()
	}
	out.Connected()
	for len(p.events) > 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(p.clock.Until(p.events[0].Post.PostedAt)):
		}
		out.Heard(len(p.events[0].Post.Text))
		if err := out.Emit(ctx, p.events[0], ""); err != nil {
			return err
		}
		p.events = p.events[1:]
	}
	p.played()
	<-ctx.Done()
	return ctx.Err()
}

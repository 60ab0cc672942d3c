// Package registry lists the networks there are, one line each.
package registry

import (
	"fmt"
	"maps"
	"slices"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/connectors/bluesky"
	"github.com/groundswell/groundswell/connectors/feeds"
	"github.com/groundswell/groundswell/connectors/mastodon"
	"github.com/groundswell/groundswell/connectors/replay"
	"github.com/groundswell/groundswell/connectors/webhook"
	"gopkg.in/yaml.v3"
)

// networks are the kinds of sources and how each is made of its settings.
var networks = map[string]func(settings *yaml.Node, deps connectors.Deps) (connectors.Connector, error){
	"bluesky":  bluesky.New,
	"feeds":    feeds.New,
	"mastodon": mastodon.New,
	"replay":   replay.New,
	"webhook":  webhook.New,
}

// Kinds lists the kinds of sources.
func Kinds() []string { return slices.Sorted(maps.Keys(networks)) }

// New makes the connector of a kind from its settings, which it decodes strictly.
func New(kind string, settings *yaml.Node, deps connectors.Deps) (connectors.Connector, error) {
	open, ok := networks[kind]
	if !ok {
		return nil, fmt.Errorf("kind %q: want one of %v", kind, Kinds())
	}
	return open(settings, deps)
}

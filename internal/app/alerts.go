package app

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/pipeline"
	"github.com/groundswell/groundswell/post"
)

// addAlerts sets up the role alerts: the watch over all monitors, alerts on mentions, digests, and
// the outbox of the channels.
func (a *App) addAlerts(ctx context.Context) (err error) {
	if a.routing, err = alerts.NewRouting(&a.Config); err != nil {
		if a.Config.Has("alerts") {
			return err
		}
		a.Logger.Warn("channels cannot be shown here", "err", err) // the process that delivers may know secrets that this one does not
		a.routing = nil
	}
	if a.links, err = alerts.OpenLinks(ctx, a.DB, a.Config.Web.URL); err != nil {
		return err
	}
	if !a.Config.Has("alerts") {
		return nil
	}
	router := &alerts.Router{Routes: a.routing.Routes, MonitorKind: func(id string) string {
		kinds, _ := a.kinds.Load().(map[string]string)
		return kinds[id]
	}}
	metrics := alerts.NewMetrics(a.metrics)
	watch := alerts.New(alerts.Options{DB: a.DB, Monitors: a.enabledMonitors, Cells: a.cells, Mentions: a.mentions, Terms: a.drivers, Spread: a.spread, Blind: a.blind,
		Lease: a.memory.Lease, Tell: a.tellIncident, Router: router, BaseURL: a.Config.Web.URL, Surprise: a.Config.Alerts.Surprise, Now: a.Now, Metrics: metrics, Logger: a.Logger})
	outbox := &alerts.Outbox{DB: a.DB, Channels: a.channels(), Templates: a.routing.Templates, Zone: a.routing.Routes.Zone(), Links: a.links,
		Curve: a.curve, Report: a.report, Say: a.say, Lease: a.memory.Lease, Metrics: metrics, Logger: a.Logger}
	teller := &alerts.Teller{DB: a.DB, Router: router, Monitors: a.enabledMonitors, BaseURL: a.Config.Web.URL, Lease: a.memory.Lease, Logger: a.Logger}
	digester := &alerts.Digester{DB: a.DB, Digests: a.routing.Routes.Digests(), BaseURL: a.Config.Web.URL, Lease: a.memory.Lease, Now: a.Now, Logger: a.Logger}
	forget := func(ctx context.Context) error {
		return a.every(ctx, 10*time.Minute, "old deliveries stay", func(ctx context.Context) error {
			return alerts.PruneDeliveries(ctx, a.DB, time.Now().Add(-a.Config.Alerts.Retention))
		})
	}
	send := func(ctx context.Context) error {
		return a.every(ctx, 5*time.Second, "notices are not sent", a.sendNotices)
	}
	a.workers = append(a.workers, worker{"deliveries", forget}, worker{"notices", send}, worker{"outbox", outbox.Run}, worker{"teller", teller.Run}, worker{"digests", digester.Run},
		worker{"alerts", func(ctx context.Context) error {
			if a.BeforeAlerts != nil {
				if err := a.BeforeAlerts(ctx); err != nil {
					return err
				}
			}
			return watch.Run(ctx)
		}})
	return nil
}

func (a *App) enabledMonitors(ctx context.Context) (map[string]string, error) {
	all, err := listening.Monitors(ctx, a.DB)
	if err != nil {
		return nil, err
	}
	names, kinds := make(map[string]string, len(all)), make(map[string]string, len(all))
	for _, m := range all {
		kinds[m.ID] = m.Kind
		if m.Enabled {
			names[m.ID] = m.Name
		}
	}
	a.kinds.Store(kinds)
	return names, nil
}

func (a *App) cells(ctx context.Context, monitorIDs []string, from, until int64) (map[string][]spike.Cell, error) {
	stored, err := listening.Cells(ctx, a.DB, monitorIDs, from, until)
	if err != nil {
		return nil, err
	}
	cells := make(map[string][]spike.Cell, len(stored))
	for id, list := range stored {
		out := make([]spike.Cell, len(list))
		for i, c := range list {
			out[i] = spike.Cell(c)
		}
		cells[id] = out
	}
	return cells, nil
}

// evidenceMost is how many mentions of a window the evidence rests on: the newest.
const evidenceMost = 2000

func (a *App) mentions(ctx context.Context, monitorID string, from, until int64) ([]spike.Mention, error) {
	views, _, err := listening.FindMentions(ctx, a.DB, listening.Filter{Monitor: monitorID, From: spike.Time(from), Until: spike.Time(until), Limit: evidenceMost})
	if err != nil {
		return nil, err
	}
	authors := make([]string, len(views))
	for i := range views {
		authors[i] = views[i].Author.ID
	}
	contacts, err := crm.ConfirmedContacts(ctx, a.DB, authors)
	if err != nil {
		return nil, err
	}
	standings, err := crm.RelationsOf(ctx, a.DB, slices.Compact(slices.Sorted(maps.Values(contacts))))
	if err != nil {
		return nil, err
	}
	polarity := map[post.Polarity]int{post.Negative: -1, post.Positive: 1}
	mentions := make([]spike.Mention, len(views))
	for i := range views {
		v := &views[i]
		mentions[i] = spike.Mention{PostID: v.PostID, AuthorID: v.Author.ID, Network: v.Network, Text: v.Text, Minute: spike.Minute(v.PostedAt), Millis: sqldb.Millis(v.PostedAt),
			Engagement: v.Engagement, Polarity: polarity[v.Reading.Polarity], Share: v.Kind == string(post.KindShare), Contact: contacts[v.Author.ID] != "", Customer: standings[contacts[v.Author.ID]].Customer}
		if !v.Author.OpenedAt.IsZero() {
			mentions[i].Opened = spike.Minute(v.Author.OpenedAt)
		}
	}
	return mentions, nil
}

// spread is what each network says that counts for an incident of the kind.
func (a *App) spread(ctx context.Context, monitorID string, kind spike.Kind, from, until int64) ([]spike.Arrival, error) {
	polarity := map[spike.Kind]post.Polarity{spike.Firestorm: post.Negative, spike.Praise: post.Positive}[kind]
	shares, err := listening.Spread(ctx, a.DB, monitorID, polarity, spike.Time(from), spike.Time(until))
	if err != nil {
		return nil, err
	}
	arrivals := make([]spike.Arrival, len(shares))
	for i, s := range shares {
		arrivals[i] = spike.Arrival{Network: s.Network, People: s.Authors, Reach: s.Reach}
	}
	return arrivals, nil
}

// blind are the gaps of all sources.
func (a *App) blind(ctx context.Context, from, until int64) ([]spike.Span, error) {
	gaps, err := connectors.GapsBetween(ctx, a.DB, spike.Time(from), spike.Time(until))
	if err != nil {
		return nil, err
	}
	spans := make([]spike.Span, len(gaps))
	for i, g := range gaps {
		spans[i] = spike.Span{From: spike.Minute(g.From), Until: spike.Minute(g.Until.Add(time.Minute))}
	}
	return spans, nil
}

// tellIncident puts an incident on the live feed. It may fail: the feed is a convenience.
func (a *App) tellIncident(ctx context.Context, id string) { a.tell(ctx, "incident", id) }

func (a *App) tell(ctx context.Context, what string, ids ...string) {
	payload, err := json.Marshal(pipeline.News{Type: what, IDs: ids})
	if err == nil {
		err = a.memory.Publish(ctx, pipeline.FeedChannel, payload)
	}
	if err != nil && ctx.Err() == nil {
		a.Logger.Warn("live feed is out of reach", "err", err)
	}
}

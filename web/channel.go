package web

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// Channel is one configured way to people or programs, and how it stands with it.
type Channel struct {
	Name        string     `json:"name"`
	Kind        string     `json:"kind" doc:"slack, email … as in the configuration."`
	Gathers     bool       `json:"gathers" doc:"Of many things at once it tells in one message; programs get each by itself."`
	Digests     bool       `json:"digests" doc:"Takes digests."`
	Due         int        `json:"due" doc:"Deliveries that wait for the channel."`
	Held        int        `json:"held" doc:"Deliveries that wait for their time: quiet hours, groups, escalations."`
	OldestDueAt *time.Time `json:"oldest_due_at"`
	DeliveredAt *time.Time `json:"delivered_at" doc:"When something arrived last."`
	Error       string     `json:"error" doc:"Why what is tried now does not arrive; empty when nothing is wrong."`
	ErrorAt     *time.Time `json:"error_at"`
}

// Delivery is one notification on its way to one channel.
type Delivery struct {
	ID          string     `json:"id"`
	Channel     string     `json:"channel"`
	Route       string     `json:"route" doc:"Empty: no route matched."`
	Type        string     `json:"type" enum:"incident,mention,digest,notice"`
	IncidentID  string     `json:"incident_id" doc:"Of an incident, or of the alert on a mention; empty for a digest."`
	Title       string     `json:"title" doc:"The monitor, the digest, or whom a notice is for."`
	Phase       string     `json:"phase" doc:"The incident's state that it tells."`
	Severity    int        `json:"severity"`
	Escalation  int        `json:"escalation" doc:"The step, when it is told because nobody acknowledged; 0: it is not."`
	State       string     `json:"state" enum:"waiting,delivered,failed,dropped"`
	Held        string     `json:"held" doc:"Why it waits: quiet, group, escalation; empty: it is due."`
	ToldWith    string     `json:"told_with" doc:"The delivery whose message told of it, too."`
	Attempts    int        `json:"attempts"`
	NextAt      *time.Time `json:"next_at"`
	DeliveredAt *time.Time `json:"delivered_at"`
	CreatedAt   time.Time  `json:"created_at"`
	Error       string     `json:"error" doc:"Of the last attempt; why it was dropped."`
}

type deliveriesInput struct {
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many to give."`
	Cursor   string `query:"cursor" maxLength:"100" pattern:"^[0-9A-Z]*$" doc:"Where the page before ended: its next."`
	Channel  string `query:"channel" maxLength:"200"`
	State    string `query:"state" enum:"waiting,delivered,failed,dropped"`
	Incident string `query:"incident" maxLength:"100" doc:"Id of an incident, or of an alert on a mention."`
}

type channelInput struct {
	Name string `path:"name" maxLength:"200"`
}

// ChannelTest is what became of a test.
type ChannelTest struct {
	Delivered bool   `json:"delivered"`
	Error     string `json:"error" doc:"Why it did not arrive, and what to do."`
}

func (s *Server) channelRoutes() {
	tags := []string{"channels"}
	operate(s, needs(crm.ToRead, crm.TypeChannel), huma.Operation{OperationID: "list-channels", Method: http.MethodGet, Path: "/channels", Tags: tags,
		Summary: "The channels, and how it stands with each"}, s.listChannels)
	operate(s, needs(crm.ToUpdate, crm.TypeChannel), huma.Operation{OperationID: "test-channel", Method: http.MethodPost, Path: "/channels/{name}/test", Tags: tags,
		Summary: "Send a test to a channel at once", Errors: []int{404, 429}}, s.testChannel)
	operate(s, needs(crm.ToRead, crm.TypeChannel), huma.Operation{OperationID: "list-deliveries", Method: http.MethodGet, Path: "/deliveries", Tags: tags,
		Summary: "List deliveries, the newest first"}, s.listDeliveries)
	operate(s, needs(crm.ToUpdate, crm.TypeChannel), huma.Operation{OperationID: "retry-delivery", Method: http.MethodPost, Path: "/deliveries/{id}/retry", Tags: tags,
		Summary: "Try a delivery again that was given up", Errors: []int{404, 409}}, s.retryDelivery)
}

func (s *Server) listChannels(ctx context.Context, _ *struct{}) (*one[Page[Channel]], error) {
	if s.Routing == nil {
		return page[Channel](nil, ""), nil
	}
	var items []Channel
	for _, name := range slices.Sorted(maps.Keys(s.Routing.Channels)) {
		notifier := s.Routing.Channels[name]
		state, err := alerts.StateOf(ctx, s.DB, name)
		if err != nil {
			return nil, err
		}
		_, gathers := notifier.(notify.Gatherer)
		items = append(items, Channel{Name: name, Kind: s.Routing.Kinds[name], Gathers: gathers, Digests: notify.TakesDigests(notifier), Due: state.Due, Held: state.Held,
			OldestDueAt: maybe(state.OldestDue), DeliveredAt: maybe(state.DeliveredAt), Error: state.Error, ErrorAt: maybe(state.ErrorAt)})
	}
	return page(items, ""), nil
}

// peopleChannels are the channels that people read.
func (s *Server) peopleChannels() (names []string) {
	if s.Routing == nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(s.Routing.Channels)) {
		if notify.TakesDigests(s.Routing.Channels[name]) {
			names = append(names, name)
		}
	}
	return names
}

func (s *Server) testChannel(ctx context.Context, in *channelInput) (*one[ChannelTest], error) {
	if s.Routing == nil || s.Routing.Channels[in.Name] == nil {
		return nil, faultf(kindNotFound, "there is no channel %q", in.Name)
	}
	if wait := s.testThrottle.begin(ctx, in.Name, requestFrom(ctx).address); wait > 0 { // tests are told to people
		return nil, tooMany(testedOften, wait)
	}
	out := ChannelTest{Delivered: true}
	if err := s.Routing.SendTest(ctx, in.Name, s.Routing.Routes.Language()); err != nil {
		out = ChannelTest{Error: err.Error()}
	}
	return &one[ChannelTest]{out}, nil
}

func (s *Server) listDeliveries(ctx context.Context, in *deliveriesInput) (*one[Page[Delivery]], error) {
	found, err := alerts.FindDeliveries(ctx, s.DB, alerts.DeliveryFilter{IncidentID: in.Incident, Channel: in.Channel, State: in.State, Before: in.Cursor, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	next := ""
	if len(found) > in.Limit {
		found = found[:in.Limit]
		next = found[in.Limit-1].ID
	}
	items := make([]Delivery, len(found))
	for i := range found {
		items[i] = deliveryOf(&found[i])
	}
	return page(items, next), nil
}

func deliveryOf(d *alerts.Delivery) Delivery {
	return Delivery{ID: d.ID, Channel: d.Channel, Route: d.Route, Type: d.Type, IncidentID: d.IncidentID, Title: d.Title, Phase: d.Phase, Severity: d.Severity,
		Escalation: d.Escalation, State: d.State, Held: d.Held, ToldWith: d.ToldWith, Attempts: d.Attempts, NextAt: maybe(d.NextAt),
		DeliveredAt: maybe(d.DeliveredAt), CreatedAt: instant(d.CreatedAt), Error: d.Error}
}

type deliveryInput struct {
	ID string `path:"id" maxLength:"100"`
}

func (s *Server) retryDelivery(ctx context.Context, in *deliveryInput) (*one[Delivery], error) {
	var d alerts.Delivery
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		d, err = alerts.Retry(ctx, tx, in.ID, time.Now()) // the outbox lives on the real clock
		if err == nil && (s.Routing == nil || s.Routing.Channels[d.Channel] == nil) {
			return faultf(kindConflict, "the channel %q is not configured any more", d.Channel)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &one[Delivery]{deliveryOf(&d)}, nil
}

package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/listening"
)

// Routes is what the configuration says of who is told.
type Routes struct {
	Items    []Route  `json:"items" nullable:"false" doc:"In the order in which they are tried; none: everything goes to every channel."`
	Digests  []Digest `json:"digests" nullable:"false"`
	TimeZone string   `json:"time_zone"`
	Language string   `json:"language"`
}

// Route is one route. What it does not say itself, the route around it does.
type Route struct {
	Name          string       `json:"name"`
	Depth         int          `json:"depth" doc:"How many routes it stands within."`
	Match         []string     `json:"match" nullable:"false" doc:"What it asks for, in words; empty: everything."`
	Continue      bool         `json:"continue" doc:"The next route is tried, too."`
	Channels      []string     `json:"channels" nullable:"false" doc:"Empty: nobody is told."`
	GroupBy       []string     `json:"group_by" nullable:"false"`
	GroupWait     float64      `json:"group_wait_seconds"`
	GroupInterval float64      `json:"group_interval_seconds"`
	Cooldown      float64      `json:"cooldown_seconds"`
	Quiet         bool         `json:"quiet" doc:"Has quiet hours."`
	Escalate      []RouteStage `json:"escalate" nullable:"false"`
	Language      string       `json:"language"`
	Template      string       `json:"template"`
}

// RouteStage is a step of an escalation.
type RouteStage struct {
	AfterSeconds float64  `json:"after_seconds"`
	Channels     []string `json:"channels" nullable:"false"`
}

// Digest says when what a day or a week brought is told.
type Digest struct {
	Name     string    `json:"name"`
	Every    string    `json:"every" enum:"day,week"`
	Channels []string  `json:"channels" nullable:"false"`
	Monitors []string  `json:"monitors" nullable:"false" doc:"Empty: all."`
	Language string    `json:"language"`
	TimeZone string    `json:"time_zone"`
	LastEnd  time.Time `json:"last_end" doc:"When the last period ended."`
}

// PreviewRequest is an alert whose way is asked for: a stored incident, or an example.
type PreviewRequest struct {
	IncidentID string    `json:"incident_id,omitempty" maxLength:"100" doc:"A stored incident; what follows describes an example in its place."`
	Type       string    `json:"type,omitempty" enum:"incident,mention" default:"incident"`
	MonitorID  string    `json:"monitor_id,omitempty" maxLength:"100"`
	Kind       string    `json:"kind,omitempty" enum:"firestorm,volume,coordinated,praise,influential_author,contact,opportunity,purchase,keyword,negative_reach" default:"firestorm"`
	State      string    `json:"state,omitempty" enum:"open,escalating,subsiding,resolved" default:"open"`
	Severity   int       `json:"severity,omitempty" minimum:"0" maximum:"6"`
	At         time.Time `json:"at,omitempty" doc:"Now, when left out."`
}

// Preview is what one route would make of the alert.
type Preview struct {
	Route         string        `json:"route" doc:"Empty: no route matches, and everybody is told."`
	Cooldown      float64       `json:"cooldown_seconds"`
	GroupBy       []string      `json:"group_by" nullable:"false"`
	Template      string        `json:"template"`
	TemplateError string        `json:"template_error" doc:"Why the built-in text is used in place of the template."`
	Title         string        `json:"title"`
	Text          string        `json:"text"`
	Told          []PreviewTold `json:"told" nullable:"false"`
}

// PreviewTold is when a channel would be told.
type PreviewTold struct {
	Channel string    `json:"channel"`
	Kind    string    `json:"kind"`
	Step    int       `json:"step" doc:"Of an escalation, unless somebody acknowledges before; 0: at once."`
	At      time.Time `json:"at"`
	Held    string    `json:"held" doc:"Why it waits: quiet, group, escalation; empty: it does not."`
}

func (s *Server) routeRoutes() {
	tags := []string{"channels"}
	operate(s, needs(crm.ToRead, crm.TypeChannel), huma.Operation{OperationID: "get-routes", Method: http.MethodGet, Path: "/routes", Tags: tags,
		Summary: "Who is told what: the routes and digests of the configuration"}, s.getRoutes)
	operate(s, needs(crm.ToRead, crm.TypeChannel), huma.Operation{OperationID: "preview-alert", Method: http.MethodPost, Path: "/routes/preview", Tags: tags,
		Summary: "Which routes and channels an alert would take, and what it would say", Errors: []int{404}}, s.previewAlert)
}

func (s *Server) getRoutes(context.Context, *struct{}) (*one[Routes], error) {
	out := Routes{Items: []Route{}, Digests: []Digest{}}
	if s.Routing == nil {
		return &one[Routes]{out}, nil
	}
	out.TimeZone, out.Language = s.Routing.Routes.Zone().String(), s.Routing.Routes.Language()
	for _, r := range s.Routing.Routes.List() {
		route := Route{Name: r.Route, Depth: r.Depth, Match: some(r.Match), Continue: r.GoesOn, Channels: some(r.Channels), GroupBy: some(r.GroupBy),
			GroupWait: r.GroupWait.Seconds(), GroupInterval: r.GroupInterval.Seconds(), Cooldown: r.Cooldown.Seconds(), Quiet: r.IsQuiet,
			Escalate: []RouteStage{}, Language: r.Language, Template: r.Template}
		for _, step := range r.Escalate {
			route.Escalate = append(route.Escalate, RouteStage{step.After.Seconds(), some(step.Channels)})
		}
		out.Items = append(out.Items, route)
	}
	for _, d := range s.Routing.Routes.Digests() {
		_, until := d.Period(s.Now())
		out.Digests = append(out.Digests, Digest{Name: d.Name, Every: d.Every, Channels: some(d.Channels), Monitors: some(d.Monitors), Language: d.Language,
			TimeZone: d.Zone.String(), LastEnd: instant(until)})
	}
	return &one[Routes]{out}, nil
}

type previewInput struct{ Body PreviewRequest }

func (s *Server) previewAlert(ctx context.Context, in *previewInput) (*one[Page[Preview]], error) {
	if s.Routing == nil {
		return page[Preview](nil, ""), nil
	}
	at := in.Body.At
	if at.IsZero() {
		at = s.Clock()
	}
	n, err := s.previewed(ctx, &in.Body, at)
	if err != nil {
		return nil, err
	}
	var items []Preview
	for _, p := range s.Routing.Preview(n, at) {
		item := Preview{Route: p.Route, Cooldown: p.Cooldown.Seconds(), GroupBy: some(p.GroupBy), Template: p.Template, TemplateError: p.TemplateError,
			Title: p.Message.Title, Text: p.Message.Text, Told: []PreviewTold{}}
		for _, t := range p.Told {
			item.Told = append(item.Told, PreviewTold{Channel: t.Channel, Kind: t.Kind, Step: t.Step, At: instant(t.At), Held: t.Held})
		}
		items = append(items, item)
	}
	return page(items, ""), nil
}

// previewed is the alert that is asked for.
func (s *Server) previewed(ctx context.Context, in *PreviewRequest, at time.Time) (n notify.Notification, err error) {
	monitorID := in.MonitorID
	var incident alerts.Incident
	if in.IncidentID != "" {
		if incident, err = alerts.IncidentByID(ctx, s.DB, in.IncidentID); err != nil {
			return n, err
		}
		monitorID = incident.MonitorID
	}
	var monitor listening.Monitor
	if monitorID != "" {
		if monitor, err = listening.MonitorByID(ctx, s.DB, monitorID); err != nil {
			return n, err
		}
	}
	if in.IncidentID != "" {
		return alerts.NotificationOf(&incident, monitor.Name, monitor.Kind, s.Routing.BaseURL), nil
	}
	return alerts.Example(alerts.Sample{Type: in.Type, Monitor: monitor.Name, MonitorKind: monitor.Kind, Kind: in.Kind, State: in.State, Severity: in.Severity}, at), nil
}

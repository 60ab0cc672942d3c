package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/reason"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// Incident is a spike being followed.
type Incident struct {
	ID             string           `json:"id"`
	MonitorID      string           `json:"monitor_id"`
	Monitor        string           `json:"monitor" doc:"The monitor's name; empty when it is deleted."`
	Kind           string           `json:"kind" enum:"firestorm,volume,coordinated,praise"`
	State          string           `json:"state" enum:"open,escalating,subsiding,resolved"`
	Severity       int              `json:"severity" minimum:"0" maximum:"6"`
	Degree         string           `json:"degree" doc:"The severity in words."`
	OpenedAt       time.Time        `json:"opened_at"`
	PeakAt         *time.Time       `json:"peak_at"`
	ResolvedAt     *time.Time       `json:"resolved_at"`
	AcknowledgedAt *time.Time       `json:"acknowledged_at"`
	AcknowledgedBy string           `json:"acknowledged_by" doc:"The user's name; empty when nobody has."`
	Assignee       string           `json:"assignee" doc:"The name of the user who takes care; empty: nobody."`
	SilencedUntil  *time.Time       `json:"silenced_until" doc:"Nobody is told of it before."`
	MergedInto     string           `json:"merged_into" doc:"Id of the incident that it is a part of; empty: none."`
	Label          string           `json:"label" enum:"right,false_alarm," doc:"What a person says of it; empty: nobody has."`
	LabelledBy     string           `json:"labelled_by"`
	LabelledAt     *time.Time       `json:"labelled_at"`
	Reasons        []string         `json:"reasons" nullable:"false" doc:"What speaks for it, in sentences."`
	ReasonData     []IncidentReason `json:"reason_data" nullable:"false" doc:"The reasons as data: a code, its numbers and words (docs/alerts.md)."`
	Reopened       int              `json:"reopened" doc:"Waves after the first."`
	People         int64            `json:"people" doc:"Most people in an hour; most posts, where it is coordinated."`
	Contacts       int              `json:"contacts" doc:"Contacts among the authors."`
	Networks       []string         `json:"networks" nullable:"false"`
	Terms          []string         `json:"terms" nullable:"false" doc:"Words that stand out."`
	FirstPost      string           `json:"first_post" doc:"Id of the post it began with; empty when it is not known."`
	TopPost        string           `json:"top_post" doc:"Id of the post with the most engagement; empty when it is not known."`
	Version        int64            `json:"version" doc:"Counts the changes that people made; what the detector finds is none."`
}

func incidentOf(i alerts.Incident, monitors map[string]string) Incident {
	return Incident{ID: i.ID, MonitorID: i.MonitorID, Monitor: monitors[i.MonitorID], Kind: string(i.Kind), State: string(i.State),
		Severity: i.Severity, Degree: i.Degree(), OpenedAt: instant(i.OpenedAt), PeakAt: maybe(i.PeakAt), ResolvedAt: maybe(i.ResolvedAt),
		AcknowledgedAt: maybe(i.AcknowledgedAt), AcknowledgedBy: i.AcknowledgedBy, Assignee: i.Assignee, SilencedUntil: maybe(i.SilencedUntil),
		MergedInto: i.MergedInto, Label: string(i.Label), LabelledBy: i.LabelledBy, LabelledAt: maybe(i.LabelledAt),
		Reasons: reason.Texts(i.Reasons, "en"), ReasonData: reasonData(i.Reasons), Reopened: i.Detail.Reopened, People: i.Detail.People, Contacts: i.Detail.Contacts,
		Networks: some(i.Detail.Networks), Terms: some(i.Detail.Terms), FirstPost: i.Detail.First, TopPost: i.Detail.Top, Version: i.Version}
}

// IncidentReason is a reason as data.
type IncidentReason struct {
	Code    string    `json:"code"`
	Numbers []float64 `json:"numbers,omitempty" nullable:"false"`
	Words   []string  `json:"words,omitempty" nullable:"false" doc:"Of networks and of posts: never to be taken for markup."`
	Rule    string    `json:"rule,omitempty" doc:"Of an alert on a mention: the name of the rule."`
}

func reasonData(all []reason.Reason) []IncidentReason {
	data := make([]IncidentReason, len(all))
	for i, r := range all {
		data[i] = IncidentReason{Code: string(r.Code), Numbers: r.Numbers, Words: r.Words, Rule: r.Rule}
	}
	return data
}

// some is the list, [] in JSON when it is empty and never null.
func some(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// incidentsOf composes incidents with the names of their monitors.
func incidentsOf(ctx context.Context, q sqldb.Querier, incidents []alerts.Incident) ([]Incident, error) {
	monitors, err := monitorNames(ctx, q)
	if err != nil {
		return nil, err
	}
	items := make([]Incident, len(incidents))
	for i := range incidents {
		items[i] = incidentOf(incidents[i], monitors)
	}
	return items, nil
}

type incidentsInput struct {
	PageInput
	Monitor  string `query:"monitor" maxLength:"100" doc:"Id of a monitor."`
	State    string `query:"state" enum:"open,escalating,subsiding,resolved"`
	Kind     string `query:"kind" enum:"firestorm,volume,coordinated,praise"`
	Severity int    `query:"severity" minimum:"0" maximum:"6" doc:"At least."`
	Assignee string `query:"assignee" maxLength:"100" doc:"Name of a user."`
	On       bool   `query:"on" doc:"Only those that are not resolved."`
	Merged   bool   `query:"merged" doc:"Also those that are merged into another."`
}

func (s *Server) incidentRoutes() {
	tags := []string{"incidents"}
	operate(s, needs(crm.ToRead, crm.TypeIncident), huma.Operation{OperationID: "list-incidents", Method: http.MethodGet, Path: "/incidents", Tags: tags,
		Summary: "List incidents, the newest first"}, s.listIncidents)
	operate(s, needs(crm.ToRead, crm.TypeIncident), huma.Operation{OperationID: "get-incident", Method: http.MethodGet, Path: "/incidents/{id}", Tags: tags,
		Summary: "Get an incident", Errors: []int{404}}, s.getIncident)
	s.incidentEditRoutes(tags)
	s.incidentDetailRoutes(tags)
}

func (s *Server) listIncidents(ctx context.Context, in *incidentsInput) (*one[Page[Incident]], error) {
	incidents, next, err := alerts.FindIncidents(ctx, s.DB, alerts.Filter{Monitor: in.Monitor, State: in.State, Kind: in.Kind, Severity: in.Severity,
		Assignee: in.Assignee, OpenOnly: in.On, Merged: in.Merged, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	items, err := incidentsOf(ctx, s.DB, incidents)
	if err != nil {
		return nil, err
	}
	return page(items, next), nil
}

func (s *Server) getIncident(ctx context.Context, in *IDInput) (*versioned[Incident], error) {
	incident, err := s.incident(ctx, s.DB, in.ID)
	return &versioned[Incident]{etag(incident.Version), incident}, err
}

func (s *Server) incident(ctx context.Context, q sqldb.Querier, id string) (Incident, error) {
	i, err := alerts.IncidentByID(ctx, q, id)
	if err != nil {
		return Incident{}, err
	}
	items, err := incidentsOf(ctx, q, []alerts.Incident{i})
	if err != nil {
		return Incident{}, err
	}
	return items[0], nil
}

func (s *Server) incidentEvents(ctx context.Context, ids []string) ([]event, error) {
	var events []event
	for _, id := range ids {
		i, err := s.incident(ctx, s.DB, id)
		if errors.Is(err, alerts.ErrNotFound) {
			continue // gone meanwhile
		}
		if err != nil {
			return nil, err
		}
		if events, err = appendEvent(events, "incident", i.MonitorID, i); err != nil {
			return nil, err
		}
	}
	return events, nil
}

package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

type (
	editIncidentInput struct {
		IDInput
		Expectation
	}
	assignInput struct {
		IDInput
		Expectation
		Body struct {
			User string `json:"user" minLength:"1" maxLength:"100" doc:"The name of a user."`
		}
	}
	commentInput struct {
		IDInput
		Expectation
		Body struct {
			Text string `json:"text" minLength:"1" maxLength:"4000" doc:"Words, line breaks and tabs: never to be taken for markup."`
		}
	}
	silenceInput struct {
		IDInput
		Expectation
		Body struct {
			Until time.Time `json:"until" doc:"Nobody is told of the incident before; within 30 days."`
		}
	}
	mergeInput struct {
		IDInput
		Expectation
		Body struct {
			Into string `json:"into" minLength:"1" maxLength:"100" doc:"Id of the incident that this one is a part of."`
		}
	}
	labelInput struct {
		IDInput
		Expectation
		Body struct {
			Label string `json:"label" enum:"right,false_alarm"`
		}
	}
)

// incidentEditRoutes are what people do to incidents. Each change is an entry of the history.
func (s *Server) incidentEditRoutes(tags []string) {
	op := func(id, method, path, summary, description string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: "/incidents/{id}/" + path, Tags: tags, Summary: summary, Description: description,
			Errors: []int{404, 409, 412, 422}}
	}
	operate(s, needs(crm.ToUpdate, crm.TypeIncident), op("acknowledge-incident", http.MethodPost, "acknowledge", "Acknowledge an incident",
		"Tells the others that somebody takes care. Who was first stays, until a new wave begins."), s.acknowledge)
	operate(s, needs(crm.ToUpdate, crm.TypeIncident), op("assign-incident", http.MethodPut, "assignee", "Assign an incident to a user", ""), s.assign)
	operate(s, needs(crm.ToUpdate, crm.TypeIncident), op("unassign-incident", http.MethodDelete, "assignee", "Take an incident from its assignee", ""), s.unassign)
	operate(s, needs(crm.ToUpdate, crm.TypeIncident), op("comment-incident", http.MethodPost, "comments", "Comment on an incident", ""), s.comment)
	operate(s, needs(crm.ToUpdate, crm.TypeIncident), op("silence-incident", http.MethodPut, "silence", "Tell nobody of an incident until a time", "It is judged as before."), s.silence)
	operate(s, needs(crm.ToUpdate, crm.TypeIncident), op("unsilence-incident", http.MethodDelete, "silence", "End the silence", ""), s.unsilence)
	operate(s, needs(crm.ToUpdate, crm.TypeIncident), op("merge-incident", http.MethodPut, "merge", "Merge an incident into another",
		"Of one monitor or of two. Both keep their history; the other one tells of both as long as it is on."), s.merge)
	operate(s, needs(crm.ToUpdate, crm.TypeIncident), op("separate-incident", http.MethodDelete, "merge", "Undo a merge", ""), s.separate)
	operate(s, needs(crm.ToUpdate, crm.TypeIncident), op("label-incident", http.MethodPut, "label", "Say whether the incident was one",
		"groundswell backtest monitor proposes a sensitivity by what is labelled."), s.label)
	operate(s, needs(crm.ToUpdate, crm.TypeIncident), op("unlabel-incident", http.MethodDelete, "label", "Take back the label", ""), s.unlabel)
}

// edit makes one change in a transaction and returns the incident as it is then.
func (s *Server) edit(ctx context.Context, id string, expected Expectation, change func(alerts.Edit, *sqldb.Tx) error) (*versioned[Incident], error) {
	version, err := expected.version()
	if err != nil {
		return nil, err
	}
	var out Incident
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		err := change(alerts.Edit{IncidentID: id, By: userFrom(ctx).name, At: s.Now(), Version: version}, tx)
		if err != nil {
			return err
		}
		out, err = s.incident(ctx, tx, id)
		return err
	})
	if err != nil {
		return nil, changed(err, alerts.ErrChanged, version)
	}
	return &versioned[Incident]{etag(out.Version), out}, nil
}

func (s *Server) acknowledge(ctx context.Context, in *editIncidentInput) (*versioned[Incident], error) {
	return s.edit(ctx, in.ID, in.Expectation, func(e alerts.Edit, tx *sqldb.Tx) error {
		_, err := e.Acknowledge(ctx, tx)
		return err
	})
}

func (s *Server) assign(ctx context.Context, in *assignInput) (*versioned[Incident], error) {
	return s.edit(ctx, in.ID, in.Expectation, func(e alerts.Edit, tx *sqldb.Tx) error {
		u, err := findUser(ctx, tx, "name", foldName(in.Body.User))
		if errors.Is(err, ErrNoUser) || err == nil && u.disabled {
			return invalidField("user", "there is no such user who may sign in: GET /users lists them")
		}
		if err == nil {
			_, err = e.Assign(ctx, tx, u.name)
		}
		return err
	})
}

func (s *Server) unassign(ctx context.Context, in *editIncidentInput) (*versioned[Incident], error) {
	return s.edit(ctx, in.ID, in.Expectation, func(e alerts.Edit, tx *sqldb.Tx) error {
		_, err := e.Assign(ctx, tx, "")
		return err
	})
}

func (s *Server) comment(ctx context.Context, in *commentInput) (*versioned[Incident], error) {
	return s.edit(ctx, in.ID, in.Expectation, func(e alerts.Edit, tx *sqldb.Tx) error {
		_, err := e.Comment(ctx, tx, in.Body.Text)
		return err
	})
}

func (s *Server) silence(ctx context.Context, in *silenceInput) (*versioned[Incident], error) {
	return s.edit(ctx, in.ID, in.Expectation, func(e alerts.Edit, tx *sqldb.Tx) error {
		_, err := e.Silence(ctx, tx, in.Body.Until)
		return err
	})
}

func (s *Server) unsilence(ctx context.Context, in *editIncidentInput) (*versioned[Incident], error) {
	return s.edit(ctx, in.ID, in.Expectation, func(e alerts.Edit, tx *sqldb.Tx) error {
		_, err := e.Unsilence(ctx, tx)
		return err
	})
}

func (s *Server) merge(ctx context.Context, in *mergeInput) (*versioned[Incident], error) {
	return s.edit(ctx, in.ID, in.Expectation, func(e alerts.Edit, tx *sqldb.Tx) error {
		_, err := e.Merge(ctx, tx, in.Body.Into)
		return err
	})
}

func (s *Server) separate(ctx context.Context, in *editIncidentInput) (*versioned[Incident], error) {
	return s.edit(ctx, in.ID, in.Expectation, func(e alerts.Edit, tx *sqldb.Tx) error {
		_, err := e.Separate(ctx, tx)
		return err
	})
}

func (s *Server) label(ctx context.Context, in *labelInput) (*versioned[Incident], error) {
	return s.edit(ctx, in.ID, in.Expectation, func(e alerts.Edit, tx *sqldb.Tx) error {
		_, err := e.SetLabel(ctx, tx, alerts.Label(in.Body.Label))
		return err
	})
}

func (s *Server) unlabel(ctx context.Context, in *editIncidentInput) (*versioned[Incident], error) {
	return s.edit(ctx, in.ID, in.Expectation, func(e alerts.Edit, tx *sqldb.Tx) error {
		_, err := e.SetLabel(ctx, tx, "")
		return err
	})
}

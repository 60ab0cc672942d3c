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
	"github.com/groundswell/groundswell/listening"
)

// Monitor is what to listen for.
type Monitor struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Kind      string    `json:"kind" enum:"own,competitor,campaign,market"`
	Query     string    `json:"query"`
	Enabled   bool      `json:"enabled"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	Version   int64     `json:"version"`
}

func monitorOf(m listening.Monitor) Monitor {
	return Monitor{m.ID, m.Name, m.Kind, m.Query, m.Enabled, instant(m.CreatedAt), instant(m.UpdatedAt), m.Version}
}

// MonitorFields are what a person sets of a monitor.
type MonitorFields struct {
	Name    string `json:"name" minLength:"1" maxLength:"200"`
	Kind    string `json:"kind" enum:"own,competitor,campaign,market"`
	Query   string `json:"query" minLength:"1" maxLength:"20000" doc:"A boolean query; docs/queries.md documents the language."`
	Enabled *bool  `json:"enabled,omitempty" doc:"true when left out."`
}

func (f MonitorFields) monitor(id string) listening.Monitor {
	return listening.Monitor{ID: id, Name: f.Name, Kind: f.Kind, Query: f.Query, Enabled: f.Enabled == nil || *f.Enabled}
}

// QueryCheck says whether a query can be used.
type QueryCheck struct {
	Valid  bool   `json:"valid"`
	Error  string `json:"error,omitempty" doc:"What is wrong, and what would be right."`
	Offset int    `json:"offset,omitempty" doc:"Where, in bytes from the beginning."`
}

type (
	createMonitorInput struct{ Body MonitorFields }
	updateMonitorInput struct {
		IDInput
		Expectation
		Body MonitorFields
	}
	checkQueryInput struct {
		Body struct {
			Query string `json:"query" maxLength:"20000"`
		}
	}
)

func (s *Server) monitorRoutes() {
	tags := []string{"monitors"}
	operate(s, needs(crm.ToRead, crm.TypeMonitor), huma.Operation{OperationID: "list-monitors", Method: http.MethodGet, Path: "/monitors", Tags: tags,
		Summary: "List monitors", Description: "All of them, by name; there are never so many that they come in pages."}, s.listMonitors)
	operate(s, needs(crm.ToCreate, crm.TypeMonitor), huma.Operation{OperationID: "create-monitor", Method: http.MethodPost, Path: "/monitors", Tags: tags, DefaultStatus: http.StatusCreated,
		Summary: "Create a monitor", Errors: []int{409}}, s.createMonitor)
	operate(s, needs(crm.ToRead, crm.TypeMonitor), huma.Operation{OperationID: "check-query", Method: http.MethodPost, Path: "/monitors/check", Tags: tags,
		Summary: "Check a monitor's query"}, s.checkQuery)
	operate(s, needs(crm.ToRead, crm.TypeMonitor), huma.Operation{OperationID: "get-monitor", Method: http.MethodGet, Path: "/monitors/{id}", Tags: tags,
		Summary: "Get a monitor", Errors: []int{404}}, s.getMonitor)
	operate(s, needs(crm.ToUpdate, crm.TypeMonitor), huma.Operation{OperationID: "update-monitor", Method: http.MethodPut, Path: "/monitors/{id}", Tags: tags,
		Summary: "Change a monitor", Description: "What was heard stays; the new query holds for what comes.", Errors: []int{404, 409, 412}}, s.updateMonitor)
	operate(s, needs(crm.ToDelete, crm.TypeMonitor), huma.Operation{OperationID: "delete-monitor", Method: http.MethodDelete, Path: "/monitors/{id}", Tags: tags,
		Summary: "Delete a monitor", Description: "Its mentions, counts and rules go with it; its incidents stay.", Errors: []int{404}}, s.deleteMonitor)
}

func (s *Server) listMonitors(ctx context.Context, _ *struct{}) (*one[Page[Monitor]], error) {
	monitors, err := listening.Monitors(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	items := make([]Monitor, len(monitors))
	for i, m := range monitors {
		items[i] = monitorOf(m)
	}
	return page(items, ""), nil
}

func (s *Server) getMonitor(ctx context.Context, in *IDInput) (*versioned[Monitor], error) {
	m, err := listening.MonitorByID(ctx, s.DB, in.ID)
	if err != nil {
		return nil, err
	}
	return &versioned[Monitor]{etag(m.Version), monitorOf(m)}, nil
}

func (s *Server) createMonitor(ctx context.Context, in *createMonitorInput) (*versioned[Monitor], error) {
	return s.saveMonitor(ctx, in.Body.monitor(""), listening.CreateMonitor)
}

func (s *Server) updateMonitor(ctx context.Context, in *updateMonitorInput) (*versioned[Monitor], error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	m := in.Body.monitor(in.ID)
	m.Version = expected
	out, err := s.saveMonitor(ctx, m, listening.UpdateMonitor)
	return out, changed(err, listening.ErrChanged, expected)
}

func (s *Server) saveMonitor(ctx context.Context, m listening.Monitor,
	save func(context.Context, *sqldb.Tx, listening.Monitor, time.Time) (listening.Monitor, error)) (*versioned[Monitor], error) {
	var saved listening.Monitor
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		saved, err = save(ctx, tx, m, s.Now())
		return err
	})
	if errors.Is(err, sqldb.ErrConflict) {
		return nil, faultf(kindConflict, "there is a monitor of the name %s: choose another", m.Name)
	}
	if err != nil {
		return nil, err
	}
	return &versioned[Monitor]{etag(saved.Version), monitorOf(saved)}, nil
}

func (s *Server) deleteMonitor(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		if err := listening.DeleteMonitor(ctx, tx, in.ID); err != nil {
			return err
		}
		return errors.Join(alerts.DeleteMentionRulesOf(ctx, tx, in.ID), crm.ForgetMonitor(ctx, tx, s.change(ctx, ""), in.ID))
	})
}

func (s *Server) checkQuery(_ context.Context, in *checkQueryInput) (*one[QueryCheck], error) {
	_, err := listening.ParseQuery(in.Body.Query)
	var wrong *listening.QueryError
	switch {
	case err == nil:
		return &one[QueryCheck]{QueryCheck{Valid: true}}, nil
	case errors.As(err, &wrong):
		return &one[QueryCheck]{QueryCheck{Error: wrong.Reason, Offset: wrong.Offset}}, nil
	}
	return nil, err
}

package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/listening"
)

// Rescoring is how far the stored mentions are read anew after a change of the model.
type Rescoring struct {
	State      string     `json:"state" enum:"none,running,finished" doc:"none: the model was never changed."`
	Model      string     `json:"model" doc:"The version of the model that reads."`
	Total      int64      `json:"total" doc:"Mentions to be read when it began."`
	Seen       int64      `json:"seen"`
	Changed    int64      `json:"changed" doc:"Mentions whose polarity or intent is another now."`
	Progress   float64    `json:"progress" minimum:"0" maximum:"1"`
	StartedAt  *time.Time `json:"started_at,omitempty"`
	UpdatedAt  *time.Time `json:"updated_at,omitempty"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
}

func (s *Server) rescoringRoutes() {
	operate(s, needs(crm.ToRead, crm.TypeMention), huma.Operation{OperationID: "get-rescoring", Method: http.MethodGet, Path: "/rescoring", Tags: []string{"mentions"},
		Summary: "Get how far the stored mentions are read anew after a change of the model"}, s.getRescoring)
}

func (s *Server) getRescoring(ctx context.Context, _ *struct{}) (*one[Rescoring], error) {
	r, err := listening.LastRescoring(ctx, s.DB)
	if errors.Is(err, listening.ErrNotFound) {
		return &one[Rescoring]{Rescoring{State: "none", Progress: 1}}, nil
	}
	if err != nil {
		return nil, err
	}
	out := Rescoring{State: "running", Model: r.Model, Total: r.Total, Seen: r.Seen, Changed: r.Changed, Progress: r.Done(),
		StartedAt: maybe(r.StartedAt), UpdatedAt: maybe(r.UpdatedAt), FinishedAt: maybe(r.FinishedAt)}
	if out.FinishedAt != nil {
		out.State = "finished"
	}
	return &one[Rescoring]{out}, nil
}

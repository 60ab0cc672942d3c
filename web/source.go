package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
)

// Source is the state of one configured connection to a network.
type Source struct {
	Name           string     `json:"name"`
	Network        string     `json:"network"`
	State          string     `json:"state" enum:"up,down,throttled,stopped,ended"`
	Error          string     `json:"error,omitempty" doc:"What is wrong, and what to do."`
	ThrottledUntil *time.Time `json:"throttled_until,omitempty"`
	LagSeconds     float64    `json:"lag_seconds" doc:"How far what is heard lies behind the network."`
	Received       int64      `json:"received"`
	Accepted       int64      `json:"accepted"`
	LastEventAt    *time.Time `json:"last_event_at,omitempty"`
	Gaps           []Gap      `json:"gaps" nullable:"false"`
}

// Gap is a time in which a source may have missed something.
type Gap struct {
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
}

func (s *Server) sourceRoutes() {
	operate(s, needs(crm.ToRead, crm.TypeSource), huma.Operation{OperationID: "list-sources", Method: http.MethodGet, Path: "/sources", Tags: []string{"sources"},
		Summary: "The state of every source"}, s.listSources)
}

func (s *Server) listSources(ctx context.Context, _ *struct{}) (*one[Page[Source]], error) {
	if s.Sources == nil {
		return page[Source](nil, ""), nil
	}
	sources, err := s.Sources(ctx)
	if err != nil {
		return nil, err
	}
	for i := range sources {
		if sources[i].Gaps == nil {
			sources[i].Gaps = []Gap{}
		}
	}
	return page(sources, ""), nil
}

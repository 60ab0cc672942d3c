package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// MilestonesBody is what people enter of the way of leads.
type MilestonesBody struct {
	Milestones []crm.MilestoneRule `json:"milestones" nullable:"false" doc:"In their order: a lead begins in the first, and the last opens its opportunity."`
	Mapping    map[string]string   `json:"mapping,omitempty" doc:"Where leads go whose milestone the plan has no more."`
}

type (
	saveMilestonesInput struct {
		Expectation
		Body MilestonesBody
	}
	reasonsInput struct {
		Outcome string `query:"outcome" enum:"disqualified,recycled,won,lost"`
	}
	saveReasonInput struct {
		Expectation
		Outcome string `path:"outcome" enum:"disqualified,recycled,won,lost"`
		Code    string `path:"code" maxLength:"50"`
		Body    struct {
			Label    string `json:"label" maxLength:"200"`
			Active   bool   `json:"active" doc:"Whether it can be chosen."`
			Position int64  `json:"position,omitempty" minimum:"0" maximum:"1000000" doc:"In the list."`
			Unfit    bool   `json:"unfit,omitempty" doc:"Of lost: it says that they were no potential customer, which learned weights take into account."`
		}
	}
)

func (s *Server) milestoneRoutes() {
	tags := []string{"leads"}
	operate(s, needs(crm.ToRead, crm.RecordProcess), huma.Operation{OperationID: "get-milestones", Method: http.MethodGet, Path: "/milestones", Tags: tags,
		Summary: "The way of leads: their milestones, what each demands, who may lead there, and time limits"}, s.getMilestones)
	operate(s, needs(crm.ToUpdate, crm.RecordProcess), huma.Operation{OperationID: "save-milestones", Method: http.MethodPut, Path: "/milestones", Tags: tags,
		Summary: "Save a new version of the way of leads", Description: "Leads follow it at once. Leads in a milestone that it has no more go where the mapping says.",
		Errors: []int{409, 412}}, s.saveMilestones)
	operate(s, needs(crm.ToRead, crm.RecordProcess), huma.Operation{OperationID: "list-reasons", Method: http.MethodGet, Path: "/reasons", Tags: []string{"reasons"},
		Summary: "List why leads and opportunities can end"}, s.listReasons)
	operate(s, needs(crm.ToUpdate, crm.RecordProcess), huma.Operation{OperationID: "save-reason", Method: http.MethodPut, Path: "/reasons/{outcome}/{code}", Tags: []string{"reasons"},
		Summary: "Make a reason, or change what it is called and whether it can be chosen", Errors: []int{409, 412}}, s.saveReason)
}

func (s *Server) getMilestones(ctx context.Context, _ *struct{}) (*versioned[crm.MilestonePlan], error) {
	p, err := crm.Milestones(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	return &versioned[crm.MilestonePlan]{etag(p.Version), p}, nil
}

func (s *Server) saveMilestones(ctx context.Context, in *saveMilestonesInput) (out *versioned[crm.MilestonePlan], err error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	mapping := make(map[crm.Milestone]crm.Milestone, len(in.Body.Mapping))
	for from, to := range in.Body.Mapping {
		mapping[crm.Milestone(from)] = crm.Milestone(to)
	}
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		saved, err := crm.SaveMilestones(ctx, tx, s.change(ctx, ""), crm.NewPlan{Milestones: in.Body.Milestones, Version: expected, Mapping: mapping, Channels: s.peopleChannels()})
		out = &versioned[crm.MilestonePlan]{etag(saved.Version), saved}
		return err
	})
	return out, changed(err, crm.ErrConflict, expected)
}

func (s *Server) listReasons(ctx context.Context, in *reasonsInput) (*one[Page[crm.Reason]], error) {
	all, err := crm.Reasons(ctx, s.DB, in.Outcome)
	if err != nil {
		return nil, err
	}
	return page(all, ""), nil
}

func (s *Server) saveReason(ctx context.Context, in *saveReasonInput) (*versioned[crm.Reason], error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	r := crm.Reason{Version: expected, Outcome: in.Outcome, Code: in.Code, Label: in.Body.Label, Active: in.Body.Active, Position: in.Body.Position, Unfit: in.Body.Unfit}
	var out *versioned[crm.Reason]
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		saved, err := crm.SaveReason(ctx, tx, s.change(ctx, ""), r)
		out = &versioned[crm.Reason]{etag(saved.Version), saved}
		return err
	})
	return out, changed(err, crm.ErrConflict, expected)
}

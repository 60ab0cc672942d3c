package web

import (
	"context"
	"net/http"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// GoalBody is what people enter of a goal.
type GoalBody struct {
	SubjectType string `json:"subject_type" enum:"user,team,territory"`
	SubjectID   string `json:"subject_id" minLength:"1" maxLength:"100"`
	Metric      string `json:"metric" enum:"revenue-won,revenue-invoiced,revenue-paid,credit-invoiced,credit-paid,leads-accepted,opportunities-opened,opportunities-won,activities-done"`
	Period      string `json:"period" pattern:"^[0-9]{4}(-(Q[1-4]|0[1-9]|1[0-2]))?$" doc:"A year, a quarter or a month: 2026, 2026-Q1, 2026-03."`
	Target      int64  `json:"target" minimum:"1" doc:"In minor units of the currency where the metric is money."`
	Currency    string `json:"currency,omitempty" maxLength:"3"`
}

type (
	goalsInput struct {
		PageInput
		SubjectType string `query:"subject_type" enum:"user,team,territory"`
		Subject     string `query:"subject" maxLength:"100"`
		Period      string `query:"period" maxLength:"10"`
	}
	createGoalInput struct{ Body GoalBody }
	updateGoalInput struct {
		IDInput
		Expectation
		Body GoalBody
	}
	resultsInput struct {
		Dimension string    `query:"dimension" maxLength:"100" doc:"By the values of a dimension; left out: by territory."`
		From      time.Time `query:"from" doc:"Left out: the beginning of the year."`
		Until     time.Time `query:"until" doc:"Left out: now."`
	}
)

func (s *Server) goalRoutes() {
	const tag = "goals"
	operate(s, needs(crm.ToRead, crm.RecordGoal), getting(tag, "list-goals", "/goals", "List goals with how far they are reached"), s.listGoals)
	operate(s, needs(crm.ToCreate, crm.RecordGoal), doing(tag, "create-goal", http.MethodPost, "/goals", "Set a goal for a person, a team or a territory"), s.createGoal)
	operate(s, needs(crm.ToRead, crm.RecordGoal), getting(tag, "get-goal", "/goals/{id}", "Get a goal with how far it is reached"), s.getGoal)
	operate(s, needs(crm.ToUpdate, crm.RecordGoal), doing(tag, "update-goal", http.MethodPut, "/goals/{id}", "Change a goal"), s.updateGoal)
	operate(s, needs(crm.ToDelete, crm.RecordGoal), doing(tag, "delete-goal", http.MethodDelete, "/goals/{id}", "Delete a goal"), s.deleteGoal)
	operate(s, needs(crm.ToRead, crm.TypeReport), getting("territories", "get-territory-results", "/territory-results", "What came of territories, or of the values of a dimension"), s.territoryResults)
}

func (s *Server) listGoals(ctx context.Context, in *goalsInput) (*one[Page[crm.ReachedGoal]], error) {
	list, next, err := crm.FindGoals(ctx, s.DB, accessFrom(ctx), crm.GoalFilter{SubjectType: in.SubjectType, SubjectID: in.Subject, Period: in.Period, Cursor: in.Cursor, Limit: in.Limit}, s.Now())
	return views(list, next, err, itself)
}

func (s *Server) getGoal(ctx context.Context, in *IDInput) (*versioned[crm.ReachedGoal], error) {
	g, err := crm.GoalByID(ctx, s.DB, accessFrom(ctx), in.ID, s.Now())
	return &versioned[crm.ReachedGoal]{etag(g.Version), g}, err
}

func (s *Server) createGoal(ctx context.Context, in *createGoalInput) (*versioned[crm.ReachedGoal], error) {
	return s.saveGoal(ctx, "", Expectation{}, in.Body)
}

func (s *Server) updateGoal(ctx context.Context, in *updateGoalInput) (*versioned[crm.ReachedGoal], error) {
	return s.saveGoal(ctx, in.ID, in.Expectation, in.Body)
}

func (s *Server) saveGoal(ctx context.Context, id string, expect Expectation, b GoalBody) (*versioned[crm.ReachedGoal], error) {
	return saved(ctx, s, expect, itself, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.ReachedGoal, error) {
		g := crm.Goal{SubjectType: b.SubjectType, SubjectID: b.SubjectID, Metric: b.Metric, Period: b.Period, Target: b.Target, Currency: b.Currency}
		g.ID, g.Version = id, version
		g, err := crm.SaveGoal(ctx, tx, ch, g)
		if err != nil {
			return crm.ReachedGoal{}, err
		}
		return crm.GoalByID(ctx, tx, accessFrom(ctx), g.ID, ch.At)
	})
}

func (s *Server) deleteGoal(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error { return crm.DeleteGoal(ctx, tx, s.change(ctx, ""), in.ID) })
}

func (s *Server) territoryResults(ctx context.Context, in *resultsInput) (*one[Page[crm.TerritoryResult]], error) {
	from, until := in.From, in.Until
	if until.IsZero() {
		until = s.Now()
	}
	if from.IsZero() {
		from = time.Date(until.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	}
	all, err := crm.TerritoryResults(ctx, s.DB, accessFrom(ctx), in.Dimension, from, until)
	return page(all, ""), err
}

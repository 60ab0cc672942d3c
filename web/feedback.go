package web

import (
	"context"
	"net/http"
	"time"

	"github.com/groundswell/groundswell/crm"
)

// FeedbackView is the report to marketing on the leads of a time.
type FeedbackView struct {
	From  time.Time     `json:"from"`
	Until time.Time     `json:"until"`
	By    string        `json:"by"`
	Items []FeedbackRow `json:"items" nullable:"false"`
}

// FeedbackRow is what became of the leads of a group.
type FeedbackRow struct {
	crm.FeedbackRow
	Name string `json:"name" doc:"What the key is called."`
}

// DisagreementView says who disagrees about what a potential customer is.
type DisagreementView struct {
	From  time.Time      `json:"from"`
	Until time.Time      `json:"until"`
	Items []Disagreement `json:"items" nullable:"false" doc:"All together, then teams, then people."`
}

// Disagreement is how far somebody's decisions agree with the grades and with marketing.
type Disagreement struct {
	crm.Disagreement
	Name string `json:"name"`
}

// FeedbackInput asks for a report. It is exported, for the framework sees no other embedded fields.
type FeedbackInput struct {
	From  time.Time `query:"from" doc:"When the first of its leads was made; 90 days before the end when it is left out."`
	Until time.Time `query:"until" doc:"Now when it is left out."`
}

type feedbackInput struct {
	FeedbackInput
	By string `query:"by" enum:"all,source,network,monitor,campaign,grade" default:"source"`
}

func (s *Server) feedbackRoutes() {
	const tag = "feedback"
	operate(s, needs(crm.ToRead, crm.TypeReport), getting(tag, "get-feedback", "/feedback", "What became of leads: how many reached each milestone, how fast, why not, and what they brought"), s.getFeedback)
	export := getting(tag, "export-feedback", "/feedback.csv", "The report as CSV; formulas are neutralised")
	export.Responses = fileResponse("text/csv", "The report.")
	operate(s, needs(crm.ToExport, crm.TypeReport), export, s.exportFeedback)
	operate(s, needs(crm.ToRead, crm.TypeReport), getting(tag, "get-disagreement", "/feedback/disagreement", "Who disagrees about what a potential customer is, in numbers"), s.getDisagreement)
	operate(s, needs(crm.ToRead, crm.RecordLearned), getting("opportunities", "get-odds-model", "/odds-model", "What was learned of winning, and how right it is"), s.getOddsModel)
	operate(s, needs(crm.ToCreate, crm.RecordLearned), doing("opportunities", "learn-odds", http.MethodPost, "/odds-model", "Learn the odds of winning anew from the closed opportunities"), s.learnOdds)
}

// span is the time that is asked for.
func (s *Server) span(in *FeedbackInput) (from, until time.Time, err error) {
	if until = in.Until; until.IsZero() {
		until = s.Now().Add(time.Millisecond) // what is made just now counts
	}
	if from = in.From; from.IsZero() {
		from = until.AddDate(0, 0, -90)
	}
	if !from.Before(until) {
		f := faultf(kindInvalid, "from: is not before until")
		f.field = "query.from"
		return from, until, f
	}
	return from, until, nil
}

func (s *Server) feedback(ctx context.Context, in *feedbackInput) (v FeedbackView, err error) {
	v.By = in.By
	if v.From, v.Until, err = s.span(&in.FeedbackInput); err != nil {
		return v, err
	}
	rows, err := crm.FeedbackOf(ctx, s.DB, accessFrom(ctx), in.By, v.From, v.Until)
	if err != nil {
		return v, err
	}
	names := map[string]string{}
	if in.By == "monitor" {
		if names, err = monitorNames(ctx, s.DB); err != nil {
			return v, err
		}
	}
	v.Items = make([]FeedbackRow, len(rows))
	for i, r := range rows {
		name := names[r.Key]
		if name == "" {
			name = r.Key
		}
		v.Items[i] = FeedbackRow{r, name}
	}
	v.From, v.Until = instant(v.From), instant(v.Until)
	return v, nil
}

func (s *Server) getFeedback(ctx context.Context, in *feedbackInput) (*one[FeedbackView], error) {
	v, err := s.feedback(ctx, in)
	if err != nil {
		return nil, err
	}
	return &one[FeedbackView]{v}, nil
}

func (s *Server) exportFeedback(ctx context.Context, in *feedbackInput) (*csvOutput, error) {
	v, err := s.feedback(ctx, in)
	if err != nil {
		return nil, err
	}
	rows, names := make([]crm.FeedbackRow, len(v.Items)), make(map[string]string)
	for i, item := range v.Items {
		rows[i], names[item.Key] = item.FeedbackRow, item.Name
	}
	file, err := crm.FeedbackCSV(rows, in.By, func(key string) string { return names[key] })
	return &csvOutput{"text/csv; charset=utf-8", `attachment; filename="feedback.csv"`, file}, err
}

func (s *Server) getDisagreement(ctx context.Context, in *FeedbackInput) (*one[DisagreementView], error) {
	from, until, err := s.span(in)
	if err != nil {
		return nil, err
	}
	rows, err := crm.DisagreementsOf(ctx, s.DB, accessFrom(ctx), from, until)
	if err != nil {
		return nil, err
	}
	users, err := userNames(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	teams, err := crm.TeamNames(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	v := DisagreementView{From: instant(from), Until: instant(until), Items: make([]Disagreement, len(rows))}
	for i, r := range rows {
		name := users[r.Who]
		if r.Team {
			name = teams[r.Who]
		}
		v.Items[i] = Disagreement{r, name}
	}
	return &one[DisagreementView]{v}, nil
}

func (s *Server) getOddsModel(ctx context.Context, _ *struct{}) (*versioned[crm.Learned], error) {
	l, err := crm.CurrentOdds(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	return &versioned[crm.Learned]{etag(l.Version), l}, nil
}

func (s *Server) learnOdds(ctx context.Context, _ *struct{}) (*versioned[crm.Learned], error) {
	l, err := crm.RelearnOdds(ctx, s.DB, s.change(ctx, ""))
	if err != nil {
		return nil, err
	}
	return &versioned[crm.Learned]{etag(l.Version), l}, nil
}

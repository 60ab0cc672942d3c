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
	"github.com/groundswell/groundswell/post"
)

// MentionRule is a rule by which single mentions of a monitor alert.
type MentionRule struct {
	ID        string    `json:"id"`
	MonitorID string    `json:"monitor_id"`
	Monitor   string    `json:"monitor" doc:"The monitor's name."`
	Version   int64     `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	RuleFields
}

// RuleFields are what a person sets of a rule.
type RuleFields struct {
	Name        string `json:"name" minLength:"1" maxLength:"100" doc:"Unique in its monitor."`
	Kind        string `json:"kind" enum:"influential_author,contact,opportunity,purchase,keyword,negative_reach"`
	Followers   int64  `json:"followers,omitempty" minimum:"0" maximum:"1000000000000" doc:"influential_author: of the author, at least; 0: not asked for."`
	Reach       int64  `json:"reach,omitempty" minimum:"0" maximum:"1000000000000" doc:"influential_author, negative_reach: of the post, at least; 0: not asked for."`
	Polarity    string `json:"polarity,omitempty" enum:"negative,neutral,positive," doc:"Only such mentions; empty: any."`
	Query       string `json:"query,omitempty" maxLength:"20000" doc:"keyword: a query; docs/queries.md documents the language."`
	MostPerHour int    `json:"most_per_hour,omitempty" minimum:"1" maximum:"60" default:"10" doc:"Told one by one; what comes above is told together."`
	Enabled     *bool  `json:"enabled,omitempty" doc:"true when left out."`
}

func mentionRuleOf(r alerts.MentionRule, monitors map[string]string) MentionRule {
	return MentionRule{ID: r.ID, MonitorID: r.MonitorID, Monitor: monitors[r.MonitorID], Version: r.Version, CreatedAt: instant(r.CreatedAt), UpdatedAt: instant(r.UpdatedAt),
		RuleFields: RuleFields{Name: r.Name, Kind: string(r.Kind), Followers: r.Followers, Reach: r.Reach, Polarity: string(r.Polarity), Query: r.Query,
			MostPerHour: r.MostPerHour, Enabled: &r.Enabled}}
}

// rule is the rule that the fields describe. A query is read here: only listening knows the language.
func (f *RuleFields) rule() (alerts.MentionRule, error) {
	r := alerts.MentionRule{Name: f.Name, Kind: alerts.RuleKind(f.Kind), Followers: f.Followers, Reach: f.Reach, Polarity: post.Polarity(f.Polarity), Query: f.Query,
		MostPerHour: f.MostPerHour, Enabled: f.Enabled == nil || *f.Enabled}
	if err := r.Validate(); err != nil {
		return r, err
	}
	if r.Kind != alerts.Keyword {
		return r, nil
	}
	_, err := listening.ParseQuery(r.Query)
	return r, err
}

type (
	rulesInput struct {
		Monitor string `query:"monitor" maxLength:"100" doc:"Id of a monitor."`
	}
	createRuleInput struct {
		Body struct {
			MonitorID string `json:"monitor_id" minLength:"1" maxLength:"100"`
			RuleFields
		}
	}
	updateRuleInput struct {
		IDInput
		Expectation
		Body RuleFields
	}
)

func (s *Server) mentionRuleRoutes() {
	tags := []string{"mention rules"}
	operate(s, needs(crm.ToRead, crm.TypeMonitor), huma.Operation{OperationID: "list-mention-rules", Method: http.MethodGet, Path: "/mention-rules", Tags: tags,
		Summary: "List the rules by which single mentions alert", Description: "In the order in which they were made; a monitor has 100 at most."}, s.listMentionRules)
	operate(s, needs(crm.ToCreate, crm.TypeMonitor), huma.Operation{OperationID: "create-mention-rule", Method: http.MethodPost, Path: "/mention-rules", Tags: tags, DefaultStatus: http.StatusCreated,
		Summary: "Create a rule", Errors: []int{404, 409}}, s.createMentionRule)
	operate(s, needs(crm.ToRead, crm.TypeMonitor), huma.Operation{OperationID: "get-mention-rule", Method: http.MethodGet, Path: "/mention-rules/{id}", Tags: tags,
		Summary: "Get a rule", Errors: []int{404}}, s.getMentionRule)
	operate(s, needs(crm.ToUpdate, crm.TypeMonitor), huma.Operation{OperationID: "update-mention-rule", Method: http.MethodPut, Path: "/mention-rules/{id}", Tags: tags,
		Summary: "Change a rule", Description: "It holds for what comes; its monitor stays.", Errors: []int{404, 409, 412}}, s.updateMentionRule)
	operate(s, needs(crm.ToDelete, crm.TypeMonitor), huma.Operation{OperationID: "delete-mention-rule", Method: http.MethodDelete, Path: "/mention-rules/{id}", Tags: tags,
		Summary: "Delete a rule", Description: "What it found stays; what it has not told yet is not told.", Errors: []int{404}}, s.deleteMentionRule)
}

func (s *Server) listMentionRules(ctx context.Context, in *rulesInput) (*one[Page[MentionRule]], error) {
	rules, err := alerts.MentionRules(ctx, s.DB, in.Monitor)
	if err != nil {
		return nil, err
	}
	monitors, err := monitorNames(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	items := make([]MentionRule, len(rules))
	for i := range rules {
		items[i] = mentionRuleOf(rules[i], monitors)
	}
	return page(items, ""), nil
}

func (s *Server) getMentionRule(ctx context.Context, in *IDInput) (*versioned[MentionRule], error) {
	r, err := alerts.MentionRuleByID(ctx, s.DB, in.ID)
	if err != nil {
		return nil, err
	}
	return ruleOutput(ctx, s.DB, r)
}

func ruleOutput(ctx context.Context, q sqldb.Querier, r alerts.MentionRule) (*versioned[MentionRule], error) {
	monitors, err := monitorNames(ctx, q)
	return &versioned[MentionRule]{etag(r.Version), mentionRuleOf(r, monitors)}, err
}

func (s *Server) createMentionRule(ctx context.Context, in *createRuleInput) (*versioned[MentionRule], error) {
	r, err := in.Body.rule()
	if err != nil {
		return nil, err
	}
	r.MonitorID = in.Body.MonitorID
	return s.saveRule(ctx, r, 0, func(tx *sqldb.Tx) (alerts.MentionRule, error) {
		if _, err := listening.MonitorByID(ctx, tx, r.MonitorID); err != nil {
			return r, err
		}
		return alerts.CreateMentionRule(ctx, tx, r, s.Now())
	})
}

func (s *Server) updateMentionRule(ctx context.Context, in *updateRuleInput) (*versioned[MentionRule], error) {
	r, err := in.Body.rule()
	if err != nil {
		return nil, err
	}
	r.ID = in.ID
	if r.Version, err = in.version(); err != nil {
		return nil, err
	}
	return s.saveRule(ctx, r, r.Version, func(tx *sqldb.Tx) (alerts.MentionRule, error) { return alerts.UpdateMentionRule(ctx, tx, r, s.Now()) })
}

func (s *Server) saveRule(ctx context.Context, r alerts.MentionRule, expected int64, save func(*sqldb.Tx) (alerts.MentionRule, error)) (*versioned[MentionRule], error) {
	var out *versioned[MentionRule]
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		saved, err := save(tx)
		if err != nil {
			return err
		}
		out, err = ruleOutput(ctx, tx, saved)
		return err
	})
	if errors.Is(err, sqldb.ErrConflict) {
		return nil, faultf(kindConflict, "the monitor has a rule of the name %s: choose another", r.Name)
	}
	return out, changed(err, alerts.ErrChanged, expected)
}

func (s *Server) deleteMentionRule(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error { return alerts.DeleteMentionRule(ctx, tx, in.ID) })
}

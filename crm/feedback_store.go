package crm

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A StoryFilter chooses leads by when they were made, and by the campaigns that brought them; none
// stands for all.
type StoryFilter struct {
	From, Until time.Time // without Until itself
	Campaigns   []string
	After       *Aftermath // what to tell of their opportunities; nil: nothing
}

// restrict applies the filter to leads l.
func (f *StoryFilter) restrict(w *where) {
	w.add("l.created_at >= ? AND l.created_at < ?", sqldb.Millis(f.From), sqldb.Millis(f.Until))
	if len(f.Campaigns) > 0 {
		w.add("l.campaign_id IN ("+marks(len(f.Campaigns))+")", sqldb.Anys(f.Campaigns)...)
	}
}

// LeadStories calls each with what became of every lead that the filter chooses, the oldest first.
func LeadStories(ctx context.Context, q sqldb.Querier, a *Access, f StoryFilter, each func(*LeadStory)) error {
	var revenue map[string][]Revenue
	if !a.hidesRevenue() {
		var err error
		if revenue, err = revenueOf(ctx, q, &f); err != nil {
			return err
		}
	}
	sales, err := salesOf(ctx, q, a, &f)
	if err != nil {
		return err
	}
	w := &where{}
	f.restrict(w)
	w.readable(a, RecordLead, "l")
	hidden := a.hides(RecordLead, "reason")
	var s *LeadStory
	tell := func() {
		if s != nil {
			s.Revenue, s.Sale = revenue[s.ID], sales[s.ID]
			each(s)
		}
	}
	err = sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var next LeadStory
		var milestone Milestone
		var d LeadDecision
		if err := rows.Scan(&next.ID, &next.Source, &next.Network, &next.MonitorID, &next.Campaign, &next.Grade, &next.State,
			&milestone, &d.Outcome, atColumn{&d.At}, &d.By, &d.Reason); err != nil {
			return err
		}
		if s == nil || s.ID != next.ID {
			tell()
			next.Reached = make(map[Milestone]time.Time)
			s = &next
		}
		if !isHuman(d.By) {
			d.By = ""
		}
		if hidden {
			d.Reason = ""
		}
		s.visit(milestone, d)
		return nil
	}, `SELECT l.id, l.source, l.network, l.monitor_id, l.campaign, l.grade, l.state, v.milestone, v.decision, v.entered_at, v.entered_by, v.reason
		FROM leads l JOIN lead_visits v ON v.lead_id = l.id`+w.sql()+" ORDER BY l.created_at, l.id, v.id", w.args...)
	if err != nil {
		return fmt.Errorf("load leads for the report: %w", err)
	}
	tell()
	return nil
}

// revenueOf is what leads brought: of invoices that stand, by lead and currency.
func revenueOf(ctx context.Context, q sqldb.Querier, f *StoryFilter) (map[string][]Revenue, error) {
	w := &where{}
	w.add("o.lead_id <> ''")
	w.add("i.state <> 'cancelled'")
	f.restrict(w)
	rows, err := q.Query(ctx, `SELECT o.lead_id, i.currency, i.lines, i.discount, i.paid, i.sums FROM invoices i JOIN opportunities o ON o.id = i.opportunity_id
		JOIN leads l ON l.id = o.lead_id `+w.sql()+" ORDER BY i.id", w.args...)
	if err != nil {
		return nil, fmt.Errorf("load what leads brought: %w", err)
	}
	defer rows.Close()
	all := make(map[string][]Revenue)
	for rows.Next() {
		var lead string
		var inv Invoice
		if err := rows.Scan(&lead, &inv.Currency, jsonColumn{&inv.Lines}, &inv.Discount, &inv.Paid, jsonColumn{&inv.sums}); err != nil {
			return nil, fmt.Errorf("load what leads brought: %w", err)
		}
		all[lead] = addInvoice(all[lead], &inv)
	}
	return all, rows.Err()
}

// teamsOfUsers are the teams that people are in, by user.
func teamsOfUsers(ctx context.Context, q sqldb.Querier) (map[string][]string, error) {
	rows, err := q.Query(ctx, "SELECT user_id, team_id FROM team_members ORDER BY team_id")
	if err != nil {
		return nil, fmt.Errorf("load teams: %w", err)
	}
	defer rows.Close()
	teams := make(map[string][]string)
	for rows.Next() {
		var user, team string
		if err := rows.Scan(&user, &team); err != nil {
			return nil, fmt.Errorf("load teams: %w", err)
		}
		teams[user] = append(teams[user], team)
	}
	return teams, rows.Err()
}

// TeamNames are what teams are called, by id.
func TeamNames(ctx context.Context, q sqldb.Querier) (map[string]string, error) {
	rows, err := q.Query(ctx, "SELECT id, name FROM teams")
	if err != nil {
		return nil, fmt.Errorf("load teams: %w", err)
	}
	defer rows.Close()
	names := make(map[string]string)
	for rows.Next() {
		var id, name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, fmt.Errorf("load teams: %w", err)
		}
		names[id] = name
	}
	return names, rows.Err()
}

// feedbackColumns are the fields of a lead that each of FeedbackKeys tells.
var feedbackColumns = map[string][]string{"source": {"source"}, "network": {"network"}, "monitor": {"monitor_id"}, "campaign": {"campaign", "campaign_id"}, "grade": {"rating"}}

// FeedbackOf is the report to marketing on the leads that were made in a time, grouped by one of
// FeedbackKeys.
func FeedbackOf(ctx context.Context, q sqldb.Querier, a *Access, by string, from, until time.Time) ([]FeedbackRow, error) {
	if err := a.mayAskBy(RecordLead, feedbackColumns[by]...); err != nil {
		return nil, err
	}
	plan, err := Milestones(ctx, q)
	if err != nil {
		return nil, err
	}
	f := NewFeedback(&plan, FeedbackKeys[by])
	if f.After, err = aftermath(ctx, q, a); err != nil {
		return nil, err
	}
	if err := LeadStories(ctx, q, a, StoryFilter{From: from, Until: until, After: f.After}, f.Add); err != nil {
		return nil, err
	}
	return f.Rows(), nil
}

// DisagreementsOf says who disagrees about the leads that were made in a time.
func DisagreementsOf(ctx context.Context, q sqldb.Querier, a *Access, from, until time.Time) ([]Disagreement, error) {
	plan, err := Milestones(ctx, q)
	if err != nil {
		return nil, err
	}
	var marketing []Milestone
	for _, m := range plan.Milestones {
		if m.Marketing {
			marketing = append(marketing, m.Name)
		}
	}
	teams, err := teamsOfUsers(ctx, q)
	if err != nil {
		return nil, err
	}
	var stories []LeadStory
	if err := LeadStories(ctx, q, a, StoryFilter{From: from, Until: until}, func(s *LeadStory) { stories = append(stories, *s) }); err != nil {
		return nil, err
	}
	return Disagreements(stories, marketing, teams), nil
}

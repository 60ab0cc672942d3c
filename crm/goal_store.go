package crm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

var goals = table[Goal, *Goal]{kind: RecordGoal, name: "goals", columns: []string{"subject_type", "subject_id", "metric", "period", "target", "currency"},
	bind: func(g *Goal) []any {
		return []any{&g.SubjectType, &g.SubjectID, &g.Metric, &g.Period, &g.Target, &g.Currency}
	}}

// A ReachedGoal is a goal with how far it is reached.
type ReachedGoal struct {
	Goal
	Subject  string    `json:"subject"`            // what to call whose it is
	Progress *Progress `json:"progress,omitempty"` // nil: who asks may not see what it counts
}

// SaveGoal saves a new or a changed goal.
func SaveGoal(ctx context.Context, tx *sqldb.Tx, ch Change, g Goal) (Goal, error) {
	if err := g.check(); err != nil {
		return Goal{}, err
	}
	names, err := takerNames(ctx, tx)
	if err != nil {
		return Goal{}, err
	}
	if names[g.SubjectType+g.SubjectID] == "" {
		return Goal{}, invalid("subject_id", "there is no %s %q", g.SubjectType, g.SubjectID)
	}
	err = goals.put(ctx, tx, ch, &g)
	if errors.Is(err, sqldb.ErrConflict) {
		err = fmt.Errorf("save goal: there is one for it already: %w", ErrConflict)
	}
	return g, err
}

// DeleteGoal removes a goal.
func DeleteGoal(ctx context.Context, tx *sqldb.Tx, ch Change, id string) error {
	if err := ch.Access.Demand(ToDelete, RecordGoal); err != nil {
		return err
	}
	g, err := goals.byID(ctx, tx, System(), id, 0)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM goals WHERE id = $1", id); err != nil {
		return fmt.Errorf("delete goal %s: %w", id, err)
	}
	return record(ctx, tx, ch, changedRecord{action: "delete", kind: RecordGoal, id: id, before: g})
}

// GoalByID loads a goal with its progress, as far as somebody may read what it counts.
func GoalByID(ctx context.Context, q sqldb.Querier, a *Access, id string, now time.Time) (ReachedGoal, error) {
	g, err := goals.byID(ctx, q, System(), id, 0)
	if err != nil {
		return ReachedGoal{}, err
	}
	return reached(ctx, q, a, g, now)
}

// A GoalFilter chooses goals; an empty field does not restrict.
type GoalFilter struct {
	SubjectType, SubjectID, Period string
	Cursor                         string
	Limit                          int
}

// FindGoals lists goals with their progress, as far as somebody may read what they count, the newest
// first, a page at a time.
func FindGoals(ctx context.Context, q sqldb.Querier, a *Access, f GoalFilter, now time.Time) ([]ReachedGoal, string, error) {
	w := &where{}
	for _, by := range []struct{ column, value string }{{"subject_type", f.SubjectType}, {"subject_id", f.SubjectID}, {"period", f.Period}} {
		if by.value != "" {
			w.add(by.column+" = ?", by.value)
		}
	}
	list, next, err := goals.page(ctx, q, System(), w, f.Cursor, f.Limit)
	if err != nil {
		return nil, "", err
	}
	all := make([]ReachedGoal, len(list))
	for i, g := range list {
		if all[i], err = reached(ctx, q, a, g, now); err != nil {
			return nil, "", err
		}
	}
	return all, next, nil
}

// casesOf restricts a query of opportunities o to those of a goal's cases that somebody may read.
func (g *Goal) casesOf(w *where, a *Access) {
	w.readable(a, RecordOpportunity, "o")
	switch g.SubjectType {
	case MemberUser:
		w.add("o.owner_id = ?", g.SubjectID)
	case MemberTeam:
		w.add("o.owner_id IN (SELECT user_id FROM team_members WHERE team_id = ?)", g.SubjectID)
	default:
		w.add("o.id IN (SELECT record_id FROM record_territories WHERE territory_id = ? AND record_type = 'opportunity' AND rank = 1)", g.SubjectID)
	}
}

// takersOf restricts a query of credit or activities, by the column that holds a person.
func (g *Goal) takersOf(w *where, user string) {
	if g.SubjectType == MemberUser {
		w.add(user+" = ?", g.SubjectID)
		return
	}
	w.add(user+" IN (SELECT user_id FROM team_members WHERE team_id = ?)", g.SubjectID)
}

// told says whether somebody is told how far a goal is reached: whether they may read any of what it
// counts, and no mask hides the amounts that it adds up.
func (g *Goal) told(a *Access) bool {
	switch g.Metric {
	case "revenue-won":
		return a.Can(ToRead, RecordOpportunity) && !a.HidesAmounts()
	case "revenue-invoiced", "revenue-paid":
		return a.seesInvoiced()
	case "credit-invoiced", "credit-paid":
		return a.Can(ToRead, RecordCreditRules)
	case "activities-done":
		return a.Can(ToRead, RecordActivity)
	}
	return a.Can(ToRead, RecordOpportunity)
}

func reached(ctx context.Context, q sqldb.Querier, a *Access, g Goal, now time.Time) (r ReachedGoal, err error) {
	r.Goal = g
	names, err := takerNames(ctx, q)
	if err != nil {
		return r, err
	}
	r.Subject = names[g.SubjectType+g.SubjectID]
	if !g.told(a) {
		return r, nil
	}
	query, args, err := g.count(a)
	if err != nil {
		return r, err
	}
	var value int64
	if err := q.QueryRow(ctx, query, args...).Scan(&value); err != nil {
		return r, fmt.Errorf("count %s of goal %s: %w", g.Metric, g.ID, err)
	}
	var open []Opportunity
	if g.Metric == "revenue-won" {
		w := &where{}
		g.casesOf(w, a)
		w.add("o.state = 'open'")
		if open, err = opportunities.find(ctx, q, "WHERE id IN (SELECT o.id FROM opportunities o"+w.sql()+")", w.args...); err != nil {
			return r, err
		}
	}
	p, err := g.progress(value, open, now)
	r.Progress = &p
	return r, err
}

// count is the query that a goal's metric comes from, over what somebody may read.
func (g *Goal) count(a *Access) (query string, args []any, err error) {
	from, until, err := ParsePeriod(g.Period)
	if err != nil {
		return "", nil, err
	}
	w := &where{}
	within := func(column string) { w.add(column+" >= ? AND "+column+" < ?", sqldb.Millis(from), sqldb.Millis(until)) }
	months := func() {
		w.add("e.period >= ? AND e.period < ?", creditMonth(from), creditMonth(until))
		w.add("NOT e.overlay")
		w.add("e.currency = ?", g.Currency)
		w.add("e.basis = ?", g.Metric[strings.IndexByte(g.Metric, '-')+1:])
	}
	switch g.Metric {
	case "revenue-invoiced", "revenue-paid":
		g.casesOf(w, a)
		months()
		query = "SELECT coalesce(sum(e.amount), 0) FROM credit_entries e JOIN opportunities o ON o.id = e.opportunity_id"
	case "credit-invoiced", "credit-paid":
		if g.SubjectType == MemberUser {
			w.add("e.taker_type = 'user' AND e.taker_id = ?", g.SubjectID)
		} else {
			w.add(ofTeam("e"), g.SubjectID, g.SubjectID)
		}
		if a.Level(ToRead, RecordCreditRules) != LevelAll {
			w.add("e.taker_type = 'user' AND e.taker_id = ?", a.UserID) // as in a statement
		}
		months()
		query = "SELECT coalesce(sum(e.amount), 0) FROM credit_entries e"
	case "activities-done":
		g.takersOf(w, "a.owner_id")
		w.readable(a, RecordActivity, "a")
		within("a.done_at")
		query = "SELECT count(*) FROM activities a"
	case "revenue-won", "opportunities-won":
		g.casesOf(w, a)
		w.add("o.state = 'won'")
		within("o.closed_at")
		query = "SELECT count(*) FROM opportunities o"
		if g.Currency != "" {
			w.add("o.currency = ?", g.Currency)
			query = "SELECT coalesce(sum(o.amount), 0) FROM opportunities o"
		}
	default:
		g.casesOf(w, a)
		if g.Metric == "leads-accepted" {
			w.add("o.lead_id <> ''")
		}
		within("o.created_at")
		query = "SELECT count(*) FROM opportunities o"
	}
	return query + w.sql(), w.args, nil
}

package crm

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A ForecastRow is what a group of opportunities is expected to bring in a period, in one currency
// and in minor units. Weighted is the sum of amount times odds; the others add up: Commit is what
// people vouch for, BestCase that and what may well come, Pipeline all that is open.
type ForecastRow struct {
	Period   string `json:"period"` // 2026-03, 2026-Q1 or 2026; empty: no close is expected yet
	Group    string `json:"group"`  // id of an owner, a team, a territory, a process; a stage
	Name     string `json:"name"`   // what to call the group
	Currency string `json:"currency"`
	Open     int    `json:"open"` // opportunities
	Weighted int64  `json:"weighted"`
	Commit   int64  `json:"commit"`
	BestCase int64  `json:"best_case"`
	Pipeline int64  `json:"pipeline"`
	Won      int64  `json:"won"`
}

// Forecast adds opportunities up by the period in which they are expected to close, or did, and by
// the groups that each belongs to. One whose owner is in two teams counts for both.
func Forecast(all []Opportunity, length string, groups func(*Opportunity) []string) []ForecastRow {
	rows := make(map[[3]string]*ForecastRow)
	for i := range all {
		o := &all[i]
		at := o.ExpectedClose
		if o.State == StateWon {
			at = o.ClosedAt
		}
		if o.State == StateLost || o.Amount.Currency == "" {
			continue
		}
		for _, group := range groups(o) {
			key := [3]string{periodOf(at, length), group, o.Amount.Currency}
			row := rows[key]
			if row == nil {
				row = &ForecastRow{Period: key[0], Group: key[1], Currency: key[2]}
				rows[key] = row
			}
			row.add(o)
		}
	}
	list := make([]ForecastRow, 0, len(rows))
	for _, row := range rows {
		list = append(list, *row)
	}
	slices.SortFunc(list, func(a, b ForecastRow) int {
		return cmp.Or(cmp.Compare(a.Period, b.Period), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Currency, b.Currency))
	})
	return list
}

func (r *ForecastRow) add(o *Opportunity) {
	amount := o.Amount.Amount
	if o.State == StateWon {
		r.Won += amount
		return
	}
	r.Open++
	r.Weighted += o.Amount.share(int64(o.Odds.Percent) * 100).Amount
	r.Pipeline += amount
	if o.Forecast != ForecastPipeline {
		r.BestCase += amount
	}
	if o.Forecast == ForecastCommit {
		r.Commit += amount
	}
}

// ForecastOpportunities loads what Forecast adds up, of what somebody may read: what is open, and
// what was won from a time on.
func ForecastOpportunities(ctx context.Context, q sqldb.Querier, a *Access, since time.Time) ([]Opportunity, error) {
	w := &where{}
	w.add("(state = 'open' OR state = 'won' AND closed_at >= ?)", sqldb.Millis(since))
	w.readable(a, RecordOpportunity, "opportunities")
	return opportunities.find(ctx, q, w.sql(), w.args...)
}

// ForecastGroups are what a forecast can be grouped by.
var ForecastGroups = []string{"owner", "team", "territory", "stage", "process"}

// ForecastGrouping says which groups opportunities belong to, and what to call a group.
func ForecastGrouping(ctx context.Context, q sqldb.Querier, by string, all []Opportunity) (groups func(*Opportunity) []string, name func(string) string, err error) {
	names, err := takerNames(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	one := func(of func(*Opportunity) string) func(*Opportunity) []string {
		return func(o *Opportunity) []string { return []string{of(o)} }
	}
	called := func(kind string) func(string) string {
		return func(id string) string { return cmp.Or(names[kind+id], id) }
	}
	switch by {
	case "team":
		teams, err := teamsOfPeople(ctx, q)
		return func(o *Opportunity) []string {
			if of := teams[o.OwnerID]; len(of) > 0 {
				return of
			}
			return []string{""}
		}, called("team"), err
	case "territory":
		ids := make([]string, len(all))
		for i := range all {
			ids[i] = all[i].ID
		}
		of, err := RecordTerritories(ctx, q, RecordOpportunity, ids)
		return one(func(o *Opportunity) string { return primaryOf(of[o.ID]) }), called("territory"), err
	case "stage":
		return one(func(o *Opportunity) string { return o.Stage }), func(s string) string { return s }, nil
	case "process":
		list, err := Processes(ctx, q)
		return one(func(o *Opportunity) string { return o.ProcessID }), func(id string) string {
			if i := slices.IndexFunc(list, func(p Process) bool { return p.ID == id }); i >= 0 {
				return list[i].Name
			}
			return id
		}, err
	}
	return one(func(o *Opportunity) string { return o.OwnerID }), called("user"), nil
}

// teamsOfPeople are the teams of each person.
func teamsOfPeople(ctx context.Context, q sqldb.Querier) (map[string][]string, error) {
	rows, err := q.Query(ctx, "SELECT user_id, team_id FROM team_members ORDER BY user_id, team_id")
	if err != nil {
		return nil, fmt.Errorf("load teams: %w", err)
	}
	defer rows.Close()
	all := make(map[string][]string)
	for rows.Next() {
		var user, team string
		if err := rows.Scan(&user, &team); err != nil {
			return nil, fmt.Errorf("load teams: %w", err)
		}
		all[user] = append(all[user], team)
	}
	return all, rows.Err()
}

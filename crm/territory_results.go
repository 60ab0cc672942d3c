package crm

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A TerritoryResult is what a territory, or a value of a dimension, brought in a time, in one
// currency. Counts stand in the row without a currency.
type TerritoryResult struct {
	Group    string `json:"group"`  // id of the territory or the value; empty: of none
	Name     string `json:"name"`   // what to call it
	Parent   string `json:"parent"` // the group above
	Currency string `json:"currency"`
	Leads    int64  `json:"leads"`    // made in the time
	Accepted int64  `json:"accepted"` // of those
	Open     int64  `json:"open"`     // opportunities, now
	Won      int64  `json:"won"`      // closed in the time
	Lost     int64  `json:"lost"`
	Weighted int64  `json:"weighted"` // of what is open
	WonFor   int64  `json:"won_for"`
	Invoiced int64  `json:"invoiced"` // net, in the time
	Paid     int64  `json:"paid"`
}

// results gather rows by group and currency.
type results struct {
	access *Access
	rows   map[[2]string]*TerritoryResult
}

func (r *results) at(group, currency string) *TerritoryResult {
	key := [2]string{group, currency}
	if r.rows[key] == nil {
		r.rows[key] = &TerritoryResult{Group: group, Currency: currency}
	}
	return r.rows[key]
}

// TerritoryResults adds up what came of the leads, opportunities, invoices and payments of a time that somebody may read, by
// their primary territories or, when a dimension is named, by each of its values that holds: a case
// in Munich counts for Munich, Bavaria and Germany.
func TerritoryResults(ctx context.Context, q sqldb.Querier, a *Access, dimensionID string, from, until time.Time) ([]TerritoryResult, error) {
	group, name, err := grouping(ctx, q, a, dimensionID)
	if err != nil {
		return nil, err
	}
	r := &results{a, make(map[[2]string]*TerritoryResult)}
	if err := r.addLeads(ctx, q, group, from, until); err != nil {
		return nil, err
	}
	if err := r.addOpportunities(ctx, q, group, from, until); err != nil {
		return nil, err
	}
	var all []TerritoryResult
	for _, row := range r.rows {
		row.Name, row.Parent = name(row.Group)
		all = append(all, *row)
	}
	slices.SortFunc(all, func(a, b TerritoryResult) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Currency, b.Currency))
	})
	return all, nil
}

// A grouper says to which groups records of a type belong.
type grouper func(kind string, ids []string) (map[string][]string, error)

func grouping(ctx context.Context, q sqldb.Querier, a *Access, dimensionID string) (grouper, func(string) (name, parent string), error) {
	if dimensionID == "" {
		all, err := Territories(ctx, q)
		byTerritory := func(kind string, ids []string) (map[string][]string, error) {
			of, err := RecordTerritories(ctx, q, kind, ids)
			groups := make(map[string][]string, len(ids))
			for _, id := range ids {
				groups[id] = []string{primaryOf(of[id])}
			}
			return groups, err
		}
		return byTerritory, func(id string) (string, string) {
			if i := slices.IndexFunc(all, func(t Territory) bool { return t.ID == id }); i >= 0 {
				return all[i].Name, all[i].ParentID
			}
			return "", ""
		}, err
	}
	d, err := DimensionByID(ctx, q, dimensionID)
	if err != nil {
		return nil, nil, err
	}
	if err := d.mayAskBy(a); err != nil {
		return nil, nil, err // a group of one record tells its value
	}
	p, err := NewTerritoryPlan([]Dimension{d}, nil)
	if err != nil {
		return nil, nil, err
	}
	x := p.dimensions[d.ID]
	byValue := func(kind string, ids []string) (map[string][]string, error) {
		subjects, err := p.subjects(ctx, q, kind, ids)
		groups := make(map[string][]string, len(ids))
		for _, s := range subjects {
			for at, holds := range x.holds(s.traits) {
				if holds {
					groups[s.id] = append(groups[s.id], d.Values[at].ID)
				}
			}
			if len(groups[s.id]) == 0 {
				groups[s.id] = []string{""}
			}
		}
		return groups, err
	}
	return byValue, func(id string) (string, string) {
		if at, ok := x.at[id]; ok {
			return d.Values[at].Label, d.Values[at].Parent
		}
		return "", ""
	}, nil
}

func (r *results) addLeads(ctx context.Context, q sqldb.Querier, group grouper, from, until time.Time) error {
	w := &where{}
	w.add("created_at >= ? AND created_at < ?", sqldb.Millis(from), sqldb.Millis(until))
	w.readable(r.access, RecordLead, "leads")
	ids, err := sqldb.Strings(ctx, q, "SELECT id FROM leads"+w.sql()+" ORDER BY id", w.args...)
	if err != nil {
		return fmt.Errorf("load leads: %w", err)
	}
	for part := range chunks(ids) {
		leads, err := leadsByID(ctx, q, part)
		if err != nil {
			return err
		}
		groups, err := group(RecordLead, part)
		if err != nil {
			return err
		}
		for id, of := range groups {
			for _, g := range of {
				row := r.at(g, "")
				row.Leads++
				if l := leads[id]; l != nil && l.State == LeadAccepted {
					row.Accepted++
				}
			}
		}
	}
	return nil
}

func (r *results) addOpportunities(ctx context.Context, q sqldb.Querier, group grouper, from, until time.Time) error {
	w := &where{}
	w.add("(state = 'open' OR closed_at >= ? AND closed_at < ? OR id IN (SELECT opportunity_id FROM credit_entries WHERE period >= ? AND period <= ?))",
		sqldb.Millis(from), sqldb.Millis(until), creditMonth(from), creditMonth(until.Add(-1)))
	w.readable(r.access, RecordOpportunity, "opportunities")
	ids, err := sqldb.Strings(ctx, q, "SELECT id FROM opportunities"+w.sql()+" ORDER BY id", w.args...)
	if err != nil {
		return fmt.Errorf("load opportunities: %w", err)
	}
	for part := range chunks(ids) {
		all, err := opportunitiesByID(ctx, q, part)
		if err != nil {
			return err
		}
		groups, err := group(RecordOpportunity, part)
		if err != nil {
			return err
		}
		money, err := moneyOf(ctx, q, part, creditMonth(from), creditMonth(until.Add(-1)))
		if err != nil {
			return err
		}
		for id, of := range groups {
			for _, g := range of {
				r.add(g, all[id], from, until)
				if !r.access.seesInvoiced() {
					continue
				}
				for _, m := range money[id] {
					row := r.at(g, m.currency)
					row.Invoiced, row.Paid = row.Invoiced+m.invoiced, row.Paid+m.paid
				}
			}
		}
	}
	return nil
}

func (r *results) add(group string, o *Opportunity, from, until time.Time) {
	closed := !o.ClosedAt.Before(from) && o.ClosedAt.Before(until)
	worth := o.Amount.Currency != "" && !r.access.HidesAmounts()
	switch {
	case o.State == StateOpen:
		r.at(group, "").Open++
		if worth {
			r.at(group, o.Amount.Currency).Weighted += o.Amount.share(int64(o.Odds.Percent) * 100).Amount
		}
	case o.State == StateWon && closed:
		r.at(group, "").Won++
		if worth {
			r.at(group, o.Amount.Currency).WonFor += o.Amount.Amount
		}
	case o.State == StateLost && closed:
		r.at(group, "").Lost++
	}
}

type caseMoney struct {
	currency       string
	invoiced, paid int64
}

// moneyOf is what was invoiced and paid of opportunities within months, net.
func moneyOf(ctx context.Context, q sqldb.Querier, ids []string, first, last string) (map[string][]caseMoney, error) {
	rows, err := q.Query(ctx, `SELECT opportunity_id, currency, sum(CASE WHEN basis = 'invoiced' THEN amount ELSE 0 END), sum(CASE WHEN basis = 'paid' THEN amount ELSE 0 END)
		FROM credit_entries WHERE NOT overlay AND period >= $1 AND period <= $2 AND `+sqldb.In("opportunity_id", 3, len(ids))+" GROUP BY opportunity_id, currency",
		append([]any{first, last}, sqldb.Anys(ids)...)...)
	if err != nil {
		return nil, fmt.Errorf("add up invoices: %w", err)
	}
	defer rows.Close()
	all := make(map[string][]caseMoney)
	for rows.Next() {
		var id string
		var m caseMoney
		if err := rows.Scan(&id, &m.currency, &m.invoiced, &m.paid); err != nil {
			return nil, fmt.Errorf("add up invoices: %w", err)
		}
		all[id] = append(all[id], m)
	}
	return all, rows.Err()
}

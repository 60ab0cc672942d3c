package crm

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A ForecastRow is what a group of opportunities is expected to bring in a month, in one currency
// and in minor units. Weighted is the sum of amount times odds; the others add up: Commit is what
// people vouch for, BestCase that and what may well come, Pipeline all that is open.
type ForecastRow struct {
	Month    string `json:"month"` // 2026-03; empty: no close is expected yet
	Group    string `json:"group"` // an owner, a stage …
	Currency string `json:"currency"`
	Open     int    `json:"open"` // opportunities
	Weighted int64  `json:"weighted"`
	Commit   int64  `json:"commit"`
	BestCase int64  `json:"best_case"`
	Pipeline int64  `json:"pipeline"`
	Won      int64  `json:"won"`
}

// Forecast adds opportunities up by the month in which they are expected to close, or did, and by
// what group says of each.
func Forecast(all []Opportunity, group func(*Opportunity) string) []ForecastRow {
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
		month := ""
		if !at.IsZero() {
			month = at.UTC().Format("2006-01")
		}
		key := [3]string{month, group(o), o.Amount.Currency}
		row := rows[key]
		if row == nil {
			row = &ForecastRow{Month: key[0], Group: key[1], Currency: key[2]}
			rows[key] = row
		}
		row.add(o)
	}
	list := make([]ForecastRow, 0, len(rows))
	for _, row := range rows {
		list = append(list, *row)
	}
	slices.SortFunc(list, func(a, b ForecastRow) int {
		return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Currency, b.Currency))
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

// ForecastOpportunities loads what Forecast adds up: what is open, and what was won from a time on.
func ForecastOpportunities(ctx context.Context, q sqldb.Querier, since time.Time) ([]Opportunity, error) {
	return opportunities.find(ctx, q, "WHERE state = 'open' OR state = 'won' AND closed_at >= $1", millis(since))
}

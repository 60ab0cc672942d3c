package crm

import (
	"context"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// takenBack are the entries that take from everybody what a payment brought them. What a line is paid
// less may be a cent more or less than that payment brought, by rounding, so that the line is credited
// with what is paid of it now: the cent is shared as the payment was. Where the payment brought a line
// nothing, all who were credited for the line share in it.
func (e *creditEvent) takenBack(ctx context.Context, q sqldb.Querier) ([]CreditEntry, error) {
	given, err := queryCredit(ctx, q, "WHERE event = $1 AND basis = $2 ORDER BY id", e.reverses, e.basis)
	if err != nil {
		return nil, err
	}
	others, err := queryCredit(ctx, q, "WHERE opportunity_id = $1 AND invoice_id = $2 AND basis = $3 AND event <> $4 ORDER BY id",
		e.invoice.OpportunityID, e.invoice.ID, e.basis, e.id)
	if err != nil {
		return nil, err
	}
	var all []CreditEntry
	for n, net := range e.nets {
		if net == 0 {
			continue
		}
		of := standing(given, int64(n))
		if len(of) == 0 {
			of = standing(others, int64(n))
		}
		all = append(all, e.backOf(net, of)...)
	}
	return all, nil
}

// standing adds up the entries of a line by what they are for, each with the id of the first; those that
// come to nothing are left out.
func standing(entries []CreditEntry, line int64) []CreditEntry {
	at := make(map[creditKey]int)
	var sums []CreditEntry
	for _, entry := range entries {
		if entry.Line != line {
			continue
		}
		i, ok := at[entry.key()]
		if !ok {
			at[entry.key()], sums = len(sums), append(sums, entry)
			continue
		}
		sums[i].Amount += entry.Amount
	}
	var all []CreditEntry
	for _, entry := range sums {
		if entry.Amount != 0 {
			all = append(all, entry)
		}
	}
	return all
}

// backOf divides what a line is paid less over those who were credited for it, by how much they were.
func (e *creditEvent) backOf(net int64, of []CreditEntry) []CreditEntry {
	var base, overlay []CreditEntry
	total := int64(0)
	for _, entry := range of {
		if entry.Overlay {
			overlay = append(overlay, entry)
			continue
		}
		base, total = append(base, entry), total+entry.Amount
	}
	amounts := split(net, base, func(entry CreditEntry) int64 { return max(entry.Amount, -entry.Amount) })
	for _, entry := range overlay {
		amount := -entry.Amount
		if total > 0 {
			amount = scale(entry.Amount, net, total)
		} else if total < 0 {
			amount = scale(entry.Amount, -net, -total)
		}
		amounts = append(amounts, amount)
	}
	all := slices.Concat(base, overlay)
	for i := range all {
		entry := &all[i]
		entry.corrects, entry.Event, entry.Period = entry.ID, e.id, creditMonth(e.at)
		entry.Amount, entry.Share, entry.Correction, entry.Note = amounts[i], 0, true, "the payment was taken back"
	}
	return all
}

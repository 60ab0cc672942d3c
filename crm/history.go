package crm

import (
	"context"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A History is what happened in another system: records that are done as they are, with the times
// they had. What is about another record names it by its id, which the caller may make (NewID).
type History struct {
	Opportunities []Opportunity
	Quotes        []Quote
	Orders        []Order
	Invoices      []Invoice
	Payments      []Payment
	Activities    []Activity
}

// LoadHistory saves a history in bulk: no gate is asked and no task made, for it is past. The audit
// log gets an entry a type, not one a record.
func LoadHistory(ctx context.Context, tx *sqldb.Tx, ch Change, h *History) error {
	ch = ch.Begin()
	for _, load := range []func() error{
		func() error { return opportunities.createAll(ctx, tx, ch, h.Opportunities) },
		func() error { return quotes.createAll(ctx, tx, ch, h.Quotes) },
		func() error { return orders.createAll(ctx, tx, ch, h.Orders) },
		func() error { return invoices.createAll(ctx, tx, ch, h.Invoices) },
		func() error { return payments.createAll(ctx, tx, ch, h.Payments) },
		func() error { return activities.createAll(ctx, tx, ch, h.Activities) },
	} {
		if err := load(); err != nil {
			return err
		}
	}
	return nil
}

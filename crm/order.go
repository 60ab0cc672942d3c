package crm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// An Order is what the customer bought: what stands in the quote they accepted.
type Order struct {
	Meta
	Number        string    `json:"number"` // O-2026-0001
	QuoteID       string    `json:"quote_id"`
	OpportunityID string    `json:"opportunity_id"`
	AccountID     string    `json:"account_id"`
	ContactID     string    `json:"contact_id"`
	State         string    `json:"state"` // open, fulfilled, cancelled
	Currency      string    `json:"currency"`
	Lines         []Line    `json:"lines"`
	Discount      int64     `json:"discount"`
	EndedAt       time.Time `json:"ended_at,omitzero"`
	Reason        string    `json:"reason"` // why it was cancelled
}

// States of an order.
const (
	OrderOpen      = "open"
	OrderFulfilled = "fulfilled"
	OrderCancelled = "cancelled"
)

// Sums are what the order comes to.
func (o *Order) Sums() Sums { return Total(o.Lines, o.Discount) }

func (o *Order) check() error { return checkLines(o.Lines) }

// End fulfils or cancels the order.
func (o *Order) End(state, reason string, now time.Time) error {
	reason = tidy(reason)
	switch {
	case o.State != OrderOpen:
		return invalid("state", "it is %s already", o.State)
	case state == OrderCancelled && reason == "":
		return invalid("reason", "is empty: say why it is cancelled")
	case state != OrderFulfilled && state != OrderCancelled:
		return invalid("state", "%q: want fulfilled or cancelled", state)
	}
	o.State, o.Reason, o.EndedAt = state, reason, now
	return checkText("reason", reason, maxReason)
}

var orders = table[Order, *Order]{kind: RecordOrder, name: "orders",
	columns: []string{"number", "quote_id", "opportunity_id", "account_id", "contact_id", "state", "currency", "lines", "discount", "ended_at", "reason"},
	bind: func(o *Order) []any {
		return []any{&o.Number, &o.QuoteID, &o.OpportunityID, &o.AccountID, &o.ContactID, &o.State, &o.Currency, jsonColumn{&o.Lines}, &o.Discount,
			atColumn{&o.EndedAt}, &o.Reason}
	}}

// CreateOrder makes the order of a quote that was accepted. There is one order of a quote.
func CreateOrder(ctx context.Context, tx *sqldb.Tx, ch Change, quoteID string) (Order, error) {
	q, err := optional(quoteID, func(id string) (Quote, error) { return quotes.byID(ctx, tx, ch.Access, id, 0) }, "quote_id")
	if err != nil {
		return Order{}, err
	}
	if q.State != QuoteAccepted {
		return Order{}, invalid("quote_id", "want a quote that was accepted")
	}
	opp, err := q.dealOf(ctx, tx, StateOpen, StateWon)
	if err != nil {
		return Order{}, err
	}
	o := Order{QuoteID: q.ID, OpportunityID: opp.ID, AccountID: opp.AccountID, ContactID: opp.ContactID, State: OrderOpen,
		Currency: q.Currency, Lines: q.Lines, Discount: q.Discount}
	if o.Number, err = nextNumber(ctx, tx, "O", ch.At); err != nil {
		return Order{}, err
	}
	err = orders.create(ctx, tx, ch, &o)
	if errors.Is(err, sqldb.ErrConflict) {
		return Order{}, fmt.Errorf("create order: quote %s has one already: %w", q.Number, ErrConflict)
	}
	return o, err
}

// EndOrder fulfils or cancels an order. One with invoices that stand cannot be cancelled.
func EndOrder(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64, state, reason string) (Order, error) {
	if err := lockOrder(ctx, tx, id); err != nil {
		return Order{}, err
	}
	return orders.change(ctx, tx, ch, id, version, "end", func(o *Order) error {
		if state == OrderCancelled {
			standing, err := invoices.find(ctx, tx, "WHERE order_id = $1 AND state <> 'cancelled' LIMIT 1", o.ID)
			if err != nil {
				return err
			}
			if len(standing) > 0 {
				return invalid("state", "invoice %s stands: cancel it first", standing[0].Number)
			}
		}
		return o.End(state, reason, ch.At)
	})
}

// lockOrder has who invoices an order, or ends it, do so one after the other.
func lockOrder(ctx context.Context, tx *sqldb.Tx, id string) error { return tx.Lock(ctx, "order "+id) }

// OrderByID loads an order.
func OrderByID(ctx context.Context, q sqldb.Querier, a *Access, id string) (Order, error) {
	return orders.byID(ctx, q, a, id, 0)
}

// FindOrders lists orders, of one opportunity or of all, the newest first, a page at a time.
func FindOrders(ctx context.Context, q sqldb.Querier, a *Access, f DealFilter) ([]Order, string, error) {
	w, err := f.where(ctx, q, a, RecordOrder)
	if err != nil {
		return nil, "", err
	}
	return orders.page(ctx, q, a, w, f.Cursor, f.Limit)
}

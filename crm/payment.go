package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Payment is money that came in for an invoice, or takes back one that was noted wrongly: payments are
// never changed.
type Payment struct {
	Meta
	InvoiceID string    `json:"invoice_id"`
	Amount    Money     `json:"amount"`
	PaidAt    time.Time `json:"paid_at"`
	Method    string    `json:"method"`
	Reference string    `json:"reference"`
	Reverses  string    `json:"reverses"` // id of the payment that it takes back; empty: money came in
	Reason    string    `json:"reason"`   // why it is taken back
}

func (p *Payment) check() error {
	p.Method, p.Reference = tidy(p.Method), tidy(p.Reference)
	p.Reason = tidy(p.Reason)
	if err := checkText("method", p.Method, 50); err != nil {
		return err
	}
	if err := checkText("reference", p.Reference, maxName); err != nil {
		return err
	}
	switch {
	case p.Reverses == "" && p.Amount.Amount <= 0:
		return invalid("amount", "is %d: want more than nothing; POST /payments/{id}/reverse takes one back that was noted", p.Amount.Amount)
	case p.Reverses != "" && p.Reason == "":
		return invalid("reason", "is empty: say why the payment is taken back")
	}
	if err := checkText("reason", p.Reason, maxReason); err != nil {
		return err
	}
	return p.Amount.check("amount")
}

// Take counts a payment in.
func (i *Invoice) Take(p *Payment) error {
	switch {
	case i.State != InvoiceIssued:
		return invalid("invoice_id", "invoice %s is %s", i.Number, i.State)
	case p.Amount.Currency != i.Currency:
		return invalid("amount.currency", "is %s, the invoice's is %s: convert it before", p.Amount.Currency, i.Currency)
	case p.Amount.Amount > i.Due():
		return invalid("amount.amount", "is more than the %s that is due", Money{i.Due(), i.Currency})
	}
	if i.Paid += p.Amount.Amount; i.Due() == 0 {
		i.State, i.PaidAt = InvoicePaid, p.PaidAt
	}
	return nil
}

// GiveBack counts out a payment that another one takes back: the invoice is open again.
func (i *Invoice) GiveBack(back *Payment) error {
	if i.Paid+back.Amount.Amount < 0 {
		return invalid("id", "is %s, and invoice %s has %s that were paid", Money{-back.Amount.Amount, i.Currency}, i.Number, Money{i.Paid, i.Currency})
	}
	i.Paid += back.Amount.Amount
	i.State, i.PaidAt = InvoiceIssued, time.Time{}
	return nil
}

var payments = table[Payment, *Payment]{kind: RecordPayment, name: "payments",
	columns: []string{"invoice_id", "amount", "currency", "paid_at", "method", "reference", "reverses", "reason"},
	bind: func(p *Payment) []any {
		return []any{&p.InvoiceID, &p.Amount.Amount, &p.Amount.Currency, atColumn{&p.PaidAt}, &p.Method, &p.Reference, &p.Reverses, &p.Reason}
	}}

// CreatePayment notes money that came in, and counts it in its invoice.
func CreatePayment(ctx context.Context, tx *sqldb.Tx, ch Change, p Payment) (Payment, error) {
	if p.PaidAt.IsZero() {
		p.PaidAt = ch.At
	}
	if p.PaidAt.After(ch.At.Add(24 * time.Hour)) {
		return Payment{}, invalid("paid_at", "is in the future")
	}
	if err := p.check(); err != nil {
		return Payment{}, err
	}
	if _, err := optional(p.InvoiceID, func(id string) (Invoice, error) { return invoices.byID(ctx, tx, ch.Access, id, 0) }, "invoice_id"); err != nil {
		return Payment{}, err
	}
	i, err := invoices.change(ctx, tx, ch.follows(), p.InvoiceID, 0, "pay", func(i *Invoice) error { return i.Take(&p) })
	if err != nil {
		return Payment{}, err
	}
	if err := payments.create(ctx, tx, ch, &p); err != nil {
		return Payment{}, err
	}
	return p, creditPayment(ctx, tx, ch, &i, &p)
}

// ReversePayment takes a payment back that was noted wrongly, for a reason and once: another payment
// refers to it and has its amount with the other sign. The invoice is open again, and the credit that the
// payment brought is taken back.
func ReversePayment(ctx context.Context, tx *sqldb.Tx, ch Change, id, reason string) (Payment, error) {
	p, err := payments.byID(ctx, tx, ch.Access, id, 0)
	if err != nil {
		return Payment{}, err
	}
	if p.Reverses != "" {
		return Payment{}, invalid("id", "takes payment %s back: note what came in as a payment of its own", p.Reverses)
	}
	back := Payment{InvoiceID: p.InvoiceID, Amount: Money{-p.Amount.Amount, p.Amount.Currency}, PaidAt: ch.At, Method: p.Method, Reference: p.Reference, Reverses: p.ID, Reason: reason}
	if err := back.check(); err != nil {
		return Payment{}, err
	}
	// The invoice is held, so that of two at once the second is told.
	if _, err := tx.Exec(ctx, "UPDATE invoices SET version = version WHERE id = $1", p.InvoiceID); err != nil {
		return Payment{}, fmt.Errorf("hold invoice %s: %w", p.InvoiceID, err)
	}
	earlier, err := sqldb.Strings(ctx, tx, "SELECT id FROM payments WHERE reverses = $1 AND reverses <> ''", p.ID)
	if err != nil {
		return Payment{}, fmt.Errorf("load what takes payment %s back: %w", p.ID, err)
	}
	if len(earlier) > 0 {
		return Payment{}, fmt.Errorf("reverse payment %s: it was taken back already: %w", p.ID, ErrConflict)
	}
	ch.Why = back.Reason
	i, err := invoices.change(ctx, tx, ch.follows(), p.InvoiceID, 0, "give-back", func(i *Invoice) error { return i.GiveBack(&back) })
	if err != nil {
		return Payment{}, err
	}
	if err := payments.createAs(ctx, tx, ch, "reverse", &back); err != nil {
		return Payment{}, err
	}
	return back, creditPayment(ctx, tx, ch, &i, &back)
}

// FindPayments lists payments, the newest first, a page at a time.
func FindPayments(ctx context.Context, q sqldb.Querier, a *Access, f DealFilter) ([]Payment, string, error) {
	w := &where{}
	if f.OpportunityID != "" {
		w.add("invoice_id IN (SELECT id FROM invoices WHERE opportunity_id = ?)", f.OpportunityID)
	}
	if err := f.View.restrict(ctx, q, a, w, (*scope).paid); err != nil {
		return nil, "", err
	}
	return payments.page(ctx, q, a, w, f.Cursor, f.Limit)
}

// PaymentsOf lists the payments of an invoice that somebody may read, the first one first.
func PaymentsOf(ctx context.Context, q sqldb.Querier, a *Access, invoiceID string) ([]Payment, error) {
	w := &where{}
	w.add("invoice_id = ?", invoiceID)
	w.readable(a, RecordPayment, "payments")
	return payments.find(ctx, q, w.sql()+" ORDER BY id", w.args...)
}

package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// An Invoice asks for money for an order, or for a part of it. It is never changed: one that is wrong
// is cancelled, and another takes its place.
type Invoice struct {
	Meta
	Number        string    `json:"number"` // I-2026-0001, without gaps
	OrderID       string    `json:"order_id"`
	OpportunityID string    `json:"opportunity_id"`
	State         string    `json:"state"` // issued, paid, cancelled
	Currency      string    `json:"currency"`
	Lines         []Line    `json:"lines"`
	Discount      int64     `json:"discount"`
	DueAt         time.Time `json:"due_at"`
	Paid          int64     `json:"paid"` // minor units
	PaidAt        time.Time `json:"paid_at,omitzero"`
	Reason        string    `json:"reason"` // why it was cancelled

	sums *Sums // nil: its lines, added up
}

// States of an invoice.
const (
	InvoiceIssued    = "issued"
	InvoicePaid      = "paid"
	InvoiceCancelled = "cancelled"
)

// Sums are what the invoice comes to: of an order that is invoiced in parts, what the parts so far
// come to less what earlier invoices asked for, so that all of them add up to the order to the cent.
func (i *Invoice) Sums() Sums {
	if i.sums != nil {
		return *i.sums
	}
	return Total(i.Lines, i.Discount)
}

// Due is what is still to be paid.
func (i *Invoice) Due() int64 { return i.Sums().Gross - i.Paid }

func (i *Invoice) check() error { return checkLines(i.Lines) }

var invoices = table[Invoice, *Invoice]{kind: RecordInvoice, name: "invoices",
	columns: []string{"number", "order_id", "opportunity_id", "state", "currency", "lines", "discount", "due_at", "paid", "paid_at", "reason", "sums"},
	bind: func(i *Invoice) []any {
		return []any{&i.Number, &i.OrderID, &i.OpportunityID, &i.State, &i.Currency, jsonColumn{&i.Lines}, &i.Discount, atColumn{&i.DueAt}, &i.Paid,
			atColumn{&i.PaidAt}, &i.Reason, jsonColumn{&i.sums}}
	}}

// CreateInvoice invoices quantities of an order's lines, by their place, in thousandths; none at all
// stands for everything that is not invoiced yet. More than was ordered is never invoiced.
func CreateInvoice(ctx context.Context, tx *sqldb.Tx, ch Change, orderID string, quantities map[int]int64, due time.Time) (Invoice, error) {
	if err := lockOrder(ctx, tx, orderID); err != nil {
		return Invoice{}, err
	}
	o, err := optional(orderID, func(id string) (Order, error) { return orders.byID(ctx, tx, ch.Access, id, 0) }, "order_id")
	if err != nil {
		return Invoice{}, err
	}
	if o.State == OrderCancelled || o.ID == "" {
		return Invoice{}, invalid("order_id", "want an order that stands")
	}
	earlier, err := invoices.find(ctx, tx, "WHERE order_id = $1 AND state <> 'cancelled' ORDER BY id", o.ID)
	if err != nil {
		return Invoice{}, err
	}
	i := Invoice{OrderID: o.ID, OpportunityID: o.OpportunityID, State: InvoiceIssued, Currency: o.Currency, Discount: o.Discount, DueAt: due}
	if i.Lines, err = remaining(&o, earlier, quantities); err != nil {
		return Invoice{}, err
	}
	sums := nextSums(&o, earlier, i.Lines)
	i.sums = &sums
	if i.DueAt.IsZero() {
		i.DueAt = ch.At.AddDate(0, 0, 30)
	}
	if err := i.check(); err != nil {
		return Invoice{}, err
	}
	if i.Number, err = nextNumber(ctx, tx, "I", ch.At); err != nil {
		return Invoice{}, err
	}
	if err := invoices.create(ctx, tx, ch, &i); err != nil {
		return Invoice{}, err
	}
	return i, creditInvoice(ctx, tx, ch, &i)
}

// remaining are the lines of an order that an invoice may still ask for, in the quantities wanted.
func remaining(o *Order, earlier []Invoice, quantities map[int]int64) ([]Line, error) {
	left := make([]int64, len(o.Lines))
	for n, l := range o.Lines {
		left[n] = l.Quantity
	}
	for _, inv := range earlier {
		for _, l := range inv.Lines {
			left[l.Position] -= l.Quantity
		}
	}
	var lines []Line
	for n, l := range o.Lines {
		l.Position, l.Quantity = n, left[n]
		if len(quantities) > 0 {
			if l.Quantity = quantities[n]; l.Quantity > left[n] {
				return nil, invalid(fmt.Sprintf("quantities.%d", n), "is %d, and %d of it are not invoiced yet", l.Quantity, left[n])
			}
		}
		if l.Quantity > 0 {
			lines = append(lines, l)
		}
	}
	if len(lines) == 0 {
		return nil, invalid("quantities", "leave nothing to invoice: all that was ordered is invoiced, or no line is named")
	}
	return lines, nil
}

// nextSums are what an invoice of some lines comes to. Each figure is that of everything invoiced so
// far, this invoice included, less what the earlier invoices that stand asked for: what rounding
// leaves is asked for by the next one, and by the last at the latest.
func nextSums(o *Order, earlier []Invoice, lines []Line) Sums {
	so := make([]Line, len(o.Lines)) // invoiced so far
	for n, l := range o.Lines {
		so[n], so[n].Quantity = l, 0
	}
	var asked Sums
	asked.Lines = make([]int64, len(o.Lines))
	taxes := make(map[int64]TaxSum)
	for _, inv := range earlier {
		s := inv.Sums()
		for n, l := range inv.Lines {
			so[l.Position].Quantity += l.Quantity
			asked.Lines[l.Position] += s.Lines[n]
		}
		asked.Discount, asked.Net, asked.Tax, asked.Gross = asked.Discount+s.Discount, asked.Net+s.Net, asked.Tax+s.Tax, asked.Gross+s.Gross
		for _, t := range s.Taxes {
			taxes[t.Rate] = TaxSum{t.Rate, taxes[t.Rate].Net + t.Net, taxes[t.Rate].Tax + t.Tax}
		}
	}
	for _, l := range lines {
		so[l.Position].Quantity += l.Quantity
	}
	all := Total(so, o.Discount)
	next := Sums{Lines: make([]int64, len(lines)), Discount: all.Discount - asked.Discount, Net: all.Net - asked.Net,
		Tax: all.Tax - asked.Tax, Gross: all.Gross - asked.Gross}
	rest := next.Net + next.Discount
	for n, l := range lines {
		next.Lines[n] = all.Lines[l.Position] - asked.Lines[l.Position]
		rest -= next.Lines[n]
	}
	next.Lines[0] += rest // of lines that this invoice does not ask for, after another was cancelled
	for _, t := range all.Taxes {
		t.Net, t.Tax = t.Net-taxes[t.Rate].Net, t.Tax-taxes[t.Rate].Tax
		if t.Net != 0 || t.Tax != 0 {
			next.Taxes = append(next.Taxes, t)
		}
	}
	return next
}

// CancelInvoice takes an invoice back for which nothing is paid, or all of it was taken back.
func CancelInvoice(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64, reason string) (Invoice, error) {
	i, err := invoices.change(ctx, tx, ch, id, version, "cancel", func(i *Invoice) error {
		reason = tidy(reason)
		switch {
		case i.State != InvoiceIssued || i.Paid != 0:
			return invalid("state", "it is %s, and %s were paid: only an unpaid one is cancelled", i.State, Money{i.Paid, i.Currency})
		case reason == "":
			return invalid("reason", "is empty: say why it is cancelled")
		}
		i.State, i.Reason = InvoiceCancelled, reason
		return checkText("reason", reason, maxReason)
	})
	if err != nil {
		return i, err
	}
	return i, uncreditInvoice(ctx, tx, ch, &i)
}

// InvoiceByID loads an invoice.
func InvoiceByID(ctx context.Context, q sqldb.Querier, a *Access, id string) (Invoice, error) {
	return invoices.byID(ctx, q, a, id, 0)
}

// FindInvoices lists invoices, of one opportunity or of all, the newest first, a page at a time.
func FindInvoices(ctx context.Context, q sqldb.Querier, a *Access, f DealFilter) ([]Invoice, string, error) {
	w, err := f.where(ctx, q, a, RecordInvoice)
	if err != nil {
		return nil, "", err
	}
	return invoices.page(ctx, q, a, w, f.Cursor, f.Limit)
}

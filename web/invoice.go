package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// InvoiceView is an invoice with what it comes to.
type InvoiceView struct {
	crm.Invoice
	Sums     crm.Sums      `json:"sums"`
	Due      int64         `json:"due" doc:"What is still to be paid, in minor units."`
	Payments []crm.Payment `json:"payments,omitempty"`
}

func invoiceView(i crm.Invoice) InvoiceView {
	return InvoiceView{Invoice: i, Sums: i.Sums(), Due: i.Due()}
}

type (
	createInvoiceInput struct {
		Body struct {
			OrderID    string           `json:"order_id" minLength:"1" maxLength:"100"`
			Quantities map[string]int64 `json:"quantities,omitempty" doc:"By the place of the order's line, from 0, in thousandths; left out: all that is not invoiced yet."`
			DueAt      time.Time        `json:"due_at,omitzero" doc:"Left out: in 30 days."`
		}
	}
	cancelInput struct {
		IDInput
		Expectation
		Body struct {
			Reason string `json:"reason" minLength:"1" maxLength:"500"`
		}
	}
	reversePaymentInput struct {
		IDInput
		Body struct {
			Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"Why it is taken back."`
		}
	}
	createPaymentInput struct {
		IDInput
		Body struct {
			Amount    crm.Money `json:"amount"`
			PaidAt    time.Time `json:"paid_at,omitzero" doc:"Left out: now."`
			Method    string    `json:"method,omitempty" maxLength:"50"`
			Reference string    `json:"reference,omitempty" maxLength:"200"`
		}
	}
)

func (s *Server) invoiceRoutes() {
	operate(s, needs(crm.ToRead, crm.RecordInvoice), getting("invoices", "list-invoices", "/invoices", "List invoices, the newest first"), s.listInvoices)
	operate(s, needs(crm.ToCreate, crm.RecordInvoice), doing("invoices", "create-invoice", http.MethodPost, "/invoices", "Invoice an order, or a part of it"), s.createInvoice)
	operate(s, needs(crm.ToRead, crm.RecordInvoice), getting("invoices", "get-invoice", "/invoices/{id}", "Get an invoice with its payments"), s.getInvoice)
	operate(s, needs(crm.ToUpdate, crm.RecordInvoice), doing("invoices", "cancel-invoice", http.MethodPost, "/invoices/{id}/cancel", "Cancel an invoice for which nothing is paid"), s.cancelInvoice)
	operate(s, needs(crm.ToRead, crm.RecordPayment), getting("invoices", "list-payments", "/payments", "List payments, the newest first"), s.listPayments)
	operate(s, needs(crm.ToCreate, crm.RecordPayment), doing("invoices", "create-payment", http.MethodPost, "/invoices/{id}/payments", "Note money that came in"), s.createPayment)
	operate(s, needs(crm.ToCreate, crm.RecordPayment), doing("invoices", "reverse-payment", http.MethodPost, "/payments/{id}/reverse", "Take back a payment that was noted wrongly, once, by another that refers to it"), s.reversePayment)
}

func (s *Server) listInvoices(ctx context.Context, in *ofOpportunity) (*one[Page[InvoiceView]], error) {
	list, next, err := crm.FindInvoices(ctx, s.DB, accessFrom(ctx), in.filter())
	return views(list, next, err, invoiceView)
}

func (s *Server) listPayments(ctx context.Context, in *ofOpportunity) (*one[Page[crm.Payment]], error) {
	list, next, err := crm.FindPayments(ctx, s.DB, accessFrom(ctx), in.filter())
	return page(list, next), err
}

func (s *Server) getInvoice(ctx context.Context, in *IDInput) (*versioned[InvoiceView], error) {
	i, err := crm.InvoiceByID(ctx, s.DB, accessFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	v := invoiceView(i)
	v.Payments, err = crm.PaymentsOf(ctx, s.DB, accessFrom(ctx), i.ID)
	return &versioned[InvoiceView]{etag(i.Version), v}, err
}

func (s *Server) createInvoice(ctx context.Context, in *createInvoiceInput) (*versioned[InvoiceView], error) {
	quantities := make(map[int]int64, len(in.Body.Quantities))
	for place, quantity := range in.Body.Quantities {
		n, err := strconv.Atoi(place)
		if err != nil || n < 0 || quantity < 1 {
			return nil, invalidField("quantities."+place, "want the place of a line, from 0, and a quantity of 1 or more")
		}
		quantities[n] = quantity
	}
	return saved(ctx, s, Expectation{}, invoiceView, func(tx *sqldb.Tx, ch crm.Change, _ int64) (crm.Invoice, error) {
		return crm.CreateInvoice(ctx, tx, ch, in.Body.OrderID, quantities, in.Body.DueAt)
	})
}

func (s *Server) cancelInvoice(ctx context.Context, in *cancelInput) (*versioned[InvoiceView], error) {
	return saved(ctx, s, in.Expectation, invoiceView, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.Invoice, error) {
		return crm.CancelInvoice(ctx, tx, ch, in.ID, version, in.Body.Reason)
	})
}

func (s *Server) createPayment(ctx context.Context, in *createPaymentInput) (*versioned[crm.Payment], error) {
	p := crm.Payment{InvoiceID: in.ID, Amount: in.Body.Amount, PaidAt: in.Body.PaidAt, Method: in.Body.Method, Reference: in.Body.Reference}
	return saved(ctx, s, Expectation{}, itself, func(tx *sqldb.Tx, ch crm.Change, _ int64) (crm.Payment, error) {
		return crm.CreatePayment(ctx, tx, ch, p)
	})
}

func (s *Server) reversePayment(ctx context.Context, in *reversePaymentInput) (*versioned[crm.Payment], error) {
	return saved(ctx, s, Expectation{}, itself, func(tx *sqldb.Tx, ch crm.Change, _ int64) (crm.Payment, error) {
		return crm.ReversePayment(ctx, tx, ch, in.ID, in.Body.Reason)
	})
}

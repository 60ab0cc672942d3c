package web

import (
	"context"
	"net/http"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// QuoteView is a quote with what it comes to.
type QuoteView struct {
	crm.Quote
	Sums crm.Sums `json:"sums"`
}

func quoteView(q crm.Quote) QuoteView { return QuoteView{q, q.Sums()} }

// QuoteBody is what people enter of a quote.
type QuoteBody struct {
	Currency   string     `json:"currency,omitempty" maxLength:"3" doc:"Empty: the opportunity's."`
	ValidUntil time.Time  `json:"valid_until,omitzero"`
	PriceList  string     `json:"price_list_id,omitempty" maxLength:"100" doc:"Gives the prices of lines with a product and no price."`
	Discount   int64      `json:"discount,omitempty" minimum:"0" maximum:"10000" doc:"On all lines, in basis points."`
	Notes      string     `json:"notes,omitempty" maxLength:"4000"`
	Lines      []LineBody `json:"lines" nullable:"false" minItems:"1" maxItems:"500"`
}

// LineBody is a line of a quote.
type LineBody struct {
	ProductID string `json:"product_id,omitempty" maxLength:"100"`
	Text      string `json:"text,omitempty" maxLength:"1000" doc:"Empty: the product's name, unit and tax."`
	Quantity  int64  `json:"quantity" minimum:"1" doc:"In thousandths of the unit."`
	Unit      string `json:"unit,omitempty" maxLength:"20"`
	Price     int64  `json:"price,omitempty" doc:"Of one unit, net, in minor units; 0: that of the price list."`
	Discount  int64  `json:"discount,omitempty" minimum:"0" maximum:"10000" doc:"Basis points."`
	Tax       int64  `json:"tax,omitempty" minimum:"0" maximum:"10000" doc:"Basis points."`
}

func (b *QuoteBody) apply(q *crm.Quote) {
	if b.Currency != "" {
		q.Currency = b.Currency
	}
	q.ValidUntil, q.Discount, q.Notes, q.Lines = b.ValidUntil, b.Discount, b.Notes, nil
	for _, l := range b.Lines {
		q.Lines = append(q.Lines, crm.Line{ProductID: l.ProductID, Text: l.Text, Quantity: l.Quantity, Unit: l.Unit, Price: l.Price, Discount: l.Discount, Tax: l.Tax})
	}
}

type (
	createQuoteInput struct {
		Body struct {
			OpportunityID string `json:"opportunity_id" minLength:"1" maxLength:"100"`
			QuoteBody
		}
	}
	updateQuoteInput struct {
		IDInput
		Expectation
		Body QuoteBody
	}
	decideQuoteInput struct {
		IDInput
		Expectation
		Body struct {
			Accepted bool   `json:"accepted"`
			Reason   string `json:"reason,omitempty" maxLength:"500" doc:"Why it was declined."`
		}
	}
)

func (s *Server) quoteRoutes() {
	operate(s, needs(crm.ToRead, crm.RecordQuote), getting("quotes", "list-quotes", "/quotes", "List quotes, the newest first"), s.listQuotes)
	operate(s, needs(crm.ToCreate, crm.RecordQuote), doing("quotes", "create-quote", http.MethodPost, "/quotes", "Draft a quote"), s.createQuote)
	operate(s, needs(crm.ToRead, crm.RecordQuote), getting("quotes", "get-quote", "/quotes/{id}", "Get a quote"), s.getQuote)
	operate(s, needs(crm.ToUpdate, crm.RecordQuote), doing("quotes", "update-quote", http.MethodPut, "/quotes/{id}", "Change a draft"), s.updateQuote)
	operate(s, needs(crm.ToUpdate, crm.RecordQuote), doing("quotes", "send-quote", http.MethodPost, "/quotes/{id}/send", "Send a draft"), s.sendQuote)
	operate(s, needs(crm.ToUpdate, crm.RecordQuote), doing("quotes", "revise-quote", http.MethodPost, "/quotes/{id}/revise", "Draft a revision of a quote that was sent or declined"), s.reviseQuote)
	operate(s, needs(crm.ToUpdate, crm.RecordQuote), doing("quotes", "decide-quote", http.MethodPost, "/quotes/{id}/decide", "Note what the customer said"), s.decideQuote)
}

func (s *Server) listQuotes(ctx context.Context, in *ofOpportunity) (*one[Page[QuoteView]], error) {
	list, next, err := crm.FindQuotes(ctx, s.DB, accessFrom(ctx), in.filter())
	return views(list, next, err, quoteView)
}

func (s *Server) getQuote(ctx context.Context, in *IDInput) (*versioned[QuoteView], error) {
	q, err := crm.QuoteByID(ctx, s.DB, accessFrom(ctx), in.ID)
	return &versioned[QuoteView]{etag(q.Version), quoteView(q)}, err
}

func (s *Server) createQuote(ctx context.Context, in *createQuoteInput) (*versioned[QuoteView], error) {
	q := crm.Quote{OpportunityID: in.Body.OpportunityID}
	in.Body.apply(&q)
	return saved(ctx, s, Expectation{}, quoteView, func(tx *sqldb.Tx, ch crm.Change, _ int64) (crm.Quote, error) {
		return crm.CreateQuote(ctx, tx, ch, q, in.Body.PriceList)
	})
}

func (s *Server) updateQuote(ctx context.Context, in *updateQuoteInput) (*versioned[QuoteView], error) {
	return saved(ctx, s, in.Expectation, quoteView, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.Quote, error) {
		return crm.UpdateQuote(ctx, tx, ch, in.ID, version, in.Body.PriceList, in.Body.apply)
	})
}

func (s *Server) sendQuote(ctx context.Context, in *stepInput) (*versioned[QuoteView], error) {
	return saved(ctx, s, in.Expectation, quoteView, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.Quote, error) {
		return crm.SendQuote(ctx, tx, ch, in.ID, version)
	})
}

func (s *Server) reviseQuote(ctx context.Context, in *stepInput) (*versioned[QuoteView], error) {
	return saved(ctx, s, in.Expectation, quoteView, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.Quote, error) {
		return crm.ReviseQuote(ctx, tx, ch, in.ID, version)
	})
}

func (s *Server) decideQuote(ctx context.Context, in *decideQuoteInput) (*versioned[QuoteView], error) {
	return saved(ctx, s, in.Expectation, quoteView, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.Quote, error) {
		return crm.DecideQuote(ctx, tx, ch, in.ID, version, in.Body.Accepted, in.Body.Reason)
	})
}

package crm

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Quote is what the company offers for an opportunity. A quote that was sent is never changed: a
// revision takes its place.
type Quote struct {
	Meta
	OpportunityID string    `json:"opportunity_id"`
	Number        string    `json:"number"`   // Q-2026-0001, the same for all revisions
	Revision      int       `json:"revision"` // from 1
	State         string    `json:"state"`    // draft, sent, accepted, declined, superseded
	Currency      string    `json:"currency"`
	ValidUntil    time.Time `json:"valid_until,omitzero"`
	Lines         []Line    `json:"lines"`
	Discount      int64     `json:"discount"` // on all lines, basis points
	Notes         string    `json:"notes"`
	SentAt        time.Time `json:"sent_at,omitzero"`
	DecidedAt     time.Time `json:"decided_at,omitzero"`
	Reason        string    `json:"reason"` // why it was declined
}

// States of a quote.
const (
	QuoteDraft      = "draft"
	QuoteSent       = "sent"
	QuoteAccepted   = "accepted"
	QuoteDeclined   = "declined"
	QuoteSuperseded = "superseded"
)

const maxNotes = 4000

// Sums are what the quote comes to.
func (q *Quote) Sums() Sums { return Total(q.Lines, q.Discount) }

func (q *Quote) check() error {
	m := Money{1, q.Currency}
	if err := m.check("currency"); err != nil {
		return err
	}
	q.Currency = m.Currency
	switch {
	case q.Discount < 0 || q.Discount > allBasisPoints:
		return invalid("discount", "is %d: want 0 to 10000 basis points", q.Discount)
	case len(q.Notes) > maxNotes:
		return invalid("notes", "has %d bytes: at most %d are kept", len(q.Notes), maxNotes)
	}
	return checkLines(q.Lines)
}

// Send makes a draft an offer.
func (q *Quote) Send(now time.Time) error {
	switch {
	case q.State != QuoteDraft:
		return invalid("state", "it is %s: only a draft is sent", q.State)
	case !q.ValidUntil.IsZero() && !q.ValidUntil.After(now):
		return invalid("valid_until", "is over: nobody could accept it")
	}
	q.State, q.SentAt = QuoteSent, now
	return nil
}

// Decide notes what the customer said.
func (q *Quote) Decide(accepted bool, reason string, now time.Time) error {
	switch {
	case q.State != QuoteSent:
		return invalid("state", "it is %s: a customer decides on what was sent", q.State)
	case accepted && !q.ValidUntil.IsZero() && !now.Before(q.ValidUntil):
		return invalid("valid_until", "it was valid until %s: send a revision", q.ValidUntil.Format(time.DateOnly))
	case !accepted && tidy(reason) == "":
		return invalid("reason", "is empty: say why it was declined")
	}
	q.State, q.DecidedAt, q.Reason = QuoteDeclined, now, tidy(reason)
	if accepted {
		q.State = QuoteAccepted
	}
	return checkText("reason", q.Reason, maxReason)
}

var quotes = table[Quote, *Quote]{kind: RecordQuote, name: "quotes",
	columns: []string{"opportunity_id", "number", "revision", "state", "currency", "valid_until", "lines", "discount", "notes", "sent_at", "decided_at", "reason"},
	bind: func(q *Quote) []any {
		return []any{&q.OpportunityID, &q.Number, &q.Revision, &q.State, &q.Currency, atColumn{&q.ValidUntil}, jsonColumn{&q.Lines}, &q.Discount, &q.Notes,
			atColumn{&q.SentAt}, atColumn{&q.DecidedAt}, &q.Reason}
	}}

// standingQuotes are what an opportunity is offered by now: what was superseded or declined is not.
func standingQuotes(ctx context.Context, q sqldb.Querier, opportunityID string) ([]Quote, error) {
	return quotes.find(ctx, q, "WHERE opportunity_id = $1 AND state IN ('draft', 'sent', 'accepted') ORDER BY id", opportunityID)
}

// dealOf loads the opportunity of a quote, which has to be in one of some states.
func (q *Quote) dealOf(ctx context.Context, tx *sqldb.Tx, states ...string) (Opportunity, error) {
	o, err := opportunities.byID(ctx, tx, System(), q.OpportunityID, 0)
	if err == nil && !slices.Contains(states, o.State) {
		err = invalid("opportunity_id", "the opportunity is %s: reopen it first", o.State)
	}
	return o, err
}

// speak refuses a currency in which the opportunity is not spoken about: that of what it is worth, and
// of the other quotes that stand.
func (q *Quote) speak(o *Opportunity, standing []Quote) error {
	q.Currency = strings.ToUpper(strings.TrimSpace(q.Currency))
	for i := range standing {
		other := &standing[i]
		if other.ID == q.ID {
			continue
		}
		if q.Currency == "" && o.Amount.Currency == "" {
			q.Currency = other.Currency
		}
		if q.Currency != "" && q.Currency != other.Currency {
			return invalid("currency", "is %s: quote %s of this opportunity is in %s; quote in that, or open another opportunity", q.Currency, other.Number, other.Currency)
		}
	}
	if q.Currency == "" {
		q.Currency = o.Amount.Currency
	}
	if o.Amount.Currency != "" && q.Currency != o.Amount.Currency {
		return invalid("currency", "is %s: the opportunity's amount is in %s; quote in that, or change the amount's currency first", q.Currency, o.Amount.Currency)
	}
	return nil
}

// CreateQuote saves a draft for an opportunity that is open. priceList, which may be empty, gives the
// prices of lines that name a product and no price.
func CreateQuote(ctx context.Context, tx *sqldb.Tx, ch Change, q Quote, priceList string) (Quote, error) {
	o, err := optional(q.OpportunityID, func(id string) (Opportunity, error) { return opportunities.byID(ctx, tx, ch.Access, id, 0) }, "opportunity_id")
	if err != nil {
		return Quote{}, err
	}
	if o.State != StateOpen {
		return Quote{}, invalid("opportunity_id", "want an opportunity that is open")
	}
	standing, err := standingQuotes(ctx, tx, o.ID)
	if err != nil {
		return Quote{}, err
	}
	if err := q.speak(&o, standing); err != nil {
		return Quote{}, err
	}
	if err := priced(ctx, tx, q.Lines, priceList, q.Currency, ch.At); err != nil {
		return Quote{}, err
	}
	q.State, q.Revision = QuoteDraft, 1
	if err := q.check(); err != nil {
		return Quote{}, err // before a number is taken
	}
	if q.Number, err = nextNumber(ctx, tx, "Q", ch.At); err != nil {
		return Quote{}, err
	}
	if err := quotes.create(ctx, tx, ch, &q); err != nil {
		return Quote{}, err
	}
	return q, followDraft(ctx, tx, ch, &q)
}

// UpdateQuote changes a draft. With other terms it is approved anew.
func UpdateQuote(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64, priceList string, change func(*Quote)) (Quote, error) {
	var before QuoteTerms
	q, err := quotes.change(ctx, tx, ch, id, version, "update", func(q *Quote) error {
		before = q.Terms()
		if q.State != QuoteDraft {
			return invalid("state", "it is %s: make a revision", q.State)
		}
		o, err := q.dealOf(ctx, tx, StateOpen)
		if err != nil {
			return err
		}
		standing, err := standingQuotes(ctx, tx, o.ID)
		if err != nil {
			return err
		}
		change(q)
		if err := q.speak(&o, standing); err != nil {
			return err
		}
		return priced(ctx, tx, q.Lines, priceList, q.Currency, ch.At)
	})
	if err != nil || q.Terms() == before {
		return q, err
	}
	return q, followDraft(ctx, tx, ch, &q)
}

// ReviseQuote makes a draft of a quote that was sent; the earlier revision is superseded.
func ReviseQuote(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64) (Quote, error) {
	old, err := quotes.change(ctx, tx, ch, id, version, "supersede", func(q *Quote) error {
		if q.State != QuoteSent && q.State != QuoteDeclined {
			return invalid("state", "it is %s: a revision takes the place of one that was sent or declined", q.State)
		}
		q.State = QuoteSuperseded
		_, err := q.dealOf(ctx, tx, StateOpen)
		return err
	})
	if err != nil {
		return Quote{}, err
	}
	next := old
	next.State, next.Revision, next.SentAt, next.DecidedAt, next.Reason = QuoteDraft, old.Revision+1, time.Time{}, time.Time{}, ""
	if err := quotes.create(ctx, tx, ch, &next); err != nil {
		return Quote{}, err
	}
	return next, followDraft(ctx, tx, ch, &next)
}

// SendQuote sends a draft. From then on the opportunity is worth what the quote comes to, net.
func SendQuote(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64) (Quote, error) {
	q, err := quotes.change(ctx, tx, ch, id, version, "send", func(q *Quote) error {
		o, err := q.dealOf(ctx, tx, StateOpen)
		if err != nil {
			return err
		}
		if err := q.speak(&o, nil); err != nil {
			return err
		}
		if err := q.Send(ch.At); err != nil {
			return err
		}
		return q.demandApprovals(ctx, tx, ch, &o)
	})
	if err != nil {
		return Quote{}, err
	}
	_, err = ChangeOpportunity(ctx, tx, ch.follows(), q.OpportunityID, 0, "quote", func(o *Opportunity, _ *Process, _ Facts) error {
		o.Amount = Money{q.Sums().Net, q.Currency}
		return nil
	})
	return q, err
}

// DecideQuote notes what the customer said to a quote of an opportunity that is not lost: one that is
// won may be decided on, for the order.
func DecideQuote(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64, accepted bool, reason string) (Quote, error) {
	return quotes.change(ctx, tx, ch, id, version, "decide", func(q *Quote) error {
		if _, err := q.dealOf(ctx, tx, StateOpen, StateWon); err != nil {
			return err
		}
		return q.Decide(accepted, reason, ch.At)
	})
}

// QuoteByID loads a quote.
func QuoteByID(ctx context.Context, q sqldb.Querier, a *Access, id string) (Quote, error) {
	return quotes.byID(ctx, q, a, id, 0)
}

// FindQuotes lists quotes, of one opportunity or of all, the newest first, a page at a time.
func FindQuotes(ctx context.Context, q sqldb.Querier, a *Access, f DealFilter) ([]Quote, string, error) {
	w, err := f.where(ctx, q, a, RecordQuote)
	if err != nil {
		return nil, "", err
	}
	return quotes.page(ctx, q, a, w, f.Cursor, f.Limit)
}

// A DealFilter chooses quotes, orders, invoices or payments; empty fields do not narrow.
type DealFilter struct {
	OpportunityID string
	View          ViewOf
	Cursor        string
	Limit         int
}

func (f *DealFilter) where(ctx context.Context, q sqldb.Querier, a *Access, kind string) (*where, error) {
	w := &where{}
	if err := w.narrow(a, kind, narrowing{"opportunity_id", f.OpportunityID}); err != nil {
		return nil, err
	}
	return w, f.View.restrict(ctx, q, a, w, (*scope).deals)
}

// nextNumber takes the next number of a kind of document in a year. It is taken in the transaction
// that makes the document, so that no number is left out.
func nextNumber(ctx context.Context, tx *sqldb.Tx, kind string, now time.Time) (string, error) {
	year := now.UTC().Year()
	if _, err := tx.Exec(ctx, `INSERT INTO document_numbers (kind, year, last) VALUES ($1, $2, 1)
		ON CONFLICT (kind, year) DO UPDATE SET last = document_numbers.last + 1`, kind, year); err != nil {
		return "", fmt.Errorf("take a number: %w", err)
	}
	var n int64
	if err := tx.QueryRow(ctx, "SELECT last FROM document_numbers WHERE kind = $1 AND year = $2", kind, year).Scan(&n); err != nil {
		return "", fmt.Errorf("take a number: %w", err)
	}
	return fmt.Sprintf("%s-%d-%04d", kind, year, n), nil
}

package crm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// QuoteTerms are what a quote offers, as the rule of a process sees it and as an approval keeps it.
type QuoteTerms struct {
	Number   string `json:"number"`
	Revision int64  `json:"revision"`
	Currency string `json:"currency"`
	Net      int64  `json:"net"`      // minor units
	Discount int64  `json:"discount"` // all in all, off the lines and off the whole, basis points
	Content  string `json:"content"`  // a fingerprint of the lines and the discount
}

// Terms are what the quote offers.
func (q *Quote) Terms() QuoteTerms {
	t := QuoteTerms{Number: q.Number, Revision: int64(q.Revision), Currency: q.Currency, Net: q.Sums().Net}
	full := int64(0)
	for _, l := range q.Lines {
		full += scale(l.Price, l.Quantity, 1000)
	}
	if full > 0 {
		t.Discount = scale(full-t.Net, allBasisPoints, full)
	}
	sum := sha256.Sum256([]byte(auditText(map[string]any{"lines": q.Lines, "discount": q.Discount})))
	t.Content = hex.EncodeToString(sum[:8])
	return t
}

// quoteProcesses are the processes that are chosen for a draft by their rules, and the facts that they
// were chosen by.
func quoteProcesses(ctx context.Context, tx *sqldb.Tx, ch Change, q *Quote, o *Opportunity) (chosen []Process, f Facts, err error) {
	all, err := Processes(ctx, tx)
	all = slices.DeleteFunc(all, func(p Process) bool { return !p.Enabled || p.StartOn != StartQuote })
	if err != nil || len(all) == 0 {
		return nil, f, err
	}
	if f, err = factsOf(ctx, tx, o, o.ProcessID, ch.At); err != nil {
		return nil, f, err
	}
	f.Quote = q.Terms()
	return slices.DeleteFunc(all, func(p Process) bool { return !holds(p.When, f) }), f, nil
}

// followDraft starts the processes that are chosen for a draft. One that has gone on with other terms
// starts again.
func followDraft(ctx context.Context, tx *sqldb.Tx, ch Change, q *Quote) error {
	o, err := opportunities.byID(ctx, tx, System(), q.OpportunityID, 0)
	if err != nil {
		return err
	}
	chosen, _, err := quoteProcesses(ctx, tx, ch, q, &o)
	if err != nil {
		return err
	}
	for i := range chosen {
		p := &chosen[i]
		if run, err := sideByID(ctx, tx, o.ID, p.ID); err == nil && run.FinishedAt.IsZero() && run.Stage == p.Stages[0].Name {
			continue
		}
		if _, err := startSide(ctx, tx, ch.follows(), &o, p, true); err != nil {
			return err
		}
	}
	return nil
}

// demandApprovals refuses to send a quote while a process that is chosen for it asks for an approval
// that was not given for these terms.
func (q *Quote) demandApprovals(ctx context.Context, tx *sqldb.Tx, ch Change, o *Opportunity) error {
	chosen, f, err := quoteProcesses(ctx, tx, ch, q, o)
	if err != nil || len(chosen) == 0 {
		return err
	}
	s, terms := f.sanction, f.Quote
	s.offered, s.amount = []QuoteTerms{terms}, Money{terms.Net, terms.Currency} // which sending makes it
	var missing []Missing
	for i := range chosen {
		p := &chosen[i]
		run, err := sideByID(ctx, tx, o.ID, p.ID)
		if err != nil {
			run = SideProcess{StartedAt: ch.At}
		} else if p, err = ProcessByID(ctx, tx, run.ProcessID, run.Process); err != nil {
			return err
		}
		for _, stage := range s.unapproved(p, run) {
			missing = append(missing, Missing{"approval", stage.Gate.Approval,
				fmt.Sprintf("somebody with the role %s has to approve stage %s of process %s, beside the opportunity", stage.Gate.Approval, stage.Name, p.Name)})
		}
	}
	if len(missing) > 0 {
		return &GateClosed{Quote: q.Number, Missing: missing}
	}
	return nil
}

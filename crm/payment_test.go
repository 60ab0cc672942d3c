package crm_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func pay(t *testing.T, db *sqldb.DB, invoice string, amount int64, at time.Time) (p crm.Payment) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) (err error) {
		p, err = crm.CreatePayment(t.Context(), tx, as("anna", at), crm.Payment{InvoiceID: invoice, Amount: crm.Money{Amount: amount, Currency: "EUR"}})
		return err
	})
	return p
}

func reverse(t *testing.T, db *sqldb.DB, id, reason string, at time.Time) (p crm.Payment, err error) {
	err = db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
		p, err = crm.ReversePayment(t.Context(), tx, as("anna", at), id, reason)
		return err
	})
	return p, err
}

func invoiceOf(t *testing.T, db *sqldb.DB, id string) crm.Invoice {
	t.Helper()
	i, err := crm.InvoiceByID(t.Context(), db, crm.System(), id)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestReversePayment(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		_, i := invoiced(t, db, noon)
		net, later := i.Sums().Net, noon.AddDate(0, 2, 0)
		p := pay(t, db, i.ID, i.Due(), noon)
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.CloseCreditPeriod(t.Context(), tx, as("maria", later), "2026-03")
			return err
		})
		_, err := reverse(t, db, p.ID, " ", later)
		wantInvalid(t, err, "reason")
		back, err := reverse(t, db, p.ID, "of another customer", later)
		if err != nil || back.Reverses != p.ID || back.Amount.Amount != -p.Amount.Amount || back.Reason != "of another customer" {
			t.Fatalf("got %+v, %v", back, err)
		}
		if got := invoiceOf(t, db, i.ID); got.State != crm.InvoiceIssued || got.Paid != 0 || !got.PaidAt.IsZero() || got.Due() != i.Due() {
			t.Errorf("got %+v: want it open, and all of it due", got)
		}
		_, err = reverse(t, db, p.ID, "again", later)
		wantErr(t, err, crm.ErrConflict)
		_, err = reverse(t, db, back.ID, "not so", later)
		wantInvalid(t, err, "id")
		_, err = reverse(t, db, "none", "not there", later)
		wantErr(t, err, crm.ErrNotFound)

		sums, _ := credited(t, db, crm.StatementFilter{Basis: crm.BasisPaid})
		if diff := cmp.Diff(map[string]int64{"2026-03 anna": net, "2026-05 anna": -net}, sums); diff != "" {
			t.Errorf("credit (-want +got):\n%s", diff)
		}
		c, err := crm.CaseOf(t.Context(), db, crm.System(), i.OpportunityID)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(c.Events, func(e crm.CaseEvent) bool {
			return e.Kind == "payment" && e.Title == "Payment of invoice I-2026-0001 taken back" && e.Reason == "of another customer" && e.Amount.Amount == -p.Amount.Amount
		}) {
			t.Errorf("the case tells nothing of it: %+v", c.Events)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.CancelInvoice(t.Context(), tx, as("anna", later), i.ID, 0, "wrong customer")
			return err
		})
	})
}

// Whoever got credit for a payment gives it back, not who would get it today.
func TestReversalTakesFromWhoGotIt(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		people(t, db)
		o, i := invoiced(t, db, noon)
		p := pay(t, db, i.ID, i.Due()/3, noon)
		update(t, db, func(tx *sqldb.Tx) error {
			return crm.AssignOwner(t.Context(), tx, as("maria", noon), crm.RecordOpportunity, o.ID, "bert")
		})
		if _, err := reverse(t, db, p.ID, "of another customer", noon.AddDate(0, 1, 0)); err != nil {
			t.Fatal(err)
		}
		sums, _ := credited(t, db, crm.StatementFilter{Basis: crm.BasisPaid})
		if got := sums["2026-03 anna"]; got <= 0 || sums["2026-04 anna"] != -got || len(sums) != 2 {
			t.Errorf("got %v: want what Anna got taken from Anna", sums)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.RecountCredit(t.Context(), tx, as("maria", noon.AddDate(0, 1, 1)), "2026-04")
			return err
		})
		again, lines := credited(t, db, crm.StatementFilter{Basis: crm.BasisPaid})
		if diff := cmp.Diff(sums, again); diff != "" {
			t.Errorf("a recount from April on, in which it was taken back, changes (-before +after):\n%s", diff)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.RecountCredit(t.Context(), tx, as("maria", noon.AddDate(0, 1, 1)), "2026-03")
			return err
		})
		again, _ = credited(t, db, crm.StatementFilter{Basis: crm.BasisPaid})
		total := int64(0)
		for _, n := range again {
			total += n
		}
		if total != 0 || again["2026-03 bert"] != sums["2026-03 anna"] || again["2026-04 bert"] != -again["2026-03 bert"] {
			t.Errorf("a recount of both came to %v, after %d lines: want all of it Bert's, and nothing left", again, len(lines))
		}
	})
}

// Whatever is paid and taken back in whatever order, each line is credited with what is paid of it, to
// the cent.
func TestReversalsAddUp(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		random := rand.New(rand.NewPCG(5, 6))
		for range 8 {
			_, i := invoiced(t, db, noon)
			var open []crm.Payment
			for range 12 {
				now := invoiceOf(t, db, i.ID)
				if due := now.Due(); due > 0 && (len(open) == 0 || random.IntN(3) > 0) {
					open = append(open, pay(t, db, i.ID, 1+random.Int64N(due), noon))
				} else {
					at := random.IntN(len(open))
					if _, err := reverse(t, db, open[at].ID, "wrong", noon); err != nil {
						t.Fatal(err)
					}
					open = slices.Delete(open, at, at+1)
				}
				now = invoiceOf(t, db, i.ID)
				want := crm.PaidNets(&now, now.Paid)
				got := make([]int64, len(want))
				_, lines := credited(t, db, crm.StatementFilter{Basis: crm.BasisPaid, OpportunityID: i.OpportunityID})
				for _, l := range lines {
					got[l.Line] += l.Amount
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("%d of %d are paid; credit by line (-want +got):\n%s", now.Paid, now.Sums().Gross, diff)
				}
			}
		}
	})
}

package crm_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// Whatever the rules and whoever took part, what is no overlay adds up to all of it.
func TestCreditAddsUp(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	ways := []string{"source", "lead", "owner", "activities", "territory"}
	for range 5000 {
		var r crm.CreditRules
		left := int64(10_000)
		for i, way := range ways {
			share := 1 + random.Int64N(left-int64(len(ways)-i))
			if i == len(ways)-1 {
				share = left
			}
			left -= share
			r.Parts = append(r.Parts, crm.CreditPart{Name: way, Share: share, To: way})
		}
		r.Parts = append(r.Parts, crm.CreditPart{Name: "overlay", Share: 1 + random.Int64N(10_000), To: "owner", Overlay: true})
		if err := r.Check(nil); err != nil {
			t.Fatal(err)
		}
		takers := map[string][]crm.CreditTaker{}
		for _, way := range ways {
			for i := range random.IntN(4) {
				takers[way] = append(takers[way], crm.CreditTaker{Type: crm.TakerUser, ID: fmt.Sprint(i), Weight: random.Int64N(9)})
			}
		}
		amount := random.Int64N(2_000_000_00) - 1_000_000_00
		all := r.Split(amount, takers, crm.Facts{})
		var got, share int64
		for _, s := range all {
			if !s.Overlay {
				got, share = got+s.Amount, share+s.Share
			}
		}
		if got != amount || share != 1_000_000 {
			t.Fatalf("%d was credited of %d, and %d millionths: %+v", got, amount, share, all)
		}
	}
}

func TestCreditSplit(t *testing.T) {
	r := crm.DefaultCreditRules()
	r.Parts = append(r.Parts, crm.CreditPart{Name: "Managers", Share: 1000, To: "owner", Role: "manager", Overlay: true},
		crm.CreditPart{Name: "Large", Share: 500, To: "owner", Overlay: true, When: "opportunity.amount.amount > 100000"},
		crm.CreditPart{Name: "Cannot be judged", Share: 500, To: "owner", Overlay: true, When: "fields.size > 3"})
	user := func(id string, weight int64) crm.CreditTaker {
		return crm.CreditTaker{Type: crm.TakerUser, ID: id, Weight: weight}
	}
	manager := user("maria", 1)
	manager.Roles = []string{"manager"}
	for name, test := range map[string]struct {
		takers map[string][]crm.CreditTaker
		want   []string
	}{
		"OKNobody":  {nil, []string{"Nobody took part company  10001"}},
		"OKOneLeft": {map[string][]crm.CreditTaker{"owner": {user("anna", 1)}}, []string{"Owner user anna 10001"}},
		"OKInProportion": {map[string][]crm.CreditTaker{"owner": {user("anna", 1)}, "source": {{Type: crm.TakerSource, ID: "mention", Weight: 1}}},
			[]string{"Marketing source source mention 3334", "Owner user anna 6667"}},
		"OKWeights": {map[string][]crm.CreditTaker{"activities": {user("anna", 2), user("bert", 1)}},
			[]string{"Work on the case user anna 6667", "Work on the case user bert 3334"}},
		"OKOverlay": {map[string][]crm.CreditTaker{"owner": {manager}}, []string{"Owner user maria 10001", "Managers user maria 1000 overlay"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range r.Split(10_001, test.takers, crm.Facts{}) {
				text := fmt.Sprint(s.Part, " ", s.Taker.Type, " ", s.Taker.ID, " ", s.Amount)
				if s.Overlay {
					text += " overlay"
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("shares (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCreditRulesRefuse(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*crm.CreditRules)
		field  string
	}{
		"ErrSum":   {func(r *crm.CreditRules) { r.Parts[0].Share++ }, "parts"},
		"ErrWay":   {func(r *crm.CreditRules) { r.Parts[0].To = "luck" }, "parts[0].to"},
		"ErrRole":  {func(r *crm.CreditRules) { r.Parts[0].Role = "king" }, "parts[0].role"},
		"ErrTwice": {func(r *crm.CreditRules) { r.Parts[1].Name = r.Parts[0].Name }, "parts[1].name"},
		"ErrShare": {func(r *crm.CreditRules) { r.Parts[0].Share = 0 }, "parts[0].share"},
		"ErrWhen":  {func(r *crm.CreditRules) { r.Parts[0].When = "opportunity.colour == 1" }, "parts[0].when"},
		"ErrNone":  {func(r *crm.CreditRules) { r.Parts = nil }, "parts"},
	} {
		t.Run(name, func(t *testing.T) {
			r := crm.DefaultCreditRules()
			test.change(&r)
			wantInvalid(t, r.Check(nil), test.field)
		})
	}
}

// invoiced makes an opportunity with an order and one invoice of it.
func invoiced(t *testing.T, db *sqldb.DB, at time.Time) (o crm.Opportunity, i crm.Invoice) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) (err error) {
		ch := as("anna", at)
		if o, err = crm.CreateOpportunity(t.Context(), tx, ch, crm.Opportunity{Name: "Grills", OwnerID: "anna"}); err != nil {
			return err
		}
		q, err := crm.CreateQuote(t.Context(), tx, ch, crm.Quote{OpportunityID: o.ID, Currency: "EUR", Discount: 333, Lines: []crm.Line{
			{Text: "=Grill", Quantity: 3000, Price: 3333, Tax: 1900}, {Text: "Delivery", Quantity: 1000, Price: 1999, Tax: 700}}}, "")
		if err != nil {
			return err
		}
		if _, err = crm.SendQuote(t.Context(), tx, ch, q.ID, 0); err != nil {
			return err
		}
		if _, err = crm.DecideQuote(t.Context(), tx, ch, q.ID, 0, true, ""); err != nil {
			return err
		}
		order, err := crm.CreateOrder(t.Context(), tx, ch, q.ID)
		if err != nil {
			return err
		}
		i, err = crm.CreateInvoice(t.Context(), tx, ch, order.ID, nil, time.Time{})
		return err
	})
	return o, i
}

func credited(t *testing.T, db *sqldb.DB, f crm.StatementFilter) (sums map[string]int64, lines []crm.StatementLine) {
	t.Helper()
	lines, err := crm.Statement(t.Context(), db, crm.System(), f)
	if err != nil {
		t.Fatal(err)
	}
	sums = map[string]int64{}
	for _, l := range lines {
		sums[l.Period+" "+l.TakerID] += l.Amount
	}
	return sums, lines
}

func TestCreditFollowsTheMoney(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o, i := invoiced(t, db, noon)
		net := i.Sums().Net
		pay := func(amount int64, at time.Time) {
			t.Helper()
			update(t, db, func(tx *sqldb.Tx) error {
				_, err := crm.CreatePayment(t.Context(), tx, as("anna", at), crm.Payment{InvoiceID: i.ID, Amount: crm.Money{Amount: amount, Currency: "EUR"}})
				return err
			})
		}
		if sums, _ := credited(t, db, crm.StatementFilter{Basis: crm.BasisInvoiced}); sums["2026-03 anna"] != net {
			t.Errorf("invoiced %v: want all of %d for the owner", sums, net)
		}
		third := i.Due() / 3
		pay(third, noon)
		pay(third+1, noon.AddDate(0, 1, 0))
		pay(i.Due()-2*third-1, noon.AddDate(0, 1, 1))
		sums, lines := credited(t, db, crm.StatementFilter{Basis: crm.BasisPaid})
		if sums["2026-03 anna"]+sums["2026-04 anna"] != net || sums["2026-03 anna"] == 0 {
			t.Errorf("paid %v: want %d over two months", sums, net)
		}
		if l := lines[0]; l.Invoice != i.Number || l.Text != "=Grill" || l.Case != "Grills" || l.LineNet == 0 {
			t.Errorf("got %+v: want where it comes from", l)
		}
		file, err := crm.StatementCSV(lines)
		if err != nil || !strings.Contains(string(file), ",'=Grill,") || strings.Contains(string(file), ",=") {
			t.Errorf("got %v, %s: want no formula", err, file)
		}

		// Bert joins in; March is closed. What changes shows in April and May, and March stays.
		update(t, db, func(tx *sqldb.Tx) error {
			if _, err := crm.CloseCreditPeriod(t.Context(), tx, as("maria", noon.AddDate(0, 1, 5)), "2026-03"); err != nil {
				return err
			}
			if _, err := crm.CreateActivity(t.Context(), tx, as("bert", noon), crm.Activity{Kind: "call", RecordType: crm.RecordOpportunity, RecordID: o.ID, Subject: "Call", OwnerID: "bert"}); err != nil {
				return err
			}
			_, err := crm.RecountCredit(t.Context(), tx, as("maria", noon.AddDate(0, 1, 5)), "2026-01")
			return err
		})
		march := sums["2026-03 anna"]
		sums, lines = credited(t, db, crm.StatementFilter{Basis: crm.BasisPaid})
		if sums["2026-03 anna"] != march || sums["2026-03 bert"] != 0 || sums["2026-04 bert"] == 0 {
			t.Errorf("got %v: want March as it was closed, and Bert's part in April", sums)
		}
		total := int64(0)
		for _, n := range sums {
			total += n
		}
		if total != net || !slices.ContainsFunc(lines, func(l crm.StatementLine) bool {
			return l.Correction && strings.Contains(l.Note, "2026-03, which is closed")
		}) {
			t.Errorf("%d is credited of %d: %v", total, net, sums)
		}
		before := len(lines)
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.RecountCredit(t.Context(), tx, as("maria", noon.AddDate(0, 1, 6)), "2026-01")
			return err
		})
		if _, lines = credited(t, db, crm.StatementFilter{Basis: crm.BasisPaid}); len(lines) != before {
			t.Errorf("recounting again made %d lines of %d", len(lines), before)
		}
		wantErr(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.CloseCreditPeriod(t.Context(), tx, as("maria", noon.AddDate(0, 1, 5)), "2026-03")
			return err
		}), crm.ErrConflict)
	})
}

func TestCancelledInvoiceTakesItsCreditBack(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		_, i := invoiced(t, db, noon)
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.CancelInvoice(t.Context(), tx, as("anna", noon.AddDate(0, 2, 0)), i.ID, 0, "wrong address")
			return err
		})
		sums, _ := credited(t, db, crm.StatementFilter{})
		if net := i.Sums().Net; sums["2026-03 anna"] != net || sums["2026-05 anna"] != -net {
			t.Errorf("got %v: want %d in March and as much back in May", sums, net)
		}
	})
}

func TestSaveCreditRules(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		save := func(version int64) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := crm.SaveCreditRules(t.Context(), tx, by(noon), version, []crm.CreditPart{{Name: "Owner", Share: 10_000, To: "owner"}})
				return err
			})
		}
		if err := save(0); err != nil {
			t.Fatal(err)
		}
		wantErr(t, save(0), crm.ErrConflict)
		r, err := crm.CreditRulesInForce(t.Context(), db)
		if err != nil || r.Version != 1 || len(r.Parts) != 1 {
			t.Errorf("got %+v, %v", r, err)
		}
	})
}

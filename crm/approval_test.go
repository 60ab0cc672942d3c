package crm_test

import (
	"testing"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// managers gives people the role that approves.
func managers(t testing.TB, db *sqldb.DB, users ...string) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error {
		if _, err := crm.SaveRole(t.Context(), tx, as("anna", noon), crm.Role{Name: "manager", Grants: []crm.Grant{{Type: crm.RecordOpportunity, Action: crm.ToApprove, Level: crm.LevelAll}}}); err != nil {
			return err
		}
		for _, u := range users {
			if err := crm.SetRoles(t.Context(), tx, as("anna", noon), u, []string{"manager"}); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestApprovalTakesFourEyes(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		managers(t, db, "maria", "bert")
		saveProcess(t, db, process(func(p *crm.Process) { p.Stages[0].Gate.Approval = "manager" }))
		o := createOpportunity(t, db, crm.Opportunity{Name: "Grills", OwnerID: "maria"})
		own := func(user string) {
			if _, err := moveTo(t, db, o.ID, func(o *crm.Opportunity, _ *crm.Process, _ crm.Facts) error { o.OwnerID = user; return nil }); err != nil {
				t.Fatal(err)
			}
		}
		approve := func(user string) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				return crm.Approve(t.Context(), tx, as(user, noon.Add(time.Minute)), o.ID, "", "manager", "fine")
			})
		}
		advance := func() error { _, err := moveTo(t, db, o.ID, (*crm.Opportunity).Advance); return err }
		wantInvalid(t, approve("maria"), "role")
		own("anna")
		wantInvalid(t, approve("maria"), "role") // she owned it in this stay
		if err := approve("bert"); err != nil {
			t.Fatal(err)
		}
		own("bert")
		if got := kinds(advance()); len(got) != 1 || got[0] != "approval manager" {
			t.Errorf("missing %v: want another approval, for its giver owns it now", got)
		}
		own("anna")
		if got := kinds(advance()); len(got) != 1 {
			t.Errorf("missing %v: want another approval, for its giver owned it", got)
		}
	})
}

func TestApprovalLapsesWithTheAmount(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		managers(t, db, "maria")
		saveProcess(t, db, process(func(p *crm.Process) { p.Stages[0].Gate.Approval = "manager" }))
		o := createOpportunity(t, db, crm.Opportunity{Name: "Grills", OwnerID: "anna", Amount: crm.Money{Amount: 100, Currency: "EUR"}})
		update(t, db, func(tx *sqldb.Tx) error {
			return crm.Approve(t.Context(), tx, as("maria", noon), o.ID, "", "manager", "fine")
		})
		worth := func(amount int64) func(*crm.Opportunity, *crm.Process, crm.Facts) error {
			return func(o *crm.Opportunity, _ *crm.Process, _ crm.Facts) error { o.Amount.Amount = amount; return nil }
		}
		if _, err := moveTo(t, db, o.ID, worth(99_999_900)); err != nil {
			t.Fatal(err)
		}
		if _, err := moveTo(t, db, o.ID, (*crm.Opportunity).Advance); len(kinds(err)) != 1 {
			t.Errorf("got %v: want another approval, of the amount", err)
		}
		if _, err := moveTo(t, db, o.ID, worth(100)); err != nil {
			t.Fatal(err)
		}
		if _, err := moveTo(t, db, o.ID, (*crm.Opportunity).Advance); err != nil {
			t.Errorf("%v: it is worth what was approved", err)
		}
	})
}

func TestQuoteIsApprovedBeforeItIsSent(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		managers(t, db, "maria")
		approval := saveProcess(t, db, crm.Process{Name: "Quote approval", Enabled: true, StartOn: crm.StartQuote, When: "quote.discount > 1000",
			Stages: []crm.Stage{{Name: "Approve", Phase: crm.PhaseOpen, Probability: 50, Gate: crm.Gate{Approval: "manager"}}}})
		o := createOpportunity(t, db, crm.Opportunity{Name: "Grills", OwnerID: "anna"})
		do := func(act func(tx *sqldb.Tx) error) error { return db.Update(t.Context(), act) }
		var q crm.Quote
		send := func() error {
			return do(func(tx *sqldb.Tx) (err error) {
				_, err = crm.SendQuote(t.Context(), tx, as("anna", noon), q.ID, 0)
				return err
			})
		}
		discount := func(points int64) {
			update(t, db, func(tx *sqldb.Tx) (err error) {
				q, err = crm.UpdateQuote(t.Context(), tx, as("anna", noon), q.ID, 0, "", func(q *crm.Quote) { q.Discount = points })
				return err
			})
		}
		approve := func() {
			update(t, db, func(tx *sqldb.Tx) error {
				if err := crm.Approve(t.Context(), tx, as("maria", noon), o.ID, approval.ID, "manager", "fine"); err != nil {
					return err
				}
				_, err := crm.AdvanceSide(t.Context(), tx, as("anna", noon), o.ID, approval.ID)
				return err
			})
		}
		update(t, db, func(tx *sqldb.Tx) (err error) {
			q, err = crm.CreateQuote(t.Context(), tx, as("anna", noon), crm.Quote{OpportunityID: o.ID, Currency: "EUR", Discount: 2000, Lines: []crm.Line{{Text: "Grill", Quantity: 1000, Price: 1000}}}, "")
			return err
		})
		if got := kinds(send()); len(got) != 1 || got[0] != "approval manager" {
			t.Errorf("missing %v", got)
		}
		approve()
		discount(9900)
		if got := kinds(send()); len(got) != 1 {
			t.Errorf("missing %v: want another approval, of the discount", got)
		}
		approve()
		if err := send(); err != nil {
			t.Fatal(err)
		}
		update(t, db, func(tx *sqldb.Tx) (err error) {
			q, err = crm.ReviseQuote(t.Context(), tx, as("anna", noon), q.ID, 0)
			return err
		})
		if runs, err := crm.SideProcesses(t.Context(), db, o.ID); err != nil || len(runs) != 1 || !runs[0].FinishedAt.IsZero() {
			t.Errorf("beside it run %+v, %v: want the approval anew", runs, err)
		}
		if got := kinds(send()); len(got) != 1 {
			t.Errorf("missing %v: want another approval, of the revision", got)
		}
		discount(1000)
		if err := send(); err != nil {
			t.Errorf("%v: no process is chosen for a small discount", err)
		}
	})
}

func TestProcessesInACircle(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := saveProcess(t, db, process(func(p *crm.Process) { p.Name = "B" }))
		a := saveProcess(t, db, process(func(p *crm.Process) { p.Name = "A"; p.Stages[0].Gate.Processes = []string{b.ID} }))
		b.Stages[1].Gate.Processes = []string{a.ID}
		wantInvalid(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.SaveProcess(t.Context(), tx, as("anna", noon), b)
			return err
		}), "stages[1].gate.processes[0]")
	})
}

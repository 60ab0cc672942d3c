package crm_test

import (
	"testing"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// moveTo applies a rule to an opportunity in anna's name.
func moveTo(t testing.TB, db *sqldb.DB, id string, rule func(*crm.Opportunity, *crm.Process, crm.Facts) error) (o crm.Opportunity, err error) {
	t.Helper()
	err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
		o, err = crm.ChangeOpportunity(t.Context(), tx, as("anna", noon), id, 0, "move", rule)
		return err
	})
	return o, err
}

func closing(state string) func(*crm.Opportunity, *crm.Process, crm.Facts) error {
	return func(o *crm.Opportunity, p *crm.Process, f crm.Facts) error {
		return o.Close(p, crm.Closing{State: state, Reason: "price"}, f)
	}
}

func TestReopenedStandsWhereItWasClosed(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o := createOpportunity(t, db, crm.Opportunity{Name: "Grills", OwnerID: "anna"})
		for i, want := range []string{"Qualify", "Develop"} {
			if i > 0 {
				if _, err := moveTo(t, db, o.ID, func(o *crm.Opportunity, p *crm.Process, f crm.Facts) error {
					o.Need = "grills"
					f.Opportunity = *o
					return o.Advance(p, f)
				}); err != nil {
					t.Fatal(err)
				}
			}
			if lost, err := moveTo(t, db, o.ID, closing(crm.StateLost)); err != nil || lost.Stage != "Review" {
				t.Fatalf("got %+v, %v", lost, err)
			}
			got, err := moveTo(t, db, o.ID, (*crm.Opportunity).Reopen)
			if err != nil || got.Stage != want || got.State != crm.StateOpen {
				t.Errorf("reopened in %s, %v: want %s, where it was closed", got.Stage, err, want)
			}
		}
		if got := kinds(func() error { _, err := moveTo(t, db, o.ID, closing(crm.StateWon)); return err }()); len(got) != 1 || got[0] != "stage Develop" {
			t.Errorf("missing %v: want that it is not in the last stage", got)
		}
	})
}

func TestOwnProcessLeavesTheDefault(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		saveProcess(t, db, process(func(p *crm.Process) { p.Name, p.When = "Large", "opportunity.amount.amount > 1000" }))
		saveProcess(t, db, process(func(p *crm.Process) { p.Name, p.Rank, p.When = "Cannot be judged", 9, "fields.size > 3" }))
		saveProcess(t, db, process(func(p *crm.Process) {
			p.Name, p.StartOn, p.When = "Cannot be judged either", crm.StateLost, "fields.size > 3"
		}))
		small := createOpportunity(t, db, crm.Opportunity{Name: "Grill", OwnerID: "anna"})
		large := createOpportunity(t, db, crm.Opportunity{Name: "Grills", OwnerID: "anna", Amount: crm.Money{Amount: 5000, Currency: "EUR"}})
		if small.ProcessID != "default" || large.ProcessID == "default" {
			t.Errorf("they follow %s and %s: want the default and the one of the condition", small.ProcessID, large.ProcessID)
		}
		if _, err := moveTo(t, db, small.ID, closing(crm.StateLost)); err != nil {
			t.Errorf("close: %v: what cannot be judged does not start", err)
		}
		p := crm.DefaultProcess()
		p.Enabled = false
		saveProcess(t, db, p)
		if all, err := crm.Processes(t.Context(), db); err != nil || len(all) != 4 {
			t.Errorf("%d processes, %v: want 4, the default once", len(all), err)
		}
	})
}

func TestClosedTradesNoMore(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		try := func(do func(tx *sqldb.Tx) error) error { return db.Update(t.Context(), do) }
		drafted := func() (q crm.Quote) {
			o := createOpportunity(t, db, crm.Opportunity{Name: "Grills", OwnerID: "anna"})
			update(t, db, func(tx *sqldb.Tx) (err error) {
				q, err = crm.CreateQuote(t.Context(), tx, as("anna", noon), crm.Quote{OpportunityID: o.ID, Currency: "EUR", Lines: []crm.Line{{Text: "Grill", Quantity: 1000, Price: 100}}}, "")
				return err
			})
			return q
		}
		send := func(q crm.Quote) error {
			return try(func(tx *sqldb.Tx) error {
				_, err := crm.SendQuote(t.Context(), tx, as("anna", noon), q.ID, 0)
				return err
			})
		}
		decide := func(q crm.Quote) error {
			return try(func(tx *sqldb.Tx) error {
				_, err := crm.DecideQuote(t.Context(), tx, as("anna", noon), q.ID, 0, true, "")
				return err
			})
		}
		order := func(q crm.Quote) error {
			return try(func(tx *sqldb.Tx) error {
				_, err := crm.CreateOrder(t.Context(), tx, as("anna", noon), q.ID)
				return err
			})
		}
		lose := func(q crm.Quote) {
			if _, err := moveTo(t, db, q.OpportunityID, closing(crm.StateLost)); err != nil {
				t.Fatal(err)
			}
		}
		draft, sent, accepted := drafted(), drafted(), drafted()
		for _, err := range []error{send(sent), send(accepted), decide(accepted)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, q := range []crm.Quote{draft, sent, accepted} {
			lose(q)
		}
		for name, err := range map[string]error{
			"send": send(draft), "decide": decide(sent), "order": order(accepted),
			"update": try(func(tx *sqldb.Tx) error {
				_, err := crm.UpdateQuote(t.Context(), tx, as("anna", noon), draft.ID, 0, "", func(q *crm.Quote) { q.Discount = 1 })
				return err
			}),
			"revise": try(func(tx *sqldb.Tx) error {
				_, err := crm.ReviseQuote(t.Context(), tx, as("anna", noon), sent.ID, 0)
				return err
			}),
		} {
			t.Run(name, func(t *testing.T) { wantInvalid(t, err, "opportunity_id") })
		}
		_, err := moveTo(t, db, sent.OpportunityID, func(o *crm.Opportunity, _ *crm.Process, _ crm.Facts) error {
			o.Amount.Amount = 1e15
			return nil
		})
		wantInvalid(t, err, "amount")
	})
}

func TestLostWithoutFollowUp(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		p := saveProcess(t, db, process(func(p *crm.Process) { p.Stages = p.Stages[:3] }))
		lost := createOpportunity(t, db, crm.Opportunity{Name: "lost", OwnerID: "anna"})
		open := createOpportunity(t, db, crm.Opportunity{Name: "open", OwnerID: "anna"})
		if _, err := moveTo(t, db, lost.ID, closing(crm.StateLost)); err != nil {
			t.Fatal(err)
		}
		_, err := moveTo(t, db, lost.ID, (*crm.Opportunity).Advance)
		wantInvalid(t, err, "state")
		saveProcess(t, db, p)
		update(t, db, func(tx *sqldb.Tx) error {
			steps, err := crm.RunMigration(t.Context(), tx, as("anna", noon), crm.Migration{FromID: p.ID, ToID: p.ID})
			if err == nil && (len(steps) != 1 || steps[0].OpportunityID != open.ID) {
				t.Errorf("migrated %+v: want the open one alone", steps)
			}
			return err
		})
		got, err := moveTo(t, db, lost.ID, (*crm.Opportunity).Reopen)
		if err != nil || got.Process != 1 || got.Stage != "Qualify" {
			t.Errorf("reopened: %+v, %v: want it in version 1", got, err)
		}
	})
}

func TestQuoteSpeaksTheCurrencyOfItsOpportunity(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o := createOpportunity(t, db, crm.Opportunity{Name: "Grills", OwnerID: "anna"})
		quote := func(currency string) (q crm.Quote, err error) {
			err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
				q, err = crm.CreateQuote(t.Context(), tx, as("anna", noon), crm.Quote{OpportunityID: o.ID, Currency: currency, Lines: []crm.Line{{Text: "Grill", Quantity: 1000, Price: 100}}}, "")
				return err
			})
			return q, err
		}
		_, err := quote("")
		wantInvalid(t, err, "currency") // nothing says which
		first, err := quote("eur")
		if err != nil {
			t.Fatal(err)
		}
		_, err = quote("USD")
		wantInvalid(t, err, "currency")
		if q, err := quote(""); err != nil || q.Currency != "EUR" {
			t.Errorf("got %q, %v: want the first quote's", q.Currency, err)
		}
		if _, err := moveTo(t, db, o.ID, func(o *crm.Opportunity, _ *crm.Process, _ crm.Facts) error {
			o.Amount = crm.Money{Amount: 1, Currency: "USD"}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		wantInvalid(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.SendQuote(t.Context(), tx, as("anna", noon), first.ID, 0)
			return err
		}), "currency")
	})
}

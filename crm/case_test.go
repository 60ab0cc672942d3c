package crm_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func TestCaseFromLeadToMoney(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o, i := invoiced(t, db, noon)
		update(t, db, func(tx *sqldb.Tx) error {
			if _, err := crm.CreateActivity(t.Context(), tx, as("bert", noon.Add(-time.Hour)), crm.Activity{Kind: "campaign-response", RecordType: crm.RecordOpportunity, RecordID: o.ID, Subject: "Spring fair", OwnerID: "bert"}); err != nil {
				return err
			}
			if _, err := crm.CreatePayment(t.Context(), tx, as("anna", noon.Add(time.Hour)), crm.Payment{InvoiceID: i.ID, Amount: crm.Money{Amount: i.Due(), Currency: "EUR"}}); err != nil {
				return err
			}
			ch := as("anna", noon.Add(2*time.Hour))
			ch.Why = "price"
			_, err := crm.ChangeOpportunity(t.Context(), tx, ch, o.ID, 0, "close", func(o *crm.Opportunity, p *crm.Process, f crm.Facts) error {
				return o.Close(p, crm.Closing{State: crm.StateLost, Reason: "price"}, f)
			})
			return err
		})
		c, err := crm.CaseOf(t.Context(), db, crm.System(), o.ID)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range c.Events {
			got = append(got, e.Kind+": "+e.Title)
		}
		want := []string{"activity: Campaign response: Spring fair", "stage: Opportunity opened in stage Qualify", "quote: Quote Q-2026-0001 drafted", "quote: Quote Q-2026-0001 sent",
			"quote: Quote Q-2026-0001 accepted", "order: Order O-2026-0001", "invoice: Invoice I-2026-0001 issued", "payment: Paid of invoice I-2026-0001", "close: Closed as lost"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
		if last := c.Events[len(c.Events)-2]; last.Amount != (crm.Money{Amount: i.Sums().Gross, Currency: "EUR"}) || last.By != "anna" {
			t.Errorf("got %+v: want who paid how much", last)
		}
	})
}

func TestFollowing(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o := createOpportunity(t, db, crm.Opportunity{Name: "Grills", OwnerID: "anna"})
		follow := func(user string, muted bool, kinds ...string) {
			t.Helper()
			update(t, db, func(tx *sqldb.Tx) error {
				_, err := crm.SetFollow(t.Context(), tx, crm.System(), crm.Follow{OpportunityID: o.ID, UserID: user, Muted: muted, Kinds: kinds})
				return err
			})
		}
		act := func(by string) {
			t.Helper()
			update(t, db, func(tx *sqldb.Tx) error {
				if _, err := crm.CreateActivity(t.Context(), tx, as(by, noon), crm.Activity{Kind: "call", RecordType: crm.RecordOpportunity, RecordID: o.ID, Subject: "Call"}); err != nil {
					return err
				}
				_, err := crm.CreateQuote(t.Context(), tx, as(by, noon), crm.Quote{OpportunityID: o.ID, Currency: "EUR", Lines: []crm.Line{{Text: "Grill", Quantity: 1000, Price: 100}}}, "")
				return err
			})
		}
		told := func(user string) (got []string) {
			t.Helper()
			all, _, err := crm.Notices(t.Context(), db, crm.System(), crm.NoticeFilter{UserID: user, Unseen: true})
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range all {
				got = append(got, n.Text)
			}
			if len(all) > 0 {
				update(t, db, func(tx *sqldb.Tx) error {
					_, err := crm.SeeNotices(t.Context(), tx, user, all[0].ID, noon)
					return err
				})
			}
			return got
		}
		act("bert")
		if diff := cmp.Diff([]string{"Quote drafted Q-2026-0001", "Activity Call"}, told("anna")); diff != "" {
			t.Errorf("the owner was told (-want +got):\n%s", diff)
		}
		follow("carl", false, "quote")
		follow("anna", true)
		act("bert")
		if got := told("anna"); got != nil {
			t.Errorf("who muted it was told %v", got)
		}
		if diff := cmp.Diff([]string{"Quote drafted Q-2026-0002"}, told("carl")); diff != "" {
			t.Errorf("who follows quotes was told (-want +got):\n%s", diff)
		}
		act("carl")
		if got := told("carl"); got != nil {
			t.Errorf("who did it was told %v", got)
		}
		wantInvalid(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.SetFollow(t.Context(), tx, crm.System(), crm.Follow{OpportunityID: o.ID, UserID: "carl", Kinds: []string{"weather"}})
			return err
		}), "kinds[0]")
	})
}

func TestProcessesFollowTheClose(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		saveProcess(t, db, process(func(*crm.Process) {}))
		review := saveProcess(t, db, crm.Process{Name: "Review", Enabled: true, StartOn: crm.StateLost, Rank: 99, Stages: []crm.Stage{
			{Name: "Ask why", Phase: crm.PhaseOpen, Probability: 50, Tasks: []crm.TaskTemplate{{Subject: "Call them", DueDays: 7}}}}})
		saveProcess(t, db, crm.Process{Name: "Handover", Enabled: true, StartOn: crm.StateWon, Stages: []crm.Stage{{Name: "Hand over", Phase: crm.PhaseOpen, Probability: 50}}})
		o := createOpportunity(t, db, crm.Opportunity{Name: "Grills", OwnerID: "anna"})
		if o.ProcessID == review.ID {
			t.Fatal("a process that follows the close was chosen as the main one")
		}
		change := func(rule func(*crm.Opportunity, *crm.Process, crm.Facts) error) {
			t.Helper()
			update(t, db, func(tx *sqldb.Tx) error {
				_, err := crm.ChangeOpportunity(t.Context(), tx, as("anna", noon), o.ID, 0, "close", rule)
				return err
			})
		}
		lose := func(o *crm.Opportunity, p *crm.Process, f crm.Facts) error {
			return o.Close(p, crm.Closing{State: crm.StateLost, Reason: "price"}, f)
		}
		change(lose)
		change((*crm.Opportunity).Reopen)
		change(lose)
		beside, err := crm.SideProcesses(t.Context(), db, o.ID)
		if err != nil || len(beside) != 1 || beside[0].ProcessID != review.ID {
			t.Fatalf("beside it run %+v, %v: want the review, once", beside, err)
		}
		tasks, _, err := crm.FindActivities(t.Context(), db, crm.System(), crm.ActivityFilter{RecordID: o.ID, Open: true})
		if err != nil || len(tasks) != 1 || tasks[0].Subject != "Call them" {
			t.Errorf("tasks %+v, %v", tasks, err)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.AdvanceSide(t.Context(), tx, as("anna", noon.Add(time.Minute)), o.ID, review.ID)
			return err
		})
		c, err := crm.CaseOf(t.Context(), db, crm.System(), o.ID)
		if err != nil {
			t.Fatal(err)
		}
		if last := c.Events[len(c.Events)-1]; last.Title != "Process ended with Ask why" {
			t.Errorf("told %q last", last.Title)
		}
	})
}

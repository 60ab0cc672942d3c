package crm_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func as(user string, at time.Time) crm.Change {
	return crm.Change{By: user, At: at, Access: crm.System()}
}

func createOpportunity(t testing.TB, db *sqldb.DB, o crm.Opportunity) crm.Opportunity {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) (err error) {
		o, err = crm.CreateOpportunity(t.Context(), tx, as("anna", noon), o)
		return err
	})
	return o
}

func saveProcess(t testing.TB, db *sqldb.DB, p crm.Process) crm.Process {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) (err error) {
		p, err = crm.SaveProcess(t.Context(), tx, as("anna", noon), p)
		return err
	})
	return p
}

func TestOpportunityGoesThroughItsProcess(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		saveProcess(t, db, process(func(p *crm.Process) {
			p.Stages[1].Tasks = []crm.TaskTemplate{{Subject: "Write the tender", DueDays: 2}}
		}))
		o := createOpportunity(t, db, crm.Opportunity{Name: " Grills  for hotels ", OwnerID: "anna"})
		if o.Name != "Grills for hotels" || o.Stage != "Qualify" || o.Odds.Percent != 10 || o.Process != 1 {
			t.Fatalf("got %+v", o)
		}
		move := func(at time.Time, version int64, rule func(*crm.Opportunity, *crm.Process, crm.Facts) error) (err error) {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err = crm.ChangeOpportunity(t.Context(), tx, as("anna", at), o.ID, version, "move", rule)
				return err
			})
		}
		back := func(o *crm.Opportunity, p *crm.Process, _ crm.Facts) error { return o.Back(p, "Qualify") }
		for i, rule := range []func(*crm.Opportunity, *crm.Process, crm.Facts) error{(*crm.Opportunity).Advance, back, (*crm.Opportunity).Advance} {
			if err := move(noon.Add(time.Duration(i+1)*time.Hour), int64(i+1), rule); err != nil {
				t.Fatal(err)
			}
		}
		wantErr(t, move(noon, 1, (*crm.Opportunity).Advance), crm.ErrConflict)
		o, err := crm.OpportunityByID(t.Context(), db, crm.System(), o.ID)
		if err != nil {
			t.Fatal(err)
		}
		w, err := crm.WhereaboutsOf(t.Context(), db, &o, noon)
		if err != nil {
			t.Fatal(err)
		}
		if len(w.Tasks) != 1 || w.Tasks[0].Subject != "Write the tender" || !w.Tasks[0].DueAt.Equal(noon.Add(time.Hour).AddDate(0, 0, 2)) {
			t.Errorf("tasks %+v: want the one of the stage, once, due two days after it was first entered", w.Tasks)
		}
		var stays []string
		for _, v := range w.Visits {
			stays = append(stays, fmt.Sprint(v.Stage, " ", v.LeftAt.IsZero()))
		}
		if diff := cmp.Diff([]string{"Qualify false", "Tender false", "Qualify false", "Tender true"}, stays); diff != "" {
			t.Errorf("stays (-want +got):\n%s", diff)
		}
		entries, _, err := crm.Audit(t.Context(), db, crm.System(), crm.AuditFilter{Record: o.ID})
		if err != nil || len(entries) != 4 {
			t.Errorf("%d entries in the audit log, %v: want one a change", len(entries), err)
		}
	})
}

func TestApprovalCountsForItsStay(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		update(t, db, func(tx *sqldb.Tx) error {
			if _, err := crm.SaveRole(t.Context(), tx, as("anna", noon), crm.Role{Name: "manager", Grants: []crm.Grant{{Type: crm.RecordOpportunity, Action: crm.ToApprove, Level: crm.LevelAll}}}); err != nil {
				return err
			}
			return crm.SetRoles(t.Context(), tx, as("anna", noon), "maria", []string{"manager"})
		})
		saveProcess(t, db, process(func(p *crm.Process) { p.Stages[0].Gate.Approval = "manager" }))
		o := createOpportunity(t, db, crm.Opportunity{Name: "Grills", OwnerID: "anna"})
		approve := func(user string, at time.Time) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				return crm.Approve(t.Context(), tx, as(user, at), o.ID, "", "manager", "fine")
			})
		}
		advance := func(at time.Time) (err error) {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err = crm.ChangeOpportunity(t.Context(), tx, as("anna", at), o.ID, 0, "advance", (*crm.Opportunity).Advance)
				return err
			})
		}
		wantInvalid(t, approve("bert", noon), "role")
		if got := kinds(advance(noon)); len(got) != 1 || got[0] != "approval manager" {
			t.Errorf("missing %v", got)
		}
		if err := approve("maria", noon.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if err := advance(noon.Add(2 * time.Minute)); err != nil {
			t.Fatal(err)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.ChangeOpportunity(t.Context(), tx, as("anna", noon.Add(3*time.Minute)), o.ID, 0, "back", func(o *crm.Opportunity, p *crm.Process, _ crm.Facts) error {
				return o.Back(p, "Qualify")
			})
			return err
		})
		if got := kinds(advance(noon.Add(4 * time.Minute))); len(got) != 1 {
			t.Errorf("missing %v: what was approved in the first stay counts no more", got)
		}
	})
}

func TestProcessVersions(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		if all, err := crm.Processes(t.Context(), db); err != nil || len(all) != 1 || all[0].ID != "default" {
			t.Fatalf("got %v, %v: want the default", all, err)
		}
		p := saveProcess(t, db, process(func(*crm.Process) {}))
		stays := createOpportunity(t, db, crm.Opportunity{Name: "stays", OwnerID: "anna"})
		next := p
		next.Stages = append([]crm.Stage{}, p.Stages...)
		next.Stages[0].Name = "Discover"
		saved := saveProcess(t, db, next)
		if saved.Version != 2 {
			t.Fatalf("version %d, want 2", saved.Version)
		}
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.SaveProcess(t.Context(), tx, as("bert", noon), p)
			return err
		})
		wantErr(t, err, crm.ErrConflict)
		if o := createOpportunity(t, db, crm.Opportunity{Name: "new", OwnerID: "anna"}); o.Process != 2 || o.Stage != "Discover" {
			t.Errorf("a new one is in version %d, %s", o.Process, o.Stage)
		}

		m := crm.Migration{FromID: p.ID, ToID: p.ID}
		steps, err := crm.PlanMigration(t.Context(), db, crm.System(), m)
		if err != nil || len(steps) != 1 || steps[0].Problem == "" {
			t.Fatalf("got %+v, %v: want the one of version 1, which has nowhere to go", steps, err)
		}
		wantInvalid(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.RunMigration(t.Context(), tx, as("anna", noon), m)
			return err
		}), "mapping")
		m.Mapping = map[string]string{"Qualify": "Discover"}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.RunMigration(t.Context(), tx, as("anna", noon), m)
			return err
		})
		if o, err := crm.OpportunityByID(t.Context(), db, crm.System(), stays.ID); err != nil || o.Process != 2 || o.Stage != "Discover" {
			t.Errorf("after the migration: %+v, %v", o, err)
		}
	})
}

func TestAcceptedLeadFindsItsContact(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		known := createContact(t, db, crm.Contact{FirstName: "Anna", LastName: "Müller", Email: "anna@acme.example"})
		accept := func(id string, l crm.Lead, a crm.Acceptance) (o crm.Opportunity, err error) {
			l.ID, l.Milestone, l.Topic, l.Source, l.CreatedAt = id, crm.SalesQualified, "Six grills", "hand", noon
			err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
				if _, err := crm.OpenLeads(t.Context(), tx, []crm.Lead{l}, as("anna", noon)); err != nil {
					return err
				}
				o, err = crm.AcceptLead(t.Context(), tx, as("maria", noon), id, 0, a)
				return err
			})
			return o, err
		}
		o, err := accept("l1", crm.Lead{Name: "A. Müller", Email: "ANNA@acme.example"}, crm.Acceptance{})
		if err != nil || o.ContactID != known.ID || o.OwnerID != "maria" || o.AccountID != "" || o.Name != "A. Müller: Six grills" {
			t.Errorf("got %+v, %v: want the contact of that address", o, err)
		}
		o, err = accept("l2", crm.Lead{Name: "Petra von Wegen", Company: "Hotel Seeblick"}, crm.Acceptance{Account: true, Name: "Terrace"})
		if err != nil || o.Name != "Terrace" {
			t.Fatalf("got %+v, %v", o, err)
		}
		c, err := crm.ContactByID(t.Context(), db, crm.System(), o.ContactID)
		if err != nil || c.FirstName != "Petra von" || c.LastName != "Wegen" {
			t.Errorf("contact %+v, %v", c, err)
		}
		a, err := crm.AccountByID(t.Context(), db, crm.System(), o.AccountID)
		if err != nil || a.Name != "Hotel Seeblick" {
			t.Errorf("account %+v, %v", a, err)
		}
		again, err := accept("l3", crm.Lead{Name: "Bert Zander", Company: "hotel  seeblick"}, crm.Acceptance{Account: true})
		if err != nil || again.AccountID != a.ID {
			t.Errorf("account %s, %v: want the one there is, %s", again.AccountID, err, a.ID)
		}
		_, err = accept("l4", crm.Lead{Name: "Bert Zander"}, crm.Acceptance{Account: true})
		wantInvalid(t, err, "account")
	})
}

func TestQuoteIsRevised(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o := createOpportunity(t, db, crm.Opportunity{Name: "Grills", OwnerID: "anna"})
		var q, next crm.Quote
		lines := []crm.Line{{Text: "Grill", Quantity: 2000, Price: 100_000, Tax: 1900}}
		update(t, db, func(tx *sqldb.Tx) (err error) {
			if q, err = crm.CreateQuote(t.Context(), tx, as("anna", noon), crm.Quote{OpportunityID: o.ID, Currency: "eur", Lines: lines}, ""); err != nil {
				return err
			}
			q, err = crm.SendQuote(t.Context(), tx, as("anna", noon), q.ID, 0)
			return err
		})
		change := func(do func(tx *sqldb.Tx) error) error { return db.Update(t.Context(), do) }
		wantInvalid(t, change(func(tx *sqldb.Tx) error {
			_, err := crm.UpdateQuote(t.Context(), tx, as("anna", noon), q.ID, 0, "", func(q *crm.Quote) { q.Discount = 1 })
			return err
		}), "state")
		update(t, db, func(tx *sqldb.Tx) (err error) {
			if next, err = crm.ReviseQuote(t.Context(), tx, as("anna", noon), q.ID, q.Version); err != nil {
				return err
			}
			next, err = crm.UpdateQuote(t.Context(), tx, as("anna", noon), next.ID, next.Version, "", func(q *crm.Quote) { q.Discount, q.ValidUntil = 1000, noon.AddDate(0, 1, 0) })
			return err
		})
		if next.Number != q.Number || next.Revision != 2 || next.Sums().Net != 180_000 {
			t.Errorf("got %+v", next)
		}
		if old, err := crm.QuoteByID(t.Context(), db, crm.System(), q.ID); err != nil || old.State != crm.QuoteSuperseded {
			t.Errorf("the earlier one is %s, %v", old.State, err)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.SendQuote(t.Context(), tx, as("anna", noon), next.ID, 0)
			return err
		})
		if got, err := crm.OpportunityByID(t.Context(), db, crm.System(), o.ID); err != nil || got.Amount != (crm.Money{Amount: 180_000, Currency: "EUR"}) {
			t.Errorf("the opportunity is worth %v, %v", got.Amount, err)
		}
		wantInvalid(t, change(func(tx *sqldb.Tx) error {
			_, err := crm.DecideQuote(t.Context(), tx, as("anna", noon.AddDate(0, 2, 0)), next.ID, 0, true, "")
			return err
		}), "valid_until")
		wantInvalid(t, change(func(tx *sqldb.Tx) error {
			_, err := crm.CreateQuote(t.Context(), tx, as("anna", noon), crm.Quote{OpportunityID: o.ID, Currency: "XXQ", Lines: lines}, "")
			return err
		}), "currency")
	})
}

package crm_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// waterfall is a plan in which sales accepts a lead before it qualifies it (the Demand Waterfall).
func waterfall() crm.MilestonePlan {
	return crm.MilestonePlan{Milestones: []crm.MilestoneRule{{Name: "inquiry"}, {Name: crm.MarketingQualified}, {Name: crm.SalesAccepted}, {Name: crm.SalesQualified}}}
}

func TestMilestonesLead(t *testing.T) {
	for name, test := range map[string]struct {
		plan    crm.MilestonePlan
		allowed map[crm.Milestone]string
	}{
		"OKDefault": {crm.DefaultMilestones(), map[crm.Milestone]string{
			crm.Unqualified:        "marketing-qualified disqualified recycled",
			crm.MarketingQualified: "sales-qualified disqualified recycled",
			crm.SalesQualified:     "sales-accepted disqualified recycled",
			crm.SalesAccepted:      "",
			crm.Disqualified:       "unqualified",
			crm.Recycled:           "unqualified marketing-qualified disqualified",
		}},
		"OKWaterfall": {waterfall(), map[crm.Milestone]string{
			"inquiry":              "marketing-qualified disqualified recycled",
			crm.MarketingQualified: "sales-accepted disqualified recycled",
			crm.SalesAccepted:      "sales-qualified disqualified recycled",
			crm.SalesQualified:     "",
			crm.Disqualified:       "inquiry",
			crm.Recycled:           "inquiry marketing-qualified disqualified",
			"of an earlier plan":   "inquiry disqualified recycled",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			for from, names := range test.allowed {
				for _, to := range test.plan.Names() {
					err := test.plan.Leads(from, to)
					if want := strings.Contains(" "+names+" ", " "+string(to)+" "); want != (err == nil) {
						t.Errorf("%s → %s: %v, want allowed=%t", from, to, err, want)
					}
					if err != nil {
						wantInvalid(t, err, "milestone")
					}
				}
				wantInvalid(t, test.plan.Leads(from, "won"), "milestone")
			}
		})
	}
}

func TestMilestonesCheck(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*crm.MilestonePlan)
		field  string // of the error; empty: none
	}{
		"OK":        {func(*crm.MilestonePlan) {}, ""},
		"OKDefault": {func(p *crm.MilestonePlan) { *p = crm.DefaultMilestones() }, ""},
		"OKEntry":   {func(p *crm.MilestonePlan) { p.Milestones[1].Entry.Fields = []string{"need", "fields.size"} }, ""},
		"OKExpression": {func(p *crm.MilestonePlan) {
			p.Milestones[1].Entry.Expression = `lead.need != "" && lead.time_frame != ""`
		}, ""},
		"OKLimit": {func(p *crm.MilestonePlan) {
			p.Milestones[1].Limit = crm.TimeLimit{Hours: 24, Untouched: true, Tell: []string{"owner", "role:manager", "user:u"}}
		}, ""},
		"OKSteps": {func(p *crm.MilestonePlan) {
			p.Milestones[1].Limit = crm.TimeLimit{Hours: 24, Tell: []string{"owner"}, Escalate: []crm.LimitStep{{48, []string{"manager", "team:t"}}, {72, []string{"channel:sales", "user:u"}}}}
		}, ""},
		"ErrOne":        {func(p *crm.MilestonePlan) { p.Milestones = p.Milestones[:1] }, "milestones"},
		"ErrMany":       {func(p *crm.MilestonePlan) { p.Milestones = make([]crm.MilestoneRule, 31) }, "milestones"},
		"ErrName":       {func(p *crm.MilestonePlan) { p.Milestones[1].Name = "Sales accepted" }, "milestones[1].name"},
		"ErrTwice":      {func(p *crm.MilestonePlan) { p.Milestones[1].Name = "inquiry" }, "milestones[1].name"},
		"ErrReserved":   {func(p *crm.MilestonePlan) { p.Milestones[1].Name = crm.Recycled }, "milestones[1].name"},
		"ErrField":      {func(p *crm.MilestonePlan) { p.Milestones[1].Entry.Fields = []string{"budget"} }, "milestones[1].entry.fields[0]"},
		"ErrActivity":   {func(p *crm.MilestonePlan) { p.Milestones[1].Entry.Activities = []string{"telepathy"} }, "milestones[1].entry.activities[0]"},
		"ErrExpression": {func(p *crm.MilestonePlan) { p.Milestones[1].Entry.Expression = "lead.money > 3" }, "milestones[1].entry.expression"},
		"ErrNeverMet":   {func(p *crm.MilestonePlan) { p.Milestones[1].Entry.Expression = "false" }, "milestones[1].entry.expression"},
		"ErrRole":       {func(p *crm.MilestonePlan) { p.Milestones[1].Roles = []string{"pope"} }, "milestones[1].roles[0]"},
		"ErrFirstAsks":  {func(p *crm.MilestonePlan) { p.Milestones[0].Entry.Fields = []string{"need"} }, "milestones[0].entry"},
		"ErrLastLimit":  {func(p *crm.MilestonePlan) { p.Milestones[3].Limit = crm.TimeLimit{Hours: 1, Tell: []string{"owner"}} }, "milestones[3].limit"},
		"ErrNobodyTold": {func(p *crm.MilestonePlan) { p.Milestones[1].Limit.Hours = 1 }, "milestones[1].limit.tell"},
		"ErrNoHours":    {func(p *crm.MilestonePlan) { p.Milestones[1].Limit.Tell = []string{"owner"} }, "milestones[1].limit.hours"},
		"ErrTellRole": {func(p *crm.MilestonePlan) {
			p.Milestones[1].Limit = crm.TimeLimit{Hours: 1, Tell: []string{"role:pope"}}
		}, "milestones[1].limit.tell[0]"},
		"ErrTellUser": {func(p *crm.MilestonePlan) {
			p.Milestones[1].Limit = crm.TimeLimit{Hours: 1, Tell: []string{"owner", "user:nobody"}}
		}, "milestones[1].limit.tell[1]"},
		"ErrTellTeam": {func(p *crm.MilestonePlan) {
			p.Milestones[1].Limit = crm.TimeLimit{Hours: 1, Tell: []string{"team:gone"}}
		}, "milestones[1].limit.tell[0]"},
		"ErrTellChannel": {func(p *crm.MilestonePlan) {
			p.Milestones[1].Limit = crm.TimeLimit{Hours: 1, Tell: []string{"owner"}, Escalate: []crm.LimitStep{{2, []string{"channel:pager"}}}}
		}, "milestones[1].limit.escalate[0].tell[0]"},
		"ErrStepOrder": {func(p *crm.MilestonePlan) {
			p.Milestones[1].Limit = crm.TimeLimit{Hours: 2, Tell: []string{"owner"}, Escalate: []crm.LimitStep{{2, []string{"manager"}}}}
		}, "milestones[1].limit.escalate[0].hours"},
		"ErrStepNobody": {func(p *crm.MilestonePlan) {
			p.Milestones[1].Limit = crm.TimeLimit{Hours: 2, Tell: []string{"owner"}, Escalate: []crm.LimitStep{{Hours: 3}}}
		}, "milestones[1].limit.escalate[0].tell"},
		"ErrStepAlone": {func(p *crm.MilestonePlan) {
			p.Milestones[1].Limit = crm.TimeLimit{Escalate: []crm.LimitStep{{3, []string{"owner"}}}}
		}, "milestones[1].limit.hours"},
		"ErrSteps": {func(p *crm.MilestonePlan) {
			p.Milestones[1].Limit = crm.TimeLimit{Hours: 2, Tell: []string{"owner"}, Escalate: make([]crm.LimitStep, 11)}
		}, "milestones[1].limit.escalate"},
		"ErrTellWhom": {func(p *crm.MilestonePlan) {
			p.Milestones[1].Limit = crm.TimeLimit{Hours: 1, Tell: []string{"everybody"}}
		}, "milestones[1].limit.tell[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			p := waterfall()
			test.change(&p)
			err := p.Check(&crm.Cast{Roles: []string{"manager"}, Teams: []string{"t"}, Users: []string{"u"}, Channels: []string{"sales"}, Fields: []string{"size"}})
			switch {
			case test.field != "":
				wantInvalid(t, err, test.field)
			case err != nil:
				t.Error(err)
			}
		})
	}
}

func TestMilestoneMissing(t *testing.T) {
	m := crm.MilestoneRule{Name: crm.SalesQualified, Roles: []string{"sales-rep"}, Entry: crm.MilestoneEntry{
		Fields: []string{"need"}, Activities: []string{"call", "meeting"}, Expression: `lead.time_frame != ""`, Message: "the time frame is not known"}}
	knows := crm.Facts{Lead: crm.Lead{Need: "grills", TimeFrame: "in May"}}
	for name, test := range map[string]struct {
		facts crm.Facts
		done  []string
		by    crm.Mover
		want  string
	}{
		"OK":         {knows, []string{"note", "meeting"}, crm.Mover{Roles: []string{"sales-rep"}, Person: true}, ""},
		"OKRule":     {knows, []string{"call"}, crm.Mover{}, ""},
		"ErrAll":     {crm.Facts{}, []string{"note"}, crm.Mover{Roles: []string{"marketing"}, Person: true}, "field activity expression role"},
		"ErrContact": {knows, nil, crm.Mover{}, "activity"},
	} {
		t.Run(name, func(t *testing.T) {
			var kinds []string
			for _, missing := range m.Missing(test.facts, test.done, test.by) {
				kinds = append(kinds, missing.Kind)
			}
			if got := strings.Join(kinds, " "); got != test.want {
				t.Errorf("missing %q, want %q", got, test.want)
			}
		})
	}
}

func createLead(t testing.TB, db *sqldb.DB, ch crm.Change, l crm.Lead) crm.Lead {
	t.Helper()
	if l.Source == "" {
		l.Source = crm.SourceHand
	}
	update(t, db, func(tx *sqldb.Tx) (err error) {
		l, err = crm.CreateLead(t.Context(), tx, ch, crm.NewLead{Lead: l})
		return err
	})
	return l
}

func moveLead(t testing.TB, db *sqldb.DB, ch crm.Change, m crm.LeadMove) (l crm.Lead, err error) {
	t.Helper()
	err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
		l, err = crm.MoveLead(t.Context(), tx, ch, m)
		return err
	})
	return l, err
}

func addActivity(t testing.TB, db *sqldb.DB, ch crm.Change, kind string, l crm.Lead) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error {
		_, err := crm.CreateActivity(t.Context(), tx, ch, crm.Activity{Kind: kind, RecordType: crm.RecordLead, RecordID: l.ID, Subject: kind, OwnerID: ch.By})
		return err
	})
}

func TestMilestoneRefusedAndMet(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		plan := crm.DefaultMilestones()
		plan.Milestones[2].Entry = crm.MilestoneEntry{Fields: []string{"need"}, Activities: []string{"call"}}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.SaveMilestones(t.Context(), tx, as("anna", noon), crm.NewPlan{Milestones: plan.Milestones, Version: plan.Version})
			return err
		})
		wantErr(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.SaveMilestones(t.Context(), tx, as("anna", noon), crm.NewPlan{Milestones: plan.Milestones, Version: plan.Version}) // made from version 1, too
			return err
		}), crm.ErrConflict)
		l := createLead(t, db, as("anna", noon), crm.Lead{Name: "Petra Wegener"})
		if _, err := moveLead(t, db, as("anna", noon), crm.LeadMove{ID: l.ID, To: crm.MarketingQualified}); err != nil {
			t.Fatal(err)
		}
		_, err := moveLead(t, db, as("anna", noon), crm.LeadMove{ID: l.ID, To: crm.SalesQualified})
		var closed *crm.GateClosed
		if !errors.As(err, &closed) || len(closed.Missing) != 2 || closed.Milestone != crm.SalesQualified {
			t.Fatalf("got %v: want the need and a call to be missing", err)
		}
		addActivity(t, db, as("anna", noon.Add(time.Hour)), "call", l)
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.UpdateLead(t.Context(), tx, as("anna", noon), l.ID, 0, func(l *crm.Lead) { l.Need = "six grills" })
			return err
		})
		if _, err := moveLead(t, db, as("anna", noon.Add(2*time.Hour)), crm.LeadMove{ID: l.ID, To: crm.SalesQualified}); err != nil {
			t.Fatal(err)
		}
		_, err = moveLead(t, db, as("anna", noon), crm.LeadMove{ID: l.ID, To: crm.Recycled, Reason: "bored"})
		wantInvalid(t, err, "reason")
		got, err := moveLead(t, db, as("maria", noon.Add(3*time.Hour)), crm.LeadMove{ID: l.ID, To: crm.Recycled, Reason: "later", Comment: "after the summer"})
		if err != nil || got.State != crm.LeadRecycled || got.Reason != "later" || got.Comment != "after the summer" {
			t.Errorf("got %+v, %v", got, err)
		}
		visits, err := crm.MilestoneVisits(t.Context(), db, l.ID)
		if err != nil {
			t.Fatal(err)
		}
		var stays []string
		for _, v := range visits {
			stays = append(stays, fmt.Sprintf("%s by %s, left %t %s", v.Milestone, v.EnteredBy, !v.LeftAt.IsZero(), v.Reason))
		}
		want := []string{"unqualified by anna, left true ", "marketing-qualified by anna, left true ", "sales-qualified by anna, left true ", "recycled by maria, left false later"}
		if diff := cmp.Diff(want, stays); diff != "" {
			t.Errorf("stays (-want +got):\n%s", diff)
		}
	})
}

func TestMilestonesChangeTheirOrder(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		save := func(p crm.MilestonePlan, mapping map[crm.Milestone]crm.Milestone) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := crm.SaveMilestones(t.Context(), tx, as("anna", noon), crm.NewPlan{Milestones: p.Milestones, Version: p.Version, Mapping: mapping})
				return err
			})
		}
		l := createLead(t, db, as("anna", noon), crm.Lead{Name: "Petra Wegener"})
		wantInvalid(t, save(waterfall(), nil), "mapping") // nowhere to put what is unqualified
		wantInvalid(t, save(waterfall(), map[crm.Milestone]crm.Milestone{crm.Unqualified: "nowhere"}), "mapping")
		wantInvalid(t, save(waterfall(), map[crm.Milestone]crm.Milestone{crm.Unqualified: crm.SalesQualified}), "mapping") // it opens an opportunity
		if err := save(waterfall(), map[crm.Milestone]crm.Milestone{crm.Unqualified: "inquiry"}); err != nil {
			t.Fatal(err)
		}
		for _, to := range []crm.Milestone{crm.MarketingQualified, crm.SalesAccepted} {
			if _, err := moveLead(t, db, as("anna", noon), crm.LeadMove{ID: l.ID, To: to}); err != nil {
				t.Fatal(err)
			}
		}
		_, err := moveLead(t, db, as("anna", noon), crm.LeadMove{ID: l.ID, To: crm.SalesQualified})
		wantInvalid(t, err, "milestone") // by accepting it
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.AcceptLead(t.Context(), tx, as("anna", noon), l.ID, 0, crm.Acceptance{})
			return err
		})
		if got, err := crm.LeadByID(t.Context(), db, crm.System(), l.ID); err != nil || got.Milestone != crm.SalesQualified || got.State != crm.LeadAccepted || got.ContactID == "" {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

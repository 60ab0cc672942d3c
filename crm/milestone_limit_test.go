package crm_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func TestLimitDue(t *testing.T) {
	limit := crm.TimeLimit{Hours: 24, Tell: []string{"owner"}, Escalate: []crm.LimitStep{{48, []string{"manager"}}}}
	hours := func(h int) time.Time { return noon.Add(time.Duration(h) * time.Hour) }
	for name, c := range map[string]struct {
		untouched bool
		taken     int // the last of them after 24 hours
		touched   time.Time
		want      time.Time
	}{
		"OKFirst":                 {want: hours(24)},
		"OKSecond":                {taken: 1, want: hours(48)},
		"OKNoneLeft":              {taken: 2},
		"OKTouchedIsNoMatter":     {touched: hours(5), want: hours(24)},
		"OKTouchedBeforeTold":     {taken: 1, touched: hours(5), want: hours(48)},
		"OKTouchedAfterTold":      {taken: 1, touched: hours(30)},
		"OKUntouched":             {untouched: true, touched: hours(5), want: hours(29)},
		"OKUntouchedBeforeItCame": {untouched: true, touched: hours(-5), want: hours(24)},
		"OKUntouchedSecond":       {untouched: true, taken: 1, touched: hours(30), want: hours(78)},
	} {
		t.Run(name, func(t *testing.T) {
			l := limit
			l.Untouched = c.untouched
			v := crm.MilestoneVisit{EnteredAt: noon, Escalations: c.taken}
			if c.taken > 0 {
				v.EscalatedAt = hours(24)
			}
			if got := l.Due(&v, c.touched); !got.Equal(c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if due := (&crm.TimeLimit{}).Due(&crm.MilestoneVisit{EnteredAt: noon}, time.Time{}); !due.IsZero() {
		t.Errorf("no limit is due at %s", due)
	}
}

// A late is a sales organisation with a plan of limits, whose channels note what they are told.
type late struct {
	t       *testing.T
	db      *sqldb.DB
	mu      sync.Mutex
	channel []string
}

func newLate(t *testing.T, db *sqldb.DB, limit crm.TimeLimit) *late {
	t.Helper()
	for _, name := range []string{"bert", "maria", "carl", "erna", "gone"} {
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(t.Context(), "INSERT INTO users (id, name, password_hash, created_at, disabled) VALUES ($1, $1, '', 0, $2)", name, name == "gone")
			return err
		})
	}
	o := &late{t: t, db: db}
	o.save(limit)
	return o
}

func (o *late) save(limit crm.TimeLimit) {
	o.t.Helper()
	plan := crm.DefaultMilestones()
	plan.Milestones[1].Limit = limit
	update(o.t, o.db, func(tx *sqldb.Tx) error {
		_, err := crm.SaveMilestones(o.t.Context(), tx, as("anna", noon), crm.NewPlan{Milestones: plan.Milestones, Channels: []string{"sales", "gone"}})
		return err
	})
}

// qualified is a lead that marketing has handed over.
func (o *late) qualified(name, owner string) crm.Lead {
	o.t.Helper()
	l := createLead(o.t, o.db, as("anna", noon), crm.Lead{Name: name, OwnerID: owner})
	if _, err := moveLead(o.t, o.db, as("anna", noon), crm.LeadMove{ID: l.ID, To: crm.MarketingQualified}); err != nil {
		o.t.Fatal(err)
	}
	return l
}

func (o *late) escalate(at time.Time) {
	o.t.Helper()
	err := o.db.Update(o.t.Context(), func(tx *sqldb.Tx) error {
		_, err := crm.EscalateLeads(o.t.Context(), tx, o.tell, at, 100)
		return err
	})
	if err != nil {
		o.t.Error(err)
	}
}

func (o *late) tell(ctx context.Context, tx *sqldb.Tx, channel string, l crm.LateLead) (bool, error) {
	name, waited, err := l.Say(ctx, tx)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.channel = append(o.channel, channel+": "+name+" "+waited)
	return channel != "gone", err
}

// told are all tasks there are and what the channels were told, sorted: leads that are late at one
// moment have no order.
func (o *late) told() []string {
	o.t.Helper()
	tasks, _, err := crm.FindActivities(o.t.Context(), o.db, crm.System(), crm.ActivityFilter{Open: true})
	if err != nil {
		o.t.Fatal(err)
	}
	got := slices.Clone(o.channel)
	for _, a := range tasks {
		got = append(got, a.OwnerID+": "+a.Subject)
	}
	slices.Sort(got)
	return got
}

func (o *late) want(at time.Time, want ...string) {
	o.t.Helper()
	o.escalate(at)
	slices.Sort(want)
	if diff := cmp.Diff(want, o.told(), cmpopts.EquateEmpty()); diff != "" {
		o.t.Errorf("at %s (-want +got):\n%s", at, diff)
	}
}

func TestLeadsEscalateOnceAStay(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		update(t, db, func(tx *sqldb.Tx) error {
			if _, err := crm.SaveRole(t.Context(), tx, as("anna", noon), crm.Role{Name: "sales-manager"}); err != nil {
				return err
			}
			return crm.SetRoles(t.Context(), tx, as("anna", noon), "maria", []string{"sales-manager"})
		})
		o := newLate(t, db, crm.TimeLimit{Hours: 24, Untouched: true, Tell: []string{"owner", "role:sales-manager", "user:gone"}})
		o.qualified("Owned", "bert")
		touched := o.qualified("Touched", "")
		addActivity(t, db, as("bert", noon.Add(20*time.Hour)), "call", touched)
		const first, second = "Lead Owned is Marketing-qualified, and nobody has touched it for 24 h", "Lead Touched is Marketing-qualified, and nobody has touched it for 24 h"
		gone := o.qualified("Gone", "bert")
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(t.Context(), "DELETE FROM leads WHERE id = $1", gone.ID)
			return err
		})
		o.want(noon.Add(23 * time.Hour))
		o.want(noon.Add(25*time.Hour), "bert: "+first, "maria: "+first)
		o.want(noon.Add(43*time.Hour), "bert: "+first, "maria: "+first) // the call was 23 hours ago
		o.want(noon.Add(45*time.Hour), "bert: "+first, "maria: "+first, "maria: "+second)
		o.want(noon.Add(99*time.Hour), "bert: "+first, "maria: "+first, "maria: "+second)
	})
}

func TestLeadsEscalateInSteps(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o := newLate(t, db, crm.TimeLimit{Hours: 24, Untouched: true, Tell: []string{"owner"}, Escalate: []crm.LimitStep{{48, []string{"manager", "channel:gone"}}, {72, []string{"channel:sales"}}}})
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.SaveTeam(t.Context(), tx, as("anna", noon), crm.Team{Name: "Sales", Members: []string{"bert", "maria"}, ManagerID: "maria"})
			return err
		})
		left := o.qualified("Left", "bert")
		taken := o.qualified("Taken up", "bert")
		const waits = " is Marketing-qualified, and nobody has touched it for "
		want := []string{"bert: Lead Left" + waits + "24 h", "bert: Lead Taken up" + waits + "24 h"}
		o.want(noon.Add(25*time.Hour), slices.Clone(want)...)
		o.want(noon.Add(26*time.Hour), slices.Clone(want)...)
		addActivity(t, db, as("bert", noon.Add(30*time.Hour)), "call", taken)
		o.escalate(noon.Add(49 * time.Hour))
		o.channel = nil // it was offered to a channel that is not there
		want = append(want, "maria: Lead Left"+waits+"48 h")
		o.want(noon.Add(50*time.Hour), slices.Clone(want)...)
		o.want(noon.Add(73*time.Hour), append(slices.Clone(want), "sales: Left"+waits+"72 h")...)
		o.want(noon.Add(74*time.Hour), append(slices.Clone(want), "sales: Left"+waits+"72 h")...)

		stays, err := crm.MilestoneVisits(t.Context(), db, left.ID)
		if err != nil || len(stays) != 2 || stays[1].Escalations != 3 || !stays[1].DueAt.IsZero() {
			t.Errorf("got %+v, %v: want three steps, and none left", stays, err)
		}
		c, err := crm.CaseOfLead(t.Context(), db, crm.System(), left.ID)
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, e := range c.Events {
			if strings.HasPrefix(e.Title, "Waited") {
				told = append(told, e.Title)
			}
		}
		if diff := cmp.Diff([]string{"Waited too long, told bert", "Waited too long, told maria", "Waited too long, told the channel sales"}, told); diff != "" {
			t.Errorf("the timeline (-want +got):\n%s", diff)
		}
		notices, _, err := crm.Notices(t.Context(), db, crm.System(), crm.NoticeFilter{UserID: "maria"})
		if err != nil || len(notices) != 1 || notices[0].LeadID != left.ID || notices[0].Case != "Left" || notices[0].Text != strings.TrimSpace(waits)+" 48 h" {
			t.Errorf("maria was told %+v, %v", notices, err)
		}
		if took, err := crm.Participants(t.Context(), db, crm.RecordLead, left.ID); err != nil || !slices.ContainsFunc(took, func(p crm.Participation) bool { return p.UserID == "maria" }) {
			t.Errorf("maria has a task about a lead, and cannot see it: %+v, %v", took, err)
		}
	})
}

func TestManagersAreTold(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o := newLate(t, db, crm.TimeLimit{Hours: 1, Tell: []string{"manager"}})
		update(t, db, func(tx *sqldb.Tx) error {
			north, err := crm.SaveUnit(t.Context(), tx, as("anna", noon), crm.Unit{Name: "North", ParentID: "company", ManagerID: "erna"})
			if err != nil {
				return err
			}
			harbour, err := crm.SaveUnit(t.Context(), tx, as("anna", noon), crm.Unit{Name: "Harbour", ParentID: north.ID, ManagerID: "gone"})
			if err != nil {
				return err
			}
			for user, unit := range map[string]string{"bert": harbour.ID, "erna": north.ID} {
				if err := crm.SetUnit(t.Context(), tx, as("anna", noon), user, unit); err != nil {
					return err
				}
			}
			all, err := crm.Units(t.Context(), tx)
			if err != nil {
				return err
			}
			company := all[slices.IndexFunc(all, func(u crm.Unit) bool { return u.ID == "company" })]
			company.ManagerID = "carl"
			_, err = crm.SaveUnit(t.Context(), tx, as("anna", noon), company)
			return err
		})
		for name, owner := range map[string]string{"A": "bert", "B": "erna", "C": "", "D": "carl"} {
			o.qualified(name, owner)
		}
		o.escalate(noon.Add(2 * time.Hour))
		got := o.told()
		const waits = " has been Marketing-qualified for 1 h"
		// The manager of the harbour is kept out, nobody manages erna but the company's, and carl nobody.
		if diff := cmp.Diff([]string{": Lead D" + waits, "carl: Lead B" + waits, "carl: Lead C" + waits, "erna: Lead A" + waits}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		wantUnknown := func(err error) {
			t.Helper()
			wantInvalid(t, err, "manager_id")
		}
		wantUnknown(db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.SaveTeam(t.Context(), tx, as("anna", noon), crm.Team{Name: "Sales", ManagerID: "nobody"})
			return err
		}))
		wantUnknown(db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.SaveUnit(t.Context(), tx, as("anna", noon), crm.Unit{Name: "South", ParentID: "company", ManagerID: "nobody"})
			return err
		}))
	})
}

func TestProcessesEscalateEachStepOnce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o := newLate(t, db, crm.TimeLimit{Hours: 24, Tell: []string{"owner"}, Escalate: []crm.LimitStep{{48, []string{"channel:sales"}}}})
		for _, name := range []string{"A", "B", "C", "D", "E", "F"} {
			o.qualified(name, "bert")
		}
		for _, hours := range []time.Duration{25, 49} {
			var processes sync.WaitGroup
			for range 4 {
				processes.Go(func() { o.escalate(noon.Add(hours * time.Hour)) })
			}
			processes.Wait()
		}
		seen := make(map[string]int)
		for _, told := range o.told() {
			seen[told]++
		}
		if len(seen) != 12 {
			t.Errorf("%d were told, want 6 tasks and 6 messages: %v", len(seen), seen)
		}
		for told, n := range seen {
			if n != 1 {
				t.Errorf("told %d times: %s", n, told)
			}
		}
	})
}

func TestAPlanSavedAnewKeepsTheStepsTaken(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o := newLate(t, db, crm.TimeLimit{Hours: 24, Tell: []string{"owner"}})
		o.qualified("A", "bert")
		const waits = "bert: Lead A has been Marketing-qualified for "
		o.want(noon.Add(25*time.Hour), waits+"24 h")
		o.save(crm.TimeLimit{Hours: 12, Tell: []string{"owner"}, Escalate: []crm.LimitStep{{36, []string{"owner"}}}})
		o.qualified("B", "bert")
		o.want(noon.Add(26*time.Hour), waits+"24 h", "bert: Lead B has been Marketing-qualified for 12 h")
		o.want(noon.Add(37*time.Hour), waits+"24 h", "bert: Lead B has been Marketing-qualified for 12 h", waits+"36 h", "bert: Lead B has been Marketing-qualified for 36 h")
		o.save(crm.TimeLimit{})
		o.qualified("C", "bert")
		before := len(o.told())
		o.escalate(noon.Add(999 * time.Hour))
		if got := len(o.told()); got != before {
			t.Errorf("a plan without limits tells %d", got-before)
		}
	})
}

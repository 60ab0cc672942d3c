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

// A sale leads leads through their decisions and closes.
type sale struct {
	t  *testing.T
	db *sqldb.DB
}

func (s sale) lead(name string) string {
	var l crm.Lead
	update(s.t, s.db, func(tx *sqldb.Tx) (err error) {
		l, err = crm.CreateLead(s.t.Context(), tx, as("maria", noon), crm.NewLead{Lead: crm.Lead{Name: name, Source: crm.SourceHand}})
		return err
	})
	return l.ID
}

// move takes a lead to another milestone, a number of hours after it came.
func (s sale) move(who, lead string, hours int, to crm.Milestone, reason string) {
	s.t.Helper()
	update(s.t, s.db, func(tx *sqldb.Tx) error {
		_, err := crm.MoveLead(s.t.Context(), tx, as(who, noon.Add(time.Duration(hours)*time.Hour)), crm.LeadMove{ID: lead, To: to, Reason: reason})
		return err
	})
}

func (s sale) accept(who, lead string, hours int) (o crm.Opportunity) {
	s.t.Helper()
	s.move("maria", lead, hours, crm.MarketingQualified, "")
	s.move("maria", lead, hours, crm.SalesQualified, "")
	update(s.t, s.db, func(tx *sqldb.Tx) (err error) {
		o, err = crm.AcceptLead(s.t.Context(), tx, as(who, noon.Add(time.Duration(hours)*time.Hour)), lead, 0, crm.Acceptance{})
		return err
	})
	return o
}

func (s sale) close(o crm.Opportunity, state, reason string) {
	s.t.Helper()
	update(s.t, s.db, func(tx *sqldb.Tx) error {
		_, err := crm.CloseOpportunity(s.t.Context(), tx, as("bert", noon.Add(100*time.Hour)), o.ID, 0, crm.Closing{State: state, Reason: reason})
		return err
	})
}

// row is the report on all leads together, as somebody gets it.
func (s sale) row(a *crm.Access) crm.FeedbackRow {
	s.t.Helper()
	rows, err := crm.FeedbackOf(s.t.Context(), s.db, a, "all", noon.Add(-time.Hour), noon.Add(time.Hour))
	if err != nil || len(rows) != 1 {
		s.t.Fatalf("got %+v, %v", rows, err)
	}
	return rows[0]
}

// shortProcess is won in its first stage. After that somebody asks how satisfied they are.
func shortProcess() crm.Process {
	p := crm.DefaultProcess()
	p.Stages = p.Stages[3:]
	p.Stages[2].Steps = []crm.Step{{Field: "fields.satisfied"}, {Field: "fields.said"}}
	return p
}

func satisfied(t *testing.T, db *sqldb.DB) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error {
		for _, f := range []crm.Field{{Name: "satisfied", Kind: crm.FieldChoiceOf, Choices: []crm.FieldChoice{{Value: "Very"}, {Value: "Not"}}}, {Name: "said", Kind: crm.FieldText}} {
			f.RecordType = crm.RecordOpportunity
			if _, err := crm.SaveField(t.Context(), tx, by(noon), f); err != nil {
				return err
			}
		}
		return nil
	})
}

// A lead that was recycled and accepted later counts in both, with its reason, for who decided.
func TestFeedbackIsCountedFromHistory(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := sale{t, db}
		back := s.lead("Back")
		s.move("maria", back, 1, crm.Recycled, "later")
		s.move("maria", back, 2, crm.Unqualified, "")
		s.accept("bert", back, 3)
		s.move("bert", s.lead("Gone"), 4, crm.Disqualified, "no-need")
		// Another plan takes the accepted lead along, which decides nothing.
		update(t, db, func(tx *sqldb.Tx) error {
			plan := crm.DefaultMilestones()
			plan.Milestones[3].Name = "taken"
			_, err := crm.SaveMilestones(t.Context(), tx, as("anna", noon.Add(9*time.Hour)), crm.NewPlan{Milestones: plan.Milestones, Mapping: map[crm.Milestone]crm.Milestone{crm.SalesAccepted: "taken"}})
			return err
		})
		row := s.row(crm.System())
		if diff := cmp.Diff(crm.FeedbackDecisions{Accepted: 1, Disqualified: 1, Recycled: 1, CameBack: 1, AcceptedLater: 1}, row.Decisions); diff != "" {
			t.Errorf("decisions (-want +got):\n%s", diff)
		}
		if row.Accepted != 1 || row.Recycled != 0 || row.Disqualified != 1 {
			t.Errorf("got %+v: want leads where they stand now", row)
		}
		if diff := cmp.Diff([]crm.FeedbackReason{{Outcome: "disqualified", Code: "no-need", Count: 1}, {Outcome: "recycled", Code: "later", Count: 1}}, row.Reasons); diff != "" {
			t.Errorf("reasons (-want +got):\n%s", diff)
		}
		rows, err := crm.DisagreementsOf(t.Context(), db, crm.System(), noon.Add(-time.Hour), noon.Add(time.Hour))
		var got []string
		for _, r := range rows {
			got = append(got, fmt.Sprintf("%s %d of %d", r.Who, r.Accepted, r.Decided))
		}
		if diff := cmp.Diff([]string{" 1 of 3", "bert 1 of 2", "maria 0 of 1"}, got); diff != "" || err != nil {
			t.Errorf("%v, who decided (-want +got):\n%s", err, diff)
		}
		// Of a reason that is hidden it is told how often, and not which.
		if row := s.row(masked("lead.reason")); len(row.Reasons) != 2 || row.Reasons[0].Code+row.Reasons[1].Code != "" {
			t.Errorf("told %+v", row.Reasons)
		}
		if _, err := crm.FeedbackOf(t.Context(), db, masked("lead.source"), "source", noon, noon.Add(time.Hour)); err == nil {
			t.Error("grouped by what is hidden")
		}
	})
}

func TestFeedbackTellsWhatBecameOfOpportunities(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		satisfied(t, db)
		saveProcess(t, db, shortProcess())
		saveProcess(t, db, crm.Process{Name: "Care", Enabled: true, StartOn: crm.StateWon, Stages: []crm.Stage{{Name: "Call", Probability: 1}}})
		s := sale{t, db}
		won, lost := s.accept("bert", s.lead("Won"), 1), s.accept("anna", s.lead("Lost"), 1)
		s.accept("bert", s.lead("Open"), 1)
		s.close(won, crm.StateWon, "quality")
		s.close(lost, crm.StateLost, "fit")
		update(t, db, func(tx *sqldb.Tx) error {
			later := as("bert", noon.Add(200*time.Hour))
			_, err := crm.ChangeOpportunity(t.Context(), tx, later, won.ID, 0, "advance", func(o *crm.Opportunity, p *crm.Process, f crm.Facts) error {
				o.Fields = map[string]any{"satisfied": "Very", "said": "thanks"}
				return o.Advance(p, f)
			})
			if err != nil {
				return err
			}
			tasks, _, err := crm.FindActivities(t.Context(), tx, crm.System(), crm.ActivityFilter{RecordID: won.ID, Kind: "task", Limit: 10})
			if err != nil {
				return err
			}
			for _, task := range tasks {
				if task.Stage == "Hand over" {
					_, err = crm.UpdateActivity(t.Context(), tx, later, task.ID, 0, func(a *crm.Activity) { a.DoneAt = later.At })
				}
			}
			return err
		})
		got := s.row(crm.System()).Opportunities
		var follow []string
		for _, f := range got.FollowUp {
			follow = append(follow, fmt.Sprintf("%s %s %d, %d of %d", f.Outcome, f.Stage, f.Reached, f.Done, f.Tasks))
		}
		if diff := cmp.Diff([]string{"won Call 1, 0 of 0", "won Hand over 1, 1 of 1", "won Look after 1, 0 of 1", "lost Review 1, 0 of 1"}, follow); diff != "" {
			t.Errorf("after the close (-want +got):\n%s", diff)
		}
		got.FollowUp = nil
		want := &crm.FeedbackSales{Count: 3, Open: 1, Won: 1, Lost: 1, Unfit: 1, WinRate: 0.5, Small: true,
			Reasons: []crm.FeedbackReason{{Outcome: "lost", Code: "fit", Count: 1}, {Outcome: "won", Code: "quality", Count: 1}},
			Answers: []crm.FeedbackAnswer{{FollowUpAnswer: crm.FollowUpAnswer{Outcome: "won", Field: "satisfied", Value: "Very"}, Count: 1}}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("opportunities (-want +got):\n%s", diff)
		}
		own := &crm.Access{UserID: "anna", Roles: []crm.Role{{Grants: []crm.Grant{{Type: crm.RecordLead, Action: crm.ToRead, Level: crm.LevelAll}, {Type: crm.RecordOpportunity, Action: crm.ToRead, Level: crm.LevelOwn}}}}}
		for name, c := range map[string]struct {
			of   *crm.Access
			want string
		}{
			"OKOwn":       {own, "1 opportunities, 1 reasons, 1 unfit, 1 stages, 0 tasks, 0 answers"},
			"ErrReason":   {masked("opportunity.close_reason"), "3 opportunities, 0 reasons, 0 unfit, 4 stages, 3 tasks, 1 answers"},
			"ErrStage":    {masked("opportunity.stage"), "3 opportunities, 2 reasons, 1 unfit, 0 stages, 0 tasks, 1 answers"},
			"ErrTasks":    {masked("activity.done_at"), "3 opportunities, 2 reasons, 1 unfit, 4 stages, 0 tasks, 1 answers"},
			"ErrOwnField": {masked("opportunity.satisfied"), "3 opportunities, 2 reasons, 1 unfit, 4 stages, 3 tasks, 0 answers"},
		} {
			o := s.row(c.of).Opportunities
			tasks := 0
			for _, f := range o.FollowUp {
				tasks += f.Tasks
			}
			if got := fmt.Sprintf("%d opportunities, %d reasons, %d unfit, %d stages, %d tasks, %d answers", o.Count, len(o.Reasons), o.Unfit, len(o.FollowUp), tasks, len(o.Answers)); got != c.want {
				t.Errorf("%s: told %s, want %s", name, got, c.want)
			}
		}
		if o := s.row(masked("opportunity.state")).Opportunities; o != nil {
			t.Errorf("told %+v of states that are hidden", o)
		}
		// Reopened, it is open again, and what followed the close counts no more.
		if _, err := moveTo(t, db, won.ID, (*crm.Opportunity).Reopen); err != nil {
			t.Fatal(err)
		}
		if o := s.row(crm.System()).Opportunities; o.Open != 2 || o.Won != 0 || len(o.FollowUp) != 1 || len(o.Answers) != 0 {
			t.Errorf("reopened: %+v", o)
		}
	})
}

// An accepted lead that was lost because it was no potential customer is no example of one.
func TestWeightsAreLearnedFromCloses(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		satisfied(t, db)
		saveProcess(t, db, shortProcess())
		p := hotels()
		p.Criteria = p.Criteria[:2]
		update(t, db, func(tx *sqldb.Tx) (err error) {
			p, err = crm.SaveIdealProfile(t.Context(), tx, as("anna", noon), p)
			return err
		})
		decided(t, db, 60) // 24 hotels and 6 banks are accepted
		var accepted []string
		update(t, db, func(tx *sqldb.Tx) (err error) {
			accepted, err = sqldb.Strings(t.Context(), tx, "SELECT id FROM leads WHERE state = 'accepted' ORDER BY industry, id")
			return err
		})
		s := sale{t, db}
		closes := []struct{ state, reason string }{{crm.StateLost, "fit"}, {crm.StateLost, "no-budget"}, {crm.StateLost, "price"}, {crm.StateWon, "quality"}, {"", ""}}
		for i, c := range closes {
			o := createOpportunity(t, db, crm.Opportunity{Name: "Grills", OwnerID: "anna", LeadID: accepted[i]})
			if c.state != "" {
				s.close(o, c.state, c.reason)
			}
		}
		var learned crm.Learned
		learn := func() {
			update(t, db, func(tx *sqldb.Tx) (err error) {
				learned, err = crm.LearnWeights(t.Context(), tx, as("anna", noon), p.ID)
				return err
			})
		}
		learn()
		w := learned.Weights
		if w.Accepted != len(accepted) || w.Accepted+w.Rejected != 60 || w.Won != 1 || w.Lost != 3 || w.Unfit != 2 || w.Potential != w.Accepted-2 || w.Others != w.Rejected+2 {
			t.Errorf("learned from %+v", w)
		}
		// What a reason says of the customer is the company's to decide.
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.SaveReason(t.Context(), tx, as("anna", noon), crm.Reason{Outcome: crm.StateLost, Code: "price", Label: "Price", Active: true, Unfit: true})
			return err
		})
		if learn(); learned.Weights.Unfit != 3 || learned.Weights.Others != w.Rejected+3 {
			t.Errorf("learned from %+v", learned.Weights)
		}
		wantInvalid(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.SaveReason(t.Context(), tx, as("anna", noon), crm.Reason{Outcome: crm.StateWon, Code: "price", Active: true, Unfit: true})
			return err
		}), "unfit")
	})
}

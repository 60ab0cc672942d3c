package crm_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
)

// story is a lead that came into its milestones an hour after each other, and was decided the next day.
func story(id, source, grade, state, by string, reached ...crm.Milestone) crm.LeadStory {
	s := crm.LeadStory{ID: id, Source: source, Grade: grade, State: state, Reached: map[crm.Milestone]time.Time{}}
	for i, m := range reached {
		s.Reached[m] = noon.Add(time.Duration(i*i) * time.Hour)
	}
	if state != crm.LeadOpen {
		s.Decisions = []crm.LeadDecision{{Outcome: state, By: by, At: noon.Add(24 * time.Hour)}}
	}
	return s
}

func TestFeedback(t *testing.T) {
	plan := crm.DefaultMilestones()
	f := crm.NewFeedback(&plan, crm.FeedbackKeys["source"])
	all := []crm.Milestone{crm.Unqualified, crm.MarketingQualified, crm.SalesQualified, crm.SalesAccepted}
	won := story("1", "mention", "A", crm.LeadAccepted, "maria", all...)
	won.Revenue = []crm.Revenue{{Currency: "EUR", Invoiced: 100_00, Paid: 119_00}, {Currency: "CHF", Invoiced: 5, Paid: 0}}
	lost := story("2", "mention", "B", crm.LeadDisqualified, "maria", all[:2]...)
	lost.Decisions[0].Reason = "no-need"
	jumped := story("3", "=form", "B", crm.LeadOpen, "", crm.SalesQualified) // of an earlier plan
	for _, s := range []crm.LeadStory{won, lost, story("4", "mention", "", crm.LeadOpen, "", all[0]), jumped} {
		f.Add(&s)
	}
	rows := f.Rows()
	if len(rows) != 2 || rows[0].Key != "mention" || rows[0].Leads != 3 || rows[0].Accepted != 1 || rows[0].Disqualified != 1 || rows[0].Open != 1 || !rows[0].Small {
		t.Fatalf("got %+v", rows)
	}
	var steps []string
	for _, m := range rows[0].Milestones {
		steps = append(steps, fmt.Sprintf("%s %d %.4f %.1f", m.Milestone, m.Reached, m.Conversion, m.MedianHours))
	}
	want := []string{"unqualified 3 1.0000 0.0", "marketing-qualified 2 0.6667 1.0", "sales-qualified 1 0.5000 3.0", "sales-accepted 1 1.0000 5.0"}
	if diff := cmp.Diff(want, steps); diff != "" {
		t.Errorf("milestones (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]crm.Revenue{{Currency: "CHF", Invoiced: 5}, {Currency: "EUR", Invoiced: 100_00, Paid: 119_00}}, rows[0].Revenue); diff != "" {
		t.Errorf("revenue (-want +got):\n%s", diff)
	}
	if rows[1].Milestones[1].Reached != 1 || rows[1].Milestones[2].Timed != 0 {
		t.Errorf("got %+v: want what it passed over to count, without a time", rows[1].Milestones)
	}
	file, err := crm.FeedbackCSV(rows, "source", func(key string) string { return key })
	if err != nil || !strings.Contains(string(file), "\n'=form,1,true,") || !strings.Contains(string(file), "0.05 CHF; 100.00 EUR") {
		t.Errorf("%v, file:\n%s", err, file)
	}
}

func TestFeedbackCountsEachDecision(t *testing.T) {
	plan := crm.DefaultMilestones()
	f := crm.NewFeedback(&plan, crm.FeedbackKeys["all"])
	back := story("1", "mention", "A", crm.LeadAccepted, "bert", crm.Unqualified, crm.MarketingQualified)
	recycled := crm.LeadDecision{Outcome: crm.LeadRecycled, By: "maria", At: noon, Reason: "later"}
	back.Decisions, back.CameBack = append([]crm.LeadDecision{recycled, recycled}, back.Decisions...), true
	gone := story("2", "mention", "A", crm.LeadDisqualified, "maria")
	gone.Decisions[0].Reason = "no-need"
	gone.Decisions = append([]crm.LeadDecision{recycled}, gone.Decisions...) // given up for good, without having come back
	for _, s := range []crm.LeadStory{back, gone} {
		f.Add(&s)
	}
	row := f.Rows()[0]
	if row.Accepted != 1 || row.Disqualified != 1 || row.Recycled != 0 || row.Opportunities != nil {
		t.Errorf("got %+v: want leads where they stand now, and no opportunities", row)
	}
	if diff := cmp.Diff(crm.FeedbackDecisions{Accepted: 1, Disqualified: 1, Recycled: 3, CameBack: 1, AcceptedLater: 1}, row.Decisions); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]crm.FeedbackReason{{Outcome: "recycled", Code: "later", Count: 3}, {Outcome: "disqualified", Code: "no-need", Count: 1}}, row.Reasons); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
}

func TestFeedbackSales(t *testing.T) {
	plan := crm.DefaultMilestones()
	f := crm.NewFeedback(&plan, crm.FeedbackKeys["all"])
	care := crm.Process{ID: "care", StartOn: crm.StateWon, Stages: []crm.Stage{{Name: "Call", Phase: crm.PhaseOpen}}}
	f.After = crm.AftermathOf([]crm.Process{crm.DefaultProcess(), care})
	after := func(outcome, process, stage string, tasks, done int) crm.FollowedStage {
		return crm.FollowedStage{AfterStage: crm.AfterStage{Outcome: outcome, ProcessID: process, Stage: stage}, Tasks: tasks, Done: done}
	}
	happy := crm.FollowUpAnswer{Outcome: "won", Field: "satisfied", Value: "very"}
	for _, sale := range []*crm.LeadSale{
		{State: crm.StateWon, Reason: "price", FollowUp: []crm.FollowedStage{after("won", "default", "Look after", 1, 1), after("won", "default", "Hand over", 1, 1)}, Answers: []crm.FollowUpAnswer{happy}},
		{State: crm.StateWon, Reason: "price", FollowUp: []crm.FollowedStage{after("won", "default", "Hand over", 1, 0), after("won", "care", "Call", 0, 0)}, Answers: []crm.FollowUpAnswer{happy}},
		{State: crm.StateLost, Reason: "fit", Unfit: true, FollowUp: []crm.FollowedStage{after("lost", "default", "Review", 1, 0)}},
		{State: crm.StateOpen},
		nil,
	} {
		s := story("1", "mention", "A", crm.LeadAccepted, "maria")
		s.Sale = sale
		f.Add(&s)
	}
	rows := f.Rows()
	follow := func(s crm.FollowedStage, reached int) crm.FeedbackFollowUp {
		return crm.FeedbackFollowUp{AfterStage: s.AfterStage, Reached: reached, Tasks: s.Tasks, Done: s.Done}
	}
	want := &crm.FeedbackSales{Count: 4, Open: 1, Won: 2, Lost: 1, Unfit: 1, WinRate: 0.6667, Small: true,
		Reasons: []crm.FeedbackReason{{Outcome: "won", Code: "price", Count: 2}, {Outcome: "lost", Code: "fit", Count: 1}},
		FollowUp: []crm.FeedbackFollowUp{follow(after("won", "care", "Call", 0, 0), 1), follow(after("won", "default", "Hand over", 2, 1), 2),
			follow(after("won", "default", "Look after", 1, 1), 1), follow(after("lost", "default", "Review", 1, 0), 1)},
		Answers: []crm.FeedbackAnswer{{FollowUpAnswer: happy, Count: 2}}}
	if diff := cmp.Diff(want, rows[0].Opportunities); diff != "" {
		t.Errorf("opportunities (-want +got):\n%s", diff)
	}
	file, err := crm.FeedbackCSV(rows, "all", func(key string) string { return key })
	if err != nil || !strings.Contains(string(file), ",4,1,2,1,1,0.6667,won price 2; lost fit 1,won Call 1; won Hand over 2 (tasks done 1 of 2); won Look after 1 (tasks done 1 of 1); lost Review 1 (tasks done 0 of 1),won satisfied very 2\n") {
		t.Errorf("%v, file:\n%s", err, file)
	}
}

func TestDisagreements(t *testing.T) {
	var all []crm.LeadStory
	add := func(n int, state, grade, by string, reached ...crm.Milestone) {
		for range n {
			all = append(all, story("", "mention", grade, state, by, reached...))
		}
	}
	// Maria goes by the grade in 45 of 60 leads: 20 + 25; Bert took two that nobody could grade.
	add(20, crm.LeadAccepted, "A", "maria", crm.MarketingQualified)
	add(5, crm.LeadDisqualified, "B", "maria", crm.MarketingQualified)
	add(10, crm.LeadAccepted, "F", "maria")
	add(25, crm.LeadRecycled, "E", "maria", crm.MarketingQualified)
	add(2, crm.LeadAccepted, "", "bert")
	add(3, crm.LeadOpen, "A", "")
	add(1, crm.LeadAccepted, "A", "") // no person
	// Bert gave this one up before marketing qualified it; it was given up again by nobody.
	early := story("", "mention", "", crm.LeadRecycled, "bert")
	early.Reached[crm.MarketingQualified] = noon.Add(48 * time.Hour)
	early.Decisions = append(early.Decisions, crm.LeadDecision{Outcome: crm.LeadDisqualified, At: noon.Add(72 * time.Hour)})
	all = append(all, early)
	rows := crm.Disagreements(all, []crm.Milestone{crm.MarketingQualified}, map[string][]string{"bert": {"south"}})
	if len(rows) != 4 || rows[0].Who != "" || !rows[1].Team || rows[1].Who != "south" || rows[2].Who != "maria" || rows[3].Who != "bert" {
		t.Fatalf("got %+v", rows)
	}
	// p = 45/60; by chance 30/60·25/60 + 30/60·35/60 = 1/2; kappa = 1/2 (by hand).
	want := crm.Agreement{BothYes: 20, OnlyThey: 10, OnlyOther: 5, BothNo: 25, Agree: 0.75, Kappa: 0.5, KappaError: 0.1118, Defined: true}
	if diff := cmp.Diff(want, rows[2].Profile); diff != "" {
		t.Errorf("maria and the grade (-want +got):\n%s", diff)
	}
	if a := rows[2].Marketing; a.BothYes != 20 || a.OnlyThey != 10 || a.OnlyOther != 30 || a.BothNo != 0 || a.Small {
		t.Errorf("maria and marketing: %+v", a)
	}
	if b := rows[3]; b.Decided != 3 || b.Profile.Defined || !b.Marketing.Small || b.Marketing.Kappa != 0 || b.Marketing.BothNo != 1 || b.Marketing.Defined || len(b.Grades) != 1 || b.Grades[0].Rate != 0.6667 || !b.Grades[0].Small {
		t.Errorf("bert: %+v", b)
	}
}

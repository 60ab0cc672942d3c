package crm_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
)

// story is a lead that came into its milestones an hour after each other.
func story(id, source, grade, state, by string, reached ...crm.Milestone) crm.LeadStory {
	s := crm.LeadStory{ID: id, Source: source, Grade: grade, State: state, DecidedBy: by, Reached: map[crm.Milestone]time.Time{}}
	for i, m := range reached {
		s.Reached[m] = noon.Add(time.Duration(i*i) * time.Hour)
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
	lost.Reason = "no-need"
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
	if b := rows[3]; b.Profile.Defined || !b.Marketing.Small || b.Marketing.Kappa != 0 || b.Marketing.Defined || len(b.Grades) != 1 || b.Grades[0].Rate != 1 || !b.Grades[0].Small {
		t.Errorf("bert: %+v", b)
	}
}

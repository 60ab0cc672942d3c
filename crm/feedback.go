package crm

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// A LeadStory is what became of a lead, as reports count it.
type LeadStory struct {
	ID, Source, Network, MonitorID, Campaign, Grade string

	State     string
	Reached   map[Milestone]time.Time // when it came into each milestone first
	DecidedBy string                  // who accepted or gave it up; empty: nobody yet, or no person
	DecidedAt time.Time
	Reason    string
	Revenue   []Revenue
}

// Revenue is money that a lead brought, in one currency.
type Revenue struct {
	Currency string `json:"currency"`
	Invoiced int64  `json:"invoiced"` // net of invoices that stand, in minor units
	Paid     int64  `json:"paid"`     // what came in, tax included
}

// FeedbackKeys are what leads can be grouped by.
var FeedbackKeys = map[string]func(*LeadStory) string{
	"source":   func(s *LeadStory) string { return s.Source },
	"network":  func(s *LeadStory) string { return s.Network },
	"monitor":  func(s *LeadStory) string { return s.MonitorID },
	"campaign": func(s *LeadStory) string { return s.Campaign },
	"grade":    func(s *LeadStory) string { return s.Grade },
	"all":      func(*LeadStory) string { return "" },
}

// A FeedbackRow is what became of the leads of a group: the report to marketing.
type FeedbackRow struct {
	Key          string           `json:"key"` // empty: of none
	Leads        int              `json:"leads"`
	Milestones   []FeedbackStep   `json:"milestones"` // in the order of the plan
	Accepted     int              `json:"accepted"`
	Disqualified int              `json:"disqualified"`
	Recycled     int              `json:"recycled"`
	Open         int              `json:"open"`
	Reasons      []FeedbackReason `json:"reasons"` // of those given up, the most frequent first
	Revenue      []Revenue        `json:"revenue"` // by currency
	Small        bool             `json:"small"`   // too few to conclude from
}

// A FeedbackStep is how many leads reached a milestone, and how fast.
type FeedbackStep struct {
	Milestone   Milestone `json:"milestone"`
	Reached     int       `json:"reached"`
	Conversion  float64   `json:"conversion"`   // of those that reached the one before, 0 to 1; of the first, of all
	MedianHours float64   `json:"median_hours"` // from the one before; of leads that were in both
	Timed       int       `json:"timed"`        // leads the median is of
}

// A FeedbackReason counts a reason.
type FeedbackReason struct {
	Outcome string `json:"outcome"`
	Code    string `json:"code"`
	Count   int    `json:"count"`
}

// smallNumber is how many leads there have to be before shares are worth looking at.
const smallNumber = 30

// A feedbackGroup gathers the leads of a row.
type feedbackGroup struct {
	row     FeedbackRow
	reached []int
	hours   [][]float64
	reasons map[FeedbackReason]int
	revenue map[string]*Revenue
}

// A Feedback gathers stories to rows, group by group.
type Feedback struct {
	plan   []Milestone
	key    func(*LeadStory) string
	groups map[string]*feedbackGroup
}

// NewFeedback makes an empty report over the milestones of a plan.
func NewFeedback(plan *MilestonePlan, key func(*LeadStory) string) *Feedback {
	f := &Feedback{key: key, groups: make(map[string]*feedbackGroup)}
	for _, m := range plan.Milestones {
		f.plan = append(f.plan, m.Name)
	}
	return f
}

// Add counts a lead in. One that reached a milestone reached those before it, too, whether it stayed
// there or not.
func (f *Feedback) Add(s *LeadStory) {
	key := f.key(s)
	g := f.groups[key]
	if g == nil {
		g = &feedbackGroup{row: FeedbackRow{Key: key}, reached: make([]int, len(f.plan)), hours: make([][]float64, len(f.plan)),
			reasons: make(map[FeedbackReason]int), revenue: make(map[string]*Revenue)}
		f.groups[key] = g
	}
	g.row.Leads++
	furthest := -1
	for i, m := range f.plan {
		if !s.Reached[m].IsZero() {
			furthest = i
		}
	}
	for i := range furthest + 1 {
		g.reached[i]++
		if i == 0 {
			continue
		}
		if from, to := s.Reached[f.plan[i-1]], s.Reached[f.plan[i]]; !from.IsZero() && !to.Before(from) {
			g.hours[i] = append(g.hours[i], to.Sub(from).Hours())
		}
	}
	switch s.State {
	case LeadAccepted:
		g.row.Accepted++
	case LeadDisqualified:
		g.row.Disqualified++
	case LeadRecycled:
		g.row.Recycled++
	default:
		g.row.Open++
	}
	if s.State == LeadDisqualified || s.State == LeadRecycled {
		g.reasons[FeedbackReason{Outcome: s.State, Code: s.Reason}]++
	}
	for _, r := range s.Revenue {
		if g.revenue[r.Currency] == nil {
			g.revenue[r.Currency] = &Revenue{Currency: r.Currency}
		}
		g.revenue[r.Currency].Invoiced += r.Invoiced
		g.revenue[r.Currency].Paid += r.Paid
	}
}

// Rows are the groups, those with the most leads first.
func (f *Feedback) Rows() []FeedbackRow {
	rows := []FeedbackRow{}
	for _, g := range f.groups {
		row := g.row
		row.Small = row.Leads < smallNumber
		before := row.Leads
		for i, m := range f.plan {
			step := FeedbackStep{Milestone: m, Reached: g.reached[i], MedianHours: median(g.hours[i]), Timed: len(g.hours[i])}
			if before > 0 {
				step.Conversion = round4(float64(step.Reached) / float64(before))
			}
			before = step.Reached
			row.Milestones = append(row.Milestones, step)
		}
		row.Reasons = []FeedbackReason{}
		for r, n := range g.reasons {
			r.Count = n
			row.Reasons = append(row.Reasons, r)
		}
		slices.SortFunc(row.Reasons, func(a, b FeedbackReason) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Outcome, b.Outcome), strings.Compare(a.Code, b.Code))
		})
		row.Revenue = []Revenue{}
		for _, r := range g.revenue {
			row.Revenue = append(row.Revenue, *r)
		}
		slices.SortFunc(row.Revenue, func(a, b Revenue) int { return strings.Compare(a.Currency, b.Currency) })
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b FeedbackRow) int {
		return cmp.Or(cmp.Compare(b.Leads, a.Leads), strings.Compare(a.Key, b.Key))
	})
	return rows
}

// median is the middle value, of an even number the mean of the two in the middle; 0 of none.
func median(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return 0
	}
	slices.Sort(values)
	return math.Round(50*(values[(n-1)/2]+values[n/2])) / 100
}

func round4(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// An Agreement is how far somebody's decisions agree with another view of which leads could be
// customers.
type Agreement struct {
	BothYes    int     `json:"both_yes"`
	OnlyThey   int     `json:"only_they"` // accepted, though the other view says no
	OnlyOther  int     `json:"only_other"`
	BothNo     int     `json:"both_no"`
	Agree      float64 `json:"agree"` // part of the decisions, 0 to 1
	Kappa      float64 `json:"kappa"` // beyond chance: 1 is always, 0 as often as by chance
	KappaError float64 `json:"kappa_error"`
	Defined    bool    `json:"defined"` // both views say both yes and no, so that kappa means something
	Small      bool    `json:"small"`
}

func (a *Agreement) add(they, other bool) {
	switch {
	case they && other:
		a.BothYes++
	case they:
		a.OnlyThey++
	case other:
		a.OnlyOther++
	default:
		a.BothNo++
	}
}

// finish works out Cohen's kappa, (p − e) ÷ (1 − e), where p is how often both agree and e how often
// they would by chance (Cohen 1960), and its standard error, √(p(1 − p) ÷ n) ÷ (1 − e).
func (a *Agreement) finish() {
	n := float64(a.BothYes + a.OnlyThey + a.OnlyOther + a.BothNo)
	if a.Small = n < smallNumber; n == 0 {
		return
	}
	they, other := float64(a.BothYes+a.OnlyThey)/n, float64(a.BothYes+a.OnlyOther)/n
	p := float64(a.BothYes+a.BothNo) / n
	chance := they*other + (1-they)*(1-other)
	a.Agree = round4(p)
	if a.Defined = they > 0 && they < 1 && other > 0 && other < 1; a.Defined {
		a.Kappa, a.KappaError = round4((p-chance)/(1-chance)), round4(math.Sqrt(p*(1-p)/n)/(1-chance))
	}
}

// A GradeAcceptance is how many decided leads of a grade somebody accepted.
type GradeAcceptance struct {
	Grade    string  `json:"grade"` // empty: not known
	Decided  int     `json:"decided"`
	Accepted int     `json:"accepted"`
	Rate     float64 `json:"rate"`
	Small    bool    `json:"small"`
}

// A Disagreement is who disagrees with whom about what a potential customer is, in numbers.
type Disagreement struct {
	Who       string            `json:"who"` // a user's or a team's id; empty: all together
	Team      bool              `json:"team"`
	Decided   int               `json:"decided"`
	Accepted  int               `json:"accepted"`
	Grades    []GradeAcceptance `json:"grades"`
	Profile   Agreement         `json:"profile"`   // with the grade: A to C are potential customers
	Marketing Agreement         `json:"marketing"` // with marketing: what it qualified is one
}

// Disagreements compares the decisions of people, of their teams, and of all together, with the
// grades of the leads and with what marketing qualified. Leads without a grade count for marketing
// only. marketing are the milestones by which it qualifies.
func Disagreements(stories []LeadStory, marketing []Milestone, teams map[string][]string) []Disagreement {
	type tally struct {
		Disagreement
		grades map[string]*GradeAcceptance
	}
	all := make(map[string]*tally)
	get := func(who string, team bool) *tally {
		key := who
		if team {
			key = "team " + who
		}
		if all[key] == nil {
			all[key] = &tally{Disagreement{Who: who, Team: team}, make(map[string]*GradeAcceptance)}
		}
		return all[key]
	}
	for i := range stories {
		s := &stories[i]
		if s.DecidedBy == "" || s.State == LeadOpen {
			continue
		}
		yes := s.State == LeadAccepted
		qualified := slices.ContainsFunc(marketing, func(m Milestone) bool { return !s.Reached[m].IsZero() })
		tallies := []*tally{get("", false), get(s.DecidedBy, false)}
		for _, team := range teams[s.DecidedBy] {
			tallies = append(tallies, get(team, true))
		}
		for _, t := range tallies {
			if t.grades[s.Grade] == nil {
				t.grades[s.Grade] = &GradeAcceptance{Grade: s.Grade}
			}
			g := t.grades[s.Grade]
			t.Decided++
			g.Decided++
			if yes {
				t.Accepted++
				g.Accepted++
			}
			t.Marketing.add(yes, qualified)
			if s.Grade != "" {
				t.Profile.add(yes, s.Grade <= "C")
			}
		}
	}
	rows := []Disagreement{}
	for _, t := range all {
		t.Profile.finish()
		t.Marketing.finish()
		t.Grades = []GradeAcceptance{}
		for _, g := range t.grades {
			g.Rate, g.Small = round4(float64(g.Accepted)/float64(g.Decided)), g.Decided < smallNumber
			t.Grades = append(t.Grades, *g)
		}
		slices.SortFunc(t.Grades, func(a, b GradeAcceptance) int {
			return cmp.Or(cmp.Compare(len(b.Grade), len(a.Grade)), strings.Compare(a.Grade, b.Grade))
		})
		rows = append(rows, t.Disagreement)
	}
	slices.SortFunc(rows, func(a, b Disagreement) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(b.Decided, a.Decided), strings.Compare(a.Who, b.Who))
	})
	return rows
}

// order puts all together first, then teams, then people.
func order(d Disagreement) int {
	switch {
	case d.Who == "":
		return 0
	case d.Team:
		return 1
	}
	return 2
}

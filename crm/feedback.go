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

	State     string                  // now
	Reached   map[Milestone]time.Time // when it came into each milestone first
	Decisions []LeadDecision          // the first one first
	CameBack  bool                    // it was worked on again after it was given up
	Sale      *LeadSale               // nil: it opened no opportunity, or none that who asks may see
	Revenue   []Revenue
}

// A LeadDecision is that a lead was accepted or given up. One that was given up may come back, and be
// decided again.
type LeadDecision struct {
	Outcome string // accepted, disqualified, recycled
	By      string // empty: no person
	At      time.Time
	Reason  string // code, of one that was given up
}

// visit adds a stay in a milestone, later than those before it; d is what was decided by it, without
// an outcome where nothing was.
func (s *LeadStory) visit(m Milestone, d LeadDecision) {
	if s.Reached[m].IsZero() {
		s.Reached[m] = d.At
	}
	if d.Outcome != "" {
		s.Decisions = append(s.Decisions, d)
		return
	}
	s.CameBack = s.CameBack || len(s.Decisions) > 0 && s.Decisions[len(s.Decisions)-1].Outcome != LeadAccepted
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
	Key           string            `json:"key"` // empty: of none
	Leads         int               `json:"leads"`
	Milestones    []FeedbackStep    `json:"milestones"` // in the order of the plan
	Accepted      int               `json:"accepted"`   // leads that are so now, as are the next three
	Disqualified  int               `json:"disqualified"`
	Recycled      int               `json:"recycled"`
	Open          int               `json:"open"`
	Decisions     FeedbackDecisions `json:"decisions"`
	Reasons       []FeedbackReason  `json:"reasons"`                 // of each time that a lead was given up, the most frequent first
	Opportunities *FeedbackSales    `json:"opportunities,omitempty"` // left out: who asks may not see them
	Revenue       []Revenue         `json:"revenue"`                 // by currency
	Small         bool              `json:"small"`                   // too few to conclude from
}

// FeedbackDecisions are how often leads were accepted and given up: one that was recycled, came back
// and was accepted counts in both.
type FeedbackDecisions struct {
	Accepted      int `json:"accepted"`
	Disqualified  int `json:"disqualified"`
	Recycled      int `json:"recycled"`
	CameBack      int `json:"came_back"`      // leads that were worked on again after they were given up
	AcceptedLater int `json:"accepted_later"` // of them, those that were accepted then
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
	sales   *saleGroup
}

// A Feedback gathers stories to rows, group by group.
type Feedback struct {
	After  *Aftermath // what follows a close; nil: the report is without opportunities
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
		if f.After != nil {
			g.sales = newSaleGroup()
		}
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
	g.stand(s)
	g.decide(s)
	if g.sales != nil {
		g.sales.add(s.Sale)
	}
	for _, r := range s.Revenue {
		if g.revenue[r.Currency] == nil {
			g.revenue[r.Currency] = &Revenue{Currency: r.Currency}
		}
		g.revenue[r.Currency].Invoiced += r.Invoiced
		g.revenue[r.Currency].Paid += r.Paid
	}
}

// stand counts where a lead stands now.
func (g *feedbackGroup) stand(s *LeadStory) {
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
}

// decide counts what was decided on a lead, each time.
func (g *feedbackGroup) decide(s *LeadStory) {
	d, givenUp := &g.row.Decisions, false
	for _, made := range s.Decisions {
		switch made.Outcome {
		case LeadAccepted:
			d.Accepted++
			if givenUp {
				d.AcceptedLater++
			}
			continue
		case LeadDisqualified:
			d.Disqualified++
		case LeadRecycled:
			d.Recycled++
		}
		givenUp = true
		g.reasons[FeedbackReason{Outcome: made.Outcome, Code: made.Reason}]++
	}
	if s.CameBack {
		d.CameBack++
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
		row.Reasons, row.Opportunities = frequent(g.reasons), g.sales.result(f.After)
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

// frequent lists reasons, the most frequent first.
func frequent(counts map[FeedbackReason]int) []FeedbackReason {
	all := []FeedbackReason{}
	for r, n := range counts {
		r.Count = n
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b FeedbackReason) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Outcome, b.Outcome), strings.Compare(a.Code, b.Code))
	})
	return all
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

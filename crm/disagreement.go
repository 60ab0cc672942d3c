package crm

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

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

// A GradeAcceptance is how many of somebody's decisions on leads of a grade accepted them.
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
// grades of the leads and with what marketing had qualified by then. Each decision counts, also one
// that was followed by another. Leads without a grade count for marketing only. marketing are the
// milestones by which it qualifies.
func Disagreements(stories []LeadStory, marketing []Milestone, teams map[string][]string) []Disagreement {
	all := make(tallies)
	for i := range stories {
		s := &stories[i]
		for _, d := range s.Decisions {
			if d.By == "" {
				continue
			}
			v := view{grade: s.Grade, accepted: d.Outcome == LeadAccepted, qualified: slices.ContainsFunc(marketing, func(m Milestone) bool {
				return !s.Reached[m].IsZero() && !s.Reached[m].After(d.At)
			})}
			all.of("", false).add(v)
			all.of(d.By, false).add(v)
			for _, team := range teams[d.By] {
				all.of(team, true).add(v)
			}
		}
	}
	rows := []Disagreement{}
	for _, t := range all {
		rows = append(rows, t.result())
	}
	slices.SortFunc(rows, func(a, b Disagreement) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(b.Decided, a.Decided), strings.Compare(a.Who, b.Who))
	})
	return rows
}

// A view is a decision on a lead, beside the views that it is compared with.
type view struct {
	grade               string
	accepted, qualified bool
}

// tallies gather decisions by who made them.
type tallies map[tallied]*tally

type tallied struct {
	who  string
	team bool
}

type tally struct {
	Disagreement
	grades map[string]*GradeAcceptance
}

func (all tallies) of(who string, team bool) *tally {
	key := tallied{who, team}
	if all[key] == nil {
		all[key] = &tally{Disagreement{Who: who, Team: team}, make(map[string]*GradeAcceptance)}
	}
	return all[key]
}

func (t *tally) add(v view) {
	if t.grades[v.grade] == nil {
		t.grades[v.grade] = &GradeAcceptance{Grade: v.grade}
	}
	g := t.grades[v.grade]
	t.Decided++
	g.Decided++
	if v.accepted {
		t.Accepted++
		g.Accepted++
	}
	t.Marketing.add(v.accepted, v.qualified)
	if v.grade != "" {
		t.Profile.add(v.accepted, v.grade <= "C")
	}
}

func (t *tally) result() Disagreement {
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
	return t.Disagreement
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

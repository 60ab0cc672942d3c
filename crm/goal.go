package crm

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// A Goal is what a person, a team or a territory is to reach in a period.
type Goal struct {
	Meta
	SubjectType string `json:"subject_type"` // user, team, territory
	SubjectID   string `json:"subject_id"`
	Metric      string `json:"metric"`
	Period      string `json:"period"` // 2026, 2026-Q1 or 2026-03
	Target      int64  `json:"target"` // minor units of the currency where the metric is money
	Currency    string `json:"currency"`
}

// A Metric is what a goal counts.
type Metric struct {
	Name  string
	Money bool
	Says  string
}

// Metrics are what goals can be about. Cases are those that a person owns, that people of a team
// own, or that have a territory as their primary one.
var Metrics = []Metric{
	{"revenue-won", true, "what opportunities that were won in the period are worth"},
	{"revenue-invoiced", true, "net of the invoices of the period, of the cases"},
	{"revenue-paid", true, "net of what was paid in the period, of the cases"},
	{"credit-invoiced", true, "the credit for invoices of the period"},
	{"credit-paid", true, "the credit for payments of the period"},
	{"leads-accepted", false, "leads that became an opportunity in the period"},
	{"opportunities-opened", false, "opportunities that were opened in the period"},
	{"opportunities-won", false, "opportunities that were won in the period"},
	{"activities-done", false, "activities that were done in the period"},
}

const subjectTerritory = "territory"

func (g *Goal) check() error {
	i := slices.IndexFunc(Metrics, func(m Metric) bool { return m.Name == g.Metric })
	if i < 0 {
		return invalid("metric", "%q: want one of %s", g.Metric, metricNames())
	}
	switch {
	case g.SubjectType != MemberUser && g.SubjectType != MemberTeam && g.SubjectType != subjectTerritory:
		return invalid("subject_type", "%q: want user, team or territory", g.SubjectType)
	case g.SubjectID == "":
		return invalid("subject_id", "is empty: say whose goal it is")
	case g.SubjectType == subjectTerritory && (g.Metric == "credit-invoiced" || g.Metric == "credit-paid" || g.Metric == "activities-done"):
		return invalid("metric", "%s is of people and teams, not of territories", g.Metric)
	case g.Target < 1 || g.Target > maxAmount:
		return invalid("target", "is %d: want 1 to %d", g.Target, int64(maxAmount))
	case Metrics[i].Money && g.Currency == "":
		return invalid("currency", "is empty, and %s is money", g.Metric)
	case !Metrics[i].Money && g.Currency != "":
		return invalid("currency", "is %s, and %s is no money: leave it out", g.Currency, g.Metric)
	}
	m := Money{Currency: g.Currency}
	if g.Currency != "" {
		m.Amount = g.Target
	}
	if err := m.check("currency"); err != nil {
		return err
	}
	g.Currency = m.Currency
	_, _, err := ParsePeriod(g.Period)
	return err
}

func metricNames() (names []string) {
	for _, m := range Metrics {
		names = append(names, m.Name)
	}
	return names
}

var periodForm = regexp.MustCompile(`^(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?$`)

// ParsePeriod reads a year, a quarter or a month: 2026, 2026-Q1, 2026-03. It ends before until.
func ParsePeriod(s string) (from, until time.Time, err error) {
	m := periodForm.FindStringSubmatch(s)
	if m == nil {
		return from, until, invalid("period", "%q: want a year, a quarter or a month such as 2026, 2026-Q1 or 2026-03", s)
	}
	year, _ := strconv.Atoi(m[1])
	month, months := 1, 12
	switch {
	case m[2] != "":
		quarter, _ := strconv.Atoi(m[2])
		month, months = 3*quarter-2, 3
	case m[3] != "":
		month, _ = strconv.Atoi(m[3])
		months = 1
	}
	from = time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC)
	return from, from.AddDate(0, months, 0), nil
}

// Lengths of the periods of a forecast.
const (
	ByMonth   = "month"
	ByQuarter = "quarter"
	ByYear    = "year"
)

// periodOf names the period that a time lies in; the zero time lies in none.
func periodOf(at time.Time, length string) string {
	if at.IsZero() {
		return ""
	}
	at = at.UTC()
	switch length {
	case ByYear:
		return at.Format("2006")
	case ByQuarter:
		return fmt.Sprintf("%d-Q%d", at.Year(), (at.Month()+2)/3)
	}
	return at.Format("2006-01")
}

// Progress is how far a goal is reached.
type Progress struct {
	Value   int64 `json:"value"`
	Percent int64 `json:"percent"` // of the target
	Elapsed int64 `json:"elapsed"` // of the period, in percent: what a steady pace would have reached

	// What is open and expected to close in the period, where the metric is revenue won.
	Weighted int64 `json:"weighted"`
	Commit   int64 `json:"commit"`
	BestCase int64 `json:"best_case"`
}

// progress of a goal whose metric has come to value; open are the open opportunities of its cases.
func (g *Goal) progress(value int64, open []Opportunity, now time.Time) (p Progress, err error) {
	from, until, err := ParsePeriod(g.Period)
	if err != nil {
		return p, err
	}
	p.Value, p.Percent = value, scale(value, 100, g.Target)
	switch {
	case !now.Before(until):
		p.Elapsed = 100
	case now.After(from):
		p.Elapsed = int64(100 * now.Sub(from) / until.Sub(from))
	}
	if g.Metric != "revenue-won" {
		return p, nil
	}
	var row ForecastRow
	for i := range open {
		o := &open[i]
		if o.State == StateOpen && o.Amount.Currency == g.Currency && !o.ExpectedClose.Before(from) && o.ExpectedClose.Before(until) {
			row.add(o)
		}
	}
	p.Weighted, p.Commit, p.BestCase = row.Weighted, row.Commit, row.BestCase
	return p, nil
}

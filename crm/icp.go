package crm

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// An IdealProfile describes an ideal customer by weighted criteria. There may be several; a lead gets
// the grade of the one it fits best.
type IdealProfile struct {
	Meta
	Name     string           `json:"name"`
	Active   bool             `json:"active"`
	Criteria []IdealCriterion `json:"criteria"`
}

// An IdealCriterion asks one thing of a lead.
type IdealCriterion struct {
	Label      string   `json:"label,omitempty"`
	Field      string   `json:"field,omitempty"`      // industry, or account.industry, contact.job_title, fields.NAME
	Operator   string   `json:"operator"`             // equals, in, prefix, contains, range, expression
	Values     []string `json:"values,omitempty"`     // of equals (one), in, prefix and contains: any of them
	From       *float64 `json:"from,omitempty"`       // of range, inclusive; nothing: no lower end
	To         *float64 `json:"to,omitempty"`         // of range, inclusive; nothing: no upper end
	Expression string   `json:"expression,omitempty"` // CEL
	Weight     float64  `json:"weight"`               // 0 to 100, against the other criteria
}

// Operators of a criterion.
const (
	OperatorEquals     = "equals"
	OperatorIn         = "in"
	OperatorPrefix     = "prefix"
	OperatorContains   = "contains"
	OperatorRange      = "range"
	OperatorExpression = "expression"
)

// How a criterion came out.
const (
	CriterionMet     = "met"
	CriterionFailed  = "failed"
	CriterionUnknown = "unknown"
)

// A CriterionResult is how a criterion came out for a lead, and why.
type CriterionResult struct {
	Label   string  `json:"label"`
	Outcome string  `json:"outcome"` // met, failed, unknown
	Weight  float64 `json:"weight"`
	Reason  string  `json:"reason"`
}

// Grades by the fit from which they are given. What is below the last one is F.
var grades = []struct {
	from  float64
	grade string
}{{0.85, "A"}, {0.7, "B"}, {0.55, "C"}, {0.4, "D"}, {0.25, "E"}, {0, "F"}}

// Grades are the grades, the best first.
var Grades = []string{"A", "B", "C", "D", "E", "F"}

// leastKnown is the part of the weights that has to be known before a lead gets a grade.
const leastKnown = 0.3

func (p *IdealProfile) check() error {
	p.Name = tidy(p.Name)
	if err := checkText("name", p.Name, maxName); err != nil {
		return err
	}
	switch {
	case p.Name == "":
		return invalid("name", "is empty: a profile needs one")
	case len(p.Criteria) == 0:
		return invalid("criteria", "is empty: say what makes an ideal customer")
	case len(p.Criteria) > maxParts:
		return invalid("criteria", "has %d: at most %d", len(p.Criteria), maxParts)
	}
	total := 0.0
	for i := range p.Criteria {
		if err := p.Criteria[i].check(fmt.Sprintf("criteria[%d]", i)); err != nil {
			return err
		}
		total += p.Criteria[i].Weight
	}
	if total == 0 {
		return invalid("criteria", "weigh nothing: give one of them a weight")
	}
	return nil
}

func (c *IdealCriterion) check(at string) error {
	c.Label = tidy(c.Label)
	if err := checkText(at+".label", c.Label, maxName); err != nil {
		return err
	}
	if math.IsNaN(c.Weight) || c.Weight < 0 || c.Weight > 100 {
		return invalid(at+".weight", "is %v: want 0 to 100", c.Weight)
	}
	if c.Field != "" && !hasRatedField(c.Field) {
		return invalid(at+".field", "%q is no field of leads, nor account.NAME, contact.NAME or fields.NAME", c.Field)
	}
	if c.Field == "" && c.Operator != OperatorExpression {
		return invalid(at+".field", "is empty: say what is asked")
	}
	if len(c.Values) > 500 {
		return invalid(at+".values", "has %d: at most 500", len(c.Values))
	}
	for j := range c.Values {
		if c.Values[j] = tidy(c.Values[j]); c.Values[j] == "" {
			return invalid(fmt.Sprintf("%s.values[%d]", at, j), "is empty")
		}
	}
	switch c.Operator {
	case OperatorEquals:
		if len(c.Values) != 1 {
			return invalid(at+".values", "has %d: equals wants one; in takes several", len(c.Values))
		}
	case OperatorIn, OperatorPrefix, OperatorContains:
		if len(c.Values) == 0 {
			return invalid(at+".values", "is empty: %s wants one at least", c.Operator)
		}
	case OperatorRange:
		if c.From == nil && c.To == nil || c.From != nil && c.To != nil && *c.From > *c.To {
			return invalid(at+".from", "want from, to or both, from being the smaller one")
		}
	case OperatorExpression:
		if c.Expression == "" {
			return invalid(at+".expression", "is empty: say what has to be true")
		}
		return checkCondition(at+".expression", c.Expression)
	default:
		return invalid(at+".operator", "%q: want equals, in, prefix, contains, range or expression", c.Operator)
	}
	return nil
}

func hasRatedField(name string) bool {
	if of, ok := strings.CutPrefix(name, "account."); ok {
		return hasField(Account{}, of) && !strings.HasPrefix(of, "fields.")
	}
	if of, ok := strings.CutPrefix(name, "contact."); ok {
		return hasField(Contact{}, of) && !strings.HasPrefix(of, "fields.")
	}
	return hasField(Lead{}, name)
}

// rated is what is known of a lead under a name, as text; empty: it is not known. What the lead does
// not say, its account or its contact may.
func (f *Facts) rated(name string) string {
	if of, ok := strings.CutPrefix(name, "account."); ok {
		return textOf(f.Account, of)
	}
	if of, ok := strings.CutPrefix(name, "contact."); ok {
		return textOf(f.Contact, of)
	}
	for _, r := range []any{f.Lead, f.Account, f.Contact} {
		if s := textOf(r, name); s != "" {
			return s
		}
	}
	return ""
}

func textOf(record any, name string) string {
	v := reflect.ValueOf(record)
	if custom, ok := strings.CutPrefix(name, "fields."); ok {
		fields, ok := fieldByJSON(v, "fields")
		if !ok {
			return ""
		}
		if v = fields.MapIndex(reflect.ValueOf(custom)); !v.IsValid() || v.IsNil() {
			return ""
		}
		v = v.Elem()
	} else if v, ok = fieldByJSON(v, name); !ok || v.IsZero() {
		return ""
	}
	switch v.Kind() {
	case reflect.String, reflect.Bool, reflect.Int64, reflect.Float64:
		return tidy(fmt.Sprint(v.Interface()))
	}
	return ""
}

// judge says how a criterion comes out. What is not known is no failure.
func (c *IdealCriterion) judge(f *Facts) CriterionResult {
	r := CriterionResult{Label: c.Label, Weight: c.Weight}
	if r.Label == "" {
		r.Label = c.Field
	}
	if r.Label == "" {
		r.Label = c.Expression
	}
	value := ""
	if c.Field != "" {
		if value = f.rated(c.Field); value == "" {
			r.Outcome, r.Reason = CriterionUnknown, c.Field+" is not known"
			return r
		}
	}
	met, err := c.holds(f, value)
	switch {
	case err != nil:
		r.Outcome, r.Reason = CriterionUnknown, err.Error()
	case met:
		r.Outcome, r.Reason = CriterionMet, c.wanted(value, "")
	default:
		r.Outcome, r.Reason = CriterionFailed, c.wanted(value, "not ")
	}
	return r
}

func (c *IdealCriterion) holds(f *Facts, value string) (bool, error) {
	if c.Operator == OperatorExpression {
		return evaluate(c.Expression, *f)
	}
	if c.Operator == OperatorRange {
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return false, fmt.Errorf("%s %q is no number", c.Field, value)
		}
		return (c.From == nil || n >= *c.From) && (c.To == nil || n <= *c.To), nil
	}
	have := foldKey(value)
	return slices.ContainsFunc(c.Values, func(want string) bool {
		switch want = foldKey(want); c.Operator {
		case OperatorPrefix:
			return strings.HasPrefix(have, want)
		case OperatorContains:
			return strings.Contains(have, want)
		}
		return have == want
	}), nil
}

// wanted says what was found, and what the criterion asks for.
func (c *IdealCriterion) wanted(value, not string) string {
	switch c.Operator {
	case OperatorExpression:
		return "it is " + not + "true that " + c.Expression
	case OperatorRange:
		end := func(n *float64) string {
			if n == nil {
				return "…"
			}
			return strconv.FormatFloat(*n, 'f', -1, 64)
		}
		return fmt.Sprintf("%s %s is %sin %s to %s", c.Field, value, not, end(c.From), end(c.To))
	}
	verb := map[string]string{OperatorEquals: "is " + not, OperatorIn: "is " + not + "one of ", OperatorPrefix: "does " + not + "begin with ", OperatorContains: "does " + not + "contain "}[c.Operator]
	return cut(fmt.Sprintf("%s %s %s%s", c.Field, value, verb, strings.Join(c.Values, ", ")), maxReason)
}

// Fit says how well a lead fits the profile: the weight of what is met, and half of what is not
// known, as a part of all weights. Nothing is graded of which too little is known.
func (p *IdealProfile) Fit(f *Facts) (fit float64, grade string, results []CriterionResult) {
	var met, known, total float64
	for i := range p.Criteria {
		r := p.Criteria[i].judge(f)
		total += r.Weight
		switch r.Outcome {
		case CriterionMet:
			met, known = met+r.Weight, known+r.Weight
		case CriterionFailed:
			known += r.Weight
		}
		results = append(results, r)
	}
	if total == 0 {
		return 0, "", results
	}
	fit = (met + (total-known)/2) / total
	if known/total < leastKnown {
		return fit, "", results
	}
	return fit, gradeOf(fit), results
}

func gradeOf(fit float64) string {
	for _, g := range grades {
		if fit >= g.from-1e-9 {
			return g.grade
		}
	}
	return Grades[len(Grades)-1]
}

// bestFit rates a lead by the profile that it fits best; one that gives no grade comes last.
func bestFit(profiles []IdealProfile, f *Facts) (r Rating) {
	for i := range profiles {
		p := &profiles[i]
		fit, grade, results := p.Fit(f)
		if r.Profile == "" || (grade != "") != (r.Grade != "") && grade != "" || (grade != "") == (r.Grade != "") && fit > r.Fit {
			r = Rating{Grade: grade, Fit: fit, Profile: p.Name, ProfileID: p.ID, Criteria: results}
		}
	}
	return r
}

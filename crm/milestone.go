package crm

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Milestone is how far a lead has come: one of the plan in force, or disqualified or recycled.
type Milestone string

// The milestones of the default plan, and the two that every plan has beside its own.
const (
	Unqualified        Milestone = "unqualified"
	MarketingQualified Milestone = "marketing-qualified"
	SalesQualified     Milestone = "sales-qualified"
	SalesAccepted      Milestone = "sales-accepted"
	Disqualified       Milestone = "disqualified"
	Recycled           Milestone = "recycled"
)

// States of a lead: whether somebody still works on it, and how it ended.
const (
	LeadOpen         = "open"
	LeadAccepted     = "accepted"
	LeadDisqualified = "disqualified"
	LeadRecycled     = "recycled"
)

// A MilestonePlan is the way of a lead, as data: it begins in the first milestone, and the last one
// opens its opportunity. Leads always follow the plan in force.
type MilestonePlan struct {
	Saved
	Milestones []MilestoneRule `json:"milestones"`
}

// A MilestoneRule says of a milestone what it takes to reach it, who may lead a lead there, and how
// long one may stay.
type MilestoneRule struct {
	Name      Milestone      `json:"name"`
	Label     string         `json:"label,omitempty"`
	Guidance  string         `json:"guidance,omitempty"` // for who does this the first time
	Entry     MilestoneEntry `json:"entry,omitzero"`
	Roles     []string       `json:"roles,omitempty"` // who may lead a lead here; none: everybody
	Limit     TimeLimit      `json:"limit,omitzero"`
	Marketing bool           `json:"marketing,omitempty"` // marketing says by it that this is a potential customer
}

// A MilestoneEntry is what a milestone demands of a lead.
type MilestoneEntry struct {
	Fields     []string `json:"fields,omitempty"`     // of the lead, that are filled in
	Activities []string `json:"activities,omitempty"` // kinds, one of which has been done with the lead: a personal contact
	Expression string   `json:"expression,omitempty"` // CEL, true of the lead
	Message    string   `json:"message,omitempty"`    // what to tell people when the expression is false
}

var milestoneName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// DefaultMilestones is the plan until somebody saves another: a lead that marketing hands over is
// touched within a day.
func DefaultMilestones() MilestonePlan {
	return MilestonePlan{Saved: Saved{Version: 1}, Milestones: []MilestoneRule{
		{Name: Unqualified, Label: "Unqualified", Guidance: "Find out who they are and whether they could be a customer."},
		{Name: MarketingQualified, Label: "Marketing-qualified", Marketing: true,
			Guidance: "Marketing takes them for a potential customer. Get in touch within a day.",
			Limit:    TimeLimit{Hours: 24, Untouched: true, Tell: []string{TellOwner}}},
		{Name: SalesQualified, Label: "Sales-qualified", Guidance: "Sales has talked to them, and knows what they need and until when."},
		{Name: SalesAccepted, Label: "Sales-accepted", Guidance: "Sales works on it as an opportunity."},
	}}
}

// Check says what of a plan cannot work. cast is who and what there is to name.
func (p *MilestonePlan) Check(cast *Cast) error {
	switch n := len(p.Milestones); {
	case n < 2:
		return invalid("milestones", "has %d: want at least two, where a lead begins and where it becomes an opportunity", n)
	case n > maxStages:
		return invalid("milestones", "has %d: at most %d", n, maxStages)
	}
	seen := map[Milestone]bool{Disqualified: true, Recycled: true}
	for i := range p.Milestones {
		m, at := &p.Milestones[i], fmt.Sprintf("milestones[%d]", i)
		if m.Label = tidy(m.Label); m.Label == "" {
			m.Label = string(m.Name)
		}
		switch {
		case len(m.Name) > 50 || !milestoneName.MatchString(string(m.Name)):
			return invalid(at+".name", "%q: want lower-case letters, digits and dashes, such as sales-accepted", m.Name)
		case seen[m.Name]:
			return invalid(at+".name", "%q is taken: by an earlier milestone, or as one that every plan has", m.Name)
		case len(m.Guidance) > maxGuidance:
			return invalid(at+".guidance", "is longer than %d bytes", maxGuidance)
		}
		seen[m.Name] = true
		if err := checkText(at+".label", m.Label, maxName); err != nil {
			return err
		}
		if err := m.Entry.check(at+".entry", cast); err != nil {
			return err
		}
		for j, role := range m.Roles {
			if !slices.Contains(cast.Roles, role) {
				return invalid(fmt.Sprintf("%s.roles[%d]", at, j), "there is no role %q: nobody could lead a lead here", role)
			}
		}
		if err := m.Limit.check(at+".limit", cast); err != nil {
			return err
		}
	}
	return p.checkEnds()
}

// checkEnds refuses what the first and the last milestone cannot have.
func (p *MilestonePlan) checkEnds() error {
	first, last := &p.Milestones[0], &p.Milestones[len(p.Milestones)-1]
	if e := &first.Entry; len(e.Fields)+len(e.Activities) > 0 || e.Expression != "" || len(first.Roles) > 0 {
		return invalid("milestones[0].entry", "is where leads begin: it cannot demand anything of them, nor of who brings them")
	}
	if last.Limit.Hours != 0 {
		return invalid(fmt.Sprintf("milestones[%d].limit", len(p.Milestones)-1), "is where the opportunity opens: from there on its process says what is due")
	}
	return nil
}

// enteredOfLead are the fields of leads that people enter, beside their own.
var enteredOfLead = []string{"topic", "need", "time_frame", "product", "name", "email", "phone", "job_title", "network", "handle", "company", "industry", "country",
	"postal_code", "city", "employees", "contact_id", "account_id", "owner_id", "source", "detail", "campaign_id", "campaign"}

func (e *MilestoneEntry) check(at string, cast *Cast) error {
	if max(len(e.Fields), len(e.Activities)) > maxParts {
		return invalid(at, "has more than %d demands", maxParts)
	}
	for i, name := range e.Fields {
		if !cast.enters(enteredOfLead, name) {
			return invalid(fmt.Sprintf("%s.fields[%d]", at, i), "%q is no field of leads that people enter: nobody could fill it in", name)
		}
	}
	for i, kind := range e.Activities {
		if !slices.Contains(ActivityKinds, kind) {
			return invalid(fmt.Sprintf("%s.activities[%d]", at, i), "%q: want one of %v", kind, ActivityKinds)
		}
	}
	if err := checkText(at+".message", e.Message, maxReason); err != nil {
		return err
	}
	return checkCondition(at+".expression", e.Expression)
}

// Rule finds a milestone of the plan; nil when it has none of that name.
func (p *MilestonePlan) Rule(name Milestone) *MilestoneRule {
	if i := p.index(name); i >= 0 {
		return &p.Milestones[i]
	}
	return nil
}

func (p *MilestonePlan) index(name Milestone) int {
	return slices.IndexFunc(p.Milestones, func(m MilestoneRule) bool { return m.Name == name })
}

// First is where leads begin, Last where their opportunity opens.
func (p *MilestonePlan) First() Milestone { return p.Milestones[0].Name }

// Last is the milestone that opens the opportunity.
func (p *MilestonePlan) Last() Milestone { return p.Milestones[len(p.Milestones)-1].Name }

// Names are the milestones that a lead may have, in their order.
func (p *MilestonePlan) Names() []Milestone {
	var names []Milestone
	for _, m := range p.Milestones {
		names = append(names, m.Name)
	}
	return append(names, Disqualified, Recycled)
}

// State is what a milestone says of whether a lead is still worked on.
func (p *MilestonePlan) State(m Milestone) string {
	switch m {
	case Disqualified, Recycled:
		return string(m)
	case p.Last():
		return LeadAccepted
	}
	return LeadOpen
}

// Next lists where a lead can go from a milestone: on by one, or out. One that is recycled comes
// back to the first milestone or to the second, one that was disqualified to the first.
func (p *MilestonePlan) Next(from Milestone) []Milestone {
	i := p.index(from)
	switch {
	case from == Disqualified:
		return []Milestone{p.First()}
	case from == Recycled:
		next := []Milestone{p.First()}
		if len(p.Milestones) > 2 {
			next = append(next, p.Milestones[1].Name)
		}
		return append(next, Disqualified)
	case i < 0: // of an earlier plan
		return []Milestone{p.First(), Disqualified, Recycled}
	case from == p.Last():
		return nil
	}
	return []Milestone{p.Milestones[i+1].Name, Disqualified, Recycled}
}

// Leads says whether a lead can go from one milestone to another, and what would be possible.
func (p *MilestonePlan) Leads(from, to Milestone) error {
	next := p.Next(from)
	if slices.Contains(next, to) {
		return nil
	}
	if !slices.Contains(p.Names(), to) {
		return invalid("milestone", "%q is not one of %s", to, listOf(p.Names(), ", "))
	}
	if len(next) == 0 {
		return invalid("milestone", "a lead that is %s stays so: it cannot become %s", from, to)
	}
	return invalid("milestone", "a lead that is %s cannot become %s: want %s", from, to, listOf(next, " or "))
}

func listOf(names []Milestone, between string) string {
	text := make([]string, len(names))
	for i, n := range names {
		text[i] = string(n)
	}
	return strings.Join(text, between)
}

// A Mover is who leads a lead on; the rules of the product may always.
type Mover struct {
	Roles  []string
	Person bool
}

// Missing lists what a milestone demands of a lead, and of who leads it there, and does not find.
func (m *MilestoneRule) Missing(f Facts, done []string, by Mover) []Missing {
	missing := notFilledIn(f.Lead, m.Entry.Fields)
	if kinds := m.Entry.Activities; len(kinds) > 0 && !slices.ContainsFunc(kinds, func(k string) bool { return slices.Contains(done, k) }) {
		names := strings.Join(kinds, " or ")
		missing = append(missing, Missing{"activity", names, fmt.Sprintf("no %s with them is noted", names)})
	}
	missing = append(missing, unmet(m.Entry.Expression, m.Entry.Message, f)...)
	if by.Person && len(m.Roles) > 0 && !slices.ContainsFunc(m.Roles, func(r string) bool { return slices.Contains(by.Roles, r) }) {
		names := strings.Join(m.Roles, " or ")
		missing = append(missing, Missing{"role", names, "it takes somebody with the role " + names})
	}
	return missing
}

package crm

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A TimeLimit is how long a lead may stay in a milestone before somebody is told, and who is told
// when it still stays.
type TimeLimit struct {
	Hours     int         `json:"hours,omitempty"`     // 0: for ever
	Untouched bool        `json:"untouched,omitempty"` // counted from the last activity on, not from when it came
	Tell      []string    `json:"tell,omitempty"`      // owner, manager, role:NAME, team:ID, user:ID or channel:NAME
	Escalate  []LimitStep `json:"escalate,omitempty"`  // in their order
}

// A LimitStep says who is told after so many hours, counted as the limit's are.
type LimitStep struct {
	Hours int      `json:"hours"`
	Tell  []string `json:"tell" nullable:"false"`
}

// Whom a time limit may tell. Each person gets a task and a notice; a channel is one of those that
// alerts go to.
const (
	TellOwner   = "owner"
	TellManager = "manager" // of the owner: of their team, else of their unit or the next one above
	tellRole    = "role:"
	tellTeam    = "team:"
	tellUser    = "user:"
	tellChannel = "channel:"
)

const (
	maxLimitHours = 24 * 366
	maxLimitSteps = 10
)

// A Cast is who and what a plan of milestones, or a process, may name.
type Cast struct {
	Roles, Teams, Users, Channels []string // names of roles and channels, ids of the others
	Approvers                     []string // names of roles that may approve opportunities
	Fields                        []string // names of the company's own fields of the leads or opportunities
}

// enters says that people can fill in a field: one of those that are named, or one of the company's own.
func (c *Cast) enters(fields []string, name string) bool {
	if own, ok := strings.CutPrefix(name, "fields."); ok {
		return slices.Contains(c.Fields, own)
	}
	return slices.Contains(fields, name)
}

// steps are all steps of a limit, the limit itself being the first; none when there is no limit.
func (l *TimeLimit) steps() []LimitStep {
	if l.Hours == 0 {
		return nil
	}
	return append([]LimitStep{{l.Hours, l.Tell}}, l.Escalate...)
}

func (l *TimeLimit) check(at string, cast *Cast) error {
	switch {
	case l.Hours < 0 || l.Hours > maxLimitHours:
		return invalid(at+".hours", "is %d: want 0 (none) to %d", l.Hours, maxLimitHours)
	case l.Hours == 0 && (l.Untouched || len(l.Tell)+len(l.Escalate) > 0):
		return invalid(at+".hours", "is missing: say how long a lead may stay")
	case len(l.Escalate) > maxLimitSteps:
		return invalid(at+".escalate", "has %d steps: at most %d", len(l.Escalate), maxLimitSteps)
	}
	before := 0
	for i, step := range l.steps() {
		place := at
		if i > 0 {
			place = fmt.Sprintf("%s.escalate[%d]", at, i-1)
		}
		if step.Hours <= before || step.Hours > maxLimitHours {
			return invalid(place+".hours", "is %d: want more than the %d of the step before, up to %d", step.Hours, before, maxLimitHours)
		}
		before = step.Hours
		if err := cast.checkTold(place+".tell", step.Tell); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cast) checkTold(at string, tell []string) error {
	switch {
	case len(tell) == 0:
		return invalid(at, "is empty: say who is told, such as owner, manager or role:sales-manager")
	case len(tell) > maxParts:
		return invalid(at, "names %d: at most %d", len(tell), maxParts)
	}
	for i, whom := range tell {
		if whom == TellOwner || whom == TellManager {
			continue
		}
		kind, name, _ := strings.Cut(whom, ":")
		known, ok := map[string][]string{tellRole: c.Roles, tellTeam: c.Teams, tellUser: c.Users, tellChannel: c.Channels}[kind+":"]
		switch {
		case !ok:
			return invalid(fmt.Sprintf("%s[%d]", at, i), "%q: want owner, manager, role:NAME, team:ID, user:ID or channel:NAME", whom)
		case !slices.Contains(known, name) && kind+":" == tellChannel:
			return invalid(fmt.Sprintf("%s[%d]", at, i), "there is no channel %q that takes messages for people: want one of the configuration's channels %v", name, known)
		case !slices.Contains(known, name):
			return invalid(fmt.Sprintf("%s[%d]", at, i), "there is no %s %q", kind, name)
		}
	}
	return nil
}

// Due is when the next step of a stay is due, the lead having been touched last at a time; the zero
// time when none is left. An untouched limit is counted anew from each touch. Any other one is
// counted from when the lead came, and who touches it after somebody was told of it ends it.
func (l *TimeLimit) Due(v *MilestoneVisit, touched time.Time) time.Time {
	steps := l.steps()
	if v.Escalations >= len(steps) {
		return time.Time{}
	}
	from := v.EnteredAt
	switch {
	case l.Untouched && touched.After(from):
		from = touched
	case !l.Untouched && v.Escalations > 0 && touched.After(v.EscalatedAt):
		return time.Time{}
	}
	return from.Add(time.Duration(steps[v.Escalations].Hours) * time.Hour)
}

// waited says in words that a lead has been in the milestone for too long.
func (m *MilestoneRule) waited(step LimitStep) string {
	if m.Limit.Untouched {
		return fmt.Sprintf("is %s, and nobody has touched it for %d h", m.Label, step.Hours)
	}
	return fmt.Sprintf("has been %s for %d h", m.Label, step.Hours)
}

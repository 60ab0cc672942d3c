package crm

import (
	"fmt"
	"slices"
	"strings"
)

// An Action is what a role may let people do with the records of a type.
type Action string

// The actions.
const (
	ToRead    Action = "read"
	ToCreate  Action = "create"
	ToUpdate  Action = "update"
	ToDelete  Action = "delete"
	ToAssign  Action = "assign" // give it another owner
	ToShare   Action = "share"  // show it to somebody whose roles do not
	ToMerge   Action = "merge"
	ToExport  Action = "export"
	ToApprove Action = "approve"
)

// Actions are all there are.
var Actions = []Action{ToRead, ToCreate, ToUpdate, ToDelete, ToAssign, ToShare, ToMerge, ToExport, ToApprove}

// A Level says with which records of a type. Each one includes those before it.
type Level string

// The levels.
const (
	LevelNone      Level = "none"
	LevelOwn       Level = "own"       // one's own, those one takes part in, and those that are shared
	LevelTeam      Level = "team"      // and those of the people in one's teams
	LevelTerritory Level = "territory" // and those in one's territories
	LevelUnit      Level = "unit"      // and those of the people in one's business unit and the units below it
	LevelAll       Level = "all"
)

// Levels are all there are, the narrowest first.
var Levels = []Level{LevelNone, LevelOwn, LevelTeam, LevelTerritory, LevelUnit, LevelAll}

// reaches says whether a level includes another one.
func (l Level) reaches(other Level) bool {
	return slices.Index(Levels, l) >= slices.Index(Levels, other)
}

// A Grant lets people of a role do something with the records of a type. Type and action may be *:
// any that the role says nothing more exact of.
type Grant struct {
	Type   string `json:"type"`
	Action Action `json:"action"`
	Level  Level  `json:"level"`
}

// A Mask takes a field of a type from the people of a role.
type Mask struct {
	Type   string `json:"type"`
	Field  string `json:"field"`
	Hidden bool   `json:"hidden"` // false: it is shown, and cannot be changed
}

const anything = "*"

// Access is what somebody may do: their roles, and where they stand. It is resolved once a request.
// nil, and the zero Access, may do nothing.
type Access struct {
	UserID      string
	Roles       []Role
	Teams       []string // ids
	Territories []string
	Units       []string // their own and those below it
	Top         bool     // their unit is the one at the top: the unit's records are all there are
	Scopes      []Scope  // of the token they use; nil: no token narrows what they may do
	system      bool
}

var system = &Access{system: true}

// System is the access of Groundswell itself: of the pipeline, the matcher, the watch. Whatever
// works for nobody in particular says so by naming it.
func System() *Access { return system }

// Level is with which records of a type somebody may do something: the widest that a role of
// theirs grants.
func (a *Access) Level(action Action, kind string) Level {
	switch {
	case a == nil:
		return LevelNone
	case a.system:
		return LevelAll
	}
	if a.Scopes != nil && !slices.ContainsFunc(a.Scopes, func(s Scope) bool { return s.covers(action, kind) }) {
		return LevelNone
	}
	widest := LevelNone
	for i := range a.Roles {
		if l := a.Roles[i].level(action, kind); l.reaches(widest) {
			widest = l
		}
	}
	return a.effective(widest, action, kind)
}

// effective is what a granted level comes to: who stands at the top has all with their unit, and
// records that are given as one are given whole or not at all, but for seeing what is about oneself.
func (a *Access) effective(level Level, action Action, kind string) Level {
	r := realms[kind]
	switch {
	case level == LevelUnit && a.Top:
		return LevelAll
	case r.table == "" && level != LevelAll && (!r.shows(action) || level == LevelNone):
		return LevelNone
	}
	return level
}

// DemandsSecondFactor says whether a role of theirs demands one.
func (a *Access) DemandsSecondFactor() bool {
	return slices.ContainsFunc(a.Roles, func(r Role) bool { return r.SecondFactor })
}

// Can says whether there are any records of a type with which somebody may do something.
func (a *Access) Can(action Action, kind string) bool { return a.Level(action, kind) != LevelNone }

// level is what the role itself grants; the most exact grant counts.
func (r *Role) level(action Action, kind string) Level {
	level, exact := LevelNone, -1
	for _, g := range r.Grants {
		if g.Type != kind && g.Type != anything || g.Action != action && g.Action != anything {
			continue
		}
		e := 0
		if g.Type != anything {
			e += 2 // a type says more than an action
		}
		if g.Action != anything {
			e++
		}
		if e > exact {
			level, exact = g.Level, e
		}
	}
	return level
}

// masked says whether the role masks a field for an action.
func (r *Role) masked(action Action, kind, field string) bool {
	return slices.ContainsFunc(r.Masks, func(m Mask) bool {
		return m.Type == kind && m.Field == field && (m.Hidden || action != ToRead)
	})
}

// masks lists the fields of a type that roles take from somebody for an action. A role that leaves
// a field open lifts another one's mask only where it reaches as far, or the field would show on
// records that only the other role gives.
func (a *Access) masks(action Action, kind string) []string {
	if a == nil {
		return nil
	}
	var fields []string
	for i := range a.Roles {
		r := &a.Roles[i]
		level := r.level(action, kind)
		if level == LevelNone {
			continue
		}
		for _, m := range r.Masks {
			if m.Type != kind || !r.masked(action, kind, m.Field) || slices.Contains(fields, m.Field) {
				continue
			}
			if !slices.ContainsFunc(a.Roles, func(other Role) bool {
				l := other.level(action, kind)
				return l != LevelNone && l.reaches(level) && !other.masked(action, kind, m.Field)
			}) {
				fields = append(fields, m.Field)
			}
		}
	}
	return fields
}

// Hidden lists the fields of a type that somebody is not shown.
func (a *Access) Hidden(kind string) []string { return a.masks(ToRead, kind) }

// frozen lists the fields of a type that somebody cannot set.
func (a *Access) frozen(kind string) []string {
	return append(a.masks(ToUpdate, kind), a.Hidden(kind)...)
}

// Masked says whether any field of any type is hidden from somebody.
func (a *Access) Masked() bool {
	if a == nil {
		return false
	}
	for i := range a.Roles {
		if slices.ContainsFunc(a.Roles[i].Masks, func(m Mask) bool { return m.Hidden }) {
			return true
		}
	}
	return false
}

// Forbidden says that somebody may see a record, or a kind of records, and not do this with it. It
// is returned as a pointer.
type Forbidden struct {
	Action Action
	Type   string
	ID     string // of the record; empty: any
	Needed Level  // the narrowest that would do
	Field  string // that a mask keeps; empty: it is not about a field
	Token  bool   // the roles would allow it, the token does not
	Role   string // that somebody would give, take or write, and that reaches further than they do
}

func (e *Forbidden) Error() string {
	what := "records of type " + e.Type
	if e.ID != "" {
		what = e.Type + " " + e.ID
	}
	switch {
	case e.Role != "" && e.Field != "":
		return fmt.Sprintf("the role %s shows the field %s of %s, which your own keep from you: who may change both users and roles gives any", e.Role, e.Field, e.Type)
	case e.Role != "":
		return fmt.Sprintf("the role %s grants %s at level %s, which you do not have: who may change both users and roles gives any", e.Role, e.Type+":"+string(e.Action), e.Needed)
	case e.Field != "":
		verb := map[bool]string{true: "show you", false: "let you set"}[e.Action == ToRead]
		return fmt.Sprintf("%s %s: your roles do not %s the field %s: an administrator can take the mask from a role of yours", e.Action, what, verb, e.Field)
	case e.Token:
		return fmt.Sprintf("%s %s: the token has no scope %s:%s", e.Action, what, e.Type, e.Action)
	}
	return fmt.Sprintf("%s %s: no role of yours grants %s:%s at level %s or wider", e.Action, what, e.Type, e.Action, e.Needed)
}

// Grant names the grant that is missing, as TYPE:ACTION:LEVEL.
func (e *Forbidden) Grant() string {
	return strings.Join([]string{e.Type, string(e.Action), string(e.Needed)}, ":")
}

// refuse is the error of somebody who lacks a grant.
func (a *Access) refuse(action Action, kind, id string, needed Level) error {
	var bare Access
	if a != nil {
		bare = *a
		bare.Scopes = nil
	}
	return &Forbidden{Action: action, Type: kind, ID: id, Needed: needed, Token: a != nil && a.Scopes != nil && bare.Level(action, kind).reaches(needed) && !a.Level(action, kind).reaches(needed)}
}

// Refuse is the error of somebody who may not do something with all records of a type.
func (a *Access) Refuse(action Action, kind string) error {
	return a.refuse(action, kind, "", LevelAll)
}

// Demand refuses somebody who may do something with no record of a type at all.
func (a *Access) Demand(action Action, kind string) error {
	if a.Can(action, kind) {
		return nil
	}
	needed := LevelOwn
	if realms[kind].table == "" {
		needed = LevelAll
	}
	return a.refuse(action, kind, "", needed)
}

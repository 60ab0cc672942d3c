package crm

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Facts are what gates, branches and rules judge a record by. A condition (CEL, cel.dev) names the
// records by their type: opportunity.amount.amount > 500000 && account.industry == "hotels" && fields.size > 3, where fields
// are the custom ones of the opportunity, or of the lead while there is none.
type Facts struct {
	Opportunity Opportunity
	Fields      map[string]any // its custom ones, by their kinds: a date is a time
	Account     Account
	Contact     Contact
	Lead        Lead
	Tasks       []Activity // of the record's present stage
	Stays       []string   // its stages so far in its main process, the first one first
	Approvals   []string   // roles that approved the present stage
	Finished    []string   // ids of the processes that have run to their end
	Lapsed      []string   // roles and processes whose approval was given for what has changed since
	Quote       QuoteTerms // of the draft that a process is chosen for
	Now         time.Time

	sanction sanction // which approvals count, where Approvals, Finished and Lapsed come from
}

// Missing is one thing that a gate demands and does not find.
type Missing struct {
	Kind   string `json:"kind"` // field, task, approval, expression, process
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// A GateClosed says why a record may not go on, all of it at once.
type GateClosed struct {
	Stage     string    // that an opportunity cannot leave; or
	Quote     string    // that cannot be sent; or
	Milestone Milestone // that a lead cannot reach
	Missing   []Missing
}

func (e *GateClosed) Error() string {
	reasons := make([]string, len(e.Missing))
	for i, m := range e.Missing {
		reasons[i] = m.Reason
	}
	if e.Milestone != "" {
		return fmt.Sprintf("the lead cannot become %s yet: %s", e.Milestone, strings.Join(reasons, "; "))
	}
	if e.Quote != "" {
		return fmt.Sprintf("quote %s cannot be sent yet: %s", e.Quote, strings.Join(reasons, "; "))
	}
	return fmt.Sprintf("stage %s cannot be left yet: %s", e.Stage, strings.Join(reasons, "; "))
}

// Missing lists what the stage's gate demands and does not find.
func (s *Stage) Missing(f Facts) []Missing {
	missing := notFilledIn(f.Opportunity, s.Gate.Fields)
	add := func(kind, name, format string, args ...any) {
		missing = append(missing, Missing{kind, name, fmt.Sprintf(format, args...)})
	}
	if s.Gate.Tasks {
		for _, t := range f.Tasks {
			if t.DoneAt.IsZero() {
				add("task", t.ID, "task %q is not done", t.Subject)
			}
		}
	}
	if role := s.Gate.Approval; role != "" && !slices.Contains(f.Approvals, role) {
		again := ""
		if slices.Contains(f.Lapsed, role) {
			again = " again: the amount, a quote or the owner is another since"
		}
		add("approval", role, "somebody with the role %s has to approve%s", role, again)
	}
	for _, id := range s.Gate.Processes {
		switch {
		case slices.Contains(f.Finished, id):
		case slices.Contains(f.Lapsed, id):
			add("process", id, "process %s has to run again: the amount, a quote or the owner is another than was approved", id)
		default:
			add("process", id, "process %s has not run to its end", id)
		}
	}
	return append(missing, unmet(s.Gate.Expression, s.Gate.Message, f)...)
}

// notFilledIn lists which of some fields of a record are not filled in.
func notFilledIn(record any, names []string) (missing []Missing) {
	for _, name := range names {
		if fieldEmpty(record, name) {
			missing = append(missing, Missing{"field", name, name + " is not filled in"})
		}
	}
	return missing
}

// unmet says that an expression does not hold, in the words of its message where it has one.
func unmet(expression, message string, f Facts) []Missing {
	switch holds, err := evaluate(expression, f); {
	case err != nil:
		message = err.Error()
	case holds:
		return nil
	case message == "":
		message = "it has to be true that " + expression
	}
	return []Missing{{"expression", expression, message}}
}

// hasField says that a type of record has a field of that name in JSON, custom ones by fields.NAME.
func hasField(record any, name string) bool {
	if custom, ok := strings.CutPrefix(name, "fields."); ok {
		return custom != ""
	}
	_, ok := fieldByJSON(reflect.ValueOf(record), name)
	return ok
}

func fieldEmpty(record any, name string) bool {
	v := reflect.ValueOf(record)
	if custom, ok := strings.CutPrefix(name, "fields."); ok {
		fields, _ := fieldByJSON(v, "fields")
		value := fields.MapIndex(reflect.ValueOf(custom))
		return !value.IsValid() || value.IsNil() || value.Elem().IsZero()
	}
	field, ok := fieldByJSON(v, name)
	return !ok || field.IsZero() || field.Kind() == reflect.Slice && field.Len() == 0
}

func fieldByJSON(v reflect.Value, name string) (reflect.Value, bool) {
	for _, f := range reflect.VisibleFields(v.Type()) {
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name && !f.Anonymous {
			return v.FieldByIndex(f.Index), true
		}
	}
	return reflect.Value{}, false
}

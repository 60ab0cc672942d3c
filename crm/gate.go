package crm

import (
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/ext"
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
	Now         time.Time
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
		add("approval", role, "somebody with the role %s has to approve", role)
	}
	for _, id := range s.Gate.Processes {
		if !slices.Contains(f.Finished, id) {
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

// What a condition may cost: one that runs through lists of lists is stopped, not waited for.
const (
	maxCondition     = 2000 // bytes
	maxConditionCost = 100_000
)

var conditions = sync.OnceValues(func() (*cel.Env, error) {
	types := []any{ext.ParseStructTag("json")}
	options := []cel.EnvOption{cel.ParserExpressionSizeLimit(maxCondition), cel.ParserRecursionLimit(50)}
	for name, v := range (&Facts{}).variables() {
		t, variable := reflect.TypeOf(v), cel.TimestampType
		switch v.(type) {
		case time.Time:
		case map[string]any:
			variable = cel.MapType(cel.StringType, cel.DynType)
		default:
			types, variable = append(types, t), cel.ObjectType(t.String())
		}
		options = append(options, cel.Variable(name, variable))
	}
	return cel.NewEnv(append([]cel.EnvOption{ext.NativeTypes(types...)}, append(options, ext.Strings())...)...)
})

// variables are the names that a condition may use.
func (f *Facts) variables() map[string]any {
	fields := f.Fields
	if fields == nil {
		fields = f.Opportunity.Fields
	}
	if f.Opportunity.Name == "" && fields == nil {
		fields = f.Lead.Fields
	}
	return map[string]any{"opportunity": f.Opportunity, "account": f.Account, "contact": f.Contact, "lead": f.Lead, "fields": fields, "now": f.Now}
}

// compile makes a condition ready. It has to be true or false, and cannot be either always.
func compile(condition string) (cel.Program, error) {
	env, err := conditions()
	if err != nil {
		return nil, err
	}
	ast, issues := env.Compile(condition)
	if issues.Err() != nil {
		return nil, issues.Err()
	}
	if ast.OutputType() != cel.BoolType {
		return nil, fmt.Errorf("gives a %s: want true or false", ast.OutputType())
	}
	return env.Program(ast, cel.CostLimit(maxConditionCost), cel.InterruptCheckFrequency(100))
}

func checkCondition(field, condition string) error {
	if condition == "" {
		return nil
	}
	if len(condition) > maxCondition {
		return invalid(field, "has %d bytes: at most %d", len(condition), maxCondition)
	}
	program, err := compile(condition)
	if err != nil {
		return invalid(field, "cannot be used: %s", firstLine(err.Error()))
	}
	// Without any record it has a value only when it names none.
	if out, _, err := program.Eval(map[string]any{}); err == nil {
		return invalid(field, "is always %v, whatever the record", out.Value())
	}
	return nil
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// holds says whether a condition holds that decides by itself, such as which process is chosen. One
// that cannot be judged of a record, for a field that it lacks or a value of another type, does not
// hold for it: whoever works on the record cannot mend the condition, and is not held up by it. The
// log says so, without the values that it was judged by.
func holds(condition string, f Facts) bool {
	ok, err := evaluate(condition, f)
	if err != nil {
		slog.Warn("condition cannot be judged, and counts as not met", "condition", condition, "opportunity", f.Opportunity.ID, "lead", f.Lead.ID)
	}
	return ok && err == nil
}

// evaluate says whether a condition holds; the empty one always does.
func evaluate(condition string, f Facts) (bool, error) {
	if condition == "" {
		return true, nil
	}
	program, err := compile(condition)
	if err != nil {
		return false, err
	}
	vars := f.variables()
	out, _, err := program.Eval(vars)
	if err != nil {
		return false, invalid("condition", "%q cannot be judged: %s", condition, err)
	}
	holds, _ := out.Value().(bool)
	return holds, nil
}

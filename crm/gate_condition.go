package crm

import (
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/ext"
)

// What a condition may cost: one that runs through lists of lists is stopped, not waited for.
const (
	maxCondition     = 2000 // bytes
	maxConditionCost = 100_000
)

// conditions are what conditions may name; quoteConditions what those that choose a process for a quote
// may: its terms, too.
var (
	conditions      = sync.OnceValues(func() (*cel.Env, error) { return newConditions(false) })
	quoteConditions = sync.OnceValues(func() (*cel.Env, error) { return newConditions(true) })
)

func newConditions(ofQuote bool) (*cel.Env, error) {
	natives := []any{ext.ParseStructTag("json")}
	options := []cel.EnvOption{cel.ParserExpressionSizeLimit(maxCondition), cel.ParserRecursionLimit(50)}
	for name, v := range (&Facts{}).variables() {
		if name == "quote" && !ofQuote {
			continue
		}
		t, variable := reflect.TypeOf(v), cel.TimestampType
		switch v.(type) {
		case time.Time:
		case map[string]any:
			variable = cel.MapType(cel.StringType, cel.DynType)
		default:
			natives, variable = append(natives, t), cel.ObjectType(t.String())
		}
		options = append(options, cel.Variable(name, variable))
	}
	return cel.NewEnv(append([]cel.EnvOption{ext.NativeTypes(natives...)}, append(options, ext.Strings())...)...)
}

// variables are the names that a condition may use.
func (f *Facts) variables() map[string]any {
	fields := f.Fields
	if fields == nil {
		fields = f.Opportunity.Fields
	}
	if f.Opportunity.Name == "" && fields == nil {
		fields = f.Lead.Fields
	}
	return map[string]any{"opportunity": f.Opportunity, "account": f.Account, "contact": f.Contact, "lead": f.Lead, "fields": fields, "quote": f.Quote, "now": f.Now}
}

// parse reads a condition, which has to be true or false.
func parse(condition string, ofQuote bool) (*cel.Env, *cel.Ast, error) {
	named := conditions
	if ofQuote {
		named = quoteConditions
	}
	env, err := named()
	if err != nil {
		return nil, nil, err
	}
	ast, issues := env.Compile(condition)
	if issues.Err() != nil {
		return nil, nil, issues.Err()
	}
	if ast.OutputType() != cel.BoolType {
		return nil, nil, fmt.Errorf("gives a %s: want true or false", ast.OutputType())
	}
	return env, ast, nil
}

func program(env *cel.Env, ast *cel.Ast, options ...cel.ProgramOption) (cel.Program, error) {
	return env.Program(ast, append(options, cel.CostLimit(maxConditionCost), cel.InterruptCheckFrequency(100))...)
}

func checkCondition(field, condition string) error { return checkConditionOf(field, condition, false) }

// checkConditionOf refuses a condition that could not be judged of any record, for what it names or
// for what it costs, and one that is the same of all. ofQuote says that it may name a quote.
func checkConditionOf(field, condition string, ofQuote bool) error {
	if condition == "" {
		return nil
	}
	if len(condition) > maxCondition {
		return invalid(field, "has %d bytes: at most %d", len(condition), maxCondition)
	}
	env, ast, err := parse(condition, ofQuote)
	if err != nil {
		return invalid(field, "cannot be used: %s", firstLine(err.Error()))
	}
	cost, err := env.EstimateCost(ast, sizes{})
	if err != nil || cost.Max > maxConditionCost {
		return invalid(field, "may take too many steps to judge, %d where at most %d are taken: ask for less, such as without one list inside another", cost.Max, maxConditionCost)
	}
	program, err := program(env, ast)
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
	env, ast, err := parse(condition, true)
	if err != nil {
		return false, err
	}
	program, err := program(env, ast)
	if err != nil {
		return false, err
	}
	out, _, err := program.Eval(f.variables())
	if err != nil {
		return false, invalid("condition", "%q cannot be judged: %s", condition, err)
	}
	holds, _ := out.Value().(bool)
	return holds, nil
}

// sizes are how large what conditions name may be, for the estimate of what judging them costs. What
// is larger nevertheless is stopped when it is judged.
type sizes struct{}

func (sizes) EstimateSize(n checker.AstNode) *checker.SizeEstimate {
	var largest uint64 = max(maxNeed, maxFieldText) // of a text
	switch n.Type().Kind() {
	case types.ListKind, types.MapKind, types.DynKind:
		largest = maxChoices // of a field with several choices, the longest list of a record
	}
	return &checker.SizeEstimate{Max: largest}
}

func (sizes) EstimateCallCost(string, string, *checker.AstNode, []checker.AstNode) *checker.CallEstimate {
	return nil // as the language has it
}

// neverHolds says that a condition is false of every opportunity in a state, whatever else is known.
func neverHolds(condition, state string) bool {
	env, ast, err := parse(condition, false)
	if err != nil {
		return false // was refused before
	}
	judge, err := program(env, ast, cel.EvalOptions(cel.OptPartialEval))
	if err != nil {
		return false
	}
	o := Opportunity{State: state}
	var unknown []*cel.AttributePatternType
	for name := range (&Facts{}).variables() {
		if name != "opportunity" {
			unknown = append(unknown, cel.AttributePattern(name))
		}
	}
	for name := range fieldsOf(Opportunity{ExpectedClose: time.Unix(1, 0), ClosedAt: time.Unix(1, 0)}) {
		open := state == StateOpen && (name == "close_reason" || name == "close_comment")
		if name != "state" && !open {
			unknown = append(unknown, cel.AttributePattern("opportunity").QualString(name))
		}
	}
	known, err := cel.PartialVars(map[string]any{"opportunity": o}, unknown...)
	if err != nil {
		return false
	}
	out, _, err := judge.Eval(known)
	return err == nil && out == types.False
}

package crm

import (
	"fmt"
	"slices"
	"time"
)

// A Process is a business process flow: the stages that a record goes through, as data. Saving one
// makes a new version; records that are under way stay on theirs until somebody migrates them.
type Process struct {
	ID        string    `json:"id"`
	Version   int64     `json:"version"`
	Name      string    `json:"name"`
	When      string    `json:"when"` // CEL: the records it is chosen for; empty: all
	Rank      int       `json:"rank"` // of several that fit, the highest is chosen
	Enabled   bool      `json:"enabled"`
	StartOn   string    `json:"start_on,omitempty"` // won, lost, quote: it starts beside every opportunity that closes so, or is quoted, and is chosen for none
	Stages    []Stage   `json:"stages"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by"`
}

// A Stage is a part of a process. Stages follow each other in the order of the list, within their
// phase, unless a branch leads elsewhere.
type Stage struct {
	Name        string         `json:"name"`
	Phase       string         `json:"phase,omitempty"`       // open; won or lost: what follows the close
	Probability int            `json:"probability,omitempty"` // of winning, in percent; rises from stage to stage
	Forecast    string         `json:"forecast,omitempty"`    // pipeline, best-case or commit
	Guidance    string         `json:"guidance,omitempty"`    // for who does this the first time
	Steps       []Step         `json:"steps,omitempty"`
	Tasks       []TaskTemplate `json:"tasks,omitempty"` // created when the stage is entered
	Gate        Gate           `json:"gate,omitzero"`   // what leaving it forward demands
	Branches    []Branch       `json:"branches,omitempty"`
}

// A Step is a field that a stage asks for.
type Step struct {
	Field string `json:"field"`
	Label string `json:"label,omitempty"`
}

// A TaskTemplate is a task that comes with a stage.
type TaskTemplate struct {
	Subject  string `json:"subject"`
	Guidance string `json:"guidance,omitempty"`
	DueDays  int    `json:"due_days,omitempty"` // after the stage was entered
}

// A Branch leads to another stage of the same phase when its condition holds.
type Branch struct {
	When string `json:"when"` // CEL
	To   string `json:"to"`
}

// A Gate is what a stage demands before the next.
type Gate struct {
	Fields     []string `json:"fields,omitempty"`     // that are filled in
	Tasks      bool     `json:"tasks,omitempty"`      // all tasks of the stage are done
	Approval   string   `json:"approval,omitempty"`   // somebody of this role approved; empty: nobody need to
	Expression string   `json:"expression,omitempty"` // CEL, true of the record
	Message    string   `json:"message,omitempty"`    // what to tell people when the expression is false
	Processes  []string `json:"processes,omitempty"`  // ids of processes that have run to their end on the record
}

// Phases of a stage.
const (
	PhaseOpen = "open"
	PhaseWon  = "won"
	PhaseLost = "lost"
)

// StartQuote starts a process beside every opportunity that a quote is drafted for. Its rule may ask
// about the quote: quote.discount > 1000.
const StartQuote = "quote"

// Forecast categories.
const (
	ForecastPipeline = "pipeline"
	ForecastBestCase = "best-case"
	ForecastCommit   = "commit"
)

const (
	maxStages   = 30
	maxParts    = 50 // steps, tasks, branches … of one stage
	maxGuidance = 4000
)

// DefaultProcess is what opportunities follow until somebody says otherwise.
func DefaultProcess() Process {
	return Process{ID: "default", Version: 1, Name: "Sales", Enabled: true, Stages: []Stage{
		{Name: "Qualify", Phase: PhaseOpen, Probability: 10, Forecast: ForecastPipeline,
			Guidance: "Find out who needs what, until when, and who decides.",
			Steps:    []Step{{"account_id", "Account"}, {"need", "Need"}},
			Gate:     Gate{Fields: []string{"need"}}},
		{Name: "Develop", Phase: PhaseOpen, Probability: 35, Forecast: ForecastPipeline,
			Guidance: "Work out with the customer what solves it, and what it is worth.",
			Steps:    []Step{{"amount", "Value"}, {"expected_close", "Expected close"}},
			Gate:     Gate{Fields: []string{"amount", "expected_close"}}},
		{Name: "Propose", Phase: PhaseOpen, Probability: 60, Forecast: ForecastBestCase,
			Guidance: "Make a quote, talk it through, and hear the objections.",
			Steps:    []Step{{"contact_id", "Who decides"}},
			Gate:     Gate{Fields: []string{"contact_id"}}},
		{Name: "Close", Phase: PhaseOpen, Probability: 85, Forecast: ForecastCommit,
			Guidance: "Agree on the last points, and get the order."},
		{Name: "Hand over", Phase: PhaseWon, Guidance: "Introduce who delivers; say what was promised.",
			Tasks: []TaskTemplate{{Subject: "Hand over to delivery", DueDays: 3}}},
		{Name: "Look after", Phase: PhaseWon, Guidance: "Ask whether they are satisfied, and put right what is not.",
			Tasks: []TaskTemplate{{Subject: "Ask how satisfied they are", DueDays: 30}}},
		{Name: "Reference", Phase: PhaseWon, Guidance: "Who is satisfied may say so: ask for a reference or a review.",
			Tasks: []TaskTemplate{{Subject: "Ask for a reference or a review", DueDays: 30}}},
		{Name: "Next need", Phase: PhaseWon, Guidance: "Ask what they need next, and open an opportunity for it.",
			Tasks: []TaskTemplate{{Subject: "Ask what they need next", DueDays: 60}}},
		{Name: "Review", Phase: PhaseLost, Guidance: "Find out why, and what would have to change.",
			Tasks: []TaskTemplate{{Subject: "Ask why they decided otherwise", DueDays: 14}}},
	}}
}

// Check says what of a process cannot work, so that no record ever stands before a gate that
// nobody can pass. cast is who and what there is to name.
func (p *Process) Check(cast *Cast) error {
	p.Name = tidy(p.Name)
	if err := checkText("name", p.Name, maxName); err != nil {
		return err
	}
	switch {
	case p.Name == "":
		return invalid("name", "is empty: a process needs one")
	case len(p.Stages) == 0:
		return invalid("stages", "is empty: a process needs at least one")
	case len(p.Stages) > maxStages:
		return invalid("stages", "has %d: at most %d", len(p.Stages), maxStages)
	}
	if p.StartOn != "" && p.StartOn != StateWon && p.StartOn != StateLost && p.StartOn != StartQuote {
		return invalid("start_on", "%q: want won, lost or quote, or nothing", p.StartOn)
	}
	if err := checkConditionOf("when", p.When, p.StartOn == StartQuote); err != nil {
		return err
	}
	seen, last := map[string]bool{}, 0
	for i := range p.Stages {
		s, at := &p.Stages[i], fmt.Sprintf("stages[%d]", i)
		if s.Phase == "" {
			s.Phase = PhaseOpen
		}
		if err := p.checkStage(s, at, cast); err != nil {
			return err
		}
		switch {
		case seen[s.Name]:
			return invalid(at+".name", "%q is taken by an earlier stage", s.Name)
		case s.Phase == PhaseOpen && s.Probability < last:
			return invalid(at+".probability", "is %d, less than the stage before: it rises with the stages", s.Probability)
		}
		seen[s.Name] = true
		if s.Phase == PhaseOpen {
			last = s.Probability
		}
	}
	if p.Stages[0].Phase != PhaseOpen {
		return invalid("stages[0].phase", "is %q: a process begins with an open stage", p.Stages[0].Phase)
	}
	return p.checkWays()
}

func (p *Process) checkStage(s *Stage, at string, cast *Cast) error {
	s.Name = tidy(s.Name)
	if err := checkText(at+".name", s.Name, maxName); err != nil {
		return err
	}
	switch {
	case s.Name == "":
		return invalid(at+".name", "is empty")
	case s.Phase != PhaseOpen && s.Phase != PhaseWon && s.Phase != PhaseLost:
		return invalid(at+".phase", "%q: want open, won or lost", s.Phase)
	case s.Phase == PhaseOpen && (s.Probability < 1 || s.Probability > 99):
		return invalid(at+".probability", "is %d: want 1 to 99, for nothing is certain while it is open", s.Probability)
	case s.Forecast != "" && s.Forecast != ForecastPipeline && s.Forecast != ForecastBestCase && s.Forecast != ForecastCommit:
		return invalid(at+".forecast", "%q: want pipeline, best-case or commit", s.Forecast)
	case len(s.Guidance) > maxGuidance:
		return invalid(at+".guidance", "is longer than %d bytes", maxGuidance)
	case max(len(s.Steps), len(s.Tasks), len(s.Branches), len(s.Gate.Fields), len(s.Gate.Processes)) > maxParts:
		return invalid(at, "has more than %d steps, tasks, branches or demands", maxParts)
	}
	if s.Forecast == "" {
		s.Forecast = ForecastPipeline
	}
	for i, step := range s.Steps {
		if !cast.enters(enteredOfOpportunity, step.Field) {
			return invalid(fmt.Sprintf("%s.steps[%d].field", at, i), "%q is no field of opportunities that people enter", step.Field)
		}
	}
	for i := range s.Tasks {
		task := &s.Tasks[i]
		if task.Subject = tidy(task.Subject); task.Subject == "" || task.DueDays < 0 || task.DueDays > 3650 {
			return invalid(fmt.Sprintf("%s.tasks[%d]", at, i), "needs a subject and due_days of 0 to 3650")
		}
	}
	return p.checkGate(s, at, cast)
}

func (p *Process) checkGate(s *Stage, at string, cast *Cast) error {
	g := &s.Gate
	for i, field := range g.Fields {
		if !cast.enters(enteredOfOpportunity, field) {
			return invalid(fmt.Sprintf("%s.gate.fields[%d]", at, i), "%q is no field of opportunities that people enter: nobody could fill it in", field)
		}
	}
	switch {
	case g.Approval == "":
	case !slices.Contains(cast.Roles, g.Approval):
		return invalid(at+".gate.approval", "there is no role %q: nobody could approve", g.Approval)
	case !slices.Contains(cast.Approvers, g.Approval):
		return invalid(at+".gate.approval", "the role %q does not grant opportunity:approve: nobody could approve", g.Approval)
	}
	if slices.Contains(g.Processes, p.ID) {
		return invalid(at+".gate.processes", "demands this process itself, which cannot be at its end")
	}
	if err := checkCondition(at+".gate.expression", g.Expression); err != nil {
		return err
	}
	state := map[string]string{PhaseOpen: StateOpen, PhaseWon: StateWon, PhaseLost: StateLost}[s.Phase]
	if p.StartOn == "" && neverHolds(g.Expression, state) {
		return invalid(at+".gate.expression", "is never true of an opportunity that is %s, as all are in this stage", state)
	}
	for i, b := range s.Branches {
		if b.When == "" {
			return invalid(fmt.Sprintf("%s.branches[%d].when", at, i), "is empty: say when it is taken")
		}
		if err := checkCondition(fmt.Sprintf("%s.branches[%d].when", at, i), b.When); err != nil {
			return err
		}
	}
	return nil
}

// enteredOfOpportunity are the fields of opportunities that people enter, beside their own.
var enteredOfOpportunity = []string{"name", "need", "account_id", "contact_id", "campaign_id", "owner_id", "amount", "expected_close", "forecast"}

// checkCircle refuses demands of processes that lead back to this one: none of them could end.
func (p *Process) checkCircle(all []Process) error {
	demands := make(map[string][]string)
	for i := range all {
		if all[i].ID != p.ID {
			for _, s := range all[i].Stages {
				demands[all[i].ID] = append(demands[all[i].ID], s.Gate.Processes...)
			}
		}
	}
	for i, s := range p.Stages {
		for j, id := range s.Gate.Processes {
			seen := map[string]bool{}
			for reach := []string{id}; len(reach) > 0; {
				next := reach[0]
				if reach = reach[1:]; next == p.ID {
					return invalid(fmt.Sprintf("stages[%d].gate.processes[%d]", i, j), "process %s demands, itself or by way of others, that this one has ended: neither ever could", id)
				}
				if !seen[next] {
					seen[next] = true
					reach = append(reach, demands[next]...)
				}
			}
		}
	}
	return nil
}

// checkWays says which branches lead nowhere.
func (p *Process) checkWays() error {
	for i := range p.Stages {
		s := &p.Stages[i]
		for j, b := range s.Branches {
			to, at := p.Stage(b.To), fmt.Sprintf("stages[%d].branches[%d].to", i, j)
			switch {
			case to == nil:
				return invalid(at, "there is no stage %q", b.To)
			case to.Phase != s.Phase:
				return invalid(at, "%q is a stage of phase %s: closing leads there", b.To, to.Phase)
			case p.index(b.To) <= i:
				return invalid(at, "%q comes before: who goes back does so by hand", b.To)
			}
		}
	}
	return nil
}

// Stage finds a stage by its name; nil when there is none.
func (p *Process) Stage(name string) *Stage {
	if i := p.index(name); i >= 0 {
		return &p.Stages[i]
	}
	return nil
}

func (p *Process) index(name string) int {
	return slices.IndexFunc(p.Stages, func(s Stage) bool { return s.Name == name })
}

// first is the stage in which a phase begins; nil when the process has none of it.
func (p *Process) first(phase string) *Stage {
	for i := range p.Stages {
		if p.Stages[i].Phase == phase {
			return &p.Stages[i]
		}
	}
	return nil
}

// following is the next stage of the same phase in the order of the list; nil after the last.
func (p *Process) following(s *Stage) *Stage {
	for i := p.index(s.Name) + 1; i < len(p.Stages); i++ {
		if p.Stages[i].Phase == s.Phase {
			return &p.Stages[i]
		}
	}
	return nil
}

// Next is where a stage leads: the first branch whose condition holds, or the following stage;
// nil at the end of the phase.
func (p *Process) Next(s *Stage, f Facts) *Stage {
	for _, b := range s.Branches {
		if holds(b.When, f) {
			return p.Stage(b.To)
		}
	}
	return p.following(s)
}

package crm

import (
	"cmp"
	"slices"
	"strings"
)

// A LeadSale is what became of the opportunity of a lead.
type LeadSale struct {
	State    string // open, won, lost
	Reason   string // code of why it was won or lost; empty: it is open, or who asks may not see it
	Unfit    bool   // it was lost for a reason that says that they were no potential customer
	FollowUp []FollowedStage
	Answers  []FollowUpAnswer
}

// A FollowedStage is a stage after the close that an opportunity came to, with the tasks that came
// with it.
type FollowedStage struct {
	AfterStage
	Tasks, Done int
}

// An AfterStage is a stage of a process that follows a close.
type AfterStage struct {
	Outcome   string `json:"outcome"` // won, lost: what it follows
	ProcessID string `json:"process_id"`
	Stage     string `json:"stage"`
}

// A FollowUpAnswer is what was entered in a field that a stage after the close asks for: one of the
// company's own that has few values, such as how satisfied they are.
type FollowUpAnswer struct {
	Outcome string `json:"outcome"`
	Field   string `json:"field"` // its name
	Value   string `json:"value"`
}

// FeedbackSales are what became of the opportunities of the leads of a group.
type FeedbackSales struct {
	Count    int                `json:"count"`
	Open     int                `json:"open"`
	Won      int                `json:"won"`
	Lost     int                `json:"lost"`
	Unfit    int                `json:"unfit"`    // of the lost ones, those whose reason says that they were no potential customer
	WinRate  float64            `json:"win_rate"` // won ones of the closed, 0 to 1
	Small    bool               `json:"small"`    // too few are closed to conclude from
	Reasons  []FeedbackReason   `json:"reasons"`  // why they were won and lost, the most frequent first
	FollowUp []FeedbackFollowUp `json:"follow_up"`
	Answers  []FeedbackAnswer   `json:"answers"`
}

// A FeedbackFollowUp is how far what follows a close has come: a stage, how many opportunities came to
// it, and what was done of the tasks that came with it.
type FeedbackFollowUp struct {
	AfterStage
	Reached int `json:"reached"`
	Tasks   int `json:"tasks"`
	Done    int `json:"done"`
}

// A FeedbackAnswer counts an answer.
type FeedbackAnswer struct {
	FollowUpAnswer
	Count int `json:"count"`
}

// A saleGroup gathers the opportunities of a row.
type saleGroup struct {
	FeedbackSales
	reasons  map[FeedbackReason]int
	followed map[AfterStage]*FeedbackFollowUp
	answers  map[FollowUpAnswer]int
}

func newSaleGroup() *saleGroup {
	return &saleGroup{reasons: make(map[FeedbackReason]int), followed: make(map[AfterStage]*FeedbackFollowUp), answers: make(map[FollowUpAnswer]int)}
}

func (g *saleGroup) add(s *LeadSale) {
	if s == nil {
		return
	}
	g.Count++
	switch s.State {
	case StateWon:
		g.Won++
	case StateLost:
		g.Lost++
	default:
		g.Open++
	}
	if s.Unfit {
		g.Unfit++
	}
	if s.Reason != "" {
		g.reasons[FeedbackReason{Outcome: s.State, Code: s.Reason}]++
	}
	for _, f := range s.FollowUp {
		if g.followed[f.AfterStage] == nil {
			g.followed[f.AfterStage] = &FeedbackFollowUp{AfterStage: f.AfterStage}
		}
		row := g.followed[f.AfterStage]
		row.Reached++
		row.Tasks += f.Tasks
		row.Done += f.Done
	}
	for _, a := range s.Answers {
		g.answers[a]++
	}
}

// result is nil of a report without opportunities.
func (g *saleGroup) result(after *Aftermath) *FeedbackSales {
	if g == nil {
		return nil
	}
	closed := g.Won + g.Lost
	if g.Small = closed < smallNumber; closed > 0 {
		g.WinRate = round4(float64(g.Won) / float64(closed))
	}
	g.Reasons, g.FollowUp, g.Answers = frequent(g.reasons), []FeedbackFollowUp{}, []FeedbackAnswer{}
	for _, f := range g.followed {
		g.FollowUp = append(g.FollowUp, *f)
	}
	slices.SortFunc(g.FollowUp, func(a, b FeedbackFollowUp) int {
		return cmp.Or(strings.Compare(b.Outcome, a.Outcome), strings.Compare(a.ProcessID, b.ProcessID),
			cmp.Compare(after.places[a.AfterStage], after.places[b.AfterStage]), strings.Compare(a.Stage, b.Stage))
	})
	for a, n := range g.answers {
		g.Answers = append(g.Answers, FeedbackAnswer{a, n})
	}
	slices.SortFunc(g.Answers, func(a, b FeedbackAnswer) int {
		return cmp.Or(strings.Compare(b.Outcome, a.Outcome), strings.Compare(a.Field, b.Field), cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
	})
	return &g.FeedbackSales
}

// An Aftermath are the stages that follow a close, with their places in the processes, and the fields
// of the company's own that they ask for.
type Aftermath struct {
	places map[AfterStage]int
	asked  map[string][]string // names of fields by outcome
}

// AftermathOf reads what follows a close in any version of the processes: the stages of the phases won
// and lost, and all of a process that starts on a close.
func AftermathOf(all []Process) *Aftermath {
	after := &Aftermath{places: make(map[AfterStage]int), asked: make(map[string][]string)}
	for i := range all {
		p := &all[i]
		for at := range p.Stages {
			s := &p.Stages[at]
			outcome := cmp.Or(p.StartOn, s.Phase)
			if outcome != StateWon && outcome != StateLost {
				continue
			}
			after.places[AfterStage{outcome, p.ID, s.Name}] = at
			for _, step := range s.Steps {
				name, own := strings.CutPrefix(step.Field, "fields.")
				if own && !slices.Contains(after.asked[outcome], name) {
					after.asked[outcome] = append(after.asked[outcome], name)
				}
			}
		}
	}
	return after
}

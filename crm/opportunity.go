package crm

import (
	"fmt"
	"time"
)

// An Opportunity is a sale that may come about.
type Opportunity struct {
	Meta
	Name          string         `json:"name"`
	Need          string         `json:"need"`       // what they need, in their words
	AccountID     string         `json:"account_id"` // empty: a person without a company
	ContactID     string         `json:"contact_id"`
	LeadID        string         `json:"lead_id"`     // empty: it began without a lead
	CampaignID    string         `json:"campaign_id"` // that brought it; empty: none
	OwnerID       string         `json:"owner_id"`
	Amount        Money          `json:"amount"`
	ExpectedClose time.Time      `json:"expected_close,omitzero"`
	State         string         `json:"state"`    // open, won, lost
	Forecast      string         `json:"forecast"` // pipeline, best-case, commit; of its stage unless somebody said otherwise
	Stage         string         `json:"stage"`    // of its main process
	ProcessID     string         `json:"process_id"`
	Process       int64          `json:"process_version"`
	Odds          Odds           `json:"odds"`
	CloseReason   string         `json:"close_reason"`  // code of why it was won or lost
	CloseComment  string         `json:"close_comment"` // why, in words
	ClosedAt      time.Time      `json:"closed_at,omitzero"`
	Fields        map[string]any `json:"fields"` // custom ones
}

func (o *Opportunity) owner() string { return o.OwnerID }

// Odds are how probable it is to win, in percent.
type Odds struct {
	Percent int    `json:"percent"` // 1 to 99 while it is open
	Reason  string `json:"reason"`  // why it is not that of the stage; empty: it is
}

// States of an opportunity.
const (
	StateOpen = "open"
	StateWon  = "won"
	StateLost = "lost"
)

// Fields of an opportunity that are kept.
const (
	maxNeed   = 4000
	maxFields = 100
)

func (o *Opportunity) check() error {
	if o.Name = tidy(o.Name); o.Name == "" {
		return invalid("name", "is empty: an opportunity needs one")
	}
	for _, f := range []struct{ name, value string }{{"name", o.Name}, {"close_reason", o.CloseReason}, {"close_comment", o.CloseComment}, {"odds.reason", o.Odds.Reason}} {
		if err := checkText(f.name, f.value, maxName); err != nil {
			return err
		}
	}
	if o.Fields == nil {
		o.Fields = map[string]any{}
	}
	switch {
	case len(o.Need) > maxNeed:
		return invalid("need", "has %d bytes: at most %d are kept", len(o.Need), maxNeed)
	case len(o.Fields) > maxFields:
		return invalid("fields", "has %d entries: at most %d", len(o.Fields), maxFields)
	case o.Amount.Amount < 0:
		return invalid("amount", "is negative: what may be won is not")
	case o.State == StateOpen && (o.Odds.Percent < 1 || o.Odds.Percent > 99):
		return invalid("odds.percent", "is %d: want 1 to 99, for nothing is certain while it is open", o.Odds.Percent)
	}
	return o.Amount.check("amount")
}

// enter puts the opportunity into a stage, with the stage's odds and forecast. Odds that somebody
// gave a reason for stay while they are at least those of the stage: they rise with it.
func (o *Opportunity) enter(s *Stage) {
	o.Stage = s.Name
	if o.State != StateOpen {
		return
	}
	if o.Odds.Reason == "" || o.Odds.Percent < s.Probability {
		o.Odds = Odds{Percent: s.Probability}
	}
	o.Forecast = s.Forecast
}

// Advance leads the opportunity to the next stage of its process, or says all that the gate misses.
func (o *Opportunity) Advance(p *Process, f Facts) error {
	at, err := o.moving(p)
	if err != nil {
		return err
	}
	if missing := at.Missing(f); len(missing) > 0 {
		return &GateClosed{Stage: at.Name, Missing: missing}
	}
	next := p.Next(at, f)
	switch {
	case next == nil && o.State == StateOpen:
		return invalid("stage", "%s is the last one: close it as won or lost", at.Name)
	case next == nil:
		return invalid("stage", "%s is the last one", at.Name)
	}
	o.enter(next)
	return nil
}

// Back leads the opportunity to an earlier stage, which is always possible.
func (o *Opportunity) Back(p *Process, to string) error {
	at, err := o.moving(p)
	if err != nil {
		return err
	}
	stage := p.Stage(to)
	if stage == nil || stage.Phase != at.Phase || p.index(to) >= p.index(at.Name) {
		return invalid("stage", "%q is no stage before %s", to, at.Name)
	}
	o.Odds.Reason = "" // what was said of the later stage holds no more
	o.enter(stage)
	return nil
}

// A Closing is how an opportunity ends, and why.
type Closing struct {
	State   string // won, lost
	Reason  string // code of the list that people keep
	Comment string // what else there is to say
}

// Close ends the opportunity as won or lost, for a reason. Winning demands what the gate of the
// stage demands; losing is always possible. What was lost is not estimated again.
func (o *Opportunity) Close(p *Process, c Closing, f Facts) error {
	at, err := o.at(p)
	if err != nil {
		return err
	}
	state, reason := c.State, tidy(c.Reason)
	switch {
	case o.State != StateOpen:
		return invalid("state", "it is %s already: reopen it first", o.State)
	case state != StateWon && state != StateLost:
		return invalid("state", "%q: want won or lost", state)
	case reason == "":
		return invalid("reason", "is empty: say why it was %s, for the next ones", state)
	}
	if state == StateWon {
		if p.following(at) != nil {
			return &GateClosed{Stage: at.Name, Missing: []Missing{{"stage", at.Name, fmt.Sprintf("it is won in the last stage, and stands in %s", at.Name)}}}
		}
		if missing := at.Missing(f); len(missing) > 0 {
			return &GateClosed{Stage: at.Name, Missing: missing}
		}
	}
	o.State, o.CloseReason, o.CloseComment, o.ClosedAt = state, reason, tidy(c.Comment), f.Now
	o.Odds = Odds{Percent: map[string]int{StateWon: 100, StateLost: 0}[state]}
	if after := p.first(state); after != nil {
		o.enter(after)
	}
	return nil
}

// Reopen takes a close back: the opportunity stands in the stage in which it was closed again, and
// before its gate. One whose stays are not known begins anew.
func (o *Opportunity) Reopen(p *Process, f Facts) error {
	if o.State == StateOpen {
		return invalid("state", "it is open")
	}
	closedIn := &p.Stages[0]
	for _, name := range f.Stays {
		if s := p.Stage(name); s != nil && s.Phase == PhaseOpen {
			closedIn = s
		}
	}
	o.State, o.CloseReason, o.CloseComment, o.ClosedAt, o.Odds = StateOpen, "", "", time.Time{}, Odds{}
	o.enter(closedIn)
	return nil
}

// freeze refuses another amount of an opportunity that was closed before: what was won or lost stays
// in the reports.
func (o *Opportunity) freeze(before *Opportunity) error {
	if before.State != StateOpen && o.State != StateOpen && o.Amount != before.Amount {
		return invalid("amount", "it is %s: what it was worth then, %d %s, stays; reopen it first", before.State, before.Amount.Amount, before.Amount.Currency)
	}
	return nil
}

// moving is the stage that the opportunity may leave: of one that is closed, what follows the close.
func (o *Opportunity) moving(p *Process) (*Stage, error) {
	at, err := o.at(p)
	if err == nil && o.State != StateOpen && at.Phase == PhaseOpen {
		return nil, invalid("state", "it is %s, and nothing follows that in process %s: reopen it first", o.State, p.Name)
	}
	return at, err
}

// SetOdds overrides the odds of the stage, for a reason.
func (o *Opportunity) SetOdds(percent int, reason string) error {
	reason = tidy(reason)
	switch {
	case o.State != StateOpen:
		return invalid("odds.percent", "it is %s: nothing is left to estimate", o.State)
	case reason == "":
		return invalid("odds.reason", "is empty: say why it is not the stage's")
	}
	o.Odds = Odds{Percent: percent, Reason: reason}
	return nil
}

func (o *Opportunity) at(p *Process) (*Stage, error) {
	if s := p.Stage(o.Stage); s != nil {
		return s, nil
	}
	return nil, invalid("stage", "process %s has no stage %q: migrate the opportunity", p.Name, o.Stage)
}

// Migrate puts an opportunity on another version of its process, or on another process: into the
// stage that the mapping names for its own, or the one of the same name.
func (o *Opportunity) Migrate(to *Process, mapping map[string]string) error {
	name := o.Stage
	if mapped, ok := mapping[name]; ok {
		name = mapped
	}
	phase := map[string]string{StateOpen: PhaseOpen, StateWon: PhaseWon, StateLost: PhaseLost}[o.State]
	stage := to.Stage(name)
	if stage == nil || stage.Phase != phase {
		return invalid("mapping", "says no stage of phase %s of %s for %q", phase, to.Name, o.Stage)
	}
	o.ProcessID, o.Process = to.ID, to.Version
	o.enter(stage)
	return nil
}

// ChooseProcess picks the process for an opportunity: of those whose condition holds, the one of
// the highest rank; the first of equals.
func ChooseProcess(all []Process, f Facts) (*Process, error) {
	var chosen *Process
	for i := range all {
		p := &all[i]
		if !p.Enabled || p.StartOn != "" || chosen != nil && chosen.Rank >= p.Rank {
			continue
		}
		if holds(p.When, f) {
			chosen = p
		}
	}
	if chosen == nil {
		return nil, invalid("process", "none fits: enable one without a condition")
	}
	return chosen, nil
}

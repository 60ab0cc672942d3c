package crm_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
)

// process is a valid process that a test changes.
func process(change func(*crm.Process)) crm.Process {
	p := crm.Process{Name: "Sales", Enabled: true, Stages: []crm.Stage{
		{Name: "Qualify", Probability: 10},
		{Name: "Tender", Probability: 30},
		{Name: "Propose", Probability: 50, Forecast: crm.ForecastCommit},
		{Name: "Hand over", Phase: crm.PhaseWon},
	}}
	change(&p)
	for i := range p.Stages {
		if p.Stages[i].Phase == "" {
			p.Stages[i].Phase = crm.PhaseOpen
		}
	}
	return p
}

func TestProcessCheck(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*crm.Process)
		field  string // of the error; empty: none
	}{
		"OK":        {func(*crm.Process) {}, ""},
		"OKDefault": {func(p *crm.Process) { *p = crm.DefaultProcess() }, ""},
		"OKExpression": {func(p *crm.Process) {
			p.Stages[0].Gate.Expression = `opportunity.amount.amount > 0 && account.industry != ""`
		}, ""},
		"OKCustomField": {func(p *crm.Process) { p.Stages[0].Gate.Fields = []string{"fields.size", "need", "amount"} }, ""},
		"OKRole":        {func(p *crm.Process) { p.Stages[0].Gate.Approval = "manager" }, ""},
		"OKBranch": {func(p *crm.Process) {
			p.Stages[0].Branches = []crm.Branch{{When: `opportunity.need == "x"`, To: "Propose"}}
		}, ""},
		"ErrName":         {func(p *crm.Process) { p.Name = " " }, "name"},
		"ErrNoStages":     {func(p *crm.Process) { p.Stages = nil }, "stages"},
		"ErrTwice":        {func(p *crm.Process) { p.Stages[1].Name = "Qualify" }, "stages[1].name"},
		"ErrFalls":        {func(p *crm.Process) { p.Stages[1].Probability = 5 }, "stages[1].probability"},
		"ErrCertain":      {func(p *crm.Process) { p.Stages[2].Probability = 100 }, "stages[2].probability"},
		"ErrBeginsWon":    {func(p *crm.Process) { p.Stages[0].Phase = crm.PhaseWon }, "stages[0].phase"},
		"ErrUnknownField": {func(p *crm.Process) { p.Stages[0].Gate.Fields = []string{"sum"} }, "stages[0].gate.fields[0]"},
		"ErrUnknownRole":  {func(p *crm.Process) { p.Stages[0].Gate.Approval = "pope" }, "stages[0].gate.approval"},
		"ErrNotEntered":   {func(p *crm.Process) { p.Stages[0].Gate.Fields = []string{"need", "closed_at"} }, "stages[0].gate.fields[1]"},
		"ErrNoSuchField":  {func(p *crm.Process) { p.Stages[0].Gate.Fields = []string{"fields.nosuch"} }, "stages[0].gate.fields[0]"},
		"ErrStep":         {func(p *crm.Process) { p.Stages[0].Steps = []crm.Step{{Field: "lead_id"}} }, "stages[0].steps[0].field"},
		"ErrMayNot":       {func(p *crm.Process) { p.Stages[0].Gate.Approval = "operator" }, "stages[0].gate.approval"},
		"ErrNeverInStage": {func(p *crm.Process) {
			p.Stages[0].Gate.Expression = `opportunity.state == "won" && opportunity.amount.amount > 5`
		}, "stages[0].gate.expression"},
		"ErrClosedReason": {func(p *crm.Process) { p.Stages[0].Gate.Expression = `opportunity.close_reason != ""` }, "stages[0].gate.expression"},
		"OKInStage": {func(p *crm.Process) {
			p.Stages[3].Gate.Expression = `opportunity.state == "won" && account.industry != ""`
		}, ""},
		"ErrLoops": {func(p *crm.Process) {
			p.Stages[0].Gate.Expression = strings.Repeat("[1,2,3,4,5,6,7,8,9,10].all(x, ", 6) + "opportunity.need != ''" + strings.Repeat(")", 6)
		}, "stages[0].gate.expression"},
		"OKOneList": {func(p *crm.Process) {
			p.Stages[0].Gate.Expression = `fields.tags.exists(t, t == "hotel") && opportunity.need.lowerAscii().contains("grill")`
		}, ""},
		"ErrQuoteInGate": {func(p *crm.Process) { p.Stages[0].Gate.Expression = "quote.net > 5" }, "stages[0].gate.expression"},
		"ErrQuoteInMain": {func(p *crm.Process) { p.When = "quote.net > 5" }, "when"},
		"OKQuote": {func(p *crm.Process) {
			p.When, p.StartOn = "quote.discount > 1000 && opportunity.need != ''", crm.StartQuote
		}, ""},
		"ErrUnknownName":   {func(p *crm.Process) { p.Stages[0].Gate.Expression = "oportunity.need != ''" }, "stages[0].gate.expression"},
		"ErrUnknownMember": {func(p *crm.Process) { p.Stages[0].Gate.Expression = "opportunity.sum > 3" }, "stages[0].gate.expression"},
		"ErrNoBool":        {func(p *crm.Process) { p.Stages[0].Gate.Expression = "opportunity.amount.amount" }, "stages[0].gate.expression"},
		"ErrNeverMet":      {func(p *crm.Process) { p.Stages[0].Gate.Expression = "1 > 2" }, "stages[0].gate.expression"},
		"ErrItself":        {func(p *crm.Process) { p.ID = "p"; p.Stages[0].Gate.Processes = []string{"p"} }, "stages[0].gate.processes"},
		"ErrBranchNowhere": {func(p *crm.Process) {
			p.Stages[0].Branches = []crm.Branch{{When: `opportunity.need == "x"`, To: "Nix"}}
		}, "stages[0].branches[0].to"},
		"ErrBranchBack": {func(p *crm.Process) {
			p.Stages[1].Branches = []crm.Branch{{When: `opportunity.need == "x"`, To: "Qualify"}}
		}, "stages[1].branches[0].to"},
		"ErrBranchOtherPhase": {func(p *crm.Process) {
			p.Stages[1].Branches = []crm.Branch{{When: `opportunity.need == "x"`, To: "Hand over"}}
		}, "stages[1].branches[0].to"},
		"ErrConditionTooLong":  {func(p *crm.Process) { p.When = "opportunity.need == '" + strings.Repeat("x", 3000) + "'" }, "when"},
		"ErrTooManyDemands":    {func(p *crm.Process) { p.Stages[0].Gate.Fields = make([]string, 51) }, "stages[0]"},
		"ErrTaskWithoutName":   {func(p *crm.Process) { p.Stages[0].Tasks = []crm.TaskTemplate{{}} }, "stages[0].tasks[0]"},
		"ErrForecast":          {func(p *crm.Process) { p.Stages[0].Forecast = "sure" }, "stages[0].forecast"},
		"ErrUnknownPhase":      {func(p *crm.Process) { p.Stages[1].Phase = "late" }, "stages[1].phase"},
		"ErrBranchUnexplained": {func(p *crm.Process) { p.Stages[0].Branches = []crm.Branch{{To: "Propose"}} }, "stages[0].branches[0].when"},
	} {
		t.Run(name, func(t *testing.T) {
			p := process(test.change)
			err := p.Check(&crm.Cast{Roles: []string{"manager", "operator"}, Approvers: []string{"manager"}, Fields: []string{"size"}})
			if test.field == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantInvalid(t, err, test.field)
		})
	}
}

func kinds(err error) (list []string) {
	var gate *crm.GateClosed
	if errors.As(err, &gate) {
		for _, m := range gate.Missing {
			list = append(list, m.Kind+" "+m.Name)
		}
	}
	return list
}

func TestAdvance(t *testing.T) {
	p := process(func(p *crm.Process) {
		p.Stages[0].Gate = crm.Gate{Fields: []string{"need", "amount", "fields.size"}, Tasks: true, Approval: "manager", Processes: []string{"quote"},
			Expression: "opportunity.amount.amount >= 1000", Message: "less than ten euros is not worth it"}
		p.Stages[0].Branches = []crm.Branch{{When: "opportunity.amount.amount < 100000", To: "Propose"}}
	})
	if err := p.Check(&crm.Cast{Roles: []string{"manager", "operator"}, Approvers: []string{"manager"}, Fields: []string{"size"}}); err != nil {
		t.Fatal(err)
	}
	o := crm.Opportunity{Name: "Grills", State: crm.StateOpen, Stage: "Qualify"}
	f := crm.Facts{Now: noon, Tasks: []crm.Activity{{Meta: crm.Meta{ID: "t1"}, Subject: "call"}}}

	f.Opportunity = o
	want := []string{"field need", "field amount", "field fields.size", "task t1", "approval manager", "process quote", "expression opportunity.amount.amount >= 1000"}
	if diff := cmp.Diff(want, kinds(o.Advance(&p, f))); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
	if o.Stage != "Qualify" {
		t.Fatalf("it stands in %s although the gate is closed", o.Stage)
	}

	o.Need, o.Amount, o.Fields = "grills", crm.Money{Amount: 50_000, Currency: "EUR"}, map[string]any{"size": "xl"}
	f.Opportunity, f.Approvals, f.Finished = o, []string{"manager"}, []string{"quote"}
	f.Tasks[0].DoneAt = noon
	if err := o.Advance(&p, f); err != nil {
		t.Fatal(err)
	}
	if o.Stage != "Propose" || o.Odds.Percent != 50 || o.Forecast != crm.ForecastCommit {
		t.Errorf("it stands in %s with odds of %d %%, forecast %s: want the branch to Propose, 50, commit", o.Stage, o.Odds.Percent, o.Forecast)
	}
	wantInvalid(t, o.Advance(&p, f), "stage") // the last one

	if err := o.Back(&p, "Tender"); err != nil || o.Stage != "Tender" || o.Odds.Percent != 30 {
		t.Errorf("back: %v, it stands in %s with %d %%", err, o.Stage, o.Odds.Percent)
	}
	wantInvalid(t, o.Back(&p, "Propose"), "stage")
}

func TestConditionThatCannotBeJudged(t *testing.T) {
	p := process(func(p *crm.Process) { p.Stages[0].Gate.Expression = `fields.size > 3` })
	o := crm.Opportunity{State: crm.StateOpen, Stage: "Qualify"}
	if got := kinds(o.Advance(&p, crm.Facts{Opportunity: o})); len(got) != 1 {
		t.Errorf("missing %v: want the expression", got)
	}
	long := "fields.list.all(a, fields.list.all(b, fields.list.all(c, a + b + c != -1)))"
	p.Stages[0].Gate.Expression = long
	wantInvalid(t, p.Check(&crm.Cast{}), "stages[0].gate.expression") // it is not saved, and where it was before:
	list := make([]any, 1000)
	for i := range list {
		list[i] = i
	}
	o.Fields = map[string]any{"list": list}
	if got := kinds(o.Advance(&p, crm.Facts{Opportunity: o})); len(got) != 1 {
		t.Errorf("missing %v: want the expression, stopped long before its billion steps", got)
	}
}

func TestCloseAndReopen(t *testing.T) {
	p := process(func(p *crm.Process) { p.Stages[2].Gate.Fields = []string{"need"} })
	o := crm.Opportunity{State: crm.StateOpen, Stage: "Qualify", Odds: crm.Odds{Percent: 10}}
	wantInvalid(t, o.Close(&p, crm.Closing{State: crm.StateWon, Reason: ""}, crm.Facts{}), "reason")
	wantInvalid(t, o.Close(&p, crm.Closing{State: "maybe", Reason: "x"}, crm.Facts{}), "state")
	if got := kinds(o.Close(&p, crm.Closing{State: crm.StateWon, Reason: "price"}, crm.Facts{})); len(got) != 1 || got[0] != "stage Qualify" {
		t.Errorf("missing %v: want that it is won in the last stage", got)
	}
	o.Stage = "Propose"
	if got := kinds(o.Close(&p, crm.Closing{State: crm.StateWon, Reason: "price"}, crm.Facts{Opportunity: o})); len(got) != 1 || got[0] != "field need" {
		t.Errorf("missing %v: want the need", got)
	}
	o.Need = "grills"
	if err := o.Close(&p, crm.Closing{State: crm.StateWon, Reason: "price"}, crm.Facts{Opportunity: o, Now: noon}); err != nil {
		t.Fatal(err)
	}
	if o.State != crm.StateWon || o.Stage != "Hand over" || o.Odds.Percent != 100 || !o.ClosedAt.Equal(noon) {
		t.Errorf("got %+v: want won, in the hand-over", o)
	}
	wantInvalid(t, o.SetOdds(50, "x"), "odds.percent")
	wantInvalid(t, o.Close(&p, crm.Closing{State: crm.StateLost, Reason: "x"}, crm.Facts{}), "state")
	if err := o.Reopen(&p, crm.Facts{Stays: []string{"Qualify", "Tender", "Propose", "Hand over"}}); err != nil || o.State != crm.StateOpen || o.Stage != "Propose" || o.Odds.Percent != 50 || !o.ClosedAt.IsZero() {
		t.Errorf("reopened: %v, %+v", err, o)
	}
	if err := o.Close(&p, crm.Closing{State: crm.StateLost, Reason: "price"}, crm.Facts{Opportunity: o}); err != nil || o.State != crm.StateLost || o.Odds.Percent != 0 {
		t.Errorf("lost: %v, %+v", err, o)
	}
}

func TestOddsRiseWithTheStage(t *testing.T) {
	p := process(func(*crm.Process) {})
	o := crm.Opportunity{State: crm.StateOpen, Stage: "Qualify", Odds: crm.Odds{Percent: 10}}
	wantInvalid(t, o.SetOdds(40, " "), "odds.reason")
	if err := o.SetOdds(40, "they asked twice"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []crm.Odds{{40, "they asked twice"}, {50, ""}} {
		if err := o.Advance(&p, crm.Facts{Opportunity: o}); err != nil || o.Odds != want {
			t.Errorf("in %s: %v, odds %+v, want %+v", o.Stage, err, o.Odds, want)
		}
	}
}

func TestChooseProcess(t *testing.T) {
	small := process(func(p *crm.Process) { p.Name, p.Rank = "small", 0 })
	large := process(func(p *crm.Process) { p.Name, p.Rank, p.When = "large", 5, "opportunity.amount.amount > 1000" })
	off := process(func(p *crm.Process) { p.Name, p.Rank, p.Enabled = "off", 9, false })
	for name, test := range map[string]struct {
		amount int64
		want   string
	}{"OKSmall": {10, "small"}, "OKLarge": {2000, "large"}} {
		t.Run(name, func(t *testing.T) {
			got, err := crm.ChooseProcess([]crm.Process{small, large, off}, crm.Facts{Opportunity: crm.Opportunity{Amount: crm.Money{Amount: test.amount, Currency: "EUR"}}})
			if err != nil || got.Name != test.want {
				t.Errorf("got %v, %v, want %s", got, err, test.want)
			}
		})
	}
	_, err := crm.ChooseProcess([]crm.Process{off, large}, crm.Facts{})
	wantInvalid(t, err, "process")
}

func TestMigrate(t *testing.T) {
	p := process(func(p *crm.Process) { p.ID, p.Version, p.Stages[1].Name = "p", 2, "Offer" })
	for name, test := range map[string]struct {
		stage, state string
		mapping      map[string]string
		want         string // empty: refused
	}{
		"OKSameName":    {"Qualify", crm.StateOpen, nil, "Qualify"},
		"OKMapped":      {"Tender", crm.StateOpen, map[string]string{"Tender": "Offer"}, "Offer"},
		"OKWon":         {"Hand over", crm.StateWon, nil, "Hand over"},
		"ErrUnmapped":   {"Tender", crm.StateOpen, nil, ""},
		"ErrOtherPhase": {"Tender", crm.StateOpen, map[string]string{"Tender": "Hand over"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := crm.Opportunity{State: test.state, Stage: test.stage, ProcessID: "p", Process: 1}
			err := o.Migrate(&p, test.mapping)
			if test.want == "" {
				wantInvalid(t, err, "mapping")
				return
			}
			if err != nil || o.Stage != test.want || o.Process != 2 {
				t.Errorf("got %v, %s in version %d, want %s in 2", err, o.Stage, o.Process, test.want)
			}
		})
	}
}

func TestForecast(t *testing.T) {
	march, may := time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC), time.Date(2026, 5, 9, 0, 0, 0, 0, time.UTC)
	euro := func(n int64) crm.Money { return crm.Money{Amount: n, Currency: "EUR"} }
	all := []crm.Opportunity{
		{OwnerID: "a", State: crm.StateOpen, Amount: euro(10_001), ExpectedClose: march, Odds: crm.Odds{Percent: 50}, Forecast: crm.ForecastCommit},
		{OwnerID: "a", State: crm.StateOpen, Amount: euro(1_000), ExpectedClose: march, Odds: crm.Odds{Percent: 20}, Forecast: crm.ForecastBestCase},
		{OwnerID: "a", State: crm.StateOpen, Amount: euro(500), ExpectedClose: march, Odds: crm.Odds{Percent: 10}, Forecast: crm.ForecastPipeline},
		{OwnerID: "a", State: crm.StateOpen, Amount: crm.Money{Amount: 7, Currency: "CHF"}, ExpectedClose: march, Odds: crm.Odds{Percent: 99}, Forecast: crm.ForecastPipeline},
		{OwnerID: "b", State: crm.StateWon, Amount: euro(900), ExpectedClose: march, ClosedAt: may},
		{OwnerID: "b", State: crm.StateLost, Amount: euro(900), ClosedAt: may},
		{OwnerID: "b", State: crm.StateOpen, Odds: crm.Odds{Percent: 10}},
	}
	want := []crm.ForecastRow{
		{Period: "2026-03", Group: "a", Currency: "CHF", Open: 1, Weighted: 7, Pipeline: 7},
		{Period: "2026-03", Group: "a", Currency: "EUR", Open: 3, Weighted: 5_001 + 200 + 50, Commit: 10_001, BestCase: 11_001, Pipeline: 11_501},
		{Period: "2026-05", Group: "b", Currency: "EUR", Won: 900},
	}
	if diff := cmp.Diff(want, crm.Forecast(all, crm.ByMonth, func(o *crm.Opportunity) []string { return []string{o.OwnerID} })); diff != "" {
		t.Errorf("forecast (-want +got):\n%s", diff)
	}
}

package crm_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func number(n float64) *float64 { return &n }

func hotels() crm.IdealProfile {
	return crm.IdealProfile{Name: "Hotels", Active: true, Criteria: []crm.IdealCriterion{
		{Field: "industry", Operator: crm.OperatorIn, Values: []string{"Hotels", "Gastronomie"}, Weight: 40},
		{Field: "employees", Operator: crm.OperatorRange, From: number(20), To: number(500), Weight: 20},
		{Field: "postal_code", Operator: crm.OperatorPrefix, Values: []string{"8", "9"}, Weight: 20},
		{Field: "job_title", Operator: crm.OperatorContains, Values: []string{"owner", "purchas"}, Weight: 10},
		{Label: "asks for grills", Field: "topic", Operator: crm.OperatorExpression, Expression: `lead.topic.lowerAscii().contains("grill")`, Weight: 10},
	}}
}

func TestIdealProfileFit(t *testing.T) {
	full := crm.Lead{Industry: "hotels", Employees: 40, PostalCode: "80331", JobTitle: "Owner", Topic: "Six grills"}
	for name, test := range map[string]struct {
		facts    crm.Facts
		grade    string
		fit      float64
		outcomes string
	}{
		"OKAll":        {crm.Facts{Lead: full}, "A", 1, "met met met met met"},
		"OKOfAccount":  {crm.Facts{Lead: crm.Lead{Topic: "a grill"}, Account: crm.Account{Industry: "Hotels", Employees: 20, PostalCode: "90402"}}, "A", 0.95, "met met met unknown met"},
		"OKNone":       {crm.Facts{Lead: crm.Lead{Industry: "banks", Employees: 5, PostalCode: "10115", JobTitle: "Clerk", Topic: "a loan"}}, "F", 0, "failed failed failed failed failed"},
		"OKUnknown":    {crm.Facts{Lead: crm.Lead{Industry: "hotels"}}, "B", 0.7, "met unknown unknown unknown unknown"},
		"OKTooLittle":  {crm.Facts{Lead: crm.Lead{PostalCode: "80331"}}, "", 0.6, "unknown unknown met unknown unknown"},
		"OKNothing":    {crm.Facts{}, "", 0.5, "unknown unknown unknown unknown unknown"},
		"OKFailsIsNot": {crm.Facts{Lead: crm.Lead{Industry: "banks"}}, "E", 0.3, "failed unknown unknown unknown unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			p := hotels()
			fit, grade, results := p.Fit(&test.facts)
			var outcomes []string
			for _, r := range results {
				outcomes = append(outcomes, r.Outcome)
				if r.Reason == "" {
					t.Errorf("%s is %s for no reason", r.Label, r.Outcome)
				}
			}
			got := fmt.Sprintf("%s %.3f %s", grade, fit, strings.Join(outcomes, " "))
			if want := fmt.Sprintf("%s %.3f %s", test.grade, test.fit, test.outcomes); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestIdealProfileCheck(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*crm.IdealProfile)
		field  string
	}{
		"ErrName":       {func(p *crm.IdealProfile) { p.Name = " " }, "name"},
		"ErrEmpty":      {func(p *crm.IdealProfile) { p.Criteria = nil }, "criteria"},
		"ErrNoWeight":   {func(p *crm.IdealProfile) { p.Criteria = p.Criteria[:1]; p.Criteria[0].Weight = 0 }, "criteria"},
		"ErrNegative":   {func(p *crm.IdealProfile) { p.Criteria[0].Weight = -1 }, "criteria[0].weight"},
		"ErrField":      {func(p *crm.IdealProfile) { p.Criteria[0].Field = "account.horoscope" }, "criteria[0].field"},
		"ErrOperator":   {func(p *crm.IdealProfile) { p.Criteria[0].Operator = "like" }, "criteria[0].operator"},
		"ErrNoValues":   {func(p *crm.IdealProfile) { p.Criteria[0].Values = nil }, "criteria[0].values"},
		"ErrEquals":     {func(p *crm.IdealProfile) { p.Criteria[0].Operator = crm.OperatorEquals }, "criteria[0].values"},
		"ErrRange":      {func(p *crm.IdealProfile) { p.Criteria[1].From = number(900) }, "criteria[1].from"},
		"ErrExpression": {func(p *crm.IdealProfile) { p.Criteria[4].Expression = "lead.nix" }, "criteria[4].expression"},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				p := hotels()
				test.change(&p)
				wantInvalid(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
					_, err := crm.SaveIdealProfile(t.Context(), tx, as("anna", noon), p)
					return err
				}), test.field)
			})
		})
	}
}

func TestScore(t *testing.T) {
	rules := crm.DefaultScoreRules()
	day := 24 * time.Hour
	for name, test := range map[string]struct {
		signs []crm.Sign
		score int64
		trend string
	}{
		"OKNothing":   {nil, 0, crm.TrendNotEnough},
		"OKNew":       {[]crm.Sign{{Kind: "meeting", At: noon}}, 45, crm.TrendNotEnough},                                                         // 100·(1 − e^(−30/50))
		"OKHalf":      {[]crm.Sign{{Kind: "meeting", At: noon.Add(-30 * day)}, {Kind: "meeting", At: noon.Add(-30 * day)}}, 45, crm.TrendSteady}, // two halves
		"OKFading":    {[]crm.Sign{{Kind: "touch", At: noon.Add(-14 * day)}, {Kind: "touch", At: noon.Add(-14 * day)}}, 4, crm.TrendDeclining},   // two quarters of 4
		"OKImproving": {[]crm.Sign{{Kind: "call", At: noon.Add(-21 * day)}, {Kind: "meeting", At: noon.Add(-day)}}, 52, crm.TrendImproving},
		"OKFuture":    {[]crm.Sign{{Kind: "meeting", At: noon.Add(day)}}, 0, crm.TrendNotEnough},
	} {
		t.Run(name, func(t *testing.T) {
			score, _ := rules.Score(test.signs, noon)
			if trend := rules.Trend(test.signs, noon); score != test.score || trend != test.trend {
				t.Errorf("score %d, %s; want %d, %s", score, trend, test.score, test.trend)
			}
		})
	}
}

func TestReasonCountsSigns(t *testing.T) {
	for name, test := range map[string]struct {
		interest []crm.Interest
		want     string
	}{
		"OKOne":      {[]crm.Interest{{Kind: "mention", Count: 1}, {Kind: "touch", Count: 7}}, "score 0: 1 mention, 7 touches"},
		"OKSeveral":  {[]crm.Interest{{Kind: "campaign-response", Count: 2}, {Kind: "e-mail", Count: 3}}, "score 0: 2 campaign responses, 3 e-mails"},
		"OKResponse": {[]crm.Interest{{Kind: "campaign-response", Count: 1}}, "score 0: 1 campaign response"},
	} {
		t.Run(name, func(t *testing.T) {
			r := crm.Rating{Interest: test.interest}
			if got := r.Reason(); got != "no ideal customer is described; "+test.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestQueueIsByFitAndInterest(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.SaveIdealProfile(t.Context(), tx, as("anna", noon), hotels())
			return err
		})
		createLead(t, db, as("anna", noon), crm.Lead{Name: "Cold bank", Industry: "banks", Employees: 3})
		hot := createLead(t, db, as("anna", noon), crm.Lead{Name: "Hot hotel", Industry: "hotels", Employees: 30})
		createLead(t, db, as("anna", noon), crm.Lead{Name: "Quiet hotel", Industry: "hotels", Employees: 30})
		createLead(t, db, as("anna", noon), crm.Lead{Name: "Unknown"})
		addActivity(t, db, as("anna", noon), "meeting", hot)
		queue := func() string {
			var names []string
			for f := (crm.LeadFilter{Queue: true, State: crm.LeadOpen, Limit: 2}); ; {
				list, next, err := crm.FindLeads(t.Context(), db, crm.System(), f)
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range list {
					names = append(names, fmt.Sprintf("%s %s%d", l.Name, l.Rating.Grade, l.Rating.Score))
				}
				if f.Cursor = next; next == "" {
					return strings.Join(names, ", ")
				}
			}
		}
		if got, want := queue(), "Hot hotel B45, Quiet hotel B0, Unknown 0, Cold bank F0"; got != want {
			t.Errorf("queue %s, want %s", got, want)
		}
		l, err := crm.LeadByID(t.Context(), db, crm.System(), hot.ID)
		if got, want := l.Rating.Reason(), "grade B as Hotels (2 met, 0 not, 3 unknown); score 45: 1 meeting"; err != nil || got != want {
			t.Errorf("reason %q, %v; want %q", got, err, want)
		}
		// Interest fades by itself.
		n, err := crm.RateLeads(t.Context(), db, noon.Add(30*24*time.Hour), 100)
		if err != nil || n != 4 {
			t.Fatalf("rated %d, %v", n, err)
		}
		if got, want := queue(), "Hot hotel B26, Quiet hotel B0, Unknown 0, Cold bank F0"; got != want {
			t.Errorf("a month later %s, want %s", got, want)
		}
		if n, err = crm.RateLeads(t.Context(), db, noon.Add(30*24*time.Hour), 100); err != nil || n != 0 {
			t.Errorf("rated %d again, %v", n, err)
		}
	})
}

// decided makes leads of which sales takes nearly all hotels and hardly any bank, whatever their size.
func decided(t testing.TB, db *sqldb.DB, n int) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error {
		var all []crm.Lead
		for i := range n {
			l := crm.Lead{Meta: crm.Meta{CreatedAt: noon, UpdatedAt: noon}, Source: "hand", Milestone: crm.Disqualified, Reason: "no-need", Industry: "banks", Employees: int64(10 + 40*(i/2%2)), Rating: crm.Rating{Grade: "E"}}
			if i%2 == 0 {
				l.Industry, l.Rating.Grade = "hotels", "B"
			}
			if (i%2 == 0) != (i%10 < 2) {
				l.Milestone, l.Reason = crm.SalesAccepted, ""
			}
			all = append(all, l)
		}
		_, err := crm.OpenLeads(t.Context(), tx, all, as("maria", noon))
		return err
	})
}

func TestLearnedWeightsAreProposedAndApplied(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		p := hotels()
		p.Criteria = p.Criteria[:2]
		p.Criteria[0].Weight, p.Criteria[1].Weight = 10, 90 // the wrong way round
		var learned crm.Learned
		learn := func() (err error) {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				learned, err = crm.LearnWeights(t.Context(), tx, as("anna", noon), p.ID)
				return err
			})
		}
		update(t, db, func(tx *sqldb.Tx) (err error) {
			p, err = crm.SaveIdealProfile(t.Context(), tx, as("anna", noon), p)
			return err
		})
		decided(t, db, 40)
		wantInvalid(t, learn(), "decisions")
		decided(t, db, 160)
		if err := learn(); err != nil {
			t.Fatal(err)
		}
		w := learned.Weights
		if w.Accepted+w.Rejected != 200 || w.Criteria[0].Learned < 80 || w.Criteria[0].Learned+w.Criteria[1].Learned < 99 || w.LearnedAUC <= w.SetAUC || w.LossGain.Low <= 0 || w.LossGain.High < w.LossGain.Mean {
			t.Errorf("learned %+v", w)
		}
		again := *w
		if err := learn(); err != nil || !cmp.Equal(&again, learned.Weights) {
			t.Errorf("learning again says otherwise: %v\n%s", err, cmp.Diff(&again, learned.Weights))
		}
		if got, err := crm.IdealProfileByID(t.Context(), db, p.ID); err != nil || got.Criteria[0].Weight != 10 {
			t.Errorf("%+v, %v: want the set weights until a person applies others", got, err)
		}
		apply := func() (err error) {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err = crm.ApplyWeights(t.Context(), tx, as("anna", noon), p.ID, learned.ID)
				return err
			})
		}
		if err := apply(); err != nil {
			t.Fatal(err)
		}
		if got, err := crm.IdealProfileByID(t.Context(), db, p.ID); err != nil || got.Criteria[0].Weight != w.Criteria[0].Learned {
			t.Errorf("%+v, %v: want the learned weights", got, err)
		}
		wantErr(t, apply(), crm.ErrConflict) // they were learned for the profile as it was
	})
}

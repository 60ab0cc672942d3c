package crm

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// How many decisions weights are learned from.
const (
	leastDecisions = 50
	leastOfEither  = 10 // potential customers, and others
	mostDecisions  = 4000
)

// Learned is what was learned from the past, for a person to look at and, where it is weights, to
// apply.
type Learned struct {
	Meta
	Kind      string          `json:"kind"`       // weights, odds
	ProfileID string          `json:"profile_id"` // of weights
	Examples  int64           `json:"examples"`
	Weights   *LearnedWeights `json:"weights,omitempty"`
	Odds      *LearnedOdds    `json:"odds,omitempty"`
	AppliedBy string          `json:"applied_by"` // empty: they are proposed
	MadeBy    string          `json:"made_by"`
}

// Kinds of what is learned.
const (
	LearnedKindWeights = "weights"
	LearnedKindOdds    = "odds"
)

func (*Learned) check() error { return nil }

// LearnedWeights are weights that past decisions speak for, beside those that are set.
type LearnedWeights struct {
	ProfileVersion int64           `json:"profile_version"` // that they are for
	Accepted       int             `json:"accepted"`        // decisions it was learned from
	Rejected       int             `json:"rejected"`
	Won            int             `json:"won"`       // of the accepted, those whose opportunity was won
	Lost           int             `json:"lost"`      // … and lost
	Unfit          int             `json:"unfit"`     // of the lost, those whose reason says that they were no potential customer
	Potential      int             `json:"potential"` // examples of a potential customer: accepted, and not lost as unfit
	Others         int             `json:"others"`    // examples of none: given up, or lost as unfit
	Criteria       []LearnedWeight `json:"criteria"`  // in the order of the profile
	// How well decisions are foretold that were not learned from (five folds): the mean log loss,
	// the less the better, and the area under the ROC curve, the more the better.
	SetLoss     float64 `json:"set_log_loss"`
	LearnedLoss float64 `json:"learned_log_loss"`
	SetAUC      float64 `json:"set_auc"`
	LearnedAUC  float64 `json:"learned_auc"`
	LossGain    Gain    `json:"log_loss_gain"`
	AUCGain     Gain    `json:"auc_gain"`
	Advice      string  `json:"advice"`
}

// A LearnedWeight is the weight of one criterion.
type LearnedWeight struct {
	Label   string  `json:"label"`
	Set     float64 `json:"set"`
	Learned float64 `json:"learned"`
	Known   int     `json:"known"` // decisions for which it was met or failed
}

// A decision is a lead that sales accepted or gave up, with what became of its opportunity, as the
// criteria of a profile see it.
type decision struct {
	lead     string
	accepted bool
	sale     LeadSale // of none: without a state
	results  []CriterionResult
}

// potential says whether the lead was a potential customer, as far as is known by now: the close of
// its opportunity says more than that sales accepted it. One that was won was; one that was lost for
// a reason that says so was not; one that was lost for another reason, such as the price, or that is
// open, is what sales took it for.
func (d *decision) potential() bool {
	return d.sale.State == StateWon || d.accepted && !d.sale.Unfit
}

// count adds a decision, and the close that followed it.
func (w *LearnedWeights) count(d *decision) {
	add := func(n *int, is bool) {
		if is {
			*n++
		}
	}
	add(&w.Accepted, d.accepted)
	add(&w.Rejected, !d.accepted)
	add(&w.Won, d.sale.State == StateWon)
	add(&w.Lost, d.sale.State == StateLost)
	add(&w.Unfit, d.sale.Unfit)
	add(&w.Potential, d.potential())
	add(&w.Others, !d.potential())
}

// outcomeValue is what a criterion adds to the fit, as a part of its weight.
var outcomeValue = map[string]float64{CriterionMet: 1, CriterionUnknown: 0.5, CriterionFailed: 0}

// learnWeights learns the weights of a profile from decisions by logistic regression, whose weights
// may not be below zero: a fit is a sum, to which each criterion adds or does not. They are compared
// with the set ones, brought to probabilities by a regression of their own, on the same folds.
func learnWeights(p *IdealProfile, all []decision) (*LearnedWeights, error) {
	out := &LearnedWeights{ProfileVersion: p.Version}
	learned, set := make([]example, len(all)), make([]example, len(all))
	known := make([]int, len(p.Criteria))
	for i := range all {
		d := &all[i]
		features, fit, total := make([]float64, len(d.results)), 0.0, 0.0
		for j, r := range d.results {
			features[j] = outcomeValue[r.Outcome]
			fit, total = fit+r.Weight*features[j], total+r.Weight
			if r.Outcome != CriterionUnknown {
				known[j]++
			}
		}
		learned[i] = example{features, d.potential(), 1, d.lead}
		set[i] = example{[]float64{fit / total}, d.potential(), 1, d.lead}
		out.count(d)
	}
	if len(all) < leastDecisions || min(out.Potential, out.Others) < leastOfEither {
		return nil, invalid("decisions", "are %d accepted and %d rejected leads, which speak of %d potential customers and of %d others: want %d in all, and %d of either, to learn from",
			out.Accepted, out.Rejected, out.Potential, out.Others, leastDecisions, leastOfEither)
	}
	way := fitting{positive: true}
	was, is := (fitting{penalty: penalties[0]}).crossed(set, false), way.crossed(learned, true)
	out.SetLoss, out.LearnedLoss, out.SetAUC, out.LearnedAUC = meanLoss(set, was), meanLoss(learned, is), auc(set, was), auc(learned, is)
	out.LossGain, out.AUCGain = gains(set, was, is)
	m := way.tuned(learned).fit(learned)
	total, sum := 0.0, 0.0
	for j, c := range p.Criteria {
		total, sum = total+c.Weight, sum+m.Weights[j]
	}
	for j := range p.Criteria {
		c := &p.Criteria[j]
		w := LearnedWeight{Label: c.judge(&Facts{}).Label, Set: c.Weight, Known: known[j]}
		if sum > 0 {
			w.Learned = min(math.Round(m.Weights[j]/sum*total*10)/10, 100)
		}
		out.Criteria = append(out.Criteria, w)
	}
	switch {
	case sum == 0:
		out.Advice = "no criterion tells potential customers from others: keep the set weights, and look for other criteria"
	case out.LossGain.Low > 0:
		out.Advice = "the learned weights foretell who is a potential customer better than the set ones"
	case out.LossGain.High < 0:
		out.Advice = "the set weights foretell who is a potential customer better: keep them"
	default:
		out.Advice = "the difference may be chance: wait for more decisions"
	}
	return out, nil
}

var learnedModels = table[Learned, *Learned]{kind: RecordLearned, name: "learned_models",
	columns: []string{"kind", "profile_id", "examples", "definition", "applied_by", "made_by"},
	bind: func(l *Learned) []any {
		return []any{&l.Kind, &l.ProfileID, &l.Examples, jsonColumn{&learnedParts{&l.Weights, &l.Odds}}, &l.AppliedBy, &l.MadeBy}
	}}

// learnedParts are what the definition of a model holds.
type learnedParts struct {
	Weights **LearnedWeights `json:"weights"`
	Odds    **LearnedOdds    `json:"odds"`
}

// LearnWeights learns weights for a profile from the newest decisions, and the closes that followed
// them, and saves them as a proposal.
func LearnWeights(ctx context.Context, tx *sqldb.Tx, ch Change, profileID string) (Learned, error) {
	p, err := idealProfiles.byID(ctx, tx, System(), profileID, 0)
	if err != nil {
		return Learned{}, err
	}
	all, err := decisionsOn(ctx, tx, &p, ch.At)
	if err != nil {
		return Learned{}, err
	}
	w, err := learnWeights(&p, all)
	if err != nil {
		return Learned{}, err
	}
	l := Learned{Kind: LearnedKindWeights, ProfileID: p.ID, Examples: int64(len(all)), Weights: w, MadeBy: ch.By}
	return l, learnedModels.create(ctx, tx, ch, &l)
}

// decisionsOn are the newest leads that sales accepted or gave up, as a profile sees them.
func decisionsOn(ctx context.Context, q sqldb.Querier, p *IdealProfile, now time.Time) ([]decision, error) {
	decided, err := leads.find(ctx, q, "WHERE state IN ('accepted', 'disqualified', 'recycled') ORDER BY updated_at DESC, id DESC LIMIT $1", mostDecisions)
	if err != nil {
		return nil, err
	}
	ids, accounts, contacts := make([]string, len(decided)), make([]string, len(decided)), make([]string, len(decided))
	for i := range decided {
		ids[i], contacts[i] = decided[i].ID, decided[i].ContactID
	}
	known, err := contactsByID(ctx, q, contacts)
	if err != nil {
		return nil, err
	}
	for i := range decided {
		if accounts[i] = decided[i].AccountID; accounts[i] == "" && known[contacts[i]] != nil {
			accounts[i] = known[contacts[i]].AccountID
		}
	}
	companies, err := accountsByID(ctx, q, accounts)
	if err != nil {
		return nil, err
	}
	sales, err := closesOf(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	all := make([]decision, len(decided))
	for i := range decided {
		f := Facts{Lead: decided[i], Now: now}
		if c := known[contacts[i]]; c != nil {
			f.Contact = *c
		}
		if a := companies[accounts[i]]; a != nil {
			f.Account = *a
		}
		_, _, results := p.Fit(&f)
		all[i] = decision{decided[i].ID, decided[i].State == LeadAccepted, sales[decided[i].ID], results}
	}
	return all, nil
}

// closesOf says how the opportunities of leads were closed, by lead.
func closesOf(ctx context.Context, q sqldb.Querier, leadIDs []string) (map[string]LeadSale, error) {
	unfit, err := unfitReasons(ctx, q)
	if err != nil {
		return nil, err
	}
	sales := make(map[string]LeadSale)
	for part := range chunks(leadIDs) {
		err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
			var lead string
			var s LeadSale
			err := rows.Scan(&lead, &s.State, &s.Reason)
			s.Unfit = s.State == StateLost && unfit[s.Reason]
			sales[lead] = s
			return err
		}, "SELECT lead_id, state, close_reason FROM opportunities WHERE lead_id <> '' AND state <> '"+StateOpen+"' AND "+sqldb.In("lead_id", 1, len(part)), sqldb.Anys(part)...)
		if err != nil {
			return nil, fmt.Errorf("load how opportunities were closed: %w", err)
		}
	}
	return sales, nil
}

// Proposals lists the weights that were learned for a profile, the newest first.
func Proposals(ctx context.Context, q sqldb.Querier, a *Access, profileID, cursor string, limit int) ([]Learned, string, error) {
	w := &where{}
	w.add("kind = 'weights' AND profile_id = ?", profileID)
	return learnedModels.page(ctx, q, a, w, cursor, limit)
}

// ApplyWeights puts learned weights into their profile, because a person says so. The profile must be
// the one they were learned for.
func ApplyWeights(ctx context.Context, tx *sqldb.Tx, ch Change, profileID, learnedID string) (IdealProfile, error) {
	l, err := learnedModels.byID(ctx, tx, System(), learnedID, 0)
	if err != nil {
		return IdealProfile{}, err
	}
	p, err := idealProfiles.byID(ctx, tx, System(), profileID, 0)
	if err != nil {
		return IdealProfile{}, err
	}
	switch {
	case l.ProfileID != profileID || l.Weights == nil:
		return p, fmt.Errorf("apply weights %s to profile %s: %w", learnedID, profileID, ErrNotFound)
	case l.Weights.ProfileVersion != p.Version || len(l.Weights.Criteria) != len(p.Criteria):
		return p, fmt.Errorf("apply weights %s: the profile has changed since they were learned: learn again: %w", learnedID, ErrConflict)
	}
	ch = ch.Begin()
	criteria := make([]IdealCriterion, len(p.Criteria))
	for i, c := range p.Criteria {
		c.Weight = l.Weights.Criteria[i].Learned
		criteria[i] = c
	}
	p.Criteria = criteria
	if p, err = SaveIdealProfile(ctx, tx, ch, p); err != nil {
		return p, err
	}
	_, err = learnedModels.change(ctx, tx, ch, learnedID, 0, "apply", func(l *Learned) error {
		l.AppliedBy = ch.By
		return nil
	})
	return p, err
}

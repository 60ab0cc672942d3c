package crm

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// LearnedOdds are the odds of winning as closed opportunities tell them, beside those of the stage.
type LearnedOdds struct {
	Model    logistic      `json:"model"`
	Features []OddsFeature `json:"features"` // in the order of the model's weights
	Won      int           `json:"won"`
	Lost     int           `json:"lost"`
	// On opportunities that were not learned from (five folds, all stays of one in the same):
	Brier      float64    `json:"brier"`       // mean square error; the less the better
	StageBrier float64    `json:"stage_brier"` // of the odds of the stages, on the same
	Loss       float64    `json:"log_loss"`
	StageLoss  float64    `json:"stage_log_loss"`
	AUC        float64    `json:"auc"`
	Gain       Gain       `json:"log_loss_gain"` // over the odds of the stages
	Bands      []OddsBand `json:"bands"`
}

// An OddsFeature is something the model looks at, with what is usual of it.
type OddsFeature struct {
	Name string  `json:"name"`
	Mean float64 `json:"mean"`
	Dev  float64 `json:"deviation"`
}

// An OddsBand is how often opportunities were won whose odds were said to be in a range.
type OddsBand struct {
	From     int     `json:"from"` // percent
	To       int     `json:"to"`
	Count    int     `json:"count"` // of stays in stages
	Said     float64 `json:"said"`  // the mean of what was said, in percent
	Observed float64 `json:"observed"`
}

// A Snapshot is an opportunity as it was seen at a time while it was open.
type Snapshot struct {
	OpportunityID string
	StagePercent  int           // odds of the stage
	InStage       time.Duration // how long it has been there
	Open          time.Duration // how long it has been open
	Amount        int64         // minor units; 0: not said
	Source        string        // of its lead; empty: it began without one
	Grade         string        // of its lead; empty: not known
	Activities    int           // done with it so far
	LastActivity  time.Duration // ago; of one with none, how long it has been open
	Back          int           // how often it was moved back
	Won           bool
	Share         float64 // of its opportunity: all snapshots of one count as one
}

// oddsFeatures are what is read of a snapshot. The logarithms let twice as long, or twice as much,
// count the same at every length.
var oddsFeatures = []struct {
	name string
	read func(*Snapshot) float64
}{
	{"odds of the stage", func(s *Snapshot) float64 { p := float64(s.StagePercent) / 100; return math.Log(p / (1 - p)) }},
	{"time in the stage", func(s *Snapshot) float64 { return math.Log1p(s.InStage.Hours() / 24) }},
	{"time since it opened", func(s *Snapshot) float64 { return math.Log1p(s.Open.Hours() / 24) }},
	{"amount", func(s *Snapshot) float64 {
		if s.Amount == 0 {
			return math.NaN() // it says nothing: whether an early one will get an amount is not known then
		}
		return math.Log(float64(s.Amount))
	}},
	{"activities", func(s *Snapshot) float64 { return math.Log1p(float64(s.Activities)) }},
	{"time since the last activity", func(s *Snapshot) float64 { return math.Log1p(s.LastActivity.Hours() / 24) }},
	{"moved back", func(s *Snapshot) float64 { return float64(s.Back) }},
	{"grade of the lead", func(s *Snapshot) float64 { return gradeValue(s.Grade) }},
	{"from a mention", func(s *Snapshot) float64 { return truth(s.Source == SourceMention) }},
	{"from a campaign", func(s *Snapshot) float64 { return truth(s.Source == SourceCampaign) }},
	{"from a form", func(s *Snapshot) float64 { return truth(s.Source == SourceForm) }},
	{"from an import", func(s *Snapshot) float64 { return truth(s.Source == SourceImport) }},
	{"without a lead", func(s *Snapshot) float64 { return truth(s.Source == "") }},
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// gradeValue is 1 for A down to −1 for F; what is not known is in the middle.
func gradeValue(grade string) float64 {
	i := strings.Index(strings.Join(Grades, ""), grade)
	if grade == "" || i < 0 {
		return 0
	}
	return 1 - float64(i)/2.5
}

// How many closed opportunities odds are learned from.
const (
	leastClosed = 50
	leastWonOr  = 10 // won, and lost
)

// LearnOdds learns the odds of winning from snapshots of opportunities that are closed now.
func LearnOdds(all []Snapshot) (*LearnedOdds, error) {
	out := &LearnedOdds{}
	closed := make(map[string]bool)
	for _, s := range all {
		if _, ok := closed[s.OpportunityID]; !ok {
			closed[s.OpportunityID] = s.Won
			if s.Won {
				out.Won++
			} else {
				out.Lost++
			}
		}
	}
	if len(closed) < leastClosed || min(out.Won, out.Lost) < leastWonOr {
		return nil, invalid("opportunities", "are %d won and %d lost: want %d in all, and %d of either, to learn from", out.Won, out.Lost, leastClosed, leastWonOr)
	}
	out.standardise(all)
	examples, stage := make([]example, len(all)), make([]float64, len(all))
	for i := range all {
		s := &all[i]
		examples[i] = example{out.features(s), s.Won, s.Share, s.OpportunityID}
		stage[i] = float64(s.StagePercent) / 100
	}
	way := fitting{}
	said := way.crossed(examples, true)
	out.Brier, out.StageBrier, out.Loss, out.StageLoss = brier(examples, said), brier(examples, stage), meanLoss(examples, said), meanLoss(examples, stage)
	out.AUC = auc(examples, said)
	out.Gain, _ = gains(examples, stage, said)
	out.Bands = bandsOf(examples, said)
	out.Model = way.tuned(examples).fit(examples)
	return out, nil
}

// standardise notes what is usual of each feature, so that one penalty suits them all.
func (o *LearnedOdds) standardise(all []Snapshot) {
	for _, f := range oddsFeatures {
		var sum, squares, total float64
		for i := range all {
			x := f.read(&all[i])
			if math.IsNaN(x) {
				continue
			}
			sum, squares, total = sum+all[i].Share*x, squares+all[i].Share*x*x, total+all[i].Share
		}
		mean := sum / max(total, 1e-9)
		o.Features = append(o.Features, OddsFeature{f.name, mean, math.Sqrt(max(squares/max(total, 1e-9)-mean*mean, 0))})
	}
}

// features are those of a snapshot, in deviations from what is usual; what is not known is usual.
func (o *LearnedOdds) features(s *Snapshot) []float64 {
	x := make([]float64, len(o.Features))
	for i, f := range o.Features {
		if v := oddsFeatures[i].read(s); f.Dev > 1e-9 && !math.IsNaN(v) {
			x[i] = (v - f.Mean) / f.Dev
		}
	}
	return x
}

// bandsOf is the reliability of predictions by tenths (Murphy and Winkler 1977).
func bandsOf(all []example, said []float64) []OddsBand {
	bands := make([]OddsBand, 10)
	weights := make([]float64, 10)
	for i, e := range all {
		b := min(int(said[i]*10), 9)
		bands[b].Count++
		weights[b] += e.weight
		bands[b].Said += e.weight * said[i]
		bands[b].Observed += e.weight * truth(e.positive)
	}
	for i := range bands {
		b := &bands[i]
		b.From, b.To = i*10, i*10+10
		if weights[i] > 0 {
			b.Said, b.Observed = math.Round(1000*b.Said/weights[i])/10, math.Round(1000*b.Observed/weights[i])/10
		}
	}
	return slices.DeleteFunc(bands, func(b OddsBand) bool { return b.Count == 0 })
}

// An Estimate is what the past says of an open opportunity, with what speaks for and against it.
type Estimate struct {
	Percent int          `json:"percent"` // 1 to 99
	Reasons []OddsReason `json:"reasons"` // the strongest first
	Model   string       `json:"model_id"`
	MadeAt  time.Time    `json:"made_at"`
	Closed  int64        `json:"closed"`         // opportunities it was learned from
	Band    *OddsBand    `json:"band,omitempty"` // how right such odds were so far
	Brier   float64      `json:"brier"`
	Stage   float64      `json:"stage_brier"`
}

// An OddsReason is what one feature does to the odds.
type OddsReason struct {
	Name  string  `json:"name"`
	Logit float64 `json:"logit"` // added to the logarithm of the odds, against what is usual
	Text  string  `json:"text"`
}

// Estimate says how probable it is that an opportunity is won. Nothing is certain while it is open.
func (o *LearnedOdds) Estimate(s *Snapshot) Estimate {
	x := o.features(s)
	p := o.Model.probability(x)
	e := Estimate{Percent: min(max(int(math.Round(100*p)), 1), 99), Brier: o.Brier, Stage: o.StageBrier}
	for i, f := range o.Features {
		if logit := o.Model.Weights[i] * x[i]; math.Abs(logit) >= 0.05 {
			e.Reasons = append(e.Reasons, OddsReason{f.Name, math.Round(100*logit) / 100, oddsText(f.Name, x[i], logit)})
		}
	}
	slices.SortStableFunc(e.Reasons, func(a, b OddsReason) int { return cmp.Compare(math.Abs(b.Logit), math.Abs(a.Logit)) })
	e.Reasons = e.Reasons[:min(5, len(e.Reasons))]
	for i := range o.Bands {
		if b := &o.Bands[i]; int(100*p) >= b.From && int(100*p) < b.To || b.To == 100 && p >= 1 {
			e.Band = b
		}
	}
	return e
}

func oddsText(name string, x, logit float64) string {
	side, effect := "above", "more"
	if x < 0 {
		side = "below"
	}
	if logit < 0 {
		effect = "less"
	}
	return fmt.Sprintf("%s is %s what is usual, which makes winning %s probable", name, side, effect)
}

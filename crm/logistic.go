package crm

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// An example is one that was decided: what was known of it, how it ended, and how much it counts.
type example struct {
	features []float64
	positive bool
	weight   float64
	group    string // examples of one record, which are never learned from and judged by at once
}

// A logistic is a logistic regression: P = 1/(1 + e^−(Intercept + Σ Weights·features)).
type logistic struct {
	Weights   []float64 `json:"weights"`
	Intercept float64   `json:"intercept"`
}

func (m *logistic) logit(features []float64) float64 {
	z := m.Intercept
	for i, w := range m.Weights {
		z += w * features[i]
	}
	return z
}

func (m *logistic) probability(features []float64) float64 { return sigmoid(m.logit(features)) }

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// A fitting says how a regression is fitted.
type fitting struct {
	penalty  float64 // on the squares of the weights, against the mean loss of an example
	positive bool    // weights may not be below zero
}

// Sweeps over all weights, and the change below which they are at rest.
const (
	fitSweeps = 100
	fitRest   = 1e-6
)

// fit fits a regression with ridge penalty by cyclic coordinate descent: for each weight in turn one
// Newton step on a bound of the curvature, p(1−p) ≤ 1/4, which never overshoots (Hastie, Tibshirani
// and Friedman, The Elements of Statistical Learning, 4.4 and 18.4; Böhning and Lindsay 1988). The
// intercept is not penalised. It is the same for the same examples.
func (f fitting) fit(all []example) logistic {
	m := logistic{}
	if len(all) == 0 {
		return m
	}
	n := len(all[0].features)
	m.Weights = make([]float64, n)
	logits, total := make([]float64, len(all)), 0.0
	curvature := make([]float64, n)
	for _, e := range all {
		total += e.weight
		for j, x := range e.features {
			curvature[j] += e.weight * x * x / 4
		}
	}
	for range fitSweeps {
		moved := 0.0
		for j := -1; j < n; j++ { // −1 is the intercept
			gradient := 0.0
			for i, e := range all {
				y := 0.0
				if e.positive {
					y = 1
				}
				gradient += e.weight * (y - sigmoid(logits[i])) * at(e.features, j)
			}
			step := 0.0
			if j < 0 {
				step = gradient / (total / 4)
				m.Intercept += step
			} else if ridge := f.penalty * total; curvature[j]+ridge > 0 {
				to := m.Weights[j] + (gradient-ridge*m.Weights[j])/(curvature[j]+ridge)
				if f.positive {
					to = max(to, 0)
				}
				step, m.Weights[j] = to-m.Weights[j], to
			}
			if step == 0 {
				continue
			}
			for i, e := range all {
				logits[i] += step * at(e.features, j)
			}
			moved = max(moved, math.Abs(step))
		}
		if moved < fitRest {
			break
		}
	}
	return m
}

// at is a feature; the one of the intercept is always 1.
func at(features []float64, j int) float64 {
	if j < 0 {
		return 1
	}
	return features[j]
}

const folds = 5

// foldsOf spreads groups over folds at random, as many of either outcome in each as can be; the same
// for the same groups in the same order.
func foldsOf(all []example) []int {
	of := make(map[string]int)
	var groups []*example
	for i := range all {
		if _, ok := of[all[i].group]; !ok {
			of[all[i].group] = 0
			groups = append(groups, &all[i])
		}
	}
	random := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // a figure that is to be the same every time
	random.Shuffle(len(groups), func(i, j int) { groups[i], groups[j] = groups[j], groups[i] })
	count := map[bool]int{}
	for _, g := range groups {
		of[g.group] = count[g.positive] % folds
		count[g.positive]++
	}
	out := make([]int, len(all))
	for i := range all {
		out[i] = of[all[i].group]
	}
	return out
}

// penalties that are tried.
var penalties = []float64{0.001, 0.01, 0.1}

// tuned is the fitting of the penalty that judges best what it has not seen.
func (f fitting) tuned(all []example) fitting {
	best, least := f, math.Inf(1)
	for _, p := range penalties {
		f.penalty = p
		if loss := meanLoss(all, f.crossed(all, false)); loss < least-1e-9 {
			best, least = f, loss
		}
	}
	return best
}

// crossed is what regressions say of examples they were not fitted to, fold by fold. Nested, the
// penalty is chosen within what each is fitted to.
func (f fitting) crossed(all []example, nested bool) []float64 {
	of := foldsOf(all)
	out := make([]float64, len(all))
	for k := range folds {
		var learn []example
		for i, e := range all {
			if of[i] != k {
				learn = append(learn, e)
			}
		}
		fold := f
		if nested {
			fold = f.tuned(learn)
		}
		m := fold.fit(learn)
		for i, e := range all {
			if of[i] == k {
				out[i] = m.probability(e.features)
			}
		}
	}
	return out
}

// loss is the log loss of one prediction, in nats. A prediction is taken for no surer than 1 in 10⁶.
func (e *example) loss(p float64) float64 {
	p = min(max(p, 1e-6), 1-1e-6)
	if e.positive {
		return -math.Log(p)
	}
	return -math.Log(1 - p)
}

func meanLoss(all []example, said []float64) float64 {
	return weighted(all, func(i int) float64 { return all[i].loss(said[i]) })
}

// brier is the mean square of how far predictions are off (Brier 1950).
func brier(all []example, said []float64) float64 {
	return weighted(all, func(i int) float64 {
		y := 0.0
		if all[i].positive {
			y = 1
		}
		return (said[i] - y) * (said[i] - y)
	})
}

func weighted(all []example, value func(i int) float64) float64 {
	sum, total := 0.0, 0.0
	for i := range all {
		sum, total = sum+all[i].weight*value(i), total+all[i].weight
	}
	if total == 0 {
		return 0
	}
	return sum / total
}

// auc is the probability that a positive example is ranked above a negative one, equals counting
// half (Hanley and McNeil 1982); 0.5 when there are not both.
func auc(all []example, said []float64) float64 {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(said[a], said[b]) })
	var below, positives, negatives, area float64
	for i := 0; i < len(order); {
		j, pos, neg := i, 0.0, 0.0
		for ; j < len(order) && said[order[j]] == said[order[i]]; j++ {
			if e := &all[order[j]]; e.positive {
				pos += e.weight
			} else {
				neg += e.weight
			}
		}
		area += pos * (below + neg/2)
		below, positives, negatives, i = below+neg, positives+pos, negatives+neg, j
	}
	if positives == 0 || negatives == 0 {
		return 0.5
	}
	return area / (positives * negatives)
}

// A Gain is how much better one way of judging is than another on the same examples, with the range
// that holds it with 95 % probability.
type Gain struct {
	Mean float64 `json:"mean"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

const resamples = 400

// gains compares two ways of judging by drawing the groups of examples again and again, with
// replacement (the percentile bootstrap, Efron 1979). It is the same for the same examples.
func gains(all []example, was, is []float64) (loss, ranking Gain) {
	groups := make(map[string][]int)
	var names []string
	for i, e := range all {
		if _, ok := groups[e.group]; !ok {
			names = append(names, e.group)
		}
		groups[e.group] = append(groups[e.group], i)
	}
	loss.Mean, ranking.Mean = meanLoss(all, was)-meanLoss(all, is), auc(all, is)-auc(all, was)
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a figure that is to be the same every time
	var losses, rankings []float64
	for range resamples {
		var drawn []example
		var before, after []float64
		for range names {
			for _, i := range groups[names[random.IntN(len(names))]] {
				drawn, before, after = append(drawn, all[i]), append(before, was[i]), append(after, is[i])
			}
		}
		losses = append(losses, meanLoss(drawn, before)-meanLoss(drawn, after))
		rankings = append(rankings, auc(drawn, after)-auc(drawn, before))
	}
	loss.Low, loss.High = middle(losses)
	ranking.Low, ranking.High = middle(rankings)
	return loss, ranking
}

func middle(values []float64) (low, high float64) {
	slices.Sort(values)
	return values[len(values)/40], values[len(values)-1-len(values)/40]
}

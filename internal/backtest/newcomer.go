package backtest

import (
	"math"
	"math/rand/v2"

	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/simulate"
)

// Newcomers are monitors of which nothing is known, among others that are known: of every style, and
// of 1 to 300 posts an hour.
type Newcomers struct {
	Peers  int           // monitors of each style known for three weeks; 0: the newcomer is the first
	Brands int           // newcomers of each style
	Days   int           // that each is judged
	Kind   simulate.Kind // of the event in each; empty: none
	After  int64         // hours after which the event begins
	Seed   uint64
}

// Run judges the newcomers.
func (n Newcomers) Run() Outcome {
	var all Outcome
	random, others := rand.New(rand.NewPCG(n.Seed, 17)), rand.New(rand.NewPCG(n.Seed, 18))
	rate := func(r *rand.Rand) float64 { return math.Exp(r.Float64() * math.Log(300)) }
	var known []*spike.Baseline
	for s, style := range simulate.Styles {
		for brand := range n.Peers {
			w := simulate.New(style, rate(others), 21, 1_000_000+n.Seed+uint64(brand*100+s)).Run()
			b := spike.Learn(w.Cells(), simulate.Start, w.Until, nil)
			known = append(known, &b)
		}
	}
	peers := spike.NewPeers(known)
	for s, style := range simulate.Styles {
		for brand := range n.Brands {
			w := simulate.New(style, rate(random), n.Days, n.Seed+uint64(brand*100+s))
			if n.Kind != "" {
				w.Plan(n.Kind, simulate.Start+60*n.After+int64(random.IntN(60)))
			}
			w.Run()
			all.Add(Judge(w, watchCells(w.Cells(), simulate.Start, w.Until, peers), 1))
		}
	}
	return all
}

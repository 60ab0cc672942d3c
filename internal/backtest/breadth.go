package backtest

import (
	"cmp"
	"math"
	"slices"
)

// A supposition is how many people could stand behind the posts of bins.
type supposition struct {
	accounts float64 // a handful that write all of it; 0: a crowd …
	repeats  float64 // … of whose posts this part is not the author's first in a bin
	weight   float64
	people   float64 // how many different ones that makes
}

// How pessimistic to be: the probability that there are fewer people than people says.
const (
	named  = 0.5  // the table says how much the busiest author wrote, which shows a handful
	gentle = 0.2  // the posts have grown in number
	abrupt = 0.02 // they are suddenly there, as crowds rarely are and bots mostly

	abruptWithin = 30  // minutes …
	abruptBefore = 0.2 // … before which less than this part of the hour's posts came
)

// suppositions are those weighed: as likely a crowd as a handful, before anything is counted.
func suppositions() []supposition {
	all := make([]supposition, 0, 8)
	for _, r := range []float64{0.02, 0.1, 0.2} {
		all = append(all, supposition{repeats: r, weight: 0.5 / 3})
	}
	for _, k := range []float64{3, 5, 8, 12, 20} {
		all = append(all, supposition{accounts: k, weight: 0.5 / 5})
	}
	return all
}

// repeated is how many of n posts in a bin are not their author's first. Where each comes from any
// of k accounts, n of them have k·(1−(1−1/k)^n) authors (the occupancy problem, Feller 1968, IV.2).
func (h *supposition) repeated(n float64) float64 {
	if h.accounts == 0 {
		return h.repeats * (n - 1)
	}
	return n - h.accounts*(1-math.Pow(1-1/h.accounts, n))
}

// people is how many different ones there are at least behind bins of so many posts by so many
// authors, but for the doubt: who writes in two bins is an author of both, so that five bots in
// three bins look like fifteen people. What tells them from a crowd is how often they repeat
// themselves within a bin. Bins of few posts tell little, and unless the posts came abruptly their
// authors are taken for different people: a flood so slow is not worth its name.
func people(posts, authors []float64, doubt float64) float64 {
	dense := 3.0
	if doubt <= abrupt {
		dense = 2
	}
	all := suppositions()
	loose, n, seen := 0.0, 0.0, 0.0
	for i, x := range posts {
		if x < dense {
			loose += authors[i]
			continue
		}
		n, seen = n+x, seen+authors[i]
		total := 0.0
		for k := range all {
			expected := all[k].repeated(x)
			all[k].weight *= math.Exp((x-authors[i])*math.Log(expected) - expected - logGamma(x-authors[i]+1))
			total += all[k].weight
		}
		for k := range all {
			all[k].weight /= total
		}
	}
	for k := range all {
		all[k].people = seen
		if a := all[k].accounts; a > 0 {
			all[k].people = min(seen, a*-math.Expm1(-n/a))
		}
	}
	slices.SortFunc(all, func(a, b supposition) int { return cmp.Compare(a.people, b.people) })
	below := 0.0
	for k := range all {
		if below += all[k].weight; below > doubt {
			return loose + all[k].people
		}
	}
	return loose + seen
}

// doubt is how pessimistic to be about the people who wrote negatively in the hour that ends with
// the minute.
func (t *Table) doubt(bins []bin, until int64) float64 {
	if t.Has("top_author_share") {
		return named
	}
	all, before := 0.0, 0.0
	for i := len(bins) - 1; i >= 0 && bins[i].until > until-60; i-- {
		n := float64(bins[i].counts.Negative)
		if all += n; bins[i].from < until-abruptWithin {
			before += n
		}
	}
	if before < abruptBefore*all {
		return abrupt
	}
	return gentle
}

func logGamma(x float64) float64 {
	y, _ := math.Lgamma(x)
	return y
}

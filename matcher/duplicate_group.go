package matcher

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// How much a single pair counts among those of a group, in bits: neither certainty nor doubt about
// one may outweigh all the others.
const (
	leastVote = -8.0
	mostVote  = 14.0
	linkVote  = -2.0 // bits of the pairs that hold a group together
	maxGroup  = 300  // rows
)

// group lets pairs that share their duplicates gain, and those that do not lose: rows are joined
// into persons, those first whose rows are alike on average (average linkage; Sokal, Michener,
// "A statistical method for evaluating systematic relationships", 1958). The bits of a pair are
// those of the union that joined it.
func (t *Records) group(ctx context.Context, edges []edge, opt DuplicateOptions) ([]Duplicate, error) {
	g := grouping{t: t, least: math.Log2(max(1e-6, opt.Least) / (1 - min(max(1e-6, opt.Least), 1-1e-6)))}
	groups := g.split(edges, linkVote)
	for i, group := range groups {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("group rows: %w", err)
		}
		g.join(group)
		if i%1000 == 0 {
			opt.Progress("groups", 0.85+0.15*float64(i)/float64(len(groups)))
		}
	}
	sortDuplicates(g.found)
	return g.found, nil
}

type grouping struct {
	t     *Records
	least float64
	found []Duplicate
}

// split cuts the rows into groups that pairs of so many bits hold together; what is too large is
// cut where it is thinner.
func (g *grouping) split(edges []edge, vote float32) (groups [][]edge) {
	parent := make(map[uint32]uint32)
	var root func(uint32) uint32
	root = func(a uint32) uint32 {
		p, ok := parent[a]
		if !ok || p == a {
			return a
		}
		r := root(p)
		parent[a] = r
		return r
	}
	for _, e := range edges {
		if e.bits >= vote {
			parent[root(e.a)] = root(e.b)
		}
	}
	byRoot := make(map[uint32][]edge)
	for _, e := range edges {
		if r := root(e.a); r == root(e.b) {
			byRoot[r] = append(byRoot[r], e)
		} else if float64(e.bits) >= g.least {
			g.put(e.a, e.b, float64(e.bits))
		}
	}
	for _, group := range byRoot {
		if len(group) >= maxGroup && len(rowsOf(group)) > maxGroup && vote < 40 {
			groups = append(groups, g.split(group, vote+4)...)
			continue
		}
		groups = append(groups, group)
	}
	return groups
}

func rowsOf(group []edge) []uint32 {
	var rows []uint32
	for _, e := range group {
		rows = append(rows, e.a, e.b)
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

func (g *grouping) put(a, b uint32, bits float64) {
	if bits < g.least {
		return
	}
	g.found = append(g.found, Duplicate{A: int(min(a, b)), B: int(max(a, b)), Bits: bits, Probability: 1 / (1 + math.Exp2(-bits))})
}

// join joins the rows of a group.
func (g *grouping) join(group []edge) {
	rows := rowsOf(group)
	n := len(rows)
	if n == 2 || n > maxGroup {
		for _, e := range group {
			g.put(e.a, e.b, float64(e.bits))
		}
		return
	}
	own, sum := make([]float64, n*n), make([]float64, n*n)
	for i := range n {
		for j := i + 1; j < n; j++ {
			bits := g.t.bits(g.t.compare(rows[i], rows[j]), rows[i])
			own[i*n+j], own[j*n+i] = bits, bits
			vote := min(mostVote, max(leastVote, bits))
			sum[i*n+j], sum[j*n+i] = vote, vote
		}
	}
	members := make([][]int, n)
	for i := range members {
		members[i] = []int{i}
	}
	for range n - 1 {
		a, b, best := -1, -1, math.Inf(-1)
		for i := range n {
			for j := i + 1; j < n; j++ {
				if len(members[i]) == 0 || len(members[j]) == 0 {
					continue
				}
				if mean := sum[i*n+j] / float64(len(members[i])*len(members[j])); mean > best {
					a, b, best = i, j, mean
				}
			}
		}
		if a < 0 {
			return
		}
		for _, i := range members[a] {
			for _, j := range members[b] {
				g.put(rows[i], rows[j], mix(best, own[i*n+j], len(members[a])*len(members[b])))
			}
		}
		for k := range n {
			sum[a*n+k] += sum[b*n+k]
			sum[k*n+a] = sum[a*n+k]
		}
		members[a], members[b] = append(members[a], members[b]...), nil
	}
}

// mix weighs what the rows of two groups say together against what a pair says itself.
func mix(group, own float64, pairs int) float64 {
	if pairs == 1 {
		return own
	}
	return 0.8*group + 0.2*min(mostVote, max(leastVote, own))
}

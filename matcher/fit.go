package matcher

import (
	"math"

	"github.com/groundswell/groundswell/post"
)

// A Seen is an author on a network.
type Seen struct {
	Network string
	Author  *post.Author
}

// How a model is fitted: until the share of known authors moves by less than settled, and as if
// so many authors had been seen who are as the model before says.
const (
	maxRounds      = 100
	settled        = 1e-4
	priorAuthors   = 40.0
	priorHandles   = 400.0
	priorNamesakes = 400.0
	priorHeirs     = 2.0
	enoughProven   = 60.0
	anchorBits     = 5.0  // beyond the name and the field itself
	anchorOdds     = 50.0 // to one, without the field itself
	minNamesakes   = 0.008
	minKnown       = 0.002
	maxKnown       = 0.97
)

// observation is what fitting keeps of an author: the candidates that say anything.
type observation struct{ candidates []candidate }

// Fit estimates the model from authors, without knowing who they are, by expectation and
// maximisation (Dempster, Laird, Rubin 1977; for record linkage Winkler 1988): each author is one
// of the candidates, a stranger who bears a candidate's name, or a stranger. It returns the model;
// SetModel puts it to use.
func (x *Index) Fit(authors []Seen, version string) Model {
	x.mu.RLock()
	defer x.mu.RUnlock()
	observed := make([]observation, 0, len(authors))
	for _, s := range authors {
		candidates, _ := x.weigh(x.prepare(s.Network, s.Author))
		observed = append(observed, observation{candidates})
	}
	m := x.model
	m.Known, m.Authors = x.weights.knownOf(x.size), len(authors)
	start := m
	for range maxRounds {
		next := x.maximise(observed, &m, &start)
		moved := max(math.Abs(next.Known-m.Known), math.Abs(next.Namesakes-m.Namesakes))
		m = next
		if moved < settled {
			break
		}
	}
	m.Version, m.Calibration = version, Calibration{}
	return m
}

// A tally counts, by expectation, what a round of fitting sees.
type tally struct {
	known, namesakes, strangers float64
	handles, recycled           float64
	made, heirs                 float64                         // recycled handles that are made of a name, and those whose new holder bears it
	levels                      [fieldCount][levelCount]float64 // of those who are contacts
	anchored                    [fieldCount][levelCount]float64 // of those of them whom other fields identify
}

// maximise is one round.
func (x *Index) maximise(observed []observation, m, start *Model) Model {
	w := m.weights()
	t := tally{known: priorAuthors * start.Known, namesakes: priorAuthors * (1 - start.Known) * start.Namesakes,
		strangers: priorAuthors * (1 - start.Known) * (1 - start.Namesakes), handles: priorHandles, recycled: priorHandles * start.Recycled,
		made: priorHeirs, heirs: priorHeirs * start.Heirs}
	for i := range observed {
		t.add(observed[i].candidates, &w, max(1, x.size))
	}
	next := *m
	next.Known = min(maxKnown, max(minKnown, t.known/(t.known+t.namesakes+t.strangers)))
	beyond := 0.0
	for f := fieldCity; f < fieldCount; f++ {
		for l := 1; l < levelCount; l++ {
			beyond += t.levels[f][l]
		}
	}
	if beyond >= enoughProven { // where only names are compared, nothing tells namesakes from contacts
		next.Namesakes = min(0.5, max(minNamesakes, (t.namesakes+priorNamesakes*start.Namesakes)/(t.namesakes+t.strangers+priorNamesakes)))
	}
	next.Recycled = max(1e-5, t.recycled/t.handles)
	next.Heirs = t.heirs / t.made
	for f := range fieldCount {
		next.M[f] = t.field(f, &start.M[f])
	}
	return next
}

// add shares an author among the candidates, strangers of the name and strangers.
func (t *tally) add(candidates []candidate, w *weights, n int) {
	prior := w.prior(n)
	same, works := 0.0, 0.0
	total := 1 - w.namesake
	for j := range candidates {
		c := &candidates[j]
		c.name, c.other = c.weigh(w)
	}
	weighHandles(candidates, w, n)
	for j := range candidates {
		c := &candidates[j]
		total += math.Exp2(prior + c.sum())
		if bits, ok := c.shared(); ok {
			works += colleagues * math.Exp2(min(60, bits)) / float64(n)
		}
		if c.bearers == 0 {
			same += w.namesake * math.Exp2(min(60, c.name)) / float64(n)
		}
	}
	stranger := 1 - w.namesake + works
	total += same + works
	t.namesakes += same / total
	t.strangers += stranger / total
	for j := range candidates {
		c := &candidates[j]
		p := math.Exp2(prior+c.sum()) / total
		t.known += p
		if c.bearers == 1 {
			t.handles, t.recycled = t.handles+1, t.recycled+1-p
			if c.made {
				same := w.heirs * math.Exp2(c.name)
				t.made, t.heirs = t.made+1-p, t.heirs+(1-p)*same/(same+1-w.heirs)
			}
		}
		if p < 1e-4 {
			continue
		}
		for f := range fieldCount {
			if f == fieldSingle && c.level[f] >= singleCompany { // which are not learnt
				continue
			}
			t.levels[f][c.level[f]] += p
			if c.level[f] == 0 || f < fieldCity {
				continue
			}
			own := float64(w.m[f][c.level[f]] + c.rare[f])
			odds := math.Exp2(prior+c.sum()-own) / max(total-math.Exp2(prior+c.sum()), 1e-9)
			if c.beyond()-own >= anchorBits && odds >= anchorOdds {
				t.anchored[f][c.level[f]] += odds / (1 + odds)
			}
		}
	}
}

// field is how often each level of a field is found. How often city and company agree is learnt
// from those whom something beside the name and the field itself identifies, where they are enough:
// among the others, contacts who moved and strangers of the same name look alike, and the one would
// be taken for the other.
func (t *tally) field(f int, start *[levelCount]float64) (m [levelCount]float64) {
	seen := &t.levels[f]
	anchored := 0.0
	for l := 1; l < levelCount; l++ {
		anchored += t.anchored[f][l]
	}
	if anchored >= enoughProven {
		seen = &t.anchored[f]
	}
	sum := 0.0
	for l := 1; l < levelCount; l++ {
		m[l] = seen[l] + priorAuthors*start[l]
		sum += m[l]
	}
	for l := range m {
		m[l] /= sum
	}
	return m
}

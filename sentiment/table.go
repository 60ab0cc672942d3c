package sentiment

import (
	"math"
	"sync/atomic"
)

// A table is a network made for reading. What it makes of a word is worked out when the word is
// first met.
type table struct {
	net     *network
	rows    *rows
	list    []string // the words by their row
	entries []atomic.Pointer[entry]
	none    *entry // of a word that no list has
	moods   [moods][]float32
	grams   []int8 // gram, class
	step    float32
	mask    gram
}

// Eight filters share a uint64. Of each the sum of three cells stays below 128, so that it neither
// carries into the next nor has the high bit, which comparing needs.
type cells [maxFilters / 8]uint64

const (
	maxFilters = 64
	moods      = 4
	unit       = 21 // a cell holds −21 to 21, written from 0
	high       = 0x8080_8080_8080_8080
	nothing    = places * unit * 0x0101_0101_0101_0101 // sums of three cells of 0
)

// An entry is what there is to know of a word: what the filters make of it before, at and behind the
// word that they look at, and what it adds to the classes by its vector and its grams.
type entry struct {
	before  cells
	at      [moods]cells
	after   cells
	linear  [classes]float32
	negated [classes]float32 // added where it is negated
}

func newTable(n *network, r *rows) *table {
	t := &table{net: n, rows: r, list: r.list(), entries: make([]atomic.Pointer[entry], r.count), moods: n.moods(),
		step: gramClip / 127, grams: make([]int8, len(n.grams)), mask: gram(len(n.grams)/classes - 1)}
	for i, w := range n.grams {
		t.grams[i] = int8(math.Round(float64(w / t.step)))
	}
	t.none = &entry{}
	t.fill(t.none, make([]float32, n.dim))
	return t
}

// entry is that of a row. Two goroutines may work out the same one; either is right.
func (t *table) entry(row int32) *entry {
	if e := t.entries[row].Load(); e != nil {
		return e
	}
	n, w, e := t.net, t.list[row], &entry{}
	v := n.vectors[int(row)*n.dim : (int(row)+1)*n.dim]
	t.fill(e, v)
	e.linear, e.negated = t.own(t.rows.seedOf(row, w, ""), w)
	for c := range classes {
		e.linear[c] += dot(v, n.mean[c*n.dim:])
	}
	t.entries[row].Store(e)
	return e
}

// fill works out the cells of a word's vector.
func (t *table) fill(e *entry, v []float32) {
	n := t.net
	for f := range maxFilters {
		var by [places]float32
		var add [moods]float32
		step := float32(1)
		if f < n.filters {
			step = n.steps[f]
			for p := range by {
				by[p] = dot(v, n.conv[(f*places+p)*n.dim:])
			}
			for m := range add {
				add[m] = t.moods[m][f]
			}
		}
		e.before.set(f, by[0]/step)
		for m := range add {
			e.at[m].set(f, (by[1]+add[m])/step)
		}
		e.after.set(f, by[2]/step)
	}
}

func (c *cells) set(f int, x float32) {
	whole := int64(min(unit, max(-unit, math.Round(float64(x)))))
	c[f/8] |= uint64(unit+whole) << (8 * (f % 8))
}

// own adds up the weights of the grams of a word that depend on nothing else, and those of its negation.
func (t *table) own(seed gram, w string) (sums, negated [classes]float32) {
	var total [classes]int32
	no := own(seed, w, func(g gram) {
		weights := t.grams[int(g&t.mask)*classes:][:classes]
		for c := range total {
			total[c] += int32(weights[c])
		}
	})
	for c := range total {
		sums[c] = float32(total[c]) * t.step
		negated[c] = float32(t.grams[int(no&t.mask)*classes+c]) * t.step
	}
	return sums, negated
}

// read adds up the classes' sums of a text.
func (t *table) read(x *text, language string) (sums [classes]float32) {
	var top cells
	for g := range top {
		top[g] = nothing
	}
	before, at := t.none, t.none
	for i := range len(x.words) + 1 {
		after, linear, negated := t.none, [classes]float32{}, [classes]float32{}
		if i < len(x.words) {
			w := x.words[i]
			if row := t.rows.row(w, x.lexemes[i], language); row != nobody {
				after = t.entry(row)
				linear, negated = after.linear, after.negated
			} else {
				linear, negated = t.own(t.rows.seedOf(row, w, language), w)
			}
			if x.marks[i]&markNegated == 0 {
				negated = [classes]float32{}
			}
		}
		for c := range sums {
			sums[c] += linear[c] + negated[c]
		}
		if i > 0 {
			top.keep(&before.before, &at.at[moodOf(x.marks[i-1])], &after.after)
		}
		before, at = at, after
	}
	norm, n := lengthNorm(len(x.words)), t.net
	for c := range sums {
		sums[c] = sums[c]*norm + n.bias[slot(language)*classes+c]
		for f, step := range n.steps {
			kept := int(top[f/8]>>(8*(f%8))&0xff) - places*unit
			sums[c] += float32(float32(kept)*step) * n.out[c*n.filters+f]
		}
	}
	return sums
}

func moodOf(m mark) int {
	mood := 0
	if m&markNegated != 0 {
		mood = 1
	}
	if m&(markShout|markLong) != 0 {
		mood |= 2
	}
	return mood
}

// keep keeps the larger of what the filters kept and what they see here, eight at a time: the high
// bit of (a|high)−b says a ≥ b.
func (c *cells) keep(before, at, after *cells) {
	for g, a := range c {
		b := before[g] + at[g] + after[g]
		larger := ((a | high) - b) & high
		larger -= larger >> 7
		c[g] = a&larger | b&^larger
	}
}

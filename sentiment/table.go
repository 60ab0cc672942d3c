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
	out     []filterOut
	moods   [moods][]float32
	grams   [][classes]int8
	step    float32
	mask    gram
}

// Eight filters share a uint64. Of each the sum of three cells stays below 128, so that it neither
// carries into the next nor has the high bit, which comparing needs.
type cells [maxFilters / 8]uint64

const (
	maxFilters = 64
	maxBits    = 22
	moods      = 4
	unit       = 21 // a cell holds −21 to 21, written from 0
	high       = 0x8080_8080_8080_8080
	nothing    = places * unit * 0x0101_0101_0101_0101 // sums of three cells of 0
)

// An entry is what there is to know of a word: what the filters make of it before, at and behind the
// word that they look at, and what it adds to the classes by its vector and its grams.
type entry struct {
	linear  [classes]float32
	negated [classes]float32 // added where it is negated
	before  cells
	after   cells
	at      [moods]cells // the first mood is the commonest: what is read mostly stands together
}

// A filterOut is what a filter's unit is and what it says of the classes.
type filterOut struct {
	step    float32
	classes [classes]float32
}

func newTable(n *network, r *rows) *table {
	t := &table{net: n, rows: r, list: r.list(), entries: make([]atomic.Pointer[entry], r.count), moods: n.moods(),
		step: gramClip / 127, grams: make([][classes]int8, len(n.grams)/classes), mask: gram(len(n.grams)/classes - 1)}
	for i, w := range n.grams {
		t.grams[i/classes][i%classes] = int8(math.Round(float64(w / t.step)))
	}
	for f, step := range n.steps {
		o := filterOut{step: step}
		for c := range classes {
			o.classes[c] = n.out[c*n.filters+f]
		}
		t.out = append(t.out, o)
	}
	t.none = &entry{}
	t.fill(t.none, make([]float32, n.dim))
	return t
}

// meet works out the entry of a row. Two goroutines may work out the same one; either is right.
func (t *table) meet(row int32) *entry {
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
	var room [maxOwn]gram
	grams, no := own(room[:0], seed, w)
	for _, g := range grams {
		weights := &t.grams[g&t.mask]
		for c := range total {
			total[c] += int32(weights[c])
		}
	}
	for c := range total {
		sums[c] = float32(total[c]) * t.step
		negated[c] = float32(t.grams[no&t.mask][c]) * t.step
	}
	return sums, negated
}

// read adds up the classes' sums of a text. It finds the words' entries first and looks at what
// the filters make of them then: so entries that are not in the cache come in beside each other.
func (t *table) read(x *text, language string) (sums [classes]float32) {
	x.entries = append(x.entries[:0], t.none)
	for i, w := range x.words {
		row := t.rows.row(w, x.lexemes[i], language)
		if row == nobody {
			linear, negated := t.own(t.rows.seedOf(row, w, language), w)
			add(&sums, &linear, &negated, x.marks[i])
			x.entries = append(x.entries, t.none)
			continue
		}
		e := t.entries[row].Load()
		if e == nil {
			e = t.meet(row)
		}
		add(&sums, &e.linear, &e.negated, x.marks[i])
		x.entries = append(x.entries, e)
	}
	x.entries = append(x.entries, t.none)
	var top cells
	for g := range top {
		top[g] = nothing
	}
	for i, m := range x.marks {
		entries := x.entries[i:][:places]
		top.keep(&entries[0].before, &entries[1].at[moodOf(m)], &entries[2].after)
	}
	norm := lengthNorm(len(x.words))
	for c, bias := range t.net.bias[slot(language)*classes:][:classes] {
		sums[c] = sums[c]*norm + bias
	}
	t.kept(&sums, &top)
	return sums
}

// add adds what a word adds to the classes by itself.
func add(sums, linear, negated *[classes]float32, m mark) {
	if m&markNegated == 0 {
		negated = &[classes]float32{}
	}
	for c := range sums {
		sums[c] += linear[c] + negated[c]
	}
}

// kept adds what the filters kept to the classes.
func (t *table) kept(sums *[classes]float32, top *cells) {
	a, b, c := sums[0], sums[1], sums[2]
	for f := range t.out {
		o := &t.out[f]
		x := float32(int(top[f/8]>>(8*(f%8))&0xff)-places*unit) * o.step
		a += x * o.classes[0]
		b += x * o.classes[1]
		c += x * o.classes[2]
	}
	*sums = [classes]float32{a, b, c}
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

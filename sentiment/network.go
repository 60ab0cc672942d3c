package sentiment

import (
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// A network reads a text as a row of words. Each word has a vector; a filter looks at three words
// in a row and keeps the largest of what it sees; the classes are read off what the filters kept
// and off the mean vector (Kim, EMNLP 2014, with one width). The vectors are of a multilingual
// encoder, so what is learnt of an English word is known of its German neighbours.
//
// What a filter makes of a word at each of its three places depends on the word alone: reading is
// adding up rows of a table.
type network struct {
	dim, filters int
	vectors      []float32 // a row of dim for each word
	conv         []float32 // filter, place, dim
	convBias     []float32
	negated      []float32 // what a filter adds to a negated word
	stressed     []float32 // and to one in capitals or with repeated letters
	out          []float32 // class, filter
	mean         []float32 // class, dim
	bias         []float32 // language, class
	grams        []float32 // gram, class
}

const (
	places    = 3
	classes   = 3
	languages = 2
)

// newNetwork has room for everything and knows nothing.
func newNetwork(words, dim, filters, bits int) *network {
	return &network{dim: dim, filters: filters, vectors: make([]float32, words*dim), conv: make([]float32, filters*places*dim),
		convBias: make([]float32, filters), negated: make([]float32, filters), stressed: make([]float32, filters),
		out: make([]float32, classes*filters), mean: make([]float32, classes*dim), bias: make([]float32, languages*classes), grams: make([]float32, classes<<bits)}
}

// A table is a network made for reading. What it makes of a word is worked out when the word is
// first met.
type table struct {
	net     *network
	rows    *rows
	list    []string // the words by their row
	groups  int      // of four filters
	entries []atomic.Pointer[entry]
	none    *entry      // of a word that no list has
	moods   [4][]uint64 // bias, plus negated (1), plus stressed (2)
	grams   []int8      // gram, class
	step    float32     // of a gram's unit
	mask    gram
	scale   float32 // of a cell's unit
}

// An entry is what there is to know of a word. Four filters share a uint64, sixteen bits each: the
// sum of four cells never carries into the next, for each is below 2·unit.
type entry struct {
	cells  []uint64         // place, group
	linear [classes]float32 // what the word adds by its vector and its grams
	gram   gram
}

const (
	unit = 4095
	high = 0x8000_8000_8000_8000
	rest = 4 * unit * 0x0001_0001_0001_0001 // four sums of nothing
)

// table makes a network ready. Span is the largest value of a cell.
func (n *network) table(r *rows, span float32) *table {
	t := &table{net: n, rows: r, list: r.list(), groups: (n.filters + 3) / 4, scale: span / (unit - 1),
		entries: make([]atomic.Pointer[entry], r.count), step: gramClip / 127, grams: make([]int8, len(n.grams)), mask: gram(len(n.grams)/classes - 1)}
	for i, w := range n.grams {
		t.grams[i] = int8(math.Round(float64(w / t.step)))
	}
	t.none = &entry{cells: make([]uint64, places*t.groups)}
	for p := range places {
		t.pack(t.none.cells[p*t.groups:], make([]float32, n.filters))
	}
	for i, mood := range n.moods() {
		t.moods[i] = make([]uint64, t.groups)
		t.pack(t.moods[i], mood)
	}
	return t
}

// entry is that of a row. Two goroutines may work out the same one; either is right.
func (t *table) entry(row int32) *entry {
	if e := t.entries[row].Load(); e != nil {
		return e
	}
	n, w := t.net, t.list[row]
	seed := t.rows.seedOf(row, w, "")
	e := &entry{cells: make([]uint64, places*t.groups), gram: wordGram(seed, w)}
	v := n.vectors[int(row)*n.dim : (int(row)+1)*n.dim]
	var values [4 * maxGroups]float32
	for p := range places {
		for f := range n.filters {
			values[f] = dot(v, n.conv[(f*places+p)*n.dim:])
		}
		t.pack(e.cells[p*t.groups:], values[:n.filters])
	}
	e.linear = t.own(seed, w)
	for c := range classes {
		e.linear[c] += dot(v, n.mean[c*n.dim:])
	}
	t.entries[row].Store(e)
	return e
}

// span is the largest value that a filter makes of a word at any place, or of a mood.
func (n *network) span() float32 {
	words := len(n.vectors) / n.dim
	workers := runtime.GOMAXPROCS(0)
	tops := make([]float32, workers)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for word := w * words / workers; word < (w+1)*words/workers; word++ {
				v := n.vectors[word*n.dim : (word+1)*n.dim]
				for i := 0; i < len(n.conv); i += n.dim {
					x := dot(v, n.conv[i:])
					tops[w] = max(tops[w], x, -x)
				}
			}
		})
	}
	wait.Wait()
	top := float32(1e-6)
	for _, mood := range n.moods() {
		top = max(top, largest(mood))
	}
	return max(top, slices.Max(tops))
}

func (n *network) moods() (moods [4][]float32) {
	for i := range moods {
		moods[i] = make([]float32, n.filters)
		for f := range n.filters {
			moods[i][f] = n.convBias[f]
			if i&1 != 0 {
				moods[i][f] += n.negated[f]
			}
			if i&2 != 0 {
				moods[i][f] += n.stressed[f]
			}
		}
	}
	return moods
}

// pack writes a filter's value into its sixteen bits, from 1 to 2·unit.
func (t *table) pack(into []uint64, values []float32) {
	for f := range t.groups * 4 {
		x := 0.0
		if f < len(values) {
			x = min(unit-1, max(1-unit, math.Round(float64(values[f]/t.scale))))
		}
		into[f/4] |= uint64(unit+int64(x)) << (16 * (f % 4))
	}
}

func dot(v, w []float32) float32 {
	w = w[:len(v)]
	var a, b, c, d float32
	i := 0
	for ; i+4 <= len(v); i += 4 {
		a += v[i] * w[i]
		b += v[i+1] * w[i+1]
		c += v[i+2] * w[i+2]
		d += v[i+3] * w[i+3]
	}
	for ; i < len(v); i++ {
		a += v[i] * w[i]
	}
	return a + b + c + d
}

// maxGroups bounds the filters of a model by four times as many.
const maxGroups = 64

// A line is a row of words as the table reads it.
type line struct {
	entries  []*entry
	grams    []gram
	marks    []mark
	language int
	own      [classes]float32 // what the grams of unknown words add
}

// line looks up the words of a text.
func (t *table) line(l *line, words []string, language string) {
	for _, w := range words {
		row := t.rows.row(w, language)
		if row != nobody {
			e := t.entry(row)
			l.entries, l.grams = append(l.entries, e), append(l.grams, e.gram)
			continue
		}
		seed := t.rows.seedOf(row, w, language)
		l.entries, l.grams = append(l.entries, t.none), append(l.grams, wordGram(seed, w))
		for c, x := range t.own(seed, w) {
			l.own[c] += x
		}
	}
}

// read adds up the classes' sums of a row of words.
func (t *table) read(l *line) (sums [classes]float32) {
	var kept [maxGroups]uint64
	top := kept[:t.groups]
	for g := range top {
		top[g] = rest
	}
	sums = l.own
	before := t.none
	for i, at := range l.entries {
		after := t.none
		if i+1 < len(l.entries) {
			after = l.entries[i+1]
		}
		for c, x := range at.linear {
			sums[c] += x
		}
		mood := 0
		if l.marks[i]&markNegated != 0 {
			mood = 1
		}
		if l.marks[i]&(markShout|markLong) != 0 {
			mood |= 2
		}
		t.slide(top, before.cells, at.cells[t.groups:], after.cells[2*t.groups:], t.moods[mood])
		before = at
	}
	t.addContext(l, &sums)
	norm, filters := lengthNorm(len(l.entries)), t.net.filters
	var values [4 * maxGroups]float32
	for f := range filters {
		values[f] = float32(int(top[f/4]>>(16*(f%4))&0xffff)-4*unit) * t.scale
	}
	for c := range sums {
		sums[c] = sums[c]*norm + t.net.bias[l.language*classes+c] + dot(values[:filters], t.net.out[c*filters:])
	}
	return sums
}

// own adds up the weights of the grams of a word that depend on nothing else.
func (t *table) own(seed gram, w string) (sums [classes]float32) {
	var total [classes]int32
	own(seed, w, func(g gram) {
		weights := t.grams[int(g&t.mask)*classes:]
		total[0] += int32(weights[0])
		total[1] += int32(weights[1])
		total[2] += int32(weights[2])
	})
	for c := range total {
		sums[c] = float32(total[c]) * t.step
	}
	return sums
}

// addContext adds the weights of the grams that depend on neighbours.
func (t *table) addContext(l *line, sums *[classes]float32) {
	var total [classes]int32
	before, previous := gram(0), gram(0)
	for i, word := range l.grams {
		context(before, previous, word, l.marks[i], func(g gram) {
			weights := t.grams[int(g&t.mask)*classes:]
			total[0] += int32(weights[0])
			total[1] += int32(weights[1])
			total[2] += int32(weights[2])
		})
		before, previous = previous, word
	}
	for c := range sums {
		sums[c] += float32(total[c]) * t.step
	}
}

// lengthNorm keeps a long text's sum from growing with its words.
func lengthNorm(words int) float32 { return 1 / float32(math.Sqrt(float64(words+1))) }

// slide keeps the larger of what the filters kept and what they see here, four at a time: the
// high bit of (a|high)−b says a ≥ b.
func (*table) slide(top, before, at, after, mood []uint64) {
	before, at, after, mood = before[:len(top)], at[:len(top)], after[:len(top)], mood[:len(top)]
	for g, a := range top {
		b := before[g] + at[g] + after[g] + mood[g]
		larger := ((a | high) - b) & high
		larger |= larger - larger>>15
		top[g] = a&larger | b&^larger
	}
}

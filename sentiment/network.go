package sentiment

import (
	"math"
	"runtime"
	"sync"
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
}

const (
	places    = 3
	classes   = 3
	languages = 2
)

// newNetwork has room for everything and knows nothing.
func newNetwork(words, dim, filters int) *network {
	return &network{dim: dim, filters: filters, vectors: make([]float32, words*dim), conv: make([]float32, filters*places*dim),
		convBias: make([]float32, filters), negated: make([]float32, filters), stressed: make([]float32, filters),
		out: make([]float32, classes*filters), mean: make([]float32, classes*dim), bias: make([]float32, languages*classes)}
}

// A table is a network made for reading. Four filters share a uint64, sixteen bits each: the sum of
// four cells never carries into the next, for each is below 2·unit.
type table struct {
	filters int
	groups  int                // of four filters
	cells   []uint64           // word, place, group; the last word is the one nobody knows
	moods   [4][]uint64        // bias, plus negated (1), plus stressed (2)
	linear  [][classes]float32 // what each word adds to the mean
	out     []float32
	bias    []float32
	scale   float32 // of a cell's unit
}

const (
	unit = 4095
	high = 0x8000_8000_8000_8000
	rest = 4 * unit * 0x0001_0001_0001_0001 // four sums of nothing
)

// table works out what each filter makes of each word, on all cores: a word's cells are its own.
func (n *network) table() *table {
	words := len(n.vectors) / n.dim
	t := &table{filters: n.filters, groups: (n.filters + 3) / 4, out: n.out, bias: n.bias}
	raw := make([]float32, words*places*n.filters)
	t.linear = make([][classes]float32, words+1)
	var wait sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wait.Go(func() {
			for word := w * words / workers; word < (w+1)*words/workers; word++ {
				v := n.vectors[word*n.dim : (word+1)*n.dim]
				cells := raw[word*places*n.filters:]
				for f := range n.filters {
					for p := range places {
						cells[p*n.filters+f] = dot(v, n.conv[(f*places+p)*n.dim:])
					}
				}
				for c := range classes {
					t.linear[word][c] = dot(v, n.mean[c*n.dim:])
				}
			}
		})
	}
	wait.Wait()
	moods := n.moods()
	top := float32(1e-6)
	for _, x := range raw {
		top = max(top, x, -x)
	}
	for _, mood := range moods {
		for _, x := range mood {
			top = max(top, x, -x)
		}
	}
	t.scale = top / (unit - 1)
	t.cells = make([]uint64, (words+1)*places*t.groups)
	for i := range words * places {
		t.pack(t.cells[i*t.groups:], raw[i*n.filters:(i+1)*n.filters])
	}
	for p := range places {
		t.pack(t.cells[(words*places+p)*t.groups:], make([]float32, n.filters))
	}
	for i, mood := range moods {
		t.moods[i] = make([]uint64, t.groups)
		t.pack(t.moods[i], mood)
	}
	return t
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
			x = math.Round(float64(values[f] / t.scale))
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

// read adds up the classes' sums of a row of words.
func (t *table) read(words []int32, marks []mark, language int) (sums [classes]float32) {
	var kept [maxGroups]uint64
	top := kept[:t.groups]
	for g := range top {
		top[g] = rest
	}
	none := len(t.linear) - 1
	index := func(i int) int {
		if i < 0 || i >= len(words) || words[i] == nobody {
			return none
		}
		return int(words[i])
	}
	count := float32(1)
	width := places * t.groups
	before, at := none, index(0)
	for i := range words {
		after := index(i + 1)
		if at != none {
			count++
			for c, x := range t.linear[at] {
				sums[c] += x
			}
		}
		mood := 0
		if marks[i]&markNegated != 0 {
			mood = 1
		}
		if marks[i]&(markShout|markLong) != 0 {
			mood |= 2
		}
		t.slide(top, t.cells[before*width:], t.cells[at*width+t.groups:], t.cells[after*width+2*t.groups:], t.moods[mood])
		before, at = at, after
	}
	norm := 1 / float32(math.Sqrt(float64(count)))
	for c := range sums {
		sums[c] = sums[c]*norm + t.bias[language*classes+c]
		out := t.out[c*t.filters:]
		var sum float32
		for f := range t.filters {
			sum += out[f] * float32(int(top[f/4]>>(16*(f%4))&0xffff)-4*unit)
		}
		sums[c] += sum * t.scale
	}
	return sums
}

// slide keeps the larger of what the filters kept and what they see here, four at a time: the
// high bit of (a|high)−b says a ≥ b.
func (*table) slide(top, before, at, after, mood []uint64) {
	before, at, after, mood = before[:len(top)], at[:len(top)], after[:len(top)], mood[:len(top)]
	for g, a := range top {
		b := before[g] + at[g] + after[g] + mood[g]
		larger := ((a | high) - b) & high
		larger = larger | (larger - larger>>15)
		top[g] = a&larger | b&^larger
	}
}

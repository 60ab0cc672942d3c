package sentiment

import (
	"math"
)

// A network reads a text as a row of words. Each word has a vector; a filter looks at three words
// in a row and keeps the largest of what it sees; the classes are read off what the filters kept
// and off the mean vector (Kim, EMNLP 2014, with one width). The vectors are of a multilingual
// encoder, so what is learnt of an English word is known of its German neighbours.
//
// What a filter makes of a word at each of its three places depends on the word alone: reading is
// adding up rows of a table (table.go).
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
	steps        []float32 // of a filter's unit when reading
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
		out: make([]float32, classes*filters), mean: make([]float32, classes*dim), bias: make([]float32, languages*classes), steps: make([]float32, filters), grams: make([]float32, classes<<bits)}
}

// moods is what a filter adds to a word: its bias, plus negated (1), plus stressed (2).
func (n *network) moods() (all [moods][]float32) {
	for i := range all {
		all[i] = make([]float32, n.filters)
		for f := range n.filters {
			all[i][f] = n.convBias[f]
			if i&1 != 0 {
				all[i][f] += n.negated[f]
			}
			if i&2 != 0 {
				all[i][f] += n.stressed[f]
			}
		}
	}
	return all
}

// measure chooses the unit of each filter so that no value that it makes of a listed word or of a
// mood is larger than a cell can hold.
func (n *network) measure() {
	moods := n.moods()
	for f := range n.filters {
		top := float32(1e-6)
		for _, mood := range moods {
			top = max(top, mood[f], -mood[f])
		}
		filter := n.conv[f*places*n.dim : (f+1)*places*n.dim]
		for at := 0; at < len(n.vectors); at += n.dim {
			for p := 0; p < len(filter); p += n.dim {
				x := dot(n.vectors[at:at+n.dim], filter[p:])
				top = max(top, x, -x)
			}
		}
		n.steps[f] = top / unit
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

// lengthNorm keeps a long text's sum from growing with its words.
func lengthNorm(words int) float32 { return 1 / float32(math.Sqrt(float64(words+1))) }

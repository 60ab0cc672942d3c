package sentiment

import (
	"math"
	"math/rand/v2"
)

// fit is a network being fitted, with AdaGrad's sums of squared gradients beside its weights.
type fit struct {
	n, squares  *network
	rate        float32
	decay, tune float32
	signs       int32 // the first row whose vector began at random: it learns faster
	seen        []bool
	kept        []float32 // what each filter kept,
	from        []int     // and of which word; −1: none
	mean        []float32
	words       []int32
	grams       float32
}

// signTune is the share of the rate for vectors that began at random.
const signTune = 0.3

func newFit(words, signs int, t Training) *fit {
	dim := 16
	if t.Vectors != nil && t.Teacher != nil {
		t.Vectors = t.Teacher.widen(t.Vectors)
	}
	if t.Vectors != nil {
		dim = t.Vectors.Dim
	}
	f := &fit{n: newNetwork(words, dim, t.Filters, t.Bits), squares: newNetwork(words, dim, t.Filters, t.Bits), decay: float32(t.Decay), tune: float32(t.Tune), grams: float32(t.Grams), signs: int32(words - signs),
		seen: make([]bool, t.Filters), kept: make([]float32, t.Filters), from: make([]int, t.Filters), mean: make([]float32, dim)}
	random := rand.New(rand.NewPCG(t.Seed, t.Seed^2))
	fill := func(weights []float32, spread float64) {
		for i := range weights {
			weights[i] = float32(random.NormFloat64() * spread)
		}
	}
	if t.Vectors != nil {
		copy(f.n.vectors, t.Vectors.values)
	} else {
		fill(f.n.vectors, 1/math.Sqrt(float64(dim)))
	}
	fill(f.n.conv, 0.7/math.Sqrt(float64(places*dim)))
	fill(f.n.negated, 0.1)
	fill(f.n.out, 1/math.Sqrt(float64(t.Filters)))
	fill(f.n.mean, 0.01)
	return f
}

// blur hides some filters and some words of an example.
func (f *fit) blur(s sample, random *rand.Rand, t Training) sample {
	for i := range f.seen {
		f.seen[i] = random.Float64() >= t.Dropout
	}
	f.words = append(f.words[:0], s.words...)
	for i := range f.words {
		if random.Float64() < t.Forget {
			f.words[i] = nobody
		}
	}
	s.words = f.words
	return s
}

func (f *fit) vector(row int32) []float32 {
	return f.n.vectors[int(row)*f.n.dim : (int(row)+1)*f.n.dim]
}

// forward fills kept, from and mean, and returns the classes' probabilities.
func (f *fit) forward(s sample) (p [classes]float64, norm float32) {
	n := f.n
	clear(f.mean)
	norm = lengthNorm(len(s.words))
	for _, w := range s.words {
		if w != nobody {
			for i, x := range f.vector(w) {
				f.mean[i] += x * norm
			}
		}
	}
	for k := range n.filters {
		f.kept[k], f.from[k] = 0, -1
		if !f.seen[k] {
			continue
		}
		for i := range s.words {
			if sum := f.look(s, k, i); sum > f.kept[k] {
				f.kept[k], f.from[k] = sum, i
			}
		}
	}
	for c := range classes {
		p[c] = float64(n.bias[s.language*classes+c] + dot(f.mean, n.mean[c*n.dim:]) + dot(f.kept, n.out[c*n.filters:]))
		sum := float32(0)
		for _, g := range s.features {
			sum += n.grams[int(g)*classes+c]
		}
		p[c] += float64(sum * norm)
	}
	softmax(p[:])
	return p, norm
}

// look is what filter k makes of the word i between its neighbours.
func (f *fit) look(s sample, k, i int) float32 {
	n := f.n
	sum := n.convBias[k]
	if s.marks[i]&markNegated != 0 {
		sum += n.negated[k]
	}
	if s.marks[i]&(markShout|markLong) != 0 {
		sum += n.stressed[k]
	}
	for place := range places {
		if j := i + place - 1; j >= 0 && j < len(s.words) && s.words[j] != nobody {
			sum += dot(f.vector(s.words[j]), n.conv[(k*places+place)*n.dim:])
		}
	}
	return sum
}

// step learns from one example and returns its loss before.
func (f *fit) step(s sample) float64 {
	n, q := f.n, f.squares
	p, norm := f.forward(s)
	loss := -math.Log(max(p[s.class], 1e-12))
	var d [classes]float32
	for c := range d {
		d[c] = (float32(p[c]) - s.wanted[c]) * s.weight
	}
	for k, i := range f.from {
		if i < 0 {
			continue
		}
		g := float32(0)
		for c := range d {
			at := c*n.filters + k
			g += d[c] * n.out[at]
			f.learn(&n.out[at], &q.out[at], d[c]*f.kept[k], f.rate, f.decay)
		}
		f.learnFilter(s, k, i, g)
	}
	var back [1024]float32
	for c := range d {
		f.learn(&n.bias[s.language*classes+c], &q.bias[s.language*classes+c], d[c], f.rate, 0)
		for i := range f.mean {
			at := c*n.dim + i
			back[i] += d[c] * n.mean[at] * norm
			f.learn(&n.mean[at], &q.mean[at], d[c]*f.mean[i], f.rate, f.decay)
		}
	}
	for _, w := range s.words {
		if w != nobody && f.tune > 0 {
			f.learnVector(w, back[:n.dim], f.tune)
		}
	}
	for _, g := range s.features {
		for c := range d {
			at := int(g)*classes + c
			f.learn(&n.grams[at], &q.grams[at], d[c]*norm, f.rate*f.grams, f.decay)
		}
	}
	return loss
}

// learnFilter goes back through filter k to the words it looked at.
func (f *fit) learnFilter(s sample, k, i int, g float32) {
	n, q := f.n, f.squares
	f.learn(&n.convBias[k], &q.convBias[k], g, f.rate, 0)
	if s.marks[i]&markNegated != 0 {
		f.learn(&n.negated[k], &q.negated[k], g, f.rate, 0)
	}
	if s.marks[i]&(markShout|markLong) != 0 {
		f.learn(&n.stressed[k], &q.stressed[k], g, f.rate, 0)
	}
	for place := range places {
		j := i + place - 1
		if j < 0 || j >= len(s.words) || s.words[j] == nobody {
			continue
		}
		w := s.words[j]
		tune := f.tune
		if w >= f.signs {
			tune = signTune
		}
		row, vector, squares := (k*places+place)*n.dim, f.vector(w), q.vectors[int(w)*n.dim:]
		for d, x := range vector {
			weight := &n.conv[row+d]
			if tune > 0 {
				f.learn(&vector[d], &squares[d], g**weight, f.rate*tune, 0)
			}
			f.learn(weight, &q.conv[row+d], g*x, f.rate, f.decay)
		}
	}
}

func (f *fit) learnVector(w int32, g []float32, tune float32) {
	vector, squares := f.vector(w), f.squares.vectors[int(w)*f.n.dim:]
	for d := range vector {
		f.learn(&vector[d], &squares[d], g[d], f.rate*tune, 0)
	}
}

// learn moves one weight against its gradient.
func (f *fit) learn(weight, squares *float32, g, rate, decay float32) {
	g += float32(decay * *weight)
	*squares += float32(g * g)
	*weight -= float32(rate*g) / (0.05 + float32(math.Sqrt(float64(*squares))))
}

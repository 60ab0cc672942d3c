package sentiment

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// An Example is a text of a known class.
type Example struct {
	Class string
	Text  string
}

// Training says how a model is trained. The same training gives the same bytes.
type Training struct {
	Task     string // "polarity"
	Bits     int
	Epochs   int
	Rate     float64 // of learning, of the first epoch
	Decay    float64 // L2
	Seed     uint64
	Sources  []string // for the header
	Licences []string
	Progress func(epoch int, loss float64)
}

// Train fits a multinomial logistic regression by stochastic gradient descent (AdaGrad: Duchi,
// Hazan and Singer, JMLR 2011), averages the epochs' weights and quantises them to eight bits.
// Classes weigh alike, however many examples each has.
func Train(examples []Example, t Training) (*Model, error) {
	classes := classesOf(examples)
	if len(classes) < 2 {
		return nil, fmt.Errorf("train %s: the data holds %d classes: want two or more", t.Task, len(classes))
	}
	f := newFit(classes, t.Bits)
	rows, labels, weight := prepare(examples, classes, t)
	random := rand.New(rand.NewPCG(t.Seed, t.Seed))
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	for epoch := range t.Epochs {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		loss := 0.0
		for _, i := range order {
			loss += f.step(rows[i], labels[i], weight[labels[i]], t)
		}
		f.average()
		if t.Progress != nil {
			t.Progress(epoch+1, loss/float64(len(rows)))
		}
	}
	m := f.quantise(t.Epochs)
	m.Header = Header{Version: featuresVersion, Task: t.Task, Classes: classes, Bits: t.Bits, Training: t.Sources, Licences: t.Licences}
	return m, nil
}

func classesOf(examples []Example) []string {
	var classes []string
	for _, e := range examples {
		if !slices.Contains(classes, e.Class) {
			classes = append(classes, e.Class)
		}
	}
	slices.Sort(classes)
	return classes
}

// prepare hashes the examples, and weighs a class by the inverse of its share.
func prepare(examples []Example, classes []string, t Training) (rows [][]feature, labels []int, weight []float64) {
	mask := feature(1)<<t.Bits - 1
	weight = make([]float64, len(classes))
	for _, e := range examples {
		var row []feature
		normalise(e.Text).polarityFeatures(func(f feature) { row = append(row, f&mask) })
		label := slices.Index(classes, e.Class)
		rows, labels = append(rows, row), append(labels, label)
		weight[label]++
	}
	for c := range weight {
		weight[c] = float64(len(examples)) / (float64(len(classes)) * weight[c])
	}
	return rows, labels, weight
}

// fit is a regression being fitted; its slices are feature-major like the model's.
type fit struct {
	classes        int
	weights, sum   []float64
	squares        []float64 // AdaGrad's sums of squared gradients
	bias, biasSum  []float64
	biasSquares, p []float64
}

func newFit(classes []string, bits int) *fit {
	n := len(classes) << bits
	k := len(classes)
	return &fit{classes: k, weights: make([]float64, n), sum: make([]float64, n), squares: make([]float64, n),
		bias: make([]float64, k), biasSum: make([]float64, k), biasSquares: make([]float64, k), p: make([]float64, k)}
}

// step learns from one example and returns its loss before.
func (f *fit) step(row []feature, label int, weight float64, t Training) float64 {
	norm := 1 / math.Sqrt(float64(max(1, len(row))))
	copy(f.p, f.bias)
	for _, x := range row {
		at := int(x) * f.classes
		for c := range f.p {
			f.p[c] += f.weights[at+c] * norm
		}
	}
	softmax(f.p)
	loss := -math.Log(max(f.p[label], 1e-12))
	for c := range f.p {
		g := f.p[c]
		if c == label {
			g--
		}
		g *= weight
		f.biasSquares[c] += g * g
		f.bias[c] -= t.Rate * g / (1 + math.Sqrt(f.biasSquares[c]))
		for _, x := range row {
			i := int(x)*f.classes + c
			gi := g*norm + t.Decay*f.weights[i]
			f.squares[i] += gi * gi
			f.weights[i] -= t.Rate * gi / (1e-3 + math.Sqrt(f.squares[i]))
		}
	}
	return loss
}

func (f *fit) average() {
	for i, w := range f.weights {
		f.sum[i] += w
	}
	for c, b := range f.bias {
		f.biasSum[c] += b
	}
}

// quantise keeps eight bits of each averaged weight, on a scale of its class.
func (f *fit) quantise(epochs int) *Model {
	bits := 0
	for f.classes<<bits < len(f.sum) {
		bits++
	}
	m := &Model{bits: bits, bias: make([]float32, f.classes), scale: make([]float32, f.classes), weights: make([]int8, len(f.sum))}
	for c := range f.classes {
		m.bias[c] = float32(f.biasSum[c] / float64(epochs))
		top := 1e-9
		for i := c; i < len(f.sum); i += f.classes {
			top = max(top, math.Abs(f.sum[i]/float64(epochs)))
		}
		m.scale[c] = float32(top / 127)
		for i := c; i < len(f.sum); i += f.classes {
			m.weights[i] = int8(math.Round(f.sum[i] / float64(epochs) / top * 127))
		}
	}
	return m
}

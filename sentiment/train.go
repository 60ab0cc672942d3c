package sentiment

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/post"
)

// An Example is a text of a known polarity.
type Example struct {
	Language string // "en" or "de"
	Class    string
	Text     string
	Weight   float64 // as how many examples it counts; 0 is one
}

// Training says how a model is trained. The same training gives the same bytes.
type Training struct {
	Vectors  *Vectors // what the words' vectors begin with; nil: random ones of 16 dimensions
	Teacher  *Teacher // nil: none
	Trust    float64  // the teacher's share in what is wanted of a text that it knows
	Filters  int
	Bits     int // 2^bits grams have weights
	Epochs   int
	Rate     float64 // of learning, of the first epoch; it falls to zero
	Tune     float64 // the vectors' share of it
	Grams    float64 // the grams' share of it
	Decay    float64 // L2
	Dropout  float64 // share of the filters that an example does not see
	Forget   float64 // share of the words that it does not see
	Even     float64 // from 0, each example weighs alike, to 1, each language does
	Neutral  float64 // weight of German's neutral examples: its posts are neutral more often than those to train on
	Seed     uint64
	Sources  []string // for the header
	Licences []string
	Progress func(step string, epoch int, loss float64)
}

// DefaultTraining is a training without data that suits some ten thousand posts.
func DefaultTraining() Training {
	return Training{Trust: 0.5, Filters: 64, Bits: 17, Epochs: 6, Rate: 0.05, Tune: 0.05, Grams: 0.3, Decay: 1e-5, Dropout: 0.4, Forget: 0.15, Even: 0.3, Neutral: 1.3, Seed: 1}
}

// check says which setting is out of its bounds.
func (t *Training) check() error {
	for _, s := range []struct {
		name               string
		value, least, most float64
	}{{"filters", float64(t.Filters), 1, maxFilters}, {"bits", float64(t.Bits), 1, maxBits}, {"epochs", float64(t.Epochs), 1, 1000}, {"rate", t.Rate, 1e-6, 10},
		{"tune", t.Tune, 0, 10}, {"grams", t.Grams, 0, 10}, {"decay", t.Decay, 0, 1}, {"dropout", t.Dropout, 0, 0.99}, {"forget", t.Forget, 0, 0.99},
		{"trust", t.Trust, 0, 1}, {"even", t.Even, 0, 1}, {"neutral", t.Neutral, 0.01, 100}} {
		if !(s.value >= s.least && s.value <= s.most) { // nor is it NaN
			return fmt.Errorf("train: %s %g: want %g to %g", s.name, s.value, s.least, s.most)
		}
	}
	return nil
}

// A sample is an example made ready.
type sample struct {
	text     text
	words    []int32
	marks    []mark
	language int
	features []gram // those that occur twice or more in training
	class    int
	wanted   [classes]float32
	weight   float32
}

// Train fits a network by stochastic gradient descent (AdaGrad: Duchi, Hazan and Singer, JMLR
// 2011) with dropout. In each language the classes weigh alike, however many examples each has.
// A tenth of the examples is left out first, to see how good and how sure of itself the model is;
// then it is trained on all.
func Train(examples []Example, t Training) (*Model, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	ready, signs, err := prepare(examples)
	if err != nil {
		return nil, err
	}
	m := &Model{Header: Header{Version: modelVersion, Task: modelTask, Languages: []string{"en", "de"}, Filters: t.Filters, Bits: t.Bits, Vocabulary: wordListSum(),
		Signs: signs, Temperature: 1, Training: t.Sources, Licences: t.Licences}, rows: newRows(signs)}
	for _, c := range Classes {
		m.Classes = append(m.Classes, string(c))
	}
	samples := m.samples(ready, t)
	m.prune(samples)
	random := rand.New(rand.NewPCG(t.Seed, t.Seed))
	random.Shuffle(len(samples), func(i, j int) { samples[i], samples[j] = samples[j], samples[i] })
	held := samples[:len(samples)/10]
	m.fit("without a tenth", samples[len(held):], t)
	m.assess(held)
	m.fit("on all", samples, t)
	return m, nil
}

// ready is an example whose text is normalised.
type ready struct {
	Example
	text  text
	class int
}

// prepare normalises, and finds the signs that occur three times or more, the most frequent first.
func prepare(examples []Example) (out []ready, signs []string, err error) {
	counts := make(map[string]int)
	var has [classes]bool
	for i, e := range examples {
		class := slices.Index(Classes[:], post.Polarity(e.Class))
		if class < 0 {
			return nil, nil, fmt.Errorf("train: example %d has class %q: want negative, neutral or positive", i+1, e.Class)
		}
		if e.Language != "en" && e.Language != "de" {
			return nil, nil, fmt.Errorf("train: example %d is in language %q: want en or de", i+1, e.Language)
		}
		has[class] = true
		r := ready{e, normalise(e.Text), class}
		for _, w := range r.text.words {
			if isSign(w) {
				counts[w]++
			}
		}
		out = append(out, r)
	}
	for c, ok := range has {
		if !ok {
			return nil, nil, fmt.Errorf("train: no example is %s: want all three classes", Classes[c])
		}
	}
	for s, n := range counts {
		if n >= 3 {
			signs = append(signs, s)
		}
	}
	slices.SortFunc(signs, func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
	return out, signs[:min(len(signs), maxSigns)], nil
}

// samples looks up the words, and weighs a class by the inverse of its share in its language.
func (m *Model) samples(examples []ready, t Training) []sample {
	out := make([]sample, len(examples))
	var counts [languages][classes]float32
	for i, e := range examples {
		l := slot(e.Language)
		s := sample{text: e.text, words: m.rows.of(nil, &e.text, e.Language), marks: e.text.marks, language: l, class: e.class}
		for j, w := range e.text.words {
			var negated gram
			if s.features, negated = own(s.features, m.rows.seedOf(s.words[j], w, e.Language), w); s.marks[j]&markNegated != 0 {
				s.features = append(s.features, negated)
			}
		}
		s.wanted[e.class] = 1
		if says, ok := t.Teacher.says(e.Text); ok {
			for c := range s.wanted {
				s.wanted[c] += float32(t.Trust) * (says[c] - s.wanted[c])
			}
		}
		out[i] = s
		counts[l][e.class]++
	}
	for i := range out {
		of := counts[out[i].language]
		total := of[0] + of[1] + of[2]
		weight := float64(total/(classes*of[out[i].class])) * math.Pow(float64(len(out))/float64(languages*total), t.Even)
		if out[i].language == slot("de") && Classes[out[i].class] == post.Neutral {
			weight *= t.Neutral
		}
		if examples[i].Weight > 0 {
			weight *= examples[i].Weight
		}
		out[i].weight = float32(weight)
	}
	return out
}

// prune leaves only the grams that occur twice or more, folded to the model's bits.
func (m *Model) prune(samples []sample) {
	counts := make(map[gram]uint8)
	for _, s := range samples {
		for _, g := range s.features {
			if counts[g] < 2 {
				counts[g]++
			}
		}
	}
	mask := gram(1)<<m.Bits - 1
	for i := range samples {
		kept := samples[i].features[:0]
		for _, g := range samples[i].features {
			if counts[g] > 1 {
				kept = append(kept, g&mask)
			}
		}
		samples[i].features = kept
	}
}

// fit trains the network anew. What is kept is what a file keeps.
func (m *Model) fit(step string, samples []sample, t Training) {
	f := newFit(m.rows.count, len(m.Signs), t)
	random := rand.New(rand.NewPCG(t.Seed, t.Seed^1))
	for epoch := range t.Epochs {
		random.Shuffle(len(samples), func(i, j int) { samples[i], samples[j] = samples[j], samples[i] })
		f.rate = float32(t.Rate * (1 - float64(epoch)/float64(t.Epochs)))
		loss := 0.0
		for _, s := range samples {
			loss += f.step(f.blur(s, random, t))
		}
		if t.Progress != nil {
			t.Progress(step, epoch+1, loss/float64(len(samples)))
		}
	}
	for i := range f.n.out {
		f.n.out[i] *= float32(1 - t.Dropout) // all filters are seen from now on
	}
	m.Dim = f.n.dim
	m.net = newNetwork(m.rows.count, f.n.dim, f.n.filters, m.Bits)
	f.n.measure()
	m.net.decode(f.n.encode(nil))
	m.table = newTable(m.net, m.rows)
}

// assess chooses the temperature at which the likelihood of the examples left out is greatest
// (Guo et al., ICML 2017), and says how many are right.
func (m *Model) assess(held []sample) {
	sums := make([][classes]float32, len(held))
	var right, of [languages][classes]float64
	for i, s := range held {
		sums[i] = m.table.read(&s.text, m.Languages[s.language])
		p := m.chances(sums[i])
		of[s.language][s.class]++
		if argmax(p[:]) == s.class {
			right[s.language][s.class]++
		}
	}
	best := math.Inf(1)
	chosen := 1.0
	for step := range 80 {
		m.Temperature = 0.4 + 0.025*float64(step)
		loss := 0.0
		for i, s := range held {
			loss -= math.Log(max(1e-9, m.chances(sums[i])[s.class]))
		}
		if loss < best {
			best, chosen = loss, m.Temperature
		}
	}
	m.Temperature = chosen
	var parts []string
	for l, name := range m.Languages {
		if of[l][0]*of[l][1]*of[l][2] > 0 {
			parts = append(parts, fmt.Sprintf("%s macro-recall %.3f", name, (right[l][0]/of[l][0]+right[l][1]/of[l][1]+right[l][2]/of[l][2])/classes))
		}
	}
	m.Score = strings.Join(parts, ", ") + fmt.Sprintf(" on %d examples left out", len(held))
}

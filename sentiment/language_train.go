package sentiment

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// families are the classes of a language model after the languages that are named: further
// languages in Latin letters, by kinship.
var families = []family{
	{"dutch", []string{"nl", "af", "fy", "lb"}},
	{"nordic", []string{"sv", "da", "nb", "nn", "no", "is", "fo"}},
	{"turkic", []string{"tr", "az", "uz", "tk"}},
	{"slavic", []string{"pl", "cs", "sk", "hr", "sl", "bs", "sr"}},
	{"malay", []string{"id", "ms", "jv", "su", "tl", "ceb"}},
	{"romance", []string{"ca", "ro", "gl", "oc", "ast", "la"}},
	{"uralic", []string{"fi", "et", "hu"}},
	{"baltic", []string{"lt", "lv"}},
	{"further", []string{"vi", "sw", "cy", "ga", "sq", "eu", "mt", "so", "ha", "yo", "ig", "zu", "xh", "rw", "eo", "ht", "br"}},
}

type family struct {
	name      string
	languages []string
}

// named are the languages in Latin letters that a model names; Hindi is that which is written so.
var named = []string{"de", "en", "es", "fr", "hi", "it", "pt"}

// LanguageTraining says how a language model is trained. The same training gives the same bytes.
type LanguageTraining struct {
	Bits     int
	Epochs   int
	Rate     float64 // of learning
	Decay    float64 // L2
	Seed     uint64
	Sources  []string // for the header
	Licences []string
	Progress func(epoch int, loss float64)
}

// TrainLanguage fits a language model to texts whose class is the ISO 639 code of their language.
// In every pass half of the texts are cut to one to six words, so that short ones are learnt too.
// Classes weigh alike, however many texts each has.
func TrainLanguage(examples []Example, t LanguageTraining) (*LanguageModel, error) {
	if t.Bits < 1 || t.Bits > maxBits || t.Epochs < 1 || !(t.Rate > 0 && t.Rate <= 10) || !(t.Decay >= 0 && t.Decay <= 1) {
		return nil, fmt.Errorf("train language: %d bits, %d epochs, rate %g, decay %g: want 1 to %d bits, an epoch or more, a rate of 10 at most and a decay from 0 to 1", t.Bits, t.Epochs, t.Rate, t.Decay, maxBits)
	}
	f := newLanguageFit(t)
	labels, weight, err := languageLabels(examples)
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(t.Seed, t.Seed))
	order := random.Perm(len(examples))
	for epoch := range t.Epochs {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		loss := 0.0
		for _, i := range order {
			text := examples[i].Text
			if random.IntN(2) == 0 {
				text = someWords(text, random)
			}
			var l letters
			if l.read(text, false); l.n > 0 {
				loss += f.step(l.grams[:l.n], labels[i], weight[labels[i]])
			}
		}
		f.average()
		if t.Progress != nil {
			t.Progress(epoch+1, loss/float64(len(examples)))
		}
	}
	return f.quantise(), nil
}

// languageLabels numbers the classes of the examples and weighs each by the inverse of its share.
func languageLabels(examples []Example) (labels []int, weight [languageClasses]float64, err error) {
	var count [languageClasses]int
	for _, e := range examples {
		label, err := languageLabel(e.Class)
		if err != nil {
			return nil, weight, err
		}
		labels = append(labels, label)
		count[label]++
	}
	for c, n := range count {
		if n == 0 {
			return nil, weight, fmt.Errorf("train language: no text in %s: want texts for each of %s", languageClassNames()[c], strings.Join(languageClassNames(), ", "))
		}
		weight[c] = float64(len(examples)) / float64(languageClasses*n)
	}
	return labels, weight, nil
}

func languageLabel(code string) (int, error) {
	if len(code) < 2 || len(code) > 3 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz") != "" {
		return 0, fmt.Errorf("train language: %q: want an ISO 639 code, such as en", code)
	}
	if i := slices.Index(named, code); i >= 0 {
		return i, nil
	}
	for i, f := range families {
		if slices.Contains(f.languages, code) {
			return len(named) + i, nil
		}
	}
	return languageClasses - 1, nil
}

func languageClassNames() []string {
	names := slices.Clone(named)
	for _, f := range families {
		names = append(names, f.name)
	}
	return names
}

// someWords cuts a text to one to six words that stand together.
func someWords(text string, random *rand.Rand) string {
	words := strings.Fields(text)
	n := 1 + random.IntN(6)
	if len(words) <= n {
		return text
	}
	from := random.IntN(len(words) - n + 1)
	return strings.Join(words[from:from+n], " ")
}

// languageFit is a regression being fitted by AdaGrad (Duchi, Hazan and Singer, JMLR 2011), whose
// epochs' weights are averaged.
type languageFit struct {
	LanguageTraining
	weights, squares, sum      [][languageClasses]float32
	bias, biasSquares, biasSum [languageClasses]float32
}

func newLanguageFit(t LanguageTraining) *languageFit {
	n := 1 << t.Bits
	return &languageFit{LanguageTraining: t, weights: make([][languageClasses]float32, n), squares: make([][languageClasses]float32, n),
		sum: make([][languageClasses]float32, n)}
}

// step learns from one text and returns its loss before. Products are rounded one by one
// (float32), so that no machine fuses them with the sum and comes to other bytes.
func (f *languageFit) step(grams []uint32, label int, weight float64) float64 {
	norm := float32(1 / math.Sqrt(float64(len(grams))))
	shift := 32 - f.Bits
	var total [languageClasses]float32
	for _, g := range grams {
		for c, w := range &f.weights[g>>shift] {
			total[c] += w
		}
	}
	var p [languageClasses]float64
	for c := range p {
		p[c] = float64(f.bias[c] + float32(total[c]*norm))
	}
	softmax(p[:])
	loss := -math.Log(max(p[label], 1e-12))
	p[label]--
	var gradient [languageClasses]float32
	rate, decay := float32(f.Rate), float32(f.Decay)
	for c := range p {
		g := float32(p[c] * weight)
		f.biasSquares[c] += float32(g * g)
		f.bias[c] -= rate * g / (1 + sqrt32(f.biasSquares[c]))
		gradient[c] = g * norm
	}
	for _, x := range grams {
		w, s := &f.weights[x>>shift], &f.squares[x>>shift]
		for c, g := range gradient {
			g += float32(decay * w[c])
			s[c] += float32(g * g)
			w[c] -= rate * g / (1e-3 + sqrt32(s[c]))
		}
	}
	return loss
}

func sqrt32(x float32) float32 { return float32(math.Sqrt(float64(x))) }

func (f *languageFit) average() {
	for i := range f.weights {
		for c, w := range &f.weights[i] {
			f.sum[i][c] += w
		}
	}
	for c, b := range f.bias {
		f.biasSum[c] += b
	}
}

// quantise keeps eight bits of each averaged weight.
func (f *languageFit) quantise() *LanguageModel {
	m := &LanguageModel{rows: make([][2]uint64, 1<<f.Bits), LanguageHeader: LanguageHeader{Version: languageVersion, Classes: languageClassNames(),
		Bits: f.Bits, Training: f.Sources, Licences: f.Licences}}
	epochs, top := float32(f.Epochs), float32(1e-9)
	for c := range m.bias {
		m.bias[c] = f.biasSum[c] / epochs
	}
	for i := range f.sum {
		for _, w := range &f.sum[i] {
			top = max(top, w/epochs, -w/epochs)
		}
	}
	m.scale = top / 127
	for i := range f.sum {
		for c, w := range &f.sum[i] {
			q := uint64(128 + math.Round(float64(w/epochs/m.scale)))
			m.rows[i][c/8] |= q << (8 * (c % 8))
		}
	}
	return m
}

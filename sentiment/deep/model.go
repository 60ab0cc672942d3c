package deep

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	_ "github.com/gomlx/gomlx/backends/simplego" // the backend "go"
	"github.com/knights-analytics/hugot/backends"
	"github.com/knights-analytics/hugot/options"
)

// A model is a classifier in memory, by hugot on its backend in pure Go. It belongs to one goroutine.
type model struct {
	model    *backends.Model
	runtime  *backends.BasePipeline
	tokens   int // that are read of a text
	classes  int
	sequence []int // lengths that texts are padded to
}

// atOnce is how many texts go through the model together. Each pair of this and a length is
// compiled once and kept, so there are few of them.
const atOnce = 8

// load reads the folder's model and tokenizer.
func load(f *Folder) (*model, error) {
	opt := options.Defaults()
	opt.Backend = "GO"
	m := &model{tokens: f.Tokens}
	for _, n := range []int{16, 32, 48, 64, 96} {
		if n < f.Tokens {
			m.sequence = append(m.sequence, n)
		}
	}
	m.sequence = append(m.sequence, f.Tokens)
	opt.GoMLXOptions.BatchBuckets, opt.GoMLXOptions.SequenceBuckets = []int{1, atOnce}, m.sequence
	var err error
	if m.model, err = backends.LoadModel(f.Path, f.Model, opt, false); err != nil {
		return nil, fmt.Errorf("%s cannot be loaded: %w: it is damaged or uses operators that hugot does not know; export it again, or fetch it anew", f.Model, err)
	}
	if m.model.Tokenizer == nil {
		return nil, errors.New("tokenizer.json cannot be loaded")
	}
	for _, in := range m.model.InputsMeta {
		if !slices.Contains([]string{"input_ids", "attention_mask", "token_type_ids", "position_ids"}, in.Name) {
			return nil, fmt.Errorf("%s wants an input %s: want a sequence classifier over input_ids and attention_mask", f.Model, in.Name)
		}
	}
	m.runtime = &backends.BasePipeline{Model: m.model, Runtime: opt.Backend}
	// What the file promises may be wrong: one text tells.
	rows, err := m.classify([]string{"a text"})
	if err != nil {
		return nil, fmt.Errorf("%s cannot be run: %w: it is damaged or no sequence classifier; export it again", f.Model, err)
	}
	if m.classes = len(rows[0]); m.classes != len(f.Labels) {
		return nil, fmt.Errorf("%s gives %d numbers a text, config.json names %d labels: they belong to different models; export both again", f.Model, m.classes, len(f.Labels))
	}
	return m, nil
}

// classify gives the probability of each class for each text.
func (m *model) classify(texts []string) ([][]float64, error) {
	tokens := make([]backends.TokenizedInput, len(texts))
	order := make([]int, len(texts))
	for i, text := range texts {
		var err error
		if tokens[i], err = m.tokenize(text); err != nil {
			return nil, err
		}
		order[i] = i
	}
	// Texts of like length go together, so that little is padded.
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(tokens[a].TokenIDs), len(tokens[b].TokenIDs)) })
	all := make([][]float64, len(texts))
	for some := range slices.Chunk(order, atOnce) {
		batch := make([]backends.TokenizedInput, len(some))
		for i, at := range some {
			batch[i] = tokens[at]
		}
		rows, err := m.run(batch)
		if err != nil {
			return nil, err
		}
		for i, at := range some {
			all[at] = rows[i]
		}
	}
	return all, nil
}

// tokenize turns a text into the model's tokens; of a long one the beginning is kept, and the last
// token, which ends it.
func (m *model) tokenize(text string) (backends.TokenizedInput, error) {
	e, err := m.model.Tokenizer.GoTokenizer.Tokenizer.EncodeSingle(clean(text), true)
	if err != nil {
		return backends.TokenizedInput{}, fmt.Errorf("tokenize: %w", err)
	}
	in := backends.TokenizedInput{}
	for i, id := range e.Ids {
		if i >= m.tokens-1 && i < len(e.Ids)-1 {
			continue
		}
		in.TokenIDs, in.AttentionMask = append(in.TokenIDs, uint32(id)), append(in.AttentionMask, 1)
		in.TypeIDs = append(in.TypeIDs, 0)
	}
	if len(in.TokenIDs) == 0 { // nothing of the text is known: padding, which says nothing
		in.TokenIDs, in.AttentionMask, in.TypeIDs = []uint32{uint32(m.model.PadToken)}, []uint32{1}, []uint32{0}
	}
	in.MaxAttentionIndex = len(in.TokenIDs) - 1
	return in, nil
}

func (m *model) run(in []backends.TokenizedInput) (rows [][]float64, err error) {
	batch := backends.NewBatch(len(in))
	batch.Input = in
	for i := range in {
		batch.MaxSequenceLength = max(batch.MaxSequenceLength, len(in[i].TokenIDs))
	}
	if err := backends.CreateInputTensors(batch, m.model, m.runtime.Runtime); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, batch.Destroy()) }()
	if err := backends.RunSessionOnBatch(batch, m.runtime); err != nil {
		return nil, err
	}
	logits, ok := batch.OutputValues[0].([][]float32)
	if !ok {
		return nil, fmt.Errorf("its output is no row of numbers a text, but %T", batch.OutputValues[0])
	}
	for i := range in {
		row, err := softmax(logits[i])
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// softmax makes probabilities of logits.
func softmax(logits []float32) ([]float64, error) {
	top := math.Inf(-1)
	for _, x := range logits {
		top = max(top, float64(x))
	}
	p, total := make([]float64, len(logits)), 0.0
	for i, x := range logits {
		p[i] = math.Exp(float64(x) - top)
		total += p[i]
	}
	if math.IsNaN(total) || total == 0 {
		return nil, errors.New("it gives no numbers")
	}
	for i := range p {
		p[i] /= total
	}
	return p, nil
}

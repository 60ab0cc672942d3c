package sentiment

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math"

	"github.com/groundswell/groundswell/post"
)

// Classes are the polarities in the order of a model's sums.
var Classes = [classes]post.Polarity{post.Negative, post.Neutral, post.Positive}

// A Model tells the polarity of texts in the languages it was trained on.
type Model struct {
	Header
	net   *network
	table *table
	rows  *rows
}

// A Header says what a model is and where it comes from.
type Header struct {
	Version     int      `json:"version"` // of the reading of texts; a model of another version is refused
	Task        string   `json:"task"`
	Languages   []string `json:"languages"`
	Classes     []string `json:"classes"`
	Dim         int      `json:"dim"`         // of a word's vector
	Filters     int      `json:"filters"`     //
	Bits        int      `json:"bits"`        // 2^bits grams have weights
	Vocabulary  uint32   `json:"vocabulary"`  // checksum of the embedded lists of words
	Signs       []string `json:"signs"`       // emoji, emoticons and the like, which have vectors too
	Temperature float64  `json:"temperature"` // the sums are divided by it before they become probabilities
	Training    []string `json:"training"`
	Licences    []string `json:"licences"`
	Score       string   `json:"score"` // on data left out of training
}

const (
	modelVersion = 4
	modelTask    = "polarity"
	modelMagic   = "GSWMODEL"
	maxSigns     = 2000
)

// errModel is what every refusal of a model file wraps.
var errModel = errors.New("this is not a usable sentiment model: train one with groundswell train sentiment")

// ReadModel reads a model file: the magic, the header's length and JSON, the small weights, the
// words' vectors with a scale each, and the CRC-32 of all before; little-endian.
func ReadModel(data []byte) (*Model, error) {
	refuse := func(format string, args ...any) (*Model, error) {
		return nil, fmt.Errorf("read model: %s: %w", fmt.Sprintf(format, args...), errModel)
	}
	if len(data) < len(modelMagic)+8 || string(data[:len(modelMagic)]) != modelMagic {
		return refuse("it does not begin with %s", modelMagic)
	}
	body, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	if crc32.ChecksumIEEE(body) != sum {
		return refuse("its checksum is wrong")
	}
	n := int(binary.LittleEndian.Uint32(body[len(modelMagic):]))
	body = body[len(modelMagic)+4:]
	if n < 0 || n > len(body) {
		return refuse("its header is cut off")
	}
	m := &Model{}
	if err := json.Unmarshal(body[:n], &m.Header); err != nil {
		return refuse("its header is no JSON")
	}
	switch {
	case m.Version != modelVersion || m.Task != modelTask || len(m.Classes) != classes || len(m.Languages) != languages:
		return refuse("task %q, version %d, %d classes, %d languages; want %q, %d, %d, %d", m.Task, m.Version, len(m.Classes), len(m.Languages), modelTask, modelVersion, classes, languages)
	case m.Dim < 1 || m.Dim > 1024 || m.Filters < 1 || m.Filters > maxFilters || m.Bits < 1 || m.Bits > maxBits || len(m.Signs) > maxSigns || !(m.Temperature > 0):
		return refuse("%d dimensions, %d filters, %d bits, %d signs, temperature %g", m.Dim, m.Filters, m.Bits, len(m.Signs), m.Temperature)
	case m.Vocabulary != wordListSum():
		return refuse("it was trained with other lists of words")
	}
	m.rows = newRows(m.Signs)
	m.net = newNetwork(m.rows.count, m.Dim, m.Filters, m.Bits)
	if want := m.net.size(); len(body)-n != want {
		return refuse("it holds %d bytes of weights, its header promises %d", len(body)-n, want)
	}
	m.net.decode(body[n:])
	for _, weights := range m.net.small() {
		for _, w := range weights {
			if math.IsNaN(float64(w)) || math.IsInf(float64(w), 0) {
				return refuse("it holds weights that are no numbers")
			}
		}
	}
	for _, step := range m.net.steps {
		if !(step > 0) {
			return refuse("a filter's unit is %g", step)
		}
	}
	m.table = newTable(m.net, m.rows)
	return m, nil
}

// Bytes is the model as a file.
func (m *Model) Bytes() []byte {
	header, err := json.Marshal(m.Header)
	if err != nil {
		panic(err) // texts and numbers only
	}
	b := append([]byte(modelMagic), binary.LittleEndian.AppendUint32(nil, uint32(len(header)))...)
	b = m.net.encode(append(b, header...))
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

// small are the weights that are kept as they are, in the order of the file.
func (n *network) small() [][]float32 {
	return [][]float32{n.conv, n.convBias, n.negated, n.stressed, n.out, n.mean, n.bias, n.steps}
}

// size is the length of the network in a file: a vector's numbers have eight bits and one scale,
// and so have the grams' weights together.
func (n *network) size() int {
	total := len(n.vectors) + len(n.vectors)/n.dim*4 + len(n.grams) + 4
	for _, weights := range n.small() {
		total += 4 * len(weights)
	}
	return total
}

func (n *network) encode(b []byte) []byte {
	for _, weights := range n.small() {
		for _, w := range weights {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(w))
		}
	}
	for at := 0; at < len(n.vectors); at += n.dim {
		b = quantise(b, n.vectors[at:at+n.dim], largest(n.vectors[at:at+n.dim]))
	}
	return quantise(b, n.grams, gramClip)
}

// gramClip bounds the weight of a gram in a file: few are larger, and those would coarsen all others.
const gramClip = 1.5

func largest(weights []float32) float32 {
	top := float32(0)
	for _, x := range weights {
		top = max(top, x, -x)
	}
	return top
}

// quantise writes weights as whole parts, from −127 to 127, of the scale before them.
func quantise(b []byte, weights []float32, top float32) []byte {
	scale := top / 127
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(scale))
	for _, x := range weights {
		q := 0.0
		if scale > 0 {
			q = min(127, max(-127, math.Round(float64(x/scale))))
		}
		b = append(b, byte(int8(q)))
	}
	return b
}

// decode reads what encode wrote; b has the right size.
func (n *network) decode(b []byte) {
	for _, weights := range n.small() {
		for i := range weights {
			weights[i] = math.Float32frombits(binary.LittleEndian.Uint32(b))
			b = b[4:]
		}
	}
	for at := 0; at < len(n.vectors); at += n.dim {
		b = restore(b, n.vectors[at:at+n.dim])
	}
	restore(b, n.grams)
}

// restore reads what quantise wrote, and returns what follows.
func restore(b []byte, weights []float32) []byte {
	scale := math.Float32frombits(binary.LittleEndian.Uint32(b))
	if !(scale >= 0 && scale < 1e6) {
		scale = 0
	}
	for i, q := range b[4 : 4+len(weights)] {
		weights[i] = scale * float32(int8(q))
	}
	return b[4+len(weights):]
}

// predict gives the probability of each class.
func (m *Model) predict(t *text, language string) [classes]float64 {
	return m.chances(m.table.read(t, language))
}

// chances makes probabilities of the classes' sums.
func (m *Model) chances(sums [classes]float32) (p [classes]float64) {
	for c := range p {
		p[c] = float64(sums[c]) / m.Temperature
	}
	softmax(p[:])
	return p
}

// Classify names the likeliest class of a text and its probability.
func (m *Model) Classify(s, language string) (class post.Polarity, probability float64) {
	t := normalise(s)
	p := m.predict(&t, language)
	best := argmax(p[:])
	return Classes[best], p[best]
}

// softmax turns sums into probabilities, in place.
func softmax(p []float64) {
	top, total := p[argmax(p)], 0.0
	for i := range p {
		p[i] = math.Exp(p[i] - top)
		total += p[i]
	}
	for i := range p {
		p[i] /= total
	}
}

func argmax(p []float64) int {
	best := 0
	for i := range p {
		if p[i] > p[best] {
			best = i
		}
	}
	return best
}

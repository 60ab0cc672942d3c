package sentiment

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

// A Model is a linear classifier over hashed features: for a text, each class's bias and weights
// are added up and softmax makes probabilities of the sums.
type Model struct {
	Header
	bits    int
	bias    []float32
	scale   []float32 // of each class's weights
	weights []int8    // feature-major: the classes of a feature stand side by side
}

// A Header says what a model is and where it comes from.
type Header struct {
	Version  int      `json:"version"` // of the features; a model of another version is refused
	Task     string   `json:"task"`
	Classes  []string `json:"classes"`
	Bits     int      `json:"bits"` // 2^bits features
	Training []string `json:"training"`
	Licences []string `json:"licences"`
	Score    string   `json:"score"` // on data left out of training
}

const (
	featuresVersion = 1
	magic           = "GSWMODEL"
)

// errModel is what every refusal of a model file wraps.
var errModel = errors.New("this is not a usable sentiment model: train one with groundswell train sentiment")

// ReadModel reads a model file: the magic, the header's length and JSON, biases, scales, weights,
// and the CRC-32 of all before, little-endian.
func ReadModel(data []byte) (*Model, error) {
	refuse := func(format string, args ...any) (*Model, error) {
		return nil, fmt.Errorf("read model: %s: %w", fmt.Sprintf(format, args...), errModel)
	}
	if len(data) < len(magic)+8 || string(data[:len(magic)]) != magic {
		return refuse("it does not begin with %s", magic)
	}
	body, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	if crc32.ChecksumIEEE(body) != sum {
		return refuse("its checksum is wrong")
	}
	n := int(binary.LittleEndian.Uint32(body[len(magic):]))
	rest := body[len(magic)+4:]
	if n < 0 || n > len(rest) {
		return refuse("its header is cut off")
	}
	m := &Model{}
	if err := json.Unmarshal(rest[:n], &m.Header); err != nil {
		return refuse("its header is no JSON")
	}
	classes := len(m.Classes)
	if m.Version != featuresVersion || m.Bits < 1 || m.Bits > 24 || classes < 2 || classes > 100 {
		return refuse("version %d, %d bits, %d classes; want version %d", m.Version, m.Bits, classes, featuresVersion)
	}
	rest = rest[n:]
	if want := 8*classes + classes<<m.Bits; len(rest) != want {
		return refuse("it holds %d bytes of weights, its header promises %d", len(rest), want)
	}
	m.bits, m.bias, m.scale = m.Bits, make([]float32, classes), make([]float32, classes)
	r := bytes.NewReader(rest)
	m.weights = make([]int8, classes<<m.Bits)
	for _, into := range []any{m.bias, m.scale, m.weights} {
		if err := binary.Read(r, binary.LittleEndian, into); err != nil {
			return refuse("%v", err)
		}
	}
	return m, nil
}

// Bytes is the model as a file.
func (m *Model) Bytes() []byte {
	header, err := json.Marshal(m.Header)
	if err != nil {
		panic(err) // texts and numbers only
	}
	var b bytes.Buffer
	b.WriteString(magic)
	for _, part := range []any{uint32(len(header)), header, m.bias, m.scale, m.weights} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			panic(err) // a buffer takes everything
		}
	}
	return binary.LittleEndian.AppendUint32(b.Bytes(), crc32.ChecksumIEEE(b.Bytes()))
}

// Predict gives the probability of each class, in the order of Classes.
func (m *Model) Predict(features func(yield func(feature))) []float64 {
	classes := len(m.Classes)
	sums := make([]int32, classes)
	mask, n := feature(1)<<m.bits-1, 0
	features(func(f feature) {
		n++
		row := m.weights[int(f&mask)*classes:]
		for c := range sums {
			sums[c] += int32(row[c])
		}
	})
	p := make([]float64, classes)
	norm := 1 / math.Sqrt(float64(max(1, n)))
	for c := range p {
		p[c] = float64(m.bias[c]) + float64(sums[c])*float64(m.scale[c])*norm
	}
	return softmax(p)
}

// softmax turns sums into probabilities, in place.
func softmax(p []float64) []float64 {
	top, total := p[argmax(p)], 0.0
	for i := range p {
		p[i] = math.Exp(p[i] - top)
		total += p[i]
	}
	for i := range p {
		p[i] /= total
	}
	return p
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

// Classify names the likeliest class of a text and its probability.
func (m *Model) Classify(s string) (class string, probability float64) {
	p := m.Predict(normalise(s).polarityFeatures)
	best := argmax(p)
	return m.Classes[best], p[best]
}

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

// languageClasses is how many classes a language model has: as many eight-bit weights as two
// machine words hold, so that a feature's weights are added up in a few instructions.
const languageClasses = 16

// A LanguageModel tells languages in Latin letters apart: a multinomial logistic regression over
// hashed n-grams of two to four letters and whole words. The first classes are the languages that
// are named; the others are families of further ones, which are told apart inside only because
// what they have in common is no more than not being one of the first.
type LanguageModel struct {
	LanguageHeader
	rows  [][2]uint64 // of each feature: two words of eight weights plus 128, the first class lowest
	bias  [languageClasses]float32
	scale float32 // of the weights
}

// A LanguageHeader says what a language model is and where it comes from.
type LanguageHeader struct {
	Version  int      `json:"version"` // of the features; a model of another version is refused
	Classes  []string `json:"classes"`
	Bits     int      `json:"bits"` // 2^bits features
	Training []string `json:"training"`
	Licences []string `json:"licences"`
}

const (
	languageVersion = 2
	languageMagic   = "GSWLANGS"
)

// errLanguageModel is what every refusal of a language model wraps.
var errLanguageModel = errors.New("this is not a usable language model: train one with groundswell train language")

// ReadLanguageModel reads a model file: the magic, the header's length and JSON, biases, the
// weights' scale, weights, and the CRC-32 of all before, little-endian.
func ReadLanguageModel(data []byte) (*LanguageModel, error) {
	refuse := func(format string, args ...any) (*LanguageModel, error) {
		return nil, fmt.Errorf("read language model: %s: %w", fmt.Sprintf(format, args...), errLanguageModel)
	}
	if len(data) < len(languageMagic)+8 || string(data[:len(languageMagic)]) != languageMagic {
		return refuse("it does not begin with %s", languageMagic)
	}
	body, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	if crc32.ChecksumIEEE(body) != sum {
		return refuse("its checksum is wrong")
	}
	n := int(binary.LittleEndian.Uint32(body[len(languageMagic):]))
	rest := body[len(languageMagic)+4:]
	if n < 0 || n > len(rest) {
		return refuse("its header is cut off")
	}
	m := &LanguageModel{}
	if err := json.Unmarshal(rest[:n], &m.LanguageHeader); err != nil {
		return refuse("its header is no JSON")
	}
	if m.Version != languageVersion || m.Bits < 1 || m.Bits > maxBits || len(m.Classes) != languageClasses {
		return refuse("version %d, %d bits, %d classes; want version %d and %d classes", m.Version, m.Bits, len(m.Classes), languageVersion, languageClasses)
	}
	rest = rest[n:]
	if want := 4*languageClasses + 4 + languageClasses<<m.Bits; len(rest) != want {
		return refuse("it holds %d bytes of weights, its header promises %d", len(rest), want)
	}
	m.rows = make([][2]uint64, 1<<m.Bits)
	r := bytes.NewReader(rest)
	for _, into := range []any{&m.bias, &m.scale, m.rows} {
		if err := binary.Read(r, binary.LittleEndian, into); err != nil {
			return refuse("%v", err)
		}
	}
	for _, x := range append(m.bias[:], m.scale) {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			return refuse("a bias or the scale is no number")
		}
	}
	return m, nil
}

// Bytes is the model as a file.
func (m *LanguageModel) Bytes() []byte {
	header, err := json.Marshal(m.LanguageHeader)
	if err != nil {
		panic(err) // texts and numbers only
	}
	var b bytes.Buffer
	b.WriteString(languageMagic)
	for _, part := range []any{uint32(len(header)), header, m.bias, m.scale, m.rows} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			panic(err) // a buffer takes everything
		}
	}
	return binary.LittleEndian.AppendUint32(b.Bytes(), crc32.ChecksumIEEE(b.Bytes()))
}

// classSums are sums of weights, by class.
type classSums [languageClasses]int32

// sums adds up the weights of each class over the grams: four 16-bit lanes to a machine word,
// which hold what 256 rows of eight bits make.
func (m *LanguageModel) sums(grams []uint32) (total classSums) {
	const lanes, most = 0x00ff00ff00ff00ff, 256
	shift, n := 32-m.Bits, len(grams)
	for len(grams) > 0 {
		block := grams[:min(len(grams), most)]
		grams = grams[len(block):]
		var a, b, c, d uint64
		for _, g := range block {
			row := &m.rows[g>>(shift&31)]
			x, y := row[0], row[1]
			a += x & lanes
			b += x >> 8 & lanes
			c += y & lanes
			d += y >> 8 & lanes
		}
		for i := range 4 {
			total[2*i] += int32(a >> (16 * i) & 0xffff)
			total[2*i+1] += int32(b >> (16 * i) & 0xffff)
			total[8+2*i] += int32(c >> (16 * i) & 0xffff)
			total[8+2*i+1] += int32(d >> (16 * i) & 0xffff)
		}
	}
	for c := range total {
		total[c] -= int32(128 * n)
	}
	return total
}

// predict gives the probability of each class by the sums over n grams. They are divided by √n:
// neighbouring n-grams say much the same, so evidence grows more slowly than their number.
func (m *LanguageModel) predict(total *classSums, n int) (p [languageClasses]float64) {
	norm := 1 / math.Sqrt(float64(max(1, n)))
	for c := range p {
		p[c] = float64(m.bias[c]) + float64(total[c])*float64(m.scale)*norm
	}
	softmax(p[:])
	return p
}

package sentiment

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

const vectorsMagic = "GSWVECTR"

// Vectors are the words' vectors that training begins with, for the English and then the German
// list, made by models/vectors.py.
type Vectors struct {
	Dim    int
	values []float32
}

// ReadVectors reads a file of vectors: the magic, the checksum of the lists of words, the number
// of dimensions, and the numbers; 32 bits each, little-endian.
func ReadVectors(data []byte) (*Vectors, error) {
	listed := newRows(nil).count
	if len(data) < len(vectorsMagic)+8 || string(data[:len(vectorsMagic)]) != vectorsMagic {
		return nil, fmt.Errorf("read vectors: the file does not begin with %s: make one with sentiment/models/vectors.py", vectorsMagic)
	}
	data = data[len(vectorsMagic):]
	if binary.LittleEndian.Uint32(data) != wordListSum() {
		return nil, errors.New("read vectors: they are of other words than sentiment/models/en.txt and de.txt: make them anew with sentiment/models/vectors.py")
	}
	v := &Vectors{Dim: int(binary.LittleEndian.Uint32(data[4:]))}
	data = data[8:]
	if v.Dim < 1 || v.Dim > 1024 || len(data) != 4*v.Dim*listed {
		return nil, fmt.Errorf("read vectors: %d bytes of numbers for %d words of %d dimensions: the file is cut or damaged", len(data), listed, v.Dim)
	}
	v.values = make([]float32, v.Dim*listed)
	for i := range v.values {
		v.values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return v, nil
}

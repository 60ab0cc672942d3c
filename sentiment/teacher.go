package sentiment

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

const teacherMagic = "GSWTEACH"

// A Teacher is what a large encoder, fine-tuned by models/teacher.py, says of the words of the lists
// and of the texts to train on: for each text a classifier that has not seen it.
type Teacher struct {
	dim      int
	meanings []float32 // a row of dim for each word of the lists
	texts    map[uint32][classes]float32
}

// ReadTeacher reads a teacher's file: the magic; the checksum of the lists of words, the number of
// dimensions of a word, and the number of texts, 32 bits each; the unit of a word's numbers, a float;
// the numbers, eight bits each; then of each text the checksum of its letters, 32 bits, and how
// likely it is negative and positive, in parts of 255. Little-endian.
func ReadTeacher(data []byte) (*Teacher, error) {
	if len(data) < len(teacherMagic)+16 || string(data[:len(teacherMagic)]) != teacherMagic {
		return nil, fmt.Errorf("read teacher: the file does not begin with %s: make one with sentiment/models/teacher.py", teacherMagic)
	}
	data = data[len(teacherMagic):]
	if binary.LittleEndian.Uint32(data) != wordListSum() {
		return nil, errors.New("read teacher: it is of other words than sentiment/models/en.txt and de.txt: make it anew with sentiment/models/teacher.py")
	}
	t := &Teacher{dim: int(binary.LittleEndian.Uint32(data[4:])), texts: make(map[uint32][classes]float32)}
	texts, step := int(binary.LittleEndian.Uint32(data[8:])), math.Float32frombits(binary.LittleEndian.Uint32(data[12:]))
	data = data[16:]
	listed := newRows(nil).count
	if t.dim < 1 || t.dim > 256 || texts < 0 || texts > 1<<24 || !(step > 0) || len(data) != t.dim*listed+6*texts {
		return nil, fmt.Errorf("read teacher: %d bytes for %d words of %d dimensions and %d texts: the file is cut or damaged", len(data), listed, t.dim, texts)
	}
	for _, b := range data[:t.dim*listed] {
		t.meanings = append(t.meanings, step*float32(int8(b)))
	}
	for data = data[t.dim*listed:]; len(data) > 0; data = data[6:] {
		negative, positive := float32(data[4])/255, float32(data[5])/255
		t.texts[binary.LittleEndian.Uint32(data)] = [classes]float32{negative, max(0, 1-negative-positive), positive}
	}
	return t, nil
}

// says is how likely the teacher finds each class of a text that it knows.
func (t *Teacher) says(s string) (p [classes]float32, ok bool) {
	if t == nil {
		return p, false
	}
	p, ok = t.texts[letterSum(s)]
	return p, ok
}

// letterSum is the checksum of a text's Latin letters in lower case, which are the same however a
// file quotes and spaces it.
func letterSum(s string) uint32 {
	letters := make([]byte, 0, len(s))
	for i := range len(s) {
		if b := s[i] | 0x20; 'a' <= b && b <= 'z' {
			letters = append(letters, b)
		}
	}
	return crc32.ChecksumIEEE(letters)
}

// widen appends to each word's vector what the teacher knows of the word.
func (t *Teacher) widen(v *Vectors) *Vectors {
	wide := &Vectors{Dim: v.Dim + t.dim}
	for at, from := 0, 0; at < len(v.values); at, from = at+v.Dim, from+t.dim {
		wide.values = append(append(wide.values, v.values[at:at+v.Dim]...), t.meanings[from:from+t.dim]...)
	}
	return wide
}

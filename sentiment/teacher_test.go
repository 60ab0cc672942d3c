package sentiment

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"
)

// teacherFile is a file of a teacher that knows no word and one text.
func teacherFile(text string) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(teacherMagic), wordListSum())
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(0.5))
	b = append(b, make([]byte, newRows(nil).count)...)
	return append(binary.LittleEndian.AppendUint32(b, letterSum(text)), 51, 204)
}

func TestReadTeacher(t *testing.T) {
	teacher, err := ReadTeacher(teacherFile("Very good!"))
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := teacher.says("very  GOOD"); !ok || p != [classes]float32{0.2, 0, 0.8} {
		t.Errorf("the same letters: %v, %t", p, ok)
	}
	if p, ok := teacher.says("very bad"); ok {
		t.Errorf("another text: %v", p)
	}
	if wide := teacher.widen(&Vectors{Dim: 2, values: []float32{1, 2, 3, 4}}); wide.Dim != 3 || len(wide.values) != 6 || wide.values[3] != 3 {
		t.Errorf("wider vectors: %+v", wide)
	}
}

func TestReadTeacherErrors(t *testing.T) {
	good := teacherFile("a")
	other := append([]byte(nil), good...)
	other[len(teacherMagic)] ^= 1
	for name, data := range map[string][]byte{"ErrEmpty": nil, "ErrForeign": []byte(strings.Repeat("x", 99)), "ErrCut": good[:len(good)-1], "ErrOtherWords": other} {
		t.Run(name, func(t *testing.T) {
			if _, err := ReadTeacher(data); err == nil || !strings.Contains(err.Error(), "read teacher: ") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func FuzzReadTeacher(f *testing.F) {
	f.Add(teacherFile("a")[:40])
	f.Fuzz(func(t *testing.T, data []byte) {
		if teacher, err := ReadTeacher(data); err == nil {
			teacher.says("a")
		}
	})
}

package sentiment_test

import (
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"testing"

	"github.com/groundswell/groundswell/sentiment"
)

// sealed is a model file with a right checksum: so what is fuzzed is what lies behind that.
func sealed(magic string, header, weights []byte) []byte {
	b := append([]byte(magic), binary.LittleEndian.AppendUint32(nil, uint32(len(header)))...)
	b = append(append(b, header...), weights...)
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

func FuzzReadModelHeader(f *testing.F) {
	_, header := scorer(f).Models()
	h, err := json.Marshal(header)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(h, []byte{})
	f.Add([]byte(`{"version":3,"task":"polarity","languages":["en","de"],"classes":["a","b","c"],"dim":1,"filters":1,"bits":1,"span":1e-45,"temperature":1e-300}`), make([]byte, 100))
	f.Fuzz(func(t *testing.T, header, weights []byte) {
		if m, err := sentiment.ReadModel(sealed("GSWMODEL", header, weights)); err == nil {
			m.Bytes()
		}
	})
}

func FuzzReadLanguageModelHeader(f *testing.F) {
	m := trainLanguage(f)
	h, err := json.Marshal(m.LanguageHeader)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(h, m.Bytes()[len(h)+12:len(m.Bytes())-4])
	f.Fuzz(func(t *testing.T, header, weights []byte) {
		if m, err := sentiment.ReadLanguageModel(sealed("GSWLANGS", header, weights)); err == nil {
			if got := m.Identify("any text will do here", "de"); len(got) < 2 {
				t.Fatalf("language %q", got)
			}
		}
	})
}

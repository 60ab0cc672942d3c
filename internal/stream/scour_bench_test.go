package stream_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/internal/stream/streamtest"
)

// BenchmarkScour takes a hundred posts out of a topic of 200,000, each of about 600 bytes: what a round of
// deletions costs, which reads everything.
func BenchmarkScour(b *testing.B) {
	const posts, gone = 200_000, 100
	l := streamtest.Open(b)
	words := []string{"the", "grill", "is", "great", "and", "burns", "my", "garden", "down", "again", "never", "buy", "one", "https://acme.example/p/"}
	random := rand.New(rand.NewPCG(1, 2))
	var bytesIn int64
	for from := 0; from < posts; from += 500 {
		var some []stream.Message
		for i := from; i < from+500; i++ {
			text := fmt.Appendf(nil, `{"v":1,"type":"upsert","post":{"network":"bluesky","id":"at://did:plc:%x/%d","text":"`, random.Uint64(), i)
			for len(text) < 600 {
				text = fmt.Appendf(text, "%s %d ", words[random.IntN(len(words))], random.IntN(1000))
			}
			bytesIn += int64(len(text))
			some = append(some, stream.Message{Key: fmt.Appendf(nil, "bluesky:%d", i), Value: append(text, `"}}`...)})
		}
		if err := l.Write(b.Context(), l.Topics().Posts, some); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(bytesIn)
	b.ReportAllocs()
	round := 0
	for b.Loop() {
		want := make(map[string]bool)
		for i := range gone {
			want[fmt.Sprint("bluesky:", round+i*posts/gone)] = true
		}
		round++
		s, err := l.Scour(b.Context(), l.Topics().Posts, func(m *stream.Message) ([]byte, bool) { return nil, want[string(m.Key)] && !bytes.Equal(m.Value, nil) })
		if err != nil || s.Changed != gone || s.Kept != 0 {
			b.Fatalf("got %+v, %v", s, err)
		}
	}
	b.ReportMetric(posts*float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}

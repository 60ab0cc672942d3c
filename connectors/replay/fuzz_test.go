package replay_test

import (
	"bytes"
	"context"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/groundswell/groundswell/connectors/replay"
)

var fuzzSeeds = []string{"testdata/posts.ndjson", "testdata/bluesky.json", "testdata/jetstream.ndjson", "testdata/mastodon.json",
	"testdata/table.csv", "../x/testdata/page.json", "../twitterarchive/testdata/tweets.ndjson"}

// Whatever a file holds, its accounts balance, its events are valid, and it reads the same in
// pieces as in whole.
func FuzzRead(f *testing.F) {
	for _, name := range fuzzSeeds {
		f.Add(load(f, name))
	}
	f.Add([]byte("event: update\ndata: {}\n\n[1,{\"a\":[\n]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, whole := read(t, bytes.NewReader(data), replay.Options{})
		for _, item := range list {
			if item.Refused != "" {
				continue
			}
			if err := item.Event.Validate(); err != nil {
				t.Fatalf("line %d: an event that is not valid: %v", item.Line, err)
			}
		}
		if len(data) > 4<<10 {
			return
		}
		if _, pieces := read(t, iotest.OneByteReader(bytes.NewReader(data)), replay.Options{}); !cmp.Equal(whole, pieces) {
			t.Fatalf("in pieces it reads otherwise:\n%s", cmp.Diff(whole, pieces))
		}
	})
}

func FuzzReadTable(f *testing.F) {
	f.Add(load(f, "testdata/table.csv"), "id=0,time=1,author=2,text=3")
	f.Add([]byte("a\tb\tc\n1424806500\t2\t3"), "time=a,author=b,text=c,zone=-08:00")
	f.Fuzz(func(t *testing.T, data []byte, cols string) {
		m, err := replay.ParseTableMap(cols)
		if err != nil {
			return
		}
		read(t, bytes.NewReader(data), replay.Options{Map: m})
	})
}

// Each object of a format is read by that format's decoder, whatever it holds.
func FuzzReadForced(f *testing.F) {
	for _, name := range fuzzSeeds {
		f.Add(load(f, name), uint8(len(name)))
	}
	f.Fuzz(func(t *testing.T, data []byte, n uint8) {
		formats := replay.Formats()
		read(t, bytes.NewReader(data), replay.Options{Format: formats[int(n)%len(formats)]})
	})
}

// BenchmarkRead reports MB/s and posts/s of decoding alone.
func BenchmarkRead(b *testing.B) {
	var posts bytes.Buffer
	for i := range 10000 {
		posts.WriteString(small(i))
		posts.WriteByte('\n')
	}
	inputs := map[string][]byte{
		"groundswell":  posts.Bytes(),
		"twitter-v1.1": bytes.Repeat(load(b, "../twitterarchive/testdata/tweets.ndjson"), 500),
		"x-v2":         bytes.Repeat(load(b, "../x/testdata/page.json"), 500),
		"mastodon":     bytes.Repeat(load(b, "testdata/mastodon.json"), 1000),
		"bluesky":      bytes.Repeat(load(b, "testdata/bluesky.json"), 500),
	}
	for name, data := range inputs {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			n := 0
			for b.Loop() {
				sum, err := replay.Read(context.Background(), bytes.NewReader(data), replay.Options{}, func(replay.Item) error { return nil })
				if err != nil {
					b.Fatal(err)
				}
				n += sum.Read
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "posts/s")
		})
	}
}

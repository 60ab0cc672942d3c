package stream_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/internal/stream/streamtest"
	"github.com/segmentio/kafka-go"
)

// secretive takes out what names Greta: what is hers, and her name where others say it.
func secretive(m *stream.Message) (value []byte, change bool) {
	switch {
	case bytes.HasPrefix(m.Value, []byte("by greta")):
		return nil, true
	case bytes.Contains(m.Value, []byte("greta")):
		return bytes.ReplaceAll(m.Value, []byte("greta zwick"), []byte("[erased]")), true
	}
	return nil, false
}

// contents are the values that a topic holds, and how often; what is empty is left out.
func contents(t *testing.T, l *stream.Log) map[string]int {
	t.Helper()
	got := make(map[string]int)
	err := l.Scan(t.Context(), l.Topics().Posts, func(m stream.Message) error {
		if len(m.Value) > 0 {
			got[string(m.Value)]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func said(from, to int, format string) (all []stream.Message) {
	for i := from; i < to; i++ {
		all = append(all, stream.Message{Key: fmt.Append(nil, "key", i), Value: fmt.Appendf(nil, format, i), Headers: []stream.Header{{Key: "n", Value: fmt.Append(nil, i)}}})
	}
	return all
}

// What is scoured out of a topic is in it no more, neither for who reads it nor on the disk; the rest
// is as it was, before and after the broker starts anew, and is read by a group from where it was.
func TestScour(t *testing.T) {
	opt := streamtest.Options(t)
	l := open(t, opt)
	defer func() { l.Close() }()
	topic := l.Topics().Posts
	want := make(map[string]int)
	var all []stream.Message
	for i := range 40 {
		all = append(all, said(100*i, 100*i+99, "number %d of somebody else")...)
		all = append(all, said(100*i+99, 100*i+100, "by greta, number %d, who lives in a house by the sea")...)
	}
	all = append(all, said(5000, 5001, "greta zwick was here, says %d")...)
	for _, m := range all {
		if value, change := secretive(&m); !change {
			want[string(m.Value)] = 1
		} else if value != nil {
			want[string(value)] = 1
		}
	}
	if err := l.Write(t.Context(), topic, all); err != nil {
		t.Fatal(err)
	}
	got, err := l.Scour(t.Context(), topic, secretive)
	if diff := cmp.Diff(stream.Scoured{Changed: 41}, got); diff != "" || err != nil {
		t.Fatalf("scoured (-want +got), %v:\n%s", err, diff)
	}
	if diff := cmp.Diff(want, contents(t, l)); diff != "" {
		t.Errorf("the topic (-want +got):\n%s", diff)
	}
	if again, err := l.Scour(t.Context(), topic, secretive); again.Changed != 0 || err != nil {
		t.Errorf("scoured again: %+v, %v, want nothing left to do", again, err)
	}
	if opt.Brokers != nil {
		return
	}
	wantNoneOnDisk(t, opt.Dir, "greta")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open(t, opt)
	if diff := cmp.Diff(want, contents(t, l)); diff != "" {
		t.Errorf("the topic after a start (-want +got):\n%s", diff)
	}
	if err := l.Write(t.Context(), topic, said(6000, 6010, "number %d of somebody else")); err != nil {
		t.Fatal(err)
	}
	r := l.Reader(topic, "group")
	defer r.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	for n := 0; n < len(all)+10; {
		b, err := r.Fetch(ctx, 500, 20*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		n += len(b.Messages)
	}
}

func wantNoneOnDisk(t *testing.T, dir, word string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(word)) {
			t.Errorf("%s holds %q", path, word)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Batches of every codec that clients write are scoured, and of any size.
func TestScourCodecs(t *testing.T) {
	opt := streamtest.Options(t)
	opt.Brokers = nil
	l := open(t, opt)
	defer l.Close()
	want := make(map[string]int)
	for codec := range 5 {
		for size := range 12 {
			keep, gone := strings.Repeat("k", size+1)+fmt.Sprint(codec), "by greta"+strings.Repeat("g", size)+fmt.Sprint(codec)
			records := []kafka.Record{{Key: kafka.NewBytes([]byte("a")), Value: kafka.NewBytes([]byte(keep))}, {Key: kafka.NewBytes([]byte("b")), Value: kafka.NewBytes([]byte(gone))}}
			c := kafka.Client{Addr: kafka.TCP(l.Brokers()...)}
			res, err := c.Produce(t.Context(), &kafka.ProduceRequest{Topic: l.Topics().Posts, RequiredAcks: kafka.RequireAll, Compression: kafka.Compression(codec), Records: kafka.NewRecordReader(records...)})
			if err != nil || res.Error != nil {
				t.Fatal(err, res.Error)
			}
			want[keep]++
		}
	}
	if got, err := l.Scour(t.Context(), l.Topics().Posts, secretive); got.Changed != 60 || err != nil {
		t.Errorf("got %+v, %v, want 60 changed", got, err)
	}
	got := contents(t, l)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
		t.Errorf("the topic (-want +got):\n%s", diff)
	}
	wantNoneOnDisk(t, opt.Dir, "greta")
}

// A crash between the journal and the file is made good when the broker starts.
func TestScourInterrupted(t *testing.T) {
	opt := streamtest.Options(t)
	opt.Brokers = nil
	l := open(t, opt)
	if err := l.Write(t.Context(), l.Topics().Posts, said(0, 1, "by greta, number %d")); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(opt.Dir, "segments", "partitions", "*", "*.dat"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(raw, []byte("greta")) {
			continue
		}
		next, changed, err := stream.ScourBatch(raw, secretive)
		if err != nil || changed != 1 || len(next) != len(raw) {
			t.Fatalf("got %d changed, %d bytes for %d, %v", changed, len(next), len(raw), err)
		}
		half := append(bytes.Clone(next[:len(next)/2]), raw[len(raw)/2:]...)
		if err := os.WriteFile(path, half, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := stream.Interrupted(opt.Dir, path, 0, next); err != nil {
			t.Fatal(err)
		}
	}
	l = open(t, opt)
	defer l.Close()
	n := 0
	if err := l.Scan(t.Context(), l.Topics().Posts, func(stream.Message) error { n++; return nil }); err != nil || n != 1 {
		t.Errorf("got %d messages, %v, want the empty one in its place", n, err)
	}
	wantNoneOnDisk(t, opt.Dir, "greta")
}

func FuzzScourBatch(f *testing.F) {
	f.Add([]byte("not a batch"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		next, changed, err := stream.ScourBatch(raw, func(*stream.Message) ([]byte, bool) { return nil, true })
		if err == nil && changed > 0 && next != nil && len(next) != len(raw) {
			t.Errorf("%d bytes became %d", len(raw), len(next))
		}
	})
}

func FuzzReadJournal(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 'x'})
	f.Fuzz(func(_ *testing.T, data []byte) { stream.ReadJournal(data) })
}

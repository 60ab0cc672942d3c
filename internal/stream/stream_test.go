package stream_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/internal/stream/streamtest"
)

func open(t testing.TB, opt stream.Options) *stream.Log {
	t.Helper()
	l, err := stream.Open(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func messages(from, to int) []stream.Message {
	var out []stream.Message
	for i := from; i < to; i++ {
		out = append(out, stream.Message{Key: fmt.Append(nil, "key", i%50), Value: fmt.Append(nil, i),
			Headers: []stream.Header{{Key: "n", Value: fmt.Append(nil, i)}}})
	}
	return out
}

// read fetches and commits until n messages have come.
func read(t testing.TB, l *stream.Log, n int) map[string]int {
	t.Helper()
	r := l.Reader(l.Topics().Posts, "group."+l.Topics().Posts)
	defer r.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	got := make(map[string]int)
	for total := 0; total < n; {
		b, err := r.Fetch(ctx, 500, 20*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range b.Messages {
			got[string(m.Value)]++
			if string(m.Header("n")) != string(m.Value) {
				t.Errorf("message %s: header n is %q", m.Value, m.Header("n"))
			}
		}
		total += len(b.Messages)
		if err := r.Commit(ctx, b); err != nil {
			t.Fatal(err)
		}
	}
	return got
}

func TestWrittenIsReadOnceCommitted(t *testing.T) {
	l := open(t, streamtest.Options(t))
	defer l.Close()
	if err := l.Write(t.Context(), l.Topics().Posts, messages(0, 1000)); err != nil {
		t.Fatal(err)
	}
	first := read(t, l, 1000)
	if err := l.Write(t.Context(), l.Topics().Posts, messages(1000, 1500)); err != nil {
		t.Fatal(err)
	}
	for v, n := range read(t, l, 500) {
		first[v] += n
	}
	want := make(map[string]int)
	for i := range 1500 {
		want[fmt.Sprint(i)] = 1
	}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("messages read (-want +got):\n%s", diff)
	}
}

func TestScanReadsAllPartitions(t *testing.T) {
	l := open(t, streamtest.Options(t))
	defer l.Close()
	if err := l.Write(t.Context(), l.Topics().Posts, messages(0, 200)); err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := l.Scan(t.Context(), l.Topics().Posts, func(stream.Message) error { n++; return nil }); err != nil || n != 200 {
		t.Fatalf("scanned %d (%v), want 200", n, err)
	}
}

func TestTooFewPartitionsIsRefused(t *testing.T) {
	opt := streamtest.Options(t)
	l := open(t, opt)
	defer l.Close()
	opt.Brokers, opt.Partitions = l.Brokers(), 8
	_, err := stream.Open(t.Context(), opt)
	if err == nil || !strings.Contains(err.Error(), "has 4 partitions, the configuration wants 8") {
		t.Fatalf("got %v", err)
	}
}

func TestTooLargeIsRefused(t *testing.T) {
	l := open(t, streamtest.Options(t))
	defer l.Close()
	err := l.Write(t.Context(), l.Topics().Posts, []stream.Message{{Value: make([]byte, stream.MaxMessage)}})
	if !errors.Is(err, stream.ErrTooLarge) {
		t.Fatalf("got %v, want ErrTooLarge", err)
	}
}

func TestEmbeddedGuards(t *testing.T) {
	opt := streamtest.Options(t)
	opt.Brokers = nil
	l := open(t, opt)
	if _, err := stream.Open(t.Context(), opt); !errors.Is(err, stream.ErrLocked) {
		t.Errorf("second opener: got %v, want ErrLocked", err)
	}
	if err := l.Write(t.Context(), opt.Topics.Posts, messages(0, 10)); err != nil {
		t.Fatal(err)
	}
	before := l.Brokers()[0]
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, opt)
	defer again.Close()
	if after := again.Brokers()[0]; after != before {
		t.Errorf("address changed over a restart: %s, then %s", before, after)
	}
	read(t, again, 10)
	opt.Dir, opt.Listen = t.TempDir(), "0.0.0.0:0"
	if _, err := stream.Open(t.Context(), opt); err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("public address: got %v, want a refusal", err)
	}
}

func TestUnreachableBrokerIsNamed(t *testing.T) {
	opt := streamtest.Options(t)
	opt.Brokers = []string{"127.0.0.1:1"}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	if _, err := stream.Open(ctx, opt); err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Fatalf("got %v", err)
	}
}

// A cluster with TLS and SASL, where GROUNDSWELL_TEST_KAFKA_SASL names one (host:port,CA file): both
// mechanisms sign in, and a wrong password does not.
func TestSignIn(t *testing.T) {
	server := os.Getenv("GROUNDSWELL_TEST_KAFKA_SASL")
	if server == "" {
		return
	}
	address, ca, _ := strings.Cut(server, ",")
	pem, err := os.ReadFile(ca)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatalf("%s holds no certificate", ca)
	}
	for _, mechanism := range []string{"PLAIN", "SCRAM-SHA-256"} {
		opt := streamtest.Options(t)
		opt.Brokers, opt.TLS = []string{address}, &tls.Config{RootCAs: roots}
		opt.SASL = stream.SASL{Mechanism: mechanism, User: "app", Password: "app-secret"}
		l := open(t, opt)
		if err := l.Write(t.Context(), opt.Topics.Posts, messages(0, 50)); err != nil {
			t.Fatalf("%s: %v", mechanism, err)
		}
		if got := read(t, l, 50); len(got) != 50 {
			t.Errorf("%s: %d messages", mechanism, len(got))
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		opt.SASL.Password = "wrong"
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		if _, err := stream.Open(ctx, opt); err == nil || !strings.Contains(err.Error(), "check log.brokers, TLS and SASL") || strings.Contains(err.Error(), "wrong") {
			t.Errorf("%s with a wrong password: %v", mechanism, err)
		}
		cancel()
	}
}

func BenchmarkRead(b *testing.B) {
	l := open(b, streamtest.Options(b))
	defer l.Close()
	const n = 100000
	value := make([]byte, 1000)
	for i := 0; i < n; i += 500 {
		batch := make([]stream.Message, 500)
		for j := range batch {
			batch[j] = stream.Message{Key: fmt.Append(nil, i+j), Value: value}
		}
		if err := l.Write(b.Context(), l.Topics().Posts, batch); err != nil {
			b.Fatal(err)
		}
	}
	i := 0
	for b.Loop() {
		r := l.Reader(l.Topics().Posts, fmt.Sprint("bench", i))
		i++
		for total := 0; total < n; {
			batch, err := r.Fetch(b.Context(), 2000, 20*time.Millisecond)
			if err != nil {
				b.Fatal(err)
			}
			total += len(batch.Messages)
			if err := r.Commit(b.Context(), batch); err != nil {
				b.Fatal(err)
			}
		}
		r.Close()
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "messages/s")
}

// Package streamtest gives a test a log of its own: on the embedded broker, or on the Kafka that
// GROUNDSWELL_TEST_KAFKA names (see deploy/dev).
package streamtest

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/stream"
)

var opened atomic.Int64

// Options are those of a log with topics of its own.
func Options(t testing.TB) stream.Options {
	suffix := fmt.Sprintf("%s.%d.%d", strings.ToLower(strings.NewReplacer("/", ".", "=", "", "#", "").Replace(t.Name())), os.Getpid(), opened.Add(1))
	opt := stream.Options{
		Dir: t.TempDir(), Listen: "127.0.0.1:0", Partitions: 4, Retention: time.Hour,
		Topics: stream.Topics{Posts: "posts." + suffix, Mentions: "mentions." + suffix, CRM: "crm." + suffix, Dead: "dead." + suffix},
		Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
	if server := os.Getenv("GROUNDSWELL_TEST_KAFKA"); server != "" {
		opt.Brokers = strings.Split(server, ",")
	}
	return opt
}

// Open opens a log and closes it after the test.
func Open(t testing.TB) *stream.Log {
	l, err := stream.Open(context.Background(), Options(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

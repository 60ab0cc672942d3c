package memory_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/memory"
)

// each runs a test on the embedded server, and on the Redis that GROUNDSWELL_TEST_REDIS names.
func each(t *testing.T, test func(t *testing.T, opt memory.Options)) {
	t.Run("embedded", func(t *testing.T) { test(t, memory.Options{}) })
	if address := os.Getenv("GROUNDSWELL_TEST_REDIS"); address != "" {
		t.Run("redis", func(t *testing.T) { test(t, memory.Options{Address: address}) })
	}
}

func open(t *testing.T, opt memory.Options) *memory.Memory {
	t.Helper()
	m, err := memory.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func TestLeaseIsHeldByOneUntilItExpires(t *testing.T) {
	each(t, func(t *testing.T, opt memory.Options) {
		m := open(t, opt)
		name := fmt.Sprint("test", os.Getpid(), time.Now().UnixNano())
		for range 2 { // taken, then prolonged
			if ok, err := m.Lease(t.Context(), name, 2*time.Second); err != nil || !ok {
				t.Fatalf("got %v, %v, want the lease", ok, err)
			}
		}
		if opt.Address == "" {
			return // the embedded server is this process's own
		}
		other := open(t, opt)
		if ok, err := other.Lease(t.Context(), name, time.Second); err != nil || ok {
			t.Fatalf("got %v, %v, want it refused", ok, err)
		}
		deadline := time.After(20 * time.Second)
		for {
			if ok, _ := other.Lease(t.Context(), name, time.Second); ok {
				return
			}
			select {
			case <-deadline:
				t.Fatal("the lease never expired")
			case <-time.After(50 * time.Millisecond):
			}
		}
	})
}

func TestPublishedReachesSubscriber(t *testing.T) {
	each(t, func(t *testing.T, opt memory.Options) {
		m := open(t, opt)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		channel := fmt.Sprint("test", os.Getpid())
		got := make(chan string, 100)
		go m.Subscribe(ctx, channel, func(p []byte) {
			select {
			case got <- string(p):
			default:
			}
		})
		for { // a subscription takes a moment to stand
			if err := m.Publish(ctx, channel, []byte("hello")); err != nil {
				t.Fatal(err)
			}
			select {
			case p := <-got:
				if p != "hello" {
					t.Fatalf("got %q", p)
				}
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
}

func TestUnreachableServerIsNamed(t *testing.T) {
	_, err := memory.Open(t.Context(), memory.Options{Address: "127.0.0.1:1", Password: "hunter2"})
	if err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") || strings.Contains(err.Error(), "hunter2") {
		t.Fatalf("got %v", err)
	}
}

func TestShare(t *testing.T) {
	each(t, func(t *testing.T, opt memory.Options) {
		m := open(t, opt)
		record := fmt.Sprint("test", os.Getpid(), time.Now().UnixNano())
		for _, field := range [][2]string{{"a", "1"}, {"b", "2"}, {"a", "3"}} {
			if err := m.Share(t.Context(), record, field[0], []byte(field[1]), time.Minute); err != nil {
				t.Fatal(err)
			}
		}
		got, err := m.Shared(t.Context(), record)
		if err != nil || len(got) != 2 || got["a"] != "3" {
			t.Errorf("%v %v", got, err)
		}
	})
}

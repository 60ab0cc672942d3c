package memory_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/memory"
)

func TestTries(t *testing.T) {
	each(t, func(t *testing.T, opt memory.Options) {
		m := open(t, opt)
		run := fmt.Sprint(os.Getpid(), time.Now().UnixNano())
		name := memory.Try{Key: "name " + run, Free: 3, First: time.Second, Most: 4 * time.Second}
		address := memory.Try{Key: "address " + run, Free: 6, First: time.Minute, Most: time.Hour}
		now := time.Now()
		try := func(want time.Duration, tries ...memory.Try) {
			t.Helper()
			if got, err := m.Try(t.Context(), now, tries...); err != nil || got != want {
				t.Fatalf("got %s, %v, want %s", got, err, want)
			}
		}
		for range 3 {
			try(0, name, address)
		}
		for _, wait := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} { // and the address's free ones are used up
			try(wait, name, address)
			now = now.Add(wait)
			try(0, name, address)
		}
		try(time.Minute, name, address)
		now = now.Add(time.Minute)
		for _, all := range []bool{false, true} {
			if err := m.Forgive(t.Context(), name.Key, all); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			try(0, name)
		}
		if err := m.Forgive(t.Context(), "nobody "+run, false); err != nil {
			t.Error(err)
		}
		try(0, memory.Try{Key: "nobody " + run, Free: 1, First: time.Second, Most: time.Second})
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := m.Try(ended, now, name); err == nil {
			t.Error("a try without an answer is no error")
		}
	})
}

package demo_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/demo"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/sentiment"
)

var start = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func TestTheSameSeedGivesTheSamePosts(t *testing.T) {
	a, b := demo.New(1), demo.New(1)
	if diff := cmp.Diff(a.History(start), b.History(start)); diff != "" {
		t.Errorf("history (-first +second):\n%s", diff)
	}
	if diff := cmp.Diff(a.Hour(start), b.Hour(start)); diff != "" {
		t.Errorf("hour (-first +second):\n%s", diff)
	}
	if a.ContactsCSV() != b.ContactsCSV() {
		t.Error("contacts differ")
	}
}

// The scenario shows what it is meant to: quiet days, then a storm that a scorer sees as one.
func TestTheHourIsLively(t *testing.T) {
	scorer, err := sentiment.New()
	if err != nil {
		t.Fatal(err)
	}
	s := demo.New(1)
	history, hour := s.History(start), s.Hour(start)
	if perHour := float64(len(history)) / (24 * demo.Days); perHour < 2 || perHour > 6 {
		t.Errorf("history has %.1f posts an hour, want a quiet brand", perHour)
	}
	share := func(events []post.Event, from, until time.Duration, polarity post.Polarity) (float64, int) {
		n, all := 0, 0
		for _, e := range events {
			if at := e.Post.PostedAt.Sub(start); at >= from && at < until {
				all++
				if scorer.Read(e.Post.Text, e.Post.Language).Polarity == polarity {
					n++
				}
			}
		}
		return float64(n) / float64(all), all
	}
	if negative, _ := share(history, -30*24*time.Hour, 0, post.Negative); negative > 0.3 {
		t.Errorf("%.0f %% of the history is negative", 100*negative)
	}
	if positive, n := share(hour, 2*time.Minute, 14*time.Minute, post.Positive); positive < 0.5 || n < 40 {
		t.Errorf("the launch: %.0f %% of %d posts are positive", 100*positive, n)
	}
	if negative, n := share(hour, 40*time.Minute, 50*time.Minute, post.Negative); negative < 0.75 || n < 150 {
		t.Errorf("the storm's peak: %.0f %% of %d posts are negative", 100*negative, n)
	}
	purchases := 0
	for _, e := range hour {
		if err := e.Post.Validate(); err != nil {
			t.Fatalf("post %s: %v", e.Post.ID, err)
		}
		if scorer.Read(e.Post.Text, e.Post.Language).Intent == post.IntentPurchase {
			purchases++
		}
	}
	if purchases < 7 {
		t.Errorf("%d posts with purchase intent, want 7 or more", purchases)
	}
}

func TestClockCatchesUp(t *testing.T) {
	world := start
	c := demo.NewClock(60, func() time.Time { return world })
	if got := c.Now(); !got.Equal(start.Add(-time.Hour)) {
		t.Errorf("before it begins: %v", got)
	}
	c.Begin()
	for _, step := range []struct{ world, want time.Duration }{
		{0, -time.Hour}, {30 * time.Second, -30 * time.Minute}, {time.Minute, 0}, {5 * time.Minute, 5 * time.Minute},
	} {
		world = start.Add(step.world)
		if got := c.Now().Sub(start); got != step.want && step.world < time.Minute {
			t.Errorf("after %v: %v, want %v", step.world, got, step.want)
		}
		if c.Now().After(world) {
			t.Errorf("after %v: the clock is ahead of the world", step.world)
		}
	}
}

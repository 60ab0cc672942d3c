package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/post"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// newTalk is a house in which five posts were written: three about Acme, two about its rival.
func newTalk(t *testing.T, db *sqldb.DB) *house {
	h := newHouseWith(t, db, func(c *config.Config) {
		c.Monitors = append(c.Monitors, config.Monitor{Name: "Bolt", Kind: "competitor", Query: "bolt"}, config.Monitor{Name: "Quiet", Kind: "own", Query: "quiet"})
	})
	for i, text := range []string{"I love acme, it is wonderful", "Acme is great, thank you so much!", "Acme is terrible, the worst I ever bought", "Bolt is awful and broken", "Bolt opens at nine"} {
		h.by(post.Upsert, fmt.Sprint(i), fmt.Sprint("writer", i/2), fmt.Sprint("Writer ", i/2), text)
	}
	h.wait("/mentions", 5)
	return h
}

// A digest counts what was said, compares it with the time before, and names posts, fans and critics.
func TestReport(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newTalk(t, db)
		now := time.Now()
		for every, points := range map[string]int{"day": 24, "week": 28} {
			length := 24 * time.Hour
			if every == "week" {
				length *= 7
			}
			d := notify.Digest{Every: every, From: now.Add(time.Minute - length).Truncate(time.Minute), Until: now.Add(time.Minute).Truncate(time.Minute), Monitors: []string{"Acme", "Bolt"}}
			if err := h.app.Report(t.Context(), &d); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range d.Parts {
				posts := int64(0)
				for _, c := range p.Curve {
					posts += c.Posts
				}
				if n := len(p.Curve); n < points || n > points+1 {
					t.Errorf("%s, %s: the chart has %d points, want %d", every, p.Monitor, n, points)
				}
				got = append(got, fmt.Sprintf("%s %s: %d posts, %d before, %d negative, %d positive, share %.1f, chart %d, fans %v, critics %v, top %d", p.Monitor, p.Kind, p.Posts, p.Before,
					p.Negative, p.Positive, *p.Share, posts, p.Fans, p.Critics, len(p.Top)))
			}
			want := []string{"Acme own: 3 posts, 0 before, 1 negative, 2 positive, share 0.6, chart 3, fans [{Writer 0 mastodon 2}], critics [{Writer 1 mastodon 1}], top 3",
				"Bolt competitor: 2 posts, 0 before, 1 negative, 0 positive, share 0.4, chart 2, fans [], critics [{Writer 1 mastodon 1}], top 2"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", every, diff)
			}
		}
	})
}

// Share of voice, sentiment index, reach and engagement are gauges; what nobody speaks of has no index.
func TestMeasures(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newTalk(t, db)
		r := prometheus.NewPedanticRegistry()
		if err := h.app.Measure(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		want := `
# HELP groundswell_reach How many people may have seen the mentions of a monitor. In the last hour, of the 100 monitors with the most mentions.
# TYPE groundswell_reach gauge
groundswell_reach{monitor="Acme"} 30
groundswell_reach{monitor="Bolt"} 20
groundswell_reach{monitor="Quiet"} 0
# HELP groundswell_sentiment_index 10·(positive − negative)/(positive + negative). In the last hour, of the 100 monitors with the most mentions.
# TYPE groundswell_sentiment_index gauge
groundswell_sentiment_index{monitor="Acme"} 3.3333333333333335
groundswell_sentiment_index{monitor="Bolt"} -10
# HELP groundswell_share_of_voice_ratio Mentions of a monitor / mentions of all own and competitor monitors. In the last hour, of the 100 monitors with the most mentions.
# TYPE groundswell_share_of_voice_ratio gauge
groundswell_share_of_voice_ratio{monitor="Acme"} 0.6
groundswell_share_of_voice_ratio{monitor="Bolt"} 0.4
groundswell_share_of_voice_ratio{monitor="Quiet"} 0
`
		if err := testutil.GatherAndCompare(r, strings.NewReader(want), "groundswell_share_of_voice_ratio", "groundswell_sentiment_index", "groundswell_reach"); err != nil {
			t.Error(err)
		}
	})
}

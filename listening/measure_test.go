package listening_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

// brands makes three monitors; Acme and Rival are brands. In the hour to noon Acme has three
// mentions and Rival one; in the hour before Acme has one.
func brands(t *testing.T, db *sqldb.DB) (ids map[string]string) {
	t.Helper()
	ids = make(map[string]string)
	for name, kind := range map[string]string{"Acme": listening.Own, "Rival": listening.Competitor, "Grills": listening.Market} {
		update(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			m, err := listening.CreateMonitor(ctx, tx, listening.Monitor{Name: name, Kind: kind, Query: name, Enabled: true}, noon)
			ids[name] = m.ID
			return err
		})
	}
	at := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
	save(t, db,
		say("1", "a", at(-5), post.Positive, ids["Acme"]), say("2", "b", at(-60), post.Negative, ids["Acme"], ids["Grills"]), say("3", "a", at(-30), post.Positive, ids["Acme"]),
		say("4", "c", at(-10), post.Neutral, ids["Rival"]), say("5", "c", at(-61), post.Negative, ids["Acme"]),
		say("6", "c", at(-121), post.Negative, ids["Acme"]), say("7", "c", at(0), post.Negative, ids["Acme"]))
	return ids
}

// told is a measure in words: mentions, share, index, reach and engagement, now and before.
func told(m *listening.Measure) string {
	figures := func(f *listening.Figures) string {
		share, index := math.NaN(), math.NaN()
		if x, ok := f.Share(); ok && m.Brand() {
			share = x
		}
		if x, ok := f.Index(); ok {
			index = x
		}
		return fmt.Sprintf("%d %.2f %.1f %d %d", f.Mentions, share, index, f.Reach, f.Engagement)
	}
	return fmt.Sprintf("%s %s: %s before %s", m.Name, m.Kind, figures(&m.Now), figures(&m.Before))
}

func TestMeasures(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ids := brands(t, db)
		acme, rival := "Acme own: 3 0.75 3.3 30 6 before 1 1.00 -10.0 10 2", "Rival competitor: 1 0.25 NaN 10 2 before 0 0.00 NaN 0 0"
		for name, tt := range map[string]struct {
			filter listening.MeasureFilter
			want   []string
		}{
			"OKAll":     {listening.MeasureFilter{}, []string{acme, "Grills market: 1 NaN -10.0 10 2 before 0 NaN NaN 0 0", rival}},
			"OKMonitor": {listening.MeasureFilter{Monitor: ids["Rival"]}, []string{rival}},
			"OKKind":    {listening.MeasureFilter{Kind: listening.Own}, []string{acme}},
			"OKByKind": {listening.MeasureFilter{ByKind: true, Kind: listening.Competitor}, []string{
				"competitor competitor: 1 0.25 NaN 10 2 before 0 0.00 NaN 0 0"}},
			"OKNone": {listening.MeasureFilter{Monitor: "none"}, nil},
		} {
			t.Run(name, func(t *testing.T) {
				tt.filter.From, tt.filter.Until = noon.Add(-time.Hour), noon
				measures, err := listening.Measures(t.Context(), db, tt.filter)
				var got []string
				for i := range measures {
					got = append(got, told(&measures[i]))
				}
				if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
					t.Errorf("%v: %s", err, diff)
				}
			})
		}
	})
}

func TestVoices(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		loud := say("1", "loud", noon, post.Positive, "m1")
		loud.Event.Post.Author.Followers, loud.Mentions[0].Reach, loud.Mentions[0].Intent = 900, 900, post.IntentRecommendation
		helpful := say("2", "b", noon, post.Positive, "m1")
		helpful.Event.Post.Kind, helpful.Event.Post.Engagement.Likes = post.KindReply, 9
		save(t, db, loud, helpful, say("3", "b", noon, post.Negative, "m1"), say("4", "c", noon, post.Negative, "m1"), say("5", "d", noon, post.Positive, "m2"),
			say("6", "e", noon.Add(time.Hour), post.Positive, "m1"))
		filter := listening.VoiceFilter{Monitors: []string{"m1"}, From: noon.Add(-time.Minute), Until: noon.Add(time.Minute), Polarity: post.Positive, Limit: 10}
		voices, err := listening.Voices(t.Context(), db, filter)
		if err != nil {
			t.Fatal(err)
		}
		if err := listening.TopPosts(t.Context(), db, filter, voices); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range voices {
			got = append(got, fmt.Sprintf("%s %d posts -%d +%d rec %d help %d eng %d reach %d %v", v.Author.Handle, v.Posts, v.Negative, v.Positive,
				v.Recommendations, v.Helpful, v.Engagement, v.Reach, v.TopPost == loud.PostID || v.TopPost == helpful.PostID))
		}
		want := []string{"hloud 1 posts -0 +1 rec 1 help 0 eng 2 reach 900 true", "hb 2 posts -1 +1 rec 0 help 1 eng 11 reach 10 true"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		for polarity, n := range map[post.Polarity]int{post.Negative: 2, "": 3} {
			filter.Polarity = polarity
			if voices, err := listening.Voices(t.Context(), db, filter); err != nil || len(voices) != n {
				t.Errorf("%d voices of polarity %q, want %d; %v", len(voices), polarity, n, err)
			}
		}
	})
}

func TestSpread(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		other := say("3", "c", noon, post.Negative, "m1")
		other.Event.Post.Network, other.PostID = "bluesky", "other"
		other.Mentions[0].PostID, other.Mentions[0].Reach = "other", 70_000
		save(t, db, say("1", "a", noon, post.Negative, "m1"), say("2", "a", noon, post.Negative, "m1"), other, say("4", "d", noon, post.Positive, "m1"),
			say("5", "e", noon, post.Negative, "m2"), say("6", "f", noon.Add(time.Hour), post.Negative, "m1"))
		for polarity, want := range map[post.Polarity][]listening.NetworkShare{
			post.Negative: {{Network: "bluesky", Authors: 1, Reach: 70_000}, {Network: "x", Authors: 1, Reach: 10}},
			"":            {{Network: "bluesky", Authors: 1, Reach: 70_000}, {Network: "x", Authors: 2, Reach: 10}},
		} {
			got, err := listening.Spread(t.Context(), db, "m1", polarity, noon.Add(-time.Minute), noon.Add(time.Minute))
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("polarity %q: %v: %s", polarity, err, diff)
			}
		}
	})
}

// What a page of measures costs: a month of ten monitors, 200,000 of whose mentions are of the period.
func BenchmarkMeasures(b *testing.B) {
	db, err := sqldb.Open(b.Context(), "sqlite:"+b.TempDir()+"/bench.db")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for n := range 10 {
		if err := db.Update(b.Context(), func(tx *sqldb.Tx) error {
			m, err := listening.CreateMonitor(b.Context(), tx, listening.Monitor{Name: fmt.Sprint("m", n), Kind: listening.Own, Query: "a", Enabled: true}, noon)
			if err != nil {
				return err
			}
			for day := range 40 {
				var heard []*listening.Heard
				for i := range 500 {
					heard = append(heard, say(fmt.Sprint(n, "-", day, "-", i), fmt.Sprint(i), noon.Add(-time.Duration(day)*24*time.Hour-time.Duration(i)*time.Minute), post.Positive, m.ID))
				}
				if err := listening.Save(b.Context(), tx, heard); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, err := listening.Measures(b.Context(), db, listening.MeasureFilter{From: noon.Add(-20 * 24 * time.Hour), Until: noon}); err != nil {
			b.Fatal(err)
		}
	}
}

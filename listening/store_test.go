package listening_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// say makes a post as the pipeline hears it.
func say(id, author string, at time.Time, polarity post.Polarity, monitors ...string) *listening.Heard {
	p := post.Post{Network: "x", ID: id, Kind: post.KindPost, Author: post.Author{ID: author, Handle: "h" + author, Name: "N " + author, Followers: 10},
		Text: "post " + id, PostedAt: at, Engagement: post.Engagement{Likes: 2}}
	h := &listening.Heard{Event: post.Event{Type: post.Upsert, Source: "test", Post: p}, PostID: p.Key().Short(), AuthorID: p.AuthorKey().Short(), Part: len(id) % 3}
	for _, m := range monitors {
		h.Mentions = append(h.Mentions, listening.Mention{PostID: h.PostID, MonitorID: m, AuthorID: h.AuthorID, PostedAt: at, Part: h.Part,
			Reach: listening.Reach(&p), Reading: post.Reading{Language: "en", Polarity: polarity, Score: 0.5, Confidence: 0.9, Intent: post.IntentNone}})
	}
	return h
}

func edited(h *listening.Heard, at time.Time) *listening.Heard {
	h.Event.Type, h.Event.Post.EditedAt = post.Edit, at
	h.Event.Post.Text += " (edited)"
	return h
}

func update(t *testing.T, db *sqldb.DB, fn func(ctx context.Context, tx *sqldb.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func save(t *testing.T, db *sqldb.DB, heard ...*listening.Heard) {
	t.Helper()
	update(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return listening.Save(ctx, tx, heard) })
}

func audit(t *testing.T, db *sqldb.DB) {
	t.Helper()
	found, err := listening.Audit(t.Context(), db, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range found {
		t.Error(d)
	}
}

func TestSaveTwice(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		batch := func() []*listening.Heard {
			return []*listening.Heard{
				say("1", "a", noon, post.Negative, "m1", "m2"), say("2", "a", noon.Add(time.Minute), post.Positive, "m1"),
				say("3", "b", noon.Add(time.Minute), post.Unknown, "m1"), say("1", "a", noon, post.Negative, "m1", "m2"),
			}
		}
		first := batch()
		save(t, db, first...)
		if !first[0].New || !first[0].Fresh() || first[3].New || first[3].Fresh() {
			t.Errorf("new: %v %v", first[0].New, first[3].New)
		}
		second := batch()
		save(t, db, second...)
		if second[0].New || second[0].Fresh() {
			t.Error("saved twice")
		}
		audit(t, db)
		cells, err := listening.Cells(t.Context(), db, []string{"m1", "m2"}, 0, 1<<40)
		if err != nil {
			t.Fatal(err)
		}
		minute := noon.Unix() / 60
		want := map[string][]listening.Cell{
			"m1": {{Minute: minute, Posts: 1, Negative: 1, Authors: 1, NegativeAuthors: 1, PositiveAuthors: 1, Reach: 10},
				{Minute: minute + 1, Posts: 2, Positive: 1, Unknown: 1, Authors: 1, Reach: 20}},
			"m2": {{Minute: minute, Posts: 1, Negative: 1, Authors: 1, NegativeAuthors: 1, Reach: 10}},
		}
		if diff := cmp.Diff(want, cells); diff != "" {
			t.Error(diff)
		}
	})
}

// Whatever is saved, edited, removed and forgotten, in whatever order: the cells count the mentions.
func TestCellsCountMentions(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := rand.New(rand.NewPCG(3, 4))
		polarities := []post.Polarity{post.Negative, post.Neutral, post.Positive, post.Unknown}
		random := func() *listening.Heard {
			n := r.IntN(120)
			monitors := []string{"m1", "m2", "m3"}[:r.IntN(4)]
			return say(fmt.Sprint(n), fmt.Sprint(n%9), noon.Add(time.Duration(n)*2*time.Minute), polarities[r.IntN(4)], monitors...)
		}
		for round := range 60 {
			update(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
				var saves, edits []*listening.Heard
				for range 12 {
					if h := random(); len(h.Mentions) > 0 {
						saves = append(saves, h)
					}
					edits = append(edits, edited(random(), noon.Add(time.Duration(r.IntN(1000))*time.Minute)))
				}
				if err := listening.Save(ctx, tx, saves); err != nil {
					return err
				}
				if err := listening.Revise(ctx, tx, edits); err != nil {
					return err
				}
				if _, err := listening.Remove(ctx, tx, []string{random().PostID}, noon); err != nil {
					return err
				}
				if round%20 == 19 {
					_, err := listening.Forget(ctx, tx, []string{random().AuthorID}, noon)
					return err
				}
				return nil
			})
			audit(t, db)
			if t.Failed() {
				t.Fatalf("in round %d", round)
			}
		}
	})
}

func TestEdit(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		save(t, db, say("1", "a", noon, post.Negative, "m1"))
		revise := func(h *listening.Heard) {
			t.Helper()
			update(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return listening.Revise(ctx, tx, []*listening.Heard{h}) })
		}
		revise(edited(say("1", "a", noon, post.Positive, "m1", "m2"), noon.Add(2*time.Hour)))
		revise(edited(say("1", "a", noon, post.Neutral, "m1"), noon.Add(time.Hour))) // late
		views, err := listening.MentionsByPosts(t.Context(), db, []string{say("1", "a", noon, post.Neutral).PostID})
		if err != nil || len(views) != 2 {
			t.Fatalf("%d mentions, %v", len(views), err)
		}
		v := views[0]
		if v.Text != "post 1 (edited)" || v.Reading.Polarity != post.Positive || !v.EditedAt.Equal(noon.Add(2*time.Hour)) || !v.PostedAt.Equal(noon) {
			t.Errorf("%+v", v)
		}
		revise(edited(say("1", "a", noon, post.Positive), noon.Add(3*time.Hour))) // matches nothing any more
		if views, _ := listening.MentionsByPosts(t.Context(), db, []string{v.PostID}); len(views) != 0 {
			t.Errorf("%d mentions", len(views))
		}
		audit(t, db)
	})
}

// What was taken back does not come back.
func TestTombstones(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		one, two, three := say("1", "a", noon, post.Negative, "m1"), say("2", "b", noon, post.Negative, "m1"), say("3", "b", noon, post.Negative, "m1")
		save(t, db, one, two)
		update(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			removed, err := listening.Remove(ctx, tx, []string{one.PostID, three.PostID}, noon)
			if len(removed) != 1 || removed[0] != one.PostID {
				t.Errorf("removed %v", removed)
			}
			return err
		})
		save(t, db, say("1", "a", noon, post.Negative, "m1"), say("3", "b", noon, post.Negative, "m1"))
		update(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			removed, err := listening.Forget(ctx, tx, []string{two.AuthorID}, noon)
			if len(removed) != 1 {
				t.Errorf("forgot %v", removed)
			}
			return err
		})
		save(t, db, say("4", "b", noon, post.Negative, "m1"))
		page, _, err := listening.FindMentions(t.Context(), db, listening.Filter{})
		if err != nil || len(page) != 0 {
			t.Errorf("%v %v", page, err)
		}
		if _, err := listening.AuthorByID(t.Context(), db, two.AuthorID); !errors.Is(err, listening.ErrNotFound) {
			t.Errorf("the author is still there: %v", err)
		}
		audit(t, db)
	})
}

func TestFindMentions(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var all []*listening.Heard
		for i := range 25 {
			all = append(all, say(fmt.Sprint(i), fmt.Sprint(i%3), noon.Add(time.Duration(i/5)*time.Minute), []post.Polarity{post.Negative, post.Positive}[i%2], "m1"))
		}
		save(t, db, all...)
		seen := map[string]bool{}
		f := listening.Filter{Limit: 7, Monitor: "m1"}
		for pages := 0; ; pages++ {
			page, next, err := listening.FindMentions(t.Context(), db, f)
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range page {
				if seen[v.PostID] || i > 0 && v.PostedAt.After(page[i-1].PostedAt) {
					t.Fatalf("page %d: %s twice or out of order", pages, v.PostID)
				}
				seen[v.PostID] = true
			}
			if f.Cursor = next; next == "" {
				break
			}
		}
		if len(seen) != 25 {
			t.Errorf("%d mentions", len(seen))
		}
		for name, tt := range map[string]struct {
			f    listening.Filter
			want int
		}{
			"polarity": {listening.Filter{Polarity: "negative"}, 13},
			"author":   {listening.Filter{Author: all[0].AuthorID}, 9},
			"network":  {listening.Filter{Network: "mastodon"}, 0},
			"time":     {listening.Filter{From: noon.Add(time.Minute), Until: noon.Add(3 * time.Minute)}, 10},
			"intent":   {listening.Filter{Intent: "none", Monitor: "m1"}, 25},
		} {
			page, _, err := listening.FindMentions(t.Context(), db, tt.f)
			if err != nil || len(page) != tt.want {
				t.Errorf("%s: %d mentions, want %d, %v", name, len(page), tt.want, err)
			}
		}
		var invalid *listening.Invalid
		if _, _, err := listening.FindMentions(t.Context(), db, listening.Filter{Cursor: "x"}); !errors.As(err, &invalid) {
			t.Errorf("cursor: %v", err)
		}
	})
}

// The age of an account stays known when a later post does not tell it.
func TestAccountAge(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		told, silent := say("1", "anna", noon, post.Negative, "m1"), say("2", "anna", noon.Add(time.Minute), post.Negative, "m1")
		told.Event.Post.Author.CreatedAt = noon.AddDate(0, 0, -3)
		save(t, db, told)
		save(t, db, silent)
		page, _, err := listening.FindMentions(t.Context(), db, listening.Filter{})
		if err != nil || len(page) != 2 || !page[0].Author.OpenedAt.Equal(noon.AddDate(0, 0, -3)) {
			t.Errorf("got %+v, %v", page, err)
		}
	})
}

func TestSeries(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		save(t, db, say("1", "a", noon.Add(time.Minute), post.Negative, "m1"), say("2", "a", noon.Add(20*time.Minute), post.Positive, "m1"),
			say("3", "b", noon.Add(21*time.Minute), post.Positive, "m1", "m2"))
		points, err := listening.Series(t.Context(), db, "m1", noon, noon.Add(30*time.Minute), 15*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		want := []listening.Point{{Time: noon, Posts: 1, Negative: 1, Authors: 1, NegativeAuthors: 1, Reach: 10},
			{Time: noon.Add(15 * time.Minute), Posts: 2, Positive: 2, Authors: 1, Reach: 20}}
		if diff := cmp.Diff(want, points); diff != "" {
			t.Error(diff)
		}
		if index, ok := points[1].Index(); !ok || index != 10 {
			t.Errorf("index %v %v", index, ok)
		}
		all, err := listening.Series(t.Context(), db, "", noon, noon.Add(24*time.Hour), 24*time.Hour)
		if err != nil || len(all) != 2 || all[0].Posts != 4 {
			t.Errorf("%v %v", all, err)
		}
		if _, err := listening.Series(t.Context(), db, "m1", noon, noon.AddDate(1, 0, 0), time.Minute); err == nil {
			t.Error("half a million points")
		}
	})
}

func TestMonitors(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		live, err := listening.NewLive(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		var m listening.Monitor
		update(t, db, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			m, err = listening.CreateMonitor(ctx, tx, listening.Monitor{Name: "Acme", Kind: listening.Own, Query: "acme", Enabled: true}, noon)
			return err
		})
		p := heard("acme")
		matches := func() bool {
			t.Helper()
			if err := live.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			return len(live.Matcher().Match(&p)) == 1
		}
		if !matches() || live.Name(m.ID) != "Acme" {
			t.Error("the new monitor does not listen")
		}
		m.Enabled = false
		update(t, db, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			m, err = listening.UpdateMonitor(ctx, tx, m, noon) // in the same millisecond
			return err
		})
		if matches() {
			t.Error("a disabled monitor listens")
		}
		save(t, db, say("1", "a", noon, post.Negative, m.ID), say("2", "a", noon, post.Negative, m.ID, "m2"))
		update(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return listening.DeleteMonitor(ctx, tx, m.ID) })
		if page, _, err := listening.FindMentions(t.Context(), db, listening.Filter{}); err != nil || len(page) != 1 || page[0].MonitorID != "m2" {
			t.Errorf("%v %v", page, err)
		}
		audit(t, db)
		for name, bad := range map[string]listening.Monitor{"name": {Kind: "own", Query: "acme"}, "kind": {Name: "n", Kind: "x", Query: "acme"}, "query": {Name: "n", Kind: "own", Query: "NOT"}} {
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := listening.CreateMonitor(t.Context(), tx, bad, noon)
				return err
			})
			var invalid *listening.Invalid
			if !errors.As(err, &invalid) || invalid.Field != name {
				t.Errorf("%s: %v", name, err)
			}
		}
		seeds := []listening.Monitor{{Name: "A", Kind: "own", Query: "aa", Enabled: true}}
		for range 2 {
			if err := listening.SeedMonitors(t.Context(), db, seeds, noon); err != nil {
				t.Fatal(err)
			}
		}
		err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := listening.CreateMonitor(t.Context(), tx, seeds[0], noon)
			return err
		})
		if !errors.Is(err, sqldb.ErrConflict) {
			t.Errorf("a name twice: %v", err)
		}
	})
}

func TestPrune(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		save(t, db, say("1", "a", noon, post.Negative, "m1"), say("2", "b", noon.Add(48*time.Hour), post.Negative, "m1"), say("3", "c", noon, post.Negative, "m1"))
		kept := say("3", "c", noon, "").AuthorID
		update(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			pruned, err := listening.Prune(ctx, tx, listening.Pruning{Before: noon.Add(24 * time.Hour), Limit: 10, Kept: "authors.id = '" + kept + "'"})
			if len(pruned) != 2 {
				t.Errorf("pruned %v", pruned)
			}
			return err
		})
		if page, _, _ := listening.FindMentions(t.Context(), db, listening.Filter{}); len(page) != 1 {
			t.Errorf("%d mentions left", len(page))
		}
		if _, err := listening.AuthorByID(t.Context(), db, say("1", "a", noon, "").AuthorID); !errors.Is(err, listening.ErrNotFound) {
			t.Errorf("the author stays: %v", err)
		}
		if _, err := listening.AuthorByID(t.Context(), db, kept); err != nil {
			t.Errorf("the author that somebody keeps goes: %v", err)
		}
	})
}

package pipeline_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/pipeline"
	"github.com/groundswell/groundswell/post"
)

// told is a message of the topic of mentions, as far as the tests look at it.
type told struct {
	Key      string
	Type     string
	Reread   bool
	Mentions []struct {
		Polarity   string
		Intent     string
		IntentSure float64 `json:"intent_confidence"`
	}
	Event struct {
		Type string
		Post struct {
			Text   string
			Author struct{ Handle string }
		}
	}
}

// topic reads what stands in the topic of mentions.
func (r *rig) topic(t *testing.T) (all []told) {
	t.Helper()
	if err := r.log.Scan(t.Context(), r.log.Topics().Mentions, func(m stream.Message) error {
		one := told{Key: string(m.Key)}
		err := json.Unmarshal(m.Value, &one)
		all = append(all, one)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// What a person corrects after the pipeline told of it is told again, under the same key, and once
// only. What was deleted meanwhile is not.
func TestRetell(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := newRig(t, db)
		reteller := &pipeline.Reteller{DB: db, Log: r.log, Monitors: r.live,
			Lease: func(context.Context, string, time.Duration) (bool, error) { return true, nil }}
		first, second := said("1", "anna.example", "acme is terrible, I hate it"), said("2", "bob.example", "acme has many grills")
		if err := r.Handle(t.Context(), []post.Event{first, second}); err != nil {
			t.Fatal(err)
		}
		if err := reteller.Tell(t.Context()); err != nil {
			t.Fatal(err)
		}
		before := r.topic(t)
		for _, e := range []post.Event{first, second} {
			if err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, _, err := listening.Correct(t.Context(), tx, listening.Correction{PostID: e.Post.Key().Short(), MonitorID: r.monitor.ID, Polarity: post.Positive,
					Intent: post.IntentRecommendation, By: "u", At: noon})
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Handle(t.Context(), []post.Event{{Type: post.Delete, Post: post.Post{Network: "bluesky", ID: "2"}}}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := reteller.Tell(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		var news []told
		for _, m := range r.topic(t) {
			if m.Reread || m.Type == "delete" {
				news = append(news, m)
			}
		}
		if len(before) != 2 || len(news) != 2 {
			t.Fatalf("before %+v, then %+v", before, news)
		}
		if news[0].Type == "delete" {
			news[0], news[1] = news[1], news[0]
		}
		want := told{Key: first.Key().String(), Type: "mention", Reread: true}
		want.Mentions = append(want.Mentions, struct {
			Polarity   string
			Intent     string
			IntentSure float64 `json:"intent_confidence"`
		}{"positive", "recommendation", 1})
		want.Event.Type, want.Event.Post.Text, want.Event.Post.Author.Handle = "upsert", first.Post.Text, "anna.example"
		if diff := cmp.Diff(want, news[0]); diff != "" {
			t.Error(diff)
		}
		if news[1].Key != second.Key().String() {
			t.Errorf("the deletion has key %q, its post %q", news[1].Key, second.Key())
		}
	})
}

// Only one of several processes tells.
func TestRetellNeedsTheLease(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := newRig(t, db)
		if err := r.Handle(t.Context(), []post.Event{said("1", "a", "acme is terrible")}); err != nil {
			t.Fatal(err)
		}
		if err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, _, err := listening.Correct(t.Context(), tx, listening.Correction{PostID: post.Key{Network: "bluesky", ID: "1"}.Short(), MonitorID: r.monitor.ID,
				Polarity: post.Positive, By: "u", At: noon})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		reteller := &pipeline.Reteller{DB: db, Log: r.log, Monitors: r.live,
			Lease: func(context.Context, string, time.Duration) (bool, error) { return false, nil }}
		if err := reteller.Tell(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := r.topic(t); len(got) != 1 {
			t.Errorf("%+v", got)
		}
		if left, err := listening.ChangedMentions(t.Context(), db, 10); err != nil || len(left) != 1 {
			t.Errorf("%v, %v", left, err)
		}
	})
}

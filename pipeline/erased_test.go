package pipeline_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/internal/stream/streamtest"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/pipeline"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/privacy"
	"github.com/prometheus/client_golang/prometheus"
)

// What somebody who was erased says does not enter the log; that it was deleted does.
func TestErasedDoesNotEnter(t *testing.T) {
	log := streamtest.Open(t)
	anna := said("1", "anna.example", "acme is great")
	e := pipeline.NewEntrance(log, time.Now, prometheus.NewRegistry())
	e.Barred = func(id string) bool { return id == anna.Post.AuthorKey().Short() }
	gone := said("3", "anna.example", "")
	gone.Type = post.Delete
	if err := e.Write(t.Context(), []post.Event{anna, said("2", "bob.example", "acme is terrible"), gone}); err != nil {
		t.Fatal(err)
	}
	var got []string
	err := log.Scan(t.Context(), log.Topics().Posts, func(m stream.Message) error {
		got = append(got, string(m.Key))
		return nil
	})
	slices.Sort(got)
	if want := []string{"bluesky:2", "bluesky:3"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

// Nothing of an erased person is stored again, be it read from the log once more or new; what was
// counted stays counted.
func TestErasedStaysOut(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := newRig(t, db)
		batch := []post.Event{said("1", "anna.example", "acme is great"), said("2", "bob.example", "acme is terrible")}
		if err := r.Handle(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		counted := func() (n int) {
			if err := db.QueryRow(t.Context(), "SELECT sum(posts) FROM cells").Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := privacy.Request(t.Context(), tx, privacy.Order{Question: privacy.Question{Network: "bluesky", Handle: "anna.example"}},
				crm.Change{By: "user-1", At: noon, Access: crm.System()})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		now := func() time.Time { return noon }
		if n, err := privacy.Work(t.Context(), privacy.Places{DB: db, Clock: privacy.Clock{Now: now, Alive: now}}); n != 1 || err != nil {
			t.Fatalf("got %d, %v, want her erased", n, err)
		}
		edit := said("1", "anna.example", "acme was great")
		edit.Type, edit.Post.EditedAt = post.Edit, noon.Add(time.Minute)
		if err := r.Handle(t.Context(), append(batch, said("3", "anna.example", "acme again"), edit)); err != nil {
			t.Fatal(err)
		}
		mentions, _, err := listening.FindMentions(t.Context(), db, listening.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range mentions {
			got = append(got, m.Text)
		}
		if diff := cmp.Diff([]string{"acme is terrible"}, got); diff != "" {
			t.Errorf("mentions (-want +got):\n%s", diff)
		}
		if n := counted(); n != 2 {
			t.Errorf("the cells count %d posts, want both as before", n)
		}
	})
}

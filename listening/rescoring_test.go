package listening_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

// reread reads posts as a model that finds everything positive.
func reread(posts []listening.StoredPost, version string) (all []listening.Reread) {
	for _, p := range posts {
		for _, monitor := range p.Monitors {
			all = append(all, listening.Reread{PostID: p.PostID, MonitorID: monitor, EditedAt: p.EditedAt, Model: version,
				Reading: post.Reading{Language: "en", Polarity: post.Positive, Score: 0.7, Confidence: 0.8, Intent: post.IntentNone}})
		}
	}
	return all
}

func TestRescore(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var heard []*listening.Heard
		for n := range 25 {
			heard = append(heard, saying(fmt.Sprintf("Acme number %c is a grill", 'a'+n), fmt.Sprint(n), fmt.Sprint(n%4), noon.Add(time.Duration(n/3)*time.Minute), "m1", "m2", "m3"))
		}
		save(t, db, heard...)
		correct(t, db, listening.Correction{PostID: heard[7].PostID, MonitorID: "m1", Polarity: post.Negative, By: "u1", At: noon})
		model := listening.Model{Version: "v2"}
		r, ok, err := listening.BeginRescoring(t.Context(), db, model, noon)
		if err != nil || !ok || r.Total != 75 {
			t.Fatalf("%+v, %v, %v", r, ok, err)
		}
		steps := 0
		for {
			posts, err := r.Stale(t.Context(), db, model, 7)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.Advance(t.Context(), db, posts, reread(posts, "v2"), noon.Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			audit(t, db)
			if len(posts) == 0 {
				break
			}
			if steps++; steps == 3 { // killed: who comes next goes on where it stopped
				seen := r.Seen
				if r, ok, err = listening.BeginRescoring(t.Context(), db, model, noon.Add(time.Hour)); err != nil || !ok || r.Seen != seen || !r.StartedAt.Equal(noon) {
					t.Fatalf("%+v, %v, %v", r, ok, err)
				}
			}
		}
		if r.Seen != 75 || r.Changed != 74 || r.Done() != 1 || r.FinishedAt.IsZero() {
			t.Errorf("%+v", r)
		}
		for id, got := range readings(t, db, "m1") {
			want := "positive none by v2"
			if id == heard[7].PostID {
				want = "negative none by u1, own true, model positive"
			}
			if got != want {
				t.Errorf("%s: %s, want %s", id, got, want)
			}
		}
		if _, ok, err := listening.BeginRescoring(t.Context(), db, model, noon); err != nil || ok {
			t.Errorf("nothing is left to do: %v, %v", ok, err)
		}
		last, err := listening.LastRescoring(t.Context(), db)
		if err != nil || last.Model != "v2" || last.Changed != 74 {
			t.Errorf("%+v, %v", last, err)
		}
	})
}

// A text that is edited while a model reads the old one keeps the reading of the new one.
func TestRescoreLosesToEdit(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		save(t, db, say("1", "a", noon, post.Neutral, "m1"))
		model := listening.Model{Version: "v2", Deep: "d1"}
		r, _, err := listening.BeginRescoring(t.Context(), db, model, noon)
		if err != nil {
			t.Fatal(err)
		}
		posts, err := r.Stale(t.Context(), db, model, 10)
		if err != nil || len(posts) != 1 {
			t.Fatal(posts, err)
		}
		h := edited(say("1", "a", noon, post.Negative, "m1"), noon.Add(time.Minute))
		h.Mentions[0].Model = "v2"
		if err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return listening.Revise(t.Context(), tx, []*listening.Heard{h}) }); err != nil {
			t.Fatal(err)
		}
		changed, err := r.Advance(t.Context(), db, posts, reread(posts, "v2+d1"), noon)
		if err != nil || len(changed) != 0 {
			t.Errorf("%v, %v", changed, err)
		}
		if got := readings(t, db, "m1")[h.PostID]; !strings.HasPrefix(got, "negative") {
			t.Error(got)
		}
		if posts, err := r.Stale(t.Context(), db, model, 10); err != nil || len(posts) != 0 {
			t.Errorf("the fast model's reading is up to date: %v, %v", posts, err)
		}
		audit(t, db)
	})
}

package listening_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

// When a post is deleted or its author erased, what a person said of it goes with it. A copy that is
// read by it keeps being read so, and has the correction from then on.
func TestCorrectionGoesWithItsPost(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		first, copyOf := saying(copied, "1", "a", noon, "m1"), saying("RT @anna "+copied, "2", "b", noon.Add(time.Hour), "m1")
		other := saying("Acme makes the best grill there is, I love it", "3", "a", noon, "m1")
		save(t, db, first, copyOf, other)
		live, err := listening.NewLiveCorrections(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		correct(t, db, listening.Correction{PostID: first.PostID, MonitorID: "m1", Polarity: post.Negative, By: "u1", At: noon})
		correct(t, db, listening.Correction{PostID: other.PostID, MonitorID: "m1", Polarity: post.Positive, By: "u1", At: noon})
		stands := func(want ...string) {
			t.Helper()
			page, _, err := listening.FindCorrections(t.Context(), db, "", 10)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i := range page {
				got = append(got, page[i].PostID+" "+page[i].Text)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			audit(t, db)
		}
		update(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := listening.Forget(ctx, tx, []string{first.AuthorID}, noon)
			return err
		})
		stands(copyOf.PostID + " RT @anna " + copied)
		if got, want := readings(t, db, "m1")[copyOf.PostID], "negative none by u1, own true, model neutral"; got != want {
			t.Errorf("the copy: %s, want %s", got, want)
		}
		if err := live.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		late := saying(copied, "4", "d", noon.Add(2*time.Hour), "m1")
		if live.Apply(late); late.Mentions[0].Polarity != post.Negative {
			t.Errorf("a copy that comes later: %+v", late.Mentions[0])
		}
		update(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := listening.Remove(ctx, tx, []string{copyOf.PostID}, noon)
			return err
		})
		stands()
		if live.Refresh(t.Context()) != nil {
			t.Fatal(err)
		}
		last := saying(copied, "5", "d", noon.Add(3*time.Hour), "m1")
		if live.Apply(last); last.Mentions[0].Polarity != post.Neutral {
			t.Errorf("a copy when the correction is gone: %+v", last.Mentions[0])
		}
	})
}

// A post that no monitor hears any more since it was edited is removed all the same.
func TestRemoveUnheard(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := say("1", "a", noon, post.Neutral, "m1")
		save(t, db, h)
		update(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			return listening.Revise(ctx, tx, []*listening.Heard{edited(say("1", "a", noon, post.Neutral), noon.Add(time.Hour))})
		})
		var removed []string
		update(t, db, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			removed, err = listening.Remove(ctx, tx, []string{h.PostID, "never seen"}, noon)
			return err
		})
		var left int
		if err := db.QueryRow(t.Context(), "SELECT COUNT(*) FROM posts").Scan(&left); err != nil || left != 0 || len(removed) != 1 {
			t.Errorf("%d posts are left, removed %q, %v", left, removed, err)
		}
	})
}

// The intent's confidence is kept, of a corrected mention that of the model beneath.
func TestIntentConfidence(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := say("1", "a", noon, post.Negative, "m1")
		h.Mentions[0].Intent, h.Mentions[0].IntentConfidence = post.IntentComplaint, 0.75
		save(t, db, h)
		sure := func() (now, model float64) {
			t.Helper()
			views, err := listening.MentionsByPosts(t.Context(), db, []string{h.PostID})
			if err != nil || len(views) != 1 {
				t.Fatal(views, err)
			}
			if c := views[0].Correction; c != nil {
				model = c.ByModel.IntentConfidence
			}
			return views[0].Reading.IntentConfidence, model
		}
		if now, _ := sure(); now != 0.75 {
			t.Errorf("stored: %v", now)
		}
		c, _ := correct(t, db, listening.Correction{PostID: h.PostID, MonitorID: "m1", Intent: post.IntentPurchase, By: "u1", At: noon})
		if now, model := sure(); now != 1 || model != 0.75 || c.Confirms() {
			t.Errorf("corrected: %v, %v, %+v", now, model, c)
		}
		update(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			_, _, err := listening.Uncorrect(ctx, tx, c.ID)
			return err
		})
		if now, _ := sure(); now != 0.75 {
			t.Errorf("undone: %v", now)
		}
		c, _ = correct(t, db, listening.Correction{PostID: h.PostID, MonitorID: "m1", Polarity: post.Negative, Intent: post.IntentComplaint, By: "u1", At: noon})
		if now, _ := sure(); now != 1 || !c.Confirms() {
			t.Errorf("confirmed: %v, %+v", now, c)
		}
	})
}

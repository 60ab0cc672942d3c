package listening_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

func TestFingerprint(t *testing.T) {
	const text = "The new Acme grill is so hot you could melt a car on it, wow"
	for name, test := range map[string]struct {
		other string
		near  bool
	}{
		"OKSame":       {text, true},
		"OKLink":       {text + " https://t.co/abc?x=1", true},
		"OKAddress":    {"t.co/9 " + text, true},
		"OKShare":      {"RT @acme: " + text, true},
		"OKCase":       {strings.ToUpper(text) + "!!!", true},
		"OKNumber":     {text + " 42", true},
		"OKTag":        {strings.Replace(text, "Acme", "#Acme", 1), true},
		"ErrOpposite":  {"The new Acme grill is not hot, you could never melt a car on it", false},
		"ErrEmoji":     {text + " 🙄", false},
		"ErrOther":     {"My old kettle is slow and loud, but it boils water", false},
		"ErrNothing":   {"", false},
		"ErrTooShort":  {"so good", false},
		"ErrLinksOnly": {"https://a.example https://b.example @anna", false},
	} {
		t.Run(name, func(t *testing.T) {
			if near := listening.FingerprintOf(text).Near(listening.FingerprintOf(test.other)); near != test.near {
				t.Errorf("near: %v, want %v", near, test.near)
			}
		})
	}
	if listening.FingerprintOf("so good").Near(listening.FingerprintOf("so good")) {
		t.Error("two words tell nothing")
	}
	if listening.FingerprintOf("Grüße aus Köln, ihr Lieben") != listening.FingerprintOf("GRUESSE aus koeln ihr lieben") {
		t.Error("spellings differ")
	}
}

func FuzzFingerprint(f *testing.F) {
	f.Add("The new Acme grill is so hot 🔥🔥")
	f.Add("\xff\xfe\x00 #@._- https://")
	f.Fuzz(func(t *testing.T, text string) {
		if one := listening.FingerprintOf(text); one != listening.FingerprintOf(text) || one != 0 && !one.Near(one) {
			t.Error("a text is not near itself")
		}
	})
}

const copied = "Acme is the worst grill I ever owned, it fell apart"

// saying is say with a text.
func saying(text, id, author string, at time.Time, monitors ...string) *listening.Heard {
	h := say(id, author, at, post.Neutral, monitors...)
	h.Event.Post.Text = text
	return h
}

// readings are the mentions of a monitor as people see them: post id → polarity, and who says so.
func readings(t *testing.T, db *sqldb.DB, monitor string) map[string]string {
	t.Helper()
	page, _, err := listening.FindMentions(t.Context(), db, listening.Filter{Monitor: monitor, Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, m := range page {
		by := m.Model
		if m.Correction != nil {
			by = fmt.Sprintf("%s, own %v, model %s", m.Correction.By, m.Correction.Own, m.Correction.ByModel.Polarity)
		}
		all[m.PostID] = fmt.Sprintf("%s %s by %s", m.Reading.Polarity, m.Reading.Intent, by)
	}
	return all
}

func correct(t *testing.T, db *sqldb.DB, c listening.Correction) (saved listening.Correction, changed []string) {
	t.Helper()
	update(t, db, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		saved, changed, err = listening.Correct(ctx, tx, c)
		return err
	})
	return saved, changed
}

func TestCorrect(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		first := saying(copied, "1", "a", noon, "m1", "m2")
		second := saying("RT @anna "+copied+" https://t.co/x", "2", "b", noon.Add(time.Hour), "m1")
		third := saying("Acme makes the best grill there is, I love it", "3", "c", noon, "m1")
		old := saying(copied, "4", "d", noon.Add(-60*24*time.Hour), "m1")
		save(t, db, first, second, third, old)
		live, err := listening.NewLiveCorrections(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		c, changed := correct(t, db, listening.Correction{PostID: first.PostID, MonitorID: "m1", Polarity: post.Negative, By: "u1", At: noon})
		if !slices.Contains(changed, first.PostID) || !slices.Contains(changed, second.PostID) || len(changed) != 2 {
			t.Errorf("changed: %v", changed)
		}
		want := map[string]string{
			first.PostID: "negative none by u1, own true, model neutral", second.PostID: "negative none by u1, own false, model neutral",
			third.PostID: "neutral none by ", old.PostID: "neutral none by ",
		}
		if diff := cmp.Diff(want, readings(t, db, "m1")); diff != "" {
			t.Error(diff)
		}
		if got := readings(t, db, "m2")[first.PostID]; got != "neutral none by " {
			t.Errorf("another monitor's mention: %s", got)
		}
		audit(t, db)

		// Those that come later are corrected as they come.
		if err := live.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		late := saying(copied+"!!!", "5", "e", noon.Add(2*time.Hour), "m1", "m2")
		live.Apply(late)
		save(t, db, late)
		want[late.PostID] = "negative none by u1, own false, model neutral"
		if diff := cmp.Diff(want, readings(t, db, "m1")); diff != "" {
			t.Error(diff)
		}
		audit(t, db)

		// An edit does not take a person's word away from the post itself; a copy that says something
		// else now is none any more.
		update(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			edits := []*listening.Heard{saying("Acme, what a grill", "1", "a", noon, "m1", "m2"), saying("Acme, what a grill", "2", "b", noon.Add(time.Hour), "m1")}
			for _, h := range edits {
				h.Event.Type, h.Event.Post.EditedAt = post.Edit, noon.Add(3*time.Hour)
				live.Apply(h)
			}
			return listening.Revise(ctx, tx, edits)
		})
		want[second.PostID] = "neutral none by "
		if diff := cmp.Diff(want, readings(t, db, "m1")); diff != "" {
			t.Error(diff)
		}
		audit(t, db)

		update(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			_, _, err := listening.Uncorrect(ctx, tx, c.ID)
			return err
		})
		for id, got := range readings(t, db, "m1") {
			if got != "neutral none by " {
				t.Errorf("%s after the undoing: %s", id, got)
			}
		}
		audit(t, db)
	})
}

// The newest correction decides over a near-duplicate, its own over itself; when one is undone the
// other stands again.
func TestCorrectionsCompete(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		one, two, three := saying(copied, "1", "a", noon, "m1"), saying(copied, "2", "b", noon, "m1"), saying(copied, "3", "c", noon, "m1")
		save(t, db, one, two, three)
		correct(t, db, listening.Correction{PostID: one.PostID, MonitorID: "m1", Polarity: post.Negative, Intent: post.IntentComplaint, By: "u1", At: noon})
		later, _ := correct(t, db, listening.Correction{PostID: two.PostID, MonitorID: "m1", Polarity: post.Positive, By: "u2", At: noon.Add(time.Second)})
		if later.PolarityBefore != post.Negative || later.IntentBefore != post.IntentComplaint {
			t.Errorf("before: %+v", later)
		}
		want := map[string]string{one.PostID: "negative complaint by u1, own true, model neutral", two.PostID: "positive none by u2, own true, model neutral",
			three.PostID: "positive none by u2, own false, model neutral"}
		if diff := cmp.Diff(want, readings(t, db, "m1")); diff != "" {
			t.Error(diff)
		}
		// Corrected anew, by itself.
		again, _ := correct(t, db, listening.Correction{PostID: two.PostID, MonitorID: "m1", Polarity: post.Neutral, By: "u2", At: noon.Add(2 * time.Second)})
		update(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			_, _, err := listening.Uncorrect(ctx, tx, again.ID)
			return err
		})
		for _, id := range []string{two.PostID, three.PostID} {
			want[id] = "negative complaint by u1, own false, model neutral"
		}
		if diff := cmp.Diff(want, readings(t, db, "m1")); diff != "" {
			t.Error(diff)
		}
		audit(t, db)
		page, next, err := listening.FindCorrections(t.Context(), db, "", 10)
		if err != nil || next != "" || len(page) != 1 || page[0].Text != copied || page[0].Near != 2 || page[0].PolarityBefore != post.Neutral {
			t.Errorf("%+v, %v", page, err)
		}
	})
}

// A copy that a pipeline read before it knew of the correction, and stored after, is found later.
func TestCorrectionSettles(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		first := saying(copied, "1", "a", noon, "m1")
		save(t, db, first)
		live, err := listening.NewLiveCorrections(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		correct(t, db, listening.Correction{PostID: first.PostID, MonitorID: "m1", Polarity: post.Negative, By: "u1", At: noon})
		overtaken := saying(copied, "2", "b", noon, "m1")
		save(t, db, overtaken)
		for at, want := range []string{"neutral", "negative"} {
			if err := live.Follow(t.Context(), noon.Add(time.Duration(at)*time.Minute)); err != nil {
				t.Fatal(err)
			}
			if got := readings(t, db, "m1")[overtaken.PostID]; !strings.HasPrefix(got, want) {
				t.Errorf("after %d minutes: %s, want %s", at, got, want)
			}
		}
		if left, err := listening.Unsettled(t.Context(), db, noon.Add(time.Hour)); err != nil || len(left) != 0 {
			t.Errorf("unsettled: %v %v", left, err)
		}
		audit(t, db)
	})
}

func TestCorrectionIsRefused(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		save(t, db, say("1", "a", noon, post.Neutral, "m1"))
		id := say("1", "a", noon, post.Neutral).PostID
		for name, test := range map[string]struct {
			correction listening.Correction
			field      string
		}{
			"ErrNothing":  {listening.Correction{PostID: id, MonitorID: "m1"}, "polarity"},
			"ErrPolarity": {listening.Correction{PostID: id, MonitorID: "m1", Polarity: "unknown"}, "polarity"},
			"ErrIntent":   {listening.Correction{PostID: id, MonitorID: "m1", Intent: "joy"}, "intent"},
			"ErrPost":     {listening.Correction{PostID: "nowhere", MonitorID: "m1", Polarity: post.Positive}, ""},
			"ErrMonitor":  {listening.Correction{PostID: id, MonitorID: "m2", Polarity: post.Positive}, ""},
		} {
			t.Run(name, func(t *testing.T) {
				err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
					_, _, err := listening.Correct(t.Context(), tx, test.correction)
					return err
				})
				var invalid *listening.Invalid
				if test.field == "" && !errors.Is(err, listening.ErrNotFound) || test.field != "" && (!errors.As(err, &invalid) || invalid.Field != test.field) {
					t.Error(err)
				}
			})
		}
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error { _, _, err := listening.Uncorrect(t.Context(), tx, "no such"); return err })
		if !errors.Is(err, listening.ErrNotFound) {
			t.Error(err)
		}
	})
}

// Whatever is saved, edited, removed, corrected, undone and read anew, in whatever order: the cells
// count the mentions, and what a person corrected stays.
func TestCellsCountCorrections(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := rand.New(rand.NewPCG(5, 6))
		polarities := []post.Polarity{post.Negative, post.Neutral, post.Positive}
		texts := []string{copied, "Acme makes the best grill there is, I love it", "where can I buy a grill of Acme?"}
		live, err := listening.NewLiveCorrections(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		var corrections []string
		own := map[string]post.Polarity{}
		for round := range 80 {
			n := r.IntN(40)
			h := saying(texts[n%3], fmt.Sprint(n), fmt.Sprint(n%7), noon.Add(time.Duration(n)*5*time.Minute), "m1", "m2")
			switch at := noon.Add(time.Duration(round) * time.Second); r.IntN(6) {
			case 0, 1:
				live.Apply(h)
				save(t, db, h)
			case 2:
				h = edited(h, at)
				live.Apply(h)
				update(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return listening.Revise(ctx, tx, []*listening.Heard{h}) })
			case 3:
				err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
					c, _, err := listening.Correct(t.Context(), tx, listening.Correction{PostID: h.PostID, MonitorID: "m1", Polarity: polarities[r.IntN(3)], By: "u", At: at})
					if err == nil {
						corrections = append(corrections, c.ID)
						own[h.PostID] = c.Polarity
					}
					return err
				})
				if err != nil && !errors.Is(err, listening.ErrNotFound) {
					t.Fatal(err)
				}
			case 4:
				if len(corrections) > 0 {
					id := corrections[r.IntN(len(corrections))]
					err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
						c, _, err := listening.Uncorrect(t.Context(), tx, id)
						delete(own, c.PostID)
						return err
					})
					if err != nil && !errors.Is(err, listening.ErrNotFound) {
						t.Fatal(err)
					}
				}
			case 5:
				update(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := listening.SaveRereads(ctx, tx, []listening.Reread{{PostID: h.PostID, MonitorID: "m1", Model: "v2",
						Reading: post.Reading{Language: "en", Polarity: polarities[r.IntN(3)], Intent: post.IntentNone}}})
					return err
				})
			}
			if err := live.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			for id, polarity := range own {
				if got := readings(t, db, "m1")[id]; got != "" && !strings.HasPrefix(got, string(polarity)) {
					t.Fatalf("round %d: %s is %s, a person said %s", round, id, got, polarity)
				}
			}
		}
		audit(t, db)
		update(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			var all []string
			for n := range 40 {
				all = append(all, say(fmt.Sprint(n), "", noon, "").PostID)
			}
			_, err := listening.Remove(ctx, tx, all, noon)
			return err
		})
		var left int
		if err := db.QueryRow(t.Context(), "SELECT COUNT(*) FROM corrected_mentions").Scan(&left); err != nil || left != 0 {
			t.Errorf("%d corrected mentions of removed posts, %v", left, err)
		}
		audit(t, db)
	})
}

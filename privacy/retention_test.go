package privacy_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/internal/stream/streamtest"
	"github.com/groundswell/groundswell/privacy"
)

func exec(t *testing.T, db *sqldb.DB, statements ...string) {
	t.Helper()
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(t.Context(), s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func setRules(t *testing.T, db *sqldb.DB, rules map[string]int64) {
	t.Helper()
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		for kind, days := range rules {
			if err := privacy.SetRule(t.Context(), tx, privacy.Rule{Type: kind, Days: days}, by("user-1")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func begin(t *testing.T, db *sqldb.DB, applies bool) (r privacy.Run) {
	t.Helper()
	err := db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
		r, err = privacy.Begin(t.Context(), tx, privacy.NewRun{Applies: applies}, by("user-1"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func retention(db *sqldb.DB, alive time.Time) *privacy.Retention {
	return &privacy.Retention{DB: db, Clock: privacy.Clock{Now: func() time.Time { return noon }, Alive: func() time.Time { return alive }}}
}

var everyRule = map[string]int64{"mentions": 30, "touches": 30, "authors": 30, "disqualified_leads": 30, "audit_values": 30, "delivery_texts": 30, "sign_ins": 30, "notices": 30}

// What is too old goes, type by type, and only that; a dry run counts it and changes nothing, and a
// round that was killed goes on where it stopped. What was counted stays.
func TestRetention(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		seed(t, db) // everything is of 1970
		exec(t, db, "DELETE FROM retention_rules", "DELETE FROM retention_runs", "UPDATE links SET decision = 'rejected' WHERE author_id = 'author-o'",
			"UPDATE leads SET state = 'disqualified' WHERE id = 'leads-p'", "DELETE FROM posts WHERE id = 'posts-o'",
			"UPDATE notices SET at = 1900000000000 WHERE id = 'notices-o'")
		setRules(t, db, everyRule)
		before := dump(t, db)
		dry := begin(t, db, false)
		if err := retention(db, noon).Do(t.Context(), &dry); err != nil {
			t.Fatal(err)
		}
		want := map[string]int64{"mentions": 1, "touches": 2, "authors": 1, "disqualified_leads": 1, "audit_values": 2, "delivery_texts": 2, "sign_ins": 2, "notices": 1}
		expected := maps.Clone(dry.Expected)
		expected["audit_values"] = 2 // besides those of this test
		if diff := cmp.Diff(want, expected); diff != "" || !dry.Done {
			t.Errorf("too old (-want +got):\n%s", diff)
		}
		after := dump(t, db)
		for _, table := range []string{"retention_runs"} {
			delete(before, table)
			delete(after, table)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("a dry run changed something (-before +after):\n%s", diff)
		}

		run := begin(t, db, true)
		killed, kill := context.WithCancel(t.Context())
		steps := 0
		r := retention(db, noon)
		r.Alive = func() time.Time {
			if steps++; steps == 8 {
				kill()
			}
			return noon
		}
		if err := r.Work(killed); !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v, want the round interrupted", err)
		}
		removed := make(map[string]int64)
		r = retention(db, noon.Add(2*time.Minute))
		r.Removed = func(kind string, n int64) { removed[kind] += n }
		if err := r.Work(t.Context()); err != nil {
			t.Fatal(err)
		}
		run, err := privacy.RunByID(t.Context(), db, run.ID)
		if err != nil || !run.Done || run.Progress() != 1 || run.Removed["mentions"] != 1 || run.Removed["disqualified_leads"] != 1 {
			t.Errorf("got %+v, %v", run, err)
		}
		if _, again := removed["mentions"]; again {
			t.Errorf("after the kill %v went: the posts had gone before", removed)
		}
		left := begin(t, db, false)
		if err := retention(db, noon).Do(t.Context(), &left); err != nil {
			t.Fatal(err)
		}
		for kind, n := range left.Expected {
			if n != 0 {
				t.Errorf("%d %s are left", n, kind)
			}
		}
		now := dump(t, db)
		for _, table := range []string{"cells", "contacts", "accounts", "opportunities", "links"} {
			if table != "links" && now[table] != before[table] {
				t.Errorf("%s changed (-before +after):\n%s", table, cmp.Diff(before[table], now[table]))
			}
		}
		var leads int
		if err := db.QueryRow(t.Context(), "SELECT count(*) FROM leads").Scan(&leads); err != nil || leads != 2 {
			t.Errorf("%d leads, %v: want both, which are counted", leads, err)
		}
	})
}

// Of the authors those go who are linked to nobody, with all that is theirs.
func TestRetentionOfAuthors(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		seed(t, db)
		exec(t, db, "DELETE FROM retention_rules", "DELETE FROM retention_runs", "UPDATE links SET decision = 'rejected' WHERE author_id = 'author-o'")
		setRules(t, db, map[string]int64{"authors": 30})
		cells := dump(t, db)["cells"]
		run := begin(t, db, true)
		if err := retention(db, noon).Do(t.Context(), &run); err != nil || run.Removed["authors"] != 1 {
			t.Fatalf("got %v, %v, want Otto gone", run.Removed, err)
		}
		now := dump(t, db)
		for _, table := range []string{"authors", "posts", "mentions", "links"} {
			if strings.Contains(now[table], "author-o") || !strings.Contains(now[table], author) {
				t.Errorf("%s holds\n%swant Greta's alone, who is linked", table, now[table])
			}
		}
		if now["cells"] != cells {
			t.Error("what was counted has changed")
		}
	})
}

// A link keeps its author, though nothing that they posted is kept any more.
func TestLinkedAuthorsOutlastTheirPosts(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		seed(t, db)
		exec(t, db, "UPDATE links SET decision = 'rejected' WHERE author_id = 'author-o'", "UPDATE leads SET state = 'disqualified'")
		update := func(tx *sqldb.Tx) error { _, err := privacy.EndPosts(t.Context(), tx, noon, 100); return err }
		if err := db.Update(t.Context(), update); err != nil {
			t.Fatal(err)
		}
		now := dump(t, db)
		if now["posts"] != "" || strings.Contains(now["authors"], "author-o") || !strings.Contains(now["authors"], author) {
			t.Errorf("posts:\n%s\nauthors:\n%s\nwant no post, and Greta alone, who is linked", now["posts"], now["authors"])
		}
	})
}

// A round is made each day once a rule is set, and none before.
func TestDailyRound(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		count := func() int {
			runs, err := privacy.Runs(t.Context(), db)
			if err != nil {
				t.Fatal(err)
			}
			return len(runs)
		}
		r := retention(db, noon)
		for _, step := range []struct {
			rule bool
			now  time.Time
			want int
		}{{false, noon, 0}, {true, noon, 1}, {false, noon.Add(time.Hour), 1}, {false, noon.Add(25 * time.Hour), 2}} {
			if step.rule {
				setRules(t, db, map[string]int64{"notices": 1})
			}
			r.Now = func() time.Time { return step.now }
			if err := r.Work(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := count(); n != step.want {
				t.Errorf("at %s there are %d rounds, want %d", step.now, n, step.want)
			}
		}
	})
}

func TestDeadLettersAreKept(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		log := streamtest.Open(t)
		if err := log.Write(t.Context(), log.Topics().Dead, []stream.Message{{Key: []byte("s:1"), Value: []byte("no JSON")}}); err != nil {
			t.Fatal(err)
		}
		setRules(t, db, map[string]int64{privacy.KeptDeadLetters: 1})
		r := &privacy.Retention{DB: db, Dead: log, Clock: privacy.Clock{Now: time.Now, Alive: time.Now}}
		var run privacy.Run
		ch := by("user-1")
		ch.At = time.Now().Add(48 * time.Hour)
		err := db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
			run, err = privacy.Begin(t.Context(), tx, privacy.NewRun{Applies: true}, ch)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Do(t.Context(), &run); err != nil || run.Removed[privacy.KeptDeadLetters] != 1 {
			t.Errorf("got %v, %v, want the topic told, and one letter that is too old", run.Removed, err)
		}
	})
}

func TestRuleErrors(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		for kind, days := range map[string]int64{"dreams": 1, "notices": -1, "touches": 40_000, privacy.KeptDeadLetters: 0} {
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				return privacy.SetRule(t.Context(), tx, privacy.Rule{Type: kind, Days: days}, by("user-1"))
			})
			if !errors.Is(err, privacy.ErrRule) {
				t.Errorf("%s, %d days: got %v, want it refused", kind, days, err)
			}
		}
	})
}

// A round that somebody asked for ends with them, and keeps what went.
func TestRetentionEndsWithItsRequester(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		seed(t, db)
		exec(t, db, "DELETE FROM retention_rules", "DELETE FROM retention_runs", "DELETE FROM users WHERE id = 'user-1'",
			"INSERT INTO users (id, name, password_hash, created_at, disabled) VALUES ('user-1', 'maria', '', 0, false)")
		setRules(t, db, everyRule)
		run := begin(t, db, true)
		r := retention(db, noon)
		r.Removed = func(string, int64) { exec(t, db, "UPDATE users SET disabled = true WHERE id = 'user-1'") }
		if err := r.Do(t.Context(), &run); err != nil {
			t.Fatal(err)
		}
		got, err := privacy.RunByID(t.Context(), db, run.ID)
		if err != nil || !got.Done || !strings.Contains(got.Problem, "maria was disabled") || len(got.Removed) != 1 {
			t.Errorf("got %+v, %v: want it to end after the first type", got, err)
		}
	})
}

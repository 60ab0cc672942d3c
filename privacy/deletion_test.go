package privacy_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/internal/stream/streamtest"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/privacy"
)

// What was deleted on its network goes from the topics, posts of authors who left with it; that it was
// deleted stays, and so does what others said.
func TestDeletionsGoFromTheLog(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		t.Parallel() // on a cluster most of it is waiting
		log := streamtest.Open(t)
		her, him := post.Author{ID: "did:plc:greta", Handle: "greta.example"}, post.Author{ID: "did:plc:otto", Handle: "otto.example"}
		event := func(kind post.EventType, id string, by post.Author, text string) post.Event {
			return post.Event{Type: kind, Source: "test", ReceivedAt: noon, Post: post.Post{Network: "bluesky", ID: id, Kind: post.KindPost, Author: by, Text: text, PostedAt: noon}}
		}
		write := func(topic string, e post.Event, format string) {
			t.Helper()
			value := fmt.Sprintf(format, e.AppendJSON(nil))
			if err := log.Write(t.Context(), topic, []stream.Message{{Key: []byte(e.Key().String()), Value: []byte(value)}}); err != nil {
				t.Fatal(err)
			}
		}
		const mention = `{"v":1,"type":"mention","id":"x","mentions":[],"event":%s}`
		regretted, left, stays := event(post.Upsert, "at://1", him, "a rash word"), event(post.Upsert, "at://2", her, "my last word"), event(post.Upsert, "at://3", him, "well considered")
		for _, e := range []post.Event{regretted, left, stays} {
			write(log.Topics().Posts, e, "%s")
			write(log.Topics().Mentions, e, mention)
		}
		gone := post.Event{Type: post.Delete, Source: "test", ReceivedAt: noon, Post: post.Post{Network: "bluesky", ID: "at://1"}}
		write(log.Topics().Posts, gone, "%s")
		if err := log.Write(t.Context(), log.Topics().Mentions, []stream.Message{{Key: []byte(gone.Key().String()), Value: []byte(`{"v":1,"type":"delete","id":"y"}`)}}); err != nil {
			t.Fatal(err)
		}
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			if _, err := listening.Remove(t.Context(), tx, []string{regretted.Post.Key().Short()}, noon); err != nil {
				return err
			}
			_, err := listening.Forget(t.Context(), tx, []string{left.Post.AuthorKey().Short()}, noon)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		now, removed, waiting := noon.Add(30*time.Second), map[string]int64{}, time.Duration(0)
		clock := func() time.Time { return now }
		d := &privacy.Deletions{DB: db, Log: log, Clock: privacy.Clock{Now: clock, Alive: clock}, Every: 5 * time.Minute,
			Lease:   func(context.Context, string, time.Duration) (bool, error) { return true, nil },
			Removed: func(topic string, n, _ int64) { removed[topic] += n }, Waiting: func(d time.Duration) { waiting = d }}
		work := func(want map[string]int64) {
			t.Helper()
			if err := d.Work(t.Context()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, removed); diff != "" {
				t.Errorf("removed (-want +got):\n%s", diff)
			}
		}
		work(map[string]int64{}) // the pipeline may still be telling of it
		now = noon.Add(2 * time.Minute)
		work(map[string]int64{"posts": 2, "mentions": 2})
		if waiting != 2*time.Minute {
			t.Errorf("the oldest waited %s", waiting)
		}
		var all strings.Builder
		for _, topic := range []string{log.Topics().Posts, log.Topics().Mentions} {
			if err := log.Scan(t.Context(), topic, func(m stream.Message) error { all.Write(m.Value); all.WriteByte('\n'); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		for text, want := range map[string]int{"a rash word": 0, "my last word": 0, "well considered": 2, `"type":"delete"`: 2} {
			if n := strings.Count(all.String(), text); n != want {
				t.Errorf("the log says %q %d times, want %d:\n%s", text, n, want, all.String())
			}
		}
		now = now.Add(time.Minute)
		work(map[string]int64{"posts": 2, "mentions": 2}) // no round is due
		now = now.Add(time.Hour)
		work(map[string]int64{"posts": 2, "mentions": 2}) // and nothing is left to do
		if waiting != 0 {
			t.Errorf("something still waits, for %s", waiting)
		}
	})
}

// A process that does not hold the lease leaves it to the other; one that cannot reach the log tries again.
func TestDeletionsWait(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := listening.Remove(t.Context(), tx, []string{"x"}, noon)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		held := false
		clock := func() time.Time { return noon.Add(time.Hour) }
		d := &privacy.Deletions{DB: db, Log: deadLog{}, Clock: privacy.Clock{Now: clock, Alive: clock}, Every: time.Minute, Removed: func(string, int64, int64) {},
			Waiting: func(time.Duration) {}, Lease: func(context.Context, string, time.Duration) (bool, error) { return held, nil }}
		if err := d.Work(t.Context()); err != nil {
			t.Errorf("without the lease: %v", err)
		}
		held = true
		for range 2 {
			if err := d.Work(t.Context()); err == nil {
				t.Error("a log out of reach is no error")
			}
		}
		err = db.View(t.Context(), func(q sqldb.Querier) error {
			b, err := listening.BuriedInLog(t.Context(), q, clock(), 10)
			if b.Len() != 1 {
				t.Errorf("%d wait, want the one", b.Len())
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

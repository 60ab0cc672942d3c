package privacy_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/internal/stream/streamtest"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/privacy"
)

// An erased person is in no topic: what they posted is gone, matched or not, their name is gone from
// what others posted, and a dead letter that names them is gone. What others posted stays.
func TestEraseLog(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		seed(t, db)
		log := streamtest.Open(t)
		write := func(topic string, values ...string) {
			t.Helper()
			for i, v := range values {
				if err := log.Write(t.Context(), topic, []stream.Message{{Key: fmt.Appendf(nil, "test:%s:%d", topic, i), Value: []byte(v)}}); err != nil {
					t.Fatal(err)
				}
			}
		}
		event := func(id string, by post.Author, text string) string {
			e := post.Event{Type: post.Upsert, Source: "test", ReceivedAt: noon, Post: post.Post{Network: "bluesky", ID: id, Kind: post.KindPost, Author: by, Text: text, Language: "en", PostedAt: noon}}
			return string(e.AppendJSON(nil))
		}
		her, him := post.Author{ID: native, Handle: handle, Name: name}, post.Author{ID: "did:plc:otto", Handle: "otto.example", Name: "Otto Other"}
		posts := []string{event("1", her, "acme is great"), event("2", him, "hello @"+handle+", says Otto"), event("3", him, "acme is fine")}
		write(log.Topics().Posts, posts...)
		write(log.Topics().Mentions, `{"v":1,"type":"mention","id":"x","mentions":[],"event":`+posts[0]+`}`, `{"v":1,"type":"mention","id":"y","mentions":[],"event":`+posts[1]+`}`)
		write(log.Topics().Dead, "no JSON, of "+strings.ToUpper(email), "no JSON of anybody")

		e := request(t, db, privacy.Order{Question: privacy.Question{Email: email}})
		places := at(db, noon)
		places.Log = log
		if n, err := privacy.Work(t.Context(), places); n != 1 || err != nil {
			t.Fatalf("got %d, %v, want it done", n, err)
		}
		var left []string
		for _, topic := range []string{log.Topics().Posts, log.Topics().Mentions, log.Topics().Dead} {
			err := log.Scan(t.Context(), topic, func(m stream.Message) error {
				if len(m.Value) > 0 {
					left = append(left, string(m.Value))
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		all := strings.Join(left, "\n")
		for _, trace := range traces {
			if strings.Contains(strings.ToLower(all), trace) {
				t.Errorf("the log still says %q:\n%s", trace, all)
			}
		}
		if len(left) != 4 || !strings.Contains(all, "hello [erased], says Otto") || !strings.Contains(all, "acme is fine") || !strings.Contains(all, "no JSON of anybody") {
			t.Errorf("the log says\n%s\nwant what others said, without her name", all)
		}
		e, err := privacy.ErasureByID(t.Context(), db, e.ID)
		if err != nil || e.Removed["log.posts"] != 2 || e.Removed["log.mentions"] != 2 || e.Removed["log.dead"] != 1 {
			t.Errorf("got %v, %v", e.Removed, err)
		}
	})
}

// A log that does not answer keeps an erasure from being called done.
func TestEraseWithoutLog(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		seed(t, db)
		e := request(t, db, privacy.Order{Question: privacy.Question{Email: email}})
		places := at(db, noon)
		places.Log = deadLog{}
		if n, err := privacy.Work(t.Context(), places); n != 0 || err == nil {
			t.Errorf("got %d, %v, want the log's error", n, err)
		}
		if e, err := privacy.ErasureByID(t.Context(), db, e.ID); err != nil || e.State != privacy.Approved || e.Problem == "" {
			t.Errorf("got %+v, %v, want it tried again", e, err)
		}
		if n, err := privacy.Work(t.Context(), at(db, noon.Add(2*time.Minute))); n != 1 || err != nil {
			t.Errorf("got %d, %v, want it done", n, err)
		}
	})
}

type deadLog struct{}

func (deadLog) Topics() stream.Topics { return stream.Topics{Posts: "posts"} }

func (deadLog) Scour(context.Context, string, stream.Judge) (stream.Scoured, error) {
	return stream.Scoured{}, fmt.Errorf("out of reach")
}

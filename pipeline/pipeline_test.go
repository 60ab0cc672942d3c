package pipeline_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/internal/stream/streamtest"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/matcher"
	"github.com/groundswell/groundswell/pipeline"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/sentiment"
	"github.com/prometheus/client_golang/prometheus"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// rig is a pipeline with everything it needs.
type rig struct {
	*pipeline.Pipeline
	db      *sqldb.DB
	log     *stream.Log
	index   *matcher.Index
	live    *listening.Live
	feed    *feed
	metrics *prometheus.Registry
	monitor listening.Monitor
	contact crm.Contact
}

// feed keeps what is told to the browsers.
type feed struct {
	mu   sync.Mutex
	news []pipeline.News
	err  error
}

func (f *feed) Publish(_ context.Context, channel string, payload []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var n pipeline.News
	if err := json.Unmarshal(payload, &n); err != nil || channel != pipeline.FeedChannel {
		return fmt.Errorf("%s: %s: %w", channel, payload, err)
	}
	f.news = append(f.news, n)
	return f.err
}

func newRig(t *testing.T, db *sqldb.DB) *rig {
	r := &rig{db: db, log: streamtest.Open(t), feed: &feed{}, metrics: prometheus.NewRegistry()}
	err := db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
		if r.monitor, err = listening.CreateMonitor(t.Context(), tx, listening.Monitor{Name: "Acme", Kind: listening.Own, Query: "acme", Enabled: true}, noon); err != nil {
			return err
		}
		if r.contact, err = crm.CreateContact(t.Context(), tx, crm.Contact{FirstName: "Anna", LastName: "Vogt"}, crm.Change{By: "user-1", At: noon, Access: crm.System()}); err != nil {
			return err
		}
		_, err = crm.AddProfile(t.Context(), tx, r.contact.ID, "https://bsky.app/profile/anna.example", crm.Change{By: "user-1", At: noon, Access: crm.System()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if r.live, err = listening.NewLive(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	scorer, err := sentiment.New()
	if err != nil {
		t.Fatal(err)
	}
	corrections, err := listening.NewLiveCorrections(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	r.index = matcher.NewIndex([]matcher.Contact{{ID: r.contact.ID, FirstName: "Anna", LastName: "Vogt", Profiles: []matcher.Profile{{Network: "bluesky", Handle: "anna.example"}}}})
	r.Pipeline = pipeline.New(pipeline.Options{DB: db, Log: r.log, Feed: r.feed, Monitors: r.live, Corrections: corrections,
		Reader: pipeline.Reader{Scorer: scorer, Model: listening.Model{Version: scorer.Version()}, Monitors: r.live}, Contacts: r.index,
		Group: "group." + r.log.Topics().Posts, Worker: "1", Parts: 4, Batch: 100, Now: func() time.Time { return noon },
		Metrics: pipeline.NewMetrics(r.metrics), Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	return r
}

func said(id, handle, text string) post.Event {
	n, _ := strconv.Atoi(id)
	return post.Event{Type: post.Upsert, Source: "test", Post: post.Post{Network: "bluesky", ID: id, Kind: post.KindPost,
		Author: post.Author{ID: "did:" + handle, Handle: handle, Name: handle}, Text: text, Language: "en", PostedAt: noon.Add(time.Duration(n) * time.Second)}}
}

// state is what the database holds, in words.
func (r *rig) state(t *testing.T) []string {
	t.Helper()
	var state []string
	mentions, _, err := listening.FindMentions(t.Context(), r.db, listening.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mentions {
		state = append(state, fmt.Sprintf("mention %s %s %s by %s", m.Text, m.Reading.Polarity, m.Reading.Intent, m.Author.Handle))
	}
	touches, _, err := crm.Timeline(t.Context(), r.db, r.contact.ID, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	leads, _, err := crm.FindLeads(t.Context(), r.db, crm.System(), crm.LeadFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range leads {
		state = append(state, "lead "+l.Name)
	}
	found, err := listening.Audit(t.Context(), r.db, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range found {
		t.Error(d)
	}
	return append(state, fmt.Sprintf("touches %d", len(touches)))
}

func TestHandleTwice(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := newRig(t, db)
		batch := []post.Event{
			said("1", "anna.example", "I love the new acme drill and want to buy it, where can I order?"),
			said("2", "bob.example", "acme is terrible, I hate it"),
			said("3", "bob.example", "nothing to see"),
			{Type: post.Delete, Post: post.Post{Network: "bluesky", ID: "4"}},
			said("4", "cleo.example", "acme deleted"),
			{Type: post.AuthorGone, Post: post.Post{Network: "bluesky", Author: post.Author{ID: "did:dora.example"}}},
			said("5", "dora.example", "acme from somebody who left"),
		}
		for range 2 {
			if err := r.Handle(t.Context(), batch); err != nil {
				t.Fatal(err)
			}
			want := []string{
				"mention acme is terrible, I hate it negative none by bob.example",
				"mention I love the new acme drill and want to buy it, where can I order? positive purchase by anna.example",
				"lead Anna Vogt", "touches 1",
			}
			got := r.state(t)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		}
		if n := r.counter(t, "groundswell_touches_total"); n != 1 {
			t.Errorf("%v touches", n)
		}
		if len(r.feed.news) == 0 {
			t.Error("nothing told")
		}
		links, err := crm.LinksOfContact(t.Context(), db, r.contact.ID)
		if err != nil || len(links) != 1 || links[0].Decision != crm.Confirmed {
			t.Errorf("links %v %v", links, err)
		}
	})
}

// counter is the value of a counter without labels.
func (r *rig) counter(t *testing.T, name string) float64 {
	t.Helper()
	families, err := r.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetCounter().GetValue()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

// Whatever order a post's events have in the log, the end is the same.
func TestHandleAnyOrder(t *testing.T) {
	edit := said("1", "anna.example", "acme opens at nine")
	edit.Type, edit.Post.EditedAt = post.Edit, noon.Add(time.Minute)
	gone := post.Event{Type: post.Delete, Post: post.Post{Network: "bluesky", ID: "1"}}
	for name, tt := range map[string]struct {
		events []post.Event
		want   []string
	}{
		"edit":           {[]post.Event{said("1", "anna.example", "acme"), edit}, []string{"mention acme opens at nine neutral none by anna.example", "touches 1"}},
		"edit first":     {[]post.Event{edit, said("1", "anna.example", "acme")}, []string{"mention acme opens at nine neutral none by anna.example", "touches 1"}},
		"delete":         {[]post.Event{said("1", "anna.example", "acme"), edit, gone}, []string{"touches 0"}},
		"delete first":   {[]post.Event{gone, said("1", "anna.example", "acme"), edit}, []string{"touches 0"}},
		"delete in half": {[]post.Event{edit, gone, said("1", "anna.example", "acme")}, []string{"touches 0"}},
	} {
		t.Run(strings.ReplaceAll(name, " ", ""), func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				r := newRig(t, db)
				for _, e := range tt.events { // each a batch of its own
					if err := r.Handle(t.Context(), []post.Event{e}); err != nil {
						t.Fatal(err)
					}
				}
				if diff := cmp.Diff(tt.want, r.state(t)); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// The whole run: what cannot be decoded is a dead letter with its reason, the others are stored,
// and the topic of mentions has them.
func TestRun(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := newRig(t, db)
		r.feed.err = errors.New("redis is away") // the feed may fail
		entrance := &pipeline.Entrance{Log: r.log, Now: func() time.Time { return noon }}
		var events []post.Event
		for i := range 500 {
			text := "nothing"
			if i%5 == 0 {
				text = "acme " + fmt.Sprint(i)
			}
			events = append(events, said(fmt.Sprint(i), fmt.Sprint("user", i%7), text))
		}
		if err := entrance.Write(t.Context(), events); err != nil {
			t.Fatal(err)
		}
		bad := stream.Message{Key: []byte("k"), Value: []byte(`{"type":"upsert","post":{"network":"x"}}`), Headers: []stream.Header{{Key: pipeline.HeaderSource, Value: []byte("rogue")}}}
		if err := r.log.Write(t.Context(), r.log.Topics().Posts, []stream.Message{bad}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- r.Run(ctx) }()
		waitFor(t, func() bool {
			var n int
			if err := db.QueryRow(t.Context(), "SELECT COUNT(*) FROM mentions").Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n == 100 && r.deadLetters(t) == 1
		})
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		r.state(t)
		mentions := 0
		if err := r.log.Scan(t.Context(), r.log.Topics().Mentions, func(m stream.Message) error {
			mentions++
			var wire struct {
				ID       string
				Mentions []map[string]any
				Event    post.Event `json:"-"`
			}
			if err := json.Unmarshal(m.Value, &wire); err != nil || len(wire.ID) != 22 || wire.Mentions[0]["monitor"] != "Acme" {
				return fmt.Errorf("%s: %w", m.Value, err)
			}
			return nil
		}); err != nil || mentions != 100 {
			t.Errorf("%d mentions in the log, %v", mentions, err)
		}
	})
}

func (r *rig) deadLetters(t *testing.T) (n int) {
	t.Helper()
	err := pipeline.DeadLetters(t.Context(), r.log, func(_ int64, d pipeline.DeadLetter) error {
		if n++; d.Source != "rogue" || !strings.Contains(d.Reason, "post.id: is missing") || len(d.Raw) == 0 {
			return fmt.Errorf("%+v", d)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// waitFor waits until the condition holds, a minute at most.
func waitFor(t *testing.T, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !condition(); {
		if time.Now().After(end) {
			t.Fatal("waited a minute in vain")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// While the disk is full nothing is given up: the batch waits, and is stored when there is room.
func TestFullDisk(t *testing.T) {
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	r := newRig(t, db)
	limit := func(pages int) {
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			var set int
			return tx.QueryRow(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages)).Scan(&set)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit(1)
	var events []post.Event
	for i := range 200 {
		events = append(events, said(fmt.Sprint(i), fmt.Sprint("user", i), "acme "+strings.Repeat("long ", 500)))
	}
	entrance := &pipeline.Entrance{Log: r.log, Now: func() time.Time { return noon }}
	if err := entrance.Write(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	waitFor(t, func() bool { return r.counter(t, "groundswell_pipeline_failures_total") >= 4 })
	limit(1 << 30)
	waitFor(t, func() bool {
		var n int
		if err := db.QueryRow(t.Context(), "SELECT COUNT(*) FROM posts").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n == len(events)
	})
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if n := r.counter(t, "groundswell_dead_letters_total"); n != 0 {
		t.Errorf("%v posts were given up", n)
	}
}

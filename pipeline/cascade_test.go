package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/pipeline"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/sentiment/deep"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func (doubtful) Toward(_ string, whole post.Reading, _, _ [][2]int) post.Reading { return whole }

// doubtful is a fast model that is sure only of what it finds awful.
type doubtful struct{}

func (doubtful) Read(text, _ string) post.Reading {
	switch {
	case strings.Contains(text, "awful"):
		return post.Reading{Language: "en", Polarity: post.Negative, Score: -0.9, Confidence: 0.95, Intent: post.IntentNone}
	case strings.Contains(text, "オ"):
		return post.Reading{Language: "ja", Polarity: post.Unknown, Intent: post.IntentNone}
	}
	return post.Reading{Language: "en", Polarity: post.Neutral, Confidence: 0.4, Intent: post.IntentNone}
}

// classifier is a fake one: it finds everything positive, or answers as it is told to.
type classifier struct {
	asked  chan []string
	answer func(ctx context.Context, texts []string) ([]deep.Judgement, error)
}

func (c *classifier) Start(context.Context) error { return nil }

func (c *classifier) Judge(ctx context.Context, texts []string) ([]deep.Judgement, error) {
	c.asked <- texts
	if c.answer != nil {
		return c.answer(ctx, texts)
	}
	return slices.Repeat([]deep.Judgement{{Negative: 0.05, Neutral: 0.15, Positive: 0.8}}, len(texts)), nil
}

// cascaded is a rig with a cascade that runs.
type cascaded struct {
	*rig
	asked    chan []string
	changed  chan []string
	registry *prometheus.Registry
}

func newCascaded(t *testing.T, db *sqldb.DB, queue int, answer func(ctx context.Context, texts []string) ([]deep.Judgement, error)) *cascaded {
	c := &cascaded{rig: newRig(t, db), asked: make(chan []string), changed: make(chan []string, 10), registry: prometheus.NewRegistry()}
	model := listening.Model{Version: "fast1", Deep: "deep1"}
	c.Reader = pipeline.Reader{Scorer: doubtful{}, Model: model}
	c.Cascade = pipeline.NewCascade(pipeline.CascadeOptions{DB: db, Classifier: &classifier{c.asked, answer}, Model: model, Below: 0.6, Batch: 10,
		Timeout: time.Minute, Queue: queue, Share: 1, Metrics: pipeline.NewCascadeMetrics(c.registry), Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Changed: func(_ context.Context, posts []string) { c.changed <- posts }})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = c.Cascade.Run(ctx)
	}()
	t.Cleanup(func() { stop(); <-done })
	return c
}

func (c *cascaded) metric(t *testing.T, want string, names ...string) {
	t.Helper()
	if err := testutil.GatherAndCompare(c.registry, strings.NewReader(want), names...); err != nil {
		t.Error(err)
	}
}

// The fast model answers every post at once; the classifier corrects, later, what was in doubt.
func TestCascade(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		c := newCascaded(t, db, 100, nil)
		batch := []post.Event{said("1", "anna.example", "acme is awful"), said("2", "bob", "acme has a way with grills"),
			said("3", "eve", "acme has a way with grills"), said("4", "kai", "acme オ"), said("5", "kai", "something else")}
		if err := c.Handle(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		for asked := 0; asked < 1; { // both posts may come at once or one after the other
			texts := <-c.asked
			asked += len(texts)
			for _, text := range texts {
				if text != "acme has a way with grills" {
					t.Errorf("asked about %q", text)
				}
			}
		}
		for changed := 0; changed < 2; {
			select {
			case posts := <-c.changed:
				changed += len(posts)
			case <-c.asked:
			}
		}
		want := []string{"touches 1", "mention acme オ unknown none by kai", "mention acme has a way with grills positive none by bob",
			"mention acme has a way with grills positive none by eve", "mention acme is awful negative none by anna.example"}
		got := c.state(t)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("got %q\nwant %q", got, want)
		}
		c.metric(t, `
# HELP groundswell_sentiment_posts_total Posts read, by engine: fast reads every one, deep those that fast is not sure of.
# TYPE groundswell_sentiment_posts_total counter
groundswell_sentiment_posts_total{engine="deep"} 2
groundswell_sentiment_posts_total{engine="fast"} 4
`, "groundswell_sentiment_posts_total")

		// Handled again, nothing changes and nobody is asked.
		if err := c.Handle(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		again := c.state(t)
		slices.Sort(again)
		if !slices.Equal(again, want) || !c.Cascade.Idle() {
			t.Errorf("after the second time: %q", again)
		}
	})
}

// aiming is a fast model that is in doubt about every text, and reads what is said of a brand by its
// place: what is said of the first brand is negative.
type aiming struct{ doubtful }

func (aiming) Toward(_ string, whole post.Reading, own, others [][2]int) post.Reading {
	if len(others) > 0 && own[0][0] < others[0][0] {
		return post.Reading{Language: "en", Polarity: post.Negative, Score: -0.4, Confidence: 0.5, Intent: post.IntentNone}
	}
	return whole
}

// What is said about one brand is not overruled by what the classifier makes of the whole text.
func TestCascadeLeavesAimedReadingsAlone(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		c := newCascaded(t, db, 100, nil)
		var rival listening.Monitor
		if err := db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
			rival, err = listening.CreateMonitor(t.Context(), tx, listening.Monitor{Name: "Bolt", Kind: listening.Competitor, Query: "bolt", Enabled: true}, noon)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := c.live.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.Reader.Scorer, c.Reader.Monitors = aiming{}, c.live
		if err := c.Handle(t.Context(), []post.Event{said("1", "a", "acme is slow, bolt is quick")}); err != nil {
			t.Fatal(err)
		}
		<-c.asked
		<-c.changed
		page, _, err := listening.FindMentions(t.Context(), db, listening.Filter{})
		if err != nil || len(page) != 2 {
			t.Fatal(page, err)
		}
		for _, m := range page {
			want := post.Negative
			if m.MonitorID == rival.ID {
				want = post.Positive // read as the whole text is, so the classifier may know better
			}
			if m.Reading.Polarity != want {
				t.Errorf("%s: %s, want %s", m.Monitor, m.Reading.Polarity, want)
			}
		}
	})
}

// What a person corrects, deletes or edits while the classifier thinks stays so.
func TestCascadeComesTooLate(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		think := make(chan struct{})
		c := newCascaded(t, db, 100, func(_ context.Context, texts []string) ([]deep.Judgement, error) {
			<-think
			return slices.Repeat([]deep.Judgement{{Positive: 1}}, len(texts)), nil
		})
		corrected, removed, edited := said("1", "a", "acme one"), said("2", "b", "acme two"), said("3", "c", "acme three")
		if err := c.Handle(t.Context(), []post.Event{corrected, removed, edited}); err != nil {
			t.Fatal(err)
		}
		first := <-c.asked
		if err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, _, err := listening.Correct(t.Context(), tx, listening.Correction{PostID: corrected.Post.Key().Short(), MonitorID: c.monitor.ID, Polarity: post.Negative, By: "u", At: noon})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		gone := post.Event{Type: post.Delete, Post: post.Post{Network: "bluesky", ID: "2"}}
		edited.Type, edited.Post.Text, edited.Post.EditedAt = post.Edit, "acme is awful", noon.Add(time.Hour)
		if err := c.Handle(t.Context(), []post.Event{gone, edited}); err != nil {
			t.Fatal(err)
		}
		close(think)
		for len(first) < 3 { // those that were not asked about together
			first = append(first, <-c.asked...)
		}
		// Once the next one is answered the ones before are stored.
		if err := c.Handle(t.Context(), []post.Event{said("4", "d", "acme four")}); err != nil {
			t.Fatal(err)
		}
		<-c.asked
		fourth := post.Key{Network: "bluesky", ID: "4"}.Short()
		for posts := <-c.changed; !slices.Contains(posts, fourth); posts = <-c.changed {
			t.Errorf("changed: %v", posts)
		}
		want := []string{"mention acme four positive none by d", "mention acme is awful negative none by c", "mention acme one negative none by a", "touches 0"}
		got := c.state(t)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
	})
}

// A classifier that fails, is too slow or has too much to do costs nothing but its answers.
func TestCascadeFallsBack(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		answers := make(chan error)
		c := newCascaded(t, db, 1, func(context.Context, []string) ([]deep.Judgement, error) { return nil, <-answers })
		for i := range 4 {
			if err := c.Handle(t.Context(), []post.Event{said(fmt.Sprint(i), "a", fmt.Sprint("acme ", i))}); err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				<-c.asked // it thinks; one may wait, two may not
			}
		}
		answers <- context.DeadlineExceeded
		<-c.asked
		c.metric(t, `
# HELP groundswell_sentiment_fallbacks_total Posts that the deep engine did not read though fast is not sure, by reason: queue_full, timeout, failed.
# TYPE groundswell_sentiment_fallbacks_total counter
groundswell_sentiment_fallbacks_total{reason="failed"} 0
groundswell_sentiment_fallbacks_total{reason="queue_full"} 2
groundswell_sentiment_fallbacks_total{reason="timeout"} 1
`, "groundswell_sentiment_fallbacks_total")
		answers <- errors.New("no memory")
		if got := c.state(t); len(got) != 5 || strings.Contains(strings.Join(got, " "), "positive") {
			t.Errorf("got %q", got)
		}
	})
}

// After a batch that took too long it is asked about fewer posts at once, and about more again when it is quick.
func TestCascadeAsksForWhatItManages(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		answers := make(chan error)
		c := newCascaded(t, db, 100, func(_ context.Context, texts []string) ([]deep.Judgement, error) {
			if err := <-answers; err != nil {
				return nil, err
			}
			return slices.Repeat([]deep.Judgement{{Positive: 1}}, len(texts)), nil
		})
		for i := range 7 {
			if err := c.Handle(t.Context(), []post.Event{said(fmt.Sprint(i), "a", fmt.Sprint("acme ", i))}); err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				<-c.asked
			}
		}
		answers <- context.DeadlineExceeded
		for want := 1; want <= 3; want++ {
			if got := len(<-c.asked); got != want {
				t.Errorf("asked about %d posts at once, want %d", got, want)
			}
			answers <- nil
			<-c.changed
		}
	})
}

package pipeline_test

import (
	"context"
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
	"github.com/prometheus/client_golang/prometheus"
)

// After a change of the model every stored mention is read anew, whatever interrupts it; what a
// person corrected stays, and the pipeline goes on meanwhile.
func TestRescore(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := newRig(t, db)
		const posts = 500
		var batch []post.Event
		for i := range posts {
			batch = append(batch, said(fmt.Sprint(i), fmt.Sprint("author", i%7), fmt.Sprintf("acme is awful, %c %c", 'a'+i%26, 'a'+i/26)))
		}
		r.Reader.Model.Version = "v1"
		if err := r.Handle(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		corrected := batch[3].Post.Key().Short()
		if err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, _, err := listening.Correct(t.Context(), tx, listening.Correction{PostID: corrected, MonitorID: r.monitor.ID, Polarity: post.Neutral, Intent: post.IntentPurchase, By: "u", At: noon})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		ctx, kill := context.WithCancel(t.Context())
		steps, done := 0, 0.0
		rescorer := &pipeline.Rescorer{RescorerOptions: pipeline.RescorerOptions{DB: db, Reader: pipeline.Reader{Scorer: delighted{}, Model: listening.Model{Version: "v2"}},
			Lease: func(context.Context, string, time.Duration) (bool, error) { return true, nil }, Now: func() time.Time { return noon },
			Metrics: pipeline.NewRescoreMetrics(prometheus.NewRegistry()), Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
			Progress: func(p *listening.Rescoring) {
				if steps++; steps == 2 {
					kill()
				}
				if p.Done() < done {
					t.Errorf("from %v back to %v", done, p.Done())
				}
				done = p.Done()
			}}}
		if err := rescorer.Run(ctx); err != nil {
			t.Fatal(err)
		}
		half, err := listening.LastRescoring(t.Context(), db)
		if err != nil || half.Seen == 0 || half.Seen >= posts || !half.FinishedAt.IsZero() {
			t.Fatalf("%+v, %v", half, err)
		}
		// An old process still writes what the old model says.
		if err := r.Handle(t.Context(), []post.Event{said("-1", "late", "acme is awful")}); err != nil {
			t.Fatal(err)
		}
		if err := rescorer.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		whole, err := listening.LastRescoring(t.Context(), db)
		if err != nil || whole.FinishedAt.IsZero() || whole.Seen < posts || done != 1 {
			t.Errorf("%+v, %v", whole, err)
		}
		state := r.state(t)                                                                                                 // audits the cells
		if n := len(slices.DeleteFunc(state, func(s string) bool { return !strings.Contains(s, " positive ") })); n != 50 { // the newest page
			t.Errorf("%d are positive", n)
		}
		page, _, err := listening.FindMentions(t.Context(), db, listening.Filter{Polarity: "neutral"})
		if err != nil || len(page) != 1 || page[0].PostID != corrected || page[0].Reading.Intent != post.IntentPurchase || page[0].Model != "v2" {
			t.Errorf("%+v, %v", page, err)
		}
	})
}

func (delighted) Toward(_ string, whole post.Reading, _, _ [][2]int) post.Reading { return whole }

// delighted is a model that finds everything great.
type delighted struct{}

func (delighted) Read(string, string) post.Reading {
	return post.Reading{Language: "en", Polarity: post.Positive, Score: 0.9, Confidence: 0.9, Intent: post.IntentNone}
}

package alerts_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// edit makes changes of an incident, one after another, each by maria a minute later.
func edit(t *testing.T, db *sqldb.DB, id string, changes ...func(alerts.Edit, *sqldb.Tx) (alerts.Incident, error)) (last alerts.Incident) {
	t.Helper()
	for n, change := range changes {
		update(t, db, func(tx *sqldb.Tx) (err error) {
			last, err = change(alerts.Edit{IncidentID: id, By: "maria", At: start.Add(time.Duration(n) * time.Minute)}, tx)
			return err
		})
	}
	return last
}

// history is what happened to an incident, the oldest first: who did what with which value.
func history(t *testing.T, db *sqldb.DB, id string) (all []string) {
	t.Helper()
	for cursor := ""; ; {
		page, next, err := alerts.History(t.Context(), db, id, cursor, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			all = append(all, strings.Join(strings.Fields(fmt.Sprint(e.IncidentID, " ", e.By, " ", e.Action, " ", e.Value)), " "))
		}
		if cursor = next; next == "" {
			slices.Reverse(all)
			return all
		}
	}
}

type change = func(alerts.Edit, *sqldb.Tx) (alerts.Incident, error)

func TestEditsAreEntered(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		insert(t, db, 4)
		ctx := t.Context()
		until := start.Add(3 * time.Hour)
		comment := func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) {
			return e.Comment(ctx, tx, "  <b>we are on it</b>\nsee the wiki ")
		}
		i := edit(t, db, "i01",
			func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.Acknowledge(ctx, tx) },
			func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.Acknowledge(ctx, tx) },
			func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.Assign(ctx, tx, "tom") },
			func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.Assign(ctx, tx, "tom") },
			comment,
			func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.Silence(ctx, tx, until) },
			func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) {
				return e.SetLabel(ctx, tx, alerts.FalseAlarm)
			},
			func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.Unsilence(ctx, tx) },
			func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.Unsilence(ctx, tx) },
			func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.Assign(ctx, tx, "") },
			func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.SetLabel(ctx, tx, "") },
			func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.SetLabel(ctx, tx, alerts.Right) },
		)
		if i.AcknowledgedBy != "maria" || !i.AcknowledgedAt.Equal(start) || i.Assignee != "" || !i.SilencedUntil.IsZero() ||
			i.Label != alerts.Right || i.LabelledBy != "maria" || !i.LabelledAt.Equal(start.Add(11*time.Minute)) || i.Version != 10 {
			t.Errorf("got %+v", i)
		}
		stored, err := alerts.IncidentByID(ctx, db, "i01")
		if diff := cmp.Diff(i, stored); err != nil || diff != "" {
			t.Errorf("%v, returned and stored differ: %s", err, diff)
		}
		want := []string{"i01 maria acknowledged", "i01 maria assigned tom", "i01 maria commented", "i01 maria silenced 2026-03-02T03:00:00Z",
			"i01 maria labelled false_alarm", "i01 maria unsilenced", "i01 maria unassigned tom", "i01 maria unlabelled false_alarm", "i01 maria labelled right"}
		if diff := cmp.Diff(want, history(t, db, "i01")); diff != "" {
			t.Error(diff)
		}
		page, _, err := alerts.History(ctx, db, "i01", "", 0)
		if err != nil || page[6].Text != "<b>we are on it</b>\nsee the wiki" {
			t.Errorf("%v, comment %q", err, page[6].Text)
		}
		// Another version than the one that was seen is refused, and nothing is entered.
		err = db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := alerts.Edit{IncidentID: "i01", By: "tom", At: start, Version: 4}.Comment(ctx, tx, "late")
			return err
		})
		if !errors.Is(err, alerts.ErrChanged) || len(history(t, db, "i01")) != len(want) {
			t.Errorf("got %v and %d entries", err, len(history(t, db, "i01")))
		}
	})
}

func TestEditsRefused(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		insert(t, db, 6) // i00 and i03 are resolved
		ctx := t.Context()
		merge := func(into string) change {
			return func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.Merge(ctx, tx, into) }
		}
		comment := func(text string) change {
			return func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.Comment(ctx, tx, text) }
		}
		silence := func(until time.Time) change {
			return func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.Silence(ctx, tx, until) }
		}
		acknowledge := func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.Acknowledge(ctx, tx) }
		edit(t, db, "i01", merge("i02"))
		for name, tt := range map[string]struct {
			id     string
			change change
			want   string
		}{
			"ErrAcknowledgeResolved": {"i00", acknowledge, "resolved"},
			"ErrSilenceResolved":     {"i00", silence(start.Add(time.Hour)), "resolved"},
			"ErrNobody":              {"none", acknowledge, "no such record"},
			"ErrEmptyComment":        {"i04", comment(" \n "), "text: want some words"},
			"ErrLongComment":         {"i04", comment(strings.Repeat("ü", 1<<20)), "text: has 1048576 characters: want 4000 at most"},
			"ErrControl":             {"i04", comment("a\x1b[2Jb"), "control character"},
			"ErrSilencePast":         {"i04", silence(start.Add(-time.Hour)), "until: 2026-03-01T23:00:00Z is not in the future"},
			"ErrSilenceForEver":      {"i04", silence(start.AddDate(1, 0, 0)), "within 30 days"},
			"ErrLabel": {"i04", func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.SetLabel(ctx, tx, "maybe") },
				"want right or false_alarm"},
			"ErrMergeSelf":       {"i04", merge("i04"), "into: want another incident"},
			"ErrMergeNone":       {"i04", merge("none"), "no such record"},
			"ErrMergeIntoPart":   {"i04", merge("i01"), "itself merged into i02: merge into that one"},
			"ErrMergeMergedOnce": {"i01", merge("i04"), "separate it first"},
			"ErrMergeWhole":      {"i02", merge("i04"), "1 incidents are merged into it"},
		} {
			t.Run(name, func(t *testing.T) {
				err := db.Update(ctx, func(tx *sqldb.Tx) error {
					_, err := tt.change(alerts.Edit{IncidentID: tt.id, By: "tom", At: start}, tx)
					return err
				})
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want %q", err, tt.want)
				}
			})
		}
		if n := len(history(t, db, "i04")); n != 0 {
			t.Errorf("%d entries of changes that were refused", n)
		}
		edit(t, db, "i00", comment("it is over, and this is what we learnt")) // a resolved one can be spoken of
	})
}

func TestMergeIsUndone(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		insert(t, db, 5)
		ctx := t.Context()
		edit(t, db, "i04", func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.Comment(ctx, tx, "hm") })
		for _, into := range []string{"i01", "i01"} { // of another monitor; twice is once
			edit(t, db, "i04", func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.Merge(ctx, tx, into) })
		}
		got := history(t, db, "i01")
		slices.Sort(got)
		if diff := cmp.Diff([]string{"i01 maria took_in i04", "i04 maria commented", "i04 maria merged i01"}, got); diff != "" {
			t.Error(diff)
		}
		parts, err := alerts.Parts(ctx, db, "i01")
		if err != nil || len(parts) != 1 || parts[0].ID != "i04" {
			t.Errorf("parts %v, %v", parts, err)
		}
		listed := func(f alerts.Filter) (ids []string) {
			for _, i := range incidents(t, db, f) {
				ids = append(ids, i.ID)
			}
			return ids
		}
		if diff := cmp.Diff([]string{"i03", "i02", "i01", "i00"}, listed(alerts.Filter{})); diff != "" {
			t.Error(diff)
		}
		if n := len(listed(alerts.Filter{Merged: true})); n != 5 {
			t.Errorf("%d incidents with those that are merged", n)
		}
		i := edit(t, db, "i04", func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.Separate(ctx, tx) })
		if i.MergedInto != "" || len(listed(alerts.Filter{})) != 5 {
			t.Errorf("got %+v", i)
		}
		got = history(t, db, "i04")
		slices.Sort(got) // entries of one time have no order
		if diff := cmp.Diff([]string{"i04 maria commented", "i04 maria merged i01", "i04 maria separated i01"}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestLabels(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		insert(t, db, 8)
		ctx := t.Context()
		for id, label := range map[string]alerts.Label{"i00": alerts.Right, "i02": alerts.FalseAlarm, "i04": alerts.Right, "i01": alerts.Right} {
			edit(t, db, id, func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.SetLabel(ctx, tx, label) })
		}
		got, err := alerts.Labels(ctx, db, "m0", start, start.Add(2*time.Minute))
		want := []alerts.LabelledIncident{
			{IncidentID: "i00", MonitorID: "m0", Kind: spike.Firestorm, Severity: 3, OpenedAt: start, PeakAt: start, ResolvedAt: start, Label: alerts.Right, By: "maria", At: start},
			{IncidentID: "i02", MonitorID: "m0", Kind: spike.Praise, Severity: 3, OpenedAt: start.Add(time.Minute), PeakAt: start.Add(time.Minute), Label: alerts.FalseAlarm, By: "maria", At: start},
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v: %s", err, diff)
		}
	})
}

// A silenced incident is judged and told of in its history; channels hear of it when the silence ends.
func TestSilenceMutesTellingNotJudging(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		talk := newTalk("ACME").ordinary(acme)
		talk.storm(acme, 2*time.Hour)
		s := newScene(db, talk)
		w := s.watch("a", "crm")
		s.until(t, w, 2*time.Hour+50*time.Minute, time.Minute)
		id := incidents(t, db, alerts.Filter{})[0].ID
		told := len(deliveries(t, db, id))
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := alerts.Edit{IncidentID: id, By: "maria", At: s.now}.Silence(t.Context(), tx, start.Add(5*time.Hour))
			return err
		})
		s.until(t, w, 5*time.Hour, time.Minute)
		during := history(t, db, id)
		if n := len(deliveries(t, db, id)); n != told || !strings.Contains(strings.Join(during, "\n"), "escalated") {
			t.Errorf("%d deliveries, %d before the silence; history %q", n, told, during)
		}
		s.until(t, w, 10*time.Hour, time.Minute)
		life := states(deliveries(t, db, id), "crm")
		if life[len(life)-1] != "resolved" {
			t.Errorf("told %v, want the end", life)
		}
		if got := history(t, db, id); !strings.HasPrefix(got[0], id+" opened") || !strings.HasPrefix(got[len(got)-1], id+" resolved") {
			t.Errorf("history %q", got)
		}
	})
}

// A part of an incident that is on tells nothing by itself.
func TestMergedTellsThroughTheOther(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		talk := newTalk("ACME", "Anvil").ordinary(acme).ordinary("id-Anvil")
		talk.storm(acme, 2*time.Hour)
		talk.storm("id-Anvil", 2*time.Hour)
		s := newScene(db, talk)
		w := s.watch("a", "crm")
		s.until(t, w, 2*time.Hour+50*time.Minute, time.Minute)
		whole, part := incidents(t, db, alerts.Filter{Monitor: acme})[0].ID, incidents(t, db, alerts.Filter{Monitor: "id-Anvil"})[0].ID
		told := len(deliveries(t, db, part))
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := alerts.Edit{IncidentID: part, By: "maria", At: s.now}.Merge(t.Context(), tx, whole)
			return err
		})
		s.until(t, w, 10*time.Hour, time.Minute)
		if n := len(deliveries(t, db, part)); n > told+1 { // at most its end, where the whole ended a minute before
			t.Errorf("%d deliveries about the part, %d before the merge", n, told)
		}
		if life := states(deliveries(t, db, whole), "crm"); life[len(life)-1] != "resolved" {
			t.Errorf("told %v", life)
		}
		if i, err := alerts.IncidentByID(t.Context(), db, part); err != nil || i.State != spike.Resolved {
			t.Errorf("%v, the part is %s: it is judged by itself", err, i.State)
		}
	})
}

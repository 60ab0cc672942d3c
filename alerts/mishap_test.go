package alerts_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/prometheus/client_golang/prometheus"
)

// A source that replays a year, storms and all, opens nothing, and hides no storm of today.
func TestReplayOfAYear(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		talk := newTalk("ACME").ordinary(acme)
		s := newScene(db, talk)
		w := s.watch("a", "crm")
		s.until(t, w, time.Hour, time.Minute)
		for week := range 52 {
			talk.storm(acme, -time.Duration(week)*7*24*time.Hour-12*time.Hour)
		}
		talk.storm(acme, 6*time.Hour)
		s.until(t, w, 6*time.Hour, time.Minute)
		if all := incidents(t, db, alerts.Filter{}); len(all) != 0 {
			t.Errorf("the past opened %d incidents, the first: %v", len(all), all[0].Reasons)
		}
		s.until(t, w, 8*time.Hour, time.Minute)
		if all := incidents(t, db, alerts.Filter{}); len(all) != 1 || all[0].OpenedAt.After(start.Add(6*time.Hour+30*time.Minute)) {
			t.Errorf("want the storm of today within half an hour, got %+v", all)
		}
	})
}

// Who edits a monitor in a storm, so that it hears more and has another name, is told of the same
// incident, once, to its end.
func TestMonitorEditedInAnIncident(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		talk := newTalk("ACME").ordinary(acme)
		talk.storm(acme, 2*time.Hour)
		s := newScene(db, talk)
		w := s.watch("a", "crm")
		s.until(t, w, 150*time.Minute, time.Minute)
		talk.monitors[acme] = "ACME and Sons"
		talk.say(acme, s.now, 24*60, 20./60, 0, "")
		talk.say(acme, s.now, 24*60, 2./60, -1, "")
		s.until(t, w, 16*time.Hour, time.Minute)
		all := incidents(t, db, alerts.Filter{})
		if len(all) != 1 || all[0].State != spike.Resolved || all[0].Detail.Reopened != 0 {
			t.Fatalf("got %+v, want the one storm, over", all)
		}
		told := states(deliveries(t, db, all[0].ID), "crm")
		if told[0] != "open" || slices.Contains(told[1:], "open") || slices.Index(told, "resolved") != len(told)-1 {
			t.Errorf("told %v", told)
		}
	})
}

// Ten thousand monitors are struck in the same minutes: each has its incident, told once, and the
// next minutes are judged as ever.
func TestTenThousandIncidentsAtOnce(t *testing.T) {
	const monitors = 10_000
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	names := make(map[string]string, monitors)
	for i := range monitors {
		names[fmt.Sprintf("monitor-%05d", i)] = fmt.Sprint("Brand ", i)
	}
	first := spike.Minute(start)
	var cells []spike.Cell // of each of them: two people an hour for two days, then eight angry ones at once
	for m := first - 2*24*60; m < first; m += 30 {
		cells = append(cells, spike.Cell{Minute: m, Posts: 1, Authors: 1, Neutral: 1})
	}
	cells = append(cells, spike.Cell{Minute: first, Posts: 8, Authors: 8, Negative: 8, NegativeAuthors: 8})
	at := func(minute int64) int {
		i, _ := slices.BinarySearchFunc(cells, minute, func(c spike.Cell, m int64) int { return int(c.Minute - m) })
		return i
	}
	now := start
	watch := func() *alerts.Watch {
		return alerts.New(alerts.Options{DB: db, Now: func() time.Time { return now }, Metrics: alerts.NewMetrics(prometheus.NewRegistry()),
			Logger: slog.New(slog.DiscardHandler), Router: everything("crm"),
			Monitors: func(context.Context) (map[string]string, error) { return names, nil },
			Lease:    func(context.Context, string, time.Duration) (bool, error) { return true, nil },
			Blind:    func(context.Context, int64, int64) ([]spike.Span, error) { return nil, nil },
			Mentions: func(context.Context, string, int64, int64) ([]spike.Mention, error) { return nil, nil },
			Cells: func(_ context.Context, ids []string, from, until int64) (map[string][]spike.Cell, error) {
				out := make(map[string][]spike.Cell, len(ids))
				for _, id := range ids {
					out[id] = cells[at(from):at(until)]
				}
				return out, nil
			}})
	}
	w := watch()
	tick(t, w)
	now = now.Add(2 * time.Minute)
	tick(t, w)
	now = now.Add(time.Minute)
	tick(t, watch()) // and a restart
	count := func(query string) (n int) {
		t.Helper()
		if err := db.QueryRow(t.Context(), query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count("SELECT count(*) FROM incidents WHERE kind = 'firestorm' AND state <> 'resolved'"); n != monitors {
		t.Errorf("%d firestorms are on, want %d", n, monitors)
	}
	if n := count("SELECT count(DISTINCT incident_id) FROM deliveries WHERE phase = 'open'"); n != monitors {
		t.Errorf("%d are told, want %d", n, monitors)
	}
	if n := count("SELECT count(*) FROM deliveries WHERE phase = 'open'"); n != monitors {
		t.Errorf("they are told %d times, want once each", n)
	}
	if n := count("SELECT count(*) FROM detector_states WHERE minute = " + fmt.Sprint(first+2)); n != monitors {
		t.Errorf("%d are judged up to the last minute, want %d", n, monitors)
	}
}

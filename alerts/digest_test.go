package alerts_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// A digest is told once a period, whoever tells it: two processes, a restart, no lease.
func TestDigestOnce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		c := routing(t, `digests: [{name: Daily, every: day, at: "08:00", channels: [mail, slack], monitors: [Acme]}]`)
		routes, err := alerts.NewRoutes(&c, someChannels)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 3, 27, 0, 0, 0, 0, time.UTC)
		digester := func(owner string, l *leases) *alerts.Digester {
			return &alerts.Digester{DB: db, Digests: routes.Digests(), Lease: l.of(owner), Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler)}
		}
		for range 4 * 24 * 6 { // four days, over the change to summer time on the 29th
			for _, owner := range []string{"a", "b"} {
				if err := digester(owner, &leases{down: true}).Tell(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			now = now.Add(10 * time.Minute)
		}
		all, err := alerts.FindDeliveries(t.Context(), db, alerts.DeliveryFilter{Channel: "mail"})
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, d := range all {
			keys = append(keys, d.Key)
		}
		want := []string{"mail/digest/Daily/2026-03-30", "mail/digest/Daily/2026-03-29", "mail/digest/Daily/2026-03-28", "mail/digest/Daily/2026-03-27"}
		if diff := cmp.Diff(want, keys); diff != "" {
			t.Error(diff)
		}
	})
}

// What a digest says is gathered when it is sent; a report that fails is tried again.
func TestDigestIsReportedWhenSent(t *testing.T) {
	simulated(t, func(t *testing.T, db *sqldb.DB) {
		c := routing(t, `digests: [{name: Daily, every: day, at: "00:00", time_zone: UTC, channels: [mail], language: de}]`)
		routes, err := alerts.NewRoutes(&c, someChannels)
		if err != nil {
			t.Fatal(err)
		}
		d := &alerts.Digester{DB: db, Digests: routes.Digests(), Lease: (&leases{}).of("a"), Now: time.Now, Logger: slog.New(slog.DiscardHandler)}
		if err := d.Tell(t.Context()); err != nil {
			t.Fatal(err)
		}
		var told []notify.Notification
		mail := &people{}
		mail.answer = func(_ context.Context, n notify.Notification) error { told = append(told, n); return nil }
		s := newScene(db, newTalk())
		s.watch("a")
		o := s.outbox("a", map[string]notify.Notifier{"mail": mail})
		failures, index := 2, 2.5
		o.Report = func(_ context.Context, d *notify.Digest) error {
			if failures > 0 {
				failures--
				return errors.New("the database is busy")
			}
			d.Parts = []notify.DigestMonitor{{Monitor: "Acme", Posts: 1234, Before: 1000, Index: &index, Critics: []notify.DigestAuthor{{Name: "anna", Posts: 3}}}}
			return nil
		}
		stop := running(t, o)
		time.Sleep(time.Minute)
		stop()
		if len(told) != 1 || failures != 0 {
			t.Fatalf("told %d times, want once, after %d failures", len(told), failures)
		}
		for _, part := range []string{"Acme", "Beiträge: 1.234 (davor 1.000)", "Stimmungsindex: 2,5", "Kritiker: anna (3)", "Vorfälle: keine"} {
			if !strings.Contains(told[0].Message.Text, part) {
				t.Errorf("the text lacks %q:\n%s", part, told[0].Message.Text)
			}
		}
	})
}

package alerts_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/prometheus/client_golang/prometheus"
)

// people is a target that tells of many things in one message, as chats do.
type people struct{ target }

func (*people) Pace() time.Duration { return 0 }

// news is what an incident has to tell.
func news(id, monitor, state string, severity int) notify.Notification {
	return notify.Notification{Key: fmt.Sprintf("%s/%s/%d", id, state, severity), Type: notify.TypeIncident, IncidentID: id, MonitorID: "id-" + monitor, Monitor: monitor,
		Kind: "firestorm", State: state, Severity: severity, Reasons: []string{"because"}}
}

// tell routes news at a time.
func tell(t *testing.T, db *sqldb.DB, r *alerts.Router, at time.Time, all ...notify.Notification) {
	t.Helper()
	r.Now = func() time.Time { return at }
	update(t, db, func(tx *sqldb.Tx) error {
		for _, n := range all {
			if err := r.Tell(t.Context(), tx, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// queue lists the deliveries of a channel, the oldest first: incident, phase, and why it waits or was dropped.
func queue(t testing.TB, db *sqldb.DB, channel string) (list []string) {
	t.Helper()
	all, err := alerts.FindDeliveries(t.Context(), db, alerts.DeliveryFilter{Channel: channel})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(all)
	for _, d := range all {
		note := d.Held
		if d.State != "waiting" {
			note = d.State
		}
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s", d.IncidentID, d.Phase, note)))
	}
	return list
}

func channelRouter(t testing.TB, text string) *alerts.Router {
	t.Helper()
	c := routing(t, text)
	routes, err := alerts.NewRoutes(&c, someChannels)
	if err != nil {
		t.Fatal(err)
	}
	return &alerts.Router{Routes: routes}
}

func TestToldTwiceIsToldOnce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := channelRouter(t, "routes: [{name: a, channels: [mail], continue: true}, {name: b, channels: [mail, slack]}]")
		for range 2 {
			tell(t, db, r, start, news("i1", "Acme", "open", 3))
		}
		for _, channel := range []string{"mail", "slack"} {
			if diff := cmp.Diff([]string{"i1 open"}, queue(t, db, channel)); diff != "" {
				t.Errorf("%s: %s", channel, diff)
			}
		}
	})
}

// Of two routes that name a channel, the one that tells it does, and of these the one that does so first.
func TestTwoRoutesTellSooner(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := channelRouter(t, `
routes:
  - {name: a, channels: [mail], cooldown: 4h, group_by: [monitor], group_wait: 10m, continue: true, escalate: [{after: 1h, channels: [boss]}]}
  - {name: b, channels: [mail], match: {severity: 4}, escalate: [{after: 15m, channels: [boss]}]}`)
		tell(t, db, r, start, news("i1", "Acme", "open", 4))
		tell(t, db, r, start.Add(time.Hour), news("i2", "Acme", "open", 4), news("i3", "Beta", "open", 3))
		if diff := cmp.Diff([]string{"i1 open", "i2 open", "i3 open group"}, queue(t, db, "mail")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"i1 15m0s", "i2 1h15m0s", "i3 2h10m0s"}, times(t, db, "boss")); diff != "" {
			t.Error(diff)
		}
	})
}

// times lists when the deliveries of a channel are due, since the start.
func times(t testing.TB, db *sqldb.DB, channel string) (list []string) {
	t.Helper()
	all, err := alerts.FindDeliveries(t.Context(), db, alerts.DeliveryFilter{Channel: channel, State: "waiting"})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(all)
	for _, d := range all {
		list = append(list, fmt.Sprint(d.IncidentID, " ", d.NextAt.Sub(start)))
	}
	return list
}

func TestQuietHoursHideNothingUrgent(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := channelRouter(t, `
hours: [{name: night, from: "22:00", until: "07:00"}]
routes: [{name: a, channels: [mail], quiet: night}]`)
		night := start.Add(23 * time.Hour)
		tell(t, db, r, night, news("i1", "Acme", "open", 3), news("i2", "Beta", "open", 4))
		if diff := cmp.Diff([]string{"i1 open quiet", "i2 open"}, queue(t, db, "mail")); diff != "" {
			t.Error(diff)
		}
		all, err := alerts.FindDeliveries(t.Context(), db, alerts.DeliveryFilter{Channel: "mail"})
		if err != nil {
			t.Fatal(err)
		}
		if want := start.Add(30 * time.Hour); !all[1].NextAt.Equal(want) {
			t.Errorf("waits until %v, want %v, seven in Berlin", all[1].NextAt, want)
		}
		tell(t, db, r, night.Add(time.Hour), news("i1", "Acme", "escalating", 5)) // what was held back goes with it
		if diff := cmp.Diff([]string{"i1 open", "i2 open", "i1 escalating"}, queue(t, db, "mail")); diff != "" {
			t.Error(diff)
		}
	})
}

// Who is only told of what is severe is told when an incident becomes so, whoever was told before, and
// of its end.
func TestRiseReachesWhoIsToldOfTheSevere(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := channelRouter(t, `
routes:
  - {name: on call, match: {severity: 4}, channels: [pager, mail], continue: true, cooldown: 4h, escalate: [{after: 15m, channels: [boss]}]}
  - {name: everyday, channels: [mail], cooldown: 4h, escalate: [{after: 2h, channels: [boss]}]}`)
		tell(t, db, r, start, news("i1", "Acme", "open", 3))
		if diff := cmp.Diff([]string{"i1 2h0m0s"}, times(t, db, "boss")); diff != "" {
			t.Error(diff)
		}
		for range 2 {
			tell(t, db, r, start.Add(10*time.Minute), news("i1", "Acme", "escalating", 4))
		}
		tell(t, db, r, start.Add(20*time.Minute), news("i1", "Acme", "escalating", 5))
		if diff := cmp.Diff([]string{"i1 25m0s"}, times(t, db, "boss")); diff != "" {
			t.Errorf("escalates from when it was severe: %s", diff)
		}
		tell(t, db, r, start.Add(3*time.Hour), news("i1", "Acme", "resolved", 5))
		if diff := cmp.Diff([]string{"i1 escalating", "i1 escalating", "i1 resolved"}, queue(t, db, "pager")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"i1 open", "i1 escalating", "i1 escalating", "i1 resolved"}, queue(t, db, "mail")); diff != "" {
			t.Error(diff)
		}
	})
}

// From the minute in which an incident is severe, by the detector, those are told who are told of nothing less.
func TestStormReachesOnCall(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		talk := newTalk("ACME").ordinary(acme)
		talk.storm(acme, 2*time.Hour)
		s := newScene(db, talk)
		w := s.watch("a")
		w.Router = channelRouter(t, `
routes:
  - {name: on call, match: {severity: 4}, channels: [pager], continue: true}
  - {name: everyday, channels: [mail]}`)
		severity := 0
		for s.now.Before(start.Add(4 * time.Hour)) {
			s.until(t, w, s.now.Sub(start)+time.Minute, time.Minute)
			for _, i := range incidents(t, db, alerts.Filter{}) {
				severity = i.Severity
			}
			if n := len(queue(t, db, "pager")); n > 0 != (severity >= 4) {
				t.Fatalf("at severity %d who is on call was told %d times", severity, n)
			}
		}
		if mail := len(queue(t, db, "mail")); severity < 4 || mail <= len(queue(t, db, "pager")) {
			t.Errorf("severity %d, and others were told %d times: want a storm that begins small", severity, mail)
		}
	})
}

func TestCooldown(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := channelRouter(t, "routes: [{name: a, channels: [mail], cooldown: 4h, escalate: [{after: 1h, channels: [boss]}]}]")
		tell(t, db, r, start, news("i1", "Acme", "open", 3), news("i1", "Acme", "resolved", 3))
		tell(t, db, r, start.Add(time.Hour), news("i2", "Acme", "open", 3), news("i3", "Beta", "open", 3))
		tell(t, db, r, start.Add(2*time.Hour), news("i2", "Acme", "subsiding", 3), news("i4", "Acme", "open", 4))
		tell(t, db, r, start.Add(7*time.Hour), news("i5", "Acme", "open", 3))
		want := []string{"i1 open", "i1 resolved", "i2 open dropped", "i3 open", "i4 open", "i5 open"}
		if diff := cmp.Diff(want, queue(t, db, "mail")); diff != "" {
			t.Errorf("one of the same monitor and kind is not told of again within four hours, but when it is more severe:\n%s", diff)
		}
		if diff := cmp.Diff([]string{"i1 open escalation", "i3 open escalation", "i4 open escalation", "i5 open escalation"}, queue(t, db, "boss")); diff != "" {
			t.Error(diff)
		}
		// A new wave is no other incident: whoever was told that it is over is told that it is not.
		for _, severity := range []int{2, 4} {
			again := news("i5", "Acme", "open", severity)
			again.Reopened, again.Key = severity, again.Key+"/again"
			tell(t, db, r, start.Add(time.Duration(8*60+severity)*time.Minute), news("i5", "Acme", "resolved", severity), again)
		}
		if diff := cmp.Diff([]string{"i5 open", "i5 resolved", "i5 open", "i5 resolved", "i5 open"}, queue(t, db, "mail")[5:]); diff != "" {
			t.Error(diff)
		}
		if n := len(queue(t, db, "boss")); n != 6 {
			t.Errorf("%d escalations, want one of each wave that was told", n)
		}
	})
}

func TestGroupWaits(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := channelRouter(t, "routes: [{name: a, channels: [mail], group_by: [monitor], group_wait: 1m, group_interval: 10m}]")
		past := time.Now().Add(-time.Hour)
		tell(t, db, r, past, news("i1", "Acme", "open", 3), news("i2", "Acme", "open", 4), news("i3", "Beta", "open", 2))
		mail := &people{}
		var told []notify.Notification
		mail.answer = func(_ context.Context, n notify.Notification) error { told = append(told, n); return nil }
		deliver(t, db, map[string]notify.Notifier{"mail": mail}, func() bool { return waitingIn(t, db) == 0 })
		if len(told) != 2 || told[0].IncidentID != "i2" || len(told[0].Also) != 1 || told[0].Also[0].IncidentID != "i1" || told[1].IncidentID != "i3" {
			t.Errorf("told %d messages: want one of each monitor, the most severe first: %+v", len(told), told)
		}
		// The group was told of just now: the next waits for its interval.
		now := time.Now()
		tell(t, db, r, now, news("i4", "Acme", "open", 3))
		all, err := alerts.FindDeliveries(t.Context(), db, alerts.DeliveryFilter{State: "waiting"})
		if err != nil {
			t.Fatal(err)
		}
		if wait := all[0].NextAt.Sub(now); all[0].Held != "group" || wait < 9*time.Minute || wait > 10*time.Minute {
			t.Errorf("waits %v (%s), want nearly ten minutes", wait, all[0].Held)
		}
	})
}

// deliver runs an outbox until a condition holds.
func deliver(t testing.TB, db *sqldb.DB, channels map[string]notify.Notifier, done func() bool) {
	t.Helper()
	o := &alerts.Outbox{DB: db, Channels: channels, Lease: (&leases{}).of("a"), Metrics: alerts.NewMetrics(prometheus.NewRegistry()), Logger: slog.New(slog.NewTextHandler(t.Output(), nil))}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ended := make(chan struct{})
	go func() { defer close(ended); _ = o.Run(ctx) }()
	for ctx.Err() == nil && !done() {
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
	cancel()
	<-ended
	if !done() {
		t.Error("not everything was delivered within a minute")
	}
}

func waitingIn(t testing.TB, db *sqldb.DB) (n int) {
	t.Helper()
	if err := db.QueryRow(t.Context(), "SELECT COUNT(*) FROM deliveries WHERE delivered_at = 0 AND failed_at = 0 AND dropped_at = 0").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Ten thousand incidents at once: people get few messages that count all of them, a program gets
// each, and nothing is lost.
func TestFlood(t *testing.T) {
	const incidents = 10_000
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := channelRouter(t, "routes: [{name: a, channels: [slack, pager]}]")
		all := make([]notify.Notification, incidents)
		for i := range all {
			all[i] = news(fmt.Sprintf("i%05d", i), fmt.Sprint("Brand ", i), "open", i%7)
		}
		tell(t, db, r, time.Now().Add(-time.Minute), all...)
		chat := &people{}
		var messages, counted int
		chat.answer = func(_ context.Context, n notify.Notification) error {
			messages++
			counted += 1 + len(n.Also) + n.Others
			if len(n.Also) > 20 {
				t.Errorf("%d named in one message", len(n.Also))
			}
			return nil
		}
		deliver(t, db, map[string]notify.Notifier{"slack": chat}, func() bool {
			left, err := alerts.FindDeliveries(t.Context(), db, alerts.DeliveryFilter{Channel: "slack", State: "waiting", Limit: 1})
			return err == nil && len(left) == 0
		})
		if messages > 3 || counted != incidents {
			t.Errorf("%d messages tell of %d incidents: want few that tell of %d", messages, counted, incidents)
		}
		if n := waitingIn(t, db); n != incidents {
			t.Errorf("%d wait for the program, want %d", n, incidents)
		}
		program := &target{}
		deliver(t, db, map[string]notify.Notifier{"pager": program}, func() bool { _, taken := program.tries(); return len(taken) >= 200 })
		_, taken := program.tries()
		slices.Sort(taken)
		if len(slices.Compact(taken)) != len(taken) {
			t.Error("a program was told twice")
		}
	})
}

func TestEscalation(t *testing.T) {
	simulated(t, func(t *testing.T, db *sqldb.DB) {
		talk := newTalk("ACME").ordinary(acme)
		talk.storm(acme, 2*time.Hour)
		s := newScene(db, talk)
		w := s.watch("a")
		w.Router = channelRouter(t, `
routes:
  - name: a
    channels: [mail]
    escalate: [{after: 10m, channels: [slack]}, {after: 30m, channels: [boss]}]`)
		s.until(t, w, 150*time.Minute, time.Minute)
		id := incidents(t, db, alerts.Filter{})[0].ID
		slack, boss, mail := &people{}, &people{}, &people{}
		stop := running(t, s.outbox("a", map[string]notify.Notifier{"slack": slack, "boss": boss, "mail": mail}))
		defer stop()
		time.Sleep(9 * time.Minute)
		if _, taken := slack.tries(); len(taken) != 0 {
			t.Errorf("told %v before its time", taken)
		}
		time.Sleep(2 * time.Minute)
		if _, taken := slack.tries(); len(taken) != 1 || !strings.Contains(taken[0], "escalation-1") {
			t.Errorf("after eleven minutes it told %v", taken)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := alerts.Edit{IncidentID: id, By: "maria", At: s.now}.Acknowledge(t.Context(), tx)
			return err
		})
		time.Sleep(time.Hour)
		if _, taken := boss.tries(); len(taken) != 0 {
			t.Errorf("told %v although maria takes care", taken)
		}
		all, err := alerts.FindDeliveries(t.Context(), db, alerts.DeliveryFilter{Channel: "boss"})
		if err != nil || len(all) != 1 || all[0].State != "dropped" || all[0].Error != "acknowledged by maria" {
			t.Errorf("got %+v, %v", all, err)
		}
		// Who was told by an escalation is told that it is over.
		s.until(t, w, 12*time.Hour, time.Minute)
		time.Sleep(time.Minute)
		told, err := alerts.FindDeliveries(t.Context(), db, alerts.DeliveryFilter{Channel: "slack"})
		if err != nil || len(told) < 2 || told[0].Phase != "resolved" || told[0].State != "delivered" {
			t.Errorf("got %+v, %v", told, err)
		}
		if _, taken := boss.tries(); len(taken) != 0 {
			t.Errorf("told %v that something is over of which it was told nothing", taken)
		}
	})
}

package alerts_test

import (
	"context"
	"errors"
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

// storm adds a firestorm: two hours of growing anger.
func (t *talk) storm(monitor string, at time.Duration) {
	t.say(monitor, start.Add(at), 60, 1.5, -1, "")
	t.say(monitor, start.Add(at+time.Hour), 60, 6, -1, "")
}

const acme = "id-ACME"

// states are those that a channel is told of, in their order.
func states(all []alerts.Delivery, channel string) []string {
	var out []string
	for _, d := range all {
		if d.Channel == channel {
			out = append(out, strings.Split(d.Key, "/")[2])
		}
	}
	return out
}

func TestStormIsFollowedToItsEnd(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		talk := newTalk("ACME", "Quiet").ordinary(acme).ordinary("id-Quiet")
		talk.storm(acme, 12*time.Hour)
		s := newScene(db, talk)
		w := s.watch("a", "crm", "mail")
		s.until(t, w, 12*time.Hour, time.Minute)
		if all := incidents(t, db, alerts.Filter{}); len(all) != 0 {
			t.Fatalf("%d incidents in ordinary talk, the first: %v", len(all), all[0].Reasons)
		}
		s.until(t, w, 14*time.Hour, time.Minute)
		on := incidents(t, db, alerts.Filter{OpenOnly: true})
		if len(on) != 1 || s.value(t, "groundswell_incidents_open", "ACME") != 1 || s.value(t, "groundswell_incidents_open", "Quiet") != 0 {
			t.Fatalf("%d incidents are on, want one of ACME", len(on))
		}
		if delay := on[0].OpenedAt.Sub(start.Add(12 * time.Hour)); delay > 30*time.Minute {
			t.Errorf("opened %v after it began", delay)
		}
		if !strings.Contains(on[0].Reasons[0].String(), "people wrote negatively") {
			t.Errorf("reasons %q", on[0].Reasons)
		}
		s.until(t, w, 24*time.Hour, time.Minute)

		all := incidents(t, db, alerts.Filter{Monitor: acme})
		if len(all) != 1 || len(incidents(t, db, alerts.Filter{})) != 1 {
			t.Fatalf("%d incidents, want one", len(all))
		}
		i := all[0]
		if i.Kind != spike.Firestorm || i.State != spike.Resolved || i.Severity < 4 || i.ResolvedAt.Before(i.PeakAt) || !i.AcknowledgedAt.IsZero() {
			t.Errorf("got %+v", i)
		}
		if i.Reasons[0].String() != "as usual for two hours" || !strings.Contains(i.Reasons[1].String(), "people wrote negatively") {
			t.Errorf("reasons %q, want first why it is over and then why it was one", i.Reasons)
		}
		if i.Detail.People < 200 || i.Detail.First == "" || i.Detail.Top == "" || i.Detail.Contacts == 0 || !slices.Contains(i.Detail.Networks, "bluesky") {
			t.Errorf("detail %+v", i.Detail)
		}
		notified := deliveries(t, db, i.ID)
		life := states(notified, "crm")
		if life[0] != "open" || !slices.Contains(life, "escalating") || !slices.Contains(life, "subsiding") || life[len(life)-1] != "resolved" {
			t.Errorf("told %v, want the life of the incident", life)
		}
		if diff := cmp.Diff(life, states(notified, "mail")); diff != "" {
			t.Error(diff)
		}
		if len(s.told) != len(life) || s.told[0] != i.ID {
			t.Errorf("the live feed heard %v", s.told)
		}
		if n := s.value(t, "groundswell_incidents_total", "firestorm"); n != 1 || s.value(t, "groundswell_incidents_open", "ACME") != 0 {
			t.Errorf("%v firestorms counted, want 1, and none on", n)
		}
	})
}

func TestHistoryTeachesAndOpensNothing(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		talk := newTalk("ACME").ordinary(acme)
		talk.storm(acme, -50*time.Hour)
		s := newScene(db, talk)
		s.until(t, s.watch("a", "crm"), 3*time.Hour, time.Minute)
		if all := incidents(t, db, alerts.Filter{}); len(all) != 0 {
			t.Errorf("opened %v", all[0].Reasons)
		}
	})
}

// A second process, a restart and a fast clock come to the same incidents and the same deliveries.
func TestSameHoweverItIsInterrupted(t *testing.T) {
	run := func(t *testing.T, db *sqldb.DB, disturb func(s *scene, w *alerts.Watch) (*alerts.Watch, time.Duration)) (found []alerts.Incident, keys []string) {
		talk := newTalk("ACME").ordinary(acme)
		talk.storm(acme, 6*time.Hour)
		s := newScene(db, talk)
		w := s.watch("a", "crm")
		tick(t, w)
		for s.now.Before(start.Add(18 * time.Hour)) {
			step := time.Minute
			if disturb != nil {
				w, step = disturb(s, w)
			}
			s.now = s.now.Add(step)
			tick(t, w)
		}
		found = incidents(t, db, alerts.Filter{})
		for i := range found {
			for _, d := range deliveries(t, db, found[i].ID) {
				keys = append(keys, d.Key)
			}
		}
		return found, keys
	}
	var want []alerts.Incident
	var wantKeys []string
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) { want, wantKeys = run(t, db, nil) })
	if len(want) != 1 {
		t.Fatalf("%d incidents, want 1", len(want))
	}
	ticks := 0
	for name, disturb := range map[string]func(s *scene, w *alerts.Watch) (*alerts.Watch, time.Duration){
		"Restarts": func(s *scene, w *alerts.Watch) (*alerts.Watch, time.Duration) {
			if ticks++; ticks%7 == 0 {
				return s.watch("a", "crm"), time.Minute
			}
			return w, time.Minute
		},
		"FastClock": func(_ *scene, w *alerts.Watch) (*alerts.Watch, time.Duration) { return w, 7 * time.Minute },
		"RestartsAndFastClock": func(s *scene, _ *alerts.Watch) (*alerts.Watch, time.Duration) {
			return s.watch("a", "crm"), 11 * time.Minute
		},
		"ClockGoesBack": func(_ *scene, w *alerts.Watch) (*alerts.Watch, time.Duration) {
			if ticks++; ticks == 6*60+30 { // in the storm
				return w, -30 * time.Minute
			}
			return w, time.Minute
		},
		"LeaseUnknown": func(s *scene, w *alerts.Watch) (*alerts.Watch, time.Duration) {
			s.leases.down = true
			return w, time.Minute
		},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				ticks = 0
				got, keys := run(t, db, disturb)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
				if diff := cmp.Diff(wantKeys, keys); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// A process that was away and has not noticed that another went on does no harm.
func TestTheDatabaseRefusesWhoWasOvertaken(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		talk := newTalk("ACME").ordinary(acme)
		talk.storm(acme, 6*time.Hour)
		s := newScene(db, talk)
		a, b := s.watch("a", "crm"), s.watch("b", "crm")
		s.until(t, a, 5*time.Hour, time.Minute)
		tick(t, b) // does nothing: the lease is a's
		s.leases.give("b")
		s.until(t, b, 8*time.Hour, time.Minute)
		before := incidents(t, db, alerts.Filter{})

		s.leases.give("a")
		s.now = s.now.Add(time.Minute)
		if err := a.Tick(t.Context()); err == nil || !strings.Contains(err.Error(), "another process") {
			t.Fatalf("got %v, want an error that says who has judged", err)
		}
		if diff := cmp.Diff(before, incidents(t, db, alerts.Filter{})); diff != "" {
			t.Error(diff)
		}
		tick(t, a) // now from where b stands
		s.until(t, a, 18*time.Hour, time.Minute)
		if all := incidents(t, db, alerts.Filter{}); len(all) != 1 || all[0].State != spike.Resolved || len(states(deliveries(t, db, all[0].ID), "crm")) < 4 {
			t.Errorf("got %+v", all)
		}
	})
}

func TestNewWaveReopens(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		talk := newTalk("ACME").ordinary(acme)
		talk.storm(acme, 2*time.Hour)
		talk.storm(acme, 13*time.Hour)
		s := newScene(db, talk)
		w := s.watch("a", "crm")
		s.until(t, w, 10*time.Hour, time.Minute)
		first := incidents(t, db, alerts.Filter{State: string(spike.Resolved)})
		s.until(t, w, 15*time.Hour, time.Minute)
		all := incidents(t, db, alerts.Filter{})
		if len(first) != 1 || len(all) != 1 || all[0].ID != first[0].ID {
			t.Fatalf("%d incidents, then %d: want the same one", len(first), len(all))
		}
		i := all[0]
		if i.State == spike.Resolved || !i.ResolvedAt.IsZero() || i.Detail.Reopened != 1 || i.Detail.First != first[0].Detail.First || i.OpenedAt != first[0].OpenedAt {
			t.Errorf("got %+v", i)
		}
		if n := s.value(t, "groundswell_incidents_total", "firestorm"); n != 1 {
			t.Errorf("%v firestorms counted, want 1", n)
		}
	})
}

func TestOneTextInManyMouthsIsCoordinated(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		talk := newTalk("ACME").ordinary(acme)
		talk.say(acme, start.Add(3*time.Hour), 60, 4, -1, "everybody should boycott this terrible company now")
		s := newScene(db, talk)
		s.until(t, s.watch("a"), 4*time.Hour, time.Minute)
		all := incidents(t, db, alerts.Filter{})
		if len(all) != 1 || all[0].Kind != spike.Coordinated || all[0].Severity != 2 || all[0].Degree() != "light breeze" {
			t.Errorf("got %+v", all)
		}
	})
}

// Who turns a monitor off in a storm is told that it is over for Groundswell; when it is on again,
// the pause has taught nothing.
func TestMonitorThatIsTurnedOff(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		talk := newTalk("ACME", "Quiet").ordinary(acme)
		talk.storm(acme, 2*time.Hour)
		s := newScene(db, talk)
		w := s.watch("a", "crm")
		s.until(t, w, 3*time.Hour, time.Minute)
		delete(talk.monitors, acme)
		s.until(t, w, 3*time.Hour+2*time.Minute, time.Minute)
		all := incidents(t, db, alerts.Filter{})
		if len(all) != 1 || all[0].State != spike.Resolved || all[0].Reasons[0].String() != "its monitor is not watched any more" {
			t.Fatalf("got %+v", all)
		}
		if told := states(deliveries(t, db, all[0].ID), "crm"); told[len(told)-1] != "resolved" {
			t.Errorf("told %v", told)
		}
		off := 10 * 24 * time.Hour // nothing is heard while it is off
		talk.said[acme] = talk.between(acme, 0, spike.Minute(s.now))
		talk.say(acme, start.Add(off), 20*60, 40./60, 0, "")
		talk.say(acme, start.Add(off), 20*60, 4./60, -1, "")
		s.until(t, w, off, time.Hour)
		talk.monitors[acme] = "ACME"
		w = s.watch("a", "crm") // and a restart
		s.until(t, w, off+10*time.Hour, time.Minute)
		if n := len(incidents(t, db, alerts.Filter{})); n != 1 {
			t.Errorf("%d incidents, want no other: the usual talk is still the usual", n)
		}
		talk.storm(acme, off+10*time.Hour)
		s.until(t, w, off+12*time.Hour, time.Minute)
		if n := len(incidents(t, db, alerts.Filter{OpenOnly: true})); n != 1 {
			t.Errorf("%d incidents are on, want the new one", n)
		}
	})
}

// What cannot be read of one monitor keeps nobody from judging the others.
func TestFailureOfOneMonitor(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		talk := newTalk("ACME", "Bad").ordinary(acme).ordinary("id-Bad")
		talk.storm(acme, 2*time.Hour)
		talk.storm("id-Bad", 2*time.Hour)
		talk.unseen["id-Bad"] = errors.New("the disk does not answer")
		s := newScene(db, talk)
		w := s.watch("a", "crm")
		var failure error
		for s.now.Before(start.Add(3 * time.Hour)) {
			s.now = s.now.Add(time.Minute)
			failure = errors.Join(failure, w.Tick(t.Context()))
		}
		if failure == nil || !strings.Contains(failure.Error(), "judge monitor id-Bad: the disk does not answer") {
			t.Errorf("got %v", failure)
		}
		if all := incidents(t, db, alerts.Filter{}); len(all) != 1 || all[0].MonitorID != acme {
			t.Errorf("got %+v", all)
		}
		delete(talk.unseen, "id-Bad")
		tick(t, w)
		if all := incidents(t, db, alerts.Filter{Monitor: "id-Bad"}); len(all) != 1 {
			t.Errorf("%d incidents once it can be read, want 1", len(all))
		}
	})
}

// A clock that was a year ahead must not leave the monitors unwatched for a year.
func TestClockThatWasAhead(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		talk := newTalk("ACME").ordinary(acme)
		talk.storm(acme, 2*time.Hour)
		s := newScene(db, talk)
		w := s.watch("a")
		s.now = start.AddDate(1, 0, 0)
		tick(t, w)
		s.now = start
		s.until(t, w, 3*time.Hour, time.Minute)
		if n := len(incidents(t, db, alerts.Filter{OpenOnly: true})); n != 1 {
			t.Errorf("%d incidents are on, want the storm", n)
		}
	})
}

func TestTickCostsNothingWithinAMinute(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newScene(db, newTalk("ACME").ordinary(acme))
		w := s.watch("a")
		tick(t, w)
		for range 59 {
			s.now = s.now.Add(time.Second)
			tick(t, w)
		}
		if s.asked != 1 {
			t.Errorf("the monitors were read %d times in a minute, want once", s.asked)
		}
		s.now = s.now.Add(time.Second)
		tick(t, w)
		if s.asked != 2 {
			t.Errorf("the monitors were read %d times, want again in the next minute", s.asked)
		}
	})
}

func TestWithoutLeaseAtStart(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newScene(db, newTalk("ACME"))
		s.leases.down = true
		if err := s.watch("a").Tick(t.Context()); err == nil {
			t.Error("judged although nobody can say who does")
		}
	})
}

func TestRunEndsWithItsContext(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newScene(db, newTalk("ACME"))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.watch("a").Run(ctx); err != nil {
			t.Error(err)
		}
	})
}

package alerts_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// What has become severe at night is told, and escalates, as if nothing of it waited for the morning.
// What waits of others goes on waiting.
func TestSevereAtNight(t *testing.T) {
	for name, tt := range map[string]struct {
		group string
		want  []string
	}{
		"Alone":             {"", []string{"mail i01 escalating 30m0s", "boss i01 escalating 45m0s"}},
		"Grouped":           {"group_by: [monitor], group_wait: 2m", []string{"mail i01 escalating 32m0s", "boss i01 escalating 47m0s"}},
		"GroupedBySeverity": {"group_by: [severity], group_wait: 2m", []string{"mail i01 escalating 32m0s", "boss i01 escalating 47m0s"}},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, func(t *testing.T, db *sqldb.DB) {
				insert(t, db, 3) // i01 and i02 are on
				r := channelRouter(t, `
hours: [{name: night, from: "22:00", until: "07:00"}]
routes: [{name: a, channels: [mail], quiet: night, escalate: [{after: 15m, channels: [boss]}], `+tt.group+`}]`)
				s, began := newScene(db, newTalk("ACME")), time.Now()
				tell(t, db, r, began, news("i01", "Acme", "open", 3), news("i02", "Beta", "open", 3))
				var got []string
				channel := func(name string) *people {
					p := &people{}
					p.answer = func(_ context.Context, n notify.Notification) error {
						got = append(got, fmt.Sprint(name, " ", n.IncidentID, " ", n.State, " ", time.Since(began).Truncate(time.Minute)))
						for _, also := range n.Also {
							got = append(got, "also "+also.IncidentID)
						}
						return nil
					}
					return p
				}
				s.watch("a")
				stop := running(t, s.outbox("a", map[string]notify.Notifier{"mail": channel("mail"), "boss": channel("boss")}))
				time.Sleep(30 * time.Minute)
				update(t, db, func(tx *sqldb.Tx) error {
					_, err := tx.Exec(t.Context(), "UPDATE incidents SET state = 'escalating', severity = 5 WHERE id = 'i01'")
					return err
				})
				tell(t, db, r, time.Now(), news("i01", "Acme", "escalating", 5))
				time.Sleep(3 * time.Hour)
				stop()
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// What was to be told, and is silenced or merged before its turn, is dropped; what goes with it is told.
func TestMutedWhileItWaits(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		insert(t, db, 12) // i00, i03, i06 and i09 are resolved
		r := channelRouter(t, "routes: [{name: a, channels: [mail, pager], group_by: [type], group_wait: 1m}]")
		now := time.Now()
		past := now.Add(-time.Hour)
		var all []notify.Notification
		for _, id := range []string{"i01", "i02", "i04", "i05", "i07", "i08", "i10"} {
			all = append(all, news(id, "Acme", "open", 3))
		}
		tell(t, db, r, past, all...)
		by := func(id string, at time.Time, do change) {
			update(t, db, func(tx *sqldb.Tx) error {
				_, err := do(alerts.Edit{IncidentID: id, By: "maria", At: at}, tx)
				return err
			})
		}
		merge := func(into string) change {
			return func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.Merge(t.Context(), tx, into) }
		}
		silence := func(until time.Time) change {
			return func(e alerts.Edit, tx *sqldb.Tx) (alerts.Incident, error) { return e.Silence(t.Context(), tx, until) }
		}
		by("i01", now, silence(now.Add(time.Hour)))
		by("i04", now, silence(now.Add(time.Hour)))
		by("i05", past, silence(past.Add(time.Minute))) // is over
		by("i07", now, merge("i02"))
		by("i08", now, merge("i03")) // which tells nothing any more
		mail, pager := &people{}, &target{}
		var told [][]string
		mail.answer = func(_ context.Context, n notify.Notification) error {
			message := []string{n.IncidentID}
			for _, also := range n.Also {
				message = append(message, also.IncidentID)
			}
			slices.Sort(message)
			if told = append(told, message); len(told) == 1 { // while it is tried again
				by("i02", now, silence(now.Add(time.Hour)))
				return errors.New("it answered 500")
			}
			return nil
		}
		deliver(t, db, map[string]notify.Notifier{"mail": mail}, func() bool {
			left, err := alerts.FindDeliveries(t.Context(), db, alerts.DeliveryFilter{Channel: "mail", State: "waiting"})
			return err == nil && len(left) == 0
		})
		if diff := cmp.Diff([][]string{{"i02", "i05", "i08", "i10"}, {"i05", "i08", "i10"}}, told); diff != "" {
			t.Error(diff)
		}
		deliver(t, db, map[string]notify.Notifier{"pager": pager}, func() bool { return waitingIn(t, db) == 0 })
		if _, taken := pager.tries(); len(taken) != 3 {
			t.Errorf("a program was told %v, want i05, i08 and i10", taken)
		}
		want := []string{"i01 open dropped", "i02 open dropped", "i04 open dropped", "i05 open delivered", "i07 open dropped", "i08 open delivered", "i10 open delivered"}
		for _, channel := range []string{"mail", "pager"} {
			if diff := cmp.Diff(want, queue(t, db, channel)); diff != "" {
				t.Errorf("%s: %s", channel, diff)
			}
		}
		for _, d := range deliveries(t, db, "i04") {
			if d.Error != "the incident is silenced, or merged into another" {
				t.Errorf("dropped because %q", d.Error)
			}
		}
	})
}

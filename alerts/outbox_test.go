package alerts_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/prometheus/client_golang/prometheus"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"gopkg.in/yaml.v3"
)

// A target takes notifications, and answers what the test wants.
type target struct {
	mu     sync.Mutex
	keys   []string // of all attempts
	taken  []string // of those that it took
	answer func(ctx context.Context, n notify.Notification) error
}

func (g *target) Notify(ctx context.Context, n notify.Notification) error {
	g.mu.Lock()
	g.keys = append(g.keys, n.Key)
	answer := g.answer
	g.mu.Unlock()
	if answer != nil {
		if err := answer(ctx, n); err != nil {
			return err
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.taken = append(g.taken, n.Key)
	return nil
}

func (g *target) tries() (all, taken []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.keys), slices.Clone(g.taken)
}

// afterStorm is a scene in which a storm has passed and its notifications wait, and their keys by channel.
func afterStorm(t *testing.T, db *sqldb.DB, channels ...string) (s *scene, incidentID string, keys map[string][]string) {
	t.Helper()
	talk := newTalk("ACME").ordinary(acme)
	talk.storm(acme, 2*time.Hour)
	s = newScene(db, talk)
	s.until(t, s.watch("a", channels...), 12*time.Hour, time.Minute)
	all := incidents(t, db, alerts.Filter{})
	if len(all) != 1 {
		t.Fatalf("%d incidents, want 1", len(all))
	}
	keys = make(map[string][]string)
	for _, d := range deliveries(t, db, all[0].ID) {
		keys[d.Channel] = append(keys[d.Channel], d.Key)
	}
	return s, all[0].ID, keys
}

func (s *scene) outbox(owner string, channels map[string]notify.Notifier) *alerts.Outbox {
	return &alerts.Outbox{DB: s.db, Channels: channels, Lease: s.leases.of(owner), Metrics: s.met, Logger: slog.New(slog.DiscardHandler)}
}

// running runs an outbox until the returned function is called, which waits for its end.
func running(t *testing.T, o *alerts.Outbox) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- o.Run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// simulated runs a test on a clock of its own, with a database.
func simulated(t *testing.T, test func(t *testing.T, db *sqldb.DB)) {
	path := "sqlite:" + filepath.Join(t.TempDir(), "test.db")
	synctest.Test(t, func(t *testing.T) {
		db, err := sqldb.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		test(t, db)
	})
}

func TestDeliveredOnceInOrder(t *testing.T) {
	simulated(t, func(t *testing.T, db *sqldb.DB) {
		s, id, keys := afterStorm(t, db, "crm")
		crm := &target{}
		stop := running(t, s.outbox("a", map[string]notify.Notifier{"crm": crm}))
		time.Sleep(time.Minute)
		stop()
		stop = running(t, s.outbox("a", map[string]notify.Notifier{"crm": crm})) // a restart
		time.Sleep(time.Minute)
		stop()
		tries, _ := crm.tries()
		if diff := cmp.Diff(keys["crm"], tries); diff != "" {
			t.Error(diff)
		}
		for _, d := range deliveries(t, db, id) {
			if d.State != "delivered" || d.Attempts != 1 || d.DeliveredAt.IsZero() || !d.NextAt.IsZero() || d.Error != "" {
				t.Errorf("got %+v", d)
			}
		}
		if n := s.value(t, "groundswell_alert_deliveries_total", "crm", "delivered"); n != float64(len(tries)) {
			t.Errorf("%v deliveries counted, want %d", n, len(tries))
		}
	})
}

// What was given up is tried again when a person wants it, as long as something new; what was
// delivered is not.
func TestRetryByHand(t *testing.T) {
	simulated(t, func(t *testing.T, db *sqldb.DB) {
		s, id, keys := afterStorm(t, db, "crm")
		crm := &target{answer: func(context.Context, notify.Notification) error { return errors.New("it answered 500") }}
		stop := running(t, s.outbox("a", map[string]notify.Notifier{"crm": crm}))
		time.Sleep(time.Minute)
		pass(t, db, 72*time.Hour)
		time.Sleep(time.Minute)
		stop()
		retry := func(d *alerts.Delivery) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error { _, err := alerts.Retry(t.Context(), tx, d.ID, time.Now()); return err })
		}
		all := deliveries(t, db, id)
		for i := range all {
			if all[i].State != "failed" {
				t.Fatalf("got %+v, want it given up", all[i])
			}
			if err := retry(&all[i]); err != nil {
				t.Fatal(err)
			}
		}
		crm = &target{}
		stop = running(t, s.outbox("a", map[string]notify.Notifier{"crm": crm}))
		time.Sleep(time.Minute)
		stop()
		if _, taken := crm.tries(); cmp.Diff(keys["crm"], taken) != "" {
			t.Error(cmp.Diff(keys["crm"], taken))
		}
		if err := retry(&all[0]); !errors.Is(err, alerts.ErrConflict) {
			t.Errorf("what is delivered is tried again: %v", err)
		}
		if err := retry(&alerts.Delivery{ID: "none"}); !errors.Is(err, alerts.ErrNotFound) {
			t.Errorf("got %v", err)
		}
	})
}

// Old deliveries are forgotten; what waits, and what is young, stays.
func TestPruneDeliveries(t *testing.T) {
	simulated(t, func(t *testing.T, db *sqldb.DB) {
		s, id, keys := afterStorm(t, db, "crm", "mail")
		stop := running(t, s.outbox("a", map[string]notify.Notifier{"crm": &target{}}))
		time.Sleep(time.Minute)
		stop()
		prune := func(age time.Duration) (left int) {
			if err := alerts.PruneDeliveries(t.Context(), db, time.Now().Add(-age)); err != nil {
				t.Fatal(err)
			}
			return len(deliveries(t, db, id))
		}
		all := len(keys["crm"]) + len(keys["mail"])
		if left := prune(time.Hour); left != all {
			t.Errorf("%d of %d young ones are left", left, all)
		}
		time.Sleep(2 * time.Hour)
		if left := prune(time.Hour); left != len(keys["mail"]) {
			t.Errorf("%d are left, want the %d that wait", left, len(keys["mail"]))
		}
	})
}

// A channel that is down or slow delays no other, and gets everything in order when it is back.
func TestChannelsDoNotWaitForEachOther(t *testing.T) {
	for name, answer := range map[string]func(ctx context.Context, n notify.Notification) error{
		"Down": func(context.Context, notify.Notification) error {
			return errors.New("notify hooks.example.org: it answered 503")
		},
		"Slow": func(ctx context.Context, _ notify.Notification) error { <-ctx.Done(); return ctx.Err() },
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, func(t *testing.T, db *sqldb.DB) {
				s, id, keys := afterStorm(t, db, "bad", "good")
				bad, good := &target{answer: answer}, &target{}
				stop := running(t, s.outbox("a", map[string]notify.Notifier{"bad": bad, "good": good}))
				defer func() { stop() }()
				time.Sleep(2 * time.Second)
				if _, taken := good.tries(); len(taken) != len(keys["good"]) {
					t.Errorf("the good channel got %d of %d in two seconds", len(taken), len(keys["good"]))
				}
				time.Sleep(2 * time.Hour)
				tries, taken := bad.tries()
				if len(taken) != 0 || slices.ContainsFunc(tries, func(k string) bool { return k != tries[0] }) {
					t.Errorf("tried %v: want only the first, until it is taken", tries)
				}
				if len(tries) < 10 || len(tries) > 60 {
					t.Errorf("%d attempts in two hours: want growing pauses of up to 15 minutes", len(tries))
				}
				if age := s.value(t, "groundswell_alert_oldest_delivery_seconds"); age < 7190 || age > 7210 {
					t.Errorf("the oldest is said to be %v s old, want two hours", age)
				}
				if d := deliveries(t, db, id)[0]; d.State != "waiting" || d.Attempts != len(tries) || d.Error == "" || d.NextAt.IsZero() {
					t.Errorf("got %+v", d)
				}
				bad.mu.Lock()
				bad.answer = nil
				bad.mu.Unlock()
				time.Sleep(20 * time.Minute)
				if _, taken := bad.tries(); cmp.Diff(keys["bad"], taken) != "" {
					t.Error(cmp.Diff(keys["bad"], taken))
				}
				if age := s.value(t, "groundswell_alert_oldest_delivery_seconds"); age != 0 {
					t.Errorf("the oldest is said to be %v s old, want none", age)
				}
			})
		})
	}
}

// pass makes everything that waits so much older.
func pass(t *testing.T, db *sqldb.DB, d time.Duration) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), "UPDATE deliveries SET created_at = created_at - $1", d.Milliseconds())
		return err
	})
}

// A channel that answers 500 for a day gets all of it once it is back, in order and once.
func TestDownForADay(t *testing.T) {
	simulated(t, func(t *testing.T, db *sqldb.DB) {
		s, _, keys := afterStorm(t, db, "crm")
		down := true
		crm := &target{answer: func(context.Context, notify.Notification) error {
			if down {
				return errors.New("notify hooks.example.org: it answered 500")
			}
			return nil
		}}
		stop := running(t, s.outbox("a", map[string]notify.Notifier{"crm": crm}))
		time.Sleep(time.Minute)
		pass(t, db, 24*time.Hour)
		time.Sleep(time.Minute)
		stop()
		down = false
		stop = running(t, s.outbox("a", map[string]notify.Notifier{"crm": crm}))
		defer stop()
		time.Sleep(20 * time.Minute)
		if _, taken := crm.tries(); cmp.Diff(keys["crm"], taken) != "" {
			t.Error(cmp.Diff(keys["crm"], taken))
		}
	})
}

func TestGivesUpAfterThreeDays(t *testing.T) {
	simulated(t, func(t *testing.T, db *sqldb.DB) {
		s, id, keys := afterStorm(t, db, "down", "gone")
		down := &target{answer: func(context.Context, notify.Notification) error { return errors.New("notify: nobody there") }}
		stop := running(t, s.outbox("a", map[string]notify.Notifier{"down": down}))
		defer stop()
		time.Sleep(time.Minute)
		pass(t, db, 72*time.Hour-10*time.Minute)
		time.Sleep(8 * time.Minute)
		if d := deliveries(t, db, id)[0]; d.State != "waiting" {
			t.Errorf("before three days have passed it is %s", d.State)
		}
		time.Sleep(2 * time.Minute)
		for _, d := range deliveries(t, db, id) {
			if d.State != "failed" || d.FailedAt.IsZero() || d.Error == "" || !d.NextAt.IsZero() {
				t.Errorf("got %+v", d)
			}
		}
		for _, channel := range []string{"down", "gone"} {
			if n := s.value(t, "groundswell_alert_deliveries_total", channel, "failed"); n != float64(len(keys[channel])) {
				t.Errorf("%v failures of %s counted, want %d", n, channel, len(keys[channel]))
			}
		}
		before, _ := down.tries()
		time.Sleep(time.Hour)
		if after, _ := down.tries(); len(after) != len(before) {
			t.Error("tried although it was given up")
		}
	})
}

// A process that ends in the middle of an attempt leaves it to the next one, with the same key.
func TestInterruptedAttemptIsMadeAgain(t *testing.T) {
	simulated(t, func(t *testing.T, db *sqldb.DB) {
		s, _, keys := afterStorm(t, db, "crm")
		hanging := &target{answer: func(ctx context.Context, _ notify.Notification) error { <-ctx.Done(); return ctx.Err() }}
		stop := running(t, s.outbox("a", map[string]notify.Notifier{"crm": hanging}))
		time.Sleep(3 * time.Second)
		stop()
		s.leases.give("b")
		next := &target{}
		stop = running(t, s.outbox("b", map[string]notify.Notifier{"crm": next}))
		time.Sleep(5 * time.Second)
		stop()
		if first, _ := hanging.tries(); len(first) != 1 || first[0] != keys["crm"][0] {
			t.Errorf("the first process tried %v", first)
		}
		if tries, _ := next.tries(); cmp.Diff(keys["crm"], tries) != "" {
			t.Error(cmp.Diff(keys["crm"], tries))
		}
	})
}

// While nobody can say who holds the lease, two processes still do not deliver the same twice.
func TestTwoProcessesWithoutLease(t *testing.T) {
	simulated(t, func(t *testing.T, db *sqldb.DB) {
		s, _, keys := afterStorm(t, db, "crm")
		s.leases.down = true
		slow := &target{answer: func(context.Context, notify.Notification) error { time.Sleep(time.Second / 2); return nil }}
		stopA := running(t, s.outbox("a", map[string]notify.Notifier{"crm": slow}))
		stopB := running(t, s.outbox("b", map[string]notify.Notifier{"crm": slow}))
		time.Sleep(time.Minute)
		stopA()
		stopB()
		if _, taken := slow.tries(); cmp.Diff(keys["crm"], taken) != "" {
			t.Error(cmp.Diff(keys["crm"], taken))
		}
	})
}

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// The whole way, to a real server that fails at first and verifies what it gets.
func TestWebhook(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		verifier, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		type call struct{ id, body string }
		calls := make(chan call, 100)
		failures := 1
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err := errors.Join(err, verifier.Verify(body, r.Header)); err != nil {
				t.Error(err)
			}
			if failures > 0 {
				failures--
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			calls <- call{r.Header.Get("webhook-id"), string(body)}
		}))
		defer server.Close()
		var section yaml.Node
		if err := yaml.Unmarshal(fmt.Appendf(nil, "url: %s\nsecret: %s", server.URL, secret), &section); err != nil {
			t.Fatal(err)
		}
		webhook, err := notify.New("webhook", section)
		if err != nil {
			t.Fatal(err)
		}
		s, id, keys := afterStorm(t, db, "crm")
		stop := running(t, s.outbox("a", map[string]notify.Notifier{"crm": webhook}))
		var got []string
		for range keys["crm"] {
			select {
			case c := <-calls:
				got = append(got, c.id)
				if !strings.Contains(c.body, `"url":"https://gw.example.org/incidents/`+id+`"`) || !strings.Contains(c.body, `"monitor":"ACME"`) {
					t.Errorf("posted %s", c.body)
				}
			case <-time.After(30 * time.Second):
				t.Fatalf("got %d of %d notifications", len(got), len(keys["crm"]))
			}
		}
		stop()
		if diff := cmp.Diff(keys["crm"], got); diff != "" {
			t.Error(diff)
		}
		if d := deliveries(t, db, id)[0]; d.State != "delivered" || d.Attempts != 2 {
			t.Errorf("got %+v, want it delivered by the second attempt", d)
		}
	})
}

// A notice is put in once, gets its words when it is sent, is dropped when there is nothing to tell
// any more, and given up at once when the target will never take it.
func TestNotices(t *testing.T) {
	simulated(t, func(t *testing.T, db *sqldb.DB) {
		s := newScene(db, newTalk("ACME"))
		mail := &target{answer: func(_ context.Context, n notify.Notification) error {
			if n.Notice.To == "gone" {
				return &notify.Refused{Err: errors.New("550 no such user")}
			}
			if n.Notice.Title != "words for "+n.Notice.To || len(n.Also) > 0 {
				return fmt.Errorf("got %+v", n)
			}
			return nil
		}}
		for range 2 {
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				for i, to := range []string{"anna", "seen", "gone", "anna"} {
					n := notify.Notification{Key: fmt.Sprint("notices/", i), Type: notify.TypeNotice, Reasons: []string{}, Notice: &notify.Notice{To: to, Name: to, IDs: []string{"1"}}}
					if err := alerts.Post(t.Context(), tx, n, alerts.NoticeChannel, time.Now()); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		o := s.outbox("a", map[string]notify.Notifier{alerts.NoticeChannel: mail})
		o.Metrics = alerts.NewMetrics(prometheus.NewRegistry())
		o.Say = func(_ context.Context, n *notify.Notification) error {
			if n.Notice.To == "seen" {
				return &alerts.Moot{Reason: "all of it was seen"}
			}
			n.Notice.Title = "words for " + n.Notice.To
			return nil
		}
		stop := running(t, o)
		time.Sleep(time.Minute)
		stop()
		all, err := alerts.FindDeliveries(t.Context(), db, alerts.DeliveryFilter{Channel: alerts.NoticeChannel})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range all {
			got = append(got, fmt.Sprintf("%s: %s, %d attempts, %s", d.Title, d.State, d.Attempts, d.Error))
		}
		slices.Reverse(got)
		want := []string{"Notices to anna: delivered, 1 attempts, ", "Notices to seen: dropped, 1 attempts, all of it was seen", "Notices to gone: failed, 1 attempts, 550 no such user", "Notices to anna: delivered, 1 attempts, "}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if own, err := alerts.FindDeliveries(t.Context(), db, alerts.DeliveryFilter{Subject: alerts.NoticeSubject("anna")}); err != nil || len(own) != 2 {
			t.Errorf("%d messages to anna, %v", len(own), err)
		}
	})
}

package crm_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/prometheus/client_golang/prometheus"
)

// receivers answer what is posted to their addresses, and keep it.
type receivers struct {
	mu     sync.Mutex
	got    map[string][]crm.Posting
	answer map[string]crm.Answer
	hang   map[string]bool
	all    chan string // the address of each posting
}

func newReceivers() *receivers {
	return &receivers{got: map[string][]crm.Posting{}, answer: map[string]crm.Answer{}, hang: map[string]bool{}, all: make(chan string, 100)}
}

func (r *receivers) send(ctx context.Context, p crm.Posting) crm.Answer {
	r.mu.Lock()
	r.got[p.URL] = append(r.got[p.URL], p)
	hangs, answer := r.hang[p.URL], r.answer[p.URL]
	r.mu.Unlock()
	r.all <- p.URL
	if hangs {
		<-ctx.Done()
		return crm.Answer{Err: ctx.Err()}
	}
	return answer
}

// types are what an address was told, in order.
func (r *receivers) types(t *testing.T, address string) (list []string) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.got[address] {
		var body struct {
			Type string
			Data crm.Message
		}
		if err := json.Unmarshal(p.Body, &body); err != nil {
			t.Fatal(err)
		}
		list = append(list, body.Type)
	}
	return list
}

// watch is a clock that is set by hand.
type watch struct {
	mu sync.Mutex
	at time.Time
}

func (w *watch) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *watch) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

func newCourier(t testing.TB, db *sqldb.DB, r *receivers, w *watch) *crm.Courier {
	return &crm.Courier{DB: db, Secrets: sealedBy(t, "k"), Send: r.send, Now: w.now, Keep: 30 * 24 * time.Hour, Patience: crm.Patience{GiveUp: 72 * time.Hour, PauseAfter: 24 * time.Hour},
		Wait:    func(failures int) time.Duration { return time.Minute << min(failures, 6) },
		Lease:   func(context.Context, string, time.Duration) (bool, error) { return true, nil },
		Metrics: crm.NewCourierMetrics(prometheus.NewRegistry()), Logger: slog.New(slog.DiscardHandler)}
}

func addUser(t testing.TB, db *sqldb.DB, id string) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO users (id, name, password_hash, created_at, disabled) VALUES ($1, $1, '', 0, $2)", id, false)
		return err
	})
}

func createWebhook(t testing.TB, db *sqldb.DB, w crm.Webhook) (crm.Webhook, string) {
	t.Helper()
	var secret string
	update(t, db, func(tx *sqldb.Tx) (err error) {
		w, secret, err = crm.CreateWebhook(t.Context(), tx, by(noon.Add(-time.Hour)), sealedBy(t, "k"), w)
		return err
	})
	return w, secret
}

func deliveries(t testing.TB, db *sqldb.DB, id string) []crm.WebhookDelivery {
	t.Helper()
	list, _, err := crm.WebhookDeliveries(t.Context(), db, crm.System(), crm.WebhookLog{WebhookID: id})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(list)
	return list
}

// Each webhook is told what it asks for, in order, and its log says what became of it.
func TestWebhooksAreTold(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		addUser(t, db, "user-1")
		r, w := newReceivers(), &watch{at: noon}
		all, secret := createWebhook(t, db, crm.Webhook{Name: "All", URL: "https://all.example/hook?key=verysecret"})
		created, _ := createWebhook(t, db, crm.Webhook{Name: "New contacts", URL: "https://new.example", Types: []string{"contact"}, Actions: []string{"create"}})
		off, _ := createWebhook(t, db, crm.Webhook{Name: "Off", URL: "https://off.example", State: crm.WebhookOff})
		c := createContact(t, db, crm.Contact{LastName: "Berg"})
		update(t, db, func(tx *sqldb.Tx) error {
			c.City = "Graz"
			_, err := crm.UpdateContact(t.Context(), tx, c, by(noon))
			return err
		})
		courier := newCourier(t, db, r, w)
		for range 5 {
			if err := courier.Serve(t.Context(), all.ID, created.ID, off.ID); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]string{"webhook.create", "webhook.create", "webhook.create", "contact.create", "contact.update"}, r.types(t, all.URL)); diff != "" {
			t.Errorf("all (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"contact.create"}, r.types(t, created.URL)); diff != "" {
			t.Errorf("new contacts (-want +got):\n%s", diff)
		}
		if got := r.types(t, off.URL); len(got) > 0 {
			t.Errorf("a webhook that is off was told %q", got)
		}
		for _, p := range r.got[all.URL] {
			if !slices.Equal(p.Secrets, []string{secret}) || p.ID == "" || strings.Contains(string(p.Body), "Berg") || strings.Contains(string(p.Body), "verysecret") {
				t.Errorf("posted %+v %s", p, p.Body)
			}
		}
		for _, d := range deliveries(t, db, all.ID) {
			if d.State != crm.DeliveryDelivered || d.Attempts != 1 || !d.TriedAt.Equal(noon) {
				t.Errorf("log: %+v", d)
			}
		}
		entries, _, err := crm.Audit(t.Context(), db, crm.System(), crm.AuditFilter{Record: all.ID})
		if err != nil || len(entries) != 1 || strings.Contains(string(entries[0].After), "verysecret") {
			t.Errorf("audit: %v %s", err, entries[0].After)
		}
	})
}

// A webhook that hangs keeps no other waiting.
func TestHangingWebhook(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		addUser(t, db, "user-1")
		r, w := newReceivers(), &watch{at: noon}
		hangs, _ := createWebhook(t, db, crm.Webhook{Name: "A hangs", URL: "https://hangs.example"})
		works, _ := createWebhook(t, db, crm.Webhook{Name: "B works", URL: "https://works.example"})
		r.hang[hangs.URL] = true
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- newCourier(t, db, r, w).Run(ctx) }()
		for told, hung := 0, false; told < 3 || !hung; {
			if <-r.all != works.URL {
				hung = true
				continue
			}
			if told++; told == 1 { // of itself; what follows comes while the other one hangs
				createContact(t, db, crm.Contact{LastName: "Berg"})
				createContact(t, db, crm.Contact{LastName: "Frei"})
			}
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if n := len(r.got[hangs.URL]); n != 1 {
			t.Errorf("the one that hangs was asked %d times, want once", n)
		}
	})
}

// What fails is tried again, for longer and longer, given up in the end, and can be sent again by
// hand; a webhook that fails for a day is paused and its owner told.
func TestFailingWebhook(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		addUser(t, db, "user-1")
		r, w := newReceivers(), &watch{at: noon}
		hook, _ := createWebhook(t, db, crm.Webhook{Name: "Down", URL: "https://down.example", Types: []string{"contact"}})
		r.answer[hook.URL] = crm.Answer{Status: 503, Err: errors.New("it answered 503"), Took: 20 * time.Millisecond}
		createContact(t, db, crm.Contact{LastName: "Berg"})
		courier := newCourier(t, db, r, w)
		serve := func() crm.WebhookDelivery {
			t.Helper()
			if err := courier.Serve(t.Context(), hook.ID); err != nil {
				t.Fatal(err)
			}
			return deliveries(t, db, hook.ID)[0]
		}
		first := serve()
		if first.State != crm.DeliveryWaiting || first.Status != 503 || first.Millis != 20 || first.Error != "it answered 503" || !first.NextAt.Equal(noon.Add(time.Minute)) {
			t.Errorf("after the first attempt: %+v", first)
		}
		if again := serve(); again.Attempts != 1 {
			t.Errorf("tried %d times before it was due", again.Attempts)
		}
		for range 40 {
			w.pass(time.Hour)
			serve()
		}
		paused, err := crm.WebhookByID(t.Context(), db, crm.System(), hook.ID)
		if err != nil || paused.State != crm.WebhookPaused || !paused.FailingSince.Equal(noon) {
			t.Errorf("after forty hours: %+v, %v", paused, err)
		}
		told, _, err := crm.Notices(t.Context(), db, crm.System(), crm.NoticeFilter{UserID: "user-1", Unseen: true})
		if err != nil || len(told) != 1 || told[0].Kind != "webhook" || !strings.Contains(told[0].Text, "it answered 503") {
			t.Errorf("the owner was told %+v, %v", told, err)
		}
		tries := len(r.got[hook.URL])
		if d := serve(); len(r.got[hook.URL]) != tries || d.State != crm.DeliveryWaiting {
			t.Errorf("a paused webhook was tried: %+v", d)
		}
		w.pass(40 * time.Hour)
		if err := courier.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d := serve(); d.State != crm.DeliveryFailed {
			t.Errorf("after eighty hours: %+v", d)
		}
		r.answer[hook.URL] = crm.Answer{Status: 204}
		at := by(w.now())
		err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.Redeliver(t.Context(), tx, at, hook.ID, first.ID)
			return err
		})
		wantErr(t, err, crm.ErrConflict) // it is paused
		update(t, db, func(tx *sqldb.Tx) error {
			set := paused
			set.State = crm.WebhookActive
			_, err := crm.UpdateWebhook(t.Context(), tx, at, hook.ID, 0, set)
			return err
		})
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.Redeliver(t.Context(), tx, at, hook.ID, first.ID)
			return err
		})
		d := serve()
		if d.State != crm.DeliveryDelivered || d.Status != 204 || d.Error != "" || r.got[hook.URL][0].ID != d.MessageID {
			t.Errorf("sent again by hand: %+v", d)
		}
		w.pass(60 * 24 * time.Hour)
		if err := courier.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		if left := deliveries(t, db, hook.ID); len(left) > 0 {
			t.Errorf("the log keeps %+v", left)
		}
	})
}

// Of one record nothing is told before what came first; others do not wait for it.
func TestWebhookOrderOfARecord(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		addUser(t, db, "user-1")
		r, w := newReceivers(), &watch{at: noon.Add(time.Minute)}
		hook, _ := createWebhook(t, db, crm.Webhook{Name: "Picky", URL: "https://picky.example", Types: []string{"contact"}})
		r.answer[hook.URL] = crm.Answer{Status: 400, Err: errors.New("it answered 400")}
		anna := createContact(t, db, crm.Contact{LastName: "Berg"})
		courier := newCourier(t, db, r, w)
		serve := func() {
			t.Helper()
			if err := courier.Serve(t.Context(), hook.ID); err != nil {
				t.Fatal(err)
			}
		}
		serve()
		r.answer[hook.URL] = crm.Answer{Status: 200}
		update(t, db, func(tx *sqldb.Tx) error {
			anna.City = "Graz"
			_, err := crm.UpdateContact(t.Context(), tx, anna, by(noon.Add(time.Second)))
			return err
		})
		createContact(t, db, crm.Contact{LastName: "Frei"})
		serve()
		w.pass(10 * time.Minute)
		serve()
		if diff := cmp.Diff([]string{"contact.create", "contact.create", "contact.create", "contact.update"}, r.types(t, hook.URL)); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		if bodies := r.got[hook.URL]; bodies[0].ID != bodies[2].ID {
			t.Error("what was tried again has another id")
		}
	})
}

// While secrets overlap both sign, the new one first.
func TestRotateSecret(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		addUser(t, db, "user-1")
		hook, old := createWebhook(t, db, crm.Webhook{Name: "One", URL: "https://one.example"})
		var fresh string
		update(t, db, func(tx *sqldb.Tx) (err error) {
			fresh, err = crm.RotateSecret(t.Context(), tx, by(noon), sealedBy(t, "k"), hook.ID, time.Hour)
			return err
		})
		for name, test := range map[string]struct {
			at   time.Time
			want []string
		}{"overlap": {noon.Add(time.Minute), []string{fresh, old}}, "over": {noon.Add(2 * time.Hour), []string{fresh}}} {
			if got, err := crm.SecretsOf(t.Context(), db, sealedBy(t, "k"), hook.ID, test.at); err != nil || !slices.Equal(got, test.want) {
				t.Errorf("%s: got %q, %v, want %q", name, got, err, test.want)
			}
		}
	})
}

func TestWebhookIsChecked(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		addUser(t, db, "user-1")
		for field, w := range map[string]crm.Webhook{
			"name": {URL: "https://a.example"}, "url": {Name: "A", URL: "ftp://a.example"}, "types": {Name: "A", URL: "https://a.example", Types: []string{"Contact!"}},
			"owner_id": {Name: "A", URL: "https://a.example", OwnerID: "nobody"}, "state": {Name: "A", URL: "https://a.example", State: "asleep"},
		} {
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, _, err := crm.CreateWebhook(t.Context(), tx, by(noon), sealedBy(t, "k"), w)
				return err
			})
			wantInvalid(t, err, field)
		}
		for _, address := range []string{"https://user:pass@a.example", "https://a.example/#x", "//a.example", "https://"} {
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, _, err := crm.CreateWebhook(t.Context(), tx, by(noon), sealedBy(t, "k"), crm.Webhook{Name: "A", URL: address})
				return err
			})
			wantInvalid(t, err, "url")
		}
	})
}

package crm_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/internal/stream/streamtest"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// topic is a log in memory that may be out of reach.
type topic struct {
	got []stream.Message
	err error
}

func (l *topic) write(_ context.Context, messages []stream.Message) error {
	if l.err == nil {
		l.got = append(l.got, messages...)
	}
	return l.err
}

// said are the messages in short: key action version [fields], or key alone for a tombstone.
func (l *topic) said(t *testing.T) []string {
	t.Helper()
	var list []string
	for _, m := range l.got {
		if m.Value == nil {
			list = append(list, "tombstone")
			continue
		}
		var c crm.Message
		if err := json.Unmarshal(m.Value, &c); err != nil {
			t.Fatal(err)
		}
		if kind, _, _ := strings.Cut(string(m.Key), ":"); kind != c.Type && c.Type != crm.RecordLink && c.Type != crm.RecordProfile {
			t.Errorf("the key of a %s is %s", c.Type, m.Key)
		}
		list = append(list, c.Type+" "+c.Action+" "+string(rune('0'+c.Version))+" "+strings.Join(c.Fields, ","))
	}
	return list
}

func newOutbox(db *sqldb.DB, write func(context.Context, []stream.Message) error) (*crm.Outbox, *prometheus.Registry) {
	metrics := prometheus.NewRegistry()
	return &crm.Outbox{DB: db, Write: write, Now: func() time.Time { return noon.Add(time.Minute) }, Metrics: crm.NewOutboxMetrics(metrics), Logger: slog.New(slog.DiscardHandler),
		Lease: func(context.Context, string, time.Duration) (bool, error) { return true, nil }}, metrics
}

// deliver sends all that waits.
func deliver(t *testing.T, o *crm.Outbox) {
	t.Helper()
	if _, err := o.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func waiting(t *testing.T, db *sqldb.DB) (n int) {
	t.Helper()
	if err := db.QueryRow(t.Context(), "SELECT count(*) FROM crm_outbox").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestChangesAreTold(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		log := &topic{}
		o, _ := newOutbox(db, log.write)
		anna := createContact(t, db, crm.Contact{FirstName: "Anna", LastName: "Berg", Email: "anna@example.com", City: "Graz", OwnerID: "user-1"})
		other := createContact(t, db, crm.Contact{FirstName: "Anne", LastName: "Berg", Email: "anne@example.com"})
		createAuthor(t, db, "author-1", 1)
		update(t, db, func(tx *sqldb.Tx) error {
			changed := anna
			changed.City, changed.Phone = "Wien", "0664 123"
			var err error
			anna, err = crm.UpdateContact(t.Context(), tx, changed, by(noon.Add(-time.Hour))) // its process's clock is late
			return err
		})
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.AddProfile(t.Context(), tx, anna.ID, "https://bsky.app/profile/anna.example", by(noon))
			return err
		})
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.MergeContacts(t.Context(), tx, crm.MergeOrder{WinnerID: anna.ID, LoserID: other.ID}, by(noon))
			return err
		})
		update(t, db, func(tx *sqldb.Tx) error { return crm.DeleteContact(t.Context(), tx, anna.ID, by(noon)) })
		update(t, db, func(tx *sqldb.Tx) error {
			return crm.TellErased(t.Context(), tx, crm.RecordContact, []string{anna.ID}, "user-1", noon)
		})
		deliver(t, o)
		want := []string{
			"contact create 1 city,email,first_name,last_name,owner_id", "contact create 1 email,first_name,last_name", "contact update 2 city,phone",
			"social_profile create 0 contact_id,handle,network,url", "contact merge 4 ", "merge merge 0 moved,winner_id", "contact delete 0 ", "contact erase 0 ", "tombstone",
		}
		var got []string
		for _, line := range log.said(t) {
			if strings.HasPrefix(line, "merge merge") {
				line = "merge merge 0 moved,winner_id" // beside what the loser held
			}
			got = append(got, line)
		}
		less := func(list []string) map[string]int {
			m := make(map[string]int)
			for _, s := range list {
				m[s]++
			}
			return m
		}
		if diff := cmp.Diff(less(want), less(got)); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
		for _, m := range log.got {
			for _, personal := range []string{"Anna", "Berg", "example", "Wien", "0664"} {
				if strings.Contains(string(m.Value)+string(m.Key), personal) {
					t.Errorf("%s says %q", m.Value, personal)
				}
			}
		}
		if n := waiting(t, db); n != 0 {
			t.Errorf("%d rows stay", n)
		}
	})
}

// The changes of a record are told in the order in which they were made, though the clocks of the
// processes that made them disagree, and no other transaction's are told before it is committed.
func TestOrderOfARecord(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		log := &topic{}
		o, _ := newOutbox(db, log.write)
		c := createContact(t, db, crm.Contact{LastName: "Berg"})
		for i, city := range []string{"Graz", "Wien", "Linz"} {
			update(t, db, func(tx *sqldb.Tx) (err error) {
				changed := c
				changed.City = city
				c, err = crm.UpdateContact(t.Context(), tx, changed, by(noon.Add(-time.Duration(i+1)*time.Hour)))
				return err
			})
		}
		undone := errors.New("undone")
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			changed := c
			changed.City = "Bern"
			if _, err := crm.UpdateContact(t.Context(), tx, changed, by(noon)); err != nil {
				return err
			}
			return undone
		})
		wantErr(t, err, undone)
		deliver(t, o)
		want := []string{"contact create 1 last_name", "contact update 2 city", "contact update 3 city", "contact update 4 city"}
		if diff := cmp.Diff(want, log.said(t)); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
	})
}

// While the log is out of reach all waits, and is told when it is back.
func TestOutage(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		log := &topic{err: errors.New("no broker")}
		o, metrics := newOutbox(db, log.write)
		createContact(t, db, crm.Contact{LastName: "Berg"})
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := o.Run(ctx); err != nil { // one round at least
			t.Fatal(err)
		}
		if n := waiting(t, db); n != 1 {
			t.Errorf("%d rows wait, want 1", n)
		}
		err := testutil.GatherAndCompare(metrics, strings.NewReader(`
# HELP groundswell_crm_outbox_messages Changes of records that wait to be written to the topic of the CRM.
# TYPE groundswell_crm_outbox_messages gauge
groundswell_crm_outbox_messages 1
# HELP groundswell_crm_outbox_oldest_seconds Age of the oldest change that waits; 0 when none does.
# TYPE groundswell_crm_outbox_oldest_seconds gauge
groundswell_crm_outbox_oldest_seconds 60
`), "groundswell_crm_outbox_messages", "groundswell_crm_outbox_oldest_seconds")
		if err != nil {
			t.Error(err)
		}
		log.err = nil
		deliver(t, o)
		if got := log.said(t); len(got) != 1 {
			t.Errorf("told %q, want one", got)
		}
		if n := waiting(t, db); n != 0 {
			t.Errorf("%d rows stay", n)
		}
	})
}

// A broker that goes away and comes back on the same data is told what it missed.
func TestBrokerComesBack(t *testing.T) {
	opt := streamtest.Options(t)
	if len(opt.Brokers) > 0 {
		return // a cluster is not ours to stop
	}
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		opt := streamtest.Options(t)
		log, err := stream.Open(t.Context(), opt)
		if err != nil {
			t.Fatal(err)
		}
		o, _ := newOutbox(db, func(ctx context.Context, messages []stream.Message) error {
			return log.Write(ctx, opt.Topics.CRM, messages)
		})
		createContact(t, db, crm.Contact{LastName: "Berg"})
		deliver(t, o)
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
		createContact(t, db, crm.Contact{LastName: "Frei"})
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		if n, err := o.Deliver(ctx); err == nil {
			t.Errorf("delivered %d while the broker was gone", n)
		}
		if log, err = stream.Open(t.Context(), opt); err != nil {
			t.Fatal(err)
		}
		defer log.Close()
		deliver(t, o)
		n := 0
		if err := log.Scan(t.Context(), opt.Topics.CRM, func(stream.Message) error { n++; return nil }); err != nil || n != 2 {
			t.Errorf("the topic has %d messages (%v), want 2", n, err)
		}
	})
}

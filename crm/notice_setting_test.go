package crm_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func TestNoticeIsSentAt(t *testing.T) {
	s := crm.NoticeSettings{Delivery: map[string]string{"stage": "at_once", "quote": "daily", "order": "page"}, Hour: 8, TimeZone: "Europe/Berlin"}
	utc := func(text string) time.Time {
		at, err := time.Parse("2006-01-02 15:04", text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for name, c := range map[string]struct {
		kind string
		made time.Time
		want time.Time
	}{
		"OKAtOnce":         {"stage", noon, noon},
		"OKPage":           {"order", noon, time.Time{}},
		"OKNotChosen":      {"invoice", noon, time.Time{}},
		"OKBeforeTheHour":  {"quote", utc("2026-03-02 06:59"), utc("2026-03-02 07:00")},
		"OKAtTheHour":      {"quote", utc("2026-03-02 07:00"), utc("2026-03-03 07:00")},
		"OKIntoSummer":     {"quote", utc("2026-03-28 12:00"), utc("2026-03-29 06:00")}, // the clocks go forward in that night
		"OKOutOfSummer":    {"quote", utc("2026-10-24 12:00"), utc("2026-10-25 07:00")},
		"OKTheirDayBefore": {"quote", utc("2026-03-01 23:30"), utc("2026-03-02 07:00")},
	} {
		t.Run(name, func(t *testing.T) {
			if got := s.SendAt(c.kind, c.made); !got.Equal(c.want) {
				t.Errorf("got %s, want %s", got.UTC(), c.want)
			}
		})
	}
}

func TestNoticeSettingsCheck(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		save := func(s crm.NoticeSettings) (saved crm.NoticeSettings, err error) {
			err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
				saved, err = crm.SaveNoticeSettings(t.Context(), tx, "anna", s, noon)
				return err
			})
			return saved, err
		}
		for field, s := range map[string]crm.NoticeSettings{
			"delivery":       {Delivery: map[string]string{"weather": "daily"}, TimeZone: "UTC"},
			"delivery.stage": {Delivery: map[string]string{"stage": "hourly"}, TimeZone: "UTC"},
			"hour":           {Hour: 24, TimeZone: "UTC"},
			"time_zone":      {TimeZone: "Mars/Olympus"},
		} {
			_, err := save(s)
			wantInvalid(t, err, field)
		}
		_, err := save(crm.NoticeSettings{TimeZone: "Local"}) // of which machine?
		wantInvalid(t, err, "time_zone")
		first, err := save(crm.NoticeSettings{Delivery: map[string]string{"stage": "daily"}, Hour: 7, TimeZone: "Europe/Berlin"})
		if err != nil || first.Version != 1 {
			t.Fatalf("got %+v, %v", first, err)
		}
		if got, err := crm.NoticeSettingsOf(t.Context(), db, "anna"); err != nil || cmp.Diff(first, got) != "" {
			t.Errorf("got %+v, %v", got, err)
		}
		if _, err := save(first); err != nil {
			t.Error(err)
		}
		_, err = save(first) // the version before
		wantErr(t, err, crm.ErrConflict)
		other, err := crm.NoticeSettingsOf(t.Context(), db, "bert")
		if err != nil || len(other.Delivery) != 0 || other.Version != 0 {
			t.Errorf("who chose nothing has %+v, %v", other, err)
		}
	})
}

// take is what is to be sent at a time: how many notices to whom.
func take(t *testing.T, db *sqldb.DB, at time.Time) map[string]int {
	t.Helper()
	got := make(map[string]int)
	update(t, db, func(tx *sqldb.Tx) error {
		clear(got)
		due, _, err := crm.TakeDueNotices(t.Context(), tx, at, 100)
		for _, d := range due {
			got[d.UserID] += len(d.IDs)
		}
		return err
	})
	return got
}

func TestNoticesAreTakenOnceToBeSent(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		for user, s := range map[string]crm.NoticeSettings{
			"anna":  {Delivery: map[string]string{"lead": "at_once"}, TimeZone: "UTC"},
			"bert":  {Delivery: map[string]string{"lead": "daily", "stage": "at_once"}, Hour: 8, TimeZone: "UTC"},
			"maria": {Delivery: map[string]string{"lead": "page"}, TimeZone: "UTC"},
		} {
			update(t, db, func(tx *sqldb.Tx) error {
				_, err := crm.SaveNoticeSettings(t.Context(), tx, user, s, noon)
				return err
			})
		}
		o := newLate(t, db, crm.TimeLimit{Hours: 1, Tell: []string{"owner"}})
		for _, owner := range []string{"anna", "anna", "bert", "bert", "maria"} {
			o.qualified("Lead of "+owner, owner)
		}
		o.escalate(noon.Add(time.Hour))
		var mu sync.Mutex
		taken := make(map[string]int)
		var processes sync.WaitGroup
		for range 4 {
			processes.Go(func() {
				mine := take(t, db, noon.Add(time.Hour))
				mu.Lock()
				defer mu.Unlock()
				for user, n := range mine {
					taken[user] += n
				}
			})
		}
		processes.Wait()
		if diff := cmp.Diff(map[string]int{"anna": 2}, taken); diff != "" {
			t.Errorf("at once (-want +got):\n%s", diff)
		}
		// One of bert's is seen on the page, and the other waits for tomorrow until he wants it now.
		all, _, err := crm.Notices(t.Context(), db, crm.System(), crm.NoticeFilter{UserID: "bert"})
		if err != nil || len(all) != 2 {
			t.Fatalf("bert was told %+v, %v", all, err)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.SeeNotices(t.Context(), tx, "bert", all[1].ID, noon)
			return err
		})
		if got := take(t, db, noon.Add(19*time.Hour)); len(got) > 0 {
			t.Errorf("before the hour %v are sent", got)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.SaveNoticeSettings(t.Context(), tx, "bert", crm.NoticeSettings{Delivery: map[string]string{"lead": "at_once"}, TimeZone: "UTC"}, noon.Add(2*time.Hour))
			return err
		})
		if diff := cmp.Diff(map[string]int{"bert": 1}, take(t, db, noon.Add(2*time.Hour))); diff != "" {
			t.Errorf("after the change (-want +got):\n%s", diff)
		}
	})
}

// A message tells what its reader may read when it is sent: not what was seen, what was taken from
// them, or what a mask hides.
func TestUnseenOf(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		update(t, db, func(tx *sqldb.Tx) error {
			for name, r := range map[string]crm.Role{
				"reads":  {Grants: []crm.Grant{{Type: "lead", Action: "read", Level: "own"}}},
				"masked": {Grants: []crm.Grant{{Type: "lead", Action: "read", Level: "own"}}, Masks: []crm.Mask{{Type: "lead", Field: "name", Hidden: true}}},
				"none":   {Grants: []crm.Grant{{Type: "contact", Action: "read", Level: "own"}}},
			} {
				r.Name = name
				if _, err := crm.SaveRole(t.Context(), tx, as("anna", noon), r); err != nil {
					return err
				}
			}
			return nil
		})
		o := newLate(t, db, crm.TimeLimit{Hours: 1, Tell: []string{"owner"}})
		o.qualified("Petra", "bert")
		o.escalate(noon.Add(time.Hour))
		all, _, err := crm.Notices(t.Context(), db, crm.System(), crm.NoticeFilter{UserID: "bert"})
		if err != nil || len(all) != 1 {
			t.Fatalf("bert was told %+v, %v", all, err)
		}
		cases := func(role string) (got []string) {
			t.Helper()
			update(t, db, func(tx *sqldb.Tx) error {
				return crm.SetRoles(t.Context(), tx, as("anna", noon), "bert", []string{role})
			})
			a, err := crm.AccessOf(t.Context(), db, "bert")
			if err != nil {
				t.Fatal(err)
			}
			unseen, err := crm.UnseenOf(t.Context(), db, a, []string{all[0].ID})
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range unseen {
				got = append(got, n.Case)
			}
			return got
		}
		for role, want := range map[string][]string{"reads": {"Petra"}, "masked": {""}, "none": nil} {
			if got := cases(role); !slices.Equal(got, want) {
				t.Errorf("%s: got %q, want %q", role, got, want)
			}
		}
		a, err := crm.AccessOf(t.Context(), db, "maria")
		if err != nil {
			t.Fatal(err)
		}
		if others, err := crm.UnseenOf(t.Context(), db, a, []string{all[0].ID}); err != nil || len(others) > 0 {
			t.Errorf("maria reads what bert was told: %v, %v", others, err)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.SeeNotices(t.Context(), tx, "bert", all[0].ID, noon)
			return err
		})
		if got := cases("reads"); len(got) > 0 {
			t.Errorf("what was seen is sent: %q", got)
		}
	})
}

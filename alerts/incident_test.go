package alerts_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func update(t *testing.T, db *sqldb.DB, fn func(tx *sqldb.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// insert stores incidents i0, i1 …: two of each minute, every third resolved, of two monitors.
func insert(t *testing.T, db *sqldb.DB, n int) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error {
		for i := range n {
			state, resolved := "open", int64(0)
			if i%3 == 0 {
				state, resolved = "resolved", start.UnixMilli()
			}
			at := start.Add(time.Duration(i/2) * time.Minute).UnixMilli()
			if _, err := tx.Exec(t.Context(), `INSERT INTO incidents (id, monitor_id, kind, state, severity, opened_at, peak_at, resolved_at, acknowledged_at,
				acknowledged_by, reasons, detail, updated_at) VALUES ($1, $2, $3, $4, 3, $5, $5, $6, 0, '', '["because"]', '{"people":7}', $5)`,
				fmt.Sprintf("i%02d", i), fmt.Sprint("m", i%2), []string{"firestorm", "praise"}[i/2%2], state, at, resolved); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestFindIncidents(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		insert(t, db, 12)
		for name, tt := range map[string]struct {
			filter alerts.Filter
			want   string
		}{
			"OKAll":        {alerts.Filter{}, "i11 i10 i09 i08 i07 i06 i05 i04 i03 i02 i01 i00"},
			"OKMonitor":    {alerts.Filter{Monitor: "m1"}, "i11 i09 i07 i05 i03 i01"},
			"OKState":      {alerts.Filter{State: "resolved"}, "i09 i06 i03 i00"},
			"OKOpenOnly":   {alerts.Filter{OpenOnly: true, Monitor: "m0"}, "i10 i08 i04 i02"},
			"OKKind":       {alerts.Filter{Kind: "praise"}, "i11 i10 i07 i06 i03 i02"},
			"OKSeverity":   {alerts.Filter{Severity: 3, Monitor: "m0", OpenOnly: true}, "i10 i08 i04 i02"},
			"OKNotSevere":  {alerts.Filter{Severity: 4}, ""},
			"OKAssignee":   {alerts.Filter{Assignee: "maria"}, ""},
			"OKEverything": {alerts.Filter{Monitor: "m0", State: "open", Kind: "firestorm", OpenOnly: true}, "i08 i04"},
			"OKNone":       {alerts.Filter{Monitor: "' OR 1=1 --"}, ""},
		} {
			t.Run(name, func(t *testing.T) {
				for _, limit := range []int{0, 1, 5, 12} {
					f := tt.filter
					f.Limit = limit
					var got []string
					for pages := 0; ; pages++ {
						page, next, err := alerts.FindIncidents(t.Context(), db, f)
						if err != nil || pages > 12 {
							t.Fatal(pages, err)
						}
						for _, i := range page {
							got = append(got, i.ID)
						}
						if f.Cursor = next; next == "" {
							break
						}
					}
					if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
						t.Errorf("limit %d: %s", limit, diff)
					}
				}
			})
		}
	})
}

func TestErrCursor(t *testing.T) {
	for name, cursor := range map[string]string{
		"ErrAlphabet": "***",
		"ErrNoID":     base64.RawURLEncoding.EncodeToString([]byte("12")),
		"ErrNoTime":   base64.RawURLEncoding.EncodeToString([]byte("x i1")),
		"ErrLong":     strings.Repeat("A", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := alerts.FindIncidents(t.Context(), nil, alerts.Filter{Cursor: cursor}); !errors.As(err, new(alerts.BadCursor)) {
				t.Errorf("got %v, want BadCursor", err)
			}
		})
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("MTc3MjQwOTYwMDAwMCBpMQ")
	f.Add("")
	f.Add("LTEg")
	f.Fuzz(func(t *testing.T, cursor string) {
		opened, id, err := alerts.ReadCursor(cursor)
		if err != nil {
			return
		}
		again, sameID, err := alerts.ReadCursor(alerts.WriteCursor(opened, id))
		if err != nil || again != opened || sameID != id {
			t.Errorf("%d %q became %d %q, %v", opened, id, again, sameID, err)
		}
	})
}

func TestAcknowledge(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		talk := newTalk("ACME").ordinary(acme)
		talk.storm(acme, 2*time.Hour)
		s := newScene(db, talk)
		w := s.watch("a")
		s.until(t, w, 3*time.Hour, time.Minute)
		id := incidents(t, db, alerts.Filter{})[0].ID
		for _, by := range []string{"maria", "tom"} {
			update(t, db, func(tx *sqldb.Tx) error {
				_, err := alerts.Edit{IncidentID: id, By: by, At: s.now}.Acknowledge(t.Context(), tx)
				return err
			})
			s.until(t, w, 4*time.Hour, time.Minute) // it goes on
		}
		i, err := alerts.IncidentByID(t.Context(), db, id)
		if err != nil {
			t.Fatal(err)
		}
		if i.AcknowledgedBy != "maria" || !i.AcknowledgedAt.Equal(start.Add(3*time.Hour)) {
			t.Errorf("acknowledged by %q at %v, want who was first", i.AcknowledgedBy, i.AcknowledgedAt)
		}
		if i.State == spike.Open {
			t.Error("it did not go on")
		}
		err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := alerts.Edit{IncidentID: "nobody", By: "maria", At: s.now}.Acknowledge(t.Context(), tx)
			return err
		})
		if !errors.Is(err, alerts.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
		if _, err := alerts.IncidentByID(t.Context(), db, "nobody"); !errors.Is(err, alerts.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

func TestDegree(t *testing.T) {
	for severity, want := range map[int]string{-1: "calm", 0: "calm", 3: "fresh breeze", 6: "hurricane", 7: "hurricane"} {
		if got := (&alerts.Incident{Severity: severity}).Degree(); got != want {
			t.Errorf("severity %d is %q, want %q", severity, got, want)
		}
	}
}

package crm_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// Somebody who leaves is replaced in teams and territories, or just leaves where the receiver is in
// already; what they manage, and the incidents they take care of, go to others. All of it comes back.
func TestHandoverOfPlaces(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o := newOffice(t, db)
		update(t, db, func(tx *sqldb.Tx) error {
			for _, query := range []string{
				"UPDATE teams SET manager_id = 'lea'",
				"UPDATE units SET manager_id = 'lea' WHERE id = 'company'",
				"INSERT INTO teams (id, version, created_at, updated_at, name, manager_id) VALUES ('team-2', 1, 0, 0, 'South', '')",
				"INSERT INTO team_members (team_id, user_id) VALUES ('team-2', 'lea')",
				"INSERT INTO territory_members (territory_id, member_type, member_id) SELECT id, 'user', 'lea' FROM territories",
				"INSERT INTO monitors (id, name, kind, query, enabled, created_at, updated_at) VALUES ('mo', 'Hotels', 'own', 'hotel', false, 0, 0)",
				incident("i1", "lea", 0), incident("i2", "lea", 5), incident("i3", "mia", 0),
			} {
				if _, err := tx.Exec(t.Context(), query); err != nil {
					return err
				}
			}
			return nil
		})
		h := o.begin(t)
		places := func(all map[string]string) map[string]string {
			got := make(map[string]string)
			for name, what := range all {
				switch name {
				case "account Acme", "contact Berg", "contact Frei", "activity Call back", "share Lang":
				default:
					got[name] = what
				}
			}
			return got
		}
		want := map[string]string{"team North": "mia team proposed", "unit Company": "mia team proposed", "team_member North": "mia team proposed", "team_member South": "mia team proposed",
			"territory_member Elsewhere": "tom territory proposed", "incident Hotels": "mia team proposed"}
		got := places(o.records(t, h.ID))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("collected (-want +got):\n%s", diff)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.Receive(t.Context(), tx, o.change(), h.ID, crm.Reception{ReceiverID: o.mia, Type: "incident"})
			return err
		})
		before := o.places(t)
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.GiveHandover(t.Context(), tx, o.change(), h.ID, 0, false)
			return err
		})
		if h = o.work(t, h.ID); h.State != crm.HandoverDone {
			t.Fatalf("%+v", h)
		}
		given := map[string][]string{"teams": {"mia", ""}, "unit": {"mia"}, "members": {"team-1 mia", "team-2 mia"}, "territory": {"tom"}, "incidents": {"i1 mia", "i2 lea", "i3 mia"}}
		if diff := cmp.Diff(given, o.places(t)); diff != "" {
			t.Errorf("given (-want +got):\n%s", diff)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.UndoHandover(t.Context(), tx, o.change(), h.ID, 0)
			return err
		})
		h = o.work(t, h.ID)
		if diff := cmp.Diff(before, o.places(t)); diff != "" || h.State != crm.HandoverReturned {
			t.Errorf("%s, taken back (-want +got):\n%s", h.State, diff)
		}
	})
}

func incident(id, assignee string, resolved int) string {
	return fmt.Sprintf("INSERT INTO incidents (id, monitor_id, kind, state, severity, opened_at, peak_at, resolved_at, acknowledged_at, acknowledged_by, reasons, detail, updated_at, assignee)"+
		" VALUES ('%s', 'mo', 'firestorm', 'open', 1, 0, 0, %d, 0, '', '[]', '{}', 0, '%s')", id, resolved, assignee)
}

// places are who manages, is in and takes care of what.
func (o *office) places(t *testing.T) map[string][]string {
	t.Helper()
	all := make(map[string][]string)
	for name, query := range map[string]string{"teams": "SELECT manager_id FROM teams ORDER BY id", "unit": "SELECT manager_id FROM units WHERE id = 'company'",
		"members": "SELECT team_id || ' ' || user_id FROM team_members ORDER BY 1", "territory": "SELECT member_id FROM territory_members ORDER BY 1",
		"incidents": "SELECT id || ' ' || assignee FROM incidents ORDER BY 1"} {
		found, err := sqldb.Strings(t.Context(), o.db, query)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = found
	}
	return all
}

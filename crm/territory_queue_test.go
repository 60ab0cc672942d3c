package crm_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// While there is no territory, every record waits in the queue, and says so; from the first one on
// those do that it does not take.
func TestQueueWithoutTerritories(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		people(t, db)
		update(t, db, func(tx *sqldb.Tx) error {
			for i := range 3 {
				owner := ""
				if i == 1 {
					owner = "anna"
				}
				a, err := crm.CreateAccount(t.Context(), tx, crm.Account{Name: fmt.Sprint("Hotel ", i), Country: "DE", OwnerID: owner}, by(noon))
				if err != nil {
					return err
				}
				if _, err := crm.CreateContact(t.Context(), tx, crm.Contact{LastName: fmt.Sprint("Wegener ", i), AccountID: a.ID}, by(noon)); err != nil {
					return err
				}
			}
			leads := []crm.Lead{{Milestone: crm.Unqualified, Name: "Petra", Topic: "Grills", Meta: crm.Meta{CreatedAt: noon}}}
			_, err := crm.OpenLeads(t.Context(), tx, leads, by(noon))
			return err
		})
		queued := func(a *crm.Access, kind string, limit int) (names []string) {
			t.Helper()
			for cursor, more := "", true; more; more = cursor != "" {
				list, next, err := crm.TerritoryQueue(t.Context(), db, a, kind, cursor, limit)
				if err != nil || len(list) > limit {
					t.Fatalf("got %d records, %v: want %d at most", len(list), err, limit)
				}
				for _, r := range list {
					if r.Reason != "there is no territory yet" || !r.Since.Equal(noon) {
						t.Errorf("got %+v: want why it waits, and since when", r)
					}
					names = append(names, r.Name)
				}
				cursor = next
			}
			return names
		}
		want := []string{"Hotel 0", "Wegener 0", "Hotel 1", "Wegener 1", "Hotel 2", "Wegener 2", "Petra: Grills"}
		for _, limit := range []int{2, 3, 7, 50} {
			if diff := cmp.Diff(want, queued(crm.System(), "", limit)); diff != "" {
				t.Errorf("pages of %d (-want +got):\n%s", limit, diff)
			}
		}
		if diff := cmp.Diff([]string{"Wegener 0", "Wegener 1", "Wegener 2"}, queued(crm.System(), crm.RecordContact, 2)); diff != "" {
			t.Errorf("contacts (-want +got):\n%s", diff)
		}
		anna := &crm.Access{UserID: "anna", Roles: []crm.Role{{Grants: []crm.Grant{{Type: "account", Action: crm.ToRead, Level: crm.LevelOwn}}}}}
		if diff := cmp.Diff([]string{"Hotel 1"}, queued(anna, "", 50)); diff != "" {
			t.Errorf("of Anna, who sees her own accounts (-want +got):\n%s", diff)
		}
		_, _ = market(t, db, map[string]string{"Germany": "de"})
		assigned(t, db)
		list, _, err := crm.TerritoryQueue(t.Context(), db, crm.System(), "", "", 50)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) != 1 || list[0].RecordType != crm.RecordLead || slices.Contains(want, list[0].Reason) {
			t.Errorf("got %+v: want the lead alone, with what came closest", list)
		}
	})
}

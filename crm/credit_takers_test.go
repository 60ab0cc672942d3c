package crm_test

import (
	"slices"
	"testing"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// Who worked on a lead, or joined it, gets their credit though it became part of another, and part of a
// third in turn; not once the merges are taken apart.
func TestCreditOfMergedLeads(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		employ(t, db, map[string]map[crm.Action]crm.Level{"ann": nil, "bob": nil, "joe": nil})
		first, second, third := leadThat(t, db, "Anna", 0, step{1, "ann", crm.MarketingQualified}), leadThat(t, db, "Anna Vogt", 0, step{2, "bob", crm.MarketingQualified}), leadThat(t, db, "A. Vogt", 0)
		update(t, db, func(tx *sqldb.Tx) error {
			ch := crm.Change{By: "joe", At: noon, Access: crm.System(), Why: "knows them"}
			return crm.JoinRecord(t.Context(), tx, ch, crm.RecordLead, first.ID)
		})
		var merges []string
		for _, pair := range [][2]string{{second.ID, first.ID}, {third.ID, second.ID}} {
			update(t, db, func(tx *sqldb.Tx) error {
				m, err := crm.MergeLeads(t.Context(), tx, pair[0], pair[1], by(noon.Add(3*time.Hour)))
				merges = append(merges, m.ID)
				return err
			})
		}
		o := createOpportunity(t, db, crm.Opportunity{Name: "Grill", LeadID: third.ID, Amount: crm.Money{Amount: 1, Currency: "EUR"}})
		takers := func(way string) (ids []string) {
			all, _, err := crm.TakersOf(t.Context(), db, o.ID, noon)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range all[way] {
				ids = append(ids, c.ID)
			}
			return ids
		}
		if lead, joined := takers("lead"), takers("joined"); !slices.Equal(lead, []string{"ann", "bob", "user-1"}) || !slices.Equal(joined, []string{"joe"}) {
			t.Errorf("got lead %v, joined %v, want who worked on any of the three, and joe", lead, joined)
		}
		slices.Reverse(merges)
		for _, id := range merges {
			update(t, db, func(tx *sqldb.Tx) error { _, err := crm.UnmergeLeads(t.Context(), tx, id, by(noon)); return err })
		}
		if lead, joined := takers("lead"), takers("joined"); !slices.Equal(lead, []string{"user-1"}) || len(joined) != 0 {
			t.Errorf("got lead %v, joined %v, want who worked on the third alone", lead, joined)
		}
	})
}

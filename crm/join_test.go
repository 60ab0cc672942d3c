package crm_test

import (
	"testing"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func TestJoinRecord(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o := createOpportunity(t, db, crm.Opportunity{Name: "Grills", OwnerID: "anna"})
		join := func(kind, id, why string) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				ch := as("bert", noon)
				ch.Why = why
				return crm.JoinRecord(t.Context(), tx, ch, kind, id)
			})
		}
		wantInvalid(t, join(crm.RecordOpportunity, o.ID, " "), "reason")
		wantInvalid(t, join(crm.RecordQuote, o.ID, "I know them"), "record_type")
		wantErr(t, join(crm.RecordOpportunity, "none", "I know them"), crm.ErrNotFound)
		for range 2 {
			if err := join(crm.RecordOpportunity, o.ID, "I know them"); err != nil {
				t.Fatal(err)
			}
		}
		c, err := crm.CaseOf(t.Context(), db, crm.System(), o.ID)
		if err != nil {
			t.Fatal(err)
		}
		if e := c.Events[len(c.Events)-1]; len(c.Events) != 2 || e.Title != "Joined" || e.By != "bert" || e.Reason != "I know them" {
			t.Errorf("got %+v: want that Bert joined, once, and why", c.Events)
		}
		if f, err := crm.FollowOf(t.Context(), db, o.ID, "bert"); err != nil || !f.Following {
			t.Errorf("got %+v, %v: want that who joined is told", f, err)
		}
		told, _, err := crm.Notices(t.Context(), db, crm.System(), crm.NoticeFilter{UserID: "anna"})
		if err != nil || len(told) != 1 || told[0].Kind != "people" {
			t.Errorf("the owner was told %+v, %v", told, err)
		}
	})
}

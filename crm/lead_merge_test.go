package crm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func TestMergeLeads(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var heard []crm.Lead
		create := func(l crm.Lead) (made crm.Lead) {
			update(t, db, func(tx *sqldb.Tx) (err error) {
				made, err = crm.CreateLead(t.Context(), tx, by(noon), crm.NewLead{Lead: l})
				return err
			})
			return made
		}
		winner := create(crm.Lead{Name: "Anna Vogt", Topic: "grill", Source: crm.SourceForm, Email: "anna@acme.example"})
		update(t, db, func(tx *sqldb.Tx) error {
			heard = []crm.Lead{{Milestone: crm.Unqualified, Topic: "wants a grill", Name: "anna", Network: "bluesky", Handle: "anna.example", Source: crm.SourceMention, PostID: "p1", AuthorID: "a1", OpenKey: "author:a1", Meta: crm.Meta{CreatedAt: noon}}}
			_, err := crm.OpenLeads(t.Context(), tx, heard, by(noon))
			return err
		})
		loser := heard[0]
		merge := func(winner, loser string) (m crm.LeadMerge, err error) {
			err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
				m, err = crm.MergeLeads(t.Context(), tx, winner, loser, by(noon.Add(time.Hour)))
				return err
			})
			return m, err
		}
		_, err := merge(winner.ID, winner.ID)
		wantInvalid(t, err, "loser_id")
		_, err = merge(winner.ID, "none")
		wantInvalid(t, err, "loser_id")
		_, err = merge("none", loser.ID)
		wantErr(t, err, crm.ErrNotFound)

		m, err := merge(winner.ID, loser.ID)
		if err != nil {
			t.Fatal(err)
		}
		got, err := crm.LeadByID(t.Context(), db, crm.System(), winner.ID)
		if err != nil || got.Topic != "grill" || got.Handle != "anna.example" || got.AuthorID != "a1" || got.OpenKey != "author:a1" || got.Email != "anna@acme.example" {
			t.Errorf("got %+v, %v, want what was empty filled", got, err)
		}
		if found, err := crm.Candidates(t.Context(), db, crm.System(), &crm.Lead{Network: "bluesky", Handle: "anna.example"}); err != nil || len(found) != 1 || found[0].RecordID != winner.ID {
			t.Errorf("got %v, %v, want the winner found by the profile", found, err)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			again := []crm.Lead{{Milestone: crm.Unqualified, Topic: "again", Source: crm.SourceMention, PostID: "p2", AuthorID: "a1", OpenKey: "author:a1", Meta: crm.Meta{CreatedAt: noon}}}
			fresh, err := crm.OpenLeads(t.Context(), tx, again, by(noon))
			if err == nil && fresh[0] {
				t.Error("what the author says next opens another lead")
			}
			return err
		})
		if n, err := escalated(t, db); err != nil || n != 0 {
			t.Errorf("got %d, %v, want nobody told of where a lead was that is part of another", n, err)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.UnmergeLeads(t.Context(), tx, m.ID, by(noon.Add(2*time.Hour)))
			return err
		})
		if got, err = crm.LeadByID(t.Context(), db, crm.System(), winner.ID); err != nil || got.Handle != "" || got.AuthorID != "" || got.OpenKey != "" {
			t.Errorf("got %+v, %v, want given back what was the other's", got, err)
		}
		if got, err = crm.LeadByID(t.Context(), db, crm.System(), loser.ID); err != nil || got.OpenKey != "author:a1" || got.Topic != "wants a grill" {
			t.Errorf("got %+v, %v, want the loser as it was", got, err)
		}
		wantErr(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.UnmergeLeads(t.Context(), tx, m.ID, by(noon))
			return err
		}), crm.ErrConflict)
		createOpportunity(t, db, crm.Opportunity{Name: "Grill", LeadID: loser.ID, Amount: crm.Money{Amount: 1, Currency: "EUR"}})
		if _, err = merge(winner.ID, loser.ID); err == nil || !strings.Contains(err.Error(), "opened opportunity") {
			t.Errorf("got %v, want a lead with a sale to be no loser", err)
		}
	})
}

// escalated makes all stays late that have ended and counts those that are escalated.
func escalated(t *testing.T, db *sqldb.DB) (n int, err error) {
	err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(t.Context(), "UPDATE lead_visits SET due_at = 1 WHERE left_at > 0"); err != nil {
			return err
		}
		n, err = crm.EscalateLeads(t.Context(), tx, nil, time.UnixMilli(10), 100)
		return err
	})
	return n, err
}

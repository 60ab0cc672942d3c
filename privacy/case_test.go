package privacy_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/privacy"
)

// What was noted on the opportunities of a person is theirs: it is exported, and goes from the activity,
// the log and the notices. That of others stays, and the amounts do.
func TestNotesOnCases(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var greta, otto crm.Contact
		var hers, his crm.Opportunity
		err := db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
			ch := by("user-1")
			if greta, err = crm.CreateContact(t.Context(), tx, crm.Contact{FirstName: "Greta", LastName: "Zwickelmann"}, ch); err != nil {
				return err
			}
			if otto, err = crm.CreateContact(t.Context(), tx, crm.Contact{FirstName: "Otto", LastName: "Other"}, ch); err != nil {
				return err
			}
			if hers, err = crm.CreateOpportunity(t.Context(), tx, ch, crm.Opportunity{Name: "Roof", ContactID: greta.ID, OwnerID: "user-2", Amount: crm.Money{Amount: 4711, Currency: "EUR"}}); err != nil {
				return err
			}
			if his, err = crm.CreateOpportunity(t.Context(), tx, ch, crm.Opportunity{Name: "Cellar", ContactID: otto.ID, OwnerID: "user-2"}); err != nil {
				return err
			}
			for _, o := range []crm.Opportunity{hers, his} {
				a := crm.Activity{Kind: "call", RecordType: crm.RecordOpportunity, RecordID: o.ID, Subject: "grief about " + o.Name, Text: "a spouse is ill"}
				if _, err := crm.CreateActivity(t.Context(), tx, ch, a); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		p, err := privacy.Find(t.Context(), db, privacy.Question{ContactID: greta.ID})
		if err != nil {
			t.Fatal(err)
		}
		e, err := privacy.Collect(t.Context(), db, p, noon)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := e.JSON(&b); err != nil || !strings.Contains(b.String(), "grief about Roof") || strings.Contains(b.String(), "grief about Cellar") {
			t.Errorf("%v: the export has not what was noted on her sale, or what was on another:\n%s", err, b.String())
		}
		request(t, db, privacy.Order{Question: privacy.Question{ContactID: greta.ID}})
		if n, err := privacy.Work(t.Context(), at(db, noon)); n != 1 || err != nil {
			t.Fatalf("got %d, %v, want it done", n, err)
		}
		for table, all := range dump(t, db) {
			if strings.Contains(all, "grief about Roof") {
				t.Errorf("%s still says what was noted:\n%s", table, all)
			}
			noted := table == "activities" || table == "audit" || table == "notices"
			if noted && !strings.Contains(all, "grief about Cellar") {
				t.Errorf("%s lost what was noted about somebody else:\n%s", table, all)
			}
		}
		var amount, calls int64
		query := fmt.Sprintf("SELECT amount, (SELECT count(*) FROM activities WHERE record_id = '%s' AND kind = 'call') FROM opportunities WHERE id = '%s'", hers.ID, hers.ID)
		if err := db.QueryRow(t.Context(), query).Scan(&amount, &calls); err != nil || amount != 4711 || calls != 1 {
			t.Errorf("%d and %d calls are left, %v: want both, which are counted", amount, calls, err)
		}
	})
}

package crm_test

import (
	"fmt"
	"testing"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// An account's view tells of its contacts what a contact's tells of one, and the whole lists go on
// where it stops.
func TestPeopleOfAnAccount(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		acme := createAccount(t, db, crm.Account{Name: "Acme"})
		for i := range 12 {
			c := createContact(t, db, crm.Contact{LastName: fmt.Sprint("Anna ", i), AccountID: acme.ID})
			author := fmt.Sprintf("author-%02d", i)
			createAuthor(t, db, author, 0)
			propose(t, db, crm.Link{AuthorID: author, ContactID: c.ID, Decision: crm.Confirmed, Basis: crm.BasisGiven, Probability: 1})
			recordConsent(t, db, crm.Consent{ContactID: c.ID, Purpose: crm.PurposeMarketing, Source: "form", Evidence: "yes"})
			update(t, db, func(tx *sqldb.Tx) error {
				_, err := crm.AddProfile(t.Context(), tx, c.ID, "x:anna"+fmt.Sprint(i), by(noon))
				return err
			})
		}
		other := createContact(t, db, crm.Contact{LastName: "Other"})
		recordConsent(t, db, crm.Consent{ContactID: other.ID, Purpose: crm.PurposeMarketing, Source: "form", Evidence: "yes"})
		var v crm.View360
		if err := db.View(t.Context(), func(q sqldb.Querier) (err error) {
			v, err = crm.AccountView360(t.Context(), q, acme.ID, crm.Viewer{Access: crm.System(), UserID: "reader", Now: noon})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		p := &v.People
		for what, got := range map[string][2]int{"profiles": {len(p.Profiles.Items), p.Profiles.Count}, "links": {len(p.Links.Items), p.Links.Count}, "consents": {len(p.Consents.Items), p.Consents.Count}} {
			if got != [2]int{10, 12} {
				t.Errorf("%s: %v, want the first 10 of 12", what, got)
			}
		}
		f := crm.PeopleFilter{View: crm.ViewOf{Kind: crm.RecordAccount, ID: acme.ID}, Limit: 7}
		all := map[string]int{}
		for page := range 2 {
			profiles, next, err := crm.FindProfiles(t.Context(), db, crm.System(), f)
			for _, p := range profiles {
				all[p.ID]++
			}
			if f.Cursor = next; err != nil || (next == "") != (page == 1) {
				t.Fatalf("page %d: %q, %v", page, next, err)
			}
		}
		f.Cursor = ""
		for page := range 2 {
			links, next, err := crm.FindLinks(t.Context(), db, crm.System(), f)
			for _, l := range links {
				all[l.AuthorID]++
			}
			if f.Cursor = next; err != nil || (next == "") != (page == 1) {
				t.Fatalf("page %d: %q, %v", page, next, err)
			}
		}
		if len(all) != 24 {
			t.Errorf("%d profiles and links, want each of 24 once: %v", len(all), all)
		}
		_, _, err := crm.FindConsents(t.Context(), db, &crm.Access{UserID: "stranger"}, f)
		wantErr(t, err, crm.ErrNotFound)
	})
}

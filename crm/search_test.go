package crm_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func TestSearch(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		acme := createAccount(t, db, crm.Account{Name: "Müller Möbel GmbH", Domain: "mueller-moebel.example"})
		anna := createContact(t, db, crm.Contact{FirstName: "Anna", LastName: "Müller", Email: "anna.mueller@firma.example", AccountID: acme.ID})
		createContact(t, db, crm.Contact{FirstName: "Bernd", LastName: "Muellermann", Company: "Anna AG"})
		o := createOpportunity(t, db, crm.Opportunity{Name: "Stühle für das Büro", ContactID: anna.ID})
		gone := createContact(t, db, crm.Contact{LastName: "Verschwunden"})
		update(t, db, func(tx *sqldb.Tx) error {
			if _, err := crm.AddProfile(t.Context(), tx, anna.ID, "https://bsky.app/profile/annam.bsky.social", by(noon)); err != nil {
				return err
			}
			if _, err := crm.CreateQuote(t.Context(), tx, by(noon), crm.Quote{OpportunityID: o.ID, Currency: "EUR", Lines: []crm.Line{{Text: "Stuhl", Quantity: 1000, Price: 100}}}, ""); err != nil {
				return err
			}
			if _, err := crm.CreateActivity(t.Context(), tx, by(noon), crm.Activity{Kind: "call", RecordType: "contact", RecordID: anna.ID, Subject: "Lieferzeit besprochen"}); err != nil {
				return err
			}
			return crm.DeleteContact(t.Context(), tx, gone.ID, by(noon))
		})
		for text, want := range map[string]string{
			"mueller":                    "contact Anna Müller, contact Bernd Muellermann; account Müller Möbel GmbH",
			"MÜLL":                       "contact Bernd Muellermann, contact Anna Müller; account Müller Möbel GmbH",
			"anna mül":                   "contact Anna Müller, contact Bernd Muellermann",
			"anna.mueller@firma.example": "contact! Anna Müller",
			"@annam.bsky.social":         "social_profile! annam.bsky.social",
			"annam":                      "social_profile annam.bsky.social",
			"q-2026-0001":                "quote! Q-2026-0001",
			"stuhle":                     "",
			"stuehle büro":               "opportunity Stühle für das Büro",
			"lieferz":                    "activity Lieferzeit besprochen",
			anna.ID:                      "contact! Anna Müller",
			"verschwunden":               "",
			"%_'\"*:&|!()":               "",
		} {
			t.Run(text, func(t *testing.T) {
				groups, err := crm.Search(t.Context(), db, crm.SearchQuery{Access: crm.System(), Text: text, Limit: 5})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, written(groups)); diff != "" {
					t.Error(diff)
				}
			})
		}
	})
}

// written are groups in a line; ! stands for an exact hit.
func written(groups []crm.HitGroup) string {
	var parts []string
	for _, g := range groups {
		var hits []string
		for _, h := range g.Hits {
			mark := ""
			if h.Exact {
				mark = "!"
			}
			hits = append(hits, g.Type+mark+" "+h.Title)
		}
		parts = append(parts, strings.Join(hits, ", "))
	}
	return strings.Join(parts, "; ")
}

// What was there before search was is found after IndexRest.
func TestIndexRest(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		anna := createContact(t, db, crm.Contact{LastName: "Müller"})
		update(t, db, func(tx *sqldb.Tx) error {
			return tx.IndexText(t.Context(), []sqldb.Text{{RecordType: "contact", RecordID: anna.ID}})
		})
		for more := true; more; {
			update(t, db, func(tx *sqldb.Tx) (err error) {
				more, err = crm.IndexRest(t.Context(), tx)
				return err
			})
		}
		if groups, err := crm.Search(t.Context(), db, crm.SearchQuery{Access: crm.System(), Text: "mül", Limit: 5}); err != nil || written(groups) != "contact Müller" {
			t.Errorf("got %s, %v", written(groups), err)
		}
		if waits, err := crm.SearchWaits(t.Context(), db); err != nil || waits {
			t.Errorf("something waits: %v, %v", waits, err)
		}
	})
}

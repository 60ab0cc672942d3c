package crm_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// masked is who may do everything, and is not shown some fields: TYPE.FIELD.
func masked(fields ...string) *crm.Access {
	role := crm.Role{Grants: []crm.Grant{{Type: "*", Action: "*", Level: crm.LevelAll}}}
	for _, f := range fields {
		kind, field, _ := strings.Cut(f, ".")
		role.Masks = append(role.Masks, crm.Mask{Type: kind, Field: field, Hidden: true})
	}
	return &crm.Access{UserID: "anna", Roles: []crm.Role{role}}
}

// hideouts are records with something secret in them.
func hideouts(t *testing.T, db *sqldb.DB) {
	t.Helper()
	createAccount(t, db, crm.Account{Name: "Müller Möbel", Domain: "secret-moebel.example"})
	createContact(t, db, crm.Contact{FirstName: "Anna", LastName: "Müller", Email: "anna@secret.example", Company: "Möbel"})
	createContact(t, db, crm.Contact{Email: "zoe@secret.example", Phone: "0431 1234567"})
	createContact(t, db, crm.Contact{DisplayName: "Bert", Email: "bert@secret.example"})
	update(t, db, func(tx *sqldb.Tx) error {
		_, err := crm.CreateLead(t.Context(), tx, by(noon), crm.NewLead{Lead: crm.Lead{Name: "David", Email: "david@secret.example", Topic: "Grills", Source: crm.SourceHand}})
		return err
	})
}

// Nobody finds a record by what is hidden from them, nor is told it.
func TestSearchHidesMaskedFields(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		hideouts(t, db)
		for name, c := range map[string]struct {
			text string
			of   *crm.Access
			want string
		}{
			"OKUnmasked":      {"anna@secret.example", masked(), "contact! Anna Müller (Möbel · anna@secret.example)"},
			"OKOtherMask":     {"anna@secret.example", masked("contact.phone"), "contact! Anna Müller (Möbel · anna@secret.example)"},
			"OKByTheRest":     {"anna", masked("contact.email"), "contact Anna Müller (Möbel)"},
			"OKNameless":      {"1234567", masked("contact.email"), "contact  ()"},
			"NotByAddress":    {"anna@secret.example", masked("contact.email"), ""},
			"NotByItsWord":    {"secret", masked("contact.email", "lead.email", "account.domain"), ""},
			"NotByCalledSo":   {"zoe@secret.example", masked("contact.email"), ""},
			"NotByName":       {"müller", masked("contact.last_name", "account.name"), ""},
			"OKByFirstName":   {"anna", masked("contact.last_name"), "contact Anna (Möbel · anna@secret.example)"},
			"NotByBoth":       {"anna müller", masked("contact.last_name"), ""},
			"NotByExactLead":  {"david@secret.example", masked("lead.email"), ""},
			"NotByDomain":     {"secret-moebel.example", masked("account.domain"), ""},
			"OKAccountByName": {"möbel", masked("account.domain", "contact.company"), "account Müller Möbel ()"},
		} {
			t.Run(name, func(t *testing.T) {
				groups, err := crm.Search(t.Context(), db, crm.SearchQuery{Access: c.of, Text: c.text, Limit: 5})
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, g := range groups {
					for _, h := range g.Hits {
						exact := map[bool]string{true: "!"}[h.Exact]
						got = append(got, fmt.Sprintf("%s%s %s (%s)", g.Type, exact, h.Title, h.Detail))
					}
				}
				if diff := cmp.Diff(c.want, strings.Join(got, "; ")); diff != "" {
					t.Error(diff)
				}
			})
		}
	})
}

// A list is found by, ordered by and resumed at nothing that is hidden.
func TestListsHideMaskedFields(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		hideouts(t, db)
		for name, c := range map[string]struct {
			query string
			of    *crm.Access
			want  string
		}{
			"OKUnmasked":     {"", masked(), "Bert Müller zoe@secret.example"},
			"OKByAddress":    {"zoe", masked(), "zoe@secret.example"},
			"OKAll":          {"", masked("contact.email"), "Bert Müller zoe@secret.example"},
			"OKByName":       {"mül", masked("contact.email"), "Müller"},
			"OKByDisplay":    {"bert", masked("contact.email"), "Bert"},
			"NotByAddress":   {"anna@", masked("contact.email"), ""},
			"NotByCalledSo":  {"zoe", masked("contact.email"), ""},
			"OKByCompany":    {"möbel", masked("contact.email"), "Müller"},
			"NotByCompany":   {"möbel", masked("contact.company"), ""},
			"OKNewestFirst":  {"", masked("contact.last_name"), "Bert zoe@secret.example Müller"},
			"NotByLastName":  {"mül", masked("contact.last_name"), ""},
			"OKAddressStill": {"anna@", masked("contact.last_name"), "Müller"},
		} {
			t.Run(name, func(t *testing.T) {
				var got []string
				f := crm.ContactFilter{Query: c.query, Limit: 1}
				for {
					list, next, err := crm.FindContacts(t.Context(), db, c.of, f)
					if err != nil {
						t.Fatal(err)
					}
					for _, one := range list {
						got = append(got, firstOf(one.LastName, one.DisplayName, one.Email))
					}
					if said, _ := base64.RawURLEncoding.DecodeString(next); c.of.Hidden("contact") != nil && (strings.Contains(string(said), "@") || strings.Contains(string(said), "muel")) {
						t.Errorf("the cursor says %q", said)
					}
					if f.Cursor = next; next == "" {
						break
					}
				}
				if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
					t.Error(diff)
				}
			})
		}
		if list, _, err := crm.FindAccounts(t.Context(), db, masked("account.name"), crm.AccountFilter{Query: "mül"}); err != nil || len(list) != 0 {
			t.Errorf("got %v, %v of accounts by a name that is hidden", list, err)
		}
		if list, _, err := crm.FindAccounts(t.Context(), db, masked("account.name"), crm.AccountFilter{}); err != nil || len(list) != 1 {
			t.Errorf("got %v, %v of all accounts", list, err)
		}
		var no *crm.Forbidden
		if _, _, err := crm.FindLeads(t.Context(), db, masked("lead.rating"), crm.LeadFilter{Queue: true}); !errors.As(err, &no) || no.Field != "rating" {
			t.Errorf("got %v: the queue tells the rating", err)
		}
		if _, _, err := crm.FindOpportunities(t.Context(), db, masked("opportunity.stage"), crm.OpportunityFilter{Stage: "qualify"}); !errors.As(err, &no) || no.Field != "stage" {
			t.Errorf("got %v: the filter tells the stage", err)
		}
	})
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// That a lead may be on file already is told, and not as whom where only what is hidden says so.
func TestCandidatesHideMaskedFields(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		hideouts(t, db)
		for name, c := range map[string]struct {
			lead crm.Lead
			of   *crm.Access
			want string
		}{
			"OKUnmasked": {crm.Lead{Email: "anna@secret.example"}, masked(), "contact Anna Müller (the same e-mail address)"},
			"OKHidden":   {crm.Lead{Email: "anna@secret.example"}, masked("contact.email"), "contact that you may not see (the same e-mail address)"},
			"OKByName":   {crm.Lead{Email: "anna@secret.example", Name: "Anna Müller", Company: "Möbel"}, masked("contact.email"), "contact Anna Müller (the same name and company)"},
			"OKCalled":   {crm.Lead{Email: "anna@secret.example"}, masked("contact.last_name"), "contact Anna (the same e-mail address)"},
		} {
			t.Run(name, func(t *testing.T) {
				found, err := crm.Candidates(t.Context(), db, c.of, &c.lead)
				if err != nil {
					t.Fatal(err)
				}
				got := (&crm.MaybeDuplicate{Candidates: found}).Error()
				if want := "it may be on file already: " + c.want + ": "; got != want {
					t.Errorf("got %q, want %q", got, want)
				}
				for _, f := range found {
					if f.Hidden && (f.RecordID != "" || f.Name != "") {
						t.Errorf("it tells who it is: %+v", f)
					}
				}
			})
		}
	})
}

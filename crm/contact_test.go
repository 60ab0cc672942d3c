package crm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func TestContactCheck(t *testing.T) {
	for name, c := range map[string]struct {
		in    crm.Contact
		field string // that is refused
		want  crm.Contact
	}{
		"OK":              {in: crm.Contact{FirstName: " Anna\n", LastName: "Müller  Lüdenscheidt", URL: "anna.example"}, want: crm.Contact{FirstName: "Anna", LastName: "Müller Lüdenscheidt", URL: "https://anna.example"}},
		"OKOnlyEmail":     {in: crm.Contact{Email: "anna@example.com"}, want: crm.Contact{Email: "anna@example.com"}},
		"OKPhoneAsGiven":  {in: crm.Contact{LastName: "M", Phone: "+49 (0) 30-1234 ext. 5"}, want: crm.Contact{LastName: "M", Phone: "+49 (0) 30-1234 ext. 5"}},
		"OKFormula":       {in: crm.Contact{LastName: "=1+1"}, want: crm.Contact{LastName: "=1+1"}},
		"ErrNothing":      {in: crm.Contact{Company: "Acme"}, field: "last_name"},
		"ErrLongName":     {in: crm.Contact{LastName: strings.Repeat("ü", 500)}, field: "last_name"},
		"ErrNUL":          {in: crm.Contact{LastName: "a\x00b"}, field: "last_name"},
		"ErrNotUTF8":      {in: crm.Contact{FirstName: "M\xfcller"}, field: "first_name"},
		"ErrEmailName":    {in: crm.Contact{Email: "Anna <anna@example.com>"}, field: "email"},
		"ErrEmailShape":   {in: crm.Contact{Email: "anna"}, field: "email"},
		"ErrEmailTwo":     {in: crm.Contact{Email: "a@example.com, b@example.com"}, field: "email"},
		"ErrURLScheme":    {in: crm.Contact{LastName: "M", URL: "javascript://example.com/%0aalert(1)"}, field: "url"},
		"ErrURLPassword":  {in: crm.Contact{LastName: "M", URL: "https://user:secret@example.com"}, field: "url"},
		"ErrURLNoDomain":  {in: crm.Contact{LastName: "M", URL: "anna"}, field: "url"},
		"ErrPhoneTooLong": {in: crm.Contact{LastName: "M", Phone: strings.Repeat("1", 101)}, field: "phone"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.in.Check()
			if c.field != "" {
				wantInvalid(t, err, c.field)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, c.in); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestContactLife(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		c := createContact(t, db, crm.Contact{FirstName: "Anna", LastName: "Müller", Email: "Anna@Example.com"})
		got, err := crm.ContactByID(ctx, db, crm.System(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c, got); diff != "" {
			t.Errorf("stored contact (-want +got):\n%s", diff)
		}
		later := noon.Add(time.Hour)
		c.City = "Köln"
		update(t, db, func(tx *sqldb.Tx) error {
			got, err = crm.UpdateContact(ctx, tx, c, by(later))
			return err
		})
		if got.City != "Köln" || got.Version != 2 || !got.UpdatedAt.Equal(later) || !got.CreatedAt.Equal(noon) {
			t.Errorf("updated contact: %+v", got)
		}
		wantErr(t, db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := crm.UpdateContact(ctx, tx, c, by(later)) // still version 1
			return err
		}), crm.ErrConflict)
		c.ID = "nobody"
		wantErr(t, db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := crm.UpdateContact(ctx, tx, c, by(later))
			return err
		}), crm.ErrNotFound)
	})
}

func TestContactDeleteTakesWhatBelongsToIt(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		c := createContact(t, db, crm.Contact{LastName: "Müller"})
		createAuthor(t, db, "author", 2)
		update(t, db, func(tx *sqldb.Tx) error {
			if _, err := crm.AddProfile(ctx, tx, c.ID, "@anna.bsky.social", by(noon)); err != nil {
				return err
			}
			if _, err := crm.Decide(ctx, tx, crm.Verdict{AuthorID: "author", ContactID: c.ID, Decision: crm.Confirmed}, by(noon)); err != nil {
				return err
			}
			_, err := crm.OpenLeads(ctx, tx, []crm.Lead{{Milestone: crm.Unqualified, ContactID: c.ID, OpenKey: "k", Meta: crm.Meta{CreatedAt: noon}}}, by(noon))
			return err
		})
		update(t, db, func(tx *sqldb.Tx) error { return crm.DeleteContact(ctx, tx, c.ID, by(noon)) })
		_, err := crm.ContactDetailByID(ctx, db, crm.System(), c.ID)
		wantErr(t, err, crm.ErrNotFound)
		for _, table := range []string{"social_profiles", "links", "touches"} {
			var n int
			if err := db.QueryRow(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil || n != 0 {
				t.Errorf("%s holds %d rows (%v), want none", table, n, err)
			}
		}
		leads, _, err := crm.FindLeads(ctx, db, crm.System(), crm.LeadFilter{})
		if err != nil || len(leads) != 1 || leads[0].ContactID != "" {
			t.Errorf("leads: %+v (%v), want one without a contact", leads, err)
		}
		wantErr(t, db.Update(ctx, func(tx *sqldb.Tx) error { return crm.DeleteContact(ctx, tx, c.ID, by(noon)) }), crm.ErrNotFound)
	})
}

func TestFindContacts(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		for _, c := range []crm.Contact{
			{FirstName: "Anna", LastName: "Müller", Email: "am@muster.example", Company: "Acme GmbH"},
			{FirstName: "Bernd", LastName: "Mueller-Schmidt", Company: "Acme GmbH"},
			{FirstName: "Acer", LastName: "Zeta"},
			{DisplayName: "Acme Support", Email: "acme@example.com"},
			{FirstName: "Øyvind", LastName: "Ångström", DisplayName: "Øy", Email: "acme.no@example.com"},
		} {
			createContact(t, db, c)
		}
		for name, c := range map[string]struct {
			query string
			want  []string
		}{
			"OKAll":         {"", []string{"Øy", "Acme Support", "Anna Müller", "Bernd Mueller-Schmidt", "Acer Zeta"}},
			"OKLast":        {"MÜLL", []string{"Anna Müller", "Bernd Mueller-Schmidt"}},
			"OKFirst":       {"bern", []string{"Bernd Mueller-Schmidt"}},
			"OKFull":        {"anna muel", []string{"Anna Müller"}},
			"OKLastFirst":   {"müller anna", []string{"Anna Müller"}},
			"OKDisplay":     {"OEY", []string{"Øy"}},
			"OKEmail":       {"AM@M", []string{"Anna Müller"}},
			"OKRankedSteps": {"ac", []string{"Acme Support", "Acer Zeta", "Anna Müller", "Bernd Mueller-Schmidt", "Øy"}},
			"OKNothing":     {"x", nil},
			"OKWildcards":   {"%", nil},
		} {
			t.Run(name, func(t *testing.T) {
				for limit := 1; limit <= 6; limit++ {
					got := allNames(t, db, crm.ContactFilter{Query: c.query, Limit: limit})
					if diff := cmp.Diff(c.want, got); diff != "" {
						t.Errorf("pages of %d (-want +got):\n%s", limit, diff)
					}
				}
			})
		}
		for _, cursor := range []string{"x", "!", "MDAw", strings.Repeat("A", 10000)} {
			_, _, err := crm.FindContacts(t.Context(), db, crm.System(), crm.ContactFilter{Cursor: cursor})
			wantInvalid(t, err, "cursor")
		}
	})
}

// allNames walks every page.
func allNames(t *testing.T, db *sqldb.DB, f crm.ContactFilter) (names []string) {
	t.Helper()
	for range 20 {
		page, next, err := crm.FindContacts(t.Context(), db, crm.System(), f)
		if err != nil {
			t.Fatal(err)
		}
		for i := range page {
			names = append(names, page[i].Name())
		}
		if next == "" {
			return names
		}
		f.Cursor = next
	}
	t.Fatal("the pages do not end")
	return nil
}

func TestContactsOfAccount(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		for i := range 5 {
			createContact(t, db, crm.Contact{LastName: fmt.Sprintf("Name %d", i), AccountID: []string{"a", "b"}[i%2]})
		}
		if diff := cmp.Diff([]string{"Name 0", "Name 2", "Name 4"}, allNames(t, db, crm.ContactFilter{AccountID: "a", Limit: 2})); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

func TestContactsForMatching(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		var contacts []crm.Contact
		for i := range 3 {
			contacts = append(contacts, createContact(t, db, crm.Contact{LastName: fmt.Sprint("Name ", i)}))
		}
		read := func(since time.Time) (got []string) {
			t.Helper()
			if err := crm.ContactsForMatching(ctx, db, since, func(r crm.ContactRow) error {
				got = append(got, fmt.Sprintf("%s %d deleted=%t", r.LastName, len(r.Profiles), r.Deleted))
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			return got
		}
		if diff := cmp.Diff([]string{"Name 0 0 deleted=false", "Name 1 0 deleted=false", "Name 2 0 deleted=false"}, read(time.Time{})); diff != "" {
			t.Errorf("everything (-want +got):\n%s", diff)
		}
		later := noon.Add(time.Minute)
		update(t, db, func(tx *sqldb.Tx) error {
			if _, err := crm.AddProfile(ctx, tx, contacts[1].ID, "x:anna", by(later)); err != nil {
				return err
			}
			return crm.DeleteContact(ctx, tx, contacts[2].ID, by(later))
		})
		if diff := cmp.Diff([]string{" 0 deleted=true", "Name 1 1 deleted=false"}, read(later)); diff != "" {
			t.Errorf("what changed (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"Name 0 0 deleted=false", "Name 1 1 deleted=false"}, read(time.Time{})); diff != "" {
			t.Errorf("everything again (-want +got):\n%s", diff)
		}
	})
}

func TestAccounts(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		var acme crm.Account
		update(t, db, func(tx *sqldb.Tx) (err error) {
			for _, name := range []string{"Übermut AG", "Zeta", "Acme"} {
				if acme, err = crm.CreateAccount(ctx, tx, crm.Account{Name: name, Domain: "https://www." + name[len(name)-2:] + ".example/"}, by(noon)); err != nil {
					return err
				}
			}
			acme.City = "Köln"
			acme, err = crm.UpdateAccount(ctx, tx, acme, by(noon))
			return err
		})
		if acme.Domain != "me.example" || acme.City != "Köln" || acme.Version != 2 {
			t.Errorf("account: %+v", acme)
		}
		var names []string
		for cursor, first := "", true; first || cursor != ""; first = false {
			page, next, err := crm.FindAccounts(ctx, db, crm.System(), crm.AccountFilter{Cursor: cursor, Limit: 2})
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range page {
				names = append(names, a.Name)
			}
			cursor = next
		}
		if diff := cmp.Diff([]string{"Acme", "Übermut AG", "Zeta"}, names); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		found, _, err := crm.FindAccounts(ctx, db, crm.System(), crm.AccountFilter{Query: "ueberm"})
		if err != nil || len(found) != 1 {
			t.Errorf("search: %+v (%v)", found, err)
		}
		_, err = crm.AccountByID(ctx, db, crm.System(), "none")
		wantErr(t, err, crm.ErrNotFound)
		wantErr(t, db.Update(ctx, func(tx *sqldb.Tx) error {
			acme.Version = 1
			_, err := crm.UpdateAccount(ctx, tx, acme, by(noon))
			return err
		}), crm.ErrConflict)
		err = db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := crm.CreateAccount(ctx, tx, crm.Account{Name: "x", Domain: "no domain"}, by(noon))
			return err
		})
		wantInvalid(t, err, "domain")
	})
}

// Accounts under one handle are found whichever process saw them.
func TestTakenHandles(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		for id, handle := range map[string]string{"1": "anna", "2": "anna", "3": "bert", "4": "", "5": ""} {
			update(t, db, func(tx *sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), `INSERT INTO authors (id, network, native_id, handle, name, url, bio, location, followers, verified_links, bot, seen_at)
					VALUES ($1, 'x', $1, $2, '', '', '', '', 0, '[]', false, 0)`, id, handle)
				return err
			})
		}
		var got []string
		err := crm.TakenHandles(t.Context(), db, func(network, handle, account string) { got = append(got, network+" "+handle+" "+account) })
		slices.Sort(got)
		if diff := cmp.Diff([]string{"x anna 1", "x anna 2"}, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}

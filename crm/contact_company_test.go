package crm_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// A row's company gets no account that who imports could not have made, or found, by hand.
func TestImportMakesNoForbiddenAccounts(t *testing.T) {
	all := []crm.Grant{{Type: crm.RecordContact, Action: "*", Level: crm.LevelAll}}
	grant := func(action crm.Action, level crm.Level) crm.Grant {
		return crm.Grant{Type: crm.RecordAccount, Action: action, Level: level}
	}
	const file = "last_name,company\nAdam,Ours\nBerg,Theirs\nCohn,New\nDorn,\n"
	for name, c := range map[string]struct {
		grants []crm.Grant
		mask   string
		want   []string // the account that each is under
		reason string   // of the first row that is refused
	}{
		"OKAll":        {[]crm.Grant{grant("*", crm.LevelAll)}, "", []string{"Adam Ours", "Berg Theirs", "Cohn New", "Dorn "}, ""},
		"ErrNoCreate":  {[]crm.Grant{grant(crm.ToRead, crm.LevelOwn)}, "", []string{"Adam Ours", "Dorn "}, "ask somebody with account:create"},
		"ErrNothing":   {nil, "", []string{"Dorn "}, "ask somebody with account:create"},
		"ErrHidden":    {[]crm.Grant{grant(crm.ToRead, crm.LevelOwn), grant(crm.ToCreate, crm.LevelOwn)}, "", []string{"Adam Ours", "Cohn New of rep", "Dorn "}, "ask whose it is"},
		"ErrUnread":    {[]crm.Grant{grant(crm.ToCreate, crm.LevelOwn)}, "", []string{"Cohn New of rep", "Dorn "}, "ask somebody with account:create"},
		"ErrNoName":    {[]crm.Grant{grant("*", crm.LevelAll)}, "name", []string{"Dorn "}, "ask somebody with account:create"},
		"OKOtherField": {[]crm.Grant{grant("*", crm.LevelAll)}, "domain", []string{"Adam Ours", "Berg Theirs", "Cohn New", "Dorn "}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				createAccount(t, db, crm.Account{Name: "Ours", OwnerID: "rep"})
				createAccount(t, db, crm.Account{Name: "Theirs", OwnerID: "other"})
				role := crm.Role{Name: "importer", Grants: append(c.grants, all...)}
				if c.mask != "" {
					role.Masks = []crm.Mask{{Type: crm.RecordAccount, Field: c.mask, Hidden: true}}
				}
				opt := crm.ImportOptions{By: "rep", Access: &crm.Access{UserID: "rep", Roles: []crm.Role{role}}}
				r := importText(t, db, file, opt)
				if r.Created != len(c.want) || c.reason != "" && (r.Refusals[0].Column != "company" || !strings.Contains(r.Refusals[0].Reason, c.reason)) {
					t.Errorf("got %+v", r)
				}
				if diff := cmp.Diff(c.want, underAccounts(t, db)); diff != "" {
					t.Error(diff)
				}
				if r := importText(t, db, file, opt); r.Unchanged != len(c.want) || r.Created != 0 || r.Updated != 0 {
					t.Errorf("got %+v the second time", r)
				}
				if found, _, err := crm.FindAccounts(t.Context(), db, crm.System(), crm.AccountFilter{}); err != nil || len(found) > 3 {
					t.Errorf("got %d accounts, %v", len(found), err)
				}
			})
		})
	}
}

// underAccounts lists contacts with the names of their accounts and whose those are.
func underAccounts(t *testing.T, db *sqldb.DB) (got []string) {
	t.Helper()
	contacts, _, err := crm.FindContacts(t.Context(), db, crm.System(), crm.ContactFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range contacts {
		line := c.LastName + " "
		if c.AccountID != "" {
			a, err := crm.AccountByID(t.Context(), db, crm.System(), c.AccountID)
			if err != nil {
				t.Fatal(err)
			}
			if line += a.Name; a.Name == "New" && a.OwnerID != "" {
				line += " of " + a.OwnerID
			}
		}
		got = append(got, line)
	}
	return got
}

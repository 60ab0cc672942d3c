package crm_test

import (
	"errors"
	"testing"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// Nobody gives, takes or writes more than they have, but for who may change both users and roles.
func TestNobodyGivesMoreThanTheyHave(t *testing.T) {
	all := func(types ...string) (grants []crm.Grant) {
		for _, kind := range types {
			grants = append(grants, crm.Grant{Type: kind, Action: "*", Level: crm.LevelAll})
		}
		return grants
	}
	masked := []crm.Mask{{Type: "contact", Field: "email", Hidden: true}}
	read := func(kind string, level crm.Level) crm.Grant {
		return crm.Grant{Type: kind, Action: crm.ToRead, Level: level}
	}
	set := func(user string, roles ...string) func(*testing.T, *sqldb.Tx, crm.Change) error {
		return func(t *testing.T, tx *sqldb.Tx, ch crm.Change) error {
			return crm.SetRoles(t.Context(), tx, ch, user, roles)
		}
	}
	save := func(r crm.Role) func(*testing.T, *sqldb.Tx, crm.Change) error {
		return func(t *testing.T, tx *sqldb.Tx, ch crm.Change) error {
			_, err := crm.SaveRole(t.Context(), tx, ch, r)
			return err
		}
	}
	enter := func(user string) func(*testing.T, *sqldb.Tx, crm.Change) error {
		return func(t *testing.T, tx *sqldb.Tx, ch crm.Change) error {
			return crm.MayEnterFor(t.Context(), tx, ch.Access, user)
		}
	}
	for name, c := range map[string]struct {
		own    crm.Role // of who does it, beside what everybody has
		scopes []crm.Scope
		do     func(*testing.T, *sqldb.Tx, crm.Change) error
		ok     bool
	}{
		"ErrUsersAlone":       {own: crm.Role{Grants: all("user")}, do: set("anna", "own", "administrator")},
		"ErrTake":             {own: crm.Role{Grants: all("user")}, do: set("boss")},
		"ErrDefault":          {own: crm.Role{Grants: all("user")}, do: set("bert", "read-only")},
		"ErrWider":            {own: crm.Role{Grants: append(all("user"), read("contact", crm.LevelTeam))}, do: set("bert", "reader")},
		"ErrMask":             {own: crm.Role{Grants: append(all("user"), read("contact", crm.LevelAll)), Masks: masked}, do: set("bert", "reader")},
		"ErrScope":            {own: crm.Role{Grants: all("*")}, scopes: []crm.Scope{{Type: "user", Action: "*"}}, do: set("bert", "reader")},
		"ErrOwnRole":          {own: crm.Role{Grants: all("role")}, do: save(crm.Role{Name: "own", Grants: all("role", "contact")})},
		"ErrOtherRole":        {own: crm.Role{Grants: all("role")}, do: save(crm.Role{Name: "reader", Grants: []crm.Grant{}})},
		"ErrOwnMask":          {own: crm.Role{Grants: append(all("role"), read("contact", crm.LevelAll)), Masks: masked}, do: save(crm.Role{Name: "own", Masks: []crm.Mask{}})},
		"ErrEnter":            {own: crm.Role{Grants: all("user")}, do: enter("boss")},
		"OKBoth":              {own: crm.Role{Grants: all("user", "role")}, do: set("bert", "administrator"), ok: true},
		"OKBothSave":          {own: crm.Role{Grants: all("user", "role")}, do: save(crm.Role{Name: "own", Grants: all("*")}), ok: true},
		"OKBothEnter":         {own: crm.Role{Grants: all("user", "role")}, do: enter("boss"), ok: true},
		"OKAmongTheirs":       {own: crm.Role{Grants: append(all("user"), read("contact", crm.LevelAll))}, do: set("bert", "reader"), ok: true},
		"OKTheSame":           {own: crm.Role{Grants: all("user")}, do: set("boss", "administrator"), ok: true},
		"OKTheirMaskedOwn":    {own: crm.Role{Grants: append(all("user"), read("contact", crm.LevelAll)), Masks: masked}, do: set("bert", "own"), ok: true},
		"OKLabel":             {own: crm.Role{Grants: all("role")}, do: save(crm.Role{Name: "reader", Label: "Who reads"}), ok: true},
		"OKEnterNoMoreThanMe": {own: crm.Role{Grants: append(all("user"), read("contact", crm.LevelAll))}, do: enter("rita"), ok: true},
		"OKEnterOneself":      {own: crm.Role{Grants: all("user")}, do: enter("anna"), ok: true},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				for _, user := range []string{"anna", "bert", "boss", "rita"} {
					addUser(t, db, user)
				}
				c.own.Name = "own"
				update(t, db, func(tx *sqldb.Tx) error {
					for _, r := range []crm.Role{c.own, {Name: "reader", Grants: []crm.Grant{read("contact", crm.LevelAll)}}} {
						if _, err := crm.SaveRole(t.Context(), tx, by(noon), r); err != nil {
							return err
						}
					}
					return errors.Join(set("anna", "own")(t, tx, by(noon)), set("boss", "administrator")(t, tx, by(noon)), set("rita", "reader")(t, tx, by(noon)))
				})
				access, err := crm.AccessOf(t.Context(), db, "anna")
				if err != nil {
					t.Fatal(err)
				}
				if c.scopes != nil {
					access = access.Narrowed(c.scopes)
				}
				err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
					return c.do(t, tx, crm.Change{By: "anna", At: noon, Access: access})
				})
				var no *crm.Forbidden
				if c.ok && err != nil || !c.ok && (!errors.As(err, &no) || no.Role == "") {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

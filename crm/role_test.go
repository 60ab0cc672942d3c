package crm_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

func TestLastAdministratorStays(t *testing.T) {
	db := oneDatabase(t)
	newCompany(t, db)
	set := func(user string, roles ...string) error {
		return db.Update(t.Context(), func(tx *sqldb.Tx) error { return crm.SetRoles(t.Context(), tx, by(noon), user, roles) })
	}
	if err := errors.Join(set("anna", crm.RoleAdministrator), set("mate", crm.RoleAdministrator), set("anna", "sales-rep")); err != nil {
		t.Fatal(err)
	}
	wantInvalid(t, set("mate"), "roles")
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := crm.SaveRole(t.Context(), tx, by(noon), crm.Role{Name: crm.RoleAdministrator, Grants: []crm.Grant{}})
		return err
	})
	wantInvalid(t, err, "roles")
}

func TestRoleErrors(t *testing.T) {
	db := oneDatabase(t)
	for name, c := range map[string]struct {
		role  crm.Role
		field string
	}{
		"ErrName":   {crm.Role{Name: "Boss!"}, "name"},
		"ErrType":   {crm.Role{Name: "x", Grants: []crm.Grant{{Type: "castle", Action: "read", Level: "all"}}}, "grants"},
		"ErrAction": {crm.Role{Name: "x", Grants: []crm.Grant{{Type: "lead", Action: "burn", Level: "all"}}}, "grants"},
		"ErrNotOf":  {crm.Role{Name: "x", Grants: []crm.Grant{{Type: "monitor", Action: "merge", Level: "all"}}}, "grants"},
		"ErrLevel":  {crm.Role{Name: "x", Grants: []crm.Grant{{Type: "lead", Action: "read", Level: "some"}}}, "grants"},
		"ErrWhole":  {crm.Role{Name: "x", Grants: []crm.Grant{{Type: "monitor", Action: "read", Level: "team"}}}, "grants"},
		"ErrTwice":  {crm.Role{Name: "x", Grants: []crm.Grant{{Type: "lead", Action: "read", Level: "own"}, {Type: "lead", Action: "read", Level: "all"}}}, "grants"},
		"ErrMask":   {crm.Role{Name: "x", Masks: []crm.Mask{{Type: "monitor", Field: "query", Hidden: true}}}, "masks"},
		"ErrField":  {crm.Role{Name: "x", Masks: []crm.Mask{{Type: "lead", Field: "No field", Hidden: true}}}, "masks"},
	} {
		t.Run(name, func(t *testing.T) {
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := crm.SaveRole(t.Context(), tx, by(noon), c.role)
				return err
			})
			wantInvalid(t, err, c.field)
		})
	}
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := crm.CreateContact(t.Context(), tx, crm.Contact{LastName: "x"}, crm.Change{By: "anna", At: noon})
		return err
	})
	var no *crm.Forbidden
	if !errors.As(err, &no) {
		t.Errorf("got %v: a change without access is refused", err)
	}
}

// Every built-in role can be saved as it is: its grants mean something.
func TestRolesOfTheBeginning(t *testing.T) {
	db := oneDatabase(t)
	all, err := crm.Roles(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range all {
		names = append(names, r.Name)
		if err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.SaveRole(t.Context(), tx, by(noon), r)
			return err
		}); err != nil {
			t.Errorf("role %s: %v", r.Name, err)
		}
	}
	if got := fmt.Sprint(names); got != "[administrator marketing operator read-only sales-manager sales-rep]" {
		t.Errorf("got roles %s", got)
	}
}

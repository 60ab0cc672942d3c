package crm_test

import (
	"testing"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// Of those who save what they loaded at the same time, one does.
func TestOfManySavesOfOneVersionOneIsDone(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var role crm.Role
		var reason crm.Reason
		update(t, db, func(tx *sqldb.Tx) (err error) {
			if role, err = crm.SaveRole(t.Context(), tx, by(noon), crm.Role{Name: "tested", Grants: []crm.Grant{}, Masks: []crm.Mask{}}); err != nil {
				return err
			}
			reason, err = crm.SaveReason(t.Context(), tx, by(noon), crm.Reason{Outcome: crm.StateLost, Code: "weather", Active: true})
			return err
		})
		if role.Version != 1 || reason.Version != 1 {
			t.Errorf("they begin with the versions %d and %d, want 1", role.Version, reason.Version)
		}
		contact := createContact(t, db, crm.Contact{LastName: "Ober"})
		for name, save := range map[string]func(tx *sqldb.Tx) error{
			"role": func(tx *sqldb.Tx) error {
				_, err := crm.SaveRole(t.Context(), tx, by(noon), role)
				return err
			},
			"reason": func(tx *sqldb.Tx) error {
				_, err := crm.SaveReason(t.Context(), tx, by(noon), reason)
				return err
			},
			"owner": func(tx *sqldb.Tx) error {
				if err := crm.CheckVersion(t.Context(), tx, by(noon), crm.RecordContact, contact.ID, contact.Version); err != nil {
					return err
				}
				return crm.AssignOwner(t.Context(), tx, by(noon), crm.RecordContact, contact.ID, "anna")
			},
		} {
			if n := together(t, db, save); n != 1 {
				t.Errorf("the %s was saved %d times", name, n)
			}
			wantErr(t, db.Update(t.Context(), save), crm.ErrConflict)
		}
		role.Version = 0 // whoever does not say which, saves in any case
		if err := db.Update(t.Context(), func(tx *sqldb.Tx) error { _, err := crm.SaveRole(t.Context(), tx, by(noon), role); return err }); err != nil {
			t.Error(err)
		}
	})
}

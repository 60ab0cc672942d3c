package crm_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/post"
)

// Somebody who was erased comes back by no way, until the block is lifted.
func TestBlocked(t *testing.T) {
	greta := crm.Barred{Authors: []string{post.Key{Network: "mastodon", ID: "https://social.example/users/greta"}.Short()},
		Emails: []string{"greta@zwick.example"}, Handles: []string{crm.HandleOf("mastodon", "@Greta@social.example")}}
	const email, handle = "GRETA@zwick.example", "mastodon:greta@social.example"
	ways := map[string]struct {
		field string
		do    func(t *testing.T, tx *sqldb.Tx, contact, lead string) error
	}{
		"new contact": {"email", func(t *testing.T, tx *sqldb.Tx, _, _ string) error {
			_, err := crm.CreateContact(t.Context(), tx, crm.Contact{LastName: "G", Email: email}, by(noon))
			return err
		}},
		"changed contact": {"email", func(t *testing.T, tx *sqldb.Tx, contact, _ string) error {
			c, err := crm.ContactByID(t.Context(), tx, crm.System(), contact)
			if err != nil {
				return err
			}
			c.Email = email
			_, err = crm.UpdateContact(t.Context(), tx, c, by(noon))
			return err
		}},
		"profile": {"profile", func(t *testing.T, tx *sqldb.Tx, contact, _ string) error {
			_, err := crm.AddProfile(t.Context(), tx, contact, handle, by(noon))
			return err
		}},
		"new lead": {"email", func(t *testing.T, tx *sqldb.Tx, _, _ string) error {
			_, err := crm.CreateLead(t.Context(), tx, by(noon), crm.NewLead{Lead: crm.Lead{Name: "G", Topic: "roof", Email: email, Source: crm.SourceHand}})
			return err
		}},
		"new lead by handle": {"handle", func(t *testing.T, tx *sqldb.Tx, _, _ string) error {
			_, err := crm.CreateLead(t.Context(), tx, by(noon), crm.NewLead{Lead: crm.Lead{Name: "G", Topic: "roof", Network: "mastodon", Handle: "greta@social.example", Source: crm.SourceHand}})
			return err
		}},
		"changed lead": {"email", func(t *testing.T, tx *sqldb.Tx, _, lead string) error {
			_, err := crm.UpdateLead(t.Context(), tx, by(noon), lead, 0, func(l *crm.Lead) { l.Email = email })
			return err
		}},
		"form": {"email", func(t *testing.T, tx *sqldb.Tx, _, _ string) error {
			_, err := crm.SubmitForm(t.Context(), tx, by(noon), &crm.LeadForm{Name: "web"}, crm.Lead{Name: "G", Topic: "roof", Email: email})
			return err
		}},
	}
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		contact := createContact(t, db, crm.Contact{LastName: "Other"})
		var lead crm.Lead
		update(t, db, func(tx *sqldb.Tx) (err error) {
			if lead, err = crm.CreateLead(t.Context(), tx, by(noon), crm.NewLead{Lead: crm.Lead{Name: "Other", Topic: "roof", Source: crm.SourceHand}}); err != nil {
				return err
			}
			_, err = crm.Block(t.Context(), tx, greta, "erasure", noon)
			return err
		})
		undone := errors.New("undone")
		try := func(do func(*testing.T, *sqldb.Tx, string, string) error) (got error) {
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				got = do(t, tx, contact.ID, lead.ID)
				return undone
			})
			if !errors.Is(err, undone) {
				t.Fatal(err)
			}
			return got
		}
		for name, way := range ways {
			var blocked *crm.Blocked
			if err := try(way.do); !errors.As(err, &blocked) || blocked.Field != way.field {
				t.Errorf("%s: got %v, want %s blocked", name, err, way.field)
			}
		}
		file := "Last name,Email,Profile\nGood,good@x.example,\nByMail," + email + ",\nByProfile,p@x.example," + handle + "\n"
		report, err := crm.Import(t.Context(), db, strings.NewReader(file), crm.ImportOptions{Type: crm.RecordContact, Now: noon, Map: map[string]string{"profile": "Profile"}})
		if err != nil || report.Created != 1 || report.Refused != 2 {
			t.Errorf("got %+v, %v, want the two refused", report, err)
		}
		if n, err := crm.CountBlocks(t.Context(), db); err != nil || n != 3 {
			t.Errorf("got %d, %v, want three blocks", n, err)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			n, err := crm.Unblock(t.Context(), tx, greta)
			if diff := cmp.Diff(int64(3), n); diff != "" {
				t.Error(diff)
			}
			return err
		})
		for name, way := range ways {
			if err := try(way.do); err != nil {
				t.Errorf("%s: got %v after the block was lifted", name, err)
			}
		}
	})
}

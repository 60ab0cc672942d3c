package crm_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func TestCandidates(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		createContact(t, db, crm.Contact{FirstName: "Anna", LastName: "Müller", Email: "anna@acme.example", Phone: "+49 (89) 123 456-78", Company: "Acme GmbH"})
		update(t, db, func(tx *sqldb.Tx) error {
			if _, err := crm.CreateAccount(t.Context(), tx, crm.Account{Name: "Hotel Seeblick", Domain: "seeblick.example"}, as("anna", noon)); err != nil {
				return err
			}
			_, err := crm.OpenLeads(t.Context(), tx, []crm.Lead{{Meta: crm.Meta{CreatedAt: noon}, Milestone: crm.Unqualified, Source: crm.SourceMention, AuthorID: "a",
				Name: "Petra", Network: "bluesky", Handle: "petra.example", OpenKey: "k"}}, by(noon))
			return err
		})
		for name, test := range map[string]struct {
			lead crm.Lead
			want []string // type, name and reasons
		}{
			"OKNobody":    {crm.Lead{Name: "Bert Zander", Email: "bert@gmail.com", Phone: "123"}, nil},
			"OKOnlyName":  {crm.Lead{Name: "Anna Müller"}, nil},
			"ErrEmail":    {crm.Lead{Email: "ANNA@acme.example"}, []string{"contact Anna Müller", "the same e-mail address"}},
			"ErrPhone":    {crm.Lead{Phone: "0049 89 12345678"}, []string{"contact Anna Müller", "the same phone number"}},
			"ErrLocal":    {crm.Lead{Phone: "089/12345678"}, []string{"contact Anna Müller", "the same phone number"}},
			"ErrPerson":   {crm.Lead{Name: "anna mueller", Company: "ACME GmbH"}, []string{"contact Anna Müller", "the same name and company"}},
			"ErrProfile":  {crm.Lead{Network: "bluesky", Handle: "petra.example"}, []string{"lead Petra", "the same social profile"}},
			"ErrDomain":   {crm.Lead{Email: "info@seeblick.example"}, []string{"account Hotel Seeblick", "the domain of the e-mail address"}},
			"ErrCompany":  {crm.Lead{Name: "B", Company: "hotel seeblick"}, []string{"account Hotel Seeblick", "the same company"}},
			"OKNetwork":   {crm.Lead{Network: "x", Handle: "petra.example"}, nil},
			"ErrEvidence": {crm.Lead{Email: "anna@acme.example", Phone: "089 12345678"}, []string{"contact Anna Müller", "the same e-mail address", "the same phone number"}},
		} {
			t.Run(name, func(t *testing.T) {
				test.lead.Source = crm.SourceHand
				err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
					if _, err := crm.CreateLead(t.Context(), tx, as("anna", noon), crm.NewLead{Lead: test.lead}); err != nil {
						return err
					}
					return errUndo
				})
				var got []string
				var double *crm.MaybeDuplicate
				if errors.As(err, &double) {
					for _, c := range double.Candidates {
						got = append(append(got, c.RecordType+" "+c.Name), c.Reasons...)
					}
				} else if !errors.Is(err, errUndo) {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		}
	})
}

var errUndo = errors.New("undo")

func TestDuplicateIsMadeForAReason(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		known := createContact(t, db, crm.Contact{FirstName: "Anna", LastName: "Müller", Phone: "089 12345678"})
		create := func(n crm.NewLead) (l crm.Lead, err error) {
			n.Source = crm.SourceHand
			err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
				l, err = crm.CreateLead(t.Context(), tx, as("anna", noon), n)
				return err
			})
			return l, err
		}
		l := crm.Lead{Name: "Anja Müller", Phone: "089 12345678"}
		_, err := create(crm.NewLead{Lead: l, AllowDuplicate: true})
		wantInvalid(t, err, "duplicate_reason")
		sister, err := create(crm.NewLead{Lead: l, AllowDuplicate: true, DuplicateReason: "her sister"})
		if err != nil {
			t.Fatal(err)
		}
		entries, _, err := crm.Audit(t.Context(), db, crm.System(), crm.AuditFilter{Record: sister.ID})
		if err != nil || len(entries) != 1 || entries[0].Reason != "her sister" {
			t.Errorf("audit %+v, %v: want the reason", entries, err)
		}
		l.ContactID = known.ID // it is she, and the other lead is no obstacle of hers
		if _, err = create(crm.NewLead{Lead: l}); err == nil {
			t.Error("made although the sister's lead has the same number")
		}
		_, err = create(crm.NewLead{Lead: crm.Lead{Source: "hand"}})
		wantInvalid(t, err, "name")

		// At conversion the question comes up again.
		convert := func(a crm.Acceptance) (o crm.Opportunity, err error) {
			err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
				for _, to := range []crm.Milestone{crm.MarketingQualified, crm.SalesQualified} {
					if _, err := crm.MoveLead(t.Context(), tx, as("anna", noon), crm.LeadMove{ID: sister.ID, To: to}); err != nil {
						return err
					}
				}
				o, err = crm.AcceptLead(t.Context(), tx, as("anna", noon), sister.ID, 0, a)
				return err
			})
			return o, err
		}
		var double *crm.MaybeDuplicate
		if _, err := convert(crm.Acceptance{}); !errors.As(err, &double) || len(double.Candidates) != 1 || double.Candidates[0].RecordID != known.ID {
			t.Errorf("got %v: want the contact of the same number", err)
		}
		if o, err := convert(crm.Acceptance{AllowDuplicate: true, DuplicateReason: "her sister"}); err != nil || o.ContactID == known.ID || o.ContactID == "" {
			t.Errorf("got %+v, %v: want a contact of her own", o, err)
		}
	})
}

// Of what somebody may not see it is told that it is there, and nothing that they did not say
// themselves; nothing at all where they see no record of the type.
func TestHiddenCandidates(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		createContact(t, db, crm.Contact{LastName: "Geheimrat", Email: "secret@acme.example", Phone: "089 12345678", OwnerID: "other"})
		createContact(t, db, crm.Contact{LastName: "Geheimrat the younger", Email: "secret@acme.example", OwnerID: "other"})
		mine := createContact(t, db, crm.Contact{LastName: "Mine", Phone: "089 12345678", OwnerID: "anna"})
		lead := crm.Lead{Name: "B", Email: "secret@acme.example", Phone: "089 12345678"}
		own := []crm.Grant{{Type: "contact", Action: crm.ToRead, Level: crm.LevelOwn}}
		for name, c := range map[string]struct {
			grants []crm.Grant
			want   []crm.Candidate
		}{
			"OKOwn": {own, []crm.Candidate{{RecordType: "contact", Hidden: true, Reasons: []string{"the same e-mail address", "the same phone number"}},
				{RecordType: "contact", RecordID: mine.ID, Name: "Mine", Reasons: []string{"the same phone number"}}}},
			"OKNone": {nil, nil},
		} {
			found, err := crm.Candidates(t.Context(), db, &crm.Access{UserID: "anna", Roles: []crm.Role{{Name: "r", Grants: c.grants}}}, &lead)
			if diff := cmp.Diff(c.want, found); err != nil || diff != "" && len(c.want)+len(found) > 0 {
				t.Errorf("%s: %v\n%s", name, err, diff)
			}
		}
		err := &crm.MaybeDuplicate{Candidates: []crm.Candidate{{RecordType: "contact", Hidden: true, Reasons: []string{"the same phone number"}}}, Remedy: "ask"}
		if want := "it may be on file already: contact that you may not see (the same phone number): ask"; err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	})
}

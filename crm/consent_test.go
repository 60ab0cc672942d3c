package crm_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func recordConsent(t *testing.T, db *sqldb.DB, c crm.Consent) crm.Consent {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) (err error) {
		c, err = crm.GiveConsent(t.Context(), tx, c, by(noon))
		return err
	})
	return c
}

func withdraw(t *testing.T, db *sqldb.DB, id string, at time.Time) {
	t.Helper()
	ch := by(at)
	ch.Why = "by telephone"
	update(t, db, func(tx *sqldb.Tx) error {
		_, _, err := crm.WithdrawConsent(t.Context(), tx, id, ch)
		return err
	})
}

// propose is what the matcher does with what it found.
func propose(t *testing.T, db *sqldb.DB, links ...crm.Link) {
	t.Helper()
	ch := crm.Change{By: crm.ByMatcher, At: noon, Access: crm.System()}
	var asked []string
	for _, l := range links {
		asked = append(asked, l.AuthorID)
	}
	update(t, db, func(tx *sqldb.Tx) error {
		_, err := crm.SaveLinks(t.Context(), tx, asked, links, ch)
		return err
	})
}

func decisions(t *testing.T, db *sqldb.DB, contact string) map[string]crm.Decision {
	t.Helper()
	links, err := crm.LinksOfContact(t.Context(), db, contact)
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]crm.Decision)
	for _, l := range links {
		out[l.AuthorID] = l.Decision
	}
	return out
}

// Whoever takes back the consent to being recognised loses the links and the touches, invitations
// end, and neither the matcher nor a person makes another, until they consent again.
func TestWithdrawnLinks(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		anna, bert := createContact(t, db, crm.Contact{LastName: "Anna"}), createContact(t, db, crm.Contact{LastName: "Bert"})
		for _, a := range []string{"a1", "a2", "a3", "b1"} {
			createAuthor(t, db, a, 2)
		}
		link := func(author, contact string, d crm.Decision, basis crm.Basis) crm.Link {
			return crm.Link{AuthorID: author, ContactID: contact, Decision: d, Basis: basis, Probability: 0.99}
		}
		propose(t, db, link("a1", anna.ID, crm.Confirmed, crm.BasisInterest), link("a2", anna.ID, crm.Suggested, crm.BasisInterest), link("b1", bert.ID, crm.Confirmed, crm.BasisInterest))
		var invitation crm.Invitation
		update(t, db, func(tx *sqldb.Tx) (err error) {
			invitation, err = crm.Invite(t.Context(), tx, anna.ID, noon.Add(time.Hour), by(noon))
			return err
		})
		c := recordConsent(t, db, crm.Consent{ContactID: anna.ID, Purpose: crm.PurposeLink, Source: "form", Evidence: "I agree to be recognised."})
		withdraw(t, db, c.ID, noon.Add(time.Minute))
		withdraw(t, db, c.ID, noon.Add(time.Hour)) // changes nothing

		propose(t, db, link("a1", anna.ID, crm.Confirmed, crm.BasisInterest), link("a3", anna.ID, crm.Suggested, crm.BasisInterest))
		if diff := cmp.Diff(map[string]crm.Decision{"a1": crm.Rejected, "a2": crm.Rejected}, decisions(t, db, anna.ID)); diff != "" {
			t.Errorf("links (-want +got):\n%s", diff)
		}
		if got := decisions(t, db, bert.ID)["b1"]; got != crm.Confirmed {
			t.Errorf("Bert's link is %s: it is not his consent", got)
		}
		if touches, _, err := crm.Timeline(t.Context(), db, anna.ID, "", 10); err != nil || len(touches) != 0 {
			t.Errorf("got %v, %v, want no touches", touches, err)
		}
		if i, err := crm.InvitationByID(t.Context(), db, invitation.ID); err != nil || i.State != crm.InvitationRevoked {
			t.Errorf("got %+v, %v, want the invitation revoked", i, err)
		}
		confirm := func() error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := crm.Decide(t.Context(), tx, crm.Verdict{AuthorID: "a3", ContactID: anna.ID, Decision: crm.Confirmed}, by(noon))
				return err
			})
		}
		var no *crm.NoConsent
		if err := confirm(); !errors.As(err, &no) || !no.At.Equal(noon.Add(time.Minute)) {
			t.Errorf("got %v, want it refused, with the time", err)
		}
		all, err := crm.ConsentsOf(t.Context(), db, crm.System(), anna.ID)
		if err != nil || len(all) != 1 || all[0].Stands() || all[0].Withdrawal != "by telephone" || all[0].WithdrawnBy != "user-1" || !all[0].WithdrawnAt.Equal(noon.Add(time.Minute)) {
			t.Errorf("got %+v, %v", all, err)
		}
		again := crm.Consent{ContactID: anna.ID, Purpose: crm.PurposeLink, Source: "letter", Evidence: "Letter of 3 March", GivenAt: noon}
		recordConsent(t, db, again)
		if err := confirm(); !errors.As(err, &no) {
			t.Errorf("got %v: what was given before it was taken back, and put on file later, allows nothing", err)
		}
		again.GivenAt = noon.Add(time.Minute)
		recordConsent(t, db, again)
		if err := confirm(); err != nil {
			t.Errorf("got %v, want it possible again", err)
		}
	})
}

// A consent to one link ends that link alone.
func TestWithdrawnLink(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		anna := createContact(t, db, crm.Contact{LastName: "Anna"})
		for _, a := range []string{"a1", "a2"} {
			createAuthor(t, db, a, 1)
			propose(t, db, crm.Link{AuthorID: a, ContactID: anna.ID, Decision: crm.Confirmed, Basis: crm.BasisGiven, Probability: 1})
		}
		c := recordConsent(t, db, crm.Consent{ContactID: anna.ID, AuthorID: "a1", Purpose: crm.PurposeLink, Source: "e-mail", Evidence: "mail of 2 March"})
		withdraw(t, db, c.ID, noon)
		if diff := cmp.Diff(map[string]crm.Decision{"a1": crm.Rejected, "a2": crm.Confirmed}, decisions(t, db, anna.ID)); diff != "" {
			t.Errorf("links (-want +got):\n%s", diff)
		}
	})
}

func TestWithdrawnMarketing(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		anna, bert := createContact(t, db, crm.Contact{LastName: "Anna"}), createContact(t, db, crm.Contact{LastName: "Bert"})
		c := recordConsent(t, db, crm.Consent{ContactID: anna.ID, Purpose: crm.PurposeMarketing, Source: "form", Evidence: "Send me news."})
		withdraw(t, db, c.ID, noon)
		gone, err := crm.Withdrawn(t.Context(), db, crm.PurposeMarketing, []string{anna.ID, bert.ID})
		if err != nil || len(gone) != 1 || gone[anna.ID].IsZero() {
			t.Errorf("got %v, %v, want Anna", gone, err)
		}
		notes, _, err := crm.FindActivities(t.Context(), db, crm.System(), crm.ActivityFilter{RecordID: anna.ID})
		if err != nil || len(notes) != 1 {
			t.Errorf("got %v, %v, want it noted on the timeline", notes, err)
		}
	})
}

// Who took the consent to marketing back is passed over by campaigns from then on: they are no member,
// no response of theirs is listed, nothing is noted as sent to them, and nobody is to thank them.
func TestCampaignsPassOver(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		c := saveCampaign(t, db, crm.Campaign{Name: "Spring", Kind: crm.CampaignClassic})
		anna, bert := createContact(t, db, crm.Contact{LastName: "Anna", Email: "anna@acme.example"}), createContact(t, db, crm.Contact{LastName: "Bert"})
		var lead crm.Lead
		update(t, db, func(tx *sqldb.Tx) (err error) {
			lead, err = crm.CreateLead(t.Context(), tx, by(noon), crm.NewLead{Lead: crm.Lead{Topic: "grill", Name: "Anna", ContactID: anna.ID, Source: crm.SourceHand}})
			return err
		})
		for _, r := range []crm.Response{{ContactID: anna.ID, Kind: crm.ResponseSent}, {LeadID: lead.ID, Kind: crm.ResponseClicked}, {ContactID: bert.ID, Kind: crm.ResponseReplied}} {
			r.CampaignID = c.ID
			if _, err := respond(t, db, r); err != nil {
				t.Fatal(err)
			}
		}
		results := func(members, passedOver, listed int) {
			t.Helper()
			var r crm.CampaignResults
			if err := db.View(t.Context(), func(q sqldb.Querier) (err error) {
				r, err = crm.ResultsOf(t.Context(), q, crm.System(), c.ID)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			list, _, err := crm.FindActivities(t.Context(), db, crm.System(), crm.ActivityFilter{Campaign: c.ID, Members: true})
			if err != nil || r.Members != members || r.PassedOver != passedOver || len(list) != listed {
				t.Errorf("got %d members, %d passed over, %d listed (%v), want %d, %d, %d", r.Members, r.PassedOver, len(list), err, members, passedOver, listed)
			}
		}
		results(3, 0, 3)
		consent := recordConsent(t, db, crm.Consent{ContactID: anna.ID, Purpose: crm.PurposeMarketing, Source: "form", Evidence: "Send me news."})
		results(3, 0, 3)
		withdraw(t, db, consent.ID, noon.Add(time.Minute))
		results(1, 2, 1)

		createAuthor(t, db, "anna", 1)
		propose(t, db, crm.Link{AuthorID: "anna", ContactID: anna.ID, Decision: crm.Confirmed, Basis: crm.BasisGiven, Probability: 1})
		var no *crm.NoConsent
		if err := crm.MayThank(t.Context(), db, &crm.Idea{AuthorID: "anna"}); !errors.As(err, &no) || no.ContactID != anna.ID {
			t.Errorf("got %v, want no thanks", err)
		}
		if err := crm.MayThank(t.Context(), db, &crm.Idea{AuthorID: "stranger"}); err != nil {
			t.Errorf("got %v, want thanks for who is no contact", err)
		}
		later := noon.Add(time.Hour)
		for name, r := range map[string]struct {
			response crm.Response
			refused  bool
		}{
			"ErrSent":    {crm.Response{ContactID: anna.ID, Kind: crm.ResponseSent, At: later}, true},
			"ErrSentNow": {crm.Response{Kind: crm.ResponseSent, Person: crm.Lead{Email: "anna@acme.example"}}, true},
			"ErrLead":    {crm.Response{LeadID: lead.ID, Kind: crm.ResponseSent, At: later}, true},
			"OKSentThen": {crm.Response{ContactID: anna.ID, Kind: crm.ResponseSent, At: noon.Add(-time.Hour)}, false},
			"OKTheirOwn": {crm.Response{ContactID: anna.ID, Kind: crm.ResponseRequested, At: later}, false},
			"OKAnother":  {crm.Response{ContactID: bert.ID, Kind: crm.ResponseSent, At: later}, false},
		} {
			r.response.CampaignID = c.ID
			if _, err := respond(t, db, r.response); errors.As(err, &no) != r.refused || !r.refused && err != nil {
				t.Errorf("%s: got %v", name, err)
			}
		}
		results(1, 2, 2)
		recordConsent(t, db, crm.Consent{ContactID: anna.ID, Purpose: crm.PurposeMarketing, Source: "letter", Evidence: "again", GivenAt: noon.Add(time.Minute)})
		results(3, 0, 6)
	})
}

func TestConsentErrors(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		anna := createContact(t, db, crm.Contact{LastName: "Anna"})
		good := crm.Consent{ContactID: anna.ID, Purpose: crm.PurposeLink, Source: "form", Evidence: "yes"}
		for field, change := range map[string]func(*crm.Consent){
			"purpose":   func(c *crm.Consent) { c.Purpose = "sales" },
			"source":    func(c *crm.Consent) { c.Source = "dream" },
			"evidence":  func(c *crm.Consent) { c.Evidence = " " },
			"basis":     func(c *crm.Consent) { c.Basis = "mood" },
			"given_at":  func(c *crm.Consent) { c.GivenAt = noon.Add(time.Hour) },
			"author_id": func(c *crm.Consent) { c.AuthorID = "nobody" },
		} {
			c := good
			change(&c)
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := crm.GiveConsent(t.Context(), tx, c, by(noon))
				return err
			})
			wantInvalid(t, err, field)
		}
		good.ContactID = "nobody"
		wantErr(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.GiveConsent(t.Context(), tx, good, by(noon))
			return err
		}), crm.ErrNotFound)
	})
}

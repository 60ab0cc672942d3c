package crm_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// checks runs the checks that are due, with one outcome for those that ask, and returns the states.
func checks(t *testing.T, db *sqldb.DB, now time.Time, o crm.Outcome) map[string]string {
	t.Helper()
	if _, err := crm.PlanVerifications(t.Context(), db, now, 100); err != nil {
		t.Fatal(err)
	}
	due, err := crm.DueChecks(t.Context(), db, now, true, 100)
	if err != nil {
		t.Fatal(err)
	}
	states := make(map[string]string)
	for _, d := range due {
		out := o
		if d.Known != nil {
			out = *d.Known
		}
		update(t, db, func(tx *sqldb.Tx) error {
			v, err := crm.SaveOutcome(t.Context(), tx, d.Verification, out, crm.Change{By: crm.ByVerifier, At: now, Access: crm.System()})
			states[v.Method] = v.State
			return err
		})
	}
	return states
}

func setAuthor(t *testing.T, db *sqldb.DB, column, value string) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), "UPDATE authors SET "+column+" = $1 WHERE id = 'author'", value)
		return err
	})
}

func TestVerificationHoldsAndLapses(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := newLinked(t, db)
		l.b = createContact(t, db, crm.Contact{LastName: "Vogt", URL: "https://anna-vogt.example/"}).ID
		setAuthor(t, db, "url", "https://social.example/@anna")
		l.matcher(t, l.b, crm.Suggested)
		now := noon
		step := func(wait time.Duration, o crm.Outcome, want string, link map[string]any) {
			t.Helper()
			now = now.Add(wait)
			if got := checks(t, db, now, o); got[crm.MethodRelMe] != want {
				t.Errorf("%v: state %v, want %s", now, got, want)
			}
			if diff := cmp.Diff(link, l.state(t)); diff != "" {
				t.Errorf("%v (-want +got):\n%s", now, diff)
			}
		}
		waits, holds := map[string]any{"who": "", "b": "suggested"}, map[string]any{"who": "b", "b": "confirmed", "b touches": 3}
		step(0, crm.Outcome{Silent: true, Detail: "timeout"}, crm.VerificationPending, waits)
		step(time.Hour, crm.Outcome{Proven: true, Detail: "rel=me"}, crm.VerificationVerified, holds)
		l.matcher(t, l.b, crm.Suggested) // the matcher, asked again, is no surer: what was verified stays
		step(7*24*time.Hour, crm.Outcome{Detail: "gone"}, crm.VerificationFailing, holds)
		step(24*time.Hour, crm.Outcome{Proven: true, Detail: "rel=me"}, crm.VerificationVerified, holds)
		step(7*24*time.Hour, crm.Outcome{Silent: true}, crm.VerificationFailing, holds)
		step(24*time.Hour, crm.Outcome{Detail: "gone"}, crm.VerificationLapsed, waits)
		step(7*24*time.Hour, crm.Outcome{Proven: true, Detail: "rel=me"}, crm.VerificationVerified, holds)
		if err := l.person(t, l.b, crm.Rejected); err != nil {
			t.Fatal(err)
		}
		step(7*24*time.Hour, crm.Outcome{Proven: true}, crm.VerificationLapsed, map[string]any{"who": "", "b": "rejected"})
	})
}

// What the network has verified, and shows no more, lapses without anybody being asked.
func TestNetworkFieldLapses(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := newLinked(t, db)
		l.a = createContact(t, db, crm.Contact{LastName: "Vogt", URL: "https://anna-vogt.example/"}).ID
		setAuthor(t, db, "verified_links", `["https://www.anna-vogt.example"]`)
		proposal := l.proposal(l.a, crm.Confirmed)
		proposal.Basis = crm.BasisPublic
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.SaveLinks(t.Context(), tx, []string{"author"}, []crm.Link{proposal}, crm.Change{By: crm.ByMatcher, At: noon, Access: crm.System()})
			return err
		})
		if got := checks(t, db, noon, crm.Outcome{}); got[crm.MethodNetworkField] != crm.VerificationVerified {
			t.Errorf("got %v", got)
		}
		setAuthor(t, db, "verified_links", `[]`)
		checks(t, db, noon.Add(7*24*time.Hour), crm.Outcome{})
		if got := checks(t, db, noon.Add(9*24*time.Hour), crm.Outcome{}); got[crm.MethodNetworkField] != crm.VerificationLapsed || l.state(t)["a"] != "suggested" {
			t.Errorf("got %v and %v", got, l.state(t))
		}
	})
}

// A page that is the company's, or several people's, proves nobody.
func TestVerificationNeedsOwnPage(t *testing.T) {
	for name, c := range map[string]struct {
		contact crm.Contact
		also    string // page of another contact
		network string
		handle  string
		want    map[string]string
	}{
		"OKOwn":        {crm.Contact{LastName: "Vogt", URL: "https://anna.example"}, "", "mastodon", "anna", map[string]string{"rel-me": "verified"}},
		"OKDomain":     {crm.Contact{LastName: "Vogt", URL: "https://www.vogt.example/"}, "", "bluesky", "vogt.example", map[string]string{"rel-me": "verified", "bluesky-handle": "verified"}},
		"OKStaffPage":  {crm.Contact{LastName: "Vogt", Company: "Acme", URL: "https://acme.example/team/anna-vogt"}, "", "mastodon", "anna", map[string]string{"rel-me": "verified"}},
		"ErrShared":    {crm.Contact{LastName: "Vogt", URL: "https://anna.example"}, "https://anna.example", "mastodon", "anna", map[string]string{}},
		"ErrCompany":   {crm.Contact{LastName: "Vogt", Company: "Acme GmbH", URL: "https://acme.example"}, "", "bluesky", "acme.example", map[string]string{}},
		"ErrMail":      {crm.Contact{LastName: "Vogt", Email: "a@firm.example", URL: "https://firm.example"}, "", "mastodon", "anna", map[string]string{}},
		"ErrPlain":     {crm.Contact{LastName: "Vogt", URL: "http://anna.example"}, "", "mastodon", "anna", map[string]string{}},
		"ErrSubdomain": {crm.Contact{LastName: "Vogt", URL: "https://anna.example/blog"}, "", "bluesky", "anna.example", map[string]string{"rel-me": "verified"}},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				l := newLinked(t, db)
				l.a = createContact(t, db, c.contact).ID
				if c.also != "" {
					createContact(t, db, crm.Contact{LastName: "Other", URL: c.also})
				}
				for column, value := range map[string]string{"network": c.network, "handle": c.handle, "url": "https://social.example/@anna"} {
					setAuthor(t, db, column, value)
				}
				l.matcher(t, l.a, crm.Suggested)
				if diff := cmp.Diff(c.want, checks(t, db, noon, crm.Outcome{Proven: true})); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
				if n, err := crm.PlanVerifications(t.Context(), db, noon, 100); n != 0 || err != nil {
					t.Errorf("planned %d more (%v): want nothing twice", n, err)
				}
			})
		})
	}
}

func TestSecondVerifiedClaimant(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := newLinked(t, db)
		l.b = createContact(t, db, crm.Contact{LastName: "Vogt", URL: "https://anna-vogt.example/"}).ID
		setAuthor(t, db, "url", "https://social.example/@anna")
		l.matcher(t, l.a, crm.Confirmed)
		update(t, db, func(tx *sqldb.Tx) error { // the matcher saw only the name of the other
			_, err := tx.Exec(t.Context(), `INSERT INTO links (author_id, contact_id, decision, probability, evidence, basis, decided_by, decided_at)
				VALUES ('author', $1, 'suggested', 0.5, '[]', 'legitimate-interest', 'matcher', 0)`, l.b)
			return err
		})
		checks(t, db, noon, crm.Outcome{Proven: true, Detail: "rel=me"})
		if diff := cmp.Diff(map[string]any{"who": "", "a": "suggested", "b": "suggested"}, l.state(t)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

func TestDeclare(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := newLinked(t, db)
		declare := func(d crm.Declaration) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := crm.Declare(t.Context(), tx, d, by(noon))
				return err
			})
		}
		wantInvalid(t, declare(crm.Declaration{AuthorID: "author", ContactID: l.a, Method: crm.MethodRelMe, Detail: "x"}), "method")
		wantInvalid(t, declare(crm.Declaration{AuthorID: "author", ContactID: l.a, Method: crm.MethodOAuth}), "detail")
		wantErr(t, declare(crm.Declaration{AuthorID: "nobody", ContactID: l.a, Method: crm.MethodOAuth, Detail: "x"}), crm.ErrNotFound)
		for range 2 {
			if err := declare(crm.Declaration{AuthorID: "author", ContactID: l.a, Method: crm.MethodSelfDeclared, Detail: "by phone, 2 March"}); err != nil {
				t.Fatal(err)
			}
		}
		links, err := crm.LinksOfContact(t.Context(), db, l.a)
		if err != nil || len(links) != 1 || links[0].Basis != crm.BasisGiven || links[0].Decision != crm.Confirmed {
			t.Errorf("got %+v (%v)", links, err)
		}
		if v, err := crm.VerificationsOf(t.Context(), db, "author", l.a); err != nil || len(v) != 1 || v[0].State != crm.VerificationVerified {
			t.Errorf("got %+v (%v)", v, err)
		}
	})
}

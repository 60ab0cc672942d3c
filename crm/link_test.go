package crm_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// linked is a database with one author of three posts and two contacts.
type linked struct {
	db   *sqldb.DB
	a, b string
}

func newLinked(t *testing.T, db *sqldb.DB) linked {
	createAuthor(t, db, "author", 3)
	return linked{db, createContact(t, db, crm.Contact{LastName: "A"}).ID, createContact(t, db, crm.Contact{LastName: "B"}).ID}
}

func (l linked) matcher(t *testing.T, contact string, d crm.Decision) {
	t.Helper()
	update(t, l.db, func(tx *sqldb.Tx) error {
		_, err := crm.SaveLinks(t.Context(), tx, []string{"author"}, []crm.Link{l.proposal(contact, d)}, crm.Change{By: crm.ByMatcher, At: noon, Access: crm.System()})
		return err
	})
}

func (l linked) proposal(contact string, d crm.Decision) crm.Link {
	return crm.Link{AuthorID: "author", ContactID: contact, Decision: d, Probability: 0.999,
		Evidence: json.RawMessage(`[{"field":"profile"}]`), Basis: crm.BasisGiven, DecidedBy: crm.ByMatcher, DecidedAt: noon}
}

func (l linked) person(t *testing.T, contact string, d crm.Decision) error {
	t.Helper()
	return l.db.Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := crm.Decide(t.Context(), tx, crm.Verdict{AuthorID: "author", ContactID: contact, Decision: d}, by(noon.Add(time.Hour)))
		return err
	})
}

// state is each contact's decision and number of touches, and who the author is held to be.
func (l linked) state(t *testing.T) map[string]any {
	t.Helper()
	ctx := t.Context()
	links, err := crm.LinksOfAuthors(ctx, l.db, []string{"author"})
	if err != nil {
		t.Fatal(err)
	}
	counts, err := crm.TouchCounts(ctx, l.db, []string{l.a, l.b})
	if err != nil {
		t.Fatal(err)
	}
	who, err := crm.ConfirmedContacts(ctx, l.db, []string{"author", "other"})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]any{"who": map[string]string{l.a: "a", l.b: "b"}[who["author"]]}
	for _, link := range links["author"] {
		name := map[string]string{l.a: "a", l.b: "b"}[link.ContactID]
		got[name] = string(link.Decision)
		if n := counts[link.ContactID].Touches; n > 0 {
			got[name+" touches"] = int(n)
		}
	}
	return got
}

func TestLinks(t *testing.T) {
	type step struct {
		by       string // "matcher" or "person"
		contact  string
		decision crm.Decision
		conflict bool
	}
	for name, c := range map[string]struct {
		steps []step
		want  map[string]any
	}{
		"OKMatcherConfirms":        {[]step{{"matcher", "a", crm.Confirmed, false}}, map[string]any{"who": "a", "a": "confirmed", "a touches": 3}},
		"OKMatcherSuggests":        {[]step{{"matcher", "a", crm.Suggested, false}}, map[string]any{"who": "", "a": "suggested"}},
		"OKSecondClaimant":         {[]step{{"matcher", "a", crm.Confirmed, false}, {"matcher", "b", crm.Confirmed, false}}, map[string]any{"who": "", "a": "suggested", "b": "suggested"}},
		"OKPersonConfirms":         {[]step{{"matcher", "a", crm.Suggested, false}, {"person", "a", crm.Confirmed, false}}, map[string]any{"who": "a", "a": "confirmed", "a touches": 3}},
		"OKPersonConfirmsNoLink":   {[]step{{"person", "a", crm.Confirmed, false}}, map[string]any{"who": "a", "a": "confirmed", "a touches": 3}},
		"OKPersonRejects":          {[]step{{"matcher", "a", crm.Confirmed, false}, {"person", "a", crm.Rejected, false}}, map[string]any{"who": "", "a": "rejected"}},
		"OKRejectedStays":          {[]step{{"person", "a", crm.Rejected, false}, {"matcher", "a", crm.Confirmed, false}}, map[string]any{"who": "", "a": "rejected"}},
		"OKIgnoredStays":           {[]step{{"person", "a", crm.Ignored, false}, {"matcher", "a", crm.Confirmed, false}}, map[string]any{"who": "", "a": "ignored"}},
		"OKPersonOutranksMatcher":  {[]step{{"matcher", "a", crm.Confirmed, false}, {"person", "b", crm.Confirmed, false}}, map[string]any{"who": "b", "a": "suggested", "b": "confirmed", "b touches": 3}},
		"OKMatcherCannotAddSecond": {[]step{{"person", "a", crm.Confirmed, false}, {"matcher", "b", crm.Confirmed, false}}, map[string]any{"who": "a", "a": "confirmed", "a touches": 3, "b": "suggested"}},
		"OKTakenBack":              {[]step{{"person", "a", crm.Confirmed, false}, {"person", "a", crm.Suggested, false}, {"matcher", "a", crm.Confirmed, false}}, map[string]any{"who": "", "a": "suggested"}},
		"OKRejectThenOther":        {[]step{{"person", "a", crm.Confirmed, false}, {"person", "a", crm.Rejected, false}, {"person", "b", crm.Confirmed, false}}, map[string]any{"who": "b", "a": "rejected", "b": "confirmed", "b touches": 3}},
		"ErrTwoPersons":            {[]step{{"person", "a", crm.Confirmed, false}, {"person", "b", crm.Confirmed, true}}, map[string]any{"who": "a", "a": "confirmed", "a touches": 3}},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				l := newLinked(t, db)
				for _, s := range c.steps {
					contact := map[string]string{"a": l.a, "b": l.b}[s.contact]
					if s.by == "matcher" {
						l.matcher(t, contact, s.decision)
						continue
					}
					if err := l.person(t, contact, s.decision); s.conflict {
						wantErr(t, err, crm.ErrConflict)
					} else if err != nil {
						t.Fatal(err)
					}
				}
				if diff := cmp.Diff(c.want, l.state(t)); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		})
	}
}

func TestSaveLinksTwiceChangesNothing(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := newLinked(t, db)
		both := []crm.Link{l.proposal(l.a, crm.Confirmed), l.proposal(l.b, crm.Confirmed)}
		var first []crm.Link
		for i := range 2 {
			update(t, db, func(tx *sqldb.Tx) error {
				_, err := crm.SaveLinks(t.Context(), tx, []string{"author"}, both, crm.Change{By: crm.ByMatcher, At: noon.Add(time.Duration(i) * time.Hour), Access: crm.System()})
				return err
			})
			links, err := crm.LinksOfAuthors(t.Context(), db, []string{"author"})
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first = links["author"]
			} else if diff := cmp.Diff(first, links["author"]); diff != "" {
				t.Errorf("the second time changed (-first +second):\n%s", diff)
			}
		}
	})
}

func TestDecideErrors(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := newLinked(t, db)
		decide := func(author, contact string, d crm.Decision, by string) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := crm.Decide(t.Context(), tx, crm.Verdict{AuthorID: author, ContactID: contact, Decision: d}, crm.Change{By: by, At: noon, Access: crm.System()})
				return err
			})
		}
		wantErr(t, decide("nobody", l.a, crm.Confirmed, "u"), crm.ErrNotFound)
		wantErr(t, decide("author", "nobody", crm.Confirmed, "u"), crm.ErrNotFound)
		wantInvalid(t, decide("author", l.a, "maybe", "u"), "decision")
		wantInvalid(t, decide("author", l.a, crm.Confirmed, crm.ByMatcher), "decided_by")
	})
}

func TestTimeline(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		var touches []crm.Touch
		for i, id := range []string{"p1", "p2", "p3", "p4", "p5"} {
			touches = append(touches, crm.Touch{ContactID: "c", PostID: id, AuthorID: "a", PostedAt: noon.Add(time.Duration(i/2) * time.Minute)})
		}
		for i, want := range []int{5, 0} {
			update(t, db, func(tx *sqldb.Tx) error {
				n, err := crm.SaveTouches(ctx, tx, touches)
				if n != want {
					t.Errorf("time %d: %d new touches, want %d", i+1, n, want)
				}
				return err
			})
		}
		update(t, db, func(tx *sqldb.Tx) error { return crm.RemoveTouches(ctx, tx, []string{"p2"}) })
		var got []string
		for cursor, first := "", true; first || cursor != ""; first = false {
			page, next, err := crm.Timeline(ctx, db, "c", cursor, 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, touch := range page {
				got = append(got, touch.PostID)
			}
			cursor = next
		}
		if diff := cmp.Diff([]string{"p5", "p4", "p3", "p1"}, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		counts, err := crm.TouchCounts(ctx, db, []string{"c", "d"})
		if diff := cmp.Diff(map[string]crm.TouchCount{"c": {Touches: 4, Last: noon.Add(2 * time.Minute)}}, counts); diff != "" || err != nil {
			t.Errorf("counts (%v; -want +got):\n%s", err, diff)
		}
		_, _, err = crm.Timeline(ctx, db, "c", "%", 1)
		wantInvalid(t, err, "cursor")
	})
}

func TestForget(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		l := newLinked(t, db)
		l.matcher(t, l.a, crm.Confirmed)
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.OpenLeads(ctx, tx, []crm.Lead{{Milestone: crm.Unqualified, Topic: "words", Name: "name", Source: crm.SourceMention,
				AuthorID: "author", PostID: "author-1", OpenKey: "author:author", Meta: crm.Meta{CreatedAt: noon}}}, by(noon))
			return err
		})
		update(t, db, func(tx *sqldb.Tx) error { return crm.Forget(ctx, tx, []string{"author"}) })
		if diff := cmp.Diff(map[string]any{"who": ""}, l.state(t)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		leads, _, err := crm.FindLeads(ctx, db, crm.System(), crm.LeadFilter{})
		if err != nil || len(leads) != 1 || leads[0].Topic+leads[0].Name != "" {
			t.Errorf("leads: %+v (%v), want one without words or name", leads, err)
		}
	})
}

package crm_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func createAccount(t testing.TB, db *sqldb.DB, a crm.Account) crm.Account {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) (err error) {
		a, err = crm.CreateAccount(t.Context(), tx, a, by(noon))
		return err
	})
	return a
}

func contactView(t *testing.T, db *sqldb.DB, id string, by crm.Viewer) (v crm.View360) {
	t.Helper()
	if err := db.View(t.Context(), func(q sqldb.Querier) (err error) {
		v, err = crm.ContactView360(t.Context(), q, id, by)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return v
}

// A view of a contact holds what is theirs and nothing of others; the account above sees all of it.
func TestView360(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		group := createAccount(t, db, crm.Account{Name: "Group"})
		acme := createAccount(t, db, crm.Account{Name: "Acme", ParentID: group.ID})
		anna := createContact(t, db, crm.Contact{LastName: "Müller", AccountID: acme.ID})
		createContact(t, db, crm.Contact{LastName: "Other"})
		o := createOpportunity(t, db, crm.Opportunity{Name: "Chairs", ContactID: anna.ID, AccountID: acme.ID, OwnerID: "rep", Amount: crm.Money{Amount: 1000, Currency: "EUR"}})
		createOpportunity(t, db, crm.Opportunity{Name: "Elsewhere", Amount: crm.Money{Amount: 5, Currency: "EUR"}})
		update(t, db, func(tx *sqldb.Tx) error {
			for i := range 12 {
				if _, err := crm.CreateActivity(t.Context(), tx, by(noon.Add(time.Duration(i)*time.Hour)), crm.Activity{Kind: "call", RecordType: "contact", RecordID: anna.ID, Subject: "Call"}); err != nil {
					return err
				}
			}
			_, err := crm.CreateActivity(t.Context(), tx, by(noon), crm.Activity{Kind: "task", RecordType: "opportunity", RecordID: o.ID, Subject: "Write", DueAt: noon})
			return err
		})
		v := contactView(t, db, anna.ID, crm.Viewer{Access: crm.System(), UserID: "reader", Now: noon})
		if v.Account.Name != "Acme" || len(v.Above) != 1 || v.Above[0].Name != "Group" || v.Opportunities.Count != 1 || v.Tasks.Count != 1 ||
			len(v.Activities.Items) != 10 || v.Activities.Count != 13 || v.Activities.More {
			t.Errorf("got %+v", v)
		}
		if diff := cmp.Diff([]crm.RollUp{{Currency: "EUR", Open: 1000, Weighted: 100, Deals: 1}}, v.Pipeline); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]crm.ViewOwner{{Type: "user", ID: "rep", Name: "rep", How: crm.OwnsSales}}, v.Owners); diff != "" {
			t.Error(diff)
		}
		err := db.View(t.Context(), func(q sqldb.Querier) (err error) {
			v, err = crm.AccountView360(t.Context(), q, group.ID, crm.Viewer{Access: crm.System(), UserID: "reader", Now: noon})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Below) != 1 || v.Contacts.Count != 1 || v.Opportunities.Count != 1 || v.Activities.Count != 13 {
			t.Errorf("got %+v", v)
		}
		err = db.View(t.Context(), func(q sqldb.Querier) error {
			_, err := crm.ContactView360(t.Context(), q, "none", crm.Viewer{Access: crm.System()})
			return err
		})
		wantErr(t, err, crm.ErrNotFound)
	})
}

// What others changed is news until the next visit begins; what the reader changed is none.
func TestNews(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		anna := createContact(t, db, crm.Contact{LastName: "Müller"})
		look := func(at time.Time) crm.News {
			t.Helper()
			who := crm.Viewer{Access: crm.System(), UserID: "reader", Now: at}
			v := contactView(t, db, anna.ID, who)
			if err := crm.NoteLook(t.Context(), db, who, crm.RecordContact, anna.ID); err != nil {
				t.Fatal(err)
			}
			return v.News
		}
		if n := look(noon.Add(time.Hour)); !n.Since.IsZero() || len(n.Changes) != 0 {
			t.Errorf("first visit: got %+v", n)
		}
		for who, at := range map[string]time.Time{"colleague": noon.Add(2 * time.Hour), "reader": noon.Add(3 * time.Hour)} {
			update(t, db, func(tx *sqldb.Tx) error {
				c, err := crm.ContactByID(t.Context(), tx, crm.System(), anna.ID)
				if err != nil {
					return err
				}
				c.City = "Köln " + who
				_, err = crm.UpdateContact(t.Context(), tx, c, as(who, at))
				return err
			})
		}
		for _, at := range []time.Time{noon.Add(5 * time.Hour), noon.Add(5*time.Hour + 10*time.Minute)} { // loading it again is the same visit
			n := look(at)
			if !n.Since.Equal(noon.Add(time.Hour)) || len(n.Changes) != 1 || n.Changes[0].Actor != "colleague" {
				t.Errorf("at %s: got %+v", at, n)
			}
		}
		if n := look(noon.Add(9 * time.Hour)); len(n.Changes) != 0 {
			t.Errorf("next visit: got %+v", n)
		}
	})
}

// Of what is about a contact, such as a lead, news tells who may read that, and nobody else.
func TestNewsOfWhatMayBeRead(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		addUser(t, db, "rita")
		anna := createContact(t, db, crm.Contact{LastName: "Vogt"})
		update(t, db, func(tx *sqldb.Tx) error {
			if err := crm.SetRoles(t.Context(), tx, by(noon), "rita", []string{"sales-rep"}); err != nil {
				return err
			}
			_, err := crm.ShareRecord(t.Context(), tx, by(noon), crm.Sharing{RecordType: "contact", RecordID: anna.ID, SubjectType: "user", SubjectID: "rita", Reason: "a case of both"})
			return err
		})
		rita, err := crm.AccessOf(t.Context(), db, "rita")
		if err != nil {
			t.Fatal(err)
		}
		if err := crm.NoteLook(t.Context(), db, crm.Viewer{Access: rita, UserID: "rita", Now: noon.Add(time.Hour)}, crm.RecordContact, anna.ID); err != nil {
			t.Fatal(err)
		}
		createLead(t, db, as("boss", noon.Add(2*time.Hour)), crm.Lead{Name: "A lead", ContactID: anna.ID})
		for name, c := range map[string]struct {
			access *crm.Access
			told   int
		}{"OKReads": {crm.System(), 1}, "OKDoesNot": {rita, 0}} {
			v := contactView(t, db, anna.ID, crm.Viewer{Access: c.access, UserID: "rita", Now: noon.Add(9 * time.Hour)})
			if len(v.News.Changes) != c.told || len(v.News.Counts) != c.told {
				t.Errorf("%s: is told %+v, %+v", name, v.News.Changes, v.News.Counts)
			}
		}
	})
}

func TestSentimentOf(t *testing.T) {
	day := 24 * time.Hour
	said := func(ago time.Duration, polarity string, score float64) crm.Tone {
		return crm.NewTone(noon.Add(-ago), polarity, score)
	}
	for name, c := range map[string]struct {
		tones []crm.Tone
		trend string
		index float64
	}{
		"OK/None":      {nil, "not-enough", 0},
		"OK/Few":       {[]crm.Tone{said(day, "positive", 1), said(200*day, "negative", -1)}, "not-enough", 0},
		"OK/Improving": {[]crm.Tone{said(day, "positive", 1), said(2*day, "positive", 1), said(3*day, "neutral", 0), said(100*day, "negative", -1), said(101*day, "neutral", 0), said(102*day, "neutral", 0)}, "improving", 10.0 / 3},
		"OK/Declining": {[]crm.Tone{said(day, "negative", -1), said(2*day, "negative", -1), said(3*day, "negative", -1), said(100*day, "neutral", 0), said(101*day, "neutral", 0), said(102*day, "neutral", 0)}, "declining", -10},
		"OK/Steady":    {[]crm.Tone{said(day, "neutral", 0), said(2*day, "neutral", 0), said(3*day, "unknown", 0), said(3*day, "neutral", 0.1), said(100*day, "neutral", 0), said(101*day, "neutral", 0), said(102*day, "neutral", 0)}, "steady", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := crm.SentimentOf(c.tones, noon)
			index := 0.0
			if s.Index != nil {
				index = *s.Index
			}
			if s.Trend != c.trend || index-c.index > 1e-9 || c.index-index > 1e-9 {
				t.Errorf("got %s %v, want %s %v", s.Trend, index, c.trend, c.index)
			}
		})
	}
}

// A view tells whom the record belongs to, the nearest first.
func TestViewOwners(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		anna := createContact(t, db, crm.Contact{LastName: "Müller", OwnerID: "ida"})
		createOpportunity(t, db, crm.Opportunity{Name: "Chairs", ContactID: anna.ID, OwnerID: "rep", Amount: crm.Money{Amount: 1000, Currency: "EUR"}})
		for _, row := range []struct {
			table string
			given map[string]any
		}{
			{"users", map[string]any{"id": "ida", "name": "Ida"}}, {"teams", map[string]any{"id": "north", "name": "North"}}, {"team_members", map[string]any{"team_id": "north", "user_id": "ida"}},
			{"territories", map[string]any{"id": "de", "name": "Germany", "criteria": "[]"}}, {"territories", map[string]any{"id": "hotels", "name": "Hotels", "criteria": "[]"}},
			{"territory_members", map[string]any{"territory_id": "de", "member_type": "user", "member_id": "bob"}},
			{"territory_members", map[string]any{"territory_id": "hotels", "member_type": "team", "member_id": "north"}},
			{"record_territories", map[string]any{"record_type": "contact", "record_id": anna.ID, "territory_id": "de", "rank": 2}},
			{"record_territories", map[string]any{"record_type": "contact", "record_id": anna.ID, "territory_id": "hotels", "rank": 1}},
			{"shares", map[string]any{"id": "s1", "record_type": "contact", "record_id": anna.ID, "subject_type": "user", "subject_id": "eva"}},
			{"shares", map[string]any{"id": "s2", "record_type": "contact", "record_id": anna.ID, "subject_type": "user", "subject_id": "gone", "revoked_at": 5}},
		} {
			insertRow(t, db, row.table, row.given)
		}
		v := contactView(t, db, anna.ID, crm.Viewer{Access: crm.System(), UserID: "reader", Now: noon})
		want := []crm.ViewOwner{
			{Type: "user", ID: "ida", Name: "Ida", How: crm.OwnsRecord},
			{Type: "team", ID: "north", Name: "North", How: crm.OwnsTerritory, Of: "Hotels", Rank: 1},
			{Type: "user", ID: "bob", Name: "bob", How: crm.OwnsTerritory, Of: "Germany", Rank: 2},
			{Type: "team", ID: "north", Name: "North", How: crm.OwnsTeam},
			{Type: "user", ID: "eva", Name: "eva", How: crm.OwnsShare},
			{Type: "user", ID: "rep", Name: "rep", How: crm.OwnsSales},
		}
		if diff := cmp.Diff(want, v.Owners); diff != "" {
			t.Errorf("owners (-want +got):\n%s", diff)
		}
	})
}

// What is new is told of every part, shown or not, and each list is whole where the view says it is.
func TestNewsOfAllParts(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		acme := createAccount(t, db, crm.Account{Name: "Acme"})
		anna := createContact(t, db, crm.Contact{LastName: "Müller", AccountID: acme.ID})
		o := createOpportunity(t, db, crm.Opportunity{Name: "Chairs", ContactID: anna.ID, AccountID: acme.ID, Amount: crm.Money{Amount: 1000, Currency: "EUR"}})
		for i := range 12 { // more than the view shows, all newer than what changes
			createOpportunity(t, db, crm.Opportunity{Name: "Later " + string(rune('a'+i)), AccountID: acme.ID, Amount: crm.Money{Amount: 1, Currency: "EUR"}})
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.CreateActivity(t.Context(), tx, by(noon), crm.Activity{Kind: "task", RecordType: "contact", RecordID: anna.ID, Subject: "Write", DueAt: noon.Add(3 * time.Hour)})
			return err
		})
		reader := func(at time.Time) crm.Viewer { return crm.Viewer{Access: crm.System(), UserID: "reader", Now: at} }
		if err := crm.NoteLook(t.Context(), db, reader(noon.Add(time.Hour)), crm.RecordAccount, acme.ID); err != nil {
			t.Fatal(err)
		}
		later := as("colleague", noon.Add(2*time.Hour))
		update(t, db, func(tx *sqldb.Tx) error {
			if _, err := crm.CreateQuote(t.Context(), tx, later, crm.Quote{OpportunityID: o.ID, Lines: []crm.Line{{Text: "Chair", Quantity: 1000, Price: 100}}}, ""); err != nil {
				return err
			}
			if _, err := crm.CreateActivity(t.Context(), tx, later, crm.Activity{Kind: "call", RecordType: "opportunity", RecordID: o.ID, Subject: "Call"}); err != nil {
				return err
			}
			c, err := crm.ContactByID(t.Context(), tx, crm.System(), anna.ID)
			c.City = "Kiel"
			if err == nil {
				_, err = crm.UpdateContact(t.Context(), tx, c, later)
			}
			return err
		})
		var v crm.View360
		if err := db.View(t.Context(), func(q sqldb.Querier) (err error) {
			v, err = crm.AccountView360(t.Context(), q, acme.ID, reader(noon.Add(4*time.Hour)))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		want := []crm.NewsCount{{RecordType: "activity", New: 1}, {RecordType: "contact", Changed: 1}, {RecordType: "quote", New: 1}}
		if diff := cmp.Diff(want, v.News.Counts); diff != "" || v.News.Due != 1 || v.Opportunities.Count != 13 {
			t.Errorf("%d due, %d opportunities, counts (-want +got):\n%s", v.News.Due, v.Opportunities.Count, diff)
		}
		of := crm.ViewOf{Kind: crm.RecordAccount, ID: acme.ID}
		all, next, err := crm.FindOpportunities(t.Context(), db, crm.System(), crm.OpportunityFilter{View: of, Limit: 12})
		if err != nil || len(all) != 12 || next == "" {
			t.Errorf("got %d, %q, %v", len(all), next, err)
		}
		calls, _, err := crm.FindActivities(t.Context(), db, crm.System(), crm.ActivityFilter{View: of})
		if err != nil || len(calls) != 2 {
			t.Errorf("got %v, %v, want the task and the call", calls, err)
		}
		quotes, _, err := crm.FindQuotes(t.Context(), db, crm.System(), crm.DealFilter{View: of})
		if err != nil || len(quotes) != 1 {
			t.Errorf("got %v, %v", quotes, err)
		}
		people, _, err := crm.FindContacts(t.Context(), db, crm.System(), crm.ContactFilter{View: of})
		if err != nil || len(people) != 1 {
			t.Errorf("got %v, %v", people, err)
		}
		_, _, err = crm.FindQuotes(t.Context(), db, &crm.Access{UserID: "stranger"}, crm.DealFilter{View: of})
		wantErr(t, err, crm.ErrNotFound)
	})
}

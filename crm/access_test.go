package crm_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// oneDatabase is for what does not depend on which database it is.
func oneDatabase(t *testing.T) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestGranted(t *testing.T) {
	rep := crm.Role{Grants: []crm.Grant{{Type: "lead", Action: "*", Level: "own"}, {Type: "lead", Action: "export", Level: "none"}, {Type: "product", Action: "read", Level: "own"}, {Type: "goal", Action: "read", Level: "all"}}}
	want := []string{"goal:read", "lead:read", "lead:create", "lead:update", "lead:delete", "lead:assign", "lead:share", "lead:merge"} // products are given as one
	if diff := cmp.Diff(want, (&crm.Access{Roles: []crm.Role{rep}}).Granted()); diff != "" {
		t.Error(diff)
	}
	scoped := &crm.Access{Roles: []crm.Role{rep}, Scopes: []crm.Scope{{Type: "lead", Action: crm.ToRead}}}
	if diff := cmp.Diff([]string{"lead:read"}, scoped.Granted()); diff != "" {
		t.Error(diff)
	}
}

func TestRoleLevels(t *testing.T) {
	grant := func(kind string, action crm.Action, level crm.Level) crm.Grant {
		return crm.Grant{Type: kind, Action: action, Level: level}
	}
	for name, c := range map[string]struct {
		roles  [][]crm.Grant
		top    bool
		scopes []crm.Scope
		want   crm.Level
	}{
		"OKNothing":          {want: crm.LevelNone},
		"OKExact":            {roles: [][]crm.Grant{{grant("lead", "read", "team")}}, want: crm.LevelTeam},
		"OKAnyAction":        {roles: [][]crm.Grant{{grant("lead", "*", "unit")}}, want: crm.LevelUnit},
		"OKAnything":         {roles: [][]crm.Grant{{grant("*", "*", "all")}}, want: crm.LevelAll},
		"OKExactOverAny":     {roles: [][]crm.Grant{{grant("*", "*", "all"), grant("lead", "read", "none")}}, want: crm.LevelNone},
		"OKTypeOverAction":   {roles: [][]crm.Grant{{grant("*", "read", "all"), grant("lead", "*", "own")}}, want: crm.LevelOwn},
		"OKWidestOfRoles":    {roles: [][]crm.Grant{{grant("lead", "read", "own")}, {grant("lead", "read", "territory")}}, want: crm.LevelTerritory},
		"OKUnitAtTheTop":     {roles: [][]crm.Grant{{grant("lead", "read", "unit")}}, top: true, want: crm.LevelAll},
		"OKOther":            {roles: [][]crm.Grant{{grant("contact", "read", "all"), grant("lead", "update", "all")}}, want: crm.LevelNone},
		"OKScope":            {roles: [][]crm.Grant{{grant("*", "*", "all")}}, scopes: []crm.Scope{{Type: "lead", Action: "read"}}, want: crm.LevelAll},
		"ErrScope":           {roles: [][]crm.Grant{{grant("*", "*", "all")}}, scopes: []crm.Scope{{Type: "lead", Action: "update"}}, want: crm.LevelNone},
		"ErrScopeGivesNone":  {roles: [][]crm.Grant{{grant("lead", "read", "own")}}, scopes: []crm.Scope{{Type: "*", Action: "*"}}, want: crm.LevelOwn},
		"ErrTokenWithNoneAt": {roles: [][]crm.Grant{{grant("lead", "read", "all")}}, scopes: []crm.Scope{}, want: crm.LevelNone},
	} {
		t.Run(name, func(t *testing.T) {
			a := crm.Access{UserID: "anna", Top: c.top, Scopes: c.scopes}
			for _, grants := range c.roles {
				a.Roles = append(a.Roles, crm.Role{Grants: grants})
			}
			if got := a.Level(crm.ToRead, "lead"); got != c.want {
				t.Errorf("got level %s, want %s", got, c.want)
			}
		})
	}
	var nobody *crm.Access
	if nobody.Can(crm.ToRead, "lead") || !crm.System().Can(crm.ToDelete, "lead") {
		t.Error("nobody may do something, or Groundswell itself may not")
	}
}

func TestMasks(t *testing.T) {
	role := func(level crm.Level, hidden ...string) crm.Role {
		r := crm.Role{Grants: []crm.Grant{{Type: "opportunity", Action: "*", Level: level}}}
		for _, field := range hidden {
			r.Masks = append(r.Masks, crm.Mask{Type: "opportunity", Field: field, Hidden: true})
		}
		return r
	}
	for name, c := range map[string]struct {
		roles []crm.Role
		want  []string
	}{
		"OKOne":            {roles: []crm.Role{role("all", "amount")}, want: []string{"amount"}},
		"OKLifted":         {roles: []crm.Role{role("own", "amount"), role("all")}},
		"OKNotLiftedByOwn": {roles: []crm.Role{role("all", "amount"), role("own")}, want: []string{"amount"}},
		"OKBothMask":       {roles: []crm.Role{role("all", "amount", "need"), role("all", "need")}, want: []string{"need"}},
		"OKNone":           {roles: []crm.Role{role("none", "amount")}},
	} {
		t.Run(name, func(t *testing.T) {
			a := crm.Access{UserID: "anna", Roles: c.roles}
			if diff := cmp.Diff(c.want, a.Hidden("opportunity")); diff != "" {
				t.Errorf("hidden (-want +got):\n%s", diff)
			}
		})
	}
}

// A company of people, teams and units, with contacts that stand in every way to anna.
type company struct {
	t  *testing.T
	db *sqldb.DB
	id map[string]string // of contacts, by how they stand to anna
}

func newCompany(t *testing.T, db *sqldb.DB) *company {
	t.Helper()
	c := &company{t, db, map[string]string{}}
	for _, name := range []string{"anna", "mate", "desk", "below", "other"} {
		c.exec("INSERT INTO users (id, name, password_hash, created_at, disabled) VALUES ($1, $1, '', 0, false)", name)
	}
	for _, q := range []string{
		"INSERT INTO teams (id, version, created_at, updated_at, name) VALUES ('team', 1, 0, 0, 'North')",
		"INSERT INTO team_members (team_id, user_id) VALUES ('team', 'anna'), ('team', 'mate')",
		"INSERT INTO units (id, version, created_at, updated_at, name, parent_id) VALUES ('de', 1, 0, 0, 'Germany', 'company'), ('kiel', 1, 0, 0, 'Kiel', 'de')",
		"INSERT INTO user_units (user_id, unit_id) VALUES ('anna', 'de'), ('desk', 'de'), ('below', 'kiel')",
		"INSERT INTO territory_members (territory_id, member_type, member_id) VALUES ('coast', 'team', 'team')",
	} {
		c.exec(q)
	}
	for how, owner := range map[string]string{"own": "anna", "team": "mate", "unit": "desk", "below": "below", "foreign": "other", "nobody's": "",
		"territory": "other", "shared": "other", "shared to change": "other", "shared with team": "other", "revoked": "other", "took part": "other"} {
		c.id[how] = createContact(t, db, crm.Contact{LastName: how, OwnerID: owner}).ID
	}
	c.exec("INSERT INTO record_territories (record_type, record_id, territory_id, rank, reason) VALUES ('contact', $1, 'coast', 1, '')", c.id["territory"])
	c.exec("INSERT INTO participants (record_type, record_id, user_id, since, how) VALUES ('contact', $1, 'anna', 0, 'activity')", c.id["took part"])
	c.share("shared", "user", "anna", false)
	c.share("shared to change", "user", "anna", true)
	c.share("shared with team", "team", "team", false)
	revoked := c.share("revoked", "user", "anna", true)
	update(t, db, func(tx *sqldb.Tx) error { return crm.RevokeShare(t.Context(), tx, by(noon), revoked) })
	return c
}

func (c *company) exec(query string, args ...any) {
	c.t.Helper()
	update(c.t, c.db, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(c.t.Context(), query, args...)
		return err
	})
}

func (c *company) share(how, subjectType, subject string, writes bool) (id string) {
	c.t.Helper()
	update(c.t, c.db, func(tx *sqldb.Tx) error {
		s, err := crm.ShareRecord(c.t.Context(), tx, by(noon), crm.Sharing{RecordType: crm.RecordContact, RecordID: c.id[how], SubjectType: subjectType, SubjectID: subject, Writes: writes, Reason: "test"})
		id = s.ID
		return err
	})
	return id
}

// as gives anna one role that grants everything on contacts at a level.
func (c *company) as(level crm.Level) *crm.Access {
	c.t.Helper()
	update(c.t, c.db, func(tx *sqldb.Tx) error {
		if _, err := crm.SaveRole(c.t.Context(), tx, by(noon), crm.Role{Name: "tested", Grants: []crm.Grant{{Type: "contact", Action: "*", Level: level}}}); err != nil {
			return err
		}
		return crm.SetRoles(c.t.Context(), tx, by(noon), "anna", []string{"tested"})
	})
	a, err := crm.AccessOf(c.t.Context(), c.db, "anna")
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

// The SQL of lists, the check of one record and the rule that explains it say the same of every
// level, action and record, on every database.
func TestAccessToRecords(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		c := newCompany(t, db)
		own := []string{"own", "shared", "shared to change", "shared with team", "took part"}
		all := []string{"below", "foreign", "nobody's", "own", "revoked", "shared", "shared to change", "shared with team", "team", "territory", "took part", "unit"}
		read := map[crm.Level][]string{
			crm.LevelNone: nil, crm.LevelOwn: own, crm.LevelTeam: append(slices.Clone(own), "team"), crm.LevelTerritory: append(slices.Clone(own), "team", "territory"),
			crm.LevelUnit: append(slices.Clone(own), "team", "territory", "unit", "below"), crm.LevelAll: all}
		changes := map[crm.Level][]string{crm.LevelOwn: {"own", "shared to change"}, crm.LevelUnit: {"own", "shared to change", "team", "territory", "unit", "below"}, crm.LevelAll: all}
		deletes := map[crm.Level][]string{crm.LevelOwn: {"own"}, crm.LevelTeam: {"own", "team"}, crm.LevelAll: all}
		for _, level := range crm.Levels {
			a := c.as(level)
			c.listed(a, level, read[level])
			c.named(a, crm.RecordContact)
			for action, want := range map[crm.Action]map[crm.Level][]string{crm.ToRead: read, crm.ToUpdate: changes, crm.ToDelete: deletes} {
				if reached, ok := want[level]; ok {
					c.decided(a, action, level, reached)
				}
			}
		}
	})
}

func (c *company) listed(a *crm.Access, level crm.Level, want []string) {
	c.t.Helper()
	found, _, err := crm.FindContacts(c.t.Context(), c.db, a, crm.ContactFilter{Limit: 100})
	if err != nil {
		c.t.Fatal(err)
	}
	var got []string
	for _, f := range found {
		got = append(got, f.LastName)
	}
	slices.Sort(got)
	if diff := cmp.Diff(slices.Sorted(slices.Values(want)), got); diff != "" {
		c.t.Errorf("list at level %s (-want +got):\n%s", level, diff)
	}
}

// named wants the records that somebody may read to be the same, however they are found.
func (c *company) named(a *crm.Access, kind string) {
	c.t.Helper()
	each, named, err := crm.ReadableIDs(c.t.Context(), c.db, a, kind)
	if err != nil {
		c.t.Fatal(err)
	}
	if diff := cmp.Diff(each, named); diff != "" {
		c.t.Errorf("%ss by the condition on each, and by name (-want +got):\n%s", kind, diff)
	}
}

func (c *company) decided(a *crm.Access, action crm.Action, level crm.Level, want []string) {
	c.t.Helper()
	for how, id := range c.id {
		may := slices.Contains(want, how)
		err := a.Check(c.t.Context(), c.db, action, crm.RecordContact, id)
		var no *crm.Forbidden
		if may != (err == nil) || err != nil && !errors.Is(err, crm.ErrNotFound) && !errors.As(err, &no) {
			c.t.Errorf("%s of %q at level %s: got %v, want allowed: %t", action, how, level, err, may)
		}
		if seen := a.Check(c.t.Context(), c.db, crm.ToRead, crm.RecordContact, id) == nil; !may && seen != errors.As(err, &no) {
			c.t.Errorf("%s of %q at level %s: got %v: a record that is seen is forbidden, another one not found", action, how, level, err)
		}
		ruling, err := crm.Explain(c.t.Context(), c.db, a, action, crm.RecordContact, id)
		if err != nil || ruling.Allowed != may || may == (len(ruling.Reasons) == 0) || !may && ruling.Needed == "" {
			c.t.Errorf("%s of %q at level %s is explained as %+v (%v), want allowed: %t", action, how, level, ruling, err, may)
		}
	}
}

// What belongs to an opportunity stands where that stands, and what is about a record is seen by
// who sees the record.
func TestAccessByAnother(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		c := newCompany(t, db)
		var mine, foreign crm.Opportunity
		update(t, db, func(tx *sqldb.Tx) (err error) {
			if mine, err = crm.CreateOpportunity(t.Context(), tx, by(noon), crm.Opportunity{Name: "mine", OwnerID: "anna"}); err != nil {
				return err
			}
			if foreign, err = crm.CreateOpportunity(t.Context(), tx, by(noon), crm.Opportunity{Name: "foreign", OwnerID: "other"}); err != nil {
				return err
			}
			for _, o := range []crm.Opportunity{mine, foreign} {
				q := crm.Quote{OpportunityID: o.ID, Currency: "EUR", Lines: []crm.Line{{Text: o.Name, Quantity: 1000, Price: 100}}}
				if _, err := crm.CreateQuote(t.Context(), tx, by(noon), q, ""); err != nil {
					return err
				}
				if _, err := crm.CreateActivity(t.Context(), tx, by(noon), crm.Activity{Kind: "note", RecordType: "opportunity", RecordID: o.ID, Subject: o.Name, OwnerID: "other"}); err != nil {
					return err
				}
			}
			_, err = crm.SaveRole(t.Context(), tx, by(noon), crm.Role{Name: "rep", Grants: []crm.Grant{{Type: "opportunity", Action: "*", Level: "own"}, {Type: "quote", Action: "*", Level: "own"}, {Type: "activity", Action: "read", Level: "own"}}})
			if err != nil {
				return err
			}
			return crm.SetRoles(t.Context(), tx, by(noon), "anna", []string{"rep"})
		})
		a, err := crm.AccessOf(t.Context(), db, "anna")
		if err != nil {
			t.Fatal(err)
		}
		offers, _, err := crm.FindQuotes(t.Context(), db, a, crm.DealFilter{})
		if err != nil || len(offers) != 1 || offers[0].OpportunityID != mine.ID {
			t.Errorf("quotes %v (%v), want that of the opportunity of one's own", offers, err)
		}
		notes, _, err := crm.FindActivities(t.Context(), db, a, crm.ActivityFilter{})
		if err != nil || len(notes) != 1 || notes[0].Subject != "mine" {
			t.Errorf("activities %v (%v), want that about the opportunity of one's own", notes, err)
		}
		c.named(a, crm.RecordActivity)
		c.named(a, crm.RecordOpportunity)
		c.aboutAll()
		ch := crm.Change{By: "anna", At: noon, Access: a}
		err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.CreateQuote(t.Context(), tx, ch, crm.Quote{OpportunityID: foreign.ID, Currency: "EUR", Lines: []crm.Line{{Text: "x", Quantity: 1000, Price: 1}}}, "")
			return err
		})
		wantInvalid(t, err, "opportunity_id")
		err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.CreateOpportunity(t.Context(), tx, ch, crm.Opportunity{Name: "for another", OwnerID: "other"})
			return err
		})
		var no *crm.Forbidden
		if !errors.As(err, &no) || no.Needed != crm.LevelAll {
			t.Errorf("got %v, want it forbidden to make one for somebody else", err)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			return crm.AssignOwner(t.Context(), tx, ch, crm.RecordOpportunity, mine.ID, "other")
		})
		if _, err := crm.OpportunityByID(t.Context(), db, a, mine.ID); err != nil {
			t.Errorf("who owned it does not see it any more: %v", err)
		}
		err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
			return crm.AssignOwner(t.Context(), tx, ch, crm.RecordOpportunity, mine.ID, "anna")
		})
		if !errors.As(err, &no) {
			t.Errorf("got %v: who owned it may not take it back", err)
		}
	})
}

// aboutAll lets anna read all of one type: what is about those she reads beside what is about her own.
func (c *company) aboutAll() {
	c.t.Helper()
	ctx := c.t.Context()
	update(c.t, c.db, func(tx *sqldb.Tx) error {
		if _, err := crm.CreateActivity(ctx, tx, by(noon), crm.Activity{Kind: "note", RecordType: "contact", RecordID: c.id["foreign"], Subject: "foreign contact", OwnerID: "other"}); err != nil {
			return err
		}
		if _, err := crm.SaveRole(ctx, tx, by(noon), crm.Role{Name: "reader", Grants: []crm.Grant{{Type: "contact", Action: "read", Level: "all"}}}); err != nil {
			return err
		}
		return crm.SetRoles(ctx, tx, by(noon), "anna", []string{"rep", "reader"})
	})
	a, err := crm.AccessOf(ctx, c.db, "anna")
	if err != nil {
		c.t.Fatal(err)
	}
	c.named(a, crm.RecordActivity)
	for i := range 20 { // what is gone does not keep a page from being filled
		c.exec("INSERT INTO participants (record_type, record_id, user_id, since, how) VALUES ('activity', $1, 'anna', 0, 'activity')", fmt.Sprintf("Z%d", i))
	}
	notes, next, err := crm.FindActivities(ctx, c.db, a, crm.ActivityFilter{Limit: 1})
	if err != nil || next == "" {
		c.t.Fatalf("activities %v, next %q (%v): want one of two", notes, next, err)
	}
	rest, next, err := crm.FindActivities(ctx, c.db, a, crm.ActivityFilter{Limit: 1, Cursor: next})
	notes = append(notes, rest...)
	if err != nil || next != "" || len(notes) != 2 || notes[0].Subject != "foreign contact" || notes[1].Subject != "mine" {
		c.t.Errorf("activities %v (%v), want those about any contact and about the opportunity of one's own", notes, err)
	}
	update(c.t, c.db, func(tx *sqldb.Tx) error { return crm.SetRoles(ctx, tx, by(noon), "anna", []string{"rep"}) })
}

func TestMaskedFieldsOnWrite(t *testing.T) {
	db := oneDatabase(t)
	c := newCompany(t, db)
	id := c.id["own"]
	update(t, db, func(tx *sqldb.Tx) error {
		old, err := crm.ContactByID(t.Context(), tx, crm.System(), id)
		if err != nil {
			return err
		}
		old.Phone = "+49 431 1234567"
		_, err = crm.UpdateContact(t.Context(), tx, old, by(noon))
		return err
	})
	update(t, db, func(tx *sqldb.Tx) error {
		_, err := crm.SaveRole(t.Context(), tx, by(noon), crm.Role{Name: "tested", Grants: []crm.Grant{{Type: "contact", Action: "*", Level: "own"}}, Masks: []crm.Mask{{Type: "contact", Field: "phone", Hidden: true}}})
		if err != nil {
			return err
		}
		return crm.SetRoles(t.Context(), tx, by(noon), "anna", []string{"tested"})
	})
	a, err := crm.AccessOf(t.Context(), db, "anna")
	if err != nil {
		t.Fatal(err)
	}
	save := func(phone string) (crm.Contact, error) {
		var saved crm.Contact
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			now, err := crm.ContactByID(t.Context(), tx, a, id)
			if err != nil {
				return err
			}
			now.Phone, now.City = phone, "Kiel"
			saved, err = crm.UpdateContact(t.Context(), tx, now, crm.Change{By: "anna", At: noon, Access: a})
			return err
		})
		return saved, err
	}
	if saved, err := save(""); err != nil || saved.Phone != "+49 431 1234567" || saved.City != "Kiel" {
		t.Errorf("got %+v, %v: what is hidden and left out stays", saved, err)
	}
	var no *crm.Forbidden
	if _, err := save("+49 1"); !errors.As(err, &no) || no.Field != "phone" {
		t.Errorf("got %v, want the field named", err)
	}
}

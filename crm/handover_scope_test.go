package crm_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// changeOf is a change in the name of somebody, with what they may do.
func (o *office) changeOf(t *testing.T, user string) crm.Change {
	t.Helper()
	access, err := crm.AccessOf(t.Context(), o.db, user)
	if err != nil {
		t.Fatal(err)
	}
	return crm.Change{By: user, At: noon.Add(time.Hour), Access: access}
}

// beginAs collects what lea has in somebody's name.
func (o *office) beginAs(t *testing.T, ch crm.Change) crm.Handover {
	t.Helper()
	var h crm.Handover
	update(t, o.db, func(tx *sqldb.Tx) (err error) {
		h, err = crm.BeginHandover(t.Context(), tx, ch, o.lea, "she leaves")
		return err
	})
	return o.work(t, h.ID)
}

// seen are the records of a hand-over that somebody is shown.
func (o *office) seen(t *testing.T, a *crm.Access, id string) []string {
	t.Helper()
	list, _, err := crm.HandoverRecords(t.Context(), o.db, a, crm.HandoverFilter{HandoverID: id})
	if err != nil {
		t.Fatal(err)
	}
	all := []string{}
	for _, r := range list {
		all = append(all, r.RecordType+" "+r.Name)
	}
	return all
}

// What a token had begun is done, in the background too, as far as its scopes reach.
func TestHandoverByToken(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o := newOffice(t, db)
		full := o.changeOf(t, o.chief)
		narrow := full
		narrow.Access = full.Access.Narrowed([]crm.Scope{{Type: "handover", Action: "*"}})
		h := o.beginAs(t, narrow)
		if got := o.seen(t, full.Access, h.ID); len(got) > 0 || h.Total != 0 {
			t.Errorf("collected %v, total %d: want nothing, for the token covers no record", got, h.Total)
		}

		// Nor does it show, give or take back what a session collected.
		h = o.beginAs(t, full)
		if got := o.seen(t, narrow.Access, h.ID); len(got) > 0 {
			t.Errorf("it is shown %v", got)
		}
		s, err := crm.SummaryOf(t.Context(), db, narrow.Access, &h)
		if err != nil || len(s.Counts) > 0 {
			t.Errorf("it is told the counts %v, %v", s.Counts, err)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.GiveHandover(t.Context(), tx, narrow, h.ID, 0, false)
			return err
		})
		if h = o.work(t, h.ID); h.State != crm.HandoverDone || o.owner(t, "contacts", o.graz.ID) != o.lea || o.owner(t, "accounts", o.account.ID) != o.lea {
			t.Errorf("the token gave records away: %+v %v", h, o.records(t, h.ID))
		}

		h = o.beginAs(t, full)
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.GiveHandover(t.Context(), tx, full, h.ID, 0, false)
			return err
		})
		o.work(t, h.ID)
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.UndoHandover(t.Context(), tx, narrow, h.ID, 0)
			return err
		})
		if h = o.work(t, h.ID); o.owner(t, "contacts", o.graz.ID) != o.tom {
			t.Errorf("the token took records back: %+v %v", h, o.records(t, h.ID))
		}
	})
}

// A sharing is given by who may share the record, and shown to who may read it.
func TestHandoverOfSharings(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o := newOffice(t, db)
		update(t, db, func(tx *sqldb.Tx) error {
			grants := []crm.Grant{{Type: "handover", Action: "*", Level: crm.LevelAll}, {Type: "contact", Action: "*", Level: crm.LevelTeam},
				{Type: "activity", Action: "*", Level: crm.LevelTeam}, {Type: "account", Action: "*", Level: crm.LevelTeam}}
			if _, err := crm.SaveRole(t.Context(), tx, o.change(), crm.Role{Name: "lead", Grants: grants, Masks: []crm.Mask{}}); err != nil {
				return err
			}
			return crm.SetRoles(t.Context(), tx, o.change(), o.mia, []string{"lead"}) // of lea's team; the shared contact is ida's
		})
		mia := o.changeOf(t, o.mia)
		h := o.beginAs(t, mia)
		want := []string{"account Acme", "activity Call back", "contact Berg", "contact Frei"}
		if o.graz.ID > o.other.ID {
			want = []string{"account Acme", "activity Call back", "contact Frei", "contact Berg"}
		}
		if diff := cmp.Diff(want, o.seen(t, mia.Access, h.ID)); diff != "" {
			t.Errorf("collected (-want +got):\n%s", diff)
		}
		s, err := crm.SummaryOf(t.Context(), db, mia.Access, &h)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]int64{"share": 1, "team_member": 1}, s.OutOfReach); diff != "" {
			t.Errorf("out of reach (-want +got):\n%s", diff)
		}

		// What somebody else collected is shown to her no further either.
		h = o.beginAs(t, o.changeOf(t, o.chief))
		if diff := cmp.Diff(want, o.seen(t, mia.Access, h.ID)); diff != "" {
			t.Errorf("shown (-want +got):\n%s", diff)
		}
	})
}

package crm_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// office is a company in which lea leaves: mia is in her team, tom works in the territory of Graz,
// and ida, who has the same role, has little to do.
type office struct {
	db                        *sqldb.DB
	account                   crm.Account
	graz, other               crm.Contact
	task, done                crm.Activity
	share                     crm.Sharing
	ofOthers                  crm.Contact
	territory, team           string
	lea, mia, tom, ida, chief string
}

func newOffice(t *testing.T, db *sqldb.DB) *office {
	t.Helper()
	o := &office{db: db, lea: "lea", mia: "mia", tom: "tom", ida: "ida", chief: "chief", team: "team-1"}
	for _, user := range []string{o.lea, o.mia, o.tom, o.ida, o.chief} {
		addUser(t, db, user)
	}
	ch := by(noon)
	ch.By = o.chief
	update(t, db, func(tx *sqldb.Tx) error {
		for user, role := range map[string]string{o.lea: "sales-rep", o.mia: "sales-rep", o.tom: "sales-rep", o.ida: "sales-rep", o.chief: "administrator"} {
			if err := crm.SetRoles(t.Context(), tx, ch, user, []string{role}); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(t.Context(), "INSERT INTO teams (id, version, created_at, updated_at, name) VALUES ('team-1', 1, 0, 0, 'North')"); err != nil {
			return err
		}
		for _, user := range []string{o.lea, o.mia} {
			if _, err := tx.Exec(t.Context(), "INSERT INTO team_members (team_id, user_id) VALUES ('team-1', $1)", user); err != nil {
				return err
			}
		}
		territory, err := crm.SaveTerritory(t.Context(), tx, ch, crm.Territory{Name: "Elsewhere", Enabled: true, Criteria: []crm.Criterion{}, Members: []crm.TerritoryMember{{Type: "user", ID: o.tom}}})
		o.territory = territory.ID
		return err
	})
	update(t, db, func(tx *sqldb.Tx) (err error) {
		if o.account, err = crm.CreateAccount(t.Context(), tx, crm.Account{Name: "Acme", OwnerID: o.lea}, ch); err != nil {
			return err
		}
		if o.graz, err = crm.CreateContact(t.Context(), tx, crm.Contact{LastName: "Berg", OwnerID: o.lea}, ch); err != nil {
			return err
		}
		if o.other, err = crm.CreateContact(t.Context(), tx, crm.Contact{LastName: "Frei", AccountID: o.account.ID, OwnerID: o.lea}, ch); err != nil {
			return err
		}
		if o.task, err = crm.CreateActivity(t.Context(), tx, ch, crm.Activity{Kind: "task", RecordType: "contact", RecordID: o.graz.ID, Subject: "Call back", OwnerID: o.lea}); err != nil {
			return err
		}
		if o.done, err = crm.CreateActivity(t.Context(), tx, ch, crm.Activity{Kind: "call", RecordType: "contact", RecordID: o.graz.ID, Subject: "Called", OwnerID: o.lea}); err != nil {
			return err
		}
		if o.ofOthers, err = crm.CreateContact(t.Context(), tx, crm.Contact{LastName: "Lang", OwnerID: o.ida}, ch); err != nil {
			return err
		}
		o.share, err = crm.ShareRecord(t.Context(), tx, ch, crm.Sharing{RecordType: "contact", RecordID: o.ofOthers.ID, SubjectType: "user", SubjectID: o.lea, Writes: true, Reason: "a case of both"})
		if err != nil {
			return err
		}
		// Nothing else is in a territory.
		for _, query := range []string{"DELETE FROM record_territories", "UPDATE territories SET enabled = false"} {
			if _, err := tx.Exec(t.Context(), query); err != nil {
				return err
			}
		}
		_, err = tx.Exec(t.Context(), "INSERT INTO record_territories (record_type, record_id, territory_id, rank, reason) VALUES ('contact', $1, $2, 0, '')", o.graz.ID, o.territory)
		return err
	})
	return o
}

func (o *office) change() crm.Change {
	ch := by(noon.Add(time.Hour))
	ch.By = o.chief
	return ch
}

// begin collects what lea has.
func (o *office) begin(t *testing.T) crm.Handover {
	t.Helper()
	var h crm.Handover
	update(t, o.db, func(tx *sqldb.Tx) (err error) {
		h, err = crm.BeginHandover(t.Context(), tx, o.change(), o.lea, "she leaves")
		return err
	})
	return o.work(t, h.ID)
}

// work does the step of a hand-over that is under way.
func (o *office) work(t *testing.T, id string) crm.Handover {
	t.Helper()
	h, err := crm.WorkHandover(t.Context(), o.db, id, handoverWork(100))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func handoverWork(batches int) crm.HandoverWork {
	return crm.HandoverWork{Now: noon.Add(2 * time.Hour), Alive: time.Now(), Batches: batches, Switch: func(ctx context.Context, tx *sqldb.Tx, _ crm.Change, userID string, off bool) error {
		_, err := tx.Exec(ctx, "UPDATE users SET disabled = $1 WHERE id = $2", off, userID)
		return err
	}, Assign: func(ctx context.Context, tx *sqldb.Tx, _ crm.Change, id, userID string) error {
		_, err := tx.Exec(ctx, "UPDATE incidents SET assignee = (SELECT name FROM users WHERE id = $1) WHERE id = $2", userID, id)
		return err
	}}
}

// records are what is handed over, in short.
func (o *office) records(t *testing.T, id string) map[string]string {
	t.Helper()
	list, _, err := crm.HandoverRecords(t.Context(), o.db, crm.System(), crm.HandoverFilter{HandoverID: id})
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]string)
	for _, r := range list {
		all[r.RecordType+" "+r.Name] = fmt.Sprint(r.ReceiverID, " ", r.Why, " ", r.State)
	}
	return all
}

func (o *office) owner(t *testing.T, table, id string) (owner string) {
	t.Helper()
	if err := o.db.QueryRow(t.Context(), "SELECT owner_id FROM "+table+" WHERE id = $1", id).Scan(&owner); err != nil {
		t.Fatal(err)
	}
	return owner
}

func (o *office) disabled(t *testing.T, user string) (off bool) {
	t.Helper()
	if err := o.db.QueryRow(t.Context(), "SELECT disabled FROM users WHERE id = $1", user).Scan(&off); err != nil {
		t.Fatal(err)
	}
	return off
}

func TestHandover(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o := newOffice(t, db)
		h := o.begin(t)
		want := map[string]string{
			"account Acme": "mia team proposed", "contact Berg": "tom territory proposed", "contact Frei": "mia record proposed",
			"activity Call back": "tom record proposed", "share Lang": "mia team proposed", "team_member North": "mia team proposed",
		}
		if diff := cmp.Diff(want, o.records(t, h.ID)); diff != "" || h.State != crm.HandoverOpen || h.Total != 6 {
			t.Fatalf("%+v (-want +got):\n%s", h, diff)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			if _, err := crm.Receive(t.Context(), tx, o.change(), h.ID, crm.Reception{ReceiverID: o.lea}); err == nil {
				t.Error("she receives what she hands over")
			}
			n, err := crm.Receive(t.Context(), tx, o.change(), h.ID, crm.Reception{ReceiverID: o.ida, Type: "account"})
			if n != 1 {
				t.Errorf("changed %d accounts", n)
			}
			if _, err := crm.Receive(t.Context(), tx, o.change(), h.ID, crm.Reception{ReceiverID: "", Records: []crm.RecordRef{{RecordType: "contact", RecordID: o.other.ID}}}); err != nil {
				return err
			}
			return err
		})
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.GiveHandover(t.Context(), tx, o.change(), h.ID, 0, true)
			return err
		})
		if h = o.work(t, h.ID); h.State != crm.HandoverDone || h.Handled != 5 || h.Problem != "" {
			t.Errorf("given: %+v", h)
		}
		for _, r := range []struct{ table, id, want string }{
			{"accounts", o.account.ID, o.ida}, {"contacts", o.graz.ID, o.tom}, {"contacts", o.other.ID, o.lea}, {"activities", o.task.ID, o.tom}, {"activities", o.done.ID, o.lea},
		} {
			if got := o.owner(t, r.table, r.id); got != r.want {
				t.Errorf("%s %s belongs to %s, want %s", r.table, r.id, got, r.want)
			}
		}
		shares, err := crm.SharesOf(t.Context(), db, crm.System(), "contact", o.ofOthers.ID)
		if err != nil || len(shares) != 1 || shares[0].SubjectID != o.mia || !shares[0].Writes {
			t.Errorf("shared with %+v, %v", shares, err)
		}
		if !o.disabled(t, o.lea) {
			t.Error("she can still sign in")
		}
		entries, _, err := crm.Audit(t.Context(), db, crm.System(), crm.AuditFilter{Event: h.ID})
		if err != nil || len(entries) < 6 {
			t.Errorf("the log has %d entries of the hand-over, %v", len(entries), err)
		}
		for _, e := range entries {
			if e.Actor != o.chief || e.Reason != "she leaves" && e.Action != "share" {
				t.Errorf("log: %+v", e)
			}
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.UndoHandover(t.Context(), tx, o.change(), h.ID, 0)
			return err
		})
		if h = o.work(t, h.ID); h.State != crm.HandoverReturned {
			t.Errorf("taken back: %+v %v", h, o.records(t, h.ID))
		}
		for table, id := range map[string]string{"accounts": o.account.ID, "contacts": o.graz.ID, "activities": o.task.ID} {
			if got := o.owner(t, table, id); got != o.lea {
				t.Errorf("%s %s belongs to %s, want her", table, id, got)
			}
		}
		if shares, err = crm.SharesOf(t.Context(), db, crm.System(), "contact", o.ofOthers.ID); err != nil || len(shares) != 1 || shares[0].SubjectID != o.lea {
			t.Errorf("shared with %+v, %v", shares, err)
		}
		if o.disabled(t, o.lea) {
			t.Error("she cannot sign in again")
		}
	})
}

// What people changed since keeps a hand-over from being undone, and what was not hers any more is kept.
func TestHandoverOfWhatChanges(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o := newOffice(t, db)
		h := o.begin(t)
		update(t, db, func(tx *sqldb.Tx) error {
			return crm.AssignOwner(t.Context(), tx, o.change(), "account", o.account.ID, o.ida)
		})
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.GiveHandover(t.Context(), tx, o.change(), h.ID, 0, false)
			return err
		})
		if h = o.work(t, h.ID); h.State != crm.HandoverDone || o.records(t, h.ID)["account Acme"] != "mia team kept" || o.owner(t, "accounts", o.account.ID) != o.ida {
			t.Errorf("%+v %v", h, o.records(t, h.ID))
		}
		update(t, db, func(tx *sqldb.Tx) error {
			c, err := crm.ContactByID(t.Context(), tx, crm.System(), o.graz.ID)
			if err != nil {
				return err
			}
			c.City = "Linz"
			ch := by(noon.Add(3 * time.Hour))
			ch.By = o.tom
			_, err = crm.UpdateContact(t.Context(), tx, c, ch)
			return err
		})
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.UndoHandover(t.Context(), tx, o.change(), h.ID, 0)
			return err
		})
		wantErr(t, err, crm.ErrConflict)
		if err == nil || !strings.Contains(err.Error(), "contact "+o.graz.ID) {
			t.Errorf("it does not say what was changed: %v", err)
		}
	})
}

// Many records go in batches, each with its progress; a process that dies loses none, and nobody
// receives all.
func TestHandoverOfMany(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o := newOffice(t, db)
		update(t, db, func(tx *sqldb.Tx) error {
			for i := range 450 {
				if _, err := crm.CreateContact(t.Context(), tx, crm.Contact{LastName: fmt.Sprint("Many ", i), OwnerID: o.lea}, o.change()); err != nil {
					return err
				}
			}
			_, err := tx.Exec(t.Context(), "INSERT INTO team_members (team_id, user_id) VALUES ('team-1', 'ida')")
			return err
		})
		h := o.begin(t)
		s, err := crm.SummaryOf(t.Context(), db, crm.System(), &h)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range s.Counts {
			if c.RecordType == "contact" && c.ReceiverID != o.tom && (c.Records < 220 || c.Records > 232) {
				t.Errorf("%s receives %d contacts", c.ReceiverID, c.Records)
			}
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.GiveHandover(t.Context(), tx, o.change(), h.ID, 0, false)
			return err
		})
		for step := range 4 {
			one, err := crm.WorkHandover(t.Context(), db, h.ID, handoverWork(1))
			if err != nil {
				t.Fatal(err)
			}
			if h = one; h.State == crm.HandoverDone {
				break
			}
			if h.Handled != int64(200*(step+1)) {
				t.Errorf("after %d batches %d of %d", step+1, h.Handled, h.Total)
			}
		}
		if h.State != crm.HandoverDone || h.Handled != h.Total {
			t.Errorf("%+v", h)
		}
	})
}

// Somebody hands over what their own roles let them give, and hears of the rest.
func TestHandoverOutOfReach(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o := newOffice(t, db)
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.SaveRole(t.Context(), tx, o.change(), crm.Role{Name: "hr", Grants: []crm.Grant{{Type: "handover", Action: "*", Level: crm.LevelAll},
				{Type: "contact", Action: "read", Level: crm.LevelAll}, {Type: "contact", Action: "assign", Level: crm.LevelAll}, {Type: "account", Action: "read", Level: crm.LevelAll}}, Masks: []crm.Mask{}})
			if err != nil {
				return err
			}
			return crm.SetRoles(t.Context(), tx, o.change(), o.ida, []string{"hr"})
		})
		access, err := crm.AccessOf(t.Context(), db, o.ida)
		if err != nil {
			t.Fatal(err)
		}
		ch := o.change()
		ch.By, ch.Access = o.ida, access
		var h crm.Handover
		update(t, db, func(tx *sqldb.Tx) (err error) {
			h, err = crm.BeginHandover(t.Context(), tx, ch, o.lea, "she leaves")
			return err
		})
		h = o.work(t, h.ID)
		s, err := crm.SummaryOf(t.Context(), db, access, &h)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]int64{"account": 1, "activity": 1, "share": 1, "team_member": 1}, s.OutOfReach); diff != "" {
			t.Errorf("out of reach (-want +got):\n%s", diff)
		}
	})
}

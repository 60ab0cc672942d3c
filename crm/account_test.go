package crm_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func setParent(t *testing.T, db *sqldb.DB, id, parent string) error {
	return db.Update(t.Context(), func(tx *sqldb.Tx) error {
		a, err := crm.AccountByID(t.Context(), tx, crm.System(), id)
		if err != nil {
			return err
		}
		a.ParentID = parent
		_, err = crm.UpdateAccount(t.Context(), tx, a, by(noon))
		return err
	})
}

func TestAccountTree(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		top := createAccount(t, db, crm.Account{Name: "Top"})
		last := top
		for i := 2; i <= 10; i++ {
			last = createAccount(t, db, crm.Account{Name: fmt.Sprint("Level ", i), ParentID: last.ID})
		}
		_, err := createAccountErr(t, db, crm.Account{Name: "Level 11", ParentID: last.ID})
		wantInvalid(t, err, "parent_id")
		wantInvalid(t, setParent(t, db, top.ID, last.ID), "parent_id")
		wantInvalid(t, setParent(t, db, top.ID, top.ID), "parent_id")
		wantInvalid(t, setParent(t, db, top.ID, "none"), "parent_id")
		wantInvalid(t, setParent(t, db, top.ID, createAccount(t, db, crm.Account{Name: "Over all"}).ID), "parent_id")
		createOpportunity(t, db, crm.Opportunity{Name: "A", AccountID: last.ID, Amount: crm.Money{Amount: 500, Currency: "EUR"}})
		tree, err := crm.AccountTreeOf(t.Context(), db, crm.System(), top.ID)
		if err != nil || len(tree.Below) != 9 || tree.Below[0].Name != "Level 2" {
			t.Errorf("got %+v, %v", tree, err)
		}
		if diff := cmp.Diff([]crm.RollUp{{Currency: "EUR", Open: 500, Weighted: 50, Deals: 1}}, tree.Pipeline); diff != "" {
			t.Error(diff)
		}
	})
}

func createAccountErr(t *testing.T, db *sqldb.DB, a crm.Account) (out crm.Account, err error) {
	err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
		out, err = crm.CreateAccount(t.Context(), tx, a, by(noon))
		return err
	})
	return out, err
}

// A merge carries contacts, sales and the accounts below; taking it apart gives them back.
func TestMergeAccounts(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		winner := createAccount(t, db, crm.Account{Name: "Acme GmbH", Fields: map[string]any{"tier": "A"}})
		loser := createAccount(t, db, crm.Account{Name: "ACME", City: "Köln", Fields: map[string]any{"tier": "B", "code": "7"}})
		below := createAccount(t, db, crm.Account{Name: "Below", ParentID: loser.ID})
		anna := createContact(t, db, crm.Contact{LastName: "Müller", AccountID: loser.ID})
		var m crm.AccountMerge
		update(t, db, func(tx *sqldb.Tx) (err error) {
			m, err = crm.MergeAccounts(t.Context(), tx, winner.ID, loser.ID, by(noon))
			return err
		})
		if diff := cmp.Diff(map[string]int64{"contacts": 1, "accounts": 1}, m.Moved); diff != "" {
			t.Error(diff)
		}
		whose := func() (contact, account string) {
			c, err := crm.ContactByID(t.Context(), db, crm.System(), anna.ID)
			if err != nil {
				t.Fatal(err)
			}
			a, err := crm.AccountByID(t.Context(), db, crm.System(), below.ID)
			if err != nil {
				t.Fatal(err)
			}
			return c.AccountID, a.ParentID
		}
		if c, a := whose(); c != winner.ID || a != winner.ID {
			t.Errorf("after the merge: %s, %s", c, a)
		}
		w, err := crm.AccountByID(t.Context(), db, crm.System(), winner.ID)
		if err != nil || w.City != "Köln" || w.Fields["tier"] != "A" || w.Fields["code"] != "7" {
			t.Errorf("got %+v, %v", w, err)
		}
		_, err = crm.AccountByID(t.Context(), db, crm.System(), loser.ID)
		wantErr(t, err, crm.ErrNotFound)
		if groups, err := crm.Search(t.Context(), db, crm.SearchQuery{Access: crm.System(), Text: "acme", Types: []string{"account"}, Limit: 5}); err != nil || written(groups) != "account Acme GmbH" {
			t.Errorf("found %s, %v", written(groups), err)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.UnmergeAccounts(t.Context(), tx, m.ID, by(noon))
			return err
		})
		if c, a := whose(); c != loser.ID || a != loser.ID {
			t.Errorf("after the unmerge: %s, %s", c, a)
		}
		if w, err = crm.AccountByID(t.Context(), db, crm.System(), winner.ID); err != nil || w.City != "" || len(w.Fields) != 1 {
			t.Errorf("got %+v, %v", w, err)
		}
		err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.UnmergeAccounts(t.Context(), tx, m.ID, by(noon))
			return err
		})
		wantErr(t, err, crm.ErrConflict)
	})
}

package crm_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// A record that both were shared with somebody is shared once, as far as either was; and no merge that
// is taken apart gives back what somebody took away meanwhile.
func TestMergeShares(t *testing.T) {
	active := map[string]any{"record_type": "contact", "subject_type": "user"}
	share := func(t *testing.T, db *sqldb.DB, id, record, subject string, writes bool) {
		row := map[string]any{"id": id, "record_id": record, "subject_id": subject, "writes": writes}
		for k, v := range active {
			row[k] = v
		}
		insertRow(t, db, "shares", row)
	}
	for name, c := range map[string]struct {
		since func(*testing.T, *sqldb.DB)
		same  bool // after the unmerge all is as before
	}{
		"OKUnchanged": {func(*testing.T, *sqldb.DB) {}, true},
		"OKRevoked": {func(t *testing.T, db *sqldb.DB) {
			for _, id := range []string{"w-ann", "w-bob", "l-cem"} {
				update(t, db, func(tx *sqldb.Tx) error { return crm.RevokeShare(t.Context(), tx, by(noon.Add(time.Minute)), id) })
			}
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				m := twoContacts(t, db)
				share(t, db, "w-ann", m.winner, "ann", false)
				share(t, db, "l-ann", m.loser, "ann", true)
				share(t, db, "w-bob", m.winner, "bob", true)
				share(t, db, "l-bob", m.loser, "bob", false)
				share(t, db, "l-cem", m.loser, "cem", false)
				before := everything(t, db)
				var id string
				update(t, db, func(tx *sqldb.Tx) (err error) { id, err = m.merge(tx, by(noon)); return err })
				got := make(map[string]bool)
				shares, err := crm.SharesOf(t.Context(), db, crm.System(), "contact", m.winner)
				for _, s := range shares {
					got[s.ID] = s.Writes
				}
				if diff := cmp.Diff(map[string]bool{"w-ann": true, "w-bob": true, "l-cem": false}, got); diff != "" || err != nil {
					t.Errorf("shares (-want +got): %v\n%s", err, diff)
				}
				c.since(t, db)
				update(t, db, func(tx *sqldb.Tx) error { return m.unmerge(tx, id, by(noon.Add(time.Hour))) })
				if c.same {
					if diff := cmp.Diff(before, everything(t, db)); diff != "" {
						t.Errorf("not as before (-before +after):\n%s", diff)
					}
					return
				}
				for _, record := range []string{m.winner, m.loser} {
					if left, err := crm.SharesOf(t.Context(), db, crm.System(), "contact", record); err != nil || len(left) != 0 {
						t.Errorf("got %v, %v, want none back that somebody revoked", left, err)
					}
				}
			})
		})
	}
}

// The stricter consent wins: what was taken back of either is taken back of both, until it is given anew.
func TestMergeConsents(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		m := twoContacts(t, db)
		for _, author := range []string{"of-winner", "of-contract", "of-loser"} {
			createAuthor(t, db, author, 1)
		}
		propose(t, db, crm.Link{AuthorID: "of-winner", ContactID: m.winner, Decision: crm.Confirmed, Basis: crm.BasisInterest, Probability: 1},
			crm.Link{AuthorID: "of-contract", ContactID: m.winner, Decision: crm.Confirmed, Basis: crm.BasisContract, Probability: 1},
			crm.Link{AuthorID: "of-loser", ContactID: m.loser, Decision: crm.Confirmed, Basis: crm.BasisInterest, Probability: 1})
		for _, purpose := range []crm.Purpose{crm.PurposeLink, crm.PurposeMarketing} {
			recordConsent(t, db, crm.Consent{ContactID: m.winner, Purpose: purpose, Source: "form", Evidence: "yes"})
			withdraw(t, db, recordConsent(t, db, crm.Consent{ContactID: m.loser, Purpose: purpose, Source: "form", Evidence: "yes"}).ID, noon.Add(time.Minute))
		}
		before := everything(t, db)
		var id string
		update(t, db, func(tx *sqldb.Tx) (err error) { id, err = m.merge(tx, by(noon.Add(time.Hour))); return err })
		for _, purpose := range []crm.Purpose{crm.PurposeLink, crm.PurposeMarketing} {
			if gone, err := crm.Withdrawn(t.Context(), db, purpose, []string{m.winner}); err != nil || len(gone) != 1 {
				t.Errorf("%s: got %v, %v, want it taken back", purpose, gone, err)
			}
		}
		if diff := cmp.Diff(map[string]crm.Decision{"of-winner": crm.Rejected, "of-contract": crm.Confirmed, "of-loser": crm.Rejected}, decisions(t, db, m.winner)); diff != "" {
			t.Errorf("links (-want +got):\n%s", diff)
		}
		touches, _, err := crm.Timeline(t.Context(), db, m.winner, "", 10)
		if err != nil || len(touches) != 1 || touches[0].AuthorID != "of-contract" {
			t.Errorf("got touches %v (%v), want those of the contract", touches, err)
		}
		update(t, db, func(tx *sqldb.Tx) error { return m.unmerge(tx, id, by(noon.Add(2*time.Hour))) })
		if diff := cmp.Diff(before, everything(t, db)); diff != "" {
			t.Errorf("not as before (-before +after):\n%s", diff)
		}
		update(t, db, func(tx *sqldb.Tx) (err error) { id, err = m.merge(tx, by(noon.Add(3*time.Hour))); return err })
		recordConsent(t, db, crm.Consent{ContactID: m.winner, Purpose: crm.PurposeMarketing, Source: "letter", Evidence: "again", GivenAt: noon.Add(time.Minute)})
		if gone, err := crm.Withdrawn(t.Context(), db, crm.PurposeMarketing, []string{m.winner}); err != nil || len(gone) != 0 {
			t.Errorf("got %v, %v, want it given anew", gone, err)
		}
	})
}

// Whoever is not the one person is not the other either.
func TestMergeDismissedDuplicates(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		m := twoContacts(t, db)
		fourth := createContact(t, db, crm.Contact{LastName: "Fourth"}).ID
		update(t, db, func(tx *sqldb.Tx) error {
			for _, other := range []string{m.other, fourth} {
				if err := crm.DismissDuplicate(t.Context(), tx, m.loser, other, by(noon)); err != nil {
					return err
				}
			}
			return crm.SaveDuplicates(t.Context(), tx, []crm.Duplicate{{AID: m.winner, BID: m.other, Probability: 0.9, FoundAt: noon}})
		})
		before := everything(t, db)
		var id string
		update(t, db, func(tx *sqldb.Tx) (err error) { id, err = m.merge(tx, by(noon)); return err })
		if open, _, err := crm.FindDuplicates(t.Context(), db, crm.System(), "", "", 10); err != nil || len(open) != 0 {
			t.Errorf("got %v, %v, want what was dismissed of the loser dismissed of the winner", open, err)
		}
		dismissed, err := sqldb.Strings(t.Context(), db, "SELECT b_id FROM contact_duplicates WHERE state = 'dismissed' AND a_id = $1 ORDER BY b_id", m.winner)
		if want := []string{m.other, fourth}; err != nil || !slices.Equal(dismissed, want) {
			t.Errorf("got %v, %v, want %v", dismissed, err, want)
		}
		update(t, db, func(tx *sqldb.Tx) error { return m.unmerge(tx, id, by(noon.Add(time.Hour))) })
		if diff := cmp.Diff(before, everything(t, db)); diff != "" {
			t.Errorf("not as before (-before +after):\n%s", diff)
		}
	})
}

// Where the winner stands below the loser it takes the loser's place, and goes back below it.
func TestMergeAccountWithOneAbove(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		top := createAccount(t, db, crm.Account{Name: "Top"})
		loser := createAccount(t, db, crm.Account{Name: "Acme", ParentID: top.ID})
		middle := createAccount(t, db, crm.Account{Name: "Middle", ParentID: loser.ID})
		winner := createAccount(t, db, crm.Account{Name: "Acme GmbH", ParentID: middle.ID})
		before := everything(t, db)
		var m crm.AccountMerge
		update(t, db, func(tx *sqldb.Tx) (err error) {
			m, err = crm.MergeAccounts(t.Context(), tx, winner.ID, loser.ID, by(noon))
			return err
		})
		a, err := crm.AccountByID(t.Context(), db, crm.System(), winner.ID)
		if err != nil || a.ParentID != top.ID {
			t.Errorf("got %+v, %v, want it below the top", a, err)
		}
		update(t, db, func(tx *sqldb.Tx) error { _, err := crm.UnmergeAccounts(t.Context(), tx, m.ID, by(noon)); return err })
		if diff := cmp.Diff(before, everything(t, db)); diff != "" {
			t.Errorf("not as before (-before +after):\n%s", diff)
		}
	})
}

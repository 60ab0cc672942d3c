package crm_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// employ makes users, each with a role of their own name that grants actions on all that is merged.
func employ(t *testing.T, db *sqldb.DB, people map[string]map[crm.Action]crm.Level) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error {
		for name, levels := range people {
			if _, err := tx.Exec(t.Context(), "INSERT INTO users (id, name, password_hash, created_at, disabled) VALUES ($1, $1, '', 0, false)", name); err != nil {
				return err
			}
			role := crm.Role{Name: name}
			for action, level := range levels {
				for kind := range mergedTables {
					role.Grants = append(role.Grants, crm.Grant{Type: kind, Action: action, Level: level})
				}
			}
			if _, err := crm.SaveRole(t.Context(), tx, by(noon), role); err != nil {
				return err
			}
			if err := crm.SetRoles(t.Context(), tx, by(noon), name, []string{name}); err != nil {
				return err
			}
		}
		return nil
	})
}

// asUser is a change that somebody makes with what their roles grant.
func asUser(t *testing.T, db *sqldb.DB, user string, at time.Time) crm.Change {
	t.Helper()
	a, err := crm.AccessOf(t.Context(), db, user)
	if err != nil {
		t.Fatal(err)
	}
	return crm.Change{By: user, At: at, Access: a}
}

var mergedTables = map[string]string{"contact": "contacts", "account": "accounts", "lead": "leads"}

func ownerOf(t *testing.T, db *sqldb.DB, kind, id string) string {
	t.Helper()
	owners, err := sqldb.Strings(t.Context(), db, "SELECT owner_id FROM "+mergedTables[kind]+" WHERE id = $1", id)
	if err != nil || len(owners) != 1 {
		t.Fatalf("got owners %v, %v of %s %s", owners, err, kind, id)
	}
	return owners[0]
}

// giveTo lets somebody own a record, as an import does it, or as they are assigned it.
func giveTo(t *testing.T, db *sqldb.DB, kind, id, owner string) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), "UPDATE "+mergedTables[kind]+" SET owner_id = $1 WHERE id = $2", owner, id)
		return err
	})
}

// A winner that nobody owns becomes the loser's owner's; where it is another's, who owned the loser goes
// on working on it. Neither gives more than whoever merges could give, and both are taken back.
func TestMergeOwner(t *testing.T) {
	all := func(actions ...crm.Action) map[crm.Action]crm.Level {
		levels := map[crm.Action]crm.Level{crm.ToRead: crm.LevelAll, crm.ToMerge: crm.LevelAll}
		for _, a := range actions {
			levels[a] = crm.LevelAll
		}
		return levels
	}
	people := map[string]map[crm.Action]crm.Level{
		"boss":   all(crm.ToAssign, crm.ToShare, crm.ToUpdate),
		"helper": all(crm.ToUpdate), // may merge, and not give anything to anybody
		"lena":   {crm.ToRead: crm.LevelOwn, crm.ToUpdate: crm.LevelOwn, crm.ToMerge: crm.LevelAll, crm.ToAssign: crm.LevelOwn, crm.ToShare: crm.LevelOwn},
		"wim":    {crm.ToRead: crm.LevelOwn, crm.ToUpdate: crm.LevelOwn},
	}
	type test struct {
		winner, loser, by string
		owner             string // of the winner afterwards
		reads, writes     bool   // lena, afterwards
	}
	tests := map[string]test{
		"OKNobody":     {"", "lena", "boss", "lena", true, true},
		"OKAnother":    {"wim", "lena", "boss", "wim", true, true},
		"OKSame":       {"lena", "lena", "boss", "lena", true, true},
		"OKMayNot":     {"", "lena", "helper", "", true, false},
		"OKMayNotLend": {"wim", "lena", "helper", "wim", true, false},
		"OKGone":       {"", "left", "boss", "", false, false},
		"OKBothNobody": {"", "", "boss", "", false, false},
	}
	eachMerge(t, people, func(t *testing.T, db *sqldb.DB, two func(*testing.T, *sqldb.DB) merged) {
		for name, c := range tests {
			t.Run(name, func(t *testing.T) {
				m := two(t, db)
				giveTo(t, db, m.kind, m.winner, c.winner)
				giveTo(t, db, m.kind, m.loser, c.loser)
				before := everything(t, db)
				var id string
				update(t, db, func(tx *sqldb.Tx) (err error) { id, err = m.merge(tx, asUser(t, db, c.by, noon)); return err })
				if got := ownerOf(t, db, m.kind, m.winner); got != c.owner {
					t.Errorf("the winner is %q's, want %q's", got, c.owner)
				}
				lena := asUser(t, db, "lena", noon).Access
				for action, want := range map[crm.Action]bool{crm.ToRead: c.reads, crm.ToUpdate: c.writes} {
					if err := lena.Check(t.Context(), db, action, m.kind, m.winner); (err == nil) != want {
						t.Errorf("%s by who owned the loser: got %v, want it allowed: %t", action, err, want)
					}
				}
				if n := assignments(t, db, m.winner); (n == 1) != (c.owner != c.winner) {
					t.Errorf("got %d assignments in the audit log", n)
				}
				update(t, db, func(tx *sqldb.Tx) error { return m.unmerge(tx, id, asUser(t, db, "boss", noon.Add(time.Hour))) })
				if diff := cmp.Diff(before, everything(t, db)); diff != "" {
					t.Errorf("not as before (-before +after):\n%s", diff)
				}
				if n := assignments(t, db, m.winner); (n == 2) != (c.owner != c.winner) {
					t.Errorf("got %d assignments in the audit log, want the one that takes it back, too", n)
				}
				err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return m.unmerge(tx, id, by(noon.Add(time.Hour))) })
				wantErr(t, err, crm.ErrConflict)
			})
		}
	})
}

// eachMerge runs a test on every database, for each type that is merged.
func eachMerge(t *testing.T, people map[string]map[crm.Action]crm.Level, test func(*testing.T, *sqldb.DB, func(*testing.T, *sqldb.DB) merged)) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		employ(t, db, people)
		for name, two := range mergeable {
			t.Run(name, func(t *testing.T) { test(t, db, two) })
		}
	})
}

// assignments counts how often the audit log has a record given to somebody, or to nobody.
func assignments(t *testing.T, db *sqldb.DB, id string) int {
	t.Helper()
	found, err := sqldb.Strings(t.Context(), db, "SELECT id FROM audit WHERE record_id = $1 AND action = 'assign'", id)
	if err != nil {
		t.Fatal(err)
	}
	return len(found)
}

// Whoever may not assign a record cannot make it theirs by merging one of their own into it.
func TestMergeGivesNobodyOwnership(t *testing.T) {
	people := map[string]map[crm.Action]crm.Level{"lena": {crm.ToRead: crm.LevelAll, crm.ToMerge: crm.LevelAll, crm.ToUpdate: crm.LevelOwn, crm.ToAssign: crm.LevelOwn, crm.ToShare: crm.LevelOwn}}
	eachMerge(t, people, func(t *testing.T, db *sqldb.DB, two func(*testing.T, *sqldb.DB) merged) {
		for _, winner := range []string{"", "wim"} {
			m := two(t, db)
			giveTo(t, db, m.kind, m.winner, winner)
			giveTo(t, db, m.kind, m.loser, "lena")
			update(t, db, func(tx *sqldb.Tx) error { _, err := m.merge(tx, asUser(t, db, "lena", noon)); return err })
			if got := ownerOf(t, db, m.kind, m.winner); got != winner {
				t.Errorf("it is %q's, want %q's", got, winner)
			}
			var forbidden *crm.Forbidden
			if err := asUser(t, db, "lena", noon).Access.Check(t.Context(), db, crm.ToUpdate, m.kind, m.winner); !errors.As(err, &forbidden) {
				t.Errorf("got %v, want that she may not change it", err)
			}
		}
	})
}

// The preview of contacts tells of the owner, to whom it would be given.
func TestPreviewMergeOwner(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		m := twoContacts(t, db)
		employ(t, db, map[string]map[crm.Action]crm.Level{"lena": {crm.ToRead: crm.LevelAll, crm.ToMerge: crm.LevelAll}})
		giveTo(t, db, m.kind, m.loser, "lena")
		p, err := crm.PreviewMerge(t.Context(), db, crm.System(), crm.MergeOrder{WinnerID: m.winner, LoserID: m.loser})
		if err != nil || p.Filled["owner_id"] != (crm.FilledField{After: "lena"}) || p.Merged.OwnerID != "lena" || p.Winner.OwnerID != "" {
			t.Errorf("got %+v, %v, want the owner taken over", p, err)
		}
		p, err = crm.PreviewMerge(t.Context(), db, asUser(t, db, "lena", noon).Access, crm.MergeOrder{WinnerID: m.winner, LoserID: m.loser})
		if err != nil || len(p.Filled) > 0 || p.Merged.OwnerID != "" {
			t.Errorf("got %+v, %v, want nothing taken over", p, err)
		}
	})
}

// What somebody decided since stays: an owner, and that it is no longer shared.
func TestUnmergeOwnerChangedSince(t *testing.T) {
	people := map[string]map[crm.Action]crm.Level{"lena": {crm.ToRead: crm.LevelOwn}, "wim": {crm.ToRead: crm.LevelOwn}}
	eachMerge(t, people, func(t *testing.T, db *sqldb.DB, two func(*testing.T, *sqldb.DB) merged) {
		m := two(t, db)
		giveTo(t, db, m.kind, m.loser, "lena")
		var id string
		update(t, db, func(tx *sqldb.Tx) (err error) { id, err = m.merge(tx, by(noon)); return err })
		update(t, db, func(tx *sqldb.Tx) error { return crm.AssignOwner(t.Context(), tx, by(noon), m.kind, m.winner, "wim") })
		update(t, db, func(tx *sqldb.Tx) error { return m.unmerge(tx, id, by(noon)) })
		if got := []string{ownerOf(t, db, m.kind, m.winner), ownerOf(t, db, m.kind, m.loser)}; !slices.Equal(got, []string{"wim", "lena"}) {
			t.Errorf("got %v, want the winner as somebody gave it, and the loser as it was", got)
		}
		update(t, db, func(tx *sqldb.Tx) (err error) { id, err = m.merge(tx, by(noon)); return err })
		shares, err := crm.SharesOf(t.Context(), db, crm.System(), m.kind, m.winner)
		if err != nil || len(shares) != 1 || shares[0].SubjectID != "lena" || !shares[0].Writes || shares[0].Reason != "owned the "+m.kind+" that became part of it" {
			t.Fatalf("got %+v, %v, want it shared with who owned the loser", shares, err)
		}
		update(t, db, func(tx *sqldb.Tx) error { return crm.RevokeShare(t.Context(), tx, by(noon), shares[0].ID) })
		update(t, db, func(tx *sqldb.Tx) error { return m.unmerge(tx, id, by(noon)) })
		for _, record := range []string{m.winner, m.loser} {
			if left, err := crm.SharesOf(t.Context(), db, crm.System(), m.kind, record); err != nil || len(left) != 0 {
				t.Errorf("got %v, %v, want none", left, err)
			}
		}
	})
}

// Who could only read the winner by a share may change it, as they could the loser.
func TestMergeOwnerWithShare(t *testing.T) {
	people := map[string]map[crm.Action]crm.Level{"lena": {crm.ToRead: crm.LevelOwn, crm.ToUpdate: crm.LevelOwn}, "wim": {crm.ToRead: crm.LevelOwn}}
	eachMerge(t, people, func(t *testing.T, db *sqldb.DB, two func(*testing.T, *sqldb.DB) merged) {
		for _, writes := range []bool{false, true} {
			m := two(t, db)
			giveTo(t, db, m.kind, m.winner, "wim")
			giveTo(t, db, m.kind, m.loser, "lena")
			update(t, db, func(tx *sqldb.Tx) error {
				for _, record := range []string{m.winner, m.loser} {
					if _, err := crm.ShareRecord(t.Context(), tx, by(noon), crm.Sharing{RecordType: m.kind, RecordID: record, SubjectType: "user", SubjectID: "lena", Writes: writes, Reason: "test"}); err != nil {
						return err
					}
				}
				return nil
			})
			before := everything(t, db)
			var id string
			update(t, db, func(tx *sqldb.Tx) (err error) { id, err = m.merge(tx, by(noon)); return err })
			shares, err := crm.SharesOf(t.Context(), db, crm.System(), m.kind, m.winner)
			if err != nil || len(shares) != 1 || !shares[0].Writes || shares[0].Reason != "test" {
				t.Errorf("got %+v, %v, want the one share, to change it", shares, err)
			}
			update(t, db, func(tx *sqldb.Tx) error { return m.unmerge(tx, id, by(noon)) })
			if diff := cmp.Diff(before, everything(t, db)); diff != "" {
				t.Errorf("not as before (-before +after):\n%s", diff)
			}
		}
	})
}

// A merge lets nobody change the winner whom whoever merges could not share it with.
func TestMergeWithoutShare(t *testing.T) {
	people := map[string]map[crm.Action]crm.Level{"lena": {crm.ToRead: crm.LevelAll, crm.ToUpdate: crm.LevelAll, crm.ToMerge: crm.LevelAll}, "wim": {crm.ToRead: crm.LevelOwn, crm.ToUpdate: crm.LevelOwn}}
	eachMerge(t, people, func(t *testing.T, db *sqldb.DB, two func(*testing.T, *sqldb.DB) merged) {
		m := two(t, db)
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.ShareRecord(t.Context(), tx, by(noon), crm.Sharing{RecordType: m.kind, RecordID: m.loser, SubjectType: "user", SubjectID: "wim", Writes: true, Reason: "test"})
			return err
		})
		before := everything(t, db)
		var id string
		update(t, db, func(tx *sqldb.Tx) (err error) { id, err = m.merge(tx, asUser(t, db, "lena", noon)); return err })
		wim := asUser(t, db, "wim", noon).Access
		if err := wim.Check(t.Context(), db, crm.ToRead, m.kind, m.winner); err != nil {
			t.Errorf("got %v, want it read by whom the loser was shared with", err)
		}
		if err := wim.Check(t.Context(), db, crm.ToUpdate, m.kind, m.winner); err == nil {
			t.Error("may change what nobody could share with them")
		}
		update(t, db, func(tx *sqldb.Tx) error { return m.unmerge(tx, id, by(noon)) })
		if diff := cmp.Diff(before, everything(t, db)); diff != "" {
			t.Errorf("not as before (-before +after):\n%s", diff)
		}
	})
}

// A chain of merges comes apart in reverse, and only so.
func TestMergeChain(t *testing.T) {
	people := map[string]map[crm.Action]crm.Level{"lena": {crm.ToRead: crm.LevelOwn, crm.ToUpdate: crm.LevelOwn}, "wim": {crm.ToRead: crm.LevelOwn}, "boss": {crm.ToRead: crm.LevelAll}}
	eachMerge(t, people, func(t *testing.T, db *sqldb.DB, two func(*testing.T, *sqldb.DB) merged) {
		for name, of := range map[string]struct{ first, second, third string }{"OKOne": {"lena", "", ""}, "OKEach": {"lena", "wim", "boss"}, "OKLast": {"lena", "", "boss"}} {
			t.Run(name, func(t *testing.T) {
				m := two(t, db)
				giveTo(t, db, m.kind, m.loser, of.first)
				giveTo(t, db, m.kind, m.winner, of.second)
				giveTo(t, db, m.kind, m.other, of.third)
				before := everything(t, db)
				var first, second string
				update(t, db, func(tx *sqldb.Tx) (err error) { first, err = m.merge(tx, by(noon)); return err })
				between := everything(t, db)
				update(t, db, func(tx *sqldb.Tx) (err error) {
					second, err = m.into(tx, m.other, m.winner, by(noon.Add(time.Hour)))
					return err
				})
				if err := asUser(t, db, "lena", noon).Access.Check(t.Context(), db, crm.ToUpdate, m.kind, m.other); err != nil {
					t.Errorf("got %v, want who owned the first to change the last", err)
				}
				err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return m.unmerge(tx, first, by(noon.Add(2*time.Hour))) })
				wantErr(t, err, crm.ErrConflict)
				update(t, db, func(tx *sqldb.Tx) error { return m.unmerge(tx, second, by(noon.Add(2*time.Hour))) })
				if diff := cmp.Diff(between, everything(t, db)); diff != "" {
					t.Errorf("not as between (-before +after):\n%s", diff)
				}
				update(t, db, func(tx *sqldb.Tx) error { return m.unmerge(tx, first, by(noon.Add(3*time.Hour))) })
				if diff := cmp.Diff(before, everything(t, db)); diff != "" {
					t.Errorf("not as before (-before +after):\n%s", diff)
				}
			})
		}
	})
}

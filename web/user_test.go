package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/web"
)

func TestAddUser(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		add := func(user, password string) error { return web.AddUser(t.Context(), db, user, password, noon) }
		if err := add("Anna", "ein langes Passwort"); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct{ user, password, want string }{
			"ErrTaken":        {"anna", "ein langes Passwort", "there is a user of that name"},
			"ErrName":         {"anna b", "ein langes Passwort", "want up to 64"},
			"ErrNoName":       {"", "ein langes Passwort", "want up to 64"},
			"ErrShort":        {"bert", "ninechars", "9 characters: want at least 10"},
			"ErrShortUmlauts": {"bert", "äöüäöüäöü", "9 characters: want at least 10"},
			"ErrLong":         {"bert", strings.Repeat("abcd", 251), "want at most 1000"},
			"ErrRepeated":     {"bert", "aaaaaaaaaaaaab", "repeats"},
			"ErrOwnName":      {"berthold-meier", "Berthold-Meier", "the user's name"},
			"ErrNotUTF8":      {"bert", "abcdefghijkl\xff", "not UTF-8"},
		} {
			t.Run(name, func(t *testing.T) {
				if err := add(c.user, c.password); err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want %q", err, c.want)
				}
			})
		}
	})
}

func TestPasswordIsNormalized(t *testing.T) {
	s := newSite(t, newDB(t), nil)
	if err := web.AddUser(t.Context(), s.db, "anna", "gru\u0308ner Apfelbaum", noon); err != nil {
		t.Fatal(err)
	}
	s.signIn("anna", "gr\u00fcner Apfelbaum").want(http.StatusNoContent)
}

func TestEnsureAdmin(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db, nil)
		if _, err := web.EnsureAdmin(t.Context(), db, "short", time.Now()); err == nil {
			t.Error("a password of five characters was taken")
		}
		oneTime, err := web.EnsureAdmin(t.Context(), db, "", time.Now())
		if err != nil || len(oneTime) < 20 {
			t.Fatalf("got password %q (%v), want one of 20 characters or more", oneTime, err)
		}
		s.signIn("admin", oneTime).want(http.StatusNoContent)
		again, err := web.EnsureAdmin(t.Context(), db, adminPassword, time.Now())
		if again != "" || err != nil {
			t.Errorf("got %q (%v) the second time, want nothing", again, err)
		}
		s.signIn("admin", adminPassword).problem(http.StatusUnauthorized, "signed-out")
	})
}

func TestListUsers(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db, nil)
		s.addAdmin()
		s.signIn("admin", adminPassword).want(http.StatusNoContent)
		if err := web.AddUser(t.Context(), db, "berta", adminPassword, noon, "marketing", "sales-rep"); err != nil {
			t.Fatal(err)
		}
		admin, berta := s.userID("admin"), s.userID("berta")
		unit := s.post("/units", map[string]any{"name": "North", "parent_id": "company"})["id"]
		s.do(http.MethodPut, api+"/users/"+berta+"/unit", map[string]any{"unit_id": unit}).want(http.StatusNoContent)
		users, _ := s.get(api + "/users").items()
		want := []map[string]any{
			{"id": admin, "name": "admin", "email": "", "roles": []any{"administrator"}, "unit_id": "", "disabled": false, "version": 2.0},
			{"id": berta, "name": "berta", "email": "", "roles": []any{"marketing", "sales-rep"}, "unit_id": unit, "disabled": false, "version": 3.0},
		}
		if diff := cmp.Diff(want, users); diff != "" {
			t.Error(diff)
		}
	})
}

package web_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/web"
)

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

func TestSessionList(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		now := time.Now().UTC().Truncate(time.Second)
		s := newSite(t, db, func(o *web.Options) { o.Clock = func() time.Time { return now } })
		s.addAdmin()
		if err := web.AddUser(t.Context(), db, "bert", adminPassword, now); err != nil {
			t.Fatal(err)
		}
		s.signIn("admin", adminPassword).want(http.StatusNoContent)
		laptop, phone := s.browser(), s.browser()
		laptop.signIn("bert", adminPassword, "User-Agent", firefox).want(http.StatusNoContent)
		now = now.Add(time.Hour)
		phone.signIn("bert", adminPassword).want(http.StatusNoContent)
		now = now.Add(time.Hour)
		items, _ := laptop.get(api + "/sessions").items()
		if len(items) != 2 || items[0]["this"] != true || items[0]["device"] != "Firefox on Linux" || items[0]["address"] != "127.0.0.1" ||
			items[0]["began_at"] != now.Add(-2*time.Hour).Format(time.RFC3339) || items[0]["used_at"] != now.Format(time.RFC3339) || items[1]["this"] != false {
			t.Errorf("got %v, want this one first, and the phone", items)
		}
		phoneID := items[1]["id"].(string)

		laptop.get(api+"/sessions?user=admin").problem(http.StatusForbidden, "forbidden")
		admins, _ := s.get(api + "/sessions").items()
		laptop.do(http.MethodDelete, api+"/sessions/"+admins[0]["id"].(string), nil).problem(http.StatusNotFound, "not-found")
		laptop.do(http.MethodDelete, api+"/sessions/"+phoneID, nil).want(http.StatusNoContent)
		phone.get(api+"/session").problem(http.StatusUnauthorized, "signed-out")
		laptop.get(api + "/session").want(http.StatusOK)

		phone.signIn("bert", adminPassword).want(http.StatusNoContent)
		phone.do(http.MethodDelete, api+"/sessions", nil).want(http.StatusNoContent) // all but this one
		phone.get(api + "/session").want(http.StatusOK)
		laptop.get(api+"/session").problem(http.StatusUnauthorized, "signed-out")

		if items, _ := s.get(api + "/sessions?user=all").items(); len(items) != 2 {
			t.Errorf("got %v, want the administrator's and bert's", items)
		}
		s.do(http.MethodDelete, api+"/sessions?user=bert", nil).want(http.StatusNoContent)
		phone.get(api+"/session").problem(http.StatusUnauthorized, "signed-out")
		s.get(api + "/session").want(http.StatusOK)
	})
}

// A password that changes, and a user who is kept out, end every session.
func TestSessionsEndWithThePassword(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db, nil)
		s.addAdmin()
		other := s.browser()
		s.signIn("admin", adminPassword).want(http.StatusNoContent)
		other.signIn("admin", adminPassword).want(http.StatusNoContent)
		const next = "another long password"
		s.do(http.MethodPut, api+"/me/password", map[string]any{"current": "not it at all", "password": next}).problem(http.StatusUnprocessableEntity, "invalid")
		s.do(http.MethodPut, api+"/me/password", map[string]any{"current": adminPassword, "password": "short"}).problem(http.StatusUnprocessableEntity, "invalid")
		s.do(http.MethodPut, api+"/me/password", map[string]any{"current": adminPassword, "password": next}).want(http.StatusNoContent)
		for _, b := range []*site{s, other} {
			b.get(api+"/session").problem(http.StatusUnauthorized, "signed-out")
		}
		s.signIn("admin", adminPassword).problem(http.StatusUnauthorized, "signed-out")
		s.signIn("admin", next).want(http.StatusNoContent)

		if err := web.AddUser(t.Context(), db, "bert", adminPassword, time.Now()); err != nil {
			t.Fatal(err)
		}
		token, err := web.AddToken(t.Context(), db, "bert", "x", time.Time{}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		other.signIn("bert", adminPassword).want(http.StatusNoContent)
		other.do(http.MethodPut, api+"/users/"+s.userID("bert")+"/disabled", map[string]any{"disabled": true}).problem(http.StatusForbidden, "forbidden")
		s.do(http.MethodPut, api+"/users/"+s.userID("bert")+"/disabled", map[string]any{"disabled": true}).want(http.StatusNoContent)
		other.get(api+"/session").problem(http.StatusUnauthorized, "signed-out")
		other.bearing(token).get(api+"/session").problem(http.StatusUnauthorized, "signed-out")
		if items, _ := s.get(api + "/sessions?user=bert").items(); len(items) != 0 {
			t.Errorf("got %v, want no session of one who is kept out", items)
		}
		s.do(http.MethodPut, api+"/users/"+s.userID("admin")+"/disabled", map[string]any{"disabled": true}).problem(http.StatusUnprocessableEntity, "invalid")
		if err := web.DisableUser(t.Context(), db, "Bert", false, time.Now()); err != nil {
			t.Fatal(err)
		}
		other.signIn("bert", adminPassword).want(http.StatusNoContent)
	})
}

// entries are sign-ins in short, the oldest first.
func entries(items []map[string]any) (short []string) {
	for i := len(items) - 1; i >= 0; i-- {
		e := items[i]
		words := []string{e["event"].(string), e["user"].(string)}
		for _, field := range []string{"method", "second_factor", "refused", "detail"} {
			if v := e[field].(string); v != "" {
				words = append(words, v)
			}
		}
		short = append(short, strings.Join(words, " "))
	}
	return short
}

func TestSignInList(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		now := time.Now()
		var ticks atomic.Int64 // entries stand in the order in which they were made
		s := newSite(t, db, func(o *web.Options) {
			o.Clock = func() time.Time { return now.Add(time.Duration(ticks.Add(1))*time.Millisecond + time.Minute) }
		})
		if err := web.AddUser(t.Context(), db, "admin", adminPassword, now.Add(-time.Second)); err != nil {
			t.Fatal(err)
		}
		if err := web.AddUser(t.Context(), db, "bert", adminPassword, now); err != nil {
			t.Fatal(err)
		}
		bert := s.browser()
		bert.signIn("bert", "wrong password", "User-Agent", firefox).want(http.StatusUnauthorized)
		bert.signIn("hunter2hunter2", "wrong password").want(http.StatusUnauthorized) // a password, typed into the wrong field
		bert.signIn("bert", adminPassword).want(http.StatusNoContent)
		token := bert.newToken("ci", "*:read")
		items, _ := bert.get(api + "/tokens").items()
		bert.do(http.MethodDelete, api+"/tokens/"+items[0]["id"].(string), nil).want(http.StatusNoContent)
		own, _ := bert.get(api + "/sign-ins").items() // those of oneself, whoever one is
		bert.get(api+"/sign-ins?user=admin").problem(http.StatusForbidden, "forbidden")
		bert.do(http.MethodDelete, api+"/session", nil).want(http.StatusNoContent)

		s.signIn("admin", adminPassword).want(http.StatusNoContent)
		list := s.get(api + "/sign-ins")
		items, _ = list.items()
		want := []string{"user_made admin command", "user_made bert command", "sign_in bert password wrong_password", "sign_in  password unknown_user",
			"sign_in bert password", "token_made bert ci", "token_revoked bert ci", "sign_out bert", "sign_in admin password"}
		if diff := cmp.Diff(want, entries(items)); diff != "" {
			t.Errorf("sign-ins (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{want[1], want[2], want[4], want[5], want[6]}, entries(own)); diff != "" {
			t.Errorf("own sign-ins (-want +got):\n%s", diff)
		}
		for _, secret := range []string{"hunter2", "wrong password", adminPassword, token} {
			if strings.Contains(string(list.body), secret) || strings.Contains(s.log.String(), secret) {
				t.Errorf("%q is in the list or in the log", secret)
			}
		}
		if e := items[len(items)-3]; e["address"] != "127.0.0.1" || e["device"] != "Firefox on Linux" {
			t.Errorf("got %v, want from where and with what", e)
		}
		for query, n := range map[string]int{"user=bert": 6, "outcome=refused": 2, "outcome=let_in": 7, "event=token_made": 1, "method=password": 4, "address=127.0.0.1": 7,
			"user=bert&outcome=refused": 1, "until=2020-01-01T00:00:00Z": 0, "from=2020-01-01T00:00:00Z": 9} {
			if items, _ := s.get(api + "/sign-ins?" + query).items(); len(items) != n {
				t.Errorf("%s: got %d, want %d: %v", query, len(items), n, entries(items))
			}
		}
		s.get(api+"/sign-ins?user=nobody").problem(http.StatusNotFound, "not-found")
		first, next := s.get(api + "/sign-ins?limit=5").items()
		second, end := s.get(api + "/sign-ins?limit=5&cursor=" + next).items()
		if len(first) != 5 || len(second) != 4 || end != "" || second[0]["id"] == first[4]["id"] {
			t.Errorf("got pages of %d and %d, next %q", len(first), len(second), end)
		}
		if n, err := web.ForgetSignIns(t.Context(), db, now.Add(time.Hour)); n != 9 || err != nil {
			t.Errorf("forgot %d (%v), want all 9", n, err)
		}
	})
}

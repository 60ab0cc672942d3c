package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/web"
)

// A token may do what its owner may and its scopes say, and nothing else.
func TestTokenScopes(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		now := time.Now()
		s := newSite(t, db, func(o *web.Options) { o.Clock = func() time.Time { return now } })
		s.addAdmin()
		s.signIn("admin", adminPassword).want(http.StatusNoContent)
		contact := s.do(http.MethodPost, api+"/contacts", map[string]any{"last_name": "Vogt"}).want(http.StatusCreated).object()["id"].(string)

		made := s.do(http.MethodPost, api+"/tokens", map[string]any{"name": "report", "scopes": []string{"contacts:read", "lead:*"}}).want(http.StatusCreated).object()
		reader := s.bearing(made["token"].(string))
		reader.get(api + "/contacts/" + contact).want(http.StatusOK)
		reader.get(api + "/leads").want(http.StatusOK)
		no := reader.do(http.MethodPut, api+"/contacts/"+contact, map[string]any{"last_name": "Other"}).problem(http.StatusForbidden, "forbidden")
		if !strings.Contains(no["detail"].(string), "the token has no scope contact:update") {
			t.Errorf("got %q, want the scope that is missing", no["detail"])
		}
		for _, path := range []string{"/opportunities", "/audit", "/mentions", "/users", "/tokens?user=all", "/sessions?user=all"} {
			reader.get(api+path).problem(http.StatusForbidden, "forbidden")
		}
		hits := string(reader.get(api + "/search?q=Vogt").want(http.StatusOK).body)
		if !strings.Contains(hits, contact) {
			t.Errorf("the search does not find what the token may read: %s", hits)
		}
		leads := s.bearing(s.newToken("leads", "lead:read"))
		if hits := string(leads.get(api + "/search?q=Vogt").want(http.StatusOK).body); strings.Contains(hits, contact) {
			t.Errorf("the search finds what the token may not read: %s", hits)
		}
		// Nor does it change what its owner signs in with, whatever its scopes.
		all := s.bearing(s.newToken("all", "*:*"))
		all.get(api + "/me").want(http.StatusOK)
		all.do(http.MethodPost, api+"/tokens", map[string]any{"name": "child", "scopes": []string{"*:*"}}).problem(http.StatusForbidden, "forbidden")
		all.do(http.MethodPut, api+"/me/password", map[string]any{"current": adminPassword, "password": "another long password"}).problem(http.StatusForbidden, "forbidden")
		all.do(http.MethodPost, api+"/me/second-factor", map[string]any{"password": adminPassword}).problem(http.StatusForbidden, "forbidden")
		reader.do(http.MethodDelete, api+"/sessions", nil).problem(http.StatusForbidden, "forbidden")

		// Roles narrow it too: somebody who may not read leads makes no token that may.
		if err := web.AddUser(t.Context(), db, "oskar", adminPassword, now, "operator"); err != nil {
			t.Fatal(err)
		}
		token, err := web.NewToken{User: "oskar", Name: "x", Scopes: []string{"lead:read"}}.Add(t.Context(), db, now)
		if err != nil {
			t.Fatal(err)
		}
		s.bearing(token).get(api+"/leads").problem(http.StatusForbidden, "forbidden")
	})
}

// bearing is the site as a program with a token sees it.
func (s *site) bearing(token string) *site {
	other := *s
	other.token, other.client = token, &http.Client{Timeout: 30 * time.Second}
	return &other
}

func (s *site) newToken(name string, scopes ...string) string {
	s.t.Helper()
	return s.do(http.MethodPost, api+"/tokens", map[string]any{"name": name, "scopes": scopes}).want(http.StatusCreated).object()["token"].(string)
}

func TestTokenList(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		now := time.Now().UTC().Truncate(time.Second)
		s := newSite(t, db, func(o *web.Options) { o.Clock = func() time.Time { return now } })
		s.addAdmin()
		if err := web.AddUser(t.Context(), db, "bert", adminPassword, now); err != nil {
			t.Fatal(err)
		}
		bert := s.browser()
		bert.signIn("bert", adminPassword).want(http.StatusNoContent)
		secret := bert.newToken("ci", "contact:read")
		for name, body := range map[string]map[string]any{
			"ErrNoScope": {"name": "x", "scopes": []string{}}, "ErrScope": {"name": "x", "scopes": []string{"cars:read"}}, "ErrName": {"name": " ", "scopes": []string{"*:*"}},
			"ErrPast": {"name": "x", "scopes": []string{"*:*"}, "expires_at": now}, "ErrBoth": {"name": "x", "scopes": []string{"*:*"}, "expires_at": now.Add(time.Hour), "never_expires": true},
		} {
			t.Run(name, func(t *testing.T) {
				bert.do(http.MethodPost, api+"/tokens", body).problem(http.StatusUnprocessableEntity, "invalid")
			})
		}
		list := bert.get(api + "/tokens")
		items, _ := list.items()
		if len(items) != 1 || items[0]["name"] != "ci" || items[0]["used_at"] != nil || items[0]["expires_at"] != now.Add(web.TokenLife).Format(time.RFC3339) {
			t.Errorf("got %v, want the token, never used, to expire in 90 days", items)
		}
		if strings.Contains(string(list.body), secret) || strings.Contains(string(list.body), "hash") {
			t.Errorf("the list holds what is secret: %s", list.body)
		}
		now = now.Add(time.Hour)
		bert.bearing(secret).get(api + "/contacts").want(http.StatusOK)
		now = now.Add(10 * time.Second)
		bert.bearing(secret).get(api + "/contacts").want(http.StatusOK)
		items, _ = bert.get(api + "/tokens").items()
		if items[0]["used_at"] != now.Add(-10*time.Second).Format(time.RFC3339) {
			t.Errorf("got %v, want it used an hour after it was made", items[0]["used_at"])
		}

		// Others' are listed and revoked by who may change users.
		id := items[0]["id"].(string)
		carl := s.browser()
		if err := web.AddUser(t.Context(), db, "carl", adminPassword, now); err != nil {
			t.Fatal(err)
		}
		carl.signIn("carl", adminPassword).want(http.StatusNoContent)
		carl.get(api+"/tokens?user=bert").problem(http.StatusForbidden, "forbidden")
		carl.do(http.MethodDelete, api+"/tokens/"+id, nil).problem(http.StatusNotFound, "not-found")
		s.signIn("admin", adminPassword).want(http.StatusNoContent)
		if items, _ := s.get(api + "/tokens?user=bert").items(); len(items) != 1 || items[0]["user"] != "bert" {
			t.Errorf("got %v", items)
		}
		if items, _ := s.get(api + "/tokens?user=all").items(); len(items) != 1 {
			t.Errorf("got %v", items)
		}
		s.do(http.MethodDelete, api+"/tokens/"+id, nil).want(http.StatusNoContent)
		s.do(http.MethodDelete, api+"/tokens/"+id, nil).problem(http.StatusNotFound, "not-found")
		bert.bearing(secret).get(api+"/contacts").problem(http.StatusUnauthorized, "signed-out")
	})
}

// A token that was made for one thing reads nothing of its owner's own: notices, imports, sessions.
func TestNarrowTokenReadsNothingElse(t *testing.T) {
	s := newAdminSite(t, nil)
	b := s.browser()
	b.signIn(web.AdminName, adminPassword).want(http.StatusNoContent)
	narrow, reader := b.bearing(b.newToken("narrow", "contact:read")), b.bearing(b.newToken("reader", "*:read"))
	for _, path := range []string{"/notices", "/imports", "/imports/x/refusals.csv", "/sessions", "/tokens", "/sign-ins", "/me", "/opportunities/x/follow"} {
		narrow.get(api+path).problem(http.StatusForbidden, "forbidden")
		if got := reader.get(api + path); got.code == http.StatusForbidden {
			t.Errorf("%s: the scope *:read does not reach it: %s", path, got.body)
		}
	}
	for _, path := range []string{"/session", "/search?q=anna", "/import-types"} {
		narrow.get(api + path).want(http.StatusOK)
	}
}

// browser is the site in another browser, in which nobody is signed in.
func (s *site) browser() *site {
	other := *s
	other.token, other.client = "", newClient()
	return &other
}

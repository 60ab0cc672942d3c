package web_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/web"
)

func TestSignIn(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db, func(o *web.Options) { o.SecureCookies = false })
		s.addAdmin()
		s.get(api+"/session").problem(http.StatusUnauthorized, "signed-out")

		a := s.signIn(" Admin ", adminPassword).want(http.StatusNoContent)
		cookie := a.header.Get("Set-Cookie")
		for _, want := range []string{"groundswell=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="} {
			if !strings.Contains(cookie, want) {
				t.Errorf("cookie %q has no %s", cookie, want)
			}
		}
		got := s.get(api + "/session").want(http.StatusOK).object()
		if user := got["user"].(map[string]any); user["name"] != "admin" || user["id"] == "" {
			t.Errorf("got user %v, want admin", user)
		}
		if grants := got["grants"].([]any); !slices.Contains(grants, any("user:update")) || slices.Contains(grants, any("audit:update")) {
			t.Errorf("got grants %v, want all that can be granted and no more", grants)
		}
		if got["now"] != "2026-03-02T12:00:00Z" || got["version"] != "1.2.3" {
			t.Errorf("got %v, want the demo's time and the version", got)
		}
		value, _, _ := strings.Cut(strings.TrimPrefix(cookie, "groundswell="), ";")
		var n int
		if err := db.QueryRow(t.Context(), "SELECT count(*) FROM sessions WHERE token = $1", value).Scan(&n); err != nil || n != 0 {
			t.Errorf("the database holds the cookie itself (%v)", err)
		}

		s.do(http.MethodDelete, api+"/session", nil).want(http.StatusNoContent)
		s.get(api+"/session").problem(http.StatusUnauthorized, "signed-out")
		s.get(api+"/session", "Cookie", "groundswell="+value).problem(http.StatusUnauthorized, "signed-out")
	})
}

func TestSecureCookie(t *testing.T) {
	s := newSite(t, newDB(t), func(o *web.Options) { o.SecureCookies = true })
	s.addAdmin()
	if cookie := s.signIn("admin", adminPassword).want(http.StatusNoContent).header.Get("Set-Cookie"); !strings.Contains(cookie, "Secure") {
		t.Errorf("cookie %q is not Secure", cookie)
	}
}

func TestSessionEnds(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		now := time.Now()
		s := newSite(t, db, func(o *web.Options) { o.Clock = func() time.Time { return now } })
		s.addAdmin()
		signedIn := func(want int) {
			t.Helper()
			s.get(api + "/session").want(want)
		}
		s.signIn("admin", adminPassword).want(http.StatusNoContent)
		for range 3 { // in use it lasts
			now = now.Add(23 * time.Hour)
			signedIn(http.StatusOK)
		}
		now = now.Add(25 * time.Hour)
		signedIn(http.StatusUnauthorized)

		s.signIn("admin", adminPassword).want(http.StatusNoContent)
		var n int
		if err := db.QueryRow(t.Context(), "SELECT count(*) FROM sessions").Scan(&n); err != nil || n != 1 {
			t.Errorf("got %d sessions (%v), want the ended one removed", n, err)
		}
		s.exec("UPDATE sessions SET data = '!'") // written by something else
		signedIn(http.StatusUnauthorized)
		s.signIn("admin", adminPassword).want(http.StatusNoContent)
		if err := web.SetPassword(t.Context(), db, "admin", "another long password"); err != nil {
			t.Fatal(err)
		}
		signedIn(http.StatusUnauthorized)

		s.signIn("admin", "another long password").want(http.StatusNoContent)
		s.exec("UPDATE users SET disabled = $1", true)
		signedIn(http.StatusUnauthorized)
		s.signIn("admin", "another long password").problem(http.StatusUnauthorized, "signed-out")
	})
}

func TestSignInErrors(t *testing.T) {
	s := newSite(t, newDB(t), nil)
	s.addAdmin()
	wrong := s.signIn("admin", "wrong password").problem(http.StatusUnauthorized, "signed-out")
	unknown := s.signIn("nobody", adminPassword).problem(http.StatusUnauthorized, "signed-out")
	if wrong["detail"] != unknown["detail"] {
		t.Errorf("a wrong password says %q, an unknown name %q: want the same", wrong["detail"], unknown["detail"])
	}
	for name, body := range map[string]any{
		"ErrNoPassword": map[string]string{"name": "admin"},
		"ErrEmpty":      map[string]string{"name": "admin", "password": ""},
		"ErrUnknown":    map[string]string{"name": "admin", "password": "hunter2hunter2", "role": "root"},
		"ErrTooLong":    map[string]string{"name": "admin", "password": strings.Repeat("hunter2", 1000)},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.do(http.MethodPost, api+"/session", body)
			a.problem(http.StatusUnprocessableEntity, "invalid")
			if strings.Contains(string(a.body), "hunter2") {
				t.Errorf("the answer quotes the password: %s", a.body)
			}
		})
	}
	if strings.Contains(s.log.String(), "admin") {
		t.Errorf("the log names who signs in: %s", s.log)
	}
}

func TestSignInIsThrottled(t *testing.T) {
	now := time.Now()
	s := newSite(t, newDB(t), func(o *web.Options) { o.Clock = func() time.Time { return now } })
	s.addAdmin()
	for range 5 {
		s.signIn("admin", "wrong password").problem(http.StatusUnauthorized, "signed-out")
	}
	a := s.signIn("admin", adminPassword)
	a.problem(http.StatusTooManyRequests, "throttled")
	if a.header.Get("Retry-After") != "1" {
		t.Errorf("got Retry-After %q, want 1", a.header.Get("Retry-After"))
	}
	now = now.Add(time.Second)
	s.signIn("admin", adminPassword).want(http.StatusNoContent)
	s.signIn("admin", adminPassword).want(http.StatusNoContent) // forgotten

	for i := range 30 { // by address, whatever the name
		if a := s.signIn("user"+string(rune('a'+i)), "wrong password"); a.code == http.StatusTooManyRequests {
			if i < 15 || i > 25 {
				t.Errorf("throttled after %d names, want about 20", i)
			}
			return
		}
	}
	t.Error("30 names from one address were not throttled")
}

func TestCrossOrigin(t *testing.T) {
	s := newAdminSite(t, nil)
	token := s.token
	body := map[string]string{"name": "Acme", "kind": "own", "query": "acme"}
	s.token = ""
	s.signIn("admin", adminPassword, "Sec-Fetch-Site", "cross-site").problem(http.StatusForbidden, "cross-origin")
	s.signIn("admin", adminPassword, "Sec-Fetch-Site", "same-origin").want(http.StatusNoContent)
	s.do(http.MethodPost, api+"/monitors", body, "Sec-Fetch-Site", "cross-site").problem(http.StatusForbidden, "cross-origin")
	s.do(http.MethodPost, api+"/monitors", body, "Origin", "https://evil.example").problem(http.StatusForbidden, "cross-origin")
	s.do(http.MethodDelete, api+"/session", nil, "Sec-Fetch-Site", "same-site").problem(http.StatusForbidden, "cross-origin")
	s.do(http.MethodPost, api+"/monitors", body, "Sec-Fetch-Site", "same-origin").want(http.StatusCreated)
	s.get(api+"/monitors", "Sec-Fetch-Site", "cross-site").want(http.StatusOK) // answers, but a page elsewhere cannot read it
	s.token = token
	body["name"] = "Other"
	s.do(http.MethodPost, api+"/monitors", body, "Sec-Fetch-Site", "cross-site").want(http.StatusCreated) // no browser adds a token
}

func TestTokens(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		now := time.Now()
		s := newSite(t, db, func(o *web.Options) { o.Clock = func() time.Time { return now } })
		s.addAdmin()
		s.signIn("admin", adminPassword).want(http.StatusNoContent) // the cookie never stands in for a token
		token, err := web.AddToken(t.Context(), db, "Admin", "ci", now.Add(time.Hour), now)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(token, "gsw_") || len(token) < 30 {
			t.Errorf("got token %q", token)
		}
		auth := func(value string) answer { t.Helper(); return s.get(api+"/session", "Authorization", value) }
		auth("Bearer " + token).want(http.StatusOK)
		auth("bearer " + token).want(http.StatusOK)
		for name, value := range map[string]string{"ErrUnknown": "Bearer gsw_AAAA", "ErrForeign": "Bearer ghp_AAAA", "ErrEmpty": "Bearer ",
			"ErrScheme": "Basic YWRtaW46YWRtaW4=", "ErrLong": "Bearer gsw_" + strings.Repeat("A", 1000)} {
			t.Run(name, func(t *testing.T) {
				a := auth(value)
				a.problem(http.StatusUnauthorized, "signed-out")
				if a.header.Get("WWW-Authenticate") == "" {
					t.Error("WWW-Authenticate is missing")
				}
			})
		}
		now = now.Add(time.Hour)
		if p := auth("Bearer "+token).problem(http.StatusUnauthorized, "signed-out"); !strings.Contains(p["detail"].(string), "expired") {
			t.Errorf("got %q, want it to say that the token expired", p["detail"])
		}
		if _, err := web.AddToken(t.Context(), db, "admin", "late", now, now); err == nil {
			t.Error("a token that has expired already was made")
		}
		if _, err := web.AddToken(t.Context(), db, "nobody", "x", time.Time{}, now); !errors.Is(err, web.ErrNoUser) {
			t.Errorf("got %v, want ErrNoUser", err)
		}
		lasting, err := web.AddToken(t.Context(), db, "admin", "for ever", time.Time{}, now)
		if err != nil {
			t.Fatal(err)
		}
		auth("Bearer " + lasting).want(http.StatusOK)
		if n, err := web.RemoveToken(t.Context(), db, "admin", "for ever", now); n != 1 || err != nil {
			t.Errorf("removed %d (%v), want 1", n, err)
		}
		auth("Bearer "+lasting).problem(http.StatusUnauthorized, "signed-out")
	})
}

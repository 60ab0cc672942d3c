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

// Somebody is added, sets their password by the link, once, and signs in with it.
func TestUserSetsTheirPasswordByALink(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		now := time.Now()
		s := newSite(t, db, func(o *web.Options) {
			o.Clock, o.URL = func() time.Time { return now }, "https://gw.acme.example/"
		})
		s.addAdmin()
		admin := s.browserOf(web.AdminName)
		made := admin.do(http.MethodPost, api+"/users", object{"name": "Anna", "email": "anna@acme.example", "roles": []string{"sales-rep"}}).want(http.StatusCreated).object()
		user, link := made["user"].(object), made["link"].(object)
		if user["name"] != "anna" || user["email"] != "anna@acme.example" || user["roles"].([]any)[0] != "sales-rep" || user["disabled"] != false {
			t.Errorf("got %v", user)
		}
		token := link["token"].(string)
		if len(token) < 20 || link["url"] != "https://gw.acme.example/set-password#"+token {
			t.Errorf("got link %v", link)
		}
		path := api + "/users/" + user["id"].(string)
		set := func(b *site, token, password string) answer {
			t.Helper()
			return b.do(http.MethodPost, api+"/session/password", object{"token": token, "password": password})
		}
		stranger := s.browser()
		set(stranger, "nonsense", "another long password").problem(http.StatusNotFound, "not-found")
		set(stranger, token, "short").problem(http.StatusUnprocessableEntity, "invalid") // the link is good still
		if got := set(stranger, token, "another long password").want(http.StatusOK).object(); got["name"] != "anna" {
			t.Errorf("got %v", got)
		}
		set(stranger, token, "yet another password").problem(http.StatusNotFound, "not-found")
		anna := s.browser()
		anna.signIn("anna", "another long password").want(http.StatusNoContent)

		// Another link replaces the one before, expires, and ends the sessions when it is used.
		old := admin.do(http.MethodPost, path+"/password-link", nil).want(http.StatusCreated).object()["token"].(string)
		fresh := admin.do(http.MethodPost, path+"/password-link", nil).want(http.StatusCreated).object()["token"].(string)
		set(stranger, old, "yet another password").problem(http.StatusNotFound, "not-found")
		now = now.Add(73 * time.Hour)
		set(stranger, fresh, "yet another password").problem(http.StatusNotFound, "not-found")
		admin = s.browserOf(web.AdminName)
		fresh = admin.do(http.MethodPost, path+"/password-link", nil).want(http.StatusCreated).object()["token"].(string)
		anna = s.browser()
		anna.signIn("anna", "another long password").want(http.StatusNoContent)
		set(stranger, fresh, "yet another password").want(http.StatusOK)
		anna.get(api+"/leads").problem(http.StatusUnauthorized, "signed-out")

		body := string(admin.get(api + "/sign-ins?user=anna").want(http.StatusOK).body)
		for _, want := range []string{`"user_made"`, `"password_link_made"`, `"password_changed"`} {
			if !strings.Contains(body, want) {
				t.Errorf("the list of sign-ins has no %s", want)
			}
		}
		var kept int
		if err := db.QueryRow(t.Context(), "SELECT count(*) FROM password_links WHERE hash = $1", fresh).Scan(&kept); err != nil || kept > 0 || strings.Contains(s.log.String()+body, fresh) {
			t.Errorf("the link is kept in clear: %d, %v", kept, err)
		}
	})
}

func TestUsersAreChanged(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db, nil)
		s.addAdmin()
		admin := s.browserOf(web.AdminName)
		for name, body := range map[string]object{
			"ErrName":    {"name": "anna b"},
			"ErrEmail":   {"name": "anna", "email": "anna"},
			"ErrDisplay": {"name": "anna", "email": "Anna <anna@acme.example>"},
			"ErrLines":   {"name": "anna", "email": "anna@acme.example\nBcc: x@evil.example"},
			"ErrLong":    {"name": "anna", "email": strings.Repeat("a", 250) + "@acme.example"},
			"ErrRole":    {"name": "anna", "roles": []string{"pope"}},
		} {
			t.Run(name, func(t *testing.T) {
				admin.do(http.MethodPost, api+"/users", body).problem(http.StatusUnprocessableEntity, "invalid")
			})
		}
		id := admin.do(http.MethodPost, api+"/users", object{"name": "anna"}).want(http.StatusCreated).object()["user"].(object)["id"].(string)
		admin.do(http.MethodPost, api+"/users", object{"name": "ANNA"}).problem(http.StatusConflict, "conflict")
		path := api + "/users/" + id
		got := admin.do(http.MethodPatch, path, object{"name": "anna.berg", "email": "anna@acme.example", "roles": []string{"sales-rep"}}).want(http.StatusOK).object()
		if got["name"] != "anna.berg" || got["email"] != "anna@acme.example" || got["roles"].([]any)[0] != "sales-rep" {
			t.Errorf("got %v", got)
		}
		admin.do(http.MethodPatch, path, object{"name": "admin"}).problem(http.StatusConflict, "conflict")
		admin.do(http.MethodPatch, path, object{"email": "nonsense"}).problem(http.StatusUnprocessableEntity, "invalid")
		admin.do(http.MethodPatch, api+"/users/nobody", object{"email": ""}).problem(http.StatusNotFound, "not-found")
		if got := admin.do(http.MethodPatch, path, object{"disabled": true}).want(http.StatusOK).object(); got["disabled"] != true || got["name"] != "anna.berg" {
			t.Errorf("got %v", got)
		}
		admin.do(http.MethodPost, path+"/password-link", nil).problem(http.StatusConflict, "conflict")
		if in, _ := admin.get(api + "/users").items(); len(in) != 1 {
			t.Errorf("%d are let in, want the administrator", len(in))
		}
		if all, _ := admin.get(api + "/users?disabled=true").items(); len(all) != 2 {
			t.Errorf("%d users, want 2", len(all))
		}
		changes := string(admin.get(api + "/audit?record_type=user&record_id=" + id).want(http.StatusOK).body)
		for _, want := range []string{`"anna@acme.example"`, `"anna.berg"`, `"set-roles"`} {
			if !strings.Contains(changes, want) {
				t.Errorf("the audit log has no %s: %s", want, changes)
			}
		}

		// Who may not change users sees no addresses, and changes nothing; a token makes no link.
		admin.do(http.MethodPatch, path, object{"disabled": false}).want(http.StatusOK)
		if err := web.SetPassword(t.Context(), db, "anna.berg", adminPassword); err != nil {
			t.Fatal(err)
		}
		anna := s.browserOf("anna.berg")
		if body := string(anna.get(api + "/users").want(http.StatusOK).body); strings.Contains(body, "acme.example") {
			t.Errorf("a representative reads addresses: %s", body)
		}
		anna.do(http.MethodPatch, path, object{"roles": []string{"administrator"}}).problem(http.StatusForbidden, "forbidden")
		anna.do(http.MethodPost, api+"/users", object{"name": "bert"}).problem(http.StatusForbidden, "forbidden")
		anna.do(http.MethodPost, path+"/password-link", nil).problem(http.StatusForbidden, "forbidden")
		program := admin.bearing(admin.newToken("all", "*:*"))
		program.do(http.MethodPost, path+"/password-link", nil).problem(http.StatusForbidden, "forbidden")
	})
}

// Everybody chooses what is sent to them; their address takes their password.
func TestMyNotices(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db, func(o *web.Options) { o.Mail = true })
		s.addAdmin()
		if err := web.AddUser(t.Context(), db, "anna", adminPassword, time.Now(), "sales-rep"); err != nil {
			t.Fatal(err)
		}
		anna := s.browserOf("anna")
		got := anna.get(api + "/me/notices").want(http.StatusOK).object()
		if got["version"] != 0.0 || got["email"] != "" || got["mail"] != true || got["last"] != nil {
			t.Errorf("got %v", got)
		}
		first := object{"delivery": object{"stage": "at_once", "lead": "daily"}, "hour": 7, "time_zone": "Europe/Berlin"}
		a := anna.do(http.MethodPut, api+"/me/notices", first).want(http.StatusOK)
		if got := a.object(); a.header.Get("ETag") != `"1"` || got["hour"] != 7.0 || got["delivery"].(object)["lead"] != "daily" {
			t.Errorf("got %v, %s", got, a.header.Get("ETag"))
		}
		anna.do(http.MethodPut, api+"/me/notices", first, "If-Match", `"1"`).want(http.StatusOK)
		anna.do(http.MethodPut, api+"/me/notices", first, "If-Match", `"1"`).problem(http.StatusPreconditionFailed, "changed")
		for name, body := range map[string]object{
			"ErrKind": {"delivery": object{"weather": "daily"}, "hour": 7, "time_zone": "UTC"},
			"ErrWay":  {"delivery": object{"stage": "hourly"}, "hour": 7, "time_zone": "UTC"},
			"ErrHour": {"delivery": object{}, "hour": 24, "time_zone": "UTC"},
			"ErrZone": {"delivery": object{}, "hour": 7, "time_zone": "Mars/Olympus"},
		} {
			t.Run(name, func(t *testing.T) {
				anna.do(http.MethodPut, api+"/me/notices", body).problem(http.StatusUnprocessableEntity, "invalid")
			})
		}
		address := func(email, password string) answer {
			return anna.do(http.MethodPut, api+"/me/email", object{"email": email, "current": password})
		}
		address("anna@acme.example", "wrong").problem(http.StatusUnprocessableEntity, "invalid")
		address("no address", adminPassword).problem(http.StatusUnprocessableEntity, "invalid")
		address("anna@acme.example", adminPassword).want(http.StatusNoContent)
		if got := anna.get(api + "/me/notices").want(http.StatusOK).object(); got["email"] != "anna@acme.example" {
			t.Errorf("got %v", got)
		}
		anna.bearing(anna.newToken("all", "*:*")).do(http.MethodPut, api+"/me/email", object{"email": "x@evil.example", "current": adminPassword}).problem(http.StatusForbidden, "forbidden")
		audit := string(s.browserOf(web.AdminName).get(api + "/audit?record_type=user&record_id=" + s.userID("anna")).want(http.StatusOK).body)
		if !strings.Contains(audit, `"anna@acme.example"`) {
			t.Errorf("the audit log has no address: %s", audit)
		}
	})
}

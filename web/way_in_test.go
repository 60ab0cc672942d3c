package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/web"
)

// A token makes no way in that outlives it: no link to set a password, no second factor less, no
// other name, and nobody who may do more than it.
func TestTokenMakesNoWayIn(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db, nil)
		s.addAdmin()
		admin := s.browserOf(web.AdminName)
		hr, all := s.bearing(admin.newToken("hr", "user:*")), s.bearing(admin.newToken("all", "*:*"))
		hr.do(http.MethodPost, api+"/users", object{"name": "eve", "roles": []string{"administrator"}}).problem(http.StatusForbidden, "forbidden")
		hr.do(http.MethodPost, api+"/users", object{"name": "eve"}).problem(http.StatusForbidden, "forbidden") // who may read everything
		made := all.do(http.MethodPost, api+"/users", object{"name": "eve"}).want(http.StatusCreated).object()
		if made["link"] != nil {
			t.Errorf("the token has the link %v", made["link"])
		}
		eve := api + "/users/" + made["user"].(object)["id"].(string)
		all.do(http.MethodPost, eve+"/password-link", nil).problem(http.StatusForbidden, "forbidden")
		all.do(http.MethodDelete, eve+"/second-factor", nil).problem(http.StatusForbidden, "forbidden")
		all.do(http.MethodPatch, eve, object{"name": "mallory"}).problem(http.StatusForbidden, "forbidden")
		all.do(http.MethodPatch, eve, object{"name": "eve", "email": "eve@acme.example"}).want(http.StatusOK)
		admin.do(http.MethodPost, eve+"/password-link", nil).want(http.StatusCreated)
	})
}

// Who may change users, and no roles, makes nobody more than they are, themselves first of all.
func TestWhoChangesUsersGetsNoFurther(t *testing.T) {
	s := newAdminSite(t, nil)
	s.do(http.MethodPut, api+"/roles/hr", object{"label": "HR", "grants": []object{{"type": "user", "action": "*", "level": "all"}}}).want(http.StatusOK)
	if err := web.AddUser(t.Context(), s.db, "hanna", adminPassword, time.Now(), "hr"); err != nil {
		t.Fatal(err)
	}
	hanna := s.browserOf("hanna")
	own, boss := api+"/users/"+s.userID("hanna"), api+"/users/"+s.userID(web.AdminName)
	no := hanna.do(http.MethodPut, own+"/roles", object{"roles": []string{"administrator"}}).problem(http.StatusForbidden, "forbidden")
	t.Log(no["detail"])
	hanna.do(http.MethodPatch, own, object{"roles": []string{"hr", "read-only"}}).problem(http.StatusForbidden, "forbidden")
	hanna.do(http.MethodPut, boss+"/roles", object{"roles": []string{"hr"}}).problem(http.StatusForbidden, "forbidden")
	hanna.do(http.MethodPost, boss+"/password-link", nil).problem(http.StatusForbidden, "forbidden")
	hanna.do(http.MethodDelete, boss+"/second-factor", nil).problem(http.StatusForbidden, "forbidden")
	hanna.do(http.MethodPatch, boss, object{"name": "boss"}).problem(http.StatusForbidden, "forbidden")
	hanna.do(http.MethodPost, api+"/users", object{"name": "eve", "roles": []string{"sales-rep"}}).problem(http.StatusForbidden, "forbidden")
	hanna.get(api+"/contacts").problem(http.StatusForbidden, "forbidden")
	made := hanna.do(http.MethodPost, api+"/users", object{"name": "hugo", "roles": []string{"hr"}}).want(http.StatusCreated).object()
	if made["link"] == nil {
		t.Errorf("there is no link: %v", made)
	}
}

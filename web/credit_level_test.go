package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/groundswell/groundswell/web"
)

// At level own somebody reads their own credit, and changes nothing of the rules, which are everybody's.
func TestCreditRulesAreNobodysOwn(t *testing.T) {
	s := newAdminSite(t, nil)
	role := func(action string) object {
		return object{"label": "Rep", "grants": []object{{"type": "credit_rules", "action": action, "level": "own"}}}
	}
	s.do(http.MethodPut, api+"/roles/rep", role("update")).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(http.MethodPut, api+"/roles/rep", role("*")).want(http.StatusOK)
	if err := web.AddUser(t.Context(), s.db, "rita", adminPassword, time.Now(), "rep"); err != nil {
		t.Fatal(err)
	}
	rita := s.browserOf("rita")
	rita.get(api + "/credit/statement").want(http.StatusOK)
	rita.get(api + "/credit/statement.csv").want(http.StatusOK)
	rita.do(http.MethodPut, api+"/credit/rules", object{"parts": []object{{"name": "Mine", "share": 10000, "to": "owner"}}}).problem(http.StatusForbidden, "forbidden")
	rita.do(http.MethodPost, api+"/credit/recount", object{"from": "2026-01"}).problem(http.StatusForbidden, "forbidden")
	rita.do(http.MethodPost, api+"/credit/periods", object{"period": "2026-01"}).problem(http.StatusForbidden, "forbidden")
}

package web_test

import (
	"net/http"
	"strings"
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

// A statement is exported by the grant to export, and read by the one to read.
func TestCreditIsExportedByItsGrant(t *testing.T) {
	s := newAdminSite(t, nil)
	s.guarded()
	if err := web.AddUser(t.Context(), s.db, "rita", adminPassword, time.Now(), "read-only"); err != nil {
		t.Fatal(err)
	}
	rita := s.browserOf("rita")
	for name, c := range map[string]struct {
		read, export string
		page, file   bool // what is others' is in it
	}{
		"OKAll":        {"all", "all", true, true},
		"OKReadAll":    {"all", "own", true, false},
		"OKExportAll":  {"own", "all", false, true},
		"ErrOwnOfBoth": {"own", "own", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			grants := []object{{"type": "credit_rules", "action": "read", "level": c.read}, {"type": "credit_rules", "action": "export", "level": c.export}}
			s.do(http.MethodPut, api+"/roles/read-only", object{"label": "Reads", "grants": grants}).want(http.StatusOK)
			if got := rita.text("/credit/statement?basis=invoiced"); strings.Contains(got, `"invoice_id"`) != c.page {
				t.Errorf("the page tells %s", got)
			}
			if got := rita.text("/credit/statement.csv?basis=invoiced"); strings.Contains(got, "Owner") != c.file {
				t.Errorf("the file tells %s", got)
			}
		})
	}
}

// To delete a goal takes that grant, and no other.
func TestGoalIsDeletedByItsGrant(t *testing.T) {
	s := newAdminSite(t, nil)
	goal := s.post("/goals", object{"subject_type": "user", "subject_id": s.userID(web.AdminName), "metric": "opportunities-opened", "period": "2026", "target": 2})["id"].(string)
	if err := web.AddUser(t.Context(), s.db, "rita", adminPassword, time.Now(), "read-only"); err != nil {
		t.Fatal(err)
	}
	rita := s.browserOf("rita")
	may := func(kind, action string) {
		t.Helper()
		s.do(http.MethodPut, api+"/roles/read-only", object{"label": "Reads", "grants": []object{{"type": kind, "action": action, "level": "all"}}}).want(http.StatusOK)
	}
	may("report", "read")
	rita.do(http.MethodDelete, api+"/goals/"+goal, nil).problem(http.StatusForbidden, "forbidden")
	may("goal", "delete")
	rita.do(http.MethodDelete, api+"/goals/"+goal, nil).want(http.StatusNoContent)
}

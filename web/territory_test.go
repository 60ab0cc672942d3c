package web_test

import (
	"net/http"
	"testing"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// account makes an account in a country.
func (s *site) account(name, country, postalCode string) (id string) {
	s.t.Helper()
	err := s.db.Update(s.t.Context(), func(tx *sqldb.Tx) error {
		a, err := crm.CreateAccount(s.t.Context(), tx, crm.Account{Name: name, Country: country, PostalCode: postalCode}, crm.Change{By: "anna", At: noon, Access: crm.System()})
		id = a.ID
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// region makes a dimension of countries and ranges of postal codes.
func (s *site) region() (id string) {
	s.t.Helper()
	return s.post("/dimensions", object{"name": "Region",
		"fields": []object{{"name": "country", "from": []string{"account.country"}}, {"name": "postal_code", "from": []string{"account.postal_code"}}},
		"values": []object{
			{"id": "de", "label": "Germany", "match": []object{{"field": "country", "equal": []string{"DE"}}}},
			{"id": "de-by", "parent": "de", "label": "Bavaria", "match": []object{{"field": "postal_code", "from": "80000", "to": "87999"}}},
			{"id": "at", "label": "Austria", "match": []object{{"field": "country", "equal": []string{"AT"}}}},
		}})["id"].(string)
}

func TestTerritories(t *testing.T) {
	s := newAdminSite(t, nil)
	seeblick, ring := s.account("Hotel Seeblick", "DE", "80331"), s.account("Hotel am Ring", "AT", "1010")
	region := s.region()
	asks := func(values ...string) []object { return []object{{"dimension_id": region, "values": values}} }

	s.do(http.MethodPost, api+"/territories", object{"name": "Both", "enabled": true, "criteria": append(asks("de"), asks("at")...)}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(http.MethodPost, api+"/territories", object{"name": "Nobody", "enabled": true, "members": []object{{"type": "user", "id": "nobody"}}}).problem(http.StatusUnprocessableEntity, "invalid")
	germany := s.post("/territories", object{"name": "Germany", "enabled": true, "criteria": asks("de"), "members": []object{{"type": "user", "id": s.userID("admin")}}})
	if germany["size"].(object)["primary"].(object)["account"] != 1.0 || len(germany["problems"].([]any)) != 0 {
		t.Errorf("got %v: want the account that was there before", germany)
	}
	queue, _ := s.get(api + "/territory-queue?type=account").items()
	if len(queue) != 1 || queue[0]["record_id"] != ring || queue[0]["name"] != "Hotel am Ring" || queue[0]["reason"] == "" {
		t.Errorf("queue %v: want the one nobody takes, with what came closest", queue)
	}

	draft := s.post("/territory-drafts", object{"territory": object{"name": "Bavaria", "enabled": true, "criteria": asks("de-by")}})
	stale := s.post("/territory-drafts", object{"territory": object{"name": "Austria", "enabled": true, "criteria": asks("at")}})
	ways := draft["job"].(object)["moves"].(object)["ways"].([]any)
	if len(ways) != 1 || ways[0].(object)["from"] != germany["id"] || draft["job"].(object)["state"] != "done" || draft["stale"] != false {
		t.Fatalf("got %v: want Seeblick to move", draft)
	}
	bavaria := s.post("/territory-drafts/"+draft["id"].(string)+"/apply", nil)
	s.do(http.MethodPost, api+"/territory-drafts/"+stale["id"].(string)+"/apply", nil).problem(http.StatusConflict, "conflict")
	if s.get(api + "/territory-drafts/" + stale["id"].(string)).object()["stale"] != true {
		t.Error("the draft is not called stale")
	}
	of := s.get(api + "/records/account/" + seeblick + "/territories").want(http.StatusOK).object()["territories"].([]any)
	if len(of) != 2 || of[0].(object)["name"] != "Bavaria" || of[1].(object)["name"] != "Germany" {
		t.Errorf("got %v: want Bavaria first, Germany beside it", of)
	}
	if got := s.get(api + "/territory-assignment").object(); got["state"] != "done" || got["done"] != 2.0 {
		t.Errorf("got %v", got)
	}

	s.do(http.MethodPut, api+"/records/account/"+ring+"/territories", object{"territory_id": bavaria["id"]}).problem(http.StatusUnprocessableEntity, "invalid")
	pinned := s.do(http.MethodPut, api+"/records/account/"+ring+"/territories", object{"territory_id": bavaria["id"], "reason": "they buy with Seeblick"}).want(http.StatusOK).object()
	if of := pinned["territories"].([]any); len(of) != 1 || of[0].(object)["territory_id"] != bavaria["id"] {
		t.Errorf("got %v", pinned)
	}
	s.do(http.MethodPost, api+"/records/account/"+ring+"/join", object{"reason": "I know the owner"}).want(http.StatusNoContent)
	s.do(http.MethodPost, api+"/records/account/none/join", object{"reason": "I know the owner"}).problem(http.StatusNotFound, "not-found")
	s.do(http.MethodDelete, api+"/dimensions/"+region, nil).problem(http.StatusConflict, "conflict")
	stranger := s.do(http.MethodPut, api+"/territories/"+bavaria["id"].(string), object{"name": "Bavaria", "enabled": false, "criteria": asks("at")}).want(http.StatusOK).object()
	if problems := stranger["problems"].([]any); len(problems) != 2 {
		t.Errorf("problems %v: want that nobody works in it, and that it is off", problems)
	}
	if items, _ := s.get(api + "/territories").items(); len(items) != 2 {
		t.Errorf("got %v", items)
	}
}

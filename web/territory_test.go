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

// Examples of what a change moves name records that the reader may see, and no others; what is counted counts all.
func TestExamplesOfMovesAreTheReadersOwn(t *testing.T) {
	s := newAdminSite(t, nil)
	for _, name := range []string{"Hotel Seeblick", "Hotel am Ring"} {
		s.account(name, "DE", "80331")
	}
	region := s.region()
	germany := object{"name": "Germany", "enabled": true, "criteria": []object{{"dimension_id": region, "values": []string{"de"}}}}
	s.post("/territories", germany)
	munich := object{"territory": object{"name": "Bavaria", "enabled": true, "criteria": []object{{"dimension_id": region, "values": []string{"de-by"}}}}}
	draft := s.post("/territory-drafts", munich)
	s.do(http.MethodPut, api+"/roles/planner", object{"label": "Planner", "grants": []object{{"type": "territory", "action": "*", "level": "all"},
		{"type": "territory_draft", "action": "*", "level": "all"}, {"type": "account", "action": "read", "level": "team"}}}).want(http.StatusOK)
	anna, paul := s.person("anna", "sales-rep"), s.person("paul", "planner")

	moves := func(got object) (records float64, samples int) {
		for _, w := range got["moves"].(object)["ways"].([]any) {
			records += w.(object)["records"].(float64)
			samples += len(w.(object)["samples"].([]any))
		}
		return records, samples
	}
	job := func(o object) object { return o["job"].(object) }
	for name, test := range map[string]struct {
		got  object
		want int
	}{
		"OKAdminAssignment": {s.get(api + "/territory-assignment").object(), 2},
		"OKRepAssignment":   {anna.get(api + "/territory-assignment").want(http.StatusOK).object(), 0},
		"OKAdminDraft":      {job(s.get(api + "/territory-drafts/" + draft["id"].(string)).object()), 2},
		"OKPlannerDraft":    {job(paul.get(api + "/territory-drafts/" + draft["id"].(string)).want(http.StatusOK).object()), 0},
		"OKPlannerDrafts":   {job(paul.post("/territory-drafts", munich)), 0},
	} {
		if records, samples := moves(test.got); records != 2 || samples != test.want {
			t.Errorf("%s: got %v records with %d examples, want 2 with %d: %v", name, records, samples, test.want, test.got)
		}
	}
	s.exec("INSERT INTO shares (id, record_type, record_id, subject_type, subject_id, writes, reason, shared_by, shared_at, revoked_by, revoked_at)"+
		" SELECT 'share', 'account', id, 'user', $1, false, 'hers', '', 0, '', 0 FROM accounts WHERE name = 'Hotel Seeblick'", s.userID("anna"))
	if records, samples := moves(anna.get(api + "/territory-assignment").object()); records != 2 || samples != 1 {
		t.Errorf("got %v records with %d examples, want 2 with the one that is shared with her", records, samples)
	}
}

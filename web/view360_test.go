package web_test

import (
	"net/http"
	"testing"
)

// company makes an account and returns its id.
func (s *site) company(name, parent string) string {
	s.t.Helper()
	return s.do(http.MethodPost, api+"/accounts", map[string]string{"name": name, "parent_id": parent}).want(http.StatusCreated).object()["id"].(string)
}

func TestViews360(t *testing.T) {
	s := newAdminSite(t, nil)
	group := s.company("Group", "")
	acme := s.company("Acme", group)
	anna := s.do(http.MethodPost, api+"/contacts", map[string]string{"last_name": "Müller", "account_id": acme}).want(http.StatusCreated).object()["id"].(string)
	s.do(http.MethodPost, api+"/opportunities", map[string]any{"name": "Chairs", "contact_id": anna, "account_id": acme,
		"amount": map[string]any{"amount": 100, "currency": "EUR"}}).want(http.StatusCreated)
	for address, want := range map[string]string{"/contacts/" + anna + "/360": "Acme", "/accounts/" + group + "/360": "Group"} {
		v := s.get(api + address).want(http.StatusOK).object()
		if got := v["account"].(map[string]any)["name"]; got != want {
			t.Errorf("%s: account %v, want %s", address, got, want)
		}
		if got := v["opportunities"].(map[string]any)["count"]; got != 1.0 {
			t.Errorf("%s: %v opportunities, want 1", address, got)
		}
	}
	for _, address := range []string{"/contacts/none/360", "/accounts/none/360", "/accounts/none/tree"} {
		s.get(api+address).problem(http.StatusNotFound, "not-found")
	}
	tree := s.get(api + "/accounts/" + acme + "/tree").want(http.StatusOK).object()
	if above := tree["above"].([]any); len(above) != 1 {
		t.Errorf("got %v above, want the group", above)
	}
	p := s.do(http.MethodPut, api+"/accounts/"+group, map[string]string{"name": "Group", "parent_id": acme}).problem(http.StatusUnprocessableEntity, "invalid")
	if where := p["errors"].([]any)[0].(map[string]any)["location"]; where != "body.parent_id" {
		t.Errorf("got location %v", where)
	}
}

func TestSearchAPI(t *testing.T) {
	s := newAdminSite(t, nil)
	id := s.contact("Anna", "Müller")
	found := s.get(api + "/search?q=mueller").want(http.StatusOK).object()["groups"].([]any)
	if len(found) != 1 || found[0].(map[string]any)["hits"].([]any)[0].(map[string]any)["id"] != id {
		t.Errorf("got %v", found)
	}
	if found := s.get(api + "/search?q=mueller&types=lead,account").want(http.StatusOK).object()["groups"].([]any); len(found) != 0 {
		t.Errorf("got %v, want none of other types", found)
	}
	s.get(api+"/search?q=").problem(http.StatusUnprocessableEntity, "invalid")
	s.get(api+"/search?q=a&types=nonsense").problem(http.StatusUnprocessableEntity, "invalid")
}

func TestFieldsAPI(t *testing.T) {
	s := newAdminSite(t, nil)
	body := map[string]any{"record_type": "contact", "name": "tier", "kind": "choice", "labels": map[string]string{"de": "Stufe"}, "choices": []map[string]any{{"value": "A", "labels": map[string]string{}}}}
	a := s.do(http.MethodPost, api+"/fields", body).want(http.StatusCreated)
	id := a.object()["id"].(string)
	s.do(http.MethodPost, api+"/fields", body).problem(http.StatusConflict, "conflict")
	s.do(http.MethodPost, api+"/contacts", map[string]any{"last_name": "X", "fields": map[string]any{"tier": "Z"}}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(http.MethodPost, api+"/contacts", map[string]any{"last_name": "X", "fields": map[string]any{"tire": "A"}}).problem(http.StatusUnprocessableEntity, "invalid")
	c := s.do(http.MethodPost, api+"/contacts", map[string]any{"last_name": "X", "fields": map[string]any{"tier": "A"}}).want(http.StatusCreated).object()
	if items, _ := s.get(api + "/contacts?field=tier:A").items(); len(items) != 1 || items[0]["id"] != c["id"] {
		t.Errorf("got %v", items)
	}
	s.get(api+"/contacts?field=tier").problem(http.StatusUnprocessableEntity, "invalid")
	// A change that does not speak of the fields leaves them.
	got := s.do(http.MethodPut, api+"/contacts/"+c["id"].(string), map[string]any{"last_name": "Y"}).want(http.StatusOK).object()
	if got["fields"].(map[string]any)["tier"] != "A" {
		t.Errorf("got %v", got["fields"])
	}
	s.do(http.MethodPut, api+"/fields/"+id, map[string]any{"choices": body["choices"], "archived": true}, "If-Match", a.header.Get("ETag")).want(http.StatusOK)
	s.do(http.MethodPut, api+"/fields/"+id, map[string]any{"choices": body["choices"]}, "If-Match", a.header.Get("ETag")).problem(http.StatusPreconditionFailed, "changed")
	if items, _ := s.get(api + "/fields?type=contact").items(); len(items) != 1 || items[0]["archived"] != true {
		t.Errorf("got %v", items)
	}
}

func TestMergeAccountsAPI(t *testing.T) {
	s := newAdminSite(t, nil)
	winner, loser := s.company("Acme GmbH", ""), s.company("ACME", "")
	m := s.do(http.MethodPost, api+"/accounts/"+winner+"/merge", map[string]string{"loser_id": loser}).want(http.StatusOK).object()
	s.get(api+"/accounts/"+loser).problem(http.StatusNotFound, "not-found")
	if items, _ := s.get(api + "/accounts/" + winner + "/merges").items(); len(items) != 1 {
		t.Errorf("got %v", items)
	}
	s.do(http.MethodPost, api+"/account-merges/"+m["id"].(string)+"/undo", nil).want(http.StatusOK)
	s.get(api + "/accounts/" + loser).want(http.StatusOK)
}

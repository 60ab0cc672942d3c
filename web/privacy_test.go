package web_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestPrivacy(t *testing.T) {
	s := newAdminSite(t, nil)
	id := s.do(http.MethodPost, api+"/contacts", map[string]string{"first_name": "Anna", "last_name": "Zwick", "email": "anna@zwick.example"}).want(http.StatusCreated).object()["id"].(string)
	who := map[string]string{"email": "Anna@Zwick.example"}

	found := s.do(http.MethodPost, api+"/privacy/person", who).want(http.StatusOK).object()
	if contacts := found["contacts"].([]any); len(contacts) != 1 || contacts[0].(map[string]any)["id"] != id || found["records"].(map[string]any)["contacts"] != 1.0 {
		t.Errorf("got %v, want Anna", found)
	}
	export := s.do(http.MethodPost, api+"/privacy/export", who).want(http.StatusOK)
	if got := export.header.Get("Content-Type"); got != "application/json" || !strings.Contains(string(export.body), "anna@zwick.example") {
		t.Errorf("got %s, %s", got, export.body)
	}
	export = s.do(http.MethodPost, api+"/privacy/export?format=pdf", who).want(http.StatusOK)
	if got := export.header.Get("Content-Type"); got != "application/pdf" || !strings.HasPrefix(string(export.body), "%PDF-") {
		t.Errorf("got %s, %.20q", got, export.body)
	}
	s.do(http.MethodPost, api+"/privacy/export", map[string]string{"email": "nobody@example.org"}).problem(http.StatusNotFound, "not-found")
	s.do(http.MethodPost, api+"/privacy/export", map[string]string{}).problem(http.StatusUnprocessableEntity, "invalid")

	e := s.do(http.MethodPost, api+"/privacy/erasures", map[string]string{"contact_id": id, "reason": "by letter"}).want(http.StatusCreated).object()
	if e["state"] != "approved" || e["reason"] != "by letter" || e["finished_at"] != nil {
		t.Errorf("got %v", e)
	}
	path := api + "/privacy/erasures/" + e["id"].(string)
	s.do(http.MethodPost, path+"/approve", nil).problem(http.StatusConflict, "conflict")
	s.get(api+"/privacy/erasures/none").problem(http.StatusNotFound, "not-found")
	if items, _ := s.get(api + "/privacy/erasures").items(); len(items) != 1 || items[0]["id"] != e["id"] || s.get(path).object()["id"] != e["id"] {
		t.Errorf("got %v", items)
	}
}

package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
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
	log, _ := s.get(api + "/audit?record=" + id).items()
	if len(log) < 2 || log[0]["action"] != "export" || log[1]["action"] != "export" || log[1]["after"].(map[string]any)["format"] != "json" {
		t.Errorf("the audit log says %v: want both exports", log)
	}
	path := api + "/privacy/erasures/" + e["id"].(string)
	s.do(http.MethodPost, path+"/approve", nil).problem(http.StatusConflict, "conflict")
	s.get(api+"/privacy/erasures/none").problem(http.StatusNotFound, "not-found")
	if items, _ := s.get(api + "/privacy/erasures").items(); len(items) != 1 || items[0]["id"] != e["id"] || s.get(path).object()["id"] != e["id"] {
		t.Errorf("got %v", items)
	}
}

// Who was erased is refused with a problem of its own, until somebody lifts the block and says why.
func TestBlocks(t *testing.T) {
	s := newAdminSite(t, nil)
	err := s.db.Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := crm.Block(t.Context(), tx, crm.Barred{Emails: []string{"anna@zwick.example"}, Handles: []string{"x:anna"}}, "erasure-1", noon)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	anna := map[string]string{"last_name": "Zwick", "email": "Anna@zwick.example"}
	who := map[string]string{"email": "anna@zwick.example"}
	s.do(http.MethodPost, api+"/contacts", anna).problem(http.StatusConflict, "blocked")
	if n := s.get(api + "/privacy/blocks").object()["count"]; n != 2.0 {
		t.Errorf("got %v blocks, want 2", n)
	}
	for _, test := range []struct {
		who  map[string]string
		want bool
	}{{who, true}, {map[string]string{"network": "x", "handle": "@Anna"}, true}, {map[string]string{"email": "bert@zwick.example"}, false}} {
		if got := s.do(http.MethodPost, api+"/privacy/blocks/check", test.who).want(http.StatusOK).object()["blocked"]; got != test.want {
			t.Errorf("%v: got %v, want %v", test.who, got, test.want)
		}
	}
	s.do(http.MethodPost, api+"/privacy/blocks/check", map[string]string{"handle": "anna"}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(http.MethodPost, api+"/privacy/blocks/lift", who).problem(http.StatusUnprocessableEntity, "invalid")
	who["reason"] = "asked to come back by e-mail"
	if n := s.do(http.MethodPost, api+"/privacy/blocks/lift", who).want(http.StatusOK).object()["lifted"]; n != 2.0 {
		t.Errorf("%v blocks were lifted, want both of the erasure", n)
	}
	s.do(http.MethodPost, api+"/contacts", anna).want(http.StatusCreated)
}

// A consent is recorded, shown with its evidence, and taken back; of being on file, that asks for an
// erasure which somebody else approves.
func TestConsents(t *testing.T) {
	s := newAdminSite(t, nil)
	id := s.do(http.MethodPost, api+"/contacts", map[string]string{"last_name": "Zwick"}).want(http.StatusCreated).object()["id"].(string)
	path := api + "/contacts/" + id + "/consents"
	give := map[string]string{"purpose": "record", "source": "form", "evidence": "Keep me on file."}
	c := s.do(http.MethodPost, path, give).want(http.StatusCreated).object()
	if c["basis"] != "consent" || c["evidence"] != "Keep me on file." || c["withdrawn_at"] != nil {
		t.Errorf("got %v", c)
	}
	if on := s.get(api + "/contacts/" + id + "/360").object()["consent"].([]any); len(on) != 1 || on[0].(map[string]any)["id"] != c["id"] {
		t.Errorf("the 360 view has %v, want the consent", on)
	}
	give["purpose"] = "dreams"
	s.do(http.MethodPost, path, give).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(http.MethodPost, api+"/consents/none/withdraw", map[string]string{}).problem(http.StatusNotFound, "not-found")
	withdrawn := s.do(http.MethodPost, api+"/consents/"+c["id"].(string)+"/withdraw", map[string]string{"reason": "by letter"}).want(http.StatusOK).object()
	if withdrawn["withdrawn_at"] == nil || withdrawn["withdrawal"] != "by letter" {
		t.Errorf("got %v", withdrawn)
	}
	s.do(http.MethodPost, api+"/consents/"+c["id"].(string)+"/withdraw", map[string]string{}).want(http.StatusOK) // nothing more
	erasures, _ := s.get(api + "/privacy/erasures").items()
	if len(erasures) != 1 || erasures[0]["state"] != "requested" {
		t.Errorf("got %v, want one that waits for approval", erasures)
	}
}

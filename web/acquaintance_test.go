package web_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/groundswell/groundswell/crm"
)

// Somebody's network comes in as a file, stands on the contact's page, and goes again.
func TestNetwork(t *testing.T) {
	s := newAdminSite(t, nil)
	stranger := s.stranger()
	send := func(query, body string) answer {
		return s.do(http.MethodPost, api+"/imports?type=network&"+query, body, "Content-Type", "text/vcard")
	}
	const cards = "BEGIN:VCARD\nVERSION:4.0\nFN:Anna Vogt\nEMAIL:anna@acme.example\nURL:https://www.linkedin.com/in/anna-v\nEND:VCARD\n"
	for name, query := range map[string]string{"ErrBasis": "evidence=x", "ErrEvidence": "basis=consent", "ErrWord": "basis=contract&evidence=x", "ErrMap": "basis=consent&evidence=x&map=need%3Dx"} {
		t.Run(name, func(t *testing.T) { send(query, cards).problem(http.StatusUnprocessableEntity, "invalid") })
	}
	s.do(http.MethodPost, api+"/imports?type=contact&basis=consent", "name\nx\n", "Content-Type", "text/csv").problem(http.StatusUnprocessableEntity, "invalid")
	made := send("basis=consent&file=mine.vcf&evidence="+url.QueryEscape("they asked to be called"), cards).want(http.StatusAccepted).object()
	if made["basis"] != "consent" || made["evidence"] != "they asked to be called" {
		t.Errorf("got %v", made)
	}
	clock := func() time.Time { return noon }
	if more, err := crm.WorkImports(t.Context(), s.db, clock, clock); err != nil || !more {
		t.Fatal(err)
	}
	if done := s.get(api + "/imports/" + made["id"].(string)).want(http.StatusOK).object(); done["state"] != "done" {
		t.Fatalf("got %v", done)
	}
	known, _ := s.get(api + "/me/network").items()
	if len(known) != 1 || known[0]["name"] != "Anna Vogt" || known[0]["brought_in"] != true || known[0]["file_kind"] != "vcard" {
		t.Fatalf("got %v", known)
	}
	if items, _ := stranger.get(api + "/me/network").items(); len(items) != 0 {
		t.Errorf("got %v", items)
	}
	contact, id := known[0]["contact_id"].(string), known[0]["id"].(string)
	view := s.get(api + "/contacts/" + contact + "/360").want(http.StatusOK).object()
	if list := view["acquaintances"].([]any); len(list) != 1 || list[0].(map[string]any)["origin"] != "the address cards (vCard) of admin (mine.vcf)" || list[0].(map[string]any)["connected_on"] != "" {
		t.Errorf("got %v", list)
	}
	if list := view["consent"].([]any); len(list) != 1 || list[0].(map[string]any)["basis"] != "consent" || list[0].(map[string]any)["purpose"] != "record" {
		t.Errorf("got %v", list)
	}
	if got := stranger.do(http.MethodDelete, api+"/acquaintances/"+id, nil); got.code != http.StatusNotFound && got.code != http.StatusForbidden {
		t.Errorf("somebody else took out: %d", got.code)
	}
	if out := s.do(http.MethodDelete, api+"/acquaintances/"+id, nil).want(http.StatusOK).object(); out["contact"] != true {
		t.Errorf("got %v", out)
	}
	s.get(api+"/contacts/"+contact).problem(http.StatusNotFound, "not-found")
	s.do(http.MethodDelete, api+"/acquaintances/"+id, nil).problem(http.StatusNotFound, "not-found")
}

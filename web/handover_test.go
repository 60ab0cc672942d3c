package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/groundswell/groundswell/web"
)

// A manager looks through what somebody has who leaves, changes a receiver, gives it all in one step
// and takes it back.
func TestHandover(t *testing.T) {
	s := newAdminSite(t, nil)
	for _, name := range []string{"lea", "mia", "tom"} {
		if err := web.AddUser(t.Context(), s.db, name, adminPassword, time.Now(), "sales-rep"); err != nil {
			t.Fatal(err)
		}
	}
	ids := map[string]string{}
	users, _ := s.get(api + "/users").items()
	for _, u := range users {
		ids[u["name"].(string)], _ = u["id"].(string)
	}
	contact := s.do(http.MethodPost, api+"/contacts", map[string]any{"last_name": "Berg", "owner_id": ids["lea"]}).want(http.StatusCreated).object()["id"].(string)
	h := s.do(http.MethodPost, api+"/handovers", map[string]any{"user_id": ids["lea"], "reason": "she leaves"}).want(http.StatusCreated).object()
	at := api + "/handovers/" + h["id"].(string)
	if h["state"] != "open" || h["user"] != "lea" || h["total"] != 1.0 {
		t.Fatalf("begun: %v", h)
	}
	list, _ := s.get(at + "/records?type=contact").items()
	if len(list) != 1 || list[0]["name"] != "Berg" || list[0]["because"] != "has the same role, and the least to do" {
		t.Errorf("records: %v", list)
	}
	s.do(http.MethodPut, at+"/receivers", map[string]any{"receiver_id": ids["lea"]}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(http.MethodPut, at+"/receivers", map[string]any{"receiver_id": ids["tom"], "records": []map[string]any{{"record_type": "contact", "record_id": contact}}}).want(http.StatusOK)
	if list, _ = s.get(at + "/records?receiver=" + ids["tom"]).items(); len(list) != 1 || list[0]["because"] != "chosen by "+web.AdminName {
		t.Errorf("records: %v", list)
	}
	s.do(http.MethodPost, at+"/give", map[string]any{}, "If-Match", `"1"`).problem(http.StatusPreconditionFailed, "changed")
	if done := s.do(http.MethodPost, at+"/give", map[string]any{"disable": true}).want(http.StatusOK).object(); done["state"] != "done" || done["handled"] != 1.0 {
		t.Errorf("given: %v", done)
	}
	if owner := s.get(api + "/contacts/" + contact).object()["owner_id"]; owner != ids["tom"] {
		t.Errorf("the contact belongs to %v, want tom", owner)
	}
	s.signIn("lea", adminPassword).want(http.StatusUnauthorized)
	if back := s.do(http.MethodPost, at+"/undo", nil).want(http.StatusOK).object(); back["state"] != "returned" {
		t.Errorf("taken back: %v", back)
	}
	if owner := s.get(api + "/contacts/" + contact).object()["owner_id"]; owner != ids["lea"] {
		t.Errorf("the contact belongs to %v, want lea", owner)
	}
	s.do(http.MethodPost, at+"/undo", nil).problem(http.StatusConflict, "conflict")
	if all, _ := s.get(api + "/handovers").items(); len(all) != 1 {
		t.Errorf("hand-overs: %v", all)
	}
}

// A token that was made for hand-overs alone sees and gives none of what is handed over.
func TestHandoverByNarrowToken(t *testing.T) {
	s := newAdminSite(t, nil)
	if err := web.AddUser(t.Context(), s.db, "lea", adminPassword, time.Now(), "sales-rep"); err != nil {
		t.Fatal(err)
	}
	lea := s.userID("lea")
	contact := s.do(http.MethodPost, api+"/contacts", map[string]any{"last_name": "Berg", "owner_id": lea}).want(http.StatusCreated).object()["id"].(string)
	narrow := s.bearing(s.browserOf(web.AdminName).newToken("hr", "handover:*"))
	narrow.get(api+"/contacts").problem(http.StatusForbidden, "forbidden")
	whole := s.do(http.MethodPost, api+"/handovers", map[string]any{"user_id": lea, "reason": "she leaves"}).want(http.StatusCreated).object()
	at := api + "/handovers/" + whole["id"].(string)
	if list, _ := narrow.get(at + "/records").items(); len(list) > 0 {
		t.Errorf("it is shown %v", list)
	}
	narrow.do(http.MethodPost, at+"/give", map[string]any{}).want(http.StatusOK)
	if owner := s.get(api + "/contacts/" + contact).object()["owner_id"]; owner != lea {
		t.Errorf("the contact belongs to %v, want lea", owner)
	}
	own := narrow.do(http.MethodPost, api+"/handovers", map[string]any{"user_id": lea, "reason": "she leaves"}).want(http.StatusCreated).object()
	if own["total"] != 0.0 {
		t.Errorf("it collected %v", own)
	}
}

package web_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/web"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

func TestLeadIsCheckedBeforeItIsMade(t *testing.T) {
	s := newAdminSite(t, nil)
	l := s.post("/leads", object{"name": "Petra Wegener", "email": "petra@seeblick.example", "company": "Hotel Seeblick", "source": "campaign", "campaign": "Spring"})
	if l["milestone"] != "unqualified" || l["source"] != "campaign" || l["campaign"] != "Spring" || l["rating"].(object)["score"] == 0.0 {
		t.Errorf("got %v", l)
	}
	again := object{"name": "P. Wegener", "email": "Petra@seeblick.example"}
	p := s.do(http.MethodPost, api+"/leads", again).problem(http.StatusConflict, "duplicate")
	e := p["errors"].([]any)[0].(object)
	if e["location"] != "duplicate.lead."+l["id"].(string) || e["message"] != "Petra Wegener: the same e-mail address" || e["value"].(object)["record_type"] != "lead" {
		t.Errorf("got %v", p)
	}
	items, _ := s.do(http.MethodPost, api+"/leads/check", again).items()
	if len(items) != 1 || items[0]["record_id"] != l["id"] {
		t.Errorf("got %v", items)
	}
	again["allow_duplicate"] = true
	s.do(http.MethodPost, api+"/leads", again).problem(http.StatusUnprocessableEntity, "invalid")
	again["duplicate_reason"] = "the daughter, on her mother's account"
	s.post("/leads", again)
	path := api + "/leads/" + l["id"].(string)
	s.do(http.MethodPatch, path, object{"milestone": "disqualified"}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(http.MethodPatch, path, object{"milestone": "disqualified", "reason": "bored"}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(http.MethodPut, api+"/reasons/disqualified/bored", object{"label": "They were bored", "active": true}).want(http.StatusOK)
	got := s.do(http.MethodPatch, path, object{"milestone": "disqualified", "reason": "bored", "comment": "by us"}).want(http.StatusOK).object()
	if visits := got["visits"].([]any); got["state"] != "disqualified" || len(visits) != 2 || visits[1].(object)["who"] != web.AdminName || visits[1].(object)["reason"] != "bored" {
		t.Errorf("got %v", got)
	}
	report := s.get(api + "/feedback?by=campaign").want(http.StatusOK).object()
	if items := report["items"].([]any); len(items) != 2 {
		t.Errorf("report %v: want a row for the campaign and one for none", items)
	}
	file := s.get(api + "/feedback.csv?by=campaign").want(http.StatusOK)
	if !strings.HasPrefix(file.header.Get("Content-Type"), "text/csv") || !strings.Contains(string(file.body), "Spring,1,true,1,1,") {
		t.Errorf("got %s", file.body)
	}
	s.get(api+"/feedback?from=2030-01-01T00:00:00Z").problem(http.StatusUnprocessableEntity, "invalid")
	rows := s.get(api + "/feedback/disagreement").want(http.StatusOK).object()["items"].([]any)
	if len(rows) != 2 || rows[1].(object)["name"] != web.AdminName || rows[1].(object)["decided"] != 1.0 {
		t.Errorf("got %v", rows)
	}
	s.get(api+"/odds-model").problem(http.StatusNotFound, "not-found")
	s.do(http.MethodPost, api+"/odds-model", nil).problem(http.StatusUnprocessableEntity, "invalid")
	profile := s.post("/ideal-profiles", object{"name": "Hotels", "active": true, "criteria": []object{{"field": "industry", "operator": "equals", "values": []string{"hotels"}, "weight": 3}}})
	s.do(http.MethodPost, api+"/ideal-profiles/"+profile["id"].(string)+"/proposals", nil).problem(http.StatusUnprocessableEntity, "invalid")
	preview := s.post("/ideal-profiles/preview", object{"id": profile["id"], "name": "Hotels", "active": true, "criteria": []object{{"field": "industry", "operator": "equals", "values": []string{"banks"}, "weight": 3}}})
	if preview["leads"] == nil || len(preview["grades"].([]any)) != 7 {
		t.Errorf("got %v, want seven grades with none among them", preview)
	}
	s.do(http.MethodPost, api+"/ideal-profiles/preview", object{"name": "Empty", "active": true, "criteria": []object{}}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(http.MethodPut, api+"/lead-score", object{"kinds": []object{{"kind": "form", "points": 40, "half_life_days": 7}}}).want(http.StatusOK)
}

func TestForm(t *testing.T) {
	s := newAdminSite(t, nil)
	form := s.post("/lead-forms", object{"name": "Contact", "campaign": "Site", "active": true, "origins": []string{"https://acme.example"}, "thanks": "https://acme.example/thanks"})
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s.token = "" // a visitor
	send := func(body string, headers ...string) answer {
		return s.do(http.MethodPost, form["path"].(string), body, append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)...)
	}
	a := send("name=Petra&email=petra%40seeblick.example&size=large&employees=40", "Origin", "https://acme.example")
	a.want(http.StatusSeeOther)
	if a.header.Get("Location") != "https://acme.example/thanks" || a.header.Get("Access-Control-Allow-Origin") != "https://acme.example" {
		t.Errorf("got %v", a.header)
	}
	send("name=Bot&email=bot%40x.example&website=http://spam.example").want(http.StatusSeeOther)
	send("name=Petra&email=petra%40seeblick.example&topic=Six+grills").want(http.StatusSeeOther) // again
	send("name=x", "Origin", "https://evil.example").problem(http.StatusForbidden, "cross-origin")
	send("email=nonsense").problem(http.StatusUnprocessableEntity, "invalid")
	send("name="+strings.Repeat("x", 70_000)).problem(http.StatusRequestEntityTooLarge, "too-large")
	send("name=Petra").problem(http.StatusTooManyRequests, "throttled")
	s.do(http.MethodPost, api+"/forms/guessed", "name=x").problem(http.StatusNotFound, "not-found")
	items := s.leads(t)
	if len(items) != 1 || items[0]["source"] != "form" || items[0]["detail"] != "Contact" || items[0]["campaign"] != "Site" || items[0]["fields"].(object)["size"] != "large" || items[0]["employees"] != 40.0 {
		t.Errorf("leads %v: want one, which the spam and the repetition did not double", items)
	}
}

func TestSignedForm(t *testing.T) {
	s := newAdminSite(t, nil)
	form := s.post("/lead-forms", object{"name": "Shop", "active": true, "signed": true})
	hook, err := standardwebhooks.NewWebhook(form["secret"].(string))
	if err != nil {
		t.Fatal(err)
	}
	if items, _ := s.get(api + "/lead-forms").items(); items[0]["secret"] != nil || items[0]["signed"] != true {
		t.Errorf("got %v: want the secret to be told once", items)
	}
	at := api + "/lead-forms/" + form["id"].(string)
	if saved := s.do(http.MethodPut, at, object{"name": "The shop", "active": true, "signed": true}).want(http.StatusOK).object(); saved["secret"] != nil || saved["signed"] != true {
		t.Errorf("saved %v: want the secret kept to itself", saved)
	}
	renewed := s.do(http.MethodPost, at+"/secret", nil).want(http.StatusOK).object()["secret"].(string)
	old := hook
	if hook, err = standardwebhooks.NewWebhook(renewed); err != nil {
		t.Fatal(err)
	}
	page := s.post("/lead-forms", object{"name": "Page", "active": true})
	s.do(http.MethodPost, api+"/lead-forms/"+page["id"].(string)+"/secret", nil).problem(http.StatusConflict, "conflict")
	s.token = ""
	body := `{"name": "Petra", "email": "petra@seeblick.example", "employees": 40}`
	deliver := func(at time.Time, signed string) answer {
		signature, err := hook.Sign("msg", at, []byte(signed))
		if err != nil {
			t.Fatal(err)
		}
		return s.do(http.MethodPost, form["path"].(string), body, "webhook-id", "msg", "webhook-timestamp", stamp(at), "webhook-signature", signature)
	}
	deliver(time.Now(), "another").problem(http.StatusUnauthorized, "signature")
	deliver(time.Now().Add(-time.Hour), body).problem(http.StatusUnauthorized, "signature")
	hook, old = old, hook
	deliver(time.Now(), body).problem(http.StatusUnauthorized, "signature") // with the secret from before
	hook = old
	deliver(time.Now(), body).want(http.StatusNoContent)
	if items := s.leads(t); len(items) != 1 {
		t.Errorf("got %v", items)
	}
}

// leads are what an administrator sees.
func (s *site) leads(t *testing.T) []map[string]any {
	t.Helper()
	admin := *s
	var err error
	if admin.token, err = web.AddToken(t.Context(), s.db, web.AdminName, "again", time.Time{}, time.Now()); err != nil {
		t.Fatal(err)
	}
	items, _ := admin.get(api + "/leads?sort=queue").items()
	return items
}

func stamp(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

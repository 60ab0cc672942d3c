package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// contact makes a contact and returns its id.
func (s *site) contact(first, last string) string {
	s.t.Helper()
	return s.do(http.MethodPost, api+"/contacts", map[string]string{"first_name": first, "last_name": last}).want(http.StatusCreated).object()["id"].(string)
}

func TestContacts(t *testing.T) {
	s := newAdminSite(t, nil)
	a := s.do(http.MethodPost, api+"/contacts", map[string]string{"first_name": "Anna", "last_name": "Müller", "company": "Acme", "email": "anna@acme.example"}).want(http.StatusCreated)
	c := a.object()
	id := c["id"].(string)
	if c["name"] != "Anna Müller" || a.header.Get("ETag") != `"1"` || len(c["profiles"].([]any)) != 0 || len(c["links"].([]any)) != 0 {
		t.Errorf("got %s, ETag %s", a.body, a.header.Get("ETag"))
	}
	s.contact("Bert", "Zander")
	if items, _ := s.get(api + "/contacts").items(); len(items) != 2 || items[0]["id"] != id {
		t.Errorf("got %v, want both by name", items)
	}
	if items, _ := s.get(api + "/contacts?q=mueller").items(); len(items) != 1 || items[0]["id"] != id {
		t.Errorf("got %v, want Müller", items)
	}
	if items, next := s.get(api + "/contacts?limit=1").items(); len(items) != 1 || next == "" {
		t.Errorf("got %v, next %q: want one and a cursor", items, next)
	}

	put := func(body map[string]string, headers ...string) answer {
		return s.do(http.MethodPut, api+"/contacts/"+id, body, headers...)
	}
	a = put(map[string]string{"last_name": "Meier"}, "If-Match", `"1"`).want(http.StatusOK)
	if got := a.object(); got["name"] != "Meier" || got["company"] != "" || a.header.Get("ETag") != `"2"` {
		t.Errorf("got %s, ETag %s", a.body, a.header.Get("ETag"))
	}
	put(map[string]string{"last_name": "Huber"}, "If-Match", `"1"`).problem(http.StatusPreconditionFailed, "changed")
	put(map[string]string{"last_name": "Huber"}, "If-Match", `nonsense`).problem(http.StatusPreconditionFailed, "changed")
	put(map[string]string{"last_name": "Huber"}).want(http.StatusOK)
	put(map[string]string{}).problem(http.StatusUnprocessableEntity, "invalid")
	put(map[string]string{"last_name": "Huber", "email": "nonsense"}).problem(http.StatusUnprocessableEntity, "invalid")
	p := put(map[string]string{"last_name": "Huber", "account_id": "none"}).problem(http.StatusUnprocessableEntity, "invalid")
	if where := p["errors"].([]any)[0].(map[string]any)["location"]; where != "body.account_id" {
		t.Errorf("got location %v, want body.account_id", where)
	}

	s.do(http.MethodDelete, api+"/contacts/"+id, nil).want(http.StatusNoContent)
	for method, body := range map[string]any{"GET": nil, "DELETE": nil, "PUT": map[string]string{"last_name": "X"}} {
		s.do(method, api+"/contacts/"+id, body).problem(http.StatusNotFound, "not-found")
	}
	s.get(api+"/contacts/"+id+"/timeline").problem(http.StatusNotFound, "not-found")
	s.get(api+"/contacts?cursor=nonsense").problem(http.StatusUnprocessableEntity, "invalid")
}

func TestProfiles(t *testing.T) {
	s := newAdminSite(t, nil)
	path := api + "/contacts/" + s.contact("Anna", "Beispiel")
	add := func(profile string) answer {
		return s.do(http.MethodPost, path+"/profiles", map[string]string{"profile": profile})
	}
	p := add("https://bsky.app/profile/anna.bsky.social").want(http.StatusCreated).object()
	if p["network"] != "bluesky" || p["handle"] != "anna.bsky.social" {
		t.Errorf("got %v", p)
	}
	if got := s.get(path).want(http.StatusOK).object()["profiles"].([]any); len(got) != 1 {
		t.Errorf("got %v, want the profile", got)
	}
	add("bluesky:anna.bsky.social").problem(http.StatusConflict, "conflict")
	add("nonsense").problem(http.StatusUnprocessableEntity, "invalid")
	s.do(http.MethodPost, api+"/contacts/none/profiles", map[string]string{"profile": "x:anna"}).problem(http.StatusNotFound, "not-found")
	s.do(http.MethodDelete, path+"/profiles/"+p["id"].(string), nil).want(http.StatusNoContent)
	s.do(http.MethodDelete, path+"/profiles/"+p["id"].(string), nil).problem(http.StatusNotFound, "not-found")
}

func TestLinksAndTimeline(t *testing.T) {
	s := newAdminSite(t, nil)
	acme, anna, bert := s.monitor("Acme"), s.contact("Anna", "Beispiel"), s.contact("Bert", "Zander")
	s.hear(heard{post: "p1", author: "a1", monitor: acme, text: "first", at: noon.Add(-time.Hour)})
	s.hear(heard{post: "p2", author: "a1", monitor: acme, text: "second"})
	decide := func(contact, decision string) answer {
		return s.do(http.MethodPost, api+"/links", map[string]string{"author_id": "a1", "contact_id": contact, "decision": decision})
	}
	link := decide(anna, "confirmed").want(http.StatusOK).object()
	if link["decision"] != "confirmed" || link["author"].(map[string]any)["handle"] != "a1.example" || link["decided_by"] == "matcher" {
		t.Errorf("got %v", link)
	}
	items, _ := s.get(api + "/contacts/" + anna + "/timeline").items()
	if len(items) != 2 || items[0]["post_id"] != "p2" {
		t.Fatalf("got %v, want both posts, the newest first", items)
	}
	if m := items[1]["mention"].(map[string]any); m["text"] != "first" || m["contact"].(map[string]any)["id"] != anna {
		t.Errorf("got mention %v", m)
	}
	if items, next := s.get(api + "/contacts/" + anna + "/timeline?limit=1").items(); len(items) != 1 || next == "" {
		t.Errorf("got %d items, next %q: want one and a cursor", len(items), next)
	}
	detail := s.get(api + "/contacts/" + anna).want(http.StatusOK).object()
	if len(detail["links"].([]any)) != 1 || detail["touches"] != 2.0 || detail["last_touch_at"] != "2026-03-02T12:00:00Z" {
		t.Errorf("got %v", detail)
	}
	decide(bert, "confirmed").problem(http.StatusConflict, "conflict")
	decide(anna, "rejected").want(http.StatusOK)
	if items, _ := s.get(api + "/contacts/" + anna + "/timeline").items(); len(items) != 0 {
		t.Errorf("got %v after the link was rejected, want none", items)
	}
	decide("none", "confirmed").problem(http.StatusNotFound, "not-found")
	decide(anna, "maybe").problem(http.StatusUnprocessableEntity, "invalid")
}

func TestAccounts(t *testing.T) {
	s := newAdminSite(t, nil)
	var acme crm.Account
	err := s.db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
		acme, err = crm.CreateAccount(t.Context(), tx, crm.Account{Name: "Acme", Domain: "acme.example"}, crm.Change{By: "user-1", At: noon, Access: crm.System()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	items, _ := s.get(api + "/accounts").items()
	if len(items) != 1 || items[0]["domain"] != "acme.example" {
		t.Errorf("got %v", items)
	}
	if got := s.get(api + "/accounts/" + acme.ID).want(http.StatusOK); got.object()["name"] != "Acme" || got.header.Get("ETag") != `"1"` {
		t.Errorf("got %s", got.body)
	}
	s.get(api+"/accounts/none").problem(http.StatusNotFound, "not-found")
}

func TestLeads(t *testing.T) {
	s := newAdminSite(t, nil)
	acme := s.monitor("Acme")
	s.hear(heard{post: "p1", author: "a1", monitor: acme, text: "where can I buy this?", intent: "purchase"})
	insert := `INSERT INTO leads (id, milestone, topic, name, company, email, contact_id, source, post_id, author_id, monitor_id, open_key,
		version, created_at, updated_at) VALUES ($1, $2, 'buy', 'Anna', '', '', '', 'mention', $3, $4, $5, NULL, 1, $6, 0)`
	s.exec(insert, "l1", "unqualified", "p1", "a1", acme, noon.UnixMilli())
	s.exec(insert, "l2", "disqualified", "gone", "gone", "gone", noon.Add(-time.Hour).UnixMilli())
	items, _ := s.get(api + "/leads").items()
	if len(items) != 2 || items[0]["id"] != "l1" {
		t.Fatalf("got %v, want both, the newest first", items)
	}
	l := items[0]
	if l["monitor"] != "Acme" || l["post"].(map[string]any)["text"] != "where can I buy this?" || l["author"].(map[string]any)["id"] != "a1" {
		t.Errorf("got %v", l)
	}
	if items[1]["post"] != nil || items[1]["author"] != nil || items[1]["monitor"] != "" {
		t.Errorf("got %v, want neither post nor author of what is gone", items[1])
	}
	if items, _ := s.get(api + "/leads?milestone=disqualified").items(); len(items) != 1 || items[0]["id"] != "l2" {
		t.Errorf("got %v, want l2", items)
	}
	move := func(to string, headers ...string) answer {
		return s.do(http.MethodPatch, api+"/leads/l1", map[string]string{"milestone": to}, headers...)
	}
	a := move("marketing-qualified", "If-Match", `"1"`).want(http.StatusOK)
	if a.object()["milestone"] != "marketing-qualified" || a.header.Get("ETag") != `"2"` {
		t.Errorf("got %s, ETag %s", a.body, a.header.Get("ETag"))
	}
	move("sales-qualified", "If-Match", `"1"`).problem(http.StatusPreconditionFailed, "changed")
	move("sales-accepted").problem(http.StatusUnprocessableEntity, "invalid")
	move("bought").problem(http.StatusUnprocessableEntity, "invalid")
	s.get(api+"/leads/none").problem(http.StatusNotFound, "not-found")
	s.do(http.MethodPatch, api+"/leads/none", map[string]string{"milestone": "recycled"}).problem(http.StatusNotFound, "not-found")
	s.get(api+"/leads?milestone=bought").problem(http.StatusUnprocessableEntity, "invalid")
	if got := s.get(api + "/leads/l1").want(http.StatusOK).object(); got["version"] != 2.0 {
		t.Errorf("got %v", got)
	}
}

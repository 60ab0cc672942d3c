package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/web"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// A campaign from its making to what it brought, through the API.
func TestCampaign(t *testing.T) {
	s := newAdminSite(t, nil)
	c := s.post("/campaigns", object{"name": "Spring fair", "kind": "classic", "status": "active", "budget": object{"amount": 900_00, "currency": "EUR"}, "fields": object{}})
	if c["owner_name"] != web.AdminName || c["cost"].(object)["currency"] != "EUR" || c["monitor_ids"] == nil {
		t.Errorf("got %v", c)
	}
	id := c["id"].(string)
	path := api + "/campaigns/" + id
	s.do(http.MethodPost, api+"/campaigns", object{"name": "SPRING FAIR", "kind": "classic"}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(http.MethodPost, api+"/campaigns", object{"name": "x", "kind": "viral"}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(http.MethodPut, path, object{"name": "Spring fair", "kind": "classic", "status": "active", "cost": object{"amount": 1000_00, "currency": "EUR"}}, "If-Match", `"1"`).want(http.StatusOK)
	s.do(http.MethodPut, path, object{"name": "Spring fair", "kind": "classic"}, "If-Match", `"1"`).problem(http.StatusPreconditionFailed, "changed")
	anna := s.post("/contacts", object{"first_name": "Anna", "last_name": "Vogt", "email": "anna@vogt.example"})
	got := s.do(http.MethodPost, path+"/responses", object{"email": "ANNA@vogt.example", "response": "registered", "channel": "event"}, "Idempotency-Key", "k1").want(http.StatusCreated).object()
	if a := got["activity"].(object); a["record_id"] != anna["id"] || a["campaign_id"] != id || a["response"] != "registered" {
		t.Errorf("got %v", got)
	}
	if got = s.do(http.MethodPost, path+"/responses", object{"email": "anna@vogt.example"}, "Idempotency-Key", "k1").want(http.StatusCreated).object(); got["known"] != true {
		t.Errorf("told again: %v", got)
	}
	s.do(http.MethodPost, path+"/responses", object{}).problem(http.StatusUnprocessableEntity, "invalid")
	file := "email,name,response,at\npetra@seeblick.example,=Petra,requested,2026-03-01\n=HYPERLINK(1),x,opened,2026-03-01\n"
	dry := s.do(http.MethodPost, path+"/responses/import?dry_run=true&channel=portal", file, "Content-Type", "text/csv").want(http.StatusOK).object()
	if dry["created"] != 1.0 || dry["refused"] != 1.0 || !strings.Contains(dry["errors"].(string), "'=HYPERLINK(1),x,opened,2026-03-01,3,email,") {
		t.Errorf("got %v", dry)
	}
	if items, _ := s.get(path + "/responses").items(); len(items) != 1 || items[0]["record_name"] != "Anna Vogt" {
		t.Errorf("got %v", items)
	}
	if taken := s.do(http.MethodPost, path+"/responses/import?channel=portal", file, "Content-Type", "text/csv").want(http.StatusOK).object(); taken["opened"] != 1.0 {
		t.Errorf("got %v", taken)
	}
	s.do(http.MethodPost, path+"/responses/import", strings.Repeat("x", 5<<20), "Content-Type", "text/csv").problem(http.StatusRequestEntityTooLarge, "too-large")
	s.do(http.MethodPost, path+"/responses/import", "a,b\n", "Content-Type", "text/csv").problem(http.StatusUnprocessableEntity, "invalid")
	r := s.get(path + "/results").want(http.StatusOK).object()
	if r["members"] != 2.0 || r["leads"].(object)["leads"] != 1.0 || r["cost_per_lead"].(object)["amount"] != 1000_00.0 || r["return"] != -1.0 {
		t.Errorf("got %v", r)
	}
	leads, _ := s.get(api + "/leads?campaign=" + id).items()
	if len(leads) != 1 || leads[0]["campaign"] != "Spring fair" || leads[0]["campaign_id"] != id || leads[0]["name"] != "=Petra" {
		t.Errorf("got %v", leads)
	}
	view := s.get(api + "/contacts/" + anna["id"].(string) + "/360").want(http.StatusOK).object()["campaigns"].([]any)
	if len(view) != 1 || view[0].(object)["campaign_id"] != id || view[0].(object)["responses"] != 1.0 {
		t.Errorf("her view: %v", view)
	}
	found := s.get(api + "/search?q=spring&types=campaign").want(http.StatusOK).object()["groups"].([]any)
	if g := found[0].(object); g["type"] != "campaign" || g["hits"].([]any)[0].(object)["id"] != id {
		t.Errorf("got %v", found)
	}
	s.get(path+"x").problem(http.StatusNotFound, "not-found")
	s.get(path+"x/results").problem(http.StatusNotFound, "not-found")
}

func TestCampaignHook(t *testing.T) {
	s := newAdminSite(t, nil)
	id := s.post("/campaigns", object{"name": "Portal", "kind": "classic", "status": "active"})["id"].(string)
	opened := s.do(http.MethodPut, api+"/campaigns/"+id+"/hook", nil).want(http.StatusOK).object()
	if c := s.get(api + "/campaigns/" + id).want(http.StatusOK).object(); c["hook"].(object)["secret"] != nil || c["hook"].(object)["path"] != opened["path"] {
		t.Errorf("got %v: want the secret to be told once", c["hook"])
	}
	hook, err := standardwebhooks.NewWebhook(opened["secret"].(string))
	if err != nil {
		t.Fatal(err)
	}
	admin := s.token
	s.token = ""
	deliver := func(msg string, at time.Time, body, signed string) answer {
		signature, err := hook.Sign(msg, at, []byte(signed))
		if err != nil {
			t.Fatal(err)
		}
		return s.do(http.MethodPost, opened["path"].(string), body, "webhook-id", msg, "webhook-timestamp", stamp(at), "webhook-signature", signature)
	}
	outcomes := func(a answer) (all []string) {
		items, _ := a.items()
		for _, i := range items {
			all = append(all, i["outcome"].(string))
		}
		return all
	}
	list := `[{"email": "petra@seeblick.example", "name": "Petra", "response": "requested", "channel": "portal"}, {"email": "nobody@x.example", "response": "opened"}, {"response": "liked", "name": "x"}]`
	if got := fmt.Sprint(outcomes(deliver("m1", time.Now(), list, list))); got != "[taken refused refused]" {
		t.Errorf("got %s", got)
	}
	if got := fmt.Sprint(outcomes(deliver("m1", time.Now(), list, list))); got != "[known refused refused]" {
		t.Errorf("delivered again: %s", got)
	}
	one := `{"email": "petra@seeblick.example", "response": "attended"}`
	if got := fmt.Sprint(outcomes(deliver("m2", time.Now(), one, one))); got != "[taken]" {
		t.Errorf("got %s", got)
	}
	deliver("m3", time.Now(), "nonsense", "nonsense").problem(http.StatusBadRequest, "malformed")
	deliver("m3", time.Now(), "[]", "[]").problem(http.StatusUnprocessableEntity, "invalid")
	many, _ := json.Marshal(make([]object, 201))
	deliver("m3", time.Now(), string(many), string(many)).problem(http.StatusUnprocessableEntity, "invalid")
	large := strings.Repeat(" ", 300<<10)
	deliver("m3", time.Now(), large, large).problem(http.StatusRequestEntityTooLarge, "too-large")
	s.do(http.MethodPost, api+"/campaign-responses/guessed", one).problem(http.StatusNotFound, "not-found")
	deliver("m4", time.Now().Add(-time.Hour), one, one).problem(http.StatusUnauthorized, "signature")
	for range 4 {
		deliver("m4", time.Now(), one, "another").problem(http.StatusUnauthorized, "signature")
	}
	deliver("m4", time.Now(), one, "another").problem(http.StatusTooManyRequests, "throttled")
	s.token = admin
	s.do(http.MethodDelete, api+"/campaigns/"+id+"/hook", nil).want(http.StatusNoContent)
	s.do(http.MethodDelete, api+"/campaigns/"+id+"/hook", nil).problem(http.StatusNotFound, "not-found")
	deliver("m5", time.Now(), one, one).problem(http.StatusNotFound, "not-found")
}

// An idea campaign finds what was said already, and its ideas go their way.
func TestIdeas(t *testing.T) {
	s := newAdminSite(t, nil)
	monitor := s.monitor("Oak")
	s.hear(heard{post: "p1", author: "ada", monitor: monitor, text: "Sit better on an oak chair from the Black Forest #oakidea", at: noon.Add(-2 * time.Hour)})
	s.hear(heard{post: "p2", author: "bob", monitor: monitor, text: "sit better on an oak chair from the black forest! #OakIdea", at: noon.Add(-time.Hour)})
	s.hear(heard{post: "p3", author: "cyd", monitor: monitor, text: "A chair that folds into a ladder, please #oakidea.", at: noon.Add(-time.Hour)})
	s.hear(heard{post: "p4", author: "dan", monitor: monitor, text: "nothing to do with it", at: noon.Add(-time.Hour)})
	s.do(http.MethodPost, api+"/campaigns", object{"name": "x", "kind": "idea"}).problem(http.StatusUnprocessableEntity, "invalid")
	id := s.post("/campaigns", object{"name": "Oak ideas", "kind": "idea", "status": "active", "hashtag": "#oakidea", "seeks": "slogan", "monitor_ids": []string{monitor}})["id"].(string)
	path := api + "/campaigns/" + id + "/ideas"
	board := s.get(path).want(http.StatusOK).object()
	groups := board["items"].([]any)
	if len(groups) != 2 || board["statuses"].(object)["new"] != 2.0 {
		t.Fatalf("got %v", board)
	}
	first := groups[0].(object) // two posts with 7 likes each
	idea := first["first"].(object)
	if first["support"].(object)["score"] != 14.0 || idea["kind"] != "slogan" || idea["mention"].(object)["post_id"] != "p1" || len(first["others"].([]any)) != 1 {
		t.Errorf("got %v", first)
	}
	at := api + "/ideas/" + idea["id"].(string)
	s.do(http.MethodPatch, at, object{"status": "chosen"}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(http.MethodPatch, at, object{"status": "rejected"}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(http.MethodPatch, at, object{"status": "shortlisted", "title": "Sit better"}, "If-Match", `"1"`).want(http.StatusOK)
	s.do(http.MethodPatch, at, object{"status": "chosen"}).want(http.StatusOK)
	thanks := s.get(at + "/thanks").want(http.StatusOK).object()
	if text := thanks["text"].(string); !strings.HasPrefix(text, "@ada.example Thank you for your idea for Oak ideas!") || !strings.Contains(text, "We chose it") || thanks["url"] != "https://bsky.app/x" {
		t.Errorf("got %v", thanks)
	}
	got := s.do(http.MethodPatch, at, object{"status": "thanked"}).want(http.StatusOK).object()
	if got["chosen_at"] == nil || got["thanked_at"] == nil {
		t.Errorf("got %v", got)
	}
	other := first["others"].([]any)[0].(object)["id"].(string)
	if got = s.get(api + "/ideas/" + other).want(http.StatusOK).object(); got["status"] != "chosen" {
		t.Errorf("the same words of another author: %v", got["status"])
	}
	s.do(http.MethodPatch, api+"/ideas/"+other, object{"alone": true}).want(http.StatusOK)
	if groups = s.get(path).want(http.StatusOK).object()["items"].([]any); len(groups) != 3 {
		t.Errorf("got %d groups", len(groups))
	}
	if groups = s.get(path + "?status=thanked").want(http.StatusOK).object()["items"].([]any); len(groups) != 1 {
		t.Errorf("got %d groups", len(groups))
	}
	if r := s.get(api + "/campaigns/" + id + "/results").want(http.StatusOK).object(); r["social"].(object)["authors"] != 4.0 || r["ideas"].(object)["new"] != 1.0 {
		t.Errorf("got %v", r)
	}
}

func TestAdvocatesAndCritics(t *testing.T) {
	s := newAdminSite(t, nil)
	monitor, other := s.monitor("Oak"), s.monitor("Chairs")
	for i, h := range []heard{{author: "fan", polarity: "positive", intent: "recommendation"}, {author: "fan", polarity: "positive"}, {author: "once", polarity: "positive"},
		{author: "torn", polarity: "positive"}, {author: "torn", polarity: "negative"}, {author: "foe", polarity: "negative", intent: "complaint"}} {
		h.post, h.monitor, h.text, h.at = fmt.Sprint("p", i), monitor, "about oak", noon.Add(-time.Hour)
		s.hear(h)
	}
	s.exec("INSERT INTO mentions (post_id, monitor_id, author_id, posted_at, part, reach, language, polarity, score, confidence, intent) SELECT post_id, $1, author_id, posted_at, 0, 42, 'en', polarity, 0, 1, intent FROM mentions", other)
	id := s.post("/campaigns", object{"name": "Oak", "kind": "social", "status": "active", "monitor_ids": []string{monitor, other}})["id"].(string)
	names := func(path string) (all []string) {
		items, _ := s.get(api + path).items()
		for _, i := range items {
			all = append(all, fmt.Sprint(i["author"].(object)["id"], " ", i["posts"]))
		}
		return all
	}
	for path, want := range map[string]string{
		"/monitors/" + monitor + "/people":                            "[fan 2 once 1]",
		"/monitors/" + monitor + "/people?side=critics":               "[foe 1]",
		"/campaigns/" + id + "/people":                                "[fan 2 once 1]",
		"/campaigns/" + id + "/people?side=critics":                   "[foe 1]",
		"/monitors/" + monitor + "/people?limit=1":                    "[fan 2]",
		"/monitors/" + monitor + "/people?until=2026-01-01T00:00:00Z": "[]",
	} {
		if got := fmt.Sprint(names(path)); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	s.get(api+"/monitors/nobody/people").problem(http.StatusNotFound, "not-found")
	s.get(api+"/monitors/"+monitor+"/people?side=both").problem(http.StatusUnprocessableEntity, "invalid")
}

// What recommends the brand becomes a lead or a reference in one step.
func TestRecommendations(t *testing.T) {
	s := newAdminSite(t, nil)
	monitor := s.monitor("Oak")
	anna := s.post("/contacts", object{"first_name": "Anna", "last_name": "Vogt", "relationship": "customer"})
	for _, a := range []string{"ada", "bob", "cyd"} {
		s.hear(heard{post: "of-" + a, author: a, monitor: monitor, text: "Buy oak, it is worth it", polarity: "positive", intent: "recommendation", at: noon.Add(-time.Hour)})
	}
	s.exec(`INSERT INTO links (author_id, contact_id, decision, probability, evidence, basis, explanation, reason, decided_by, decided_at, version, model, proposed, rank)
		VALUES ('ada', $1, 'confirmed', 1, '[]', 'given', '', '', 'u', 0, 1, '', '', 0)`, anna["id"])
	items, _ := s.get(api + "/recommendations/waiting").items()
	suggested := map[string]any{}
	for _, i := range items {
		suggested[i["mention"].(object)["post_id"].(string)] = i["suggestion"]
	}
	if len(items) != 3 || suggested["of-ada"] != "reference" || suggested["of-bob"] != "lead" {
		t.Fatalf("got %v", suggested)
	}
	r := s.post("/recommendations", object{"post_id": "of-ada", "became": "reference", "note": "met her at the fair"})
	if r["state"] != "open" || r["contact_name"] != "Anna Vogt" || r["task_id"] == "" || r["lead_id"] != "" {
		t.Errorf("got %v", r)
	}
	tasks, _ := s.get(api + "/activities?open=true&record=" + anna["id"].(string)).items()
	if len(tasks) != 1 || tasks[0]["subject"] != "Ask Name of ada for a reference" {
		t.Errorf("got %v", tasks)
	}
	s.do(http.MethodPatch, api+"/recommendations/"+r["id"].(string), object{"state": "given"}, "If-Match", `"1"`).want(http.StatusOK)
	if tasks, _ = s.get(api + "/activities?open=true&record=" + anna["id"].(string)).items(); len(tasks) != 0 {
		t.Errorf("still to do: %v", tasks)
	}
	s.do(http.MethodPost, api+"/recommendations", object{"post_id": "of-ada", "became": "lead"}).problem(http.StatusConflict, "conflict")
	lead := s.post("/recommendations", object{"post_id": "of-bob", "became": "lead"})
	got := s.get(api + "/leads/" + lead["lead_id"].(string)).want(http.StatusOK).object()
	if got["source"] != "mention" || got["rule"] != "recommendation" || got["name"] != "Name of bob" {
		t.Errorf("got %v", got)
	}
	s.post("/recommendations", object{"post_id": "of-cyd", "became": "nothing"})
	if items, _ = s.get(api + "/recommendations/waiting").items(); len(items) != 0 {
		t.Errorf("still waiting: %v", items)
	}
	if items, _ = s.get(api + "/recommendations?became=reference&state=given").items(); len(items) != 1 || items[0]["note"] != "met her at the fair" {
		t.Errorf("got %v", items)
	}
	s.do(http.MethodPost, api+"/recommendations", object{"post_id": "nobody", "became": "lead"}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(http.MethodPatch, api+"/recommendations/"+lead["id"].(string), object{"state": "given"}).problem(http.StatusUnprocessableEntity, "invalid")
}

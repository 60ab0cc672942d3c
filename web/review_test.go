package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/web"
)

// suggest saves what the matcher would propose.
func (s *site) suggest(author, contact string, decision crm.Decision, probability float64) {
	s.t.Helper()
	err := s.db.Update(s.t.Context(), func(tx *sqldb.Tx) error {
		_, err := crm.SaveLinks(s.t.Context(), tx, []string{author}, []crm.Link{{AuthorID: author, ContactID: contact, Decision: decision, Probability: probability,
			Evidence:    json.RawMessage(`[{"field":"name","level":"same name","author_value":"A","contact_value":"A","bits":10}]`),
			Explanation: json.RawMessage(`{"model":"m1","prior_bits":-14,"bits":2,"beyond_name_bits":1,"runner_up":{"contact_id":"` + contact + `","behind_bits":4},"sentence":"Suggested."}`),
			Model:       "m1", Basis: crm.BasisInterest}}, crm.Change{By: crm.ByMatcher, At: noon, Access: crm.System()})
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestReview(t *testing.T) {
	acme := ""
	s := newAdminSite(t, func(o *web.Options) {
		o.Storms = func(context.Context) ([]crm.Storm, error) {
			return []crm.Storm{{MonitorID: acme, Since: noon.Add(-time.Hour)}}, nil
		}
	})
	acme = s.monitor("Acme")
	anna, bert := s.contact("Anna", "Beispiel"), s.contact("Bert", "Zander")
	for i, author := range []string{"a1", "a2", "a3"} {
		s.hear(heard{post: "p" + author, author: author, monitor: acme, text: "hello from " + author, at: noon.Add(-time.Duration(i) * 2 * time.Hour)})
	}
	s.suggest("a1", anna, crm.Suggested, 0.4)
	s.suggest("a2", anna, crm.Suggested, 0.8)
	s.suggest("a3", bert, crm.Suggested, 0.9)
	if n, err := crm.RankReview(t.Context(), s.db, []crm.Storm{{MonitorID: acme, Since: noon.Add(-time.Hour)}}, noon); n != 3 || err != nil {
		t.Fatalf("ranked %d (%v), want 3", n, err)
	}
	items, _ := s.get(api + "/review").items()
	if len(items) != 3 || items[0]["author_id"] != "a1" || items[1]["author_id"] != "a3" {
		t.Fatalf("got %v, want who spoke in the incident first, then the more probable", items)
	}
	first := items[0]
	if !strings.Contains(fmt.Sprint(first["stakes"]), "open incident") || first["contact"].(map[string]any)["name"] != "Anna Beispiel" ||
		first["account"].(map[string]any)["network"] != "bluesky" || len(first["posts"].([]any)) != 1 || first["explanation"].(map[string]any)["prior_bits"] != -14.0 {
		t.Errorf("got %v", first)
	}
	seen := map[any]bool{}
	for cursor, pages := "", 0; pages == 0 || cursor != ""; pages++ {
		page, next := s.get(api + "/review?limit=1&cursor=" + cursor).items()
		for _, l := range page {
			seen[l["author_id"]] = true
		}
		if cursor = next; pages > 5 {
			t.Fatal("the pages do not end")
		}
	}
	if len(seen) != 3 {
		t.Errorf("page by page gave %v, want all three", seen)
	}
	if items, _ := s.get(api + "/review?min=0.85").items(); len(items) != 1 || items[0]["author_id"] != "a3" {
		t.Errorf("got %v, want a3", items)
	}
	if items, _ := s.get(api + "/review?network=mastodon").items(); len(items) != 0 {
		t.Errorf("got %v, want none", items)
	}
	s.get(api+"/review?queue=all").problem(http.StatusUnprocessableEntity, "invalid")
	s.get(api+"/review?cursor=bm8").problem(http.StatusUnprocessableEntity, "invalid")

	decide := func(author, contact, decision string, headers ...string) answer {
		return s.do(http.MethodPost, api+"/links", map[string]string{"author_id": author, "contact_id": contact, "decision": decision, "reason": "met her"}, headers...)
	}
	decide("a1", anna, "confirmed", "If-Match", `"7"`).problem(http.StatusPreconditionFailed, "changed")
	decided := decide("a1", anna, "confirmed", "If-Match", `"1"`).want(http.StatusOK).object()
	decide("a1", anna, "rejected", "If-Match", `"1"`).problem(http.StatusPreconditionFailed, "changed") // two people at once
	decide("a2", anna, "unsure").want(http.StatusOK)
	summary := s.get(api + "/review/summary").want(http.StatusOK).object()
	if summary["waiting"] != 1.0 || summary["unsure"] != 1.0 {
		t.Errorf("got %v, want one of each", summary)
	}
	if items, _ := s.get(api + "/review?queue=unsure").items(); len(items) != 1 {
		t.Errorf("got %v, want the one that was unsure", items)
	}
	undo := func(event string) answer {
		return s.do(http.MethodPost, api+"/links/undo", map[string]string{"event": event})
	}
	event := decided["event"].(string)
	if back, _ := undo(event).items(); len(back) != 1 || back[0]["decision"] != "suggested" || back[0]["decided_by"] != "matcher" {
		t.Errorf("got %v, want the suggestion back", back)
	}
	undo(event).problem(http.StatusConflict, "conflict")
	undo("none").problem(http.StatusNotFound, "not-found")
	if items, _ := s.get(api + "/contacts/" + anna + "/timeline").items(); len(items) != 0 {
		t.Errorf("got %v, want no touch after the undo", items)
	}
	log, _ := s.get(api + "/audit?record=a1/" + anna).items()
	if len(log) != 3 || log[1]["reason"] != "met her" || log[1]["actor_name"] != "admin" || log[2]["actor"] != "matcher" {
		t.Errorf("got %v, want match, decide and undo", log)
	}
}

func TestPrecision(t *testing.T) {
	s := newAdminSite(t, nil)
	acme, anna := s.monitor("Acme"), s.contact("Anna", "Beispiel")
	held, right := 0, 0
	for i := range 60 {
		author := fmt.Sprintf("a%d", i)
		s.hear(heard{post: "p" + author, author: author, monitor: acme, text: "x"})
		s.suggest(author, anna, crm.Suggested, 0.6)
		decision := []string{"confirmed", "rejected"}[min(1, i%3)]
		s.do(http.MethodPost, api+"/links", map[string]string{"author_id": author, "contact_id": anna, "decision": decision}).want(http.StatusOK)
		if crm.HeldOut(author, anna) {
			held++
			if decision == "confirmed" {
				right++
			}
		}
	}
	p := s.get(api + "/matching/precision").want(http.StatusOK).object()
	if p["labels"] != 60.0 || p["held_out"] != float64(held) {
		t.Errorf("got %v, want 60 labels, %d held out", p, held)
	}
	band := p["bands"].([]any)[3].(map[string]any)
	if band["labels"] != float64(held) || band["right"] != float64(right) || band["low"].(float64) >= band["precision"].(float64) || band["high"].(float64) <= band["precision"].(float64) {
		t.Errorf("got %v, want %d of %d right within the interval", band, right, held)
	}
	if none := p["bands"].([]any)[0].(map[string]any); none["precision"] != nil || none["low"] != 0.0 || none["high"] != 1.0 {
		t.Errorf("got %v, want nothing known of a band without labels", none)
	}
}

func TestMatchingSettings(t *testing.T) {
	s := newAdminSite(t, nil)
	acme, anna := s.monitor("Acme"), s.contact("Anna", "Beispiel")
	s.hear(heard{post: "p1", author: "a1", monitor: acme, text: "x"})
	s.suggest("a1", anna, crm.Suggested, 0.6)
	a := s.get(api + "/matching/settings").want(http.StatusOK)
	settings := a.object()
	if settings["automatic"] != 0.985 || a.header.Get("ETag") != `"0"` || fmt.Sprint(settings["probability_off_on"]) != "[x]" {
		t.Errorf("got %v", settings)
	}
	body := map[string]any{"automatic": 0.9995, "review": 0.4, "beyond_name": 4, "runner_up": 11, "probability_off": false, "probability_off_on": []string{"bluesky"}}
	save := func(headers ...string) answer {
		return s.do(http.MethodPut, api+"/matching/settings", body, headers...)
	}
	if got := save("If-Match", `"0"`).want(http.StatusOK).object(); got["version"] != 1.0 || got["updated_by"] != "admin" {
		t.Errorf("got %v", got)
	}
	save("If-Match", `"0"`).problem(http.StatusPreconditionFailed, "changed")
	if got := s.get(api + "/review/summary").want(http.StatusOK).object(); got["waiting"] != 0.0 {
		t.Errorf("got %v: want what rests on probability gone from a network where it is off", got)
	}
	body["automatic"] = 0.5
	save().problem(http.StatusUnprocessableEntity, "invalid")

	job := func() answer { return s.do(http.MethodPost, api+"/matching/jobs", map[string]string{"kind": "refit"}) }
	job().want(http.StatusAccepted)
	job().problem(http.StatusConflict, "conflict")
	if jobs, _ := s.get(api + "/matching/jobs").items(); len(jobs) != 1 || jobs[0]["state"] != "requested" {
		t.Errorf("got %v", jobs)
	}
	err := s.db.Update(t.Context(), func(tx *sqldb.Tx) error {
		return crm.SaveModel(t.Context(), tx, crm.MatchModel{ID: "m2", Parameters: json.RawMessage(`{}`), Preview: crm.ModelPreview{Links: 3, Confirm: 1}}, crm.Change{By: crm.ByRule, At: noon, Access: crm.System()})
	})
	if err != nil {
		t.Fatal(err)
	}
	activate := func(id string) answer {
		return s.do(http.MethodPost, api+"/matching/models/"+id+"/activate", map[string]string{})
	}
	if models, _ := activate("m2").items(); len(models) != 1 || models[0]["active"] != true || models[0]["preview"].(map[string]any)["confirm"] != 1.0 {
		t.Errorf("got %v", models)
	}
	if models, _ := activate("built-in").items(); models[0]["active"] != false {
		t.Errorf("got %v, want it off", models)
	}
	activate("none").problem(http.StatusNotFound, "not-found")
}

func TestMerge(t *testing.T) {
	s := newAdminSite(t, nil)
	anna, double := s.contact("Anna", "Beispiel"), s.contact("Anna", "Beispiel-Vogt")
	if p := s.get(api + "/contacts/" + anna + "/merge?loser=" + double).want(http.StatusOK).object(); p["proposed"] != true || fmt.Sprint(p["differing"]) != "[last_name]" {
		t.Errorf("got %v", p)
	}
	merge := func(into, loser string, headers ...string) answer {
		return s.do(http.MethodPost, api+"/contacts/"+into+"/merge", map[string]any{"loser_id": loser, "reason": "one person"}, headers...)
	}
	merge(anna, anna).problem(http.StatusUnprocessableEntity, "invalid")
	merge(anna, "none").problem(http.StatusNotFound, "not-found")
	merge("none", anna).problem(http.StatusNotFound, "not-found")
	merge(anna, double, "If-Match", `"9"`).problem(http.StatusPreconditionFailed, "changed")
	m := merge(anna, double, "If-Match", `"1"`).want(http.StatusCreated).object()
	if m["merged_by"] != "admin" || m["loser"].(map[string]any)["name"] != "Anna Beispiel-Vogt" {
		t.Errorf("got %v", m)
	}
	if p := s.get(api+"/contacts/"+double).problem(http.StatusNotFound, "not-found"); !strings.Contains(p["detail"].(string), anna) {
		t.Errorf("got %v: want it to say where the contact is", p)
	}
	merge(double, anna).problem(http.StatusNotFound, "not-found")
	if items, _ := s.get(api + "/merges?contact=" + anna).items(); len(items) != 1 {
		t.Errorf("got %v", items)
	}
	unmerge := func() answer {
		return s.do(http.MethodPost, api+"/merges/"+m["id"].(string)+"/unmerge", map[string]string{"reason": "two people"})
	}
	unmerge().want(http.StatusOK)
	unmerge().problem(http.StatusConflict, "conflict")
	s.get(api + "/contacts/" + double).want(http.StatusOK)

	err := s.db.Update(t.Context(), func(tx *sqldb.Tx) error {
		return crm.SaveDuplicates(t.Context(), tx, []crm.Duplicate{{AID: anna, BID: double, Probability: 0.9, FoundAt: noon}})
	})
	if err != nil {
		t.Fatal(err)
	}
	if items, _ := s.get(api + "/duplicates").items(); len(items) != 1 || items[0]["winner"].(map[string]any)["id"] != anna {
		t.Errorf("got %v", items)
	}
	s.do(http.MethodPost, api+"/duplicates/dismiss", map[string]string{"a_id": double, "b_id": anna}).want(http.StatusNoContent)
	if items, _ := s.get(api + "/duplicates").items(); len(items) != 0 {
		t.Errorf("got %v, want it dismissed", items)
	}
}

func TestAuthorGroups(t *testing.T) {
	s := newAdminSite(t, nil)
	acme, anna, bert := s.monitor("Acme"), s.contact("Anna", "Beispiel"), s.contact("Bert", "Zander")
	s.do(http.MethodPut, api+"/contacts/"+bert, map[string]string{"last_name": "Zander", "relationship": "customer"}).want(http.StatusOK)
	for i, author := range []string{"stranger", "contact", "customer", "lead"} {
		for j := range i + 1 {
			s.hear(heard{post: fmt.Sprint(author, j), author: author, monitor: acme, text: "x", polarity: "negative", at: noon.Add(-time.Minute)})
		}
	}
	for author, contact := range map[string]string{"contact": anna, "customer": bert} {
		s.do(http.MethodPost, api+"/links", map[string]string{"author_id": author, "contact_id": contact, "decision": "confirmed"}).want(http.StatusOK)
	}
	s.exec(`INSERT INTO leads (id, milestone, topic, name, company, email, contact_id, source, post_id, author_id, monitor_id, open_key,
		version, created_at, updated_at) VALUES ('l1', 'unqualified', '', '', '', '', '', 'mention', '', 'lead', '', 'k', 1, 0, 0)`)
	counts := s.get(api + "/authors/groups?monitor=" + acme).want(http.StatusOK).object()["groups"].([]any)
	got := ""
	for _, c := range counts {
		g := c.(map[string]any)
		got += fmt.Sprintf("%v %v/%v/%v ", g["group"], g["authors"], g["mentions"], g["negative"])
	}
	if want := "customers 1/3/3 contacts 1/2/2 leads 1/4/4 unknown 1/1/1 "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for group, n := range map[string]int{"customers": 3, "contacts": 2, "leads": 4, "unknown": 1} {
		if items, _ := s.get(api + "/mentions?group=" + group).items(); len(items) != n {
			t.Errorf("%s: got %d mentions, want %d", group, len(items), n)
		}
		if items, _ := s.get(api + "/authors?group=" + group).items(); len(items) != 1 || items[0]["group"] != group {
			t.Errorf("%s: got %v", group, items)
		}
	}
	if a := s.get(api + "/authors/customer").want(http.StatusOK).object(); a["contact"].(map[string]any)["id"] != bert {
		t.Errorf("got %v", a)
	}
	s.get(api+"/authors/none").problem(http.StatusNotFound, "not-found")
	s.get(api+"/authors?group=friends").problem(http.StatusUnprocessableEntity, "invalid")
}

func TestDeclarations(t *testing.T) {
	s := newAdminSite(t, nil)
	acme, anna := s.monitor("Acme"), s.contact("Anna", "Beispiel")
	s.hear(heard{post: "p1", author: "a1", monitor: acme, text: "x"})
	declare := func(body map[string]string) answer {
		return s.do(http.MethodPost, api+"/links/declarations", body)
	}
	declare(map[string]string{"author_id": "a1", "contact_id": anna, "method": "rel-me", "detail": "x"}).problem(http.StatusUnprocessableEntity, "invalid")
	declare(map[string]string{"author_id": "none", "contact_id": anna, "method": "oauth", "detail": "x"}).problem(http.StatusNotFound, "not-found")
	declare(map[string]string{"author_id": "a1", "contact_id": anna, "method": "oauth", "basis": "consent", "detail": "signed in on 2 March"}).want(http.StatusCreated)
	if items, _ := s.get(api + "/contacts/" + anna + "/verifications").items(); len(items) != 1 || items[0]["state"] != "verified" {
		t.Errorf("got %v", items)
	}
	if link := s.get(api + "/contacts/" + anna).object()["links"].([]any)[0].(map[string]any); link["basis"] != "consent" || link["decision"] != "confirmed" {
		t.Errorf("got %v", link)
	}
}

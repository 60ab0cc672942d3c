package web_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/web"
)

// withoutVersion are the operations that save without asking which version was loaded, and why.
var withoutVersion = map[string]string{
	"set-my-password": "one's own, and nobody is shown it: it takes the one before",
	"set-my-address":  "one's own, and it takes one's password",
	"set-follow":      "one's own, and whole",
}

// A saving is how one operation is tried: where, and with what. Bodies of different n save something
// different.
type saving struct {
	path string
	body func(n int) any
	undo func() answer // takes back what is done once; nil: it can be done again
}

// Whatever is saved with PUT or PATCH is saved in the version that was loaded: with an old one it is
// refused and stays as it is, with the right one it gets the next, and of two at once one is refused.
// An operation that is neither tried here nor excepted above fails the test.
func TestEverySaveHonoursItsVersion(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db, nil)
		s.addAdmin()
		token, err := web.AddToken(t.Context(), db, web.AdminName, "tests", time.Time{}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		s.token = token
		all := s.savings()
		for path, item := range s.document().Paths {
			for method, op := range item {
				if method != "put" && method != "patch" {
					continue
				}
				one, tried := all[op.OperationID]
				if _, excepted := withoutVersion[op.OperationID]; excepted == tried {
					t.Errorf("%s %s (%s): want it either in savings() or, with the reason, in withoutVersion", method, path, op.OperationID)
					continue
				}
				if tried {
					t.Run(op.OperationID, func(t *testing.T) { s.saves(t, strings.ToUpper(method), one, item["get"].OperationID != "") })
				}
				delete(all, op.OperationID)
			}
		}
		for id := range all {
			t.Errorf("savings() has %s, which is no operation that saves", id)
		}
	})
}

// saves tries one operation; gets says that the same address can be read.
func (s *site) saves(t *testing.T, method string, one saving, gets bool) {
	t.Helper()
	n := -1
	next := func() any { n++; return one.body(n) }
	save := func(body any, tag ...string) answer {
		if len(tag) > 0 {
			return s.do(method, api+one.path, body, "If-Match", tag[0])
		}
		return s.do(method, api+one.path, body)
	}
	saved := func(body any, tag ...string) string {
		t.Helper()
		got := tagOf(t, save(body, tag...))
		if one.undo != nil {
			got = tagOf(t, one.undo())
		}
		return got
	}
	first := saved(next())
	second := saved(next(), first)
	if second == first {
		t.Errorf("the ETag %s stays after a change", first)
	}
	body := next()
	save(body, first).problem(http.StatusPreconditionFailed, "changed")
	save(body, `"77777777777"`).problem(http.StatusPreconditionFailed, "changed")
	third := saved(body, second) // what was refused has changed nothing
	if got := s.get(api + one.path).header.Get("ETag"); gets && got != "" && got != third {
		t.Errorf("GET gives the ETag %s, want %s, the last save's", got, third)
	}
	body = next()
	codes := make([]int, 2)
	var both sync.WaitGroup
	for i := range codes {
		both.Go(func() { codes[i] = save(body, third).code })
	}
	both.Wait()
	slices.Sort(codes)
	if codes[0] >= 300 || codes[1] != http.StatusPreconditionFailed {
		t.Errorf("two at once get %v: want one done and the other 412", codes)
	}
}

func tagOf(t *testing.T, a answer) string {
	t.Helper()
	tag := a.header.Get("ETag")
	if a.code >= 300 || tag == "" {
		t.Fatalf("got %d with the ETag %q: want it done, with one; body: %s", a.code, tag, a.body)
	}
	return tag
}

// savings are one of everything that can be saved.
func (s *site) savings() map[string]saving {
	s.t.Helper()
	all := make(map[string]saving)
	s.savedSettings(all)
	s.savedPeople(all)
	s.savedRecords(all)
	s.savedSales(all)
	s.savedMarketing(all)
	s.savedListening(all)
	return all
}

// made is the id of something new.
func (s *site) made(path string, body any) string {
	s.t.Helper()
	return s.post(path, body)["id"].(string)
}

// fields are bodies that differ in one field.
func fields(field string, rest object) func(int) any {
	return func(n int) any {
		body := maps.Clone(rest)
		body[field] = fmt.Sprintf("%s %d", field, n)
		return body
	}
}

// turns are bodies of one field that has these values by turns.
func turns[T any](field string, rest object, values ...T) func(int) any {
	return func(n int) any {
		body := maps.Clone(rest)
		body[field] = values[n%len(values)]
		return body
	}
}

// listed is a document with a list, whose first item differs in a field.
func (s *site) listed(path, list, field string, value func(n int) any) saving {
	s.t.Helper()
	items := s.get(api + path).want(http.StatusOK).object()[list].([]any)
	return saving{path: path, body: func(n int) any {
		items[0].(object)[field] = value(n)
		return object{list: items}
	}}
}

func (s *site) savedSettings(all map[string]saving) {
	s.t.Helper()
	word := func(n int) any { return fmt.Sprintf("word %d", n) }
	number := func(n int) any { return n + 1 }
	all["save-credit-rules"] = s.listed("/credit/rules", "parts", "name", word)
	all["save-milestones"] = s.listed("/milestones", "milestones", "guidance", word)
	all["save-lead-score"] = s.listed("/lead-score", "kinds", "points", number)
	settings := s.get(api + "/matching/settings").object()
	all["save-match-settings"] = saving{path: "/matching/settings", body: turns("review", object{"automatic": settings["automatic"], "beyond_name": settings["beyond_name"],
		"runner_up": settings["runner_up"], "probability_off": false, "probability_off_on": []string{}}, 0.5, 0.6)}
	all["set-my-notices"] = saving{path: "/me/notices", body: turns("hour", object{"delivery": object{}, "time_zone": "UTC"}, 7, 8)}
	kept := s.get(api + "/privacy/retention").object()["rules"].([]any)[0].(object)["type"].(string)
	all["set-retention"] = saving{path: "/privacy/retention/" + kept, body: turns("days", object{}, 700, 800)}
	all["save-reason"] = saving{path: "/reasons/lost/price", body: fields("label", object{"active": true})}
	all["save-role"] = saving{path: "/roles/tested", body: fields("label", object{})}
	process := s.post("/processes", object{"name": "Approval", "enabled": false, "stages": []object{{"name": "Approve", "probability": 50}}})
	all["save-process"] = saving{path: "/processes/" + process["id"].(string), body: fields("name", object{"enabled": false, "stages": process["stages"]})}
	all["update-field"] = saving{path: "/fields/" + s.made("/fields", object{"record_type": "contact", "name": "shoe", "kind": "text"}), body: turns("position", object{}, 1, 2)}
	all["update-webhook"] = saving{path: "/webhooks/" + s.made("/webhooks", object{"name": "ERP", "url": "https://erp.example/hook"}), body: fields("name", object{"url": "https://erp.example/hook"})}
}

func (s *site) savedPeople(all map[string]saving) {
	s.t.Helper()
	user := func(name string) string {
		s.t.Helper()
		return s.post("/users", object{"name": name})["user"].(object)["id"].(string)
	}
	unit := s.made("/units", object{"name": "North", "parent_id": "company"})
	all["update-unit"] = saving{path: "/units/" + unit, body: fields("name", object{"parent_id": "company"})}
	all["update-team"] = saving{path: "/teams/" + s.made("/teams", object{"name": "Sales", "members": []string{}}), body: fields("name", object{"members": []string{}})}
	all["update-user"] = saving{path: "/users/" + user("anna"), body: turns("email", object{}, "anna@acme.example", "a@acme.example")}
	all["disable-user"] = saving{path: "/users/" + user("bert") + "/disabled", body: turns("disabled", object{}, true, false)}
	all["set-roles"] = saving{path: "/users/" + user("carl") + "/roles", body: turns("roles", object{}, []string{"sales-rep"}, []string{"marketing"})}
	all["set-unit"] = saving{path: "/users/" + user("dora") + "/unit", body: turns("unit_id", object{}, unit, "")}
	leaver := user("emil")
	account := s.made("/accounts", object{"name": "Handed over"})
	s.do(http.MethodPut, api+"/accounts/"+account+"/owner", object{"owner_id": leaver}).want(http.StatusNoContent)
	all["choose-receiver"] = saving{path: "/handovers/" + s.made("/handovers", object{"user_id": leaver, "reason": "leaves"}) + "/receivers",
		body: turns("receiver_id", object{}, s.userID("anna"), s.userID("dora"))}
}

func (s *site) savedRecords(all map[string]saving) {
	s.t.Helper()
	account := s.made("/accounts", object{"name": "Acme"})
	contact := s.made("/contacts", object{"last_name": "Ober"})
	lead := s.made("/leads", object{"name": "Lena", "topic": "grill"})
	sale := s.made("/opportunities", object{"name": "Grills"})
	all["update-account"] = saving{path: "/accounts/" + account, body: fields("name", object{})}
	all["update-contact"] = saving{path: "/contacts/" + contact, body: fields("last_name", object{})}
	all["update-lead"] = saving{path: "/leads/" + lead, body: fields("topic", object{"name": "Lena"})}
	all["update-opportunity"] = saving{path: "/opportunities/" + sale, body: fields("name", object{})}
	owners := turns("owner_id", object{}, s.userID("anna"), s.userID(web.AdminName))
	all["assign-account"] = saving{path: "/accounts/" + account + "/owner", body: owners}
	all["assign-contact"] = saving{path: "/contacts/" + contact + "/owner", body: owners}
	all["assign-lead"] = saving{path: "/leads/" + lead + "/owner", body: owners}
	all["assign-opportunity"] = saving{path: "/opportunities/" + sale + "/owner", body: owners}
	moved := s.made("/leads", object{"name": "Mona", "topic": "oven"})
	all["move-lead"] = saving{path: "/leads/" + moved, body: func(n int) any {
		if n%2 == 0 {
			return object{"milestone": "disqualified", "reason": "no-need"}
		}
		return object{"milestone": "unqualified"}
	}}
	all["update-activity"] = saving{path: "/activities/" + s.made("/activities", object{"kind": "note", "record_type": "contact", "record_id": contact, "subject": "x"}), body: fields("subject", object{})}
	region := s.region()
	territory := s.made("/territories", object{"name": "Germany", "enabled": true, "criteria": []object{{"dimension_id": region, "values": []string{"de"}}}})
	all["update-territory"] = saving{path: "/territories/" + territory, body: fields("name", object{"enabled": true})}
	all["pin-territory"] = saving{path: "/records/account/" + account + "/territories", body: fields("reason", object{"territory_id": territory})}
	dimension := s.post("/dimensions", object{"name": "Industry", "fields": []object{{"name": "company", "from": []string{"lead.company"}}}, "values": []object{{"id": "hotels", "label": "Hotels"}}})
	all["update-dimension"] = saving{path: "/dimensions/" + dimension["id"].(string), body: fields("name", object{"fields": dimension["fields"], "values": dimension["values"]})}
	goal := object{"subject_type": "user", "subject_id": s.userID(web.AdminName), "metric": "opportunities-opened", "period": "2026"}
	first := maps.Clone(goal)
	first["target"] = 1
	all["update-goal"] = saving{path: "/goals/" + s.made("/goals", first), body: turns("target", goal, 2, 3)}
}

func (s *site) savedSales(all map[string]saving) {
	s.t.Helper()
	all["update-product"] = saving{path: "/products/" + s.made("/products", object{"code": "G-1", "name": "Grill"}), body: fields("name", object{"code": "G-1"})}
	prices := object{"currency": "EUR", "prices": object{}}
	list := maps.Clone(prices)
	list["name"] = "2026"
	all["update-price-list"] = saving{path: "/price-lists/" + s.made("/price-lists", list), body: fields("name", prices)}
	all["save-quote-template"] = saving{path: "/quote-templates/" + s.made("/quote-templates", object{"name": "Ours", "language": "en"}), body: fields("name", object{"language": "en"})}
	lines := []object{{"text": "Grill", "quantity": 1000, "price": 4711}}
	quote := s.made("/quotes", object{"opportunity_id": s.made("/opportunities", object{"name": "Quoted"}), "currency": "EUR", "lines": lines})
	all["update-quote"] = saving{path: "/quotes/" + quote, body: fields("notes", object{"currency": "EUR", "lines": lines})}
}

func (s *site) savedMarketing(all map[string]saving) {
	s.t.Helper()
	campaign := s.made("/campaigns", object{"name": "Spring", "kind": "idea", "hashtag": "#oakidea"})
	all["update-campaign"] = saving{path: "/campaigns/" + campaign, body: fields("name", object{"kind": "idea", "hashtag": "#oakidea"})}
	all["open-campaign-hook"] = saving{path: "/campaigns/" + s.made("/campaigns", object{"name": "Portal", "kind": "classic"}) + "/hook", body: func(int) any { return nil }}
	s.exec(`INSERT INTO ideas (id, version, created_at, updated_at, campaign_id, post_id, author_id, group_id, kind, status, title, reason, posted_at, likes, shares, replies, chosen_at, thanked_at)
		VALUES ('idea-1', 1, 0, 0, $1, '', '', 'idea-1', 'name', 'new', 'Oak', '', 0, 0, 0, 0, 0, 0)`, campaign)
	all["change-idea"] = saving{path: "/ideas/idea-1", body: fields("title", object{})}
	s.exec(`INSERT INTO recommendations (id, version, created_at, updated_at, post_id, author_id, campaign_id, contact_id, lead_id, task_id, became, state, note)
		VALUES ('recommendation-1', 1, 0, 0, '', '', '', '', '', '', 'reference', 'open', '')`)
	all["answer-reference"] = saving{path: "/recommendations/recommendation-1", body: fields("note", object{"state": "asked"})}
	ideal := object{"active": true, "criteria": []object{{"field": "industry", "operator": "equals", "values": []string{"hotels"}, "weight": 3}}}
	described := maps.Clone(ideal)
	described["name"] = "Hotels"
	all["save-ideal-profile"] = saving{path: "/ideal-profiles/" + s.made("/ideal-profiles", described), body: fields("name", ideal)}
	all["save-lead-form"] = saving{path: "/lead-forms/" + s.made("/lead-forms", object{"name": "Site", "active": true}), body: fields("name", object{"active": true})}
}

func (s *site) savedListening(all map[string]saving) {
	s.t.Helper()
	acme := s.monitor("Acme")
	all["update-monitor"] = saving{path: "/monitors/" + acme, body: fields("name", object{"kind": "own", "query": "acme"})}
	rule := s.made("/mention-rules", object{"monitor_id": acme, "name": "Loud", "kind": "influential_author", "followers": 50_000})
	all["update-mention-rule"] = saving{path: "/mention-rules/" + rule, body: fields("name", object{"kind": "influential_author", "followers": 50_000})}
	for _, id := range []string{"assigned", "silenced", "labelled", "merged", "one", "other"} {
		s.incident(id, acme, "firestorm", "open", time.Hour)
	}
	all["assign-incident"] = saving{path: "/incidents/assigned/assignee", body: turns("user", object{}, "anna", web.AdminName)}
	all["silence-incident"] = saving{path: "/incidents/silenced/silence", body: turns("until", object{}, noon.Add(time.Hour), noon.Add(2*time.Hour))}
	all["label-incident"] = saving{path: "/incidents/labelled/label", body: turns("label", object{}, "right", "false_alarm")}
	merge := "/incidents/merged/merge"
	all["merge-incident"] = saving{path: merge, body: turns("into", object{}, "one", "other"), undo: func() answer { return s.do(http.MethodDelete, api+merge, nil) }}
}

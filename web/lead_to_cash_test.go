package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/web"
)

// post sends a body and wants it taken.
func (s *site) post(path string, body any) map[string]any {
	s.t.Helper()
	a := s.do(http.MethodPost, api+path, body)
	if a.code != http.StatusCreated {
		a.want(http.StatusOK)
	}
	return a.object()
}

// closed wants a gate to be closed, and these things missing.
func (s *site) closed(path string, body any, want ...string) {
	s.t.Helper()
	p := s.do(http.MethodPost, api+path, body).problem(http.StatusConflict, "gate-closed")
	var got []string
	for _, e := range p["errors"].([]any) {
		got = append(got, strings.TrimPrefix(e.(map[string]any)["location"].(string), "gate."))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("%s misses (-want +got):\n%s", path, diff)
	}
}

type object = map[string]any

// The way from a post to the paid invoice (docs/lead-to-cash.md): every gate is refused once and then met.
func TestLeadToCash(t *testing.T) {
	s := newAdminSite(t, nil)
	monitor := s.monitor("Brennwald")
	s.hear(heard{post: "p1", author: "a1", monitor: monitor, text: "How much are six grills?", intent: "purchase", at: noon})
	s.exec(`INSERT INTO leads (id, milestone, topic, name, company, email, contact_id, source, post_id, author_id, monitor_id, open_key, version, created_at, updated_at)
		VALUES ('lead', 'unqualified', 'Six grills', 'Petra Wegener', 'Hotel Seeblick', 'petra@seeblick.example', '', 'mention', 'p1', 'a1', $1, 'author:a1', 1, 0, 0)`, monitor)
	mark, anna := s.person("mark", "marketing"), s.person("anna", "sales-rep")
	s.hotels(anna.userID("anna"), mark.userID("mark"))
	s.qualify(mark, "lead")

	// A second pair of eyes has to see every discount.
	s.do(http.MethodPut, api+"/roles/sales-manager", object{"label": "Sales manager"}).want(http.StatusOK)
	approval := s.post("/processes", object{"name": "Quote approval", "enabled": false, "stages": []object{{"name": "Approve", "probability": 50, "gate": object{"approval": "sales-manager"}}}})
	s.post("/processes", object{"name": "Hotels", "enabled": true, "rank": 5, "when": `account.name == "Hotel Seeblick"`, "stages": []object{
		{"name": "Qualify", "probability": 20, "gate": object{"fields": []string{"expected_close"}, "tasks": true}, "tasks": []object{{"subject": "Call them", "due_days": 1}}},
		{"name": "Propose", "probability": 60, "forecast": "commit", "gate": object{"processes": []any{approval["id"]}, "expression": "opportunity.amount.amount > 0", "message": "there is no quote yet"}},
		{"name": "Hand over", "phase": "won", "tasks": []object{{"subject": "Ask for a reference", "due_days": 60}}},
	}})

	o := s.post("/leads/lead/accept", object{"account": true})
	path := "/opportunities/" + o["id"].(string)
	if o["stage"] != "Qualify" || o["process_name"] != "Hotels" || o["lead_id"] != "lead" || o["need"] != "Six grills for the terrace" || o["account_id"] == "" || o["contact_id"] == "" {
		t.Fatalf("got %v", o)
	}
	s.do(http.MethodPost, api+"/leads/lead/accept", object{}).problem(http.StatusUnprocessableEntity, "invalid") // once only

	task := o["tasks"].([]any)[0].(object)
	s.closed(path+"/advance", nil, "field.expected_close", "task."+task["id"].(string))
	anna.post("/activities", object{"kind": "meeting", "record_type": "opportunity", "record_id": o["id"], "subject": "Saw the terrace"})
	anna.do(http.MethodPut, api+path+"/follow", object{"kinds": []string{"close", "payment"}}).want(http.StatusOK)
	s.do(http.MethodPatch, api+"/activities/"+task["id"].(string), object{"done": true}).want(http.StatusOK)
	s.do(http.MethodPut, api+path, object{"name": o["name"], "need": o["need"], "account_id": o["account_id"], "contact_id": o["contact_id"],
		"expected_close": noon.AddDate(0, 1, 0).Format(time.RFC3339)}).want(http.StatusOK)
	if o = s.post(path+"/advance", nil); o["stage"] != "Propose" || o["odds"].(object)["percent"] != 60.0 {
		t.Fatalf("got %v", o)
	}

	grill := s.post("/products", object{"code": "G-1", "name": "Grill Horizont", "unit": "pc", "tax": 1900, "active": true})
	list := s.post("/price-lists", object{"name": "2026", "currency": "EUR", "prices": object{grill["id"].(string): 129_900}})
	q := s.post("/quotes", object{"opportunity_id": o["id"], "currency": "EUR", "price_list_id": list["id"], "discount": 500,
		"lines": []object{{"product_id": grill["id"], "quantity": 6000}, {"text": "Delivery", "quantity": 1000, "price": 19_900, "tax": 1900}}})
	if q["number"] != "Q-2026-0001" || q["sums"].(object)["net"] != 759_335.0 { // (6 × 1,299.00 + 199.00) less 5 %
		t.Fatalf("got %v", q)
	}
	s.post("/quotes/"+q["id"].(string)+"/send", nil)
	s.closed(path+"/close", object{"state": "won", "reason": "quality"}, "process."+approval["id"].(string))
	s.post(path+"/processes", object{"process_id": approval["id"]})
	s.closed(path+"/processes/"+approval["id"].(string)+"/advance", nil, "approval.sales-manager")
	s.approveAsManager(path, approval["id"].(string))
	s.post(path+"/processes/"+approval["id"].(string)+"/advance", nil)

	s.do(http.MethodPost, api+"/orders", object{"quote_id": q["id"]}).problem(http.StatusUnprocessableEntity, "invalid") // not accepted yet
	s.post("/quotes/"+q["id"].(string)+"/decide", object{"accepted": true})
	won := s.post(path+"/close", object{"state": "won", "reason": "quality"})
	if won["state"] != "won" || won["stage"] != "Hand over" || won["amount"].(object)["amount"] != 759_335.0 || len(won["tasks"].([]any)) != 1 {
		t.Fatalf("got %v", won)
	}

	order := s.post("/orders", object{"quote_id": q["id"]})
	s.do(http.MethodPost, api+"/orders", object{"quote_id": q["id"]}).problem(http.StatusConflict, "conflict")
	first := s.post("/invoices", object{"order_id": order["id"], "quantities": object{"0": 2000}})
	s.do(http.MethodPost, api+"/invoices", object{"order_id": order["id"], "quantities": object{"0": 5000}}).problem(http.StatusUnprocessableEntity, "invalid")
	rest := s.post("/invoices", object{"order_id": order["id"]})
	s.do(http.MethodPost, api+"/invoices", object{"order_id": order["id"]}).problem(http.StatusUnprocessableEntity, "invalid")
	if numbers := []any{first["number"], rest["number"]}; !slices.Equal(numbers, []any{"I-2026-0001", "I-2026-0002"}) {
		t.Errorf("got numbers %v, want them without a gap", numbers)
	}
	net := first["sums"].(object)["net"].(float64) + rest["sums"].(object)["net"].(float64)
	if net != 759_335 {
		t.Errorf("the invoices come to %v, the order to 759335", net)
	}
	pay := func(invoice object, amount float64, currency string) answer {
		return s.do(http.MethodPost, api+"/invoices/"+invoice["id"].(string)+"/payments", object{"amount": object{"amount": amount, "currency": currency}})
	}
	due := rest["due"].(float64)
	pay(rest, due, "CHF").problem(http.StatusUnprocessableEntity, "invalid")
	pay(rest, due+1, "EUR").problem(http.StatusUnprocessableEntity, "invalid")
	pay(rest, due-1, "EUR").want(http.StatusCreated)
	pay(rest, 1, "EUR").want(http.StatusCreated)
	if paid := s.get(api + "/invoices/" + rest["id"].(string)).want(http.StatusOK).object(); paid["state"] != "paid" || paid["due"] != 0.0 || len(paid["payments"].([]any)) != 2 {
		t.Errorf("got %v", paid)
	}
	s.do(http.MethodPost, api+"/invoices/"+rest["id"].(string)+"/cancel", object{"reason": "x"}).problem(http.StatusUnprocessableEntity, "invalid")
	items, _ := s.get(api + "/forecast?group=stage").items()
	if len(items) != 1 || items[0]["won"] != 759_335.0 {
		t.Errorf("forecast %v: want what was won", items)
	}
	s.told(anna, path)
	s.credited(path, monitor)
	mark.reported(due)
}

// qualify leads a lead to sales-qualified, which demands a personal contact, the need and until when:
// refused, and then met.
func (s *site) qualify(mark *site, lead string) {
	s.t.Helper()
	plan := s.get(api + "/milestones").want(http.StatusOK).object()
	plan["milestones"].([]any)[2].(object)["entry"] = object{"activities": []string{"call", "meeting"}, "expression": `lead.need != "" && lead.time_frame != ""`,
		"message": "need and time frame are not known"}
	s.do(http.MethodPut, api+"/milestones", object{"milestones": plan["milestones"]}, "If-Match", `"1"`).want(http.StatusOK)
	s.do(http.MethodPut, api+"/milestones", object{"milestones": plan["milestones"]}, "If-Match", `"1"`).problem(http.StatusPreconditionFailed, "changed")
	path := api + "/leads/" + lead
	move := func(to string) answer { return s.do(http.MethodPatch, path, object{"milestone": to}) }
	mark.do(http.MethodPatch, path, object{"milestone": "marketing-qualified"}).want(http.StatusOK)
	var missing []string
	for _, e := range move("sales-qualified").problem(http.StatusConflict, "gate-closed")["errors"].([]any) {
		missing = append(missing, e.(object)["message"].(string))
	}
	if diff := cmp.Diff([]string{"no call or meeting with them is noted", "need and time frame are not known"}, missing); diff != "" {
		s.t.Errorf("missing (-want +got):\n%s", diff)
	}
	s.post("/activities", object{"kind": "call", "record_type": "lead", "record_id": lead, "subject": "Talked to Petra"})
	l := s.get(path).want(http.StatusOK).object()
	fields := object{"need": "Six grills for the terrace", "time_frame": "before the season"}
	for _, name := range []string{"topic", "name", "company", "email"} {
		fields[name] = l[name]
	}
	l = s.do(http.MethodPut, path, fields).want(http.StatusOK).object()
	if r := l["rating"].(object); r["score"].(float64) < 20 || r["reason"] == "" {
		s.t.Errorf("rating %v: want the mention and the call to count", r)
	}
	move("sales-qualified").want(http.StatusOK)
}

// approveAsManager lets a second person approve: the owner cannot.
func (s *site) approveAsManager(path, process string) {
	s.t.Helper()
	body := object{"role": "sales-manager", "process_id": process}
	s.do(http.MethodPost, api+path+"/approvals", body).problem(http.StatusUnprocessableEntity, "invalid") // without the role
	s.do(http.MethodPut, api+"/users/"+s.userID(web.AdminName)+"/roles", object{"roles": []string{"administrator", "sales-manager"}}).want(http.StatusOK)
	s.do(http.MethodPost, api+path+"/approvals", body).problem(http.StatusUnprocessableEntity, "invalid") // their own
	s.do(http.MethodPut, api+"/users/nobody/roles", object{"roles": []string{}}).problem(http.StatusNotFound, "not-found")
	s.person("maria", "sales-manager").do(http.MethodPost, api+path+"/approvals", body).want(http.StatusOK)
}

// userID is the id of the user of a name.
func (s *site) userID(name string) (id string) {
	s.t.Helper()
	if err := s.db.QueryRow(s.t.Context(), "SELECT id FROM users WHERE name = $1", name).Scan(&id); err != nil {
		s.t.Fatal(err)
	}
	return id
}

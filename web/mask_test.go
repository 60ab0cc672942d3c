package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/web"
)

// onlooker is somebody whose role reads and changes everything but for what is masked; mask gives the
// role other masks: TYPE.FIELD, with ! where it is shown and cannot be changed.
func (s *site) onlooker(grants ...object) (olga *site, mask func(fields ...string)) {
	s.t.Helper()
	if len(grants) == 0 {
		grants = []object{{"type": "*", "action": "*", "level": "all"}}
	}
	olga = s.person("olga", "onlooker")
	mask = func(fields ...string) {
		s.t.Helper()
		masks := []object{}
		for _, f := range fields {
			kind, field, _ := strings.Cut(strings.TrimSuffix(f, "!"), ".")
			masks = append(masks, object{"type": kind, "field": field, "hidden": !strings.HasSuffix(f, "!")})
		}
		s.do(http.MethodPut, api+"/roles/onlooker", object{"label": "Onlooker", "grants": grants, "masks": masks}).want(http.StatusOK)
	}
	mask()
	return olga, mask
}

// text is what an answer says.
func (s *site) text(path string) string {
	s.t.Helper()
	return string(s.get(api + path).want(http.StatusOK).body)
}

func TestMaskedLeads(t *testing.T) {
	s := newAdminSite(t, nil)
	account := s.post("/accounts", object{"name": "Eventküche Nord"})["id"].(string)
	contact := s.post("/contacts", object{"last_name": "Lorenz", "account_id": account})["id"].(string)
	lead := s.post("/leads", object{"name": "David Lorenz", "email": "david@secret.example", "company": "Secret company", "need": "Secret need", "contact_id": contact, "account_id": account})["id"].(string)
	olga, mask := s.onlooker()
	paths := []string{"/leads/" + lead, "/leads", "/contacts/" + contact + "/360", "/accounts/" + account + "/360", "/audit?type=lead&record=" + lead, "/search?q=david"}
	for _, path := range paths[:5] {
		if !strings.Contains(olga.text(path), "ecret need") {
			t.Errorf("%s: nothing is masked, and no need is shown", path)
		}
	}
	mask("lead.email", "lead.company", "lead.need")
	for _, path := range paths {
		if got := olga.text(path); strings.Contains(strings.ToLower(got), "secret") || !strings.Contains(got, "David Lorenz") {
			t.Errorf("%s: %s", path, got)
		}
	}
}

// A field of the company's own is masked as any other.
func TestMaskedOwnFields(t *testing.T) {
	s := newAdminSite(t, nil)
	for _, name := range []string{"salary", "hobby"} {
		s.post("/fields", object{"record_type": "contact", "name": name, "kind": "text"})
	}
	id := s.post("/contacts", object{"last_name": "Lorenz", "fields": object{"salary": "90000", "hobby": "chess"}})["id"].(string)
	olga, mask := s.onlooker()
	save := func(fields object) answer {
		return olga.do(http.MethodPut, api+"/contacts/"+id, object{"last_name": "Lorenz", "fields": fields})
	}
	own := func() any { return s.get(api + "/contacts/" + id).object()["fields"] }

	mask("contact.salary")
	for _, path := range []string{"/contacts/" + id, "/contacts", "/contacts/" + id + "/360", "/audit?type=contact&record=" + id} {
		if got := olga.text(path); strings.Contains(got, "90000") || !strings.Contains(got, "chess") {
			t.Errorf("%s: %s", path, got)
		}
	}
	olga.get(api+"/contacts?field=salary:90000").problem(http.StatusForbidden, "forbidden")
	if found, _ := olga.get(api + "/contacts?field=hobby:chess").items(); len(found) != 1 {
		t.Errorf("got %v by a field that is shown", found)
	}
	save(object{"salary": "1", "hobby": "chess"}).problem(http.StatusForbidden, "forbidden")
	save(object{"hobby": "go"}).want(http.StatusOK)
	if diff := cmp.Diff(object{"salary": "90000", "hobby": "go"}, own()); diff != "" {
		t.Errorf("what is hidden and left out stays: %s", diff)
	}

	mask("contact.salary!")
	if got := olga.text("/contacts/" + id); !strings.Contains(got, "90000") {
		t.Errorf("what cannot be changed is shown: %s", got)
	}
	save(object{"salary": "1", "hobby": "go"}).problem(http.StatusForbidden, "forbidden")
	save(object{"salary": "90000", "hobby": "chess"}).want(http.StatusOK)
	if diff := cmp.Diff(object{"salary": "90000", "hobby": "chess"}, own()); diff != "" {
		t.Error(diff)
	}
}

// A mask of what no record has would be of no use, and seem to be.
func TestMasksOfNothing(t *testing.T) {
	s := newAdminSite(t, nil)
	s.post("/fields", object{"record_type": "contact", "name": "salary", "kind": "text"})
	for name, c := range map[string]struct {
		kind, field string
		code        int
	}{
		"OK":                {"contact", "email", http.StatusOK},
		"OKOwn":             {"contact", "salary", http.StatusOK},
		"OKSums":            {"invoice", "due", http.StatusOK},
		"NoField":           {"contact", "emial", http.StatusUnprocessableEntity},
		"OwnOfAnother":      {"account", "salary", http.StatusUnprocessableEntity},
		"ID":                {"contact", "id", http.StatusUnprocessableEntity},
		"TypeWithoutFields": {"report", "amount", http.StatusUnprocessableEntity},
	} {
		t.Run(name, func(t *testing.T) {
			s := *s
			s.t = t
			s.do(http.MethodPut, api+"/roles/onlooker", object{"label": "Onlooker", "masks": []object{{"type": c.kind, "field": c.field, "hidden": true}}}).want(c.code)
		})
	}
}

func TestMaskedSums(t *testing.T) {
	s := newAdminSite(t, nil)
	ids := s.guarded()
	olga, mask := s.onlooker()
	mask("quote.sums", "order.sums", "invoice.sums", "invoice.due", "invoice.payments")
	for _, kind := range []string{"quotes", "orders", "invoices"} {
		one := olga.get(api + "/" + kind + "/" + ids[kind]).want(http.StatusOK).object()
		list, _ := olga.get(api + "/" + kind).items()
		for _, got := range append(slices.Clone(list), one) {
			if got["sums"] != nil || got["due"] != nil || got["payments"] != nil || got["number"] == nil {
				t.Errorf("%s: %v", kind, got)
			}
		}
	}
	olga.get(api+"/quotes/"+ids["quotes"]+"/pdf").problem(http.StatusForbidden, "forbidden")
	if got := s.get(api + "/invoices/" + ids["invoices"]).object(); got["due"] == nil || got["payments"] == nil {
		t.Errorf("the administrator sees no sums: %v", got)
	}
}

// An approval tells the amount that it was given for, and whether it counts still.
func TestMaskedApprovals(t *testing.T) {
	s := newAdminSite(t, nil)
	path := "/opportunities/" + s.post("/opportunities", object{"name": "Grills", "amount": object{"amount": 4711, "currency": "EUR"}})["id"].(string)
	s.person("maria", "sales-manager").do(http.MethodPost, api+path+"/approvals", object{"role": "sales-manager"}).want(http.StatusOK)
	olga, mask := s.onlooker()
	given := func() object {
		t.Helper()
		return olga.get(api + path).want(http.StatusOK).object()["approvals"].([]any)[0].(object)
	}
	if got := given(); got["amount"].(object)["amount"] != 4711.0 || got["counts"] != true {
		t.Errorf("nothing is masked: %v", got)
	}
	s.do(http.MethodPut, api+path, object{"name": "Grills", "amount": object{"amount": 4712, "currency": "EUR"}}).want(http.StatusOK)
	mask("opportunity.amount")
	if got := given(); got["amount"] != nil || got["counts"] != false {
		t.Errorf("the amount is masked, and is another: %v", got)
	}
}

// A sum tells what it is of: who is not shown amounts, or not the records, is not told it either.
func TestSumsOfWhatIsHidden(t *testing.T) {
	s := newAdminSite(t, nil)
	ids := s.guarded()
	s.exec("UPDATE opportunities SET state = 'won', closed_at = $1 WHERE id = $2", noon.Add(-time.Hour).UnixMilli(), ids["opportunities"])
	year := noon.Format("2006")
	for _, metric := range []string{"revenue-won", "revenue-invoiced", "opportunities-won"} {
		goal := object{"subject_type": "user", "subject_id": s.userID(web.AdminName), "metric": metric, "period": year, "target": 10_000}
		if metric != "opportunities-won" {
			goal["currency"] = "EUR"
		}
		s.post("/goals", goal)
	}
	reached := func(by *site) string {
		t.Helper()
		goals, _ := by.get(api + "/goals").items()
		var told []string
		for _, g := range goals {
			value := "untold"
			if p, ok := g["progress"].(object); ok {
				value = fmt.Sprint(p["value"])
			}
			told = append(told, g["metric"].(string)+" "+value)
		}
		slices.Sort(told)
		return strings.Join(told, ", ")
	}
	results := "/territory-results"
	olga, mask := s.onlooker()
	if got := olga.text(results); !strings.Contains(got, `"won_for":4711`) || !strings.Contains(got, `"invoiced":4711`) {
		t.Errorf("nothing is masked: %s", got)
	}
	if diff := cmp.Diff("opportunities-won 1, revenue-invoiced 4711, revenue-won 4711", reached(olga)); diff != "" {
		t.Error(diff)
	}
	mask("opportunity.amount")
	if got := olga.text(results); strings.Contains(got, "4711") || !strings.Contains(got, `"won":1`) {
		t.Errorf("amounts are hidden, the number of deals is not: %s", got)
	}
	if diff := cmp.Diff("opportunities-won 1, revenue-invoiced untold, revenue-won untold", reached(olga)); diff != "" {
		t.Error(diff)
	}
	mask("invoice.sums")
	if got := olga.text(results); strings.Contains(got, `"invoiced":4711`) || !strings.Contains(got, `"won_for":4711`) {
		t.Errorf("what was invoiced is hidden, what it is worth is not: %s", got)
	}
	if diff := cmp.Diff("opportunities-won 1, revenue-invoiced untold, revenue-won 4711", reached(olga)); diff != "" {
		t.Error(diff)
	}
	s.do(http.MethodPut, api+"/roles/onlooker", object{"label": "Onlooker", "masks": []object{}, "grants": []object{{"type": "goal", "action": "read", "level": "all"},
		{"type": "report", "action": "read", "level": "all"}, {"type": "opportunity", "action": "read", "level": "own"}, {"type": "invoice", "action": "read", "level": "own"}}}).want(http.StatusOK)
	if diff := cmp.Diff("opportunities-won 0, revenue-invoiced 0, revenue-won 0", reached(olga)); diff != "" {
		t.Errorf("none of it may she read: %s", diff)
	}
}

// Lists and timelines tell nothing of what is hidden.
func TestMaskedTimelines(t *testing.T) {
	s := newAdminSite(t, nil)
	ids := s.guarded()
	path := "/opportunities/" + ids["opportunities"] + "/timeline"
	olga, mask := s.onlooker()
	if got := olga.text(path); !strings.Contains(got, "4711") || !strings.Contains(got, "Went on") && !strings.Contains(got, "in stage") {
		t.Errorf("nothing is masked: %s", got)
	}
	mask("quote.sums", "order.sums", "invoice.sums", "opportunity.stage", "opportunity.name")
	if got := olga.text(path); strings.Contains(got, "4711") || strings.Contains(got, "in stage") || !strings.Contains(got, `"name":""`) {
		t.Errorf("sums, stage and name are hidden: %s", got)
	}
	olga.get(api+"/opportunities?stage=x").problem(http.StatusForbidden, "forbidden")
	mask("contact.last_name")
	if got := olga.text("/contacts/" + ids["contacts"]); strings.Contains(got, `"`+marker+`"`) {
		t.Errorf("the name is hidden, and what to show is made of it: %s", got)
	}
}

// The reasons of territories quote what dimensions read: who is not shown it is not told them.
func TestMaskedReasonsOfTerritories(t *testing.T) {
	s := newAdminSite(t, nil)
	region := s.region()
	takes := func(values ...string) []object { return []object{{"dimension_id": region, "values": values}} }
	id := s.account("Hotel Secretcorner", "DE", "80331")
	s.account("Hotel Waiting", "FR", "75001")
	germany := s.post("/territories", object{"name": "One", "enabled": true, "criteria": takes("de")})["id"].(string)
	draft := s.post("/territory-drafts", object{"territory": object{"name": "Two", "enabled": true, "criteria": takes("de-by")}})["id"].(string)
	olga, mask := s.onlooker()
	paths := []string{"/territory-drafts/" + draft, "/territory-queue", "/records/account/" + id + "/territories", "/accounts/" + id + "/360", "/audit?type=account&record=" + id, "/territory-assignment"}
	olga.text("/accounts/" + id + "/360")
	s.do(http.MethodPut, api+"/accounts/"+id, object{"name": "Hotel Secretcorner", "country": "FR", "postal_code": "75002"}).want(http.StatusOK)
	s.do(http.MethodPut, api+"/accounts/"+id, object{"name": "Hotel Secretcorner", "country": "DE", "postal_code": "80331"}).want(http.StatusOK)
	if got := olga.text(paths[1]) + olga.text(paths[2]); !strings.Contains(got, "75001") || !strings.Contains(got, "Germany") {
		t.Errorf("nothing is masked, and no reason is told: %s", got)
	}
	mask("account.country", "account.postal_code", "account.name")
	for _, path := range paths {
		got := olga.text(path)
		for _, secret := range []string{"75001", "80331", "Germany", "Bavaria", "Secretcorner", "Waiting"} {
			if strings.Contains(got, secret) {
				t.Errorf("%s tells %s: %s", path, secret, got)
			}
		}
	}
	olga.get(api+"/territory-results?dimension="+region).problem(http.StatusForbidden, "forbidden")
	mask("account.industry")
	olga.get(api + "/territory-results?dimension=" + region).want(http.StatusOK)
	if got := olga.text(paths[2]); !strings.Contains(got, "Germany") || !strings.Contains(got, germany) {
		t.Errorf("what no dimension reads is masked, and the reason is not told: %s", got)
	}
}

// Views of contacts and accounts call campaigns what their reader is shown.
func TestMaskedCampaignsOfViews(t *testing.T) {
	s := newAdminSite(t, nil)
	ids := s.guarded()
	olga, mask := s.onlooker()
	paths := []string{"/contacts/" + ids["contacts"] + "/360", "/accounts/" + ids["accounts"] + "/360"}
	for _, path := range paths {
		if got := olga.text(path); !strings.Contains(got, "Campaign of "+marker) {
			t.Errorf("%s: nothing is masked, and no campaign is named: %s", path, got)
		}
	}
	mask("campaign.name")
	for _, path := range paths {
		if got := olga.text(path); strings.Contains(got, "Campaign of") {
			t.Errorf("%s tells what it is called: %s", path, got)
		}
	}
}

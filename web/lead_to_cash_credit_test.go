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

// person is somebody with a role who signs in by a token.
func (s *site) person(name, role string) *site {
	s.t.Helper()
	if err := web.AddUser(s.t.Context(), s.db, name, "correct horse battery", noon); err != nil {
		s.t.Fatal(err)
	}
	s.do(http.MethodPut, api+"/roles/"+role, object{"label": role}).want(http.StatusOK)
	s.do(http.MethodPut, api+"/users/"+s.userID(name)+"/roles", object{"roles": []string{role}}).want(http.StatusOK)
	token, err := web.AddToken(s.t.Context(), s.db, name, "tests", time.Time{}, time.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	p := *s
	p.token = token
	return &p
}

// hotels makes two teams, and the territory of hotels in which both work.
func (s *site) hotels(sales, marketing string) {
	s.t.Helper()
	s.exec(`INSERT INTO teams (id, version, created_at, updated_at, name) VALUES ('sales', 1, 0, 0, 'Hotel sales'), ('marketing', 1, 0, 0, 'Marketing')`)
	s.exec(`INSERT INTO team_members (team_id, user_id) VALUES ('sales', $1), ('sales', $2), ('marketing', $3)`, s.userID(web.AdminName), sales, marketing)
	industry := s.post("/dimensions", object{"name": "Industry", "fields": []object{{"name": "company", "from": []string{"lead.company"}}},
		"values": []object{{"id": "hotels", "label": "Hotels", "match": []object{{"field": "company", "prefix": []string{"hotel"}}}}}})
	s.post("/territories", object{"name": "Hotels", "enabled": true, "criteria": []object{{"dimension_id": industry["id"], "values": []string{"hotels"}}},
		"members": []object{{"type": "team", "id": "sales"}, {"type": "team", "id": "marketing"}}})
}

// told checks the timeline of the case, and that somebody who took part hears what they chose.
func (s *site) told(anna *site, path string) {
	s.t.Helper()
	events := anna.get(api + path + "/timeline").want(http.StatusOK).object()["events"].([]any)
	var kinds []string
	for _, e := range events {
		if kind := e.(object)["kind"].(string); kind != "change" && (len(kinds) == 0 || kinds[len(kinds)-1] != kind) {
			kinds = append(kinds, kind)
		}
	}
	seen := strings.Join(kinds, " ")
	for _, kind := range []string{"mention", "lead", "activity", "stage", "quote", "process", "approval", "close", "order", "invoice", "payment"} {
		if !strings.Contains(seen, kind) {
			s.t.Errorf("the timeline tells %s: want %s, too", seen, kind)
		}
	}
	if first := events[0].(object); first["kind"] != "lead" && first["text"] != "How much are six grills?" {
		s.t.Errorf("it begins with %v: want the post", first)
	}
	items, _ := anna.get(api + "/notices?unseen=true").items()
	var texts []string
	for _, n := range items {
		texts = append(texts, n["text"].(string))
	}
	slices.Sort(texts) // the site's clock stands still: at one moment there is no newest
	if diff := cmp.Diff([]string{"Closed as won", "Paid of invoice I-2026-0002", "Paid of invoice I-2026-0002"}, texts); diff != "" {
		s.t.Errorf("Anna was told (-want +got):\n%s", diff)
	}
	pdf := s.get(api + "/quotes?opportunity=" + strings.TrimPrefix(path, "/opportunities/"))
	quotes, _ := pdf.items()
	file := s.get(api + "/quotes/" + quotes[0]["id"].(string) + "/pdf?template=de").want(http.StatusOK)
	if got := file.header.Get("Content-Type"); got != "application/pdf" || !strings.HasPrefix(string(file.body), "%PDF-") {
		s.t.Errorf("got %s, %.20q: want a PDF", got, file.body)
	}
}

// credited checks that the invoices are credited to who took part, to the cent. Both invoices come to
// 7,593.35: a fifth for the monitor, 15 % for who led the lead on, 40 % for the owner, 15 % for
// the work and 10 % for the two teams of the territory.
func (s *site) credited(path, monitor string) {
	s.t.Helper()
	id := strings.TrimPrefix(path, "/opportunities/")
	statement := s.get(api + "/credit/statement?basis=invoiced&opportunity=" + id).want(http.StatusOK).object()
	got, total := map[string]float64{}, 0.0
	for _, l := range statement["lines"].([]any) {
		line := l.(object)
		got[fmt.Sprint(line["part"], " ", line["taker"])] += line["amount"].(float64)
		total += line["amount"].(float64)
		if line["invoice"] == "" || line["text"] == "" || line["territory"] != "Hotels" {
			s.t.Errorf("%v leads to no line of an invoice", line)
		}
	}
	want := map[string]float64{
		"Marketing source Brennwald": 151_867,
		"Lead admin":                 85_425, // three steps of four
		"Lead mark":                  28_476,
		"Owner admin":                303_734,
		"Work on the case admin":     75_934, // two activities of three
		"Work on the case anna":      37_966,
		"Territory Hotel sales":      37_966,
		"Territory Marketing":        37_967,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("credit (-want +got):\n%s", diff)
	}
	if total != 759_335 {
		s.t.Errorf("%v was credited of 759335", total)
	}
	team := s.get(api + "/credit/statement?basis=invoiced&taker_type=team&taker=marketing").want(http.StatusOK).object()
	own := 0.0
	for _, l := range team["lines"].([]any) {
		if line := l.(object); line["through"] == "" || line["through"] == "mark" {
			own += line["amount"].(float64)
		}
	}
	if wanted := got["Territory Marketing"] + got["Lead mark"]; own != wanted {
		s.t.Errorf("marketing's statement comes to %v: want its own credit and Mark's, %v", own, wanted)
	}
	file := s.get(api + "/credit/statement.csv?basis=paid").want(http.StatusOK)
	if got := file.header.Get("Content-Type"); !strings.HasPrefix(got, "text/csv") || !strings.Contains(string(file.body), "I-2026-0002") || strings.Contains(string(file.body), "I-2026-0001") {
		s.t.Errorf("got %s: want the invoice that was paid, as CSV", got)
	}
	s.do(http.MethodPut, api+"/credit/rules", object{"parts": []object{{"name": "Owner", "share": 9999, "to": "owner"}}}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(http.MethodPut, api+"/credit/rules", object{"parts": []object{{"name": "Owner", "share": 10_000, "to": "owner"}}}, "If-Match", `"1"`).want(http.StatusOK)
	if n := s.post("/credit/recount", object{"from": "2020-01"})["events"].(float64); n != 4 {
		s.t.Errorf("recounted %v, want two invoices and two payments", n)
	}
	sums := s.get(api + "/credit/statement?basis=invoiced").object()["sums"].([]any)
	if first := sums[0].(object); first["taker"] != web.AdminName || first["amount"] != 759_335.0 {
		s.t.Errorf("got %v: want all of it for the owner, by the new rules", sums)
	}
	s.do(http.MethodPost, api+"/credit/periods", object{"period": "2126-01"}).problem(http.StatusUnprocessableEntity, "invalid")
}

func TestGoalsAndResults(t *testing.T) {
	s := newAdminSite(t, nil)
	admin := s.userID(web.AdminName)
	g := s.post("/goals", object{"subject_type": "user", "subject_id": admin, "metric": "opportunities-opened", "period": "2026", "target": 2})
	s.do(http.MethodPost, api+"/goals", object{"subject_type": "user", "subject_id": admin, "metric": "opportunities-opened", "period": "2026", "target": 3}).problem(http.StatusConflict, "conflict")
	s.post("/opportunities", object{"name": "Grills", "amount": object{"amount": 1000, "currency": "EUR"}})
	if got := s.get(api + "/goals/" + g["id"].(string)).object(); got["progress"].(object)["percent"] != 50.0 || got["subject"] != web.AdminName {
		t.Errorf("got %v", got)
	}
	s.do(http.MethodPut, api+"/goals/"+g["id"].(string), object{"subject_type": "user", "subject_id": admin, "metric": "opportunities-opened", "period": "2026", "target": 1}, "If-Match", `"1"`).want(http.StatusOK)
	s.do(http.MethodDelete, api+"/goals/"+g["id"].(string), nil).want(http.StatusNoContent)
	if items, _ := s.get(api + "/goals").items(); len(items) != 0 {
		t.Errorf("got %v", items)
	}
	if items, _ := s.get(api + "/territory-results").items(); len(items) != 2 || items[0]["open"] != 1.0 {
		t.Errorf("got %v: want what has no territory, and what it may bring in euros", items)
	}
	for _, group := range []string{"owner", "team", "territory", "stage", "process"} {
		if items, _ := s.get(api + "/forecast?by=quarter&group=" + group).items(); len(items) != 1 {
			t.Errorf("forecast by %s: got %v", group, items)
		}
	}
}

package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lost makes a lead that was recycled first, was accepted then, and whose opportunity was lost.
func (s *site) lost(name, reason string) (opportunity string) {
	s.t.Helper()
	lead := s.post("/leads", object{"name": name, "source": "campaign", "campaign": "Spring"})["id"].(string)
	for _, to := range []object{{"milestone": "recycled", "reason": "later"}, {"milestone": "marketing-qualified"}, {"milestone": "sales-qualified"}} {
		s.do(http.MethodPatch, api+"/leads/"+lead, to).want(http.StatusOK)
	}
	opportunity = s.post("/leads/"+lead+"/accept", object{})["id"].(string)
	s.post("/opportunities/"+opportunity+"/close", object{"state": "lost", "reason": reason})
	return opportunity
}

func TestFeedbackTellsDecisionsAndCloses(t *testing.T) {
	s := newAdminSite(t, nil)
	s.lost("Petra", "fit")
	s.lost("David", "price")
	s.do(http.MethodPut, api+"/reasons/lost/price", object{"label": "Price", "active": true, "position": 1, "unfit": true}).want(http.StatusOK)
	s.do(http.MethodPut, api+"/reasons/won/price", object{"label": "Price", "active": true, "unfit": true}).problem(http.StatusUnprocessableEntity, "invalid")
	report := func(of *site) object {
		return of.get(api + "/feedback?by=campaign").want(http.StatusOK).object()["items"].([]any)[0].(object)
	}
	row := report(s)
	if diff := cmp.Diff(object{"accepted": 2.0, "disqualified": 0.0, "recycled": 2.0, "came_back": 2.0, "accepted_later": 2.0}, row["decisions"]); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
	if row["accepted"] != 2.0 || row["recycled"] != 0.0 || row["reasons"].([]any)[0].(object)["code"] != "later" {
		t.Errorf("got %v", row)
	}
	got := row["opportunities"].(object)
	review := object{"outcome": "lost", "process_id": "default", "stage": "Review", "reached": 2.0, "tasks": 2.0, "done": 0.0}
	if got["count"] != 2.0 || got["lost"] != 2.0 || got["unfit"] != 2.0 || got["win_rate"] != 0.0 || len(got["reasons"].([]any)) != 2 || !cmp.Equal([]any{review}, got["follow_up"]) {
		t.Errorf("opportunities %v", got)
	}
	if file := s.text("/feedback.csv?by=campaign"); !strings.Contains(file, "recycled later 2,,,2,0,2,2,2,2,0,0,2,2,0,lost fit 1; lost price 1,lost Review 2 (tasks done 0 of 2),\n") {
		t.Errorf("file:\n%s", file)
	}
	everybody := s.get(api + "/feedback/disagreement").want(http.StatusOK).object()["items"].([]any)[0].(object)
	if everybody["decided"] != 4.0 || everybody["accepted"] != 2.0 {
		t.Errorf("who disagrees: %v, want each decision to count", everybody)
	}

	olga, mask := s.onlooker(object{"type": "report", "action": "read", "level": "all"}, object{"type": "lead", "action": "read", "level": "all"}, object{"type": "opportunity", "action": "read", "level": "own"})
	if got := report(olga)["opportunities"].(object); got["count"] != 0.0 {
		t.Errorf("told %v of opportunities that she may not read", got)
	}
	mask("opportunity.state", "lead.campaign")
	olga.get(api+"/feedback?by=campaign").problem(http.StatusForbidden, "forbidden")
	if all := olga.get(api + "/feedback?by=all").want(http.StatusOK).object()["items"].([]any)[0].(object); all["opportunities"] != nil {
		t.Errorf("told %v of states that are hidden", all)
	}
}

// reported checks, at the end of the walk, what marketing is told of the lead that it began with: the
// close, what followed it, and the money to the cent.
func (s *site) reported(paid float64) {
	s.t.Helper()
	row := s.get(api + "/feedback?by=monitor&from=1970-01-01T00:00:00Z").want(http.StatusOK).object()["items"].([]any)[0].(object)
	if row["name"] != "Brennwald" || row["leads"] != 1.0 || row["accepted"] != 1.0 {
		s.t.Errorf("report %v", row)
	}
	if diff := cmp.Diff([]any{object{"currency": "EUR", "invoiced": 759_335.0, "paid": paid}}, row["revenue"]); diff != "" {
		s.t.Errorf("revenue (-want +got):\n%s", diff)
	}
	got := row["opportunities"].(object)
	if got["won"] != 1.0 || got["win_rate"] != 1.0 || !cmp.Equal([]any{object{"outcome": "won", "code": "quality", "count": 1.0}}, got["reasons"]) {
		s.t.Errorf("opportunities %v", got)
	}
	followed := got["follow_up"].([]any)
	if f := followed[0].(object); len(followed) != 1 || f["stage"] != "Hand over" || f["reached"] != 1.0 || f["tasks"] != 1.0 || f["done"] != 0.0 {
		s.t.Errorf("after the close %v", followed)
	}
}

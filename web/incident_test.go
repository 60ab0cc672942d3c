package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// incident stores an incident that opened so long before noon.
func (s *site) incident(id, monitor, kind, state string, before time.Duration) {
	s.t.Helper()
	resolved := int64(0)
	if state == "resolved" {
		resolved = noon.UnixMilli()
	}
	s.exec(`INSERT INTO incidents (id, monitor_id, kind, state, severity, opened_at, peak_at, resolved_at, acknowledged_at, acknowledged_by,
		reasons, detail, updated_at) VALUES ($1, $2, $3, $4, 3, $5, $5, $6, 0, '', '["many are angry"]', '{"people": 31, "terms": ["brake"]}', 0)`,
		id, monitor, kind, state, noon.Add(-before).UnixMilli(), resolved)
}

func TestIncidents(t *testing.T) {
	s := newAdminSite(t, nil)
	acme := s.monitor("Acme")
	s.incident("i1", acme, "firestorm", "escalating", time.Hour)
	s.incident("i2", acme, "praise", "resolved", 2*time.Hour)
	s.incident("i3", "gone", "firestorm", "open", 3*time.Hour)
	want := map[string]any{"id": "i1", "monitor_id": acme, "monitor": "Acme", "kind": "firestorm", "state": "escalating", "severity": 3.0,
		"degree": "fresh breeze", "assignee": "", "silenced_until": nil, "merged_into": "", "label": "", "labelled_by": "", "labelled_at": nil, "version": 1.0,
		"opened_at": "2026-03-02T11:00:00Z", "peak_at": "2026-03-02T11:00:00Z", "resolved_at": nil, "acknowledged_at": nil, "acknowledged_by": "",
		"reasons": []any{"many are angry"}, "reason_data": []any{map[string]any{"code": "text", "words": []any{"many are angry"}}}, "reopened": 0.0, "people": 31.0, "contacts": 0.0, "networks": []any{}, "terms": []any{"brake"},
		"first_post": "", "top_post": ""}
	if diff := cmp.Diff(want, s.get(api+"/incidents/i1").want(http.StatusOK).object()); diff != "" {
		t.Errorf("incident (-want +got):\n%s", diff)
	}
	for name, c := range map[string]struct {
		query string
		want  []string
	}{
		"OKAll":     {"", []string{"i1", "i2", "i3"}},
		"OKMonitor": {"?monitor=" + acme, []string{"i1", "i2"}},
		"OKState":   {"?state=open", []string{"i3"}},
		"OKKind":    {"?kind=praise", []string{"i2"}},
		"OKNone":    {"?kind=volume", nil},
	} {
		t.Run(name, func(t *testing.T) {
			items, next := s.get(api + "/incidents" + c.query).items()
			var got []string
			for _, i := range items {
				got = append(got, i["id"].(string))
			}
			if diff := cmp.Diff(c.want, got); diff != "" || next != "" {
				t.Errorf("next %q, (-want +got):\n%s", next, diff)
			}
		})
	}
	_, next := s.get(api + "/incidents?limit=2").items()
	if items, _ := s.get(api + "/incidents?limit=2&cursor=" + next).items(); len(items) != 1 || items[0]["id"] != "i3" {
		t.Errorf("got %v, want the last one", items)
	}
	for range 2 { // who was first stays
		got := s.do(http.MethodPost, api+"/incidents/i1/acknowledge", nil).want(http.StatusOK).object()
		if got["acknowledged_by"] != "admin" || got["acknowledged_at"] != "2026-03-02T12:00:00Z" {
			t.Errorf("got %v", got)
		}
	}
	s.get(api+"/incidents/none").problem(http.StatusNotFound, "not-found")
	s.do(http.MethodPost, api+"/incidents/none/acknowledge", nil).problem(http.StatusNotFound, "not-found")
	s.get(api+"/incidents?state=angry").problem(http.StatusUnprocessableEntity, "invalid")
	s.get(api+"/incidents?cursor=eA").problem(http.StatusUnprocessableEntity, "invalid")
}

func TestLiveIncident(t *testing.T) {
	s, tell := newLiveSite(t)
	acme := s.monitor("Acme")
	s.incident("i1", acme, "firestorm", "open", 0)
	l := s.listen("?monitor=" + acme)
	tell("incident", "none", "i1")
	if name, i := l.next(); name != "incident" || i["id"] != "i1" || i["monitor"] != "Acme" {
		t.Errorf("got %s %v, want the incident", name, i)
	}
}

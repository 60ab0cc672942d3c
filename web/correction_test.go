package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A person corrects a mention, sees it on the mention and its copy, exports it and undoes it.
func TestCorrect(t *testing.T) {
	s := newAdminSite(t, nil)
	acme := s.monitor("Acme")
	const text = "Acme is the worst grill\tI ever\nowned"
	s.hear(heard{post: "p1", author: "a1", monitor: acme, text: text})
	s.hear(heard{post: "p2", author: "a2", monitor: acme, text: "RT @a1 " + text + " https://t.co/x", at: noon.Add(-time.Hour)})
	s.hear(heard{post: "p3", author: "a3", monitor: acme, text: "Acme makes lovely grills for everybody", at: noon.Add(-2 * time.Hour)})

	c := s.do(http.MethodPost, api+"/corrections", map[string]any{"post_id": "p1", "monitor_id": acme, "polarity": "negative", "intent": "complaint"}).
		want(http.StatusCreated).object()
	id := c["id"].(string)
	want := map[string]any{"id": id, "post_id": "p1", "monitor_id": acme, "monitor": "Acme", "polarity": "negative", "intent": "complaint",
		"polarity_before": "neutral", "intent_before": "none", "confirms": false, "corrected_by": c["corrected_by"], "corrected_name": "admin",
		"corrected_at": "2026-03-02T12:00:00Z", "near_duplicates": 1.0, "text": text}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("correction (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, s.get(api+"/corrections/"+id).want(http.StatusOK).object()); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	if items, next := s.get(api + "/corrections").items(); len(items) != 1 || next != "" {
		t.Errorf("list: %v, next %q", items, next)
	}
	said := func() (all []string) {
		items, _ := s.get(api + "/mentions").items()
		for _, m := range items {
			by := "model"
			if c, ok := m["correction"].(map[string]any); ok {
				by = c["corrected_name"].(string)
				if c["model_polarity"] != "neutral" || c["own"] != (m["post_id"] == "p1") {
					t.Errorf("correction of %s: %v", m["post_id"], c)
				}
			}
			all = append(all, strings.Join([]string{m["post_id"].(string), m["polarity"].(string), m["intent"].(string), by}, " "))
		}
		return all
	}
	if diff := cmp.Diff([]string{"p1 negative complaint admin", "p2 negative complaint admin", "p3 neutral none model"}, said()); diff != "" {
		t.Error(diff)
	}
	export := s.get(api + "/corrections/export").want(http.StatusOK)
	if got := string(export.body); got != "negative\tAcme is the worst grill I ever owned\n" || !strings.HasPrefix(export.header.Get("Content-Type"), "text/tab-separated-values") {
		t.Errorf("export: %q, %v", got, export.header)
	}
	s.do(http.MethodDelete, api+"/corrections/"+id, nil).want(http.StatusNoContent)
	if diff := cmp.Diff([]string{"p1 neutral none model", "p2 neutral none model", "p3 neutral none model"}, said()); diff != "" {
		t.Error(diff)
	}
	s.do(http.MethodDelete, api+"/corrections/"+id, nil).problem(http.StatusNotFound, "not-found")
	s.get(api+"/corrections/"+id).problem(http.StatusNotFound, "not-found")
}

// A person says that a reading is right: that is a label too, and exported.
func TestConfirm(t *testing.T) {
	s := newAdminSite(t, nil)
	acme := s.monitor("Acme")
	s.hear(heard{post: "p1", author: "a1", monitor: acme, text: "Acme sells grills"})
	c := s.do(http.MethodPost, api+"/corrections", map[string]any{"post_id": "p1", "monitor_id": acme, "polarity": "neutral", "intent": "none"}).
		want(http.StatusCreated).object()
	if c["confirms"] != true {
		t.Errorf("%v", c)
	}
	items, _ := s.get(api + "/mentions").items()
	if m := items[0]; m["polarity"] != "neutral" || m["confidence"] != 1.0 || m["correction"].(map[string]any)["confirms"] != true {
		t.Errorf("%v", m)
	}
	if got := string(s.get(api + "/corrections/export").want(http.StatusOK).body); got != "neutral\tAcme sells grills\n" {
		t.Errorf("export: %q", got)
	}
}

func TestCorrectIsRefused(t *testing.T) {
	s := newAdminSite(t, nil)
	acme := s.monitor("Acme")
	s.hear(heard{post: "p1", author: "a1", monitor: acme, text: "acme"})
	for name, c := range map[string]struct {
		body map[string]any
		code int
		kind string
	}{
		"ErrNothing":  {map[string]any{"post_id": "p1", "monitor_id": acme}, http.StatusUnprocessableEntity, "invalid"},
		"ErrPolarity": {map[string]any{"post_id": "p1", "monitor_id": acme, "polarity": "unknown"}, http.StatusUnprocessableEntity, "invalid"},
		"ErrPost":     {map[string]any{"post_id": "px", "monitor_id": acme, "polarity": "positive"}, http.StatusNotFound, "not-found"},
		"ErrMonitor":  {map[string]any{"post_id": "p1", "monitor_id": "x", "intent": "none"}, http.StatusNotFound, "not-found"},
	} {
		t.Run(name, func(t *testing.T) { s.do(http.MethodPost, api+"/corrections", c.body).problem(c.code, c.kind) })
	}
}

func TestRescoring(t *testing.T) {
	s := newAdminSite(t, nil)
	if r := s.get(api + "/rescoring").want(http.StatusOK).object(); r["state"] != "none" || r["progress"] != 1.0 {
		t.Errorf("before any: %v", r)
	}
	s.exec(`INSERT INTO rescorings (model, started_at, finished_at, updated_at, total, seen, changed, posted_at, post_id)
		VALUES ('v2', 1000, 0, 2000, 400, 100, 7, 5, 'p')`)
	r := s.get(api + "/rescoring").want(http.StatusOK).object()
	if r["state"] != "running" || r["model"] != "v2" || r["progress"] != 0.25 || r["changed"] != 7.0 || r["finished_at"] != nil {
		t.Errorf("under way: %v", r)
	}
	s.exec("UPDATE rescorings SET finished_at = 3000, seen = 400")
	if r := s.get(api + "/rescoring").want(http.StatusOK).object(); r["state"] != "finished" || r["progress"] != 1.0 {
		t.Errorf("finished: %v", r)
	}
}

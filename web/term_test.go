package web_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/sentiment"
	"github.com/groundswell/groundswell/web"
)

func TestTerms(t *testing.T) {
	var asked web.TermsQuery
	s := newAdminSite(t, func(opt *web.Options) {
		opt.Terms = func(_ context.Context, q web.TermsQuery) ([]sentiment.Term, error) {
			asked = q
			return []sentiment.Term{{Text: "Rückruf", People: 12, Usual: 1, Score: 4.567}, {Text: "#acmefail", People: 5, Score: 3}}, nil
		}
	})
	id := s.monitor("Acme")
	got := s.get(api + "/monitors/" + id + "/terms?from=2026-03-01T00:00:00Z&until=2026-03-02T00:00:00Z&polarity=negative&limit=7").want(http.StatusOK).object()
	want := []any{map[string]any{"term": "Rückruf", "people": 12.0, "usual": 1.0, "score": 4.57}, map[string]any{"term": "#acmefail", "people": 5.0, "usual": 0.0, "score": 3.0}}
	if diff := cmp.Diff(want, got["terms"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(web.TermsQuery{Monitor: id, Polarity: "negative", Most: 7, From: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	s.get(api + "/monitors/" + id + "/terms").want(http.StatusOK)
	if asked.Until.Sub(asked.From) != 24*time.Hour || asked.Most != 20 {
		t.Errorf("asked %+v, want a day", asked)
	}
	s.get(api+"/monitors/none/terms").problem(http.StatusNotFound, "not-found")
	s.get(api+"/monitors/"+id+"/terms?from=2026-03-02T00:00:00Z&until=2026-03-01T00:00:00Z").problem(http.StatusUnprocessableEntity, "invalid")
	s.get(api+"/monitors/"+id+"/terms?from=2020-03-02T00:00:00Z").problem(http.StatusUnprocessableEntity, "invalid")
	s.get(api+"/monitors/"+id+"/terms?polarity=sad").problem(http.StatusUnprocessableEntity, "invalid")
}

func TestTermsOfNobody(t *testing.T) {
	s := newAdminSite(t, nil)
	if terms := s.get(api + "/monitors/" + s.monitor("Acme") + "/terms").want(http.StatusOK).object()["terms"].([]any); len(terms) != 0 {
		t.Errorf("got %v, want none", terms)
	}
}

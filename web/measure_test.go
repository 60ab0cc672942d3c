package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMeasures(t *testing.T) {
	s := newAdminSite(t, nil)
	acme := s.monitor("Acme")
	s.do(http.MethodPost, api+"/monitors", map[string]any{"name": "Rival", "kind": "competitor", "query": "rival"}).want(http.StatusCreated)
	for day, n := range map[int]int{1: 3, 8: 2} { // three in the last week, two in the one before
		at := noon.Add(-time.Duration(day) * 24 * time.Hour)
		s.exec(`INSERT INTO cells (monitor_id, minute, part, posts, negative, neutral, positive, unknown, authors, negative_authors, positive_authors, reach)
			VALUES ($1, $2, 0, $3, 1, 0, $4, 0, 1, 1, 1, 100)`, acme, at.Unix()/60, n, n-1)
	}
	s.hear(heard{post: "p1", author: "a", monitor: acme, text: "x", at: noon.Add(-24 * time.Hour)})
	items, _ := s.get(api + "/measures").items()
	want := map[string]any{"monitor_id": acme, "name": "Acme", "kind": "own",
		"now":     map[string]any{"mentions": 3.0, "negative": 1.0, "positive": 2.0, "share_of_voice": 1.0, "sentiment_index": 10.0 / 3, "reach": 100.0, "engagement": 7.0},
		"earlier": map[string]any{"mentions": 2.0, "negative": 1.0, "positive": 1.0, "share_of_voice": 1.0, "sentiment_index": 0.0, "reach": 100.0, "engagement": 0.0},
		"trend":   map[string]any{"mentions": 0.5, "share_of_voice": 0.0, "sentiment_index": 10.0 / 3, "reach": 0.0, "engagement": nil}}
	if diff := cmp.Diff(want, items[0]); diff != "" || len(items) != 2 {
		t.Errorf("%d items (-want +got):\n%s", len(items), diff)
	}
	window := s.get(api + "/measures").object()
	if window["from"] != "2026-02-23T12:00:00Z" || window["until"] != "2026-03-02T12:00:00Z" || window["before"] != "2026-02-16T12:00:00Z" {
		t.Errorf("got %v to %v after %v, want the last seven days", window["from"], window["until"], window["before"])
	}
	first, next := s.get(api + "/measures?limit=1").items()
	rest, end := s.get(api + "/measures?limit=1&cursor=" + url.QueryEscape(next)).items()
	if first[0]["name"] != "Acme" || rest[0]["name"] != "Rival" || end != "" {
		t.Errorf("pages %v, %v, %q", first, rest, end)
	}
	for query, n := range map[string]int{"monitor=" + acme: 1, "kind=competitor": 1, "by=kind": 2, "kind=market": 0} {
		if items, _ := s.get(api + "/measures?" + query).items(); len(items) != n {
			t.Errorf("%s: %d items, want %d", query, len(items), n)
		}
	}
	s.get(api+"/measures?monitor=none").problem(http.StatusNotFound, "not-found")
	for _, query := range []string{"from=2026-03-02T12:00:00Z", "from=2020-01-01T00:00:00Z", "by=moon", "kind=moon", "from=soon", "cursor=***"} {
		s.get(api+"/measures?"+query).problem(http.StatusUnprocessableEntity, "invalid")
	}
}

func TestMentionRules(t *testing.T) {
	s := newAdminSite(t, nil)
	acme := s.monitor("Acme")
	rule := func(change map[string]any) map[string]any {
		body := map[string]any{"monitor_id": acme, "name": "Loud", "kind": "influential_author", "followers": 50_000}
		for k, v := range change {
			body[k] = v
		}
		return body
	}
	a := s.do(http.MethodPost, api+"/mention-rules", rule(nil)).want(http.StatusCreated)
	made := a.object()
	if made["most_per_hour"] != 10.0 || made["enabled"] != true || made["monitor"] != "Acme" || a.header.Get("ETag") != `"1"` {
		t.Errorf("got %v", made)
	}
	for name, c := range map[string]struct {
		change map[string]any
		code   int
		field  string
	}{
		"ErrTaken":      {nil, 409, ""},
		"ErrNoMonitor":  {map[string]any{"monitor_id": "none", "name": "x"}, 404, ""},
		"ErrKind":       {map[string]any{"kind": "moon"}, 422, "body.kind"},
		"ErrThreshold":  {map[string]any{"followers": 0}, 422, "body.followers"},
		"ErrNegative":   {map[string]any{"followers": -1}, 422, "body.followers"},
		"ErrQuery":      {map[string]any{"kind": "keyword", "query": "(a OR"}, 422, "body.query"},
		"ErrNoQuery":    {map[string]any{"kind": "keyword"}, 422, "body.query"},
		"ErrReach":      {map[string]any{"kind": "negative_reach"}, 422, "body.reach"},
		"ErrPolarity":   {map[string]any{"polarity": "cross"}, 422, "body.polarity"},
		"ErrMost":       {map[string]any{"most_per_hour": 1000}, 422, "body.most_per_hour"},
		"ErrNoName":     {map[string]any{"name": ""}, 422, "body.name"},
		"ErrNameBlanks": {map[string]any{"name": " x "}, 422, "body.name"},
	} {
		t.Run(name, func(t *testing.T) {
			kind := map[int]string{404: "not-found", 409: "conflict", 422: "invalid"}[c.code]
			p := s.do(http.MethodPost, api+"/mention-rules", rule(c.change)).problem(c.code, kind)
			if c.field != "" && p["errors"].([]any)[0].(map[string]any)["location"] != c.field {
				t.Errorf("got %v, want %s", p["errors"], c.field)
			}
		})
	}
	at := api + "/mention-rules/" + made["id"].(string)
	change := map[string]any{"name": "Louder", "kind": "keyword", "query": "recall OR rückruf", "enabled": false}
	if got := s.do(http.MethodPut, at, change, "If-Match", `"1"`).want(http.StatusOK).object(); got["name"] != "Louder" || got["version"] != 2.0 || got["enabled"] != false {
		t.Errorf("got %v", got)
	}
	s.do(http.MethodPut, at, change, "If-Match", `"1"`).problem(http.StatusPreconditionFailed, "changed")
	if items, _ := s.get(api + "/mention-rules?monitor=" + acme).items(); len(items) != 1 || items[0]["query"] != "recall OR rückruf" {
		t.Errorf("got %v", items)
	}

	s.hear(heard{post: "p1", author: "a", monitor: acme, text: "recall", polarity: "negative"})
	for i, told := range []string{"", "al0", "al1"} {
		s.exec(`INSERT INTO mention_alerts (post_id, monitor_id, id, rule_id, author_id, reasons, mention, posted_at, created_at, told_at, told_with)
			VALUES ($1, $2, $3, $4, 'a', '["Louder: it matches"]', '{}', $5, $5, $6, $7)`, fmt.Sprint("p", i), acme, fmt.Sprint("al", i), made["id"],
			noon.Add(-time.Duration(i)*time.Minute).UnixMilli(), int64(i)*1000, told)
	}
	found, next := s.get(api + "/mention-alerts?limit=2&rule=" + made["id"].(string)).items()
	if len(found) != 2 || found[0]["told_at"] != nil || found[0]["mention"] != nil || found[1]["together"] != true || found[1]["mention"].(map[string]any)["text"] != "recall" {
		t.Errorf("got %v", found)
	}
	if rest, _ := s.get(api + "/mention-alerts?limit=2&cursor=" + next).items(); len(rest) != 1 {
		t.Errorf("got %v, want the last one", rest)
	}
	s.do(http.MethodDelete, at, nil).want(http.StatusNoContent)
	s.do(http.MethodDelete, at, nil).problem(http.StatusNotFound, "not-found")
	s.get(at).problem(http.StatusNotFound, "not-found")
	s.do(http.MethodDelete, api+"/monitors/"+acme, nil).want(http.StatusNoContent)
	if rest, _ := s.get(api + "/mention-alerts").items(); len(rest) != 0 {
		t.Errorf("%d alerts of a monitor that is deleted", len(rest))
	}
}

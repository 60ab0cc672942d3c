package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMentions(t *testing.T) {
	s := newAdminSite(t, nil)
	acme, rival := s.monitor("Acme"), s.monitor("Rival")
	for i := range 5 {
		s.hear(heard{post: fmt.Sprint("p", i), author: fmt.Sprint("a", i%2), monitor: acme, text: fmt.Sprint("post ", i), at: noon.Add(-time.Duration(i) * time.Hour)})
	}
	s.hear(heard{post: "r1", author: "a1", monitor: rival, text: "rival", polarity: "negative", intent: "purchase", at: noon.Add(-90 * time.Minute)})
	contact := s.contact("Anna", "Beispiel")
	s.exec("INSERT INTO links (author_id, contact_id, decision, probability, evidence, basis, decided_by, decided_at) VALUES ('a0', $1, 'confirmed', 1, '[]', '', 'matcher', 0)", contact)
	s.exec("INSERT INTO links (author_id, contact_id, decision, probability, evidence, basis, decided_by, decided_at) VALUES ('a1', $1, 'suggested', 0.5, '[]', '', 'matcher', 0)", contact)

	items, _ := s.get(api + "/mentions?limit=1").items()
	want := map[string]any{"post_id": "p0", "monitor_id": acme, "monitor": "Acme", "network": "bluesky", "kind": "post", "url": "https://bsky.app/x",
		"text": "post 0", "posted_at": "2026-03-02T12:00:00Z", "language": "en", "polarity": "neutral", "score": -0.5, "confidence": 0.9,
		"intent": "none", "intent_confidence": 0.0, "reach": 42.0, "engagement": 7.0, "source": "sky", "model": "", "contact": map[string]any{"id": contact, "name": "Anna Beispiel"},
		"author": map[string]any{"id": "a0", "handle": "a0.example", "name": "Name of a0", "url": "https://bsky.app/profile/x", "followers": 42.0}}
	if diff := cmp.Diff(want, items[0]); diff != "" {
		t.Errorf("mention (-want +got):\n%s", diff)
	}
	for name, c := range map[string]struct{ query, want string }{
		"OKAll":      {"", "p0 p1 r1 p2 p3 p4"},
		"OKMonitor":  {"monitor=" + rival, "r1"},
		"OKPolarity": {"polarity=negative", "r1"},
		"OKIntent":   {"intent=purchase", "r1"},
		"OKNetwork":  {"network=x", ""},
		"OKAuthor":   {"author=a1", "p1 r1 p3"},
		"OKText":     {"text=POST+3", "p3"},
		"OKNoWild":   {"text=%25", ""},
		"OKWindow":   {"from=" + noon.Add(-2*time.Hour).Format(time.RFC3339) + "&until=" + noon.Format(time.RFC3339), "p1 r1 p2"},
	} {
		t.Run(name, func(t *testing.T) {
			items, next := s.get(api + "/mentions?" + c.query).items()
			var got []string
			for _, m := range items {
				got = append(got, m["post_id"].(string))
				if has := m["contact"] != nil; has != (m["author"].(map[string]any)["id"] == "a0") {
					t.Errorf("mention %v: contact %v: only a confirmed link names one", m["post_id"], m["contact"])
				}
			}
			if joined := strings.Join(got, " "); joined != c.want || next != "" {
				t.Errorf("got %q, next %q; want %q", joined, next, c.want)
			}
		})
	}
	var all []string
	for cursor, pages := "", 0; ; pages++ {
		items, next := s.get(api + "/mentions?limit=2&cursor=" + url.QueryEscape(cursor)).items()
		for _, m := range items {
			all = append(all, m["post_id"].(string))
		}
		if cursor = next; next == "" || pages > 5 {
			break
		}
	}
	if got := strings.Join(all, " "); got != "p0 p1 r1 p2 p3 p4" {
		t.Errorf("page by page: got %s", got)
	}
}

func TestMentionsErrors(t *testing.T) {
	s := newAdminSite(t, nil)
	for name, c := range map[string]struct {
		query string
		code  int
		kind  string
	}{
		"ErrPolarity":   {"polarity=good", 422, "invalid"},
		"ErrLimitZero":  {"limit=0", 422, "invalid"},
		"ErrLimitLarge": {"limit=201", 422, "invalid"},
		"ErrLimitWord":  {"limit=all", 422, "invalid"},
		"ErrCursor":     {"cursor=nonsense", 422, "invalid"},
		"ErrCursorUTF8": {"cursor=MSD_/w", 422, "invalid"},
		"ErrFrom":       {"from=yesterday", 422, "invalid"},
		"ErrZero":       {"author=%00", 400, "malformed"},
		"ErrUTF8":       {"author=%ff", 400, "malformed"},
		"ErrSemicolon":  {"author=a;b", 400, "malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.get(api + "/mentions?" + c.query)
			a.t = t
			a.problem(c.code, c.kind)
		})
	}
}

// Post text is written by strangers: it must reach the page as data and never as markup.
func TestHostileText(t *testing.T) {
	s := newAdminSite(t, nil)
	hostile := `</script><img src=x onerror=alert(1)>` + "\u2028\nevent: incident\ndata: {}\n\n"
	s.hear(heard{post: "p1", author: "a1", monitor: s.monitor("Acme"), text: hostile})
	s.exec(`UPDATE authors SET url = 'javascript:alert(1)', name = $1`, hostile)
	s.exec(`UPDATE posts SET url = 'JaVaScRiPt://x/%0aalert(1)'`)
	a := s.get(api+"/mentions", "Accept", "text/html,*/*")
	items, _ := a.items()
	if got := items[0]["text"]; got != hostile {
		t.Errorf("got text %q, want it unchanged", got)
	}
	if items[0]["url"] != "" || items[0]["author"].(map[string]any)["url"] != "" {
		t.Errorf("got links %v and %v, want only those of the web", items[0]["url"], items[0]["author"])
	}
	for header, want := range map[string]string{
		"Content-Type": "application/json", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"} {
		if got := a.header.Get(header); got != want {
			t.Errorf("%s: got %q, want %q", header, got, want)
		}
	}
}

func TestSeries(t *testing.T) {
	s := newAdminSite(t, nil)
	acme := s.monitor("Acme")
	minute := noon.Add(-30*time.Minute).Unix() / 60
	s.exec(`INSERT INTO cells (monitor_id, minute, part, posts, negative, neutral, positive, unknown, authors, negative_authors, positive_authors, reach)
		VALUES ($1, $2, 0, 6, 3, 1, 1, 1, 5, 3, 1, 100), ($1, $2, 1, 1, 0, 0, 1, 0, 1, 0, 1, 10)`, acme, minute)
	got := s.get(api + "/series?step=15m&monitor=" + acme + "&from=2026-03-02T11:00:00Z").want(http.StatusOK).object()
	points := got["points"].([]any)
	if got["step"] != "15m" || got["now"] != "2026-03-02T12:00:00Z" || len(points) != 4 {
		t.Fatalf("got %v", got)
	}
	want := map[string]any{"time": "2026-03-02T11:30:00Z", "posts": 7.0, "negative": 3.0, "neutral": 1.0, "positive": 2.0, "unknown": 1.0,
		"authors": 6.0, "negative_authors": 3.0, "reach": 110.0, "index": -2.0}
	if diff := cmp.Diff(want, points[2]); diff != "" {
		t.Errorf("point (-want +got):\n%s", diff)
	}
	if index, ok := points[0].(map[string]any)["index"]; !ok || index != nil {
		t.Errorf("got index %v of an empty point, want null", index)
	}
	if n := len(s.get(api + "/series").want(http.StatusOK).object()["points"].([]any)); n != 96 {
		t.Errorf("got %d points of a day in steps of 15 minutes, want 96", n)
	}
	for name, c := range map[string]struct {
		query string
		code  int
		kind  string
	}{
		"ErrMonitor": {"monitor=none", 404, "not-found"},
		"ErrStep":    {"step=2m", 422, "invalid"},
		"ErrOrder":   {"from=2026-03-02T12:00:00Z&until=2026-03-02T12:00:00Z", 422, "invalid"},
		"ErrLong":    {"step=1m&from=2020-01-01T00:00:00Z", 422, "invalid"},
		"ErrAncient": {"step=1m&from=0001-01-01T00:00:01Z&until=9999-12-31T00:00:00Z", 422, "invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.get(api + "/series?" + c.query)
			a.t = t
			a.problem(c.code, c.kind)
		})
	}
}

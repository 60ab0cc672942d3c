package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestIncidentDetail(t *testing.T) {
	s := newAdminSite(t, nil)
	acme, rival := s.monitor("Acme"), s.monitor("Rival")
	s.incident("storm", acme, "firestorm", "open", time.Hour)
	s.incident("praise", acme, "praise", "open", time.Hour)
	s.exec(`UPDATE incidents SET detail = '{"first_post":"n0","top_post":"n2"}' WHERE id = 'storm'`)
	for i := range 4 {
		s.hear(heard{post: fmt.Sprint("n", i), author: fmt.Sprint("critic", i%3), monitor: acme, text: "bad", polarity: "negative", at: noon.Add(-time.Duration(40-i) * time.Minute)})
	}
	for i, text := range []string{"would be great if it came in green", "love it", "highly recommend", "love it again"} {
		intent := map[int]string{2: "recommendation"}[i]
		s.hear(heard{post: fmt.Sprint("p", i), author: fmt.Sprint("fan", i%3), monitor: acme, text: text, polarity: "positive", intent: intent, at: noon.Add(-time.Duration(30-i) * time.Minute)})
	}
	s.hear(heard{post: "old", author: "critic9", monitor: acme, text: "bad", polarity: "negative", at: noon.Add(-3 * time.Hour)})
	s.hear(heard{post: "r0", author: "critic9", monitor: rival, text: "would be great if", polarity: "negative"})
	contact := s.contact("Anna", "Beispiel")
	s.exec("INSERT INTO links (author_id, contact_id, decision, probability, evidence, basis, decided_by, decided_at) VALUES ('fan1', $1, 'confirmed', 1, '[]', '', 'matcher', 0)", contact)

	read := func(path string, say func(m map[string]any) string) string {
		t.Helper()
		items, next := s.get(api + "/incidents/" + path).items()
		var all []string
		for _, m := range items {
			all = append(all, say(m))
		}
		if next != "" {
			t.Errorf("%s: next %q", path, next)
		}
		return strings.Join(all, ", ")
	}
	post := func(m map[string]any) string {
		return m["mention"].(map[string]any)["post_id"].(string)
	}
	role := func(m map[string]any) string { return m["role"].(string) + " " + post(m) }
	kind := func(m map[string]any) string { return m["kind"].(string) + " " + post(m) }
	person := func(m map[string]any) string {
		who := m["author"].(map[string]any)["id"].(string)
		if m["contact"] != nil {
			who += " (contact)"
		}
		return fmt.Sprintf("%s %v/%v %s %v", who, m["negative"], m["positive"], m["top_post"].(map[string]any)["post_id"], m["proposal"])
	}
	for name, c := range map[string]struct{ got, want string }{
		"posts":         {read("storm/posts", role), "began n0, most_shared n2, drove n3, drove n1"},
		"ideas":         {read("storm/ideas", kind), "recommendation p2, idea p0"},
		"people":        {read("storm/people", person), "critic0 2/0 n0 , critic1 1/0 n1 , critic2 1/0 n2 "},
		"praise people": {read("praise/people", person), "fan1 (contact) 0/1 p1 advocate, fan2 0/1 p2 advocate, fan0 0/2 p0 thank"},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for _, what := range []string{"posts", "people", "ideas", "history", "parts"} {
		s.get(api+"/incidents/none/"+what).problem(http.StatusNotFound, "not-found")
	}
}

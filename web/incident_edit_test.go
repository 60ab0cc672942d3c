package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/web"
)

func TestEditIncident(t *testing.T) {
	s := newAdminSite(t, nil)
	acme, rival := s.monitor("Acme"), s.monitor("Rival")
	s.incident("i1", acme, "firestorm", "escalating", time.Hour)
	s.incident("i2", rival, "volume", "open", time.Hour)
	s.incident("i3", acme, "praise", "resolved", 2*time.Hour)
	const at = api + "/incidents/i1"
	if err := web.AddUser(t.Context(), s.db, "berta", adminPassword, noon); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, path string
		body         map[string]any
		field        string
		want         any
	}{
		{http.MethodPost, "/acknowledge", nil, "acknowledged_by", "admin"},
		{http.MethodPut, "/assignee", map[string]any{"user": "Berta"}, "assignee", "berta"},
		{http.MethodPost, "/comments", map[string]any{"text": "<script>alert(1)</script>"}, "version", 4.0},
		{http.MethodPut, "/silence", map[string]any{"until": "2026-03-02T14:00:00+01:00"}, "silenced_until", "2026-03-02T13:00:00Z"},
		{http.MethodPut, "/label", map[string]any{"label": "false_alarm"}, "label", "false_alarm"},
		{http.MethodPut, "/merge", map[string]any{"into": "i2"}, "merged_into", "i2"},
		{http.MethodDelete, "/merge", nil, "merged_into", ""},
		{http.MethodDelete, "/label", nil, "labelled_at", nil},
		{http.MethodDelete, "/silence", nil, "silenced_until", nil},
		{http.MethodDelete, "/assignee", nil, "assignee", ""},
	} {
		var body any
		if c.body != nil {
			body = c.body
		}
		a := s.do(c.method, at+c.path, body).want(http.StatusOK)
		if got := a.object(); got[c.field] != c.want || a.header.Get("ETag") != fmt.Sprintf("%q", fmt.Sprint(got["version"])) {
			t.Errorf("%s %s: %s is %v, want %v; ETag %s", c.method, c.path, c.field, got[c.field], c.want, a.header.Get("ETag"))
		}
	}
	var actions []string
	entries, next := s.get(at + "/history?limit=200").items()
	for _, e := range entries {
		actions = append(actions, e["action"].(string))
	}
	if diff := cmp.Diff("unassigned unsilenced unlabelled separated merged labelled silenced commented assigned acknowledged", strings.Join(actions, " ")); diff != "" || next != "" {
		t.Error(diff)
	}
	if entries[7]["text"] != "<script>alert(1)</script>" || entries[7]["by"] != "admin" {
		t.Errorf("got %v, want the comment as it was written", entries[7])
	}
	first, next := s.get(at + "/history?limit=4").items()
	if rest, _ := s.get(at + "/history?limit=200&cursor=" + next).items(); len(first) != 4 || len(rest) != 6 {
		t.Errorf("pages of %d and %d entries", len(first), len(rest))
	}
}

func TestEditIncidentRefused(t *testing.T) {
	s := newAdminSite(t, nil)
	acme := s.monitor("Acme")
	s.incident("i1", acme, "firestorm", "escalating", time.Hour)
	s.incident("i3", acme, "praise", "resolved", 2*time.Hour)
	s.do(http.MethodPost, api+"/incidents/i1/comments", map[string]any{"text": "one"}, "If-Match", `"1"`).want(http.StatusOK)
	for name, c := range map[string]struct {
		method, path string
		body         any
		code         int
		kind, says   string
	}{
		"ErrNoUser":          {http.MethodPut, "i1/assignee", map[string]any{"user": "nobody"}, 422, "invalid", "GET /users"},
		"ErrSilencePast":     {http.MethodPut, "i1/silence", map[string]any{"until": "2026-03-02T11:00:00Z"}, 422, "invalid", "not in the future"},
		"ErrSilenceNoTime":   {http.MethodPut, "i1/silence", map[string]any{"until": "soon"}, 422, "invalid", ""},
		"ErrLabel":           {http.MethodPut, "i1/label", map[string]any{"label": "maybe"}, 422, "invalid", ""},
		"ErrMergeSelf":       {http.MethodPut, "i1/merge", map[string]any{"into": "i1"}, 422, "invalid", "another incident"},
		"ErrMergeNowhere":    {http.MethodPut, "i1/merge", map[string]any{"into": "none"}, 404, "not-found", ""},
		"ErrResolved":        {http.MethodPost, "i3/acknowledge", nil, 409, "conflict", "resolved"},
		"ErrResolvedSilence": {http.MethodPut, "i3/silence", map[string]any{"until": "2026-03-02T14:00:00Z"}, 409, "conflict", "resolved"},
		"ErrNone":            {http.MethodPost, "none/comments", map[string]any{"text": "x"}, 404, "not-found", ""},
		"ErrNoComment":       {http.MethodPost, "i1/comments", map[string]any{"text": ""}, 422, "invalid", ""},
		"ErrLongComment":     {http.MethodPost, "i1/comments", map[string]any{"text": strings.Repeat("x", 1<<20-20)}, 422, "invalid", "4000"},
		"ErrHugeComment":     {http.MethodPost, "i1/comments", map[string]any{"text": strings.Repeat("x", 1<<20)}, 413, "too-large", ""},
		"ErrControlComment":  {http.MethodPost, "i1/comments", map[string]any{"text": "a\u0007b"}, 422, "invalid", "control character"},
		"ErrZeroComment":     {http.MethodPost, "i1/comments", `{"text":"a\u0000b"}`, 400, "malformed", ""},
		"ErrUnknownField":    {http.MethodPost, "i1/comments", map[string]any{"text": "x", "html": true}, 422, "invalid", ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.do(c.method, api+"/incidents/"+c.path, c.body)
			if a.problem(c.code, c.kind); !strings.Contains(string(a.body), c.says) {
				t.Errorf("got %.500s, want %q", a.body, c.says)
			}
		})
	}
	s.do(http.MethodPut, api+"/incidents/i1/label", map[string]any{"label": "right"}, "If-Match", `"1"`).problem(http.StatusPreconditionFailed, "changed")
	if items, _ := s.get(api + "/incidents/i1/history").items(); len(items) != 1 {
		t.Errorf("%d entries, want the one change that was made", len(items))
	}
}

// Of many who acknowledge at once, one is first, and one entry is made.
func TestAcknowledgedAtOnce(t *testing.T) {
	s := newAdminSite(t, nil)
	s.incident("i1", s.monitor("Acme"), "firestorm", "open", time.Hour)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { s.do(http.MethodPost, api+"/incidents/i1/acknowledge", nil) })
	}
	all.Wait()
	items, _ := s.get(api + "/incidents/i1/history").items()
	if i := s.get(api + "/incidents/i1").object(); len(items) != 1 || i["version"] != 2.0 || i["acknowledged_by"] != "admin" {
		t.Errorf("%d entries, %v", len(items), i)
	}
}

func TestIncidentFilters(t *testing.T) {
	s := newAdminSite(t, nil)
	acme := s.monitor("Acme")
	s.incident("i1", acme, "firestorm", "escalating", time.Hour)
	s.incident("i2", acme, "volume", "open", 2*time.Hour)
	s.incident("i3", acme, "praise", "resolved", 3*time.Hour)
	s.exec("UPDATE incidents SET severity = 5 WHERE id = 'i2'")
	s.do(http.MethodPut, api+"/incidents/i2/assignee", map[string]any{"user": "admin"}).want(http.StatusOK)
	s.do(http.MethodPut, api+"/incidents/i3/merge", map[string]any{"into": "i1"}).want(http.StatusOK)
	for query, want := range map[string]string{"": "i1 i2", "?merged=true": "i1 i2 i3", "?severity=4": "i2", "?assignee=admin": "i2", "?on=true": "i1 i2", "?assignee=nobody": ""} {
		items, _ := s.get(api + "/incidents" + query).items()
		var got []string
		for _, i := range items {
			got = append(got, i["id"].(string))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", query, got, want)
		}
	}
	parts, _ := s.get(api + "/incidents/i1/parts").items()
	if len(parts) != 1 || parts[0]["id"] != "i3" {
		t.Errorf("parts %v", parts)
	}
}

// An incident stays whose it is when they are called otherwise, also when another one gets their old name.
func TestAssigneeIsRenamed(t *testing.T) {
	s := newAdminSite(t, nil)
	s.incident("i1", s.monitor("Acme"), "firestorm", "escalating", time.Hour)
	if err := web.AddUser(t.Context(), s.db, "berta", adminPassword, noon); err != nil {
		t.Fatal(err)
	}
	s.do(http.MethodPut, api+"/incidents/i1/assignee", map[string]any{"user": "berta"}).want(http.StatusOK)
	admin := s.browserOf(web.AdminName)
	admin.do(http.MethodPatch, api+"/users/"+s.userID("berta"), object{"name": "bertha"}).want(http.StatusOK)
	if err := web.AddUser(t.Context(), s.db, "berta", adminPassword, noon); err != nil {
		t.Fatal(err)
	}
	if got := s.get(api + "/incidents/i1").object()["assignee"]; got != "bertha" {
		t.Errorf("it is %v's", got)
	}
	if found, _ := s.get(api + "/incidents?assignee=berta").items(); len(found) != 0 {
		t.Errorf("got %v for another one of the old name", found)
	}
}

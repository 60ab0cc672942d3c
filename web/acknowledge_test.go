package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/web"
	"gopkg.in/yaml.v3"
)

// told is a site with two channels that lead nowhere, a route and links.
func told(t *testing.T, clock func() time.Time) (*site, *alerts.Links) {
	t.Helper()
	db := newDB(t)
	links, err := alerts.OpenLinks(t.Context(), db, "https://gw.example.org")
	if err != nil {
		t.Fatal(err)
	}
	c := config.Default()
	err = yaml.Unmarshal([]byte(`
channels:
  - {name: chat, kind: slack, settings: {url: "http://127.0.0.1:9/services/hunter2", timeout: 1s}}
  - {name: hook, kind: webhook, settings: {url: "http://127.0.0.1:9/hunter2", secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, timeout: 1s}}
alerts:
  hours: [{name: night, from: "00:00", until: "24:00"}]
  routes:
    - {name: severe, match: {severity: 4}, channels: [hook], escalate: [{after: 10m, channels: [chat]}]}
    - {name: rest, channels: [chat], quiet: night}
  digests: [{name: Daily, every: day, channels: [chat]}]
`), &c)
	if err != nil {
		t.Fatal(err)
	}
	routing, err := alerts.NewRouting(&c)
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, db, func(o *web.Options) { o.Routing, o.Links, o.Clock = routing, links, clock })
	return s, links
}

// A link in a notification acknowledges by a press of its button, and by nothing else.
func TestAcknowledgeByLink(t *testing.T) {
	s, links := told(t, func() time.Time { return noon })
	s.incident("i1", "gone", "firestorm", "open", time.Hour)
	path, _ := strings.CutPrefix(links.Sign(alerts.Pass{IncidentID: "i1", Recipient: "chat"}, noon), "https://gw.example.org")
	acknowledged := func() bool {
		i, err := alerts.IncidentByID(t.Context(), s.db, "i1")
		if err != nil {
			t.Fatal(err)
		}
		return !i.AcknowledgedAt.IsZero()
	}
	for range 20 { // as the scanners of mail servers do
		page := s.do(http.MethodGet, path, nil).want(http.StatusOK)
		if !strings.Contains(string(page.body), "<form method=\"post\">") || acknowledged() {
			t.Fatalf("looking at it changed something, or shows no button:\n%s", page.body)
		}
	}
	s.do(http.MethodHead, path, nil)
	if acknowledged() {
		t.Fatal("HEAD acknowledged")
	}
	done := s.do(http.MethodPost, path, nil, "Accept-Language", "de-DE,de;q=0.9").want(http.StatusOK)
	if !acknowledged() || !strings.Contains(string(done.body), "Der Vorfall ist übernommen: link sent to chat.") {
		t.Errorf("got:\n%s", done.body)
	}
	again := s.do(http.MethodGet, path, nil).want(http.StatusOK)
	if strings.Contains(string(again.body), "<form") {
		t.Error("it asks again")
	}
	history, _, err := alerts.History(t.Context(), s.db, "i1", "", 10)
	if err != nil || len(history) != 1 || history[0].Action != alerts.Acknowledged || history[0].By != "link sent to chat" {
		t.Errorf("history %+v, %v", history, err)
	}
	if strings.Contains(s.log.String(), path[5:]) {
		t.Error("the link stands in the log")
	}
}

// Who reads German is asked, thanked and refused in German.
func TestAcknowledgeInGerman(t *testing.T) {
	s, links := told(t, func() time.Time { return noon })
	for id, state := range map[string]string{"open": "open", "over": "resolved"} {
		s.incident(id, "gone", "firestorm", state, time.Hour)
	}
	link := func(id string) string {
		path, _ := strings.CutPrefix(links.Sign(alerts.Pass{IncidentID: id, Recipient: "chat"}, noon), "https://gw.example.org")
		return path
	}
	for _, step := range []struct { // in this order: the second one acknowledges
		name, method, path string
		code               int
		want               []string
	}{
		{"OKAsks", http.MethodGet, link("open"), http.StatusOK, []string{`<html lang="de">`, "Darum kümmern?", "Die anderen werden nicht mehr daran erinnert.", ">Übernehmen</button>"}},
		{"OKThanks", http.MethodPost, link("open"), http.StatusOK, []string{"<h1>Danke</h1>", "Der Vorfall ist übernommen: link sent to chat."}},
		{"OKTaken", http.MethodGet, link("open"), http.StatusOK, []string{"Er ist schon übernommen: link sent to chat."}},
		{"OKOver", http.MethodGet, link("over"), http.StatusOK, []string{"Der Vorfall ist vorbei."}},
		{"ErrGone", http.MethodGet, link("nobody"), http.StatusNotFound, []string{"Dieser Link gilt nicht mehr", "Groundswell zeigt, was los ist."}},
	} {
		t.Run(step.name, func(t *testing.T) {
			page := string(s.do(step.method, step.path, nil, "Accept-Language", "de-AT,de;q=0.9,en;q=0.5").want(step.code).body)
			for _, want := range step.want {
				if !strings.Contains(page, want) {
					t.Errorf("want %q in:\n%s", want, page)
				}
			}
		})
	}
}

func TestAcknowledgeRefuses(t *testing.T) {
	now := noon
	s, links := told(t, func() time.Time { return now })
	s.incident("i1", "gone", "firestorm", "open", time.Hour)
	good, _ := strings.CutPrefix(links.Sign(alerts.Pass{IncidentID: "i1", Recipient: "chat"}, noon), "https://gw.example.org")
	wave, _ := strings.CutPrefix(links.Sign(alerts.Pass{IncidentID: "i1", Reopened: 1, Recipient: "chat"}, noon), "https://gw.example.org")
	gone, _ := strings.CutPrefix(links.Sign(alerts.Pass{IncidentID: "i9", Recipient: "chat"}, noon), "https://gw.example.org")
	for name, path := range map[string]string{"ErrForged": good + "x", "ErrOtherWave": wave, "ErrGone": gone, "ErrNone": "/ack/x"} {
		t.Run(name, func(t *testing.T) {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				s.do(method, path, nil).want(http.StatusNotFound)
			}
			now = now.Add(time.Hour) // the throttle forgets
		})
	}
	for range 10 {
		s.do(http.MethodPost, "/ack/guess", nil)
	}
	s.do(http.MethodPost, "/ack/guess", nil).want(http.StatusTooManyRequests)
	now = noon.Add(8 * 24 * time.Hour)
	s.do(http.MethodPost, good, nil).want(http.StatusNotFound)
	if i, err := alerts.IncidentByID(t.Context(), s.db, "i1"); err != nil || !i.AcknowledgedAt.IsZero() {
		t.Errorf("got %+v, %v", i, err)
	}
}

func TestChannels(t *testing.T) {
	s, _ := told(t, nil)
	s.addAdmin()
	token, err := web.AddToken(t.Context(), s.db, web.AdminName, "tests", time.Time{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s.token = token
	acme := s.monitor("Acme")
	s.incident("i1", acme, "firestorm", "open", time.Hour)
	items, _ := s.get(api + "/channels").items()
	if len(items) != 2 || items[0]["name"] != "chat" || items[0]["kind"] != "slack" || items[0]["gathers"] != true || items[1]["gathers"] != false {
		t.Errorf("channels %v", items)
	}
	test := s.do(http.MethodPost, api+"/channels/chat/test", nil).want(http.StatusOK)
	if got := test.object(); got["delivered"] != false || !strings.Contains(got["error"].(string), "notify 127.0.0.1:9: ") || strings.Contains(string(test.body), "hunter2") {
		t.Errorf("test %s", test.body)
	}
	s.do(http.MethodPost, api+"/channels/nobody/test", nil).want(http.StatusNotFound)
	for range 10 {
		s.do(http.MethodPost, api+"/channels/hook/test", nil)
	}
	s.do(http.MethodPost, api+"/channels/hook/test", nil).want(http.StatusTooManyRequests)
	if routes := string(s.get(api + "/routes").want(http.StatusOK).body); !strings.Contains(routes, `"severity: from 4"`) || !strings.Contains(routes, `"name":"Daily"`) {
		t.Errorf("routes %s", routes)
	}
	severe, _ := s.do(http.MethodPost, api+"/routes/preview", map[string]any{"monitor_id": acme, "severity": 5}).items()
	if len(severe) != 1 || severe[0]["route"] != "severe" || len(severe[0]["told"].([]any)) != 2 {
		t.Errorf("preview %v", severe)
	}
	stored, _ := s.do(http.MethodPost, api+"/routes/preview", map[string]any{"incident_id": "i1"}).items()
	if len(stored) != 1 || stored[0]["route"] != "rest" || stored[0]["told"].([]any)[0].(map[string]any)["held"] != "quiet" ||
		!strings.Contains(stored[0]["text"].(string), "many are angry") {
		t.Errorf("preview %v", stored)
	}
	s.do(http.MethodPost, api+"/routes/preview", map[string]any{"incident_id": "nobody"}).want(http.StatusNotFound)
	s.exec(`INSERT INTO deliveries (id, dedupe_key, channel, incident_id, payload, attempts, next_at, delivered_at, failed_at, error, created_at)
		VALUES ('01A', 'k1', 'chat', 'i1', '{"monitor": "Acme"}', 3, 1, 0, 0, 'notify hooks: it answered 500', 1), ('01B', 'k2', 'hook', 'i1', '{}', 1, 0, 5, 0, '', 1)`)
	waiting, _ := s.get(api + "/deliveries?state=waiting").items()
	if len(waiting) != 1 || waiting[0]["error"] != "notify hooks: it answered 500" || waiting[0]["title"] != "Acme" {
		t.Errorf("deliveries %v", waiting)
	}
	first, next := s.get(api + "/deliveries?limit=1").items()
	second, _ := s.get(api + "/deliveries?limit=1&cursor=" + next).items()
	if len(first) != 1 || len(second) != 1 || first[0]["id"] != "01B" || second[0]["id"] != "01A" {
		t.Errorf("pages %v, %v", first, second)
	}
	for id, channel := range map[string]string{"d1": "hook", "d2": "gone"} {
		s.exec(`INSERT INTO deliveries (id, dedupe_key, channel, incident_id, payload, attempts, next_at, delivered_at, failed_at, error, created_at)
			VALUES ($1, $1, $2, 'i1', '{}', 9, 0, 0, 1, 'it answered 500', 1)`, id, channel)
	}
	if d := s.do(http.MethodPost, api+"/deliveries/d1/retry", nil).want(http.StatusOK).object(); d["state"] != "waiting" || d["error"] != "" {
		t.Errorf("retried %v", d)
	}
	s.do(http.MethodPost, api+"/deliveries/d1/retry", nil).problem(http.StatusConflict, "conflict")
	s.do(http.MethodPost, api+"/deliveries/d2/retry", nil).problem(http.StatusConflict, "conflict")
	s.do(http.MethodPost, api+"/deliveries/d3/retry", nil).problem(http.StatusNotFound, "not-found")
}

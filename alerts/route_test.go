package alerts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/internal/config"
	"gopkg.in/yaml.v3"
)

// routing reads the part of a configuration that is about alerts.
func routing(t testing.TB, text string) config.Alerts {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	c := config.Alerts{Language: "en", TimeZone: "Europe/Berlin"}
	if err := config.Decode(&doc, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

var someChannels = map[string]bool{"slack": true, "mail": true, "pager": false, "boss": true}

const tree = `
hours:
  - {name: office, days: [mon-fri], from: "08:00", until: "18:00"}
  - {name: night, from: "22:00", until: "07:00"}
teams:
  - {name: press, monitors: [Acme]}
routes:
  - name: severe
    match: {types: [incident], severity: 4}
    channels: [pager]
    continue: true
    escalate: [{after: 10m, channels: [boss]}]
  - name: own
    match: {monitor_kinds: [own]}
    channels: [mail]
    cooldown: 4h
    routes:
      - name: own praise
        match: {kinds: [praise]}
        channels: []
      - name: press by day
        match: {teams: [press], hours: office}
        channels: [slack]
  - name: mentions
    match: {types: [mention], outside: office}
    channels: [slack]
`

func TestTake(t *testing.T) {
	c := routing(t, tree)
	routes, err := alerts.NewRoutes(&c, someChannels)
	if err != nil {
		t.Fatal(err)
	}
	monday := time.Date(2026, 3, 2, 11, 0, 0, 0, time.UTC) // noon in Berlin
	night := monday.Add(10 * time.Hour)
	incident := func(monitor, kind, monitorKind string, severity int) notify.Notification {
		return notify.Notification{Type: "incident", Monitor: monitor, Kind: kind, MonitorKind: monitorKind, Severity: severity}
	}
	for name, tt := range map[string]struct {
		n    notify.Notification
		at   time.Time
		want string
	}{
		"OKChild":         {incident("Acme", "firestorm", "own", 3), monday, "press by day→slack"},
		"OKParentAtNight": {incident("Acme", "firestorm", "own", 3), night, "own→mail"},
		"OKContinue":      {incident("Acme", "firestorm", "own", 4), night, "severe→pager own→mail"},
		"OKNobody":        {incident("Acme", "praise", "own", 0), monday, "own praise→"},
		"OKOtherTeam":     {incident("Acme 2", "firestorm", "own", 3), monday, "own→mail"},
		"OKNone":          {incident("Beta", "firestorm", "competitor", 3), monday, "→boss,mail,pager,slack"},
		"OKContinueOnly":  {incident("Beta", "firestorm", "competitor", 5), monday, "severe→pager"},
		"OKMention":       {notify.Notification{Type: "mention", Kind: "contact"}, night, "mentions→slack"},
		"OKMentionByDay":  {notify.Notification{Type: "mention", Kind: "contact"}, monday, "→boss,mail,pager,slack"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, x := range routes.Take(&tt.n, tt.at) {
				got = append(got, x.Route+"→"+strings.Join(x.Channels, ","))
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, r := range routes.List() {
		if r.Route == "press by day" && (r.Depth != 1 || r.Cooldown != 4*time.Hour || !slices.Equal(r.Match, []string{"team: press", "during office"})) {
			t.Errorf("got %+v: want it to have what the route around it says", r)
		}
	}
}

func TestRoutesErrors(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"ErrChannel":    {"routes: [{name: a, channels: [slak]}]", `alerts.routes[0].channels: "slak": want the name of a channel boss, mail, pager, slack`},
		"ErrName":       {"routes: [{channels: [mail]}]", "alerts.routes[0].name"},
		"ErrTwice":      {"routes: [{name: a, routes: [{name: a}]}]", "alerts.routes[0].routes[0].name"},
		"ErrKind":       {"routes: [{name: a, match: {kinds: [shitstorm]}}]", "alerts.routes[0].match.kinds"},
		"ErrSeverity":   {"routes: [{name: a, match: {severity: 7}}]", "match.severity: 7: want from 0 to 6"},
		"ErrTeam":       {"routes: [{name: a, match: {teams: [press]}}]", "match.teams"},
		"ErrHours":      {"routes: [{name: a, quiet: night}]", `quiet: "night": want the name of one of alerts.hours`},
		"ErrGroup":      {"routes: [{name: a, group_by: [incident_id]}]", "group_by"},
		"ErrWait":       {"routes: [{name: a, group_wait: 2h}]", "group_wait: 2h0m0s: want from 0s to 1h0m0s"},
		"ErrCooldown":   {"routes: [{name: a, cooldown: -1s}]", "cooldown: -1s"},
		"ErrEscalation": {"routes: [{name: a, escalate: [{after: 10m, channels: [mail]}, {after: 5m, channels: [boss]}]}]", "escalate[1].after: 5m0s"},
		"ErrNobody":     {"routes: [{name: a, escalate: [{after: 10m}]}]", "escalate[0].channels: want whom to tell"},
		"ErrTemplate":   {"routes: [{name: a, template: x}]", "want the name of one of alerts.templates"},
		"ErrLanguage":   {"routes: [{name: a, language: fr}]", "want one of en, de"},
		"ErrDeep":       {"routes: [" + strings.Repeat("{name: a, routes: [", 12) + strings.Repeat("]}", 12) + "]", "within each other"},
		"ErrZone":       {"time_zone: Mars/Olympus", "alerts.time_zone"},
		"ErrDay":        {`hours: [{name: a, days: [monday], from: "08:00", until: "09:00"}]`, "alerts.hours[0].days"},
		"ErrClock":      {`hours: [{name: a, from: "8", until: "09:00"}]`, "alerts.hours[0].from"},
		"ErrDigest":     {"digests: [{name: a, every: month, channels: [mail]}]", "alerts.digests[0].every"},
		"ErrDigestOn":   {"digests: [{name: a, every: day, on: fri, channels: [mail]}]", "alerts.digests[0].on"},
		"ErrDigestTo":   {"digests: [{name: a, every: day, channels: [pager]}]", `"pager" takes alerts only`},
		"ErrEmptyTeam":  {"teams: [{name: press}]", "alerts.teams[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			c := routing(t, tt.text)
			if _, err := alerts.NewRoutes(&c, someChannels); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestHours(t *testing.T) {
	c := routing(t, `
hours:
  - {name: night, from: "22:00", until: "07:00"}
  - {name: weekend, days: [sat, sun], from: "00:00", until: "24:00"}
  - {name: weekend, days: [fri], from: "18:00", until: "00:00"}
routes:
  - {name: a, match: {severity: 1}, quiet: night, channels: [mail]}
  - {name: b, quiet: weekend, channels: [slack]}
`)
	routes, err := alerts.NewRoutes(&c, someChannels)
	if err != nil {
		t.Fatal(err)
	}
	berlin := routes.Zone()
	quiet := func(severity int) alerts.Hours {
		return routes.Take(&notify.Notification{Severity: severity}, start)[0].Quiet
	}
	for name, tt := range map[string]struct {
		hours    alerts.Hours
		at, want string // want empty: not within
	}{
		"OKEvening":      {quiet(1), "2026-03-02 22:00", "2026-03-03 07:00"},
		"OKMorning":      {quiet(1), "2026-03-02 06:59", "2026-03-02 07:00"},
		"OKDay":          {quiet(1), "2026-03-02 07:00", ""},
		"OKSpringNight":  {quiet(1), "2026-03-28 23:00", "2026-03-29 07:00"}, // eight hours of the clock are seven
		"OKAutumnNight":  {quiet(1), "2026-10-24 23:00", "2026-10-25 07:00"},
		"OKWeekend":      {quiet(0), "2026-03-06 19:00", "2026-03-09 00:00"}, // Friday evening up to Monday
		"OKNotOnFriday":  {quiet(0), "2026-03-06 17:59", ""},
		"OKSpringSunday": {quiet(0), "2026-03-29 02:59", "2026-03-30 00:00"},
	} {
		t.Run(name, func(t *testing.T) {
			at, err := time.ParseInLocation("2006-01-02 15:04", tt.at, berlin)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if tt.hours.Contain(at) {
				got = tt.hours.End(at).In(berlin).Format("2006-01-02 15:04")
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDigestPeriod(t *testing.T) {
	c := routing(t, `
digests:
  - {name: daily, every: day, at: "08:00", channels: [mail]}
  - {name: night, every: day, at: "02:30", channels: [mail]}
  - {name: weekly, every: week, on: sun, at: "08:00", channels: [mail]}
`)
	routes, err := alerts.NewRoutes(&c, someChannels)
	if err != nil {
		t.Fatal(err)
	}
	// Hour by hour through a year, over both changes of the clock: periods follow one another
	// without gap and overlap, and a period is known by its end.
	for _, d := range routes.Digests() {
		var before time.Time
		lengths := map[time.Duration]int{}
		for at := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC); at.Year() == 2026; at = at.Add(time.Hour) {
			from, until := d.Period(at)
			if until.After(at) || at.Sub(until) > 8*24*time.Hour {
				t.Fatalf("%s at %v: until %v", d.Name, at, until)
			}
			if !before.IsZero() && !until.Equal(before) {
				if !from.Equal(before) {
					t.Fatalf("%s at %v: from %v, want the end before, %v", d.Name, at, from, before)
				}
				lengths[until.Sub(from)]++
			}
			before = until
		}
		day := 24 * time.Hour
		if d.Every == "week" {
			day *= 7
		}
		if lengths[day] < 40 || lengths[day-time.Hour] != 1 || lengths[day+time.Hour] != 1 {
			t.Errorf("%s: lengths %v: want one shorter and one longer by an hour", d.Name, lengths)
		}
	}
	got := fmt.Sprint(routes.Digests()[2].Period(time.Date(2026, 3, 29, 6, 0, 0, 0, time.UTC))) // 08:00 in summer
	if want := "2026-03-22 08:00:00 +0100 CET 2026-03-29 08:00:00 +0200 CEST"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

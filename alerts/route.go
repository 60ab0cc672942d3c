package alerts

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/config"
)

// Routes are the tree of routes, checked, with what they refer to.
type Routes struct {
	top       []*route
	otherwise Telling // where no route matches
	teams     map[string][]string
	zone      *time.Location
	digests   []Digest
}

// A Telling is what a route says of alerts that take it.
type Telling struct {
	Route         string   // its name; empty: no route matched
	Channels      []string // none: nobody is told
	GroupBy       []string // monitor, kind, severity, type, route; none: each alert by itself
	GroupWait     time.Duration
	GroupInterval time.Duration
	Cooldown      time.Duration // for further incidents of the same monitor and kind
	Quiet         Hours         // what is less severe than 4 waits for their end
	Escalate      []Step
	Language      string
	Template      string
}

// A Step of an escalation tells others when nobody has acknowledged for so long.
type Step struct {
	After    time.Duration
	Channels []string
}

type route struct {
	Telling
	match    match
	goOn     bool // to the next route beside it, as well
	children []*route
}

// match restricts a route; what is empty does not restrict.
type match struct {
	types, monitors, monitorKinds, kinds, teams []string
	severity                                    int
	hours, outside                              Hours
	words                                       []string // what it asks for, for people
}

// urgent is the severity that no quiet hours hide.
const urgent = 4

// The words that a configuration may use.
var (
	types      = []string{notify.TypeIncident, notify.TypeMention}
	groupWords = []string{"monitor", "kind", "severity", "type", "route"}
	languages  = []string{"en", "de"}
)

// mostSteps and mostRoutes bound what one alert can set off.
const (
	mostSteps  = 20
	mostRoutes = 500
	deepest    = 10
)

// NewRoutes checks the routing of a configuration, for channels of which digests says whether they
// take digests. Every error names its place.
func NewRoutes(c *config.Alerts, digests map[string]bool) (*Routes, error) {
	channels := slices.Sorted(maps.Keys(digests))
	zone, err := readZone(cmp.Or(c.TimeZone, "UTC"), time.UTC)
	if err != nil {
		return nil, fmt.Errorf("alerts.%w", err)
	}
	if !slices.Contains(languages, c.Language) {
		return nil, fmt.Errorf("alerts.language: %q: want en or de", c.Language)
	}
	r := &routeReader{channels: channels, names: make(map[string]bool), teams: make(map[string][]string), templates: make(map[string]bool)}
	if r.hours, err = readHours(c.Hours, zone); err != nil {
		return nil, err
	}
	for i, t := range c.Teams {
		if t.Name == "" || len(t.Monitors) == 0 {
			r.fail(fmt.Sprintf("alerts.teams[%d]", i), "want a name and monitors")
		}
		r.teams[t.Name] = t.Monitors
	}
	for _, t := range c.Templates {
		r.templates[t.Name] = true
	}
	otherwise := Telling{Channels: channels, Language: c.Language}
	top := r.read("alerts.routes", c.Routes, &otherwise, 1)
	if err := errors.Join(r.errs...); err != nil {
		return nil, err
	}
	routes := &Routes{top: top, otherwise: otherwise, teams: r.teams, zone: zone}
	routes.digests, err = readDigests(c, channels, zone, func(channel string) bool { return digests[channel] })
	return routes, err
}

// A routeReader checks routes and gathers what is wrong with them.
type routeReader struct {
	channels  []string
	hours     map[string]Hours
	teams     map[string][]string
	templates map[string]bool
	names     map[string]bool
	errs      []error
}

func (r *routeReader) fail(place, format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("%s: %s", place, fmt.Sprintf(format, args...)))
}

// read reads the routes at a place. What a route does not say its parent says.
func (r *routeReader) read(place string, list []config.Route, parent *Telling, depth int) []*route {
	if depth > deepest && len(list) > 0 {
		r.fail(place, "want at most %d routes within each other", deepest)
		return nil
	}
	routes := make([]*route, len(list))
	for i := range list {
		c, at := &list[i], fmt.Sprintf("%s[%d]", place, i)
		if r.names[c.Name] || c.Name == "" {
			r.fail(at+".name", "%q: want a name that no other route has", c.Name)
		}
		if r.names[c.Name] = true; len(r.names) > mostRoutes {
			r.fail(place, "want at most %d routes", mostRoutes)
			return nil
		}
		routes[i] = &route{Telling: r.telling(at, c, parent), match: r.match(at+".match", &c.Match), goOn: c.Continue}
		routes[i].children = r.read(at+".routes", c.Routes, &routes[i].Telling, depth+1)
	}
	return routes
}

func (r *routeReader) telling(at string, c *config.Route, parent *Telling) Telling {
	t := *parent
	t.Route = c.Name
	if c.Channels != nil { // an empty list says: nobody
		t.Channels = c.Channels
	}
	if c.GroupBy != nil {
		t.GroupBy = c.GroupBy
	}
	r.known(at+".channels", c.Channels, r.channels, "the name of a channel")
	r.known(at+".group_by", c.GroupBy, groupWords, "some of")
	for _, d := range []struct {
		key  string
		from *time.Duration
		into *time.Duration
		most time.Duration
	}{{"group_wait", c.GroupWait, &t.GroupWait, time.Hour}, {"group_interval", c.GroupInterval, &t.GroupInterval, 12 * time.Hour},
		{"cooldown", c.Cooldown, &t.Cooldown, 7 * 24 * time.Hour}} {
		switch {
		case d.from == nil:
		case *d.from < 0 || *d.from > d.most:
			r.fail(at+"."+d.key, "%v: want from 0s to %v", *d.from, d.most)
		default:
			*d.into = *d.from
		}
	}
	if c.Quiet != "" {
		t.Quiet = r.named(at+".quiet", c.Quiet)
	}
	if c.Language != "" {
		r.known(at+".language", []string{c.Language}, languages, "one of")
		t.Language = c.Language
	}
	if t.Template = cmp.Or(c.Template, t.Template); c.Template != "" && !r.templates[c.Template] {
		r.fail(at+".template", "%q: want the name of one of alerts.templates", c.Template)
	}
	if c.Escalate != nil {
		t.Escalate = r.steps(at+".escalate", c.Escalate)
	}
	return t
}

func (r *routeReader) steps(at string, list []config.Escalation) []Step {
	if len(list) > mostSteps {
		r.fail(at, "want at most %d steps", mostSteps)
	}
	var steps []Step
	for i, e := range list {
		place := fmt.Sprintf("%s[%d]", at, i)
		if e.After < time.Minute || e.After > 24*time.Hour || i > 0 && e.After <= list[i-1].After {
			r.fail(place+".after", "%v: want from 1m to 24h since the alert, and later than the step before", e.After)
		}
		if len(e.Channels) == 0 {
			r.fail(place+".channels", "want whom to tell")
		}
		r.known(place+".channels", e.Channels, r.channels, "the name of a channel")
		steps = append(steps, Step{e.After, e.Channels})
	}
	return steps
}

func (r *routeReader) match(at string, c *config.Match) match {
	r.known(at+".types", c.Types, types, "some of")
	r.known(at+".monitor_kinds", c.MonitorKinds, []string{"own", "competitor", "campaign", "market"}, "some of")
	r.known(at+".teams", c.Teams, slices.Sorted(maps.Keys(r.teams)), "the name of a team")
	r.known(at+".kinds", c.Kinds, Kinds(), "some of")
	if c.Severity < 0 || c.Severity > 6 {
		r.fail(at+".severity", "%d: want from 0 to 6", c.Severity)
	}
	m := match{types: c.Types, monitors: c.Monitors, monitorKinds: c.MonitorKinds, kinds: c.Kinds, teams: c.Teams, severity: c.Severity, words: words(c)}
	if c.Hours != "" {
		m.hours = r.named(at+".hours", c.Hours)
	}
	if c.Outside != "" {
		m.outside = r.named(at+".outside", c.Outside)
	}
	return m
}

// Kinds are those of incidents, and of rules by which a mention alerts.
func Kinds() []string {
	return []string{string(spike.Firestorm), string(spike.Volume), string(spike.Coordinated), string(spike.Praise),
		"influential_author", "contact", "purchase", "keyword", "negative_reach"}
}

func (r *routeReader) named(at, name string) Hours {
	h, ok := r.hours[name]
	if !ok {
		r.fail(at, "%q: want the name of one of alerts.hours", name)
	}
	return h
}

func (r *routeReader) known(at string, words, all []string, want string) {
	for _, word := range words {
		if !slices.Contains(all, word) {
			r.fail(at, "%q: want %s %s", word, want, strings.Join(all, ", "))
		}
	}
}

// Take returns what the routes say that an alert takes at a time, in their order. Where none
// matches, everybody is told.
func (r *Routes) Take(n *notify.Notification, at time.Time) []Telling {
	taken := r.walk(r.top, n, at)
	if taken == nil {
		return []Telling{r.otherwise}
	}
	return taken
}

// walk goes through routes beside each other up to the first that matches and does not continue.
// Of one that matches, its own routes come first.
func (r *Routes) walk(routes []*route, n *notify.Notification, at time.Time) (taken []Telling) {
	for _, route := range routes {
		if !route.match.fits(n, r.teamsOf(n.Monitor), at) {
			continue
		}
		if inner := r.walk(route.children, n, at); inner != nil {
			taken = append(taken, inner...)
		} else {
			taken = append(taken, route.Telling)
		}
		if !route.goOn {
			break
		}
	}
	return taken
}

func (r *Routes) teamsOf(monitor string) (names []string) {
	for name, monitors := range r.teams {
		if slices.Contains(monitors, monitor) {
			names = append(names, name)
		}
	}
	return names
}

func (m *match) fits(n *notify.Notification, teams []string, at time.Time) bool {
	among := func(want []string, have ...string) bool {
		return len(want) == 0 || slices.ContainsFunc(have, func(h string) bool { return slices.Contains(want, h) })
	}
	return among(m.types, n.Type) && among(m.monitors, n.Monitor) && among(m.monitorKinds, n.MonitorKind) && among(m.kinds, n.Kind) &&
		among(m.teams, teams...) && n.Severity >= m.severity && (m.hours == nil || m.hours.Contain(at)) && (m.outside == nil || !m.outside.Contain(at))
}

// Zone is the time zone that times are told in.
func (r *Routes) Zone() *time.Location { return r.zone }

// Language is that of built-in texts where no route says otherwise.
func (r *Routes) Language() string { return r.otherwise.Language }

// Digests are those of the configuration.
func (r *Routes) Digests() []Digest { return r.digests }

// groupKey names the group of an alert; empty when it is told by itself.
func (t *Telling) groupKey(n *notify.Notification) string {
	if len(t.GroupBy) == 0 {
		return ""
	}
	values := map[string]string{"monitor": n.MonitorID, "kind": n.Kind, "severity": fmt.Sprint(n.Severity), "type": n.Type, "route": t.Route}
	key := t.Route
	for _, word := range t.GroupBy {
		key += "/" + word + "=" + values[word]
	}
	return key
}

// A RouteView is a route as people see it. Routes stand in the order in which they are tried.
type RouteView struct {
	Depth   int // how many routes it stands within
	Match   []string
	GoesOn  bool
	IsQuiet bool // has quiet hours
	Telling
}

// List returns the routes, each before those within it.
func (r *Routes) List() (all []RouteView) {
	var add func(list []*route, depth int)
	add = func(list []*route, depth int) {
		for _, route := range list {
			all = append(all, RouteView{Depth: depth, Match: route.match.words, GoesOn: route.goOn, IsQuiet: route.Quiet != nil, Telling: route.Telling})
			add(route.children, depth+1)
		}
	}
	add(r.top, 0)
	return all
}

// words says what a match asks for.
func words(c *config.Match) (all []string) {
	for _, by := range []struct {
		name   string
		values []string
	}{{"type", c.Types}, {"monitor", c.Monitors}, {"kind of monitor", c.MonitorKinds}, {"kind", c.Kinds}, {"team", c.Teams}} {
		if len(by.values) > 0 {
			all = append(all, by.name+": "+strings.Join(by.values, " or "))
		}
	}
	if c.Severity > 0 {
		all = append(all, fmt.Sprintf("severity: from %d", c.Severity))
	}
	if c.Hours != "" {
		all = append(all, "during "+c.Hours)
	}
	if c.Outside != "" {
		all = append(all, "outside "+c.Outside)
	}
	return all
}

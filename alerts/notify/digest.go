package notify

import (
	"fmt"
	"time"
)

// A Digest is what a day or a week brought.
type Digest struct {
	Name     string          `json:"name"`
	Every    string          `json:"every"` // day, week
	From     time.Time       `json:"from"`
	Until    time.Time       `json:"until"`
	Zone     string          `json:"zone"`               // name of the time zone
	Monitors []string        `json:"monitors,omitempty"` // names of those it is about; all when empty
	Parts    []DigestMonitor `json:"parts"`              // by monitor
	Leads    int             `json:"leads"`              // new ones, of all monitors
	Others   int             `json:"others,omitempty"`   // monitors that are left out, for there are too many
}

// DigestMonitor is what was said about one monitor.
type DigestMonitor struct {
	Monitor   string           `json:"monitor"`
	Kind      string           `json:"kind"`
	Posts     int64            `json:"posts"`
	Before    int64            `json:"before"` // posts of the time before, as long
	Negative  int64            `json:"negative"`
	Positive  int64            `json:"positive"`
	Index     *float64         `json:"index,omitempty"` // sentiment index, −10…10
	Share     *float64         `json:"share,omitempty"` // of voice, 0…1, among own brands and competitors
	Incidents []DigestIncident `json:"incidents,omitempty"`
	Top       []DigestPost     `json:"top,omitempty"`
	Fans      []DigestAuthor   `json:"fans,omitempty"`
	Critics   []DigestAuthor   `json:"critics,omitempty"`
	Leads     int              `json:"leads"`
	Curve     []DigestPoint    `json:"curve,omitempty"`
}

// DigestPoint is a stretch of the chart.
type DigestPoint struct {
	At    time.Time `json:"at"`
	Posts int64     `json:"posts"`
	Index *float64  `json:"index,omitempty"`
}

// DigestIncident is an incident that was on.
type DigestIncident struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind"`
	State    string    `json:"state"`
	Severity int       `json:"severity"`
	OpenedAt time.Time `json:"opened_at"`
	URL      string    `json:"url,omitempty"`
}

// DigestPost is a post that many took note of.
type DigestPost struct {
	Text       string `json:"text"`
	Author     string `json:"author"`
	Network    string `json:"network"`
	URL        string `json:"url,omitempty"`
	Engagement int64  `json:"engagement"`
}

// DigestAuthor is somebody who wrote much for it or against it.
type DigestAuthor struct {
	Name    string `json:"name"`
	Network string `json:"network"`
	Posts   int64  `json:"posts"`
}

// digestWords are the words of digests.
type digestWords struct {
	headline                                                                                        map[string]string
	posts, before, index, share, incidents, top, fans, critics, leads, none, others, volume, period string
}

var digestLanguages = map[string]*digestWords{
	"en": {headline: map[string]string{"day": "%s: the day", "week": "%s: the week"}, posts: "Posts", before: "before", index: "Sentiment index",
		share: "Share of voice", incidents: "Incidents", top: "Top posts", fans: "Fans", critics: "Critics", leads: "New leads", none: "none",
		others: "and %d more monitors", volume: "Posts and sentiment", period: "%s to %s"},
	"de": {headline: map[string]string{"day": "%s: der Tag", "week": "%s: die Woche"}, posts: "Beiträge", before: "davor", index: "Stimmungsindex",
		share: "Anteil am Gespräch", incidents: "Vorfälle", top: "Meistbeachtet", fans: "Fans", critics: "Kritiker", leads: "Neue Leads", none: "keine",
		others: "und %d weitere Monitore", volume: "Beiträge und Stimmung", period: "%s bis %s"},
}

func (n *Notification) digestWords() *digestWords {
	if w, ok := digestLanguages[n.Language]; ok {
		return w
	}
	return digestLanguages["en"]
}

func (n *Notification) digestHeadline() string {
	d := n.Digest
	if d == nil {
		return "Groundswell"
	}
	return oneLine(fmt.Sprintf(n.digestWords().headline[d.Every], d.Name) + ", " + n.Period())
}

// Period is the time of a digest in words.
func (n *Notification) Period() string {
	d := n.Digest
	first, last := n.Date(d.From), n.Date(d.Until.Add(-time.Second))
	if first == last {
		return first
	}
	return fmt.Sprintf(n.digestWords().period, first, last)
}

// DigestLabel is a word of a digest.
func (n *Notification) DigestLabel(what string) string {
	w := n.digestWords()
	return map[string]string{"posts": w.posts, "before": w.before, "index": w.index, "share": w.share, "incidents": w.incidents, "top": w.top,
		"fans": w.fans, "critics": w.critics, "leads": w.leads, "none": w.none}[what]
}

// OthersText says how many monitors a digest leaves out.
func (n *Notification) OthersText() string {
	return fmt.Sprintf(n.digestWords().others, n.Digest.Others)
}

// Percent is a share in percent.
func (n *Notification) Percent(x *float64) string { return fmt.Sprintf("%.0f %%", 100**x) }

// IncidentLine is an incident of a digest in one line.
func (n *Notification) IncidentLine(i DigestIncident) string {
	m := Notification{Language: n.Language, Kind: i.Kind, State: i.State}
	return fmt.Sprintf("%s %s (%d/6), %s", m.KindWord(), m.StateWord(), i.Severity, n.When(i.OpenedAt))
}

const digestText = `{{with .Digest}}{{range .Parts}}
{{$.Line .Monitor}}
  {{$.DigestLabel "posts"}}: {{$.Number .Posts}} ({{$.DigestLabel "before"}} {{$.Number .Before}}){{with .Index}}
  {{$.DigestLabel "index"}}: {{$.Decimal .}}{{end}}{{with .Share}}
  {{$.DigestLabel "share"}}: {{$.Percent .}}{{end}}
  {{$.DigestLabel "incidents"}}: {{if .Incidents}}{{range .Incidents}}
  - {{$.IncidentLine .}}{{end}}{{else}}{{$.DigestLabel "none"}}{{end}}{{with .Top}}
  {{$.DigestLabel "top"}}:{{range .}}
  - {{$.Line .Text}} ({{$.Line .Author}}, {{.Network}}){{with .URL}} {{.}}{{end}}{{end}}{{end}}{{with .Fans}}
  {{$.DigestLabel "fans"}}:{{range .}} {{$.Line .Name}} ({{.Posts}}){{end}}{{end}}{{with .Critics}}
  {{$.DigestLabel "critics"}}:{{range .}} {{$.Line .Name}} ({{.Posts}}){{end}}{{end}}
  {{$.DigestLabel "leads"}}: {{.Leads}}
{{end}}{{if .Others}}
{{$.OthersText}}
{{end}}{{end}}`

const digestHTML = `{{with .Digest}}<p>{{$.Period}}</p>
{{range .Parts}}<h3>{{$.Line .Monitor}}</h3>
<table cellpadding="3"><tr><td>{{$.DigestLabel "posts"}}</td><td>{{$.Number .Posts}} ({{$.DigestLabel "before"}} {{$.Number .Before}})</td></tr>
{{with .Index}}<tr><td>{{$.DigestLabel "index"}}</td><td>{{$.Decimal .}}</td></tr>
{{end}}{{with .Share}}<tr><td>{{$.DigestLabel "share"}}</td><td>{{$.Percent .}}</td></tr>
{{end}}<tr><td>{{$.DigestLabel "leads"}}</td><td>{{.Leads}}</td></tr></table>
<p><b>{{$.DigestLabel "incidents"}}</b>: {{if not .Incidents}}{{$.DigestLabel "none"}}{{end}}</p>
{{with .Incidents}}<ul>{{range .}}<li>{{if .URL}}<a href="{{.URL}}">{{$.IncidentLine .}}</a>{{else}}{{$.IncidentLine .}}{{end}}</li>{{end}}</ul>
{{end}}{{with .Top}}<p><b>{{$.DigestLabel "top"}}</b></p><ul>{{range .}}<li>{{if .URL}}<a href="{{.URL}}">{{$.Line .Text}}</a>{{else}}{{$.Line .Text}}{{end}} ({{$.Line .Author}}, {{.Network}})</li>{{end}}</ul>
{{end}}{{with .Fans}}<p><b>{{$.DigestLabel "fans"}}</b>:{{range .}} {{$.Line .Name}} ({{.Posts}}){{end}}</p>
{{end}}{{with .Critics}}<p><b>{{$.DigestLabel "critics"}}</b>:{{range .}} {{$.Line .Name}} ({{.Posts}}){{end}}</p>
{{end}}{{end}}{{if .Others}}<p>{{$.OthersText}}</p>
{{end}}{{end}}`

package notify

import (
	"bytes"
	"fmt"
	htmltemplate "html/template"
	texttemplate "text/template"
)

// A Message is a notification in words.
type Message struct {
	Title string
	Text  string // plain; channels escape what their markup would take for its own
	HTML  string // the body of a page
}

// The built-in texts. Reasons and posts hold words of strangers: the HTML template escapes them,
// and Line keeps each on its line.
const (
	builtInText = `{{if eq .Type "test"}}{{.TestText}}{{else if .Digest}}{{template "digest" .}}{{else if .Notice}}{{template "notice" .}}{{else}}{{if .Escalation}}{{.NobodyText}}
{{end}}{{range .Reasons}}- {{$.Line .}}
{{end}}{{with .Mention}}{{if .Text}}"{{$.Line .Text}}"
{{end}}{{$.Line .Author}}, {{.Network}}{{if .Followers}}, {{$.FollowersText}}{{end}}{{with .Contact}}
{{$.Label "contact"}}: {{$.Line .}}{{end}}
{{else}}{{.Label "severity"}}: {{.Severity}}/6, {{.DegreeWord}}
{{with .When .OpenedAt}}{{$.Label "began"}}: {{.}}
{{end}}{{with .When .PeakAt}}{{$.Label "peak"}}: {{.}}
{{end}}{{with .When .ResolvedAt}}{{$.Label "over"}}: {{.}}
{{end}}{{with .Networks}}{{$.Label "networks"}}: {{$.List .}}
{{end}}{{with .Terms}}{{$.Label "terms"}}: {{$.List .}}
{{end}}{{end}}{{if .Also}}
{{range .Also}}- {{.Headline}}{{with .URL}} {{.}}{{end}}
{{end}}{{end}}{{if .Others}}- {{.MoreText}}
{{end}}{{end}}`

	builtInHTML = `{{if eq .Type "test"}}<p>{{.TestText}}</p>{{else if .Digest}}{{template "digest" .}}{{else if .Notice}}{{template "notice" .}}{{else}}{{if .Escalation}}<p><b>{{.NobodyText}}</b></p>
{{end}}{{with .Reasons}}<ul>{{range .}}<li>{{$.Line .}}</li>{{end}}</ul>
{{end}}{{with .Mention}}{{if .Text}}<blockquote>{{$.Line .Text}}</blockquote>
{{end}}<p>{{$.Line .Author}}, {{.Network}}{{if .Followers}}, {{$.FollowersText}}{{end}}{{with .Contact}}<br>{{$.Label "contact"}}: {{$.Line .}}{{end}}</p>
{{else}}<table cellpadding="3">
<tr><td>{{.Label "severity"}}</td><td>{{.Severity}}/6, {{.DegreeWord}}</td></tr>
{{with .When .OpenedAt}}<tr><td>{{$.Label "began"}}</td><td>{{.}}</td></tr>
{{end}}{{with .When .PeakAt}}<tr><td>{{$.Label "peak"}}</td><td>{{.}}</td></tr>
{{end}}{{with .When .ResolvedAt}}<tr><td>{{$.Label "over"}}</td><td>{{.}}</td></tr>
{{end}}{{with .Networks}}<tr><td>{{$.Label "networks"}}</td><td>{{$.List .}}</td></tr>
{{end}}{{with .Terms}}<tr><td>{{$.Label "terms"}}</td><td>{{$.List .}}</td></tr>
{{end}}</table>
{{end}}{{if .Also}}<ul>{{range .Also}}<li>{{if .URL}}<a href="{{.URL}}">{{.Headline}}</a>{{else}}{{.Headline}}{{end}}</li>{{end}}{{if .Others}}<li>{{.MoreText}}</li>{{end}}</ul>
{{end}}{{end}}`
)

var (
	textTemplate = texttemplate.Must(texttemplate.New("text").Parse(builtInText + `{{define "digest"}}` + digestText + `{{end}}{{define "notice"}}` + noticeText + "{{end}}"))
	htmlTemplate = htmltemplate.Must(htmltemplate.New("html").Parse(builtInHTML + `{{define "digest"}}` + digestHTML + `{{end}}{{define "notice"}}` + noticeHTML + "{{end}}"))
)

// message is the notification in words: those that it has, or the built-in ones.
func (n *Notification) message() Message {
	if n.Message != nil {
		return *n.Message
	}
	return n.builtIn()
}

func (n *Notification) builtIn() Message {
	n = n.translated()
	m := Message{Title: n.Headline()}
	var text, html bytes.Buffer
	if err := textTemplate.Execute(&text, n); err != nil {
		fmt.Fprintf(&text, "\n%v", err)
	}
	if err := htmlTemplate.Execute(&html, n); err != nil {
		html.Reset()
		fmt.Fprintf(&html, "<p>%s</p>", htmltemplate.HTMLEscapeString(text.String()))
	}
	m.Text, m.HTML = text.String(), html.String()
	return m
}

// The methods below are what the built-in templates, and others, write with.

// Line is a text on one line.
func (n *Notification) Line(s string) string { return short(oneLine(s), 500) }

// List is a few words with commas between them.
func (n *Notification) List(list []string) string {
	var b bytes.Buffer
	for i, s := range list[:min(len(list), 12)] {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(oneLine(s))
	}
	return b.String()
}

// Label is a word before a value: severity, began, peak, over, networks, terms, contact.
func (n *Notification) Label(what string) string {
	w := n.words()
	return map[string]string{"severity": w.severity, "began": w.began, "peak": w.peak, "over": w.over, "networks": w.networks,
		"terms": w.terms, "contact": w.contact}[what]
}

// NobodyText says that nobody has acknowledged yet.
func (n *Notification) NobodyText() string { return fmt.Sprintf(n.words().nobody, n.Escalation) }

// MoreText says how many more there are than those that are named.
func (n *Notification) MoreText() string { return fmt.Sprintf(n.words().more, n.Others) }

// TestText is what a test says.
func (n *Notification) TestText() string { return n.words().testText }

// FollowersText says how many follow the author of a mention.
func (n *Notification) FollowersText() string {
	return fmt.Sprintf(n.words().followers, n.Number(n.Mention.Followers))
}

package notify

import (
	"bytes"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io"
	"regexp"
	"strconv"
	"strings"
	texttemplate "text/template"
	"time"

	"github.com/groundswell/groundswell/alerts/reason"
	"github.com/groundswell/groundswell/internal/config"
)

// Templates are those of the configuration, by name.
type Templates map[string]*Template

// A Template words notifications in place of the built-in texts. What it does not say, they do.
// It is text/template, and html/template for the HTML, over a Notification: docs/alerts.md lists
// the fields and methods.
type Template struct {
	language    string
	title, text *texttemplate.Template // nil: the built-in one
	html        *htmltemplate.Template
}

const longestText = 64 << 10 // bytes

// NewTemplates reads templates and tries each on an example of everything. An error names the line
// of the configuration.
func NewTemplates(list []config.Template) (Templates, error) {
	all := make(Templates)
	var errs []error
	for i := range list {
		t, err := newTemplate(&list[i])
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("alerts.templates[%d].%w", i, err))
		case all[list[i].Name] != nil:
			errs = append(errs, fmt.Errorf("alerts.templates[%d].name: %q is taken", i, list[i].Name))
		default:
			all[list[i].Name] = t
		}
	}
	return all, errors.Join(errs...)
}

func newTemplate(c *config.Template) (t *Template, err error) {
	if c.Name == "" {
		return nil, errors.New("name: want one, by which routes call the template")
	}
	if c.Language != "" && languages[c.Language] == nil {
		return nil, fmt.Errorf("language: %q: want en or de", c.Language)
	}
	t = &Template{language: c.Language}
	for _, part := range []struct {
		key  string
		text config.TemplateText
		into **texttemplate.Template
	}{{"title", c.Title, &t.title}, {"text", c.Text, &t.text}} {
		if part.text.Text == "" {
			continue
		}
		if *part.into, err = texttemplate.New(part.key).Option("missingkey=error").Parse(part.text.Text); err != nil {
			return nil, misplaced(part.key, part.text.Line, err)
		}
	}
	if c.HTML.Text != "" {
		if t.html, err = htmltemplate.New("html").Option("missingkey=error").Parse(c.HTML.Text); err != nil {
			return nil, misplaced("html", c.HTML.Line, err)
		}
	}
	lines := map[string]int{"title": c.Title.Line, "text": c.Text.Line, "html": c.HTML.Line}
	for _, example := range Examples() {
		if _, part, err := t.render(&example); err != nil {
			return nil, misplaced(part, lines[part], err)
		}
	}
	return t, nil
}

// place is how text/template and html/template begin their errors: template: NAME:LINE:COLUMN.
var place = regexp.MustCompile(`^(?:html/)?template: ?(?:\w+):(\d+)(?::\d+)?: `)

// misplaced gives an error of a template the line of the configuration.
func misplaced(part string, line int, err error) error {
	text := err.Error()
	if m := place.FindStringSubmatch(text); m != nil {
		inner, _ := strconv.Atoi(m[1])
		line += max(0, inner-1)
		text = text[len(m[0]):]
	}
	return fmt.Errorf("%s: line %d: %s", part, line, text)
}

// render words a notification. part is what failed.
func (t *Template) render(n *Notification) (m Message, part string, err error) {
	if t.language != "" {
		n.Language = t.language
	}
	n = n.translated()
	m = n.builtIn()
	type executer interface{ Execute(io.Writer, any) error }
	write := func(name string, e executer, into *string) {
		if err != nil {
			return
		}
		var b limited
		if err = e.Execute(&b, n); err != nil {
			part = name
			return
		}
		*into = b.String()
	}
	if t.title != nil {
		write("title", t.title, &m.Title)
		m.Title = short(oneLine(m.Title), 300)
	}
	if t.text != nil {
		write("text", t.text, &m.Text)
		if t.html == nil {
			m.HTML = "<pre style=\"font-family: inherit; white-space: pre-wrap\">" + htmltemplate.HTMLEscapeString(m.Text) + "</pre>"
		}
	}
	if t.html != nil {
		write("html", t.html, &m.HTML)
	}
	return m, part, err
}

// limited is a buffer that takes so much and no more.
type limited struct{ bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > longestText {
		return 0, fmt.Errorf("the text is longer than %d bytes", longestText)
	}
	return l.Buffer.Write(p)
}

// Word gives a notification its words, by its template where it names one. A template that fails
// or is not there is replaced by the built-in text, which says so; the error is for the log.
func (t Templates) Word(n *Notification) error {
	m := Message{}
	var err error
	switch own := t[n.Template]; {
	case n.Template == "" || n.Type == TypeDigest || n.Type == TypeNotice || n.Type == TypeTest:
		m = n.builtIn()
	case own == nil:
		err = errors.New("there is no such template any more")
	default:
		m, _, err = own.render(n)
	}
	if err != nil {
		m = n.builtIn()
		note := fmt.Sprintf(n.words().templateFailed, n.Template, short(oneLine(err.Error()), 200))
		m.Text += "\n" + note
		m.HTML += "<p><i>" + htmltemplate.HTMLEscapeString(note) + "</i></p>"
		err = fmt.Errorf("write with template %s: %w", n.Template, err)
	}
	m.Text = strings.TrimSpace(m.Text)
	n.Message = &m
	return err
}

// Examples are notifications on which everything is set, to try templates and to preview with.
func Examples() []Notification {
	at := time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)
	incident := Notification{Key: "example", Type: TypeIncident, IncidentID: "example", MonitorID: "example", Monitor: "Acme", MonitorKind: "own",
		Kind: "firestorm", State: "open", Severity: 3, Degree: "fresh breeze", Reopened: 1, At: at, OpenedAt: at, PeakAt: at, ResolvedAt: at, Escalation: 1,
		Networks: []string{"bluesky", "mastodon"},
		Terms:    []string{"Rückruf", "#acmefail"}, FirstPost: "first", TopPost: "top", Contacts: 2, URL: "https://groundswell.example.com/incidents/example",
		AckURL: "https://groundswell.example.com/ack/example", Language: "en", Others: 3,
		Mention: &Mention{PostID: "post", Network: "bluesky", Author: "@example", Followers: 120_000, Text: "Acme again", URL: "https://bsky.example/post",
			Polarity: "negative", Intent: "complaint", Reach: 130_000, PostedAt: at, Contact: "Maria Example"}, Rule: "loud voices", More: 2}
	incident.Explain([]reason.Reason{reason.Of(reason.PeopleNegative, 42, 30, 1.3), reason.Of(reason.ShareNegative, 0.71)})
	other := incident
	other.Monitor, other.Kind, other.State = "Beta", "volume", "resolved"
	incident.Also = []Notification{other}
	mention := incident
	mention.Type, mention.Kind, mention.State = TypeMention, "influential_author", ""
	return []Notification{incident, other, mention}
}

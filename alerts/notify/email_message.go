package notify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"
	"time"

	"github.com/wneessen/go-mail"
)

const textMail = `{{.Title}}

{{range .Reasons}}- {{.}}
{{end}}
Severity: {{.Severity}} of 6{{with .Degree}}, {{.}}{{end}}
Began:    {{.Opened}}
Peak:     {{.Peak}}
{{with .Resolved}}Over:     {{.}}
{{end}}{{with .URL}}
{{.}}
{{end}}`

const htmlMail = `<!doctype html>
<html><body style="font-family: sans-serif">
<h2>{{.Title}}</h2>
<ul>{{range .Reasons}}<li>{{.}}</li>{{end}}</ul>
<table>
<tr><td>Severity</td><td>{{.Severity}} of 6{{with .Degree}}, {{.}}{{end}}</td></tr>
<tr><td>Began</td><td>{{.Opened}}</td></tr>
<tr><td>Peak</td><td>{{.Peak}}</td></tr>
{{with .Resolved}}<tr><td>Over</td><td>{{.}}</td></tr>{{end}}
</table>
{{with .URL}}<p><a href="{{.}}">Open the incident</a></p>{{end}}
</body></html>
`

var (
	textTemplate = texttemplate.Must(texttemplate.New("text").Parse(textMail))
	htmlTemplate = htmltemplate.Must(htmltemplate.New("html").Parse(htmlMail))
)

// letter is what the templates show. Reasons may hold words of hostile posts: the HTML template
// escapes them, and oneLine keeps each on its line.
type letter struct {
	Title, Degree, Opened, Peak, Resolved, URL string
	Reasons                                    []string
	Severity                                   int
}

// message builds the mail. Its Message-ID is made of the delivery's key, so that a mail sent
// again is the same mail.
func (e *email) message(n *Notification) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := msg.From(e.cfg.From); err != nil {
		return nil, fmt.Errorf("from: %q is no address", e.cfg.From)
	}
	for _, to := range e.cfg.To {
		if err := msg.AddTo(to); err != nil {
			return nil, fmt.Errorf("to: %q is no address", to)
		}
	}
	l := letter{
		Title: oneLine(n.title()), Severity: n.Severity, Degree: n.Degree, URL: n.URL,
		Opened: clock(n.OpenedAt), Peak: clock(n.PeakAt), Resolved: clock(n.ResolvedAt),
	}
	for _, r := range n.Reasons {
		l.Reasons = append(l.Reasons, oneLine(r))
	}
	var text, html bytes.Buffer
	if err := textTemplate.Execute(&text, l); err != nil {
		return nil, fmt.Errorf("write mail: %w", err)
	}
	if err := htmlTemplate.Execute(&html, l); err != nil {
		return nil, fmt.Errorf("write mail: %w", err)
	}
	sum := sha256.Sum256([]byte(n.Key))
	msg.SetMessageIDWithValue(hex.EncodeToString(sum[:16]) + "@" + domain(e.cfg.From))
	msg.SetDate()
	msg.SetBulk()
	msg.Subject(l.Title)
	msg.SetBodyString(mail.TypeTextPlain, text.String())
	msg.AddAlternativeString(mail.TypeTextHTML, html.String())
	return msg, nil
}

// domain is what stands after the @ of an address.
func domain(address string) string {
	_, after, _ := strings.Cut(address, "@")
	return strings.TrimRight(after, "> ")
}

// oneLine turns every run of white space and control characters into one space.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
}

func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 January 2006 15:04 UTC")
}

package notify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	htmltemplate "html/template"
	"strings"

	"github.com/wneessen/go-mail"
)

// page is the whole of a mail in HTML. Its words were escaped by the template that made them.
var page = htmltemplate.Must(htmltemplate.New("mail").Parse(`<!doctype html>
<html lang="{{.Language}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
<body style="font-family: sans-serif; max-width: 640px">
<h2>{{.Title}}</h2>
{{.Body}}
{{range .Pictures}}{{with .Title}}<p><b>{{.}}</b></p>{{end}}<p><img src="{{.Source}}" alt="{{.Alt}}" width="640" style="max-width: 100%"></p>
{{end}}{{range .Links}}<p><a href="{{.URL}}">{{.Label}}</a></p>
{{end}}</body></html>
`))

type pageData struct {
	Language, Title string
	Body            htmltemplate.HTML
	Pictures        []pagePicture
	Links           []Link
}

type pagePicture struct {
	Title, Alt string
	Source     htmltemplate.URL // cid:…
	data       []byte
	name       string
}

// message builds the mail. Its Message-ID is made of the delivery's key, so that a mail sent
// again is the same mail.
func (e *email) message(n *Notification, recipients []string) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := msg.From(e.cfg.From); err != nil {
		return nil, fmt.Errorf("from: %q is no address", e.cfg.From)
	}
	for _, to := range recipients {
		if err := msg.AddTo(to); err != nil {
			return nil, fmt.Errorf("to: %q is no address", to)
		}
	}
	m := n.message()
	sum := sha256.Sum256([]byte(n.Key))
	id := hex.EncodeToString(sum[:16])
	pictures, err := e.pictures(n, id)
	if err != nil {
		return nil, err
	}
	links := n.Links()
	text := m.Title + "\n\n" + strings.TrimSpace(m.Text) + "\n"
	for _, l := range links {
		text += "\n" + l.Label + ": " + l.URL + "\n"
	}
	var html bytes.Buffer
	language := n.Language
	if language == "" {
		language = "en"
	}
	if err := page.Execute(&html, pageData{language, m.Title, htmltemplate.HTML(m.HTML), pictures, links}); err != nil { //nolint:gosec // see page
		return nil, fmt.Errorf("write mail: %w", err)
	}
	msg.SetMessageIDWithValue(id + "@" + domain(e.cfg.From))
	msg.SetDate()
	msg.SetBulk()
	msg.Subject(m.Title)
	msg.SetBodyString(mail.TypeTextPlain, text)
	msg.AddAlternativeString(mail.TypeTextHTML, html.String())
	for _, p := range pictures {
		if err := msg.EmbedReader(p.name, bytes.NewReader(p.data), mail.WithFileContentID(strings.TrimPrefix(string(p.Source), "cid:"))); err != nil {
			return nil, fmt.Errorf("write mail: %w", err)
		}
	}
	return msg, nil
}

// mostPictures is how many monitors of a digest have a picture.
const mostPictures = 5

// pictures are the curve of an incident, or those of a digest.
func (e *email) pictures(n *Notification, id string) ([]pagePicture, error) {
	var all []pagePicture
	add := func(title, alt string, data []byte) {
		if data != nil {
			name := fmt.Sprintf("curve-%d.png", len(all)+1)
			all = append(all, pagePicture{title, alt, htmltemplate.URL(fmt.Sprintf("cid:%s-%d@%s", id, len(all)+1, domain(e.cfg.From))), data, name}) //nolint:gosec // ours
		}
	}
	data, err := n.curvePicture()
	if err != nil {
		return nil, err
	}
	add("", n.Headline(), data)
	if n.Digest != nil {
		for i := range n.Digest.Parts[:min(len(n.Digest.Parts), mostPictures)] {
			part := &n.Digest.Parts[i]
			if data, err = n.digestPicture(part); err != nil {
				return nil, err
			}
			add(oneLine(part.Monitor), n.digestWords().volume+": "+oneLine(part.Monitor), data)
		}
	}
	return all, nil
}

// domain is what stands after the @ of an address.
func domain(address string) string {
	_, after, _ := strings.Cut(address, "@")
	return strings.TrimRight(after, "> ")
}

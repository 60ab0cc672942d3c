package notify

import (
	"fmt"
	"time"
)

// A Notice tells people of their own work: of a lead that waits, or of what happened in their cases.
// In the outbox it only says of what; the words are put in when it is sent, so that the outbox keeps
// nothing of contacts and leads, and nobody is told what they may not see by then.
type Notice struct {
	To    string       `json:"to,omitempty"`    // id of the user whom it is for; empty: the channel
	Name  string       `json:"name,omitempty"`  // what the user is called
	IDs   []string     `json:"ids,omitempty"`   // of what the user was told
	Lead  string       `json:"lead,omitempty"`  // id of the lead that waits
	Visit string       `json:"visit,omitempty"` // id of its stay in the milestone
	Step  int          `json:"step,omitempty"`  // how often somebody was told of the stay, this time included
	Title string       `json:"title,omitempty"`
	Lines []NoticeLine `json:"lines,omitempty"`
	More  int          `json:"more,omitempty"` // how many lines there are beside those

	Address  string `json:"-"` // of the user
	Settings string `json:"-"` // where the user chooses what to be sent
}

// A NoticeLine is one thing that somebody is told.
type NoticeLine struct {
	About string    `json:"about,omitempty"` // the case, or the lead
	Text  string    `json:"text"`
	By    string    `json:"by,omitempty"`
	At    time.Time `json:"at"`
	URL   string    `json:"url,omitempty"`
}

// For says in a few words whom, or what, a notice is for.
func (n *Notice) For() string {
	if n.To != "" {
		return "Notices to " + n.Name
	}
	return "A lead that waits"
}

// MoreNotices says how many there are beside those that are told.
func (n *Notification) MoreNotices() string { return fmt.Sprintf(n.words().more, n.Notice.More) }

const (
	noticeText = `{{range .Notice.Lines}}- {{with .About}}{{$.Line .}}: {{end}}{{$.Line .Text}}{{with .By}} ({{$.Line .}}, {{else}} ({{end}}{{$.When .At}}){{with .URL}}
  {{.}}{{end}}
{{end}}{{if .Notice.More}}- {{.MoreNotices}}
{{end}}`

	noticeHTML = `<ul>{{range .Notice.Lines}}<li>{{with .About}}<b>{{$.Line .}}</b>: {{end}}{{if .URL}}<a href="{{.URL}}">{{$.Line .Text}}</a>{{else}}{{$.Line .Text}}{{end}}<br><small>{{with .By}}{{$.Line .}}, {{end}}{{$.When .At}}</small></li>
{{end}}{{if .Notice.More}}<li>{{.MoreNotices}}</li>
{{end}}</ul>`
)

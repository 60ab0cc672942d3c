package notify

import (
	"net/url"
	"strings"
	"time"
)

// A Mention is the post that an alert on a mention is about. Text and names come from strangers:
// a channel shows them as text and never as markup.
type Mention struct {
	PostID    string    `json:"post_id"`
	Network   string    `json:"network"`
	URL       string    `json:"url,omitempty"` // http or https
	Text      string    `json:"text"`          // its beginning
	Author    string    `json:"author"`        // display name, or handle
	Handle    string    `json:"handle,omitempty"`
	Followers int64     `json:"followers"`
	Contact   string    `json:"contact,omitempty"` // name of the contact that the author is
	Polarity  string    `json:"polarity"`
	Intent    string    `json:"intent"`
	Reach     int64     `json:"reach"`
	PostedAt  time.Time `json:"posted_at"`
}

const excerpt = 280 // characters

// Tidy cuts the text to its beginning and leaves out an address that is none of the web.
func (m *Mention) Tidy() {
	m.Text = oneLine(m.Text)
	if r := []rune(m.Text); len(r) > excerpt {
		m.Text = string(r[:excerpt-1]) + "…"
	}
	u, err := url.Parse(m.URL)
	if err != nil || u.Host == "" || !strings.EqualFold(u.Scheme, "https") && !strings.EqualFold(u.Scheme, "http") {
		m.URL = ""
	}
}

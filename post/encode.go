package post

import (
	"strconv"
	"time"
)

// timeForm is RFC 3339 with milliseconds, UTC.
const timeForm = "2006-01-02T15:04:05.000Z"

// AppendJSON appends the event's wire form. Empty fields are left out. Text is written as it is:
// only quotes, backslashes, control characters and the line separators U+2028 and U+2029 are
// escaped, so that a search in the bytes finds the words.
func (e *Event) AppendJSON(dst []byte) []byte {
	w := writer{dst: append(dst, `{"v":1`...)}
	w.string("type", string(e.Type))
	w.string("source", e.Source)
	w.time("received_at", e.ReceivedAt)
	w.name("post")
	w.open()
	w.post(&e.Post)
	w.close()
	w.extra(e.Extra)
	return append(w.dst, '}')
}

// MarshalJSON is AppendJSON for encoding/json.
func (e Event) MarshalJSON() ([]byte, error) { return e.AppendJSON(nil), nil }

// MarshalJSON is the wire form of a post alone.
func (p Post) MarshalJSON() ([]byte, error) {
	w := writer{}
	w.open()
	w.post(&p)
	w.close()
	return w.dst, nil
}

// A writer appends the fields of an object that is open.
type writer struct {
	dst   []byte
	first bool // the object has no field yet
}

func (w *writer) post(p *Post) {
	w.string("network", p.Network)
	w.string("id", p.ID)
	w.string("kind", string(p.Kind))
	w.author(&p.Author)
	w.string("text", p.Text)
	w.string("language", p.Language)
	w.string("url", p.URL)
	w.time("posted_at", p.PostedAt)
	w.time("created_at", p.CreatedAt)
	w.time("edited_at", p.EditedAt)
	w.string("thread", p.Thread)
	w.string("reply_to", p.ReplyTo)
	w.string("share_of", p.ShareOf)
	w.string("quote_of", p.QuoteOf)
	w.strings("hashtags", p.Hashtags)
	w.strings("mentions", p.Mentions)
	w.strings("links", p.Links)
	w.engagement(&p.Engagement)
	w.extra(p.Extra)
}

func (w *writer) author(a *Author) {
	w.name("author")
	w.open()
	w.string("id", a.ID)
	w.string("handle", a.Handle)
	w.string("name", a.Name)
	w.string("url", a.URL)
	w.string("bio", a.Bio)
	w.string("location", a.Location)
	w.count("followers", a.Followers)
	w.strings("verified_links", a.VerifiedLinks)
	if a.Bot {
		w.name("bot")
		w.dst = append(w.dst, "true"...)
	}
	w.time("created_at", a.CreatedAt)
	w.extra(a.Extra)
	w.close()
}

func (w *writer) engagement(e *Engagement) {
	if e.Total()+e.Views == 0 && len(e.Extra) == 0 {
		return
	}
	w.name("engagement")
	w.open()
	w.count("likes", e.Likes)
	w.count("shares", e.Shares)
	w.count("replies", e.Replies)
	w.count("quotes", e.Quotes)
	w.count("views", e.Views)
	w.extra(e.Extra)
	w.close()
}

func (w *writer) open() { w.dst, w.first = append(w.dst, '{'), true }

func (w *writer) close() { w.dst, w.first = append(w.dst, '}'), false }

// name begins a field.
func (w *writer) name(name string) {
	if !w.first {
		w.dst = append(w.dst, ',')
	}
	w.first = false
	w.dst = append(appendQuoted(w.dst, name), ':')
}

func (w *writer) string(name, value string) {
	if value != "" {
		w.name(name)
		w.dst = appendQuoted(w.dst, value)
	}
}

func (w *writer) strings(name string, list []string) {
	if len(list) == 0 {
		return
	}
	w.name(name)
	for i, value := range list {
		w.dst = append(w.dst, "[,"[min(i, 1)])
		w.dst = appendQuoted(w.dst, value)
	}
	w.dst = append(w.dst, ']')
}

func (w *writer) count(name string, n int64) {
	if n != 0 {
		w.name(name)
		w.dst = strconv.AppendInt(w.dst, n, 10)
	}
}

func (w *writer) time(name string, t time.Time) {
	if !t.IsZero() {
		w.name(name)
		w.dst = append(w.dst, '"')
		w.dst = append(t.UTC().AppendFormat(w.dst, timeForm), '"')
	}
}

func (w *writer) extra(fields Extra) {
	for _, f := range fields {
		w.name(f.Name)
		w.dst = append(w.dst, f.Value...)
	}
}

func appendQuoted(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= ' ' && c != '"' && c != '\\' && c != 0xe2:
			continue
		case c == 0xe2:
			if i+2 >= len(s) || s[i+1] != 0x80 || s[i+2]&^1 != 0xa8 {
				continue
			}
			dst = append(dst, s[start:i]...)
			dst = append(dst, `\u202`...)
			dst = append(dst, hex[s[i+2]&0xf])
			i += 2
		default:
			dst = append(dst, s[start:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, `\n`...)
			default:
				dst = append(dst, `\u00`...)
				dst = append(dst, hex[c>>4], hex[c&0xf])
			}
		}
		start = i + 1
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

package mastodon

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/post"
)

// Network is the name that posts of the fediverse bear.
const Network = "mastodon"

// status is the Status entity of the API, as far as it is read. A null reads as the zero value.
type status struct {
	ID          string    `json:"id"`
	URI         string    `json:"uri"`
	URL         string    `json:"url"`
	CreatedAt   time.Time `json:"created_at"`
	EditedAt    time.Time `json:"edited_at"`
	InReplyToID string    `json:"in_reply_to_id"`
	Visibility  string    `json:"visibility"`
	Language    string    `json:"language"`
	SpoilerText string    `json:"spoiler_text"`
	Content     *string   `json:"content"`
	Reblog      *status   `json:"reblog"`
	Quote       *quote    `json:"quote"`
	Account     *account  `json:"account"`
	Tags        []tag     `json:"tags"`
	Mentions    []mention `json:"mentions"`
	Card        *struct {
		URL string `json:"url"`
	} `json:"card"`
	Favourites int64 `json:"favourites_count"`
	Reblogs    int64 `json:"reblogs_count"`
	Replies    int64 `json:"replies_count"`
	Quotes     int64 `json:"quotes_count"`
}

type account struct {
	ID          string    `json:"id"`
	URI         string    `json:"uri"`
	URL         string    `json:"url"`
	Acct        string    `json:"acct"`
	Username    string    `json:"username"`
	DisplayName string    `json:"display_name"`
	Note        string    `json:"note"`
	Bot         bool      `json:"bot"`
	CreatedAt   time.Time `json:"created_at"`
	Followers   int64     `json:"followers_count"`
	Fields      []struct {
		Value      string `json:"value"`
		VerifiedAt string `json:"verified_at"`
	} `json:"fields"`
}

type tag struct {
	Name string `json:"name"`
}

type mention struct {
	ID   string `json:"id"`
	Acct string `json:"acct"`
	URL  string `json:"url"`
}

// quote is a Quote, which holds the status, or a ShallowQuote, which holds its local id.
type quote struct {
	Status   *status `json:"quoted_status"`
	StatusID string  `json:"quoted_status_id"`
}

// DecodeStatus reads one status as the REST and the streaming API write it, and gives it as an
// upsert. It knows nothing of the server that was asked: an id of that server is left out, such as
// that of the post a reply answers, except where the reply is the server's own. What is no status
// is refused with the reason.
func DecodeStatus(raw []byte) (post.Event, error) {
	s, err := parseStatus(raw)
	if err != nil {
		return post.Event{}, err
	}
	return translator{}.upsert(s)
}

func parseStatus(raw []byte) (*status, error) {
	if len(raw) > post.MaxSize {
		return nil, fmt.Errorf("%d bytes: a status has at most %d", len(raw), post.MaxSize)
	}
	if !utf8.Valid(raw) {
		return nil, errors.New("invalid UTF-8")
	}
	if trimmed := bytes.TrimLeft(raw, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return nil, errors.New("no status: want a JSON object")
	}
	s := new(status)
	if err := json.Unmarshal(raw, s); err != nil {
		return nil, describe(err)
	}
	return s, s.check()
}

// describe says in the words of the API what encoding/json says in those of Go.
func describe(err error) error {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("byte %d: %s: %s does not fit", e.Offset, e.Field, e.Value)
	}
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("byte %d: %w", e.Offset, e)
	}
	return err
}

// check says what a status must have and this object lacks.
func (s *status) check() error {
	switch {
	case s.Account == nil:
		return errors.New("no status: account is missing")
	case s.ID == "" || len(s.ID) > maxLocalID:
		return errors.New("no status: id is missing or too long")
	case !isURI(s.URI):
		return fmt.Errorf("no status: uri %.80q: want an absolute one", s.URI)
	case s.Content == nil:
		return errors.New("no status: content is missing")
	case s.CreatedAt.IsZero():
		return errors.New("no status: created_at is missing")
	case s.Account.Acct == "":
		return errors.New("account.acct is missing")
	case s.Account.URI == "" && s.Account.URL == "":
		return errors.New("account has neither uri nor url")
	case s.Reblog != nil && (!isURI(s.Reblog.URI) || len(s.Reblog.ID) > maxLocalID):
		return fmt.Errorf("reblog.uri %.80q: want an absolute one", s.Reblog.URI)
	}
	switch s.Visibility {
	case "public", "unlisted", "private", "direct":
		return nil
	}
	return fmt.Errorf("visibility %.40q: want public, unlisted, private or direct", s.Visibility)
}

// Limits of what is remembered of a post, in bytes.
const (
	maxLocalID = 100
	maxURI     = 2048
)

func isURI(uri string) bool {
	u, err := url.Parse(uri)
	return err == nil && len(uri) <= maxURI && u.Scheme != "" && (u.Host != "" || u.Opaque != "")
}

// private tells whether the status was not said to everybody.
func (s *status) private() bool { return s.Visibility == "private" || s.Visibility == "direct" }

// concerns tells whether an account wrote the status or is addressed by it.
func (s *status) concerns(accountID string) bool {
	return s.Account.ID == accountID || slices.ContainsFunc(s.Mentions, func(m mention) bool { return m.ID == accountID })
}

// A translator makes posts of statuses. What it knows of the server that gave them is optional.
type translator struct {
	server string                 // base address, for local ids that cannot be resolved
	domain string                 // of the handles of the server's own accounts
	uri    func(id string) string // uri of a status by its local id, or empty
}

func (t translator) upsert(s *status) (post.Event, error) {
	e := post.Event{Type: post.Upsert, Post: post.Post{
		Network:  Network,
		ID:       s.URI,
		Kind:     post.KindPost,
		Author:   t.author(s.Account),
		URL:      firstWebURL(s.URL, s.URI),
		PostedAt: s.CreatedAt.UTC().Truncate(time.Millisecond),
	}}
	if s.Reblog != nil {
		e.Post.Kind, e.Post.ShareOf = post.KindShare, s.Reblog.URI
	} else {
		t.content(s, &e.Post)
	}
	if s.private() {
		e.Post.Kind = post.KindPrivate
	}
	if err := e.Validate(); err != nil {
		if d, ok := errors.AsType[*post.DecodeError](err); ok {
			return post.Event{}, fmt.Errorf("%s: %s", d.Field, d.Reason)
		}
		return post.Event{}, err
	}
	return e, nil
}

// content fills in what the author said. A share has none of its own.
func (t translator) content(s *status, p *post.Post) {
	text, links := connectors.HTMLText(*s.Content)
	if warning := strings.TrimSpace(s.SpoilerText); warning != "" {
		text = strings.TrimSpace(warning + "\n\n" + text)
	}
	p.Text, p.Links, p.Language = text, links, s.Language
	if s.Card != nil && connectors.IsWebURL(s.Card.URL) && !slices.Contains(links, s.Card.URL) {
		p.Links = append(p.Links, s.Card.URL)
	}
	if !s.EditedAt.IsZero() {
		p.EditedAt = s.EditedAt.UTC().Truncate(time.Millisecond)
	}
	for _, tag := range s.Tags {
		if name := strings.TrimPrefix(tag.Name, "#"); name != "" {
			p.Hashtags = append(p.Hashtags, name)
		}
	}
	for _, m := range s.Mentions {
		if m.Acct != "" {
			p.Mentions = append(p.Mentions, t.handle(m.Acct, m.URL))
		}
	}
	if p.QuoteOf = t.quoted(s.Quote); p.QuoteOf != "" {
		p.Kind = post.KindQuote
	}
	if s.InReplyToID != "" {
		p.Kind, p.ReplyTo = post.KindReply, t.resolve(s.InReplyToID, s.Account)
	}
	p.Engagement = post.Engagement{
		Likes: max(s.Favourites, 0), Shares: max(s.Reblogs, 0), Replies: max(s.Replies, 0), Quotes: max(s.Quotes, 0),
	}
}

func (t translator) quoted(q *quote) string {
	switch {
	case q == nil:
		return ""
	case q.Status != nil:
		return q.Status.URI
	case q.StatusID != "" && t.uri != nil:
		return t.uri(q.StatusID)
	}
	return ""
}

// resolve turns a local id into the uri of the status, or else into its address in the API of the
// server whose id it is. By is the account whose status names the id: where the server is not
// known, a local account's address gives it.
func (t translator) resolve(id string, by *account) string {
	if t.uri != nil {
		if uri := t.uri(id); uri != "" {
			return uri
		}
	}
	server := t.server
	if u, err := url.Parse(by.URL); server == "" && err == nil && u.Host != "" && !strings.Contains(by.Acct, "@") {
		server = u.Scheme + "://" + u.Host
	}
	if server == "" {
		return ""
	}
	return server + "/api/v1/statuses/" + url.PathEscape(id)
}

func (t translator) author(a *account) post.Author {
	bio, _ := connectors.HTMLText(a.Note)
	author := post.Author{
		ID:        a.URI,
		Handle:    t.handle(a.Acct, a.URL),
		Name:      a.DisplayName,
		URL:       firstWebURL(a.URL, a.URI),
		Bio:       bio,
		Followers: max(a.Followers, 0), // −1 where the account hides it
		Bot:       a.Bot,
	}
	if author.ID == "" {
		author.ID = a.URL
	}
	if author.Name == "" {
		author.Name = a.Username
	}
	if !a.CreatedAt.IsZero() {
		author.CreatedAt = a.CreatedAt.UTC().Truncate(time.Millisecond)
	}
	for _, f := range a.Fields {
		if f.VerifiedAt != "" {
			_, links := connectors.HTMLText(f.Value)
			author.VerifiedLinks = append(author.VerifiedLinks, links...)
		}
	}
	return author
}

// handle completes the name of an account of the server itself, which the API gives without host.
func (t translator) handle(acct, profile string) string {
	acct = strings.TrimPrefix(acct, "@")
	if strings.Contains(acct, "@") {
		return acct
	}
	if t.domain != "" {
		return acct + "@" + t.domain
	}
	if u, err := url.Parse(profile); err == nil && u.Host != "" {
		return acct + "@" + u.Host
	}
	return acct
}

func firstWebURL(addresses ...string) string {
	for _, address := range addresses {
		if connectors.IsWebURL(address) {
			return address
		}
	}
	return ""
}

package twitterarchive

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/dghubble/go-twitter/twitter" //nolint:staticcheck // its types are the v1.1 wire, which does not change any more

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/connectors/x"
	"github.com/groundswell/groundswell/post"
)

// Network is the name that posts of Twitter, now X, bear.
const Network = "x"

// message is one object of a capture: a tweet, or a notice that the stream put between tweets.
type message struct {
	twitter.Tweet
	Delete     *json.RawMessage `json:"delete"`
	ScrubGeo   *json.RawMessage `json:"scrub_geo"`
	Limit      *json.RawMessage `json:"limit"`
	Disconnect *json.RawMessage `json:"disconnect"`
	Warning    *json.RawMessage `json:"warning"`
	Withheld   *json.RawMessage `json:"status_withheld"`
	UserHeld   *json.RawMessage `json:"user_withheld"`
	Event      *json.RawMessage `json:"event"`
	Friends    *json.RawMessage `json:"friends"`

	// Fields that only other objects have.
	ScreenName *string          `json:"screen_name"`
	IDs        *json.RawMessage `json:"ids"`
	Users      *json.RawMessage `json:"users"`
	Lists      *json.RawMessage `json:"lists"`
	Errors     *json.RawMessage `json:"errors"`
	Slug       *string          `json:"slug"`
}

// Decode reads one tweet, or the notice that one was deleted. Every other notice and object is
// refused with what it is.
func Decode(raw []byte) (post.Event, error) {
	if len(raw) > post.MaxSize {
		return post.Event{}, fmt.Errorf("%d bytes: a tweet has at most %d", len(raw), post.MaxSize)
	}
	var m message
	if err := connectors.Unmarshal(raw, &m); err != nil {
		return post.Event{}, err
	}
	if m.Delete != nil {
		return decodeDelete(*m.Delete)
	}
	if what := m.otherKind(); what != "" {
		return post.Event{}, errors.New(what)
	}
	p, err := newPost(&m.Tweet)
	if err != nil {
		return post.Event{}, err
	}
	e := post.Event{Type: post.Upsert, Post: p}
	if err := e.Validate(); err != nil {
		return post.Event{}, err
	}
	return e, nil
}

// otherKind names what the object is when it is no tweet.
func (m *message) otherKind() string {
	for _, notice := range []struct {
		body *json.RawMessage
		what string
	}{
		{m.ScrubGeo, "a scrub_geo notice, not a tweet"},
		{m.Limit, "a limit notice: the stream left tweets out"},
		{m.Disconnect, "a disconnect notice, not a tweet"},
		{m.Warning, "a stall warning, not a tweet"},
		{m.Withheld, "a status_withheld notice, not a tweet"},
		{m.UserHeld, "a user_withheld notice, not a tweet"},
		{m.Event, "a stream event, not a tweet"},
		{m.Friends, "a list of friends, not a tweet"},
		{m.IDs, "a list of ids, not a tweet"},
		{m.Users, "a list of accounts, not a tweet"},
		{m.Lists, "a list of lists, not a tweet"},
		{m.Errors, "an error response of Twitter, not a tweet"},
	} {
		if notice.body != nil {
			return notice.what
		}
	}
	switch {
	case m.ScreenName != nil:
		return "a Twitter account, not a tweet"
	case m.Slug != nil:
		return "a Twitter list, not a tweet"
	}
	return ""
}

func decodeDelete(raw json.RawMessage) (post.Event, error) {
	var notice struct {
		Status *struct {
			ID    int64  `json:"id"`
			IDStr string `json:"id_str"`
		} `json:"status"`
	}
	if err := connectors.Unmarshal(raw, &notice); err != nil {
		return post.Event{}, fmt.Errorf("delete notice: %w", err)
	}
	if notice.Status == nil {
		return post.Event{}, errors.New("delete notice: no status: want {\"delete\":{\"status\":{\"id_str\":…}}}")
	}
	e := post.Event{Type: post.Delete, Post: post.Post{Network: Network, ID: id(notice.Status.IDStr, notice.Status.ID)}}
	if err := e.Validate(); err != nil {
		return post.Event{}, fmt.Errorf("delete notice: %w", err)
	}
	return e, nil
}

// newPost makes the post of a tweet.
func newPost(t *twitter.Tweet) (post.Post, error) {
	p := post.Post{Network: Network, ID: id(t.IDStr, t.ID), Kind: post.KindPost}
	if p.ID == "" {
		return p, errors.New("no id_str")
	}
	at, err := parseTime(t.CreatedAt)
	if err != nil {
		return p, err
	}
	p.PostedAt = at
	if t.User == nil {
		return p, errors.New("no user: a tweet without its author is not kept")
	}
	p.Author = newAuthor(t.User)
	p.URL = x.StatusURL(p.Author.Handle, p.ID)
	refer(t, &p)
	words := t
	if t.RetweetedStatus != nil {
		words = t.RetweetedStatus
	}
	setContent(words, &p)
	if p.Text == "" && t.Text == "" && t.FullText == "" && t.ExtendedTweet == nil {
		return p, errors.New("no text")
	}
	if p.Kind != post.KindShare {
		p.Engagement = post.Engagement{
			Likes: count(t.FavoriteCount), Shares: count(t.RetweetCount), Replies: count(t.ReplyCount), Quotes: count(t.QuoteCount),
		}
	}
	return p, nil
}

// refer sets the post's kind and references. A repost of a quote is a repost.
func refer(t *twitter.Tweet, p *post.Post) {
	if t.RetweetedStatus != nil {
		p.ShareOf = id(t.RetweetedStatus.IDStr, t.RetweetedStatus.ID)
		p.Kind = post.KindShare
		return
	}
	p.ReplyTo = id(t.InReplyToStatusIDStr, t.InReplyToStatusID)
	p.QuoteOf = id(t.QuotedStatusIDStr, t.QuotedStatusID)
	if p.QuoteOf == "" && t.QuotedStatus != nil {
		p.QuoteOf = id(t.QuotedStatus.IDStr, t.QuotedStatus.ID)
	}
	switch {
	case p.ReplyTo != "":
		p.Kind = post.KindReply
	case p.QuoteOf != "":
		p.Kind = post.KindQuote
	}
}

// parseTime reads the time form of version 1.1.
func parseTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, errors.New("no created_at")
	}
	at, err := time.Parse(time.RubyDate, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("created_at %.40q: want a time such as Mon Jan 02 15:04:05 -0700 2006", s)
	}
	return at.UTC(), nil
}

// id prefers the text form: numbers above 2⁵³ were rounded in many captures.
func id(text string, number int64) string {
	if text == "" && number > 0 {
		return strconv.FormatInt(number, 10)
	}
	return text
}

func count(n int) int64 { return int64(max(0, n)) }

package x

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/groundswell/groundswell/post"
)

// tweet is the part of a tweet object that a post keeps. Flattened captures put the author and the
// tweets it refers to inside it.
type tweet struct {
	ID             string    `json:"id"`
	Text           *string   `json:"text"`
	AuthorID       string    `json:"author_id"`
	Author         *user     `json:"author"`
	CreatedAt      string    `json:"created_at"`
	ConversationID string    `json:"conversation_id"`
	Lang           string    `json:"lang"`
	Entities       *entities `json:"entities"`
	Metrics        *metrics  `json:"public_metrics"`
	References     []struct {
		Type string `json:"type"`
		tweet
	} `json:"referenced_tweets"`
	EditHistory []string `json:"edit_history_tweet_ids"`
	NoteTweet   *struct {
		Text     string    `json:"text"`
		Entities *entities `json:"entities"`
	} `json:"note_tweet"`

	// Fields that only other objects have.
	Username   string           `json:"username"`
	TweetCount *json.RawMessage `json:"tweet_count"`
	State      string           `json:"state"`
	Name       string           `json:"name"`
	UploadURL  string           `json:"upload_url"`
	Action     string           `json:"action"`
}

type metrics struct {
	Retweets    int64 `json:"retweet_count"`
	Replies     int64 `json:"reply_count"`
	Likes       int64 `json:"like_count"`
	Quotes      int64 `json:"quote_count"`
	Impressions int64 `json:"impression_count"`
}

// otherKind names what the object is when it is no tweet.
func (t *tweet) otherKind() string {
	switch {
	case t.Text != nil:
		return ""
	case t.Username != "":
		return "an account of X, not a post"
	case t.TweetCount != nil:
		return "a count of posts, not a post"
	case t.UploadURL != "":
		return "a compliance job, not a post"
	case t.Action != "":
		return "a compliance result, which does not say whether its id is a post's or an account's"
	case t.State != "":
		return "a Space, not a post"
	case t.Name != "":
		return "a list of X, not a post"
	}
	return "an object without text, not a post"
}

// event makes the log's event of a tweet and its expansions.
func (t *tweet) event(context *expansions) (post.Event, error) {
	p := post.Post{Network: Network, ID: t.ID, Kind: post.KindPost, Thread: t.ConversationID}
	if err := t.setTimes(&p); err != nil {
		return post.Event{}, err
	}
	author := t.author(context)
	if author == nil {
		return post.Event{}, errors.New("no author_id: capture with tweet.fields=author_id,created_at and expansions=author_id")
	}
	p.Author = author.author()
	p.URL = StatusURL(p.Author.Handle, p.ID)
	source := t.refer(&p, context)
	source.setContent(&p)
	if p.Kind != post.KindShare {
		p.Engagement = t.Metrics.engagement()
	}
	e := post.Event{Type: post.Upsert, Post: p}
	if !p.EditedAt.IsZero() {
		e.Type = post.Edit
	}
	if err := e.Validate(); err != nil {
		return post.Event{}, err
	}
	return e, nil
}

// setTimes reads when the tweet was made. An edited tweet has a new id and names all of its ids,
// the first one first: that one is the post, so that an edit is not counted as another post. Where
// the capture left out created_at, the id tells the time to the millisecond.
func (t *tweet) setTimes(p *post.Post) error {
	at, ok := idTime(t.ID)
	if t.CreatedAt != "" {
		claimed, err := time.Parse(time.RFC3339, t.CreatedAt)
		if err != nil {
			return fmt.Errorf("created_at %.40q: want a time such as 2021-04-08T19:34:17.000Z", t.CreatedAt)
		}
		at, ok = claimed.UTC(), true
	}
	if !ok {
		return errors.New("no created_at, and the id is too old to tell the time: capture with tweet.fields=created_at")
	}
	p.PostedAt = at
	if len(t.EditHistory) < 2 || t.EditHistory[0] == t.ID {
		return nil
	}
	first, ok := idTime(t.EditHistory[0])
	if !ok {
		return fmt.Errorf("edit_history_tweet_ids: %.40q is no id of an edited post", t.EditHistory[0])
	}
	p.ID, p.PostedAt, p.EditedAt = t.EditHistory[0], first, at
	return nil
}

// author returns who wrote the tweet as far as the capture tells, or nil.
func (t *tweet) author(context *expansions) *user {
	switch {
	case t.Author != nil && (t.Author.ID != "" || t.Author.Username != ""):
		if t.Author.ID == "" {
			t.Author.ID = t.AuthorID
		}
		return t.Author
	case t.AuthorID == "":
		return nil
	}
	if u := context.users[t.AuthorID]; u != nil {
		return u
	}
	return &user{ID: t.AuthorID}
}

// refer sets the post's kind and references, and returns the tweet whose words the post holds:
// the original one where a repost is at hand, for a repost's own text is cut short.
func (t *tweet) refer(p *post.Post, context *expansions) *tweet {
	words := t
	for i := range t.References {
		r := &t.References[i]
		switch r.Type {
		case "retweeted":
			p.ShareOf = r.ID
			if original := context.tweets[r.ID]; original != nil {
				words = original
			} else if r.Text != nil {
				words = &r.tweet
			}
		case "quoted":
			p.QuoteOf = r.ID
		case "replied_to":
			p.ReplyTo = r.ID
		}
	}
	switch {
	case p.ShareOf != "":
		p.Kind = post.KindShare
	case p.ReplyTo != "":
		p.Kind = post.KindReply
	case p.QuoteOf != "":
		p.Kind = post.KindQuote
	}
	return words
}

// setContent copies text, language and entities; the long form of a long post is preferred.
func (t *tweet) setContent(p *post.Post) {
	text, found := "", t.Entities
	if t.Text != nil {
		text = *t.Text
	}
	if t.NoteTweet != nil && t.NoteTweet.Text != "" {
		text = t.NoteTweet.Text
		if t.NoteTweet.Entities != nil {
			found = t.NoteTweet.Entities
		}
	}
	p.Text, p.Language = PlainText(text), Language(t.Lang)
	found.copyTo(p)
}

func (m *metrics) engagement() post.Engagement {
	if m == nil {
		return post.Engagement{}
	}
	return post.Engagement{
		Likes: max(0, m.Likes), Shares: max(0, m.Retweets), Replies: max(0, m.Replies),
		Quotes: max(0, m.Quotes), Views: max(0, m.Impressions),
	}
}

// StatusURL is the address of a post.
func StatusURL(handle, id string) string {
	if handle == "" {
		handle = "i"
	}
	return "https://x.com/" + handle + "/status/" + id
}

// escapes are the three characters that X escapes in texts, and two that old captures hold.
var escapes = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "&quot;", `"`, "&#39;", "'", "\x00", "")

// PlainText undoes the escapes of a text.
func PlainText(s string) string {
	if strings.IndexByte(s, '&') < 0 && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return escapes.Replace(s)
}

// Language turns X's codes into BCP 47. Codes for posts without words say nothing.
func Language(code string) string {
	switch code {
	case "in":
		return "id"
	case "iw":
		return "he"
	case "und", "zxx", "art", "qam", "qct", "qht", "qme", "qst":
		return ""
	}
	return PlainText(code)
}

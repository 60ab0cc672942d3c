package post

import "time"

// A Kind says what sort of utterance a post is.
type Kind string

// The kinds of posts.
const (
	KindPost    Kind = "post"
	KindReply   Kind = "reply"
	KindShare   Kind = "share"
	KindQuote   Kind = "quote"
	KindComment Kind = "comment"
	KindReview  Kind = "review"
	KindPrivate Kind = "private" // a private message to one of the company's own accounts
)

// A Post is one utterance on one network.
//
// Texts are UTF-8 without markup. PostedAt is the time Groundswell orders by: when the network
// saw the post. CreatedAt is what the author's client claims, where a network tells the two apart.
type Post struct {
	Network    string // the network's name in lower case: bluesky, mastodon, x, …
	ID         string // the network's own stable id: a snowflake, an at:// URI, an ActivityPub URI
	Kind       Kind
	Author     Author
	Text       string
	Language   string // BCP 47, as the network or the client claims it; empty when it says nothing
	URL        string // where a person can read it
	PostedAt   time.Time
	CreatedAt  time.Time // zero when the network has only one time
	EditedAt   time.Time // zero when never edited
	Thread     string    // id of the conversation's first post
	ReplyTo    string    // id of the post this one answers
	ShareOf    string    // id of the post this one passes on
	QuoteOf    string    // id of the post this one comments on
	Hashtags   []string  // without '#', as written
	Mentions   []string  // handles, without a leading '@'
	Links      []string  // absolute URLs the text names; Groundswell never requests them
	Engagement Engagement
	Extra      Extra // fields this version does not know, kept as they came
}

// An Author is who wrote a post, as the network shows them at that moment.
type Author struct {
	ID            string // the network's stable account id (a DID, a number); handles get recycled
	Handle        string // without a leading '@'
	Name          string // display name
	URL           string
	Bio           string
	Location      string
	Followers     int64
	VerifiedLinks []string  // URLs whose ownership the network itself has verified
	Bot           bool      // the account declares itself automated
	CreatedAt     time.Time // when the account was opened; zero when unknown
	Extra         Extra
}

// Engagement counts what others did with a post, as far as the network tells.
type Engagement struct {
	Likes   int64
	Shares  int64
	Replies int64
	Quotes  int64
	Views   int64
	Extra   Extra
}

// Total is the sum of likes, shares, replies and quotes; views are not engagement.
func (e Engagement) Total() int64 { return e.Likes + e.Shares + e.Replies + e.Quotes }

// Key is the identity of the post everywhere: the network and its own id.
func (p *Post) Key() Key { return Key{p.Network, p.ID} }

// AuthorKey is the identity of the post's author: the network and the stable account id, or the
// handle where a network gives no id.
func (p *Post) AuthorKey() Key {
	if p.Author.ID != "" {
		return Key{p.Network, p.Author.ID}
	}
	return Key{p.Network, "@" + p.Author.Handle}
}

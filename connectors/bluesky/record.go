package bluesky

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/post"
)

const (
	postCollection   = "app.bsky.feed.post"
	repostCollection = "app.bsky.feed.repost"
)

// record is an app.bsky.feed.post or app.bsky.feed.repost record.
type record struct {
	Type      string   `json:"$type"`
	Text      string   `json:"text"`
	CreatedAt string   `json:"createdAt"`
	Langs     []string `json:"langs"`
	Tags      []string `json:"tags"`
	Reply     *struct{ Root, Parent reference }
	Subject   *reference `json:"subject"`
	Embed     *embed     `json:"embed"`
	Facets    []facet    `json:"facets"`
}

type reference struct {
	URI string `json:"uri"`
}

type embed struct {
	Record *struct {
		URI    string     `json:"uri"`
		Record *reference `json:"record"`
	} `json:"record"`
	External *reference `json:"external"`
	Media    *struct {
		External *reference `json:"external"`
	} `json:"media"`
}

type facet struct {
	Index struct {
		Start int `json:"byteStart"`
		End   int `json:"byteEnd"`
	} `json:"index"`
	Features []struct {
		Type string `json:"$type"`
		URI  string `json:"uri"`
		Tag  string `json:"tag"`
	} `json:"features"`
}

// DecodePostView reads a post as Bluesky's API shows it.
func DecodePostView(raw []byte) (post.Event, error) {
	var view struct {
		URI    string `json:"uri"`
		Author struct {
			DID, Handle, DisplayName, Description, CreatedAt string
			FollowersCount                                   int64
		} `json:"author"`
		Record      record `json:"record"`
		IndexedAt   string `json:"indexedAt"`
		ReplyCount  int64  `json:"replyCount"`
		RepostCount int64  `json:"repostCount"`
		LikeCount   int64  `json:"likeCount"`
		QuoteCount  int64  `json:"quoteCount"`
	}
	if err := connectors.Unmarshal(raw, &view); err != nil {
		return post.Event{}, err
	}
	seen, _ := parseTime(view.IndexedAt)
	p, err := postOf(view.URI, &view.Record, seen)
	if err != nil {
		return post.Event{}, err
	}
	a := &p.Author
	if view.Author.DID != "" {
		a.ID = view.Author.DID
	}
	a.Handle, a.Name, a.Bio, a.Followers = view.Author.Handle, view.Author.DisplayName, view.Author.Description, max(0, view.Author.FollowersCount)
	a.CreatedAt, _ = parseTime(view.Author.CreatedAt)
	if a.Handle != "" {
		a.URL = "https://bsky.app/profile/" + a.Handle
	}
	p.Engagement = post.Engagement{Likes: max(0, view.LikeCount), Shares: max(0, view.RepostCount), Replies: max(0, view.ReplyCount), Quotes: max(0, view.QuoteCount)}
	return valid(post.Event{Type: post.Upsert, Post: p})
}

// DecodeRecord reads a record with its at:// address, as a repository lists it. It tells no more of
// its author than the DID.
func DecodeRecord(raw []byte) (post.Event, error) {
	var listed struct {
		URI   string `json:"uri"`
		Value record `json:"value"`
	}
	if err := connectors.Unmarshal(raw, &listed); err != nil {
		return post.Event{}, err
	}
	p, err := postOf(listed.URI, &listed.Value, time.Time{})
	if err != nil {
		return post.Event{}, err
	}
	return valid(post.Event{Type: post.Upsert, Post: p})
}

// postOf makes the post of a record. seen is when the network saw it; without it the author's
// claim has to do.
func postOf(uri string, r *record, seen time.Time) (post.Post, error) {
	did, collection, rkey, err := splitURI(uri)
	if err != nil {
		return post.Post{}, err
	}
	if r.Type != "" {
		collection = r.Type
	}
	p := post.Post{Network: Network, ID: uri, Kind: post.KindPost, Author: post.Author{ID: did, URL: "https://bsky.app/profile/" + did}}
	switch collection {
	case postCollection:
		p.URL = "https://bsky.app/profile/" + did + "/post/" + rkey
	case repostCollection:
		if r.Subject == nil || r.Subject.URI == "" {
			return p, errors.New("a repost without its subject")
		}
		p.Kind, p.ShareOf = post.KindShare, r.Subject.URI
	default:
		return p, fmt.Errorf("a record of %.60s, not a post", collection)
	}
	claimed, ok := parseTime(r.CreatedAt)
	switch {
	case !seen.IsZero():
		p.PostedAt, p.CreatedAt = seen, claimed
	case ok:
		p.PostedAt, p.CreatedAt = claimed, claimed
	default:
		return p, fmt.Errorf("createdAt %.40q: want a time such as 2023-07-21T01:33:51.481Z", r.CreatedAt)
	}
	r.describe(&p)
	return p, nil
}

// describe copies text, language, references and facets.
func (r *record) describe(p *post.Post) {
	p.Text = strings.ReplaceAll(r.Text, "\x00", "")
	if len(r.Langs) > 0 {
		p.Language = r.Langs[0]
	}
	if r.Embed != nil {
		if q := r.Embed.Record; q != nil && p.Kind == post.KindPost {
			p.QuoteOf = q.URI
			if q.Record != nil {
				p.QuoteOf = q.Record.URI
			}
			if p.QuoteOf != "" {
				p.Kind = post.KindQuote
			}
		}
		if m := r.Embed.Media; m != nil && m.External != nil {
			addLink(p, m.External.URI)
		}
		if x := r.Embed.External; x != nil {
			addLink(p, x.URI)
		}
	}
	if r.Reply != nil && r.Reply.Parent.URI != "" {
		p.Kind, p.ReplyTo, p.Thread = post.KindReply, r.Reply.Parent.URI, r.Reply.Root.URI
	}
	for _, f := range r.Facets {
		for _, feature := range f.Features {
			switch feature.Type {
			case "app.bsky.richtext.facet#link":
				addLink(p, feature.URI)
			case "app.bsky.richtext.facet#tag":
				p.Hashtags = connectors.AppendOnce(p.Hashtags, feature.Tag)
			case "app.bsky.richtext.facet#mention":
				if f.Index.Start >= 0 && f.Index.Start < f.Index.End && f.Index.End <= len(r.Text) {
					p.Mentions = connectors.AppendOnce(p.Mentions, strings.TrimPrefix(strings.ToValidUTF8(r.Text[f.Index.Start:f.Index.End], ""), "@"))
				}
			}
		}
	}
	for _, tag := range r.Tags {
		p.Hashtags = connectors.AppendOnce(p.Hashtags, tag)
	}
}

func addLink(p *post.Post, address string) {
	if connectors.IsWebURL(address) {
		p.Links = connectors.AppendOnce(p.Links, address)
	}
}

// splitURI takes at://did/collection/rkey apart.
func splitURI(uri string) (did, collection, rkey string, err error) {
	parts := strings.Split(strings.TrimPrefix(uri, "at://"), "/")
	if !strings.HasPrefix(uri, "at://did:") || len(parts) != 3 || parts[1] == "" || parts[2] == "" {
		return "", "", "", fmt.Errorf("uri %.80q: want at://did:…/collection/key", uri)
	}
	return parts[0], parts[1], parts[2], nil
}

// parseTime reads the time forms that clients write; those without a zone mean UTC.
func parseTime(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

func valid(e post.Event) (post.Event, error) {
	if err := e.Validate(); err != nil {
		return post.Event{}, err
	}
	return e, nil
}

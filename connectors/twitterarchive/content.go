package twitterarchive

import (
	"github.com/dghubble/go-twitter/twitter" //nolint:staticcheck // its types are the v1.1 wire, which does not change any more

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/connectors/x"
	"github.com/groundswell/groundswell/post"
)

// newAuthor makes the author of a user object. The address that a profile names is not verified by
// the network, so it is no verified link.
func newAuthor(u *twitter.User) post.Author {
	a := post.Author{
		ID: id(u.IDStr, u.ID), Handle: x.PlainText(u.ScreenName), Name: x.PlainText(u.Name), Bio: x.PlainText(u.Description),
		Location: x.PlainText(u.Location), Followers: count(u.FollowersCount),
	}
	if a.Handle != "" {
		a.URL = "https://x.com/" + a.Handle
	}
	if at, err := parseTime(u.CreatedAt); err == nil {
		a.CreatedAt = at
	}
	return a
}

// setContent copies text, language and entities. The whole text stands in extended_tweet in a
// stream, in full_text where the capture asked for it, and in text otherwise.
func setContent(t *twitter.Tweet, p *post.Post) {
	text, entities, media := t.Text, t.Entities, t.ExtendedEntities
	if t.FullText != "" {
		text = t.FullText
	}
	if x := t.ExtendedTweet; x != nil && x.FullText != "" {
		text = x.FullText
		if x.Entities != nil {
			entities = x.Entities
		}
		if x.ExtendedEntities != nil {
			media = x.ExtendedEntities
		}
	}
	p.Text, p.Language = x.PlainText(text), x.Language(t.Lang)
	copyEntities(entities, media, p)
}

// copyEntities sets hashtags, mentions and links, each once. The address of a post's own picture
// is no link.
func copyEntities(e *twitter.Entities, media *twitter.ExtendedEntity, p *post.Post) {
	if e == nil {
		return
	}
	for _, h := range e.Hashtags {
		p.Hashtags = connectors.AppendOnce(p.Hashtags, x.PlainText(h.Text))
	}
	for _, m := range e.UserMentions {
		p.Mentions = connectors.AppendOnce(p.Mentions, x.PlainText(m.ScreenName))
	}
	own := make(map[string]bool)
	if media != nil {
		for _, m := range media.Media {
			own[m.ExpandedURL] = true
		}
	}
	for _, u := range e.Urls {
		address := u.ExpandedURL
		if !connectors.IsWebURL(address) {
			address = u.URL
		}
		if connectors.IsWebURL(address) && !own[address] {
			p.Links = connectors.AppendOnce(p.Links, address)
		}
	}
}

package twitterarchive

import (
	"net/url"
	"strings"

	"github.com/dghubble/go-twitter/twitter" //nolint:staticcheck // its types are the v1.1 wire, which does not change any more

	"github.com/groundswell/groundswell/post"
)

// newAuthor makes the author of a user object. The address that a profile names is not verified by
// the network, so it is no verified link.
func newAuthor(u *twitter.User) post.Author {
	a := post.Author{
		ID: id(u.IDStr, u.ID), Handle: plainText(u.ScreenName), Name: plainText(u.Name), Bio: plainText(u.Description),
		Location: plainText(u.Location), Followers: count(u.FollowersCount),
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
	p.Text, p.Language = plainText(text), language(t.Lang)
	copyEntities(entities, media, p)
}

// copyEntities sets hashtags, mentions and links, each once. The address of a post's own picture
// is no link.
func copyEntities(e *twitter.Entities, media *twitter.ExtendedEntity, p *post.Post) {
	if e == nil {
		return
	}
	for _, h := range e.Hashtags {
		p.Hashtags = addOnce(p.Hashtags, plainText(h.Text))
	}
	for _, m := range e.UserMentions {
		p.Mentions = addOnce(p.Mentions, plainText(m.ScreenName))
	}
	own := make(map[string]bool)
	if media != nil {
		for _, m := range media.Media {
			own[m.ExpandedURL] = true
		}
	}
	for _, u := range e.Urls {
		address := u.ExpandedURL
		if !absolute(address) {
			address = u.URL
		}
		if absolute(address) && !own[address] {
			p.Links = addOnce(p.Links, address)
		}
	}
}

func addOnce(list []string, s string) []string {
	if s == "" {
		return list
	}
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}

func absolute(address string) bool {
	if strings.IndexByte(address, 0) >= 0 {
		return false
	}
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

func statusURL(handle, id string) string {
	if handle == "" {
		handle = "i"
	}
	return "https://x.com/" + handle + "/status/" + id
}

// escapes are the three characters that Twitter escapes in texts, and two that old captures hold.
var escapes = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "&quot;", `"`, "&#39;", "'", "\x00", "")

func plainText(s string) string {
	if strings.IndexByte(s, '&') < 0 && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return escapes.Replace(s)
}

// language turns Twitter's codes into BCP 47. Codes for tweets without words say nothing.
func language(code string) string {
	switch code {
	case "in":
		return "id"
	case "iw":
		return "he"
	case "und", "zxx", "art", "qam", "qct", "qht", "qme", "qst":
		return ""
	}
	return plainText(code)
}

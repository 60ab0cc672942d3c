package feeds

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/post"
	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/rss"
	"golang.org/x/text/language"
)

const (
	maxName     = 200 // bytes
	maxHashtags = 50
)

// event makes an item of a feed an event.
func (s *Source) event(address string, feed *gofeed.Feed, item *gofeed.Item) post.Event {
	html := item.Content
	if html == "" {
		html = item.Description
	}
	text, links := connectors.HTMLText(html)
	title, _ := connectors.HTMLText(item.Title)
	if title != "" && !strings.HasPrefix(text, title) {
		text = strings.TrimSpace(title + "\n" + text)
	}
	now := s.deps.Now().UTC().Truncate(time.Millisecond)
	p := post.Post{Network: Network, ID: itemID(address, item), Kind: post.Kind(s.Kind), Author: author(address, feed, item), Text: clean(text),
		Language: languageTag(feed.Language), PostedAt: now, Links: links}
	if p.Language == "" {
		p.Language = s.Language
	}
	if connectors.IsWebURL(item.Link) {
		p.URL = item.Link
	}
	if published := firstTime(item.PublishedParsed, item.UpdatedParsed); !published.IsZero() {
		p.CreatedAt = published
		if published.Before(now) { // a date in the future is the author's claim only
			p.PostedAt = published
		}
	}
	for _, tag := range item.Categories {
		tag = strings.Join(strings.Fields(clean(tag)), "")
		if tag != "" && len(tag) <= 100 && len(p.Hashtags) < maxHashtags {
			p.Hashtags = append(p.Hashtags, tag)
		}
	}
	return post.Event{Type: post.Upsert, ReceivedAt: now, Post: p}
}

// itemID is the item's guid or link where that is an address on the feed's own host. Everything
// else is an id of this feed alone: two feeds' "1" are two posts, and no feed speaks for another.
func itemID(address string, item *gofeed.Item) string {
	id := item.GUID
	if id == "" {
		id = item.Link
	}
	if id == "" {
		sum := sha256.Sum256([]byte(item.Title + "\x00" + item.Description + "\x00" + item.Published))
		id = hex.EncodeToString(sum[:16])
	}
	if len(id) > 1000 {
		sum := sha256.Sum256([]byte(id))
		id = hex.EncodeToString(sum[:16])
	}
	if connectors.IsWebURL(id) && hostOf(id) == hostOf(address) {
		return clean(id)
	}
	return feedID(address) + "#" + clean(id)
}

// feedID names a feed by its address, without what may be secret in it.
func feedID(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return digest(address)
	}
	id := u.Scheme + "://" + u.Host + u.EscapedPath()
	if u.RawQuery != "" {
		id += "?" + digest(u.RawQuery)
	}
	if len(id) > 1000 {
		id = u.Scheme + "://" + u.Host + "/" + digest(id)
	}
	return id
}

// author is who the item names, else who the feed names, else the feed itself.
func author(address string, feed *gofeed.Feed, item *gofeed.Item) post.Author {
	host := hostOf(address)
	a := post.Author{ID: feedID(address), Handle: host, Name: shorten(clean(feed.Title))}
	if connectors.IsWebURL(feed.Link) {
		a.URL = feed.Link
	}
	for _, people := range [][]*gofeed.Person{item.Authors, feed.Authors} {
		if name := personName(people); name != "" {
			a.ID, a.Handle, a.Name = host+"/"+url.PathEscape(name), name, name
			break
		}
	}
	return a
}

// personName is the name of the first one, or what stands before the @ of their address.
func personName(people []*gofeed.Person) string {
	if len(people) == 0 || people[0] == nil {
		return ""
	}
	name := strings.TrimSpace(people[0].Name)
	if name == "" {
		name, _, _ = strings.Cut(strings.TrimSpace(people[0].Email), "@")
	}
	return shorten(clean(name))
}

func shorten(s string) string {
	if len(s) > maxName {
		return strings.ToValidUTF8(s[:maxName], "")
	}
	return s
}

// clean takes out what no database keeps.
func clean(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\ufffd")
}

// languageTag is the tag, such as de-CH, or empty where the text is none.
func languageTag(s string) string {
	tag, err := language.Parse(strings.TrimSpace(s[:min(len(s), 64)]))
	if err != nil || tag == language.Und {
		return ""
	}
	return tag.String()
}

func firstTime(times ...*time.Time) time.Time {
	for _, t := range times {
		if t != nil && t.Year() > 1970 && t.Year() < 2200 {
			return t.UTC().Truncate(time.Millisecond)
		}
	}
	return time.Time{}
}

// edited is when a changed item says it was changed, or else the present.
func edited(item *gofeed.Item, posted, now time.Time) time.Time {
	if at := firstTime(item.UpdatedParsed); at.After(posted) && at.Before(now) {
		return at
	}
	return now
}

// feedTTL is the <ttl> of RSS, in seconds.
func feedTTL(feed *gofeed.Feed) int {
	original, ok := feed.OriginalFeed().(*rss.Feed)
	if !ok {
		return 0
	}
	minutes, err := strconv.ParseInt(strings.TrimSpace(original.TTL), 10, 32)
	if err != nil || minutes < 0 {
		return 0
	}
	return int(min(time.Duration(minutes)*time.Minute, mostInterval) / time.Second)
}

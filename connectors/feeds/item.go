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
)

// event makes an item of a feed an event. Its id is the item's guid where that is an address, and
// otherwise the guid or the link under the feed's host, so that two feeds' "1" are two posts.
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
		Language: feed.Language, PostedAt: now, Links: links}
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
		if tag = strings.TrimSpace(clean(tag)); tag != "" && len(tag) <= 100 {
			p.Hashtags = append(p.Hashtags, strings.ReplaceAll(tag, " ", ""))
		}
	}
	return post.Event{Type: post.Upsert, ReceivedAt: now, Post: p}
}

func itemID(address string, item *gofeed.Item) string {
	id := item.GUID
	if id == "" {
		id = item.Link
	}
	if id == "" {
		sum := sha256.Sum256([]byte(item.Title + "\x00" + item.Description + "\x00" + item.Published))
		id = hex.EncodeToString(sum[:16])
	}
	if !strings.Contains(id, "://") {
		id = address + "#" + id
	}
	if id = clean(id); len(id) > 1000 {
		sum := sha256.Sum256([]byte(id))
		id = address + "#" + hex.EncodeToString(sum[:16])
	}
	return id
}

// author is who the item names, else who the feed names, else the feed itself.
func author(address string, feed *gofeed.Feed, item *gofeed.Item) post.Author {
	host := hostOf(address)
	name := ""
	for _, people := range [][]*gofeed.Person{item.Authors, feed.Authors} {
		if len(people) > 0 && people[0] != nil && strings.TrimSpace(people[0].Name+people[0].Email) != "" {
			if name = strings.TrimSpace(people[0].Name); name == "" {
				name, _, _ = strings.Cut(people[0].Email, "@")
			}
			break
		}
	}
	a := post.Author{ID: host, Handle: host, Name: clean(feed.Title)}
	if connectors.IsWebURL(feed.Link) {
		a.URL = feed.Link
	}
	if name = clean(name); name != "" {
		a.ID, a.Handle, a.Name = host+"/"+url.PathEscape(name), name, name
	}
	a.ID, a.Handle = a.ID[:min(len(a.ID), 1000)], shorten(a.Handle)
	return a
}

func shorten(s string) string {
	if len(s) > 200 {
		return strings.ToValidUTF8(s[:200], "")
	}
	return s
}

// clean takes out what no database keeps.
func clean(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\ufffd")
}

func firstTime(times ...*time.Time) time.Time {
	for _, t := range times {
		if t != nil && t.Year() > 1970 && t.Year() < 2200 {
			return t.UTC().Truncate(time.Millisecond)
		}
	}
	return time.Time{}
}

// fingerprint changes when an item says something else.
func fingerprint(p *post.Post) string {
	sum := sha256.Sum256([]byte(p.Text + "\x00" + p.URL))
	return hex.EncodeToString(sum[:8])
}

// feedTTL is the <ttl> of RSS, in minutes.
func feedTTL(feed *gofeed.Feed) time.Duration {
	original, ok := feed.OriginalFeed().(*rss.Feed)
	if !ok {
		return 0
	}
	minutes, err := strconv.Atoi(strings.TrimSpace(original.TTL))
	if err != nil || minutes < 0 {
		return 0
	}
	return min(time.Duration(minutes)*time.Minute, mostInterval)
}

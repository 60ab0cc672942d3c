package post

import (
	"fmt"
	"unicode/utf8"
)

// MaxSize is the largest wire object that Decode takes, in bytes.
const MaxSize = 1 << 20

// Version is the version of the wire form that AppendJSON writes and Decode reads.
const Version = 1

// Decode reads an event from its wire form (docs/wire-format.md), or a post alone, which is taken
// as an upsert. It checks what it reads and repairs nothing; the error is a *DecodeError that
// names the place. Fields it does not know are kept in Extra.
func Decode(data []byte) (Event, error) {
	if len(data) > MaxSize {
		return Event{}, &DecodeError{MaxSize, "", fmt.Sprintf("%d bytes: at most %d", len(data), MaxSize)}
	}
	if !utf8.Valid(data) {
		return Event{}, &DecodeError{firstInvalid(data), "", "invalid UTF-8"}
	}
	text := string(data)
	e, hasEvent, err := decodeEvent(text)
	if err == nil && !hasEvent {
		e = Event{Type: Upsert}
		err = decodeAll(text, func(s *scanner) { s.post(&e.Post) })
	}
	if err == nil {
		err = e.Validate()
	}
	if err != nil {
		return Event{}, err
	}
	return e, nil
}

// decodeEvent reads an event; found is false where the object has none of its own fields, as a
// post alone has not.
func decodeEvent(text string) (e Event, found bool, err error) {
	var version int64 = Version
	err = decodeAll(text, func(s *scanner) {
		if s.next() != '{' {
			s.fail("want an object")
			return
		}
		s.object(func(name string) {
			switch name {
			case "v":
				version = s.count()
				if s.err == nil && version != Version {
					s.fail("%d: this groundswell reads version %d", version, Version)
				}
			case "type":
				e.Type, found = EventType(s.string()), true
			case "source":
				e.Source = s.string()
			case "received_at":
				e.ReceivedAt = s.time()
			case "post":
				found = true
				s.post(&e.Post)
			default:
				s.extra(&e.Extra, name)
			}
		})
	})
	return e, found, err
}

func decodeAll(text string, read func(*scanner)) error {
	s := &scanner{text: text, path: make([]string, 0, 8)}
	s.space()
	read(s)
	if s.next(); s.err == nil && s.at < len(text) {
		s.fail("more after the end of the object")
	}
	if s.err != nil {
		return s.err
	}
	return nil
}

func (s *scanner) post(p *Post) {
	p.Kind = KindPost
	s.object(func(name string) {
		switch name {
		case "network":
			p.Network = s.string()
		case "id":
			p.ID = s.string()
		case "kind":
			p.Kind = Kind(s.string())
		case "author":
			s.author(&p.Author)
		case "text":
			p.Text = s.string()
		case "language":
			p.Language = s.string()
		case "url":
			p.URL = s.string()
		case "posted_at":
			p.PostedAt = s.time()
		case "created_at":
			p.CreatedAt = s.time()
		case "edited_at":
			p.EditedAt = s.time()
		case "thread":
			p.Thread = s.string()
		case "reply_to":
			p.ReplyTo = s.string()
		case "share_of":
			p.ShareOf = s.string()
		case "quote_of":
			p.QuoteOf = s.string()
		case "hashtags":
			p.Hashtags = s.strings()
		case "mentions":
			p.Mentions = s.strings()
		case "links":
			p.Links = s.strings()
		case "engagement":
			s.engagement(p)
		default:
			s.extra(&p.Extra, name)
		}
	})
}

func (s *scanner) author(a *Author) {
	s.object(func(name string) {
		switch name {
		case "id":
			a.ID = s.string()
		case "handle":
			a.Handle = s.string()
		case "name":
			a.Name = s.string()
		case "url":
			a.URL = s.string()
		case "bio":
			a.Bio = s.string()
		case "location":
			a.Location = s.string()
		case "followers":
			a.Followers = s.count()
		case "verified_links":
			a.VerifiedLinks = s.strings()
		case "bot":
			a.Bot = s.bool()
		case "created_at":
			a.CreatedAt = s.time()
		default:
			s.extra(&a.Extra, name)
		}
	})
}

// engagement reads the counts; one that this version does not know is kept with the post.
func (s *scanner) engagement(p *Post) {
	s.object(func(name string) {
		switch name {
		case "likes":
			p.Engagement.Likes = s.count()
		case "shares":
			p.Engagement.Shares = s.count()
		case "replies":
			p.Engagement.Replies = s.count()
		case "quotes":
			p.Engagement.Quotes = s.count()
		case "views":
			p.Engagement.Views = s.count()
		default:
			s.extra(&p.Engagement.Extra, name)
		}
	})
}

func firstInvalid(data []byte) int {
	at := 0
	for at < len(data) {
		r, n := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	return at
}

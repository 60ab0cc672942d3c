package post

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of single fields, in bytes. Text and lists are bounded by MaxSize alone.
const (
	maxID      = 2048 // ids, handles, addresses
	maxNetwork = 40
)

var kinds = map[Kind]bool{KindPost: true, KindReply: true, KindShare: true, KindQuote: true,
	KindComment: true, KindReview: true, KindPrivate: true}

// earliest and latest bound the times that a post may bear.
var (
	earliest = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Validate says what keeps the event out of the log: the first fault, as a *DecodeError.
func (e *Event) Validate() error {
	switch e.Type {
	case Upsert:
		return e.Post.Validate()
	case Edit:
		if err := e.Post.Validate(); err != nil {
			return err
		}
		if e.Post.EditedAt.IsZero() {
			return invalid("post.edited_at", "an edit has to say when it was made")
		}
		return nil
	case Delete:
		return e.Post.validateKey()
	case AuthorGone:
		if err := validateNetwork(e.Post.Network); err != nil {
			return err
		}
		return e.Post.Author.validateKey()
	case "":
		return invalid("type", "is missing: want upsert, edit, delete or author_gone")
	}
	return invalid("type", "%.40q: want upsert, edit, delete or author_gone", e.Type)
}

// Validate says what keeps a whole post out of the log: the first fault, as a *DecodeError.
func (p *Post) Validate() error {
	if err := p.validateKey(); err != nil {
		return err
	}
	if err := p.Author.validateKey(); err != nil {
		return err
	}
	switch {
	case !kinds[p.Kind]:
		return invalid("post.kind", "%.40q: want post, reply, share, quote, comment, review or private", p.Kind)
	case p.PostedAt.IsZero():
		return invalid("post.posted_at", "is missing")
	}
	for _, t := range []struct {
		field string
		at    time.Time
	}{{"post.posted_at", p.PostedAt}, {"post.created_at", p.CreatedAt}, {"post.edited_at", p.EditedAt}, {"post.author.created_at", p.Author.CreatedAt}} {
		if !t.at.IsZero() && (t.at.Before(earliest) || !t.at.Before(latest)) {
			return invalid(t.field, "%s is not between 1970 and 2200", t.at.Format(time.RFC3339))
		}
	}
	return p.validateTexts()
}

func (p *Post) validateKey() error {
	if err := validateNetwork(p.Network); err != nil {
		return err
	}
	if p.ID == "" {
		return invalid("post.id", "is missing")
	}
	return validateID("post.id", p.ID)
}

func (a *Author) validateKey() error {
	if a.ID == "" && a.Handle == "" {
		return invalid("post.author", "has neither id nor handle")
	}
	if err := validateID("post.author.id", a.ID); err != nil {
		return err
	}
	return validateID("post.author.handle", a.Handle)
}

func validateNetwork(network string) error {
	if network == "" {
		return invalid("post.network", "is missing")
	}
	bad := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' && r != '-' }
	if len(network) > maxNetwork || strings.ContainsFunc(network, bad) {
		return invalid("post.network", "%.60q: want at most %d lower-case letters, digits, '-' and '_'", network, maxNetwork)
	}
	return nil
}

func validateID(field, id string) error {
	if len(id) > maxID {
		return invalid(field, "%d bytes: at most %d", len(id), maxID)
	}
	return validateText(field, id)
}

// validateTexts refuses what a database cannot keep, wherever it stands.
func (p *Post) validateTexts() error {
	for _, f := range []struct{ field, text string }{
		{"post.text", p.Text}, {"post.language", p.Language}, {"post.thread", p.Thread}, {"post.reply_to", p.ReplyTo},
		{"post.share_of", p.ShareOf}, {"post.quote_of", p.QuoteOf}, {"post.url", p.URL}, {"post.author.name", p.Author.Name},
		{"post.author.url", p.Author.URL}, {"post.author.bio", p.Author.Bio}, {"post.author.location", p.Author.Location},
	} {
		if err := validateText(f.field, f.text); err != nil {
			return err
		}
	}
	for _, f := range []struct {
		field string
		list  []string
	}{{"post.hashtags", p.Hashtags}, {"post.mentions", p.Mentions}, {"post.links", p.Links}, {"post.author.verified_links", p.Author.VerifiedLinks}} {
		for _, text := range f.list {
			if err := validateText(f.field, text); err != nil {
				return err
			}
		}
	}
	return nil
}

func validateText(field, text string) error {
	if strings.IndexByte(text, 0) >= 0 {
		return invalid(field, "holds the character U+0000")
	}
	if !utf8.ValidString(text) {
		return invalid(field, "invalid UTF-8")
	}
	return nil
}

func invalid(field, reason string, args ...any) error {
	return &DecodeError{Field: field, Reason: fmt.Sprintf(reason, args...)}
}

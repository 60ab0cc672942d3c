package crm

import "time"

// A Touch is a post of a contact, as an entry of their timeline. It holds no text: the post does,
// and when the post is deleted the touch goes with it.
type Touch struct {
	ContactID string
	PostID    string
	AuthorID  string
	PostedAt  time.Time
}

// TouchCount is how much a contact was heard.
type TouchCount struct {
	Touches int64
	Last    time.Time
}

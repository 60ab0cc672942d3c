package post

import (
	"encoding/json"
	"time"
)

// An EventType says what happened to a post or to its author.
type EventType string

// The types of events.
const (
	Upsert     EventType = "upsert"      // a post was seen; the same one may be seen again
	Edit       EventType = "edit"        // a post's text changed; Post holds the whole new state, EditedAt is set
	Delete     EventType = "delete"      // a post is gone: Post holds Network and ID only
	AuthorGone EventType = "author_gone" // an account is gone or withdrew consent: Post holds Network and Author only
)

// An Event is one entry of the log: something that happened on a network.
type Event struct {
	Type       EventType
	Source     string    // name of the source that heard it
	ReceivedAt time.Time // when Groundswell heard it
	Post       Post
	Extra      Extra
}

// Key is the partition key of the log: events of one post keep their order.
func (e *Event) Key() Key {
	if e.Type == AuthorGone {
		return e.Post.AuthorKey()
	}
	return e.Post.Key()
}

// Extra holds the fields of a wire object that this version does not know, in the order they
// came, so that a newer writer's data survives an older reader.
type Extra []ExtraField

// An ExtraField is one unknown field: its name and its raw JSON value.
type ExtraField struct {
	Name  string
	Value json.RawMessage
}

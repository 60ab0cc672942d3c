package replay

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/groundswell/groundswell/connectors/bluesky"
	"github.com/groundswell/groundswell/connectors/mastodon"
	"github.com/groundswell/groundswell/connectors/twitterarchive"
	"github.com/groundswell/groundswell/connectors/x"
	"github.com/groundswell/groundswell/post"
)

// The formats that Read knows. Without one it looks at each object.
const (
	Groundswell = "groundswell"
	TwitterV11  = "twitter-v1.1"
	XV2         = "x-v2"
	Mastodon    = "mastodon"
	Bluesky     = "bluesky"
	Table       = "table"

	unknown = "unknown" // the Summary's word where no object was recognised
)

// Formats lists the names of the formats.
func Formats() []string { return []string{Groundswell, TwitterV11, XV2, Mastodon, Bluesky, Table} }

// CheckFormat says whether a format is one of Formats, or empty for detection.
func CheckFormat(format string) error {
	for _, name := range Formats() {
		if format == name || format == "" {
			return nil
		}
	}
	return fmt.Errorf("format %q: want one of %s, or none to have it detected", format, strings.Join(Formats(), ", "))
}

// A shape is one sort of object: how it is told by its fields, and how it is read. Exactly one of
// decode, lists, inside and page is set.
type shape struct {
	format string
	all    keySet // it has every one of these fields
	any    keySet // and at least one of these, where there are any

	decode func(raw []byte) (post.Event, error) // one post
	lists  []string                             // the fields that hold objects of other shapes
	inside func(raw []byte) ([]byte, error)     // one object wrapped as text
	page   bool                                 // a page or tweet for x.DecodePage
}

// shapes are tried in this order; the first that fits the object's fields reads it.
var shapes = []shape{
	{format: Groundswell, all: kPost, any: kType | kV, decode: post.Decode},
	{format: Groundswell, all: kNetwork | kID, decode: post.Decode},

	{format: TwitterV11, all: kIDStr, any: kText | kFullText, decode: twitterarchive.Decode},
	{format: TwitterV11, all: kStatuses | kSearchMetadata, lists: []string{"statuses"}},
	{format: TwitterV11, all: kDelete, decode: twitterarchive.Decode},

	{format: Mastodon, all: kURI | kAccount | kContent, decode: mastodon.DecodeStatus},
	{format: Mastodon, any: kAncestors | kDescendants, lists: []string{"ancestors", "descendants"}},
	{format: Mastodon, all: kStatuses, lists: []string{"statuses"}},
	{format: Mastodon, all: kType | kAccount | kStatus, lists: []string{"status"}},
	{format: Mastodon, all: kLastStatus, lists: []string{"last_status"}},
	{format: Mastodon, all: kEvent | kPayload, inside: streamed},

	{format: Bluesky, all: kDID | kKind, decode: bluesky.DecodeJetstream},
	{format: Bluesky, all: kPayload, decode: bluesky.DecodeJetstream},
	{format: Bluesky, all: kURI | kRecord, decode: bluesky.DecodePostView},
	{format: Bluesky, all: kURI | kValue, decode: bluesky.DecodeRecord},
	{format: Bluesky, all: kPost, lists: []string{"parent", "post", "replies"}},
	{format: Bluesky, all: kThread, lists: []string{"thread"}},
	{format: Bluesky, any: kPosts | kFeed | kRecords, lists: []string{"posts", "feed", "records"}},

	{format: XV2, all: kData, page: true},
	{format: XV2, all: kAuthorID | kText, page: true},
	{format: XV2, all: kEditHistory, page: true},
	{format: XV2, any: kMeta | kErrors | kIncludes, page: true},
}

// find returns the shape of an object with these fields, or nil.
func find(keys keySet) *shape {
	for i := range shapes {
		s := &shapes[i]
		if keys&s.all == s.all && (s.any == 0 || keys&s.any != 0) {
			return s
		}
	}
	return nil
}

// plain are the shapes for objects that do not look like the format a person named.
var plain = map[string]*shape{
	Groundswell: {format: Groundswell, decode: post.Decode},
	TwitterV11:  {format: TwitterV11, decode: twitterarchive.Decode},
	XV2:         {format: XV2, page: true},
	Mastodon:    {format: Mastodon, decode: mastodon.DecodeStatus},
	Bluesky:     {format: Bluesky, decode: bluesky.DecodePostView},
}

// limit is how many bytes an object of the shape may have.
func (s *shape) limit() int {
	switch {
	case s.page:
		return x.MaxPage
	case s.lists != nil:
		return maxPage
	}
	return post.MaxSize
}

// streamed unwraps one message of Mastodon's WebSocket, which holds the status as text.
func streamed(raw []byte) ([]byte, error) {
	var message struct{ Event, Payload string }
	if err := json.Unmarshal(raw, &message); err != nil {
		return nil, fmt.Errorf("malformed stream message: %w", err)
	}
	switch message.Event {
	case "update", "status.update", "notification", "conversation":
		return []byte(message.Payload), nil
	case "delete":
		return nil, fmt.Errorf("a deletion by a server's local id, which no saved status bears")
	}
	return nil, fmt.Errorf("a stream message of type %.40q, not a status", message.Event)
}

package mastodon

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// A position is how far a source has heard: the newest id of each stream on one server.
type position struct {
	Server string            `json:"server"`
	Newest map[string]string `json:"newest"`
}

// parsePosition reads a cursor. One of another server counts as none: its ids mean nothing here.
func parsePosition(cursor, server string) (position, error) {
	p := position{Server: server, Newest: make(map[string]string)}
	if cursor == "" {
		return p, nil
	}
	var kept position
	if err := json.Unmarshal([]byte(cursor), &kept); err != nil {
		return p, fmt.Errorf("read cursor %.80q: %w", cursor, err)
	}
	if kept.Server == server && kept.Newest != nil {
		p.Newest = kept.Newest
	}
	return p, nil
}

func (p position) String() string {
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // strings always encode
	}
	return string(text)
}

// advance moves a stream on to an id, never back.
func (p position) advance(stream, id string) {
	if stream != "" && newer(id, p.Newest[stream]) {
		p.Newest[stream] = id
	}
}

// newer compares ids: numbers that grow on Mastodon, texts of one length elsewhere.
func newer(a, b string) bool {
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return a > b
}

// overlap is how far back a backfill begins before the newest post known. Mastodon makes an id
// of the time a post was written, so that one which took a while to arrive has an older id than
// others heard before it.
const overlap = 30 * time.Second

// snowflakes begin with the milliseconds since 1970; the low 16 bits are random.
const (
	snowflakeShift = 16
	oldestFlake    = 1_400_000_000_000 << snowflakeShift // 2014, before Mastodon
)

// earlier is the id from which on a backfill reads.
func earlier(id string) string {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n < oldestFlake {
		return id
	}
	return strconv.FormatInt(n-overlap.Milliseconds()<<snowflakeShift, 10)
}

// idAt is the id that a post written at a time would have.
func idAt(t time.Time) string {
	return strconv.FormatInt(t.UnixMilli()<<snowflakeShift, 10)
}

// timeOf is when the post of an id was written, or the zero time where ids do not tell.
func timeOf(id string) time.Time {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n < oldestFlake {
		return time.Time{}
	}
	return time.UnixMilli(n >> snowflakeShift).UTC()
}

package privacy

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

// Deletions takes out of the log what was deleted on its network. The pipeline has removed it from the
// database by then; the topics would keep the text until their retention is over.
type Deletions struct {
	DB  *sqldb.DB
	Log Log
	Clock
	// Every is how soon after one round the next may begin. A round reads the topics from end to end, so it
	// is also as long as restShare times what the last one took.
	Every time.Duration
	// Lease says whether this process is the one that does it.
	Lease func(ctx context.Context, name string, ttl time.Duration) (bool, error)
	// Removed is told how many messages went from a topic, and how many of them still stand.
	Removed func(topic string, n, kept int64)
	// Waiting is told how long the oldest deletion has waited; 0: none waits.
	Waiting func(time.Duration)

	next time.Time
}

const (
	restShare   = 5           // a round takes a sixth of the time, at most
	settled     = time.Minute // a deletion so old is written whole, with what the pipeline told of it
	deletedOnce = 100_000     // posts and authors of one round
	deletionTTL = 10 * time.Minute
)

// Work does a round where one is due. A round that a crash breaks off is done again.
func (d *Deletions) Work(ctx context.Context) error {
	began := d.Alive()
	held, err := d.Lease(ctx, "deletions", deletionTTL) // renewed while it rests, too: another process would not rest
	if err != nil || !held || began.Before(d.next) {
		return err
	}
	gone, err := listening.BuriedInLog(ctx, d.DB, d.Now().Add(-settled), deletedOnce)
	if err != nil {
		return err
	}
	if gone.Len() == 0 {
		d.Waiting(0)
		return nil
	}
	d.Waiting(d.Now().Sub(gone.Oldest))
	j := deletionJudge{&gone}
	topics := d.Log.Topics()
	for _, t := range []struct{ name, topic string }{{"posts", topics.Posts}, {"mentions", topics.Mentions}} {
		s, err := d.Log.Scour(ctx, t.topic, j.judge)
		if err != nil {
			return fmt.Errorf("take deleted posts out of the log: %w", err)
		}
		d.Removed(t.name, s.Changed, s.Kept)
	}
	d.next = d.Alive().Add(max(d.Every, restShare*d.Alive().Sub(began)))
	return d.DB.Update(ctx, func(tx *sqldb.Tx) error { return gone.OutOfLog(ctx, tx) })
}

// A deletionJudge knows what is about a post or an author that is gone.
type deletionJudge struct{ *listening.Buried }

// judge takes a post out, and what the pipeline told of it. That it was deleted stays: who has not read
// so far has to learn of it, and it says no more than network and id.
func (j deletionJudge) judge(m *stream.Message) (value []byte, change bool) {
	network, id, _ := strings.Cut(string(m.Key), ":")
	about := j.Posts[post.Key{Network: network, ID: id}.Short()]
	if !about && len(j.Authors) == 0 {
		return nil, false
	}
	var told struct {
		Type  string          `json:"type"`
		Event json.RawMessage `json:"event"`
	}
	if json.Unmarshal(m.Value, &told) == nil && (told.Type == string(post.Delete) || told.Type == string(post.AuthorGone)) {
		return nil, false
	}
	if about {
		return nil, true
	}
	event := m.Value
	if len(told.Event) > 0 {
		event = told.Event
	}
	e, err := post.Decode(event)
	return nil, err == nil && j.Authors[e.Post.AuthorKey().Short()]
}

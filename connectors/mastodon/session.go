package mastodon

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/post"
)

// settle is how long after the first backfill a second one closes what the first left open: the
// server takes a subscription without saying when it takes effect.
const settle = 2 * time.Second

// A session is one Run.
type session struct {
	*Connector
	out       connectors.Out
	own       string // id of the account the token belongs to
	translate translator
	at        position
	held      bool // cursors are held back until the seam is closed for good
}

// resume finds out where each stream begins: at its cursor, else where an earlier Run of this
// process began, else at the newest post that the server has now.
func (s *session) resume(ctx context.Context, cursor string) error {
	kept, err := parsePosition(cursor, s.api.base.String())
	if err != nil {
		now := s.deps.Now()
		if err := s.out.Gap(ctx, now, now, "the stored cursor cannot be read: "+err.Error()); err != nil {
			return err
		}
	}
	s.at = position{kept.Server, make(map[string]string)}
	for _, stream := range s.streams {
		id := kept.Newest[stream.key]
		if id == "" {
			id = s.start[stream.key]
		}
		if id == "" {
			if id, err = s.newest(ctx, stream); err != nil {
				return err
			}
			s.start[stream.key] = id
		}
		s.at.Newest[stream.key] = id
	}
	return nil
}

// newest is the id of a stream's newest post. Where there is none it is an id of the present: the
// server may only hide what it has.
func (s *session) newest(ctx context.Context, stream stream) (string, error) {
	p, err := s.api.timeline(ctx, stream, "", pageSize, s.out.Heard)
	if err != nil {
		return "", err
	}
	if len(p.items) > 0 {
		if id := idOf(p.items[0]); id != "" {
			return id, nil
		}
	}
	if stream.notices {
		return "0", nil // notifications are numbered from 1
	}
	return idAt(s.deps.Now()), nil
}

// listen closes the seam and then takes up what the feed brings. Between the first backfill and
// the second one events go out without a cursor, so that a restart closes the seam again.
func (s *session) listen(ctx context.Context, f *feed) error {
	seam, err := s.backfillAll(ctx, s.at.Newest)
	if err != nil {
		return err
	}
	s.held = true
	settled := s.after(settle)
	for {
		select {
		case <-settled:
			if _, err := s.backfillAll(ctx, seam); err != nil {
				return err
			}
			s.held = false
		case m, open := <-f.messages:
			if !open {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				return f.err
			}
			err := s.handle(ctx, m)
			f.taken(m)
			if err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// handle takes one event of the stream. What concerns no post is nothing to us.
func (s *session) handle(ctx context.Context, m message) error {
	switch {
	case m.fault != "":
		return s.out.Refuse(ctx, m.payload, m.fault)
	case m.event == "update":
		return s.take(ctx, m.stream, m.payload, post.Upsert)
	case m.event == "status.update":
		return s.take(ctx, "", m.payload, post.Edit)
	case m.event == "delete":
		return s.remove(ctx, strings.TrimSpace(string(m.payload)))
	case m.event == "notification":
		return s.notice(ctx, m.payload)
	}
	return nil
}

// take hands over a status. With it the stream's position moves on.
func (s *session) take(ctx context.Context, stream string, raw []byte, what post.EventType) error {
	st, err := parseStatus(raw)
	if err != nil {
		return s.out.Refuse(ctx, raw, err.Error())
	}
	if _, ours := s.at.Newest[stream]; ours {
		s.at.advance(stream, st.ID)
	}
	return s.publish(ctx, st, raw, what)
}

func (s *session) publish(ctx context.Context, st *status, raw []byte, what post.EventType) error {
	s.uris.Add(st.ID, st.URI)
	if st.Reblog != nil && st.Reblog.ID != "" {
		s.uris.Add(st.Reblog.ID, st.Reblog.URI)
	}
	if st.private() && !st.concerns(s.own) {
		return nil // said to others, whoever let us see it
	}
	e, err := s.translate.upsert(st)
	if err != nil {
		return s.out.Refuse(ctx, raw, err.Error())
	}
	// A poll that ends or a preview that arrives is an update, too, and no edit.
	if what == post.Edit && !e.Post.EditedAt.IsZero() {
		e.Type = post.Edit
	}
	now := s.deps.Now()
	if e.Post.PostedAt.After(now) {
		e.Post.CreatedAt, e.Post.PostedAt = e.Post.PostedAt, now.UTC().Truncate(time.Millisecond)
	}
	return s.emit(ctx, e)
}

func (s *session) emit(ctx context.Context, e post.Event) error {
	e.Source, e.ReceivedAt = s.deps.Source, s.deps.Now()
	cursor := ""
	if !s.held {
		cursor = s.at.String()
	}
	return s.out.Emit(ctx, e, cursor)
}

// remove hands over a deletion. It names the post by its local id; where we have not seen the
// post since the process began, nobody can say which one it was.
func (s *session) remove(ctx context.Context, id string) error {
	if id == "" || len(id) > maxLocalID {
		return s.out.Refuse(ctx, []byte(id), "delete: want the id of a status")
	}
	uri, ok := s.uris.Get(id)
	if !ok {
		s.deps.Logger.Debug("deletion of an unknown post", "source", s.deps.Source, "count", s.unresolved.Add(1))
		return nil
	}
	return s.emit(ctx, post.Event{Type: post.Delete, Post: post.Post{Network: Network, ID: uri}})
}

// A notice is a notification that somebody mentioned the account, as far as it is read.
type notice struct {
	ID     string          `json:"id"`
	Type   string          `json:"type"`
	Status json.RawMessage `json:"status"`
}

// notice hands over the status of a mention; it may be a private message, which no timeline holds.
func (s *session) notice(ctx context.Context, raw []byte) error {
	var n notice
	if err := json.Unmarshal(raw, &n); err != nil {
		return s.out.Refuse(ctx, raw, "notification: "+describe(err).Error())
	}
	if n.Type != "mention" {
		return nil
	}
	st, err := parseStatus(n.Status)
	if err != nil {
		return s.out.Refuse(ctx, raw, fmt.Sprintf("notification: %v", err))
	}
	if _, ours := s.at.Newest[mentionsKey]; ours {
		s.at.advance(mentionsKey, n.ID)
	}
	return s.publish(ctx, st, n.Status, post.Upsert)
}

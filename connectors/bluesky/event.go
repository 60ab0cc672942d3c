package bluesky

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/post"
)

// A frame is one message of a Jetstream, of either wire.
//
// Sources: v1, https://github.com/bluesky-social/jetstream (docs, "Legacy v1 JSON Payload"); v2, the
// lexicon network.bsky.jetstream.subscribeEvents in the same repository and atproto proposal 0015.
type frame struct {
	kind       string // commit, identity, account, info, error; others are left out
	did        string
	seq        int64     // v2: the position on this instance; 0 on v1
	time       time.Time // when the instance saw it
	operation  string    // create, update, delete
	collection string
	rkey       string
	record     json.RawMessage
	handle     string // identity
	active     bool   // account
	status     string // account that is not active: deleted, takendown, suspended, deactivated
	name, text string // info and error
}

// decodeV1 reads a message of /subscribe.
func decodeV1(raw []byte) (frame, error) {
	var m struct {
		DID    string `json:"did"`
		TimeUS int64  `json:"time_us"`
		Kind   string `json:"kind"`
		Commit struct {
			Operation  string          `json:"operation"`
			Collection string          `json:"collection"`
			Rkey       string          `json:"rkey"`
			Record     json.RawMessage `json:"record"`
		} `json:"commit"`
		Identity struct {
			Handle string `json:"handle"`
		} `json:"identity"`
		Account struct {
			Active bool   `json:"active"`
			Status string `json:"status"`
		} `json:"account"`
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return frame{}, fmt.Errorf("malformed JSON: %w", err)
	}
	if m.Kind == "" || m.DID == "" || m.TimeUS <= 0 {
		return frame{}, errors.New("want did, time_us and kind")
	}
	return frame{kind: m.Kind, did: m.DID, time: time.UnixMicro(m.TimeUS).UTC(), operation: m.Commit.Operation, collection: m.Commit.Collection,
		rkey: m.Commit.Rkey, record: m.Commit.Record, handle: m.Identity.Handle, active: m.Account.Active, status: m.Account.Status}, nil
}

// decodeV2 reads a message of network.bsky.jetstream.subscribeEvents.
func decodeV2(raw []byte) (frame, error) {
	var m struct {
		Type    string `json:"$type"`
		Error   string `json:"error"`
		Message string `json:"message"`
		Payload struct {
			Type        string          `json:"$type"`
			Seq         int64           `json:"seq"`
			DID         string          `json:"did"`
			Time        time.Time       `json:"time"`
			WitnessedAt time.Time       `json:"witnessedAt"`
			Operation   string          `json:"operation"`
			Collection  string          `json:"collection"`
			Rkey        string          `json:"rkey"`
			Record      json.RawMessage `json:"record"`
			Identity    struct {
				Handle string `json:"handle"`
			} `json:"identity"`
			Account struct {
				Active bool   `json:"active"`
				Status string `json:"status"`
			} `json:"account"`
			Name    string `json:"name"`
			Message string `json:"message"`
		} `json:"payload"`
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return frame{}, fmt.Errorf("malformed JSON: %w", err)
	}
	p := &m.Payload
	_, kind, _ := strings.Cut(p.Type, "#")
	switch {
	case m.Type == "error":
		return frame{kind: "error", name: m.Error, text: m.Message}, nil
	case m.Type != "message" || kind == "":
		return frame{}, errors.New("want a frame of $type message with a payload")
	case kind == "info":
		return frame{kind: kind, name: p.Name, text: p.Message}, nil
	case p.DID == "" || p.Seq <= 0 || p.Time.IsZero():
		return frame{}, errors.New("want seq, did and time")
	}
	at := p.Time
	if !p.WitnessedAt.IsZero() {
		at = p.WitnessedAt
	}
	return frame{kind: kind, did: p.DID, seq: p.Seq, time: at.UTC(), operation: p.Operation, collection: p.Collection, rkey: p.Rkey, record: p.Record,
		handle: p.Identity.Handle, active: p.Account.Active, status: p.Account.Status}, nil
}

// event makes a frame an event; ok is false for what is none of ours.
func (f *frame) event() (e post.Event, ok bool, err error) {
	switch {
	case f.kind == "account" && !f.active && (f.status == "deleted" || f.status == "takendown"):
		e, err = valid(post.Event{Type: post.AuthorGone, Post: post.Post{Network: Network, Author: post.Author{ID: f.did}}})
		return e, err == nil, err
	case f.kind != "commit" || f.collection != postCollection && f.collection != repostCollection:
		return post.Event{}, false, nil
	}
	uri := "at://" + f.did + "/" + f.collection + "/" + f.rkey
	switch f.operation {
	case "delete":
		e, err = valid(post.Event{Type: post.Delete, Post: post.Post{Network: Network, ID: uri}})
		return e, err == nil, err
	case "create", "update":
	default:
		return post.Event{}, false, fmt.Errorf("operation %.20q: want create, update or delete", f.operation)
	}
	var r record
	if len(f.record) > 0 {
		if err := connectors.Unmarshal(f.record, &r); err != nil {
			return post.Event{}, false, err
		}
	} else if f.collection == postCollection {
		return post.Event{}, false, errors.New("a commit without its record")
	}
	r.Type = f.collection
	p, err := postOf(uri, &r, f.time.Truncate(time.Millisecond))
	if err != nil {
		return post.Event{}, false, err
	}
	e = post.Event{Type: post.Upsert, Post: p}
	if f.operation == "update" {
		e.Type, e.Post.EditedAt = post.Edit, p.PostedAt
	}
	e, err = valid(e)
	return e, err == nil, err
}

// DecodeJetstream reads one line of a saved Jetstream, of either wire.
func DecodeJetstream(raw []byte) (post.Event, error) {
	decode := decodeV1
	if strings.Contains(string(raw[:min(len(raw), 200)]), `"payload"`) {
		decode = decodeV2
	}
	f, err := decode(raw)
	if err != nil {
		return post.Event{}, err
	}
	e, ok, err := f.event()
	switch {
	case err != nil:
		return post.Event{}, err
	case !ok && f.kind == "commit":
		return post.Event{}, fmt.Errorf("a record of %.60s, not a post", f.collection)
	case !ok:
		return post.Event{}, fmt.Errorf("a Jetstream event of kind %.20q, not a post", f.kind)
	}
	return e, nil
}

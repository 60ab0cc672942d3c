// Package pipeline is the way of a post, from the log to the database. Start reading here.
//
//	log "posts" ─▶ Run: fetch, sift, decode ─▶ Handle ─▶ commit
//
//	Handle  hear       which monitors does it match?        listening
//	        read       language, polarity, intent           sentiment; people's corrections
//	        recognise  is the author one of our contacts?   matcher
//	        store      mentions, cells, touches, leads,     one transaction
//	                   alerts on mentions, ideas
//	        tell       topic "mentions", live feed
//	        doubt      what is not sure, for the cascade    a second look, later
//
// The log delivers at least once, so everything here may happen twice: the transaction inserts
// under unique keys and counts only what it inserted.
package pipeline

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/matcher"
	"github.com/groundswell/groundswell/post"
)

// Options are what a Pipeline works with.
type Options struct {
	DB       *sqldb.DB
	Log      *stream.Log
	Feed     feed            // the live feed
	Monitors *listening.Live // what to listen for, kept current
	Reader   Reader          // language, polarity and intent of a text
	// Corrections are what people said of posts like those that come.
	Corrections *listening.LiveCorrections
	Cascade     *Cascade       // looks again where the reader is not sure; nil: there is none
	Contacts    *matcher.Index // who may be recognised, kept current
	Rules       *Rules         // by which single mentions alert, kept current; nil: none
	// Relations tells the rules how the company stands with contacts; nil: as the CRM says.
	Relations relations
	Group     string // consumer group of all pipelines
	Worker    string // which of this process's pipelines it is, for metrics
	Parts     int    // how many parts the cells are kept in: the partitions of the log
	Batch     int    // messages fetched and handled at once, at most
	Now       func() time.Time
	Metrics   *Metrics
	Logger    *slog.Logger
	// Handled, if set, is told of each batch when it is in the database: how many messages were
	// fetched, and when those that were decoded had been written to the log.
	Handled func(messages int, written []time.Time)
}

type feed interface {
	Publish(ctx context.Context, channel string, payload []byte) error
}

// A Pipeline handles posts. Several may work side by side, each on partitions of its own.
type Pipeline struct {
	Options
	told   time.Time    // when the live feed was last told
	behind atomic.Int64 // messages between the last one read and the end of the log
}

// New makes a Pipeline for one goroutine.
func New(opt Options) *Pipeline { return &Pipeline{Options: opt} }

// Handle takes one batch from the log to the database. Handling a batch twice changes nothing.
//
// Upserts come first, then edits, deletions and vanished authors: whatever order a post's own
// events have in the batch, that order leaves the same state, because an edit counts only when it
// is newer and what was deleted stays deleted.
func (p *Pipeline) Handle(ctx context.Context, batch []post.Event) error {
	w := p.hear(batch)
	p.read(w)
	p.recognise(w)
	if err := p.store(ctx, w); err != nil {
		return err
	}
	p.count(w)
	if err := p.tell(ctx, w); err != nil {
		return err
	}
	p.doubt(w)
	return nil
}

// work is a batch on its way.
type work struct {
	posts   []*listening.Heard // seen, and matching a monitor
	edits   []*listening.Heard // edited, matching or not
	deleted []string           // ids of posts
	gone    []string           // ids of authors
	keys    map[string]string  // of what is deleted or gone, in the log, by id
	links   []crm.Link         // proposed by the matcher
	stored  outcome            // what the transaction made
}

// outcome is what a transaction made of a batch, besides the mentions.
type outcome struct {
	links   []crm.Link
	touches int
	leads   []crm.Lead
	alerts  []alerts.MentionAlert
}

// heard are the posts and edits of the batch.
func (w *work) heard() []*listening.Heard { return slices.Concat(w.posts, w.edits) }

// hear sorts the batch and asks the monitors. A post that matches none goes no further.
func (p *Pipeline) hear(batch []post.Event) *work {
	w := &work{keys: make(map[string]string)}
	monitors := p.Monitors.Matcher()
	for i := range batch {
		e := &batch[i]
		switch e.Type {
		case post.Upsert, post.Edit:
			matched := monitors.Match(&e.Post)
			if e.Type == post.Upsert && len(matched) == 0 {
				continue
			}
			h := p.heard(e, matched)
			if e.Type == post.Edit {
				w.edits = append(w.edits, h)
			} else {
				w.posts = append(w.posts, h)
			}
		case post.Delete:
			id := e.Post.Key().Short()
			w.deleted, w.keys[id] = append(w.deleted, id), e.Key().String()
		case post.AuthorGone:
			id := e.Post.AuthorKey().Short()
			w.gone, w.keys[id] = append(w.gone, id), e.Key().String()
		}
	}
	return w
}

// heard makes the mentions of an event, one for each monitor it matched.
func (p *Pipeline) heard(e *post.Event, monitors []string) *listening.Heard {
	h := &listening.Heard{Event: *e, PostID: e.Post.Key().Short(), AuthorID: e.Post.AuthorKey().Short(), Part: p.part(e)}
	for _, id := range monitors {
		h.Mentions = append(h.Mentions, listening.Mention{PostID: h.PostID, MonitorID: id, AuthorID: h.AuthorID,
			PostedAt: e.Post.PostedAt, Part: h.Part, Reach: listening.Reach(&e.Post)})
	}
	return h
}

// part is the partition that the log's hash balancer gives the event (FNV-1a of its key), so
// that no two pipelines write the same cell.
func (p *Pipeline) part(e *post.Event) int {
	const offset, prime = 2166136261, 16777619
	h := uint32(offset)
	for _, c := range []byte(e.Key().String()) {
		h = (h ^ uint32(c)) * prime
	}
	return int(h % uint32(max(1, p.Parts)))
}

// read fills in what the texts say. What a person said of a post like it outranks that.
func (p *Pipeline) read(w *work) {
	for _, h := range w.heard() {
		if len(h.Mentions) == 0 {
			continue
		}
		monitors := make([]string, len(h.Mentions))
		for i := range h.Mentions {
			monitors[i] = h.Mentions[i].MonitorID
		}
		for i, read := range p.Reader.Read(&h.Event.Post, monitors) {
			m := &h.Mentions[i]
			m.Reading, m.Aimed, m.Model = read.Reading, read.Aimed, p.Reader.Model.Version
		}
		p.Corrections.Apply(h)
	}
}

// doubt offers the posts that are stored, and whose polarity is not sure, to the cascade.
func (p *Pipeline) doubt(w *work) {
	if p.Cascade == nil {
		return
	}
	for _, h := range w.heard() {
		if h.Fresh() || h.Known {
			p.Cascade.Offer(doubtOf(h))
		}
	}
}

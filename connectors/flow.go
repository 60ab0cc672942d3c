package connectors

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/post"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/semaphore"
)

// Bounds of what a source has in flight between the network and the log.
const (
	flowEvents = 2000
	flowBytes  = 8 << 20
	flowBatch  = 500
	flowGather = 10 * time.Millisecond
	flowKnown  = 65536 // recent events, by which an overlap is recognised
	cursorTick = time.Second
)

// A flow carries one source's events to the log, in order, and keeps the cursor: it moves only to
// what the log has acknowledged, and never past something that it has not. It implements Out.
type flow struct {
	*running
	queue   chan item
	closing chan struct{} // closed when the source is not run again; queue never is, for a connector may be late
	room    *semaphore.Weighted
	known   *lru.Cache[string, struct{}]
	heard   atomic.Int64 // nanoseconds of the last byte
	mu      sync.Mutex
	cursor  string // acknowledged
	saved   string
	open    int           // items between Emit and acknowledgement
	idle    chan struct{} // closed when open falls to 0
}

// errClosed meets what a connector emits after its source ended.
var errClosed = errors.New("the source has ended")

// An item is an event on its way, or only the cursor after one that was left out.
type item struct {
	event  *post.Event
	cursor string
	size   int64
}

func newFlow(r *running) *flow {
	known, err := lru.New[string, struct{}](flowKnown)
	if err != nil {
		panic(err) // the size is a constant
	}
	return &flow{running: r, queue: make(chan item, flowEvents), closing: make(chan struct{}), room: semaphore.NewWeighted(flowBytes), known: known}
}

// Emit takes an event on its way; it waits while too much is in flight.
func (f *flow) Emit(ctx context.Context, e post.Event, cursor string) error {
	f.count(1)
	it := item{cursor: cursor}
	keep, err := f.admit(ctx, &e)
	if err != nil {
		return err
	}
	if keep {
		it.event, it.size = &e, min(footprint(&e.Post), flowBytes)
		if err := f.room.Acquire(ctx, it.size); err != nil {
			return err
		}
		f.known.Add(eventKey(&e), struct{}{})
	}
	if err = f.send(ctx, it); err != nil && keep {
		f.room.Release(it.size)
		f.known.Remove(eventKey(it.event))
	}
	return err
}

// Mark takes a cursor on its way, behind the events before it.
func (f *flow) Mark(ctx context.Context, cursor string) error {
	return f.send(ctx, item{cursor: cursor})
}

func (f *flow) send(ctx context.Context, it item) error {
	f.enter()
	select {
	case f.queue <- it:
		return nil
	case <-ctx.Done():
		f.leave(1)
		return ctx.Err()
	case <-f.closing:
		f.leave(1)
		return errClosed
	}
}

// Deliver takes events and returns when the log has acknowledged them. They are known only from
// then on: who delivers twice at once must not be told that the log has what it may yet lose.
func (f *flow) Deliver(ctx context.Context, events []post.Event) error {
	f.count(len(events))
	kept := make([]post.Event, 0, len(events))
	var size int64
	for i := range events {
		keep, err := f.admit(ctx, &events[i])
		if err != nil {
			return err
		}
		if keep {
			kept, size = append(kept, events[i]), size+footprint(&events[i].Post)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	size = min(size, flowBytes)
	if err := f.room.Acquire(ctx, size); err != nil {
		return err
	}
	defer f.room.Release(size)
	if err := f.opt.Log.Write(ctx, kept); err != nil {
		return err
	}
	for i := range kept {
		f.known.Add(eventKey(&kept[i]), struct{}{})
	}
	f.accepted(kept)
	return nil
}

// admit completes and checks an event, and says whether it is to be written. What is to be
// forgotten always is: an account may go, come back and go again.
func (f *flow) admit(ctx context.Context, e *post.Event) (bool, error) {
	if e.Source == "" {
		e.Source = f.source.Name
	}
	if e.ReceivedAt.IsZero() {
		e.ReceivedAt = f.opt.Now()
	}
	if err := e.Validate(); err != nil {
		reason := "event"
		var decode *post.DecodeError
		if errors.As(err, &decode) && decode.Field != "" {
			reason = decode.Field
		}
		return false, f.refuse(ctx, e.AppendJSON(nil), reason, err.Error())
	}
	if footprint(&e.Post) > post.MaxSize/8 { // escapes make six bytes of one
		if raw := e.AppendJSON(nil); len(raw) > post.MaxSize {
			return false, f.refuse(ctx, raw, "size", fmt.Sprintf("%d bytes: at most %d", len(raw), post.MaxSize))
		}
	}
	if (e.Type == post.Upsert || e.Type == post.Edit) && f.known.Contains(eventKey(e)) {
		f.opt.Metrics.duplicate.WithLabelValues(f.source.Name).Inc()
		return false, nil
	}
	return true, nil
}

// eventKey is equal for events that say the same.
func eventKey(e *post.Event) string {
	return string(e.Type) + e.Key().Short() + e.Post.EditedAt.Format(time.RFC3339Nano)
}

// footprint is about how much memory a post takes.
func footprint(p *post.Post) int64 {
	a := &p.Author
	n := 1024 + len(p.ID) + len(p.Text) + len(p.Language) + len(p.URL) + len(p.Thread) + len(p.ReplyTo) + len(p.ShareOf) + len(p.QuoteOf) +
		len(a.ID) + len(a.Handle) + len(a.Name) + len(a.URL) + len(a.Bio) + len(a.Location)
	for _, list := range [...][]string{p.Hashtags, p.Mentions, p.Links, a.VerifiedLinks} {
		for _, text := range list {
			n += 16 + len(text)
		}
	}
	for _, extra := range [...]post.Extra{p.Extra, a.Extra, p.Engagement.Extra} {
		for _, field := range extra {
			n += 40 + len(field.Name) + len(field.Value)
		}
	}
	return int64(n)
}

func (f *flow) count(n int) {
	f.health.update(func(s *Status) { s.Received += int64(n) })
	f.opt.Metrics.received.WithLabelValues(f.source.Name, f.source.Network).Add(float64(n))
}

// Heard notes that the connection lives.
func (f *flow) Heard(bytes int) {
	f.heard.Store(time.Now().UnixNano())
	f.opt.Metrics.bytes.WithLabelValues(f.source.Name).Add(float64(bytes))
}

// Connected notes that the connection stands.
func (f *flow) Connected() {
	f.heard.Store(time.Now().UnixNano())
	now := f.opt.Now()
	f.health.update(func(s *Status) { s.State, s.Error, s.ThrottledUntil, s.ConnectedAt = StateUp, "", nil, &now })
	f.opt.Metrics.up.WithLabelValues(f.source.Name).Set(1)
	f.opt.Metrics.throttled.WithLabelValues(f.source.Name).Set(0)
	f.connected.Store(time.Now().UnixNano())
}

// Refuse puts what cannot be decoded into the dead letters.
func (f *flow) Refuse(ctx context.Context, raw []byte, reason string) error {
	f.count(1)
	return f.refuse(ctx, raw, "decode", reason)
}

func (f *flow) refuse(ctx context.Context, raw []byte, label, reason string) error {
	f.health.update(func(s *Status) { s.Refused++ })
	f.opt.Metrics.refused.WithLabelValues(label).Inc()
	return f.opt.Log.Refuse(ctx, f.source.Name, f.source.Network, reason, raw)
}

// Gap records that something may be missing.
func (f *flow) Gap(ctx context.Context, from, until time.Time, reason string) error {
	f.opt.Metrics.gaps.WithLabelValues(f.source.Name).Inc()
	f.opt.Logger.Warn("something may be missing", "source", f.source.Name, "from", from, "until", until, "reason", reason)
	return f.opt.DB.Update(ctx, func(tx *sqldb.Tx) error {
		return SaveGap(ctx, tx, Gap{f.source.Name, from, until, reason}, f.opt.Now())
	})
}

// write takes items to the log until the source has ended and all is written, or ctx ends.
func (f *flow) write(ctx context.Context) {
	tick := time.NewTicker(cursorTick)
	defer tick.Stop()
	for {
		select {
		case it := <-f.queue:
			f.writeBatch(ctx, it)
		case <-tick.C:
			f.saveCursor(ctx)
		case <-f.closing:
			f.drain(ctx)
			return
		}
	}
}

// drain writes what is left.
func (f *flow) drain(ctx context.Context) {
	for {
		select {
		case it := <-f.queue:
			f.writeBatch(ctx, it)
		default:
			save, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			f.saveCursor(save)
			return
		}
	}
}

// writeBatch gathers what comes within a moment and writes it. Once ctx has ended nothing is
// written any more and the cursor stays, so that the next start brings it again.
func (f *flow) writeBatch(ctx context.Context, first item) {
	items := f.gather(first)
	events := make([]post.Event, 0, len(items))
	var size int64
	for _, it := range items {
		if it.event != nil {
			events, size = append(events, *it.event), size+it.size
		}
	}
	defer f.leave(len(items))
	defer f.room.Release(size)
	if !f.acknowledged(ctx, events) {
		f.opt.Logger.Warn("events are left for the next start", "source", f.source.Name, "events", len(events))
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, it := range items {
		if it.cursor != "" {
			f.cursor = it.cursor
		}
	}
}

func (f *flow) gather(first item) []item {
	items := append(make([]item, 0, flowBatch), first)
	timer := time.NewTimer(flowGather)
	defer timer.Stop()
	for len(items) < flowBatch {
		select {
		case it := <-f.queue:
			items = append(items, it)
		case <-timer.C:
			return items
		}
	}
	return items
}

// acknowledged writes events until the log has them; false when ctx ended before.
func (f *flow) acknowledged(ctx context.Context, events []post.Event) bool {
	for try := 0; ctx.Err() == nil; try++ {
		if len(events) == 0 {
			return true
		}
		err := f.opt.Log.Write(ctx, events)
		if err == nil {
			f.accepted(events)
			return true
		}
		if ctx.Err() == nil {
			f.opt.Logger.Error("log refuses events, trying again", "source", f.source.Name, "events", len(events), "err", err)
			sleep(ctx, backoff(try))
		}
	}
	return false
}

// accepted notes what the log has acknowledged.
func (f *flow) accepted(events []post.Event) {
	f.opt.Metrics.accepted.WithLabelValues(f.source.Name).Add(float64(len(events)))
	var last time.Time // a deletion has none
	for i := range events {
		if at := events[i].Post.PostedAt; at.After(last) {
			last = at
		}
	}
	lag := max(0, f.opt.Now().Sub(last).Seconds())
	f.health.update(func(s *Status) {
		s.Accepted += int64(len(events))
		if !last.IsZero() {
			s.LastEventAt, s.LagSeconds = &last, lag
		}
	})
	if !last.IsZero() {
		f.opt.Metrics.lag.WithLabelValues(f.source.Name).Set(lag)
	}
}

func (f *flow) saveCursor(ctx context.Context) {
	f.mu.Lock()
	cursor, same := f.cursor, f.cursor == f.saved
	f.mu.Unlock()
	if same {
		return
	}
	err := f.opt.DB.Update(ctx, func(tx *sqldb.Tx) error { return SaveCursor(ctx, tx, f.source.Name, cursor, f.opt.Now()) })
	if err != nil {
		f.opt.Logger.Warn("cursor stays where it was", "source", f.source.Name, "err", err)
		return
	}
	f.mu.Lock()
	f.saved = cursor
	f.mu.Unlock()
}

// resume goes on at a cursor that the database has.
func (f *flow) resume(cursor string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cursor, f.saved = cursor, cursor
}

// enter and leave count what is in flight.
func (f *flow) enter() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open++; f.open == 1 {
		f.idle = make(chan struct{})
	}
}

func (f *flow) leave(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open -= n; f.open == 0 {
		close(f.idle)
	}
}

// settle waits until nothing is in flight and returns the cursor.
func (f *flow) settle(ctx context.Context) (string, error) {
	f.mu.Lock()
	idle, open := f.idle, f.open
	f.mu.Unlock()
	if open > 0 {
		select {
		case <-idle:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.cursor, nil
}

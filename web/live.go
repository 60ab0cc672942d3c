package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/listening"
	"github.com/prometheus/client_golang/prometheus"
)

// Bounds of the live feed. It is a convenience: a client that cannot follow, or has listened for
// long, is cut off, comes back by itself and reads from the lists what it missed.
const (
	liveClients   = 200
	livePerUser   = 20  // a browser has six a host; the others have to find room, too
	liveQueue     = 256 // events that wait for one client
	liveHeartbeat = 15 * time.Second
	liveLife      = 10 * time.Minute // then the client has to show again who it is
	liveWrite     = 10 * time.Second
	liveLoad      = 5 * time.Second
	liveNews      = 64 << 10 // bytes of one payload
	liveIDs       = 100      // things that one payload may name
)

// news is what the live feed carries: the ids of what is new, newest last.
type news struct {
	Type string   `json:"type"` // mention, lead or incident
	IDs  []string `json:"ids"`
}

// An event is one event of the stream, rendered once for all clients.
type event struct {
	monitor string
	frame   []byte
	about   []string // types of which a client has to see every record, for the frame to be theirs
	bare    []byte   // for the other clients; nil: nothing
}

// live is who listens.
type live struct {
	logger  *slog.Logger
	gauge   prometheus.Gauge
	mu      sync.Mutex
	clients map[*client]struct{}
	closed  bool
}

// A client is one open stream.
type client struct {
	owner   string          // whose it is
	monitor string          // empty: all
	sees    map[string]bool // types of which it may see every record, with every field
	frames  chan []byte
	gone    chan struct{} // closed when it is cut off
}

func newLive(logger *slog.Logger, gauge prometheus.Gauge) *live {
	return &live{logger: logger, gauge: gauge, clients: make(map[*client]struct{})}
}

// join lets somebody listen: to one monitor, or to all.
func (l *live) join(owner, monitor string, sees map[string]bool) (*client, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	own := 0
	for c := range l.clients {
		if c.owner == owner {
			own++
		}
	}
	switch {
	case l.closed:
		return nil, &fault{kind: kindBusy, detail: "the daemon is ending: come back", retry: liveWrite}
	case len(l.clients) >= liveClients:
		return nil, &fault{kind: kindBusy, detail: "as many listen to the live feed as may: come back later", retry: 30 * time.Second}
	case own >= livePerUser && owner != "":
		return nil, &fault{kind: kindThrottled, detail: fmt.Sprintf("you listen to the live feed %d times already: end one of them first", own), retry: 30 * time.Second}
	}
	c := &client{owner: owner, monitor: monitor, sees: sees, frames: make(chan []byte, liveQueue), gone: make(chan struct{})}
	l.clients[c] = struct{}{}
	l.gauge.Set(float64(len(l.clients)))
	return c, nil
}

func (l *live) leave(c *client) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut(c)
}

// cut takes a client off; l.mu is held.
func (l *live) cut(c *client) {
	if _, ok := l.clients[c]; !ok {
		return
	}
	delete(l.clients, c)
	close(c.gone)
	l.gauge.Set(float64(len(l.clients)))
}

// close cuts everybody off and admits nobody any more.
func (l *live) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for c := range l.clients {
		l.cut(c)
	}
}

func (l *live) listening() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.clients) > 0
}

// send hands events to everybody who wants them, and waits for nobody.
func (l *live) send(events []event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.clients {
		for _, e := range events {
			if c.monitor != "" && c.monitor != e.monitor {
				continue
			}
			frame := c.frame(&e)
			if frame == nil {
				continue
			}
			select {
			case c.frames <- frame:
				continue
			default:
			}
			l.logger.Debug("live client is too slow and was cut off")
			l.cut(c)
			break
		}
	}
}

// frame is what a client gets of an event.
func (c *client) frame(e *event) []byte {
	for _, kind := range e.about {
		if !c.sees[kind] {
			return e.bare
		}
	}
	return e.frame
}

// seenWhole are the types of which somebody may see every record, with every field: an event is
// rendered once, so what it tells of a record goes to those alone. The others find it in their lists.
func seenWhole(a *crm.Access) map[string]bool {
	sees := make(map[string]bool)
	for _, kind := range []string{crm.RecordContact, crm.RecordLead, crm.TypeIncident} {
		sees[kind] = a.Level(crm.ToRead, kind) == crm.LevelAll && len(a.Hidden(kind)) == 0
	}
	return sees
}

// hear loads what a payload of the live feed names, once for all who listen.
func (s *Server) hear(ctx context.Context, payload []byte) {
	var n news
	if len(payload) > liveNews || json.Unmarshal(payload, &n) != nil {
		s.Logger.Warn("live feed carries what is no news", "bytes", len(payload))
		return
	}
	if len(n.IDs) == 0 || !s.live.listening() {
		return
	}
	n.IDs = n.IDs[max(0, len(n.IDs)-liveIDs):]
	ctx, cancel := context.WithTimeout(ctx, liveLoad)
	defer cancel()
	events, err := s.eventsOf(context.WithValue(ctx, accessKey{}, crm.System()), n)
	if err != nil {
		if ctx.Err() == nil {
			s.Logger.Warn("live feed cannot be loaded", "type", n.Type, "err", err)
		}
		return
	}
	s.live.send(events)
}

func (s *Server) eventsOf(ctx context.Context, n news) ([]event, error) {
	switch n.Type {
	case "mention":
		return s.mentionEvents(ctx, n.IDs)
	case "lead":
		return s.leadEvents(ctx, n.IDs)
	case "incident":
		return s.incidentEvents(ctx, n.IDs)
	}
	return nil, nil // news of a newer version
}

func (s *Server) mentionEvents(ctx context.Context, ids []string) ([]event, error) {
	views, err := listening.MentionsByPosts(ctx, s.DB, ids)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(views, func(a, b listening.MentionView) int {
		return slices.Index(ids, a.PostID) - slices.Index(ids, b.PostID)
	})
	items, err := mentionsOf(ctx, s.DB, views)
	if err != nil {
		return nil, err
	}
	var events []event
	for _, m := range items {
		if events, err = appendEvent(events, "mention", m.MonitorID, m); err != nil {
			return nil, err
		}
		if m.Contact == nil {
			continue
		}
		m.Contact = nil
		bare, err := appendEvent(nil, "mention", m.MonitorID, m)
		if err != nil {
			return nil, err
		}
		last := &events[len(events)-1]
		last.about, last.bare = []string{crm.RecordContact}, bare[0].frame
	}
	return events, nil
}

func (s *Server) leadEvents(ctx context.Context, ids []string) ([]event, error) {
	leads := make([]crm.Lead, 0, len(ids))
	for _, id := range ids {
		l, err := crm.LeadByID(ctx, s.DB, accessFrom(ctx), id)
		if errors.Is(err, crm.ErrNotFound) {
			continue // gone meanwhile
		}
		if err != nil {
			return nil, err
		}
		leads = append(leads, l)
	}
	items, err := leadsOf(ctx, s.DB, leads)
	if err != nil {
		return nil, err
	}
	var events []event
	for _, l := range items {
		if events, err = appendEvent(events, "lead", l.MonitorID, l); err != nil {
			return nil, err
		}
		events[len(events)-1].about = []string{crm.RecordLead, crm.RecordContact}
	}
	return events, nil
}

// appendEvent renders an event. JSON has no line breaks of its own, so one data line holds it.
func appendEvent(events []event, name, monitor string, v any) ([]event, error) {
	var b bytes.Buffer
	b.WriteString("event: " + name + "\ndata: ")
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return append(events, event{monitor: monitor, frame: b.Bytes()}), nil
}

type liveInput struct {
	Monitor string `query:"monitor" maxLength:"100" doc:"Id of a monitor: only what concerns it."`
}

func (s *Server) liveRoutes() {
	schemas := s.api.OpenAPI().Components.Schemas
	stream := &huma.Schema{Type: huma.TypeString, Description: "Events mention, incident and lead, whose data is a Mention, an Incident or a Lead as JSON; a comment every 15 seconds."}
	operate(s, needs(crm.ToRead, crm.TypeMention), huma.Operation{OperationID: "live", Method: http.MethodGet, Path: "/live", Tags: []string{"live"},
		Summary:     "Listen to what is new",
		Description: "Server-sent events. A client that is too slow, or has listened for ten minutes, is cut off and should come back.",
		Responses: map[string]*huma.Response{"200": {Description: "The stream", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: stream,
			Extensions: map[string]any{"x-events": map[string]any{"mention": schemaRef[Mention](schemas), "incident": schemaRef[Incident](schemas), "lead": schemaRef[Lead](schemas)}}}}}},
		Errors: []int{404, 429, 503}}, s.follow)
}

func (s *Server) follow(ctx context.Context, in *liveInput) (*huma.StreamResponse, error) {
	if in.Monitor != "" {
		if _, err := listening.MonitorByID(ctx, s.DB, in.Monitor); err != nil {
			return nil, err
		}
	}
	c, err := s.live.join(userFrom(ctx).id, in.Monitor, seenWhole(accessFrom(ctx)))
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer s.live.leave(c)
		_, w := humago.Unwrap(hc)
		stream(hc.Context(), w, c)
	}}, nil
}

// stream writes to one client until it goes, is cut off, or its time is over.
func stream(ctx context.Context, w http.ResponseWriter, c *client) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{}) // the server's would end the request; not every writer has one
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx holds a stream back otherwise
	w.WriteHeader(http.StatusOK)
	if !push(w, control, []byte("retry: 3000\n\n"), nil) {
		return
	}
	heartbeat, life := time.NewTicker(liveHeartbeat), time.NewTimer(liveLife)
	defer heartbeat.Stop()
	defer life.Stop()
	for {
		var ok bool
		select {
		case <-ctx.Done():
			return
		case <-c.gone:
			return
		case <-life.C:
			return
		case <-heartbeat.C:
			ok = push(w, control, []byte(": still here\n\n"), nil)
		case frame := <-c.frames:
			ok = push(w, control, frame, c.frames)
		}
		if !ok {
			return
		}
	}
}

// push writes a frame and those that wait behind it, and says whether the client still takes them.
func push(w io.Writer, control *http.ResponseController, frame []byte, more <-chan []byte) bool {
	_ = control.SetWriteDeadline(time.Now().Add(liveWrite)) // not every writer has one
	for range liveQueue {
		if _, err := w.Write(frame); err != nil {
			return false
		}
		select {
		case frame = <-more:
			continue
		default:
		}
		break
	}
	return control.Flush() == nil
}

func schemaRef[T any](schemas huma.Registry) *huma.Schema {
	return schemas.Schema(reflect.TypeFor[T](), true, "")
}

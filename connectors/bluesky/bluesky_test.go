package bluesky_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/connectors/bluesky"
	"github.com/groundswell/groundswell/post"
	"github.com/klauspost/compress/zstd"
	"gopkg.in/yaml.v3"
)

const alice = "did:plc:aliceaaaaaaaaaaaaaaaaaaa"

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// v1 and v2 write the same event in the two wires; the n-th happens n seconds after start.
func v1(n int, kind, rest string) string {
	return fmt.Sprintf(`{"did":%q,"time_us":%d,"kind":%q,%s}`, alice, start.Add(time.Duration(n)*time.Second).UnixMicro(), kind, rest)
}

func v2(n int, kind, rest string) string {
	at := start.Add(time.Duration(n) * time.Second).Format("2006-01-02T15:04:05.000000Z")
	return fmt.Sprintf(`{"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#%s","seq":%d,"did":%q,"time":%q,"witnessedAt":%[4]q,%s}}`, kind, 100+n, alice, at, rest)
}

const record = `"operation":"create","collection":"app.bsky.feed.post","rkey":"3k1","record":{"$type":"app.bsky.feed.post","text":"Hi @acme.example #grill https…",
"createdAt":"2026-03-01T11:00:00.000Z","langs":["de"],"reply":{"root":{"uri":"at://did:plc:r/app.bsky.feed.post/1"},"parent":{"uri":"at://did:plc:p/app.bsky.feed.post/2"}},
"facets":[{"index":{"byteStart":3,"byteEnd":16},"features":[{"$type":"app.bsky.richtext.facet#mention","did":"did:plc:x"}]},
{"index":{"byteStart":17,"byteEnd":23},"features":[{"$type":"app.bsky.richtext.facet#tag","tag":"grill"}]},
{"index":{"byteStart":24,"byteEnd":9999},"features":[{"$type":"app.bsky.richtext.facet#link","uri":"https://example.com/a"},{"$type":"app.bsky.richtext.facet#mention"}]}]}`

// A server speaks one wire: it records what is asked and sends what it is given.
type server struct {
	*httptest.Server
	mu     sync.Mutex
	asked  []string // queries
	frames [][]byte
	binary bool
	status int // other than 0: refuse
	body   string
	dict   []byte
}

func serve(t *testing.T, frames ...string) *server {
	s := &server{}
	for _, f := range frames {
		s.frames = append(s.frames, []byte(f))
	}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "getZstdDictionary") {
			_, _ = w.Write(s.dict)
			return
		}
		s.mu.Lock()
		s.asked = append(s.asked, r.URL.Path+"?"+r.URL.RawQuery)
		status, body := s.status, s.body
		s.mu.Unlock()
		byTime := strings.Contains(r.URL.RawQuery, "cursor=1772")
		if status != 0 && (!strings.Contains(body, "CursorTooOld") || !byTime) {
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(status)
			fmt.Fprint(w, body)
			return
		}
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"xrpc.v1.json"}})
		if err != nil {
			return
		}
		kind := websocket.MessageText
		if s.binary {
			kind = websocket.MessageBinary
		}
		for _, f := range s.frames {
			if c.Write(r.Context(), kind, f) != nil {
				return
			}
		}
		_ = c.Close(websocket.StatusNormalClosure, "")
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) ws() string { return "ws" + strings.TrimPrefix(s.URL, "http") }

// out keeps what the connector says.
type out struct {
	events  []post.Event
	cursors []string
	refused []string
	gaps    []string
	bytes   int
}

func (o *out) Emit(_ context.Context, e post.Event, cursor string) error {
	o.events, o.cursors = append(o.events, e), append(o.cursors, cursor)
	return e.Validate()
}
func (o *out) Mark(_ context.Context, cursor string) error {
	o.cursors = append(o.cursors, cursor)
	return nil
}
func (o *out) Refuse(_ context.Context, _ []byte, reason string) error {
	o.refused = append(o.refused, reason)
	return nil
}
func (o *out) Gap(_ context.Context, from, until time.Time, _ string) error {
	o.gaps = append(o.gaps, from.Format(time.TimeOnly)+"–"+until.Format(time.TimeOnly))
	return nil
}
func (o *out) Deliver(context.Context, []post.Event) error { return nil }
func (o *out) Heard(n int)                                 { o.bytes += n }
func (o *out) Connected()                                  {}

func open(t *testing.T, settings string) (connectors.Connector, error) {
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(settings), &node); err != nil {
		t.Fatal(err)
	}
	return bluesky.New(&node, connectors.Deps{Source: "sky", Client: http.DefaultClient, Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return start }})
}

// run reads a server to its end.
func run(t *testing.T, settings, cursor string) (*out, error) {
	t.Helper()
	c, err := open(t, settings)
	if err != nil {
		t.Fatal(err)
	}
	o := &out{}
	return o, c.Run(t.Context(), cursor, o)
}

func TestBothWires(t *testing.T) {
	for wire, write := range map[string]func(int, string, string) string{"v1": v1, "v2": v2} {
		commit := func(n int, rest string) string {
			if wire == "v1" {
				return v1(n, "commit", `"commit":{`+rest+`}`)
			}
			return v2(n, "commit", rest)
		}
		t.Run(wire, func(t *testing.T) {
			s := serve(t, write(0, "identity", `"identity":{"did":"x","handle":"alice.example"}`), commit(1, record),
				commit(2, strings.Replace(record, `"create"`, `"update"`, 1)), commit(3, `"operation":"delete","collection":"app.bsky.feed.post","rkey":"3k1"`),
				commit(4, `"operation":"create","collection":"app.bsky.feed.repost","rkey":"3k2","record":{"createdAt":"x","subject":{"uri":"at://did:plc:o/app.bsky.feed.post/9"}}`),
				commit(5, `"operation":"create","collection":"app.bsky.feed.like","rkey":"3k3","record":{}`), "no json", commit(6, strings.Replace(record, `"create"`, `"bake"`, 1)),
				write(7, "account", `"account":{"active":false,"status":"deactivated"}`), write(8, "account", `"account":{"active":false,"status":"deleted"}`))
			o, err := run(t, "urls: ["+s.ws()+"]\nwire: "+wire, "")
			if err == nil {
				t.Error("the end of the connection is no error")
			}
			var types []string
			for _, e := range o.events {
				types = append(types, string(e.Type)+" "+string(e.Post.Kind))
			}
			if got, want := strings.Join(types, ", "), "upsert reply, edit reply, delete , upsert share, author_gone "; got != want {
				t.Fatalf("%s, want %s; refused %q", got, want, o.refused)
			}
			p := o.events[0].Post
			if p.ID != "at://"+alice+"/app.bsky.feed.post/3k1" || p.Author.ID != alice || p.Author.Handle != "alice.example" || p.Language != "de" ||
				!p.PostedAt.Equal(start.Add(time.Second)) || !p.CreatedAt.Equal(start.Add(-time.Hour)) || p.ReplyTo != "at://did:plc:p/app.bsky.feed.post/2" ||
				p.Hashtags[0] != "grill" || p.Mentions[0] != "acme.example" || len(p.Mentions) != 1 || p.Links[0] != "https://example.com/a" || p.URL == "" {
				t.Errorf("%+v", p)
			}
			if o.events[3].Post.ShareOf != "at://did:plc:o/app.bsky.feed.post/9" || len(o.refused) != 2 || o.bytes == 0 {
				t.Errorf("share %q, refused %q", o.events[3].Post.ShareOf, o.refused)
			}
			last := o.cursors[len(o.cursors)-1]
			want := fmt.Sprintf("%s|%d|%d", s.ws(), map[string]int{"v1": 0, "v2": 108}[wire], start.Add(8*time.Second).UnixMicro())
			if last != want {
				t.Errorf("cursor %s, want %s", last, want)
			}
			// The same instance goes on where it was, another one by time, with an overlap.
			_, _ = run(t, "urls: ["+s.ws()+"]\nwire: "+wire, last)
			_, _ = run(t, "urls: ["+s.ws()+"]\nwire: "+wire, strings.Replace(last, s.ws(), "ws://another", 1))
			back := fmt.Sprintf("cursor=%d", start.Add(3*time.Second).UnixMicro())
			same := map[string]string{"v1": back, "v2": "cursor=108&"}[wire]
			if !strings.Contains(s.asked[1]+"&", same) || !strings.Contains(s.asked[2], back) {
				t.Errorf("asked %q", s.asked[1:])
			}
			if wire == "v2" && !strings.Contains(s.asked[0], "/xrpc/network.bsky.jetstream.subscribeEvents?collections=app.bsky.feed.post&collections=app.bsky.feed.repost&kinds=commit") ||
				wire == "v1" && !strings.Contains(s.asked[0], "/subscribe?maxMessageSizeBytes=4194304&wantedCollections=app.bsky.feed.post") {
				t.Errorf("asked %q", s.asked[0])
			}
		})
	}
}

// dictionary makes a zstd dictionary of samples.
func dictionary(t *testing.T) []byte {
	var samples [][]byte
	for i := range 200 {
		samples = append(samples, []byte(v1(i, "commit", `"commit":{`+record+`}`)))
	}
	history := []byte(strings.Repeat(v1(1, "commit", `"commit":{`+record+`}`), 3))
	d, err := zstd.BuildDict(zstd.BuildDictOptions{ID: 4711, Contents: samples, History: history, Offsets: [3]int{1, 4, 8}, Level: zstd.SpeedDefault})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestCompressed(t *testing.T) {
	dict := dictionary(t)
	file := filepath.Join(t.TempDir(), "dictionary")
	if err := os.WriteFile(file, dict, 0o600); err != nil {
		t.Fatal(err)
	}
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderDict(dict))
	if err != nil {
		t.Fatal(err)
	}
	bomb := encoder.EncodeAll(bytes.Repeat([]byte{' '}, 64<<20), nil)
	for wire, message := range map[string]string{"v1": v1(1, "commit", `"commit":{`+record+`}`), "v2": v2(1, "commit", record)} {
		s := serve(t)
		s.frames = [][]byte{bomb, encoder.EncodeAll([]byte(message), nil)}
		s.binary, s.dict = true, dict
		o, _ := run(t, "urls: ["+s.ws()+"]\ncompress: true\nwire: "+wire+"\ndictionary: "+file, "")
		if len(o.events) != 1 || len(o.refused) != 1 || !strings.Contains(o.refused[0], "zstd") {
			t.Errorf("%s: %d events, refused %q", wire, len(o.events), o.refused)
		}
		want := map[string]string{"v1": "compress=true", "v2": "zstdDictionary=4711"}[wire]
		if len(s.asked) == 0 || !strings.Contains(s.asked[0], want) || binary.LittleEndian.Uint32(dict[4:]) != 4711 {
			t.Errorf("%s: asked %q", wire, s.asked)
		}
	}
}

// What an instance does not hold any more is a gap, on both wires.
func TestGaps(t *testing.T) {
	cursor := func(s *server, seq int) string {
		return fmt.Sprintf("%s|%d|%d", s.ws(), seq, start.UnixMicro())
	}
	s := serve(t, v1(3600, "commit", `"commit":{`+record+`}`)) // v1 clamps silently
	o, _ := run(t, "urls: ["+s.ws()+"]", cursor(s, 0))
	if len(o.gaps) != 1 || o.gaps[0] != "11:59:55–13:00:00" || len(o.events) != 1 {
		t.Errorf("v1: %v", o.gaps)
	}
	s = serve(t, `{"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#info","name":"OutdatedCursor","message":"from 7"}}`, v2(7200, "commit", record))
	s.status, s.body = 400, `{"error":"CursorTooOld","message":"floor 99"}`
	o, _ = run(t, "wire: v2\nurls: ["+s.ws()+"]", cursor(s, 5))
	if len(o.gaps) != 1 || o.gaps[0] != "11:59:55–14:00:00" || len(o.events) != 1 || len(s.asked) != 2 {
		t.Errorf("v2: %v, asked %q", o.gaps, s.asked)
	}
	s = serve(t, v1(10, "commit", `"commit":{`+record+`}`))
	if o, _ := run(t, "urls: ["+s.ws()+"]", cursor(s, 0)); len(o.gaps) != 0 {
		t.Errorf("a gap where there is none: %v", o.gaps)
	}
}

func TestRefusals(t *testing.T) {
	for status, want := range map[int]error{401: connectors.ErrAuth, 403: connectors.ErrAuth, 404: connectors.ErrConfig, 400: connectors.ErrConfig} {
		s := serve(t)
		s.status = status
		if _, err := run(t, "urls: ["+s.ws()+"]", ""); !errors.Is(err, want) {
			t.Errorf("%d: %v", status, err)
		}
	}
	s := serve(t)
	s.status = 429
	_, err := run(t, "urls: ["+s.ws()+"]", "")
	var throttled *connectors.Throttled
	if !errors.As(err, &throttled) || time.Until(throttled.Until) > 31*time.Second || time.Until(throttled.Until) < 20*time.Second {
		t.Errorf("429: %v", err)
	}
	s.status = 503
	good := serve(t, v1(1, "commit", `"commit":{`+record+`}`))
	if o, _ := run(t, "urls: ["+s.ws()+", "+good.ws()+"]", ""); len(o.events) != 1 {
		t.Error("the second instance was not asked")
	}
	ended := serve(t, `{"$type":"error","error":"ConsumerTooSlow","message":"read faster"}`)
	if _, err := run(t, "wire: v2\nurls: ["+ended.ws()+"]", ""); err == nil || !strings.Contains(err.Error(), "ConsumerTooSlow") {
		t.Errorf("error frame: %v", err)
	}
	large := serve(t, `"`+strings.Repeat("x", 3<<20)+`"`)
	if o, err := run(t, "urls: ["+large.ws()+"]", ""); err == nil || len(o.events) != 0 {
		t.Errorf("a frame of 3 MiB: %v", err)
	}
}

func TestCheck(t *testing.T) {
	s := serve(t)
	for settings, ok := range map[string]bool{"urls: [" + s.ws() + "]": true, "urls: [ws://127.0.0.1:1]": false} {
		c, err := open(t, settings)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.(connectors.Checker).Check(t.Context()); (err == nil) != ok {
			t.Errorf("%s: %v", settings, err)
		}
	}
}

func TestSettingsErr(t *testing.T) {
	for settings, want := range map[string]string{
		"urls: []":                          "urls: want one instance",
		"urls: [https://a.example]":         "urls[0]: want ws://",
		"urls: [wss://a.example/subscribe]": "without a path",
		"wire: v3":                          `wire "v3": want v1 or v2`,
		"overlap: 2h":                       "overlap 2h0m0s: want 0 to 1h",
		"dids: [alice]":                     `dids[0] "alice": want a DID`,
		"compress: true":                    "dictionary:",
		"url: x":                            "did you mean urls?",
	} {
		if _, err := open(t, settings); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", settings, err)
		}
	}
}

// Whatever a Jetstream sends: no panic, and what is accepted can be stored.
func FuzzDecodeJetstream(f *testing.F) {
	f.Add([]byte(v1(1, "commit", `"commit":{`+record+`}`)))
	f.Add([]byte(v2(1, "commit", record)))
	f.Add([]byte(v1(1, "account", `"account":{"active":false,"status":"deleted"}`)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if e, err := bluesky.DecodeJetstream(raw); err == nil && e.Validate() != nil {
			t.Errorf("%v", e.Validate())
		}
	})
}

func BenchmarkDecodeJetstream(b *testing.B) {
	raw := []byte(v1(1, "commit", `"commit":{`+record+`}`))
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := bluesky.DecodeJetstream(raw); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}

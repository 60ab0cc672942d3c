package mastodon_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/connectors/mastodon"
	"github.com/groundswell/groundswell/post"
)

const public = "/api/v1/timelines/public"

func TestWebSocket(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.streams = 3
	s.add(public, 10)
	o := newOut()
	run(t, newConnector(t, s, "streams: [public, user]\nhashtags: ['#Kaffee']"), "", o)
	p := await(t, s.connected)
	want := []string{`{"stream":"public","type":"subscribe"}`, `{"stream":"user","type":"subscribe"}`, `{"stream":"hashtag","tag":"kaffee","type":"subscribe"}`}
	if diff := cmp.Diff(want, p.subscribed); diff != "" {
		t.Errorf("subscriptions (-want +got):\n%s", diff)
	}
	p.say(t,
		update("update", statusOf(11), "public"),
		update("update", statusOf(12, `"visibility":"public"`, `"in_reply_to_id":"11"`), "public"),
		update("update", statusOf(13, `"visibility":"public"`, `"in_reply_to_id":"3"`), "hashtag", "kaffee"),
		update("update", statusOf(14, `"visibility":"public"`, `"reblog":`+statusOf(4)), "public"),
		update("status.update", statusOf(11, `"visibility":"public"`, `"edited_at":"2026-03-01T12:30:00Z"`), "public"),
		update("status.update", statusOf(12), "public"),
		update("delete", "11", "public"),
		update("delete", "4", "public"),
		update("delete", "999", "public"),
		update("filters_changed", "", "user"),
		update("announcement", `{"id":"1"}`, "user"),
		update("notification", `{"id":"7","type":"mention","status":`+statusOf(15, `"visibility":"direct"`, `"mentions":[{"id":"1","acct":"brand"}]`)+`}`, "user"),
		update("notification", `{"id":"8","type":"favourite"}`, "user"),
		update("update", statusOf(16, `"visibility":"private"`), "user"),
		"not json", `{"stream":["public"],"payload":"x"}`,
		update("update", `{"error":"x"}`, "public"),
		update("update", strings.Repeat("x", 3<<20), "public"),
		`{"stream":["public"],"event":"update","payload":`+statusOf(17)+`}`,
		update("update", statusOf(18), "public"),
	)
	o.expect(t, "upsert post 11", "upsert reply 12", "upsert reply 13", "upsert share 14", "edit post 11", "upsert post 12",
		"delete  11", "delete  4", "upsert private 15",
		"refuse streaming message: byte", "refuse streaming message: event is missing", "refuse no status", "refuse streaming message: 3145",
		"upsert post 17", "upsert post 18")

	o.mu.Lock()
	defer o.mu.Unlock()
	checkEvents(t, o.events, s.URL)
	if o.standing != 1 || o.heard < 3<<20 {
		t.Errorf("connected %d times, heard %d bytes", o.standing, o.heard)
	}
	for _, u := range s.asked(t) {
		if strings.Contains(u.String(), token) {
			t.Errorf("the token stands in %s", u.String())
		}
	}
}

func checkEvents(t *testing.T, events []post.Event, server string) {
	t.Helper()
	first := post.Event{Type: post.Upsert, Source: "fedi", ReceivedAt: now, Post: post.Post{
		Network: "mastodon", ID: "https://chaos.example/s/11", Kind: post.KindPost, Text: "post 11", URL: "https://chaos.example/s/11",
		PostedAt: now.Add(-time.Hour),
		Author:   post.Author{ID: "https://chaos.example/@mira", Handle: "mira@chaos.example", URL: "https://chaos.example/@mira"},
	}}
	if diff := cmp.Diff(first, events[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := events[1].Post.ReplyTo; got != "https://chaos.example/s/11" {
		t.Errorf("reply to a known post: %q", got)
	}
	if got := events[2].Post.ReplyTo; got != server+"/api/v1/statuses/3" {
		t.Errorf("reply to an unknown post: %q", got)
	}
	if got := events[3].Post; got.ShareOf != "https://chaos.example/s/4" || got.Text != "" {
		t.Errorf("share: %+v", got)
	}
	if got := events[4].Post.EditedAt; !got.Equal(now.Add(-30 * time.Minute)) {
		t.Errorf("edited at %s", got)
	}
	if got := events[8].Post.Mentions; !cmp.Equal(got, []string{"brand@home.example"}) {
		t.Errorf("mentions %q", got)
	}
}

func TestReconnectClosesTheSeam(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.streams = 2
	s.add(public, 10)
	s.add("/api/v1/notifications", 1)
	o := newOut()
	c := newConnector(t, s, "streams: [public, user]")
	settle := make(chan time.Time)
	mastodon.SettleOn(c, settle)
	_, ended := run(t, c, "", o)
	p := await(t, s.connected)
	// What the first connection brings before its seam is closed for good, a restart brings again.
	p.say(t, update("update", statusOf(11), "public"))
	o.expect(t, "upsert post 11")
	if cursor := o.lastCursor(); cursor != "" {
		t.Errorf("cursor %s before the seam is closed", cursor)
	}
	s.add(public, 11, 12)
	settle <- now
	o.expect(t, "upsert post 11", "upsert post 12")
	p.say(t, update("update", statusOf(13), "public"))
	o.expect(t, "upsert post 13")
	if got, want := o.lastCursor(), `{"server":"`+s.URL+`","newest":{"public":"13","user":"1772370000000","user:mentions":"1"}}`; !sameButUser(got, want) {
		t.Errorf("cursor %s, want %s", got, want)
	}
	close(p.close)
	if err := await(t, ended); err == nil || errors.Is(err, connectors.ErrAuth) || errors.Is(err, connectors.ErrConfig) {
		t.Errorf("error %v, want a plain one", err)
	}

	// The connection is away, and a new process resumes at the cursor.
	s.add(public, 13, 14, 15, 16, 17, 18)
	s.add("/api/v1/notifications", 2)
	o2 := newOut()
	c = newConnector(t, s, "streams: [public, user]")
	mastodon.SettleOn(c, settle)
	run(t, c, o.lastCursor(), o2)
	p = await(t, s.connected)
	p.say(t, update("update", statusOf(18), "public"), update("update", statusOf(19), "public"))
	o2.expect(t, "upsert post 14", "upsert post 15", "upsert post 16", "upsert post 17", "upsert post 18", "upsert post 1002", "upsert post 18", "upsert post 19")
	// The subscription took effect late: what only the timeline has comes with the second backfill.
	s.add(public, 19, 20)
	settle <- now
	o2.expect(t, "upsert post 19", "upsert post 20")
	p.say(t, update("delete", "14", "public"))
	o2.expect(t, "delete  14")
	if cursor := o2.lastCursor(); !strings.Contains(cursor, `"public":"20"`) || !strings.Contains(cursor, `"user:mentions":"2"`) {
		t.Errorf("cursor %s", cursor)
	}
}

// sameButUser compares cursors without the id made from the present.
func sameButUser(a, b string) bool {
	cut := func(s string) string {
		before, rest, _ := strings.Cut(s, `"user":"`)
		_, after, _ := strings.Cut(rest, `"`)
		return before + after
	}
	return cut(a) == cut(b)
}

func TestGap(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.add(public, 1, 2, 3, 4, 5, 6, 7, 8, 9)
	o := newOut()
	c := newConnector(t, s, "backfill_pages: 2")
	settle := make(chan time.Time)
	mastodon.SettleOn(c, settle)
	run(t, c, `{"server":"`+s.URL+`","newest":{"public":"2"}}`, o)
	o.expect(t, "upsert post 3", "upsert post 4", "upsert post 5", "upsert post 6",
		"gap 12:00–13:00 stream public: more than 2 pages were missed")
	settle <- now // what is recorded as a gap is not read a second time
	await(t, s.connected).say(t, update("update", statusOf(10), "public"))
	o.expect(t, "upsert post 10")
}

func TestCursor(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		cursor string
		want   []string
	}{
		"OK/Own":         {`{"server":"%s","newest":{"public":"3"}}`, []string{"upsert post 4", "upsert post 5"}},
		"OK/OtherServer": {`{"server":"https://other.example","newest":{"public":"3"}}`, []string{"upsert post 6"}},
		"OK/OtherStream": {`{"server":"%s","newest":{"list:3":"3"}}`, []string{"upsert post 6"}},
		"ErrBroken":      {`{"server"`, []string{"gap 13:00–13:00 the stored cursor cannot be read", "upsert post 6"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			s.add(public, 1, 2, 3, 4, 5)
			o := newOut()
			run(t, newConnector(t, s, ""), strings.Replace(tc.cursor, "%s", s.URL, 1), o)
			await(t, s.connected).say(t, update("update", statusOf(6), "public"))
			o.expect(t, tc.want...)
		})
	}
}

func TestServerSentEvents(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.add(public, 10)
	s.set("/api/v1/streaming", answer(http.StatusBadGateway, "no upgrade"))
	o := newOut()
	stop, ended := run(t, newConnector(t, s, "streams: [public, 'hashtag:local:kaffee']"), "", o)
	peers := map[string]*peer{}
	for range 2 {
		p := await(t, s.connected)
		peers[p.subscribed[0]] = p
	}
	one, two := peers["/api/v1/streaming/public"], peers["/api/v1/streaming/hashtag/local?tag=kaffee"]
	if one == nil || two == nil {
		t.Fatalf("asked for %v", peers)
	}
	one.say(t, ":thump\n", "event: update\ndata: "+statusOf(11)+"\n\n")
	o.expect(t, "upsert post 11")
	two.say(t, "event: update\ndata: "+statusOf(12)+"\n\n", "event: delete\ndata: 11\n\n", "event: update\ndata: {\n\n")
	o.expect(t, "upsert post 12", "delete  11", "refuse byte")
	stop()
	if err := await(t, ended); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestServerSentEventsEnd(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"ErrOversize": "event: update\n" + strings.Repeat("data: "+strings.Repeat("x", 1000)+"\n", 3000),
		"ErrEnded":    "",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			s.set("/api/v1/streaming", answer(http.StatusNotFound, ""))
			_, ended := run(t, newConnector(t, s, ""), "", newOut())
			p := await(t, s.connected)
			if text != "" {
				p.say(t, text)
			} else {
				close(p.close)
			}
			if err := await(t, ended); err == nil || !strings.Contains(err.Error(), "read stream public") {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	const verify, instance, streaming = "/api/v1/accounts/verify_credentials", "/api/v2/instance", "/api/v1/streaming"
	tests := map[string]struct {
		path    string
		handler http.HandlerFunc
		want    error // class; nil: plain
		text    string
	}{
		"ErrToken":         {verify, answer(401, `{"error":"The access token is invalid"}`), connectors.ErrAuth, "The access token is invalid"},
		"ErrScope":         {verify, answer(403, `{"error":"This action is outside the authorized scopes"}`), connectors.ErrAuth, "scope read"},
		"ErrAppToken":      {verify, answer(422, `{"error":"This method requires an authenticated user"}`), connectors.ErrAuth, "belongs to an application"},
		"ErrNoAccount":     {verify, answer(200, `{}`), connectors.ErrConfig, "is it a Mastodon server?"},
		"ErrNoInstance":    {instance, answer(404, `<html>`), connectors.ErrConfig, "404"},
		"ErrInstanceHTML":  {instance, answer(200, `<html>`), connectors.ErrConfig, "is it a Mastodon server?"},
		"ErrNoStreaming":   {instance, answer(200, `{"configuration":{}}`), connectors.ErrConfig, "offers no streaming"},
		"ErrStreamingUser": {instance, answer(200, `{"configuration":{"urls":{"streaming":"wss://a@b.example"}}}`), connectors.ErrConfig, "want an address"},
		"ErrStreamingFile": {instance, answer(200, `{"configuration":{"urls":{"streaming":"file://b.example"}}}`), connectors.ErrConfig, "want wss"},
		"ErrDown":          {instance, answer(500, `{"error":"oops"}`), nil, "500"},
		"ErrHuge":          {instance, answer(200, strings.Repeat(" ", 2<<20)), nil, "larger than"},
		"ErrRedirect":      {verify, answer(302, "", "Location", "http://169.254.169.254/latest"), connectors.ErrConfig, "redirects to"},
		"ErrThrottled":     {public, answer(429, `{"error":"Too many requests"}`, "X-RateLimit-Reset", "2026-03-01T13:04:00.000Z"), &connectors.Throttled{Until: now.Add(4 * time.Minute)}, "13:04:00"},
		"ErrRetryAfter":    {streaming, answer(429, ``, "Retry-After", "90"), &connectors.Throttled{Until: now.Add(90 * time.Second)}, "13:01:30"},
		"ErrRetryAfterAt":  {verify, answer(429, ``, "Retry-After", "Sun, 01 Mar 2026 13:10:00 GMT"), &connectors.Throttled{Until: now.Add(10 * time.Minute)}, ""},
		"ErrRetryUnknown":  {verify, answer(429, ``), &connectors.Throttled{Until: now.Add(5 * time.Minute)}, ""},
		"ErrRetryNever":    {verify, answer(429, ``, "X-RateLimit-Reset", "2999-01-01T00:00:00Z"), &connectors.Throttled{Until: now.Add(24 * time.Hour)}, ""},
		"ErrRetryPast":     {verify, answer(429, ``, "Retry-After", "-5"), &connectors.Throttled{Until: now.Add(time.Second)}, ""},
		"ErrHandshake":     {streaming, answer(401, ``), connectors.ErrAuth, "open WebSocket"},
		"ErrHandshake403":  {streaming, answer(403, ``), connectors.ErrAuth, "open WebSocket"},
		"ErrTimeline":      {public, answer(200, `{"error":"x"}`), nil, "want a list"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			s.set(tc.path, tc.handler)
			c := newConnector(t, s, "")
			_, ended := run(t, c, "", newOut())
			checkClass(t, await(t, ended), tc.want, tc.text)
			checkClass(t, c.(connectors.Checker).Check(t.Context()), tc.want, tc.text)
		})
	}
}

func checkClass(t *testing.T, err, want error, text string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	var throttled, wanted *connectors.Throttled
	switch {
	case errors.As(want, &wanted):
		if !errors.As(err, &throttled) || !throttled.Until.Equal(wanted.Until) {
			t.Errorf("error %v, want until %s", err, wanted.Until)
		}
	case want != nil:
		if !errors.Is(err, want) {
			t.Errorf("error %v, want %v", err, want)
		}
	case errors.Is(err, connectors.ErrAuth) || errors.Is(err, connectors.ErrConfig) || errors.As(err, &throttled):
		t.Errorf("error %v, want a plain one", err)
	}
	if !strings.Contains(err.Error(), text) {
		t.Errorf("error %v, want %q in it", err, text)
	}
	if strings.Contains(err.Error(), token) {
		t.Errorf("the token stands in %v", err)
	}
}

func TestSubscriptionRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]error{
		`{"error":"Not authorized to stream this list","status":401}`: connectors.ErrAuth,
		`{"error":"Unknown stream type","status":400}`:                connectors.ErrConfig,
		`{"error":"Unexpected error","status":500}`:                   nil,
	} {
		s := newServer(t)
		_, ended := run(t, newConnector(t, s, ""), "", newOut())
		await(t, s.connected).say(t, text)
		checkClass(t, await(t, ended), want, "subscribe")
	}
}

func TestStreamingOnlyEncrypted(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	secure := &server{t: t, timelines: s.timelines, override: map[string]http.HandlerFunc{
		"/api/v2/instance": answer(200, `{"configuration":{"urls":{"streaming":"ws://home.example"}}}`)}}
	secure.Server = newTLSServer(t, secure)
	c, err := build("server: "+secure.URL+"\ntoken: "+token, secure.Client())
	if err != nil {
		t.Fatal(err)
	}
	checkClass(t, c.(connectors.Checker).Check(t.Context()), connectors.ErrConfig, "travel in the open")
}

func TestCheck(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	if err := newConnector(t, s, "").(connectors.Checker).Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ in, want string }{
		"OK/Small":      {"server: https://a.example\ntoken: x", ""},
		"OK/Streams":    {"server: https://a.example/\ntoken: x\nstreams: [public, 'public:local', 'public:remote', user, 'list:7', 'hashtag:größe', 'hashtag:local:a_b']", ""},
		"ErrServer":     {"token: x", "server is missing"},
		"ErrScheme":     {"server: a.example\ntoken: x", "no address"},
		"ErrUser":       {"server: https://u:p@a.example\ntoken: x", "holds more"},
		"ErrToken":      {"server: https://a.example", "token is missing"},
		"ErrTokenLine":  {"server: https://a.example\ntoken: \"a\\nb\"", "token holds"},
		"ErrStream":     {"server: https://a.example\ntoken: x\nstreams: [firehose]", "firehose"},
		"ErrPublic":     {"server: https://a.example\ntoken: x\nstreams: ['public:moon']", "public:moon"},
		"ErrList":       {"server: https://a.example\ntoken: x\nstreams: ['list:../../x']", "list"},
		"ErrHashtag":    {"server: https://a.example\ntoken: x\nhashtags: ['two words']", "two words"},
		"ErrNoHashtag":  {"server: https://a.example\ntoken: x\nhashtags: ['#']", "hashtag"},
		"ErrPages":      {"server: https://a.example\ntoken: x\nbackfill_pages: -1", "backfill_pages"},
		"ErrUnknownKey": {"server: https://a.example\ntoken: x\nstream: [public]", "did you mean streams?"},
		"ErrTooMany":    {"server: https://a.example\ntoken: x\nhashtags: [" + strings.Join(numbered(61), ", ") + "]", "at most 60"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := build(tc.in, http.DefaultClient)
			if tc.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			checkClass(t, err, connectors.ErrConfig, tc.want)
		})
	}
}

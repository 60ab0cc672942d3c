package mastodon_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/groundswell/groundswell/connectors/mastodon"
	"github.com/groundswell/groundswell/post"
)

const remoteAccount = `{"id":"77","username":"mira","acct":"mira@chaos.example","display_name":"Mira K.","bot":false,` +
	`"created_at":"2022-11-05T00:00:00.000Z","note":"<p>Coffee &amp; code</p>","url":"https://chaos.example/@mira",` +
	`"uri":"https://chaos.example/users/mira","followers_count":412,"fields":[` +
	`{"name":"Site","value":"<a href=\"https://mira.example\" rel=\"me\"><span class=\"invisible\">https://</span><span class=\"\">mira.example</span></a>","verified_at":"2023-01-02T03:04:05.000Z"},` +
	`{"name":"Other","value":"<a href=\"https://fake.example\">fake</a>","verified_at":null}]}`

const fullStatus = `{"id":"112000000000000001","uri":"https://chaos.example/users/mira/statuses/9","url":"https://chaos.example/@mira/9",` +
	`"created_at":"2026-03-01T12:00:00.123Z","edited_at":null,"in_reply_to_id":null,"visibility":"public","language":"de","spoiler_text":"Kaffee",` +
	`"content":"<p>Die <a href=\"https://a.example/tags/Kaffee\" class=\"mention hashtag\" rel=\"tag\">#<span>Kaffee</span></a>maschine von <span class=\"h-card\"><a href=\"https://home.example/@brand\" class=\"u-url mention\">@<span>brand</span></a></span> leckt.</p><p><a href=\"https://pics.example/1\">pics.example/1</a></p>",` +
	`"favourites_count":3,"reblogs_count":2,"replies_count":1,"quotes_count":4,"reblog":null,"quote":null,` +
	`"tags":[{"name":"kaffee","url":"https://home.example/tags/kaffee"}],"mentions":[{"id":"1","username":"brand","acct":"brand","url":"https://home.example/@brand"}],` +
	`"card":{"url":"https://pics.example/1","title":"x"},"account":` + remoteAccount + `}`

func mira() post.Author {
	return post.Author{
		ID: "https://chaos.example/users/mira", Handle: "mira@chaos.example", Name: "Mira K.", URL: "https://chaos.example/@mira",
		Bio: "Coffee & code", Followers: 412, VerifiedLinks: []string{"https://mira.example"},
		CreatedAt: time.Date(2022, 11, 5, 0, 0, 0, 0, time.UTC),
	}
}

func TestDecodeStatus(t *testing.T) {
	t.Parallel()
	posted := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	small := func(change func(p *post.Post)) post.Post {
		p := post.Post{Network: "mastodon", ID: "https://home.example/users/bo/statuses/5", Kind: post.KindPost, Text: "Hi",
			URL: "https://home.example/@bo/5", PostedAt: posted,
			Author: post.Author{ID: "https://home.example/@bo", Handle: "bo@home.example", Name: "bo", URL: "https://home.example/@bo"}}
		change(&p)
		return p
	}
	tests := map[string]struct {
		in   string
		want post.Post
	}{
		"OK/Full": {fullStatus, post.Post{
			Network: "mastodon", ID: "https://chaos.example/users/mira/statuses/9", Kind: post.KindPost, Author: mira(),
			Text: "Kaffee\n\nDie #Kaffeemaschine von @brand leckt.\n\npics.example/1", Language: "de", URL: "https://chaos.example/@mira/9",
			PostedAt: posted.Add(123 * time.Millisecond), Hashtags: []string{"kaffee"}, Mentions: []string{"brand@home.example"},
			Links: []string{"https://pics.example/1"}, Engagement: post.Engagement{Likes: 3, Shares: 2, Replies: 1, Quotes: 4},
		}},
		"OK/LocalAccount": {localStatus(`"visibility":"unlisted"`), small(func(*post.Post) {})},
		"OK/Reply": {localStatus(`"visibility":"public","in_reply_to_id":"4"`), small(func(p *post.Post) {
			p.Kind, p.ReplyTo = post.KindReply, "https://home.example/api/v1/statuses/4"
		})},
		"OK/ReplyOfRemote": {strings.Replace(fullStatus, `"in_reply_to_id":null`, `"in_reply_to_id":"4"`, 1), post.Post{
			Network: "mastodon", ID: "https://chaos.example/users/mira/statuses/9", Kind: post.KindReply, Author: mira(),
			Text: "Kaffee\n\nDie #Kaffeemaschine von @brand leckt.\n\npics.example/1", Language: "de", URL: "https://chaos.example/@mira/9",
			PostedAt: posted.Add(123 * time.Millisecond), Hashtags: []string{"kaffee"}, Mentions: []string{"brand@home.example"},
			Links: []string{"https://pics.example/1"}, Engagement: post.Engagement{Likes: 3, Shares: 2, Replies: 1, Quotes: 4},
		}},
		"OK/Boost": {localStatus(`"visibility":"public","favourites_count":9,"reblog":` + fullStatus), small(func(p *post.Post) {
			p.Kind, p.ShareOf, p.Text = post.KindShare, "https://chaos.example/users/mira/statuses/9", ""
		})},
		"OK/Quote": {localStatus(`"visibility":"public","quote":{"state":"accepted","quoted_status":` + fullStatus + `}`), small(func(p *post.Post) {
			p.Kind, p.QuoteOf = post.KindQuote, "https://chaos.example/users/mira/statuses/9"
		})},
		"OK/QuotePending": {localStatus(`"visibility":"public","quote":{"state":"pending","quoted_status":null}`), small(func(*post.Post) {})},
		"OK/Direct":       {localStatus(`"visibility":"direct"`), small(func(p *post.Post) { p.Kind = post.KindPrivate })},
		"OK/Edited": {localStatus(`"visibility":"public","edited_at":"2026-03-01T12:05:00+00:00"`), small(func(p *post.Post) {
			p.EditedAt = posted.Add(5 * time.Minute)
		})},
		"OK/HiddenFollowers": {strings.Replace(localStatus(`"visibility":"public"`), `"acct"`, `"followers_count":-1,"acct"`, 1), small(func(*post.Post) {})},
		"OK/UnknownFields":   {localStatus(`"visibility":"public","pleroma":{"local":true},"emojis":[1]`), small(func(*post.Post) {})},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := mastodon.DecodeStatus([]byte(tc.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(post.Event{Type: post.Upsert, Post: tc.want}, e); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// localStatus is a small status of an account of the server itself; more is further fields.
func localStatus(more string) string {
	return `{"id":"5","uri":"https://home.example/users/bo/statuses/5","url":"https://home.example/@bo/5","created_at":"2026-03-01T12:00:00.000Z",` +
		`"content":"<p>Hi</p>","account":{"id":"2","username":"bo","acct":"bo","url":"https://home.example/@bo"},` + more + `}`
}

func TestDecodeStatusRefuses(t *testing.T) {
	t.Parallel()
	public := localStatus(`"visibility":"public"`)
	tests := map[string]struct{ in, want string }{
		"ErrEmpty":        {"", "want a JSON object"},
		"ErrArray":        {"[" + public + "]", "want a JSON object"},
		"ErrNull":         {"null", "want a JSON object"},
		"ErrCut":          {public[:200], "unexpected end"},
		"ErrTrailing":     {public + "{}", "after top-level value"},
		"ErrAccount":      {remoteAccount, "account is missing"},
		"ErrNotification": {`{"id":"20","type":"mention","account":` + remoteAccount + `,"status":` + public + `}`, "uri"},
		"ErrError":        {`{"error":"Record not found"}`, "account is missing"},
		"ErrNoID":         {strings.Replace(public, `"id":"5"`, `"id":""`, 1), "id is missing"},
		"ErrNumericID":    {strings.Replace(public, `"id":"5"`, `"id":5`, 1), "id: number does not fit"},
		"ErrRelativeURI":  {strings.Replace(public, `"uri":"https://home.example/users/`, `"uri":"/users/`, 1), "want an absolute one"},
		"ErrNoContent":    {strings.Replace(public, `"content":"<p>Hi</p>"`, `"content":null`, 1), "content is missing"},
		"ErrTime":         {strings.Replace(public, "2026-03-01T", "yesterday ", 1), "parsing time"},
		"ErrYear":         {strings.Replace(public, "2026-03-01T", "9026-03-01T", 1), "not between 1970 and 2200"},
		"ErrVisibility":   {localStatus(`"visibility":"secret"`), "visibility"},
		"ErrNoVisibility": {localStatus(`"language":"de"`), "visibility"},
		"ErrReblog":       {localStatus(`"visibility":"public","reblog":{}`), "reblog.uri"},
		"ErrNUL":          {strings.Replace(public, `"username":"bo"`, `"display_name":"b\u0000"`, 1), "U+0000"},
		"ErrUTF8":         {strings.Replace(public, "Hi", "\xff", 1), "invalid UTF-8"},
		"ErrSize":         {strings.Replace(public, "Hi", strings.Repeat("x", post.MaxSize), 1), "at most"},
		"ErrDeep":         {strings.Repeat(`{"reblog":`, 20_000) + "1" + strings.Repeat("}", 20_000), "depth"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := mastodon.DecodeStatus([]byte(tc.in))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want one with %q", err, tc.want)
			}
		})
	}
}

func FuzzDecodeStatus(f *testing.F) {
	f.Add([]byte(fullStatus))
	f.Add([]byte(localStatus(`"visibility":"public","reblog":` + fullStatus)))
	f.Add([]byte(localStatus(`"visibility":"direct","in_reply_to_id":"1","quote":{"quoted_status_id":"3"}`)))
	f.Add([]byte(remoteAccount))
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := mastodon.DecodeStatus(raw)
		if err != nil {
			return
		}
		if err := e.Validate(); err != nil {
			t.Fatal(err)
		}
		wire := e.AppendJSON(nil)
		if len(wire) > post.MaxSize {
			return
		}
		back, err := post.Decode(wire)
		if err != nil {
			t.Fatalf("%v: %s", err, wire)
		}
		if fmt.Sprint(back.Post.Key()) != fmt.Sprint(e.Post.Key()) {
			t.Fatalf("%v became %v", e.Post.Key(), back.Post.Key())
		}
	})
}

func BenchmarkDecodeStatus(b *testing.B) {
	raw := []byte(fullStatus)
	b.ReportAllocs()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := mastodon.DecodeStatus(raw); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}

package replay_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/groundswell/groundswell/connectors/replay"
	"github.com/groundswell/groundswell/post"
)

func TestBlueskyViews(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	author := func(name string) post.Author {
		return post.Author{ID: "did:plc:" + name, Handle: name + ".example", URL: "https://bsky.app/profile/" + name + ".example"}
	}
	ada := author("ada")
	ada.Name = "Ada"
	want := []post.Post{
		{Network: "bluesky", ID: "at://did:plc:ada/app.bsky.feed.post/3k1", Kind: post.KindPost, Author: ada, Language: "en",
			Text: "Hey @bo.example see nordwind.example #tea", URL: "https://bsky.app/profile/did:plc:ada/post/3k1",
			PostedAt: at, CreatedAt: at.Add(-60*time.Second + 123*time.Millisecond), Mentions: []string{"bo.example"},
			Links: []string{"https://nordwind.example"}, Hashtags: []string{"tea"}, Engagement: post.Engagement{Likes: 3, Shares: 1, Replies: 2}},
		{Network: "bluesky", ID: "at://did:plc:bo/app.bsky.feed.post/3k2", Kind: post.KindReply, Author: author("bo"), Text: "yes",
			URL: "https://bsky.app/profile/did:plc:bo/post/3k2", PostedAt: at.Add(61 * time.Second), CreatedAt: at.Add(time.Minute),
			Thread: "at://did:plc:ada/app.bsky.feed.post/3k0", ReplyTo: "at://did:plc:ada/app.bsky.feed.post/3k1"},
		{Network: "bluesky", ID: "at://did:plc:cy/app.bsky.feed.post/3k3", Kind: post.KindQuote, Author: author("cy"), Text: "look",
			URL: "https://bsky.app/profile/did:plc:cy/post/3k3", PostedAt: at.Add(121 * time.Second), CreatedAt: at.Add(2 * time.Minute),
			QuoteOf: "at://did:plc:ada/app.bsky.feed.post/3k1"},
	}
	list, sum := read(t, bytes.NewReader(load(t, "testdata/bluesky.json")), replay.Options{})
	var got []post.Post
	var lines []int
	for _, item := range list {
		if item.Refused == "" {
			got = append(got, item.Event.Post)
		}
		lines = append(lines, item.Line)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("posts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{2, 8, 11, 14}, lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if !strings.Contains(sum.Refusals[0].Reason, "cannot be found") {
		t.Errorf("refused %+v", sum.Refusals)
	}
}

func TestBlueskyJetstream(t *testing.T) {
	list, _ := read(t, bytes.NewReader(load(t, "testdata/jetstream.ndjson")), replay.Options{})
	var got []string
	for _, item := range list {
		if item.Refused != "" {
			got = append(got, item.Refused)
			continue
		}
		e := item.Event
		got = append(got, strings.TrimSpace(string(e.Type)+" "+string(e.Post.Kind)+" "+e.Key().ID+" "+e.Post.Text+e.Post.ShareOf))
	}
	want := []string{
		"upsert post at://did:plc:ada/app.bsky.feed.post/3k1 first",
		"edit post at://did:plc:ada/app.bsky.feed.post/3k1 second",
		"upsert share at://did:plc:bo/app.bsky.feed.repost/3k2 at://did:plc:ada/app.bsky.feed.post/3k1",
		"delete  at://did:plc:ada/app.bsky.feed.post/3k1",
		"author_gone  did:plc:ada",
		`a Jetstream event of kind "identity", not a post`,
		"a record of app.bsky.feed.like, not a post",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBlueskyErr(t *testing.T) {
	for raw, want := range map[string]string{
		`{"uri":"x","record":{"text":"a"}}`:                                                                                              "want at://did:",
		`{"uri":"at://did:plc:a/app.bsky.feed.post/1","value":{"text":"a","createdAt":"now"}}`:                                           "createdAt",
		`{"uri":"at://did:plc:a/app.bsky.feed.like/1","value":{"createdAt":"2026-03-01T10:00:00Z"}}`:                                     "a record of app.bsky.feed.like",
		`{"$type":"app.bsky.feed.post","text":"a","createdAt":"2026-03-01T10:00:00Z"}`:                                                   "a record alone",
		`{"did":"did:plc:a","kind":"commit","time_us":1,"commit":{"operation":"burn","collection":"app.bsky.feed.post","rkey":"1"}}`:     "want create, update or delete",
		`{"did":"did:plc:a","kind":"commit","time_us":1,"commit":{"operation":"create","collection":"app.bsky.feed.repost","rkey":"1"}}`: "without its subject",
		`{"thread":{"uri":"at://did:plc:a/app.bsky.feed.post/1","blocked":true}}`:                                                        "behind a block",
		`{"thread":null}`: "no post in it",
	} {
		_, sum := read(t, strings.NewReader(raw), replay.Options{})
		if sum.Refused != 1 || !strings.Contains(sum.Refusals[0].Reason, want) {
			t.Errorf("%s: read %+v, want a refusal with %q", raw, sum, want)
		}
	}
}

// The second wire wraps the same events.
func TestBlueskyJetstreamV2(t *testing.T) {
	line := `{"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#commit","seq":7,"did":"did:plc:ada","time":"2026-03-01T12:00:00.000001Z",
"rev":"3k0","operation":"create","collection":"app.bsky.feed.post","rkey":"3k9","record":{"$type":"app.bsky.feed.post","text":"payload","createdAt":"2026-03-01T11:00:00Z"}}}`
	list, sum := read(t, strings.NewReader(strings.ReplaceAll(line, "\n", "")), replay.Options{})
	if sum.Format != replay.Bluesky || len(list) != 1 || list[0].Event.Post.ID != "at://did:plc:ada/app.bsky.feed.post/3k9" {
		t.Errorf("%+v %+v", sum, list)
	}
}

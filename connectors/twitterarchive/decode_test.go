package twitterarchive_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/groundswell/groundswell/connectors/twitterarchive"
	"github.com/groundswell/groundswell/post"
)

func samples(tb testing.TB) [][]byte {
	tb.Helper()
	data, err := os.ReadFile("testdata/tweets.ndjson")
	if err != nil {
		tb.Fatal(err)
	}
	return bytes.Split(bytes.TrimSpace(data), []byte("\n"))
}

func TestDecodeOK(t *testing.T) {
	ada := post.Author{ID: "42", Handle: "ada_example", Name: "Ada & Co", URL: "https://x.com/ada_example", Bio: "Tea.",
		Location: "Kiel", Followers: 120, CreatedAt: time.Date(2009, 1, 5, 8, 0, 0, 0, time.UTC)}
	bo := post.Author{ID: "43", Handle: "bo_example", URL: "https://x.com/bo_example"}
	at := time.Date(2020, 3, 4, 9, 15, 2, 0, time.UTC)
	boSharing := bo
	boSharing.Followers = 5
	want := []post.Event{
		{Type: post.Upsert, Post: post.Post{Network: "x", ID: "1235137642181058560", Kind: post.KindPost, Author: ada, Language: "en",
			Text: "Nordwind & Söhne: <3 the new kettle #tea https://t.co/aaaaaaaaaa", PostedAt: at,
			URL: "https://x.com/ada_example/status/1235137642181058560", Hashtags: []string{"tea"},
			Links: []string{"https://nordwind.example/kettle"}, Engagement: post.Engagement{Likes: 7, Shares: 3}}},
		{Type: post.Upsert, Post: post.Post{Network: "x", ID: "1235137642181058561", Kind: post.KindShare, Author: boSharing, Language: "en",
			Text: "Nordwind & Söhne: <3 the new kettle #tea", PostedAt: at.Add(time.Minute), ShareOf: "1235137642181058560",
			URL: "https://x.com/bo_example/status/1235137642181058561", Hashtags: []string{"tea"}}},
		{Type: post.Upsert, Post: post.Post{Network: "x", ID: "1235137642181058562", Kind: post.KindReply, Author: bo, Language: "id",
			Text: "The long text of @ada_example's answer", PostedAt: at.Add(2 * time.Minute), ReplyTo: "1235137642181058560",
			URL: "https://x.com/bo_example/status/1235137642181058562", Mentions: []string{"ada_example"}}},
		{Type: post.Upsert, Post: post.Post{Network: "x", ID: "1235137642181058563", Kind: post.KindQuote,
			Author: post.Author{ID: "44", Handle: "cy_example", URL: "https://x.com/cy_example"}, Text: "Look at this",
			PostedAt: at.Add(3 * time.Minute), QuoteOf: "1235137642181058560", URL: "https://x.com/cy_example/status/1235137642181058563"}},
		{Type: post.Delete, Post: post.Post{Network: "x", ID: "1235137642181058560"}},
	}
	for i, raw := range samples(t) {
		got, err := twitterarchive.Decode(raw)
		if err != nil {
			t.Fatalf("sample %d: %v", i, err)
		}
		if diff := cmp.Diff(want[i], got); diff != "" {
			t.Errorf("sample %d (-want +got):\n%s", i, diff)
		}
	}
}

func TestDecodeErr(t *testing.T) {
	const user = `"user":{"id_str":"1"}`
	tests := map[string]struct{ raw, want string }{
		"ErrNoCreatedAt":  {`{"id_str":"1","text":"a",` + user + `}`, "no created_at"},
		"ErrCreatedAt":    {`{"id_str":"1","text":"a","created_at":"2020-01-01",` + user + `}`, "created_at"},
		"ErrNoUser":       {`{"id_str":"1","text":"a","created_at":"Wed Mar 04 09:15:02 +0000 2020"}`, "no user"},
		"ErrNoID":         {`{"text":"a","created_at":"Wed Mar 04 09:15:02 +0000 2020",` + user + `}`, "no id_str"},
		"ErrNoText":       {`{"id_str":"1","created_at":"Wed Mar 04 09:15:02 +0000 2020",` + user + `}`, "no text"},
		"ErrScrubGeo":     {`{"scrub_geo":{"user_id":1,"up_to_status_id":2}}`, "scrub_geo notice"},
		"ErrLimit":        {`{"limit":{"track":12}}`, "limit notice"},
		"ErrDisconnect":   {`{"disconnect":{"code":7}}`, "disconnect notice"},
		"ErrAccount":      {`{"id_str":"1","screen_name":"a","created_at":"Wed Mar 04 09:15:02 +0000 2020"}`, "account"},
		"ErrDeleteEmpty":  {`{"delete":{}}`, "no status"},
		"ErrDeleteNoID":   {`{"delete":{"status":{}}}`, "post.id"},
		"ErrCutOff":       {`{"id_str":"1","te`, "malformed JSON"},
		"ErrArray":        {`[1]`, "want an object"},
		"ErrIDOfTypeBool": {`{"id_str":true,"text":"a","created_at":"Wed Mar 04 09:15:02 +0000 2020",` + user + `}`, "no id_str"},
		"ErrTooLarge":     {`{"text":"` + strings.Repeat("a", post.MaxSize) + `"}`, "at most"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := twitterarchive.Decode([]byte(tt.raw)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	for _, raw := range samples(f) {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := twitterarchive.Decode(raw)
		if err != nil {
			return
		}
		if err := e.Validate(); err != nil {
			t.Fatalf("decoded an event that is not valid: %v", err)
		}
		if _, err := post.Decode(e.AppendJSON(nil)); err != nil && len(e.AppendJSON(nil)) <= post.MaxSize {
			t.Fatalf("the event does not survive its wire form: %v", err)
		}
	})
}

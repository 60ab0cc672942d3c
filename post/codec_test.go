package post_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/post"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func full() post.Event {
	at := time.Date(2026, 3, 1, 12, 0, 0, int(250*time.Millisecond), time.UTC)
	return post.Event{Type: post.Edit, Source: "fediverse", ReceivedAt: at.Add(time.Second), Extra: post.Extra{{Name: "trace", Value: json.RawMessage(`"a b"`)}},
		Post: post.Post{Network: "mastodon", ID: "https://social.example/1", Kind: post.KindReply,
			Author: post.Author{ID: "https://social.example/users/anna", Handle: "anna@social.example", Name: "Anna \"A\" Müller", URL: "https://social.example/@anna",
				Bio: "Köchin\nin Köln", Location: "Köln", Followers: 321, VerifiedLinks: []string{"https://anna.example/"}, Bot: true, CreatedAt: at.AddDate(-3, 0, 0),
				Extra: post.Extra{{Name: "pronouns", Value: json.RawMessage(`["sie"]`)}}},
			Text: "Geht's noch? 😡 \\ \u2028 \t </script> <b>", Language: "de", URL: "https://social.example/@anna/1", PostedAt: at, CreatedAt: at.Add(-time.Minute), EditedAt: at.Add(time.Minute),
			Thread: "t", ReplyTo: "r", ShareOf: "s", QuoteOf: "q", Hashtags: []string{"fail", "Überfall"}, Mentions: []string{"acme"}, Links: []string{"https://acme.example/?a=1&b=2"},
			Engagement: post.Engagement{Likes: 1, Shares: 2, Replies: 3, Quotes: 4, Views: 5, Extra: post.Extra{{Name: "bookmarks", Value: json.RawMessage("9")}}},
			Extra:      post.Extra{{Name: "place", Value: json.RawMessage(`{"a":[1,2.5e3,null,true,{"b":"\u00e4"}]}`)}}}}
}

func TestRoundTrip(t *testing.T) {
	for name, e := range map[string]post.Event{
		"full": full(),
		"small": {Type: post.Upsert, Post: post.Post{Network: "x", ID: "1", Kind: post.KindPost, Author: post.Author{Handle: "a"},
			PostedAt: time.Unix(1700000000, 0).UTC()}},
		"delete":      {Type: post.Delete, Post: post.Post{Network: "x", ID: "1", Kind: post.KindPost}},
		"author gone": {Type: post.AuthorGone, Post: post.Post{Network: "x", Kind: post.KindPost, Author: post.Author{ID: "7"}}},
	} {
		wire := e.AppendJSON(nil)
		got, err := post.Decode(wire)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, wire)
		}
		if diff := cmp.Diff(e, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
		if !json.Valid(wire) {
			t.Errorf("%s: no JSON: %s", name, wire)
		}
	}
}

// A bare post is an upsert: what people write by hand.
func TestDecodeBarePost(t *testing.T) {
	want := full().Post
	wire, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := post.Decode(wire)
	if err != nil || got.Type != post.Upsert {
		t.Fatalf("%v %v", got.Type, err)
	}
	if diff := cmp.Diff(want, got.Post); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeOK(t *testing.T) {
	base := `"network":"x","id":"1","author":{"id":"7"},"posted_at":"2026-03-01T12:00:00Z"`
	for name, tt := range map[string]struct {
		wire string
		get  func(post.Event) string
		want string
	}{
		"escapes":         {`{` + base + `,"text":"a\u00e4\ud83d\ude00\n\/\"\\"}`, func(e post.Event) string { return e.Post.Text }, "aä😀\n/\"\\"},
		"white space":     {" { \"type\" : \"upsert\" , \"post\" : {" + base + ` , "hashtags" : [ "a" , "b" ] , "author" : { "followers" : 5 , "bot" : true , "id" : "7" } } } ` + "\n", func(e post.Event) string { return strings.Join(e.Post.Hashtags, "+") }, "a+b"},
		"null is absent":  {`{` + base + `,"text":null,"hashtags":null,"engagement":null,"edited_at":null}`, func(e post.Event) string { return e.Post.Text }, ""},
		"time zone":       {`{"network":"x","id":"1","author":{"id":"7"},"posted_at":"2026-03-01T12:00:00.1239+02:00"}`, func(e post.Event) string { return e.Post.PostedAt.Format(time.RFC3339Nano) }, "2026-03-01T10:00:00.123Z"},
		"kind by default": {`{` + base + `}`, func(e post.Event) string { return string(e.Post.Kind) }, "post"},
	} {
		e, err := post.Decode([]byte(tt.wire))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := tt.get(e); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestDecodeErr(t *testing.T) {
	base := `"network":"x","id":"1","author":{"id":"7"},"posted_at":"2026-03-01T12:00:00Z"`
	for name, tt := range map[string]struct{ wire, want string }{
		"empty":              {``, "byte 0: want an object"},
		"no object":          {`[1]`, "byte 0: want an object"},
		"null":               {`null`, "byte 0: want an object"},
		"cut":                {`{"type":"upsert","post":{"text":"Hal`, "byte 36: post.text: the string does not end"},
		"more":               {`{` + base + `} {}`, "more after the end"},
		"newer":              {`{"v":2,"type":"upsert","post":{}}`, "v: 2: this groundswell reads version 1"},
		"type":               {`{"type":"insert","post":{` + base + `}}`, `type: "insert": want upsert`},
		"no type":            {`{"post":{` + base + `}}`, "type: is missing"},
		"no network":         {`{"id":"1"}`, "post.network: is missing"},
		"network":            {`{"network":"X!","id":"1"}`, "post.network: \"X!\": want"},
		"no author":          {`{"network":"x","id":"1","posted_at":"2026-03-01T12:00:00Z"}`, "post.author: has neither"},
		"no time":            {`{"network":"x","id":"1","author":{"id":"7"}}`, "post.posted_at: is missing"},
		"year":               {`{"network":"x","id":"1","author":{"id":"7"},"posted_at":"2926-03-01T12:00:00Z"}`, "not between 1970 and 2200"},
		"time":               {`{` + base + `,"edited_at":"gestern"}`, "edited_at: \"gestern\": want a time such as"},
		"kind":               {`{` + base + `,"kind":"shout"}`, "post.kind: \"shout\": want post, reply"},
		"edit without time":  {`{"type":"edit","post":{` + base + `}}`, "post.edited_at: an edit has to say"},
		"number for text":    {`{` + base + `,"text":5}`, "text: want a string"},
		"text for number":    {`{` + base + `,"engagement":{"likes":"5"}}`, "engagement.likes: want a number"},
		"fraction":           {`{` + base + `,"engagement":{"likes":1.5}}`, "engagement.likes: 1.5: want a whole number"},
		"negative":           {`{` + base + `,"engagement":{"likes":-1}}`, "want a whole number from 0 on"},
		"list":               {`{` + base + `,"hashtags":["a",1]}`, "hashtags: want strings"},
		"half a pair":        {`{` + base + `,"text":"\ud83d"}`, "text: a wrong escape"},
		"NUL":                {`{` + base + `,"text":"a\u0000"}`, "post.text: holds the character U+0000"},
		"control character":  {"{" + base + ",\"text\":\"a\x01\"}", "text: a control character"},
		"invalid UTF-8":      {"{" + base + ",\"text\":\"a\xff\"}", "byte 88: invalid UTF-8"},
		"nested":             {`{` + base + `,"deep":` + strings.Repeat("[", 1000), "nested deeper than 64"},
		"unknown field":      {`{` + base + `,"odd":tru}`, "odd: want true or false"},
		"too large":          {`{` + base + `,"text":"` + strings.Repeat("a", post.MaxSize) + `"}`, "at most 1048576"},
		"long id":            {`{"network":"x","id":"` + strings.Repeat("1", 3000) + `"}`, "post.id: 3000 bytes: at most 2048"},
		"delete without id":  {`{"type":"delete","post":{"network":"x"}}`, "post.id: is missing"},
		"author without key": {`{"type":"author_gone","post":{"network":"x"}}`, "post.author: has neither"},
	} {
		_, err := post.Decode([]byte(tt.wire))
		var decode *post.DecodeError
		if !errors.As(err, &decode) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// The schema that documents the wire form takes what is written and refuses what Decode refuses.
func TestSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../docs/event.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	check := func(wire []byte) error {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(wire)))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(v)
	}
	e := full()
	if err := check(e.AppendJSON(nil)); err != nil {
		t.Error(err)
	}
	e.Type = post.AuthorGone
	if err := check(e.AppendJSON(nil)); err != nil {
		t.Error(err)
	}
	for _, wire := range []string{`{}`, `{"type":"upsert","post":{"network":"x","id":"1"}}`, `{"v":2,"type":"delete","post":{"network":"x","id":"1"}}`,
		`{"type":"delete","post":{"network":"x","id":1}}`, `{"type":"author_gone","post":{"network":"x","author":{}}}`} {
		if _, err := post.Decode([]byte(wire)); err == nil || check([]byte(wire)) == nil {
			t.Errorf("accepted: %s", wire)
		}
	}
	if _, err := os.Stat("../docs/wire-format.md"); err != nil {
		t.Error(err)
	}
}

func TestShort(t *testing.T) {
	// printf 'x\0001' | openssl dgst -sha256 -binary | head -c16 | base64 | tr +/ -_
	if got, want := (post.Key{Network: "x", ID: "1"}).Short(), "7SoPQxlpM22113QxGX2qww"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if (post.Key{Network: "x", ID: "1"}).Short() == (post.Key{Network: "x1"}).Short() {
		t.Error("network and id run together")
	}
}

// What Decode accepts, it writes and reads again as the same.
func FuzzDecode(f *testing.F) {
	e := full()
	f.Add(e.AppendJSON(nil))
	f.Add([]byte(`{"network":"x","id":"1","author":{"id":"7"},"posted_at":"2026-03-01T12:00:00Z","z":[{"a":-0.5E+9}]}`))
	f.Add([]byte(`{"type":"delete","post":{"network":"x","id":"1"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := post.Decode(data)
		if err != nil {
			return
		}
		wire := e.AppendJSON(nil)
		if !json.Valid(data) || !json.Valid(wire) {
			t.Fatalf("accepted what is no JSON: %q → %q", data, wire)
		}
		again, err := post.Decode(wire)
		if err != nil && len(wire) <= post.MaxSize {
			t.Fatalf("%v: %q → %q", err, data, wire)
		}
		if diff := cmp.Diff(e, again); err == nil && diff != "" {
			t.Fatal(diff)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	e := full()
	wire := e.AppendJSON(nil)
	b.SetBytes(int64(len(wire)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := post.Decode(wire); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}

func BenchmarkAppendJSON(b *testing.B) {
	e := full()
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = e.AppendJSON(buf[:0])
	}
	b.SetBytes(int64(len(buf)))
}

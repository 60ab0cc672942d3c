package x_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/groundswell/groundswell/connectors/x"
	"github.com/groundswell/groundswell/post"
)

func read(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func TestDecodePageOK(t *testing.T) {
	at := time.Date(2023, 9, 8, 0, 40, 35, 0, time.UTC)
	ada := post.Author{ID: "42", Handle: "ada", Name: "Ada", URL: "https://x.com/ada", Bio: "Tea & more", Location: "Kiel",
		Followers: 120, CreatedAt: time.Date(2009, 1, 5, 8, 0, 0, 0, time.UTC)}
	want := []post.Event{
		{Type: post.Upsert, Post: post.Post{Network: "x", ID: "1700000000000000001", Kind: post.KindPost, Author: ada, Language: "de",
			Text: "Der Kessel von Nordwind & Söhne leckt #kessel https://t.co/a", URL: "https://x.com/ada/status/1700000000000000001",
			PostedAt: at, Thread: "1700000000000000001", Hashtags: []string{"kessel"}, Mentions: []string{"nordwind"},
			Links:      []string{"https://nordwind.example/a"},
			Engagement: post.Engagement{Likes: 5, Shares: 2, Replies: 3, Quotes: 1, Views: 900}}},
		{Type: post.Upsert, Post: post.Post{Network: "x", ID: "1700000000000000002", Kind: post.KindShare, Author: post.Author{ID: "43"},
			Text: "Der Kessel, ganz ausführlich #tee", Language: "de", URL: "https://x.com/i/status/1700000000000000002",
			PostedAt: at.Add(time.Minute), ShareOf: "1700000000000000009", Hashtags: []string{"tee"}}},
		{Type: post.Upsert, Post: post.Post{Network: "x", ID: "1700000000000000003", Kind: post.KindReply, Author: ada,
			Text: "the long text", URL: "https://x.com/ada/status/1700000000000000003", PostedAt: at.Add(2 * time.Minute),
			Thread: "1700000000000000001", ReplyTo: "1700000000000000001", QuoteOf: "1700000000000000008", Hashtags: []string{"long"}}},
	}
	events, refused, err := x.DecodePage(read(t, "page.json"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if len(refused) != 1 || refused[0].Index != 3 || !strings.Contains(refused[0].Reason, "no author_id") {
		t.Errorf("refused %+v, want the fourth, for its author", refused)
	}
}

func TestDecodePageFlattened(t *testing.T) {
	events, _, err := x.DecodePage(read(t, "flat.json"))
	if err != nil || len(events) != 1 {
		t.Fatalf("%d events, error %v", len(events), err)
	}
	p := events[0].Post
	if p.Kind != post.KindShare || p.Text != "Der Kessel leckt" || p.Author.Handle != "bo" || p.Language != "de" {
		t.Errorf("read %+v, want Bo's share of Ada's words", p)
	}
}

// An edited post has a new id and stays the same post.
func TestDecodePageEdit(t *testing.T) {
	events, _, err := x.DecodePage([]byte(`{"data":{"id":"1700000000000000010","author_id":"1","text":"new","created_at":"2023-09-08T04:45:00Z",
		"edit_history_tweet_ids":["1700000000000000001","1700000000000000010"]}}`))
	if err != nil || len(events) != 1 {
		t.Fatalf("%d events, error %v", len(events), err)
	}
	e := events[0]
	if e.Type != post.Edit || e.Post.ID != "1700000000000000001" || !e.Post.PostedAt.Equal(time.UnixMilli(1694146559129)) ||
		!e.Post.EditedAt.Equal(time.Date(2023, 9, 8, 4, 45, 0, 0, time.UTC)) {
		t.Errorf("read %+v", e)
	}
}

// Where a capture left out created_at, the id tells when the post was made.
func TestDecodePageTimeOfID(t *testing.T) {
	events, _, err := x.DecodePage([]byte(`{"data":{"id":"1170025343920402432","author_id":"1","text":"a"}}`))
	if err != nil || len(events) != 1 {
		t.Fatalf("%d events, error %v", len(events), err)
	}
	if want := time.Date(2019, 9, 6, 17, 25, 54, 667e6, time.UTC); !events[0].Post.PostedAt.Equal(want) {
		t.Errorf("posted at %s, want %s", events[0].Post.PostedAt, want)
	}
}

func TestDecodePageErr(t *testing.T) {
	tests := map[string]struct{ raw, want string }{
		"ErrError":       {`{"errors":[{"title":"Not Found Error","detail":"no such post"}]}`, "no such post"},
		"ErrProblem":     {`{"title":"Unauthorized","status":401,"detail":"Unauthorized"}`, "error response"},
		"ErrAccount":     {`{"data":{"id":"1","username":"a","name":"A"}}`, "an account"},
		"ErrAccounts":    {`{"data":[{"id":"1","username":"a"},{"id":"2","username":"b"}]}`, "a page of 2 objects, each an account"},
		"ErrCount":       {`{"data":{"start":"a","tweet_count":3}}`, "a count"},
		"ErrNoAuthor":    {`{"data":{"id":"1700000000000000001","text":"a"}}`, "no author_id"},
		"ErrTime":        {`{"data":{"id":"1","text":"a","author_id":"1","created_at":"today"}}`, "created_at"},
		"ErrOldID":       {`{"data":{"id":"12","text":"a","author_id":"1"}}`, "too old"},
		"ErrNothing":     {`{"foo":1}`, "neither data nor meta"},
		"ErrDataNumber":  {`{"data":1}`, "data: want"},
		"ErrArray":       {`[]`, "want an object"},
		"ErrCutOff":      {`{"data":[{"id":`, "malformed JSON"},
		"ErrEditHistory": {`{"data":{"id":"1700000000000000001","text":"a","author_id":"1","edit_history_tweet_ids":["x","y"]}}`, "edit_history"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			events, refused, err := x.DecodePage([]byte(tt.raw))
			if len(events) != 0 {
				t.Fatalf("read %d events", len(events))
			}
			if err == nil {
				if len(refused) != 1 {
					t.Fatalf("%d refusals and no error", len(refused))
				}
				if !strings.Contains(refused[0].Reason, tt.want) {
					t.Errorf("reason %q, want one with %q", refused[0].Reason, tt.want)
				}
			} else if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestDecodePageEmpty(t *testing.T) {
	events, refused, err := x.DecodePage([]byte(`{"meta":{"result_count":0}}`))
	if err != nil || len(events)+len(refused) > 0 {
		t.Errorf("%d events, %d refusals, error %v: an empty page has none", len(events), len(refused), err)
	}
}

func FuzzDecodePage(f *testing.F) {
	f.Add(read(f, "page.json"))
	f.Add(read(f, "flat.json"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		events, _, err := x.DecodePage(raw)
		if err != nil && len(events) > 0 {
			t.Fatal("events beside an error")
		}
		for i := range events {
			if err := events[i].Validate(); err != nil {
				t.Fatalf("decoded an event that is not valid: %v", err)
			}
		}
	})
}

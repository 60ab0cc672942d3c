package main

import (
	"encoding/json"
	"testing"

	"github.com/groundswell/groundswell/post"
)

// FuzzScoreText feeds lines to the decoder of the score command: it says something of each.
func FuzzScoreText(f *testing.F) {
	for _, line := range []string{"", "text", "{}", `{"text":"a","language":"de"}`, `{"post":{"text":"a"}}`, `{"post":null}`, "{ \"", "\ufeff{\"text\":\"a\"}", "\xff", `{"text":"\xff"}`} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		text, language, err := scoreText(line)
		if err != nil && text+language != "" {
			t.Fatalf("%q: a text in spite of %v", line, err)
		}
		out := appendReading(nil, &post.Reading{Language: "und", Polarity: post.Unknown, Intent: post.IntentNone, Score: -0.00001}, err)
		var back struct{ Error string }
		if failed := json.Unmarshal(out, &back); failed != nil || (back.Error == "") != (err == nil) {
			t.Fatalf("%q: %s: %v", line, out, failed)
		}
	})
}

// A line may be a post as its network writes it.
func TestScoreTextOfNetworks(t *testing.T) {
	for name, test := range map[string]struct{ line, text, language string }{
		"OKX":  {`{"id_str":"1","created_at":"Wed Oct 10 20:19:24 +0000 2018","full_text":"I love it","lang":"en","user":{"id_str":"6","screen_name":"a"}}`, "I love it", "en"},
		"OKX2": {`{"data":{"id":"1","text":"Ich hasse es","author_id":"2","created_at":"2026-01-01T00:00:00Z","lang":"de"}}`, "Ich hasse es", "de"},
		"OKMastodon": {`{"id":"1","uri":"https://m.example/1","url":"https://m.example/@a/1","created_at":"2026-01-01T00:00:00.000Z","visibility":"public","language":"en",
			"content":"<p>I hate <b>this</b></p>","account":{"id":"1","acct":"a","username":"a","url":"https://m.example/@a"}}`, "I hate this", "en"},
		"OKBluesky": {`{"did":"did:plc:abc","time_us":1725911162329308,"kind":"commit","commit":{"rev":"3l","operation":"create","collection":"app.bsky.feed.post",
			"rkey":"3l3qo2vuowo2b","record":{"$type":"app.bsky.feed.post","createdAt":"2024-09-09T19:46:02.102Z","langs":["en"],"text":"I love it"},"cid":"b"}}`, "I love it", "en"},
		"OKLang": {`{"text":"geil","lang":"de"}`, "geil", "de"},
	} {
		t.Run(name, func(t *testing.T) {
			text, language, err := scoreText([]byte(test.line))
			if err != nil || text != test.text || language != test.language {
				t.Errorf("%q, %q, %v", text, language, err)
			}
		})
	}
	if text, _, err := scoreText([]byte(`{"foo":1}`)); err == nil || text != "" {
		t.Errorf("no post: %q", text)
	}
}

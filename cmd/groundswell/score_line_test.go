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

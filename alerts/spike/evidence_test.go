package spike_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts/spike"
)

func TestSummarise(t *testing.T) {
	var flood []spike.Mention
	for i := range 10 {
		flood = append(flood, spike.Mention{
			PostID: fmt.Sprintf("f%d", i), AuthorID: fmt.Sprintf("bot%d", i), Network: "x", Polarity: -1, Minute: 100,
			Text: fmt.Sprintf("@user%d ACME cheats its customers, read this https://t.example/%d NOW %d!", i, i, i),
		})
	}
	storm := []spike.Mention{
		{PostID: "a", AuthorID: "1", Network: "bluesky", Text: "Der #Rückruf von ACME ist eine Frechheit", Polarity: -1, Minute: 7, Contact: true},
		{PostID: "b", AuthorID: "2", Network: "bluesky", Text: "#rückruf und niemand antwortet", Polarity: -1, Minute: 5, Engagement: 9},
		{PostID: "c", AuthorID: "3", Network: "mastodon", Text: "nach dem #Rückruf nie wieder!", Polarity: -1, Minute: 6},
		{PostID: "d", AuthorID: "4", Network: "mastodon", Text: "#rückruf und niemand antwortet", Polarity: -1, Minute: 8, Share: true},
		{PostID: "e", AuthorID: "5", Network: "mastodon", Text: "#rückruf und niemand antwortet", Polarity: -1, Minute: 9, Share: true},
		{PostID: "f", AuthorID: "6", Network: "bluesky", Text: "so good", Polarity: 1, Minute: 1, Engagement: 50},
	}
	for name, tt := range map[string]struct {
		mentions []spike.Mention
		want     spike.Evidence
	}{
		"OKNone": {nil, spike.Evidence{}},
		"OKFlood": {flood, spike.Evidence{
			Mentions: 10, NegativeAuthors: 1, NearDuplicateShare: 1, TopAuthorShare: 0.1, Networks: []string{"x"},
			FirstPost: "f0", TopPost: "f0",
		}},
		"OKStorm": {storm, spike.Evidence{
			Mentions: 6, NegativeAuthors: 5, PositiveAuthors: 1, TopAuthorShare: 1.0 / 6,
			Networks:  []string{"bluesky", "mastodon"},
			FirstPost: "b", TopPost: "b", Contacts: 1,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, spike.Summarise(spike.Firestorm, tt.mentions)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzSummarise(f *testing.F) {
	f.Add("ACME #fail", "@a https://x", true)
	f.Fuzz(func(t *testing.T, a, b string, share bool) {
		ev := spike.Summarise(spike.Volume, []spike.Mention{{Text: a, Share: share}, {Text: b}, {Text: a}, {Text: b}})
		if ev.NearDuplicateShare < 0 || ev.NearDuplicateShare > 1 {
			t.Fatalf("got share %g", ev.NearDuplicateShare)
		}
	})
}

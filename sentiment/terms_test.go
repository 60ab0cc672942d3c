package sentiment_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/sentiment"
)

func sorted(s []string) []string {
	slices.Sort(s)
	return s
}

// sayings is each text said by as many people, from the first number on.
func sayings(from, people int, language string, texts ...string) (all []sentiment.Saying) {
	for i := range people {
		for _, text := range texts {
			all = append(all, sentiment.Saying{Author: fmt.Sprint(from + i), Topics: sentiment.Topics(text, language)})
		}
	}
	return all
}

func names(terms []sentiment.Term) (names []string) {
	for _, t := range terms {
		names = append(names, t.Text)
	}
	return names
}

func TestTerms(t *testing.T) {
	usual := slices.Concat(sayings(0, 60, "de", "Mein Grill von Acme ist super"), sayings(100, 40, "de", "Heute Grill gekauft, bei Acme im Laden"), sayings(200, 10, "de", "Das Kabel am Grill ist kurz"))
	storm := slices.Concat(usual[:20], sayings(300, 15, "de", "Rückruf bei Acme: das Kabel brennt! #acmefail"), sayings(400, 9, "de", "Der Rückruf vom Acme Grill kommt zu spät"))
	english := slices.Concat(sayings(0, 12, "en", "the battery life of my acme phone is so short"), sayings(50, 3, "en", "my acme phone has a broken screen"))
	for name, test := range map[string]struct {
		window, ordinary []sentiment.Saying
		want             []string
	}{
		"OKStorm":           {storm, usual, []string{"Rückruf", "#acmefail", "Kabel"}},
		"OKOrdinary":        {usual, usual, nil},
		"OKNothing":         {nil, usual, nil},
		"OKWithoutOrdinary": {english, nil, []string{"acme phone", "battery life", "screen"}},
		"OKOnePersonIsNone": {sayings(7, 1, "de", "Kabelbrand", "Kabelbrand im Keller", "schon wieder Kabelbrand", "Kabelbrand zum vierten"), usual, nil},
		"OKFormsAreOne":     {slices.Concat(usual[:30], sayings(500, 4, "de", "die Kabel brennen"), sayings(600, 4, "de", "Probleme mit den Kabeln"), sayings(700, 4, "de", "wegen des Kabels")), usual[:100], []string{"Kabel"}},
		"OKCompounds": {slices.Concat(usual[:30], sayings(500, 9, "de", "Der Streik trifft alle"), sayings(600, 4, "de", "Schon wieder Bahnstreik", "Dieser Bahn-Streik nervt"),
			sayings(700, 3, "de", "Wegen Lokführerstreik zu Hause")), usual[:100], []string{"Streik"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, names(sentiment.Terms(test.window, test.ordinary, 5))); diff != "" {
				t.Errorf("(-want +got):\n%s\n%+v", diff, sentiment.Terms(test.window, test.ordinary, 5))
			}
		})
	}
}

func BenchmarkTerms(b *testing.B) {
	usual := sayings(0, 700, "de", "Mein Grill von Acme ist super", "Heute Grill gekauft, bei Acme im Laden")
	storm := sayings(2000, 500, "de", "Rückruf bei Acme: das Kabel brennt! #acmefail")
	for b.Loop() {
		sentiment.Terms(storm, usual, 5)
	}
}

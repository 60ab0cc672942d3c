package spike_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/groundswell/groundswell/alerts/spike"
)

// Bots that end one long text with a greeting of their own each are still near to each other; people
// who write about one thing in their own words are not.
func TestNearDuplicates(t *testing.T) {
	long := "They have known for months that the handle breaks and have told nobody although children were hurt and every shop sent the letters back unread " +
		"so do not buy anything from them before the whole board has stepped down and each of us has our money back including postage and the cost of a doctor"
	greetings := strings.Fields("regards bye goodnight cheers ciao later thanks farewell peace yours")
	var bots, people []spike.Mention
	for i, greeting := range greetings {
		bots = append(bots, spike.Mention{PostID: fmt.Sprint("b", i), AuthorID: fmt.Sprint(i), Polarity: -1, Text: long + " " + greeting})
		people = append(people, spike.Mention{PostID: fmt.Sprint("p", i), AuthorID: fmt.Sprint(i), Polarity: -1, Text: "the handle of my grill broke, " + greeting + " and nobody answers"})
	}
	if ev := spike.Summarise(spike.Firestorm, bots); ev.NearDuplicateShare < 0.3 || ev.NegativeAuthors > 8 {
		t.Errorf("of bots %.0f %% are near-duplicates, %d independent", 100*ev.NearDuplicateShare, ev.NegativeAuthors)
	}
	if ev := spike.Summarise(spike.Firestorm, people); ev.NearDuplicateShare > 0 || ev.NegativeAuthors != len(people) {
		t.Errorf("of people %.0f %% are near-duplicates, %d independent", 100*ev.NearDuplicateShare, ev.NegativeAuthors)
	}
}

package sentiment_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/sentiment"
)

// labelledIntents reads testdata/intents.tsv. Its even lines tuned the phrases; the odd ones are
// held out and measure them.
func labelledIntents(t testing.TB, heldOut bool) (all [][3]string) {
	t.Helper()
	data, err := os.ReadFile("testdata/intents.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		if (i%2 == 0) == heldOut {
			fields := strings.Split(line, "\t")
			all = append(all, [3]string(fields))
		}
	}
	return all
}

// intentTally is how often an intent was found, was there, and both.
type intentTally struct{ found, there, both int }

func tallyIntents(t testing.TB, s *sentiment.Scorer, sample [][3]string) map[string]*intentTally {
	tallies := map[string]*intentTally{}
	at := func(intent string) *intentTally {
		if tallies[intent] == nil {
			tallies[intent] = &intentTally{}
		}
		return tallies[intent]
	}
	for _, line := range sample {
		language, want, text := line[0], line[1], line[2]
		got := string(s.Read(text, language).Intent)
		at(got).found++
		at(want).there++
		if got == want {
			at(got).both++
		} else {
			t.Logf("want %s, got %s: %s", want, got, text)
		}
	}
	return tallies
}

func TestIntentsTuned(t *testing.T) { testIntents(t, false, 0.85, 0.75) }

func TestIntentsHeldOut(t *testing.T) { testIntents(t, true, 0.7, 0.5) }

// testIntents demands a precision and a recall of each intent.
func testIntents(t *testing.T, heldOut bool, precision, recall float64) {
	tallies := tallyIntents(t, scorer(t), labelledIntents(t, heldOut))
	var names []string
	for name := range tallies {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		c := tallies[name]
		p, r := float64(c.both)/float64(max(1, c.found)), float64(c.both)/float64(max(1, c.there))
		t.Logf("%-20s precision %.2f (%d of %d)  recall %.2f (%d of %d)", name, p, c.both, c.found, r, c.both, c.there)
		if name != string(post.IntentNone) && (p < precision || r < recall) {
			t.Errorf("%s: precision %.2f, recall %.2f: want %.2f and %.2f", name, p, r, precision, recall)
		}
	}
}

func TestIntent(t *testing.T) {
	s := scorer(t)
	for text, want := range map[string]post.Intent{
		"RT @dealer: where can I buy the new acme drill?":                              post.IntentNone,
		"I would never buy an acme drill":                                              post.IntentComplaint,
		"I don't want to buy a drill":                                                  post.IntentNone,
		"I bought an acme drill":                                                       post.IntentNone,
		"where can I buy the acme drill?":                                              post.IntentPurchase,
		"50% off! where can you buy a drill like that? order now https://acme.example": post.IntentNone,
		"Ich möchte den Bohrer kaufen":                                                 post.IntentPurchase,
		"Ich möchte den Bohrer nicht kaufen":                                           post.IntentNone,
		"Den Bohrer würde ich nicht empfehlen":                                         post.IntentComplaint,
		"Den Bohrer kann ich sehr empfehlen":                                           post.IntentRecommendation,
		"Jag vill köpa en ny borrmaskin":                                               post.IntentNone,
		"":                                                                             post.IntentNone,
		strings.Repeat("how do i ", 100_000):                                           post.IntentNone,
		strings.Repeat("?", 1_000_000):                                                 post.IntentNone,
	} {
		r := s.Read(text, "")
		if r.Intent != want {
			t.Errorf("intent of %.80q: got %s (%.2f), want %s", text, r.Intent, r.IntentConfidence, want)
		}
		if (r.Intent == post.IntentNone) != (r.IntentConfidence == 0) || r.IntentConfidence < 0 || r.IntentConfidence > 1 {
			t.Errorf("intent of %.80q: %s with confidence %.2f", text, r.Intent, r.IntentConfidence)
		}
	}
}

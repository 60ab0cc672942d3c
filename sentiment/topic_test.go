package sentiment_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/sentiment"
)

func TestTopics(t *testing.T) {
	for text, want := range map[string][]string{
		"The handle of my grill melted and burned my hand! #brennwaldfail @acme https://a.example/x": {"handle", "grill", "hand", "#brennwaldfail"},
		"So angry!!!":                {},
		strings.Repeat(".", 100_000): {},
		"":                           {},
	} {
		if diff := cmp.Diff(want, sentiment.Topics(text, "en")); diff != "" {
			t.Errorf("%.60q:\n%s", text, diff)
		}
	}
	if got := sentiment.Topics("Der Griff ist kaputt", "de"); got != nil {
		t.Errorf("German: %v", got)
	}
}

func BenchmarkTopics(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		sentiment.Topics("Still waiting for an answer from their support, my grill is broken and nobody in the company seems to care about the recall.", "en")
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}

package sentiment_test

import (
	"testing"
	"time"

	"github.com/jonreiter/govader"
)

// BenchmarkBesideGovader reads the same posts with the whole Scorer and with govader; ratio is
// how many times as fast the Scorer is.
func BenchmarkBesideGovader(b *testing.B) {
	posts := []string{
		"Just got the new one and I have to say the screen is great, but the battery could be better. Still happy :) @acme #new https://example.com/x",
		"@acme your app is down AGAIN?! Third time this week, this is really not good enough... #fail",
		"Gerade den neuen bekommen, und ich muss sagen: der Bildschirm ist toll, aber der Akku könnte besser sein. @acme #neu",
		"The store on Main Street opens at nine on Monday, says the company.",
	}
	s := scorer(b)
	vader := govader.NewSentimentIntensityAnalyzer()
	for _, p := range posts {
		s.Read(p, "") // meets its words
	}
	var ours, theirs time.Duration
	for b.Loop() {
		start := time.Now()
		for _, p := range posts {
			s.Read(p, "")
		}
		between := time.Now()
		for _, p := range posts {
			vader.PolarityScores(p)
		}
		ours, theirs = ours+between.Sub(start), theirs+time.Since(between)
	}
	n := float64(b.N * len(posts))
	b.ReportMetric(n/ours.Seconds(), "posts/s")
	b.ReportMetric(n/theirs.Seconds(), "govader-posts/s")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "ratio")
}

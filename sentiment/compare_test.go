package sentiment_test

import (
	_ "embed"
	"strings"
	"testing"
	"time"

	"github.com/jonreiter/govader"
)

// A post is a line, 60 to 280 runes, half of them English and half German.
//
//go:embed testdata/posts.txt
var posts string

// BenchmarkBesideGovader reads the same posts with the whole Scorer and with govader, turn about;
// ratio is how many times as fast the Scorer is. The rates are those of the best turn of each.
func BenchmarkBesideGovader(b *testing.B) {
	posts := strings.Split(strings.TrimSpace(posts), "\n")
	s := scorer(b)
	vader := govader.NewSentimentIntensityAnalyzer()
	for _, p := range posts {
		s.Read(p, "") // meets its words
		vader.PolarityScores(p)
	}
	ours, theirs := time.Hour, time.Hour
	for b.Loop() {
		start := time.Now()
		for _, p := range posts {
			s.Read(p, "")
		}
		between := time.Now()
		for _, p := range posts {
			vader.PolarityScores(p)
		}
		ours, theirs = min(ours, between.Sub(start)), min(theirs, time.Since(between))
	}
	n := float64(len(posts))
	b.ReportMetric(n/ours.Seconds(), "posts/s")
	b.ReportMetric(n/theirs.Seconds(), "govader-posts/s")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "ratio")
}

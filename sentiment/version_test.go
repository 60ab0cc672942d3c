package sentiment_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/groundswell/groundswell/sentiment"
)

var updateReadings = flag.Bool("update-readings", false, "write testdata/readings.golden as texts are read now")

const readingsFile = "testdata/readings.golden"

// Texts are read as they were when the version of what reads was this. Who changes how code reads
// them has to raise rules, or stored mentions would keep what the old code said.
func TestReadings(t *testing.T) {
	s := scorer(t)
	golden, err := os.ReadFile(readingsFile)
	if err != nil && !*updateReadings {
		t.Fatal(err)
	}
	version, before, _ := strings.Cut(string(golden), "\n")
	now := readingsOf(t, s)
	if version == s.Version() {
		if before != now {
			t.Errorf("texts are read differently, and the version of what reads is the same: raise rules in version.go, "+
				"then run go test ./sentiment -run TestReadings -update-readings\n%s", firstDifference(before, now))
		}
		return
	}
	if *updateReadings {
		if err := os.WriteFile(readingsFile, []byte(s.Version()+"\n"+now), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s is of version %s, what reads is version %s: run go test ./sentiment -run TestReadings -update-readings and look at what changed",
		readingsFile, version, s.Version())
}

// readingsOf reads the texts of testdata/readings.txt: a line is a text; before a bar may stand a
// claimed language and the brands whose monitors listen, the first of which is asked about.
func readingsOf(t *testing.T, s *sentiment.Scorer) string {
	t.Helper()
	data, err := os.ReadFile("testdata/readings.txt")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(data)) {
		how, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "|")
		if !ok {
			t.Fatalf("readings.txt: %q: want language, brands, a bar and a text", line)
		}
		claimed, brands, _ := strings.Cut(how, " ")
		r := s.Read(text, claimed)
		if own := strings.Fields(brands); len(own) > 0 {
			var others [][2]int
			for _, brand := range own[1:] {
				others = append(others, stretches(text, brand)...)
			}
			r = s.Toward(text, r, stretches(text, own[0]), others)
		}
		fmt.Fprintf(&b, "%s %s %.2f %.2f %s %.2f %s\n", r.Language, r.Polarity, r.Score, r.Confidence, r.Intent, r.IntentConfidence, line[:min(len(line)-1, 60)])
	}
	return b.String()
}

func firstDifference(before, now string) string {
	was, is := strings.Split(before, "\n"), strings.Split(now, "\n")
	for i := range min(len(was), len(is)) {
		if was[i] != is[i] {
			return fmt.Sprintf("line %d was %q, is %q", i+1, was[i], is[i])
		}
	}
	return fmt.Sprintf("there were %d lines, there are %d", len(was), len(is))
}

package bench_test

import (
	"testing"

	"github.com/groundswell/groundswell/internal/bench"
)

func TestRun(t *testing.T) {
	got, err := bench.Run(t.Context(), bench.Options{Posts: 2000, MatchShare: 1, Contacts: 100, Workers: 2, Batch: 500})
	if err != nil {
		t.Fatal(err)
	}
	if got.Mentions != 2500 || got.PostsPerSecond <= 0 || got.P99 <= 0 || got.P50 > got.P99 || got.MaxRSS <= 0 || got.CPUSeconds <= 0 {
		t.Errorf("%+v", got)
	}
}

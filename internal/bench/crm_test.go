package bench_test

import (
	"testing"

	"github.com/groundswell/groundswell/internal/bench"
)

// A small run makes what it was asked for and measures each thing.
func TestRunCRM(t *testing.T) {
	opt := bench.CRMOptions{Contacts: 300, Activities: 600, Leads: 60, Opportunities: 40, Seed: 1}
	r, err := bench.RunCRM(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if r.Contacts != 300 || r.Activities != 600 || r.Leads != 60 || r.Opportunities != 40 || r.Database != "sqlite" {
		t.Errorf("got %+v", r)
	}
	if r.View360P50 <= 0 || r.View360P95 < r.View360P50 || r.ListP95 <= 0 || r.SearchP95 <= 0 || r.ImportPerSecond <= 0 {
		t.Errorf("something was not measured: %+v", r)
	}
	if _, err := bench.RunCRM(t.Context(), bench.CRMOptions{Reuse: true, Database: "sqlite:" + t.TempDir() + "/empty.db"}); err == nil {
		t.Error("an empty database was taken for one that is filled")
	}
}

package backtest_test

import (
	"testing"

	"github.com/groundswell/groundswell/internal/backtest"
	"github.com/groundswell/groundswell/internal/simulate"
)

// The bounds are loose: they hold what the detector shows over these seeded brands with a margin
// (docs/benchmarks.md has the figures), so that a change that makes it worse is seen.
func TestTrials(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates months")
	}
	detectors := map[string]backtest.Detector{
		backtest.Own:        backtest.Storms,
		"vendor rule":       backtest.AsFirestorms(func(t *backtest.Table) []bool { return backtest.VendorRule(t, "posts") }),
		"windowed Gaussian": backtest.AsFirestorms(func(t *backtest.Table) []bool { return backtest.WindowedGaussian(t, "posts") }),
	}
	for _, kind := range []simulate.Kind{simulate.Storm, simulate.Praise, simulate.News, simulate.Flood} {
		for _, rate := range []float64{3, 20, 200} {
			trial := backtest.Trial{Styles: simulate.Styles, Rate: rate, Kind: kind, Brands: 2, Days: 44, Minutes: 5, Full: true, Seed: 1}
			found, err := trial.Run(detectors)
			if err != nil {
				t.Fatal(err)
			}
			for name, o := range found {
				t.Logf("%-6s %3.0f posts/h  %-17s %2d events, %2d called a firestorm, %2d before the peak, %2d incidents, %2d named, median delay %3d min, %d false alarms in %.0f days",
					kind, rate, name, o.Events, o.Caught, o.Early, o.Incidents, o.Named, o.Delay(), o.False, o.Days)
			}
			check(t, kind, rate, found[backtest.Own])
		}
	}
}

func check(t *testing.T, kind simulate.Kind, rate float64, o backtest.Outcome) {
	t.Helper()
	if float64(o.False) > 0.01*o.Days+1 {
		t.Errorf("%s, %.0f posts/h: %d false alarms in %.0f days", kind, rate, o.False, o.Days)
	}
	if kind != simulate.Storm {
		if 10*o.Caught > o.Events {
			t.Errorf("%s, %.0f posts/h: %d of %d called a firestorm", kind, rate, o.Caught, o.Events)
		}
		return
	}
	if 100*o.Caught < 90*o.Events || 100*o.Early < 85*o.Events || 10*o.Incidents > 13*o.Events {
		t.Errorf("%.0f posts/h: %d of %d storms caught, %d before the peak, %d incidents", rate, o.Caught, o.Events, o.Early, o.Incidents)
	}
	if most := map[float64]int64{3: 35, 20: 60, 200: 100}[rate]; o.Delay() > most {
		t.Errorf("%.0f posts/h: median delay %d min, want at most %d", rate, o.Delay(), most)
	}
}

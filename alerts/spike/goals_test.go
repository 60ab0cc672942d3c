package spike_test

import (
	"slices"
	"testing"

	"github.com/groundswell/groundswell/alerts/spike"
)

// The bounds are loose: they hold what the detector shows over these seeded worlds with a margin
// (docs/alerts.md has the figures), so that a change that makes it worse is seen.
func TestStormsInSimulatedWorlds(t *testing.T) {
	for _, tt := range []struct {
		rate      float64
		mostDelay int64 // minutes, median
	}{{3, 40}, {20, 75}, {200, 120}} {
		o := simulate(tt.rate, spike.Firestorm, brands(t))
		delay := median(o.delays)
		t.Logf("%3.0f posts/h: %d storms, %d caught, %d before the peak, %d incidents, median delay %d min, %d false alarms in %.0f days",
			tt.rate, o.storms, o.caught, o.early, o.incidents, delay, o.falseAlarms, o.days)
		if 100*o.caught < 95*o.storms || 100*o.early < 90*o.storms {
			t.Errorf("%.0f posts/h: %d of %d storms caught, %d before the peak", tt.rate, o.caught, o.storms, o.early)
		}
		if delay > tt.mostDelay {
			t.Errorf("%.0f posts/h: median delay %d min, want at most %d", tt.rate, delay, tt.mostDelay)
		}
		if 10*o.incidents > 13*o.storms {
			t.Errorf("%.0f posts/h: %d incidents for %d storms", tt.rate, o.incidents, o.storms)
		}
		if float64(o.falseAlarms) > 0.01*o.days+1 {
			t.Errorf("%.0f posts/h: %d false alarms in %.0f days", tt.rate, o.falseAlarms, o.days)
		}
	}
}

func TestOtherEventsInSimulatedWorlds(t *testing.T) {
	for name, tt := range map[string]struct {
		kind      spike.Kind
		mostWrong int // per cent called a firestorm
		leastOwn  int // per cent called what they are
	}{
		"Praise": {spike.Praise, 5, 95},
		"Flood":  {spike.Coordinated, 6, 90},
		"News":   {"", 12, 60},
	} {
		t.Run(name, func(t *testing.T) {
			for _, rate := range []float64{3, 20, 200} {
				o := simulate(rate, tt.kind, brands(t))
				t.Logf("%3.0f posts/h: %d events, %d called a firestorm, %d called by their kind", rate, o.events, o.wrong, o.named)
				if 100*o.wrong > tt.mostWrong*o.events {
					t.Errorf("%.0f posts/h: %d of %d called a firestorm", rate, o.wrong, o.events)
				}
				if 100*o.named < tt.leastOwn*o.events {
					t.Errorf("%.0f posts/h: %d of %d called by their kind", rate, o.named, o.events)
				}
			}
		})
	}
}

// brands is how many to simulate.
func brands(t *testing.T) int {
	if testing.Short() {
		t.Skip("simulates months")
	}
	return 6
}

func median(values []int64) int64 {
	if len(values) == 0 {
		return -1
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

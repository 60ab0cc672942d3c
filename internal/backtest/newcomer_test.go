package backtest_test

import (
	"testing"

	"github.com/groundswell/groundswell/internal/backtest"
	"github.com/groundswell/groundswell/internal/simulate"
)

// Of a storm in the first day of a monitor more is seen, and sooner, where others are known, and not
// at the price of alarms.
func TestNewcomers(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates months")
	}
	trial := func(peers int, n backtest.Newcomers) backtest.Outcome {
		n.Peers, n.Brands = peers, 20
		o := n.Run()
		t.Logf("%d peers, %-6s after %2d h: %d events, %3d called a firestorm, %3d before the peak, median delay %3d min; %d false firestorms and %d others in %.0f days",
			peers, n.Kind, n.After, o.Events, o.Caught, o.Early, o.Delay(), o.False, o.Other, o.Days)
		return o
	}
	var alone, among backtest.Outcome
	for _, after := range []int64{0, 2, 6, 12, 18} {
		storm := backtest.Newcomers{Kind: simulate.Storm, After: after, Days: 2, Seed: 3}
		alone.Add(trial(0, storm))
		among.Add(trial(5, storm))
	}
	if among.Early < alone.Early*12/10 || among.Delay() > alone.Delay() {
		t.Errorf("storms before the peak %d and median delay %d min, alone %d and %d min: want more, and sooner", among.Early, among.Delay(), alone.Early, alone.Delay())
	}
	for _, peers := range []int{0, 5} {
		for _, n := range []backtest.Newcomers{{Days: 3, Seed: 1}, {Kind: simulate.News, After: 2, Days: 2, Seed: 5}, {Kind: simulate.Praise, After: 12, Days: 2, Seed: 5}} {
			o := trial(peers, n)
			if float64(o.False) > 0.01*o.Days+1 || 10*o.Caught > o.Events || peers > 0 && o.Other > 10 {
				t.Errorf("%d peers, %s: %d false firestorms, %d called, %d others", peers, n.Kind, o.False, o.Caught, o.Other)
			}
		}
	}
}

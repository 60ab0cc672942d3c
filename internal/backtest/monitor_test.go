package backtest_test

import (
	"testing"
	"time"

	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/backtest"
	"github.com/groundswell/groundswell/internal/simulate"
)

// A setting is proposed that keeps what was right and lets go what was not.
func TestPropose(t *testing.T) {
	w := simulate.New(simulate.Styles[0], 20, 24, 1)
	w.Plan(simulate.Storm, simulate.Start+20*1440)
	w.Run()
	run := backtest.Run{Cells: w.Cells(), From: simulate.Start + 19*1440, Until: simulate.Start + 23*1440}
	found, curve := run.Judge()
	if len(found) != 1 || found[0].Kind != spike.Firestorm || len(curve) != 4*24 {
		t.Fatalf("got %+v, %d points", found, len(curve))
	}
	verdict := backtest.Verdict{Kind: spike.Firestorm, From: found[0].OpenedAt, Until: found[0].OpenedAt.Add(6 * time.Hour)}
	best, tried := run.Propose([]backtest.Verdict{verdict})
	if best.Surprise != spike.Usual || best.Kept != 1 || len(tried) < 5 {
		t.Errorf("it was right, and %+v is proposed", best)
	}
	verdict.Kind, verdict.False = spike.Volume, true // nothing of that kind was opened
	if best, _ := run.Propose([]backtest.Verdict{verdict}); best.Surprise != spike.Usual || best.Told != 0 || best.False != 1 {
		t.Errorf("got %+v", best)
	}
}

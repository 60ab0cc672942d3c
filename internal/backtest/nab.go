package backtest

import (
	"math"
	"time"
)

// A Profile weighs what a detector gets right and wrong. The weights are those published with the
// Numenta Anomaly Benchmark.
type Profile struct {
	Name       string
	TP, FP, FN float64
}

// Profiles are the three of the benchmark.
var Profiles = []Profile{
	{"standard", 1, 0.11, 1},
	{"reward_low_FP_rate", 1, 0.22, 1},
	{"reward_low_FN_rate", 1, 0.11, 2},
}

// A Window is a stretch of time in which people saw an anomaly, both ends in it.
type Window struct{ From, Until time.Time }

const (
	probation     = 0.15 // of the rows, in which no alarm counts
	probationMost = 750  // rows
)

// A Tally is how alarms met the windows of a series.
type Tally struct {
	Windows, Caught int
	False           int // alarms outside of windows
	gain            float64
	loss            float64 // of false alarms, unweighted, not positive
}

// add sums tallies up.
func (t *Tally) add(o Tally) {
	t.Windows, t.Caught, t.False = t.Windows+o.Windows, t.Caught+o.Caught, t.False+o.False
	t.gain, t.loss = t.gain+o.gain, t.loss+o.loss
}

// Score is 0 for a detector that never raises an alarm and 100 for one that raises one at the
// very beginning of each window and no other.
func (t Tally) Score(p Profile) float64 {
	if t.Windows == 0 {
		return 0
	}
	null := -p.FN * float64(t.Windows)
	perfect := p.TP * float64(t.Windows)
	raw := p.TP*t.gain + p.FP*t.loss - p.FN*float64(t.Windows-t.Caught)
	return 100 * (raw - null) / (perfect - null)
}

// Weigh scores alarms by the rule of Lavin and Ahmad, "Evaluating Real-Time Anomaly Detection
// Algorithms: the Numenta Anomaly Benchmark" (2015): of each window the first alarm counts, the
// earlier the more; an alarm outside costs, the less the nearer it follows on a window.
func Weigh(rows []Row, alarms []bool, windows []Window) Tally {
	t := Tally{Windows: len(windows)}
	first := min(int(probation*float64(len(rows))), probationMost)
	next, width, right := 0, 0.0, -1
	caught, within := false, false
	for i := range rows {
		if next < len(windows) && !rows[i].At.Before(windows[next].From) {
			within, caught = true, false
			right = lastAt(rows, i, windows[next].Until)
			width = float64(right - i + 1)
			next++
		}
		if i >= first && alarms[i] {
			switch {
			case within && !caught:
				caught = true
				t.Caught++
				t.gain += sigmoid(-float64(right-i+1)/width) / sigmoid(-1)
			case within:
			case right < 0:
				t.False++
				t.loss--
			default:
				t.False++
				t.loss += sigmoid(float64(i-right) / max(width-1, 1))
			}
		}
		if i >= right {
			within = false
		}
	}
	return t
}

// lastAt is the last row from i on that is not after the time.
func lastAt(rows []Row, i int, until time.Time) int {
	for i+1 < len(rows) && !rows[i+1].At.After(until) {
		i++
	}
	return i
}

// sigmoid is 1 far before a window's end, 0 there and −1 far behind it.
func sigmoid(y float64) float64 {
	if y > 3 {
		return -1
	}
	return 2/(1+math.Exp(5*y)) - 1
}

package backtest

import (
	"math"

	"github.com/groundswell/groundswell/alerts/spike"
)

// SeriesColumns are those of a series as the Numenta Anomaly Benchmark keeps it.
var SeriesColumns = Columns{Required: []string{"value"}}

// A Mark is what the detector says of one row of a series.
type Mark struct {
	Value float64
	// Score runs from 0 to 1. From 0.5 on the row is an alarm; below that it is how near the row
	// came to one, or that one was raised within a day.
	Score float64
	Alarm bool
}

// Spikes marks the rows of a series of mentions, each judged when it has come.
func Spikes(t *Table) []Mark {
	marks := make([]Mark, len(t.Rows))
	bins := t.bins(func(r *Row) (spike.Cell, bool) {
		x := t.number(r, "value")
		if math.IsNaN(x) {
			return spike.Cell{}, false
		}
		n := whole(x)
		return spike.Cell{Posts: n, Neutral: n, Authors: n}, true
	})
	replay(bins, nil, func(i int, _ []spike.Change, minutes []spike.Judged) {
		m := &marks[i]
		m.Value = t.number(&t.Rows[i], "value")
		for _, j := range minutes {
			near := j.Surprise / j.Bar
			score := 0.5 * near / (1 + near)
			if j.Surge {
				m.Alarm = true
				score = 1 - 0.5/(1+near)
			}
			m.Score = max(m.Score, score)
		}
	})
	return marks
}

package backtest

import (
	"math"
	"time"
)

// The rules that others use, to be judged in the same run.

// WindowedGaussian is the benchmark's detector of that name: how improbable is a value among the
// last 6,400, normally distributed, their mean and deviation taken anew every 100 rows? An alarm
// is what the benchmark's published threshold makes one: a probability that rounds to nothing.
func WindowedGaussian(t *Table, column string) []bool {
	const size, step = 6400, 100
	alarms := make([]bool, len(t.Rows))
	var window, waiting []float64
	var mean, deviation float64
	for i := range t.Rows {
		x := t.number(&t.Rows[i], column)
		score := 0.0
		if len(window) > 0 {
			score = 1 - math.Erfc(math.Abs(x-mean)/deviation/math.Sqrt2)/2
		}
		alarms[i] = score >= 1
		if len(window) < size {
			window = append(window, x)
			mean, deviation = moments(window)
			continue
		}
		if waiting = append(waiting, x); len(waiting) == step {
			window = append(window[step:], waiting...)
			waiting = waiting[:0]
			mean, deviation = moments(window)
		}
	}
	return alarms
}

func moments(values []float64) (mean, deviation float64) {
	for _, x := range values {
		mean += x / float64(len(values))
	}
	for _, x := range values {
		deviation += (x - mean) * (x - mean) / float64(len(values))
	}
	return mean, max(math.Sqrt(deviation), 1e-6)
}

// VendorRule is what most vendors document: an alarm when the last hour holds more than three
// times the mean hour of the seven days before it, told when it begins to be so.
func VendorRule(t *Table, column string) []bool {
	const times, week = 3, 7 * 24
	alarms := make([]bool, len(t.Rows))
	hours, days := newSliding(t, column, time.Hour), newSliding(t, column, week*time.Hour)
	was := false
	for i := range t.Rows {
		now := hours.until(i)
		usual := (days.until(i) - now) / (week - 1)
		if span := t.Rows[i].At.Sub(t.Rows[0].At); span < week*time.Hour {
			usual *= (week - 1) / max(span.Hours()-1, 1)
		}
		is := now > times*usual && now > 0 && t.Rows[i].At.Sub(t.Rows[0].At) >= 24*time.Hour
		alarms[i] = is && !was
		was = is
	}
	return alarms
}

// A sliding sum of a column over the time that ends with a row.
type sliding struct {
	t      *Table
	column string
	span   time.Duration
	from   int
	next   int
	sum    float64
}

func newSliding(t *Table, column string, span time.Duration) *sliding {
	return &sliding{t: t, column: column, span: span}
}

func (s *sliding) until(i int) float64 {
	value := func(k int) float64 {
		if x := s.t.number(&s.t.Rows[k], s.column); !math.IsNaN(x) {
			return x
		}
		return 0
	}
	for ; s.next <= i; s.next++ {
		s.sum += value(s.next)
	}
	for ; !s.t.Rows[s.from].At.After(s.t.Rows[i].At.Add(-s.span)); s.from++ {
		s.sum -= value(s.from)
	}
	return s.sum
}

// WithPause leaves out the alarms within a day after one: what a pause alone does for a rule.
func WithPause(t *Table, alarms []bool) []bool {
	out := make([]bool, len(alarms))
	var last time.Time
	for i, alarm := range alarms {
		if alarm && (last.IsZero() || t.Rows[i].At.Sub(last) >= 24*time.Hour) {
			out[i], last = true, t.Rows[i].At
		}
	}
	return out
}

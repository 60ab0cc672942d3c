package backtest

import (
	"math"
	"time"

	"github.com/groundswell/groundswell/alerts/spike"
)

// A bin is a stretch of time with its counts. Blind: nobody could count.
type bin struct {
	from, until int64 // minutes
	counts      spike.Cell
	blind       bool
}

// bins cut the rows into stretches. Each ends where its row's time and the width say, whatever comes
// next, and begins where the one before it ended, if that is later: what is said of a row does not
// hang on those behind it. What lies between stretches is blind.
func (t *Table) bins(count func(*Row) (spike.Cell, bool)) []bin {
	out := make([]bin, len(t.Rows))
	widths := t.widths()
	for i := range t.Rows {
		from := spike.Minute(t.Rows[i].At)
		until := from + int64(widths[min(max(i, widthFirst-1), len(widths)-1)]/time.Minute)
		if i > 0 {
			from = max(from, out[i-1].until)
		}
		out[i] = bin{from: from, until: max(from+1, until)}
		counts, ok := count(&t.Rows[i])
		out[i].counts, out[i].blind = counts, !ok
	}
	return out
}

// spread lays a bin's counts evenly over its minutes, whole numbers that add up to them.
func (b *bin) spread(cells []spike.Cell) []spike.Cell {
	n := b.until - b.from
	part := func(x, k int64) int64 { return x*(k+1)/n - x*k/n }
	for k := range n {
		c := spike.Cell{Minute: b.from + k, Posts: part(b.counts.Posts, k), Negative: part(b.counts.Negative, k),
			Neutral: part(b.counts.Neutral, k), Positive: part(b.counts.Positive, k), Authors: part(b.counts.Authors, k),
			NegativeAuthors: part(b.counts.NegativeAuthors, k), PositiveAuthors: part(b.counts.PositiveAuthors, k)}
		if c != (spike.Cell{Minute: c.Minute}) {
			cells = append(cells, c)
		}
	}
	return cells
}

// kept are the minutes of cells that a step may need.
const kept = 4 * 60

// replay gives the bins to the detector one by one, as they would have come, and hands on what it
// says of each. It returns the incidents that are on when they end.
func replay(bins []bin, look func(i int) func(spike.Kind, int64, int64) (spike.Evidence, bool), news func(i int, changes []spike.Change, minutes []spike.Judged)) []spike.Track {
	if len(bins) == 0 {
		return nil
	}
	state := spike.State{At: bins[0].from - 1}
	var cells []spike.Cell
	var blind []spike.Span
	for i := range bins {
		b := &bins[i]
		if last := state.At + 1; last < b.from {
			blind = append(blind, spike.Span{From: last, Until: b.from})
		}
		if b.blind {
			blind = append(blind, spike.Span{From: b.from, Until: b.until})
		}
		for len(blind) > 0 && blind[0].Until < state.From()-kept {
			blind = blind[1:]
		}
		cells = b.spread(drop(cells, min(state.From(), b.from)-kept))
		var judged []spike.Judged
		in := spike.Input{Now: spike.Time(b.until), Cells: cells, Blind: blind, Trace: func(j spike.Judged) { judged = append(judged, j) }}
		if look != nil {
			in.Look = look(i)
		}
		var changes []spike.Change
		state, changes = spike.Step(state, in)
		news(i, changes, judged)
	}
	return state.Tracks
}

// drop leaves out the cells before the minute, now and then.
func drop(cells []spike.Cell, minute int64) []spike.Cell {
	n := 0
	for n < len(cells) && cells[n].Minute < minute {
		n++
	}
	if n < 1024 {
		return cells
	}
	return append(cells[:0], cells[n:]...)
}

// whole rounds a count.
func whole(x float64) int64 { return int64(math.Round(x)) }

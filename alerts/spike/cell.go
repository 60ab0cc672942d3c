package spike

import (
	"slices"
	"time"
)

// A Cell counts what was said about one monitor in one minute, or in a longer stretch that
// begins with Minute. An author is counted once an hour, in the minute of the first post.
type Cell struct {
	Minute          int64 // minutes since 1970 (UTC)
	Posts           int64
	Negative        int64 // posts of that polarity
	Neutral         int64
	Positive        int64
	Unknown         int64
	Authors         int64
	NegativeAuthors int64 // authors with a negative post
	PositiveAuthors int64
	Reach           int64
}

// Minute is the number of the minute that holds the time.
func Minute(t time.Time) int64 { return t.Unix() / 60 }

// Time is when the minute begins.
func Time(minute int64) time.Time { return time.Unix(minute*60, 0).UTC() }

// A Span is the minutes from From up to, and without, Until.
type Span struct{ From, Until int64 }

func (s Span) overlaps(from, until int64) bool { return s.From < until && from < s.Until }

func anyOverlaps(spans []Span, from, until int64) bool {
	return slices.ContainsFunc(spans, func(s Span) bool { return s.overlaps(from, until) })
}

// A stream is one of the four counts that have a usual level.
type stream int

const (
	negativeAuthors stream = iota
	positiveAuthors
	allAuthors
	allPosts
	streams
)

func (c *Cell) count(s stream) int64 {
	switch s {
	case negativeAuthors:
		return c.NegativeAuthors
	case positiveAuthors:
		return c.PositiveAuthors
	case allAuthors:
		return c.Authors
	default:
		return c.Posts
	}
}

// add counts other, times sign, into c.
func (c *Cell) add(other *Cell, sign int64) {
	c.Posts += sign * other.Posts
	c.Negative += sign * other.Negative
	c.Neutral += sign * other.Neutral
	c.Positive += sign * other.Positive
	c.Unknown += sign * other.Unknown
	c.Authors += sign * other.Authors
	c.NegativeAuthors += sign * other.NegativeAuthors
	c.PositiveAuthors += sign * other.PositiveAuthors
	c.Reach += sign * other.Reach
}

// sum counts the cells of the minutes from up to, and without, until. Cells are in order.
func sum(cells []Cell, from, until int64) Cell {
	total := Cell{Minute: from}
	for i := search(cells, from); i < len(cells) && cells[i].Minute < until; i++ {
		total.add(&cells[i], 1)
	}
	return total
}

// search is the index of the first cell at or after the minute.
func search(cells []Cell, minute int64) int {
	i, _ := slices.BinarySearchFunc(cells, minute, func(c Cell, m int64) int { return int(c.Minute - m) })
	return i
}

// A window is the sum of the cells of the last minutes, moved on minute by minute.
type window struct {
	Cell
	minutes  int64
	factor   float64 // what the rhythm makes of these minutes
	cells    []Cell
	next     int // the first cell that is not in yet
	earliest int // the first cell that is still in
}

// newWindow is the window that ends with, and holds, the minute.
func newWindow(cells []Cell, minutes, minute int64) window {
	w := window{minutes: minutes, factor: 1, cells: cells, earliest: search(cells, minute-minutes+1)}
	w.next = w.earliest
	w.moveTo(minute)
	return w
}

// moveTo makes the window end with the minute.
func (w *window) moveTo(minute int64) {
	for ; w.next < len(w.cells) && w.cells[w.next].Minute <= minute; w.next++ {
		w.add(&w.cells[w.next], 1)
	}
	for ; w.earliest < w.next && w.cells[w.earliest].Minute <= minute-w.minutes; w.earliest++ {
		w.add(&w.cells[w.earliest], -1)
	}
	w.Minute = minute - w.minutes + 1
}

package simulate

import "math"

// A Kind is a class of events.
type Kind string

// The classes.
const (
	Storm  Kind = "storm"  // many people turn against the brand
	Praise Kind = "praise" // many are delighted
	News   Kind = "news"   // many talk, about as negatively as ever
	Flood  Kind = "flood"  // bots
)

// A Shape is how an event rises and falls: its height, up to 1, after so many minutes, where the
// peak comes after rise minutes and a half of it is left after fall more.
type Shape func(after, rise, fall float64) float64

// Quadratic gathers speed until the peak.
func Quadratic(after, rise, fall float64) float64 {
	if after < rise {
		return (after / rise) * (after / rise)
	}
	return math.Exp2(-(after - rise) / fall)
}

// Steep doubles in each eighth of the rise.
func Steep(after, rise, fall float64) float64 {
	if after < rise {
		return math.Exp2(8 * (after - rise) / rise)
	}
	return math.Exp2(-(after - rise) / fall)
}

// Explosive is there within a fifth of the rise, and grows a little until the peak.
func Explosive(after, rise, fall float64) float64 {
	if after < rise {
		return min(after/(rise/5), 1) * (0.7 + 0.3*after/rise)
	}
	return math.Exp2(-(after - rise) / fall)
}

// SlowBurn rises in a line over three times as long.
func SlowBurn(after, rise, fall float64) float64 {
	if after < 3*rise {
		return after / (3 * rise)
	}
	return math.Exp2(-(after - 3*rise) / fall)
}

// Waves is three of them, the second the highest.
func Waves(after, rise, fall float64) float64 {
	wave := func(from, height float64) float64 {
		if after < from {
			return 0
		}
		return height * Quadratic(after-from, rise/2, fall/2)
	}
	return min(1, max(wave(0, 0.5), wave(rise, 1), wave(2.2*rise, 0.6)))
}

// An Event adds posts to a world.
type Event struct {
	Kind  Kind
	From  int64 // minutes
	Peak  int64 // the minute of its greatest height
	Until int64 // the minute from which less than a fiftieth is left
	Tenth int64 // the minute of its tenth post, once the world has run

	shape              Shape
	rise, fall         float64
	height             float64 // posts an hour at the peak
	negative, positive float64
	each               float64 // posts of an author
	bots, text         int32   // for a flood: how many accounts, and their text
	said               int
	lately             []int32
}

// Plan puts an event into a world.
func (w *World) Plan(kind Kind, from int64) {
	w.texts++
	e := Event{Kind: kind, From: from, shape: w.Shapes[w.random.IntN(len(w.Shapes))], rise: 120 + 300*w.random.Float64(),
		fall: 90 + 240*w.random.Float64(), height: max(w.Least, w.Rate*w.between(w.Height)), each: 1.1 + 0.3*w.random.Float64()}
	switch kind {
	case Storm:
		e.negative, e.positive = w.between(w.StormShare), 0.04
	case Praise:
		e.negative, e.positive = 0.02+0.05*w.random.Float64(), 0.5+0.4*w.random.Float64()
	case News:
		e.negative, e.positive = min(w.negative*w.between(w.NewsShare), 0.5), w.positive
	case Flood:
		e.negative, e.positive = 0.7+0.3*w.random.Float64(), 0
		e.height, e.shape = 3*e.height, Explosive // they write fast, and all at once
		e.rise, e.fall = 20+60*w.random.Float64(), 30+60*w.random.Float64()
		e.bots, e.text = 2+int32(w.random.IntN(7)), 1_000_000+w.texts
		if w.FloodTexts {
			e.bots = 1 << 30
		}
	}
	top := -1.0
	for m := int64(0); m < 2*day; m++ {
		h := e.shape(float64(m), e.rise, e.fall)
		if h > top {
			top, e.Peak = h, from+m
		}
		if h > 0.02 {
			e.Until = from + m
		}
	}
	w.Events = append(w.Events, e)
}

// strike makes the event's posts of a minute.
func (w *World) strike(e *Event, m int64) {
	if m < e.From || m > e.From+3*day {
		return
	}
	for range w.poisson(e.height / hour * e.shape(float64(m-e.From), e.rise, e.fall)) {
		p := Post{Minute: m, Polarity: w.polarity(e.negative, e.positive), Network: int8(w.random.IntN(4)), Author: w.caller(e)}
		switch {
		case e.Kind == Flood && w.random.IntN(30) > 0:
			p.Text = e.text
		case w.random.Float64() < 1.5*w.Duplicates:
			p.Text = 2_000_000 + int32(m/30)
		}
		w.Posts = append(w.Posts, p)
		if e.said++; e.said == 10 {
			e.Tenth = m
		}
	}
}

// caller is who writes the event's next post: one of the bots, one who has written in it lately,
// or somebody new.
func (w *World) caller(e *Event) int32 {
	if e.Kind == Flood && e.bots < 1<<30 {
		return -1 - w.random.Int32N(e.bots)
	}
	if len(e.lately) > 0 && w.random.Float64() > 1/e.each {
		return e.lately[w.random.IntN(len(e.lately))]
	}
	author := w.stranger()
	if e.lately = append(e.lately, author); len(e.lately) > 50 {
		e.lately = e.lately[1:]
	}
	return author
}

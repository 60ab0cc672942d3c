// Package simulate makes the posts of invented brands, minute by minute and seeded: ordinary talk
// with its rhythm and moods, and storms, praise, news and bot floods on top. Nothing in it is
// fitted to anything; styles differ in how talk and events look, so that a detector which does
// well in all of them does not owe it to one.
package simulate

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/groundswell/groundswell/alerts/spike"
)

const (
	hour = 60
	day  = 24 * hour
	week = 7 * day
)

// Start is the first minute of every world, midnight of a Monday.
const Start = int64(29_459_520)

// A Post is one of a world.
type Post struct {
	Minute   int64
	Author   int32
	Polarity int8  // −1, 0, 1
	Text     int32 // posts of the same number say the same; 0: own words
	Network  int8
}

// A Style is how the talk about brands looks.
type Style struct {
	Name       string
	Daily      float64    // amplitude of the day's rhythm, up to 1
	Weekend    float64    // talk on Saturday and Sunday, as a part of other days'
	Mood       float64    // deviation of the logarithm of the level …
	MoodHours  float64    // … and how long a mood lasts
	Threads    float64    // part of the posts that draw replies within the hour
	Repeats    float64    // part of the posts by people who have written lately
	Negative   [2]float64 // usual part of negative posts, from and to
	MixMood    float64    // deviation of its logit
	Duplicates float64    // part of the posts that hand on another's text
	Shapes     []Shape    // of events
	Height     [2]float64 // of events' peaks, in ordinary hours, from and to
	Least      float64    // posts an hour at the peak, at least
	StormShare [2]float64 // negative part of a storm
	NewsShare  [2]float64 // negative part of news, in usual parts
	FloodTexts bool       // bots are many and share a text; otherwise they are few
	ShiftEvery float64    // days between lasting changes of the level; 0: none
}

// Styles are those that the detector is measured on.
var Styles = []Style{
	{Name: "plain", Daily: 0.5, Weekend: 1, Mood: 0.2, MoodHours: 8, Repeats: 0.1, Negative: [2]float64{0.1, 0.25}, MixMood: 0.1,
		Duplicates: 0.05, Shapes: []Shape{Quadratic, Steep}, Height: [2]float64{5, 15}, Least: 40, StormShare: [2]float64{0.65, 0.9}, NewsShare: [2]float64{1, 1}},
	{Name: "rhythmic", Daily: 0.9, Weekend: 0.5, Mood: 0.25, MoodHours: 12, Repeats: 0.2, Negative: [2]float64{0.05, 0.3}, MixMood: 0.2,
		Duplicates: 0.1, Shapes: []Shape{Quadratic, Steep, Explosive, Waves}, Height: [2]float64{4, 20}, Least: 30, StormShare: [2]float64{0.6, 0.9}, NewsShare: [2]float64{0.8, 1.2}, FloodTexts: true},
	{Name: "bursty", Daily: 0.6, Weekend: 0.8, Mood: 0.45, MoodHours: 5, Threads: 0.15, Repeats: 0.25, Negative: [2]float64{0.08, 0.35}, MixMood: 0.35,
		Duplicates: 0.15, Shapes: []Shape{Quadratic, Explosive, SlowBurn, Waves}, Height: [2]float64{5, 20}, Least: 30, StormShare: [2]float64{0.6, 0.85}, NewsShare: [2]float64{0.8, 1.3}},
	{Name: "shifting", Daily: 0.5, Weekend: 0.7, Mood: 0.35, MoodHours: 24, Threads: 0.05, Repeats: 0.1, Negative: [2]float64{0.05, 0.2}, MixMood: 0.2,
		Duplicates: 0.1, Shapes: []Shape{SlowBurn, Steep, Quadratic}, Height: [2]float64{6, 25}, Least: 50, StormShare: [2]float64{0.55, 0.8}, NewsShare: [2]float64{0.7, 1.2}, FloodTexts: true, ShiftEvery: 10},
}

// A World is one brand.
type World struct {
	Style
	Rate   float64 // ordinary posts an hour
	Until  int64   // the minute it ends with
	Posts  []Post
	Events []Event

	random         *rand.Rand
	mood, mix      float64
	negative       float64 // usual parts
	positive       float64
	level          float64
	lately         []int32 // authors
	authors, texts int32
}

// New is a brand that is talked about for some days, with nothing on it yet.
func New(style Style, rate float64, days int, seed uint64) *World {
	w := &World{Style: style, Rate: rate, Until: Start + int64(days)*day, level: 1, random: rand.New(rand.NewPCG(seed, uint64(rate)))}
	w.negative = w.between(style.Negative)
	w.positive = 0.1 + 0.25*w.random.Float64()
	return w
}

// EventEvery plans an event of a kind every so many days, from a day on.
func (w *World) EventEvery(kind Kind, first, days int64) {
	for from := Start + first*day; from+2*day <= w.Until; from += days * day {
		w.Plan(kind, from+int64(w.random.IntN(day)))
	}
}

// Run makes the posts.
func (w *World) Run() *World {
	shift := int64(w.ShiftEvery * day)
	for m := Start; m < w.Until; m++ {
		if shift > 0 && m > Start && (m-Start)%shift == 0 {
			w.level = math.Exp(0.5 * w.random.NormFloat64())
		}
		w.talk(m)
		for i := range w.Events {
			w.strike(&w.Events[i], m)
		}
	}
	slices.SortStableFunc(w.Posts, func(a, b Post) int { return int(a.Minute - b.Minute) })
	return w
}

// rhythm is the part of the ordinary rate that falls to a minute.
func (w *World) rhythm(m int64) float64 {
	x := 1 + w.Daily*math.Sin(2*math.Pi*float64(m%day-9*hour)/day)
	if (m-Start)%week >= 5*day {
		x *= w.Weekend
	}
	return x
}

// talk makes the ordinary posts of a minute.
func (w *World) talk(m int64) {
	keep := math.Exp(-1 / (w.MoodHours * hour))
	step := math.Sqrt(1 - keep*keep)
	w.mood = keep*w.mood + step*w.Mood*w.random.NormFloat64()
	w.mix = keep*w.mix + step*w.MixMood*w.random.NormFloat64()
	logit := math.Log(w.negative/(1-w.negative)) + w.mix
	negative := 1 / (1 + math.Exp(-logit))
	for range w.poisson(w.Rate / hour * w.level * w.rhythm(m) * math.Exp(w.mood-w.Mood*w.Mood/2)) {
		p := w.ordinary(m, negative)
		w.Posts = append(w.Posts, p)
		if w.random.Float64() >= w.Threads {
			continue
		}
		for range 1 + int(w.random.ExpFloat64()*3) { // replies, mostly of the same mind
			r := w.ordinary(m+int64(w.random.IntN(hour)), negative)
			if w.random.IntN(2) == 0 {
				r.Polarity = p.Polarity
			}
			w.Posts = append(w.Posts, r)
		}
	}
}

func (w *World) ordinary(m int64, negative float64) Post {
	p := Post{Minute: m, Polarity: w.polarity(negative, w.positive), Network: int8(w.random.IntN(2))}
	if len(w.lately) > 0 && w.random.Float64() < w.Repeats {
		p.Author = w.lately[w.random.IntN(len(w.lately))]
	} else {
		p.Author = w.stranger()
	}
	if w.random.Float64() < w.Duplicates {
		p.Text = 1 + int32(m/180)
	}
	if w.lately = append(w.lately, p.Author); len(w.lately) > 20 {
		w.lately = w.lately[1:]
	}
	return p
}

func (w *World) stranger() int32 {
	w.authors++
	return w.authors
}

func (w *World) polarity(negative, positive float64) int8 {
	switch u := w.random.Float64(); {
	case u < negative:
		return -1
	case u < negative+positive:
		return 1
	}
	return 0
}

func (w *World) between(span [2]float64) float64 {
	return span[0] + (span[1]-span[0])*w.random.Float64()
}

// poisson draws a count: Knuth's product for few, a rounded normal for many.
func (w *World) poisson(mean float64) int {
	if mean > 50 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*w.random.NormFloat64())))
	}
	limit, product, n := math.Exp(-mean), w.random.Float64(), 0
	for product > limit {
		product *= w.random.Float64()
		n++
	}
	return n
}

// Cells counts the world's posts as Groundswell does: an author once an hour, in the minute of the
// first post.
func (w *World) Cells() []spike.Cell {
	var cells []spike.Cell
	type who struct {
		author   int32
		polarity int8 // 2: any
	}
	seen, of := map[who]bool{}, int64(-1)
	first := func(author int32, polarity int8) int64 {
		k := who{author, polarity}
		if seen[k] {
			return 0
		}
		seen[k] = true
		return 1
	}
	for _, p := range w.Posts {
		if p.Minute/hour != of {
			of = p.Minute / hour
			clear(seen)
		}
		if n := len(cells); n == 0 || cells[n-1].Minute != p.Minute {
			cells = append(cells, spike.Cell{Minute: p.Minute})
		}
		c := &cells[len(cells)-1]
		c.Posts++
		c.Authors += first(p.Author, 2)
		switch p.Polarity {
		case -1:
			c.Negative++
			c.NegativeAuthors += first(p.Author, -1)
		case 1:
			c.Positive++
			c.PositiveAuthors += first(p.Author, 1)
		default:
			c.Neutral++
		}
	}
	return cells
}

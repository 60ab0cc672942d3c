package spike_test

import (
	"math"
	"math/rand/v2"

	"github.com/groundswell/groundswell/alerts/spike"
)

// world simulates the mentions of one brand, minute by minute, seeded: ordinary talk with a daily
// rhythm and slow moods, and events on top. Its parameters are invented, not fitted to anything.
type world struct {
	rng      *rand.Rand
	rate     float64 // ordinary posts an hour
	negative float64 // usual part of negative posts
	positive float64
	cells    []spike.Cell
	start    int64
	mood     float64
	events   []event
}

// An event adds posts: a rise to the peak and an exponential decay after it.
type event struct {
	kind        spike.Kind // "" for news: people talk, as negatively as ever
	from, peak  int64      // minutes
	posts       float64    // an hour, at the peak
	fall        float64    // minutes until a half is left
	negative    float64    // part
	positive    float64
	each        float64 // posts of each author
	tenth       int64   // filled in: the minute of its tenth post
	spokenSoFar int
}

func newWorld(seed uint64, rate float64) *world {
	rng := rand.New(rand.NewPCG(seed, 7))
	return &world{rng: rng, rate: rate, negative: 0.08 + 0.17*rng.Float64(), positive: 0.15 + 0.2*rng.Float64(), start: 29_000_000 - 29_000_000%1440}
}

func (w *world) poisson(mean float64) int64 {
	if mean > 50 {
		return max(0, int64(math.Round(mean+math.Sqrt(mean)*w.rng.NormFloat64())))
	}
	limit, product, n := math.Exp(-mean), 1.0, int64(0)
	for {
		product *= w.rng.Float64()
		if product <= limit {
			return n
		}
		n++
	}
}

// run simulates the minutes up to until and appends their cells.
func (w *world) run(until int64) {
	for m := w.start + int64(len(w.cells)); m < until; m++ {
		c := spike.Cell{Minute: m}
		w.mood = 0.998*w.mood + 0.019*w.rng.NormFloat64() // σ ≈ 0.3 over about eight hours
		rhythm := 1 + 0.6*math.Sin(2*math.Pi*float64(m%1440-540)/1440)
		w.say(&c, w.rate/60*rhythm*math.Exp(w.mood), w.negative, w.positive, 1.15)
		for i := range w.events {
			w.strike(&c, &w.events[i], m)
		}
		w.cells = append(w.cells, c)
	}
}

func (w *world) strike(c *spike.Cell, e *event, m int64) {
	if m < e.from {
		return
	}
	height := math.Exp2(-float64(m-e.peak) / e.fall)
	if m < e.peak {
		rise := float64(m-e.from) / float64(e.peak-e.from)
		height = rise * rise
	}
	n := w.say(c, e.posts/60*height, e.negative, e.positive, e.each)
	if e.spokenSoFar < 10 && e.spokenSoFar+int(n) >= 10 {
		e.tenth = m
	}
	e.spokenSoFar += int(n)
}

func (w *world) say(c *spike.Cell, mean, negative, positive, each float64) int64 {
	n := w.poisson(mean)
	for range n {
		c.Posts++
		fresh := w.rng.Float64() < 1/each
		if fresh {
			c.Authors++
		}
		switch u := w.rng.Float64(); {
		case u < negative:
			c.Negative++
			if fresh {
				c.NegativeAuthors++
			}
		case u < negative+positive:
			c.Positive++
			if fresh {
				c.PositiveAuthors++
			}
		default:
			c.Neutral++
		}
	}
	return n
}

const day = 1440

// add plans an event that begins at the minute.
func (w *world) add(kind spike.Kind, from int64) *event {
	factor := 5 + 15*w.rng.Float64()
	e := event{
		kind: kind, from: from, peak: from + 180 + int64(w.rng.IntN(360)), each: 1.2,
		posts: max(40, factor*w.rate), fall: 120 + 240*w.rng.Float64(), negative: w.negative, positive: w.positive,
	}
	switch kind {
	case spike.Firestorm:
		e.negative, e.positive = 0.65+0.25*w.rng.Float64(), 0.05
	case spike.Praise:
		e.negative, e.positive = 0.05, 0.6+0.3*w.rng.Float64()
	case spike.Coordinated:
		e.negative, e.positive, e.each, e.peak = 0.85, 0.02, 15, from+20
	}
	w.events = append(w.events, e)
	return &w.events[len(w.events)-1]
}

// detect runs the detector over the world as a daemon would: a month of history is learnt, then
// every ten minutes a step.
func detect(w *world, history int64) []spike.Change {
	learnt := w.start + history
	s := spike.State{At: learnt - 1, Base: spike.Learn(w.cells[:history], w.start, learnt-60, nil)}
	var changes []spike.Change
	for now := learnt + 10; now <= w.start+int64(len(w.cells)); now += 10 {
		var news []spike.Change
		s, news = spike.Step(s, spike.Input{Now: spike.Time(now), Cells: w.cells[s.From()-w.start : now-w.start]})
		changes = append(changes, news...)
	}
	return changes
}

// outcome is what a simulation found.
type outcome struct {
	storms, caught, early, incidents int
	delays                           []int64 // minutes from the tenth post of the storm
	events, wrong                    int     // other events, and those called a firestorm
	named                            int     // other events called by their kind
	days                             float64
	falseAlarms                      int
}

// simulate runs brands through 30 days of history and 24 days with an event every six days.
func simulate(rate float64, kind spike.Kind, brands int) outcome {
	var o outcome
	for seed := range uint64(brands) {
		w := newWorld(seed*31+uint64(rate), rate)
		const history, live = 30 * day, 24 * day
		for d := int64(1); d < 24; d += 6 {
			w.add(kind, w.start+history+d*day+int64(w.rng.IntN(day)))
		}
		w.run(w.start + history + live)
		o.judge(w, detect(w, history))
		o.days += 24
	}
	return o
}

func (o *outcome) judge(w *world, changes []spike.Change) {
	during := func(e *event, c *spike.Change) bool { return c.At >= e.from && c.At < e.peak+2*day }
	for i := range w.events {
		e := &w.events[i]
		first, named := int64(0), false
		for j := range changes {
			c := &changes[j]
			if c.Phase != spike.Open || !during(e, c) {
				continue
			}
			named = named || c.Kind == e.kind || e.kind == "" && c.Kind == spike.Volume
			if c.Kind == spike.Firestorm {
				o.incidents++
				if first == 0 {
					first = c.At
				}
			}
		}
		if e.kind != spike.Firestorm {
			o.events++
			if first != 0 {
				o.wrong++
			}
			if named {
				o.named++
			}
			continue
		}
		o.storms++
		if first != 0 {
			o.caught++
			o.delays = append(o.delays, max(0, first-e.tenth))
			if first < e.peak {
				o.early++
			}
		}
	}
	for j := range changes {
		c := &changes[j]
		inEvent := false
		for i := range w.events {
			inEvent = inEvent || during(&w.events[i], c)
		}
		if c.Phase == spike.Open && !inEvent && c.Kind == spike.Firestorm {
			o.falseAlarms++
		}
	}
}

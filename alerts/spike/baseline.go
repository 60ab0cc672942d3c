package spike

import "math"

const (
	quarter = 15 // minutes
	hour    = 60
	day     = 24 * hour

	settled = hour // minutes until a cell is final and may teach

	levelHalfLife      = 4 * day
	dispersionHalfLife = 14 * day

	clipSigmas   = 2       // what exceeds the mean by more teaches no more than this
	shiftAfter   = 24 * 60 // minutes above the clip until it is a new level and not an event
	usualSpread  = 0.25    // the dispersion supposed before there is evidence
	spreadWeight = 20      // what that is worth, in the unit of Level.Square
	leastSpread  = 0.03
	mostSpread   = 1.2
	enough       = day // minutes learnt until the baseline is no longer cold
)

// A Level is what is usual for one count over stretches of one length: the mean, and how far the
// counts scatter beyond a Poisson process, both forgetting exponentially.
type Level struct {
	Mean   float64 `json:"m"`
	Weight float64 `json:"w"` // stretches that the mean rests on
	Over   float64 `json:"o"` // weighted sum of (x − mean)² − mean
	Square float64 `json:"s"` // weighted sum of mean²
	High   float64 `json:"h"` // minutes in which the count stood above the clip, less those below
}

// spread is the dispersion d of variance = mean + d·mean².
func (l *Level) spread() float64 {
	d := (l.Over + usualSpread*spreadWeight) / (l.Square + spreadWeight)
	return min(max(d, leastSpread), mostSpread)
}

func (l *Level) sigma() float64 {
	return math.Sqrt(l.Mean + l.spread()*l.Mean*l.Mean)
}

// learn takes in the count of one more stretch.
func (l *Level) learn(x float64, minutes int64) {
	known := l.Weight * float64(minutes)
	clip := l.Mean + clipSigmas*l.sigma() + 1
	switch {
	case known < enough: // nothing to measure an event by yet
	case x <= clip:
		l.High = max(0, l.High-float64(minutes))
	case l.High < shiftAfter:
		l.High += float64(minutes)
		x = clip
	default: // it has stood there for a day: this is the level now
		l.Weight = min(l.Weight, float64(enough/2/minutes))
	}
	if known >= enough/4 {
		keep := math.Exp2(-float64(minutes) / dispersionHalfLife)
		l.Over = l.Over*keep + (x-l.Mean)*(x-l.Mean) - l.Mean
		l.Square = l.Square*keep + l.Mean*l.Mean
	}
	l.Weight = l.Weight*math.Exp2(-float64(minutes)/levelHalfLife) + 1
	l.Mean += (x - l.Mean) / l.Weight
}

// A Baseline is what is usual for a monitor.
type Baseline struct {
	Until   int64          `json:"until"`   // the first minute not learnt yet, the start of a quarter hour
	Learnt  int64          `json:"learnt"`  // minutes it rests on
	Quarter [streams]Level `json:"quarter"` // by quarter hours
	Hour    [streams]Level `json:"hour"`    // by hours
	Surge   Surge          `json:"surge"`
}

// Cold says whether the baseline rests on less than a day.
func (b *Baseline) Cold() bool { return b.Learnt < enough }

// Learn builds the baseline from stored cells (of a minute, or summed by quarter hours), in
// order, from the first minute up to until. What lies in skip teaches nothing: the source was
// blind, or an incident was on.
func Learn(cells []Cell, from, until int64, skip []Span) Baseline {
	b := Baseline{Until: from - from%hour}
	next := search(cells, b.Until)
	var hourly Cell
	for b.Until+quarter <= until {
		block := Cell{Minute: b.Until}
		for ; next < len(cells) && cells[next].Minute < b.Until+quarter; next++ {
			block.add(&cells[next], 1)
		}
		if b.Until%hour == 0 {
			hourly = Cell{Minute: b.Until}
		}
		hourly.add(&block, 1)
		b.learn(&block, &hourly, skip)
	}
	return b
}

// acceptShift lets what is above the clip be learnt as a new level at once.
func (b *Baseline) acceptShift() {
	for s := range streams {
		b.Quarter[s].High, b.Hour[s].High = shiftAfter, shiftAfter
	}
}

// learn takes in the next quarter hour, and the hour when it ends with it.
func (b *Baseline) learn(block, hourly *Cell, skip []Span) {
	start := b.Until
	b.Until += quarter
	if !anyOverlaps(skip, start, b.Until) {
		b.Learnt += quarter
		for s := range streams {
			b.Quarter[s].learn(float64(block.count(s)), quarter)
		}
	}
	if b.Until%hour == 0 && !anyOverlaps(skip, b.Until-hour, b.Until) {
		for s := range streams {
			b.Hour[s].learn(float64(hourly.count(s)), hour)
		}
	}
}

// usual is the mean and the dispersion of a count over a window.
func (b *Baseline) usual(s stream, minutes int64) (mean, dispersion float64) {
	level := &b.Quarter[s]
	if minutes == hour {
		level = &b.Hour[s]
	}
	if b.Cold() {
		return max(level.Mean, 1), mostSpread
	}
	return max(level.Mean, 0.02), level.spread()
}

// usualShare is the part of the people that usually belongs to the stream, drawn towards a
// fifth while little is known.
func (b *Baseline) usualShare(s stream) float64 {
	const prior, weight = 0.2, 10
	people := b.Hour[allAuthors].Mean * b.Hour[allAuthors].Weight
	share := (b.Hour[s].Mean*b.Hour[s].Weight + prior*weight) / (people + weight)
	return min(max(share, 0.02), 0.95)
}

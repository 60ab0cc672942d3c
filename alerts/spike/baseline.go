package spike

import "math"

const (
	quarter = 15 // minutes
	hour    = 60
	day     = 24 * hour
	episode = 3 * hour

	settled = hour // minutes until a cell is final and may teach

	levelHalfLife      = 4 * day
	dispersionHalfLife = 14 * day

	clipSigmas   = 2       // what exceeds the mean by more teaches no more than this
	shiftAfter   = 24 * 60 // minutes above the clip until it is a new level and not an event
	usualSpread  = 0.25    // the dispersion supposed before there is evidence
	spreadWeight = 20      // what that is worth, in the unit of Level.Square
	leastSpread  = 0.03
	mostSpread   = 1.2
	leastMean    = 0.02 // of a window: nothing is so rare that once were a wonder
	usualPart    = 0.2  // of the people, of one polarity, supposed where there are no peers
	enough       = day  // minutes learnt until the baseline is no longer cold
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

// clip is the count of a stretch, of which mean is usual, beyond which more teaches no more.
func (l *Level) clip(mean float64) float64 {
	return mean + clipSigmas*math.Sqrt(mean+l.spread()*mean*mean) + 1
}

// learn takes in the count of one more stretch, on which the level times the factor falls.
func (l *Level) learn(x float64, minutes int64, factor float64) {
	known := l.Weight * float64(minutes)
	mean := l.Mean * factor
	clip := l.clip(mean)
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
		l.Over = l.Over*keep + (x-mean)*(x-mean) - mean
		l.Square = l.Square*keep + mean*mean
	}
	l.Weight = l.Weight*math.Exp2(-float64(minutes)/levelHalfLife) + factor
	l.Mean += (x - mean) / l.Weight
}

// A Baseline is what is usual for a monitor.
type Baseline struct {
	Until   int64          `json:"until"`   // the first minute not learnt yet, the start of a quarter hour
	Learnt  int64          `json:"learnt"`  // minutes it rests on
	Quarter [streams]Level `json:"quarter"` // by quarter hours
	Hour    [streams]Level `json:"hour"`    // by hours
	Rhythm  Rhythm         `json:"rhythm"`
	Surge   Surge          `json:"surge"`
	Peers   *Peers         `json:"peers,omitempty"` // nil: unknown, or not needed any more
}

// Cold says whether the baseline rests on less than a day.
func (b *Baseline) Cold() bool { return b.Learnt < enough }

// bare says whether there is nothing to go by: less than a day of its own, and no peers or not even
// the hour that says which of them are like it.
func (b *Baseline) bare() bool { return b.Cold() && (b.Peers == nil || b.Learnt < hour) }

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
		if b.Learnt += quarter; b.Learnt >= peersUntil {
			b.Peers = nil
		}
		learnAll(&b.Quarter, block, quarter, b.factor(start, quarter))
	}
	if b.Until%hour == 0 && !anyOverlaps(skip, b.Until-hour, b.Until) {
		b.learnHour(hourly)
	}
}

func (b *Baseline) learnHour(hourly *Cell) {
	start := b.Until - hour
	factor := b.factor(start, hour)
	if people := &b.Hour[allAuthors]; !b.Cold() {
		b.Rhythm.learn(start, min(float64(hourly.Authors), people.clip(people.Mean*factor)), people.Mean, people.spread())
	}
	learnAll(&b.Hour, hourly, hour, factor)
}

// learnAll takes in a stretch. The level of volume is that of all hours alike.
func learnAll(levels *[streams]Level, c *Cell, minutes int64, factor float64) {
	for s := range streams {
		by := factor
		if s == allAuthors {
			by = 1
		}
		levels[s].learn(float64(c.count(s)), minutes, by)
	}
}

// factor is what the rhythm makes of the minutes from one on, as a multiple of the level.
func (b *Baseline) factor(from, minutes int64) float64 {
	return b.Rhythm.factor(from+minutes/2, b.Hour[allAuthors].Mean)
}

// usual is the mean and the dispersion of a count over a window.
func (b *Baseline) usual(s stream, w *window) (mean, dispersion float64) {
	mean, dispersion = b.level(s, w)
	if b.Cold() {
		return mean, dispersion
	}
	return max(mean*w.factor, leastMean), dispersion
}

// level is usual without the rhythm. Volume is measured by it: a peak stands out among all hours,
// not among those of its own time of day.
func (b *Baseline) level(s stream, w *window) (mean, dispersion float64) {
	level := &b.Quarter[s]
	hours := 1.0
	if w.minutes >= hour {
		level, hours = &b.Hour[s], float64(w.minutes)/hour
	}
	switch {
	case b.bare():
		return max(level.Mean*hours, 1), mostSpread
	case b.Cold():
		return b.young(s, w)
	}
	return max(level.Mean*hours, leastMean), level.spread()
}

// usualShare is the part of the people that usually belongs to the stream, drawn towards what is
// usual among others while little is known.
func (b *Baseline) usualShare(s stream) float64 {
	prior, weight := usualPart, 10.0
	if b.Peers != nil {
		prior, weight = b.Peers.Classes[classOf(b.Hour[allAuthors].Mean)].Part[s], partWeight
	}
	people := b.Hour[allAuthors].Mean * b.Hour[allAuthors].Weight
	share := (b.Hour[s].Mean*b.Hour[s].Weight + prior*weight) / (people + weight)
	return min(max(share, 0.02), 0.95)
}

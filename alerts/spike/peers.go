package spike

import (
	"math"
	"slices"
)

const (
	peersLeast  = 3        // monitors that it takes to say what is usual among them
	peerKnown   = 7 * day  // minutes that each of them has learnt, at least
	peersUntil  = 14 * day // minutes learnt from which a monitor is measured by itself alone
	levelWeight = 0.25     // hours of the monitor's own that the level of its peers is worth: levels differ widely
	partWeight  = 20.0     // people of its own that their parts are worth
	moodHours   = 6.0      // hours of one mood: they say little about the next
	moodDoubt   = 0.7      // the dispersion that comes of knowing one mood only
	youngHours  = 8.0      // hours after which half of the floor for the unknown is gone

	classRatio  = 4.0 // between the volumes of two classes
	classFirst  = -2  // the class of the smallest
	classes     = 8
	classWeight = 3.0 // monitors of a class that all peers are worth
)

// Peers are what is usual among the monitors that are known when another is new. They are never
// changed, and kept in its state: the same cells give the same incidents.
type Peers struct {
	People  float64        `json:"people"` // in an hour, the median
	Classes [classes]Class `json:"classes"`
}

// A Class is what is usual among monitors of about the same volume.
type Class struct {
	Part    [streams]float64 `json:"p"` // of the people, the median
	Quarter [streams]float64 `json:"q"` // the median dispersion of quarter hours …
	Hour    [streams]float64 `json:"h"` // … and of hours
}

// NewPeers says what is usual among monitors, without those known too briefly; nil where too few
// are left. Their order does not matter.
func NewPeers(all []*Baseline) *Peers {
	var known []*Baseline
	var groups [classes][]*Baseline
	for _, b := range all {
		if people := b.Hour[allAuthors].Mean; b.Learnt >= peerKnown && people > 0 {
			known = append(known, b)
			groups[classOf(people)] = append(groups[classOf(people)], b)
		}
	}
	if len(known) < peersLeast {
		return nil
	}
	p := &Peers{People: median(known, func(b *Baseline) float64 { return b.Hour[allAuthors].Mean })}
	whole := newClass(known)
	for i, group := range groups {
		p.Classes[i] = whole
		if n := float64(len(group)); n > 0 {
			p.Classes[i].draw(newClass(group), n/(n+classWeight))
		}
	}
	return p
}

// Alone says whether the monitor is so new that peers would help to judge it, and has none.
func (b *Baseline) Alone() bool { return b.Peers == nil && b.Learnt < peersUntil }

func classOf(people float64) int {
	n := math.Round(math.Log(max(people, 1e-3)) / math.Log(classRatio))
	return min(max(int(n)-classFirst, 0), classes-1)
}

func newClass(some []*Baseline) (c Class) {
	for s := range streams {
		c.Part[s] = median(some, func(b *Baseline) float64 { return b.Hour[s].Mean / b.Hour[allAuthors].Mean })
		c.Quarter[s] = median(some, func(b *Baseline) float64 { return b.Quarter[s].spread() })
		c.Hour[s] = median(some, func(b *Baseline) float64 { return b.Hour[s].spread() })
	}
	return c
}

// draw moves the class towards another.
func (c *Class) draw(to Class, weight float64) {
	for s := range streams {
		c.Part[s] += weight * (to.Part[s] - c.Part[s])
		c.Quarter[s] += weight * (to.Quarter[s] - c.Quarter[s])
		c.Hour[s] += weight * (to.Hour[s] - c.Hour[s])
	}
}

func median(some []*Baseline, of func(*Baseline) float64) float64 {
	all := make([]float64, len(some))
	for i, b := range some {
		all[i] = of(b)
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

// young is the level of a count in the window of a monitor that has not been known for a day: its
// own drawn towards its peers', and scattering the more, the less is known.
func (b *Baseline) young(s stream, w *window) (mean, dispersion float64) {
	known := float64(b.Learnt) / hour
	people := b.Quarter[allAuthors].Mean * hour / quarter
	level := (b.Peers.People*levelWeight + people*known) / (levelWeight + known)
	c := &b.Peers.Classes[classOf(level)]
	part := (c.Part[s]*partWeight + b.Quarter[s].Mean*hour/quarter*known) / (partWeight + people*known)
	if dispersion = c.Hour[s]; w.minutes < hour {
		dispersion = c.Quarter[s]
	}
	dispersion += moodDoubt * moodHours / (known + moodHours/mostSpread)
	return max(level*part*float64(w.minutes)/hour, leastMean), min(dispersion, mostSpread)
}

// floor is how many people an incident takes at least.
func (b *Baseline) floor() int64 {
	switch {
	case !b.Cold():
		return peopleFloor
	case b.bare():
		return coldFloor
	}
	known := float64(b.Learnt) / hour
	return int64(math.Ceil(peopleFloor + (coldFloor-peopleFloor)*youngHours/(youngHours+known)))
}

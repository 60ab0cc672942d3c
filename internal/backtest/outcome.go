package backtest

import (
	"slices"
	"time"

	"github.com/groundswell/groundswell/alerts/reason"
	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/simulate"
)

// An Outcome is what a detector made of the events of simulated brands.
type Outcome struct {
	Days      float64 // that were judged, of all brands
	Events    int
	Caught    int     // in which a firestorm was opened
	Early     int     // before the peak
	Incidents int     // firestorms opened in events
	Named     int     // events of which an incident of their own kind was opened
	False     int     // firestorms outside of events
	Other     int     // incidents of other kinds outside of events
	Delays    []int64 // minutes from the tenth post of an event to its firestorm
}

// Add sums outcomes up.
func (o *Outcome) Add(b Outcome) {
	o.Days += b.Days
	o.Events, o.Caught, o.Early, o.Incidents = o.Events+b.Events, o.Caught+b.Caught, o.Early+b.Early, o.Incidents+b.Incidents
	o.Named, o.False, o.Other = o.Named+b.Named, o.False+b.False, o.Other+b.Other
	o.Delays = append(o.Delays, b.Delays...)
}

// Delay is the median delay, in minutes.
func (o *Outcome) Delay() int64 {
	if len(o.Delays) == 0 {
		return -1
	}
	return slices.Sorted(slices.Values(o.Delays))[len(o.Delays)/2]
}

// ownKinds are what an event may rightly be called. A table of storms does not say who is delighted.
var ownKinds = map[simulate.Kind][]spike.Kind{simulate.Storm: {spike.Firestorm}, simulate.Praise: {spike.Praise, spike.Volume},
	simulate.News: {spike.Volume}, simulate.Flood: {spike.Coordinated}}

// aftermath is how long after an event what is opened still counts as part of it.
const aftermath = 12 * 60

// Judge compares incidents with the events that there were. Bins are so many minutes wide: what a
// bin decides is known when it has ended.
func Judge(w *simulate.World, incidents []Incident, minutes int64) Outcome {
	o := Outcome{Days: float64(w.Until-simulate.Start) / (24 * 60), Events: len(w.Events)}
	within := func(e *simulate.Event, at int64) bool { return at >= e.From-minutes && at < e.Until+aftermath }
	for i := range w.Events {
		e := &w.Events[i]
		first, named := int64(-1), false
		for k := range incidents {
			at := spike.Minute(incidents[k].OpenedAt)
			if !within(e, at) {
				continue
			}
			named = named || slices.Contains(ownKinds[e.Kind], incidents[k].Kind)
			if incidents[k].Kind != spike.Firestorm {
				continue
			}
			o.Incidents++
			if first < 0 {
				first = at + minutes
			}
		}
		if named {
			o.Named++
		}
		if first < 0 {
			continue
		}
		o.Caught++
		if first <= e.Peak {
			o.Early++
		}
		o.Delays = append(o.Delays, max(0, first-e.Tenth))
	}
	for k := range incidents {
		at := spike.Minute(incidents[k].OpenedAt)
		if slices.ContainsFunc(w.Events, func(e simulate.Event) bool { return within(&e, at) }) {
			continue
		}
		if incidents[k].Kind == spike.Firestorm {
			o.False++
		} else {
			o.Other++
		}
	}
	return o
}

// WatchCells finds the incidents of cells of a minute each, as a daemon would.
func WatchCells(cells []spike.Cell, from, until int64) []Incident {
	return watchCells(cells, from, until, nil)
}

func watchCells(cells []spike.Cell, from, until int64, peers *spike.Peers) []Incident {
	s := spike.State{At: from - 1, Base: spike.Baseline{Peers: peers}}
	var all []Incident
	place := map[spike.Kind]int{}
	const step = 10
	for now := from + step; now <= until; now += step {
		first := searchCell(cells, s.From())
		var changes []spike.Change
		s, changes = spike.Step(s, spike.Input{Now: spike.Time(now), Cells: cells[first:searchCell(cells, now)]})
		for k := range changes {
			note(&all, place, &changes[k], spike.Time)
		}
	}
	peaks(all, place, s.Tracks, spike.Time)
	return all
}

func searchCell(cells []spike.Cell, minute int64) int {
	i, _ := slices.BinarySearchFunc(cells, minute, func(c spike.Cell, m int64) int { return int(c.Minute - m) })
	return i
}

// note brings a list of incidents up to date with a change. place is the last one of each kind.
func note(all *[]Incident, place map[spike.Kind]int, c *spike.Change, at func(int64) time.Time) {
	n, known := place[c.Kind]
	if !known || !(*all)[n].OpenedAt.Equal(at(c.Opened)) {
		n = len(*all)
		place[c.Kind] = n
		*all = append(*all, Incident{Kind: c.Kind, OpenedAt: at(c.Opened), Reasons: reason.Texts(c.Reasons, "en")})
	}
	i := &(*all)[n]
	i.PeakAt, i.Severity, i.ResolvedAt = at(c.PeakAt), c.Severity, nil
	if c.Phase == spike.Resolved {
		resolved := at(c.Resolved)
		i.ResolvedAt = &resolved
	}
}

// peaks brings the peaks of the incidents that are on up to date: no change tells of one.
func peaks(all []Incident, place map[spike.Kind]int, on []spike.Track, at func(int64) time.Time) {
	for i := range on {
		if t := &on[i]; t.Phase != spike.Resolved {
			all[place[t.Kind]].PeakAt = at(t.PeakAt)
		}
	}
}

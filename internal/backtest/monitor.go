package backtest

import (
	"math"
	"slices"
	"time"

	"github.com/groundswell/groundswell/alerts/spike"
)

// A Run asks the detector about the stored cells of one monitor.
type Run struct {
	Cells       []spike.Cell // in order, with those that the baseline is learnt from
	Blind       []spike.Span
	Peers       *spike.Peers // of a monitor that is new; nil: none
	From, Until int64        // the minutes to judge
	Surprise    float64      // what it takes to open an incident; 0: spike.Usual
	Look        func(kind spike.Kind, from, until int64) (spike.Evidence, bool)
	Spread      func(kind spike.Kind, from, until int64) ([]spike.Arrival, bool)
	Progress    func(minutes int64) // how many more have been judged; may be nil
}

// A Point of a curve is one hour.
type Point struct {
	At                time.Time
	Posts, Negative   int64   // people with a negative post
	Usual, UsualAngry float64 // people, and people with a negative post
}

// Judge returns what would have fired, and the curve by hours. It learns from what lies before
// From as a detector does to which the monitor is new.
func (r *Run) Judge() ([]Incident, []Point) {
	state := spike.State{At: r.From - 1}
	if len(r.Cells) > 0 && r.Cells[0].Minute < r.From {
		state.Base = spike.Learn(r.Cells, r.Cells[0].Minute, (r.From-60)/15*15, r.Blind)
	}
	state.Base.Peers = r.Peers
	var all []Incident
	var curve []Point
	place := map[spike.Kind]int{}
	const step = 60
	for judged, now := r.From, min(r.From+step, r.Until); ; judged, now = now, min(now+step, r.Until) {
		in := spike.Input{Now: spike.Time(now), Blind: r.Blind, Look: r.Look, Spread: r.Spread, Surprise: r.Surprise,
			Cells: r.Cells[searchCell(r.Cells, state.From()):searchCell(r.Cells, now)]}
		var point Point
		in.Trace = func(j spike.Judged) {
			point = Point{At: spike.Time(j.Minute), Posts: j.People, Negative: j.Negative, Usual: j.UsualPeople, UsualAngry: j.UsualNegative}
		}
		var changes []spike.Change
		state, changes = spike.Step(state, in)
		curve = append(curve, point)
		for k := range changes {
			note(&all, place, &changes[k], spike.Time)
		}
		if r.Progress != nil {
			r.Progress(now - judged)
		}
		if now >= r.Until {
			peaks(all, place, state.Tracks, spike.Time)
			return all, curve
		}
	}
}

// A Verdict is what a person said of an incident.
type Verdict struct {
	Kind        spike.Kind
	From, Until time.Time // of the incident; Until zero: not over
	False       bool      // it should not have been opened
}

// A Proposal is a setting, with what it would have made of the verdicts.
type Proposal struct {
	Surprise    float64
	Kept, Right int // incidents that were right and would have been opened, of all that were right
	Told, False int // false alarms that would have been opened, of all false alarms
}

// candidates are the settings that are tried.
var candidates = []float64{4, 5, spike.Usual, 6, 7, 8, 10, 12, 15, 20, 30}

// missWeight is how many false alarms an incident is worth that nobody is told of.
const missWeight = 3

// Propose tries other settings and returns the one that people would have been most content with;
// of equals the one nearest to the usual.
func (r Run) Propose(verdicts []Verdict) (best Proposal, tried []Proposal) {
	least := math.Inf(1)
	for _, surprise := range candidates {
		r.Surprise = surprise
		found, _ := r.Judge()
		p := Proposal{Surprise: surprise}
		for _, v := range verdicts {
			opened := slices.ContainsFunc(found, v.is)
			switch {
			case v.False:
				p.False++
				if opened {
					p.Told++
				}
			default:
				p.Right++
				if opened {
					p.Kept++
				}
			}
		}
		cost := float64(p.Told+missWeight*(p.Right-p.Kept)) + math.Abs(math.Log(surprise/spike.Usual))/100
		if cost < least {
			least, best = cost, p
		}
		tried = append(tried, p)
	}
	return best, tried
}

// is says whether an incident is the one that was judged: of its kind, and opened while it was on
// or within an hour of it.
func (v Verdict) is(i Incident) bool {
	until := v.Until
	if until.IsZero() {
		until = v.From.Add(24 * time.Hour)
	}
	return i.Kind == v.Kind && !i.OpenedAt.Before(v.From.Add(-time.Hour)) && !i.OpenedAt.After(until.Add(time.Hour))
}

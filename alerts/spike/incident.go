package spike

import "github.com/groundswell/groundswell/alerts/reason"

// A Kind is what an incident is.
type Kind string

// The kinds.
const (
	Firestorm   Kind = "firestorm"   // many people turn against the brand
	Volume      Kind = "volume"      // many people talk, neither for nor against
	Coordinated Kind = "coordinated" // few accounts, or one text in many mouths
	Praise      Kind = "praise"      // many people are delighted
)

// A Phase is where an incident stands in its life.
type Phase string

// The phases.
const (
	Open       Phase = "open"
	Escalating Phase = "escalating"
	Subsiding  Phase = "subsiding"
	Resolved   Phase = "resolved"
)

const (
	lowMinutes   = 30        // minutes under half the peak until it subsides
	calmMinutes  = 2 * hour  // minutes without surprise until it is resolved
	reopenWithin = 12 * hour // minutes after which a new wave is a new incident
	frozenFor    = day       // minutes that an incident keeps the baseline from learning …
	fadingFor    = 4 * day   // … and, of a crowd that loses interest, until what is left is a new level
	calm         = 1.0       // surprise below which a window is as usual
)

// A Track is an incident as the detector follows it. Minutes are counted since 1970.
type Track struct {
	Kind     Kind    `json:"kind"`
	Phase    Phase   `json:"phase"`
	Severity int     `json:"severity"` // the highest so far
	Opened   int64   `json:"opened"`   // the minute whose cell decided
	Resolved int64   `json:"resolved,omitempty"`
	Peak     float64 `json:"peak"` // largest excess of an hour over the usual
	PeakAt   int64   `json:"peak_at"`
	Wave     float64 `json:"wave"`            // largest excess since it was opened or reopened
	Told     float64 `json:"told"`            // excess when it was last told
	People   int64   `json:"people"`          // most people (or posts) in an hour …
	Usual    float64 `json:"usual"`           // … and how many are usual in that one
	Crowd    int64   `json:"crowd,omitempty"` // of a flood: most people with a negative post in an hour, as it began
	Genuine  float64 `json:"genuine"`         // part of them that is independent, as last looked up
	Networks int     `json:"networks"`
	Spread   *spread `json:"spread,omitempty"` // where it is known to be; nil: not yet
	Low      int64   `json:"low,omitempty"`    // minutes under half the peak
	Calm     int64   `json:"calm,omitempty"`   // minutes without surprise
	Reopened int     `json:"reopened,omitempty"`
}

// A Change is news about an incident. Kind and Opened name the incident of a monitor.
type Change struct {
	Track
	At       int64 // the minute that decided
	Reasons  []reason.Reason
	Evidence Evidence // empty where nothing was looked up
}

func (t *Track) live() bool { return t.Phase != Resolved }

// follow moves a live incident on by one minute and reports whether its phase changed.
func (t *Track) follow(minute int64, short, long *window, b *Baseline, blind bool) (changed bool) {
	count, usual, spread := b.followed(t.Kind, long)
	excess := float64(count) - usual
	t.take(long, b)
	if t.Kind == Coordinated && minute < t.Opened+quarter {
		t.Crowd = max(t.Crowd, long.NegativeAuthors)
	}
	if excess > t.Peak {
		t.Peak, t.PeakAt = excess, minute
	}
	rising := excess >= 2*t.Told || t.Phase == Subsiding && excess > t.Wave
	t.Wave = max(t.Wave, excess)
	if rising {
		t.escalate()
		t.Told = excess
		return true
	}
	if blind {
		return false // silence now says nothing
	}
	if excess < t.Wave/2 {
		t.Low++
	} else {
		t.Low = 0
	}
	if Surprise(count, usual, spread) < calm && b.quiet(t.Kind, short) {
		t.Calm++
	} else {
		t.Calm = 0
	}
	switch {
	case t.Calm >= calmMinutes:
		t.Phase, t.Resolved = Resolved, minute
		return true
	case t.Low >= lowMinutes && t.Phase != Subsiding:
		t.Phase = Subsiding
		return true
	}
	return false
}

// take takes in the hour, which may be the busiest so far.
func (t *Track) take(long *window, b *Baseline) {
	if people := long.count(of(t.Kind)); people > t.People {
		t.People = people
		t.Usual, _ = b.usual(of(t.Kind), long)
	}
}

// escalate makes a live incident escalate, whatever of it is low or calm.
func (t *Track) escalate() { t.Phase, t.Low, t.Calm = Escalating, 0, 0 }

// followed is the count by which an incident of a kind is followed, and what is usual for it: the
// people it takes, and for a flood the posts beyond one for each author, so that a crowd which
// comes after it does not keep it alive.
func (b *Baseline) followed(kind Kind, w *window) (count int64, usual, spread float64) {
	usual, spread = b.usual(of(kind), w)
	count = w.count(of(kind))
	if kind == Coordinated {
		people, _ := b.usual(allAuthors, w)
		count, usual = count-w.Authors, max(0, usual-people)
	}
	return count, usual, spread
}

// quiet says that a window is not surprising.
func (b *Baseline) quiet(kind Kind, w *window) bool {
	count, usual, spread := b.followed(kind, w)
	return Surprise(count, usual, spread) < calm
}

// reopen begins a new wave of the same incident.
func (t *Track) reopen(excess float64) {
	t.Phase, t.Resolved, t.Low, t.Calm = Open, 0, 0, 0
	t.Told, t.Wave = excess, excess
	t.Reopened++
}

// frozen is the span in which the incident keeps the baseline from learning.
func (t *Track) frozen() Span {
	until := t.Opened + frozenFor
	if fades := t.Phase == Subsiding || t.Phase == Resolved; fades && t.Kind != Volume {
		until = t.Opened + fadingFor
	}
	if !t.live() {
		until = min(until, t.Resolved)
	}
	return Span{From: t.Opened - hour, Until: until}
}

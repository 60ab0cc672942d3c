package spike

import (
	"cmp"
	"slices"
	"time"

	"github.com/groundswell/groundswell/alerts/reason"
)

// State is what the detector knows of a monitor. It is a plain value: marshalled to JSON and
// read back, it goes on as before.
type State struct {
	At     int64    `json:"at"` // the last minute judged; 0: none yet
	Base   Baseline `json:"base"`
	Tracks []Track  `json:"tracks,omitempty"` // live incidents, and those that may reopen
}

// From is the first minute whose cells the next Step needs.
func (s *State) From() int64 {
	from := s.At + 1 - episode
	if s.Base.Until > 0 {
		from = min(from, s.Base.Until-s.Base.Until%hour)
	}
	return from
}

// Live says whether an incident is on.
func (s *State) Live() bool {
	return slices.ContainsFunc(s.Tracks, func(t Track) bool { return t.live() })
}

// Input is what one Step works on.
type Input struct {
	Now   time.Time
	Cells []Cell // in order, from State.From() on, at most one a minute
	Blind []Span // minutes in which a source could not be heard; silence then says nothing
	// Look fetches the evidence for the minutes [from, until), or says that there is none. It may
	// be nil. It must answer the same for the same mentions.
	Look func(kind Kind, from, until int64) (Evidence, bool)
	// Spread fetches what each network says within an incident of a kind in the minutes
	// [from, until), in a fixed order. It may be nil, and answers the same for the same mentions.
	Spread func(kind Kind, from, until int64) ([]Arrival, bool)
	// OpenFrom is the first minute that may open an incident: what was over before the detector
	// came is not news.
	OpenFrom int64
	// Surprise is what it takes to open an incident; 0: Usual. Less is more sensitive.
	Surprise float64
	// Trace is told of each minute that is judged; it may be nil.
	Trace func(Judged)
}

// Step judges the minutes that have ended since the last Step, in order, and returns the new
// state and what changed. The state it was given stays as it is.
func Step(s State, in Input) (State, []Change) {
	last := Minute(in.Now) - 1
	if s.At == 0 {
		s.At = last - 1
	}
	if s.At >= last {
		return s, nil
	}
	s.Tracks = slices.Clone(s.Tracks)
	r := run{State: s, in: in, short: newWindow(in.Cells, quarter, s.At), long: newWindow(in.Cells, hour, s.At), whole: newWindow(in.Cells, episode, s.At), alarm: cmp.Or(in.Surprise, Usual)}
	for m := s.At + 1; m <= last; m++ {
		r.short.moveTo(m)
		r.long.moveTo(m)
		r.whole.moveTo(m)
		r.learn(m)
		r.short.factor, r.long.factor = r.Base.factor(r.short.Minute, quarter), r.Base.factor(r.long.Minute, hour)
		r.whole.factor = r.Base.factor(r.whole.Minute, episode)
		r.mark(m)
		r.judge(m)
		r.At = m
	}
	return r.State, r.changes
}

// run is one Step in progress.
type run struct {
	State
	in          Input
	short, long window
	whole       window // of the episode
	alarm       float64
	changes     []Change
}

// learn takes in the quarter hours that have become final by the minute.
func (r *run) learn(minute int64) {
	if r.Base.Until == 0 {
		start := minute + 1 - settled
		r.Base.Until = start - start%hour + hour
	}
	for r.Base.Until+quarter+settled <= minute+1 {
		from := r.Base.Until
		block := sum(r.in.Cells, from, from+quarter)
		hourly := block
		if (from+quarter)%hour == 0 {
			hourly = sum(r.in.Cells, from+quarter-hour, from+quarter)
		}
		r.Base.learn(&block, &hourly, r.unlearnable(from))
	}
}

// unlearnable is what must not teach: blind minutes and incidents. An incident that outlives its
// freeze is the new level, and is accepted as such.
func (r *run) unlearnable(from int64) []Span {
	if len(r.Tracks) == 0 {
		return r.in.Blind
	}
	skip := slices.Clone(r.in.Blind)
	for i := range r.Tracks {
		t := &r.Tracks[i]
		skip = append(skip, t.frozen())
		if t.live() && from >= t.frozen().Until {
			r.Base.acceptShift()
		}
	}
	return skip
}

// judge follows the incidents that are on and opens those that begin with the minute.
func (r *run) judge(minute int64) {
	if len(r.Tracks) > 0 {
		r.followAll(minute)
	}
	if minute < r.in.OpenFrom || r.long.Posts < peopleFloor {
		return
	}
	if !r.live(Firestorm) {
		r.openCrowd(Firestorm, minute)
	}
	if r.live(Firestorm) {
		return // whatever else goes on is part of it
	}
	if !r.live(Praise) {
		r.openCrowd(Praise, minute)
	}
	if !r.live(Coordinated) {
		if f, ok := r.stronger(r.Base.flood); ok {
			ev, _ := r.look(&f, minute)
			r.open(&f, &ev, minute)
		}
	}
	if !r.Live() {
		r.openVolume(minute)
	}
}

// openCrowd opens a firestorm or praise when many independent people take part, and a
// coordinated incident when the crowd turns out to be one text or one account.
func (r *run) openCrowd(kind Kind, minute int64) {
	f, ok := r.stronger(func(w *window, alarm float64) (finding, bool) { return r.Base.crowd(kind, w, -1, alarm) })
	if !ok || !r.Base.lasting(kind, &r.whole) {
		return
	}
	ev, known := r.look(&f, minute)
	if !known {
		r.open(&f, &ev, minute)
		return
	}
	w := r.window(&f)
	people := genuinePeople(&f, &ev)
	if genuine, ok := r.Base.crowd(kind, w, people, r.alarm); ok {
		if genuine.count >= r.besideFlood(&f, &ev) {
			r.open(&genuine, &ev, minute)
			return
		}
	}
	if !r.live(Coordinated) && f.all.Posts >= floodFloor && (suspicious(&ev) || 2*people < f.count) {
		f.kind = Coordinated
		f.usual, _ = r.Base.usual(allPosts, w)
		r.open(&f, &ev, minute)
	}
}

// besideFlood is how many people it takes beside a flood, which leaves traces of its own: most of
// the window's, or more than it had itself where it is known; 0 where there is none.
func (r *run) besideFlood(f *finding, ev *Evidence) int64 {
	for i := range r.Tracks {
		if t := &r.Tracks[i]; t.Kind == Coordinated { // live, or over for a short while
			return max(floodCrowd, t.Crowd+t.Crowd/2)
		}
	}
	if suspicious(ev) {
		return max(floodCrowd, f.count*6/10)
	}
	return 0
}

// openVolume opens a volume incident, unless the crowd is one text or one account.
func (r *run) openVolume(minute int64) {
	f, ok := r.stronger(r.Base.volume)
	if !ok {
		return
	}
	ev, known := r.look(&f, minute)
	if known && suspicious(&ev) {
		f.kind = Coordinated
		f.usual, _ = r.Base.usual(allPosts, r.window(&f))
	}
	r.open(&f, &ev, minute)
}

// window is the one in which something was found.
func (r *run) window(f *finding) *window {
	if f.minutes == hour {
		return &r.long
	}
	return &r.short
}

func suspicious(ev *Evidence) bool {
	return ev.NearDuplicateShare >= duplicateMost || ev.TopAuthorShare >= topAuthorMost || ev.YoungShare >= youngMost || ev.RegularShare >= regularMost
}

// genuinePeople is how many of the people found are independent of each other. Where the evidence
// rests on a part of the posts, it stands for all of them.
func genuinePeople(f *finding, ev *Evidence) int64 {
	counted := ev.NegativeAuthors
	if f.kind == Praise {
		counted = ev.PositiveAuthors
	}
	if counted > 0 {
		return int64(float64(counted) * max(1, float64(f.all.Posts)/float64(max(ev.Mentions, 1))))
	}
	return int64(float64(f.count) * (1 - ev.NearDuplicateShare))
}

func (r *run) look(f *finding, minute int64) (Evidence, bool) {
	if r.in.Look == nil {
		return Evidence{}, false
	}
	ev, ok := r.in.Look(f.kind, minute+1-f.minutes, minute+1)
	return ev, ok && ev.Mentions > 0
}

func (r *run) live(kind Kind) bool {
	return slices.ContainsFunc(r.Tracks, func(t Track) bool { return t.Kind == kind && t.live() })
}

// open begins an incident, or a new wave of one that was resolved a short while ago.
func (r *run) open(f *finding, ev *Evidence, minute int64) {
	count, usual, _ := r.Base.followed(f.kind, &r.long)
	excess := max(float64(count)-usual, 1)
	i := slices.IndexFunc(r.Tracks, func(t Track) bool { return t.Kind == f.kind })
	if i < 0 {
		r.Tracks = append(r.Tracks, Track{Kind: f.kind, Phase: Open, Opened: minute, Wave: excess, Told: excess})
		i = len(r.Tracks) - 1
	} else {
		r.Tracks[i].reopen(excess)
	}
	t := &r.Tracks[i]
	t.take(&r.long, &r.Base)
	if excess > t.Peak {
		t.Peak, t.PeakAt = excess, minute
	}
	if f.kind == Firestorm {
		r.supersedeVolume(minute)
		t = &r.Tracks[slices.IndexFunc(r.Tracks, func(t Track) bool { return t.Kind == Firestorm })]
	}
	r.tell(t, f, ev, minute)
}

// tell records a change with its reasons, and with what the evidence says about its weight.
func (r *run) tell(t *Track, f *finding, ev *Evidence, minute int64) {
	t.weigh(f, ev)
	t.regrade()
	r.changes = append(r.changes, Change{Track: *t, At: minute, Reasons: reasons(f, ev), Evidence: *ev})
}

// weigh takes in what the evidence says about who stands behind an incident.
func (t *Track) weigh(f *finding, ev *Evidence) {
	if t.Genuine == 0 {
		t.Genuine = 1
	}
	if ev.Mentions == 0 {
		return
	}
	t.Networks = max(t.Networks, len(ev.Networks), ev.NetworkCount)
	if all := f.all.count(of(t.Kind)); all > 0 && (t.Kind == Firestorm || t.Kind == Praise) {
		t.Genuine = min(1, float64(genuinePeople(f, ev))/float64(all))
	}
}

// supersedeVolume ends a volume incident that turned out to be the beginning of a firestorm.
func (r *run) supersedeVolume(minute int64) {
	for i := range r.Tracks {
		if t := &r.Tracks[i]; t.Kind == Volume && t.live() {
			t.Phase, t.Resolved = Resolved, minute
			r.changes = append(r.changes, Change{Track: *t, At: minute, Reasons: []reason.Reason{reason.Of(reason.BecameFirestorm)}})
		}
	}
}

// followAll moves the live incidents on and forgets those that can no longer reopen.
func (r *run) followAll(minute int64) {
	blind := anyOverlaps(r.in.Blind, minute, minute+1)
	for i := range r.Tracks {
		t := &r.Tracks[i]
		if !t.live() {
			continue
		}
		news := r.arrived(t, minute)
		changed := t.follow(minute, &r.short, &r.long, &r.Base, blind)
		stirred := t.stir(news)
		switch {
		case t.Phase == Escalating && (changed || stirred):
			f := r.describe(t)
			ev, _ := r.look(&f, minute)
			r.tell(t, &f, &ev, minute)
			r.explain(news)
		case changed:
			t.regrade()
			r.changes = append(r.changes, Change{Track: *t, At: minute, Reasons: lifeReasons(t, &r.long, &r.Base)})
		case t.worse():
			r.worsen(t, minute)
		}
	}
	r.Tracks = slices.DeleteFunc(r.Tracks, func(t Track) bool {
		// A resolved one stays while its time keeps the baseline from learning, too.
		return !t.live() && minute-t.Resolved > reopenWithin
	})
}

// worsen makes an incident escalate that has become more severe without doubling, if it still has
// once those behind it are looked at anew.
func (r *run) worsen(t *Track, minute int64) {
	f := r.describe(t)
	ev, _ := r.look(&f, minute)
	if t.weigh(&f, &ev); !t.worse() {
		return
	}
	t.escalate()
	count, usual, _ := r.Base.followed(t.Kind, &r.long)
	t.Told = max(t.Told, float64(count)-usual)
	r.tell(t, &f, &ev, minute)
}

// describe is what the last hour of a live incident looks like.
func (r *run) describe(t *Track) finding {
	s := of(t.Kind)
	f := finding{kind: t.Kind, minutes: hour, count: r.long.count(s), all: r.long.Cell}
	var spread float64
	f.usual, spread = r.Base.usual(s, &r.long)
	people, _ := r.Base.usual(allAuthors, &r.long)
	increase := float64(f.count) - f.usual
	f.share = max(0, min(1, increase/max(increase, float64(f.all.Authors)-people, 1)))
	f.surprise = Surprise(f.count, f.usual, spread)
	return f
}

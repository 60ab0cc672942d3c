package spike

import (
	"slices"

	"github.com/groundswell/groundswell/alerts/reason"
)

// An Arrival is what one network says within an incident.
type Arrival struct {
	Network string
	People  int   // of the incident's polarity
	Reach   int64 // of the post that most may have seen
}

const (
	networkFloor = 3      // people until an incident has reached a network
	loudFloor    = 50_000 // reach from which a post makes an incident louder
)

// A spread is where an incident is known to be. It is never changed: states share it.
type spread struct {
	Networks []string `json:"networks"`
	Loudest  int64    `json:"loudest"` // the largest reach of a post so far
}

// arrived says what is new about where a live incident is: a network that it has reached, or a post
// that at least twice as many may have seen as any before. What is there in the first minute after
// it was opened is not new.
func (r *run) arrived(t *Track, minute int64) (news []reason.Reason) {
	if r.in.Spread == nil || t.Kind == Coordinated {
		return nil
	}
	if now := sum(r.in.Cells, minute, minute+1); now.Posts == 0 && t.Spread != nil {
		return nil
	}
	arrivals, ok := r.in.Spread(t.Kind, minute+1-hour, minute+1)
	if !ok {
		return nil
	}
	first := t.Spread == nil
	known := spread{}
	if !first {
		known = spread{slices.Clone(t.Spread.Networks), t.Spread.Loudest}
	}
	for _, a := range arrivals {
		if (a.People >= networkFloor || first) && !slices.Contains(known.Networks, a.Network) {
			known.Networks = append(known.Networks, a.Network)
			news = append(news, reason.Of(reason.Reached, float64(a.People)).With(a.Network))
		}
		if a.Reach >= max(loudFloor, 2*known.Loudest) {
			news = append(news, reason.Of(reason.Loud, float64(a.Reach)).With(a.Network))
		}
	}
	for _, a := range arrivals {
		known.Loudest = max(known.Loudest, a.Reach)
	}
	t.Spread = &known
	if first {
		return nil
	}
	return news
}

// stir makes an incident escalate by what is new about it.
func (t *Track) stir(news []reason.Reason) bool {
	if len(news) == 0 || !t.live() {
		return false
	}
	t.escalate()
	return true
}

// explain puts what is new before the other reasons of the last change.
func (r *run) explain(news []reason.Reason) {
	last := &r.changes[len(r.changes)-1]
	last.Reasons = slices.Concat(news, last.Reasons)
}

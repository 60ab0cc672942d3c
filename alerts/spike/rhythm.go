package spike

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
)

const (
	slots          = 7 * 24 // hours of a week
	rhythmHalfLife = 28 * day
	rhythmPrior    = 4.0 // hours that speak for the coarser profile
	rhythmFloor    = 0.5 // people an hour, below which there is no rhythm to be seen
	gainHalfLife   = 14 * day
	gainFloor      = 6.0 // log-likelihood by which a profile must have foretold better
	gainMargin     = 2.0 // and better than the next coarser one
)

// The profiles, each a refinement of the one before it.
const (
	flat = iota
	hourOfDay
	weekend
	hourOfWeek
	profiles
)

// A Rhythm is when people talk about a monitor: how much of its level falls to each hour. Four
// profiles are kept at once, each shrunk to the coarser: flat, hour of day, hour of day apart for
// weekends, hour of week. The one in use is that which has foretold the hours best, before they
// came (prequentially, Dawid 1984); at first, and for many monitors always, the flat one.
type Rhythm struct {
	Gain  [profiles]float32 // log-likelihood of the hours so far, beyond the flat profile's
	Hours *Hours            // nil: nothing seen yet
}

// Hours is what the hours of the week had, and what they would have had by the level alone.
type Hours struct{ Had, Due [slots]float32 }

// slot is the hour of the week: 0 is midnight of a Monday.
func slot(minute int64) int {
	const thursday = 3 * day // 1 January 1970
	return int((minute + thursday) % (7 * day) / hour)
}

// profile is the one in use.
func (r *Rhythm) profile() int {
	best := flat
	for p := hourOfDay; p < profiles; p++ {
		if r.Gain[p] > gainFloor && r.Gain[p] > r.Gain[best]+gainMargin {
			best = p
		}
	}
	return best
}

// factor is by how much the level, so many people an hour, is higher at a minute than on average:
// between the middles of hours in a line.
func (r *Rhythm) factor(minute int64, level float64) float64 {
	p := r.profile()
	if p == flat || r.Hours == nil {
		return 1
	}
	from := minute - hour/2
	part := float64(from-from/hour*hour) / hour
	return (1-part)*r.Hours.factor(p, slot(from), level) + part*r.Hours.factor(p, slot(from+hour), level)
}

// factor is that of an hour by a profile.
func (h *Hours) factor(profile, slot int, level float64) float64 {
	if profile == flat {
		return 1
	}
	of, off := slot%24, slot/24 >= 5
	had, due := 0.0, 0.0
	for s := of; s < slots; s += 24 {
		switch {
		case profile == weekend && s/24 >= 5 != off, profile == hourOfWeek && s != slot:
		default:
			had, due = had+float64(h.Had[s]), due+float64(h.Due[s])
		}
	}
	coarser := h.factor(profile-1, slot, level)
	weight := rhythmPrior * (level + 1) // for few people an hour says less
	return (had + coarser*weight) / (due + weight)
}

// learn takes in the hour that begins with the minute: how many people there were, and how many
// were due by the level alone. Each profile is asked first.
func (r *Rhythm) learn(minute int64, people, due, spread float64) {
	if due < rhythmFloor {
		return
	}
	if r.Hours == nil {
		r.Hours = &Hours{}
	} else {
		next := *r.Hours // states are values
		r.Hours = &next
	}
	s := slot(minute)
	keep := float32(math.Exp2(-hour / float64(gainHalfLife)))
	plain := logLikelihood(people, due, spread)
	for p := hourOfDay; p < profiles; p++ {
		r.Gain[p] = r.Gain[p]*keep + float32(logLikelihood(people, due*r.Hours.factor(p, s, due), spread)-plain)
	}
	// An hour of the week comes once in a week.
	fade := float32(math.Exp2(-7 * day / float64(rhythmHalfLife)))
	r.Hours.Had[s] = r.Hours.Had[s]*fade + float32(people)
	r.Hours.Due[s] = r.Hours.Due[s]*fade + float32(due)
}

// logLikelihood is that of a negative-binomial count, but for what does not depend on the mean.
func logLikelihood(x, mean, spread float64) float64 {
	size := 1 / spread
	return x*math.Log(mean/(mean+size)) - size*math.Log1p(mean/size)
}

// MarshalText packs the rhythm: JSON would be four times as long.
func (r Rhythm) MarshalText() ([]byte, error) {
	if r.Hours == nil {
		return nil, nil
	}
	raw := make([]byte, 0, 4*(profiles+2*slots))
	put := func(x float32) { raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x)) }
	for _, g := range r.Gain {
		put(g)
	}
	for s := range slots {
		put(r.Hours.Had[s])
		put(r.Hours.Due[s])
	}
	return base64.RawStdEncoding.AppendEncode(nil, raw), nil
}

// UnmarshalText unpacks it.
func (r *Rhythm) UnmarshalText(text []byte) error {
	*r = Rhythm{}
	if len(text) == 0 {
		return nil
	}
	raw, err := base64.RawStdEncoding.AppendDecode(nil, text)
	if err != nil || len(raw) != 4*(profiles+2*slots) {
		return fmt.Errorf("decode rhythm: want %d packed numbers", profiles+2*slots)
	}
	next := func() float32 {
		x := math.Float32frombits(binary.LittleEndian.Uint32(raw))
		raw = raw[4:]
		if x != x || math.IsInf(float64(x), 0) {
			err = fmt.Errorf("decode rhythm: not a number")
		}
		return x
	}
	for p := range r.Gain {
		r.Gain[p] = next()
	}
	r.Hours = &Hours{}
	for s := range slots {
		r.Hours.Had[s], r.Hours.Due[s] = next(), next()
	}
	return err
}

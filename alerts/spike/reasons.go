package spike

import (
	"math"

	"github.com/groundswell/groundswell/alerts/reason"
)

// Parts from which the evidence is worth a word.
const (
	partSaid     = 0.1
	partYoung    = 0.3 // of young accounts, and of posts at regular intervals
	mentionsSaid = 10  // mentions from which the part of one account says something
)

// reasons says why a finding is an incident.
func reasons(f *finding, ev *Evidence) []reason.Reason {
	var out []reason.Reason
	say := func(code reason.Code, numbers ...float64) { out = append(out, reason.Of(code, numbers...)) }
	count, minutes := float64(f.count), float64(f.minutes)
	switch f.kind {
	case Firestorm:
		say(reason.PeopleNegative, count, minutes, f.usual)
		say(reason.ShareNegative, f.share)
	case Praise:
		say(reason.PeoplePositive, count, minutes, f.usual)
		say(reason.SharePositive, f.share)
	case Volume:
		say(reason.PeopleAll, count, minutes, f.usual)
		say(reason.Polarities, float64(f.all.Negative), float64(f.all.Positive), float64(f.all.Neutral))
	case Coordinated:
		say(reason.Posts, float64(f.all.Posts), minutes, f.usual)
		say(reason.Accounts, float64(f.all.Authors))
	}
	if days := math.Pow(10, min(f.surprise, 30)) * minutes / day; !reason.Often(days) {
		say(reason.ByChance, days)
	}
	if ev.Mentions == 0 {
		return out
	}
	return append(out, ev.reasons()...)
}

// reasons says what the evidence tells beyond the counts.
func (ev *Evidence) reasons() (out []reason.Reason) {
	say := func(code reason.Code, numbers ...float64) { out = append(out, reason.Of(code, numbers...)) }
	if ev.NearDuplicateShare >= partSaid {
		say(reason.SameWords, ev.NearDuplicateShare)
	}
	if ev.TopAuthorShare >= partSaid && ev.Mentions >= mentionsSaid {
		say(reason.OneAccount, ev.TopAuthorShare)
	}
	if ev.YoungShare >= partYoung {
		say(reason.YoungAccounts, ev.YoungShare)
	}
	if ev.RegularShare >= partYoung {
		say(reason.Regular, ev.RegularShare)
	}
	switch {
	case len(ev.Networks) > 0:
		out = append(out, reason.Of(reason.Networks).With(ev.Networks...))
	case ev.NetworkCount > 1:
		say(reason.NetworkCount, float64(ev.NetworkCount))
	}
	if len(ev.Terms) > 0 {
		out = append(out, reason.Of(reason.DrivenBy).With(ev.Terms...))
	}
	switch {
	case ev.Contacts == 1 && ev.Customers == 1:
		say(reason.CustomerOne)
	case ev.Contacts == 1:
		say(reason.ContactOne)
	case ev.Contacts > 1 && ev.Customers > 0:
		say(reason.Customers, float64(ev.Contacts), float64(ev.Customers))
	case ev.Contacts > 1:
		say(reason.Contacts, float64(ev.Contacts))
	}
	return out
}

// lifeReasons says why an incident subsides or is resolved.
func lifeReasons(t *Track, long *window, b *Baseline) []reason.Reason {
	usual, _ := b.usual(of(t.Kind), long)
	why, unit := reason.HalfPeak, reason.PeopleNow
	if t.Phase == Resolved {
		why = reason.CalmAgain
	}
	if t.Kind == Coordinated {
		unit = reason.PostsNow
	}
	return []reason.Reason{reason.Of(why), reason.Of(unit, float64(long.count(of(t.Kind))), usual, t.Peak)}
}

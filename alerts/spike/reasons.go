package spike

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// reasons says in words and numbers why a finding is an incident.
func reasons(f *finding, ev *Evidence) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	usual := number(f.usual)
	switch f.kind {
	case Firestorm:
		say("%d people wrote negatively in %d min, usual %s", f.count, f.minutes, usual)
		say("%.0f %% of the increase is negative", 100*f.share)
	case Praise:
		say("%d people wrote positively in %d min, usual %s", f.count, f.minutes, usual)
		say("%.0f %% of the increase is positive", 100*f.share)
	case Volume:
		say("%d people wrote in %d min, usual %s", f.count, f.minutes, usual)
		say("%d of their posts are negative, %d positive, %d neutral", f.all.Negative, f.all.Positive, f.all.Neutral)
	case Coordinated:
		say("%d posts in %d min, usual %s", f.all.Posts, f.minutes, usual)
		say("they come from %d accounts", f.all.Authors)
	}
	if often := rarity(f.surprise, f.minutes); often != "" {
		say("by chance this happens %s", often)
	}
	if ev.Mentions == 0 {
		return out
	}
	if ev.NearDuplicateShare >= 0.1 {
		say("%.0f %% of the posts say the same in nearly the same words", 100*ev.NearDuplicateShare)
	}
	if ev.TopAuthorShare >= 0.1 && ev.Mentions >= 10 {
		say("one account wrote %.0f %% of the posts", 100*ev.TopAuthorShare)
	}
	switch {
	case len(ev.Networks) > 0:
		say("networks: %s", strings.Join(ev.Networks, ", "))
	case ev.NetworkCount > 1:
		say("%d networks", ev.NetworkCount)
	}
	if len(ev.Terms) > 0 {
		say("driven by: %s", strings.Join(ev.Terms, ", "))
	}
	switch {
	case ev.Contacts == 1 && ev.Customers == 1:
		say("one contact is among the authors, a customer")
	case ev.Contacts == 1:
		say("one contact is among the authors")
	case ev.Contacts > 1 && ev.Customers > 0:
		say("%d contacts are among the authors, %d of them customers", ev.Contacts, ev.Customers)
	case ev.Contacts > 1:
		say("%d contacts are among the authors", ev.Contacts)
	}
	return out
}

// rarity is how often windows of so many minutes, one after the other, are so surprising by chance,
// as people say it. Empty: often.
func rarity(surprise float64, minutes int64) string {
	days := math.Pow(10, min(surprise, 30)) * float64(minutes) / day
	for _, r := range []struct {
		from float64
		said string
	}{
		{1e6 * 365, "less than once in a million years"}, {1e4 * 365, "less than once in 10,000 years"},
		{100 * 365, "less than once in a hundred years"}, {10 * 365, "once in some decades"}, {365, "once in some years"},
		{30, "once in some months"}, {7, "once in some weeks"},
	} {
		if days >= r.from {
			return r.said
		}
	}
	return ""
}

// lifeReasons says why an incident subsides or is resolved.
func lifeReasons(t *Track, long *window, b *Baseline) []string {
	usual, _ := b.usual(of(t.Kind), long)
	unit := "people"
	if t.Kind == Coordinated {
		unit = "posts"
	}
	now := fmt.Sprintf("%d %s in the last hour, usual %s, at the peak %s above the usual",
		long.count(of(t.Kind)), unit, number(usual), number(t.Peak))
	if t.Phase == Resolved {
		return []string{"as usual for two hours", now}
	}
	return []string{"under half of the peak for 30 min", now}
}

// number writes a mean with as many digits as say something.
func number(x float64) string {
	if x >= 10 {
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	return strconv.FormatFloat(x, 'f', 1, 64)
}

package spike

import (
	"math"
	"slices"
)

const (
	youngAccount = 30 * day // minutes from its opening until an account is none any more …
	agesKnown    = 10       // … accounts whose age is known, from which their part says something
	youngMost    = 0.6      // part of them from which a crowd was made for it
	regularMost  = 0.5      // part of the posts at regular intervals from which a crowd is a machine
	regularOwn   = 5        // posts of an account from which its intervals say something
	regularGaps  = 0.3      // variation of the intervals (deviation over mean) up to which they are regular; 1 is a Poisson process
)

// The clusters that accounts make by what they are, beside those of texts.
const (
	youngCluster uint64 = iota + 1
	regularCluster
	textCluster // the least of a text
)

// accounts looks at the accounts behind mentions: which part of them is young, and which part of
// their posts comes at regular intervals. Where it is most of them, who is so counts as one.
func (ev *Evidence) accounts(mentions []Mention, clusters []uint64) {
	young, regular := youngAuthors(mentions, ev), regularAuthors(mentions, ev)
	for i := range mentions {
		switch id := mentions[i].AuthorID; {
		case clusters[i] != 0:
		case ev.YoungShare >= youngMost && young[id]:
			clusters[i] = youngCluster
		case ev.RegularShare >= regularMost && regular[id]:
			clusters[i] = regularCluster
		}
	}
}

// youngAuthors are the accounts that were young when they wrote.
func youngAuthors(mentions []Mention, ev *Evidence) map[string]bool {
	ages := map[string]bool{}
	count := 0
	for i := range mentions {
		m := &mentions[i]
		if _, seen := ages[m.AuthorID]; seen || m.Opened == 0 {
			continue
		}
		ages[m.AuthorID] = m.Minute-m.Opened < youngAccount
		if ages[m.AuthorID] {
			count++
		}
	}
	if len(ages) >= agesKnown {
		ev.YoungShare = float64(count) / float64(len(ages))
	}
	return ages
}

// regularAuthors are the accounts that write at regular intervals. Those of the crowd as a whole say
// nothing: what is polled or imported may come evenly spaced.
func regularAuthors(mentions []Mention, ev *Evidence) map[string]bool {
	times := map[string][]int64{}
	for i := range mentions {
		if m := &mentions[i]; !m.Share && m.Millis != 0 {
			times[m.AuthorID] = append(times[m.AuthorID], m.Millis)
		}
	}
	regular, own, posts := map[string]bool{}, 0, 0
	for id, at := range times {
		posts += len(at)
		if len(at) >= regularOwn && variation(at) <= regularGaps {
			regular[id] = true
			own += len(at)
		}
	}
	if posts > 0 {
		ev.RegularShare = float64(own) / float64(posts)
	}
	return regular
}

// variation is that of the intervals between times; infinite where there is no interval.
func variation(at []int64) float64 {
	slices.Sort(at)
	n := float64(len(at) - 1)
	mean := float64(at[len(at)-1]-at[0]) / n
	if mean == 0 {
		return math.Inf(1)
	}
	sum := 0.0
	for i := range at[1:] {
		d := float64(at[i+1]-at[i]) - mean
		sum += d * d
	}
	return math.Sqrt(sum/n) / mean
}

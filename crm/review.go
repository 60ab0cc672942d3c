package crm

import (
	"encoding/json"
	"hash/fnv"
	"math"
	"time"
)

// A Stake is what depends on a link that waits for a person.
type Stake struct {
	Incident    bool      // the author spoke in an incident that is not resolved
	Lead        bool      // a lead of the author or the contact is open
	Followers   int64     // of the author
	LastPost    time.Time // when they were seen last
	Probability float64   // that the link is right
}

// Points of a stake. They add up, so that what a person sees first is what most depends on.
const (
	pointsIncident = 8
	pointsLead     = 4
	pointsRecent   = 2
	recentHalfLife = 7 * 24 * time.Hour
)

// Rank is the place of a link in the queue, the highest first:
//
//	8 in an open incident + 4 with an open lead + log10(1 + followers) + 2·2^(−age of the last post/7 d) + probability
//
// docs/review.md says why.
func (s Stake) Rank(now time.Time) float64 {
	rank := math.Log10(1+float64(max(0, s.Followers))) + s.Probability
	if s.Incident {
		rank += pointsIncident
	}
	if s.Lead {
		rank += pointsLead
	}
	if !s.LastPost.IsZero() {
		age := max(0, now.Sub(s.LastPost))
		rank += pointsRecent * math.Exp2(-float64(age)/float64(recentHalfLife))
	}
	return math.Round(rank*1000) / 1000
}

// A Storm is an incident that is not resolved: its monitor, and since when.
type Storm struct {
	MonitorID string
	Since     time.Time
}

// HeldOut says whether a label is kept from what the model learns, and used to measure it: one in
// five, by a hash of the pair, so that everybody agrees and nobody chooses.
func HeldOut(authorID, contactID string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(LinkRecord(authorID, contactID)))
	return h.Sum32()%5 == 0
}

// A Label is what a person taught about a pair of which the model had said something.
type Label struct {
	AuthorID    string
	ContactID   string
	Right       bool
	HeldOut     bool
	Automatic   bool    // the model would have linked without asking
	Probability float64 // as the model said
	Raw         float64 // before its calibration
	Model       string
}

// labelOf is the label that a decided link is; ok is false where a person taught nothing.
func labelOf(l *Link) (label Label, ok bool) {
	if !l.Human() || l.Decision != Confirmed && l.Decision != Rejected || l.Model == "" {
		return Label{}, false
	}
	return Label{AuthorID: l.AuthorID, ContactID: l.ContactID, Right: l.Decision == Confirmed, HeldOut: HeldOut(l.AuthorID, l.ContactID),
		Automatic: l.Proposed == Confirmed, Probability: l.Probability, Raw: l.raw(), Model: l.Model}, true
}

// raw is the probability before the model's calibration, where the matcher tells it.
func (l *Link) raw() float64 {
	var e struct {
		Raw *float64 `json:"raw_probability"`
	}
	if err := json.Unmarshal(l.Explanation, &e); err == nil && e.Raw != nil {
		return *e.Raw
	}
	return l.Probability
}

// A Band is how right the model was, by people, where it was this sure.
type Band struct {
	Name        string
	From, To    float64 // of the probability
	Automatic   bool    // links that the model makes without asking
	Links       int     // that stand in the band now
	Labels      int
	Right       int
	Precision   float64 // Right of Labels; 0 when there is none
	Low, High   float64 // of the precision, at 95 %
	Probability float64 // mean of what the model said of the labels: close to the precision when it is calibrated
}

// bands are the decision bands, the surest first.
func bands() []Band {
	return []Band{{Name: "automatic", From: 0, To: 1, Automatic: true}, {Name: "review, 0.9 and more", From: 0.9, To: 1}, {Name: "review, 0.7 to 0.9", From: 0.7, To: 0.9},
		{Name: "review, 0.5 to 0.7", From: 0.5, To: 0.7}, {Name: "review, below 0.5", From: 0, To: 0.5}}
}

func (b *Band) holds(automatic bool, probability float64) bool {
	return b.Automatic == automatic && probability >= b.From && (probability < b.To || b.To == 1)
}

// CountBand counts a link that the model made in its band.
func CountBand(all []Band, l *Link) {
	for i := range all {
		if all[i].holds(l.Proposed == Confirmed, l.Probability) {
			all[i].Links++
			return
		}
	}
}

// PublishedPrecision is how right the model was in each band, by the labels that it has not learned
// from.
func PublishedPrecision(labels []Label) []Band {
	all := bands()
	for _, l := range labels {
		if !l.HeldOut {
			continue
		}
		for i := range all {
			b := &all[i]
			if !b.holds(l.Automatic, l.Probability) {
				continue
			}
			b.Labels++
			b.Probability += l.Probability
			if l.Right {
				b.Right++
			}
			break
		}
	}
	for i := range all {
		if b := &all[i]; b.Labels > 0 {
			b.Probability /= float64(b.Labels)
			b.Precision = float64(b.Right) / float64(b.Labels)
		}
		all[i].Low, all[i].High = Wilson(all[i].Right, all[i].Labels)
	}
	return all
}

// Wilson is the 95 % confidence interval of a share (Wilson, "Probable Inference, the Law of
// Succession, and Statistical Inference", 1927). It stays between 0 and 1, and says something of few
// and of none: nothing is known of none, so it is everything.
func Wilson(right, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	const z = 1.959964
	p, count := float64(right)/float64(n), float64(n)
	middle := (p + z*z/(2*count)) / (1 + z*z/count)
	half := z / (1 + z*z/count) * math.Sqrt(p*(1-p)/count+z*z/(4*count*count))
	return max(0, middle-half), min(1, middle+half)
}

package matcher

import (
	"cmp"
	"math"
	"slices"

	"github.com/groundswell/groundswell/post"
)

// Decisions.
const (
	Confirmed = "confirmed" // proven, and by one contact only
	Suggested = "suggested" // for a person to decide
)

// A Match says that an author is probably a contact.
type Match struct {
	ContactID   string
	Probability float64
	Decision    string
	Proven      bool    // by evidence that proves; otherwise the evidence only adds up
	Prior       float64 // bits before any evidence: what is held of an author about whom nothing is known
	Evidence    []Evidence
	Bits        float64 // prior and evidence together; 2^Bits to one
	BeyondName  float64 // bits of the evidence that is not the name
	RunnerUp    RunnerUp
	Model       string  // version of the model that weighed it
	Basis       string  // legal basis (GDPR Art. 6)
	Rivals      []Match // other contacts who claim the author: all of them, and this one, are suggested
}

// A RunnerUp is the contact that came second; the zero value when there was none.
type RunnerUp struct {
	ContactID string  `json:"contact_id,omitempty"`
	Behind    float64 `json:"behind_bits,omitempty"` // by how many bits
}

// All is the match and its rivals: the links to save.
func (m Match) All() []Match {
	all := append([]Match{m}, m.Rivals...)
	all[0].Rivals = nil
	return all
}

const (
	minSuggested = 0.3 // below it nothing is kept
	maxSuggested = 0.9
	maxConfirmed = 0.9999
	minClaimed   = 0.01 // of one among several who have a proof
	maxClaims    = 8    // contacts under one key; more of them, and it is no evidence for any
)

// Resolve says which contact an author is; false when there is nothing to say. Where several claim
// the author, it returns the most probable with the others as its rivals.
func (x *Index) Resolve(network string, a *post.Author) (Match, bool) {
	p := prepare(network, a)
	x.mu.RLock()
	defer x.mu.RUnlock()
	var buf [4 * maxClaims]int32
	candidates := x.candidates(buf[:0], &p)
	if len(candidates) == 0 {
		return Match{}, false
	}
	weights := make([]weighed, 0, len(candidates))
	for _, slot := range candidates {
		c := unpack(x.slots[slot])
		if w := x.weigh(&p, &c); len(w.evidence) > 0 {
			weights = append(weights, w)
		}
	}
	if x.settings.provenOnly(network) {
		weights = slices.DeleteFunc(weights, func(w weighed) bool { return !w.proven })
	}
	return decide(weights)
}

// candidates are the contacts that share a key with the author. An account that more contacts than
// maxClaims have on file, a company's for example, says nothing of any and is taken out of the author.
func (x *Index) candidates(found []int32, a *author) []int32 {
	var buf [1]int32
	add := func(slots []int32) (few bool) {
		if len(slots) > maxClaims {
			return false
		}
		for _, slot := range slots {
			if len(found) < cap(found) && !slices.Contains(found, slot) {
				found = append(found, slot)
			}
		}
		return true
	}
	if a.native != "" && !add(x.find(&buf, keyNative, a.network, a.native)) {
		a.native = ""
	}
	if a.handle != "" && !add(x.find(&buf, keyHandle, a.network, a.handle)) {
		a.handle = ""
	}
	for i := range a.pages {
		a.pages[i].crowded = !add(x.find(&buf, keyPage, "", a.pages[i].text))
	}
	if a.network == "bluesky" && a.handle != "" {
		if slots := x.find(&buf, keyHost, "", a.handle); len(slots) == 1 {
			add(slots)
		}
	}
	if a.name != "" {
		if slots := x.find(&buf, keyName, "", a.name); len(slots) == 1 {
			add(slots)
		}
	}
	return found
}

// decide turns weights into a match. The candidates share the probability; proven ones leave
// nothing to the others.
func decide(weights []weighed) (Match, bool) {
	proven := 0
	for _, w := range weights {
		if w.proven {
			proven++
		}
	}
	if proven > 0 {
		weights = slices.DeleteFunc(weights, func(w weighed) bool { return !w.proven })
	}
	odds := 1.0
	for _, w := range weights {
		odds += math.Exp2(w.bits)
	}
	var matches []Match
	for _, w := range weights {
		m := Match{ContactID: w.contactID, Probability: math.Exp2(w.bits) / odds, Decision: Suggested, Proven: w.proven, Prior: priorBits,
			Evidence: w.evidence, Bits: w.bits, BeyondName: beyondName(w.evidence), Model: modelVersion, Basis: w.basis}
		switch {
		case proven == 1:
			m.Decision, m.Probability = Confirmed, min(m.Probability, maxConfirmed)
		case proven == 0 && m.Probability < minSuggested:
			continue
		default:
			m.Probability = max(minClaimed, min(m.Probability, maxSuggested))
		}
		m.Probability = math.Round(m.Probability*1e4) / 1e4
		matches = append(matches, m)
	}
	if len(matches) == 0 {
		return Match{}, false
	}
	slices.SortStableFunc(matches, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Probability, a.Probability), cmp.Compare(a.ContactID, b.ContactID))
	})
	best := matches[0]
	if len(matches) > 1 {
		best.Rivals = matches[1:]
	}
	return best, true
}

// beyondName sums the bits that are not the name's.
func beyondName(evidence []Evidence) (bits float64) {
	for _, e := range evidence {
		if e.Field != "name" {
			bits += e.Bits
		}
	}
	return bits
}

// modelVersion names the weights of evidence.go.
const modelVersion = "fixed-1"

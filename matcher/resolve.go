package matcher

import (
	"cmp"
	"math"
	"slices"

	"github.com/groundswell/groundswell/post"
)

// Decisions.
const (
	Confirmed = "confirmed" // sure, and by one contact only: linked automatically
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
	LeftOut     int     // contacts of the same name who were too many to look at; they share the probability
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
	maxConfirmed = 0.9999
	minClaimed   = 0.01 // of one among several who have a proof
	anotherName  = -5.0 // bits of a name that speaks against a verified page
)

// A candidate is a contact with what speaks for it.
type candidate struct {
	number uint32
	near   bool // shares more than a name
	comparison
	name, other float64 // bits
	fixed
}

func (c *candidate) sum() float64 { return c.name + c.beyond() }

// beyond are the bits that are not the name's.
func (c *candidate) beyond() float64 { return c.other + c.bits + c.handle }

// claims says that the account is on file, or a proof is, so that the name alone decides nothing.
func (c *candidate) claims() bool { return c.proven || c.hold || c.bearers > 0 }

// weighHandle weighs a handle on file: the odds that it is still theirs. Where it is somebody
// else's by now and made of a name, its holder may well bear that name too, and then the name says
// nothing.
func (c *candidate) weighHandle(w *weights, n int) {
	if c.bearers == 0 {
		return
	}
	gone := w.recycled
	if c.bearers > 1 {
		gone = max(gone, 1-1/float64(c.bearers))
	}
	heirs := 0.0
	if c.made {
		heirs = w.heirs
	}
	c.handle = math.Log2((1-gone)/gone) - w.prior(n) - math.Log2(1-heirs+heirs*math.Exp2(c.name))
}

// weighHandles weighs the handle on file. Where several contacts have it, it is worth the same to
// each, the least: of rivals the name and the rest decide, and not whose name the handle is made of.
func weighHandles(candidates []candidate, w *weights, n int) {
	least, claimants := math.Inf(1), 0
	for i := range candidates {
		if c := &candidates[i]; c.bearers > 0 {
			c.weighHandle(w, n)
			least = min(least, c.handle)
			claimants++
		}
	}
	if claimants < 2 {
		return
	}
	for i := range candidates {
		if c := &candidates[i]; c.bearers > 0 {
			c.handle = least
		}
	}
}

// shared are the bits of what colleagues share: company, town, the company's page; false where
// nothing says that the author works there, or where they have a claim of their own.
func (c *candidate) shared() (bits float64, ok bool) {
	l := c.level[fieldCompany]
	return c.other + c.company, !c.claims() && (c.company > 0 || l != 0 && l <= companyPart)
}

// named says that the name speaks for the contact. What is left, company and town, is true of their
// colleagues and of the company's own account as well, however many bits it has.
func (c *candidate) named() bool { return c.name > 0 || c.inPage }

// Resolve says which contact an author is; false when there is nothing to say, beside how many
// contacts of the name were left out. Where several claim the author, it returns the most probable
// with the others as its rivals.
func (x *Index) Resolve(network string, post *post.Author) (Match, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.memory == nil {
		return x.resolve(network, post)
	}
	key := x.memory.key(network, post)
	m, known := x.memory.recall(key, x.changes)
	if !known {
		m, _ = x.resolve(network, post)
		x.memory.keep(key, m)
	}
	return m, m.ContactID != ""
}

func (x *Index) resolve(network string, post *post.Author) (Match, bool) {
	a := x.prepare(network, post)
	candidates, leftOut := x.weigh(a)
	if len(candidates) == 0 {
		return Match{LeftOut: leftOut}, false
	}
	return x.decide(a, candidates, leftOut)
}

// weigh finds the candidates and what speaks for each.
func (x *Index) weigh(a *author) ([]candidate, int) {
	numbers, leftOut := x.candidates(a)
	candidates := make([]candidate, len(numbers))
	for i, n := range numbers {
		c := &candidates[i]
		c.number, c.near = n>>1, n&1 == 1
		r := &x.records[c.number]
		c.comparison = x.compare(a, r)
		c.name, c.other = c.weigh(&x.weights)
		if c.near || r.flags&flagProfiles != 0 && c.name+c.other > 0 {
			rest := x.rest(c.number)
			c.fixed = x.fixedEvidence(a, r, &rest)
			if c.claims() && c.level[fieldHandle] != 0 { // the handle is on file: that it bears the name is nothing new
				c.level[fieldHandle] = 0
				c.name, c.other = c.weigh(&x.weights)
			}
		}
	}
	weighHandles(candidates, &x.weights, x.size)
	return candidates, leftOut
}

// A verdict is how the candidates and "none of them" share the probability.
type verdict struct {
	prior  float64 // bits of a contact before any evidence
	none   float64 // weight of none of them, beside 1: strangers who bear the name, and colleagues
	works  float64 // of these, colleagues
	unseen float64 // weight of contacts of the same name who were left out
	total  float64
	best   int // the most probable
	second int // -1: none
}

// share sums up the weights of everybody the author may be.
func (x *Index) share(candidates []candidate, leftOut int) (v verdict) {
	n := float64(max(1, x.size))
	v.prior = x.weights.prior(x.size)
	v.none = 1 - x.weights.namesake
	v.second = -1
	top := 0.0
	for i := range candidates {
		c := &candidates[i]
		if c.bearers == 0 { // of a handle on file, its heirs are the namesakes
			v.none += x.weights.namesake * math.Exp2(min(60, c.name)) / n
		}
		if bits, ok := c.shared(); ok {
			v.works += colleagues * math.Exp2(min(60, bits)) / n
		}
		v.total += math.Exp2(v.prior + c.sum())
		top = max(top, c.name)
		switch {
		case i == 0:
		case c.sum() > candidates[v.best].sum():
			v.best, v.second = i, v.best
		case v.second < 0 || c.sum() > candidates[v.second].sum():
			v.second = i
		}
	}
	if leftOut > 0 {
		v.unseen = float64(leftOut) * math.Exp2(v.prior+top)
		v.none += x.weights.namesake * float64(leftOut) * math.Exp2(min(60, top)) / n
	}
	v.none += v.works
	v.total += v.none + v.unseen
	return v
}

// decide turns candidates into a match. Those who claim the author, by a proof or because the
// account is on file, leave nothing to the others.
func (x *Index) decide(a *author, candidates []candidate, leftOut int) (Match, bool) {
	var claims []candidate
	for i := range candidates {
		if candidates[i].claims() {
			claims = append(claims, candidates[i])
		}
	}
	v := x.share(candidates, leftOut)
	if len(claims) > 0 {
		if m, ok := x.decideClaims(a, claims, v); ok {
			return m, true
		}
	}
	if x.settings.provenOnly(a.network) {
		return Match{}, false
	}
	return x.decideProbable(a, candidates, v, leftOut)
}

// decideClaims links by account or proof. Where several contacts have one, or the handle is on
// file but what else is shown speaks of somebody else, a person decides.
func (x *Index) decideClaims(a *author, claims []candidate, v verdict) (Match, bool) {
	if slices.ContainsFunc(claims, func(c candidate) bool { return c.proven }) {
		claims = slices.DeleteFunc(claims, func(c candidate) bool { return !c.proven && c.bearers == 0 })
		v = x.share(claims, 0)
	}
	if x.takenOver(claims, &v) {
		return Match{}, false
	}
	matches := make([]Match, len(claims))
	for i := range claims {
		c := &claims[i]
		m := x.match(a, c, &v)
		switch {
		case len(claims) == 1 && (c.sure || c.proven && !c.hold && c.name > anotherName):
			m.Decision, m.Probability = Confirmed, min(max(m.Probability, x.settings.Automatic), maxConfirmed)
		case len(claims) == 1 && !c.hold && (!c.proven || c.bearers > 0) && m.Probability >= x.settings.Automatic:
			m.Decision, m.Probability = Confirmed, min(m.Probability, maxConfirmed)
		case len(claims) == 1:
			m.Probability = max(x.settings.Review, min(m.Probability, x.settings.suggested()))
		default:
			m.Probability = max(minClaimed, min(m.Probability, x.settings.suggested()))
		}
		m.Proven = c.proven || m.Decision == Confirmed
		m.Probability = round(m.Probability)
		matches[i] = m
	}
	return first(matches)
}

// takenOver says that the handle is on file and nothing else, and that it is somebody else's by now.
func (x *Index) takenOver(claims []candidate, v *verdict) bool {
	p := 0.0
	for i := range claims {
		if claims[i].proven || claims[i].hold {
			return false
		}
		p += math.Exp2(v.prior+claims[i].sum()) / v.total
	}
	return p < x.settings.Review
}

// first puts the most probable match before its rivals.
func first(matches []Match) (Match, bool) {
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

func (x *Index) decideProbable(a *author, candidates []candidate, v verdict, leftOut int) (Match, bool) {
	var matches []Match
	for i := range candidates {
		c := &candidates[i]
		p := x.model.Calibration.Correct(math.Exp2(v.prior+c.sum()) / v.total)
		if p < x.settings.Review {
			continue
		}
		m := x.match(a, c, &v)
		m.Probability, m.LeftOut = p, leftOut
		behind := math.Inf(1)
		if i == v.best && v.second >= 0 {
			behind = c.sum() - candidates[v.second].sum()
			m.RunnerUp = RunnerUp{ContactID: x.idOf(candidates[v.second].number), Behind: round(behind)}
		}
		if p >= x.settings.Automatic && i == v.best && c.named() && c.beyond() >= x.settings.BeyondName && behind >= x.settings.Lead && leftOut == 0 {
			m.Decision, m.Probability = Confirmed, round(min(p, maxConfirmed))
		} else {
			m.Probability = round(min(p, x.settings.suggested()))
		}
		matches = append(matches, m)
	}
	if len(matches) == 0 {
		return Match{LeftOut: leftOut}, false
	}
	return first(matches)
}

func round(p float64) float64 { return math.Round(p*1e4) / 1e4 }

// match explains a candidate.
func (x *Index) match(a *author, c *candidate, v *verdict) Match {
	m := Match{ContactID: x.idOf(c.number), Probability: math.Exp2(v.prior+c.sum()) / v.total, Decision: Suggested, Proven: c.proven,
		Prior: v.prior, Bits: v.prior + c.sum() - math.Log2(v.none), BeyondName: c.beyond(), Model: x.model.Version, Basis: c.basis}
	m.Evidence = append(m.Evidence, c.evidence...)
	for i := range m.Evidence {
		if m.Evidence[i].Level == LevelHandle {
			m.Evidence[i].Bits = c.handle
		}
	}
	r := &x.records[c.number]
	for f := range fieldCount {
		if l := c.level[f]; l != 0 {
			shown, onFile := x.values(a, r, f)
			m.Evidence = append(m.Evidence, Evidence{fieldNames[f], levelNames[f][l], shown, onFile, float64(x.weights.m[f][l] + c.rare[f])})
		}
	}
	bearing := -math.Log2(v.none - v.works)
	if bearing < -0.05 {
		m.Evidence = append(m.Evidence, Evidence{Field: "namesakes", Level: LevelNamesake, Bits: bearing})
	}
	if bits := -math.Log2(v.none) - bearing; bits < -0.05 {
		m.Evidence = append(m.Evidence, Evidence{Field: "colleagues", Level: LevelColleague, Bits: bits})
	}
	if m.Basis == "" {
		m.Basis = basisPublic
	}
	return m
}

// values are what was compared, as shown and as on file.
func (x *Index) values(a *author, r *record, field int) (shown, onFile string) {
	first, last := x.firsts.raw.at(r.first), x.lasts.raw.at(r.last)
	switch field {
	case fieldSurname:
		return a.Name, last
	case fieldGiven:
		return a.Name, first
	case fieldSingle:
		if r.isCompany() {
			return a.Name, x.employers.raw.at(r.company)
		}
		return a.Name, first + " " + last
	case fieldHandle:
		return a.Handle, first + " " + last
	case fieldCity:
		if a.Location == "" {
			return firstRunes(a.Bio, 80), x.towns.raw.at(r.city)
		}
		return a.Location, x.towns.raw.at(r.city)
	default:
		company := x.employers.raw.at(r.company)
		if company == "" {
			company = x.hosts.at(r.hostKey)
		}
		for _, c := range a.companies {
			return x.companies.at(c), company
		}
		for _, h := range append(a.hosts, a.verified...) {
			return x.hosts.at(h), company
		}
		return firstRunes(a.Bio, 80), company
	}
}

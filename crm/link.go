package crm

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"time"
)

// A Decision is what is held about an author and a contact being the same person.
type Decision string

// The decisions.
const (
	Suggested Decision = "suggested" // waits for a person
	Confirmed Decision = "confirmed" // what the author says is a touch of the contact
	Rejected  Decision = "rejected"  // a person said no
	Ignored   Decision = "ignored"   // a person does not want to be asked
	Unsure    Decision = "unsure"    // a person looked and could not tell
)

// Decisions are all there are.
var Decisions = []Decision{Suggested, Confirmed, Rejected, Ignored, Unsure}

// AuthorInUse is the condition, on a row of authors, that a link or an open lead needs it: such an
// author is kept, whatever of theirs is not.
const AuthorInUse = `EXISTS (SELECT 1 FROM links l WHERE l.author_id = authors.id AND l.decision IN ('confirmed', 'suggested', 'unsure'))
	OR EXISTS (SELECT 1 FROM leads d WHERE d.author_id = authors.id AND d.state = 'open')`

// A Link joins an author to a contact.
type Link struct {
	AuthorID    string          `json:"author_id"`
	ContactID   string          `json:"contact_id"`
	Decision    Decision        `json:"decision"`
	Probability float64         `json:"probability"` // that they are the same person, 0…1
	Evidence    json.RawMessage `json:"evidence"`    // what speaks for it, as the matcher wrote it: a JSON array
	Basis       Basis           `json:"basis"`       // legal basis
	Reason      string          `json:"reason"`      // why it is as it is; empty where the evidence says all
	Explanation json.RawMessage `json:"explanation"` // what the matcher says beside the evidence: prior, runner-up, a sentence
	Model       string          `json:"model"`       // its version; empty: none has said anything
	Proposed    Decision        `json:"proposed"`    // what it would have; empty without one
	Version     int64           `json:"version"`
	DecidedBy   string          `json:"decided_by"` // ByMatcher, ByVerifier or a user's id
	DecidedAt   time.Time       `json:"decided_at"`
}

// Human says that a person decided. That outranks the matcher for this pair for ever.
func (l *Link) Human() bool { return isHuman(l.DecidedBy) }

// Why a link that was or would be confirmed waits for a person instead.
const (
	reasonPerson   = "a person has confirmed another contact"
	reasonClaims   = "several contacts claim the account"
	reasonOther    = "a person confirmed another contact for this account"
	reasonChanged  = "the contact changed, and what spoke for the link is gone"
	reasonProfile  = "the profile that proved it was taken off the contact's file"
	reasonLapsed   = "the verification that proved it has lapsed"
	reasonSwitched = "matching by probability is switched off here"
)

// settle merges the matcher's proposals for one author into the links there are and returns what
// changes, in the order of the contacts. A person's decision stays as it is, and so does what was
// verified. An author belongs to one contact at most: where a person has confirmed one, the
// matcher's claims are suggestions; where several contacts claim the account, all of them are. A
// suggestion that the matcher no longer makes is dropped: no score is kept of who is no match.
func settle(existing, proposed []Link) []linkChange {
	state := make(map[string]Link, len(existing)+len(proposed))
	for _, l := range existing {
		state[l.ContactID] = l
	}
	claimed := make(map[string]bool, len(proposed))
	for _, l := range proposed {
		claimed[l.ContactID] = true
		have, ok := state[l.ContactID]
		if ok && (have.Human() || have.DecidedBy == ByVerifier && have.Decision == Confirmed) {
			continue
		}
		l.DecidedBy, l.Proposed, l.Version = ByMatcher, l.Decision, have.Version
		state[l.ContactID] = l
	}
	for id, l := range state {
		if len(proposed) > 0 && !claimed[id] && !l.Human() && l.Decision == Suggested {
			delete(state, id)
		}
	}
	yield(state)
	return changesOf(existing, state)
}

// yield turns what no person confirmed into suggestions where it cannot stand: beside a person's
// confirmation, or beside another claim.
func yield(state map[string]Link) {
	var claims []string
	human := false
	for id, l := range state {
		switch {
		case l.Decision != Confirmed:
		case l.Human():
			human = true
		default:
			claims = append(claims, id)
		}
	}
	if !human && len(claims) < 2 {
		return
	}
	for _, id := range claims {
		l := state[id]
		l.Decision, l.Reason = Suggested, reasonClaims
		if human {
			l.Reason = reasonPerson
		}
		state[id] = l
	}
}

// A linkChange is what becomes of a link; nil stands for none.
type linkChange struct{ before, after *Link }

func changesOf(existing []Link, state map[string]Link) []linkChange {
	var changes []linkChange
	old := make(map[string]*Link, len(existing))
	for i := range existing {
		l := &existing[i]
		old[l.ContactID] = l
		if _, ok := state[l.ContactID]; !ok {
			changes = append(changes, linkChange{before: l})
		}
	}
	for id, l := range state {
		if before := old[id]; before == nil || !sameLink(before, &l) {
			changes = append(changes, linkChange{before, &l})
		}
	}
	slices.SortFunc(changes, func(a, b linkChange) int { return cmp.Compare(a.key().ContactID, b.key().ContactID) })
	return changes
}

// key is either side of the change, for what both have in common.
func (c linkChange) key() *Link {
	if c.after != nil {
		return c.after
	}
	return c.before
}

// sameLink compares what matters of two links, so that a batch handled twice writes nothing, and
// neither does a name that became a little rarer: what is kept is what was decided upon.
func sameLink(a, b *Link) bool {
	return a.Decision == b.Decision && a.Basis == b.Basis && a.DecidedBy == b.DecidedBy && a.Reason == b.Reason && a.Model == b.Model &&
		a.Proposed == b.Proposed && math.Abs(a.Probability-b.Probability) < 0.01 && slices.Equal(levels(a), levels(b))
}

// levels are the kinds of evidence a link rests on.
func levels(l *Link) []string {
	var evidence []struct{ Field, Level string }
	_ = json.Unmarshal(evidenceText(l), &evidence) // what is no list of evidence has none
	out := make([]string, len(evidence))
	for i, e := range evidence {
		out[i] = e.Field + ": " + e.Level
	}
	return out
}

// explanationText is the explanation as it is kept: a JSON object.
func explanationText(l *Link) []byte {
	if len(l.Explanation) == 0 {
		return []byte("{}")
	}
	return l.Explanation
}

// evidenceText is the evidence as it is kept: a JSON array.
func evidenceText(l *Link) []byte {
	if len(l.Evidence) == 0 {
		return []byte("[]")
	}
	return l.Evidence
}

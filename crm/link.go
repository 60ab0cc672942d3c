package crm

import (
	"bytes"
	"cmp"
	"encoding/json"
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
)

// ByMatcher is who decided a link that no person has looked at.
const ByMatcher = "matcher"

// A Link joins an author to a contact.
type Link struct {
	AuthorID    string
	ContactID   string
	Decision    Decision
	Probability float64         // that they are the same person, 0…1
	Evidence    json.RawMessage // what speaks for it, as the matcher wrote it
	Basis       string          // legal basis (GDPR Art. 6)
	DecidedBy   string          // ByMatcher, or a user's id
	DecidedAt   time.Time
}

// Human says that a person decided. That outranks the matcher for this pair for ever.
func (l *Link) Human() bool { return l.DecidedBy != ByMatcher }

// settle merges the matcher's proposals for one author into the links there are and returns those
// to write, in the order of their contacts. A person's decision stays as it is. An author belongs
// to one contact at most: where a person has confirmed one, the matcher's claims are suggestions;
// where the matcher claims several, all of them are.
func settle(existing, proposed []Link) []Link {
	before := make(map[string]Link, len(existing))
	state := make(map[string]Link, len(existing)+len(proposed))
	for _, l := range existing {
		before[l.ContactID], state[l.ContactID] = l, l
	}
	for _, l := range proposed {
		if have, ok := state[l.ContactID]; ok && have.Human() {
			continue
		}
		l.DecidedBy = ByMatcher
		state[l.ContactID] = l
	}
	var confirmed []string
	human := false
	for id, l := range state {
		switch {
		case l.Decision != Confirmed:
		case l.Human():
			human = true
		default:
			confirmed = append(confirmed, id)
		}
	}
	if human || len(confirmed) > 1 {
		for _, id := range confirmed {
			l := state[id]
			l.Decision = Suggested
			state[id] = l
		}
	}
	var changed []Link
	for id, l := range state {
		if old, ok := before[id]; !ok || !sameLink(&old, &l) {
			changed = append(changed, l)
		}
	}
	slices.SortFunc(changed, func(a, b Link) int { return cmp.Compare(a.ContactID, b.ContactID) })
	return changed
}

// sameLink compares all but the time, so that a batch handled twice writes nothing.
func sameLink(a, b *Link) bool {
	return a.Decision == b.Decision && a.Probability == b.Probability && a.Basis == b.Basis &&
		a.DecidedBy == b.DecidedBy && bytes.Equal(evidenceText(a), evidenceText(b))
}

// evidenceText is the evidence as it is kept: a JSON array.
func evidenceText(l *Link) []byte {
	if len(l.Evidence) == 0 {
		return []byte("[]")
	}
	return l.Evidence
}

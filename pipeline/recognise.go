package pipeline

import (
	"encoding/json"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/matcher"
)

// recognise asks the matcher who the authors are.
func (p *Pipeline) recognise(w *work) {
	asked := make(map[string]bool, len(w.posts))
	for _, h := range w.heard() {
		if asked[h.AuthorID] {
			continue
		}
		asked[h.AuthorID] = true
		network, author := h.Event.Post.Network, &h.Event.Post.Author
		p.Contacts.Bears(network, author, author.ID)
		match, ok := p.Contacts.Resolve(network, author)
		if !ok {
			continue
		}
		for _, m := range match.All() {
			w.links = append(w.links, LinkOf(h.AuthorID, m))
		}
	}
}

// LinkOf is a match as it is kept.
func LinkOf(authorID string, m matcher.Match) crm.Link {
	e := m.Explanation()
	evidence := e.Evidence
	e.Evidence = nil
	return crm.Link{AuthorID: authorID, ContactID: m.ContactID, Decision: crm.Decision(m.Decision), Probability: m.Probability,
		Evidence: text(evidence), Explanation: text(e), Model: m.Model, Basis: basis(m), DecidedBy: crm.ByMatcher}
}

// basis is what makes it lawful to keep the match: a profile on file was given to us, a verified
// page or an own domain was made public by the person, and the rest is concluded.
func basis(m matcher.Match) crm.Basis {
	best := crm.BasisInterest
	for _, e := range m.Evidence {
		switch e.Level {
		case matcher.LevelAccountID, matcher.LevelHandle:
			return crm.BasisGiven
		case matcher.LevelOwnPage, matcher.LevelProfilePage, matcher.LevelOwnDomain:
			best = crm.BasisPublic
		}
	}
	return best
}

// text is a value as it is kept with the link.
func text(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and numbers only
	}
	return data
}

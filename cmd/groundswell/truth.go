package main

import (
	"fmt"

	"github.com/groundswell/groundswell/matcher"
)

// A truth says who the authors are.
type truth struct {
	name    string
	of      map[string]string // contact of each author; empty for a stranger
	seen    int               // authors of the file who stand in it
	rows    int
	unknown int // contacts that are not in the file of contacts
	example string
}

// readTruth reads author_id,contact_id. A file most of whose contacts are none of ours does not fit.
func readTruth(name string, has func(contactID string) bool) (*truth, error) {
	t, err := openTable(name)
	if err != nil {
		return nil, fmt.Errorf("read truth: %w", err)
	}
	defer t.close()
	author, err := t.need("author_id", "author", "authorid", "id")
	if err != nil {
		return nil, fmt.Errorf("read truth: %w", err)
	}
	contact, err := t.need("contact_id", "contact", "contactid", "truth_contact_id", "truth")
	if err != nil {
		return nil, fmt.Errorf("read truth: %w", err)
	}
	tr := &truth{name: name, of: make(map[string]string)}
	for {
		ok, err := t.next()
		if err != nil {
			return nil, fmt.Errorf("read truth: %w", err)
		}
		if !ok {
			break
		}
		a, c := t.get(author), t.get(contact)
		if a == "" {
			return nil, fmt.Errorf("read truth: %s, line %d: no author", name, t.line())
		}
		if before, ok := tr.of[a]; ok && before != c {
			return nil, fmt.Errorf("read truth: %s, line %d: author %q is contact %q here and %q before", name, t.line(), a, c, before)
		}
		tr.of[a] = c
		if c == "" {
			continue
		}
		if tr.rows++; !has(c) {
			tr.unknown++
			tr.example = c
		}
	}
	if tr.rows == 0 || 2*tr.unknown > tr.rows {
		return nil, fmt.Errorf("read truth: %s does not fit: %d of %d contacts (such as %q) are not in the file of contacts; want a row author_id,contact_id for each known author",
			name, tr.unknown, tr.rows, tr.example)
	}
	return tr, nil
}

// checkSeen complains when the truth is about other authors.
func (t *truth) checkSeen() error {
	if t.seen > 0 {
		return nil
	}
	example := ""
	for a := range t.of {
		example = max(example, a)
	}
	return fmt.Errorf("read truth: %s does not fit: none of its authors (such as %q) is in the file of authors", t.name, example)
}

// A matchScore counts what was decided, and how right it was where the truth is known.
type matchScore struct {
	truth                         *truth
	authors, automatic, review    int
	known, strangers              int
	right, linkedStrangers        int // automatic
	reached                       int // known authors whose contact is linked or shown for review
	identifiable, rightOfThose    int
	candidates, candidatesOfThose int // the blocks lead to the right contact
	top                           int
	capped                        int
	labels                        []matcher.Label // of every row
	expected                      []float64
}

func newMatchScore(t *truth) *matchScore { return &matchScore{truth: t} }

// leastBeyond is how many bits beyond the name make an author identifiable.
const leastBeyond = 3

func (s *matchScore) add(x *matcher.Index, a *authorRow, m *matcher.Match) {
	s.authors++
	all := m.All()
	switch {
	case m.ContactID == "":
		all = nil
	case m.Decision == matcher.Confirmed:
		s.automatic++
	default:
		s.review++
	}
	if m.LeftOut > 0 {
		s.capped++
	}
	for _, m := range all {
		s.expected = append(s.expected, m.Probability)
	}
	if s.truth == nil {
		return
	}
	right, stands := s.truth.of[a.id]
	if stands {
		s.truth.seen++
	}
	for _, m := range all {
		s.labels = append(s.labels, matcher.Label{Probability: m.Probability, Right: m.ContactID == right && right != ""})
	}
	if right == "" {
		s.strangers++
		if m.Decision == matcher.Confirmed {
			s.linkedStrangers++
		}
		return
	}
	s.known++
	e, _ := x.Examine(a.network, &a.author, right)
	able := e.Proven || e.Surname && e.Name > 3 && e.BeyondName >= leastBeyond
	ok := m.Decision == matcher.Confirmed && m.ContactID == right
	count(&s.right, ok)
	count(&s.identifiable, able)
	count(&s.rightOfThose, able && ok)
	count(&s.candidates, e.Candidate)
	count(&s.candidatesOfThose, able && e.Candidate)
	count(&s.top, m.ContactID == right)
	for _, m := range all {
		count(&s.reached, m.ContactID == right)
	}
}

func count(n *int, yes bool) {
	if yes {
		*n++
	}
}

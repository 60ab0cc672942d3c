package matcher

import "github.com/groundswell/groundswell/post"

// An Examination says what the matcher sees of an author and one contact, for measuring it.
type Examination struct {
	Candidate  bool    // the blocks lead to the contact
	Proven     bool    // there is evidence that proves, or the handle is on file and this account's alone
	Surname    bool    // the surname agrees, in the name shown or in the handle
	Name       float64 // bits of the name
	BeyondName float64 // bits of the rest
}

// Examine compares an author with one contact, whether or not the blocks lead there.
func (x *Index) Examine(network string, post *post.Author, contactID string) (e Examination, ok bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	number, ok := x.byID(contactID)
	if !ok {
		return e, false
	}
	a := x.prepare(network, post)
	candidates, _ := x.weigh(a)
	for i := range candidates {
		if candidates[i].number == number {
			c := &candidates[i]
			return c.examined(true), true
		}
	}
	c := candidate{number: number}
	r, rest := &x.records[number], x.rest(number)
	c.comparison = x.compare(a, r)
	c.name, c.other = c.weigh(&x.weights)
	c.fixed = x.fixedEvidence(a, r, &rest)
	c.weighHandle(&x.weights, x.size)
	return c.examined(false), true
}

func (c *candidate) examined(found bool) Examination {
	last, handle := c.level[fieldSurname], c.level[fieldHandle]
	return Examination{found, c.proven || c.bearers == 1, last != 0 && last <= surnameSimilar || handle != 0 && handle <= handleSurname ||
		c.level[fieldSingle] == singleSurname, c.name, c.beyond()}
}

// Has says that a contact is in the index.
func (x *Index) Has(contactID string) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	_, ok := x.byID(contactID)
	return ok
}

// HasAccount says that an account id of a network is on file for some contact.
func (x *Index) HasAccount(network, id string) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	id = foldNative(network, id)
	return id != "" && x.keys.find(textKey(keyNative, network, id)).count > 0
}

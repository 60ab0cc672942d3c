package matcher

import (
	"strings"
)

// Evidence is one piece of what speaks for a match.
type Evidence struct {
	Field        string  `json:"field"`         // what was compared: account, link, handle, name, company, city
	Level        string  `json:"level"`         // how far it agrees
	AuthorValue  string  `json:"author_value"`  // as the network shows it
	ContactValue string  `json:"contact_value"` // as it is on file
	Bits         float64 `json:"bits"`          // how much more probable it makes the match: 2^bits to one
}

// Levels of agreement.
const (
	LevelAccountID    = "account id on file"
	LevelHandle       = "handle on file"
	LevelOtherAccount = "handle on file, account id differs"
	LevelOwnPage      = "own page, verified by the network"
	LevelProfilePage  = "profile on file, verified by the network"
	LevelOwnDomain    = "own domain is the handle"
	LevelCompanyPage  = "company page, verified by the network"
	LevelCompanyHost  = "company domain is the handle"
	LevelSameName     = "same name, no other contact has it"
	LevelNamed        = "named in the profile"
)

// Bits of a match. priorBits stand for an author about whom nothing is known: one in 16,384. With
// the levels that prove they give the probabilities 0.9999 (account id), 0.9995 (verified page),
// 0.9993 (own domain) and 0.999 (handle); a unique name gives 0.40 with the city, 0.70 with the
// company and 0.9, the ceiling of suggestions, with both.
const (
	priorBits        = -14.0
	accountIDBits    = 27.3
	handleBits       = 24.0
	otherAccountBits = 14.0
	ownPageBits      = 25.0
	ownDomainBits    = 24.5
	companyPageBits  = 5.0
	nameBits         = 10.0
	companyBits      = 5.2
	cityBits         = 3.4
)

// weighed is a candidate with what speaks for it.
type weighed struct {
	contactID string
	evidence  []Evidence
	bits      float64 // sum, with the prior
	proven    bool
	basis     string
}

func (w *weighed) add(e Evidence) {
	w.evidence = append(w.evidence, e)
	w.bits += e.Bits
}

func (w *weighed) prove(e Evidence, basis string) {
	w.add(e)
	if !w.proven {
		w.proven, w.basis = true, basis
	}
}

// weigh compares an author with one contact.
func (x *Index) weigh(a *author, c *Contact) weighed {
	w := weighed{contactID: c.ID, bits: priorBits}
	w.account(a, c)
	x.pagesOf(&w, a, c)
	x.person(&w, a, c)
	return w
}

// account compares the author's account with the profiles on file; the best one counts.
func (w *weighed) account(a *author, c *Contact) {
	var best Evidence
	for _, p := range c.Profiles {
		if p.Network != a.network {
			continue
		}
		native := foldNative(p.Network, p.NativeID)
		sameHandle := a.handle != "" && foldHandle(p.Network, p.Handle, p.URL) == a.handle
		e := Evidence{Field: "account"}
		switch {
		case native != "" && native == a.native:
			e.Level, e.AuthorValue, e.ContactValue, e.Bits = LevelAccountID, a.ID, p.NativeID, accountIDBits
		case sameHandle && differ(native, a.native):
			e.Level, e.AuthorValue, e.ContactValue, e.Bits = LevelOtherAccount, a.Handle+" ("+a.ID+")", p.Handle+" ("+p.NativeID+")", otherAccountBits
		case sameHandle:
			e.Level, e.AuthorValue, e.ContactValue, e.Bits = LevelHandle, a.Handle, p.Handle, handleBits
		}
		if e.Bits > best.Bits {
			best = e
		}
	}
	switch {
	case best.Bits >= handleBits:
		w.prove(best, "legitimate interest: profile on file")
	case best.Bits > 0:
		w.add(best)
		w.basis = "legitimate interest: handle on file"
	}
}

// pagesOf compares the pages the network has verified, and a handle that is a domain, with the
// contact's pages.
func (x *Index) pagesOf(w *weighed, a *author, c *Contact) {
	own, hasOwn := readPage(c.URL)
	company := hasOwn && own.root && x.companySite(own.host, c)
	for _, verified := range a.pages {
		switch {
		case hasOwn && verified.text == own.text && !company && !verified.crowded:
			w.prove(Evidence{"link", LevelOwnPage, verified.text, c.URL, ownPageBits}, "legitimate interest: page on file, verified by the network")
			return
		case hasOwn && verified.text == own.text:
			w.add(Evidence{"link", LevelCompanyPage, verified.text, c.URL, companyPageBits})
			return
		}
		for _, p := range c.Profiles {
			if page, ok := readPage(p.URL); ok && page.text == verified.text && !verified.crowded {
				w.prove(Evidence{"link", LevelProfilePage, verified.text, p.URL, ownPageBits}, "legitimate interest: profile on file, verified by the network")
				return
			}
		}
	}
	if a.network != "bluesky" || !hasOwn || !own.root || a.handle != own.host {
		return
	}
	if company {
		w.add(Evidence{"handle", LevelCompanyHost, a.Handle, c.URL, companyPageBits})
		return
	}
	w.prove(Evidence{"handle", LevelOwnDomain, a.Handle, c.URL, ownDomainBits}, "legitimate interest: own domain on file")
}

// companySite says that a site proves the company and not the person: several contacts have their
// page there, or it bears the company's name and not theirs.
func (x *Index) companySite(host string, c *Contact) bool {
	var buf [1]int32
	if len(x.find(&buf, keyHost, "", host)) > 1 {
		return true
	}
	words := companyWords(c.Company)
	if len(words) == 0 {
		return false
	}
	label := strings.ReplaceAll(host, "-", "")
	last := strings.ReplaceAll(Fold(c.LastName, maxNameRunes), " ", "")
	if len(last) >= 2 && strings.Contains(label, last) {
		return false
	}
	return strings.Contains(label, strings.Join(words, "")) || len(words[0]) >= 4 && strings.Contains(label, words[0])
}

// person compares name, company and city. A name speaks only when no other contact has it.
func (x *Index) person(w *weighed, a *author, c *Contact) {
	if a.name == "" {
		return
	}
	same := ""
	for _, name := range c.names() {
		if nameKey(name) == a.name {
			same = strings.TrimSpace(name)
			break
		}
	}
	var buf [1]int32
	if same == "" || len(x.find(&buf, keyName, "", a.name)) != 1 {
		return
	}
	w.add(Evidence{"name", LevelSameName, a.Name, same, nameBits})
	if w.basis == "" {
		w.basis = "legitimate interest: public name and employer or city"
	}
	if a.context == "" {
		a.place = Fold(firstRunes(a.Location, maxNameRunes)+" "+firstRunes(a.Bio, maxBioRunes), maxNameRunes+maxBioRunes)
		a.context = Fold(a.Name, maxNameRunes) + " . " + a.place
	}
	if words := companyWords(c.Company); holds(a.context, words) {
		w.add(Evidence{"company", LevelNamed, strings.Join(words, " "), c.Company, companyBits})
	}
	if city := strings.Fields(Fold(c.City, maxNameRunes)); len(strings.Join(city, "")) >= 3 && holds(a.place, city) {
		w.add(Evidence{"city", LevelNamed, strings.Join(city, " "), c.City, cityBits})
	}
}

package matcher

import (
	"slices"
	"strings"
)

// Evidence is one piece of what speaks for a match, or against it.
type Evidence struct {
	Field        string  `json:"field"`         // what was compared: account, link, handle, surname, company, city …
	Level        string  `json:"level"`         // how far it agrees
	AuthorValue  string  `json:"author_value"`  // as the network shows it
	ContactValue string  `json:"contact_value"` // as it is on file
	Bits         float64 `json:"bits"`          // how much more probable it makes the match: 2^bits to one
}

// Levels of agreement with a weight that does not depend on how common a value is.
const (
	LevelAccountID    = "account id on file"
	LevelHandle       = "handle on file"
	LevelOtherAccount = "handle on file, account id differs"
	LevelSecond       = "another account on this network is on file"
	LevelOwnPage      = "own page, verified by the network"
	LevelProfilePage  = "profile on file, verified by the network"
	LevelOwnDomain    = "own domain is the handle"
	LevelPageUnder    = "page of the company's site that bears the name, verified by the network"
	LevelCompanyPage  = "company page, verified by the network"
	LevelCompanyHost  = "company domain is the handle"
	LevelNamesPage    = "names the page on file"
	LevelNamesProfile = "names a profile on file"
	LevelMail         = "names the e-mail address on file"
	LevelSameHandle   = "the handle is on file for another network or is the e-mail's"
	LevelNamesake     = "strangers who bear the name"
	LevelColleague    = "strangers who work there"
)

// Bits of these levels. Those of what proves are beside the prior, which it outweighs however many
// contacts there are; the rest is held against what a stranger could do as well: name somebody's
// page, take a handle that is used elsewhere.
const (
	accountIDBits    = 16.0
	ownPageBits      = 13.0
	ownDomainBits    = 12.5
	otherAccountBits = 16.0
	secondBits       = -3.0
	pageUnderBits    = 14.0
	companyPageBits  = 5.0
	namesPageBits    = 13.0
	mailBits         = 18.0
	sameHandleBits   = 11.0 // of a handle that is not made of the name
	sameDigitsBits   = 5.0  // of one that is, and holds something more, a year for example
)

// Legal bases of links (GDPR Art. 6).
const (
	basisProfile  = "legitimate interest: profile on file"
	basisHandle   = "legitimate interest: handle on file"
	basisPage     = "legitimate interest: page on file, verified by the network"
	basisVerified = "legitimate interest: profile on file, verified by the network"
	basisDomain   = "legitimate interest: own domain on file"
	basisPublic   = "legitimate interest: public name and profile"
)

// fixed is the evidence whose weight does not depend on how common a value is.
type fixed struct {
	evidence []Evidence
	bits     float64
	bearers  int     // accounts that bear the handle on file, this one among them; 0: it is not on file
	made     bool    // that handle is made of the contact's name
	handle   float64 // its bits, which are learnt
	company  float64 // bits of the company's page or domain, among the others
	inPage   bool    // a verified page bears the name
	proven   bool
	sure     bool // whatever name is shown
	hold     bool // a person has to look at it, whatever else agrees
	basis    string
}

func (f *fixed) add(e Evidence) {
	f.evidence = append(f.evidence, e)
	f.bits += e.Bits
}

// addCompany adds what proves the company and not the person.
func (f *fixed) addCompany(e Evidence) {
	e.Bits = companyPageBits
	f.add(e)
	f.company += e.Bits
}

func (f *fixed) prove(e Evidence, prior float64, basis string) {
	e.Bits -= prior
	f.add(e)
	if !f.proven {
		f.proven, f.basis = true, basis
	}
}

// fixedEvidence compares what an author and a contact have on file of accounts, pages and addresses.
func (x *Index) fixedEvidence(a *author, r *record, c *Contact) (f fixed) {
	x.account(&f, a, r, c)
	x.verifiedPages(&f, a, r, c)
	x.claims(&f, a, r, c)
	return f
}

// account compares the author's account with the profiles on file; the best one counts. A handle
// alone is as good as handles are: some are somebody else's by now, which the name may tell.
func (x *Index) account(f *fixed, a *author, r *record, c *Contact) {
	const sameID, otherID, handleOnly, other = 4, 2, 3, 1
	best, p := 0, Profile{}
	for _, on := range c.Profiles {
		if on.Network != a.network {
			continue
		}
		native, level := foldNative(on.Network, on.NativeID), other
		sameHandle := a.handle != "" && foldHandle(on.Network, on.Handle, on.URL) == a.handle
		switch {
		case native != "" && native == a.native:
			level = sameID
		case sameHandle && differ(native, a.native):
			level = otherID
		case sameHandle:
			level = handleOnly
		}
		if level > best {
			best, p = level, on
		}
	}
	switch best {
	case sameID:
		f.prove(Evidence{"account", LevelAccountID, a.ID, p.NativeID, accountIDBits}, x.weights.prior(x.size), basisProfile)
		f.sure = true
	case handleOnly:
		f.bearers, f.basis = max(1, a.bearers), basisProfile
		f.made, _ = x.madeOf(a.letters, r)
		f.evidence = append(f.evidence, Evidence{"account", LevelHandle, a.Handle, p.Handle, 0})
	case otherID:
		f.add(Evidence{"account", LevelOtherAccount, a.Handle + " (" + a.ID + ")", p.Handle + " (" + p.NativeID + ")", otherAccountBits})
		f.hold, f.basis = true, basisHandle
	case other:
		if a.crowded {
			return
		}
		f.add(Evidence{Field: "account", Level: LevelSecond, AuthorValue: a.Handle, Bits: secondBits})
	}
}

// verifiedPages compares the pages the network has verified, and a handle that is a domain, with
// the contact's pages.
func (x *Index) verifiedPages(f *fixed, a *author, r *record, c *Contact) {
	own, hasOwn := readPage(c.URL)
	company := hasOwn && own.root && x.companySite(own.host, r) && (!r.isCompany() || !a.showsCompany(r))
	for _, verified := range a.pages {
		switch {
		case hasOwn && verified.text == own.text && !company && !verified.crowded:
			f.prove(Evidence{"link", LevelOwnPage, verified.text, c.URL, ownPageBits}, x.weights.prior(x.size), basisPage)
			return
		case hasOwn && verified.text == own.text:
			f.addCompany(Evidence{Field: "link", Level: LevelCompanyPage, AuthorValue: verified.text, ContactValue: c.URL})
			return
		case r.hostKey != 0 && companyHost(verified.host) == x.hosts.at(r.hostKey) && x.bearsName(verified.text[len(verified.host):], r):
			f.add(Evidence{"link", LevelPageUnder, verified.text, x.hosts.at(r.hostKey), pageUnderBits})
			f.inPage = true
			return
		}
		for _, p := range c.Profiles {
			if page, ok := readPage(p.URL); ok && page.text == verified.text && !verified.crowded {
				f.prove(Evidence{"link", LevelProfilePage, verified.text, p.URL, ownPageBits}, x.weights.prior(x.size), basisVerified)
				return
			}
		}
	}
	if a.network != "bluesky" || a.handle == "" {
		return
	}
	switch host := x.hosts.at(r.hostKey); {
	case hasOwn && own.root && a.handle == own.host && !company:
		f.prove(Evidence{"handle", LevelOwnDomain, a.Handle, c.URL, ownDomainBits}, x.weights.prior(x.size), basisDomain)
	case hasOwn && own.root && a.handle == own.host:
		f.addCompany(Evidence{Field: "handle", Level: LevelCompanyHost, AuthorValue: a.Handle, ContactValue: c.URL})
	case host == "":
	case a.handle == host && x.ownDomain(host, r):
		f.prove(Evidence{"handle", LevelOwnDomain, a.Handle, host, ownDomainBits}, x.weights.prior(x.size), basisDomain)
	case a.handle == host, strings.HasSuffix(a.handle, "."+host):
		f.addCompany(Evidence{Field: "handle", Level: LevelCompanyHost, AuthorValue: a.Handle, ContactValue: host})
	}
}

// bearsName says that a path holds the contact's surname: acme.example/team/anna-mueller.
func (x *Index) bearsName(path string, r *record) (found bool) {
	letters := strings.ReplaceAll(Fold(path, maxNameRunes), " ", "")
	x.eachWord(r.lastKey, func(last uint32) {
		text := x.words.at(last)
		found = found || len(text) >= 3 && strings.Contains(letters, text)
	})
	return found
}

// companySite says that a site proves the company and not the person: several contacts have their
// page there, or it bears the company's name and not theirs.
func (x *Index) companySite(host string, r *record) bool {
	if x.keys.find(textKey(keyHost, "", host)).count > 1 {
		return true
	}
	if x.bearsName(host, r) {
		return false
	}
	words := strings.Fields(x.companies.at(r.companyKey))
	if len(words) == 0 {
		return false
	}
	label := strings.ReplaceAll(host, "-", "")
	return strings.Contains(label, strings.Join(words, "")) || len(words[0]) >= 4 && strings.Contains(label, words[0])
}

// ownDomain says that a domain on file is the person's: it bears their name, given and surname,
// and nobody else has it.
func (x *Index) ownDomain(host string, r *record) bool {
	first := x.words.at(r.firstKey)
	return r.lastKey != 0 && first != "" && x.hosts.of(r.hostKey) == 1 && x.bearsName(host, r) &&
		strings.Contains(strings.ReplaceAll(host, "-", ""), strings.ReplaceAll(first, " ", ""))
}

// claims compares what the author only says, and the handle with those on other networks.
func (x *Index) claims(f *fixed, a *author, r *record, c *Contact) {
	own, hasOwn := readPage(c.URL)
	company := hasOwn && own.root && x.companySite(own.host, r)
	for _, p := range a.claimed {
		if hasOwn && p.text == own.text && !company && !p.crowded && !f.proven {
			f.add(Evidence{"link", LevelNamesPage, p.text, c.URL, namesPageBits})
			break
		}
		if x.namesProfile(f, &p, c) {
			break
		}
	}
	if r.mail != 0 && slices.Contains(a.mails, r.mail) {
		f.add(Evidence{"e-mail", LevelMail, "", "", mailBits})
	}
	if a.skeleton == 0 || f.proven || f.hold || f.bearers > 0 {
		return
	}
	same, value := r.local == a.skeleton, "the e-mail address"
	for _, p := range c.Profiles {
		if !same && p.Network != a.network && skeletonHash(skeleton(p.Handle)) == a.skeleton {
			same, value = true, p.Network+": "+p.Handle
		}
	}
	if bits := x.sameHandle(a.letters, r); same && bits > 0 {
		f.add(Evidence{"same handle", LevelSameHandle, a.Handle, value, bits})
	}
}

func (x *Index) namesProfile(f *fixed, p *page, c *Contact) bool {
	for _, on := range c.Profiles {
		if page, ok := readPage(on.URL); ok && page.text == p.text && !p.crowded && !f.proven {
			f.add(Evidence{"link", LevelNamesProfile, p.text, on.URL, namesPageBits})
			return true
		}
	}
	return false
}

// sameHandle weighs that the same handle is used elsewhere. One that is nothing but the name is
// taken by anybody of that name, and so is the e-mail address: it says no more than the name.
func (x *Index) sameHandle(letters string, r *record) float64 {
	made, letters := x.madeOf(letters, r)
	switch left := len(letters); {
	case !made && left >= 6, left >= 4:
		return sameHandleBits
	case left >= 2:
		return sameDigitsBits
	default:
		return 0
	}
}

// madeOf says that a handle holds the contact's name, and what is left without it.
func (x *Index) madeOf(letters string, r *record) (made bool, left string) {
	for _, name := range []uint32{r.lastKey, r.firstKey} {
		x.eachWord(name, func(w uint32) {
			if text := x.words.at(w); len(text) >= 3 && strings.Contains(letters, text) {
				made, letters = true, strings.Replace(letters, text, "", 1)
			}
		})
	}
	return made, letters
}

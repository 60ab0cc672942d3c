package matcher

import (
	"math"
	"math/bits"
	"slices"
	"strings"
)

// A comparison says how far an author and a contact agree in what is weighed by the model.
type comparison struct {
	level [fieldCount]uint8
	rare  [fieldCount]float32 // bits: how seldom a stranger agrees as far
}

func (c *comparison) set(field int, level uint8, share float64) {
	c.level[field], c.rare[field] = level, float32(-math.Log2(share))
}

// weigh adds up the bits of the name and of the other fields.
func (c *comparison) weigh(w *weights) (name, other float64) {
	for f := range fieldCount {
		if c.level[f] == 0 {
			continue
		}
		b := float64(w.m[f][c.level[f]] + c.rare[f])
		if f < fieldCity {
			name += b
		} else {
			other += b
		}
	}
	return name, other
}

// compare compares an author with a contact. What the names come to is the same for all who bear the
// same one, which those of a large block do: it is worked out once.
func (x *Index) compare(a *author, r *record) (c comparison) {
	if m := &a.seen[(r.firstKey^r.lastKey*31)%namesSeen]; m.first == r.firstKey && m.last == r.lastKey && m.known {
		c = m.comparison
	} else {
		c = x.compareName(a, r)
		*m = seenName{r.firstKey, r.lastKey, true, c}
	}
	x.compareCity(&c, a, r)
	x.compareCompany(&c, a, r)
	switch {
	case a.showsCompany(r):
		x.compareFirm(&c, a, r)
	case r.isCompany() && a.person:
		c.set(fieldSingle, singleCompany, 1)
	}
	return c
}

// namesSeen is how many names of candidates are remembered of an author.
const namesSeen = 16

// A seenName is how far a name agrees with an author.
type seenName struct {
	first, last uint32
	known       bool
	comparison
}

func (x *Index) compareName(a *author, r *record) (c comparison) {
	switch {
	case a.person:
		used := x.compareSurname(&c, a, r)
		x.compareGiven(&c, a, r, used)
	case len(a.name.words) == 1 && !a.name.company:
		x.compareSingle(&c, a, r)
	case len(a.name.words) > 1 && !a.name.company: // no given name that we know; a surname may be
		if used := x.compareSurname(&c, a, r); used == 0 {
			c.level[fieldSurname] = 0
		} else {
			x.compareGiven(&c, a, r, used)
		}
	}
	if s := c.level[fieldSurname]; s == 0 || s == surnameInitial {
		x.compareHandle(&c, a, r)
		if h := c.level[fieldHandle]; s == surnameInitial && h != 0 && h <= handleSurname { // the surname's initial goes with it
			c.level[fieldSurname] = 0
		}
	}
	x.goTogether(&c, r)
	return c
}

// How many write their name so that it is no longer the one on file: strangers who bear that name do
// it as often.
const (
	misspelt  = 0.05
	shortened = 0.1
)

// compareSurname returns the author's words that are the contact's surname, as bits.
func (x *Index) compareSurname(c *comparison, a *author, r *record) (used uint) {
	if r.lastKey == 0 {
		return 0
	}
	words, same, share := 0, 0, 1.0
	x.eachWord(r.lastKey, func(last uint32) {
		words++
		if i := slices.Index(a.words[:len(a.name.words)], last); i >= 0 {
			same++
			used |= 1 << i
			share = min(share, x.surnameShare(last, x.words.at(last)))
		}
	})
	if same > 1 { // two names that go together are much rarer than either
		share *= 0.05
	}
	switch {
	case same > 0 && same == words && !x.anotherSurname(a, used):
		c.set(fieldSurname, surnameSame, share)
		return used
	case same > 0:
		c.set(fieldSurname, surnamePart, share)
		return used
	}
	x.eachWord(r.lastKey, func(last uint32) {
		text := x.words.at(last)
		for i, w := range a.name.words {
			if used == 0 && similar(w, text) {
				used = 1 << i
				share = misspelt*x.surnameShare(last, text) + x.surnameShare(a.words[i], w) + 2e-5
			}
		}
	})
	switch {
	case used != 0:
		c.set(fieldSurname, surnameSimilar, share)
	case len(a.name.words) == 1 && slices.Contains(a.name.initials, x.words.at(r.lastKey)[0]):
		c.set(fieldSurname, surnameInitial, 0.06)
	default:
		c.set(fieldSurname, surnameOther, 1)
	}
	return used
}

// anotherSurname says that the author shows a surname beside those that agree: Haas-Meier is no Meier.
func (x *Index) anotherSurname(a *author, used uint) bool {
	for i, w := range a.name.words {
		if n := a.words[i]; used&(1<<i) == 0 && n != 0 && x.words.asLast[n] > 0 && !x.isGiven(w, n) {
			return true
		}
	}
	return false
}

// compareGiven compares what the surname has left of the author's words.
func (x *Index) compareGiven(c *comparison, a *author, r *record, used uint) {
	if r.firstKey == 0 {
		return
	}
	level, share := uint8(0), 1.0
	better := func(l uint8, s float64) {
		if level == 0 || l < level {
			level, share = l, s
		}
	}
	x.eachWord(r.firstKey, func(first uint32) {
		text := x.words.at(first)
		for i, w := range a.name.words {
			if used&(1<<i) != 0 {
				continue
			}
			switch {
			case a.words[i] == first:
				better(givenSame, x.givenShare(first, text))
			case sameOrigin(w, text):
				better(givenNick, shortened*x.givenShare(first, text)+x.givenShare(a.words[i], w)+2e-4)
			case len(text) == 1 && w[0] == text[0]:
				better(givenInitial, 0.08)
			case similar(w, text):
				better(givenSimilar, misspelt*x.givenShare(first, text)+x.givenShare(a.words[i], w)+5e-5)
			default:
				better(givenOther, 1)
			}
		}
		for _, initial := range a.name.initials {
			if initial == text[0] {
				better(givenInitial, 0.08)
			} else if len(a.name.words) == bits.OnesCount(used) {
				better(givenOther, 1)
			}
		}
	})
	if level != 0 {
		c.set(fieldGiven, level, share)
	}
}

// compareSingle compares a name of one word, which may be either.
func (x *Index) compareSingle(c *comparison, a *author, r *record) {
	w, number := a.name.words[0], a.words[0]
	known := x.isGiven(w, number) || number != 0 && x.words.asLast[number] > 0
	level, share := uint8(0), 1.0
	if known {
		level = singleOther
	}
	x.eachWord(r.firstKey, func(first uint32) {
		if text := x.words.at(first); first == number || level != singleGiven && sameOrigin(w, text) {
			level, share = singleGiven, x.givenShare(first, text)
			if first != number {
				share += x.givenShare(number, w) + 0.002
			}
		}
	})
	x.eachWord(r.lastKey, func(last uint32) {
		if last == number {
			level, share = singleSurname, x.surnameShare(last, w)
		}
	})
	if level != 0 {
		c.set(fieldSingle, level, share)
	}
}

// byAccident is how often letters stand in a handle without being the name.
func byAccident(length int) float64 {
	return 2 * math.Pow(10, -float64(min(length, 7)-1))
}

// compareHandle looks for the contact's name in the handle.
func (x *Index) compareHandle(c *comparison, a *author, r *record) {
	if a.hits.letters == "" || r.lastKey == 0 && r.firstKey == 0 {
		return
	}
	shownGiven := c.level[fieldSingle] == singleGiven || c.level[fieldGiven] > 0 && c.level[fieldGiven] < givenOther
	level, share := uint8(handleOther), 1.0
	for i := range a.hits.names {
		h := &a.hits.names[i]
		x.eachWord(r.lastKey, func(last uint32) {
			if last != h.last {
				return
			}
			text := x.words.at(last)
			s := x.surnameShare(last, text) + byAccident(h.length)/10
			if !h.clean {
				s += byAccident(h.length)
			}
			l, g := x.besideSurname(h, r)
			if shownGiven {
				g = 1
			}
			if l != 0 && (l < level || l == level && s*g < share) {
				level, share = l, s*g
			}
		})
	}
	if level == handleOther && !shownGiven {
		x.eachWord(r.firstKey, func(first uint32) {
			if slices.Contains(a.hits.given, first) {
				text := x.words.at(first)
				level, share = handleGiven, x.givenShare(first, text)+byAccident(len(text))
			}
		})
	}
	c.set(fieldHandle, level, min(1, share))
}

// besideSurname compares what stands beside a surname in the handle with the contact's given
// name; 0 says that it is another's.
func (x *Index) besideSurname(h *handleName, r *record) (level uint8, share float64) {
	if r.firstKey == 0 || h.given == 0 && h.initial == 0 {
		return handleSurname, 1
	}
	x.eachWord(r.firstKey, func(first uint32) {
		text := x.words.at(first)
		switch {
		case level == handleFull:
		case h.given != 0 && (h.given == first || sameOrigin(x.words.at(h.given), text)):
			level, share = handleFull, x.givenShare(first, text)+1e-4
		case h.given == 0 && h.initial == text[0]:
			level, share = handleInitial, 0.09
		}
	})
	return level, share
}

func (x *Index) compareCity(c *comparison, a *author, r *record) {
	switch {
	case r.cityKey == 0:
	case slices.Contains(a.cities, r.cityKey):
		c.set(fieldCity, citySame, x.cityShare(r.cityKey))
		x.goesWithName(c, r)
	case slices.Contains(a.inBio, r.cityKey):
		c.set(fieldCity, cityInBio, x.cityShare(r.cityKey)+2e-4)
		x.goesWithName(c, r)
	case len(a.cities) > 0:
		c.set(fieldCity, cityOther, 1)
	}
}

// compareFirm weighs that the author shows the name of the contact's company. It is the company's
// account then, and that it names company and town is nothing new. A contact may be the company too;
// Max Müller of Max Müller GmbH shows his own name.
func (x *Index) compareFirm(c *comparison, a *author, r *record) {
	switch {
	case r.isCompany():
		c.set(fieldSingle, singleIsFirm, x.companyShare(r.companyKey))
		if c.level[fieldCompany] != companySite {
			c.level[fieldCompany] = 0
		}
		return
	case !a.name.company && x.showsNameOf(a, r):
		return
	}
	c.level[fieldCompany], c.level[fieldCity] = 0, 0
	if c.level[fieldHandle] == handleSurname && x.namedInCompany(r) {
		c.level[fieldHandle] = 0 // the company bears the surname, and so does its handle
	}
	if c.level[fieldSurname] == 0 {
		c.set(fieldSingle, singleCompany, 1)
	}
}

// showsNameOf says that a word of the contact's name is shown.
func (x *Index) showsNameOf(a *author, r *record) (shows bool) {
	for _, name := range []uint32{r.firstKey, r.lastKey} {
		x.eachWord(name, func(w uint32) { shows = shows || slices.Contains(a.words[:len(a.name.words)], w) })
	}
	return shows
}

// namedInCompany says that the contact's surname stands in the company's name.
func (x *Index) namedInCompany(r *record) (named bool) {
	words := strings.Fields(x.companies.at(r.companyKey))
	x.eachWord(r.lastKey, func(w uint32) { named = named || slices.Contains(words, x.words.at(w)) })
	return named
}

func (x *Index) compareCompany(c *comparison, a *author, r *record) {
	switch {
	case r.companyKey == 0 && r.hostKey == 0:
	case slices.Contains(a.companies, r.companyKey) && r.companyKey != 0:
		c.set(fieldCompany, companySame, x.companyShare(r.companyKey))
	case r.hostKey != 0 && (slices.Contains(a.hosts, r.hostKey) || slices.Contains(a.verified, r.hostKey)):
		c.set(fieldCompany, companySite, x.hostShare(r.hostKey))
	case a.text != "" && r.companyKey != 0 && x.namesPart(a, r.companyKey):
		c.set(fieldCompany, companyPart, 1e-3)
	case len(a.companies)+len(a.hosts) > 0:
		c.set(fieldCompany, companyOther, 1)
	}
}

// namesPart says that the profile names a company by its first word only: Acme for Acme
// Maschinenbau. Words that are cities or names say nothing.
func (x *Index) namesPart(a *author, company uint32) bool {
	word, _, more := strings.Cut(x.companies.at(company), " ")
	if !more || len(word) < 4 || x.cities.of(x.cities.find(word)) > 0 || slices.Contains(a.name.words, word) || a.companies != nil {
		return false
	}
	at := strings.Index(a.text, word)
	return at >= 0 && (at == 0 || a.text[at-1] == ' ') && (at+len(word) == len(a.text) || a.text[at+len(word)] == ' ')
}

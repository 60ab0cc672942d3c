package matcher

import (
	"slices"
	"strings"

	"github.com/groundswell/groundswell/post"
)

// An author is one prepared for comparing with contacts. What is found in the index's vocabularies
// is kept as its number there.
type author struct {
	*post.Author
	network string
	native  string
	handle  string
	crowded bool   // so many contacts have the account on file that it says nothing
	bearers int    // accounts that are known to bear the handle; 0: nothing is known of others
	pages   []page // that the network has verified
	claimed []page // that they name themselves
	name    shown
	person  bool   // the name is a person's: a given name among at least two words, or a surname with an initial
	firm    uint32 // the company whose name they show as theirs
	words   [maxNameWords]uint32
	hits    handleHits

	cities    []uint32 // where they say they are
	inBio     []uint32 // cities that the profile's text names
	companies []uint32
	hosts     []uint32 // sites of companies
	verified  []uint32 // those that the network has verified
	mails     []uint32 // keyed hashes of the addresses that the profile names
	skeleton  uint32
	letters   string // of the handle
	text      string // folded: what the profile says

	seen [namesSeen]seenName // by names of candidates
}

// prepare reads an author. The index's lock is held.
func (x *Index) prepare(network string, post *post.Author) *author {
	a := &author{Author: post, network: network, native: foldNative(network, post.ID), handle: foldHandle(network, post.Handle, post.URL, post.ID)}
	for _, link := range post.VerifiedLinks[:min(len(post.VerifiedLinks), maxProfiles)] {
		if p, ok := readPage(link); ok {
			a.pages = append(a.pages, p)
			a.verified = x.addHost(a.verified, p.host)
		}
	}
	a.bearers = len(x.bearers[textKey(keyHandle, network, a.handle)])
	a.letters = skeleton(post.Handle)
	a.skeleton = skeletonHash(a.letters)
	var rest string
	a.name, rest = readName(post.Name)
	x.nameOf(a)
	a.firm = x.firmOf(a, strings.TrimSuffix(strings.TrimSpace(firstRunes(post.Name, maxNameRunes)), rest))
	x.profileOf(a, rest)
	return a
}

// showsCompany says that the author shows the name of the contact's company.
func (a *author) showsCompany(r *record) bool { return a.firm != 0 && a.firm == r.companyKey }

// firmOf finds the company whose name is shown: the whole of it, or what one that is no person's
// begins with, as Acme Deutschland does.
func (x *Index) firmOf(a *author, name string) uint32 {
	words := companyWords(name)
	for n := len(words); n > 0; n-- {
		if c := x.companies.find(strings.Join(words[:n], " ")); x.companies.of(c) > 0 {
			return c
		}
		if a.person {
			return 0
		}
	}
	return 0
}

func (x *Index) addHost(to []uint32, host string) []uint32 {
	if i := x.hosts.find(companyHost(host)); x.hosts.of(i) > 0 && !slices.Contains(to, i) {
		to = append(to, i)
	}
	return to
}

// nameOf finds the name's words, and says whether it is a person's.
func (x *Index) nameOf(a *author) {
	given := false
	for i, w := range a.name.words {
		a.words[i] = x.words.find(w)
		given = given || x.isGiven(w, a.words[i])
	}
	known := false
	for i := range a.name.words {
		known = known || a.words[i] != 0 && x.words.asLast[a.words[i]] > 0
	}
	a.person = !a.name.company && len(a.name.words)+len(a.name.initials) >= 2 && (given || known && len(a.name.initials) > 0)
	if !a.person || !known {
		a.hits = x.readHandle(a.Handle, a.network)
	}
}

func (x *Index) isGiven(w string, number uint32) bool {
	return number != 0 && x.words.asFirst[number] > 0 || nicknames[w] != nil
}

// profileOf finds cities, companies, sites and addresses in what the profile says.
func (x *Index) profileOf(a *author, rest string) {
	location := firstRunes(a.Location, maxNameRunes)
	for part := range strings.FieldsFuncSeq(location, func(r rune) bool { return strings.ContainsRune(",/|•·;(–", r) }) {
		a.cities = x.findCities(a.cities, cityForm(part), true)
	}
	bio := firstRunes(a.Bio, maxBioRunes)
	if rest == "" && bio == "" && a.URL == "" && len(a.verified) == 0 {
		return
	}
	text := rest + " . " + bio
	if strings.IndexByte(text, '@') >= 0 {
		x.addresses(a, text)
		text = strings.ReplaceAll(text, "@", " at ")
	}
	a.text = Fold(text, maxBioRunes+maxNameRunes)
	words := slices.DeleteFunc(strings.Fields(a.text), func(w string) bool { return w == "und" || w == "and" })
	a.companies = x.findCompanies(words, rest != "")
	for part := range strings.FieldsFuncSeq(bio, func(r rune) bool { return strings.ContainsRune(".,/|•·;–()", r) }) {
		a.inBio = x.findCities(a.inBio, Fold(part, maxNameRunes), false)
	}
	textHosts(bio, func(host string) { a.hosts = x.addHost(a.hosts, host) })
	if p, ok := readPage(a.URL); ok {
		a.claimed = append(a.claimed, p)
		a.hosts = x.addHost(a.hosts, p.host)
	}
	for word := range strings.FieldsSeq(bio) {
		if strings.Contains(word, "://") && len(a.claimed) < 8 {
			if p, ok := readPage(strings.Trim(word, "()[]<>,;|")); ok {
				a.claimed = append(a.claimed, p)
			}
		}
	}
}

// addresses finds e-mail addresses.
func (x *Index) addresses(a *author, text string) {
	for word := range strings.FieldsSeq(text) {
		if at := strings.IndexByte(word, '@'); at > 0 && strings.IndexByte(word[at:], '.') > 0 && len(a.mails) < 4 {
			if h := mailHash(strings.Trim(word, "()[]<>,;:|.!\"'")); h != 0 {
				a.mails = append(a.mails, h)
			}
		}
	}
}

// maxNamed is how many cities or companies of a profile are looked at.
const maxNamed = 6

// findCities finds cities in a part of a location, or of a text: there only the whole part, or
// what follows "in", "from" and the like, for "Essen" and "Hamm" are words too.
func (x *Index) findCities(found []uint32, part string, location bool) []uint32 {
	words := strings.Fields(part)
	for i := 0; i < len(words) && len(found) < maxNamed; i++ {
		for n := min(3, len(words)-i); n >= 1; n-- {
			if !location && n != len(words) && (i == 0 || !inWords[words[i-1]]) {
				continue
			}
			name := strings.Join(words[i:i+n], " ")
			if same, ok := exonyms[name]; ok {
				name = same
			}
			if c := x.cities.find(name); x.cities.of(c) > 0 && len(name) >= 3 {
				if !slices.Contains(found, c) {
					found = append(found, c)
				}
				i += n - 1
				break
			}
		}
	}
	return found
}

var (
	inWords = set("in aus from near bei raum lives based")
	atWords = set("at bei for fuer von of ceo cto cfo coo head founder gruender gruenderin inhaber inhaberin owner geschaeftsfuehrer geschaeftsfuehrerin beim works working arbeite the vertrieb einkauf sales marketing")
)

// findCompanies finds companies in the words of a text. A company of one word counts only after
// "at" and the like, or with its legal form.
func (x *Index) findCompanies(words []string, inName bool) (found []uint32) {
	for i := 0; i < len(words) && len(found) < maxNamed; i++ {
		for n := min(5, len(words)-i); n >= 1; n-- {
			name := words[i]
			if n > 1 {
				name = strings.Join(words[i:i+n], " ")
			}
			c := x.companies.find(name)
			if x.companies.of(c) == 0 || len(name) < 3 {
				continue
			}
			lead := i == 0 && inName || i > 0 && atWords[words[i-1]] || i > 1 && words[i-1] == "the"
			form := i+n < len(words) && legalForms[words[i+n]]
			if n == 1 && !lead && !form {
				continue
			}
			if !slices.Contains(found, c) {
				found = append(found, c)
			}
			i += n - 1
			break
		}
	}
	return found
}

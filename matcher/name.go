package matcher

import (
	"slices"
	"strings"
)

// maxNameWords is how many words a person's name has at most.
const maxNameWords = 8

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

var (
	titles     = set("dr prof professor dipl ing kfm phd msc bsc mba ma ba mag rer nat jur phil habil hc mr mrs ms herr frau sir lic esq jr sr mdb mdl mep mp dipling univ doktor official offiziell")
	particles  = set("von van de der den dem zu zum zur vom da di du del della la le ten ter af av al el bin ibn und y e of the and")
	legalForms = set("gmbh mbh ag kg kgaa ohg ug gbr se eg ev ek co company inc incorporated ltd limited llc llp lp corp corporation plc sa sas sarl srl spa bv nv ab as oy aps und and the group gruppe holding cie e v k")
	// companyOnly are words that no person's name holds.
	companyOnly = set("gmbh mbh ag kg kgaa ohg ug inc incorporated ltd limited llc llp corp corporation plc sarl srl bv verlag news magazin magazine shop store official redaktion team support service studio agentur agency club verein bot")
)

func isNumber(w string) bool { return strings.Trim(w, "0123456789") == "" }

// A shown is a name that an author shows, taken apart.
type shown struct {
	words    []string // that tell, in the order shown; surname first where a comma says so
	initials []byte   // letters that stand alone
	turned   bool     // a comma stood after the surname
	company  bool     // it is a company's
}

// nameSigns end a name in what an author shows: "Anna Müller | Acme".
const nameSigns = "|([{•·—–@/:\n~#"

// readName takes apart what an author calls themselves. What follows a sign such as | is not name.
func readName(name string) (n shown, rest string) {
	name = strings.TrimSpace(firstRunes(name, maxNameRunes))
	if i := strings.IndexAny(name, nameSigns); i > 0 {
		name, rest = name[:i], name[i:]
	}
	before, after, comma := strings.Cut(name, ",")
	var buf [4 * maxNameRunes]byte
	words := nameWords(string(appendFold(buf[:0], before, maxNameRunes)))
	if comma {
		var more [4 * maxNameRunes]byte
		given := nameWords(string(appendFold(more[:0], after, maxNameRunes)))
		n.turned = len(given) > 0 && len(words) > 0
		words = append(words, given...)
	}
	for _, w := range words {
		switch {
		case isNumber(w):
		case companyOnly[w]:
			n.company = true
		case len(w) == 1:
			n.initials = append(n.initials, w[0])
		case len(n.words) < maxNameWords:
			n.words = append(n.words, w)
		}
	}
	return n, rest
}

// nameWords are the words of a folded name without titles, and without particles where other words
// are left.
func nameWords(folded string) []string {
	words := strings.Fields(folded)
	for _, filler := range []map[string]bool{titles, particles} {
		kept := 0
		for _, w := range words {
			if !filler[w] {
				kept++
			}
		}
		if kept >= 1 && kept < len(words) {
			words = slices.DeleteFunc(words, func(w string) bool { return filler[w] })
		}
	}
	return words
}

// nameForm is the comparable form of a first or last name on file: its telling words.
func nameForm(s string) string {
	words := nameWords(Fold(s, maxNameRunes))
	return strings.Join(words[:min(len(words), 4)], " ")
}

// splitName parts a whole name into first and last, for contacts who have nothing else.
func splitName(name string) (first, last string) {
	n, _ := readName(name)
	switch words := n.words; {
	case n.company || len(words) == 0:
		return "", ""
	case n.turned:
		return strings.Join(words[1:], " "), words[0]
	case len(words) == 1:
		return "", words[0]
	default:
		return strings.Join(words[:len(words)-1], " "), words[len(words)-1]
	}
}

// companyWords are the words of a company's name without its legal form.
func companyWords(company string) []string {
	words := strings.Fields(Fold(company, maxNameRunes))
	kept := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return legalForms[w] })
	if len(strings.Join(kept, "")) < 3 {
		return nil
	}
	return kept
}

// companyForm is the comparable form of a company's name.
func companyForm(company string) string { return strings.Join(companyWords(company), " ") }

// namesCompany says that a contact's name is that of their company, and no person's: it has a legal
// form, or is one word. Max Müller of Max Müller GmbH is a person.
func namesCompany(c *Contact) bool {
	name := strings.TrimSpace(c.FirstName + " " + c.LastName)
	if name == "" {
		name = c.DisplayName
	}
	form := companyForm(name)
	if form == "" || form != companyForm(c.Company) {
		return false
	}
	n, _ := readName(name)
	return n.company || !strings.Contains(form, " ")
}

// exonyms are cities by their English names.
var exonyms = map[string]string{"munich": "muenchen", "cologne": "koeln", "nuremberg": "nuernberg", "vienna": "wien", "hanover": "hannover",
	"zurich": "zuerich", "brunswick": "braunschweig", "geneva": "genf", "basle": "basel", "lucerne": "luzern", "dusseldorf": "duesseldorf",
	"munchen": "muenchen", "koln": "koeln", "nurnberg": "nuernberg", "berne": "bern", "constance": "konstanz", "muc": "muenchen", "hh": "hamburg",
	"ffm": "frankfurt", "dus": "duesseldorf", "bln": "berlin", "frankfurt main": "frankfurt", "frankfurt am main": "frankfurt", "aix la chapelle": "aachen",
	"ratisbon": "regensburg", "treves": "trier", "hamlin": "hameln", "hamelin": "hameln"}

// cityForm is the comparable form of a city's name: "Halle (Saale)" is halle.
func cityForm(city string) string {
	if i := strings.IndexAny(city, "(,/"); i > 0 {
		city = city[:i]
	}
	folded := Fold(city, maxNameRunes)
	if same, ok := exonyms[folded]; ok {
		return same
	}
	for _, sign := range []string{" am ", " an der ", " a d ", " im ", " in der ", " ob der ", " a "} {
		if before, _, ok := strings.Cut(folded, sign); ok && len(before) >= 3 {
			return before
		}
	}
	return folded
}

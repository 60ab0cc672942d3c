package crm

import (
	"slices"
	"strings"
	"time"
)

// An Acquaintance is that somebody of the company knows a contact, as a file of their own network says:
// where the contact comes from, or who else knows them (docs/import.md).
type Acquaintance struct {
	ID          string    `json:"id"`
	ContactID   string    `json:"contact_id"`
	UserID      string    `json:"user_id"` // whose network it is
	FileKind    string    `json:"file_kind"`
	Origin      string    `json:"origin"`                // in words: what the contact is told who asks (GDPR Art. 15(1)(g))
	ConnectedOn time.Time `json:"connected_on,omitzero"` // zero: the file does not say
	Basis       Basis     `json:"basis"`
	Evidence    string    `json:"evidence"` // why that basis holds
	Created     string    `json:"created"`  // the contact that came on file by it; empty: they were on file
	Profiles    []string  `json:"profiles"` // ids of those that came with it to a contact on file
	At          time.Time `json:"at"`
}

// Kinds of files that somebody's own network comes in.
const (
	FileConnections = "linkedin" // the Connections.csv of LinkedIn's export
	FileCards       = "vcard"
	FilePeople      = "csv" // another list of people
)

// FileKinds are all there are.
var FileKinds = []string{FileConnections, FileCards, FilePeople}

// NetworkBases are the legal bases on which people of somebody's own network may be put on file: what
// the company has a contract with them for, or what they made public, does not come by that way.
var NetworkBases = []Basis{BasisConsent, BasisGiven, BasisInterest}

// checkNetworkBasis refuses to bring people in without what makes it lawful.
func checkNetworkBasis(basis Basis, evidence *string) error {
	if !slices.Contains(NetworkBases, basis) {
		return invalid("basis", "%q: want what makes it lawful to keep these people: consent, given (they gave you their card) or legitimate-interest", string(basis))
	}
	if *evidence = tidy(*evidence); *evidence == "" {
		return invalid("evidence", "is empty: say why the basis holds, such as where the consents lie or what the interest is")
	}
	return checkText("evidence", *evidence, maxReason)
}

// originOf says in words where a contact comes from.
func originOf(kind, whose, file string) string {
	what := map[string]string{FileConnections: "the LinkedIn connections", FileCards: "the address cards (vCard)"}[kind]
	if what == "" {
		what = "a list of contacts"
	}
	if file = strings.TrimSpace(file); file != "" {
		file = " (" + file + ")"
	}
	return what + " of " + whose + file
}

// adopt takes over what a file says of an acquaintance that is on file, and says whether that is new.
func (a *Acquaintance) adopt(said *Acquaintance) (changed bool) {
	before := *a
	if !said.ConnectedOn.IsZero() {
		a.ConnectedOn = said.ConnectedOn
	}
	a.Basis, a.Evidence = said.Basis, said.Evidence
	return !a.ConnectedOn.Equal(before.ConnectedOn) || a.Basis != before.Basis || a.Evidence != before.Evidence
}

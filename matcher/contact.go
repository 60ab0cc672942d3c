package matcher

import (
	"encoding/binary"
	"hash/maphash"
	"strings"
)

// A Contact is what the matcher needs to know of one.
type Contact struct {
	ID          string
	FirstName   string
	LastName    string
	DisplayName string
	Email       string // kept as a keyed hash only
	Company     string
	Domain      string // the company's
	City        string
	URL         string // their own page
	Profiles    []Profile
}

// A Profile is an account on a network that is on file for a contact.
type Profile struct {
	Network  string
	NativeID string // the network's stable account id; empty when only the handle is known
	Handle   string // on Mastodon with its host: anna@example.social
	URL      string
}

// What is kept of a contact: longer fields are cut, further profiles left out.
const (
	maxField    = 600
	maxProfiles = 32
)

// A record is a contact in the index: numbers of texts that it shares with others. One fits a
// cache line, and a million of them are one object for the garbage collector.
type record struct {
	first, last, company, city   uint32 // as they are on file
	firstKey, lastKey            uint32 // in words
	companyKey, cityKey, hostKey uint32 // in their vocabularies
	rest                         uint32 // where id, display name, page and profiles stand in packed, plus one; 0: no contact
	mail, local                  uint32 // keyed hashes of the e-mail address and of what is before the @
	flags                        uint8
}

const (
	flagProfiles = 1 // it has profiles
	flagCompany  = 2 // it is a company and no person
)

// isCompany says that a contact is a company: it has no person's name, but the company's.
func (r *record) isCompany() bool { return r.flags&flagCompany != 0 }

// packRest puts what is rarely looked at into bytes.
func packRest(b []byte, c *Contact) []byte {
	for _, s := range [...]string{c.ID, c.DisplayName, c.URL} {
		b = packField(b, s)
	}
	profiles := c.Profiles[:min(len(c.Profiles), maxProfiles)]
	b = append(b, byte(len(profiles)))
	for _, p := range profiles {
		for _, s := range [...]string{p.Network, p.NativeID, p.Handle, p.URL} {
			b = packField(b, s)
		}
	}
	return b
}

func packField(b []byte, s string) []byte {
	s = cut(s)
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

func cut(s string) string {
	if len(s) > maxField {
		return strings.ToValidUTF8(s[:maxField], "")
	}
	return s
}

// unpacking reads what packRest wrote.
type unpacking struct{ b []byte }

func (u *unpacking) field() string {
	n, size := binary.Uvarint(u.b)
	s := string(u.b[size : size+int(n)])
	u.b = u.b[size+int(n):]
	return s
}

func (u *unpacking) rest(c *Contact) {
	c.ID, c.DisplayName, c.URL = u.field(), u.field(), u.field()
	n := int(u.b[0])
	u.b = u.b[1:]
	for range n {
		c.Profiles = append(c.Profiles, Profile{Network: u.field(), NativeID: u.field(), Handle: u.field(), URL: u.field()})
	}
}

// mailHash is the keyed hash of an e-mail address; 0 for none.
func mailHash(email string) uint32 {
	email = strings.ToLower(strings.TrimSpace(email))
	if at := strings.LastIndexByte(email, '@'); at <= 0 || at == len(email)-1 || len(email) > 254 {
		return 0
	}
	return nonZero(maphash.String(seed, email))
}

// localHash is the keyed hash of what stands before the @, in the form of a handle; 0 where it is
// too short to tell, or a mailbox and no person.
func localHash(email string) uint32 {
	local, _, ok := strings.Cut(email, "@")
	if !ok {
		return 0
	}
	return skeletonHash(skeleton(local))
}

func skeletonHash(s string) uint32 {
	if len(s) < 5 || mailboxes[s] {
		return 0
	}
	return nonZero(maphash.String(seed, s))
}

func nonZero(h uint64) uint32 {
	if uint32(h) == 0 {
		return 1
	}
	return uint32(h)
}

// mailboxes are no persons.
var mailboxes = set("kontakt contact office service support vertrieb sales presse press marketing admin webmaster noreply newsletter einkauf bewerbung buero hello team email privat personal buchhaltung rechnung jobs datenschutz postmaster")

// skeleton is a handle or local part in the form in which those of two networks are compared:
// letters and digits only, no host. anna.mueller_87@example.social is annamueller87.
func skeleton(handle string) string {
	handle = strings.TrimPrefix(firstRunes(handle, 64), "@")
	handle, _, _ = strings.Cut(handle, "@")
	handle = strings.TrimSuffix(handle, ".bsky.social")
	return strings.ReplaceAll(Fold(handle, 64), " ", "")
}

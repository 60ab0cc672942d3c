package matcher

import (
	"encoding/binary"
	"strings"
)

// A Contact is what the matcher needs to know of one.
type Contact struct {
	ID          string
	FirstName   string
	LastName    string
	DisplayName string
	Company     string
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

// pack puts a contact into one string: a million of them are a million objects for the garbage
// collector instead of ten million.
func pack(c *Contact) string {
	b := make([]byte, 0, 256)
	for _, s := range [...]string{c.ID, c.FirstName, c.LastName, c.DisplayName, c.Company, c.City, c.URL} {
		b = packField(b, s)
	}
	for _, p := range c.Profiles[:min(len(c.Profiles), maxProfiles)] {
		for _, s := range [...]string{p.Network, p.NativeID, p.Handle, p.URL} {
			b = packField(b, s)
		}
	}
	return string(b)
}

func packField(b []byte, s string) []byte {
	if len(s) > maxField {
		s = strings.ToValidUTF8(s[:maxField], "")
	}
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// unpack is the inverse; the fields share the string's memory.
func unpack(packed string) (c Contact) {
	rest := packed
	next := func() string {
		n, shift, i := 0, 0, 0
		for ; ; i++ {
			n |= int(rest[i]&0x7f) << shift
			if shift += 7; rest[i] < 0x80 {
				break
			}
		}
		s := rest[i+1 : i+1+n]
		rest = rest[i+1+n:]
		return s
	}
	c = Contact{ID: next(), FirstName: next(), LastName: next(), DisplayName: next(), Company: next(), City: next(), URL: next()}
	for rest != "" {
		c.Profiles = append(c.Profiles, Profile{Network: next(), NativeID: next(), Handle: next(), URL: next()})
	}
	return c
}

// names are the names a contact may show: first and last, and the display name.
func (c *Contact) names() [2]string {
	return [2]string{c.FirstName + " " + c.LastName, c.DisplayName}
}

package crm

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// A Contact is a person the company knows.
type Contact struct {
	ID           string         `json:"id"`
	ExternalID   string         `json:"external_id"` // the id in the system it was imported from; empty when there is none
	FirstName    string         `json:"first_name"`
	LastName     string         `json:"last_name"`
	DisplayName  string         `json:"display_name"` // how they want to be shown, where it is not first and last name
	Email        string         `json:"email"`
	Phone        string         `json:"phone"`      // as given
	AccountID    string         `json:"account_id"` // empty when there is none
	Company      string         `json:"company"`
	JobTitle     string         `json:"job_title"`
	City         string         `json:"city"`
	PostalCode   string         `json:"postal_code"`
	Country      string         `json:"country"`
	URL          string         `json:"url"`          // their own page
	OwnerID      string         `json:"owner_id"`     // empty: nobody
	Relationship string         `json:"relationship"` // what they are to the company; one of Relationships, or empty
	Fields       map[string]any `json:"fields"`       // custom ones
	Version      int64          `json:"version"`
	CreatedAt    time.Time      `json:"created_at"`
	UpdatedAt    time.Time      `json:"updated_at"`
}

// Relationships are what a contact can be to the company.
var Relationships = []string{"customer", "prospect", "partner", "other"}

// Name is what to show for the contact.
func (c *Contact) Name() string {
	switch {
	case c.DisplayName != "":
		return c.DisplayName
	case c.FirstName != "" || c.LastName != "":
		return c.fullName()
	case c.Email != "":
		return c.Email
	default:
		return c.Company
	}
}

// NameFields are the fields that a contact may be called by.
var NameFields = []string{"first_name", "last_name", "display_name", "email", "company"}

// NameWithout is what to show for the contact to who is not shown some of its fields.
func (c *Contact) NameWithout(hidden []string) string {
	shown := *c
	for _, name := range hidden {
		if slices.Contains(NameFields, name) {
			*shown.field(name) = ""
		}
	}
	return shown.Name()
}

func (c *Contact) fullName() string { return join(c.FirstName, c.LastName) }

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

// Check tidies the fields and says which cannot be kept. A contact needs something to be told by:
// a name or an e-mail address.
func (c *Contact) Check() error {
	fields := []struct {
		name  string
		value *string
		limit int
	}{
		{"external_id", &c.ExternalID, maxID},
		{"first_name", &c.FirstName, maxName},
		{"last_name", &c.LastName, maxName},
		{"display_name", &c.DisplayName, maxName},
		{"email", &c.Email, maxEmail},
		{"phone", &c.Phone, maxPhone},
		{"account_id", &c.AccountID, maxID},
		{"company", &c.Company, maxName},
		{"job_title", &c.JobTitle, maxName},
		{"city", &c.City, maxName},
		{"postal_code", &c.PostalCode, maxPostalCode},
		{"country", &c.Country, maxName},
		{"url", &c.URL, maxURL},
		{"relationship", &c.Relationship, maxName},
	}
	for _, f := range fields {
		*f.value = tidy(*f.value)
		if err := checkText(f.name, *f.value, f.limit); err != nil {
			return err
		}
	}
	if err := checkEmail(c.Email); err != nil {
		return err
	}
	url, err := webURL("url", c.URL)
	if err != nil {
		return err
	}
	c.URL = url
	if c.Relationship != "" && !slices.Contains(Relationships, c.Relationship) {
		return invalid("relationship", "%q is not one of %s", c.Relationship, strings.Join(Relationships, ", "))
	}
	if c.FirstName == "" && c.LastName == "" && c.DisplayName == "" && c.Email == "" {
		return invalid("last_name", "is empty, and so are first name, display name and e-mail: a contact needs one of them")
	}
	return nil
}

// contactKeys are the folded columns a contact is found and ordered by.
type contactKeys struct{ name, full, display, company, email []byte }

func (c *Contact) keys() contactKeys {
	first, last := foldKey(c.FirstName), foldKey(c.LastName)
	k := contactKeys{
		name:    []byte(join(last, first)),
		full:    []byte(join(first, last)),
		display: []byte(foldKey(c.DisplayName)),
		company: []byte(foldKey(c.Company)),
		email:   []byte(foldKey(c.Email)),
	}
	if len(k.name) == 0 { // shown under what there is
		k.name = []byte(foldKey(c.Name()))
	}
	if bytes.Equal(k.display, k.full) || bytes.Equal(k.display, k.name) {
		k.display = []byte{}
	}
	return k
}

// prefixRange is the half-open range of keys that begin with the folded query.
func prefixRange(query string) (low, high []byte) {
	low = []byte(foldKey(query))
	high = append(bytes.Clone(low), 0xff) // no UTF-8 text holds this byte
	return low, high
}

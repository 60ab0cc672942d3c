package crm

import (
	"strings"
	"time"
)

// An Account is a company.
type Account struct {
	ID         string         `json:"id"`
	ExternalID string         `json:"external_id"` // the id in the system it was imported from; empty when there is none
	Name       string         `json:"name"`
	Domain     string         `json:"domain"` // of its web and mail, lower case; empty when unknown
	Industry   string         `json:"industry"`
	City       string         `json:"city"`
	PostalCode string         `json:"postal_code"`
	Country    string         `json:"country"`
	Employees  int64          `json:"employees"` // 0: not known
	ParentID   string         `json:"parent_id"` // the account it belongs to; empty: none
	Fields     map[string]any `json:"fields"`    // custom ones
	OwnerID    string         `json:"owner_id"`  // empty: nobody
	Version    int64          `json:"version"`
	CreatedAt  time.Time      `json:"created_at"`
	UpdatedAt  time.Time      `json:"updated_at"`
}

const (
	maxEmployees  = 10_000_000
	maxPostalCode = 20
)

// Check tidies the fields and says which cannot be kept.
func (a *Account) Check() error {
	for _, f := range []struct {
		name  string
		value *string
	}{{"external_id", &a.ExternalID}, {"name", &a.Name}, {"domain", &a.Domain}, {"industry", &a.Industry}, {"city", &a.City}, {"postal_code", &a.PostalCode}, {"country", &a.Country}, {"parent_id", &a.ParentID}} {
		*f.value = tidy(*f.value)
		if err := checkText(f.name, *f.value, maxName); err != nil {
			return err
		}
	}
	if a.Name == "" {
		return invalid("name", "is empty: an account needs one")
	}
	if a.Employees < 0 || a.Employees > maxEmployees {
		return invalid("employees", "is %d: want 0, for not known, to %d", a.Employees, maxEmployees)
	}
	var err error
	a.Domain, err = cleanDomain(a.Domain)
	return err
}

// cleanDomain takes a domain out of what people type for one: a web address, a mail address.
func cleanDomain(s string) (string, error) {
	d := strings.ToLower(s)
	if _, rest, ok := strings.Cut(d, "://"); ok {
		d = rest
	}
	d, _, _ = strings.Cut(d, "/")
	if i := strings.LastIndexByte(d, '@'); i >= 0 {
		d = d[i+1:]
	}
	d = strings.TrimSuffix(strings.TrimPrefix(d, "www."), ".")
	if d == "" && s == "" {
		return "", nil
	}
	if !strings.Contains(d, ".") || strings.ContainsAny(d, " ,;:?#\"") {
		return "", invalid("domain", "%q is no domain: want one like example.com", s)
	}
	return d, nil
}

// CurrentVersion is the version of the account.
func (a Account) CurrentVersion() int64 { return a.Version }

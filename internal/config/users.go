package config

import (
	"regexp"
	"strings"
	"time"
)

// leastKey is the shortest key, in characters.
const leastKey = 32

// Users says how people sign in.
type Users struct {
	SignIns   time.Duration `yaml:"sign_ins"` // how long the list of sign-ins goes back
	Providers []OpenID      `yaml:"providers"`
	Mail      string        `yaml:"mail"` // name of the e-mail channel whose server notices to users go over; empty: the first one
}

// OpenID is an OpenID Connect provider that people sign in with.
type OpenID struct {
	Name         string   `yaml:"name"`  // in addresses
	Label        string   `yaml:"label"` // on the button
	Issuer       string   `yaml:"issuer"`
	ClientID     string   `yaml:"client_id"`
	ClientSecret Secret   `yaml:"client_secret"` // empty: a public client, with PKCE alone
	Scopes       []string `yaml:"scopes"`

	Domains      []string     `yaml:"domains"`       // of verified addresses that are let in; empty: all
	Roles        []ClaimRoles `yaml:"roles"`         // what claims give, at every sign-in
	DefaultRoles []string     `yaml:"default_roles"` // of who gets none by a claim
	Create       bool         `yaml:"create"`        // the first sign-in makes a user
	UserName     string       `yaml:"user_name"`     // the claim that a new user is called by
	MatchEmail   bool         `yaml:"match_email"`   // the first sign-in is of the user who is called as the verified address
	SecondFactor bool         `yaml:"second_factor"` // the provider asks for one: Groundswell does not
}

// ClaimRoles gives roles to people of whom a provider says something, such as that they are in a group.
type ClaimRoles struct {
	Claim string   `yaml:"claim"`
	Value string   `yaml:"value"`
	Roles []string `yaml:"roles"`
}

var providerName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,49}$`)

func (u *Users) validate(fail func(format string, args ...any), base string) {
	if u.SignIns < 24*time.Hour {
		fail("users.sign_ins %s: want 24h or more", u.SignIns)
	}
	if len(u.Providers) > 0 && !SafeURL(base) {
		fail("web.url %q: users.providers need the https address that people reach this server at", base)
	}
	seen := make(map[string]bool)
	for i := range u.Providers {
		p := &u.Providers[i]
		at := "users.providers " + p.Name
		switch {
		case !providerName.MatchString(p.Name):
			fail("users.providers %q: want a name of a–z, 0–9 and -, which stands in addresses", p.Name)
		case seen[p.Name]:
			fail("%s: the name is taken", at)
		}
		seen[p.Name] = true
		p.validate(func(format string, args ...any) { fail(at+": "+format, args...) })
	}
}

func (p *OpenID) validate(fail func(format string, args ...any)) {
	if !SafeURL(p.Issuer) {
		fail("issuer %q: want an https address", p.Issuer)
	}
	if strings.TrimSpace(p.ClientID) == "" {
		fail("client_id is empty: the provider gives one to whoever registers Groundswell there")
	}
	if len(p.Scopes) > 0 && !strings.Contains(" "+strings.Join(p.Scopes, " ")+" ", " openid ") {
		fail("scopes %v: want openid among them", p.Scopes)
	}
	for _, m := range p.Roles {
		if m.Claim == "" || m.Value == "" || len(m.Roles) == 0 {
			fail("roles: want claim, value and roles in each")
		}
	}
	for _, d := range p.Domains {
		if strings.ContainsAny(d, "@*/ ") || !strings.Contains(d, ".") {
			fail("domains: %q: want a domain such as example.com", d)
		}
	}
}

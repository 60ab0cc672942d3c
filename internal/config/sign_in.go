package config

import (
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// SignIn lets contacts show, by signing in with a network, that an account is theirs.
type SignIn struct {
	Valid     time.Duration `yaml:"valid"` // of an invitation
	Providers []Provider    `yaml:"providers"`
}

// A Provider is a network that contacts can sign in with: an OAuth 2.0 server, and an address that
// says who has signed in there.
type Provider struct {
	Name         string   `yaml:"name"` // as contacts read it
	Network      string   `yaml:"network"`
	AuthorizeURL string   `yaml:"authorize_url"`
	TokenURL     string   `yaml:"token_url"`
	UserinfoURL  string   `yaml:"userinfo_url"`
	ClientID     string   `yaml:"client_id"`
	ClientSecret Secret   `yaml:"client_secret"`
	Scopes       []string `yaml:"scopes"`
	ID           string   `yaml:"id"`     // field of the answer that holds the account's stable id; dots lead inside
	Handle       string   `yaml:"handle"` // field that holds the handle
	HandleHost   string   `yaml:"handle_host"`
}

func (s *SignIn) validate(fail func(format string, args ...any), base string) {
	if s.Valid < time.Hour || s.Valid > 90*24*time.Hour {
		fail("sign_in.valid %s: want 1h to 2160h", s.Valid)
	}
	if len(s.Providers) > 0 && !SafeURL(base) {
		fail("web.url %q: sign_in needs the https address that contacts reach this server at", base)
	}
	seen := make(map[string]bool)
	for _, p := range s.Providers {
		for field, value := range map[string]string{"name": p.Name, "network": p.Network, "client_id": p.ClientID, "id": p.ID, "handle": p.Handle} {
			if strings.TrimSpace(value) == "" {
				fail("sign_in.providers %q: %s is empty", p.Name, field)
			}
		}
		for field, value := range map[string]string{"authorize_url": p.AuthorizeURL, "token_url": p.TokenURL, "userinfo_url": p.UserinfoURL} {
			if !SafeURL(value) {
				fail("sign_in.providers %q: %s %q: want an https address", p.Name, field, value)
			}
		}
		if seen[p.Name] {
			fail("sign_in.providers %q: the name is taken", p.Name)
		}
		seen[p.Name] = true
	}
}

// SafeURL says that what goes to an address cannot be read on the way: https, or this machine.
func SafeURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || err == nil && ip.IsLoopback())
}

package config_test

import (
	"strings"
	"testing"
)

func TestUsers(t *testing.T) {
	for name, c := range map[string]struct{ text, err string }{
		"OK":         {"web: {key: " + strings.Repeat("k", 32) + "}\nusers: {sign_ins: 24h}\n", ""},
		"ErrKey":     {"web: {key: short}\n", "web.key has 5 characters: want 32"},
		"ErrSignIns": {"users: {sign_ins: 1h}\n", "users.sign_ins 1h"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, c.text)
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("got %v, want %q", err, c.err)
			}
		})
	}
}

func TestOpenIDProviders(t *testing.T) {
	for name, c := range map[string]struct{ provider, err string }{
		"OK":         {"{name: company, issuer: 'https://login.example.com', client_id: us, domains: [example.com], roles: [{claim: groups, value: sales, roles: [sales-rep]}]}", ""},
		"ErrName":    {"{name: Our Company, issuer: 'https://login.example.com', client_id: us}", "want a name of a–z"},
		"ErrTwice":   {"{name: a, issuer: 'https://a.example', client_id: us}, {name: a, issuer: 'https://b.example', client_id: us}", "users.providers a: the name is taken"},
		"ErrIssuer":  {"{name: a, issuer: 'http://login.example.com', client_id: us}", "users.providers a: issuer"},
		"ErrClient":  {"{name: a, issuer: 'https://a.example'}", "client_id is empty"},
		"ErrScopes":  {"{name: a, issuer: 'https://a.example', client_id: us, scopes: [email]}", "want openid among them"},
		"ErrRoles":   {"{name: a, issuer: 'https://a.example', client_id: us, roles: [{claim: groups}]}", "want claim, value and roles"},
		"ErrDomain":  {"{name: a, issuer: 'https://a.example', client_id: us, domains: ['@example.com']}", "want a domain such as example.com"},
		"ErrUnknown": {"{name: a, isuer: x}", "did you mean issuer?"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, "web: {url: 'https://gw.example'}\nusers: {providers: ["+c.provider+"]}\n")
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("got %v, want %q", err, c.err)
			}
		})
	}
	if _, err := load(t, "users: {providers: [{name: a, issuer: 'https://a.example', client_id: us}]}\n"); err == nil || !strings.Contains(err.Error(), "web.url") {
		t.Errorf("got %v, want it to demand web.url", err)
	}
}

package openid_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/web/openid"
)

func TestRoles(t *testing.T) {
	groups := []config.ClaimRoles{{Claim: "groups", Value: "sales", Roles: []string{"sales-rep"}}, {Claim: "realm.roles", Value: "chief", Roles: []string{"sales-manager", "sales-rep"}},
		{Claim: "https://example.com/admin", Value: "true", Roles: []string{"administrator"}}}
	for name, c := range map[string]struct {
		rules  config.OpenID
		claims string
		want   []string
		err    string
	}{
		"OK":             {config.OpenID{}, `{}`, nil, ""},
		"OKDefault":      {config.OpenID{DefaultRoles: []string{"read-only"}, Roles: groups}, `{"groups": ["other"]}`, []string{"read-only"}, ""},
		"OKGroup":        {config.OpenID{Roles: groups, DefaultRoles: []string{"read-only"}}, `{"groups": ["x", "sales"]}`, []string{"sales-rep"}, ""},
		"OKText":         {config.OpenID{Roles: groups}, `{"groups": "sales"}`, []string{"sales-rep"}, ""},
		"OKInside":       {config.OpenID{Roles: groups}, `{"groups": ["sales"], "realm": {"roles": ["chief"]}}`, []string{"sales-rep", "sales-manager"}, ""},
		"OKDotsInName":   {config.OpenID{Roles: groups}, `{"https://example.com/admin": true}`, []string{"administrator"}, ""},
		"OKDomain":       {config.OpenID{Domains: []string{"Example.com"}}, `{"email": "Anna@example.COM", "email_verified": true}`, nil, ""},
		"ErrNoGroup":     {config.OpenID{Roles: groups}, `{"groups": ["Sales", 4, {}], "realm": []}`, nil, "no group of yours is one that is let in: ask an administrator"},
		"ErrDomain":      {config.OpenID{Domains: []string{"example.com"}}, `{"email": "anna@evil.example.com", "email_verified": true}`, nil, "addresses at evil.example.com are not let in: sign in with your company's account"},
		"ErrUnverified":  {config.OpenID{Domains: []string{"example.com"}}, `{"email": "anna@example.com", "email_verified": false}`, nil, "the provider gives no e-mail address that it has verified: ask an administrator"},
		"ErrNotVerified": {config.OpenID{Domains: []string{"example.com"}}, `{"email": "anna@example.com"}`, nil, "the provider gives no e-mail address that it has verified: ask an administrator"},
	} {
		t.Run(name, func(t *testing.T) {
			i := identity(t, c.claims)
			got, err := openid.Roles(&c.rules, &i)
			text := ""
			if err != nil {
				text = err.Error()
			}
			if diff := cmp.Diff(c.want, got); diff != "" || text != c.err {
				t.Errorf("got %q, want %q (-want +got):\n%s", text, c.err, diff)
			}
		})
	}
}

func identity(t testing.TB, claims string) openid.Identity {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(claims), &m); err != nil {
		t.Fatal(err)
	}
	return openid.IdentityOf("https://login.example.com", "sub", m)
}

func TestUserName(t *testing.T) {
	for name, c := range map[string]struct{ rule, claims, want string }{
		"OK":               {"", `{"email": "Anna@Example.com", "email_verified": "true", "preferred_username": "anna"}`, "anna@example.com"},
		"OKUnverified":     {"", `{"email": "boss@example.com", "email_verified": false, "preferred_username": "Anna"}`, "anna"},
		"OKClaim":          {"login", `{"login": "AV"}`, "av"},
		"ErrNone":          {"", `{}`, ""},
		"ErrEmailUnproven": {"email", `{"email": "boss@example.com"}`, ""},
		"ErrObject":        {"login", `{"login": {"a": 1}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			i := identity(t, c.claims)
			if got := openid.UserName(&config.OpenID{UserName: c.rule}, &i); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzIdentity(f *testing.F) {
	f.Add(`{"email": "anna@example.com", "email_verified": true, "amr": ["pwd", "mfa"], "groups": ["sales"]}`, "groups")
	f.Add(`{"a": {"b": {"c": [1, null, "x"]}}}`, "a.b.c")
	f.Fuzz(func(t *testing.T, claims, way string) {
		var m map[string]any
		if json.Unmarshal([]byte(claims), &m) != nil {
			return
		}
		i := openid.IdentityOf("i", "s", m)
		rules := config.OpenID{UserName: way, Roles: []config.ClaimRoles{{Claim: way, Value: "x", Roles: []string{"r"}}}}
		roles, err := openid.Roles(&rules, &i)
		if (err == nil) != (len(roles) == 1) {
			t.Errorf("got %v, %v", roles, err)
		}
		_ = openid.UserName(&rules, &i)
	})
}

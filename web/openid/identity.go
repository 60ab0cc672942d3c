package openid

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/config"
)

// An Identity is an account at a provider. Issuer and subject name it for ever; nothing else does.
type Identity struct {
	Issuer, Subject string
	Email           string // empty, unless the provider says that it is theirs
	SecondFactor    bool   // the provider asked for one (RFC 8176: amr)
	Claims          map[string]any
}

func identityOf(issuer, subject string, claims map[string]any) Identity {
	i := Identity{Issuer: issuer, Subject: subject, Claims: claims, SecondFactor: slices.Contains(values(claims, "amr"), "mfa")}
	if verified := values(claims, "email_verified"); len(verified) == 1 && verified[0] == "true" {
		if email, ok := claims["email"].(string); ok {
			i.Email = strings.ToLower(strings.TrimSpace(email))
		}
	}
	return i
}

// values are the texts at the end of a way through claims, on which dots lead inside: one, or all of
// a list.
func values(claims map[string]any, way string) []string {
	at, found := claims[way] // a name may have dots: https://example.com/groups
	if !found {
		at = any(claims)
		for name := range strings.SplitSeq(way, ".") {
			object, ok := at.(map[string]any)
			if !ok {
				return nil
			}
			at = object[name]
		}
	}
	switch v := at.(type) {
	case string:
		return []string{v}
	case bool, float64, json.Number:
		return []string{fmt.Sprint(v)}
	case []any:
		var all []string
		for _, item := range v {
			if s, ok := item.(string); ok {
				all = append(all, s)
			}
		}
		return all
	}
	return nil
}

// NotAllowed says why the configuration lets an account not in. It is for who signs in.
type NotAllowed struct{ Reason string }

func (e *NotAllowed) Error() string { return e.Reason }

// Roles are those that somebody gets, or a NotAllowed. Where the configuration maps claims to roles,
// who has none of them is let in only when there are default roles.
func Roles(rules *config.OpenID, i *Identity) ([]string, error) {
	if len(rules.Domains) > 0 {
		_, domain, _ := strings.Cut(i.Email, "@")
		if i.Email == "" {
			return nil, &NotAllowed{"the provider gives no e-mail address that it has verified: ask an administrator"}
		}
		if !slices.ContainsFunc(rules.Domains, func(d string) bool { return strings.EqualFold(d, domain) }) {
			return nil, &NotAllowed{"addresses at " + domain + " are not let in: sign in with your company's account"}
		}
	}
	var roles []string
	for _, m := range rules.Roles {
		if slices.Contains(values(i.Claims, m.Claim), m.Value) {
			for _, r := range m.Roles {
				if !slices.Contains(roles, r) {
					roles = append(roles, r)
				}
			}
		}
	}
	if len(roles) == 0 {
		roles = slices.Clone(rules.DefaultRoles)
	}
	if len(roles) == 0 && len(rules.Roles) > 0 {
		return nil, &NotAllowed{"no group of yours is one that is let in: ask an administrator"}
	}
	return roles, nil
}

// UserName is what a new user is called: the claim that the configuration names, or the verified
// address, or what the provider calls them.
func UserName(rules *config.OpenID, i *Identity) string {
	if rules.UserName == "" && i.Email != "" {
		return i.Email
	}
	claim := rules.UserName
	if claim == "" {
		claim = "preferred_username"
	}
	if all := values(i.Claims, claim); len(all) == 1 && (claim != "email" || i.Email != "") {
		return strings.ToLower(strings.TrimSpace(all[0]))
	}
	return ""
}

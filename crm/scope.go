package crm

import (
	"context"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Scope is what an API token may be used for: an action on a type, either of which may be *. It
// gives nothing by itself: what the owner's roles do not grant, no scope does.
type Scope struct {
	Type   string
	Action Action
}

// String is the scope as ParseScope reads it.
func (s Scope) String() string { return s.Type + ":" + string(s.Action) }

func (s Scope) covers(action Action, kind string) bool {
	return (s.Type == anything || s.Type == kind) && (s.Action == anything || s.Action == action)
}

// ParseScope reads TYPE:ACTION. The type may be written as addresses of the API write it: contacts
// is contact.
func ParseScope(text string) (Scope, error) {
	kind, action, ok := strings.Cut(strings.TrimSpace(text), ":")
	s := Scope{singular(kind), Action(action)}
	_, known := realms[s.Type]
	switch {
	case !ok:
		return s, invalid("scopes", "%q: want TYPE:ACTION, such as contact:read or *:read", text)
	case s.Type != anything && !known:
		return s, invalid("scopes", "%q: there is no type %s: GET /access/types lists them", text, kind)
	case s.Action != anything && !slices.Contains(Actions, s.Action):
		return s, invalid("scopes", "%q: there is no action %s: want one of %v, or *", text, action, Actions)
	case known && s.Action != anything && !Governs(s.Action, s.Type):
		return s, invalid("scopes", "%q: nothing can be done to %s that is called %s: want one of %v, or *", text, s.Type, action, realms[s.Type].actions)
	}
	return s, nil
}

// ParseScopes reads several, and leaves out what another one of them covers.
func ParseScopes(texts []string) ([]Scope, error) {
	var all []Scope
	for _, text := range texts {
		s, err := ParseScope(text)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(all, func(other Scope) bool { return other.covers(s.Action, s.Type) }) {
			continue
		}
		all = append(slices.DeleteFunc(all, func(other Scope) bool { return s.covers(other.Action, other.Type) }), s)
	}
	if len(all) == 0 {
		return nil, invalid("scopes", "are empty: name what the token is for, such as contact:read, or *:* for all that its owner may do")
	}
	return all, nil
}

// singular is the type that a plural means.
func singular(kind string) string {
	if _, known := realms[kind]; known {
		return kind
	}
	for suffix, replacement := range map[string]string{"ies": "y", "s": ""} {
		if stem, ok := strings.CutSuffix(kind, suffix); ok {
			if _, known := realms[stem+replacement]; known {
				return stem + replacement
			}
		}
	}
	return kind
}

// ScopeText is some scopes in one line, as it is kept.
func ScopeText(scopes []Scope) string {
	texts := make([]string, len(scopes))
	for i, s := range scopes {
		texts[i] = s.String()
	}
	return strings.Join(texts, " ")
}

// KeptScopes reads what ScopeText wrote. A type that is no more covers nothing.
func KeptScopes(text string) []Scope {
	scopes := []Scope{}
	for _, word := range strings.Fields(text) {
		kind, action, _ := strings.Cut(word, ":")
		scopes = append(scopes, Scope{kind, Action(action)})
	}
	return scopes
}

// accessOfJob resolves what is done in the background for somebody: what they may do, as far as the
// token covered by which they had it begun. No scopes: that was in a session.
func accessOfJob(ctx context.Context, q sqldb.Querier, userID, scopes string) (*Access, error) {
	a, err := AccessOf(ctx, q, userID)
	if err != nil || scopes == "" {
		return a, err
	}
	return a.Narrowed(KeptScopes(scopes)), nil
}

// Narrowed is the access of a token: that of its owner, as far as a scope covers it.
func (a *Access) Narrowed(scopes []Scope) *Access {
	narrow := *a
	narrow.Scopes = append([]Scope{}, scopes...) // nil would narrow nothing
	return &narrow
}

// MayForSelf says whether somebody may read or change what is their own and no role grants, such as
// which cases they follow, or what they were told: always, but for a token that was made for something else.
func (a *Access) MayForSelf(action Action) bool {
	return a.Scopes == nil || slices.ContainsFunc(a.Scopes, func(s Scope) bool { return s.covers(action, anything) })
}

package crm_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
)

func TestParseScopes(t *testing.T) {
	for name, c := range map[string]struct{ in, want, err string }{
		"OK":            {"contact:read", "contact:read", ""},
		"OKPlural":      {"contacts:read opportunities:* activities:create price_lists:update", "contact:read opportunity:* activity:create price_list:update", ""},
		"OKAny":         {"*:read", "*:read", ""},
		"OKCovered":     {"contact:read contact:* lead:read *:read contact:read", "contact:* *:read", ""},
		"ErrNone":       {"", "", "are empty"},
		"ErrNoAction":   {"contact", "", "want TYPE:ACTION"},
		"ErrType":       {"cars:read", "", "there is no type cars"},
		"ErrAction":     {"contact:eat", "", "there is no action eat"},
		"ErrUngoverned": {"report:delete", "", "want one of [read export]"},
	} {
		t.Run(name, func(t *testing.T) {
			scopes, err := crm.ParseScopes(strings.Fields(c.in))
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("got %v, want %s", err, c.err)
				}
				return
			}
			var got []string
			for _, s := range scopes {
				got = append(got, s.String())
			}
			if diff := cmp.Diff(c.want, strings.Join(got, " ")); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// A token may do what its owner may and a scope of it covers, and nothing else.
func TestNarrowed(t *testing.T) {
	owner := &crm.Access{UserID: "u", Roles: []crm.Role{{Name: "rep", Grants: []crm.Grant{{Type: "contact", Action: "*", Level: crm.LevelOwn}, {Type: "report", Action: "read", Level: crm.LevelAll}}}}}
	for name, c := range map[string]struct {
		scopes string
		action crm.Action
		kind   string
		want   crm.Level
	}{
		"OK":        {"contact:read", crm.ToRead, "contact", crm.LevelOwn},
		"OKAny":     {"*:*", crm.ToRead, "report", crm.LevelAll},
		"NotAction": {"contact:read", crm.ToUpdate, "contact", crm.LevelNone},
		"NotType":   {"contact:*", crm.ToRead, "report", crm.LevelNone},
		"NotOwner":  {"*:*", crm.ToRead, "lead", crm.LevelNone},
		"NotSystem": {"lead:read", crm.ToRead, "lead", crm.LevelNone},
	} {
		t.Run(name, func(t *testing.T) {
			scopes, err := crm.ParseScopes([]string{c.scopes})
			if err != nil {
				t.Fatal(err)
			}
			if got := owner.Narrowed(scopes).Level(c.action, c.kind); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if owner.Narrowed(nil).Can(crm.ToRead, "contact") || !owner.MayForSelf(crm.ToUpdate) || owner.Narrowed([]crm.Scope{{Type: "contact", Action: "*"}}).MayForSelf(crm.ToUpdate) {
		t.Error("no scope covers something, or a narrow one covers everything")
	}
}

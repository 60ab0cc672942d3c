package signin_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/crm/signin"
	"github.com/groundswell/groundswell/internal/config"
)

func mastodon(t testing.TB) *signin.Provider {
	t.Helper()
	all, err := signin.New([]config.Provider{{Name: "Social", Network: "mastodon", AuthorizeURL: "https://social.example/oauth/authorize?x=1", TokenURL: "https://social.example/oauth/token",
		UserinfoURL: "https://social.example/me", ClientID: "us", ClientSecret: "hunter2", Scopes: []string{"profile"}, ID: "uri", Handle: "username", HandleHost: "social.example"}},
		"https://gw.example/connect/callback")
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

func TestAddress(t *testing.T) {
	u, err := url.Parse(mastodon(t).Address("the-state", signin.NewVerifier()))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	challenge := q.Get("code_challenge")
	q.Del("code_challenge")
	want := url.Values{"x": {"1"}, "client_id": {"us"}, "redirect_uri": {"https://gw.example/connect/callback"}, "response_type": {"code"}, "scope": {"profile"},
		"state": {"the-state"}, "code_challenge_method": {"S256"}}
	if diff := cmp.Diff(want, q); diff != "" || len(challenge) != 43 {
		t.Errorf("challenge %q (-want +got):\n%s", challenge, diff)
	}
	if first, second := signin.NewVerifier(), signin.NewVerifier(); first == second {
		t.Error("verifiers repeat")
	}
}

func TestRead(t *testing.T) {
	for name, c := range map[string]struct{ answer, want, err string }{
		"OK":          {`{"uri": "https://social.example/users/anna", "username": "Anna"}`, "anna@social.example https://social.example/users/anna", ""},
		"OKWithHost":  {`{"uri": "u", "username": "@anna@other.example"}`, "anna@other.example u", ""},
		"ErrNoID":     {`{"username": "anna"}`, "", "has no uri or no username"},
		"ErrObject":   {`{"uri": {"a": 1}, "username": "anna"}`, "", "has no uri"},
		"ErrList":     {`[1]`, "", "has no uri"},
		"ErrNoJSON":   {`<html>`, "", "is no JSON"},
		"ErrHandle":   {`{"uri": "u", "username": "an na"}`, "", "no handle on mastodon"},
		"ErrSpacedID": {`{"uri": " u", "username": "anna"}`, "", "native_id"},
		"ErrLongID":   {`{"uri": "` + strings.Repeat("u", 501) + `", "username": "anna"}`, "", "native_id"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := mastodon(t).Read(strings.NewReader(c.answer))
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("got %v, want %s", err, c.err)
				}
				return
			}
			if err != nil || got.Handle+" "+got.NativeID != c.want {
				t.Errorf("got %+v (%v), want %s", got, err, c.want)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"uri": "https://social.example/users/anna", "username": "anna"}`)
	f.Add(`{"uri": 4711, "username": [{}]}`)
	p := mastodon(f)
	f.Fuzz(func(t *testing.T, answer string) {
		got, err := p.Read(strings.NewReader(answer))
		if err != nil {
			return
		}
		if again, err := crm.AccountOn("mastodon", got.NativeID, got.Handle); err != nil || again.Handle != got.Handle {
			t.Errorf("%+v is not as it is kept: %v", got, err)
		}
	})
}

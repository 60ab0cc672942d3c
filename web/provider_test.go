package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/web"
	"github.com/groundswell/groundswell/web/openid"
)

// newOpenIDSite is a site that people sign in to with a provider.
func newOpenIDSite(t *testing.T, db *sqldb.DB, p *providerServer, change func(*config.OpenID)) *site {
	t.Helper()
	c := config.OpenID{Name: "company", Label: "Company", Issuer: p.issuer, ClientID: "app", ClientSecret: "app-secret", Scopes: []string{"openid", "email", "profile", "groups"}}
	change(&c)
	// The provider is told where the site is before the site is made.
	listener := httptest.NewUnstartedServer(nil)
	base := "http://" + listener.Listener.Addr().String()
	skew := &atomic.Int64{}
	s := newSite(t, db, func(o *web.Options) {
		o.Providers = openid.New([]config.OpenID{c}, base, time.Now)
		o.Clock = func() time.Time { return time.Now().Add(time.Duration(skew.Load())) }
	})
	s.skew = skew
	listener.Config.Handler = s.server
	listener.Start()
	t.Cleanup(listener.Close)
	s.url = base
	return s
}

// later lets two hours pass, after which no failed attempt counts any more.
func (s *site) later() { s.skew.Add(int64(2 * time.Hour)) }

// lead follows no redirect: it says where one leads.
func (s *site) lead(path string) string {
	s.t.Helper()
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return s.get(path).want(http.StatusSeeOther).header.Get("Location")
}

// with signs in with the provider and returns where that leads.
func (s *site) with(p *providerServer, account, query string) string {
	s.t.Helper()
	callback := p.signIn(s.lead(api+"/session/providers/company"+query), account)
	return s.lead(strings.TrimPrefix(callback, s.url))
}

// refused is why the page for signing in says that nobody is signed in.
func (s *site) refused() string {
	s.t.Helper()
	s.get(api + "/session").want(http.StatusUnauthorized)
	return s.get(api + "/session/options").want(http.StatusOK).object()["refused"].(string)
}

func TestSignInWithProvider(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		p := openIDServer(t)
		s := newOpenIDSite(t, db, p, func(c *config.OpenID) {
			c.Create, c.UserName, c.Domains = true, "preferred_username", []string{"example.com"}
			c.Roles = []config.ClaimRoles{{Claim: "groups", Value: "sales", Roles: []string{"sales-rep"}}, {Claim: "groups", Value: "marketing", Roles: []string{"marketing"}}}
		})
		s.addAdmin()
		options := s.get(api + "/session/options").want(http.StatusOK).object()
		if diff := cmp.Diff([]any{map[string]any{"name": "company", "label": "Company"}}, options["providers"]); diff != "" {
			t.Errorf("providers (-want +got):\n%s", diff)
		}
		if to := s.with(p, "anna-sales", "?to=/contacts"); to != "/contacts" {
			t.Fatalf("led to %s: %s", to, s.log)
		}
		if got := s.get(api + "/session").want(http.StatusOK).object()["user"].(map[string]any); got["name"] != "anna-sales" {
			t.Errorf("got %v", got)
		}
		me := s.get(api + "/me").want(http.StatusOK).object()
		if me["password"] != false || me["identities"].([]any)[0].(map[string]any)["provider"] != "company" {
			t.Errorf("got %v, want no password and the provider", me)
		}
		anna := s.userID("anna-sales")
		roles := func() string { return strings.Join(rolesOf(s, anna), " ") }
		if roles() != "sales-rep" {
			t.Errorf("got roles %s", roles())
		}
		s.get(api + "/leads").want(http.StatusOK)
		s.signIn("anna-sales", "any password at all").problem(http.StatusUnauthorized, "signed-out") // she has none

		// The second time she is the same, and the claims give her roles anew.
		s.exec("INSERT INTO user_roles (user_id, role) VALUES ($1, 'administrator')", anna)
		again := s.browser()
		if to := again.with(p, "anna-sales", "?to=https://evil.example/"); to != "/" {
			t.Errorf("led to %s, want the overview", to)
		}
		if roles() != "sales-rep" || s.userID("anna-sales") != anna {
			t.Errorf("got roles %s", roles())
		}

		for name, c := range map[string]struct{ account, want string }{
			"ErrNoGroup":    {"bert-unknown", "no group of yours"},
			"ErrUnverified": {"unverified-sales", "no e-mail address that it has verified"},
		} {
			t.Run(name, func(t *testing.T) {
				b := s.browser()
				if to := b.with(p, c.account, ""); to != "/" || !strings.Contains(b.refused(), c.want) {
					t.Errorf("led to %s, refused for %q, want %q", to, b.refused(), c.want)
				}
			})
		}
		// Somebody who is called like a user is not that user.
		if err := web.AddUser(t.Context(), db, "carl-sales", adminPassword, time.Now(), "administrator"); err != nil {
			t.Fatal(err)
		}
		carl := s.browser()
		if carl.with(p, "carl-sales", ""); !strings.Contains(carl.refused(), "taken by somebody who signs in otherwise") {
			t.Errorf("got %q", carl.refused())
		}
		// He connects the account himself, and then signs in with it.
		carl.signIn("carl-sales", adminPassword).want(http.StatusNoContent)
		address := carl.do(http.MethodPost, api+"/me/identities/company", nil).want(http.StatusOK).object()["address"].(string)
		if to := carl.lead(strings.TrimPrefix(p.signIn(address, "carl-sales"), s.url)); to != "/me" {
			t.Errorf("led to %s", to)
		}
		other := s.browser()
		if other.with(p, "carl-sales", ""); other.get(api+"/session").code != http.StatusOK {
			t.Errorf("refused for %q", other.refused())
		}
		other.do(http.MethodDelete, api+"/me/identities/company", nil).want(http.StatusNoContent)
		other.do(http.MethodDelete, api+"/me/identities/company", nil).problem(http.StatusNotFound, "not-found")
		again.do(http.MethodDelete, api+"/me/identities/company", nil).problem(http.StatusConflict, "conflict") // her only way in

		s.exec("UPDATE users SET disabled = $1 WHERE id = $2", true, anna)
		if again.with(p, "anna-sales", ""); !strings.Contains(again.refused(), "kept out") {
			t.Errorf("got %q", again.refused())
		}
		s.signIn("admin", adminPassword).want(http.StatusNoContent)
		items, _ := s.get(api + "/sign-ins?method=openid_connect&outcome=refused").items()
		if len(items) != 4 {
			t.Errorf("got %v, want the four that were refused", entries(items))
		}
	})
}

func rolesOf(s *site, id string) (roles []string) {
	s.t.Helper()
	roles, err := sqldb.Strings(s.t.Context(), s.db, "SELECT role FROM user_roles WHERE user_id = $1 ORDER BY role", id)
	if err != nil {
		s.t.Fatal(err)
	}
	return roles
}

func TestKnownUsersOnly(t *testing.T) {
	p := openIDServer(t)
	s := newOpenIDSite(t, newDB(t), p, func(c *config.OpenID) { c.MatchEmail = true })
	for _, name := range []string{"admin", "anna@example.com", "unverified@example.com"} {
		if err := web.AddUser(t.Context(), s.db, name, adminPassword, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if to := s.with(p, "anna", ""); to != "/" || s.get(api+"/session").code != http.StatusOK {
		t.Errorf("refused for %q: %s", s.refused(), s.log)
	}
	for _, account := range []string{"bert", "unverified"} {
		b := s.browser()
		if b.with(p, account, ""); !strings.Contains(b.refused(), "nobody here signs in with this account") {
			t.Errorf("%s: got %q", account, b.refused())
		}
	}
	// The address was given to somebody else: they are not let in as anna.
	s.exec("UPDATE identities SET subject = 'anna-before'")
	b := s.browser()
	if b.with(p, "anna", ""); !strings.Contains(b.refused(), "taken") {
		t.Errorf("got %q", b.refused())
	}
}

// Who has a second factor is asked for it after the provider, unless the provider did.
func TestProviderAndSecondFactor(t *testing.T) {
	p := fakeOpenIDServer(t)
	s := newOpenIDSite(t, newDB(t), p, func(c *config.OpenID) { c.Create = true; c.DefaultRoles = []string{"careful"} })
	s.addAdmin()
	s.signIn("admin", adminPassword).want(http.StatusNoContent)
	s.do(http.MethodPut, api+"/roles/careful", map[string]any{"label": "Careful", "second_factor": true}).want(http.StatusOK)
	anna := s.browser()
	anna.with(p, "anna", "")
	anna.get(api+"/contacts").problem(http.StatusForbidden, "second-factor-missing")
	secret, _ := anna.enrol(time.Now)
	b := s.browser()
	b.with(p, "anna", "")
	b.get(api+"/session").problem(http.StatusUnauthorized, "signed-out")
	if step := b.get(api + "/session/options").object()["step"]; step != "code" {
		t.Fatalf("got step %v", step)
	}
	b.code(appCode(t, secret, time.Now().Add(30*time.Second))).want(http.StatusNoContent)
	p.fake.change = func(claims map[string]any) { claims["amr"] = []string{"pwd", "mfa"} }
	c := s.browser()
	c.with(p, "anna", "")
	if got := c.get(api + "/session").want(http.StatusOK).object(); got["second_factor"] != "shown" {
		t.Errorf("got %v", got)
	}
}

// A provider that lies, and a browser that did not begin, get nobody in.
func TestProviderErrors(t *testing.T) {
	p := fakeOpenIDServer(t)
	s := newOpenIDSite(t, newDB(t), p, func(c *config.OpenID) { c.Create = true })
	s.addAdmin()
	for name, change := range map[string]func(map[string]any){
		"ErrNonce":    func(c map[string]any) { c["nonce"] = "another" },
		"ErrNoNonce":  func(c map[string]any) { delete(c, "nonce") },
		"ErrIssuer":   func(c map[string]any) { c["iss"] = "https://evil.example" },
		"ErrAudience": func(c map[string]any) { c["aud"] = "another-client" },
		"ErrExpired":  func(c map[string]any) { c["exp"] = time.Now().Add(-time.Hour).Unix() },
		"ErrSubject":  func(c map[string]any) { c["sub"] = "admin" }, // the userinfo answer is about anna
	} {
		t.Run(name, func(t *testing.T) {
			s.later()
			p.fake.change = change
			b := s.browser()
			if b.with(p, "anna", ""); !strings.Contains(b.refused(), "did not say who you are") {
				t.Errorf("got %q", b.refused())
			}
		})
	}
	p.fake.change = func(map[string]any) {}
	const path = api + "/session/providers/company"
	for name, c := range map[string]struct {
		change func(url.Values)
		want   string
	}{
		"ErrState":    {func(q url.Values) { q.Set("state", "guessed") }, "begun in another browser"},
		"ErrDeclined": {func(q url.Values) { q.Del("code"); q.Set("error", "access_denied") }, "Company did not sign you in: you declined"},
		"ErrOther":    {func(q url.Values) { q.Set("error", "login_required") }, "Company did not sign you in: login required"},
		"ErrOddError": {func(q url.Values) { q.Set("error", "<script>") }, "Company did not sign you in"},
		"ErrCode":     {func(q url.Values) { q.Set("code", "guessed") }, "did not say who you are"},
		"ErrMixedUp":  {func(q url.Values) { q.Set("iss", "https://evil.example") }, "another provider answered"},
	} {
		t.Run(name, func(t *testing.T) {
			s.later()
			b := s.browser()
			u, _ := url.Parse(p.signIn(b.lead(path), "anna"))
			q := u.Query()
			c.change(q)
			b.lead(path + "/callback?" + q.Encode())
			if got := b.refused(); !strings.Contains(got, c.want) || strings.Contains(got, "<") {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	s.later()
	t.Run("ErrOtherBrowser", func(t *testing.T) {
		victim := s.browser()
		victim.lead(strings.TrimPrefix(p.signIn(s.browser().lead(path), "attacker"), s.url))
		if !strings.Contains(victim.refused(), "another browser") {
			t.Errorf("got %q", victim.refused())
		}
	})
	t.Run("ErrTwice", func(t *testing.T) {
		b := s.browser()
		callback := strings.TrimPrefix(p.signIn(b.lead(path), "anna"), s.url)
		b.lead(callback)
		b.get(api + "/session").want(http.StatusOK)
		b.lead(callback)
		if got := b.get(api + "/session/options").object()["refused"].(string); !strings.Contains(got, "begin again") {
			t.Errorf("got %q", got)
		}
	})
	s.get(api+"/session/providers/nobody").problem(http.StatusNotFound, "not-found")
	away := newOpenIDSite(t, newDB(t), &providerServer{t: t, issuer: "http://127.0.0.1:1"}, func(*config.OpenID) {})
	if away.lead(path); !strings.Contains(away.refused(), "cannot be reached") {
		t.Errorf("got %q", away.refused())
	}
	for i := range 12 {
		if away.lead(path); strings.Contains(away.refused(), "too many") {
			return
		} else if i == 11 {
			t.Error("attempts with a provider are not throttled")
		}
	}
}

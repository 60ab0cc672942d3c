package web_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/crm/signin"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/web"
)

// A network is an OAuth server with one account, which whoever comes by is signed in with.
type network struct {
	userinfo  string // its answer
	status    int
	challenge string // of the code that was given out last
	asked     int
}

func (n *network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/token":
		sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
		if r.PostFormValue("code") != "the-code" || base64.RawURLEncoding.EncodeToString(sum[:]) != n.challenge {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error": "invalid_grant"}`)
			return
		}
		fmt.Fprint(w, `{"access_token": "the-token", "token_type": "bearer"}`)
	case "/me":
		n.asked++
		if r.Header.Get("Authorization") != "Bearer the-token" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.WriteHeader(n.status)
		fmt.Fprint(w, n.userinfo)
	case "/elsewhere":
		http.Redirect(w, r, "/me", http.StatusFound)
	}
}

// An inviting site has a network to sign in with, and a contact of whose account something was heard.
type inviting struct {
	*site
	network *network
	now     time.Time
	contact string
}

func newInviting(t *testing.T, change func(*config.Provider)) *inviting {
	t.Helper()
	v := &inviting{network: &network{userinfo: `{"data": {"id": 4711, "username": "Anna"}}`, status: http.StatusOK}, now: noon}
	server := httptest.NewServer(v.network)
	t.Cleanup(server.Close)
	p := config.Provider{Name: "Social", Network: "x", AuthorizeURL: server.URL + "/authorize", TokenURL: server.URL + "/token", UserinfoURL: server.URL + "/me",
		ClientID: "us", ClientSecret: "hunter2", ID: "data.id", Handle: "data.username"}
	if change != nil {
		change(&p)
	}
	providers, err := signin.New([]config.Provider{p}, "https://gw.example.org/connect/callback")
	if err != nil {
		t.Fatal(err)
	}
	v.site = newAdminSite(t, func(o *web.Options) {
		if o.Links, err = alerts.OpenLinks(t.Context(), o.DB, "https://gw.example.org"); err != nil {
			t.Fatal(err)
		}
		o.Clock, o.SignIn = func() time.Time { return v.now }, web.SignIn{Providers: providers, Valid: 24 * time.Hour}
	})
	v.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	v.contact = v.site.contact("Anna", "Vogt")
	v.exec(`INSERT INTO authors (id, network, native_id, handle, name, url, bio, location, followers, verified_links, bot, seen_at)
		VALUES ('author', 'x', '4711', 'anna', 'A.', 'https://x.com/anna', '', '', 1, '[]', false, 0)`)
	return v
}

// invite makes an invitation and returns its path.
func (v *inviting) invite(contact string) (path, id string) {
	v.t.Helper()
	i := v.do(http.MethodPost, api+"/contacts/"+contact+"/invitations", nil).want(http.StatusCreated).object()
	return strings.TrimPrefix(i["link"].(string), "https://gw.example.org"), i["id"].(string)
}

// post presses a button of a page.
func (v *inviting) post(path, field, value string) answer {
	v.t.Helper()
	return v.do(http.MethodPost, path, url.Values{field: {value}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

var leaving = regexp.MustCompile(`<a href="([^"]*)"`)

// leave agrees, and returns what the network is asked.
func (v *inviting) leave(path string) url.Values {
	v.t.Helper()
	a := v.post(path, "provider", "Social").want(http.StatusOK)
	found := leaving.FindSubmatch(a.body)
	if found == nil {
		v.t.Fatalf("no way to the network in:\n%s", a.body)
	}
	u, err := url.Parse(strings.ReplaceAll(string(found[1]), "&amp;", "&"))
	if err != nil {
		v.t.Fatal(err)
	}
	v.network.challenge = u.Query().Get("code_challenge")
	return u.Query()
}

func (v *inviting) back(state, code string) answer {
	v.t.Helper()
	return v.get("/connect/callback?" + url.Values{"state": {state}, "code": {code}}.Encode())
}

func (v *inviting) signInAs(contact string) (path, id string) {
	v.t.Helper()
	path, id = v.invite(contact)
	v.back(v.leave(path).Get("state"), "the-code").want(http.StatusSeeOther)
	return path, id
}

// links are the decisions and bases on the account, by contact.
func (v *inviting) links() map[string]string {
	v.t.Helper()
	all, err := crm.LinksOfAuthors(v.t.Context(), v.db, []string{"author"})
	if err != nil {
		v.t.Fatal(err)
	}
	got := make(map[string]string)
	for _, l := range all["author"] {
		got[l.ContactID] = string(l.Decision) + " " + string(l.Basis) + " by " + l.DecidedBy
	}
	return got
}

func (v *inviting) wantLinks(want map[string]string) {
	v.t.Helper()
	if diff := cmp.Diff(want, v.links()); diff != "" {
		v.t.Errorf("links (-want +got):\n%s", diff)
	}
}

// From the invitation to the link, and back: what the contact agreed to is kept, and can be taken back.
func TestContactSignsIn(t *testing.T) {
	v := newInviting(t, nil)
	path, id := v.invite(v.contact)
	page := v.get(path, "Accept-Language", "de").want(http.StatusOK)
	for _, words := range []string{"Ist das Ihr Konto?", "Ich bin einverstanden, dass mein Konto bei Social", `value="Social"`} {
		if !strings.Contains(string(page.body), words) {
			t.Errorf("%q is missing in:\n%s", words, page.body)
		}
	}
	query := v.leave(path)
	if query.Get("client_id") != "us" || query.Get("code_challenge_method") != "S256" || query.Get("redirect_uri") != "https://gw.example.org/connect/callback" {
		t.Errorf("the network is asked %v", query)
	}
	v.wantLinks(map[string]string{})
	back := v.back(query.Get("state"), "the-code").want(http.StatusSeeOther)
	if got := back.header.Get("Location"); got != "https://gw.example.org"+path {
		t.Errorf("sent on to %s, want %s", got, path)
	}
	v.wantLinks(map[string]string{v.contact: "confirmed consent by verifier"})
	done := v.get(path).want(http.StatusOK)
	if !strings.Contains(string(done.body), "signed in with Social as anna on 2") || !strings.Contains(string(done.body), "I agree that my account on Social") {
		t.Errorf("got:\n%s", done.body)
	}
	file := v.get(api + "/contacts/" + v.contact).want(http.StatusOK).object()["profiles"].([]any)
	if len(file) != 1 || file[0].(map[string]any)["native_id"] != "4711" {
		t.Errorf("on file: %v", file)
	}
	proofs, _ := v.get(api + "/contacts/" + v.contact + "/verifications").items()
	if len(proofs) != 1 || proofs[0]["method"] != "oauth" || proofs[0]["state"] != "verified" {
		t.Errorf("proofs %v", proofs)
	}
	all, _ := v.get(api + "/contacts/" + v.contact + "/invitations").items()
	if len(all) != 1 || all[0]["state"] != "used" || all[0]["link"] != "" || all[0]["author_id"] != "author" || !strings.HasPrefix(all[0]["consent"].(string), "I agree") || all[0]["consented_at"] == nil {
		t.Errorf("invitations %v", all)
	}
	audit, _ := v.get(api + "/audit?type=invitation&record=" + id).items()
	if len(audit) != 2 || audit[0]["action"] != "sign-in" || audit[1]["action"] != "invite" {
		t.Errorf("audit %v", audit)
	}

	v.now = noon.AddDate(1, 0, 0) // the link to sign in has expired, the right to take it back has not
	if got := v.post(path, "withdraw", "yes").want(http.StatusOK); !strings.Contains(string(got.body), "It is taken back") {
		t.Errorf("got:\n%s", got.body)
	}
	v.wantLinks(map[string]string{v.contact: "rejected consent by contact"})
	if file := v.get(api + "/contacts/" + v.contact).want(http.StatusOK).object()["profiles"].([]any); len(file) != 0 {
		t.Errorf("still on file: %v", file)
	}
	for _, secret := range []string{"the-token", "the-code", "hunter2", path[9:]} {
		if strings.Contains(v.log.String(), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
}

func TestSignInRefuses(t *testing.T) {
	for name, try := range map[string]func(v *inviting, path, id string) answer{
		"ErrForged":  func(v *inviting, path, _ string) answer { return v.get(path + "x") },
		"ErrExpired": func(v *inviting, path, _ string) answer { v.now = noon.Add(25 * time.Hour); return v.get(path) },
		"ErrExpiredAway": func(v *inviting, path, _ string) answer {
			state := v.leave(path).Get("state")
			v.now = noon.Add(time.Hour)
			return v.back(state, "the-code")
		},
		"ErrRevoked": func(v *inviting, path, id string) answer {
			v.do(http.MethodDelete, api+"/contacts/"+v.contact+"/invitations/"+id, nil).want(http.StatusOK)
			return v.post(path, "provider", "Social")
		},
		"ErrState": func(v *inviting, path, _ string) answer { v.leave(path); return v.back("another", "the-code") },
		"ErrOtherBrowser": func(v *inviting, path, _ string) answer {
			state := v.leave(path).Get("state")
			v.client.Jar, _ = cookiejar.New(nil)
			return v.back(state, "the-code")
		},
		"ErrOldAttempt": func(v *inviting, path, _ string) answer {
			state := v.leave(path).Get("state")
			v.leave(path)
			return v.back(state, "the-code")
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := newInviting(t, nil)
			path, id := v.invite(v.contact)
			try(v, path, id).want(http.StatusNotFound)
			if v.wantLinks(map[string]string{}); v.network.asked != 0 {
				t.Error("the network was asked")
			}
		})
	}
}

// A link is good for one sign-in, and a way back for one answer.
func TestSignInOnce(t *testing.T) {
	v := newInviting(t, nil)
	path, _ := v.invite(v.contact)
	state := v.leave(path).Get("state")
	v.back(state, "the-code").want(http.StatusSeeOther)
	v.back(state, "the-code").want(http.StatusNotFound)
	v.post(path, "provider", "Social").want(http.StatusNotFound)
	if v.network.asked != 1 {
		t.Errorf("the network was asked %d times", v.network.asked)
	}
}

func TestSignInFails(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		status int
		code   string
		change func(*config.Provider)
		want   int
	}{
		"OKText":       {answer: `{"data": {"id": "4711", "username": "@anna"}}`, want: http.StatusSeeOther},
		"OKDeclined":   {code: "-", want: http.StatusOK},
		"ErrCode":      {code: "stolen", want: http.StatusBadGateway},
		"ErrUserinfo":  {status: http.StatusInternalServerError, want: http.StatusBadGateway},
		"ErrNoJSON":    {answer: `<html>`, want: http.StatusBadGateway},
		"ErrNoID":      {answer: `{"data": {"username": "anna"}}`, want: http.StatusBadGateway},
		"ErrNoHandle":  {answer: `{"data": {"id": 4711, "username": ["anna"]}}`, want: http.StatusBadGateway},
		"ErrBadHandle": {answer: `{"data": {"id": 4711, "username": "anna vogt <b>"}}`, want: http.StatusBadGateway},
		"ErrTooMuch":   {answer: `{"x": "` + strings.Repeat("x", 70<<10) + `", "data": {"id": 4711, "username": "anna"}}`, want: http.StatusBadGateway},
		"ErrRedirect": {change: func(p *config.Provider) { p.UserinfoURL = strings.Replace(p.UserinfoURL, "/me", "/elsewhere", 1) },
			want: http.StatusBadGateway},
	} {
		t.Run(name, func(t *testing.T) {
			v := newInviting(t, c.change)
			if c.answer != "" {
				v.network.userinfo = c.answer
			}
			if c.status != 0 {
				v.network.status = c.status
			}
			code := map[string]string{"": "the-code", "-": ""}[c.code]
			if c.code == "stolen" {
				code = c.code
			}
			path, _ := v.invite(v.contact)
			v.back(v.leave(path).Get("state"), code).want(c.want)
			if want := c.want == http.StatusSeeOther; (len(v.links()) == 1) != want {
				t.Errorf("links %v", v.links())
			}
			if c.want != http.StatusSeeOther {
				v.network.userinfo, v.network.status = `{"data": {"id": 4711, "username": "anna"}}`, http.StatusOK
				v.get(path).want(http.StatusOK) // they may try again
			}
		})
	}
}

// Two contacts who sign in with one account are both for a person to decide.
func TestSecondSignIn(t *testing.T) {
	v := newInviting(t, nil)
	other := v.site.contact("Anna", "Beispiel")
	v.signInAs(v.contact)
	v.signInAs(other)
	v.wantLinks(map[string]string{v.contact: "suggested consent by verifier", other: "suggested consent by verifier"})
}

// A person's decision stands, whoever signs in.
func TestSignInAfterPerson(t *testing.T) {
	v := newInviting(t, nil)
	v.do(http.MethodPost, api+"/links", map[string]any{"author_id": "author", "contact_id": v.contact, "decision": "rejected"}).want(http.StatusOK)
	v.signInAs(v.contact)
	for _, state := range v.links() {
		if !strings.HasPrefix(state, "rejected") {
			t.Errorf("got %s", state)
		}
	}
}

// An account of which nothing was heard is put on file, so that its first post proves it.
func TestSignInOfSilentAccount(t *testing.T) {
	v := newInviting(t, nil)
	v.network.userinfo = `{"data": {"id": "815", "username": "bert"}}`
	v.do(http.MethodPost, api+"/contacts/"+v.contact+"/profiles", map[string]string{"profile": "x:bert"}).want(http.StatusCreated)
	_, id := v.signInAs(v.contact)
	v.wantLinks(map[string]string{})
	profile := func() string {
		p := v.get(api + "/contacts/" + v.contact).want(http.StatusOK).object()["profiles"].([]any)[0].(map[string]any)
		return p["handle"].(string) + " " + p["native_id"].(string)
	}
	if got := profile(); got != "bert 815" {
		t.Errorf("on file: %s", got)
	}
	for range 2 {
		v.do(http.MethodDelete, api+"/contacts/"+v.contact+"/invitations/"+id, nil).want(http.StatusOK)
		if got := profile(); got != "bert " {
			t.Errorf("on file: %s, want what was there before", got)
		}
	}
	v.do(http.MethodDelete, api+"/contacts/other/invitations/"+id, nil).problem(http.StatusNotFound, "not-found")
}

func TestInviteNeedsNetwork(t *testing.T) {
	s := newAdminSite(t, nil)
	path := api + "/contacts/" + s.contact("Anna", "Vogt") + "/invitations"
	s.do(http.MethodPost, path, nil).problem(http.StatusConflict, "conflict")
	if items, _ := s.get(path).items(); len(items) != 0 {
		t.Errorf("got %v", items)
	}
	s.get(api+"/contacts/none/invitations").problem(http.StatusNotFound, "not-found")
	if _, err := signin.New([]config.Provider{{Name: "Odd", Network: "myspace"}}, ""); err == nil || !strings.Contains(err.Error(), "want one of") {
		t.Errorf("got %v", err)
	}
}

package web_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// An account at a provider of these tests is called NAME: NAME@example.com, not verified when NAME
// begins with unverified, in the groups that NAME spells with dashes (deploy/dev/oidc.mjs).
type providerServer struct {
	t      *testing.T
	issuer string
	fake   *fakeProvider // nil: it is a real one
}

// openIDServer is the provider that GROUNDSWELL_TEST_OIDC names, or one in this process.
func openIDServer(t *testing.T) *providerServer {
	if issuer := os.Getenv("GROUNDSWELL_TEST_OIDC"); issuer != "" {
		return &providerServer{t: t, issuer: issuer}
	}
	return fakeOpenIDServer(t)
}

// fakeOpenIDServer is a provider in this process, which can be made to answer wrongly.
func fakeOpenIDServer(t *testing.T) *providerServer {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeProvider{t: t, key: key, asked: make(map[string]url.Values), change: func(map[string]any) {}}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.issuer = server.URL
	return &providerServer{t: t, issuer: server.URL, fake: f}
}

var (
	formAction  = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)
	hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
)

// signIn goes the way of a browser through the provider's pages, from the address that Groundswell
// leads it to, and returns where the provider sends it back to.
func (p *providerServer) signIn(address, account string) (callback string) {
	p.t.Helper()
	if p.fake != nil {
		return p.fake.consent(address, account)
	}
	browser := newClient()
	browser.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.Path, "/api/v1/") {
			callback = r.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}
	res, err := browser.Get(address)
	for range 4 { // the form to sign in, and the one to consent
		if err != nil {
			p.t.Fatal(err)
		}
		page, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if callback != "" {
			return callback
		}
		action := formAction.FindSubmatch(page)
		if action == nil {
			p.t.Fatalf("the provider answers %d %s", res.StatusCode, page)
		}
		form := url.Values{"login": {account}, "password": {"x"}}
		for _, hidden := range hiddenInput.FindAllSubmatch(page, -1) {
			form.Set(string(hidden[1]), html.UnescapeString(string(hidden[2])))
		}
		res, err = browser.PostForm(html.UnescapeString(string(action[1])), form)
	}
	p.t.Fatal("the provider does not come to an end")
	return ""
}

// A fakeProvider is an OpenID Connect provider, as small as can be.
type fakeProvider struct {
	t      *testing.T
	issuer string
	key    *rsa.PrivateKey
	asked  map[string]url.Values // what was asked for each code
	change func(claims map[string]any)
}

func (f *fakeProvider) consent(address, account string) string {
	u, err := url.Parse(address)
	if err != nil {
		f.t.Fatal(err)
	}
	q := u.Query()
	for name, want := range map[string]string{"client_id": "app", "response_type": "code", "code_challenge_method": "S256"} {
		if q.Get(name) != want {
			f.t.Errorf("%s is %q, want %s", name, q.Get(name), want)
		}
	}
	if !strings.Contains(q.Get("scope"), "openid") || len(q.Get("state")) < 20 || len(q.Get("nonce")) < 20 || len(q.Get("code_challenge")) != 43 {
		f.t.Errorf("got %v", q)
	}
	code := rand.Text()
	q.Set("account", account)
	f.asked[code] = q
	return q.Get("redirect_uri") + "?" + url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {f.issuer}}.Encode()
}

func (f *fakeProvider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := func(v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		answer(map[string]any{"issuer": f.issuer, "authorization_endpoint": f.issuer + "/auth", "token_endpoint": f.issuer + "/token", "jwks_uri": f.issuer + "/jwks",
			"userinfo_endpoint": f.issuer + "/me", "id_token_signing_alg_values_supported": []string{"RS256"}})
	case "/jwks":
		answer(map[string]any{"keys": []map[string]any{{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1",
			"n": base64.RawURLEncoding.EncodeToString(f.key.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(f.key.E)).Bytes())}}})
	case "/token":
		asked := f.asked[r.FormValue("code")]
		delete(f.asked, r.FormValue("code"))
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if id, secret, _ := r.BasicAuth(); asked == nil || id != "app" || secret != "app-secret" || base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") {
			w.WriteHeader(http.StatusBadRequest)
			answer(map[string]any{"error": "invalid_grant"})
			return
		}
		now := time.Now()
		claims := map[string]any{"iss": f.issuer, "sub": asked.Get("account"), "aud": "app", "nonce": asked.Get("nonce"), "iat": now.Unix(), "exp": now.Add(time.Minute).Unix()}
		f.change(claims)
		answer(map[string]any{"access_token": asked.Get("account"), "token_type": "Bearer", "expires_in": 60, "id_token": f.sign(claims)})
	case "/me":
		account := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		answer(map[string]any{"sub": account, "email": account + "@example.com", "email_verified": !strings.HasPrefix(account, "unverified"),
			"preferred_username": account, "groups": strings.Split(account, "-")})
	default:
		http.NotFound(w, r)
	}
}

func (f *fakeProvider) sign(claims map[string]any) string {
	part := func(v any) string {
		data, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(data)
	}
	text := part(map[string]string{"alg": "RS256", "kid": "1"}) + "." + part(claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, f.key, crypto.SHA256, sum[:])
	if err != nil {
		f.t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

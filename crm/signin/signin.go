// Package signin asks a network who has signed in there, by OAuth 2.0 with an authorization code and
// PKCE (RFC 6749, RFC 7636, and RFC 9700 for what to mind). What it gets is the account's id and
// handle; the access token is used for that one question and thrown away.
package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/config"
	"golang.org/x/oauth2"
)

// Limits of one sign-in.
const (
	maxTime = 15 * time.Second // both questions
	maxBody = 64 << 10         // of each answer
)

// A Provider is a network that contacts can sign in with.
type Provider struct {
	Name    string
	Network string

	oauth    oauth2.Config
	userinfo string
	id       []string // ways to the fields in the answer
	handle   []string
	host     string
	client   *http.Client
}

// New makes the providers of the configuration. Callback is the address that they send contacts back to.
func New(configured []config.Provider, callback string) ([]*Provider, error) {
	var all []*Provider
	for _, c := range configured {
		if !slices.Contains(crm.Networks(), c.Network) {
			return nil, fmt.Errorf("sign_in.providers %q: network %q: want one of %s", c.Name, c.Network, strings.Join(crm.Networks(), ", "))
		}
		p := &Provider{Name: c.Name, Network: c.Network, userinfo: c.UserinfoURL, host: c.HandleHost,
			id: strings.Split(c.ID, "."), handle: strings.Split(c.Handle, "."),
			oauth: oauth2.Config{ClientID: c.ClientID, ClientSecret: c.ClientSecret.Reveal(), RedirectURL: callback, Scopes: c.Scopes,
				Endpoint: oauth2.Endpoint{AuthURL: c.AuthorizeURL, TokenURL: c.TokenURL}}}
		hosts := []string{host(c.TokenURL), host(c.UserinfoURL)}
		p.client = NewClient(func(address string) bool { return slices.Contains(hosts, host(address)) })
		all = append(all, p)
	}
	return all, nil
}

// NewClient makes a client that asks the addresses that are allowed and no other, follows nobody
// elsewhere, and reads no more than a small answer.
func NewClient(allowed func(address string) bool) *http.Client {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: 10 * time.Second,
		MaxResponseHeaderBytes: 64 << 10, DisableKeepAlives: true, ForceAttemptHTTP2: true}
	return &http.Client{Timeout: maxTime, Transport: &limited{next: transport, allowed: allowed},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("it redirects: set the address it leads to")
		}}
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

type limited struct {
	next    http.RoundTripper
	allowed func(address string) bool
}

func (l *limited) RoundTrip(r *http.Request) (*http.Response, error) {
	if !l.allowed(r.URL.String()) {
		return nil, fmt.Errorf("%s is no address of this provider", r.URL.Host)
	}
	response, err := l.next.RoundTrip(r)
	if err == nil {
		response.Body = &limitedBody{io.LimitReader(response.Body, maxBody), response.Body}
	}
	return response, err
}

type limitedBody struct {
	io.Reader
	io.Closer
}

// NewVerifier makes the secret that ties the code to who asked for it (PKCE).
func NewVerifier() string { return oauth2.GenerateVerifier() }

// Address is where the contact signs in. The provider sends state back with the code.
func (p *Provider) Address(state, verifier string) string {
	return p.oauth.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier))
}

// Account asks whose account the code was given for. Errors hold no token and no code.
func (p *Provider) Account(ctx context.Context, code, verifier string) (crm.SocialProfile, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	token, err := p.oauth.Exchange(context.WithValue(ctx, oauth2.HTTPClient, p.client), code, oauth2.VerifierOption(verifier))
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused) && refused.Response != nil:
		return crm.SocialProfile{}, fmt.Errorf("sign in with %s: the token address answers %d %s", p.Name, refused.Response.StatusCode, refused.ErrorCode)
	case err != nil:
		return crm.SocialProfile{}, fmt.Errorf("sign in with %s: ask for a token: %w", p.Name, err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.userinfo, nil)
	if err != nil {
		return crm.SocialProfile{}, fmt.Errorf("sign in with %s: %w", p.Name, err)
	}
	token.SetAuthHeader(request)
	request.Header.Set("Accept", "application/json")
	response, err := p.client.Do(request)
	if err != nil {
		return crm.SocialProfile{}, fmt.Errorf("sign in with %s: ask who it is: %w", p.Name, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return crm.SocialProfile{}, fmt.Errorf("sign in with %s: the userinfo address answers %d", p.Name, response.StatusCode)
	}
	return p.read(response.Body)
}

// read takes the account out of the userinfo answer.
func (p *Provider) read(body io.Reader) (crm.SocialProfile, error) {
	decoder := json.NewDecoder(body)
	decoder.UseNumber()
	var answer any
	if err := decoder.Decode(&answer); err != nil {
		return crm.SocialProfile{}, fmt.Errorf("sign in with %s: the userinfo answer is no JSON, or more than %d kB", p.Name, maxBody>>10)
	}
	id, handle := field(answer, p.id), field(answer, p.handle)
	if id == "" || handle == "" {
		return crm.SocialProfile{}, fmt.Errorf("sign in with %s: the userinfo answer has no %s or no %s: see id and handle in the configuration",
			p.Name, strings.Join(p.id, "."), strings.Join(p.handle, "."))
	}
	if p.host != "" && !strings.Contains(strings.TrimPrefix(handle, "@"), "@") {
		handle += "@" + p.host
	}
	account, err := crm.AccountOn(p.Network, id, handle)
	if err != nil {
		return crm.SocialProfile{}, fmt.Errorf("sign in with %s: the userinfo answer: %w", p.Name, err)
	}
	return account, nil
}

// field is the text or number at the end of a way through objects; empty where there is none.
func field(v any, way []string) string {
	for _, name := range way {
		object, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		v = object[name]
	}
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// Package openid asks an OpenID Connect provider who signs in: by an authorization code with PKCE, and
// with a state and a nonce that are bound to the browser (OpenID Connect Core 1.0; RFC 7636; RFC 9700
// for what to mind). What it gets is an ID token that the provider has signed; the access token is
// used for the one question what else is known of the account, and thrown away.
package openid

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/groundswell/groundswell/crm/signin"
	"github.com/groundswell/groundswell/internal/config"
	"golang.org/x/oauth2"
)

// maxTime is how long a provider may take to answer all that one sign-in asks.
const maxTime = 15 * time.Second

// A Provider is an OpenID Connect provider that people sign in with.
type Provider struct {
	config.OpenID
	callback string
	clock    func() time.Time

	mu    sync.Mutex
	found *oidc.Provider // nil: it was not asked yet, or did not answer
}

// New makes the providers of the configuration; base is where people reach the page. Nothing is asked
// of a provider before somebody signs in: one that is away keeps nobody else out.
func New(configured []config.OpenID, base string, clock func() time.Time) []*Provider {
	all := make([]*Provider, len(configured))
	for i, c := range configured {
		if c.Label == "" {
			c.Label = c.Name
		}
		if len(c.Scopes) == 0 {
			c.Scopes = []string{oidc.ScopeOpenID, "profile", "email"}
		}
		all[i] = &Provider{OpenID: c, callback: strings.TrimRight(base, "/") + "/api/v1/session/providers/" + c.Name + "/callback", clock: clock}
	}
	return all
}

// An Attempt is one sign-in under way. It stays in the browser's session.
type Attempt struct{ State, Nonce, Verifier string }

// NewVerifier makes the secret that ties the code to who asked for it.
func NewVerifier() string { return oauth2.GenerateVerifier() }

// discover asks the provider where it does what, once.
func (p *Provider) discover(ctx context.Context) (context.Context, *oidc.Provider, error) {
	ctx = oidc.ClientContext(ctx, signin.NewClient(config.SafeURL))
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return ctx, p.found, nil
	}
	found, err := oidc.NewProvider(ctx, p.Issuer)
	if err != nil {
		return ctx, nil, fmt.Errorf("ask %s where people sign in: %w", p.Issuer, err)
	}
	p.found = found
	return ctx, found, nil
}

func (p *Provider) oauth(found *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret.Reveal(), Endpoint: found.Endpoint(), RedirectURL: p.callback, Scopes: p.Scopes}
}

// Address is where somebody signs in. The provider sends the state back with the code.
func (p *Provider) Address(ctx context.Context, a Attempt) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	_, found, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	return p.oauth(found).AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), nil
}

// Identity asks whom the code was given to. Errors hold no token and no code.
func (p *Provider) Identity(ctx context.Context, code string, a Attempt) (Identity, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	ctx, found, err := p.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	token, err := p.oauth(found).Exchange(ctx, code, oauth2.VerifierOption(a.Verifier))
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused) && refused.Response != nil:
		return Identity{}, fmt.Errorf("the token address answers %d %s", refused.Response.StatusCode, refused.ErrorCode)
	case err != nil:
		return Identity{}, fmt.Errorf("ask for a token: %w", err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return Identity{}, errors.New("there is no ID token in the answer: the scopes lack openid")
	}
	signed, err := found.Verifier(&oidc.Config{ClientID: p.ClientID, Now: p.clock}).Verify(ctx, raw)
	if err != nil {
		return Identity{}, fmt.Errorf("check the ID token: %w", err)
	}
	if a.Nonce == "" || signed.Nonce != a.Nonce {
		return Identity{}, errors.New("check the ID token: it was made for another sign-in (nonce)")
	}
	claims := make(map[string]any)
	if err := signed.Claims(&claims); err != nil {
		return Identity{}, fmt.Errorf("read the ID token: %w", err)
	}
	if err := p.complete(ctx, found, token, signed.Subject, claims); err != nil {
		return Identity{}, err
	}
	return identityOf(signed.Issuer, signed.Subject, claims), nil
}

// complete adds what the provider tells at its userinfo address: many keep ID tokens short. What the
// token says stays.
func (p *Provider) complete(ctx context.Context, found *oidc.Provider, token *oauth2.Token, subject string, claims map[string]any) error {
	if found.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return fmt.Errorf("ask what is known of the account: %w", err)
	}
	if info.Subject != subject {
		return errors.New("the userinfo answer is about another account")
	}
	more := make(map[string]any)
	if err := info.Claims(&more); err != nil {
		return fmt.Errorf("read the userinfo answer: %w", err)
	}
	for name, value := range more {
		if _, ok := claims[name]; !ok {
			claims[name] = value
		}
	}
	return nil
}

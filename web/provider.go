package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/web/openid"
)

// Keys of what a session holds while somebody is at a provider.
const (
	atProvider = "at_provider"
	atState    = "at_state"
	atNonce    = "at_nonce"
	atVerifier = "at_verifier"
	atGoOn     = "at_go_on" // the page to show afterwards
	atLink     = "at_link"  // id of the user whom the account is to be linked to; empty: they sign in
)

type (
	// ProviderInput names a provider. It is exported as the other inputs that are embedded.
	ProviderInput struct {
		Provider string `path:"provider" maxLength:"50"`
	}
	toProviderInput struct {
		ProviderInput
		To string `query:"to" maxLength:"1000" doc:"The page to show afterwards: a path."`
	}
	fromProviderInput struct {
		ProviderInput
		State  string `query:"state" maxLength:"500"`
		Code   string `query:"code" maxLength:"10000"`
		Error  string `query:"error" maxLength:"200"`
		Issuer string `query:"iss" maxLength:"1000"`
	}
	// A redirection leads a browser on.
	redirection struct {
		Status   int
		Location string `header:"Location"`
	}
	// ProviderAddress is where the browser goes to connect an account.
	ProviderAddress struct {
		Address string `json:"address"`
	}
)

func (s *Server) providerRoutes() {
	public := []map[string][]string{}
	leads := func(id, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: "/session/providers/{provider}" + path, Tags: []string{"session"}, Security: public, Summary: summary,
			DefaultStatus: http.StatusSeeOther, Errors: []int{404}}
	}
	operate(s, noGrant, leads("sign-in-with", "", "Leads the browser to an OpenID Connect provider to sign in"), s.toProvider)
	operate(s, noGrant, leads("signed-in-with", "/callback", "Where the provider sends the browser back to"), s.fromProvider)
	link := doing("me", "link-identity", http.MethodPost, "/me/identities/{provider}", "Connect an account at a provider, to sign in with it from then on: where to send the browser")
	link.Security = bySession
	operate(s, noGrant, link, s.linkTo)
	unlink := doing("me", "remove-identity", http.MethodDelete, "/me/identities/{provider}", "Sign in with a provider no more")
	unlink.Security = bySession
	operate(s, noGrant, unlink, s.unlink)
}

func (s *Server) providerOf(name string) (*openid.Provider, error) {
	for _, p := range s.Providers {
		if p.Name == name {
			return p, nil
		}
	}
	return nil, faultf(kindNotFound, "there is no provider %s: users.providers of the configuration lists them", name)
}

func seeOther(to string) *redirection { return &redirection{http.StatusSeeOther, to} }

// toProvider begins a sign-in. State, nonce and verifier stay in the browser's session.
func (s *Server) toProvider(ctx context.Context, in *toProviderInput) (*redirection, error) {
	p, err := s.providerOf(in.Provider)
	if err != nil {
		return nil, err
	}
	address, err := s.leave(ctx, p, in.To, "")
	if err != nil {
		return s.turnedAway(ctx, err.Error()), nil
	}
	return seeOther(address), nil
}

// leave notes in the session that the browser is on its way to a provider, and says where that is.
func (s *Server) leave(ctx context.Context, p *openid.Provider, to, link string) (address string, err error) {
	from := requestFrom(ctx).address
	if s.throttle.begin(ctx, providerAttempts(from), from) > 0 {
		return "", errors.New("too many attempts to sign in: wait a minute before the next")
	}
	a := openid.Attempt{State: rand.Text(), Nonce: rand.Text(), Verifier: openid.NewVerifier()}
	if address, err = p.Address(ctx, a); err != nil {
		s.Logger.Error("a provider does not answer", "request_id", requestFrom(ctx).id, "provider", p.Name, "err", err)
		return "", errors.New(p.Label + " cannot be reached, or is not set up right: try again, or sign in otherwise")
	}
	for key, value := range map[string]string{atProvider: p.Name, atState: a.State, atNonce: a.Nonce, atVerifier: a.Verifier, atGoOn: to, atLink: link, sessionRefused: ""} {
		s.sessions.Put(ctx, key, value)
	}
	return address, nil
}

// providerAttempts is the name by which attempts with providers are throttled. No user has it.
func providerAttempts(address string) string { return "provider " + address }

// turnedAway leads to the page again, which says why.
func (s *Server) turnedAway(ctx context.Context, why string) *redirection {
	s.sessions.Put(ctx, sessionRefused, why)
	if s.sessions.GetString(ctx, sessionUser) != "" {
		return seeOther("/me")
	}
	return seeOther("/")
}

// fromProvider ends a sign-in, or the connecting of an account.
func (s *Server) fromProvider(ctx context.Context, in *fromProviderInput) (*redirection, error) {
	p, err := s.providerOf(in.Provider)
	if err != nil {
		return nil, err
	}
	pop := func(key string) string { return s.sessions.PopString(ctx, key) }
	name, a := pop(atProvider), openid.Attempt{State: pop(atState), Nonce: pop(atNonce), Verifier: pop(atVerifier)}
	to, link := pop(atGoOn), pop(atLink)
	if a.State == "" || name != p.Name || subtle.ConstantTimeCompare([]byte(a.State), []byte(in.State)) != 1 {
		return s.turnedAway(ctx, "this sign-in was begun in another browser, or longer ago than "+sessionEmpty.String()+": begin again"), nil
	}
	failed := proof{method: methodOpenID, detail: p.Name}
	switch {
	case in.Issuer != "" && in.Issuer != p.Issuer: // RFC 9207
		s.refuse(ctx, "", failed, refusedProvider)
		return s.turnedAway(ctx, "another provider answered than the one that was asked: begin again"), nil
	case in.Error != "" || in.Code == "":
		s.refuse(ctx, "", failed, refusedProvider)
		return s.turnedAway(ctx, p.Label+" did not sign you in"+errorWord(in.Error)), nil
	}
	identity, err := p.Identity(ctx, in.Code, a)
	if err != nil {
		s.Logger.Error("a provider's answer cannot be used", "request_id", requestFrom(ctx).id, "provider", p.Name, "err", err)
		s.refuse(ctx, "", failed, refusedProvider)
		return s.turnedAway(ctx, p.Label+" did not say who you are in a way that can be trusted: the log of the daemon says more"), nil
	}
	if link != "" {
		return s.link(ctx, p, &identity, link)
	}
	err = s.signInAs(ctx, p, &identity)
	var f *fault
	switch {
	case err == nil:
		return seeOther(pagePath(to)), nil
	case errors.As(err, &f) && f.name == kindCode.name:
		return seeOther(pagePath(to)), nil // the page asks for the code
	case errors.As(err, &f) && f.status < http.StatusInternalServerError:
		return s.turnedAway(ctx, f.detail), nil
	}
	return nil, err
}

var oauthError = regexp.MustCompile(`^[a-z_]{1,50}$`)

// errorWord is a provider's error as far as it is one (RFC 6749, section 4.1.2.1).
func errorWord(code string) string {
	switch {
	case code == "access_denied":
		return ": you declined, or may not"
	case oauthError.MatchString(code):
		return ": " + strings.ReplaceAll(code, "_", " ")
	}
	return ""
}

// pagePath is a path of this page; what leads elsewhere is the overview.
func pagePath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return "/"
	}
	return to
}

// signInAs lets in who has signed in with a provider, as far as the configuration does.
func (s *Server) signInAs(ctx context.Context, p *openid.Provider, i *openid.Identity) error {
	shown := proof{method: methodOpenID, detail: p.Name}
	if p.SecondFactor || i.SecondFactor {
		shown.factor = factorProvider
	}
	roles, err := openid.Roles(&p.OpenID, i)
	var no *openid.NotAllowed
	if errors.As(err, &no) {
		known, _ := userOfIdentity(ctx, s.DB, i)
		s.refuse(ctx, known.id, shown, refusedNotAllowed)
		return faultf(kindSignedOut, "%s", no)
	}
	var u user
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		u, err = s.userFor(ctx, tx, p, i, roles)
		return err
	})
	var bad *crm.Invalid
	switch {
	case errors.As(err, &no):
		s.refuse(ctx, "", shown, refusedUnknown)
		return faultf(kindSignedOut, "%s", no)
	case errors.Is(err, errIdentityTaken), errors.Is(err, sqldb.ErrConflict):
		s.refuse(ctx, "", shown, refusedUnknown)
		return faultf(kindSignedOut, "the name is taken by somebody who signs in otherwise: sign in so, and connect %s under Your account", p.Label)
	case errors.As(err, &bad):
		s.Logger.Error("the roles of a provider's users cannot be set", "request_id", requestFrom(ctx).id, "provider", p.Name, "err", err)
		return faultf(kindSignedOut, "your roles cannot be set: %s", bad.Reason)
	case err != nil:
		return err
	}
	if u.disabled {
		s.refuse(ctx, u.id, shown, refusedDisabled)
		return faultf(kindSignedOut, "you are kept out: ask an administrator")
	}
	from := requestFrom(ctx).address
	s.throttle.succeed(ctx, providerAttempts(from), from)
	return s.enter(ctx, u, shown)
}

// userFor is who has the account: whom it was linked to; otherwise, where the configuration says so,
// the user who is called as the verified address, or a new one. An address that the provider has not
// verified is nobody's.
func (s *Server) userFor(ctx context.Context, tx *sqldb.Tx, p *openid.Provider, i *openid.Identity, roles []string) (user, error) {
	now := s.Clock()
	u, err := userOfIdentity(ctx, tx, i)
	if err == nil && !u.disabled {
		if len(p.Roles) > 0 {
			err = syncRoles(ctx, tx, u.id, roles, now)
		}
		return u, errors.Join(err, noteUse(ctx, tx, i, now))
	}
	if !errors.Is(err, ErrNoUser) {
		return u, err
	}
	linked := s.event(ctx, "", eventIdentityLinked, p.Name)
	if p.MatchEmail && i.Email != "" {
		u, err = findUser(ctx, tx, "name", i.Email)
		if err == nil {
			linked.userID = u.id
			if err = linkIdentity(ctx, tx, i, u.id, now); err == nil {
				err = linked.insert(ctx, tx)
			}
			if err == nil && len(p.Roles) > 0 {
				err = syncRoles(ctx, tx, u.id, roles, now)
			}
			return u, err
		}
		if !errors.Is(err, ErrNoUser) {
			return u, err
		}
	}
	if !p.Create {
		return u, &openid.NotAllowed{Reason: "nobody here signs in with this account: sign in otherwise and connect it under Your account, or ask an administrator"}
	}
	name := openid.UserName(&p.OpenID, i)
	if !userName.MatchString(name) {
		return u, &openid.NotAllowed{Reason: "the provider gives no name that a user can have (up to 64 of a–z, 0–9 and . _ @ + -): ask an administrator"}
	}
	if len(roles) == 0 {
		roles = []string{crm.RoleReadOnly}
	}
	id, err := insertUser(ctx, tx, newUser{name: name, roles: roles, change: crm.Change{By: crm.ByRule, At: now, Access: crm.System()}})
	if err != nil {
		return u, err
	}
	made := s.event(ctx, id, eventUserMade, p.Name)
	if err := errors.Join(linkIdentity(ctx, tx, i, id, now), made.insert(ctx, tx)); err != nil {
		return u, err
	}
	return findUser(ctx, tx, "id", id)
}

func (s *Server) linkTo(ctx context.Context, in *ProviderInput) (*one[ProviderAddress], error) {
	p, err := s.providerOf(in.Provider)
	if err != nil {
		return nil, err
	}
	address, err := s.leave(ctx, p, "", userFrom(ctx).id)
	if err != nil {
		return nil, faultf(kindConflict, "%s", err)
	}
	return &one[ProviderAddress]{ProviderAddress{address}}, nil
}

// link connects the account with who is still signed in.
func (s *Server) link(ctx context.Context, p *openid.Provider, i *openid.Identity, userID string) (*redirection, error) {
	if s.sessions.GetString(ctx, sessionUser) != userID {
		return s.turnedAway(ctx, "you have signed out meanwhile: sign in, and connect "+p.Label+" again"), nil
	}
	if _, err := openid.Roles(&p.OpenID, i); err != nil {
		return s.turnedAway(ctx, err.Error()), nil
	}
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		e := s.event(ctx, userID, eventIdentityLinked, p.Name)
		e.actor = userID
		if err := linkIdentity(ctx, tx, i, userID, s.Clock()); err != nil {
			return err
		}
		return e.insert(ctx, tx)
	})
	if errors.Is(err, errIdentityTaken) {
		return s.turnedAway(ctx, "this account at "+p.Label+", or another one of yours there, is connected already"), nil
	}
	if err != nil {
		return nil, err
	}
	from := requestFrom(ctx).address
	s.throttle.succeed(ctx, providerAttempts(from), from)
	return seeOther("/me"), nil
}

func (s *Server) unlink(ctx context.Context, in *ProviderInput) (*struct{}, error) {
	p, err := s.providerOf(in.Provider)
	if err != nil {
		return nil, err
	}
	u := userFrom(ctx)
	if u.hash == "" {
		return nil, faultf(kindConflict, "you have no password, and could sign in no more: set one first")
	}
	return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM identities WHERE issuer = $1 AND user_id = $2", p.Issuer, u.id)
		if err != nil {
			return err
		}
		if n == 0 {
			return faultf(kindNotFound, "no account at %s is connected", p.Label)
		}
		return s.event(ctx, u.id, eventIdentityRemoved, p.Name).insert(ctx, tx)
	})
}

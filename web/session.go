package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// CookieName is the name of the session's cookie.
const CookieName = "groundswell"

// Keys of what a session holds.
const (
	sessionID     = "id"
	sessionUser   = "user"
	sessionEpoch  = "epoch"
	sessionFactor = "factor" // the second factor that was shown; empty: none

	// Of somebody whose code is awaited, and of whom nothing else is believed yet.
	pendingUser   = "pending"
	pendingEpoch  = "pending_epoch"
	pendingMethod = "pending_method"
	pendingDetail = "pending_detail"

	sessionRefused = "refused" // why a provider's answer was not taken: the sign-in page shows it
)

func (s *Server) newSessions() *scs.SessionManager {
	m := scs.New()
	m.Store = &sessionStore{db: s.DB, clock: s.Clock}
	m.Lifetime = sessionLife
	m.HashTokenInStore = true
	m.Cookie.Name = CookieName
	m.Cookie.Secure = s.SecureCookies
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.ErrorFunc = s.fail
	return m
}

// Session is who is signed in, and what the page needs to know at its start.
type Session struct {
	User         SessionUser `json:"user"`
	Grants       []string    `json:"grants" nullable:"false" doc:"What they may do with any record at all, as TYPE:ACTION: pages leave out what nothing would come of."`
	Now          time.Time   `json:"now" doc:"The time Groundswell works by; a demo simulates it."`
	Version      string      `json:"version"`
	SecondFactor string      `json:"second_factor" enum:"none,shown,demanded" doc:"demanded: a role of theirs demands one, and they get into nothing but setting it up."`
}

// SessionUser is the user of a session.
type SessionUser struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// SignInOptions is what the page for signing in offers.
type SignInOptions struct {
	Step      string           `json:"step" enum:"password,code" doc:"code: the password, or the provider, was right, and the code of the second factor is awaited."`
	Providers []SignInProvider `json:"providers" nullable:"false"`
	Refused   string           `json:"refused" doc:"Why the last attempt with a provider came to nothing; empty: it did not."`
}

// SignInProvider is an OpenID Connect provider to sign in with.
type SignInProvider struct {
	Name  string `json:"name"`
	Label string `json:"label"`
}

type (
	signInInput struct {
		Body struct {
			Name     string `json:"name" minLength:"1" maxLength:"200"`
			Password string `json:"password" minLength:"1" maxLength:"4000"`
		}
	}
	codeInput struct {
		Body struct {
			Code string `json:"code" minLength:"6" maxLength:"40" doc:"Of the authenticator app, or a recovery code."`
		}
	}
)

func (s *Server) sessionRoutes() {
	public, tags := []map[string][]string{}, []string{"session"}
	operate(s, noGrant, huma.Operation{OperationID: "sign-in", Method: http.MethodPost, Path: "/session", Tags: tags, Security: public,
		Summary: "Sign in", Description: "Sets the session cookie. Wrong names and passwords are answered alike, and ever more slowly. Of somebody with a second factor the code is asked for: the problem is second-factor, and the code goes to /session/code.",
		Errors: []int{401, 403, 429, 503}}, s.signIn)
	operate(s, noGrant, huma.Operation{OperationID: "sign-in-code", Method: http.MethodPost, Path: "/session/code", Tags: tags, Security: public,
		Summary: "Finish signing in with the code of a second factor", Errors: []int{401, 403, 429}}, s.signInCode)
	operate(s, noGrant, huma.Operation{OperationID: "sign-out", Method: http.MethodDelete, Path: "/session", Tags: tags, Security: public,
		Summary: "Sign out", Errors: []int{403}}, s.signOut)
	operate(s, noGrant, huma.Operation{OperationID: "sign-in-options", Method: http.MethodGet, Path: "/session/options", Tags: tags, Security: public,
		Summary: "How to sign in, and what comes next"}, s.signInOptions)
	operate(s, noGrant, scopeless(whileEnrolling(huma.Operation{OperationID: "get-session", Method: http.MethodGet, Path: "/session", Tags: tags,
		Summary: "Who is signed in"})), s.session)
}

func (s *Server) signInOptions(ctx context.Context, _ *struct{}) (*one[SignInOptions], error) {
	out := SignInOptions{Step: "password", Providers: []SignInProvider{}, Refused: s.sessions.GetString(ctx, sessionRefused)}
	if s.sessions.GetString(ctx, pendingUser) != "" {
		out.Step = "code"
	}
	for _, p := range s.Providers {
		out.Providers = append(out.Providers, SignInProvider{p.Name, p.Label})
	}
	return &one[SignInOptions]{out}, nil
}

// errWrong answers wrong names and wrong passwords alike.
var errWrong = faultf(kindSignedOut, "the name or the password is wrong")

func (s *Server) signIn(ctx context.Context, in *signInInput) (*struct{}, error) {
	name, address := foldName(in.Body.Name), requestFrom(ctx).address
	if wait := s.throttle.begin(ctx, name, address); wait > 0 {
		return nil, tooMany(signInsFailed, wait)
	}
	u, err := findUser(ctx, s.DB, "name", name)
	if err != nil && !errors.Is(err, ErrNoUser) {
		return nil, err
	}
	refused := u.keptOut(err)
	hash := u.hash
	if refused != "" {
		hash = dummyHash
	}
	ok, err := s.passwords.matches(ctx, in.Body.Password, hash)
	if err != nil {
		return nil, err
	}
	if refused == "" && !ok {
		refused = refusedPassword
	}
	if refused != "" {
		s.refuse(ctx, u.id, proof{method: methodPassword}, refused)
		return nil, errWrong
	}
	err = s.enter(ctx, u, proof{method: methodPassword})
	if err == nil {
		s.throttle.succeed(ctx, name, address)
	} else {
		s.throttle.excuse(ctx, name, address) // what was guessed before it is not forgiven before the code is right
	}
	return nil, err
}

// keptOut is why a user cannot sign in with a password whatever it is; empty: they can.
func (u *user) keptOut(err error) string {
	switch {
	case err != nil:
		return refusedUnknown
	case u.disabled:
		return refusedDisabled
	case u.hash == "":
		return refusedNoPassword
	}
	return ""
}

const (
	signInsFailed = "too many attempts to sign in failed: wait before the next"
	testedOften   = "too many tests: wait a little"
)

func tooMany(detail string, wait time.Duration) error {
	return &fault{kind: kindThrottled, detail: detail, retry: wait}
}

// enter lets somebody in who has shown who they are, or asks for the code of their second factor.
func (s *Server) enter(ctx context.Context, u user, p proof) error {
	if p.factor == "" {
		f, err := secondFactorOf(ctx, s.DB, u.id)
		if err != nil {
			return err
		}
		if f.on() {
			return s.awaitCode(ctx, u, p)
		}
	}
	e := s.event(ctx, u.id, eventSignIn, p.detail)
	e.actor, e.method, e.factor = u.id, p.method, p.factor
	if err := s.DB.Update(ctx, func(tx *sqldb.Tx) error { return e.insert(ctx, tx) }); err != nil {
		return err
	}
	return s.beginSession(ctx, u, p.factor)
}

// beginSession makes the browser's session one of the user, under a new token.
func (s *Server) beginSession(ctx context.Context, u user, factor string) error {
	if err := s.freshSession(ctx); err != nil {
		return err
	}
	s.sessions.Put(ctx, sessionID, newID(s.Clock()))
	s.sessions.Put(ctx, sessionUser, u.id)
	s.sessions.Put(ctx, sessionEpoch, u.epoch())
	s.sessions.Put(ctx, sessionFactor, factor)
	return nil
}

// freshSession empties the session and gives it a new token: what somebody may have planted in the
// browser before is worth nothing.
func (s *Server) freshSession(ctx context.Context) error {
	if err := s.sessions.Clear(ctx); err != nil {
		return err
	}
	return s.sessions.RenewToken(ctx)
}

func (s *Server) awaitCode(ctx context.Context, u user, p proof) error {
	if err := s.freshSession(ctx); err != nil {
		return err
	}
	s.sessions.Put(ctx, pendingUser, u.id)
	s.sessions.Put(ctx, pendingEpoch, u.epoch())
	s.sessions.Put(ctx, pendingMethod, p.method)
	s.sessions.Put(ctx, pendingDetail, p.detail)
	return faultf(kindCode, "the code of the second factor is missing: POST it to %s/session/code", base)
}

func (s *Server) signInCode(ctx context.Context, in *codeInput) (*struct{}, error) {
	id, address := s.sessions.GetString(ctx, pendingUser), requestFrom(ctx).address
	if id == "" {
		return nil, faultf(kindSignedOut, "nobody has signed in with a name and a password, or it is longer ago than %s: begin there", sessionEmpty)
	}
	u, err := findUser(ctx, s.DB, "id", id)
	if err != nil && !errors.Is(err, ErrNoUser) {
		return nil, err
	}
	if err != nil || u.disabled || u.epoch() != s.sessions.GetString(ctx, pendingEpoch) {
		return nil, errors.Join(errWrong, s.sessions.Destroy(ctx))
	}
	p := proof{method: s.sessions.GetString(ctx, pendingMethod), detail: s.sessions.GetString(ctx, pendingDetail)}
	if p.factor, err = s.showCode(ctx, u, p, in.Body.Code); err != nil {
		return nil, err
	}
	if err := s.enter(ctx, u, p); err != nil {
		return nil, err
	}
	s.throttle.succeed(ctx, u.name, address)
	return nil, nil
}

func (s *Server) signOut(ctx context.Context, _ *struct{}) (*struct{}, error) {
	if id := s.sessions.GetString(ctx, sessionUser); id != "" {
		e := s.event(ctx, id, eventSignOut, "")
		e.actor = id
		if err := s.DB.Update(ctx, func(tx *sqldb.Tx) error { return e.insert(ctx, tx) }); err != nil {
			return nil, err
		}
	}
	return nil, s.sessions.Destroy(ctx)
}

func (s *Server) session(ctx context.Context, _ *struct{}) (*one[Session], error) {
	u := userFrom(ctx)
	out := Session{User: SessionUser{u.id, u.name}, Grants: accessFrom(ctx).Granted(), Now: instant(s.Now()), Version: s.Version, SecondFactor: "none"}
	switch {
	case u.factor != "":
		out.SecondFactor = "shown"
	case u.mustEnrol(accessFrom(ctx)):
		out.SecondFactor = "demanded"
	}
	return &one[Session]{out}, nil
}

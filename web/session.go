package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// CookieName is the name of the session's cookie.
const CookieName = "groundswell"

// Keys of what a session holds.
const (
	sessionUser  = "user"
	sessionEpoch = "epoch"
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

// identify says who sends a request: by the token it bears, otherwise by its session.
func (s *Server) identify(r *http.Request) (user, error) {
	u, err := s.claimed(r)
	switch {
	case errors.Is(err, ErrNoUser):
		return user{}, faultf(kindSignedOut, "the user is gone")
	case err != nil:
		return user{}, err
	case u.disabled:
		return user{}, faultf(kindSignedOut, "the user is disabled")
	}
	return u, nil
}

func (s *Server) claimed(r *http.Request) (user, error) {
	if scheme, token, ok := bearer(r); ok {
		if !strings.EqualFold(scheme, "Bearer") {
			return user{}, faultf(kindSignedOut, "the authorization scheme is not known: want Bearer")
		}
		return userOfToken(r.Context(), s.DB, token, s.Clock())
	}
	id := s.sessions.GetString(r.Context(), sessionUser)
	if id == "" {
		return user{}, faultf(kindSignedOut, "there is no session: POST name and password to %s/session, or send an API token", base)
	}
	u, err := findUser(r.Context(), s.DB, "id", id)
	if err == nil && u.epoch() != s.sessions.GetString(r.Context(), sessionEpoch) {
		return user{}, faultf(kindSignedOut, "the password was changed after this session began")
	}
	return u, err
}

// bearer splits the Authorization header; ok says that there is one.
func bearer(r *http.Request) (scheme, token string, ok bool) {
	header := r.Header.Get("Authorization")
	scheme, token, _ = strings.Cut(header, " ")
	return scheme, strings.TrimSpace(token), header != ""
}

type userKey struct{}

// userFrom is who sent the request.
func userFrom(ctx context.Context) user {
	u, _ := ctx.Value(userKey{}).(user)
	return u
}

// admit lets a request through to its operation: not when another site made the browser send it,
// and, but for the public ones, only from somebody who is known.
func (s *Server) admit(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	if _, _, ok := bearer(r); !ok { // a browser adds the cookie by itself, a token never
		if err := s.crossOrigin.Check(r); err != nil {
			s.fail(w, r, faultf(kindCrossOrigin, "a request that changes something must come from Groundswell's own page, or bear an API token"))
			return
		}
	}
	if len(ctx.Operation().Security) == 0 {
		next(ctx)
		return
	}
	u, err := s.identify(r)
	if err != nil {
		var f *fault
		if errors.As(err, &f) && f.kind == kindSignedOut {
			w.Header().Set("WWW-Authenticate", `Bearer realm="groundswell"`)
		}
		s.fail(w, r, err)
		return
	}
	if ctx, err = s.grant(ctx, u); err != nil {
		s.fail(w, r, err)
		return
	}
	next(ctx)
}

// Session is who is signed in, and what the page needs to know at its start.
type Session struct {
	User    SessionUser `json:"user"`
	Grants  []string    `json:"grants" nullable:"false" doc:"What they may do with any record at all, as TYPE:ACTION: pages leave out what nothing would come of."`
	Now     time.Time   `json:"now" doc:"The time Groundswell works by; a demo simulates it."`
	Version string      `json:"version"`
}

// SessionUser is the user of a session.
type SessionUser struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type signInInput struct {
	Body struct {
		Name     string `json:"name" minLength:"1" maxLength:"200"`
		Password string `json:"password" minLength:"1" maxLength:"4000"`
	}
}

func (s *Server) sessionRoutes() {
	public := []map[string][]string{}
	operate(s, noGrant, huma.Operation{OperationID: "sign-in", Method: http.MethodPost, Path: "/session", Tags: []string{"session"}, Security: public,
		Summary: "Sign in", Description: "Sets the session cookie. Wrong names and passwords are answered alike, and ever more slowly.",
		Errors: []int{401, 403, 429, 503}}, s.signIn)
	operate(s, noGrant, huma.Operation{OperationID: "sign-out", Method: http.MethodDelete, Path: "/session", Tags: []string{"session"}, Security: public,
		Summary: "Sign out", Errors: []int{403}}, s.signOut)
	operate(s, noGrant, huma.Operation{OperationID: "get-session", Method: http.MethodGet, Path: "/session", Tags: []string{"session"},
		Summary: "Who is signed in"}, s.session)
}

func (s *Server) signIn(ctx context.Context, in *signInInput) (*struct{}, error) {
	name, address := foldName(in.Body.Name), requestFrom(ctx).address
	if wait := s.throttle.begin(name, address); wait > 0 {
		return nil, &fault{kind: kindThrottled, detail: "too many attempts to sign in failed: wait before the next", retry: wait}
	}
	u, err := findUser(ctx, s.DB, "name", name)
	known := err == nil && !u.disabled
	if err != nil && !errors.Is(err, ErrNoUser) {
		return nil, err
	}
	hash := u.hash
	if !known {
		hash = dummyHash
	}
	ok, err := s.passwords.matches(ctx, in.Body.Password, hash)
	if err != nil {
		return nil, err
	}
	if !ok || !known {
		s.Logger.Warn("sign-in refused", "request_id", requestFrom(ctx).id)
		return nil, faultf(kindSignedOut, "the name or the password is wrong")
	}
	s.throttle.succeed(name, address)
	if err := s.sessions.RenewToken(ctx); err != nil {
		return nil, err
	}
	s.sessions.Put(ctx, sessionUser, u.id)
	s.sessions.Put(ctx, sessionEpoch, u.epoch())
	return nil, nil
}

func (s *Server) signOut(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, s.sessions.Destroy(ctx)
}

func (s *Server) session(ctx context.Context, _ *struct{}) (*one[Session], error) {
	u := userFrom(ctx)
	return &one[Session]{Body: Session{User: SessionUser{u.id, u.name}, Grants: accessFrom(ctx).Granted(), Now: instant(s.Now()), Version: s.Version}}, nil
}

package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/groundswell/groundswell/crm"
)

// bySession is the security of operations that no token is enough for: those that make or change
// what people sign in with. A token that leaked cannot make itself another one.
var bySession = []map[string][]string{{"session": {}}}

// Marks of operations.
const (
	enrolKey     = "enrol"
	scopelessKey = "scopeless"
)

// whileEnrolling marks an operation as open to somebody whose role demands a second factor that they
// do not have yet.
func whileEnrolling(op huma.Operation) huma.Operation { return marked(op, enrolKey) }

// scopeless marks an operation without a grant that gives what the scopes of a token let it see, or
// nothing of anybody: it asks for no scope of its own.
func scopeless(op huma.Operation) huma.Operation { return marked(op, scopelessKey) }

func marked(op huma.Operation, key string) huma.Operation {
	if op.Metadata == nil {
		op.Metadata = make(map[string]any)
	}
	op.Metadata[key] = true
	return op
}

func isMarked(op *huma.Operation, key string) bool {
	is, _ := op.Metadata[key].(bool)
	return is
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
	ctx := r.Context()
	if scheme, token, ok := bearer(r); ok {
		if !strings.EqualFold(scheme, "Bearer") {
			return user{}, faultf(kindSignedOut, "the authorization scheme is not known: want Bearer")
		}
		return s.userOfToken(ctx, token)
	}
	id := s.sessions.GetString(ctx, sessionUser)
	if id == "" {
		return user{}, faultf(kindSignedOut, "there is no session: POST name and password to %s/session, or send an API token", base)
	}
	u, err := findUser(ctx, s.DB, "id", id)
	if err == nil && u.epoch() != s.sessions.GetString(ctx, sessionEpoch) {
		return user{}, faultf(kindSignedOut, "the password was changed after this session began")
	}
	u.session, u.factor = s.sessions.GetString(ctx, sessionID), s.sessions.GetString(ctx, sessionFactor)
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

// grant resolves what a user may do, once a request, and refuses an operation for which they have
// no grant at all.
func (s *Server) grant(ctx huma.Context, u user) (huma.Context, error) {
	a, err := crm.AccessOf(ctx.Context(), s.DB, u.id)
	if err != nil {
		return ctx, err
	}
	op := ctx.Operation()
	if u.byToken() {
		a = a.Narrowed(u.scopes)
		if len(op.Security) == 1 {
			return ctx, faultf(kindForbidden, "this is done in a session and not with a token: sign in at %s/session", base)
		}
	}
	if !isMarked(op, enrolKey) && u.mustEnrol(a) {
		return ctx, faultf(kindFactorMissing, "a role of yours demands a second factor: set one up under Your account, or by POST %s/me/second-factor", base)
	}
	ctx = huma.WithValue(huma.WithValue(ctx, userKey{}, u), accessKey{}, a)
	n, _ := op.Metadata[needKey].(need)
	switch {
	case n != noGrant:
		return ctx, a.Demand(n.action, n.kind)
	case op.Method != http.MethodGet && !a.MayForSelf(crm.ToUpdate):
		return ctx, faultf(kindForbidden, "the token has no scope *:update, which it takes to change what is its owner's own")
	case op.Method == http.MethodGet && !isMarked(op, scopelessKey) && !a.MayForSelf(crm.ToRead):
		return ctx, faultf(kindForbidden, "the token has no scope *:read, which it takes to read what is its owner's own")
	}
	return ctx, nil
}

// mustEnrol says that somebody gets into nothing before they have set up a second factor. A token
// was made by somebody who was let in.
func (u *user) mustEnrol(a *crm.Access) bool {
	return !u.byToken() && u.factor == "" && a.DemandsSecondFactor()
}

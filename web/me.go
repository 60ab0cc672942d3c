package web

import (
	"context"
	"net/http"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// Me is what somebody signs in with.
type Me struct {
	ID           string         `json:"id"`
	Name         string         `json:"name"`
	Password     bool           `json:"password" doc:"They have one."`
	SecondFactor MySecondFactor `json:"second_factor"`
	Identities   []MyIdentity   `json:"identities" nullable:"false" doc:"Accounts at OpenID Connect providers."`
}

// MySecondFactor is how somebody's second factor stands.
type MySecondFactor struct {
	On            bool       `json:"on"`
	Since         *time.Time `json:"since"`
	RecoveryCodes int        `json:"recovery_codes" doc:"How many are left."`
	Demanded      bool       `json:"demanded" doc:"A role of theirs demands one."`
}

type passwordInput struct {
	Body struct {
		Current  string `json:"current,omitempty" maxLength:"4000" doc:"Empty for who has none and signs in with a provider."`
		Password string `json:"password" maxLength:"4000" doc:"The new one: 10 to 1,000 characters."`
	}
}

// meRoutes are those of what somebody signs in with.
func (s *Server) meRoutes() {
	const tag = "me"
	operate(s, noGrant, whileEnrolling(getting(tag, "get-me", "/me", "What one signs in with")), s.me)
	password := doing(tag, "set-my-password", http.MethodPut, "/me/password", "Change one's password; ends all of one's sessions, this one included")
	password.Security, password.Errors = bySession, append(password.Errors, http.StatusTooManyRequests, http.StatusServiceUnavailable)
	operate(s, noGrant, password, s.setMyPassword)
}

func (s *Server) me(ctx context.Context, _ *struct{}) (*one[Me], error) {
	u := userFrom(ctx)
	f, err := secondFactorOf(ctx, s.DB, u.id)
	if err != nil {
		return nil, err
	}
	left, err := recoveryCodesLeft(ctx, s.DB, u.id)
	if err != nil {
		return nil, err
	}
	identities, err := s.identitiesOf(ctx, s.DB, u.id)
	if err != nil {
		return nil, err
	}
	return &one[Me]{Me{ID: u.id, Name: u.name, Password: u.hash != "", Identities: identities,
		SecondFactor: MySecondFactor{On: f.on(), Since: maybe(f.confirmedAt), RecoveryCodes: left, Demanded: accessFrom(ctx).DemandsSecondFactor()}}}, nil
}

func (s *Server) setMyPassword(ctx context.Context, in *passwordInput) (*struct{}, error) {
	u := userFrom(ctx)
	if err := s.demandPassword(ctx, u, "current", in.Body.Current); err != nil {
		return nil, err
	}
	hash, err := hashPassword(u.name, in.Body.Password)
	if err != nil {
		return nil, err
	}
	return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error { return setPassword(ctx, tx, hash, s.event(ctx, u.id, eventPassword, "")) })
}

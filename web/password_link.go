package web

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// passwordLinkLife is how long a link is good for by which somebody sets a password.
const passwordLinkLife = 72 * time.Hour

// PasswordLink is a link by which somebody sets their password, once. It is shown once: whoever makes
// it hands it to them, and never knows the password.
type PasswordLink struct {
	URL       string    `json:"url" doc:"Of the page; only its path where the configuration has no web.url. The token stands after the #, which no server writes down."`
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expires_at"`
}

// PasswordSet says whose password was set.
type PasswordSet struct {
	Name string `json:"name" doc:"What they sign in with."`
}

type usePasswordLinkInput struct {
	Body struct {
		Token    string `json:"token" minLength:"1" maxLength:"100"`
		Password string `json:"password" maxLength:"4000" doc:"10 to 1,000 characters."`
	}
}

// passwordLinkRoutes are those of links by which people set their password.
func (s *Server) passwordLinkRoutes() {
	make := doing("users", "make-password-link", http.MethodPost, "/users/{id}/password-link", "Make a link by which a user sets their password once; it replaces the one before")
	make.Security, make.DefaultStatus = bySession, http.StatusCreated
	make.Description = "It takes every grant that they have, or user:update and role:update."
	operate(s, needs(crm.ToUpdate, crm.RecordUser), make, s.makePasswordLink)
	use := doing("session", "use-password-link", http.MethodPost, "/session/password", "Set one's password by a link; ends all of one's sessions")
	use.Security, use.Errors = []map[string][]string{}, append(use.Errors, http.StatusForbidden, http.StatusTooManyRequests)
	operate(s, noGrant, use, s.usePasswordLink)
}

func (s *Server) makePasswordLink(ctx context.Context, in *IDInput) (out *one[PasswordLink], err error) {
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		u, err := findUser(ctx, tx, "id", in.ID)
		switch {
		case errors.Is(err, ErrNoUser):
			return faultf(kindNotFound, "there is no user %s", in.ID)
		case err != nil:
			return err
		case u.disabled:
			return faultf(kindConflict, "%s is kept out: let them in again first", u.name)
		}
		if err := crm.MayEnterFor(ctx, tx, accessFrom(ctx), u.id); err != nil {
			return err
		}
		link, err := s.newPasswordLink(ctx, tx, u.id)
		out = &one[PasswordLink]{link}
		return err
	})
	return out, err
}

// newPasswordLink makes the one link of a user.
func (s *Server) newPasswordLink(ctx context.Context, tx *sqldb.Tx, userID string) (PasswordLink, error) {
	now := s.Clock()
	link := PasswordLink{Token: rand.Text(), ExpiresAt: instant(now.Add(passwordLinkLife))}
	link.URL = strings.TrimRight(s.URL, "/") + "/set-password#" + link.Token
	if err := endPasswordLinks(ctx, tx, userID); err != nil {
		return link, err
	}
	_, err := tx.Exec(ctx, "INSERT INTO password_links (hash, user_id, made_by, made_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
		hashToken(link.Token), userID, userFrom(ctx).id, sqldb.Millis(now), sqldb.Millis(link.ExpiresAt))
	if err != nil {
		return link, fmt.Errorf("make a link for user %s: %w", userID, err)
	}
	return link, s.event(ctx, userID, eventPasswordLink, "").insert(ctx, tx)
}

func endPasswordLinks(ctx context.Context, tx *sqldb.Tx, userID string) error {
	if _, err := tx.Exec(ctx, "DELETE FROM password_links WHERE user_id = $1", userID); err != nil {
		return fmt.Errorf("end links of user %s: %w", userID, err)
	}
	return nil
}

func (s *Server) usePasswordLink(ctx context.Context, in *usePasswordLinkInput) (*one[PasswordSet], error) {
	address := requestFrom(ctx).address
	if wait := s.linkThrottle.begin(ctx, address, address); wait > 0 {
		return nil, tooMany("too many links that are no good: wait before the next", wait)
	}
	token := hashToken(strings.TrimSpace(in.Body.Token))
	u, err := s.userOfLink(ctx, s.DB, token)
	if err != nil {
		return nil, err
	}
	s.linkThrottle.succeed(ctx, address, address)
	hash, err := hashPassword(u.name, in.Body.Password) // outside the transaction: it takes its time
	if err != nil {
		return nil, err
	}
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM password_links WHERE hash = $1", token)
		switch {
		case err != nil:
			return fmt.Errorf("use a link of user %s: %w", u.id, err)
		case n == 0: // somebody was faster
			return errLink
		}
		e := s.event(ctx, u.id, eventPassword, "")
		e.actor = u.id
		return setPassword(ctx, tx, hash, e)
	})
	if err != nil {
		return nil, err
	}
	return &one[PasswordSet]{PasswordSet{u.name}}, nil
}

// errLink answers links that never were, that were used and that have expired alike.
var errLink = faultf(kindNotFound, "the link is not valid: it was used, has expired or was replaced. Ask who sent it for another one")

// userOfLink is whose password a link sets.
func (s *Server) userOfLink(ctx context.Context, q sqldb.Querier, hash string) (u user, err error) {
	var id string
	err = q.QueryRow(ctx, "SELECT user_id FROM password_links WHERE hash = $1 AND expires_at > $2", hash, sqldb.Millis(s.Clock())).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return u, errLink
	}
	if err != nil {
		return u, fmt.Errorf("load a link: %w", err)
	}
	if u, err = findUser(ctx, q, "id", id); err == nil && u.disabled {
		err = errLink
	}
	return u, err
}

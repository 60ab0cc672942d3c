package web

import (
	"context"
	"net/http"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// APIToken is a token, without what is secret about it.
type APIToken struct {
	ID        string     `json:"id"`
	User      string     `json:"user" doc:"Name of its owner."`
	Name      string     `json:"name" doc:"What it is for."`
	Scopes    []string   `json:"scopes" nullable:"false" doc:"What it may be used for, as TYPE:ACTION; what its owner's roles do not grant, no scope does."`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt *time.Time `json:"expires_at" doc:"null: never."`
	UsedAt    *time.Time `json:"used_at" doc:"When it was last used, to a minute; null: never."`
	Expired   bool       `json:"expired"`
}

// MadeToken is a token that was just made, with what it is used by.
type MadeToken struct {
	APIToken
	Token string `json:"token" doc:"To be sent as Authorization: Bearer. It is shown now and never again."`
}

type (
	ownerInput struct {
		User string `query:"user" maxLength:"100" doc:"Name or id of somebody else, or all for everybody: takes user:update. Left out: one's own."`
	}
	makeTokenInput struct {
		Body struct {
			Name      string     `json:"name" minLength:"1" maxLength:"100" doc:"What it is for."`
			Scopes    []string   `json:"scopes" minItems:"1" maxItems:"100" nullable:"false" doc:"TYPE:ACTION such as contact:read; either may be *."`
			ExpiresAt *time.Time `json:"expires_at,omitempty" doc:"Left out: in 90 days."`
			Lasting   bool       `json:"never_expires,omitempty" doc:"Make one that never expires."`
		}
	}
)

func (s *Server) tokenRoutes() {
	const tag = "tokens"
	operate(s, noGrant, getting(tag, "list-tokens", "/tokens", "List API tokens, the newest first"), s.listTokens)
	add := doing(tag, "make-token", http.MethodPost, "/tokens", "Make an API token of one's own")
	add.Security = bySession
	operate(s, noGrant, add, s.makeToken)
	operate(s, noGrant, doing(tag, "revoke-token", http.MethodDelete, "/tokens/{id}", "Revoke an API token: one's own, or with user:update anybody's"), s.revokeToken)
}

func (s *Server) tokenOf(t *Token, names map[string]string) APIToken {
	return APIToken{ID: t.ID, User: nameOr(names, t.UserID), Name: t.Name, Scopes: scopeTexts(t.Scopes), CreatedAt: instant(t.CreatedAt),
		ExpiresAt: maybe(t.ExpiresAt), UsedAt: maybe(t.UsedAt), Expired: !t.ExpiresAt.IsZero() && !t.ExpiresAt.After(s.Clock())}
}

// everybody stands for all users, where one may be named.
const everybody = "all"

// ownerOf is the id of the user whose things are asked for: one's own, or with user:update anybody's.
// It is empty for everybody.
func (s *Server) ownerOf(ctx context.Context, named string) (id string, err error) {
	who := userFrom(ctx)
	if named == "" || named == who.id || foldName(named) == who.name {
		return who.id, nil
	}
	if err := accessFrom(ctx).Demand(crm.ToUpdate, crm.RecordUser); err != nil {
		return "", err
	}
	if named == everybody {
		return "", nil
	}
	u, err := s.namedUser(ctx, named)
	return u.id, err
}

func (s *Server) listTokens(ctx context.Context, in *ownerInput) (*one[Page[APIToken]], error) {
	owner, err := s.ownerOf(ctx, in.User)
	if err != nil {
		return nil, err
	}
	all, err := tokensWhere(ctx, s.DB, "user_id = $1 OR $1 = '' ORDER BY created_at DESC, id DESC", owner)
	if err != nil {
		return nil, err
	}
	names, err := userNames(ctx, s.DB)
	return views(all, "", err, func(t Token) APIToken { return s.tokenOf(&t, names) })
}

func (s *Server) makeToken(ctx context.Context, in *makeTokenInput) (*one[MadeToken], error) {
	u, now := userFrom(ctx), s.Clock()
	expires := now.Add(TokenLife)
	switch {
	case in.Body.Lasting && in.Body.ExpiresAt != nil:
		return nil, invalidField("never_expires", "contradicts expires_at: send one of them")
	case in.Body.Lasting:
		expires = time.Time{}
	case in.Body.ExpiresAt != nil:
		expires = *in.Body.ExpiresAt
	}
	t, err := newToken(&u, in.Body.Name, in.Body.Scopes, expires, now)
	if err != nil {
		return nil, err
	}
	out := MadeToken{}
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		if out.Token, err = t.insert(ctx, tx); err != nil {
			return err
		}
		return s.event(ctx, u.id, eventTokenMade, t.Name).insert(ctx, tx)
	})
	out.APIToken = s.tokenOf(&t, map[string]string{u.id: u.name})
	return &one[MadeToken]{out}, err
}

func (s *Server) revokeToken(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		found, err := tokensWhere(ctx, tx, "id = $1", in.ID)
		if err != nil {
			return err
		}
		if len(found) == 0 || !s.mayEnd(ctx, found[0].UserID) {
			return faultf(kindNotFound, "there is no token %s", in.ID)
		}
		if _, err := tx.Exec(ctx, "DELETE FROM tokens WHERE id = $1", in.ID); err != nil {
			return err
		}
		return s.event(ctx, found[0].UserID, eventTokenRevoked, found[0].Name).insert(ctx, tx)
	})
}

// mayEnd says whether who asks may end the tokens and sessions of a user.
func (s *Server) mayEnd(ctx context.Context, owner string) bool {
	return owner == userFrom(ctx).id || accessFrom(ctx).Can(crm.ToUpdate, crm.RecordUser)
}

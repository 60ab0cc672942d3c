package web

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/web/openid"
)

// errIdentityTaken says that an account at a provider is somebody else's here.
var errIdentityTaken = errors.New("this account is connected with another user")

// userOfIdentity is who signs in with an account at a provider, or ErrNoUser.
func userOfIdentity(ctx context.Context, q sqldb.Querier, i *openid.Identity) (user, error) {
	var id string
	err := q.QueryRow(ctx, "SELECT user_id FROM identities WHERE issuer = $1 AND subject = $2", i.Issuer, i.Subject).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return user{}, ErrNoUser
	}
	if err != nil {
		return user{}, fmt.Errorf("load identity: %w", err)
	}
	return findUser(ctx, q, "id", id)
}

// linkIdentity makes an account at a provider one that a user signs in with. A user has one account at
// a provider: an address that went to somebody else does not hand its old owner's access on.
func linkIdentity(ctx context.Context, tx *sqldb.Tx, i *openid.Identity, userID string, now time.Time) error {
	var others int
	if err := tx.QueryRow(ctx, "SELECT count(*) FROM identities WHERE issuer = $1 AND (user_id = $2 OR subject = $3)", i.Issuer, userID, i.Subject).Scan(&others); err != nil {
		return fmt.Errorf("link identity: %w", err)
	}
	if others > 0 {
		return errIdentityTaken
	}
	_, err := tx.Exec(ctx, "INSERT INTO identities (issuer, subject, user_id, linked_at, used_at) VALUES ($1, $2, $3, $4, $4)", i.Issuer, i.Subject, userID, sqldb.Millis(now))
	if errors.Is(err, sqldb.ErrConflict) {
		return errIdentityTaken
	}
	return err
}

func noteUse(ctx context.Context, tx *sqldb.Tx, i *openid.Identity, now time.Time) error {
	_, err := tx.Exec(ctx, "UPDATE identities SET used_at = $1 WHERE issuer = $2 AND subject = $3", sqldb.Millis(now), i.Issuer, i.Subject)
	return err
}

// MyIdentity is an account at a provider that somebody signs in with.
type MyIdentity struct {
	Provider string     `json:"provider" doc:"Its name; empty: the configuration has it no more."`
	Label    string     `json:"label"`
	LinkedAt time.Time  `json:"linked_at"`
	UsedAt   *time.Time `json:"used_at"`
}

func (s *Server) identitiesOf(ctx context.Context, q sqldb.Querier, userID string) ([]MyIdentity, error) {
	all := []MyIdentity{}
	err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var issuer string
		var linked, used int64
		err := rows.Scan(&issuer, &linked, &used)
		v := MyIdentity{Label: issuer, LinkedAt: sqldb.FromMillis(linked), UsedAt: maybe(sqldb.FromMillis(used))}
		for _, p := range s.Providers {
			if p.Issuer == issuer {
				v.Provider, v.Label = p.Name, p.Label
			}
		}
		all = append(all, v)
		return err
	}, "SELECT issuer, linked_at, used_at FROM identities WHERE user_id = $1 ORDER BY linked_at", userID)
	if err != nil {
		return nil, fmt.Errorf("load identities: %w", err)
	}
	return all, nil
}

// syncRoles gives a user the roles that the provider's claims stand for. It changes nothing where the
// configuration maps none, or where they are those the user has.
func syncRoles(ctx context.Context, tx *sqldb.Tx, userID string, roles []string, now time.Time) error {
	have, err := crm.RolesOf(ctx, tx, userID)
	if err != nil {
		return err
	}
	slices.Sort(roles)
	if slices.Equal(have, roles) {
		return nil
	}
	return crm.SetRoles(ctx, tx, crm.Change{By: crm.ByRule, At: now, Access: crm.System(), Why: "the provider's claims"}, userID, roles)
}

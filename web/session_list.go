package web

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/mileusna/useragent"
)

// SignedIn is a session: where somebody is signed in.
type SignedIn struct {
	ID      string    `json:"id"`
	User    string    `json:"user" doc:"Name of who is signed in."`
	Device  string    `json:"device" doc:"Browser and system, as far as the browser says."`
	Agent   string    `json:"agent" doc:"What the browser calls itself."`
	Address string    `json:"address" doc:"From where it was last used."`
	BeganAt time.Time `json:"began_at"`
	UsedAt  time.Time `json:"used_at" doc:"When it was last used, to a minute."`
	EndsAt  time.Time `json:"ends_at" doc:"Unless it is used before."`
	This    bool      `json:"this" doc:"It is the one that asks."`
}

func (s *Server) sessionListRoutes() {
	const tag = "session"
	operate(s, noGrant, getting(tag, "list-sessions", "/sessions", "Where somebody is signed in, the last used first"), s.listSessions)
	operate(s, noGrant, doing(tag, "revoke-session", http.MethodDelete, "/sessions/{id}", "End a session: one's own, or with user:update anybody's"), s.revokeSession)
	operate(s, noGrant, doing(tag, "revoke-sessions", http.MethodDelete, "/sessions", "End all sessions but the one that asks"), s.revokeSessions)
}

// deviceOf says what browser and system an agent means.
func deviceOf(agent string) string {
	ua := useragent.Parse(agent)
	switch {
	case ua.Name == "":
		return ""
	case ua.OS == "":
		return ua.Name
	}
	return ua.Name + " on " + ua.OS
}

func sessionsWhere(ctx context.Context, q sqldb.Querier, where string, args ...any) (all []SignedIn, owners []string, err error) {
	err = sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var v SignedIn
		var owner string
		var began, used, ends int64
		err := rows.Scan(&v.ID, &owner, &v.Agent, &v.Address, &began, &used, &ends)
		v.BeganAt, v.UsedAt, v.EndsAt, v.Device = sqldb.FromMillis(began), sqldb.FromMillis(used), sqldb.FromMillis(ends), deviceOf(v.Agent)
		all, owners = append(all, v), append(owners, owner)
		return err
	}, "SELECT id, user_id, agent, address, began_at, used_at, expiry FROM sessions WHERE user_id <> '' AND "+where, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("load sessions: %w", err)
	}
	return all, owners, nil
}

func (s *Server) listSessions(ctx context.Context, in *ownerInput) (*one[Page[SignedIn]], error) {
	owner, err := s.ownerOf(ctx, in.User)
	if err != nil {
		return nil, err
	}
	all, owners, err := sessionsWhere(ctx, s.DB, "expiry > $1 AND (user_id = $2 OR $2 = '') ORDER BY used_at DESC, id DESC", s.Clock().UnixMilli(), owner)
	if err != nil {
		return nil, err
	}
	names, err := userNames(ctx, s.DB)
	for i := range all {
		all[i].User, all[i].This = nameOr(names, owners[i]), all[i].ID == userFrom(ctx).session
	}
	return page(all, ""), err
}

func (s *Server) revokeSession(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		found, owners, err := sessionsWhere(ctx, tx, "id = $1", in.ID)
		if err != nil {
			return err
		}
		if len(found) == 0 || !s.mayEnd(ctx, owners[0]) {
			return faultf(kindNotFound, "there is no session %s", in.ID)
		}
		if _, err := tx.Exec(ctx, "DELETE FROM sessions WHERE id = $1", in.ID); err != nil {
			return err
		}
		return s.event(ctx, owners[0], eventSessionRevoked, found[0].Device).insert(ctx, tx)
	})
}

func (s *Server) revokeSessions(ctx context.Context, in *ownerInput) (*struct{}, error) {
	owner, err := s.ownerOf(ctx, in.User)
	if err != nil {
		return nil, err
	}
	return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		found, owners, err := sessionsWhere(ctx, tx, "(user_id = $1 OR $1 = '') AND id <> $2", owner, userFrom(ctx).session)
		if err != nil {
			return err
		}
		for i, v := range found {
			if _, err := tx.Exec(ctx, "DELETE FROM sessions WHERE id = $1", v.ID); err != nil {
				return err
			}
			if err := s.event(ctx, owners[i], eventSessionRevoked, v.Device).insert(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// endSessions ends all sessions of a user.
func endSessions(ctx context.Context, tx *sqldb.Tx, userID string) error {
	if _, err := tx.Exec(ctx, "DELETE FROM sessions WHERE user_id = $1", userID); err != nil {
		return fmt.Errorf("end sessions of user %s: %w", userID, err)
	}
	return nil
}

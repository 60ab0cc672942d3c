package web

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// How long a session lasts, how long unused, and how long before somebody has signed in.
const (
	sessionLife  = 7 * 24 * time.Hour
	sessionIdle  = 24 * time.Hour
	sessionEmpty = 15 * time.Minute
)

// A sessionStore keeps sessions in the database under the hash of their token. The idle time is
// kept here and not by scs, which would write with every request, and bring a session back to life
// when a request ends after another one signed out.
type sessionStore struct {
	db    *sqldb.DB
	clock func() time.Time
}

var _ scs.CtxStore = (*sessionStore)(nil)

// FindCtx returns a session that has not expired, and prolongs it.
func (s *sessionStore) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	var text, userID string
	var expiry, used int64
	err = s.db.QueryRow(ctx, "SELECT data, expiry, user_id, used_at FROM sessions WHERE token = $1", token).Scan(&text, &expiry, &userID, &used)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("load session: %w", err)
	}
	now := s.clock()
	if expiry <= now.UnixMilli() {
		return nil, false, nil
	}
	data, deadline, ok := readSession(text)
	if !ok {
		return nil, false, nil // written by something else: it signs nobody in
	}
	if userID != "" && now.UnixMilli()-used >= useGrain.Milliseconds() {
		if err := s.prolong(ctx, token, expiryOf(userID, deadline, now), now); err != nil {
			return nil, false, err
		}
	}
	return data, true, nil
}

// readSession decodes what stands in the database, and takes the time out at which scs ends it.
func readSession(text string) (data []byte, deadline time.Time, ok bool) {
	data, err := base64.StdEncoding.DecodeString(text)
	if err == nil {
		deadline, _, err = scs.GobCodec{}.Decode(data)
	}
	return data, deadline, err == nil
}

// expiryOf is when a session used now ends, in milliseconds.
func expiryOf(userID string, deadline, now time.Time) int64 {
	idle := sessionIdle
	if userID == "" {
		idle = sessionEmpty
	}
	return min(deadline.UnixMilli(), now.Add(idle).UnixMilli())
}

func (s *sessionStore) prolong(ctx context.Context, token string, expiry int64, now time.Time) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE sessions SET expiry = $1, used_at = $2, address = $3 WHERE token = $4", expiry, now.UnixMilli(), requestFrom(ctx).host, token)
		if err != nil {
			return fmt.Errorf("prolong session: %w", err)
		}
		return nil
	})
}

// CommitCtx saves a session with whose it is, and takes the opportunity to remove those that ended.
func (s *sessionStore) CommitCtx(ctx context.Context, token string, data []byte, deadline time.Time) error {
	_, values, err := scs.GobCodec{}.Decode(data)
	if err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	id, _ := values[sessionID].(string)
	userID, _ := values[sessionUser].(string)
	now, q := s.clock(), requestFrom(ctx)
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM sessions WHERE expiry <= $1", now.UnixMilli()); err != nil {
			return fmt.Errorf("remove ended sessions: %w", err)
		}
		_, err := tx.Exec(ctx, `INSERT INTO sessions (token, data, expiry, id, user_id, began_at, used_at, address, agent) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8)
			ON CONFLICT (token) DO UPDATE SET data = excluded.data, expiry = excluded.expiry, used_at = excluded.used_at`,
			token, base64.StdEncoding.EncodeToString(data), expiryOf(userID, deadline, now), id, userID, now.UnixMilli(), q.host, q.agent)
		if err != nil {
			return fmt.Errorf("save session: %w", err)
		}
		return nil
	})
}

// DeleteCtx ends a session.
func (s *sessionStore) DeleteCtx(ctx context.Context, token string) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM sessions WHERE token = $1", token); err != nil {
			return fmt.Errorf("end session: %w", err)
		}
		return nil
	})
}

// Find is FindCtx without a context, which scs never calls.
func (s *sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context, which scs never calls.
func (s *sessionStore) Commit(token string, data []byte, deadline time.Time) error {
	return s.CommitCtx(context.Background(), token, data, deadline)
}

// Delete is DeleteCtx without a context, which scs never calls.
func (s *sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

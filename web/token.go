package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// TokenPrefix begins every API token, so that scanners find one that leaked.
const TokenPrefix = "gsw_"

// AddToken makes an API token for a user and returns it, to be shown once: only its SHA-256 is
// kept. The zero time lets it never expire.
func AddToken(ctx context.Context, db *sqldb.DB, userName, name string, expires, now time.Time) (token string, err error) {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 100 || !cleanText(name) {
		return "", fmt.Errorf("add token: name %q: want 1 to 100 characters that say what it is for", name)
	}
	var expiry int64
	if !expires.IsZero() {
		if !expires.After(now) {
			return "", fmt.Errorf("add token %s: it would have expired at %s: want a later time", name, expires.Format(time.RFC3339))
		}
		expiry = expires.UnixMilli()
	}
	token = TokenPrefix + rand.Text()
	err = db.Update(ctx, func(tx *sqldb.Tx) error {
		u, err := findUser(ctx, tx, "name", foldName(userName))
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "INSERT INTO tokens (id, user_id, name, hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
			newID(now), u.id, name, hashToken(token), now.UnixMilli(), expiry)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("add token %s for user %s: %w", name, userName, err)
	}
	return token, nil
}

// RemoveToken ends the tokens of that name of a user and says how many there were.
func RemoveToken(ctx context.Context, db *sqldb.DB, userName, name string) (removed int64, err error) {
	err = db.Update(ctx, func(tx *sqldb.Tx) error {
		u, err := findUser(ctx, tx, "name", foldName(userName))
		if err != nil {
			return err
		}
		removed, err = tx.Exec(ctx, "DELETE FROM tokens WHERE user_id = $1 AND name = $2", u.id, strings.TrimSpace(name))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("remove token %s of user %s: %w", name, userName, err)
	}
	return removed, nil
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// userOfToken is who may use the API with the token.
func userOfToken(ctx context.Context, q sqldb.Querier, token string, now time.Time) (user, error) {
	if !strings.HasPrefix(token, TokenPrefix) || len(token) > 100 {
		return user{}, faultf(kindSignedOut, "the token is not one of Groundswell: it begins with %s", TokenPrefix)
	}
	var userID string
	var expires int64
	err := q.QueryRow(ctx, "SELECT user_id, expires_at FROM tokens WHERE hash = $1", hashToken(token)).Scan(&userID, &expires)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return user{}, faultf(kindSignedOut, "the token is unknown: make one with groundswell tokens add")
	case err != nil:
		return user{}, fmt.Errorf("load token: %w", err)
	case expires != 0 && expires <= now.UnixMilli():
		return user{}, faultf(kindSignedOut, "the token expired at %s: make one with groundswell tokens add",
			time.UnixMilli(expires).UTC().Format(time.RFC3339))
	}
	return findUser(ctx, q, "id", userID)
}

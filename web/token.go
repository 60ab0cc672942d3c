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

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// TokenPrefix begins every API token, so that scanners find one that leaked.
const TokenPrefix = "gsw_"

// TokenLife is how long a token is good for when nobody says otherwise.
const TokenLife = 90 * 24 * time.Hour

// A Token is what is known of an API token. The token itself is shown once, when it is made: only
// its SHA-256 is kept.
type Token struct {
	ID, UserID, Name string
	Scopes           []crm.Scope
	CreatedAt        time.Time
	ExpiresAt        time.Time // zero: never
	UsedAt           time.Time // to a minute; zero: never
}

// AddToken makes an API token that may do all that a user may, and returns it, to be shown once. The
// zero time lets it never expire.
func AddToken(ctx context.Context, db *sqldb.DB, userName, name string, expires, now time.Time) (token string, err error) {
	return NewToken{User: userName, Name: name, Expires: expires, Scopes: []string{"*:*"}}.Add(ctx, db, now)
}

// A NewToken is an API token that is about to be made from the command line.
type NewToken struct {
	User, Name string
	Scopes     []string  // as crm.ParseScopes takes them
	Expires    time.Time // zero: never
}

// Add makes the token and returns it, to be shown once.
func (n NewToken) Add(ctx context.Context, db *sqldb.DB, now time.Time) (token string, err error) {
	err = db.Update(ctx, func(tx *sqldb.Tx) error {
		u, err := findUser(ctx, tx, "name", foldName(n.User))
		if err != nil {
			return err
		}
		t, err := newToken(&u, n.Name, n.Scopes, n.Expires, now)
		if err != nil {
			return err
		}
		if token, err = t.insert(ctx, tx); err != nil {
			return err
		}
		return byCommand(now, u.id, eventTokenMade, t.Name).insert(ctx, tx)
	})
	if err != nil {
		return "", fmt.Errorf("add token %s for user %s: %w", n.Name, n.User, err)
	}
	return token, nil
}

// newToken checks what a token is to be.
func newToken(u *user, name string, scopes []string, expires, now time.Time) (t Token, err error) {
	t = Token{ID: newID(now), UserID: u.id, Name: strings.TrimSpace(name), CreatedAt: now, ExpiresAt: expires}
	if t.Name == "" || len(t.Name) > 100 || !cleanText(t.Name) {
		return t, invalidField("name", "want 1 to 100 characters that say what it is for")
	}
	if !expires.IsZero() && !expires.After(now) {
		return t, invalidField("expires_at", fmt.Sprintf("it would have expired at %s: want a later time", expires.Format(time.RFC3339)))
	}
	t.Scopes, err = crm.ParseScopes(scopes)
	return t, err
}

func (t *Token) insert(ctx context.Context, tx *sqldb.Tx) (token string, err error) {
	token = TokenPrefix + rand.Text()
	_, err = tx.Exec(ctx, "INSERT INTO tokens (id, user_id, name, hash, created_at, expires_at, scopes, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)",
		t.ID, t.UserID, t.Name, hashToken(token), sqldb.Millis(t.CreatedAt), sqldb.Millis(t.ExpiresAt), crm.ScopeText(t.Scopes))
	if err != nil {
		return "", fmt.Errorf("save token: %w", err)
	}
	return token, nil
}

func scopeTexts(scopes []crm.Scope) []string {
	texts := make([]string, len(scopes))
	for i, s := range scopes {
		texts[i] = s.String()
	}
	return texts
}

// RemoveToken ends the tokens of that name of a user and says how many there were.
func RemoveToken(ctx context.Context, db *sqldb.DB, userName, name string, now time.Time) (removed int64, err error) {
	name = strings.TrimSpace(name)
	err = db.Update(ctx, func(tx *sqldb.Tx) error {
		u, err := findUser(ctx, tx, "name", foldName(userName))
		if err != nil {
			return err
		}
		removed, err = tx.Exec(ctx, "DELETE FROM tokens WHERE user_id = $1 AND name = $2", u.id, name)
		if err != nil || removed == 0 {
			return err
		}
		return byCommand(now, u.id, eventTokenRevoked, name).insert(ctx, tx)
	})
	if err != nil {
		return 0, fmt.Errorf("remove token %s of user %s: %w", name, userName, err)
	}
	return removed, nil
}

// TokensOf lists the tokens of a user by name, expired ones included.
func TokensOf(ctx context.Context, db *sqldb.DB, userName string) ([]Token, error) {
	u, err := findUser(ctx, db, "name", foldName(userName))
	if err != nil {
		return nil, fmt.Errorf("list tokens of user %s: %w", userName, err)
	}
	return tokensWhere(ctx, db, "user_id = $1 ORDER BY created_at DESC, id DESC", u.id)
}

const tokenColumns = "id, user_id, name, scopes, created_at, expires_at, used_at"

func tokensWhere(ctx context.Context, q sqldb.Querier, where string, args ...any) (all []Token, err error) {
	err = sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var t Token
		var scopes string
		var created, expires, used int64
		if err := rows.Scan(&t.ID, &t.UserID, &t.Name, &scopes, &created, &expires, &used); err != nil {
			return err
		}
		t.CreatedAt, t.ExpiresAt, t.UsedAt = sqldb.FromMillis(created), sqldb.FromMillis(expires), sqldb.FromMillis(used)
		t.Scopes = crm.KeptScopes(scopes)
		all = append(all, t)
		return nil
	}, "SELECT "+tokenColumns+" FROM tokens WHERE "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("load tokens: %w", err)
	}
	return all, nil
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// useGrain is how exactly it is known when a token or a session was last used: what is used all the
// time is not written all the time.
const useGrain = time.Minute

// userOfToken is who may use the API with the token, and for what.
func (s *Server) userOfToken(ctx context.Context, token string) (user, error) {
	if !strings.HasPrefix(token, TokenPrefix) || len(token) > 100 {
		return user{}, faultf(kindSignedOut, "the token is not one of Groundswell: it begins with %s", TokenPrefix)
	}
	const another = "make another one under Your account, or with groundswell tokens add"
	found, err := tokensWhere(ctx, s.DB, "hash = $1", hashToken(token))
	now := s.Clock()
	switch {
	case err != nil:
		return user{}, err
	case len(found) == 0:
		return user{}, faultf(kindSignedOut, "the token is unknown or was revoked: %s", another)
	case !found[0].ExpiresAt.IsZero() && !found[0].ExpiresAt.After(now):
		return user{}, faultf(kindSignedOut, "the token expired at %s: %s", found[0].ExpiresAt.Format(time.RFC3339), another)
	}
	t := &found[0]
	u, err := findUser(ctx, s.DB, "id", t.UserID)
	if errors.Is(err, ErrNoUser) {
		return user{}, faultf(kindSignedOut, "the user is gone")
	}
	u.scopes = t.Scopes
	if err == nil && now.Sub(t.UsedAt) >= useGrain {
		err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE tokens SET used_at = $1 WHERE id = $2", sqldb.Millis(now), t.ID)
			return err
		})
		if err != nil { // a full disk does not keep anybody from reading
			s.Logger.Warn("the use of a token was not noted", "request_id", requestFrom(ctx).id, "err", err)
			err = nil
		}
	}
	return u, err
}

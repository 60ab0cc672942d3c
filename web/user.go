package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/oklog/ulid/v2"
)

// AdminName is the name of the first user.
const AdminName = "admin"

// ErrNoUser says that there is no user of that name.
var ErrNoUser = errors.New("there is no such user")

// A user is who may sign in, and, of who sends a request, by what they showed it.
type user struct {
	id, name string
	hash     string // of the password; empty: they have none, and sign in with a provider
	disabled bool

	session string      // id of the session; empty: they come by a token
	factor  string      // the second factor that the session began with; empty: none
	scopes  []crm.Scope // of the token; nil: they come by a session
}

// byToken says that a token stands for the user.
func (u *user) byToken() bool { return u.scopes != nil }

// epoch changes with the password, and ends the sessions that were opened under another one.
func (u *user) epoch() string {
	sum := sha256.Sum256([]byte(u.hash))
	return hex.EncodeToString(sum[:8])
}

var userName = regexp.MustCompile(`^[a-z0-9][a-z0-9._@+-]{0,63}$`)

// foldName is a name as it is kept.
func foldName(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// checkUserName refuses what nobody can be called.
func checkUserName(name string) error {
	if !userName.MatchString(name) {
		return &crm.Invalid{Field: "name", Reason: "want up to 64 of a–z, 0–9 and . _ @ + -, beginning with a letter or a digit"}
	}
	return nil
}

// AddUser makes a user who can sign in, with roles. The first one of an installation is its
// administrator, and whoever comes without a role may look at everything and change nothing.
func AddUser(ctx context.Context, db *sqldb.DB, name, password string, now time.Time, roles ...string) error {
	name = foldName(name)
	if err := checkUserName(name); err != nil {
		return fmt.Errorf("add user %q: %w", name, err)
	}
	hash, err := hashPassword(name, password)
	if err != nil {
		return fmt.Errorf("add user %s: %w", name, err)
	}
	err = db.Update(ctx, func(tx *sqldb.Tx) error {
		id, err := insertUser(ctx, tx, newUser{name: name, hash: hash, roles: roles, change: crm.Change{By: crm.ByRule, At: now, Access: crm.System()}})
		if err != nil {
			return err
		}
		return byCommand(now, id, eventUserMade, "").insert(ctx, tx)
	})
	if errors.Is(err, sqldb.ErrConflict) {
		return fmt.Errorf("add user %s: there is a user of that name: %w", name, err)
	}
	if err != nil {
		return fmt.Errorf("add user %s: %w", name, err)
	}
	return nil
}

// newUser is a user who is about to be.
type newUser struct {
	name, hash, email string
	roles             []string
	change            crm.Change
}

func insertUser(ctx context.Context, tx *sqldb.Tx, u newUser) (id string, err error) {
	if len(u.roles) == 0 {
		var users int
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM users").Scan(&users); err != nil {
			return "", fmt.Errorf("count users: %w", err)
		}
		u.roles = []string{crm.RoleReadOnly}
		if users == 0 {
			u.roles = []string{crm.RoleAdministrator}
		}
	}
	id = newID(u.change.At)
	_, err = tx.Exec(ctx, "INSERT INTO users (id, name, email, password_hash, created_at, disabled) VALUES ($1, $2, $3, $4, $5, $6)",
		id, u.name, u.email, u.hash, u.change.At.UnixMilli(), false)
	if err != nil {
		return "", err
	}
	return id, crm.SetRoles(ctx, tx, u.change, id, u.roles)
}

// SetPassword gives a user another password and ends their sessions.
func SetPassword(ctx context.Context, db *sqldb.DB, name, password string) error {
	name = foldName(name)
	hash, err := hashPassword(name, password)
	if err == nil {
		err = db.Update(ctx, func(tx *sqldb.Tx) error {
			u, err := findUser(ctx, tx, "name", name)
			if err != nil {
				return err
			}
			return setPassword(ctx, tx, hash, byCommand(time.Now(), u.id, eventPassword, ""))
		})
	}
	if err != nil {
		return fmt.Errorf("set password of %s: %w", name, err)
	}
	return nil
}

// setPassword gives the user whom the entry is about another password.
func setPassword(ctx context.Context, tx *sqldb.Tx, hash string, e signInEvent) error {
	if _, err := tx.Exec(ctx, "UPDATE users SET password_hash = $1 WHERE id = $2", hash, e.userID); err != nil {
		return err
	}
	return errors.Join(endSessions(ctx, tx, e.userID), endPasswordLinks(ctx, tx, e.userID), e.insert(ctx, tx))
}

// DisableUser keeps a user out, and ends their sessions, or lets them in again. The tokens of one who
// is kept out are refused.
func DisableUser(ctx context.Context, db *sqldb.DB, name string, disabled bool, now time.Time) error {
	err := db.Update(ctx, func(tx *sqldb.Tx) error {
		u, err := findUser(ctx, tx, "name", foldName(name))
		if err != nil {
			return err
		}
		return disableUser(ctx, tx, disabled, byCommand(now, u.id, "", ""))
	})
	if err != nil {
		return fmt.Errorf("disable or enable user %s: %w", name, err)
	}
	return nil
}

// disableUser keeps out, or lets in again, the user whom the entry is about.
func disableUser(ctx context.Context, tx *sqldb.Tx, disabled bool, e signInEvent) error {
	e.event = map[bool]string{true: eventUserDisabled, false: eventUserEnabled}[disabled]
	return crm.KeepAdministrators(ctx, tx, func() error {
		if _, err := tx.Exec(ctx, "UPDATE users SET disabled = $1, version = version + 1 WHERE id = $2", disabled, e.userID); err != nil {
			return err
		}
		if disabled {
			if err := endSessions(ctx, tx, e.userID); err != nil {
				return err
			}
		}
		return e.insert(ctx, tx)
	})
}

// SwitchUser is DisableUser within a change that does more, in the name of who makes it.
func SwitchUser(ctx context.Context, tx *sqldb.Tx, ch crm.Change, userID string, disabled bool) error {
	return disableUser(ctx, tx, disabled, signInEvent{id: newID(ch.At), at: ch.At, userID: userID, actor: ch.By})
}

// AssignIncident gives an incident to a user within a change that does more.
func AssignIncident(ctx context.Context, tx *sqldb.Tx, ch crm.Change, incidentID, userID string) error {
	by, err := findUser(ctx, tx, "id", ch.By)
	if err != nil {
		return err
	}
	u, err := findUser(ctx, tx, "id", userID)
	if err == nil {
		_, err = alerts.Edit{IncidentID: incidentID, By: by.name, At: ch.At}.Assign(ctx, tx, u.name)
	}
	return err
}

// EnsureAdmin makes the first user, "admin", when there is none. Without a password it makes one
// up and returns it, to be shown once.
func EnsureAdmin(ctx context.Context, db *sqldb.DB, password string, now time.Time) (oneTime string, err error) {
	var users int
	if err := db.QueryRow(ctx, "SELECT count(*) FROM users").Scan(&users); err != nil {
		return "", fmt.Errorf("count users: %w", err)
	}
	if users > 0 {
		return "", nil
	}
	if password == "" {
		oneTime = rand.Text()
		password = oneTime
	}
	hash, err := hashPassword(AdminName, password)
	if err != nil {
		return "", fmt.Errorf("make the first user: %w", err)
	}
	err = db.Update(ctx, func(tx *sqldb.Tx) error {
		id, err := insertUser(ctx, tx, newUser{name: AdminName, hash: hash, roles: []string{crm.RoleAdministrator}, change: crm.Change{By: crm.ByRule, At: now, Access: crm.System()}})
		if err != nil {
			return err
		}
		return byCommand(now, id, eventUserMade, "").insert(ctx, tx)
	})
	if errors.Is(err, sqldb.ErrConflict) { // another process was first
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("make the first user: %w", err)
	}
	return oneTime, nil
}

// findUser loads the user whose column (id or name) holds the value.
func findUser(ctx context.Context, q sqldb.Querier, column, value string) (user, error) {
	var u user
	err := q.QueryRow(ctx, "SELECT id, name, password_hash, disabled FROM users WHERE "+column+" = $1", value).
		Scan(&u.id, &u.name, &u.hash, &u.disabled)
	if errors.Is(err, sql.ErrNoRows) {
		return user{}, ErrNoUser
	}
	if err != nil {
		return user{}, fmt.Errorf("load user: %w", err)
	}
	return u, nil
}

func newID(now time.Time) string { return ulid.MustNew(ulid.Timestamp(now), rand.Reader).String() }

// namedUser is the user of an id or a name.
func (s *Server) namedUser(ctx context.Context, named string) (user, error) {
	u, err := findUser(ctx, s.DB, "id", named)
	if errors.Is(err, ErrNoUser) {
		u, err = findUser(ctx, s.DB, "name", foldName(named))
	}
	if errors.Is(err, ErrNoUser) {
		return u, faultf(kindNotFound, "there is no user %s", named)
	}
	return u, err
}

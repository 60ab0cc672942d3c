package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
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

// AddUser makes a user who can sign in, with roles. The first one of an installation is its
// administrator, and whoever comes without a role may look at everything and change nothing.
func AddUser(ctx context.Context, db *sqldb.DB, name, password string, now time.Time, roles ...string) error {
	name = foldName(name)
	if !userName.MatchString(name) {
		return fmt.Errorf("add user %q: want up to 64 of a–z, 0–9 and . _ @ + -, beginning with a letter or a digit", name)
	}
	hash, err := hashPassword(name, password)
	if err != nil {
		return fmt.Errorf("add user %s: %w", name, err)
	}
	err = db.Update(ctx, func(tx *sqldb.Tx) error {
		id, err := insertUser(ctx, tx, newUser{name, hash, roles, crm.Change{By: crm.ByRule, At: now, Access: crm.System()}})
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
	name, hash string
	roles      []string
	change     crm.Change
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
	_, err = tx.Exec(ctx, "INSERT INTO users (id, name, password_hash, created_at, disabled) VALUES ($1, $2, $3, $4, $5)",
		id, u.name, u.hash, u.change.At.UnixMilli(), false)
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
	return errors.Join(endSessions(ctx, tx, e.userID), e.insert(ctx, tx))
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
		if _, err := tx.Exec(ctx, "UPDATE users SET disabled = $1 WHERE id = $2", disabled, e.userID); err != nil {
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
		id, err := insertUser(ctx, tx, newUser{AdminName, hash, []string{crm.RoleAdministrator}, crm.Change{By: crm.ByRule, At: now, Access: crm.System()}})
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

// User is who may sign in, and to whom something can be assigned.
type User struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Roles    []string `json:"roles" nullable:"false"`
	UnitID   string   `json:"unit_id" doc:"Their business unit; empty: the company."`
	Disabled bool     `json:"disabled" doc:"They are kept out."`
}

type (
	listUsersInput struct {
		Disabled bool `query:"disabled" doc:"List those too who are kept out."`
	}
	disableUserInput struct {
		IDInput
		Body struct {
			Disabled bool `json:"disabled"`
		}
	}
)

func (s *Server) userRoutes() {
	operate(s, needs(crm.ToRead, crm.RecordUser), huma.Operation{OperationID: "list-users", Method: http.MethodGet, Path: "/users", Tags: []string{"users"},
		Summary: "List who may sign in", Description: "All of them, by name; there are never so many that they come in pages."}, s.listUsers)
	operate(s, needs(crm.ToUpdate, crm.RecordUser), doing("users", "disable-user", http.MethodPut, "/users/{id}/disabled", "Keep a user out, which ends their sessions, or let them in again"), s.disableUser)
}

func (s *Server) listUsers(ctx context.Context, in *listUsersInput) (*one[Page[User]], error) {
	users, err := s.users(ctx, in.Disabled)
	if err != nil {
		return nil, err
	}
	roles, err := crm.RolesOfUsers(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	units, err := crm.UnitsOfUsers(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	for i := range users {
		u := &users[i]
		u.Roles, u.UnitID = orEmpty(roles[u.ID]), units[u.ID]
	}
	return page(users, ""), nil
}

func (s *Server) users(ctx context.Context, disabledToo bool) (users []User, err error) {
	err = sqldb.EachRow(ctx, s.DB, func(rows *sql.Rows) error {
		var u User
		err := rows.Scan(&u.ID, &u.Name, &u.Disabled)
		users = append(users, u)
		return err
	}, "SELECT id, name, disabled FROM users WHERE disabled = $1 OR NOT disabled ORDER BY name", disabledToo)
	if err != nil {
		return nil, fmt.Errorf("load users: %w", err)
	}
	return users, nil
}

func (s *Server) disableUser(ctx context.Context, in *disableUserInput) (*struct{}, error) {
	if err := userExists(ctx, s.DB, in.ID); err != nil {
		return nil, err
	}
	return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error { return disableUser(ctx, tx, in.Body.Disabled, s.event(ctx, in.ID, "", "")) })
}

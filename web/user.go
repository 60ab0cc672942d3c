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

// A user is who may sign in.
type user struct {
	id, name, hash string
	disabled       bool
}

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
		return insertUser(ctx, tx, newUser{name, hash, roles, crm.Change{By: crm.ByRule, At: now, Access: crm.System()}})
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

func insertUser(ctx context.Context, tx *sqldb.Tx, u newUser) error {
	if len(u.roles) == 0 {
		var users int
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM users").Scan(&users); err != nil {
			return fmt.Errorf("count users: %w", err)
		}
		u.roles = []string{crm.RoleReadOnly}
		if users == 0 {
			u.roles = []string{crm.RoleAdministrator}
		}
	}
	id := newID(u.change.At)
	_, err := tx.Exec(ctx, "INSERT INTO users (id, name, password_hash, created_at, disabled) VALUES ($1, $2, $3, $4, $5)",
		id, u.name, u.hash, u.change.At.UnixMilli(), false)
	if err != nil {
		return err
	}
	return crm.SetRoles(ctx, tx, u.change, id, u.roles)
}

// SetPassword gives a user another password and ends their sessions.
func SetPassword(ctx context.Context, db *sqldb.DB, name, password string) error {
	name = foldName(name)
	hash, err := hashPassword(name, password)
	if err != nil {
		return fmt.Errorf("set password of %s: %w", name, err)
	}
	return db.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE users SET password_hash = $1 WHERE name = $2", hash, name)
		if err != nil {
			return fmt.Errorf("set password of %s: %w", name, err)
		}
		if n == 0 {
			return fmt.Errorf("set password of %s: %w", name, ErrNoUser)
		}
		return nil
	})
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
		return insertUser(ctx, tx, newUser{AdminName, hash, []string{crm.RoleAdministrator}, crm.Change{By: crm.ByRule, At: now, Access: crm.System()}})
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

// User is who may sign in, and to whom something can be assigned.
type User struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Roles  []string `json:"roles" nullable:"false"`
	UnitID string   `json:"unit_id" doc:"Their business unit; empty: the company."`
}

func (s *Server) userRoutes() {
	operate(s, needs(crm.ToRead, crm.RecordUser), huma.Operation{OperationID: "list-users", Method: http.MethodGet, Path: "/users", Tags: []string{"users"},
		Summary: "List who may sign in", Description: "All of them, by name; there are never so many that they come in pages."}, s.listUsers)
}

func (s *Server) listUsers(ctx context.Context, _ *struct{}) (*one[Page[User]], error) {
	users, err := s.users(ctx)
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

func (s *Server) users(ctx context.Context) ([]User, error) {
	rows, err := s.DB.Query(ctx, "SELECT id, name FROM users WHERE NOT disabled ORDER BY name")
	if err != nil {
		return nil, fmt.Errorf("load users: %w", err)
	}
	defer rows.Close()
	var users []User
	for rows.Next() {
		var u User
		if err := rows.Scan(&u.ID, &u.Name); err != nil {
			return nil, fmt.Errorf("load users: %w", err)
		}
		users = append(users, u)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load users: %w", err)
	}
	return users, nil
}

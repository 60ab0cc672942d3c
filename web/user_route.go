package web

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// User is who may sign in, and to whom something can be assigned.
type User struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Email    string   `json:"email" doc:"Where messages to them go; told to those alone who may change users."`
	Roles    []string `json:"roles" nullable:"false"`
	UnitID   string   `json:"unit_id" doc:"Their business unit; empty: the company."`
	Disabled bool     `json:"disabled" doc:"They are kept out."`
	Version  int64    `json:"version"`
}

type (
	listUsersInput struct {
		Disabled bool `query:"disabled" doc:"List those too who are kept out."`
	}
	createUserInput struct {
		Body struct {
			Name  string   `json:"name" minLength:"1" maxLength:"64" doc:"What they sign in with: a–z, 0–9 and . _ @ + -, beginning with a letter or a digit."`
			Email string   `json:"email,omitempty" maxLength:"254" doc:"Where messages to them go."`
			Roles []string `json:"roles,omitempty" maxItems:"50" doc:"None: they may look at everything and change nothing."`
		}
	}
	updateUserInput struct {
		IDInput
		Expectation
		Body struct {
			Name     *string   `json:"name,omitempty" minLength:"1" maxLength:"64" doc:"They sign in with the new one from now on."`
			Email    *string   `json:"email,omitempty" maxLength:"254" doc:"Empty: none."`
			Roles    *[]string `json:"roles,omitempty" maxItems:"50"`
			Disabled *bool     `json:"disabled,omitempty" doc:"true ends their sessions and refuses their tokens."`
		}
	}
	disableUserInput struct {
		IDInput
		Expectation
		Body struct {
			Disabled bool `json:"disabled"`
		}
	}
)

func (s *Server) userRoutes() {
	operate(s, needs(crm.ToRead, crm.RecordUser), huma.Operation{OperationID: "list-users", Method: http.MethodGet, Path: "/users", Tags: []string{"users"},
		Summary: "List who may sign in", Description: "All of them, by name; there are never so many that they come in pages."}, s.listUsers)
	operate(s, needs(crm.ToCreate, crm.RecordUser), doing("users", "create-user", http.MethodPost, "/users", "Add a user; in a session the answer has a link by which they set their password"), s.createUser)
	operate(s, needs(crm.ToUpdate, crm.RecordUser), doing("users", "update-user", http.MethodPatch, "/users/{id}", "Change what a user is called, their address, their roles, and whether they are let in"), s.updateUser)
	operate(s, needs(crm.ToUpdate, crm.RecordUser), doing("users", "disable-user", http.MethodPut, "/users/{id}/disabled", "Keep a user out, which ends their sessions, or let them in again"), s.disableUser)
}

func (s *Server) listUsers(ctx context.Context, in *listUsersInput) (*one[Page[User]], error) {
	users, err := s.users(ctx, "disabled = $1 OR NOT disabled", in.Disabled)
	return page(users, ""), err
}

// users loads users with what belongs to them, by name.
func (s *Server) users(ctx context.Context, where string, args ...any) (users []User, err error) {
	addresses := accessFrom(ctx).Can(crm.ToUpdate, crm.RecordUser)
	err = sqldb.EachRow(ctx, s.DB, func(rows *sql.Rows) error {
		var u User
		err := rows.Scan(&u.ID, &u.Name, &u.Email, &u.Disabled, &u.Version)
		if !addresses {
			u.Email = ""
		}
		users = append(users, u)
		return err
	}, "SELECT id, name, email, disabled, version FROM users WHERE "+where+" ORDER BY name", args...)
	if err != nil {
		return nil, fmt.Errorf("load users: %w", err)
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
	return users, nil
}

// MadeUser is a user who was just added.
type MadeUser struct {
	User User          `json:"user"`
	Link *PasswordLink `json:"link,omitempty" doc:"By which they set their password. There is none where a token added them: make one in a session."`
}

func (s *Server) createUser(ctx context.Context, in *createUserInput) (*one[MadeUser], error) {
	n := newUser{name: foldName(in.Body.Name), email: strings.TrimSpace(in.Body.Email), roles: in.Body.Roles, change: s.change(ctx, "")}
	if err := errors.Join(checkUserName(n.name), crm.CheckAddress(n.email)); err != nil {
		return nil, err
	}
	var out MadeUser
	var id string
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		if id, err = insertUser(ctx, tx, n); err != nil {
			return err
		}
		if err := s.event(ctx, id, eventUserMade, "").insert(ctx, tx); err != nil {
			return err
		}
		if who := userFrom(ctx); who.byToken() { // or a token would make itself a way in
			return nil
		}
		link, err := s.newPasswordLink(ctx, tx, id)
		out.Link = &link
		return err
	})
	if err != nil {
		return nil, taken(err, n.name)
	}
	out.User, err = s.user(ctx, id)
	return &one[MadeUser]{out}, err
}

// taken says that a name is a user's already, where that is why it failed.
func taken(err error, name string) error {
	if errors.Is(err, sqldb.ErrConflict) {
		return faultf(kindConflict, "there is a user called %s: want another name", name)
	}
	return err
}

func (s *Server) user(ctx context.Context, id string) (User, error) {
	found, err := s.users(ctx, "id = $1", id)
	if err == nil && len(found) == 0 {
		err = faultf(kindNotFound, "there is no user %s", id)
	}
	if err != nil {
		return User{}, err
	}
	return found[0], nil
}

func (s *Server) updateUser(ctx context.Context, in *updateUserInput) (*versioned[User], error) {
	b := &in.Body
	name := ""
	tag, err := s.changeUser(ctx, in.ID, in.Expectation, func(tx *sqldb.Tx) error {
		ch := s.change(ctx, "").Begin()
		if b.Name != nil {
			name = foldName(*b.Name)
			if err := renameUser(ctx, tx, ch, in.ID, name); err != nil {
				return err
			}
		}
		if b.Email != nil {
			if err := setAddress(ctx, tx, ch, in.ID, *b.Email); err != nil {
				return err
			}
		}
		if b.Roles != nil {
			if err := crm.SetRoles(ctx, tx, ch, in.ID, *b.Roles); err != nil {
				return err
			}
		}
		if b.Disabled != nil {
			return disableUser(ctx, tx, *b.Disabled, s.event(ctx, in.ID, "", ""))
		}
		return nil
	})
	if err != nil {
		return nil, taken(err, name)
	}
	u, err := s.user(ctx, in.ID)
	return &versioned[User]{tag, u}, err
}

// changeUser runs a change of a user in the version that is expected, and returns the ETag afterwards.
func (s *Server) changeUser(ctx context.Context, id string, expect Expectation, do func(*sqldb.Tx) error) (tag string, err error) {
	expected, err := expect.version()
	if err != nil {
		return "", err
	}
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE users SET version = version WHERE id = $1 AND (version = $2 OR $2 = 0)", id, expected)
		switch {
		case err != nil:
			return fmt.Errorf("change user %s: %w", id, err)
		case n == 0:
			return cmp.Or(userExists(ctx, tx, id), crm.ErrConflict)
		}
		if err := do(tx); err != nil {
			return err
		}
		var version int64
		if err := tx.QueryRow(ctx, "SELECT version FROM users WHERE id = $1", id).Scan(&version); err != nil {
			return fmt.Errorf("load user %s: %w", id, err)
		}
		tag = etag(version)
		return nil
	})
	return tag, changed(err, crm.ErrConflict, expected)
}

// renameUser changes what a user signs in with.
func renameUser(ctx context.Context, tx *sqldb.Tx, ch crm.Change, id, name string) error {
	if err := checkUserName(name); err != nil {
		return err
	}
	before, err := findUser(ctx, tx, "id", id)
	if err != nil || before.name == name {
		return err
	}
	if who := userFrom(ctx); who.byToken() {
		return faultf(kindForbidden, "what somebody signs in with is changed in a session and not with a token: sign in at %s/session", base)
	}
	if err := crm.MayEnterFor(ctx, tx, ch.Access, id); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "UPDATE users SET name = $1, version = version + 1 WHERE id = $2", name, id); err != nil {
		return err
	}
	if err := alerts.RenameAssignee(ctx, tx, before.name, name); err != nil {
		return err
	}
	return crm.NoteUser(ctx, tx, ch, id, map[string]any{"name": before.name}, map[string]any{"name": name})
}

func (s *Server) disableUser(ctx context.Context, in *disableUserInput) (*moved, error) {
	tag, err := s.changeUser(ctx, in.ID, in.Expectation, func(tx *sqldb.Tx) error {
		return disableUser(ctx, tx, in.Body.Disabled, s.event(ctx, in.ID, "", ""))
	})
	return &moved{tag}, err
}

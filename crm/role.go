package crm

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Role is what somebody does in the company, such as sales-manager. People may have several.
type Role struct {
	Name  string `json:"name"`
	Label string `json:"label"`
}

var roleName = regexp.MustCompile(`^[a-z0-9-]{1,50}$`)

// Roles lists the roles there are, by name.
func Roles(ctx context.Context, q sqldb.Querier) ([]Role, error) {
	rows, err := q.Query(ctx, "SELECT id, label FROM roles ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("load roles: %w", err)
	}
	defer rows.Close()
	var all []Role
	for rows.Next() {
		var r Role
		if err := rows.Scan(&r.Name, &r.Label); err != nil {
			return nil, fmt.Errorf("load roles: %w", err)
		}
		all = append(all, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load roles: %w", err)
	}
	return all, nil
}

func roleNames(roles []Role) []string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = r.Name
	}
	return names
}

// RolesOf lists the roles a user has.
func RolesOf(ctx context.Context, q sqldb.Querier, userID string) ([]string, error) {
	rows, err := q.Query(ctx, "SELECT role FROM user_roles WHERE user_id = $1 ORDER BY role", userID)
	if err != nil {
		return nil, fmt.Errorf("load roles of user %s: %w", userID, err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("load roles of user %s: %w", userID, err)
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// SetRoles gives a user exactly these roles.
func SetRoles(ctx context.Context, tx *sqldb.Tx, ch Change, userID string, names []string) error {
	all, err := Roles(ctx, tx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if !slices.Contains(roleNames(all), name) {
			return invalid("roles", "there is no role %q", name)
		}
	}
	before, err := RolesOf(ctx, tx, userID)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM user_roles WHERE user_id = $1", userID); err != nil {
		return fmt.Errorf("set roles of user %s: %w", userID, err)
	}
	rows := make([][]any, len(names))
	for i, name := range names {
		rows[i] = []any{userID, name}
	}
	if _, err := tx.InsertNew(ctx, sqldb.Insert{Table: "user_roles", Key: []string{"user_id", "role"}, Columns: []string{"user_id", "role"}}, rows); err != nil {
		return err
	}
	return record(ctx, tx, ch, changedRecord{action: "set-roles", kind: RecordUser, id: userID, before: before, after: names})
}

// SaveRole makes a role, or changes what it is called.
func SaveRole(ctx context.Context, tx *sqldb.Tx, ch Change, r Role) error {
	if r.Label = tidy(r.Label); r.Label == "" {
		r.Label = r.Name
	}
	if !roleName.MatchString(r.Name) {
		return invalid("name", "%q: want 1 to 50 lower-case letters, digits and dashes", r.Name)
	}
	if err := checkText("label", r.Label, maxName); err != nil {
		return err
	}
	err := tx.Upsert(ctx, sqldb.Upsert{Table: "roles", Key: []string{"id"}, Columns: []string{"id", "version", "created_at", "updated_at", "label"},
		Set: "label = excluded.label, version = roles.version + 1, updated_at = excluded.updated_at"},
		[][]any{{r.Name, 1, millis(ch.At), millis(ch.At), r.Label}}, nil)
	if err != nil {
		return err
	}
	return record(ctx, tx, ch, changedRecord{action: "save", kind: RecordRole, id: r.Name, after: r})
}

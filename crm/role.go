package crm

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Role is what somebody does in the company, such as sales-manager, and what they may do for it.
// People may have several; what any of them grants counts.
type Role struct {
	Name   string  `json:"name"`
	Label  string  `json:"label"`
	Grants []Grant `json:"grants"`
	Masks  []Mask  `json:"masks"`

	// SecondFactor demands one of its people: without, they get into nothing.
	SecondFactor bool `json:"second_factor"`

	Version int64 `json:"version"` // of the whole of it, grants and masks included
}

// Roles that every installation begins with, beside those of docs/access.md.
const (
	RoleAdministrator = "administrator" // may do everything, until somebody changes it
	RoleReadOnly      = "read-only"
)

var roleName = regexp.MustCompile(`^[a-z0-9-]{1,50}$`)

// Roles lists the roles there are, by name.
func Roles(ctx context.Context, q sqldb.Querier) ([]Role, error) { return rolesWhere(ctx, q, "") }

// rolesWhere loads roles r with their grants and masks.
func rolesWhere(ctx context.Context, q sqldb.Querier, where string, args ...any) ([]Role, error) {
	rows, err := q.Query(ctx, `SELECT r.id, r.label, 'role', '', '', CASE WHEN r.second_factor THEN 'demanded' ELSE '' END, r.version FROM roles r `+where+`
		UNION ALL SELECT r.id, '', 'grant', g.record_type, g.action, g.level, 0 FROM roles r JOIN role_grants g ON g.role = r.id `+where+`
		UNION ALL SELECT r.id, '', 'mask', m.record_type, m.field, CASE WHEN m.hidden THEN 'hidden' ELSE '' END, 0 FROM roles r JOIN role_masks m ON m.role = r.id `+where+`
		ORDER BY 1, 3 DESC, 4, 5`, args...)
	if err != nil {
		return nil, fmt.Errorf("load roles: %w", err)
	}
	defer rows.Close()
	var all []Role
	for rows.Next() {
		var name, label, what, kind, of, how string
		var version int64
		if err := rows.Scan(&name, &label, &what, &kind, &of, &how, &version); err != nil {
			return nil, fmt.Errorf("load roles: %w", err)
		}
		if what == "role" {
			all = append(all, Role{Name: name, Label: label, Grants: []Grant{}, Masks: []Mask{}, SecondFactor: how == "demanded", Version: version})
			continue
		}
		switch r := &all[len(all)-1]; what {
		case "grant":
			r.Grants = append(r.Grants, Grant{kind, Action(of), Level(how)})
		case "mask":
			r.Masks = append(r.Masks, Mask{kind, of, how == "hidden"})
		}
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

// RolesOfUsers tells the roles of each user who has any.
func RolesOfUsers(ctx context.Context, q sqldb.Querier) (map[string][]string, error) {
	rows, err := q.Query(ctx, "SELECT user_id, role FROM user_roles ORDER BY role")
	if err != nil {
		return nil, fmt.Errorf("load roles of users: %w", err)
	}
	defer rows.Close()
	all := make(map[string][]string)
	for rows.Next() {
		var user, role string
		if err := rows.Scan(&user, &role); err != nil {
			return nil, fmt.Errorf("load roles of users: %w", err)
		}
		all[user] = append(all[user], role)
	}
	return all, rows.Err()
}

// SetRoles gives a user exactly these roles. Nobody gives, or takes, more than they have, but for who
// may change users and roles.
func SetRoles(ctx context.Context, tx *sqldb.Tx, ch Change, userID string, names []string) error {
	if err := ch.Access.Demand(ToUpdate, RecordUser); err != nil {
		return err
	}
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
	if err := ch.Access.mayGiveAll(all, before, names); err != nil {
		return err
	}
	return KeepAdministrators(ctx, tx, func() error {
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
		if err := moveUserOn(ctx, tx, userID); err != nil {
			return err
		}
		return record(ctx, tx, ch, changedRecord{action: "set-roles", kind: RecordUser, id: userID, before: before, after: names})
	})
}

// KeepAdministrators refuses a change after which nobody could give roles any more.
func KeepAdministrators(ctx context.Context, tx *sqldb.Tx, change func() error) error {
	before, err := administrators(ctx, tx)
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	after, err := administrators(ctx, tx)
	if err == nil && before > 0 && after == 0 {
		return invalid("roles", "nobody would be left who may change users and roles: give somebody else such a role first")
	}
	return err
}

func administrators(ctx context.Context, q sqldb.Querier) (n int, err error) {
	all, err := Roles(ctx, q)
	if err != nil {
		return 0, err
	}
	names := []any{}
	for i := range all {
		if r := &all[i]; r.level(ToUpdate, RecordUser) == LevelAll && r.level(ToUpdate, RecordRole) == LevelAll {
			names = append(names, r.Name)
		}
	}
	err = q.QueryRow(ctx, "SELECT count(*) FROM users WHERE NOT disabled AND id IN (SELECT user_id FROM user_roles WHERE "+sqldb.In("role", 1, len(names))+")", names...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count administrators: %w", err)
	}
	return n, nil
}

func (r *Role) check() error {
	if r.Label = tidy(r.Label); r.Label == "" {
		r.Label = r.Name
	}
	if !roleName.MatchString(r.Name) {
		return invalid("name", "%q: want 1 to 50 lower-case letters, digits and dashes", r.Name)
	}
	seen := make(map[Grant]bool)
	for _, g := range r.Grants {
		if err := g.check(); err != nil {
			return err
		}
		if g.Level = ""; seen[g] {
			return invalid("grants", "%s:%s stands there twice", g.Type, g.Action)
		}
		seen[g] = true
	}
	return checkText("label", r.Label, maxName)
}

// SaveRole makes a role, or changes what it is called and what it grants, which is no more than who
// changes it has, unless they may change users, too. Grants and masks that are nil stay as they are.
// Its version is the one that was loaded, or 0 for any.
func SaveRole(ctx context.Context, tx *sqldb.Tx, ch Change, r Role) (Role, error) {
	if err := ch.Access.Demand(ToUpdate, RecordRole); err != nil {
		return r, err
	}
	if err := r.check(); err != nil {
		return r, err
	}
	if err := checkMasks(ctx, tx, r.Masks); err != nil {
		return r, err
	}
	old, err := rolesWhere(ctx, tx, "WHERE r.id = $1", r.Name)
	if err != nil {
		return r, err
	}
	if r.Version != 0 && (len(old) == 0 || old[0].Version != r.Version) {
		return r, fmt.Errorf("save role %s: %w", r.Name, ErrConflict)
	}
	var was *Role
	if len(old) > 0 {
		was = &old[0]
		if r.Grants == nil {
			r.Grants = was.Grants
		}
		if r.Masks == nil {
			r.Masks = was.Masks
		}
	}
	if err := ch.Access.mayGive(was, &r); err != nil {
		return r, err
	}
	err = KeepAdministrators(ctx, tx, func() error {
		if err := writeRole(ctx, tx, ch, was, &r); err != nil {
			return err
		}
		if err := writeGrants(ctx, tx, &r); err != nil {
			return err
		}
		changed := changedRecord{action: "save", kind: RecordRole, id: r.Name, after: r}
		if was != nil {
			changed.before = *was
		}
		return record(ctx, tx, ch, changed)
	})
	return r, err
}

// writeRole writes a role in its next version. It is ErrConflict when somebody else just did.
func writeRole(ctx context.Context, tx *sqldb.Tx, ch Change, was, r *Role) (err error) {
	var n int64
	if was == nil {
		r.Version = 1
		n, err = tx.Exec(ctx, `INSERT INTO roles (id, version, created_at, updated_at, label, second_factor) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`,
			r.Name, r.Version, sqldb.Millis(ch.At), sqldb.Millis(ch.At), r.Label, r.SecondFactor)
	} else {
		r.Version = was.Version + 1
		n, err = tx.Exec(ctx, "UPDATE roles SET version = $1, updated_at = $2, label = $3, second_factor = $4 WHERE id = $5 AND version = $6",
			r.Version, sqldb.Millis(ch.At), r.Label, r.SecondFactor, r.Name, was.Version)
	}
	if err == nil && n == 0 {
		err = ErrConflict
	}
	if err != nil {
		return fmt.Errorf("save role %s: %w", r.Name, err)
	}
	return nil
}

func writeGrants(ctx context.Context, tx *sqldb.Tx, r *Role) error {
	if err := dropGrants(ctx, tx, r.Name); err != nil {
		return err
	}
	var grants, masks [][]any
	for _, g := range r.Grants {
		grants = append(grants, []any{r.Name, g.Type, string(g.Action), string(g.Level)})
	}
	for _, m := range r.Masks {
		masks = append(masks, []any{r.Name, m.Type, m.Field, m.Hidden})
	}
	if _, err := tx.InsertNew(ctx, sqldb.Insert{Table: "role_grants", Key: []string{"role", "record_type", "action"}, Columns: []string{"role", "record_type", "action", "level"}}, grants); err != nil {
		return err
	}
	_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "role_masks", Key: []string{"role", "record_type", "field"}, Columns: []string{"role", "record_type", "field", "hidden"}}, masks)
	return err
}

func dropGrants(ctx context.Context, tx *sqldb.Tx, name string) error {
	for _, table := range []string{"role_grants", "role_masks"} {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE role = $1", name); err != nil {
			return fmt.Errorf("save grants of role %s: %w", name, err)
		}
	}
	return nil
}

// DeleteRole removes a role that nobody has any more.
func DeleteRole(ctx context.Context, tx *sqldb.Tx, ch Change, name string) error {
	if err := ch.Access.Demand(ToDelete, RecordRole); err != nil {
		return err
	}
	old, err := rolesWhere(ctx, tx, "WHERE r.id = $1", name)
	if err != nil {
		return err
	}
	if len(old) == 0 {
		return fmt.Errorf("delete role %s: %w", name, ErrNotFound)
	}
	users, err := sqldb.Strings(ctx, tx, "SELECT user_id FROM user_roles WHERE role = $1", name)
	if err != nil {
		return fmt.Errorf("delete role %s: %w", name, err)
	}
	if len(users) > 0 {
		return invalid("name", "%d people have the role %s: take it from them first", len(users), name)
	}
	if err := dropGrants(ctx, tx, name); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM roles WHERE id = $1", name); err != nil {
		return fmt.Errorf("delete role %s: %w", name, err)
	}
	return record(ctx, tx, ch, changedRecord{action: "delete", kind: RecordRole, id: name, before: old[0]})
}

package crm

import (
	"context"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Unit is a business unit. Units are a tree, with the company at its top; somebody is in one of
// them, and whoever is put in none is in the company.
type Unit struct {
	Meta
	Name     string `json:"name"`
	ParentID string `json:"parent_id"` // empty: it is the company

	ManagerID string `json:"manager_id"` // is told of what its people let wait; empty: whoever manages the unit above
}

func (u *Unit) check() error {
	if u.Name = tidy(u.Name); u.Name == "" {
		return invalid("name", "is empty: a unit needs one")
	}
	switch {
	case u.ID == topUnit && u.ParentID != "":
		return invalid("parent_id", "the company stands at the top: leave it empty")
	case u.ID != topUnit && u.ParentID == "":
		return invalid("parent_id", "is empty: a unit stands below another one, or below company")
	}
	return checkText("name", u.Name, maxName)
}

var units = table[Unit, *Unit]{kind: TypeUnit, name: "units", columns: []string{"name", "parent_id", "manager_id"},
	bind: func(u *Unit) []any { return []any{&u.Name, &u.ParentID, &u.ManagerID} }}

// Units lists all business units, by name.
func Units(ctx context.Context, q sqldb.Querier) ([]Unit, error) {
	return units.find(ctx, q, "ORDER BY name")
}

// SaveUnit saves a unit: a new one without an id, or a changed one with the version that was loaded.
func SaveUnit(ctx context.Context, tx *sqldb.Tx, ch Change, u Unit) (Unit, error) {
	for at, steps := u.ParentID, 0; at != ""; steps++ {
		found, err := units.find(ctx, tx, "WHERE id = $1", at)
		switch {
		case err != nil:
			return u, err
		case len(found) == 0:
			return u, invalid("parent_id", "there is no unit %q", at)
		case at == u.ID || steps > maxUnitDepth:
			return u, invalid("parent_id", "%q is below this unit, or too deep: a unit cannot stand below itself", u.ParentID)
		}
		at = found[0].ParentID
	}
	if err := checkManager(ctx, tx, u.ManagerID); err != nil {
		return u, err
	}
	if err := u.mayMove(ctx, tx, ch.Access); err != nil {
		return u, err
	}
	return u, units.put(ctx, tx, ch, &u)
}

// mayMove refuses to put a unit below another one where either is not below that of who does it: who
// is above comes to reach what its people own.
func (u *Unit) mayMove(ctx context.Context, q sqldb.Querier, a *Access) error {
	if u.ID == "" || len(a.Units) == 0 || a.administers() {
		return nil
	}
	old, err := units.find(ctx, q, "WHERE id = $1", u.ID)
	if err != nil || len(old) == 0 || old[0].ParentID == u.ParentID || slices.Contains(a.Units, u.ID) && slices.Contains(a.Units, u.ParentID) {
		return err
	}
	return invalid("parent_id", "%s and %q are not both yours, or below it: who may change both users and roles moves units anywhere", u.Name, u.ParentID)
}

const maxUnitDepth = 50

// DeleteUnit removes a unit that nobody is in and that has none below it.
func DeleteUnit(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64) error {
	u, err := units.byID(ctx, tx, ch.Access, id, version)
	if err != nil {
		return err
	}
	if err := ch.Access.Check(ctx, tx, ToDelete, TypeUnit, id); err != nil {
		return err
	}
	used, err := sqldb.Strings(ctx, tx, "SELECT id FROM units WHERE parent_id = $1 UNION ALL SELECT user_id FROM user_units WHERE unit_id = $2 LIMIT 1", id, id)
	switch {
	case err != nil:
		return fmt.Errorf("delete unit %s: %w", id, err)
	case id == topUnit:
		return invalid("id", "the company cannot be deleted")
	case len(used) > 0:
		return invalid("id", "the unit %s has people or units below it: put them elsewhere first", u.Name)
	}
	if _, err := tx.Exec(ctx, "DELETE FROM units WHERE id = $1", id); err != nil {
		return fmt.Errorf("delete unit %s: %w", id, err)
	}
	return record(ctx, tx, ch, changedRecord{action: "delete", kind: TypeUnit, id: id, before: u})
}

// UnitsOfUsers tells the unit of each user who is in one below the company.
func UnitsOfUsers(ctx context.Context, q sqldb.Querier) (map[string]string, error) {
	rows, err := q.Query(ctx, "SELECT user_id, unit_id FROM user_units")
	if err != nil {
		return nil, fmt.Errorf("load units of users: %w", err)
	}
	defer rows.Close()
	all := make(map[string]string)
	for rows.Next() {
		var user, unit string
		if err := rows.Scan(&user, &unit); err != nil {
			return nil, fmt.Errorf("load units of users: %w", err)
		}
		all[user] = unit
	}
	return all, rows.Err()
}

// SetUnit puts a user into a unit; the company is the one that everybody else is in.
func SetUnit(ctx context.Context, tx *sqldb.Tx, ch Change, userID, unitID string) error {
	if err := ch.Access.Demand(ToUpdate, RecordUser); err != nil {
		return err
	}
	if unitID == "" {
		unitID = topUnit
	}
	if a := ch.Access; len(a.Units) > 0 && !slices.Contains(a.Units, unitID) && !a.administers() {
		return invalid("unit_id", "%q is not yours, nor below it: who may change both users and roles puts people anywhere", unitID)
	}
	if found, err := units.find(ctx, tx, "WHERE id = $1", unitID); err != nil || len(found) == 0 {
		if err == nil {
			err = invalid("unit_id", "there is no unit %q", unitID)
		}
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM user_units WHERE user_id = $1", userID); err != nil {
		return fmt.Errorf("set unit of user %s: %w", userID, err)
	}
	if unitID != topUnit {
		if _, err := tx.Exec(ctx, "INSERT INTO user_units (user_id, unit_id) VALUES ($1, $2)", userID, unitID); err != nil {
			return fmt.Errorf("set unit of user %s: %w", userID, err)
		}
	}
	if err := moveUserOn(ctx, tx, userID); err != nil {
		return err
	}
	return record(ctx, tx, ch, changedRecord{action: "set-unit", kind: RecordUser, id: userID, after: unitID})
}

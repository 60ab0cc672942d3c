package crm

import (
	"context"
	"maps"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// administers says whether somebody may change both users and roles, all of them: who may could write
// themselves any role, and so gives any. Of who may do one of the two nobody is given, by themselves
// or by them, more than they have.
func (a *Access) administers() bool {
	return a.Level(ToUpdate, RecordUser) == LevelAll && a.Level(ToUpdate, RecordRole) == LevelAll
}

// mayGive refuses somebody who would make more, or less, of a role than they have themselves. was is
// the role before; nil: it is given, or taken, whole.
func (a *Access) mayGive(was, is *Role) error {
	if a.administers() {
		return nil
	}
	var before, after Access
	if after.Roles = []Role{*is}; was != nil {
		before.Roles = []Role{*was}
	}
	for _, kind := range slices.Sorted(maps.Keys(realms)) {
		for _, action := range realms[kind].actions {
			old, level := before.Level(action, kind), after.Level(action, kind)
			needed := level
			if old.reaches(level) {
				needed = old
			}
			if old != level && !a.Level(action, kind).reaches(needed) {
				return &Forbidden{Action: action, Type: kind, Needed: needed, Role: is.Name}
			}
			if level == LevelNone || was == nil && a.has(is.Name) {
				continue
			}
			for _, field := range a.masks(action, kind) {
				if !is.masked(action, kind, field) && (old == LevelNone || was.masked(action, kind, field)) {
					return &Forbidden{Action: action, Type: kind, Needed: needed, Role: is.Name, Field: field}
				}
			}
		}
	}
	return nil
}

func (a *Access) has(role string) bool {
	return a != nil && slices.ContainsFunc(a.Roles, func(r Role) bool { return r.Name == role })
}

// mayGiveAll refuses somebody who would give or take a role that grants more than they have: those of
// one list that are not in the other.
func (a *Access) mayGiveAll(all []Role, before, after []string) error {
	for i := range all {
		r := &all[i]
		if slices.Contains(before, r.Name) == slices.Contains(after, r.Name) {
			continue
		}
		if err := a.mayGive(nil, r); err != nil {
			return err
		}
	}
	return nil
}

// MayEnterFor refuses somebody who would get a way into the account of a user who may do more than
// they: a link to set the password, a second factor less, another name to sign in with.
func MayEnterFor(ctx context.Context, q sqldb.Querier, a *Access, userID string) error {
	if a.UserID == userID {
		return nil
	}
	roles, err := rolesWhere(ctx, q, "WHERE r.id IN (SELECT role FROM user_roles WHERE user_id = $1)", userID)
	if err != nil {
		return err
	}
	return a.mayGiveAll(roles, nil, roleNames(roles))
}

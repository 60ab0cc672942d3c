package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// topUnit is the business unit of everybody who is in no other.
const topUnit = "company"

// AccessOf resolves what a user may do.
func AccessOf(ctx context.Context, q sqldb.Querier, userID string) (*Access, error) {
	a := &Access{UserID: userID}
	var err error
	if a.Roles, err = rolesWhere(ctx, q, "WHERE r.id IN (SELECT role FROM user_roles WHERE user_id = $1)", userID); err != nil {
		return nil, err
	}
	narrow := false // whether it matters where they stand
	for _, r := range a.Roles {
		for _, g := range r.Grants {
			narrow = narrow || g.Level != LevelAll && g.Level != LevelNone
		}
	}
	if !narrow {
		return a, nil
	}
	if a.Teams, err = sqldb.Strings(ctx, q, "SELECT team_id FROM team_members WHERE user_id = $1 ORDER BY team_id", userID); err != nil {
		return nil, fmt.Errorf("load teams of user %s: %w", userID, err)
	}
	members := append([]any{userID}, sqldb.Anys(a.Teams)...)
	if a.Territories, err = sqldb.Strings(ctx, q, "SELECT DISTINCT territory_id FROM territory_members WHERE "+sqldb.In("member_id", 1, len(members))+" ORDER BY territory_id", members...); err != nil {
		return nil, fmt.Errorf("load territories of user %s: %w", userID, err)
	}
	if a.Units, err = unitsBelow(ctx, q, userID); err != nil {
		return nil, err
	}
	a.Top = slices.Contains(a.Units, topUnit)
	return a, nil
}

// unitsBelow lists the unit of a user and all below it.
func unitsBelow(ctx context.Context, q sqldb.Querier, userID string) ([]string, error) {
	units, err := sqldb.Strings(ctx, q, `WITH RECURSIVE below (id) AS (
			SELECT id FROM units WHERE id = COALESCE((SELECT unit_id FROM user_units WHERE user_id = $1), 'company')
			UNION SELECT u.id FROM units u JOIN below b ON u.parent_id = b.id)
		SELECT id FROM below ORDER BY id`, userID)
	if err != nil {
		return nil, fmt.Errorf("load units of user %s: %w", userID, err)
	}
	return units, nil
}

// readable restricts a query to the records of a type that somebody may read; alias is the table,
// or what the query calls it. This, and nothing else, turns roles into SQL: lists, counts,
// search, exports and single records all pass here.
func (w *where) readable(a *Access, kind, alias string) {
	if c := a.condition(w, ToRead, kind, alias); c != "" {
		w.conditions = append(w.conditions, c)
	}
}

// condition is that of readable for any action, with its values taken into w; empty when nothing restricts.
func (a *Access) condition(w *where, action Action, kind, alias string) string {
	return a.within(w, a.Level(action, kind), action, kind, alias)
}

var numberedValue = regexp.MustCompile(`\$\d+`)

// marked is condition for a query that names its values with ?, after the word AND.
func (a *Access) marked(action Action, kind, alias string) (condition string, values []any) {
	w := &where{page: true}
	if condition = a.condition(w, action, kind, alias); condition != "" {
		condition = " AND " + numberedValue.ReplaceAllString(condition, "?") // they stand in the order of their numbers
	}
	return condition, w.args
}

// seenOf says which of some records somebody may read.
func seenOf(ctx context.Context, q sqldb.Querier, a *Access, kind string, ids []string) (map[string]bool, error) {
	seen := make(map[string]bool, len(ids))
	for part := range chunks(ids) {
		w := &where{}
		w.add("id IN ("+marks(len(part))+")", sqldb.Anys(part)...)
		w.readable(a, kind, realms[kind].table)
		found, err := sqldb.Strings(ctx, q, "SELECT id FROM "+realms[kind].table+w.sql(), w.args...)
		if err != nil {
			return nil, fmt.Errorf("load %ss: %w", kind, err)
		}
		for _, id := range found {
			seen[id] = true
		}
	}
	return seen, nil
}

func (a *Access) within(w *where, level Level, action Action, kind, alias string) string {
	r := realms[kind]
	switch {
	case level == LevelNone, r.table == "" && level != LevelAll:
		return "1=0"
	case r.about:
		return a.withinAbout(w, level, action, kind, alias)
	case level == LevelAll:
		return ""
	case r.via == "":
		return "(" + strings.Join(a.reach(w, level, action, kind, alias), " OR ") + ")"
	}
	parent := "of_" + r.via
	if c := a.within(w, level, action, r.via, parent); c != "" {
		return w.exists("SELECT 1 FROM " + realms[r.via].table + " " + parent + " WHERE " + parent + ".id = " + alias + "." + r.key + " AND " + c)
	}
	return ""
}

// reach lists the conditions of which one must hold for an owned record.
func (a *Access) reach(w *where, level Level, action Action, kind, alias string) []string {
	owner := alias + "." + realms[kind].owner
	ways := []string{w.number(owner+" = ?", a.UserID)}
	if level.reaches(LevelTeam) && len(a.Teams) > 0 {
		ways = append(ways, w.number(owner+" IN (SELECT user_id FROM team_members WHERE team_id IN ("+marks(len(a.Teams))+"))", sqldb.Anys(a.Teams)...))
	}
	if level.reaches(LevelTerritory) && len(a.Territories) > 0 {
		ways = append(ways, w.number(w.exists("SELECT 1 FROM record_territories rt WHERE rt.record_type = '"+kind+"' AND rt.record_id = "+alias+".id AND rt.territory_id IN ("+
			marks(len(a.Territories))+")"), sqldb.Anys(a.Territories)...))
	}
	if level.reaches(LevelUnit) && len(a.Units) > 0 {
		ways = append(ways, w.number(owner+" IN (SELECT user_id FROM user_units WHERE unit_id IN ("+marks(len(a.Units))+"))", sqldb.Anys(a.Units)...))
	}
	if action == ToRead {
		ways = append(ways, w.number(w.exists("SELECT 1 FROM participants tp WHERE tp.user_id = ? AND tp.record_type = '"+kind+"' AND tp.record_id = "+alias+".id"), a.UserID))
	}
	if action == ToRead || action == ToUpdate {
		writes := map[Action]string{ToUpdate: " AND sh.writes"}[action]
		ways = append(ways, w.number(w.exists("SELECT 1 FROM shares sh WHERE sh.record_type = '"+kind+"' AND sh.record_id = "+alias+".id AND sh.revoked_at = 0"+writes+
			" AND sh.subject_id IN ("+marks(1+len(a.Teams))+")"), append([]any{a.UserID}, sqldb.Anys(a.Teams)...)...))
	}
	return ways
}

// withinAbout is the condition of records that are about others: one's own, those of the people
// that the level names, and, where the level is all or it is only to be read, those about a record
// that one may read.
func (a *Access) withinAbout(w *where, level Level, action Action, kind, alias string) string {
	before := len(w.args)
	ways := a.reach(w, narrower(level, LevelUnit), action, kind, alias)
	if action != ToRead && level != LevelAll {
		return "(" + strings.Join(ways, " OR ") + ")"
	}
	seen := a.seen(w, alias, slices.Sorted(maps.Keys(recordTables)))
	if seen == "" && level == LevelAll {
		w.args = w.args[:before] // PostgreSQL refuses values that nothing uses
		return ""
	}
	if seen == "" {
		seen = "1=1"
	}
	return "(" + strings.Join(append(ways, seen), " OR ") + ")"
}

// seen is the condition that record_type and record_id, of a table or alias, name a record of one
// of these types that somebody may read; empty when they may read all.
func (a *Access) seen(w *where, alias string, kinds []string) string {
	return a.actsOn(w, ToRead, alias, kinds)
}

// actsOn is seen for any action.
func (a *Access) actsOn(w *where, action Action, alias string, kinds []string) string {
	before, free := len(w.args), true
	var ways []string
	for _, kind := range kinds {
		c := a.condition(w, action, kind, "of_"+kind)
		free = free && c == ""
		way := alias + ".record_type = '" + kind + "'"
		if c != "" {
			way = "(" + way + " AND " + w.exists("SELECT 1 FROM "+realms[kind].table+" of_"+kind+" WHERE of_"+kind+".id = "+alias+".record_id AND "+c) + ")"
		}
		ways = append(ways, way)
	}
	if free {
		w.args = w.args[:before]
		return ""
	}
	return "(" + strings.Join(ways, " OR ") + ")"
}

// narrower is the narrower of two levels.
func narrower(a, b Level) Level {
	if a.reaches(b) {
		return b
	}
	return a
}

// marks are the places of n values.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// Check refuses what somebody may not do with a record. One that they may not even see is
// ErrNotFound, another one Forbidden. Whether there is such a record it does not say of those who
// may do it with all.
func (a *Access) Check(ctx context.Context, q sqldb.Querier, action Action, kind, id string) error {
	ok, err := a.may(ctx, q, action, kind, id)
	if ok || err != nil {
		return err
	}
	if action != ToRead {
		if ok, err = a.may(ctx, q, ToRead, kind, id); err != nil {
			return err
		}
	}
	if !ok {
		return fmt.Errorf("load %s %s: %w", kind, id, ErrNotFound)
	}
	return a.forbid(ctx, q, action, kind, id)
}

// forbid is the error of somebody who may not do something with a record that they see.
func (a *Access) forbid(ctx context.Context, q sqldb.Querier, action Action, kind, id string) error {
	if realms[kind].table == "" {
		return a.refuse(action, kind, id, LevelAll)
	}
	s, err := placement(ctx, q, a, kind, id)
	if err != nil {
		return err
	}
	return a.refuse(action, kind, id, a.nearest(s))
}

// may says whether somebody may do something with a record.
func (a *Access) may(ctx context.Context, q sqldb.Querier, action Action, kind, id string) (bool, error) {
	r, ok := realms[kind]
	if !ok {
		return false, fmt.Errorf("%s %s %s: access to this type is not governed: add it to realms in crm/realm.go", action, kind, id)
	}
	if r.table == "" {
		return a.Level(action, kind) == LevelAll, nil
	}
	level := a.Level(action, kind)
	if r.part {
		kind, r = r.via, realms[r.via]
	}
	w := &where{}
	c := a.within(w, level, action, kind, r.table)
	if c == "" {
		return true, nil
	}
	w.add(c)
	w.add(r.table+".id = ?", id)
	var one int
	err := q.QueryRow(ctx, "SELECT 1 FROM "+r.table+w.sql(), w.args...).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("decide whether %s %s may be %s: %w", kind, id, action, err)
	}
	return true, nil
}

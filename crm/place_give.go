package crm

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A place in a team or a territory opens records to people. An opening says what it opens, and who
// reaches that anyway.
type opening struct {
	field  string   // that is to blame
	users  []string // to whom
	from   Level    // the narrowest with which a role makes use of it
	to     []Action // nil: all
	anyway func(Level) bool
}

// standings is where all people stand: loaded once, for whoever may not give any role.
type standings struct {
	access *Access // of who opens
	roles  map[string]Role
	of     map[string][]string // user → roles
	units  map[string]string   // user → unit, where it is not the company
}

// standingsFor loads them; nil: who opens may give people any role, and with it all there is.
func standingsFor(ctx context.Context, q sqldb.Querier, a *Access) (*standings, error) {
	if a.administers() {
		return nil, nil
	}
	s := &standings{access: a, roles: make(map[string]Role)}
	all, err := Roles(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		s.roles[r.Name] = r
	}
	if s.of, err = RolesOfUsers(ctx, q); err != nil {
		return nil, err
	}
	s.units, err = UnitsOfUsers(ctx, q)
	return s, err
}

// may refuses to open to people what who does it does not reach.
func (s *standings) may(o opening) error {
	seen := make(map[string]bool) // people with the same roles gain the same
	for _, user := range o.users {
		b := Access{UserID: user, Top: s.units[user] == ""}
		for _, name := range s.of[user] {
			b.Roles = append(b.Roles, s.roles[name])
		}
		key := fmt.Sprint(b.Top, roleNames(b.Roles))
		if seen[key] {
			continue
		}
		seen[key] = true
		for _, kind := range slices.Sorted(maps.Keys(realms)) {
			if realms[kind].table == "" {
				continue
			}
			for _, action := range realms[kind].actions {
				level := b.Level(action, kind)
				gains := level != LevelNone && level != LevelAll && level.reaches(o.from) && (o.to == nil || slices.Contains(o.to, action))
				if mine := s.access.Level(action, kind); gains && mine != LevelAll && !o.anyway(mine) {
					return invalid(o.field, "would give %s:%s on records where you do not have it: who may change both users and roles puts anybody anywhere", kind, action)
				}
			}
		}
	}
	return nil
}

// reach says with which level who opens reaches the records of some people.
func (s *standings) reach(ctx context.Context, q sqldb.Querier, people []string) (func(Level) bool, error) {
	a := s.access
	mates := map[string]bool{a.UserID: true}
	if len(a.Teams) > 0 {
		err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			mates[id] = true
			return err
		}, "SELECT user_id FROM team_members WHERE "+sqldb.In("team_id", 1, len(a.Teams)), sqldb.Anys(a.Teams)...)
		if err != nil {
			return nil, fmt.Errorf("load members of teams: %w", err)
		}
	}
	foreign := func(own func(string) bool) bool {
		return slices.ContainsFunc(people, func(id string) bool { return !own(id) })
	}
	notMates := foreign(func(id string) bool { return mates[id] })
	notBelow := foreign(func(id string) bool {
		return id == a.UserID || s.units[id] != "" && slices.Contains(a.Units, s.units[id])
	})
	return func(l Level) bool { return l.reaches(LevelTeam) && !notMates || l.reaches(LevelUnit) && !notBelow }, nil
}

// mayJoin refuses to put people into a team who would come to reach more by it than who does it: what
// its people own, those people what they own, what its territories have and what is shared with it.
func (t *Team) mayJoin(ctx context.Context, q sqldb.Querier, a *Access, before, after []string) error {
	added := slices.DeleteFunc(slices.Clone(after), func(id string) bool { return slices.Contains(before, id) })
	s, err := standingsFor(ctx, q, a)
	if err != nil || s == nil || len(added) == 0 {
		return err
	}
	o := opening{field: "members", users: added, from: LevelTeam}
	if len(after) > 1 {
		if o.anyway, err = s.reach(ctx, q, after); err == nil {
			err = s.may(o)
		}
		if err != nil {
			return err
		}
	}
	o.users = before
	if o.anyway, err = s.reach(ctx, q, added); err == nil {
		err = s.may(o)
	}
	if err != nil || t.ID == "" {
		return err
	}
	o.users, o.from = added, LevelTerritory
	works, err := sqldb.Strings(ctx, q, "SELECT territory_id FROM territory_members WHERE member_type = $1 AND member_id = $2", MemberTeam, t.ID)
	if err != nil {
		return fmt.Errorf("load territories of team %s: %w", t.ID, err)
	}
	if len(works) > 0 {
		o.anyway = a.worksIn(works)
		if err := s.may(o); err != nil {
			return err
		}
	}
	shared, err := sqldb.Strings(ctx, q, "SELECT id FROM shares WHERE subject_id = $1 AND revoked_at = 0 LIMIT 1", t.ID)
	if err != nil || len(shared) == 0 {
		return err
	}
	o.from, o.to = LevelOwn, []Action{ToRead, ToUpdate}
	o.anyway = func(l Level) bool { return l.reaches(LevelOwn) && slices.Contains(a.Teams, t.ID) }
	return s.may(o)
}

// worksIn says with which level somebody reaches what territories have.
func (a *Access) worksIn(territories []string) func(Level) bool {
	all := !slices.ContainsFunc(territories, func(id string) bool { return !slices.Contains(a.Territories, id) })
	return func(l Level) bool { return all && l.reaches(LevelTerritory) }
}

// never is what nobody reaches anyway.
func never(Level) bool { return false }

// mayWork refuses to open what a territory has to people who would reach more by it than who does it:
// to new members what it has, and where it may take more than before, that to all members, those of
// the territories below it included. was is nil for a new one.
func (t *Territory) mayWork(ctx context.Context, q sqldb.Querier, a *Access, all []Territory, was *Territory) error {
	s, err := standingsFor(ctx, q, a)
	if err != nil || s == nil {
		return err
	}
	o := opening{field: "members", from: LevelTerritory, anyway: a.worksIn([]string{t.ID})}
	members := t.Members
	if was == nil || was.Enabled != t.Enabled || was.ParentID != t.ParentID || auditText(was.Criteria) != auditText(t.Criteria) {
		o.field, o.anyway = "criteria", never
		for _, below := range belowTerritory(all, t.ID) {
			members = append(slices.Clone(members), below.Members...)
		}
	} else {
		members = slices.DeleteFunc(slices.Clone(members), func(m TerritoryMember) bool { return slices.Contains(was.Members, m) })
	}
	if o.users, err = usersAmong(ctx, q, members); err != nil {
		return err
	}
	return s.may(o)
}

// mayTake refuses to change what territories take for people who would reach more by it than who does it.
func mayTake(ctx context.Context, q sqldb.Querier, a *Access, field string, all []Territory) error {
	s, err := standingsFor(ctx, q, a)
	if err != nil || s == nil {
		return err
	}
	var members []TerritoryMember
	for i := range all {
		members = append(members, all[i].Members...)
	}
	users, err := usersAmong(ctx, q, members)
	if err != nil {
		return err
	}
	return s.may(opening{field: field, users: users, from: LevelTerritory, anyway: never})
}

// belowTerritory lists the territories below one.
func belowTerritory(all []Territory, id string) (below []Territory) {
	above := map[string]bool{id: id != ""}
	for range maxTreeDepth {
		for _, t := range all {
			if above[t.ParentID] && !above[t.ID] {
				above[t.ID], below = true, append(below, t)
			}
		}
	}
	return below
}

// usersAmong lists the people among members, those of teams included.
func usersAmong(ctx context.Context, q sqldb.Querier, members []TerritoryMember) (users []string, err error) {
	var teams []string
	for _, m := range members {
		if m.Type == MemberTeam {
			teams = append(teams, m.ID)
		} else {
			users = append(users, m.ID)
		}
	}
	for part := range chunks(teams) {
		some, err := sqldb.Strings(ctx, q, "SELECT user_id FROM team_members WHERE "+sqldb.In("team_id", 1, len(part)), sqldb.Anys(part)...)
		if err != nil {
			return nil, fmt.Errorf("load members of teams: %w", err)
		}
		users = append(users, some...)
	}
	slices.Sort(users)
	return slices.Compact(users), nil
}

package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Placement is all of a record that access to it depends on: whose it is, where it stands.
type Placement struct {
	Owner       string
	OwnerTeams  []string
	OwnerUnit   string // empty: none, which is the one at the top
	Territories []string
	Shares      []Sharing
	Takes       []Participation // those of the user in question
	About       *Placement      // of the record it is about; nil: it is about none
	AboutType   string
}

// An AccessWay is one in which a record is reached: a role, its grant, and what of the record
// matches it.
type AccessWay struct {
	Role  string `json:"role"`
	Level Level  `json:"level"`                                // that the role grants
	Match string `json:"match"`                                // own, team, territory, unit, all, share, participation, about
	With  string `json:"with"`                                 // the team, territory, unit or share, or how they took part
	Name  string `json:"name" doc:"What to show for it."`      // filled in by who shows it
	Grant string `json:"grant" doc:"TYPE:ACTION of the role."` // as it is written
}

// A Ruling says whether somebody may do something with a record, and why.
type Ruling struct {
	Allowed bool
	Reasons []AccessWay // every way there is; none when it is refused
	Needed  Level       // when it is refused: the narrowest level that would do
	Token   bool        // refused because the token has no such scope
}

// Decide applies the rules of access to one record. The SQL of Access.condition says the same of many.
func (a *Access) Decide(action Action, kind string, s *Placement) Ruling {
	if a.system {
		return Ruling{Allowed: true, Reasons: []AccessWay{{Match: string(LevelAll)}}}
	}
	var v Ruling
	for i := range a.Roles {
		r := &a.Roles[i]
		level := a.effective(r.level(action, kind), action, kind)
		for _, m := range a.matches(level, action, kind, s) {
			m.Role, m.Level, m.Grant = r.Name, level, kind+":"+string(action)
			v.Reasons = append(v.Reasons, m)
		}
	}
	v.Allowed = len(v.Reasons) > 0
	if v.Allowed && a.Level(action, kind) == LevelNone {
		return Ruling{Token: true, Needed: LevelOwn}
	}
	if !v.Allowed {
		v.Needed = a.nearest(s)
	}
	return v
}

// matches lists the ways in which a level reaches a record.
func (a *Access) matches(level Level, action Action, kind string, s *Placement) (all []AccessWay) {
	if level == LevelNone {
		return nil
	}
	about := realms[kind].about
	if level == LevelAll && !about {
		return []AccessWay{{Match: string(LevelAll)}}
	}
	all = a.places(narrower(level, LevelUnit), s)
	if action == ToRead || action == ToUpdate {
		for _, sh := range s.Shares {
			if (sh.SubjectID == a.UserID || slices.Contains(a.Teams, sh.SubjectID)) && (action == ToRead || sh.Writes) {
				all = append(all, AccessWay{Match: "share", With: sh.ID})
			}
		}
	}
	if action == ToRead {
		for _, p := range s.Takes {
			all = append(all, AccessWay{Match: "participation", With: p.How})
		}
	}
	if about && s.About != nil && (action == ToRead || level == LevelAll) && a.Decide(ToRead, s.AboutType, s.About).Allowed {
		all = append(all, AccessWay{Match: "about", With: s.AboutType})
	}
	return all
}

// places lists where a record stands that the level includes and the user stands too.
func (a *Access) places(level Level, s *Placement) (all []AccessWay) {
	if s.Owner == a.UserID {
		all = append(all, AccessWay{Match: string(LevelOwn)})
	}
	if level.reaches(LevelTeam) {
		for _, t := range s.OwnerTeams {
			if slices.Contains(a.Teams, t) {
				all = append(all, AccessWay{Match: string(LevelTeam), With: t})
			}
		}
	}
	if level.reaches(LevelTerritory) {
		for _, t := range s.Territories {
			if slices.Contains(a.Territories, t) {
				all = append(all, AccessWay{Match: string(LevelTerritory), With: t})
			}
		}
	}
	if level.reaches(LevelUnit) && s.OwnerUnit != "" && slices.Contains(a.Units, s.OwnerUnit) {
		all = append(all, AccessWay{Match: string(LevelUnit), With: s.OwnerUnit})
	}
	return all
}

// nearest is the narrowest level that reaches a record from where the user stands.
func (a *Access) nearest(s *Placement) Level {
	if a == nil {
		return LevelAll
	}
	for _, l := range Levels[1:] {
		if len(a.places(l, s)) > 0 {
			return l
		}
	}
	return LevelAll
}

// Explain says why somebody may, or may not, do something with a record.
func Explain(ctx context.Context, q sqldb.Querier, a *Access, action Action, kind, id string) (Ruling, error) {
	if !Governs(action, kind) {
		return Ruling{}, invalid("action", "nothing can be done to records of type %q that is called %q: GET /access/types lists what there is", kind, action)
	}
	if realms[kind].table == "" {
		return a.Decide(action, kind, &Placement{}), nil
	}
	s, err := placement(ctx, q, a, kind, id)
	if err != nil {
		return Ruling{}, err
	}
	return a.Decide(action, kind, s), nil
}

// standing loads what access to a record depends on. A record that another one decides about
// stands where that one does.
func placement(ctx context.Context, q sqldb.Querier, a *Access, kind, id string) (*Placement, error) {
	r := realms[kind]
	for r.via != "" {
		if !r.part {
			var parent string
			if err := oneOf(ctx, q, kind, id, "SELECT "+r.key+" FROM "+r.table+" WHERE id = $1", &parent); err != nil {
				return nil, err
			}
			id = parent
		}
		kind, r = r.via, realms[r.via]
	}
	s := &Placement{}
	if err := oneOf(ctx, q, kind, id, "SELECT "+r.owner+" FROM "+r.table+" WHERE id = $1", &s.Owner); err != nil {
		return nil, err
	}
	if err := s.load(ctx, q, a, kind, id); err != nil {
		return nil, fmt.Errorf("load access to %s %s: %w", kind, id, err)
	}
	if !r.about {
		return s, nil
	}
	var about string
	err := q.QueryRow(ctx, "SELECT record_type, record_id FROM "+r.table+" WHERE id = $1", id).Scan(&s.AboutType, &about)
	if err != nil {
		return nil, fmt.Errorf("load access to %s %s: %w", kind, id, err)
	}
	s.About, err = placement(ctx, q, a, s.AboutType, about)
	if errors.Is(err, ErrNotFound) { // it was deleted
		s.About, err = nil, nil
	}
	return s, err
}

func oneOf(ctx context.Context, q sqldb.Querier, kind, id, query string, into *string) error {
	err := q.QueryRow(ctx, query, id).Scan(into)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("load %s %s: %w", kind, id, ErrNotFound)
	}
	return err
}

func (s *Placement) load(ctx context.Context, q sqldb.Querier, a *Access, kind, id string) (err error) {
	if s.Owner != "" {
		if s.OwnerTeams, err = sqldb.Strings(ctx, q, "SELECT team_id FROM team_members WHERE user_id = $1 ORDER BY team_id", s.Owner); err != nil {
			return err
		}
		units, err := sqldb.Strings(ctx, q, "SELECT unit_id FROM user_units WHERE user_id = $1", s.Owner)
		if err != nil {
			return err
		}
		if len(units) > 0 {
			s.OwnerUnit = units[0]
		}
	}
	if s.Territories, err = sqldb.Strings(ctx, q, "SELECT territory_id FROM record_territories WHERE record_type = $1 AND record_id = $2 ORDER BY rank", kind, id); err != nil {
		return err
	}
	if s.Shares, err = sharesOf(ctx, q, kind, id); err != nil {
		return err
	}
	taking, err := Participants(ctx, q, kind, id)
	for _, p := range taking {
		if p.UserID == a.UserID {
			s.Takes = append(s.Takes, p)
		}
	}
	return err
}

// PlaceNames tells what to show for the teams, units and territories that an AccessWay names, by id.
func PlaceNames(ctx context.Context, q sqldb.Querier) (map[string]string, error) {
	rows, err := q.Query(ctx, "SELECT id, name FROM teams UNION ALL SELECT id, name FROM units UNION ALL SELECT id, name FROM territories")
	if err != nil {
		return nil, fmt.Errorf("load names of teams, units and territories: %w", err)
	}
	defer rows.Close()
	names := make(map[string]string)
	for rows.Next() {
		var id, name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, fmt.Errorf("load names of teams, units and territories: %w", err)
		}
		names[id] = name
	}
	return names, rows.Err()
}

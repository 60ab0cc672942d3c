package crm

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/groundswell/groundswell/internal/sqldb"
)

var territories = table[Territory, *Territory]{kind: RecordTerritory, name: "territories", columns: []string{"name", "parent_id", "priority", "enabled", "criteria"},
	bind: func(t *Territory) []any {
		return []any{&t.Name, &t.ParentID, &t.Priority, &t.Enabled, jsonColumn{&t.Criteria}}
	}}

// Territories lists all with their members, by name.
func Territories(ctx context.Context, q sqldb.Querier) ([]Territory, error) {
	all, err := territories.find(ctx, q, "ORDER BY name")
	if err != nil {
		return nil, err
	}
	members, err := membersOf(ctx, q, "")
	for i := range all {
		all[i].Members = members[all[i].ID]
	}
	return all, err
}

// TerritoryByID loads a territory with its members.
func TerritoryByID(ctx context.Context, q sqldb.Querier, id string) (Territory, error) {
	return territoryByID(ctx, q, id, 0)
}

func territoryByID(ctx context.Context, q sqldb.Querier, id string, version int64) (Territory, error) {
	t, err := territories.byID(ctx, q, System(), id, version)
	if err != nil {
		return t, err
	}
	members, err := membersOf(ctx, q, id)
	t.Members = members[id]
	return t, err
}

// membersOf loads the members of one territory, or of all.
func membersOf(ctx context.Context, q sqldb.Querier, id string) (map[string][]TerritoryMember, error) {
	w := &where{}
	if id != "" {
		w.add("territory_id = ?", id)
	}
	rows, err := q.Query(ctx, "SELECT territory_id, member_type, member_id FROM territory_members"+w.sql()+" ORDER BY territory_id, member_type, member_id", w.args...)
	if err != nil {
		return nil, fmt.Errorf("load members of territories: %w", err)
	}
	defer rows.Close()
	all := make(map[string][]TerritoryMember)
	for rows.Next() {
		var id string
		var m TerritoryMember
		if err := rows.Scan(&id, &m.Type, &m.ID); err != nil {
			return nil, fmt.Errorf("load members of territories: %w", err)
		}
		all[id] = append(all[id], m)
	}
	return all, rows.Err()
}

// inForce loads what a plan is made of.
func inForce(ctx context.Context, q sqldb.Querier) (dims []Dimension, all []Territory, err error) {
	if all, err = Territories(ctx, q); err != nil {
		return nil, nil, err
	}
	dims, err = Dimensions(ctx, q)
	return dims, all, err
}

// SaveTerritory saves a new or a changed territory; its version is the one that was loaded. Records
// are assigned anew in the background. What is odd about it is for TerritoryProblems to say.
func SaveTerritory(ctx context.Context, tx *sqldb.Tx, ch Change, t Territory) (Territory, error) {
	if err := holdDrafts(ctx, tx); err != nil {
		return Territory{}, err
	}
	dims, all, err := inForce(ctx, tx)
	if err != nil {
		return Territory{}, err
	}
	if err := t.check(); err != nil {
		return Territory{}, err
	}
	if err := checkMembers(ctx, tx, t.Members); err != nil {
		return Territory{}, err
	}
	if t.ID == "" && len(all) >= maxTerritories {
		return Territory{}, invalid("name", "would be the %dth territory: at most %d", len(all)+1, maxTerritories)
	}
	if slices.ContainsFunc(all, func(o Territory) bool { return o.Name == t.Name && o.ID != t.ID }) {
		return Territory{}, invalid("name", "%q is the name of another territory", t.Name)
	}
	if _, err := NewTerritoryPlan(dims, withTerritory(all, t)); err != nil {
		return Territory{}, err
	}
	i := slices.IndexFunc(all, func(o Territory) bool { return o.ID == t.ID })
	var was *Territory
	if i >= 0 {
		was = &all[i]
	}
	if err := t.mayWork(ctx, tx, ch.Access, all, was); err != nil {
		return Territory{}, err
	}
	if t.ID == "" || i < 0 {
		members := t.Members
		if t.ID != "" {
			return Territory{}, fmt.Errorf("save territory %s: %w", t.ID, ErrNotFound)
		}
		if err := territories.create(ctx, tx, ch, &t); err != nil {
			return Territory{}, err
		}
		if err := setMembers(ctx, tx, t.ID, members); err != nil {
			return Territory{}, err
		}
	} else {
		if t.Version != 0 && all[i].Version != t.Version {
			return Territory{}, fmt.Errorf("save territory %s: %w", t.ID, ErrConflict)
		}
		if err := territories.save(ctx, tx, ch, "update", &all[i], &t); err != nil {
			return Territory{}, err
		}
		if err := setMembers(ctx, tx, t.ID, t.Members); err != nil {
			return Territory{}, err
		}
	}
	return t, requestAssignment(ctx, tx, ch)
}

// checkMembers refuses people and teams that are not there.
func checkMembers(ctx context.Context, q sqldb.Querier, members []TerritoryMember) error {
	names, err := takerNames(ctx, q)
	if err != nil {
		return err
	}
	for i, m := range members {
		if names[m.Type+m.ID] == "" {
			return invalid(fmt.Sprintf("members[%d]", i), "there is no %s %q", m.Type, m.ID)
		}
	}
	return nil
}

// withTerritory is all territories as they were if one was saved.
func withTerritory(all []Territory, t Territory) []Territory {
	next := slices.Clone(all)
	if i := slices.IndexFunc(next, func(o Territory) bool { return o.ID == t.ID }); i >= 0 && t.ID != "" {
		next[i] = t
		return next
	}
	return append(next, t)
}

func setMembers(ctx context.Context, tx *sqldb.Tx, id string, members []TerritoryMember) error {
	if _, err := tx.Exec(ctx, "DELETE FROM territory_members WHERE territory_id = $1", id); err != nil {
		return fmt.Errorf("set members of territory %s: %w", id, err)
	}
	rows := make([][]any, len(members))
	for i, m := range members {
		rows[i] = []any{id, m.Type, m.ID}
	}
	key := []string{"territory_id", "member_type", "member_id"}
	_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "territory_members", Columns: key, Key: key}, rows)
	return err
}

// plans keeps what was made ready last, by its stamp, which is unique to the versions it was made of.
var plans struct {
	sync.Mutex
	last *TerritoryPlan
}

// planOf loads all territories and dimensions; nil when no territory is enabled and none ever was.
func planOf(ctx context.Context, q sqldb.Querier) (*TerritoryPlan, error) {
	stamp, err := planStamp(ctx, q)
	if err != nil || !strings.Contains(stamp, "t:") {
		return nil, err
	}
	plans.Lock()
	p := plans.last
	plans.Unlock()
	if p != nil && p.stamp == stamp {
		return p, nil
	}
	dims, all, err := inForce(ctx, q)
	if err != nil {
		return nil, err
	}
	if p, err = NewTerritoryPlan(dims, all); err != nil {
		return nil, err
	}
	p.stamp = stamp
	plans.Lock()
	plans.last = p
	plans.Unlock()
	return p, nil
}

// planStamp names the versions of all dimensions and territories.
func planStamp(ctx context.Context, q sqldb.Querier) (string, error) {
	rows, err := q.Query(ctx, "SELECT 'd', id, version FROM dimensions UNION ALL SELECT 't', id, version FROM territories ORDER BY 2")
	if err != nil {
		return "", fmt.Errorf("load territories: %w", err)
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var kind, id string
		var version int64
		if err := rows.Scan(&kind, &id, &version); err != nil {
			return "", fmt.Errorf("load territories: %w", err)
		}
		b.WriteString(kind + ":" + id + ":" + strconv.FormatInt(version, 10) + " ")
	}
	return b.String(), rows.Err()
}

// A TerritorySize is how many records of each type a territory has as its primary one, and how many
// it owns with another.
type TerritorySize struct {
	Primary map[string]int64 `json:"primary"`
	Shared  map[string]int64 `json:"shared"`
}

// TerritorySizes counts the records of all territories.
func TerritorySizes(ctx context.Context, q sqldb.Querier) (map[string]TerritorySize, error) {
	rows, err := q.Query(ctx, `SELECT territory_id, record_type, sum(CASE WHEN rank = 1 THEN 1 ELSE 0 END), sum(CASE WHEN rank > 1 THEN 1 ELSE 0 END)
		FROM record_territories GROUP BY territory_id, record_type`)
	if err != nil {
		return nil, fmt.Errorf("count records of territories: %w", err)
	}
	defer rows.Close()
	all := make(map[string]TerritorySize)
	for rows.Next() {
		var id, kind string
		var primary, shared int64
		if err := rows.Scan(&id, &kind, &primary, &shared); err != nil {
			return nil, fmt.Errorf("count records of territories: %w", err)
		}
		s, ok := all[id]
		if !ok {
			s = TerritorySize{map[string]int64{}, map[string]int64{}}
			all[id] = s
		}
		s.Primary[kind], s.Shared[kind] = primary, shared
	}
	return all, rows.Err()
}

// TerritoryProblems say what is odd about a territory that can be saved nevertheless. settled says
// that all records have been assigned since the last change.
func TerritoryProblems(t *Territory, size TerritorySize, settled bool) []string {
	var all []string
	if len(t.Criteria) == 0 && t.ParentID == "" {
		all = append(all, "It has no criteria: it takes every record, and nothing stays in the queue.")
	}
	if len(t.Members) == 0 {
		all = append(all, "Nobody works in it: add people or teams.")
	}
	if !t.Enabled {
		all = append(all, "It is switched off: it takes nothing.")
	} else if settled && len(size.Primary)+len(size.Shared) == 0 {
		all = append(all, "It matches no record there is: look at what its values match, and whether the fields that the dimension reads are filled in.")
	}
	return all
}

package crm

import (
	"context"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Team is people who work together, whatever units they are in. Somebody may be in several.
type Team struct {
	Meta
	Name    string   `json:"name"`
	Members []string `json:"members"` // ids of users

	ManagerID string `json:"manager_id"` // is told of what its people let wait; empty: nobody
}

func (t *Team) check() error {
	if t.Name = tidy(t.Name); t.Name == "" {
		return invalid("name", "is empty: a team needs one")
	}
	return checkText("name", t.Name, maxName)
}

var teams = table[Team, *Team]{kind: TypeTeam, name: "teams", columns: []string{"name", "manager_id"},
	bind: func(t *Team) []any { return []any{&t.Name, &t.ManagerID} }}

// Teams lists all teams with their members, by name.
func Teams(ctx context.Context, q sqldb.Querier) ([]Team, error) {
	all, err := teams.find(ctx, q, "ORDER BY name")
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, "SELECT team_id, user_id FROM team_members ORDER BY user_id")
	if err != nil {
		return nil, fmt.Errorf("load members of teams: %w", err)
	}
	defer rows.Close()
	members := make(map[string][]string)
	for rows.Next() {
		var team, user string
		if err := rows.Scan(&team, &user); err != nil {
			return nil, fmt.Errorf("load members of teams: %w", err)
		}
		members[team] = append(members[team], user)
	}
	for i := range all {
		all[i].Members = slices.Concat([]string{}, members[all[i].ID])
	}
	return all, rows.Err()
}

// SaveTeam saves a team with exactly these members: a new one without an id, or a changed one with
// the version that was loaded.
func SaveTeam(ctx context.Context, tx *sqldb.Tx, ch Change, t Team) (Team, error) {
	ch, members := ch.Begin(), slices.Compact(slices.Sorted(slices.Values(t.Members)))
	for _, m := range members {
		if err := checkUser(ctx, tx, "members", m); err != nil {
			return t, err
		}
	}
	if err := checkManager(ctx, tx, t.ManagerID); err != nil {
		return t, err
	}
	before, err := sqldb.Strings(ctx, tx, "SELECT user_id FROM team_members WHERE team_id = $1 ORDER BY user_id", t.ID)
	if err != nil {
		return t, fmt.Errorf("load members of team %s: %w", t.ID, err)
	}
	if err := t.mayJoin(ctx, tx, ch.Access, before, members); err != nil {
		return t, err
	}
	if err := teams.put(ctx, tx, ch, &t); err != nil {
		return t, err
	}
	t.Members = slices.Concat([]string{}, members)
	if slices.Equal(before, members) {
		return t, nil
	}
	if _, err := tx.Exec(ctx, "DELETE FROM team_members WHERE team_id = $1", t.ID); err != nil {
		return t, fmt.Errorf("save members of team %s: %w", t.ID, err)
	}
	rows := make([][]any, len(members))
	for i, m := range members {
		rows[i] = []any{t.ID, m}
	}
	if _, err := tx.InsertNew(ctx, sqldb.Insert{Table: "team_members", Key: []string{"team_id", "user_id"}, Columns: []string{"team_id", "user_id"}}, rows); err != nil {
		return t, err
	}
	return t, record(ctx, tx, ch, changedRecord{action: "set-members", kind: TypeTeam, id: t.ID, before: before, after: members})
}

// DeleteTeam removes a team. What was shared with it is shared no longer.
func DeleteTeam(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64) error {
	t, err := teams.byID(ctx, tx, ch.Access, id, version)
	if err != nil {
		return err
	}
	if err := ch.Access.Check(ctx, tx, ToDelete, TypeTeam, id); err != nil {
		return err
	}
	if err := endShares(ctx, tx, ch, "subject_id = $3", id); err != nil {
		return err
	}
	for _, query := range []string{"DELETE FROM team_members WHERE team_id = $1",
		"DELETE FROM territory_members WHERE member_type = 'team' AND member_id = $1", "DELETE FROM teams WHERE id = $1"} {
		if _, err := tx.Exec(ctx, query, id); err != nil {
			return fmt.Errorf("delete team %s: %w", id, err)
		}
	}
	return record(ctx, tx, ch, changedRecord{action: "delete", kind: TypeTeam, id: id, before: t})
}

// checkUser refuses the id of a user who is not there.
func checkUser(ctx context.Context, q sqldb.Querier, field, id string) error {
	found, err := sqldb.Strings(ctx, q, "SELECT id FROM users WHERE id = $1", id)
	if err != nil {
		return fmt.Errorf("load user %s: %w", id, err)
	}
	if len(found) == 0 {
		return invalid(field, "there is no user %q", id)
	}
	return nil
}

// checkManager refuses as manager who is not there; there may be none.
func checkManager(ctx context.Context, q sqldb.Querier, id string) error {
	if id == "" {
		return nil
	}
	return checkUser(ctx, q, "manager_id", id)
}

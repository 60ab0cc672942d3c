package crm

import (
	"context"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// Kinds of what is handed over that are somebody's place in something.
const (
	kindTeamMember      = "team_member"
	kindTerritoryMember = "territory_member"
)

// alreadyIn is what became of a place whose receiver had one: it ended, and theirs stays when it is
// given back.
const alreadyIn = "already in"

// replaced puts somebody in the place of somebody else.
func (g *giving) replaced(members []string) (after []string, became string) {
	after = slices.DeleteFunc(slices.Clone(members), func(id string) bool { return id == g.from && g.became != alreadyIn })
	if slices.Contains(after, g.to) {
		return after, alreadyIn
	}
	return append(after, g.to), ""
}

// giveTeam has somebody be in a team in place of another one.
func giveTeam(ctx context.Context, tx *sqldb.Tx, ch Change, g giving) (became string, err error) {
	t, err := teams.forChange(ctx, tx, ch, g.id, 0)
	if err != nil {
		return "", err
	}
	members, err := sqldb.Strings(ctx, tx, "SELECT user_id FROM team_members WHERE team_id = $1 ORDER BY user_id", g.id)
	if err != nil {
		return "", fmt.Errorf("load members of team %s: %w", g.id, err)
	}
	t.Members, became = g.replaced(members)
	_, err = SaveTeam(ctx, tx, ch, t)
	return became, err
}

// giveTerritory has somebody work in a territory in place of another one.
func giveTerritory(ctx context.Context, tx *sqldb.Tx, ch Change, g giving) (became string, err error) {
	t, err := territories.forChange(ctx, tx, ch, g.id, 0)
	if err != nil {
		return "", err
	}
	all, err := membersOf(ctx, tx, g.id)
	if err != nil {
		return "", err
	}
	var people []string
	t.Members = slices.DeleteFunc(all[g.id], func(m TerritoryMember) bool {
		if m.Type == "user" {
			people = append(people, m.ID)
		}
		return m.Type == "user"
	})
	people, became = g.replaced(people)
	for _, id := range people {
		t.Members = append(t.Members, TerritoryMember{Type: "user", ID: id})
	}
	_, err = SaveTerritory(ctx, tx, ch, t)
	return became, err
}

package crm

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// ofTeam is the condition of what counts for a team: its own credit, and that of people who were in it
// when they were credited. Both values are the team's id; the entries go by a name.
func ofTeam(entries string) string {
	return fmt.Sprintf("(%[1]s.taker_type = 'team' AND %[1]s.taker_id = ? OR %[1]s.id IN (SELECT entry_id FROM credit_teams WHERE team_id = ?))", entries)
}

// keepTeams notes with new entries the teams of the people who get them: those of today, or those that
// a corrected entry has, so that a team loses what it got and nothing else.
func keepTeams(ctx context.Context, tx *sqldb.Tx, all []CreditEntry) error {
	var people, corrected []string
	for _, e := range all {
		switch {
		case e.TakerType != TakerUser:
		case e.corrects != "":
			corrected = append(corrected, e.corrects)
		default:
			people = append(people, e.TakerID)
		}
	}
	today, err := teamsBy(ctx, tx, "SELECT user_id, team_id FROM team_members", "user_id", people)
	if err != nil {
		return err
	}
	then, err := teamsBy(ctx, tx, "SELECT entry_id, team_id FROM credit_teams", "entry_id", corrected)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, e := range all {
		teams := today[e.TakerID]
		switch {
		case e.TakerType != TakerUser:
			continue
		case e.corrects != "":
			teams = then[e.corrects]
		}
		for _, team := range teams {
			rows = append(rows, []any{team, e.ID})
		}
	}
	key := []string{"team_id", "entry_id"}
	_, err = tx.InsertNew(ctx, sqldb.Insert{Table: "credit_teams", Key: key, Columns: key}, rows)
	return err
}

// teamsBy reads the teams of people, or of entries, by their ids.
func teamsBy(ctx context.Context, q sqldb.Querier, query, column string, ids []string) (map[string][]string, error) {
	all := make(map[string][]string)
	for part := range chunks(slices.Compact(slices.Sorted(slices.Values(ids)))) {
		err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
			var id, team string
			err := rows.Scan(&id, &team)
			all[id] = append(all[id], team)
			return err
		}, query+" WHERE "+sqldb.In(column, 1, len(part)), sqldb.Anys(part)...)
		if err != nil {
			return nil, fmt.Errorf("load teams: %w", err)
		}
	}
	return all, nil
}

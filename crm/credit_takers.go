package crm

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// leadAndMerged is the lead $2 with all that became part of it: who worked on one of them worked on it.
const leadAndMerged = `(WITH RECURSIVE merged (id) AS (SELECT CAST($2 AS text) UNION SELECT m.loser_id FROM record_merges m
	JOIN merged ON m.winner_id = merged.id WHERE m.record_type = 'lead' AND m.unmerged_at = 0) SELECT id FROM merged)`

// takersOf are those who took part in an opportunity and in its lead, by the way they did.
func takersOf(ctx context.Context, q sqldb.Querier, opportunityID string, now time.Time) (map[string][]CreditTaker, Facts, error) {
	o, err := OpportunityByID(ctx, q, System(), opportunityID)
	if err != nil {
		return nil, Facts{}, err
	}
	f, err := factsOf(ctx, q, &o, o.ProcessID, now)
	if err != nil {
		return nil, Facts{}, err
	}
	all := make(map[string][]CreditTaker)
	if l := &f.Lead; l.ID != "" {
		source := cmp.Or(l.Source, "hand")
		if l.MonitorID != "" {
			source += ":" + l.MonitorID
		}
		all["source"] = []CreditTaker{{Type: TakerSource, ID: source, Weight: 1}}
	}
	if o.OwnerID != "" {
		all["owner"] = []CreditTaker{{Type: TakerUser, ID: o.OwnerID, Weight: 1}}
	}
	for way, query := range map[string]string{
		"lead":       "SELECT actor, count(*) FROM audit WHERE record_type = 'lead' AND record_id IN " + leadAndMerged + " AND $1 <> '' AND action IN ('create', 'move', 'update') GROUP BY actor ORDER BY actor",
		"activities": "SELECT owner_id, count(*) FROM activities WHERE done_at > 0 AND owner_id <> '' AND (record_id = $1 OR record_id = $2 AND $2 <> '') GROUP BY owner_id ORDER BY owner_id",
		"quotes": `SELECT actor, 1 FROM audit WHERE record_type = 'quote' AND $2 = $2 AND action IN ('create', 'send')
			AND record_id IN (SELECT id FROM quotes WHERE opportunity_id = $1) GROUP BY actor ORDER BY actor`,
		"approvals": "SELECT user_id, 1 FROM approvals WHERE opportunity_id = $1 AND $2 = $2 GROUP BY user_id ORDER BY user_id",
		"joined":    "SELECT user_id, 1 FROM participants WHERE how = 'joined' AND (record_type = 'opportunity' AND record_id = $1 OR record_type = 'lead' AND record_id IN " + leadAndMerged + ") GROUP BY user_id ORDER BY user_id",
	} {
		if all[way], err = weighed(ctx, q, query, o.ID, o.LeadID); err != nil {
			return nil, f, fmt.Errorf("load who took part in opportunity %s: %w", o.ID, err)
		}
	}
	teams, err := sqldb.Strings(ctx, q, "SELECT team_id FROM team_members WHERE user_id = $1 ORDER BY team_id", o.OwnerID)
	if err != nil {
		return nil, f, fmt.Errorf("load teams: %w", err)
	}
	for _, id := range teams {
		all["team"] = append(all["team"], CreditTaker{Type: TakerTeam, ID: id, Weight: 1})
	}
	if err := takersOfTerritories(ctx, q, o.ID, all); err != nil {
		return nil, f, err
	}
	return all, f, withRoles(ctx, q, all)
}

// weighed reads people and how often they took part; Groundswell itself takes part in nothing.
func weighed(ctx context.Context, q sqldb.Querier, query string, args ...any) ([]CreditTaker, error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []CreditTaker
	for rows.Next() {
		t := CreditTaker{Type: TakerUser}
		if err := rows.Scan(&t.ID, &t.Weight); err != nil {
			return nil, err
		}
		if isHuman(t.ID) {
			all = append(all, t)
		}
	}
	return all, rows.Err()
}

func takersOfTerritories(ctx context.Context, q sqldb.Querier, opportunityID string, all map[string][]CreditTaker) error {
	of, err := RecordTerritories(ctx, q, RecordOpportunity, []string{opportunityID})
	if err != nil {
		return err
	}
	members, err := membersOf(ctx, q, "")
	if err != nil {
		return err
	}
	for i, a := range of[opportunityID] {
		way := "territory"
		if i > 0 {
			way = "territories"
		}
		for _, m := range members[a.TerritoryID] {
			t := CreditTaker{Type: m.Type, ID: m.ID, Weight: 1}
			if !slices.ContainsFunc(all[way], func(o CreditTaker) bool { return o.Type == t.Type && o.ID == t.ID }) {
				all[way] = append(all[way], t)
			}
		}
	}
	return nil
}

// withRoles notes the roles of all people.
func withRoles(ctx context.Context, q sqldb.Querier, all map[string][]CreditTaker) error {
	roles := make(map[string][]string)
	for _, takers := range all {
		for i := range takers {
			t := &takers[i]
			if t.Type != TakerUser {
				continue
			}
			known, ok := roles[t.ID]
			if !ok {
				var err error
				if known, err = RolesOf(ctx, q, t.ID); err != nil {
					return err
				}
				roles[t.ID] = known
			}
			t.Roles = known
		}
	}
	return nil
}

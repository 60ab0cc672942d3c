package crm

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A ViewOwner is somebody, or a team, that a record belongs to in one way or another.
type ViewOwner struct {
	Type string `json:"type"` // user, team
	ID   string `json:"id"`
	Name string `json:"name"`
	How  string `json:"how"`  // owner, territory, team, share, sales
	Of   string `json:"of"`   // the name of the territory; else empty
	Rank int64  `json:"rank"` // of the territory: 1 is the primary one, the others are co-owners; else 0
}

// How a record belongs to somebody.
const (
	OwnsRecord    = "owner"     // it is theirs
	OwnsTerritory = "territory" // they work in a territory that takes it
	OwnsTeam      = "team"      // a team of the owner
	OwnsShare     = "share"     // it is shared with them
	OwnsSales     = "sales"     // they own what is open of its opportunities
)

const maxOwners = 100 // of each kind

// gatherOwners tells whom the record belongs to: the owner first, then who works in its territories,
// the primary one first, the owner's teams, those it is shared with, and who works on what is open.
func (v *View360) gatherOwners(ctx context.Context, q sqldb.Querier, s *scope, of viewed, by Viewer) error {
	names, err := takerNames(ctx, q)
	if err != nil {
		return err
	}
	add := func(o ViewOwner) {
		if o.Name = names[o.Type+o.ID]; o.Name == "" {
			o.Name = o.ID
		}
		v.Owners = append(v.Owners, o)
	}
	if of.owner != "" {
		add(ViewOwner{Type: "user", ID: of.owner, How: OwnsRecord})
	}
	open := s.either("opportunities")
	open.add("state = 'open'")
	open.add("owner_id <> ''")
	open.readable(by.Access, RecordOpportunity, "opportunities")
	for _, from := range []struct {
		how, query string
		args       []any
	}{
		{OwnsTerritory, `SELECT m.member_type, m.member_id, t.name, r.rank FROM record_territories r JOIN territories t ON t.id = r.territory_id
			JOIN territory_members m ON m.territory_id = t.id WHERE r.record_type = $1 AND r.record_id = $2 ORDER BY r.rank, t.name, m.member_type, m.member_id`, []any{of.kind, of.id}},
		{OwnsTeam, "SELECT 'team', team_id, '', 0 FROM team_members WHERE user_id = $1 AND user_id <> '' ORDER BY team_id", []any{of.owner}},
		{OwnsShare, "SELECT subject_type, subject_id, '', 0 FROM shares WHERE record_type = $1 AND record_id = $2 AND revoked_at = 0 ORDER BY id", []any{of.kind, of.id}},
		{OwnsSales, "SELECT DISTINCT 'user', owner_id, '', 0 FROM opportunities" + open.sql() + " ORDER BY owner_id", open.args},
	} {
		err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
			o := ViewOwner{How: from.how}
			err := rows.Scan(&o.Type, &o.ID, &o.Of, &o.Rank)
			add(o)
			return err
		}, from.query+fmt.Sprintf(" LIMIT %d", maxOwners), from.args...)
		if err != nil {
			return fmt.Errorf("load whom %s %s belongs to: %w", of.kind, of.id, err)
		}
	}
	return nil
}

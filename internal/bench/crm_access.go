package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/web"
)

const (
	benchReps        = 20
	benchTerritories = 10
	benchTeam        = 3  // of the first representatives
	newcomerShare    = 40 // records of each type that the newcomer owns, at most
)

// A viewer is somebody who looks, with what they may see.
type viewer struct {
	name  string
	id    string // of the user
	token string
	every int // they may open every so-manieth contact, from the first on
}

func repName(i int) string { return fmt.Sprintf("rep%02d", i+1) }

// makeUsers makes who works in the company and who looks: an administrator, who sees all; a manager,
// who sees what the people of their unit own, half of all; twenty representatives, of whom the first
// sees a tenth by territory and what a team of three owns; and a newcomer, who sees what they own, a
// few records among a million.
func (r *crmRun) makeUsers(ctx context.Context) error {
	w := &r.world
	names := map[string]string{"administrator": "administrator", "manager": "sales-manager", "newcomer": "sales-rep"}
	order := []string{"administrator", "manager", "newcomer"}
	for i := range benchReps {
		order = append(order, repName(i))
	}
	ids := make(map[string]string)
	for _, name := range order {
		role := names[name]
		if role == "" {
			role = "sales-rep"
		}
		if !r.Reuse {
			if err := web.AddUser(ctx, r.db, name, fmt.Sprintf("bench %x", r.random.Uint64()), r.start, role); err != nil {
				return err
			}
		}
		var id string
		if err := r.db.QueryRow(ctx, "SELECT id FROM users WHERE name = $1", name).Scan(&id); err != nil {
			return fmt.Errorf("load user %s: %w", name, err)
		}
		ids[name] = id
	}
	for i := range benchReps {
		w.reps = append(w.reps, ids[repName(i)])
	}
	w.newcomer = ids["newcomer"]
	if !r.Reuse {
		if err := r.makeUnits(ctx, ids["manager"]); err != nil {
			return err
		}
	}
	for _, v := range []viewer{{name: repName(0), every: benchTerritories}, {name: "newcomer"}, {name: "manager", every: 2}, {name: "administrator", every: 1}} {
		var err error
		v.id = ids[v.name]
		if v.token, err = web.AddToken(ctx, r.db, v.name, fmt.Sprintf("bench %d", time.Now().UnixNano()), time.Time{}, time.Now()); err != nil {
			return err
		}
		w.viewers = append(w.viewers, v)
	}
	return nil
}

// makeUnits puts every other representative into the manager's unit, and the first ones into a team.
func (r *crmRun) makeUnits(ctx context.Context, manager string) error {
	w := &r.world
	return r.inBatches(ctx, "units", 1, 1, func(tx *sqldb.Tx, _, _ int) error {
		now := r.start.UnixMilli()
		if _, err := tx.Exec(ctx, "INSERT INTO units (id, version, created_at, updated_at, name, parent_id) VALUES ('bench-unit', 1, $1, $1, 'Bench', 'company')", now); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "INSERT INTO teams (id, version, created_at, updated_at, name) VALUES ('bench-team', 1, $1, $1, 'Bench')", now); err != nil {
			return err
		}
		within := [][]any{{manager, "bench-unit"}, {w.newcomer, "bench-unit"}}
		var team [][]any
		for i, rep := range w.reps {
			if i%2 == 0 {
				within = append(within, []any{rep, "bench-unit"})
			}
			if i < benchTeam {
				team = append(team, []any{"bench-team", rep})
			}
		}
		if err := tx.ExecMany(ctx, "INSERT INTO user_units (user_id, unit_id) VALUES ($1, $2)", within); err != nil {
			return err
		}
		return tx.ExecMany(ctx, "INSERT INTO team_members (team_id, user_id) VALUES ($1, $2)", team)
	})
}

// ownerOf is who owns the i-th of n records of a type.
func (w *crmWorld) ownerOf(i, n int) string {
	if i%newcomers(n) == 1 {
		return w.newcomer
	}
	return w.reps[i%len(w.reps)]
}

// newcomers is the distance between records that the newcomer owns.
func newcomers(n int) int { return max(10, n/newcomerShare) }

// own gives records their owners.
func (r *crmRun) own(ctx context.Context, table string, ids []string) error {
	return r.inBatches(ctx, "own "+table, len(ids), 2000, func(tx *sqldb.Tx, from, until int) error {
		of := make(map[string][]any)
		for i := from; i < until; i++ {
			owner := r.world.ownerOf(i, len(ids))
			of[owner] = append(of[owner], ids[i])
		}
		for owner, list := range of {
			if _, err := tx.Exec(ctx, "UPDATE "+table+" SET owner_id = $1 WHERE "+sqldb.In("id", 2, len(list)), append([]any{owner}, list...)...); err != nil {
				return err
			}
		}
		return nil
	})
}

// makeTerritories puts every record into one of ten territories. Two reps work in each.
func (r *crmRun) makeTerritories(ctx context.Context) error {
	w := &r.world
	territory := func(i int) string { return fmt.Sprintf("bench-territory-%d", i%benchTerritories) }
	err := r.inBatches(ctx, "make territories", benchTerritories, benchTerritories, func(tx *sqldb.Tx, from, until int) error {
		for i := from; i < until; i++ {
			if _, err := tx.Exec(ctx, `INSERT INTO territories (id, version, created_at, updated_at, name, parent_id, priority, enabled, criteria)
				VALUES ($1, 1, $2, $2, $1, '', 0, $3, '[]')`, territory(i), r.start.UnixMilli(), false); err != nil {
				return err
			}
		}
		for i, rep := range w.reps {
			if _, err := tx.Exec(ctx, "INSERT INTO territory_members (territory_id, member_type, member_id) VALUES ($1, 'user', $2)", territory(i), rep); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, of := range []struct {
		kind string
		ids  []string
	}{{crm.RecordAccount, w.accounts}, {crm.RecordContact, w.contacts}, {crm.RecordLead, w.leads}, {crm.RecordOpportunity, w.deals}} {
		err := r.inBatches(ctx, "assign "+of.kind+"s", len(of.ids), 5000, func(tx *sqldb.Tx, from, until int) error {
			var rows [][]any
			for i := from; i < until; i++ {
				rows = append(rows, []any{of.kind, of.ids[i], territory(i), 1, "region"})
			}
			_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "record_territories", Columns: []string{"record_type", "record_id", "territory_id", "rank", "reason"},
				Key: []string{"record_type", "record_id", "territory_id"}}, rows)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

package crm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// Whoever comes to a team or leaves it, what they were credited before stays with the teams that they
// were in, in closed months and open ones, and what is taken back is taken from those.
func TestTeamStatementsStand(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		people(t, db)
		_, i := invoiced(t, db, noon)
		net := i.Sums().Net
		move := func(members ...string) {
			t.Helper()
			update(t, db, func(tx *sqldb.Tx) error {
				if _, err := tx.Exec(t.Context(), "DELETE FROM team_members"); err != nil {
					return err
				}
				for n := 0; n < len(members); n += 2 {
					if _, err := tx.Exec(t.Context(), "INSERT INTO team_members (team_id, user_id) VALUES ($1, $2)", members[n], members[n+1]); err != nil {
						return err
					}
				}
				return nil
			})
		}
		wants := func(team string, want map[string]int64) {
			t.Helper()
			got, _ := credited(t, db, crm.StatementFilter{Basis: crm.BasisInvoiced, TakerType: crm.TakerTeam, TakerID: team})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", team, diff)
			}
		}
		wants("team-1", map[string]int64{"2026-03 anna": net})
		later := noon.AddDate(0, 2, 0)
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.CloseCreditPeriod(t.Context(), tx, as("maria", later), "2026-03")
			return err
		})
		move("team-2", "anna", "team-1", "maria")
		wants("team-1", map[string]int64{"2026-03 anna": net})
		wants("team-2", map[string]int64{})

		g := crm.Goal{SubjectType: "team", SubjectID: "team-1", Metric: "credit-invoiced", Period: "2026-Q1", Target: net, Currency: "EUR"}
		update(t, db, func(tx *sqldb.Tx) (err error) { g, err = crm.SaveGoal(t.Context(), tx, by(noon), g); return err })
		if r, err := crm.GoalByID(t.Context(), db, crm.System(), g.ID, later); err != nil || r.Progress.Value != net {
			t.Errorf("the goal is at %d, %v: want what the statement says, %d", r.Progress.Value, err, net)
		}

		// Bert, whom the recount adds, is in team 2 by now; Anna's credit is taken back from team 1.
		move("team-2", "anna", "team-2", "bert")
		update(t, db, func(tx *sqldb.Tx) error {
			if _, err := crm.CreateActivity(t.Context(), tx, as("bert", later), crm.Activity{Kind: "call", RecordType: crm.RecordOpportunity, RecordID: i.OpportunityID, Subject: "Call", OwnerID: "bert"}); err != nil {
				return err
			}
			_, err := crm.RecountCredit(t.Context(), tx, as("maria", later), "2026-01")
			return err
		})
		all, _ := credited(t, db, crm.StatementFilter{Basis: crm.BasisInvoiced})
		berts := all["2026-05 bert"]
		if berts <= 0 {
			t.Fatalf("got %v: want a part for Bert in May", all)
		}
		wants("team-1", map[string]int64{"2026-03 anna": net, "2026-05 anna": -berts})
		wants("team-2", map[string]int64{"2026-05 bert": berts})
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.CancelInvoice(t.Context(), tx, as("anna", later), i.ID, 0, "wrong address")
			return err
		})
		wants("team-1", map[string]int64{"2026-03 anna": net, "2026-05 anna": -net})
		wants("team-2", map[string]int64{"2026-05 bert": 0})
	})
}

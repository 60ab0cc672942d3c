package crm_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// A step is a lead coming into a milestone.
type step struct {
	hour int
	by   string
	to   crm.Milestone
}

// leadThat makes a lead and leads it on, step by step.
func leadThat(t *testing.T, db *sqldb.DB, name string, hour int, steps ...step) (l crm.Lead) {
	t.Helper()
	at := func(hour int) time.Time { return noon.Add(time.Duration(hour) * time.Hour) }
	update(t, db, func(tx *sqldb.Tx) (err error) {
		if l, err = crm.CreateLead(t.Context(), tx, by(at(hour)), crm.NewLead{Lead: crm.Lead{Name: name, Source: crm.SourceHand}}); err != nil {
			return err
		}
		for _, s := range steps {
			ch := crm.Change{By: s.by, At: at(s.hour), Access: crm.System()}
			move := crm.LeadMove{ID: l.ID, To: s.to}
			if s.to == crm.Disqualified {
				move.Reason = "no-need"
			}
			if l, err = crm.MoveLead(t.Context(), tx, ch, move); err != nil {
				return err
			}
		}
		return nil
	})
	return l
}

// storiesOf are the stories of leads that reports tell, times as hours after noon.
func storiesOf(t *testing.T, db *sqldb.DB, ids ...string) map[string]map[string]any {
	t.Helper()
	all := make(map[string]map[string]any)
	hours := func(at time.Time) float64 { return at.Sub(noon).Hours() }
	err := crm.LeadStories(t.Context(), db, crm.System(), crm.StoryFilter{From: noon.Add(-time.Hour), Until: noon.Add(100 * time.Hour)}, func(s *crm.LeadStory) {
		if !slices.Contains(ids, s.ID) {
			return
		}
		one := map[string]any{"state": s.State}
		for m, at := range s.Reached {
			one[string(m)] = hours(at)
		}
		for _, d := range s.Decisions {
			one[d.Outcome+" by "+d.By] = hours(d.At)
		}
		all[s.ID] = one
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The way that a lead went goes over to the one that it becomes part of: reports count one lead, which
// came into each milestone when either of them first did, with what was decided on either.
func TestMergeMilestones(t *testing.T) {
	const mql, sql, out = crm.MarketingQualified, crm.SalesQualified, crm.Disqualified
	tests := map[string]struct {
		winner, loser []step
		want          map[string]any
		visits        []crm.Milestone // of the winner
	}{
		"OKFurther":      {nil, []step{{2, "ann", mql}, {5, "bob", sql}}, map[string]any{"state": "open", "unqualified": 0.0, "marketing-qualified": 2.0, "sales-qualified": 5.0}, []crm.Milestone{"unqualified", "unqualified", mql, sql}},
		"OKEarlier":      {[]step{{3, "ann", mql}}, []step{{2, "bob", mql}}, map[string]any{"state": "open", "unqualified": 0.0, "marketing-qualified": 2.0}, []crm.Milestone{"unqualified", "unqualified", mql, mql}},
		"OKGivenUp":      {[]step{{3, "ann", mql}}, []step{{4, "bob", out}}, map[string]any{"state": "open", "unqualified": 0.0, "marketing-qualified": 3.0, "disqualified by bob": 4.0, "disqualified": 4.0}, []crm.Milestone{"unqualified", "unqualified", mql, out}},
		"OKGivenUpFirst": {[]step{{3, "ann", out}}, []step{{2, "bob", mql}, {4, "bob", out}}, map[string]any{"state": "disqualified", "disqualified by ann": 3.0, "disqualified by bob": 4.0, "unqualified": 0.0, "marketing-qualified": 2.0, "disqualified": 3.0}, []crm.Milestone{"unqualified", "unqualified", mql, out, out}},
		"OKGivenUpLast":  {[]step{{5, "ann", out}}, []step{{4, "bob", out}}, map[string]any{"state": "disqualified", "disqualified by bob": 4.0, "disqualified by ann": 5.0, "unqualified": 0.0, "disqualified": 4.0}, []crm.Milestone{"unqualified", "unqualified", out, out}},
	}
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		for name, c := range tests {
			t.Run(name, func(t *testing.T) {
				winner, loser := leadThat(t, db, "Anna", 0, c.winner...), leadThat(t, db, "Anna Vogt", 1, c.loser...)
				before, stories := everything(t, db), storiesOf(t, db, winner.ID, loser.ID)
				var m crm.LeadMerge
				update(t, db, func(tx *sqldb.Tx) (err error) {
					m, err = crm.MergeLeads(t.Context(), tx, winner.ID, loser.ID, by(noon.Add(10*time.Hour)))
					return err
				})
				if diff := cmp.Diff(map[string]map[string]any{winner.ID: c.want}, storiesOf(t, db, winner.ID, loser.ID)); diff != "" {
					t.Errorf("stories (-want +got):\n%s", diff)
				}
				visits, err := crm.MilestoneVisits(t.Context(), db, winner.ID)
				var been []crm.Milestone
				open := 0
				for _, v := range visits {
					been = append(been, v.Milestone)
					if v.LeftAt.IsZero() {
						open++
					}
				}
				if diff := cmp.Diff(c.visits, been); diff != "" || err != nil || open != 1 {
					t.Errorf("got %d open stays, want 1, %v (-want +got):\n%s", open, err, diff)
				}
				update(t, db, func(tx *sqldb.Tx) error {
					_, err := crm.UnmergeLeads(t.Context(), tx, m.ID, by(noon.Add(20*time.Hour)))
					return err
				})
				if diff := cmp.Diff(before, everything(t, db)); diff != "" {
					t.Errorf("not as before (-before +after):\n%s", diff)
				}
				if diff := cmp.Diff(stories, storiesOf(t, db, winner.ID, loser.ID)); diff != "" {
					t.Errorf("stories not as before (-before +after):\n%s", diff)
				}
			})
		}
	})
}

// The winner goes on while it has the loser's way; each has its own when they are taken apart.
func TestUnmergeMilestonesMovedSince(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		winner, loser := leadThat(t, db, "Anna", 0), leadThat(t, db, "Anna Vogt", 1, step{2, "ann", crm.MarketingQualified})
		var m crm.LeadMerge
		update(t, db, func(tx *sqldb.Tx) (err error) {
			if m, err = crm.MergeLeads(t.Context(), tx, winner.ID, loser.ID, by(noon.Add(3*time.Hour))); err != nil {
				return err
			}
			_, err = crm.MoveLead(t.Context(), tx, by(noon.Add(4*time.Hour)), crm.LeadMove{ID: winner.ID, To: crm.MarketingQualified})
			return err
		})
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.UnmergeLeads(t.Context(), tx, m.ID, by(noon.Add(5*time.Hour)))
			return err
		})
		want := map[string]map[string]any{winner.ID: {"state": "open", "unqualified": 0.0, "marketing-qualified": 4.0}, loser.ID: {"state": "open", "unqualified": 1.0, "marketing-qualified": 2.0}}
		if diff := cmp.Diff(want, storiesOf(t, db, winner.ID, loser.ID)); diff != "" {
			t.Errorf("stories (-want +got):\n%s", diff)
		}
		for _, id := range []string{winner.ID, loser.ID} {
			open, err := sqldb.Strings(t.Context(), db, "SELECT milestone FROM lead_visits WHERE lead_id = $1 AND left_at = 0", id)
			if err != nil || len(open) != 1 || open[0] != "marketing-qualified" {
				t.Errorf("got open stays %v, %v, want one, marketing-qualified", open, err)
			}
		}
	})
}

package crm_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// past makes snapshots of opportunities that are won when somebody works on them.
func past(n int) []crm.Snapshot {
	r := rand.New(rand.NewPCG(7, 7))
	var all []crm.Snapshot
	for i := range n {
		busy := r.IntN(8)
		won := r.Float64() < float64(busy+1)/10
		for j, percent := range []int{10, 60} {
			all = append(all, crm.Snapshot{OpportunityID: fmt.Sprint(i), StagePercent: percent, Activities: busy * (j + 1) / 2, Open: time.Duration(j+1) * 240 * time.Hour,
				InStage: 24 * time.Hour, LastActivity: 24 * time.Hour, Amount: int64(1+r.IntN(9)) * 1000_00, Source: "mention", Won: won, Share: 0.5})
		}
	}
	return all
}

func TestLearnOdds(t *testing.T) {
	_, err := crm.LearnOdds(past(40))
	wantInvalid(t, err, "opportunities")
	odds, err := crm.LearnOdds(past(400))
	if err != nil {
		t.Fatal(err)
	}
	if odds.Won+odds.Lost != 400 || odds.Brier >= odds.StageBrier || odds.AUC < 0.6 || odds.Gain.Low <= 0 {
		t.Errorf("learned %+v", odds)
	}
	count := 0
	for _, b := range odds.Bands {
		count += b.Count
		if b.Count >= 100 && (b.Observed < b.Said-12 || b.Observed > b.Said+12) {
			t.Errorf("band %+v: want about as many won as said", b)
		}
	}
	if count != 800 {
		t.Errorf("%d stays in bands, want 800", count)
	}
	again, err := crm.LearnOdds(past(400))
	if diff := cmp.Diff(odds, again); err != nil || diff != "" {
		t.Errorf("learning again: %v\n%s", err, diff)
	}
	busy := odds.Estimate(&crm.Snapshot{StagePercent: 60, Activities: 5, Open: 480 * time.Hour, InStage: 24 * time.Hour, LastActivity: 24 * time.Hour, Source: "mention"})
	idle := odds.Estimate(&crm.Snapshot{StagePercent: 60, Open: 480 * time.Hour, InStage: 24 * time.Hour, LastActivity: 24 * time.Hour, Source: "mention"})
	if busy.Percent <= idle.Percent+20 || len(busy.Reasons) == 0 || busy.Reasons[0].Name != "activities" || busy.Reasons[0].Logit <= 0 || busy.Band == nil || busy.Band.Count == 0 {
		t.Errorf("busy %+v, idle %+v", busy, idle)
	}
	extreme := odds.Estimate(&crm.Snapshot{StagePercent: 99, Activities: 1e9, Open: 480 * time.Hour})
	if extreme.Percent != 99 {
		t.Errorf("%d %%: want nothing to be certain while it is open", extreme.Percent)
	}
}

func TestEstimateOpportunity(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		saveProcess(t, db, process(func(p *crm.Process) {
			p.Stages = []crm.Stage{{Name: "Only", Phase: crm.PhaseOpen, Probability: 50}}
		}))
		var open crm.Opportunity
		for i := range 60 {
			o := createOpportunity(t, db, crm.Opportunity{Name: fmt.Sprint(i), OwnerID: "anna"})
			update(t, db, func(tx *sqldb.Tx) error {
				state := crm.StateLost
				if i%2 == 0 {
					state = crm.StateWon
					if _, err := crm.CreateActivity(t.Context(), tx, as("anna", noon), crm.Activity{Kind: "meeting", RecordType: crm.RecordOpportunity, RecordID: o.ID, Subject: "x"}); err != nil {
						return err
					}
				}
				_, err := crm.CloseOpportunity(t.Context(), tx, as("anna", noon.Add(48*time.Hour)), o.ID, 0, crm.Closing{State: state, Reason: "price"})
				return err
			})
			open = o
		}
		old, err := crm.OddsAreOld(t.Context(), db, noon)
		if err != nil || !old {
			t.Fatalf("old %t, %v: want enough to learn from", old, err)
		}
		if _, err := crm.RelearnOdds(t.Context(), db, crm.Change{By: crm.ByRule, At: noon.Add(72 * time.Hour), Access: crm.System()}); err != nil {
			t.Fatal(err)
		}
		if old, err = crm.OddsAreOld(t.Context(), db, noon.Add(73*time.Hour)); err != nil || old {
			t.Errorf("old %t, %v", old, err)
		}
		estimate := func(o crm.Opportunity) *crm.Estimate {
			t.Helper()
			p, err := crm.ProcessByID(t.Context(), db, o.ProcessID, o.Process)
			if err != nil {
				t.Fatal(err)
			}
			e, err := crm.EstimateOpportunity(t.Context(), db, &o, p, noon.Add(24*time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		idle := estimate(createOpportunity(t, db, crm.Opportunity{Name: "idle"}))
		if idle == nil || idle.Percent >= 50 || idle.Closed != 60 {
			t.Errorf("got %+v: want one without a meeting to be improbable", idle)
		}
		lost, err := crm.OpportunityByID(t.Context(), db, crm.System(), open.ID)
		if err != nil || estimate(lost) != nil {
			t.Errorf("%v: want what was lost not to be scored again", err)
		}
	})
}

package crm_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// Of two people who apply what they tried at the same time one is told what happened, whether it is
// the same draft or another, for neither has seen what both come to.
func TestDraftsAppliedAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		same bool
		told string
	}{"OKSame": {true, "applied already"}, "OKOther": {false, "changed since"}} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				dimension, _ := market(t, db, map[string]string{"Germany": "de"})
				ids := make([]string, 2)
				update(t, db, func(tx *sqldb.Tx) error {
					for i, name := range []string{"Munich", "Bavaria"} {
						d, _, err := crm.DraftTerritory(t.Context(), tx, by(noon), crm.Territory{Name: name, Enabled: true, Criteria: []crm.Criterion{asks(dimension, "de-muc")}})
						if err != nil {
							return err
						}
						ids[i] = d.ID
					}
					return nil
				})
				if c.same {
					ids[1] = ids[0]
				}
				errs := make([]error, len(ids))
				var both sync.WaitGroup
				for i, id := range ids {
					both.Go(func() {
						errs[i] = db.Update(t.Context(), func(tx *sqldb.Tx) error {
							_, err := crm.ApplyTerritoryDraft(t.Context(), tx, by(noon), id)
							return err
						})
					})
				}
				both.Wait()
				refused := errors.Join(errs...)
				if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(refused, crm.ErrConflict) || !strings.Contains(refused.Error(), c.told) {
					t.Errorf("got %v and %v, want one applied and the other told %q", errs[0], errs[1], c.told)
				}
			})
		})
	}
}

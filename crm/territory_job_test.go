package crm_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// leadMarket saves two territories of leads from Germany that tie, A with as many leads as inA and B
// with as many as inB, and C of Munich with as many as inC, which stands above both until it is switched off.
func leadMarket(t *testing.T, db *sqldb.DB, inA, inB, inC int) (names map[string]string, c crm.Territory) {
	t.Helper()
	names = map[string]string{}
	update(t, db, func(tx *sqldb.Tx) error {
		d := region()
		d.ID, d.Fields[0].From[0], d.Fields[1].From[0] = "", "lead.country", "lead.postal_code"
		d, err := crm.SaveDimension(t.Context(), tx, by(noon), d)
		if err != nil {
			return err
		}
		save := func(name, value string) (saved crm.Territory, err error) {
			saved, err = crm.SaveTerritory(t.Context(), tx, by(noon), crm.Territory{Name: name, Enabled: true, Criteria: []crm.Criterion{asks(d.ID, value)}})
			names[saved.ID] = name
			return saved, err
		}
		open := func(n int, code string) error {
			leads := make([]crm.Lead, n)
			for i := range leads {
				leads[i] = crm.Lead{Milestone: crm.Unqualified, Name: fmt.Sprint("Petra ", i), Topic: "Grills", Country: "DE", PostalCode: code, Meta: crm.Meta{CreatedAt: noon}}
			}
			_, err := crm.OpenLeads(t.Context(), tx, leads, by(noon))
			return err
		}
		if c, err = save("C", "de-muc"); err != nil {
			return err
		}
		if err := open(inC, "80331"); err != nil {
			return err
		}
		if _, err := save("B", "de"); err != nil { // the only one that takes these
			return err
		}
		if err := open(inB, "10115"); err != nil {
			return err
		}
		a, err := save("A", "at")
		if err != nil {
			return err
		}
		a.Criteria = []crm.Criterion{asks(d.ID, "de")}
		if _, err := crm.SaveTerritory(t.Context(), tx, by(noon), a); err != nil || inA == 0 {
			return err
		}
		return open(inA, "10115")
	})
	assigned(t, db)
	return names, c
}

// assigned works until no job waits.
func assigned(t *testing.T, db *sqldb.DB) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = crm.WorkTerritories(t.Context(), db, noon, noon, 1); err != nil {
			t.Fatal(err)
		}
	}
}

func leadsIn(t *testing.T, db *sqldb.DB, names map[string]string) map[string]int64 {
	t.Helper()
	sizes, err := crm.TerritorySizes(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for id, size := range sizes {
		if n := size.Primary[crm.RecordLead]; n > 0 {
			got[names[id]] = n
		}
	}
	return got
}

// What a draft says is what happens, also where territories tie and the records take more than a
// batch, which each sees what those before it have brought.
func TestDraftSaysWhatHappensToEquals(t *testing.T) {
	for name, test := range map[string]struct {
		inA, inB, inC int
		want          map[string]int64 // of what is C's
	}{
		"OKLoaded":    {0, 250, 600, map[string]int64{"A": 425, "B": 175}},
		"OKFewer":     {0, 900, 600, map[string]int64{"A": 600}},
		"OKBothEmpty": {0, 0, 501, map[string]int64{"A": 251, "B": 250}},
		"OKBothLoad":  {10, 250, 600, nil}, // A and B share those that come once both are there
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				names, c := leadMarket(t, db, test.inA, test.inB, test.inC)
				before := leadsIn(t, db, names)
				c.Enabled = false
				var d crm.TerritoryDraft
				update(t, db, func(tx *sqldb.Tx) (err error) {
					d, _, err = crm.DraftTerritory(t.Context(), tx, by(noon), c)
					return err
				})
				assigned(t, db)
				_, j, _, err := crm.TerritoryDraftByID(t.Context(), db, crm.System(), d.ID)
				if err != nil {
					t.Fatal(err)
				}
				told := map[string]int64{}
				for _, w := range j.Moves.Ways {
					told[names[w.To]] += w.Records
				}
				if diff := cmp.Diff(test.want, told); diff != "" && test.want != nil {
					t.Errorf("the draft says (-want +got):\n%s", diff)
				}
				update(t, db, func(tx *sqldb.Tx) error {
					_, err := crm.ApplyTerritoryDraft(t.Context(), tx, by(noon), d.ID)
					return err
				})
				assigned(t, db)
				after := leadsIn(t, db, names)
				got := map[string]int64{}
				for name, n := range after {
					if n != before[name] {
						got[name] = n - before[name]
					}
				}
				if diff := cmp.Diff(told, got); diff != "" || after["C"] != 0 {
					t.Errorf("what moved (-told +happened):\n%s%d stayed", diff, after["C"])
				}
			})
		})
	}
}

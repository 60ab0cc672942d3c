package crm_test

import (
	"sync"
	"testing"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// together runs a change four times at once, and returns how many succeeded.
func together(t *testing.T, db *sqldb.DB, change func(tx *sqldb.Tx) error) (done int) {
	t.Helper()
	var all sync.WaitGroup
	var mu sync.Mutex
	for range 4 {
		all.Go(func() {
			err := db.Update(t.Context(), change)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				done++
			}
		})
	}
	all.Wait()
	return done
}

func TestAnOrderIsInvoicedOnce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		_, first := invoiced(t, db, noon)
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.CancelInvoice(t.Context(), tx, as("anna", noon), first.ID, 0, "again, at once")
			return err
		})
		n := together(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.CreateInvoice(t.Context(), tx, as("anna", noon), first.OrderID, nil, time.Time{})
			return err
		})
		if n != 1 {
			t.Errorf("it was invoiced %d times", n)
		}
	})
}

func TestALeadIsMadeOnce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		n := together(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.CreateLead(t.Context(), tx, by(noon), crm.NewLead{Lead: crm.Lead{Name: "Greta", Topic: "roof", Email: "greta@roof.example", Source: crm.SourceHand}})
			return err
		})
		if n != 1 {
			t.Errorf("there are %d leads of one address", n)
		}
	})
}

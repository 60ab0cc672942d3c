package app_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/app"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/post"
)

// A monitor's past is judged with the evidence that the running detector has: terms and networks, too.
func TestPastHasTermsAndNetworks(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		for i := range 6 {
			h.by(post.Upsert, fmt.Sprint(i), fmt.Sprint("writer", i), fmt.Sprint("Writer ", i), fmt.Sprint("Acme is terrible, the battery is broken, my number ", i, " #acmefail"))
		}
		h.wait("/mentions", 6)
		until := time.Now().Add(time.Minute)
		past, err := app.LoadPast(t.Context(), db, "acme", until.Add(-time.Hour), until, 1)
		if err != nil {
			t.Fatal(err)
		}
		minute := spike.Minute(until) + 1
		for range 2 { // the second time it is known
			ev, ok := past.Look(spike.Firestorm, minute-60, minute)
			if !ok || ev.Mentions != 6 || !slices.Contains(ev.Terms, "#acmefail") {
				t.Errorf("evidence %+v, %v", ev, ok)
			}
			arrivals, ok := past.Spread(spike.Firestorm, minute-60, minute)
			if !ok || len(arrivals) != 1 || arrivals[0].Network != "mastodon" || arrivals[0].People != 6 {
				t.Errorf("spread %+v, %v", arrivals, ok)
			}
		}
		if past.Name != "Acme" || past.Err() != nil {
			t.Errorf("name %q, %v", past.Name, past.Err())
		}
	})
}

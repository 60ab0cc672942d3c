package crm_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func TestParsePeriod(t *testing.T) {
	day := func(y, m int) time.Time { return time.Date(y, time.Month(m), 1, 0, 0, 0, 0, time.UTC) }
	for name, test := range map[string]struct {
		period      string
		from, until time.Time
	}{
		"OKYear":     {"2026", day(2026, 1), day(2027, 1)},
		"OKQuarter":  {"2026-Q4", day(2026, 10), day(2027, 1)},
		"OKMonth":    {"2026-12", day(2026, 12), day(2027, 1)},
		"ErrMonth":   {"2026-13", time.Time{}, time.Time{}},
		"ErrQuarter": {"2026-Q5", time.Time{}, time.Time{}},
		"ErrEmpty":   {"", time.Time{}, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			from, until, err := crm.ParsePeriod(test.period)
			if !from.Equal(test.from) || !until.Equal(test.until) || (err != nil) != test.until.IsZero() {
				t.Errorf("got %s to %s, %v", from, until, err)
			}
		})
	}
}

// people makes users, a team of anna and bert, and returns the team's id.
func people(t *testing.T, db *sqldb.DB) (team string) {
	t.Helper()
	team = "team-1"
	update(t, db, func(tx *sqldb.Tx) error {
		for _, name := range []string{"anna", "bert", "maria"} {
			if _, err := tx.Exec(t.Context(), "INSERT INTO users (id, name, password_hash, created_at, disabled) VALUES ($1, $1, '', 0, false)", name); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(t.Context(), "INSERT INTO teams (id, version, created_at, updated_at, name) VALUES ($1, 1, 0, 0, 'Hotels')", team); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), "INSERT INTO team_members (team_id, user_id) VALUES ($1, 'anna'), ($1, 'bert')", team)
		return err
	})
	return team
}

func TestGoals(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		team := people(t, db)
		_, ids := market(t, db, map[string]string{"Germany": "de"})
		_, i := invoiced(t, db, noon)
		update(t, db, func(tx *sqldb.Tx) error {
			a, err := crm.CreateAccount(t.Context(), tx, crm.Account{Name: "Hotel", Country: "DE"}, by(noon))
			if err != nil {
				return err
			}
			_, err = crm.CreateOpportunity(t.Context(), tx, as("anna", noon), crm.Opportunity{Name: "More grills", OwnerID: "bert", AccountID: a.ID,
				Amount: crm.Money{Amount: 100_00, Currency: "EUR"}, ExpectedClose: noon.AddDate(0, 0, 10)})
			return err
		})
		net := i.Sums().Net
		for name, test := range map[string]struct {
			goal crm.Goal
			want crm.Progress
		}{
			"OKInvoicedOfPerson":  {crm.Goal{SubjectType: "user", SubjectID: "anna", Metric: "revenue-invoiced", Period: "2026-03", Target: net, Currency: "EUR"}, crm.Progress{Value: net, Percent: 100}},
			"OKOtherPeriod":       {crm.Goal{SubjectType: "user", SubjectID: "anna", Metric: "revenue-invoiced", Period: "2026-04", Target: net, Currency: "EUR"}, crm.Progress{}},
			"OKOtherCurrency":     {crm.Goal{SubjectType: "user", SubjectID: "anna", Metric: "revenue-invoiced", Period: "2026-03", Target: net, Currency: "CHF"}, crm.Progress{}},
			"OKCreditOfTeam":      {crm.Goal{SubjectType: "team", SubjectID: team, Metric: "credit-invoiced", Period: "2026-Q1", Target: 2 * net, Currency: "EUR"}, crm.Progress{Value: net, Percent: 50}},
			"OKPaid":              {crm.Goal{SubjectType: "team", SubjectID: team, Metric: "revenue-paid", Period: "2026-Q1", Target: net, Currency: "EUR"}, crm.Progress{}},
			"OKOpenedInTerritory": {crm.Goal{SubjectType: "territory", SubjectID: ids["Germany"], Metric: "opportunities-opened", Period: "2026", Target: 4}, crm.Progress{Value: 1, Percent: 25}},
			"OKForecast":          {crm.Goal{SubjectType: "team", SubjectID: team, Metric: "revenue-won", Period: "2026-03", Target: 100_00, Currency: "EUR"}, crm.Progress{Weighted: 10_00}},
			"OKActivities":        {crm.Goal{SubjectType: "user", SubjectID: "anna", Metric: "activities-done", Period: "2026", Target: 1}, crm.Progress{}},
		} {
			t.Run(name, func(t *testing.T) {
				var g crm.Goal
				update(t, db, func(tx *sqldb.Tx) (err error) {
					g, err = crm.SaveGoal(t.Context(), tx, by(noon), test.goal)
					return err
				})
				r, err := crm.GoalByID(t.Context(), db, crm.System(), g.ID, noon)
				if err != nil {
					t.Fatal(err)
				}
				if r.Subject == "" || test.goal.Period == "2026-03" && r.Progress.Elapsed != 4 {
					t.Errorf("got %+v: want a name, and 4 %% of March gone", r)
				}
				r.Progress.Elapsed = 0
				if diff := cmp.Diff(&test.want, r.Progress); diff != "" {
					t.Errorf("progress (-want +got):\n%s", diff)
				}
			})
		}
		for name, test := range map[string]struct {
			goal crm.Goal
			want string
		}{
			"ErrMetric":    {crm.Goal{SubjectType: "user", SubjectID: "anna", Metric: "luck", Period: "2026", Target: 1}, "metric"},
			"ErrNobody":    {crm.Goal{SubjectType: "user", SubjectID: "nobody", Metric: "activities-done", Period: "2026", Target: 1}, "subject_id"},
			"ErrCurrency":  {crm.Goal{SubjectType: "user", SubjectID: "anna", Metric: "revenue-won", Period: "2026", Target: 1}, "currency"},
			"ErrNoMoney":   {crm.Goal{SubjectType: "user", SubjectID: "anna", Metric: "activities-done", Period: "2026", Target: 1, Currency: "EUR"}, "currency"},
			"ErrTarget":    {crm.Goal{SubjectType: "user", SubjectID: "anna", Metric: "activities-done", Period: "2026"}, "target"},
			"ErrTerritory": {crm.Goal{SubjectType: "territory", SubjectID: ids["Germany"], Metric: "credit-paid", Period: "2026", Target: 1, Currency: "EUR"}, "metric"},
			"ErrPeriod":    {crm.Goal{SubjectType: "user", SubjectID: "anna", Metric: "activities-done", Period: "26", Target: 1}, "period"},
		} {
			t.Run(name, func(t *testing.T) {
				wantInvalid(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
					_, err := crm.SaveGoal(t.Context(), tx, by(noon), test.goal)
					return err
				}), test.want)
			})
		}
	})
}

func TestTerritoryResultsAndForecast(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		team := people(t, db)
		dimension, ids := market(t, db, map[string]string{"Germany": "de", "Munich": "de-muc"})
		update(t, db, func(tx *sqldb.Tx) error {
			for name, code := range map[string]string{"Seeblick": "80331", "Ring": "10115"} {
				a, err := crm.CreateAccount(t.Context(), tx, crm.Account{Name: name, Country: "DE", PostalCode: code}, by(noon))
				if err != nil {
					return err
				}
				if _, err = crm.CreateOpportunity(t.Context(), tx, as("anna", noon), crm.Opportunity{Name: name, OwnerID: "anna", AccountID: a.ID,
					Amount: crm.Money{Amount: 100_00, Currency: "EUR"}, ExpectedClose: noon}); err != nil {
					return err
				}
			}
			return nil
		})
		weighted := func(dimension string) map[string]int64 {
			all, err := crm.TerritoryResults(t.Context(), db, crm.System(), dimension, noon.AddDate(0, -1, 0), noon.AddDate(0, 1, 0))
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int64{}
			for _, r := range all {
				if r.Currency != "" {
					got[r.Name] = r.Weighted
				}
			}
			return got
		}
		if diff := cmp.Diff(map[string]int64{"Germany": 10_00, "Munich": 10_00}, weighted("")); diff != "" {
			t.Errorf("by territory (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[string]int64{"Europe": 20_00, "Germany": 20_00, "Bavaria": 10_00, "Munich": 10_00}, weighted(dimension)); diff != "" {
			t.Errorf("by region (-want +got):\n%s", diff)
		}
		all, err := crm.ForecastOpportunities(t.Context(), db, crm.System(), noon.AddDate(-1, 0, 0))
		if err != nil {
			t.Fatal(err)
		}
		for by, want := range map[string][]crm.ForecastRow{
			"team":      {{Period: "2026-Q1", Group: team, Currency: "EUR", Open: 2, Weighted: 20_00, Pipeline: 200_00}},
			"territory": {{Period: "2026-Q1", Group: ids["Germany"], Currency: "EUR", Open: 1, Weighted: 10_00, Pipeline: 100_00}, {Period: "2026-Q1", Group: ids["Munich"], Currency: "EUR", Open: 1, Weighted: 10_00, Pipeline: 100_00}},
		} {
			groups, name, err := crm.ForecastGrouping(t.Context(), db, by, all)
			if err != nil {
				t.Fatal(err)
			}
			got := crm.Forecast(all, crm.ByQuarter, groups)
			if len(got) != len(want) || name(got[0].Group) == got[0].Group {
				t.Fatalf("by %s: got %+v, want %+v", by, got, want)
			}
			for _, row := range got {
				if row != want[0] && row != want[len(want)-1] {
					t.Errorf("by %s: got %+v, want %+v", by, row, want)
				}
			}
		}
	})
}

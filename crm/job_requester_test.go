package crm_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func disable(t *testing.T, db *sqldb.DB, user string) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), "UPDATE users SET disabled = $1 WHERE id = $2", true, user)
		return err
	})
}

// An import ends when who sent the file is disabled, or may import no more, and keeps what was taken.
func TestImportEndsWithItsRequester(t *testing.T) {
	var file strings.Builder
	file.WriteString("name,email\n")
	for i := range 9000 {
		fmt.Fprintf(&file, "Person %d,p%d@example.com\n", i, i)
	}
	for name, c := range map[string]struct {
		ends    func(*testing.T, *sqldb.DB)
		after   int // leads
		left    int // of them, when it has ended
		problem string
	}{
		"ErrDisabledBefore": {func(t *testing.T, db *sqldb.DB) { disable(t, db, "maria") }, 0, 0, "maria was disabled"},
		"ErrDisabledWithin": {func(t *testing.T, db *sqldb.DB) { disable(t, db, "maria") }, 1, 4000, "maria was disabled"},
		"ErrGrantTaken": {func(t *testing.T, db *sqldb.DB) {
			update(t, db, func(tx *sqldb.Tx) error { return crm.SetRoles(t.Context(), tx, by(noon), "maria", nil) })
		}, 1, 4000, "lead:create"},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				addUser(t, db, "maria")
				j, err := crm.RequestImport(t.Context(), db, importer(t, db), crm.ImportJob{Type: "lead"}, strings.NewReader(file.String()))
				if err != nil {
					t.Fatal(err)
				}
				count := func() (n int) {
					t.Helper()
					if err := db.QueryRow(t.Context(), "SELECT count(*) FROM leads").Scan(&n); err != nil {
						t.Fatal(err)
					}
					return n
				}
				ended := false
				alive := func() time.Time {
					if !ended && count() >= c.after {
						ended = true
						c.ends(t, db)
					}
					return noon
				}
				if _, err := crm.WorkImports(t.Context(), db, func() time.Time { return noon }, alive); err != nil {
					t.Fatal(err)
				}
				if j, err = crm.ImportByID(t.Context(), db, "maria", j.ID); err != nil {
					t.Fatal(err)
				}
				if n := count(); j.State != crm.JobFailed || !strings.Contains(j.Problem, c.problem) || n != c.left || j.Report.Created != c.left {
					t.Errorf("got %d leads, %+v", n, j)
				}
			})
		})
	}
}

// A hand-over stops where it is, and somebody else has the rest done.
func TestHandoverStopsWithItsRequester(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o := newOffice(t, db)
		h := o.begin(t)
		give := func() {
			t.Helper()
			update(t, db, func(tx *sqldb.Tx) error {
				_, err := crm.GiveHandover(t.Context(), tx, o.change(), h.ID, 0, false)
				return err
			})
		}
		give()
		disable(t, db, o.chief)
		if h = o.work(t, h.ID); h.State != crm.HandoverOpen || !strings.Contains(h.Problem, "chief was disabled") {
			t.Errorf("got %+v: want it to wait for somebody else", h)
		}
		if a, err := crm.AccountByID(t.Context(), db, crm.System(), o.account.ID); err != nil || a.OwnerID != o.lea {
			t.Errorf("got %+v, %v: want nothing given", a, err)
		}
		addUser(t, db, "boss")
		update(t, db, func(tx *sqldb.Tx) error {
			return crm.SetRoles(t.Context(), tx, by(noon), "boss", []string{"administrator"})
		})
		o.chief = "boss"
		give()
		if h = o.work(t, h.ID); h.State != crm.HandoverDone || h.Problem != "" {
			t.Errorf("got %+v: want it done", h)
		}
	})
}

// A what-if of a territory, and a job of the matcher, end as failed; records are assigned all the same.
func TestJobsEndWithTheirRequester(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		addUser(t, db, "user-1")
		a := createAccount(t, db, crm.Account{Name: "Hotel Seeblick", Country: "DE"})
		_, ids := market(t, db, map[string]string{"Germany": "de"})
		var d crm.TerritoryDraft
		var m crm.MatchJob
		update(t, db, func(tx *sqldb.Tx) (err error) {
			if d, _, err = crm.DraftTerritory(t.Context(), tx, by(noon), crm.Territory{Name: "All", Enabled: true}); err == nil {
				m, err = crm.RequestJob(t.Context(), tx, crm.JobRefit, by(noon))
			}
			return err
		})
		disable(t, db, "user-1")
		assigned(t, db)
		_, j, _, err := crm.TerritoryDraftByID(t.Context(), db, crm.System(), d.ID)
		if err != nil || j.State != crm.JobFailed || !strings.Contains(j.Problem, "user-1 was disabled") {
			t.Errorf("got %+v, %v", j, err)
		}
		if got, _ := primary(t, db, crm.RecordAccount, a.ID); got != ids["Germany"] {
			t.Errorf("the account is in %q: want what was changed to be carried through", got)
		}
		wantInvalid(t, crm.ReportJob(t.Context(), db, m.ID, 0.3, noon), "requested_by")
	})
}

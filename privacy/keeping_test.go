package privacy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/privacy"
)

// round makes a round by one rule of 30 days, and returns how many it counted and how many it removed.
func round(t *testing.T, db *sqldb.DB, kind string) (expected, removed int64) {
	t.Helper()
	exec(t, db, "DELETE FROM retention_rules")
	setRules(t, db, map[string]int64{kind: 30})
	dry, run := begin(t, db, false), begin(t, db, true)
	for _, r := range []*privacy.Run{&dry, &run} {
		if err := retention(db, noon).Do(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if dry.Expected[kind] != run.Expected[kind] {
		t.Errorf("a dry run counts %d, a round %d", dry.Expected[kind], run.Expected[kind])
	}
	return run.Expected[kind], run.Removed[kind]
}

// create saves records of a hundred days ago, each of which refers to those before it.
func create(t *testing.T, db *sqldb.DB, make func(tx *sqldb.Tx, ch crm.Change) error) {
	t.Helper()
	ch := by("user-1")
	ch.At = noon.AddDate(0, 0, -100)
	if err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return make(tx, ch) }); err != nil {
		t.Fatal(err)
	}
}

// A contact goes with whom there was nothing since: whatever there was within the days keeps one.
func TestRetentionOfContacts(t *testing.T) {
	recent, old := sqldb.Millis(noon.AddDate(0, 0, -10)), sqldb.Millis(noon.AddDate(0, 0, -100))
	for name, insert := range map[string]string{
		"Nothing":       "",
		"OldTouch":      "INSERT INTO touches (contact_id, post_id, author_id, posted_at) VALUES ('%[1]s', 'p', 'a', %[3]d)",
		"Touch":         "INSERT INTO touches (contact_id, post_id, author_id, posted_at) VALUES ('%[1]s', 'p', 'a', %[2]d)",
		"Activity":      "UPDATE activities SET updated_at = %[2]d",
		"Task":          "UPDATE activities SET done_at = 0, due_at = %[2]d",
		"OpenLead":      "UPDATE leads SET state = 'open'",
		"OnLead":        "UPDATE activities SET record_id = (SELECT id FROM leads), done_at = %[2]d",
		"OpenSale":      "UPDATE opportunities SET state = 'open', closed_at = 0",
		"ClosedSale":    "UPDATE opportunities SET closed_at = %[2]d",
		"OnSale":        "UPDATE activities SET record_id = (SELECT id FROM opportunities), done_at = %[2]d",
		"UnpaidInvoice": "UPDATE invoices SET state = 'issued'",
		"Order":         "UPDATE orders SET updated_at = %[2]d",
		"Consent":       "UPDATE consents SET given_at = %[2]d",
		"Changed":       "UPDATE contacts SET updated_at = %[2]d",
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				id := pastCustomer(t, db)
				if insert != "" {
					exec(t, db, strings.NewReplacer("%[1]s", id, "%[2]d", fmt.Sprint(recent), "%[3]d", fmt.Sprint(old)).Replace(insert))
				}
				var want int64
				if name == "Nothing" || name == "OldTouch" {
					want = 1
				}
				expected, removed := round(t, db, "contacts")
				if expected != want || removed != want {
					t.Errorf("%d were too old and %d went, want %d", expected, removed, want)
				}
				if want == 0 {
					return
				}
				all := dump(t, db)
				for table, rows := range all {
					if strings.Contains(strings.ToLower(rows), "zwickel") {
						t.Errorf("%s still says who it was:\n%s", table, rows)
					}
				}
				for _, counted := range []string{"leads", "activities", "opportunities", "orders", "invoices"} {
					if strings.Count(all[counted], "\n") != 1 {
						t.Errorf("%s has\n%swant one, which is counted", counted, all[counted])
					}
				}
				if !strings.Contains(all["crm_outbox"], "erase") {
					t.Error("other programs are not told")
				}
			})
		})
	}
}

// pastCustomer is a contact with whom all was done a hundred days ago.
func pastCustomer(t *testing.T, db *sqldb.DB) (id string) {
	t.Helper()
	create(t, db, func(tx *sqldb.Tx, ch crm.Change) error {
		c, err := crm.CreateContact(t.Context(), tx, crm.Contact{FirstName: "Greta", LastName: "Zwickelmann", Email: email}, ch)
		if err != nil {
			return err
		}
		id = c.ID
		if _, err := crm.CreateActivity(t.Context(), tx, ch, crm.Activity{Kind: "call", RecordType: crm.RecordContact, RecordID: id, Subject: "Zwickelmann"}); err != nil {
			return err
		}
		if _, err := crm.CreateOpportunity(t.Context(), tx, ch, crm.Opportunity{Name: "Roof of Greta Zwickelmann", Need: "a roof", ContactID: id, Amount: crm.Money{Amount: 4711, Currency: "EUR"}}); err != nil {
			return err
		}
		_, err = crm.CreateLead(t.Context(), tx, ch, crm.NewLead{Lead: crm.Lead{Name: "Greta Zwickelmann", Topic: "roof", ContactID: id, Source: crm.SourceHand}, AllowDuplicate: true, DuplicateReason: "is the same"})
		return err
	})
	at := sqldb.Millis(noon.AddDate(0, 0, -100))
	exec(t, db, "DELETE FROM activities WHERE kind <> 'call'", "DELETE FROM crm_outbox",
		fmt.Sprintf("UPDATE opportunities SET state = 'won', closed_at = %d", at), "UPDATE leads SET state = 'recycled'",
		fmt.Sprintf(`INSERT INTO orders (id, version, created_at, updated_at, number, quote_id, opportunity_id, account_id, contact_id, state, currency, lines, discount, ended_at, reason)
			SELECT 'order', 1, %d, %d, 'A1', '', id, '', contact_id, 'fulfilled', 'EUR', '[]', 0, 1, '' FROM opportunities`, at, at),
		fmt.Sprintf(`INSERT INTO invoices (id, version, created_at, updated_at, number, order_id, opportunity_id, state, currency, lines, discount, due_at, paid, paid_at, reason)
			SELECT 'invoice', 1, %d, %d, 'R1', 'order', id, 'paid', 'EUR', '[]', 0, 1, 4711, 1, '' FROM opportunities`, at, at),
		fmt.Sprintf(`INSERT INTO consents (id, contact_id, author_id, purpose, basis, source, evidence, given_at, recorded_by, recorded_at, withdrawn_at, withdrawn_by, withdrawal)
			VALUES ('consent', '%s', '', 'record', 'consent', 'form', '', %d, 'user-1', %d, 0, '', '')`, id, at, at))
	return id
}

// What activities, leads and opportunities say goes once they are old and closed; what is counted stays,
// and so does what is open or younger.
func TestRetentionOfWhatIsClosed(t *testing.T) {
	recent := sqldb.Millis(noon.AddDate(0, 0, -10))
	for name, test := range map[string]struct {
		kind, change string
		want         int64
	}{
		"Activity":       {"activities", "", 1},
		"OpenTask":       {"activities", "UPDATE activities SET done_at = 0", 0},
		"YoungActivity":  {"activities", "UPDATE activities SET done_at = %d", 0},
		"Recycled":       {"recycled_leads", "", 1},
		"YoungLead":      {"recycled_leads", "UPDATE leads SET updated_at = %d", 0},
		"Accepted":       {"accepted_leads", "UPDATE leads SET state = 'accepted'", 1},
		"AcceptedOpen":   {"accepted_leads", "UPDATE leads SET state = 'accepted'; UPDATE opportunities SET state = 'open', lead_id = (SELECT id FROM leads)", 0},
		"OpenLead":       {"accepted_leads", "UPDATE leads SET state = 'open'", 0},
		"Sale":           {"opportunities", "", 1},
		"OpenSale":       {"opportunities", "UPDATE opportunities SET state = 'open', closed_at = 0", 0},
		"YoungSale":      {"opportunities", "UPDATE opportunities SET closed_at = %d", 0},
		"SaleNotPaidFor": {"opportunities", "UPDATE invoices SET state = 'issued'", 0},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				pastCustomer(t, db)
				exec(t, db, "UPDATE activities SET record_type = 'opportunity', record_id = (SELECT id FROM opportunities)")
				for s := range strings.SplitSeq(strings.ReplaceAll(test.change, "%d", fmt.Sprint(recent)), ";") {
					if s != "" {
						exec(t, db, s)
					}
				}
				expected, removed := round(t, db, test.kind)
				if expected != test.want || removed != test.want {
					t.Errorf("%d were too old and %d went, want %d", expected, removed, test.want)
				}
				table := map[string]string{"activities": "activities", "opportunities": "opportunities"}[test.kind]
				if table == "" {
					table = "leads"
				}
				all := dump(t, db)
				if said := strings.Contains(all[table], "Zwickel"); said != (test.want == 0) || strings.Count(all[table], "\n") != 1 {
					t.Errorf("%s has\n%s", table, all[table])
				}
				if test.want == 0 {
					return
				}
				if again, _ := round(t, db, test.kind); again != 0 {
					t.Errorf("%d are too old again", again)
				}
				record := map[string]string{"activities": crm.RecordActivity, "opportunities": crm.RecordOpportunity, "leads": crm.RecordLead}[table]
				for line := range strings.Lines(all["audit"]) {
					if strings.Contains(line, "record_type="+record+"|") && strings.Contains(line, "Zwickel") {
						t.Errorf("the log says what it was: %s", line)
					}
				}
				var amount int64
				if err := db.QueryRow(t.Context(), "SELECT amount FROM opportunities").Scan(&amount); err != nil || amount != 4711 {
					t.Errorf("the sale is of %d, %v", amount, err)
				}
			})
		})
	}
}

// Of more than fit into one transaction all go.
func TestRetentionGoesOn(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		create(t, db, func(tx *sqldb.Tx, ch crm.Change) error {
			for i := range 450 {
				if _, err := crm.CreateContact(t.Context(), tx, crm.Contact{LastName: fmt.Sprint("Z", i)}, ch); err != nil {
					return err
				}
			}
			return nil
		})
		exec(t, db, "DELETE FROM retention_rules")
		setRules(t, db, map[string]int64{"contacts": 30})
		run := begin(t, db, true)
		r := retention(db, noon)
		if err := r.Do(t.Context(), &run); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]int64{"contacts": 450}, run.Removed); diff != "" {
			t.Errorf("removed (-want +got):\n%s", diff)
		}
	})
}

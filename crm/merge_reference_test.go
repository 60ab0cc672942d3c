package crm_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// notMoved are the columns that name contacts, accounts or leads and that no merge moves by the lists of
// references, with what becomes of them instead.
var notMoved = map[string]string{
	"links.contact_id":             "mergeLinks",
	"touches.contact_id":           "mergeLinks: they follow the links",
	"participants.record_id":       "handOn",
	"territory_pins.record_id":     "handOn",
	"field_values.record_id":       "made of the fields of a record, which handOn and the merge change",
	"contact_duplicates.a_id":      "mergeDuplicates",
	"contact_duplicates.b_id":      "mergeDuplicates",
	"record_territories.record_id": "found anew",
	"territory_queue.record_id":    "found anew",
	"search_entries.record_id":     "made anew",
	"record_looks.record_id":       "who looked at the one has not looked at the other: what the merge brought is new to them",
	"handover_records.record_id":   "a hand-over tells what it found and gave; a record that is gone is kept with a note",
	"handover_records.about":       "as above",
	"audit.record_id":              "a history is not rewritten; the entry of the merge names both",
	"audit.about":                  "as above",
	"acquaintances.created":        "who came on file by it is gone with the loser, or there again",
	"webhook_deliveries.record_id": "tell what happened to the record",
	"contact_merges.winner_id":     "merges follow one another", "contact_merges.loser_id": "as above",
	"record_merges.winner_id": "as above", "record_merges.loser_id": "as above",
	"contact_moves.record_id": "what merges moved", "contact_moves.contact_id": "as above", "record_moves.record_id": "as above",
	"opportunities.lead_id": "a lead that opened one is no loser",
	"shares.subject_id":     "users and teams", "goals.subject_id": "users, teams and territories",
	"campaigns.parent_id": "campaigns", "territories.parent_id": "territories", "units.parent_id": "units",
}

// namesRecords are columns that may name a contact, an account or a lead; the first group names which.
var namesRecords = regexp.MustCompile(`^(?:(contact|account|lead)|record|parent|subject|winner|loser|a|b)_id$|^about$|^created$`)

// namesOthers are columns that name something else, whichever table they stand in.
var namesOthers = []string{"author_id", "campaign_id", "correction_id", "delivery_id", "draft_id", "entry_id", "erasure_id", "external_id", "group_id", "handover_id", "idea_id",
	"import_id", "incident_id", "invoice_id", "manager_id", "member_id", "merge_id", "message_id", "monitor_id", "native_id", "opportunity_id", "order_id", "owner_id", "post_id",
	"process_id", "profile_id", "quote_id", "receiver_id", "rule_id", "taker_id", "task_id", "team_id", "territory_id", "unit_id", "user_id", "webhook_id"}

// Whoever adds a column that names contacts, accounts or leads says what a merge does with it.
func TestMergesKnowEveryColumn(t *testing.T) {
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	forgotten, there := forgottenColumns(t, db)
	for _, complaint := range forgotten {
		t.Error(complaint)
	}
	for name := range notMoved {
		if !there[name] {
			t.Errorf("notMoved has %s, the database has not", name)
		}
	}
	update(t, db, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), "CREATE TABLE visitors (id text, lead_id text, buyer_id text, record_type text, record_id text, user_id text)")
		return err
	})
	forgotten, _ = forgottenColumns(t, db)
	if got, want := strings.Join(forgotten, "\n"), []string{"lead_id may name a lead", "buyer_id: ", "record_id may name a contact", "record_id may name a account", "record_id may name a lead"}; len(forgotten) != len(want) ||
		slices.ContainsFunc(want, func(w string) bool { return !strings.Contains(got, "visitors."+w) }) {
		t.Errorf("got of a new table:\n%s\nwant a complaint of each of %q", got, want)
	}
}

// forgottenColumns are complaints about columns of which nobody said what a merge does with them; there
// has all that may name what is merged.
func forgottenColumns(t *testing.T, db *sqldb.DB) (complaints []string, there map[string]bool) {
	t.Helper()
	handed := crm.HandedOn()
	there = make(map[string]bool)
	for _, table := range tablesOf(t, db) {
		for _, column := range columnsOf(t, db, table) {
			name, m := table+"."+column.name, namesRecords.FindStringSubmatch(column.name)
			if m == nil {
				if strings.HasSuffix(column.name, "_id") && !slices.Contains(namesOthers, column.name) {
					complaints = append(complaints, name+": want it in namesOthers of this test, or in namesRecords where it may name a contact, an account or a lead")
				}
				continue
			}
			there[name] = true
			kinds := []string{m[1]}
			if m[1] == "" {
				kinds = []string{"contact", "account", "lead"}
				if column.name == "parent_id" {
					kinds = []string{"account"}
				}
			}
			for _, kind := range kinds {
				if moved := slices.Contains(handed[kind], name); moved == (notMoved[name] != "") {
					complaints = append(complaints, fmt.Sprintf("%s may name a %s: want it in %sReferences (crm/merge_reference.go), or in notMoved of this test with what becomes of it, and not in both", name, kind, kind))
				}
			}
		}
	}
	return complaints, there
}

type column struct{ name, kind string }

func tablesOf(t *testing.T, db *sqldb.DB) []string {
	t.Helper()
	query := "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'goose_%' ORDER BY tablename"
	if db.Name() == "sqlite" {
		query = `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%' ORDER BY name`
	}
	names, err := sqldb.Strings(t.Context(), db, query)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func columnsOf(t *testing.T, db *sqldb.DB, table string) (all []column) {
	t.Helper()
	rows, err := db.Query(t.Context(), "SELECT * FROM "+table+" LIMIT 0")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range types {
		all = append(all, column{c.Name(), strings.ToLower(c.DatabaseTypeName())})
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// insertRow puts a row into a table that has what is given, and nothing else.
func insertRow(t *testing.T, db *sqldb.DB, table string, given map[string]any) {
	t.Helper()
	var names, marks []string
	var values []any
	for _, c := range columnsOf(t, db, table) {
		v, ok := given[c.name]
		switch {
		case ok:
		case c.name == "open_key", c.kind == "tsvector":
			continue
		case c.kind == "text" && (c.name == "fields" || c.name == "rating" || c.name == "sums"):
			v = "{}"
		case c.kind == "text" && c.name == "lines":
			v = "[]"
		case c.kind == "text":
			v = ""
		case strings.HasPrefix(c.kind, "bool"):
			v = false
		case c.kind == "bytea":
			v = []byte{}
		default:
			v = 0
		}
		names, values = append(names, c.name), append(values, v)
		marks = append(marks, fmt.Sprint("$", len(values)))
	}
	update(t, db, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO "+table+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", values...)
		return err
	})
}

// everything is every row of every table, but for versions and times of change, which only ever grow,
// ratings, which are made anew, and what records what happened.
func everything(t *testing.T, db *sqldb.DB) map[string][]string {
	t.Helper()
	all := make(map[string][]string)
	for _, table := range tablesOf(t, db) {
		if slices.Contains([]string{"audit", "contact_merges", "contact_moves", "record_merges", "record_moves", "crm_outbox", "deleted_contacts"}, table) || strings.HasPrefix(table, "search_") {
			continue
		}
		var names []string
		for _, c := range columnsOf(t, db, table) {
			if !slices.Contains([]string{"version", "updated_at", "rating", "rating_due", "grade", "score", "trend", "priority"}, c.name) {
				names = append(names, c.name)
			}
		}
		err := sqldb.EachRow(t.Context(), db, func(rows *sql.Rows) error {
			cells, dest := make([]any, len(names)), make([]any, len(names))
			for i := range cells {
				dest[i] = &cells[i]
			}
			err := rows.Scan(dest...)
			line := make([]string, len(names))
			for i, c := range cells {
				line[i] = fmt.Sprintf("%s=%s", names[i], text(c))
			}
			all[table] = append(all[table], strings.Join(line, " "))
			return err
		}, "SELECT "+strings.Join(names, ", ")+" FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(all[table])
	}
	return all
}

func text(cell any) string {
	if b, ok := cell.([]byte); ok {
		return string(b)
	}
	return fmt.Sprint(cell)
}

// merged are two records of a type, how to make one of them, and how to take them apart.
type merged struct {
	kind                 string
	winner, loser, other string
	into                 func(tx *sqldb.Tx, winner, loser string, ch crm.Change) (string, error)
	unmerge              func(tx *sqldb.Tx, id string, ch crm.Change) error
}

func (m *merged) merge(tx *sqldb.Tx, ch crm.Change) (id string, err error) {
	return m.into(tx, m.winner, m.loser, ch)
}

func twoContacts(t *testing.T, db *sqldb.DB) merged {
	m := merged{kind: "contact"}
	m.winner, m.loser, m.other = createContact(t, db, crm.Contact{LastName: "Vogt"}).ID, createContact(t, db, crm.Contact{LastName: "Vogt"}).ID, createContact(t, db, crm.Contact{LastName: "Other"}).ID
	m.into = func(tx *sqldb.Tx, winner, loser string, ch crm.Change) (string, error) {
		done, err := crm.MergeContacts(t.Context(), tx, crm.MergeOrder{WinnerID: winner, LoserID: loser}, ch)
		return done.ID, err
	}
	m.unmerge = func(tx *sqldb.Tx, id string, ch crm.Change) error {
		_, err := crm.UnmergeContacts(t.Context(), tx, id, ch)
		return err
	}
	return m
}

func twoAccounts(t *testing.T, db *sqldb.DB) merged {
	m := merged{kind: "account"}
	m.winner, m.loser, m.other = createAccount(t, db, crm.Account{Name: "Acme"}).ID, createAccount(t, db, crm.Account{Name: "ACME"}).ID, createAccount(t, db, crm.Account{Name: "Other"}).ID
	m.into = func(tx *sqldb.Tx, winner, loser string, ch crm.Change) (string, error) {
		done, err := crm.MergeAccounts(t.Context(), tx, winner, loser, ch)
		return done.ID, err
	}
	m.unmerge = func(tx *sqldb.Tx, id string, ch crm.Change) error {
		_, err := crm.UnmergeAccounts(t.Context(), tx, id, ch)
		return err
	}
	return m
}

func twoLeads(t *testing.T, db *sqldb.DB) merged {
	m := merged{kind: "lead"}
	create := func(l crm.Lead) (id string) {
		l.Source = crm.SourceHand
		update(t, db, func(tx *sqldb.Tx) error {
			made, err := crm.CreateLead(t.Context(), tx, by(noon), crm.NewLead{Lead: l, AllowDuplicate: true, DuplicateReason: "test"})
			id = made.ID
			return err
		})
		return id
	}
	m.winner, m.loser, m.other = create(crm.Lead{Name: "Anna", Topic: "grill", City: "Kiel"}), create(crm.Lead{Name: "Anna V.", Topic: "a grill", Email: "anna@acme.example", Fields: map[string]any{"code": "7"}}), create(crm.Lead{Name: "Other"})
	m.into = func(tx *sqldb.Tx, winner, loser string, ch crm.Change) (string, error) {
		done, err := crm.MergeLeads(t.Context(), tx, winner, loser, ch)
		return done.ID, err
	}
	m.unmerge = func(tx *sqldb.Tx, id string, ch crm.Change) error {
		_, err := crm.UnmergeLeads(t.Context(), tx, id, ch)
		return err
	}
	return m
}

var mergeable = map[string]func(*testing.T, *sqldb.DB) merged{"OKContacts": twoContacts, "OKAccounts": twoAccounts, "OKLeads": twoLeads}

// Whatever names the loser names the winner after a merge, and the loser again after it is taken apart.
func TestMergeHandsOnEverything(t *testing.T) {
	for name, two := range mergeable {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				m := two(t, db)
				boss := crm.Field{RecordType: m.kind, Name: "boss", Kind: crm.FieldReference, References: m.kind}
				update(t, db, func(tx *sqldb.Tx) error { _, err := crm.SaveField(t.Context(), tx, by(noon), boss); return err })
				for _, name := range crm.HandedOn()[m.kind] {
					table, column, _ := strings.Cut(name, ".")
					insertRow(t, db, table, map[string]any{"id": "of-loser", column: m.loser, "record_type": m.kind, "name_key": []byte("x")})
				}
				for _, id := range []string{m.winner, m.loser} {
					insertRow(t, db, "participants", map[string]any{"record_type": m.kind, "record_id": id, "user_id": "both", "how": "owner"})
					insertRow(t, db, "record_looks", map[string]any{"record_type": m.kind, "record_id": id, "user_id": "both", "at": 1})
				}
				insertRow(t, db, "participants", map[string]any{"record_type": m.kind, "record_id": m.loser, "user_id": "one", "how": "activity", "since": 5})
				insertRow(t, db, "territory_pins", map[string]any{"record_type": m.kind, "record_id": m.loser, "territory_id": "north", "pinned_at": 7})
				table := map[string]string{"contact": "contacts", "account": "accounts", "lead": "leads"}[m.kind]
				update(t, db, func(tx *sqldb.Tx) error {
					_, err := tx.Exec(t.Context(), "UPDATE "+table+" SET fields = $1 WHERE id = $2", `{"boss":"`+m.loser+`"}`, m.other)
					return err
				})
				insertRow(t, db, "field_values", map[string]any{"record_type": m.kind, "name": "boss", "value_key": []byte(strings.ToLower(m.loser)), "record_id": m.other})

				before := everything(t, db)
				var id string
				update(t, db, func(tx *sqldb.Tx) (err error) { id, err = m.merge(tx, by(noon)); return err })
				for _, name := range crm.HandedOn()[m.kind] {
					table, column, _ := strings.Cut(name, ".")
					if got, err := sqldb.Strings(t.Context(), db, "SELECT "+column+" FROM "+table+" WHERE id = 'of-loser'"); err != nil || len(got) != 1 || got[0] != m.winner {
						t.Errorf("%s names %v (%v), want the winner", name, got, err)
					}
				}
				took, err := crm.Participants(t.Context(), db, m.kind, m.winner)
				if err != nil || !slices.ContainsFunc(took, func(p crm.Participation) bool { return p.UserID == "one" && p.Since.UnixMilli() == 5 }) {
					t.Errorf("got %v, %v, want who took part in the loser to take part in the winner", took, err)
				}
				for query, want := range map[string]string{
					"SELECT territory_id FROM territory_pins WHERE record_id = $1":              "north",
					"SELECT record_id FROM field_values WHERE name = 'boss' AND value_key = $1": m.other,
					"SELECT id FROM " + table + " WHERE fields = '{\"boss\":\"' || $1 || '\"}'": m.other,
				} {
					arg := any(m.winner)
					if strings.Contains(query, "value_key") {
						arg = []byte(strings.ToLower(m.winner))
					}
					if got, err := sqldb.Strings(t.Context(), db, query, arg); err != nil || !slices.Equal(got, []string{want}) {
						t.Errorf("%s: got %v (%v), want %s", query, got, err, want)
					}
				}
				update(t, db, func(tx *sqldb.Tx) error { return m.unmerge(tx, id, by(noon.Add(time.Hour))) })
				if diff := cmp.Diff(before, everything(t, db)); diff != "" {
					t.Errorf("not as before (-before +after):\n%s", diff)
				}
			})
		})
	}
}

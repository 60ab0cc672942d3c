package internal_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/privacy"
)

// TestEveryColumnIsInTheRegistry keeps new tables and columns from being forgotten when somebody asks
// what is held about them, or wants it gone.
func TestEveryColumnIsInTheRegistry(t *testing.T) {
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	schema := make(map[string][]string)
	// Of what the full-text index keeps (virtual, shadow), search_entries is the source.
	rows, err := db.Query(t.Context(), `SELECT l.name, c.name FROM pragma_table_list l JOIN pragma_table_info(l.name) c
		WHERE l.schema = 'main' AND l.type = 'table' AND l.name NOT LIKE 'sqlite_%' AND l.name NOT LIKE 'goose_%' ORDER BY l.name, c.name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		schema[table] = append(schema[table], column)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for table, columns := range schema {
		known, ok := privacy.Tables[table]
		if !ok {
			t.Errorf("table %s (%s) is not in privacy.Tables: say there which columns hold a person's data (Person), free text (Text), or neither (Free)",
				table, strings.Join(columns, " "))
			continue
		}
		if diff := cmp.Diff(known.Columns(), columns); diff != "" {
			t.Errorf("table %s: privacy.Tables (-) says other columns than the database (+) has: sort each into Person, Text or Free\n%s", table, diff)
		}
	}
	for table, known := range privacy.Tables {
		columns, ok := schema[table]
		if !ok {
			t.Errorf("privacy.Tables has table %s, the database has not", table)
		}
		for column := range known.Rows {
			if !slices.Contains(columns, column) {
				t.Errorf("privacy.Tables finds rows of %s by column %s, which it has not", table, column)
			}
		}
		if free := strings.Fields(known.Free); known.Fate != privacy.Keep && len(known.Rows) == 0 || slices.ContainsFunc(free, func(c string) bool {
			return slices.Contains(strings.Fields(known.Person+" "+known.Text), c)
		}) {
			t.Errorf("privacy.Tables contradicts itself about table %s", table)
		}
	}
	if names := privacy.InOrder(); len(names) != len(privacy.Tables) {
		t.Errorf("%d tables are worked through, %d are there", len(names), len(privacy.Tables))
	}
}

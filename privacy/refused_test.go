package privacy_test

import (
	"strings"
	"testing"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/privacy"
)

// Rows that an import refused go with the person they are about, though their name stands in two columns
// and their number in other words; those of others stay.
func TestEraseRefusedRows(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var id, namesake string
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			for _, c := range []crm.Contact{
				{FirstName: "Zeldina", LastName: "Quarkstein", Email: "zeldina@quark.example", Phone: "+49 431 7654321"},
				{FirstName: "Anna", LastName: "Schmidt", Email: "anna@one.example"},
				{FirstName: "Anna", LastName: "Schmidt", Email: "anna@two.example"},
			} {
				saved, err := crm.CreateContact(t.Context(), tx, c, by("user-1"))
				if err != nil {
					return err
				}
				if c.LastName == "Quarkstein" {
					id = saved.ID
				} else {
					namesake = saved.ID
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		refused := []string{
			`Vorname,Nachname,E-Mail,Telefon,line,column,reason,row` + "\n",
			`Zeldina,Quarkstein,bad,0431/7654321,2,E-Mail,"bad: want one",` + "\n",
			`Quarkstein,Zeldina,bad,,3,E-Mail,bad,` + "\n",
			`,,bad,0431 765 4321,4,E-Mail,bad,` + "\n",
			`Z.,Quarkstein,zeldina@QUARK.example,x,5,Telefon,bad,` + "\n",
			"\"Zeldina\n\",\"Quark", "stein\",bad,x,6,E-Mail,bad,\n", // a part ends within a value
			`,,,,7,,"the row has 5 columns, the header 4","Dr.,Zeldina,Quarkstein,0431,x"` + "\n",
			`Zeldina,Otherwise,bad,1,8,E-Mail,bad,` + "\n",
			`Otto,Other,bad,0431-7654321,9,E-Mail,bad,` + "\n",
			`Anna,Schmidt,bad,,10,E-Mail,bad,` + "\n",
			`Anna,Schmidt,anna@two.example,,11,E-Mail,bad,` + "\n",
		}
		exec(t, db, `INSERT INTO imports (id, record_type, file, state, dry_run, all_or_nothing, mapping, size, taken, report, problem, requested_by, requested_at, ended_at, seen_at, basis, evidence)
			VALUES ('i', 'contact', 'a.csv', 'done', false, false, '{}', 1, 1, '{}', '', 'user-1', 1, 1, 1, '', '')`)
		err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
			parts := []string{strings.Join(refused[:3], ""), strings.Join(refused[3:6], ""), strings.Join(refused[6:], "")}
			for i, body := range parts {
				if _, err := tx.Exec(t.Context(), "INSERT INTO import_refusals (id, import_id, part, body) VALUES ($1, 'i', $2, $3)", string(rune('a'+i)), i, body); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		e := request(t, db, privacy.Order{Question: privacy.Question{ContactID: id}})
		request(t, db, privacy.Order{Question: privacy.Question{ContactID: namesake}})
		if n, err := privacy.Work(t.Context(), at(db, noon)); n != 2 || err != nil {
			t.Fatalf("got %d, %v, want both erased", n, err)
		}
		var left strings.Builder
		if err := crm.WriteRefusals(t.Context(), db, "i", &left); err != nil {
			t.Fatal(err)
		}
		want := refused[0] + refused[8] + strings.ReplaceAll(refused[9], "0431-7654321", "[erased]") + refused[10]
		if left.String() != want {
			t.Errorf("left:\n%s\nwant:\n%s", left.String(), want)
		}
		if e, err = privacy.ErasureByID(t.Context(), db, e.ID); err != nil || e.Removed["import_refusals.text"] != 7 {
			t.Errorf("got %v, %v, want 6 rows and a text counted", e.Removed, err)
		}
	})
}

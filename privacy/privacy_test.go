package privacy_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/privacy"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// Greta is in every table, and named in the free text of rows about others.
const (
	name   = "Greta Zwickelmann"
	email  = "greta@zwickel.example"
	handle = "gretazwick.example"
	native = "did:plc:greta4711zwick"
	said   = `{"n":"Greta\nZwickelmann, of @gretazwick.example and GRETA@zwickel.example, or did:plc:greta4711zwick"}`
)

var author = post.Key{Network: "bluesky", ID: native}.Short()

// somebody is who a row is about.
type somebody struct{ suffix, name, author string }

var (
	greta = somebody{"-p", name, author}
	otto  = somebody{"-o", "Otto Other", "author-o"}
)

func (s *somebody) id(k privacy.Kind) string {
	switch k {
	case privacy.Author:
		return s.author
	case privacy.Post:
		return "posts" + s.suffix
	case privacy.Lead:
		return "leads" + s.suffix
	case privacy.Merge:
		return "contact_merges" + s.suffix
	case privacy.Alert:
		return "mention_alerts" + s.suffix
	case privacy.Opportunity:
		return "opportunities" + s.suffix
	case privacy.Invoice:
		return "invoices" + s.suffix
	}
	return "contacts" + s.suffix
}

// own are values that the search of a person goes by.
func (s *somebody) own(table, column string) (any, bool) {
	first, last, _ := strings.Cut(s.name, " ")
	v, ok := map[string]any{
		"contacts.first_name": first, "contacts.last_name": last, "contacts.email": map[bool]string{true: email, false: "otto@other.example"}[s.suffix == "-p"],
		"contacts.phone": "+49 89 1234" + map[bool]string{true: "567", false: "999"}[s.suffix == "-p"], "contacts.display_name": "",
		"authors.network": "bluesky", "authors.native_id": map[bool]string{true: native, false: "did:plc:otto"}[s.suffix == "-p"],
		"authors.handle": map[bool]string{true: handle, false: "otto.example"}[s.suffix == "-p"], "authors.name": s.name,
		"social_profiles.id": "social_profiles" + s.suffix, "links.decision": "confirmed", "contact_merges.loser_id": "old" + s.suffix,
		"contact_merges.unmerged_at": 0, "leads.contact_id": "contacts" + s.suffix, "leads.state": "open", "leads.email": s.name + "@x.example", "leads.phone": "",
		"leads.handle": "", "leads.network": "bluesky", "contact_duplicates.b_id": "z" + s.suffix, "contacts.url": "", "authors.url": "",
		"social_profiles.handle": "", "social_profiles.native_id": "", "social_profiles.url": "", "webhooks.types": "[]", "webhooks.actions": "[]",
		"record_territories.record_type": "contact", "territory_queue.record_type": "contact", "territory_pins.record_type": "contact", "field_values.record_type": "contact",
	}[table+"."+column]
	return v, ok
}

// seed puts a row of everybody into every table.
func seed(t *testing.T, db *sqldb.DB) {
	t.Helper()
	for _, table := range privacy.InOrder() {
		switch table {
		case "erasures", "blocks", "block_keys", "search_entries":
			continue
		}
		for _, who := range []somebody{greta, otto} {
			columns, values := row(t, db, table, who)
			marks := make([]string, len(columns))
			for i := range marks {
				marks[i] = fmt.Sprintf("$%d", i+1)
			}
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), "INSERT INTO "+table+` ("`+strings.Join(columns, `", "`)+`") VALUES (`+strings.Join(marks, ", ")+")", values...)
				return err
			})
			if err != nil {
				t.Fatalf("seed %s: %v", table, err)
			}
		}
	}
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		return tx.IndexText(t.Context(), []sqldb.Text{
			{RecordType: "contact", RecordID: "contacts-p", Words: "greta zwickelmann"}, {RecordType: "contact", RecordID: "contacts-o", Words: "otto other"},
			{RecordType: "opportunity", RecordID: "opportunities-o", Words: "greta zwickelmann gretazwick roof"}})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func row(t *testing.T, db *sqldb.DB, table string, who somebody) (columns []string, values []any) {
	t.Helper()
	known := privacy.Tables[table]
	rows, err := db.Query(t.Context(), "SELECT * FROM "+table+" LIMIT 0")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err := errors.Join(err, rows.Err()); err != nil {
		t.Fatal(err)
	}
	has := func(list, column string) bool { return strings.Contains(" "+list+" ", " "+column+" ") }
	for _, c := range types {
		columns = append(columns, c.Name())
		kind, key := known.Rows[c.Name()]
		own, special := who.own(table, c.Name())
		number := 1
		if who.suffix == "-o" {
			number = 2
		}
		var v any = "x" + who.suffix
		switch db := strings.ToUpper(c.DatabaseTypeName()); {
		case special:
			v = own
		case key:
			v = who.id(kind)
		case strings.HasPrefix(db, "BOOL"):
			v = false
		case db == "BYTEA":
			if v = []byte("x" + who.suffix); has(known.Person, c.Name()) || table == "contacts" {
				v = []byte(who.name)
			}
		case db != "TEXT":
			v = number
		case c.Name() == "id":
			v = table + who.suffix
		case has(known.Text, c.Name()):
			v = strings.TrimSuffix(said, "}") + `,"of":"` + who.suffix + `"}`
		case has(known.Person, c.Name()):
			v = who.name
		}
		values = append(values, v)
	}
	return columns, values
}

// dump is all that the database says, by table.
func dump(t *testing.T, db *sqldb.DB) map[string]string {
	t.Helper()
	all := make(map[string]string)
	for _, table := range privacy.InOrder() {
		rows, err := db.Query(t.Context(), "SELECT * FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		all[table] = text(t, rows)
	}
	return all
}

func text(t *testing.T, rows *sql.Rows) string {
	t.Helper()
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for rows.Next() {
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for i, v := range values {
			fmt.Fprintf(&b, "%s=%s|", columns[i], v.String)
		}
		b.WriteByte('\n')
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// by is a change that somebody makes.
func by(user string) crm.Change {
	return crm.Change{By: user, At: noon, Why: "asked for by letter", Access: crm.System()}
}

func request(t *testing.T, db *sqldb.DB, o privacy.Order) (e privacy.Erasure) {
	t.Helper()
	err := db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
		e, err = privacy.Request(t.Context(), tx, o, by("user-1"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func at(db *sqldb.DB, alive time.Time) privacy.Places {
	return privacy.Places{DB: db, Clock: privacy.Clock{Now: func() time.Time { return noon }, Alive: func() time.Time { return alive }}}
}

// traces of Greta, in lower case. The words of her name stand in rows of other people in this test only.
var traces = []string{"zwick", "greta", strings.ToLower(author), "1234567"}

// An erased person is in no table, no index and no file; whoever else is there stays as they were, but
// for the words that named her. The job goes on where it was killed.
func TestErase(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		seed(t, db)
		e := request(t, db, privacy.Order{Question: privacy.Question{Email: "Greta@Zwickel.example"}})
		killed, kill := context.WithCancel(t.Context())
		tables := 0
		_, err := privacy.Work(killed, privacy.Places{DB: db, Clock: privacy.Clock{Now: func() time.Time { return noon }, Alive: func() time.Time {
			if tables++; tables == 12 {
				kill()
			}
			return noon
		}}})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v, want the work interrupted", err)
		}
		if n, err := privacy.Work(t.Context(), at(db, noon.Add(30*time.Second))); n != 0 || err != nil {
			t.Fatalf("got %d, %v: who was heard a moment ago is at it still", n, err)
		}
		if n, err := privacy.Work(t.Context(), at(db, noon.Add(2*time.Minute))); n != 1 || err != nil {
			t.Fatalf("got %d, %v, want it finished", n, err)
		}
		for table, all := range dump(t, db) {
			for _, trace := range traces {
				if strings.Contains(strings.ToLower(all), trace) {
					t.Errorf("%s still says %q:\n%s", table, trace, all)
				}
			}
			if !strings.Contains(all, "-o") && table != "erasures" && table != "blocks" && table != "block_keys" && table != "authors" {
				t.Errorf("%s lost what it said of somebody else:\n%s", table, all)
			}
		}
		if db.Name() == "sqlite" {
			wantNoTraceInFiles(t, strings.TrimPrefix(sqldbtest.URL(t), "sqlite:"))
		}
		e, err = privacy.ErasureByID(t.Context(), db, e.ID)
		if err != nil || e.State != privacy.Done || e.Progress != 1 || e.Removed["contacts"] != 1 || e.Removed["posts"] != 1 || e.Removed["activities"] != 1 ||
			e.Removed["opportunities.text"] == 0 || e.Blocked < 2 || e.Reason != "asked for by letter" || !e.FinishedAt.Equal(noon) {
			t.Errorf("got %+v, %v", e, err)
		}
		var milestone, state string
		if err := db.QueryRow(t.Context(), "SELECT milestone, state FROM leads WHERE id = 'leads-p'").Scan(&milestone, &state); err != nil || milestone != "disqualified" || state != "disqualified" {
			t.Errorf("her lead is %s, %s, %v: want it closed, and counted", milestone, state, err)
		}
		wantBlocked(t, db)
	})
}

func wantNoTraceInFiles(t *testing.T, path string) {
	t.Helper()
	for _, file := range []string{path, path + "-wal"} {
		data, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if at := regexp.MustCompile("(?i)zwick|greta").FindIndex(data); at != nil {
			t.Errorf("%s holds %q", file, data[max(0, at[0]-40):min(len(data), at[1]+40)])
		}
	}
}

func wantBlocked(t *testing.T, db *sqldb.DB) {
	t.Helper()
	if got, err := crm.BlockedAuthors(t.Context(), db, []string{author, "author-o"}); err != nil || !cmp.Equal(got, map[string]bool{author: true}) {
		t.Errorf("got %v, %v: want her account blocked, and no other", got, err)
	}
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := crm.CreateContact(t.Context(), tx, crm.Contact{LastName: "Z", Email: "GRETA@zwickel.example"}, crm.Change{By: "user-1", At: noon, Access: crm.System()})
		return err
	})
	var blocked *crm.Blocked
	if !errors.As(err, &blocked) || blocked.Field != "email" {
		t.Errorf("got %v, want her address refused", err)
	}
}

func TestFourEyes(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		seed(t, db)
		e := request(t, db, privacy.Order{Question: privacy.Question{ContactID: "contacts-p"}, FourEyes: true})
		if n, err := privacy.Work(t.Context(), at(db, noon)); n != 0 || err != nil {
			t.Errorf("got %d, %v: nothing is approved", n, err)
		}
		approve := func(user string) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := privacy.Approve(t.Context(), tx, e.ID, by(user))
				return err
			})
		}
		if err := approve("user-1"); !errors.Is(err, privacy.ErrSameEyes) {
			t.Errorf("got %v, want another person", err)
		}
		if err := approve("user-2"); err != nil {
			t.Fatal(err)
		}
		if err := approve("user-3"); !errors.Is(err, privacy.ErrApproved) {
			t.Errorf("got %v, want it approved already", err)
		}
		if n, err := privacy.Work(t.Context(), at(db, noon)); n != 1 || err != nil {
			t.Errorf("got %d, %v, want it done", n, err)
		}
	})
}

func TestExport(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		seed(t, db)
		var first string
		for _, ask := range []privacy.Question{{ContactID: "contacts-p"}, {ContactID: "old-p"}, {Email: email}, {Network: "bluesky", Handle: "@GretaZwick.example"}, {Network: "bluesky", Handle: native}} {
			p, err := privacy.Find(t.Context(), db, ask)
			if err != nil {
				t.Fatalf("%+v: %v", ask, err)
			}
			e, err := privacy.Collect(t.Context(), db, p, noon)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := e.JSON(&b); err != nil {
				t.Fatal(err)
			}
			if first == "" {
				first = b.String()
			}
			if b.String() != first {
				t.Errorf("%+v finds another person:\n%s", ask, cmp.Diff(first, b.String()))
			}
			wantAllTables(t, e)
			if strings.Contains(b.String(), "Otto") || !json.Valid(b.Bytes()) {
				t.Errorf("%+v: the export names somebody else, or is no JSON: %s", ask, b.String())
			}
			pdf, err := e.PDF()
			if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
				t.Errorf("got %.20q, %v, want a PDF", pdf, err)
			}
		}
	})
}

// wantAllTables fails unless the export has the person's row of every table that has rows of persons.
func wantAllTables(t *testing.T, e *privacy.Export) {
	t.Helper()
	got := make(map[string]int)
	for _, table := range e.Tables {
		got[table.Table] = len(table.Rows)
	}
	for name, table := range privacy.Tables {
		if len(table.Rows) > 0 && got[name] != 1 {
			t.Errorf("the export has %d rows of %s, want 1", got[name], name)
		}
	}
}

func TestFindErrors(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		for name, test := range map[string]struct {
			ask  privacy.Question
			want error
		}{
			"ErrNobody":      {privacy.Question{Email: "nobody@example.org"}, privacy.ErrNobody},
			"ErrNothing":     {privacy.Question{}, privacy.ErrQuestion},
			"ErrHandleAlone": {privacy.Question{Handle: "greta"}, privacy.ErrQuestion},
			"ErrTwo":         {privacy.Question{Email: email, ContactID: "c"}, privacy.ErrQuestion},
		} {
			if _, err := privacy.Find(t.Context(), db, test.ask); !errors.Is(err, test.want) {
				t.Errorf("%s: got %v, want %v", name, err, test.want)
			}
		}
	})
}

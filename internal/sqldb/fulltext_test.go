package sqldb_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// What was indexed is found by the beginnings of its words, by type, and in what it says now.
func TestFindText(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		text := func(kind, id, words string) sqldb.Text {
			return sqldb.Text{RecordType: kind, RecordID: id, Words: words}
		}
		index := func(texts ...sqldb.Text) {
			t.Helper()
			if err := db.Update(ctx, func(tx *sqldb.Tx) error { return tx.IndexText(ctx, texts) }); err != nil {
				t.Fatal(err)
			}
		}
		index(text("contact", "c1", "anna mueller"), text("lead", "l1", "anna wants chairs"), text("contact", "c2", "bernd muellermann"),
			text("contact", "c3", "carla neu"), text("touch", "t1", "anna"))
		index(text("contact", "c3", "carla mueller"), text("contact", "c2", ""))
		index(text("contact", "c4", "dora alt"), text("contact", "c4", "dora mueller"))
		index(sqldb.Text{RecordType: "contact", RecordID: "c5", Words: "emil fresh", New: true}, sqldb.Text{RecordType: "contact", RecordID: "c6", New: true})
		index(text("contact", "c5", "emil frisch"))
		for name, c := range map[string]struct {
			query sqldb.TextQuery
			want  []string
		}{
			"OK/Prefix":   {sqldb.TextQuery{RecordType: "contact", Words: []string{"muell"}, Limit: 9}, []string{"c1", "c3", "c4"}},
			"OK/TwoWords": {sqldb.TextQuery{RecordType: "contact", Words: []string{"mue", "ann"}, Limit: 9}, []string{"c1"}},
			"OK/Type":     {sqldb.TextQuery{RecordType: "lead", Words: []string{"anna"}, Limit: 9}, []string{"l1"}},
			"OK/Reserved": {sqldb.TextQuery{RecordType: "contact", Words: []string{"and"}, Limit: 9}, nil},
			"OK/Gone":     {sqldb.TextQuery{RecordType: "contact", Words: []string{"neu"}, Limit: 9}, nil},
			"OK/New":      {sqldb.TextQuery{RecordType: "contact", Words: []string{"frisch"}, Limit: 9}, []string{"c5"}},
			"OK/NewGone":  {sqldb.TextQuery{RecordType: "contact", Words: []string{"fresh"}, Limit: 9}, nil},
			"OK/NoWords":  {sqldb.TextQuery{RecordType: "contact", Limit: 9}, nil},
		} {
			t.Run(name, func(t *testing.T) {
				got, err := db.FindText(ctx, c.query)
				if err != nil {
					t.Fatal(err)
				}
				slices.Sort(got)
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Error(diff)
				}
			})
		}
	})
}

// A snapshot does not see what is committed after it began to read.
func TestView(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		count := func(q sqldb.Querier) (n int) {
			if err := q.QueryRow(ctx, "SELECT count(*) FROM search_entries").Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		err := db.View(ctx, func(q sqldb.Querier) error {
			before := count(q)
			if err := db.Update(ctx, func(tx *sqldb.Tx) error {
				return tx.IndexText(ctx, []sqldb.Text{{RecordType: "contact", RecordID: "c1", Words: "anna"}})
			}); err != nil {
				return err
			}
			if after := count(q); after != before {
				t.Errorf("the snapshot has %d entries, had %d", after, before)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := count(db); n != 1 {
			t.Errorf("%d entries after it, want 1", n)
		}
	})
}

package sqldb_test

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func TestInsertNew(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ins := sqldb.Insert{Table: "deleted_contacts", Columns: []string{"id", "deleted_at"}, Key: []string{"id"}}
		insert := func(rows ...[]any) (fresh []bool) {
			t.Helper()
			err := db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
				fresh, err = tx.InsertNew(t.Context(), ins, rows)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return fresh
		}
		if diff := cmp.Diff([]bool{true, true, false}, insert([]any{"a", 1}, []any{"b", 2}, []any{"a", 3})); diff != "" {
			t.Errorf("first insertion (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]bool{false, true}, insert([]any{"b", 1}, []any{"c", 2})); diff != "" {
			t.Errorf("second insertion (-want +got):\n%s", diff)
		}
	})
}

// Values of every type a column has come back as they were, also where a whole number stands among others.
func TestInsertNewKinds(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		links := sqldb.Insert{Table: "links", Key: []string{"author_id", "contact_id"},
			Columns: []string{"author_id", "contact_id", "decision", "probability", "evidence", "basis", "decided_by", "decided_at"}}
		gone := sqldb.Insert{Table: "tombstones", Columns: []string{"id", "at", "author"}, Key: []string{"id"}}
		entries := sqldb.Insert{Table: "field_values", Columns: []string{"record_type", "name", "value_key", "record_id"}, Key: []string{"record_type", "name", "value_key", "record_id"}}
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			for _, in := range []struct {
				into sqldb.Insert
				rows [][]any
			}{
				{links, [][]any{{"a", "c", "suggested", 0, "{}", "", "matcher", 1}, {"b", "c", "suggested", 0.5, "{}", "", "matcher", int64(2)}}},
				{gone, [][]any{{"x", 1, true}, {"y", 2, false}}},
				{entries, [][]any{{"contact", "tier", []byte{0, 0xff}, "c"}}},
			} {
				fresh, err := tx.InsertNew(t.Context(), in.into, in.rows)
				if err != nil || len(fresh) != len(in.rows) || !fresh[0] {
					t.Errorf("%s: got %v, %v", in.into.Table, fresh, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var sum float64
		var author bool
		var key []byte
		query := "SELECT (SELECT sum(probability) FROM links), (SELECT author FROM tombstones WHERE id = 'x'), (SELECT value_key FROM field_values)"
		if err := db.QueryRow(t.Context(), query).Scan(&sum, &author, &key); err != nil || sum != 0.5 || !author || string(key) != "\x00\xff" {
			t.Errorf("got %v, %v, %q (%v)", sum, author, key, err)
		}
	})
}

// PostgreSQL's planner knows of a table that a long work fills before autovacuum comes.
func TestUpdateRelaxedAnalyzes(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		if db.Name() != "postgres" {
			return // SQLite plans without statistics
		}
		var known float64
		for step := 0; known < 1000 && step < 100; step++ {
			err := db.UpdateRelaxed(t.Context(), func(tx *sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), "INSERT INTO tombstones (id, at, author) SELECT $1 || '-' || i, 1, FALSE FROM generate_series(1, 1000) i", strconv.Itoa(step))
				return err
			})
			if err == nil {
				err = db.QueryRow(t.Context(), "SELECT reltuples FROM pg_class WHERE relname = 'tombstones'").Scan(&known)
			}
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(50 * time.Millisecond) // the server counts changes once a second
		}
		if known < 1000 {
			t.Errorf("the planner knows of %v rows after 100,000", known)
		}
	})
}

// What was committed without waiting is seen at once, and the next commit waits again.
func TestUpdateRelaxed(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		boom := errors.New("boom")
		insert := func(id string, fail error) error {
			return db.UpdateRelaxed(t.Context(), func(tx *sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), "INSERT INTO tombstones (id, at, author) VALUES ($1, $2, FALSE)", id, 1)
				return errors.Join(err, fail)
			})
		}
		if err := errors.Join(insert("a", nil), insert("b", nil)); err != nil {
			t.Fatal(err)
		}
		if err := insert("c", boom); !errors.Is(err, boom) {
			t.Errorf("got %v, want %v", err, boom)
		}
		var n int
		if err := db.QueryRow(t.Context(), "SELECT count(*) FROM tombstones").Scan(&n); err != nil || n != 2 {
			t.Errorf("got %d rows (%v), want 2", n, err)
		}
		query, want := "PRAGMA synchronous", "2"
		if db.Name() == "postgres" {
			query, want = "SHOW synchronous_commit", "on"
		}
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			var waits string
			if err := tx.QueryRow(t.Context(), query).Scan(&waits); err != nil || waits != want {
				t.Errorf("%s: got %s (%v), want %s", query, waits, err, want)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// What was moved out of the log stands in the database without it.
func TestLogIsMoved(t *testing.T) {
	dir := t.TempDir()
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(dir, "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO tombstones (id, at, author) VALUES ('a', 1, FALSE)")
		return err
	})
	if err := errors.Join(err, sqldb.MoveLog(t.Context(), db)); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "a.db"))
	if err := errors.Join(err, os.WriteFile(filepath.Join(dir, "b.db"), data, 0o600)); err != nil {
		t.Fatal(err)
	}
	copied, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(dir, "b.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	var n int
	if err := copied.QueryRow(t.Context(), "SELECT count(*) FROM tombstones").Scan(&n); err != nil || n != 1 {
		t.Errorf("got %d rows (%v), want 1", n, err)
	}
}

func TestUpdateRollsBack(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		boom := errors.New("boom")
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			if _, err := tx.Exec(t.Context(), "INSERT INTO tombstones (id, at, author) VALUES ($1, $2, FALSE)", "x", 1); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatalf("got %v, want %v", err, boom)
		}
		var n int
		if err := db.QueryRow(t.Context(), "SELECT count(*) FROM tombstones").Scan(&n); err != nil || n != 0 {
			t.Fatalf("got %d rows (%v), want none", n, err)
		}
	})
}

func TestConflictIsNamed(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			return tx.ExecMany(t.Context(), "INSERT INTO tombstones (id, at, author) VALUES ($1, $2, FALSE)", [][]any{{"x", 1}, {"x", 2}})
		})
		if !errors.Is(err, sqldb.ErrConflict) {
			t.Fatalf("got %v, want ErrConflict", err)
		}
	})
}

func TestNewerSchemaIsRefused(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.Exec(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, $2)", 99999, true)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sqldb.Open(t.Context(), sqldbtest.URL(t)); !errors.Is(err, sqldb.ErrNewer) {
			t.Fatalf("got %v, want ErrNewer", err)
		}
	})
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	notADatabase := filepath.Join(dir, "text.db")
	if err := os.WriteFile(notADatabase, []byte("this is a text file, not a database, and longer than a header of one hundred bytes, so that SQLite reads it"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, url := range map[string]string{
		"ErrScheme":       "mysql://localhost/x",
		"ErrNoFolder":     "sqlite:" + filepath.Join(dir, "missing", "x.db"),
		"ErrNotADatabase": "sqlite:" + notADatabase,
		"ErrNoServer":     "postgres://u:hunter2@127.0.0.1:1/x",
	} {
		t.Run(name, func(t *testing.T) {
			db, err := sqldb.Open(context.Background(), url)
			if err == nil {
				db.Close()
				t.Fatal("want an error")
			}
			t.Log(err)
		})
	}
}

func TestUpsert(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		u := sqldb.Upsert{Table: "source_cursors", Columns: []string{"source", "cursor", "updated_at"}, Key: []string{"source"},
			Set: "updated_at = source_cursors.updated_at + excluded.updated_at", Returning: []string{"source", "updated_at"}}
		got := map[string]int64{}
		for range 2 {
			err := db.Update(context.Background(), func(tx *sqldb.Tx) error {
				return tx.Upsert(context.Background(), u, [][]any{{"a", "", 1}, {"b", "", 2}, {"c", "", 3}}, func(rows *sql.Rows) error {
					var source string
					var n int64
					err := rows.Scan(&source, &n)
					got[source] = n
					return err
				})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if want := (map[string]int64{"a": 2, "b": 4, "c": 6}); !maps.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}

// A full disk is told apart from other errors: SQLite meets it as a limit on its pages.
func TestFullDiskIsNamed(t *testing.T) {
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	fill := func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(t.Context(), "PRAGMA max_page_count = 1"); err != nil { // SQLite keeps what there is
			return err
		}
		return tx.ExecMany(t.Context(), "INSERT INTO source_cursors (source, cursor, updated_at) VALUES ($1, $2, 0)", [][]any{{"a", strings.Repeat("x", 1<<20)}})
	}
	if err := db.Update(t.Context(), fill); !errors.Is(err, sqldb.ErrFull) {
		t.Errorf("got %v, want ErrFull", err)
	}
}

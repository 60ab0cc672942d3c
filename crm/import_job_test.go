package crm_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// importer makes a user who may import, and returns their change.
func importer(t *testing.T, db *sqldb.DB) crm.Change {
	t.Helper()
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		return crm.SetRoles(t.Context(), tx, by(noon), "maria", []string{"marketing"})
	})
	if err != nil {
		t.Fatal(err)
	}
	access, err := crm.AccessOf(t.Context(), db, "maria")
	if err != nil {
		t.Fatal(err)
	}
	return crm.Change{By: "maria", At: noon, Access: access}
}

func workImports(t *testing.T, db *sqldb.DB) {
	t.Helper()
	now := func() time.Time { return noon }
	for {
		if more, err := crm.WorkImports(t.Context(), db, now, now); err != nil || !more {
			if err != nil {
				t.Fatal(err)
			}
			return
		}
	}
}

func TestImportJob(t *testing.T) {
	var big strings.Builder
	big.WriteString("name,email\n")
	for i := range 9000 {
		fmt.Fprintf(&big, "Person %d,p%d@example.com%s\n", i, i, strings.Repeat(" ", 40))
	}
	for name, c := range map[string]struct {
		job                      crm.ImportJob
		file                     string
		state, problem, refusals string
		read, created, refused   int
	}{
		"OK":              {crm.ImportJob{Type: "lead", File: "fair.csv"}, "name,email\nAnna,anna@example.com\nBert,nonsense\n", "done", "", "name,email,line,column,reason,row\nBert,nonsense,3,email", 2, 1, 1},
		"OKMap":           {crm.ImportJob{Type: "contact", Map: map[string]string{"last_name": "Wer"}}, "Wer\nAnna\n", "done", "", "Wer,line,column,reason,row\n", 1, 1, 0},
		"OKDryRun":        {crm.ImportJob{Type: "account", DryRun: true}, "name\nAcme\n", "done", "", "name,line", 1, 1, 0},
		"OKSeveralParts":  {crm.ImportJob{Type: "lead"}, big.String(), "done", "", "name,email,line", 9000, 9000, 0},
		"ErrAllOrNothing": {crm.ImportJob{Type: "lead", AllOrNothing: true}, "name,email\nAnna,anna@example.com\nBert,nonsense\n", "failed", "nothing was imported", "name,email,line,column,reason,row\nBert", 2, 0, 1},
		"ErrHeader":       {crm.ImportJob{Type: "lead"}, "a,b\n1,2\n", "failed", "no column means a name", "", 0, 0, 0},
		"ErrNotText":      {crm.ImportJob{Type: "lead"}, "PK\x03\x00", "failed", "zero bytes", "", 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				j, err := crm.RequestImport(t.Context(), db, importer(t, db), c.job, strings.NewReader(c.file))
				if err != nil || j.State != "requested" || j.Size != int64(len(c.file)) {
					t.Fatalf("got %+v, %v", j, err)
				}
				workImports(t, db)
				if j, err = crm.ImportByID(t.Context(), db, "maria", j.ID); err != nil {
					t.Fatal(err)
				}
				r := &j.Report
				if j.State != c.state || !strings.Contains(j.Problem, c.problem) || r.Read != c.read || r.Created != c.created || r.Refused != c.refused || j.EndedAt.IsZero() {
					t.Errorf("got %+v", j)
				}
				var refusals bytes.Buffer
				if err := crm.WriteRefusals(t.Context(), db, j.ID, &refusals); err != nil || !strings.HasPrefix(refusals.String(), c.refusals) {
					t.Errorf("got %q, %v", refusals.String(), err)
				}
				var left int
				if err := db.QueryRow(t.Context(), "SELECT count(*) FROM import_files").Scan(&left); err != nil || left != 0 {
					t.Errorf("%d parts of the file are left, %v", left, err)
				}
			})
		})
	}
}

func TestImportJobRefused(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ch := importer(t, db)
		reader := ch
		reader.Access = &crm.Access{UserID: "eva"}
		for name, c := range map[string]struct {
			ch   crm.Change
			job  crm.ImportJob
			file string
			want string
		}{
			"ErrType":  {ch, crm.ImportJob{Type: "post"}, "name\nx\n", "is not one of account, contact, lead"},
			"ErrMap":   {ch, crm.ImportJob{Type: "lead", Map: map[string]string{"nome": "x"}}, "name\nx\n", `"nome" is no field`},
			"ErrEmpty": {ch, crm.ImportJob{Type: "lead"}, "", "is empty"},
			"ErrGrant": {reader, crm.ImportJob{Type: "lead"}, "name\nx\n", "lead:create"},
		} {
			if _, err := crm.RequestImport(t.Context(), db, c.ch, c.job, strings.NewReader(c.file)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: got %v, want %q", name, err, c.want)
			}
		}
		if list, _, err := crm.Imports(t.Context(), db, "maria", "", 0); err != nil || len(list) != 0 {
			t.Errorf("got %v, %v", list, err)
		}
	})
}

// An import whose process was ended is taken over; one that is deleted is gone, and only who sent it sees it.
func TestImportJobTakenOver(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ch := importer(t, db)
		j, err := crm.RequestImport(t.Context(), db, ch, crm.ImportJob{Type: "lead"}, strings.NewReader("name,email\nAnna,anna@example.com\n"))
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.Exec(t.Context(), "UPDATE imports SET state = 'running', seen_at = $1", noon.Add(-time.Minute).UnixMilli())
			return err
		}); err != nil {
			t.Fatal(err)
		}
		at := noon
		clock := func() time.Time { return at }
		if more, err := crm.WorkImports(t.Context(), db, clock, clock); more || err != nil {
			t.Errorf("an import of a process that lives was taken over: %v", err)
		}
		at = noon.Add(time.Hour)
		if more, err := crm.WorkImports(t.Context(), db, clock, clock); !more || err != nil {
			t.Errorf("got %v", err)
		}
		if j, err = crm.ImportByID(t.Context(), db, "maria", j.ID); err != nil || j.State != "done" || j.Report.Created != 1 {
			t.Errorf("got %+v, %v", j, err)
		}
		if _, err := crm.ImportByID(t.Context(), db, "eva", j.ID); !errors.Is(err, crm.ErrNotFound) {
			t.Errorf("got %v", err)
		}
		if err := crm.DeleteImport(t.Context(), db, "eva", j.ID); !errors.Is(err, crm.ErrNotFound) {
			t.Errorf("got %v", err)
		}
		if err := crm.PruneImports(t.Context(), db, noon.Add(crm.ImportsKept)); err != nil {
			t.Error(err)
		}
		if list, _, err := crm.Imports(t.Context(), db, "maria", "", 0); err != nil || len(list) != 1 {
			t.Errorf("got %v, %v", list, err)
		}
		if err := crm.PruneImports(t.Context(), db, noon.Add(crm.ImportsKept+2*time.Hour)); err != nil {
			t.Error(err)
		}
		if list, _, err := crm.Imports(t.Context(), db, "maria", "", 0); err != nil || len(list) != 0 {
			t.Errorf("got %v, %v", list, err)
		}
	})
}

// A file that was sent with a token is imported as far as the token's scopes reach: a row names no
// record that its owner may read, and the token may not.
func TestImportJobByToken(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		full := importer(t, db)
		var known crm.Contact
		update(t, db, func(tx *sqldb.Tx) (err error) {
			known, err = crm.CreateContact(t.Context(), tx, crm.Contact{FirstName: "Ada", LastName: "Vogt"}, by(noon))
			return err
		})
		narrow := full
		narrow.Access = full.Access.Narrowed([]crm.Scope{{Type: "lead", Action: "*"}})
		for name, c := range map[string]struct {
			change  crm.Change
			refused int
		}{"OKSession": {full, 0}, "ErrToken": {narrow, 1}} {
			t.Run(name, func(t *testing.T) {
				j, err := crm.RequestImport(t.Context(), db, c.change, crm.ImportJob{Type: "lead"}, strings.NewReader("name,contact_id\n"+name+","+known.ID+"\n"))
				if err != nil {
					t.Fatal(err)
				}
				workImports(t, db)
				if j, err = crm.ImportByID(t.Context(), db, "maria", j.ID); err != nil || j.State != "done" || j.Report.Refused != c.refused || j.Report.Created != 1-c.refused {
					t.Errorf("got %+v, %v; want %d refused", j, err, c.refused)
				}
			})
		}
	})
}

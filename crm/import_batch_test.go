package crm_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// A dry run refuses what the import would, also where two rows stand in different batches.
func TestDryRunSeesEarlierBatches(t *testing.T) {
	var file strings.Builder
	file.WriteString("name,domain,code,parent\n")
	for i := range 4000 {
		fmt.Fprintf(&file, "Company %d,c%d.example,%d,\n", i, i, i)
	}
	file.WriteString("Another,c0.example,,\n")   // the domain of the first
	file.WriteString("Third,third.example,7,\n") // a value of which there is one only
	file.WriteString("Below,below.example,,Company 3\n")
	file.WriteString("Company 5,c5.example,5,\n") // the same again
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.SaveField(t.Context(), tx, by(noon), crm.Field{RecordType: crm.RecordAccount, Name: "code", Kind: "text", Unique: true})
			return err
		})
		var refused bytes.Buffer
		opt := crm.ImportOptions{Type: crm.RecordAccount, Now: noon, AllOrNothing: true, Errors: &refused}
		_, err := crm.Import(t.Context(), db, strings.NewReader(file.String()), opt)
		var nothing *crm.NothingImported
		if !errors.As(err, &nothing) || nothing.Refused != 2 || !strings.Contains(refused.String(), "Another") || !strings.Contains(refused.String(), "Third") {
			t.Errorf("all or nothing: %v\n%s", err, refused.String())
		}
		if all, _, err := crm.FindAccounts(t.Context(), db, crm.System(), crm.AccountFilter{}); err != nil || len(all) > 0 {
			t.Fatalf("%d accounts were made (%v)", len(all), err)
		}
		dry := importText(t, db, file.String(), crm.ImportOptions{Type: crm.RecordAccount, DryRun: true})
		real := importText(t, db, file.String(), crm.ImportOptions{Type: crm.RecordAccount})
		if diff := cmp.Diff(counts{4004, 4001, 0, 1, 2}, countsOf(&real)); diff != "" {
			t.Errorf("-want +got:\n%s%+v", diff, real.Refusals)
		}
		dry.Refusals, real.Refusals = nil, nil
		if diff := cmp.Diff(dry, real); diff != "" {
			t.Errorf("a dry run says otherwise (-dry +real):\n%s", diff)
		}
	})
}

// What cannot be cut into the header's columns stands whole in the error file, and is no row when
// that is imported as it is.
func TestErrorFileKeepsRows(t *testing.T) {
	file := "Name,City,Job title\nAnna Vogt,Köln,CIO\nZoe Extra,Berlin,CEO, Head of Sales\nBert \"B\" Kohl,Köln,CFO\nM\xfcller Eva,Bonn,CTO\n"
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var refused bytes.Buffer
		report := importText(t, db, file, crm.ImportOptions{Errors: &refused})
		if diff := cmp.Diff(counts{4, 1, 0, 0, 3}, countsOf(&report)); diff != "" {
			t.Fatalf("-want +got:\n%s%+v", diff, report.Refusals)
		}
		for _, want := range []string{`"Zoe Extra,Berlin,CEO,"" Head of Sales"""`, `"Bert ""B"" Kohl,Köln,CFO"`, `"Müller Eva,Bonn,CTO"`} {
			if !strings.Contains(refused.String(), want) {
				t.Errorf("the error file lacks %s:\n%s", want, refused.String())
			}
		}
		again := importText(t, db, refused.String(), crm.ImportOptions{})
		if again.Created != 0 || again.Refused != 3 {
			t.Errorf("imported as it is: %+v", again)
		}
	})
}

func TestImportReadsOldFiles(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		want counts
	}{
		"OKCarriageReturns": {"Name,City\rAnna Vogt,Kiel\rBert Kohl,Köln\r", counts{2, 2, 0, 0, 0}},
		"OKWindows":         {"Name,City\nAnna Vogt,K\xf6ln\nBert Kohl,M\xfcnchen\n", counts{2, 2, 0, 0, 0}},
		"ErrMixed":          {"Name,City\nAnna Vogt,K\xf6ln\nMüller Berta,München\n", counts{2, 1, 0, 0, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				report := importText(t, db, c.file, crm.ImportOptions{})
				if diff := cmp.Diff(c.want, countsOf(&report)); diff != "" {
					t.Errorf("-want +got:\n%s%+v", diff, report.Refusals)
				}
			})
		})
	}
}

// What became part of another record does not come back with the file that it came from.
func TestImportKnowsMergedRecords(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		const accounts, leads = "id,name\nE-1,Acme\nE-2,ACME Group\n", "id,name,email\nL-1,Anna,anna@a.example\nL-2,Anna V.,av@b.example\n"
		importText(t, db, accounts, crm.ImportOptions{Type: crm.RecordAccount})
		importText(t, db, leads, crm.ImportOptions{Type: crm.RecordLead})
		update(t, db, func(tx *sqldb.Tx) error {
			ids := func(table string) []string {
				all, err := sqldb.Strings(t.Context(), tx, "SELECT id FROM "+table+" ORDER BY external_id")
				if err != nil {
					t.Fatal(err)
				}
				return all
			}
			a, l := ids("accounts"), ids("leads")
			_, err := crm.MergeAccounts(t.Context(), tx, a[0], a[1], by(noon))
			if err == nil {
				_, err = crm.MergeLeads(t.Context(), tx, l[0], l[1], by(noon))
			}
			return err
		})
		for kind, file := range map[string]string{crm.RecordAccount: accounts, crm.RecordLead: leads} {
			again := importText(t, db, file, crm.ImportOptions{Type: kind})
			if diff := cmp.Diff(counts{2, 0, 0, 2, 0}, countsOf(&again)); diff != "" {
				t.Errorf("%ss again (-want +got):\n%s%+v", kind, diff, again.Refusals)
			}
		}
	})
}

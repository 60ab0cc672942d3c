package crm_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func importLeads(t *testing.T, db *sqldb.DB, text string, opt crm.ImportOptions) crm.ImportReport {
	t.Helper()
	opt.Type = crm.RecordLead
	return importText(t, db, text, opt)
}

func leadsByName(t *testing.T, db *sqldb.DB) map[string]crm.Lead {
	t.Helper()
	all, _, err := crm.FindLeads(t.Context(), db, crm.System(), crm.LeadFilter{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	byName := make(map[string]crm.Lead)
	for _, l := range all {
		byName[l.Name] = l
	}
	return byName
}

func TestImportLeads(t *testing.T) {
	const header = "Lead-ID;Vorname;Nachname;E-Mail;Telefon;Firma;Branche;Mitarbeiter;Thema;Quelle;Kampagne;Social Media\n"
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		file := header +
			"L1;Anna;Ödegård;anna@acme.example;+49 30 1234567;Acme;Maschinen;1.200;Grills für die Kantine;Messe Köln;Herbst;@anna@social.example\n" +
			"L2;Bert;Kurz;bert@other.example;;Other;;;;Website;;\n"
		first := importLeads(t, db, file, crm.ImportOptions{File: "messe.csv"})
		if diff := cmp.Diff(counts{2, 2, 0, 0, 0}, countsOf(&first)); diff != "" {
			t.Fatalf("%s\n%+v", diff, first.Refusals)
		}
		all := leadsByName(t, db)
		anna, bert := all["Anna Ödegård"], all["Bert Kurz"]
		if anna.Source != crm.SourceImport || anna.Detail != "Messe Köln" || anna.Campaign != "Herbst" || anna.Employees != 1200 || anna.Network != "mastodon" ||
			anna.Handle != "anna@social.example" || anna.Milestone != crm.Unqualified || anna.State != crm.LeadOpen || anna.ExternalID != "L1" {
			t.Errorf("got %+v", anna)
		}
		if bert.Source != crm.SourceForm || bert.Detail != "messe.csv" {
			t.Errorf("got %+v", bert)
		}
		if visits, err := crm.MilestoneVisits(t.Context(), db, anna.ID); err != nil || len(visits) != 1 {
			t.Errorf("got %v, %v", visits, err)
		}
		again := importLeads(t, db, file, crm.ImportOptions{})
		if diff := cmp.Diff(counts{2, 0, 0, 2, 0}, countsOf(&again)); diff != "" {
			t.Errorf("%s\n%+v", diff, again.Refusals)
		}
		changed := importLeads(t, db, "Lead-ID;E-Mail;Telefon\nL2;bert@other.example;0221 7654321\n", crm.ImportOptions{})
		if got := leadsByName(t, db)["Bert Kurz"]; changed.Updated != 1 || got.Phone != "0221 7654321" || got.Company != "Other" {
			t.Errorf("got %+v, %+v", changed, got)
		}
		if n, err := crm.RateLeads(t.Context(), db, noon, 10); err != nil || n != 1 { // the other was when it changed
			t.Errorf("%d are rated, %v", n, err)
		}
	})
}

// What may be on file already is not made again, unless the row says which it is, or why it is none;
// what is refused can be corrected in the error file.
func TestImportLeadsDuplicates(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		importText(t, db, "id,last_name,email,phone,company\n1,Adam,adam@acme.example,030 1234567,Acme\n", crm.ImportOptions{})
		file := "name,email,phone,company,topic\n" +
			"Adam,adam@acme.example,,Acme,Grill\n" + // is the contact, and of the account
			"Eva,eva@acme.example,030/1234567,,Grill\n" + // the contact's phone
			"Olaf,olaf@acme2.example,,Acme,Grill\n" + // of the account alone
			"Olaf,olaf@acme2.example,,Acme,Other\n" + // twice in the file
			"Olaf,olaf@acme2.example,,Acme,Grill\n" + // the very same
			"Ida,nonsense,,,\n"
		dry := importLeads(t, db, file, crm.ImportOptions{DryRun: true})
		if len(leadsByName(t, db)) != 0 {
			t.Fatal("a dry run made leads")
		}
		var errorFile bytes.Buffer
		real := importLeads(t, db, file, crm.ImportOptions{Errors: &errorFile})
		if diff := cmp.Diff(dry, real); diff != "" {
			t.Errorf("a dry run says otherwise: %s", diff)
		}
		if diff := cmp.Diff(counts{6, 2, 0, 1, 3}, countsOf(&real)); diff != "" {
			t.Fatalf("%s\n%+v", diff, real.Refusals)
		}
		var why []string
		for _, r := range real.Refusals {
			why = append(why, fmt.Sprint(r.Line, " ", r.Column, ": ", r.Reason))
		}
		for i, want := range []string{"contact Adam (the same phone number)", "line 4 may be the same lead", "no e-mail address"} {
			if !strings.Contains(why[i], want) {
				t.Errorf("got %q, want %q", why[i], want)
			}
		}
		all := leadsByName(t, db)
		if all["Adam"].ContactID == "" || all["Adam"].AccountID == "" || all["Olaf"].ContactID != "" || all["Olaf"].AccountID != all["Adam"].AccountID {
			t.Errorf("got %+v", all)
		}
		corrected := strings.Replace(errorFile.String(), "row\n", "row,duplicate_reason\n", 1)
		corrected = strings.NewReplacer("nonsense", "ida@example.com", "\n", ",her sister\n").Replace(corrected)
		corrected = strings.Replace(corrected, "duplicate_reason,her sister", "duplicate_reason", 1)
		mended := importLeads(t, db, corrected, crm.ImportOptions{})
		if mended.Created != 3 || mended.Refused != 0 {
			t.Errorf("got %+v from\n%s", mended, corrected)
		}
	})
}

// Who may make leads of their own alone imports their own, and changes nobody's.
func TestImportLeadsOfOwn(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		importLeads(t, db, "id,name,email\n1,Adam,adam@example.com\n", crm.ImportOptions{})
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			for _, name := range []string{"rep", "other"} {
				if _, err := tx.Exec(t.Context(), "INSERT INTO users (id, name, password_hash, created_at, disabled) VALUES ($1, $1, '', 0, false)", name); err != nil {
					return err
				}
			}
			return crm.SetRoles(t.Context(), tx, by(noon), "rep", []string{"sales-rep"})
		})
		if err != nil {
			t.Fatal(err)
		}
		access, err := crm.AccessOf(t.Context(), db, "rep")
		if err != nil {
			t.Fatal(err)
		}
		r := importLeads(t, db, "id,name,email,owner\n1,Adam A,adam@example.com,\n2,Eva,eva@example.com,\n3,Ida,ida@example.com,other\n4,Olaf,olaf@example.com,nobody\n",
			crm.ImportOptions{By: "rep", Access: access})
		if diff := cmp.Diff(counts{4, 1, 0, 0, 3}, countsOf(&r)); diff != "" {
			t.Fatalf("%s\n%+v", diff, r.Refusals)
		}
		if got := leadsByName(t, db)["Eva"]; got.OwnerID != "rep" {
			t.Errorf("got %+v", got)
		}
		for i, want := range []string{"roles do not show it", "lead:create at level all", `no user "nobody"`} {
			if !strings.Contains(r.Refusals[i].Reason, want) {
				t.Errorf("got %q, want %q", r.Refusals[i].Reason, want)
			}
		}
	})
}

func TestImportWideLeads(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		header, row := []string{"name", "email"}, []string{"Anna", "anna@example.com"}
		for i := range 198 {
			header, row = append(header, fmt.Sprintf("Extra %d", i)), append(row, "=1+1")
		}
		r := importLeads(t, db, strings.Join(header, ";")+"\n"+strings.Join(row, ";")+"\n", crm.ImportOptions{})
		if r.Created != 1 || len(r.Ignored) != 198 {
			t.Errorf("got %d made, %d columns left out", r.Created, len(r.Ignored))
		}
	})
}

func TestImportAccounts(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		importText(t, db, "last_name,company\nAdam,Söhne & Co\n", crm.ImportOptions{}) // makes the account
		file := "Kundennummer;Firma;Website;Ort;Mitarbeiter;Konzern\n" +
			"A1;Acme;https://www.acme.example/de;Köln;12;\n" +
			"A2;Acme Süd;;München;;A1\n" + // of another row of the batch
			"A3;Soehne & Co;soehne.example;Bonn;;\n" + // the contact's company
			"A1;Acme;other.example;;;\n" + // says otherwise
			"A4;Acme GmbH;acme.example;;;Nobody\n" +
			";Acme Nord;acme.example;;;\n" // another name, the same domain
		opt := crm.ImportOptions{Type: crm.RecordAccount}
		dry := opt
		dry.DryRun = true
		said := importText(t, db, file, dry)
		real := importText(t, db, file, opt)
		if diff := cmp.Diff(said, real); diff != "" {
			t.Errorf("a dry run says otherwise: %s", diff)
		}
		if diff := cmp.Diff(counts{6, 2, 1, 0, 3}, countsOf(&real)); diff != "" {
			t.Fatalf("%s\n%+v", diff, real.Refusals)
		}
		for i, want := range []string{"line 2 is about the same account", `no account "Nobody" yet`, "account Acme (the same domain)"} {
			if !strings.Contains(real.Refusals[i].Reason, want) {
				t.Errorf("got %q, want %q", real.Refusals[i].Reason, want)
			}
		}
		all, _, err := crm.FindAccounts(t.Context(), db, crm.System(), crm.AccountFilter{})
		if err != nil || len(all) != 3 {
			t.Fatalf("got %+v, %v", all, err)
		}
		acme := all[slices.IndexFunc(all, func(a crm.Account) bool { return a.ExternalID == "A1" })]
		for _, a := range all {
			switch a.ExternalID {
			case "A1":
				if a.Domain != "acme.example" || a.Employees != 12 {
					t.Errorf("got %+v", a)
				}
			case "A2":
				if a.ParentID != acme.ID {
					t.Errorf("got %+v", a)
				}
			case "A3":
				if a.Name != "Soehne & Co" || a.City != "Bonn" {
					t.Errorf("got %+v", a)
				}
			default:
				t.Errorf("got %+v", a)
			}
		}
		again := importText(t, db, file, opt)
		if again.Created != 0 || again.Updated != 0 || again.Unchanged != 3 {
			t.Errorf("got %+v", again)
		}
		other := importText(t, db, "name,domain,duplicate_reason\nAcme Nord,acme.example,a subsidiary\n", opt)
		if other.Created != 1 {
			t.Errorf("got %+v", other)
		}
	})
}

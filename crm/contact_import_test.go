package crm_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// counts are a report's: read, created, updated, unchanged, refused.
type counts [5]int

func countsOf(r *crm.ImportReport) counts {
	return counts{r.Read, r.Created, r.Updated, r.Unchanged, r.Refused}
}

func importText(t testing.TB, db *sqldb.DB, text string, opt crm.ImportOptions) crm.ImportReport {
	t.Helper()
	if opt.Now.IsZero() {
		opt.Now = noon
	}
	if opt.Type == "" {
		opt.Type = crm.RecordContact
	}
	report, err := crm.Import(t.Context(), db, strings.NewReader(text), opt)
	if err != nil {
		t.Fatal(err)
	}
	if sum := report.Created + report.Updated + report.Unchanged + report.Refused; sum != report.Read {
		t.Errorf("%d rows read, %d accounted for", report.Read, sum)
	}
	return report
}

// stored lists the contacts by name: what is on file, the company's account and the profiles.
func stored(t testing.TB, db *sqldb.DB) (got []string) {
	t.Helper()
	contacts, _, err := crm.FindContacts(t.Context(), db, crm.System(), crm.ContactFilter{Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range contacts {
		account := ""
		if c.AccountID != "" {
			a, err := crm.AccountByID(t.Context(), db, crm.System(), c.AccountID)
			if err != nil {
				t.Fatal(err)
			}
			account = a.Name
		}
		detail, err := crm.ContactDetailByID(t.Context(), db, crm.System(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		fields := []string{c.ExternalID, c.FirstName, c.LastName, c.DisplayName, c.Email, c.Phone, c.Company, account, c.JobTitle, c.City, c.Country, c.URL}
		for _, p := range detail.Profiles {
			fields = append(fields, p.Network+":"+p.Handle+p.NativeID)
		}
		got = append(got, strings.Join(slices.DeleteFunc(fields, func(s string) bool { return s == "" }), "|"))
	}
	return got
}

func TestImportContacts(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"OKEnglish": {"First Name,Last Name,Email,Company,Job Title,City,Country,Website\nAnna,Miller,anna@acme.example,Acme,CTO,Berlin,DE,anna.example\n",
			[]string{"Anna|Miller|anna@acme.example|Acme|Acme|CTO|Berlin|DE|https://anna.example"}},
		"OKGerman": {"Kundennummer;Vorname;Nachname;E-Mail;Telefon;Firma;Position;Ort;Land;Webseite\nK-1;Änne;Müller;aenne@firma.example;+49 30 1;Firma GmbH;Köchin;Köln;DE;https://aenne.example\n",
			[]string{"K-1|Änne|Müller|aenne@firma.example|+49 30 1|Firma GmbH|Firma GmbH|Köchin|Köln|DE|https://aenne.example"}},
		"OKGoogle": {"Name,Given Name,Family Name,E-mail 1 - Value,Phone 1 - Value,Organization 1 - Name,Website 1 - Value\nAnna M,Anna,M,a@x.example,1,Acme,\n",
			[]string{"Anna|M|Anna M|a@x.example|1|Acme|Acme"}},
		"OKSalesforce": {"Contact ID,First Name,Last Name,Title,Account Name,Mailing City,Mailing Country,Email,Mobile,Phone\n003,A,B,Chief,Acme,Ulm,DE,a@x.example,2,1\n",
			[]string{"003|A|B|a@x.example|1|Acme|Acme|Chief|Ulm|DE"}},
		"OKProfiles": {"name\tbluesky\tmastodon\ttwitter\tLinkedIn URL\tSocial Media\nAnna M\tanna.example\t@anna@example.social\t@AnnaM\tlinkedin.com/in/anna-m\thttps://www.instagram.com/anna.m/ | reddit:anna\n",
			[]string{"Anna M|bluesky:anna.example|mastodon:anna@example.social|x:annam|linkedin:anna-m|instagram:anna.m|reddit:anna"}},
		"OKTwoInACell": {"name,profiles\nAnna M,@anna@example.social; https://example.social/@anna;did:plc:ewvi7nxzyoun6zhxrhs64oiz\n",
			[]string{"Anna M|mastodon:anna@example.social|bluesky:did:plc:ewvi7nxzyoun6zhxrhs64oiz"}},
		"OKOnlyProfile":    {"mastodon,city\n@anna@example.social,Ulm\n", []string{"anna@example.social|Ulm|mastodon:anna@example.social"}},
		"OKQuotes":         {"\"Last Name\",\"Company\"\r\n\"Müller, \"\"die\"\"\",\"Acme\n& Co\"\r\n", []string{"Müller, \"die\"|Acme & Co|Acme & Co"}},
		"OKBOM":            {"\ufeffName;Ort\nAnna M;Ulm\n", []string{"Anna M|Ulm"}},
		"OKSep":            {"sep=;\r\nName;Ort\r\nAnna M;\"Ulm, Donau\"\r\n", []string{"Anna M|Ulm, Donau"}},
		"OKNoNewline":      {"name\nAnna M", []string{"Anna M"}},
		"OKBlankLines":     {"name\n\n\r\nAnna M\n\n", []string{"Anna M"}},
		"OKShouting":       {"FIRST_NAME,last-name,E_MAIL\nA,B,a@x.example\n", []string{"A|B|a@x.example"}},
		"OKSameCompany":    {"name,company\nA A,Müller AG\nB B,MUELLER ag\n", []string{"A A|Müller AG|Müller AG", "B B|MUELLER ag|Müller AG"}},
		"OKMerged":         {"email,name,city,x\na@x.example,A A,,a1\nA@X.example,A A,Ulm,a2\n", []string{"A A|a@x.example|Ulm|x:a1|x:a2"}},
		"OKSharedAddress":  {"id,name,email\n1,A A,info@x.example\n2,B B,info@x.example\n", []string{"1|A A|info@x.example", "2|B B|info@x.example"}},
		"OKNamesakes":      {"name,company,city\nA A,Acme,Ulm\nA A,Acme,Bonn\nA A,Acme,Ulm\n", []string{"A A|Acme|Acme|Ulm", "A A|Acme|Acme|Bonn"}},
		"OKNothingInside":  {"name,email\n", nil},
		"OKPreferredPhone": {"Name,Handy,Telefon\nA A,2,1\nB B,2,\n", []string{"A A|1", "B B"}},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				dry := importText(t, db, c.file, crm.ImportOptions{DryRun: true})
				if got := stored(t, db); got != nil {
					t.Errorf("a dry run stored %q", got)
				}
				report := importText(t, db, c.file, crm.ImportOptions{})
				if report.Refused > 0 {
					t.Errorf("refused: %+v", report.Refusals)
				}
				if diff := cmp.Diff(report, dry); diff != "" {
					t.Errorf("what the dry run said (-import +dry run):\n%s", diff)
				}
				got := stored(t, db)
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
				again := importText(t, db, c.file, crm.ImportOptions{Now: noon.Add(time.Hour)})
				if countsOf(&again) != (counts{report.Read, 0, 0, report.Read, 0}) {
					t.Errorf("the second time: %+v", again)
				}
				if diff := cmp.Diff(got, stored(t, db)); diff != "" {
					t.Errorf("the second time changed (-first +second):\n%s", diff)
				}
			})
		})
	}
}

func TestImportEncodings(t *testing.T) {
	const file = "Vorname;Nachname;Stadt\nÄnne;Müßig;Köln\nZoë;O’Neil;Łódź\n"
	legacy := strings.ReplaceAll(file, "Łódź", "Lodz")
	late := "name,city\n" + strings.Repeat("Anna Muster,Ulm\n", 10000) + "Jürgen Groß,Köln\n"
	utf16 := func(e unicode.Endianness) string {
		s, err := unicode.UTF16(e, unicode.UseBOM).NewEncoder().String(file)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	cp1252 := func(s string) string {
		out, err := charmap.Windows1252.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	lodz := []string{"Änne|Müßig|Köln", "Zoë|O’Neil|Łódź"}
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"OKUTF8":                {file, lodz},
		"OKUTF8BOM":             {"\ufeff" + file, lodz},
		"OKUTF16LE":             {utf16(unicode.LittleEndian), lodz},
		"OKUTF16BE":             {utf16(unicode.BigEndian), lodz},
		"OKWindows1252":         {cp1252(legacy), []string{"Änne|Müßig|Köln", "Zoë|O’Neil|Lodz"}},
		"OKWindows1252FarBelow": {cp1252(late), []string{"Jürgen Groß|Köln", "Anna Muster|Ulm"}},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				importText(t, db, c.file, crm.ImportOptions{})
				got := stored(t, db)
				slices.Sort(got)
				slices.Sort(c.want)
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		})
	}
}

func TestImportRefusals(t *testing.T) {
	header := "First name,Last name,Email,Website,X,Firma\n"
	good := "Anna,Good,good@x.example,,,\n"
	for name, c := range map[string]struct {
		rows string
		want []crm.ImportRefusal // Reason: a part of it
	}{
		"ErrNothing":        {",,,,,Acme\n", []crm.ImportRefusal{{2, "", "no name, no e-mail address and no profile"}}},
		"ErrEmail":          {"A,B,a at b,,,\n", []crm.ImportRefusal{{2, "Email", `"a at b" is no e-mail address`}}},
		"ErrURL":            {"A,B,,javascript:alert(1),,\n", []crm.ImportRefusal{{2, "Website", "is no web address"}}},
		"ErrProfile":        {"A,B,,,@a b c,\n", []crm.ImportRefusal{{2, "X", "is no handle on x"}}},
		"ErrOtherNetwork":   {"A,B,,,https://bsky.app/profile/a.example,\n", []crm.ImportRefusal{{2, "X", "is on bluesky: want one on x"}}},
		"ErrTooLong":        {"A," + strings.Repeat("ü", 201) + ",,,,\n", []crm.ImportRefusal{{2, "Last name", "has 201 characters: at most 200"}}},
		"ErrNUL":            {"A,B\x00,,,,\n", []crm.ImportRefusal{{2, "Last name", "U+0000"}}},
		"ErrFewColumns":     {"A,B\n", []crm.ImportRefusal{{2, "", "the row has 2 columns, the header 6"}}},
		"ErrManyColumns":    {"A,B,,,,,,\n", []crm.ImportRefusal{{2, "", "the row has 8 columns, the header 6"}}},
		"ErrQuoteOpen":      {"A,\"B,,,,\nC,D,,,,\n", []crm.ImportRefusal{{2, "Last name", "never closed"}}},
		"ErrQuoteOpenLater": {"A,\"B,,,,\nC,D,,,,\n\"E\",F,,,,\n", []crm.ImportRefusal{{2, "Last name", "text follows a closing quote"}}},
		"ErrQuoteInside":    {"A,5\" disk,,,,\n", []crm.ImportRefusal{{2, "Last name", "quote the field and double the quote"}}},
		"ErrQuoteAfter":     {"\"A\"x,B,,,,\n", []crm.ImportRefusal{{2, "First name", "has to be doubled"}}},
		"ErrLongRow":        {"A,B," + strings.Repeat("x", 2<<20) + ",,,\n", []crm.ImportRefusal{{2, "", "more than 1048576 bytes"}}},
		"ErrLongQuote":      {"A,\"B" + strings.Repeat("\nx,y,,,,", 200000) + "\n", nil},
		"ErrMixedEncoding":  {"Ä,B,,,,\nJ\xfcrgen,B,,,,\n", []crm.ImportRefusal{{3, "", "not UTF-8"}}},
		"ErrSaysOtherwise":  {"A,B,s@x.example,,,\nC,D,s@x.example,,,\n", []crm.ImportRefusal{{3, "First name", "line 2 is about the same contact"}}},
		"ErrInOrder":        {"A,B,s@x.example,,,\nC,D,s@x.example,,,\nx\nA,B,y,,,\n", []crm.ImportRefusal{{3, "First name", "same contact"}, {4, "", "1 columns"}, {5, "Email", "no e-mail"}}},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				report := importText(t, db, header+c.rows+good, crm.ImportOptions{})
				if found, _, err := crm.FindContacts(t.Context(), db, crm.System(), crm.ContactFilter{Query: "good"}); err != nil || len(found) != 1 {
					t.Errorf("the good row after it is not there (%v): %+v", err, report)
				}
				if c.want == nil { // only that the rest is read is of interest
					if report.Refused == 0 {
						t.Error("nothing was refused")
					}
					return
				}
				if len(report.Refusals) != len(c.want) {
					t.Fatalf("refused: %+v, want %+v", report.Refusals, c.want)
				}
				for i, want := range c.want {
					got := report.Refusals[i]
					if got.Line != want.Line || got.Column != want.Column || !strings.Contains(got.Reason, want.Reason) {
						t.Errorf("refused: %+v, want %+v", got, want)
					}
				}
			})
		})
	}
}

func TestImportUpdates(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		importText(t, db, "id,name,email,city,company\n1,A A,a@x.example,Ulm,Acme\n,B B,b@x.example,,\n,C C,,,\n", crm.ImportOptions{})
		later := noon.Add(time.Hour)
		report := importText(t, db, "id,name,email,city,company,x\n1,A A-B,new@x.example,,Acme,\n9,B B,B@x.example,Bonn,,\n,C C,,,,cc\n", crm.ImportOptions{Now: later})
		if countsOf(&report) != (counts{3, 0, 3, 0, 0}) {
			t.Errorf("%+v", report)
		}
		want := []string{"1|A A-B|new@x.example|Acme|Acme|Ulm", "9|B B|B@x.example|Bonn", "C C|x:cc"}
		if diff := cmp.Diff(want, stored(t, db)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		var changed int
		if err := crm.ContactsForMatching(t.Context(), db, later, func(crm.ContactRow) error { changed++; return nil }); err != nil || changed != 3 {
			t.Errorf("the matcher hears of %d changes (%v), want 3", changed, err)
		}
	})
}

// A person's choice of account stays while the company does.
func TestImportKeepsAccount(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		const file = "name,email,company\nA A,a@x.example,Acme\n"
		importText(t, db, file, crm.ImportOptions{})
		update(t, db, func(tx *sqldb.Tx) error {
			other, err := crm.CreateAccount(t.Context(), tx, crm.Account{Name: "Acme Holding"}, by(noon))
			if err != nil {
				return err
			}
			contacts, _, err := crm.FindContacts(t.Context(), tx, crm.System(), crm.ContactFilter{})
			if err != nil {
				return err
			}
			contacts[0].AccountID = other.ID
			_, err = crm.UpdateContact(t.Context(), tx, contacts[0], by(noon))
			return err
		})
		importText(t, db, file, crm.ImportOptions{})
		if diff := cmp.Diff([]string{"A A|a@x.example|Acme|Acme Holding"}, stored(t, db)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		importText(t, db, strings.ReplaceAll(file, "Acme", "Zeta"), crm.ImportOptions{})
		if diff := cmp.Diff([]string{"A A|a@x.example|Zeta|Zeta"}, stored(t, db)); diff != "" {
			t.Errorf("another company (-want +got):\n%s", diff)
		}
	})
}

func TestImportReport(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var rows []int
		var read int64
		var refused bytes.Buffer
		file := "Anrede,Name,Kürzel\n" + strings.Repeat("Frau,,\n", 8200) + "Frau,Anna M,=1+1\n"
		report := importText(t, db, file, crm.ImportOptions{Map: map[string]string{"external_id": "kuerzel"}, Errors: &refused,
			Progress: func(n int64, r int) { read, rows = n, append(rows, r) }})
		if countsOf(&report) != (counts{8201, 1, 0, 0, 8200}) || len(report.Refusals) != 1000 {
			t.Errorf("counts %v, %d refusals kept", countsOf(&report), len(report.Refusals))
		}
		if !slices.Equal(rows, []int{4000, 8000, 8201}) || read != int64(len(file)) {
			t.Errorf("progress: rows %v, %d of %d bytes", rows, read, len(file))
		}
		errorRows, err := csv.NewReader(&refused).ReadAll()
		if err != nil || len(errorRows) != 8201 {
			t.Fatalf("the error file has %d rows (%v), want 8201", len(errorRows), err)
		}
		if diff := cmp.Diff([][]string{{"Anrede", "Name", "Kürzel", "line", "column", "reason", "row"},
			{"Frau", "", "", "2", "", "has no name, no e-mail address and no profile: a contact needs one of them", ""}}, errorRows[:2]); diff != "" {
			t.Errorf("error file (-want +got):\n%s", diff)
		}
		report.Refusals = report.Refusals[:1]
		got, err := json.Marshal(report)
		want := `{"read":8201,"created":1,"updated":0,"unchanged":0,"refused":8200,"refusals":[{"line":2,"reason":"has no name, no e-mail address and no profile: a contact needs one of them"}],` +
			`"columns":{"Kürzel":"external_id","Name":"display_name"},"ignored":["Anrede"]}`
		if string(got) != want || err != nil {
			t.Errorf("got  %s (%v)\nwant %s", got, err, want)
		}
	})
}

// Counting goes on over the batches, in a dry run too.
func TestImportManyBatches(t *testing.T) {
	var b strings.Builder
	b.WriteString("name,email,company,mastodon\n")
	for i := range 10400 {
		n := i % 5200 // the second half repeats the first
		fmt.Fprintf(&b, "Name %d,n%d@x.example,Firm %d,@n%d@example.social\n", n, n, n%7, n)
	}
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		want := counts{10400, 5200, 0, 5200, 0}
		for _, dry := range []bool{true, false} {
			if report := importText(t, db, b.String(), crm.ImportOptions{DryRun: dry}); countsOf(&report) != want {
				t.Errorf("dry run %t: %v, want %v", dry, countsOf(&report), want)
			}
		}
		for _, dry := range []bool{true, false} {
			if report := importText(t, db, b.String(), crm.ImportOptions{DryRun: dry}); countsOf(&report) != (counts{10400, 0, 0, 10400, 0}) {
				t.Errorf("again, dry run %t: %v", dry, countsOf(&report))
			}
		}
		var n int
		if err := db.QueryRow(t.Context(), "SELECT count(*) FROM accounts").Scan(&n); err != nil || n != 7 {
			t.Errorf("%d accounts (%v), want 7", n, err)
		}
	})
}

func TestImportErrors(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		opt  crm.ImportOptions
		want string
	}{
		"ErrEmpty":        {"", crm.ImportOptions{}, "the file is empty"},
		"ErrOnlySep":      {"sep=;\n", crm.ImportOptions{}, "the file is empty"},
		"ErrNoName":       {"a,b\n1,2\n", crm.ImportOptions{}, "no column means a name, an e-mail address or a social profile: there are a, b; say which with --map"},
		"ErrTwice":        {"email,E-Mail\n", crm.ImportOptions{}, `two columns are named "E-Mail"`},
		"ErrMapField":     {"name\n", crm.ImportOptions{Map: map[string]string{"nome": "name"}}, `"nome" is no field: want one of bluesky, city`},
		"ErrMapHeader":    {"name\n", crm.ImportOptions{Map: map[string]string{"email": "adr"}}, `no column is named "adr": there are name`},
		"ErrMapTwice":     {"name\n", crm.ImportOptions{Map: map[string]string{"email": "name", "city": "name"}}, "a column fills one field"},
		"ErrComma":        {"name\n", crm.ImportOptions{Comma: '"'}, "separator"},
		"ErrNotText":      {"PK\x03\x04\x00\x00", crm.ImportOptions{}, "zero bytes"},
		"ErrHeaderQuotes": {"\"name\n", crm.ImportOptions{}, "read header: line 1: a quote is opened and never closed"},
		"ErrHeaderLong":   {strings.Repeat("a,", 1<<20) + "\n", crm.ImportOptions{}, "more than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				c.opt.Type = crm.RecordContact
				_, err := crm.Import(t.Context(), db, strings.NewReader(c.file), c.opt)
				if err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 1500 {
					t.Errorf("got %v, want %q", err, c.want)
				}
			})
		})
	}
}

// What was imported before the file or the user broke off stays; importing again goes on.
func TestImportBrokenOff(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var b strings.Builder
		b.WriteString("name\n")
		for i := range 4200 {
			fmt.Fprintf(&b, "Name %d\n", i)
		}
		broken := errors.New("the network share is gone")
		_, err := crm.Import(t.Context(), db, io.MultiReader(strings.NewReader(b.String()), iotest.ErrReader(broken)), crm.ImportOptions{Type: crm.RecordContact, Now: noon})
		wantErr(t, err, broken)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = crm.Import(ctx, db, strings.NewReader(b.String()), crm.ImportOptions{Type: crm.RecordContact, Now: noon})
		wantErr(t, err, context.Canceled)
		if report := importText(t, db, b.String(), crm.ImportOptions{}); countsOf(&report) != (counts{4200, 200, 0, 4000, 0}) {
			t.Errorf("afterwards: %v", countsOf(&report))
		}
		_, err = crm.Import(t.Context(), db, strings.NewReader("name\nx\n,\n"), crm.ImportOptions{Type: crm.RecordContact, Errors: fullDisk{}})
		if err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("an error file that cannot be written: %v", err)
		}
	})
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestHeaderMeansOneField(t *testing.T) {
	meanings := crm.HeaderMeanings(crm.RecordContact)
	for _, header := range slices.Sorted(maps.Keys(meanings)) {
		if fields := meanings[header]; len(fields) > 1 {
			t.Errorf("%q means %q", header, fields)
		}
	}
}

// What encoding/csv reads, we read too; and nothing that comes in makes us lose count.
func FuzzReadCSV(f *testing.F) {
	for _, s := range []string{"a,b\nc,d\n", "\"a\"\"b\",\"c\nd\"\r\n", "a,\"b\nc,d\n\"e", "\"\n\n,\"", "a\"b,c", "\xff,\xc3\xa4", "\"a\"b\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, refused, err := crm.ReadCSV(data, ',')
		if err != nil {
			t.Fatal(err)
		}
		if lines := bytes.Count(data, []byte("\n")) + 1; len(rows)+len(refused) > lines {
			t.Errorf("%d rows and %d refusals of %d lines", len(rows), len(refused), lines)
		}
		if bytes.ContainsAny(data, "\r\xef\xfe\xff") || !bytes.Equal(data, bytes.ToValidUTF8(data, nil)) {
			return
		}
		r := csv.NewReader(bytes.NewReader(data))
		r.FieldsPerRecord = -1
		want, err := r.ReadAll()
		if err != nil {
			if len(refused) == 0 {
				t.Errorf("encoding/csv says %v, we refuse nothing", err)
			}
			return
		}
		if diff := cmp.Diff(want, rows); diff != "" || len(refused) > 0 {
			t.Errorf("refused %q (-encoding/csv +ours):\n%s", refused, diff)
		}
	})
}

// contactsFile has n contacts, half of them with a profile, at 2,000 companies.
func contactsFile(n int) string {
	var b strings.Builder
	b.WriteString("Kundennummer;Vorname;Nachname;E-Mail;Telefon;Firma;Position;Ort;Land;Mastodon\n")
	for i := range n {
		profile := ""
		if i%2 == 0 {
			profile = fmt.Sprintf("@kunde%d@example.social", i)
		}
		fmt.Fprintf(&b, "K-%d;Vörname%d;Nachname%d;kunde%d@firma%d.example;+49 30 %d;Firma %d GmbH;Einkauf;Köln;DE;%s\n", i, i%500, i, i, i%2000, i, i%2000, profile)
	}
	return b.String()
}

func BenchmarkImportContacts(b *testing.B) {
	const n = 20000
	file := contactsFile(n)
	for name, again := range map[string]bool{"new": false, "unchanged": true} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				db, err := sqldb.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "import.db"))
				if err != nil {
					b.Fatal(err)
				}
				if again {
					importText(b, db, file, crm.ImportOptions{})
				}
				b.StartTimer()
				importText(b, db, file, crm.ImportOptions{})
				b.StopTimer()
				if err := db.Close(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// A file that still holds the record of a contact who was merged into another is about the other;
// where it holds both records, that of the contact itself counts.
func TestImportFindsMerged(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		importText(t, db, "id,name,phone,city\nK-1,Anna Vogt,+49 1,Kiel\nK-2,A. Vogt,+49 2,\nK-3,Vogt,+49 3,\n", crm.ImportOptions{})
		ids := make(map[string]string)
		all, _, err := crm.FindContacts(t.Context(), db, crm.System(), crm.ContactFilter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			ids[c.ExternalID] = c.ID
		}
		merge := func(winner, loser string) (m crm.Merge) {
			t.Helper()
			update(t, db, func(tx *sqldb.Tx) (err error) {
				m, err = crm.MergeContacts(t.Context(), tx, crm.MergeOrder{WinnerID: ids[winner], LoserID: ids[loser]}, by(noon))
				return err
			})
			return m
		}
		merge("K-2", "K-3")
		last := merge("K-1", "K-2")
		for _, c := range []struct {
			name, file string
			want       counts
			phone      string
		}{
			{"OKLoser", "id,name,phone\nK-2,A. Vogt,+49 22\n", counts{1, 0, 1, 0, 0}, "+49 22"},
			{"OKLoserOfLoser", "id,name,phone\nK-3,Vogt,+49 33\n", counts{1, 0, 1, 0, 0}, "+49 33"},
			{"OKOwnLast", "id,name,phone\nK-2,A. Vogt,+49 22\nK-1,Anna Vogt,+49 11\n", counts{2, 0, 2, 0, 0}, "+49 11"},
			{"OKOwnFirst", "id,name,phone\nK-1,Anna Vogt,+49 12\nK-2,A. Vogt,+49 22\n", counts{2, 0, 1, 1, 0}, "+49 12"},
		} {
			for _, dry := range []bool{true, false} {
				got := importText(t, db, c.file, crm.ImportOptions{DryRun: dry})
				if countsOf(&got) != c.want {
					t.Errorf("%s: got %v, want %v: %+v", c.name, countsOf(&got), c.want, got.Refusals)
				}
			}
			if anna, err := crm.ContactByID(t.Context(), db, crm.System(), ids["K-1"]); err != nil || anna.Phone != c.phone || anna.ExternalID != "K-1" || anna.City != "Kiel" {
				t.Errorf("%s: got %+v (%v)", c.name, anna, err)
			}
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.UnmergeContacts(t.Context(), tx, last.ID, by(noon))
			return err
		})
		importText(t, db, "id,name,phone\nK-2,A. Vogt,+49 9\n", crm.ImportOptions{})
		if apart, err := crm.ContactByID(t.Context(), db, crm.System(), ids["K-2"]); err != nil || apart.Phone != "+49 9" {
			t.Errorf("got %+v (%v)", apart, err)
		}
	})
}

func TestImportRelationship(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		got := importText(t, db, "name;Kundenart\nA A;Kunde\nB B;PARTNER\nC C;\nD D;Freund\nE E;Interessent\n", crm.ImportOptions{})
		if countsOf(&got) != (counts{5, 4, 0, 0, 1}) || got.Refusals[0].Column != "Kundenart" || !strings.Contains(got.Refusals[0].Reason, "customer") {
			t.Errorf("got %+v", got)
		}
		contacts, _, err := crm.FindContacts(t.Context(), db, crm.System(), crm.ContactFilter{})
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		for _, c := range contacts {
			said += c.DisplayName + c.FirstName + ":" + c.Relationship + " "
		}
		if said != "A A:customer B B:partner C C: E E:prospect " {
			t.Errorf("got %q", said)
		}
	})
}

// A file of refused rows can be opened in a spreadsheet, corrected and imported again.
func TestImportErrorFileIsHarmless(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var refused bytes.Buffer
		file := "last_name,email,phone\n=HYPERLINK(1),nonsense,+49 1\n"
		r, err := crm.Import(t.Context(), db, strings.NewReader(file), crm.ImportOptions{Type: crm.RecordContact, Now: noon, Errors: &refused})
		if err != nil || r.Refused != 1 || !strings.Contains(refused.String(), "'=HYPERLINK(1),nonsense,'+49 1,2,email") {
			t.Fatalf("got %+v, %v, %s", r, err, refused.String())
		}
		corrected := strings.Replace(refused.String(), "nonsense", "anna@example.com", 1)
		if r, err = crm.Import(t.Context(), db, strings.NewReader(corrected), crm.ImportOptions{Type: crm.RecordContact, Now: noon}); err != nil || r.Created != 1 {
			t.Fatalf("got %+v, %v", r, err)
		}
		contacts, _, err := crm.FindContacts(t.Context(), db, crm.System(), crm.ContactFilter{})
		if err != nil || contacts[0].LastName != "=HYPERLINK(1)" || contacts[0].Phone != "+49 1" {
			t.Errorf("got %+v, %v", contacts, err)
		}
	})
}

func TestImportAllOrNothing(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		opt := crm.ImportOptions{Type: crm.RecordContact, Now: noon, AllOrNothing: true}
		r, err := crm.Import(t.Context(), db, strings.NewReader("last_name,email\nAnna,\nBert,nonsense\n"), opt)
		if err == nil || r.Refused != 1 || r.Created != 0 {
			t.Errorf("got %+v, %v", r, err)
		}
		if contacts, _, err := crm.FindContacts(t.Context(), db, crm.System(), crm.ContactFilter{}); err != nil || len(contacts) != 0 {
			t.Errorf("got %v, %v", contacts, err)
		}
		if r, err = crm.Import(t.Context(), db, strings.NewReader("last_name,email\nAnna,\nBert,bert@example.com\n"), opt); err != nil || r.Created != 2 {
			t.Errorf("got %+v, %v", r, err)
		}
		if _, err = crm.Import(t.Context(), db, io.MultiReader(strings.NewReader("last_name\nX\n")), opt); err == nil {
			t.Error("a stream was read twice")
		}
	})
}

// Columns fill fields of the company's own, as their definitions want them.
func TestImportOwnFields(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		update(t, db, func(tx *sqldb.Tx) error {
			for _, f := range []crm.Field{
				{RecordType: "contact", Name: "tier", Kind: "choice", Labels: map[string]string{"de": "Stufe"}, Required: true, Choices: []crm.FieldChoice{{Value: "A"}, {Value: "B"}}},
				{RecordType: "contact", Name: "since", Kind: "date"},
				{RecordType: "contact", Name: "code", Kind: "text", Unique: true},
			} {
				if _, err := crm.SaveField(t.Context(), tx, by(noon), f); err != nil {
					return err
				}
			}
			return nil
		})
		file := "id,last_name,Stufe,since,fields.code\n1,Anna,A,31.01.2026,K1\n2,Bert,C,,\n3,Carl,,,\n4,Dora,B,,k1\n"
		for range 2 { // the second time nothing is new
			r, err := crm.Import(t.Context(), db, strings.NewReader(file), crm.ImportOptions{Type: crm.RecordContact, Now: noon})
			if err != nil || r.Created+r.Unchanged != 1 || r.Refused != 3 {
				t.Fatalf("got %+v, %v", r, err)
			}
			for i, column := range []string{"Stufe", "Stufe", "fields.code"} {
				if r.Refusals[i].Column != column {
					t.Errorf("got %+v, want %s", r.Refusals[i], column)
				}
			}
		}
		r, err := crm.Import(t.Context(), db, strings.NewReader("id,last_name,Stufe\n1,Anna,B\n"), crm.ImportOptions{Type: crm.RecordContact, Now: noon})
		if err != nil || r.Updated != 1 {
			t.Fatalf("got %+v, %v", r, err)
		}
		contacts, _, err := crm.FindContacts(t.Context(), db, crm.System(), crm.ContactFilter{Fields: crm.FieldFilter{"tier": "b"}})
		if err != nil || len(contacts) != 1 || contacts[0].Fields["since"] != "2026-01-31" || contacts[0].Fields["code"] != "K1" {
			t.Errorf("got %+v, %v", contacts, err)
		}
	})
}

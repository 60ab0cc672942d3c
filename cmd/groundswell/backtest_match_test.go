package main_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// readCSV returns the rows of a file behind its header, which has to be as wanted.
func readCSV(t *testing.T, file, header string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || strings.Join(rows[0], ",") != header {
		t.Fatalf("%s: %q, %v", file, rows[:min(1, len(rows))], err)
	}
	return rows[1:]
}

// What the generator writes is read again, and most of who can be told is told.
func TestBacktestMatch(t *testing.T) {
	dir := t.TempDir()
	must(t, "", "bench", "match", "--contacts", "4000", "--authors", "3000", "--write", dir)
	in := func(name string) string { return filepath.Join(dir, name) }
	out := must(t, "", "backtest", "match", "--contacts", in("contacts.csv"), "--authors", in("authors.csv"), "--truth", in("truth.csv"), "--out", in("out.csv"))
	for _, want := range []string{"4000 contacts indexed", "precision ", "recall ", "coverage ", "calibration error ", "blocking recall ", "strangers "} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	truth := make(map[string]string)
	for _, row := range readCSV(t, in("truth.csv"), "author_id,contact_id") {
		truth[row[0]] = row[1]
	}
	automatic, right := 0, 0
	for _, row := range readCSV(t, in("out.csv"), "author_id,contact_id,probability,decision,evidence") {
		p, err := strconv.ParseFloat(row[2], 64)
		if err != nil || p <= 0 || p > 1 || row[4] == "" {
			t.Fatalf("%q", row)
		}
		switch row[3] {
		case "automatic":
			automatic++
			if truth[row[0]] == row[1] {
				right++
			}
		case "review":
		default:
			t.Fatalf("decision of %q", row)
		}
	}
	if automatic < 100 || right < automatic-2 {
		t.Errorf("%d of %d automatic links are right", right, automatic)
	}
}

// Headers as other systems write them, profiles in every form, German separators.
func TestBacktestMatchForms(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	write(t, in("c.csv"), "\ufeffContact ID;Vorname;Nachname;Profiles\n1;Anna;Muster;twitter:anna_m\n2;Bernd;Beispiel;bsky:did:plc:bernd | https://mastodon.example/@bernd\n3;Carla;Probe;x:123456789\n4;Dora;Test;\"x:dora:99887766, @dora@social.example\"\n")
	write(t, in("a.csv"), "author_id,platform,native_id,username,name\na1,twitter,,@Anna_M,\na2,bluesky,did:plc:bernd,b.example,\na3,mastodon,,bernd@mastodon.example,\na4,x,123456789,renamed,\na5,x,11223344,dora,\na6,mastodon,,@dora@social.example,\na7,x,,nobody,\n")
	must(t, "", "backtest", "match", "--contacts", in("c.csv"), "--authors", in("a.csv"), "--out", in("out.csv"))
	var got []string
	for _, row := range readCSV(t, in("out.csv"), "author_id,contact_id,probability,decision,evidence") {
		got = append(got, row[0]+" "+row[1]+" "+row[3])
	}
	if want := "a1 1 automatic, a2 2 automatic, a3 2 automatic, a4 3 automatic, a5 4 review, a6 4 automatic"; strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
}

// Quotes inside a field, and fields of several lines, are read as they are meant.
func TestBacktestMatchQuotes(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	write(t, in("c.csv"), "id,first,last,profiles\r\n1,Max \"Maxi\",Muster,x:maxm\r\n\r\n2,\"Anna \"Anni\" Lena\",Muster,\"x:anna\r\nx:anni\"\r\n3,\"Otto\",\"Muster\n\"\"von\"\"\",\"x:otto\n\"\r\n")
	write(t, in("a.csv"), "id,network,handle,bio\na1,x,maxm,\"{\"\"a\"\": 1,\n\"\"b\"\": 2}\"\na2,x,anna,the \"boss\"\na3,x,otto,\"I say\n\"\"hi\"\"\"\n")
	out := must(t, "", "backtest", "match", "--contacts", in("c.csv"), "--authors", in("a.csv"), "--out", in("out.csv"))
	if rows := readCSV(t, in("out.csv"), "author_id,contact_id,probability,decision,evidence"); len(rows) != 3 || !strings.Contains(out, "3 contacts indexed") {
		t.Errorf("%q\n%s", rows, out)
	}
}

// Of a name that more contacts bear than are looked at, it is said though nothing else is.
func TestBacktestMatchCapped(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	var contacts strings.Builder
	contacts.WriteString("id,first,last,city\n")
	for i := range 1000 {
		contacts.WriteString(strconv.Itoa(i) + ",Max,Müller,Berlin\n")
	}
	write(t, in("c.csv"), contacts.String())
	write(t, in("a.csv"), "id,network,handle,display_name,location\na1,x,mm,Max Müller,Berlin\na2,x,z,Ida Kuhn,Berlin\n")
	out := must(t, "", "backtest", "match", "--contacts", in("c.csv"), "--authors", in("a.csv"), "--out", in("out.csv"), "--sample", "0")
	if want := "capped             1 authors"; !strings.Contains(out, want) || !strings.Contains(out, "2 neither") {
		t.Errorf("want %q, got:\n%s", want, out)
	}
}

func TestBacktestMatchErrors(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	write(t, in("c.csv"), "id,first,last\n1,Anna,Muster\n")
	write(t, in("a.csv"), "id,network,handle\na1,x,anna\n")
	for name, c := range map[string]struct{ contacts, authors, truth, want string }{
		"ErrNoContacts":     {"absent.csv", "a.csv", "", "absent.csv: no such file"},
		"ErrEmpty":          {"", "a.csv", "", "is empty: want a header"},
		"ErrNoID":           {"name\nAnna\n", "a.csv", "", "no column id"},
		"ErrNoName":         {"id,colour\n1,red\n", "a.csv", "", "no column first, last or display_name"},
		"ErrIDMissing":      {"id,first\n,Anna\n", "a.csv", "", "line 2: the id is empty"},
		"ErrIDTwice":        {"id,first,last\n1,A,B\n2,C,D\n1,Anna,Muster\n", "a.csv", "", `line 4: the id "1" stands in line 2 already`},
		"ErrQuote":          {"id,first,last\n1,\"Max,Muster\n2,Anna,Muster\n", "a.csv", "", "line 2: a quote is opened and not closed"},
		"ErrQuoteLater":     {"id,first,last\n1,A,B\n2,\"Max,Muster\n3,\"Anna\",Muster\n4,Ida,Muster\n", "a.csv", "", "line 3: a quote is opened and not closed"},
		"ErrQuoteHeader":    {"id,first,\"last\n1,Max,Muster\n", "a.csv", "", "line 1: a quote is opened and not closed"},
		"ErrQuoteAuthors":   {"c.csv", "\ufeffid,network,handle\n1,x,\"max\n2,x,otto\n", "", "line 2: a quote is opened and not closed"},
		"ErrAuthors":        {"c.csv", "id,handle\n1,anna\n", "", "no column network"},
		"ErrTruthHeader":    {"c.csv", "a.csv", "who,what\na1,1\n", "no column author_id"},
		"ErrTruthContacts":  {"c.csv", "a.csv", "author_id,contact_id\na1,77\n", "does not fit: 1 of 1 contacts (such as \"77\")"},
		"ErrTruthAuthors":   {"c.csv", "a.csv", "author_id,contact_id\nzz,1\n", "none of its authors (such as \"zz\")"},
		"ErrTruthTwice":     {"c.csv", "a.csv", "author_id,contact_id\na1,1\na1,\n", "line 3: author \"a1\" is contact"},
		"ErrTruthIsNothing": {"c.csv", "a.csv", "author_id,contact_id\n", "does not fit: 0 of 0"},
	} {
		t.Run(name, func(t *testing.T) {
			file := func(content, suffix string) string {
				if strings.HasSuffix(content, ".csv") {
					return in(content)
				}
				f := in(name + suffix)
				write(t, f, content)
				return f
			}
			args := []string{"backtest", "match", "--contacts", file(c.contacts, "c"), "--authors", file(c.authors, "a"), "--out", in(name + "out")}
			if c.truth != "" {
				args = append(args, "--truth", file(c.truth, "t"))
			}
			if out, ok := run(t, "", args...); ok || !strings.Contains(out, c.want) {
				t.Errorf("want %q, got:\n%s", c.want, out)
			}
		})
	}
}

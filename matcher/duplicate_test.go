package matcher_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/people"
	"github.com/groundswell/groundswell/matcher"
)

var rowHeader = []string{"id", "person", "first_name", "last_name", "birth_date", "street", "postcode", "city", "email", "company"}

func fill(w *people.World) (t *matcher.Records, who []string) {
	t = matcher.NewRecords(rowHeader, "id", "person")
	for i := range w.Len() {
		c := w.Row(i)
		t.Add([]string{c.ID, c.Person, c.First, c.Last, c.Born, c.Street, c.Postcode, c.City, c.Email, c.Company})
		who = append(who, c.Person)
	}
	return t, who
}

// f1 is the harmonic mean of precision and recall of the pairs from a probability on.
func f1(found []matcher.Duplicate, who []string, from float64) float64 {
	size := make(map[string]int)
	total, right, n := 0, 0, 0
	for _, p := range who {
		total += size[p]
		size[p]++
	}
	for _, d := range found {
		if d.Probability < from {
			continue
		}
		n++
		if who[d.A] == who[d.B] {
			right++
		}
	}
	return 2 * float64(right) / float64(n+total)
}

// Copies by other hands are found without a word of training, in a file that is compared whole and
// in one that is compared by blocks.
func TestDuplicates(t *testing.T) {
	for _, n := range []int{700, 3500} {
		records, who := fill(people.New(11, n))
		found, err := records.Duplicates(context.Background(), matcher.DuplicateOptions{Least: 0.01})
		if err != nil {
			t.Fatal(err)
		}
		if score := f1(found, who, 0.5); score < 0.985 {
			t.Errorf("%d rows: F1 %.4f", n, score)
		}
		for i, d := range found {
			if d.A >= d.B || d.Probability < 0.01 || d.Probability > 1 || i > 0 && d.Bits > found[i-1].Bits {
				t.Fatalf("%+v after %+v", d, found[max(0, i-1)])
			}
		}
		if text := records.Explain(found[0]); !strings.HasPrefix(text, "prior -") || !strings.Contains(text, "the same") {
			t.Error(text)
		}
	}
}

// Rows that share their strong neighbours gain: of five copies of one person, two that have little
// in common are joined by the other three.
func TestNeighbours(t *testing.T) {
	records := matcher.NewRecords([]string{"name", "surname", "dob", "city"})
	rows := [][]string{
		{"Katharina", "Oberstein", "1971-03-04", "Ulm"}, {"Kathi", "Oberstein", "1971-03-04", "Ulm"}, {"Katharina", "Oberstien", "1971-03-04", "Bonn"},
		{"Katharina", "Oberstein", "", "Bonn"}, {"Kathi", "Oberstien", "1971-03-14", ""},
	}
	for _, r := range rows {
		records.Add(r)
	}
	w := people.New(12, 600)
	for i := range w.Len() {
		c := w.Contact(i)
		records.Add([]string{c.First, c.Last, fmt.Sprintf("19%02d-%02d-%02d", i%80, 1+i%12, 1+i%28), c.City})
	}
	found, err := records.Duplicates(context.Background(), matcher.DuplicateOptions{Least: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	pairs := make(map[[2]int]bool)
	for _, d := range found {
		pairs[[2]int{d.A, d.B}] = true
	}
	for i := range rows {
		for j := i + 1; j < len(rows); j++ {
			if !pairs[[2]int{i, j}] {
				t.Errorf("%v and %v are not joined", rows[i], rows[j])
			}
		}
	}
}

func TestRoles(t *testing.T) {
	header := []string{"Kunden-Nr", "Vorname", "Nachname", "Geb.", "kontakt", "Handy", "PLZ", "Ort", "Feld", "leer", "konstant", "cluster"}
	records := matcher.NewRecords(header)
	w := people.New(13, 800)
	for i := range w.Len() {
		c := w.Row(i)
		records.Add([]string{c.ID, c.First, c.Last, c.Born, c.Email, c.Phone, c.Postcode, c.City, c.Street, "", "x", c.Person})
	}
	want := map[string]string{"Kunden-Nr": "text", "Vorname": "given name", "Nachname": "surname", "Geb.": "date", "kontakt": "e-mail", "Handy": "phone", "PLZ": "code",
		"Ort": "place", "Feld": "text", "leer": "not compared", "konstant": "not compared", "cluster": "not compared"}
	got := records.Roles()
	delete(want, "Kunden-Nr") // the command leaves it out
	delete(got, "Kunden-Nr")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Rows that are all the same, or say nothing, cost no more than others.
func TestDuplicatesOfHostileFiles(t *testing.T) {
	for name, c := range map[string]struct {
		row  func(i int) []string
		want string
	}{
		"AllMüller": {func(i int) []string { return []string{"Anna", "Müller", fmt.Sprint("Notiz ", i), ""} }, ""},
		"TwoNames": {func(i int) []string {
			return []string{"Anna", []string{"Müller", "Meier"}[i%2], fmt.Sprint("Notiz ", i), ""}
		}, ""},
		"Empty":      {func(int) []string { return []string{"", "", "", ""} }, "only 0 of the columns"},
		"Short":      {func(int) []string { return nil }, "only 0 of the columns"},
		"OneColumn":  {func(i int) []string { return []string{fmt.Sprint("Name", i%50), "", "", ""} }, "only 1 of the columns"},
		"Unreadable": {func(i int) []string { return []string{"\xff", strings.Repeat("🙂", i%300), "\x00", "-"} }, ""},
		"LongCells":  {func(i int) []string { return []string{strings.Repeat("a ", 500), strings.Repeat("b", i%700), "1", "2"} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			records := matcher.NewRecords([]string{"first", "last", "note", "mail"})
			for i := range 3000 {
				records.Add(c.row(i))
			}
			began := time.Now()
			found, err := records.Duplicates(context.Background(), matcher.DuplicateOptions{Least: 0.5})
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if took := time.Since(began); took > time.Minute || len(found) > 100_000 {
				t.Errorf("%d pairs in %s", len(found), took)
			}
		})
	}
}

func TestDuplicatesStop(t *testing.T) {
	records, _ := fill(people.New(14, 3000))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := records.Duplicates(ctx, matcher.DuplicateOptions{Least: 0.5}); err == nil {
		t.Error("it goes on")
	}
}

// FuzzDuplicates compares rows of any text under any header.
func FuzzDuplicates(f *testing.F) {
	f.Add("first,last,dob,email", "Anna,Müller,1970-01-02,a@b.example", "Ana,Mueller,02.01.1970,a@b.example")
	f.Add("x,y,z", "1,2,3", "1,,3")
	f.Add("geburtstag,plz,@", "19700102,00,\xff", "1-1-1,000000000000,\x00")
	f.Fuzz(func(t *testing.T, header, a, b string) {
		records := matcher.NewRecords(strings.Split(header, ","))
		for i := range 6 {
			row := a
			if i%2 == 1 {
				row = b
			}
			records.Add(strings.Split(row+strings.Repeat("x", i/4), ","))
		}
		found, err := records.Duplicates(context.Background(), matcher.DuplicateOptions{Least: 0.01})
		for _, d := range found {
			if err != nil || !(d.Probability > 0 && d.Probability <= 1) || records.Explain(d) == "" {
				t.Fatalf("%+v %v", d, err)
			}
		}
	})
}

func TestWords(t *testing.T) {
	for word, code := range map[string]string{"mueller": "657", "schmidt": "862", "meyer": "67", "wikipedia": "3412", "breschnew": "17863", "heinz": "068", "": ""} {
		got := ""
		for n := matcher.Koelner(word); n > 0; n /= 10 {
			got = string(rune('0'+n%10-1)) + got
		}
		if got != code {
			t.Errorf("%q sounds %q, want %q", word, got, code)
		}
	}
	for pair, want := range map[string]bool{"meyer meier": true, "schmidt schmitt": true, "mueller moeller": true, "meier maier": true, "weber wagner": false, "ab ac": false, "schulze schultze": true, "anna ann": false} {
		a, b, _ := strings.Cut(pair, " ")
		if got := matcher.Similar(a, b); got != want {
			t.Errorf("%s: similar %v", pair, got)
		}
	}
	for pair, want := range map[string]bool{"bob robert": true, "robert bob": true, "kathi katharina": true, "alex alexandra": true, "jo johannes": true, "uwe udo": false, "an anna": false} {
		a, b, _ := strings.Cut(pair, " ")
		if got := matcher.SameOrigin(a, b); got != want {
			t.Errorf("%s: same origin %v", pair, got)
		}
	}
	for in, want := range map[string]string{"Halle (Saale)": "halle", "Munich": "muenchen", "Frankfurt am Main": "frankfurt", "Köln": "koeln", "Ulm/Donau": "ulm"} {
		if got := matcher.CityForm(in); got != want {
			t.Errorf("%q is the city %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"https://www.acme.co.uk/x": "acme.co.uk", "anna@mail.acme.de": "acme.de", "gmail.com": "", "anna.bsky.social": "", "": "", "localhost": ""} {
		if got := matcher.CompanyHost(in); got != want {
			t.Errorf("%q is the site %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"@Anna.Müller_87@example.social": "annamueller87", "anna-m.bsky.social": "annam", "": ""} {
		if got := matcher.Skeleton(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

package main_test

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestContactsDuplicates(t *testing.T) {
	dir := t.TempDir()
	must(t, "", "bench", "match", "--contacts", "1200", "--authors", "1", "--write", dir)
	file, pairs := filepath.Join(dir, "duplicates.csv"), filepath.Join(dir, "pairs.csv")
	out := must(t, "", "contacts", "duplicates", file, "--truth", "person", "--out", pairs)
	for _, want := range []string{"birth_date", "date", "best F1", "precision at 0.5", "recall at 0.5", "calibration error", "1200 rows"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	who := make(map[string]string)
	for _, row := range readCSV(t, file, "id,person,first_name,last_name,birth_date,street,postcode,city,email,company") {
		who[row[0]] = row[1]
	}
	right, sure := 0, 0
	for _, row := range readCSV(t, pairs, "id_a,id_b,probability,evidence") {
		if row[2] < "0.9" {
			continue
		}
		sure++
		if who[row[0]] == who[row[1]] && who[row[0]] != "" {
			right++
		}
	}
	if sure < 100 || right < sure-1 {
		t.Errorf("%d of %d sure pairs are right", right, sure)
	}
}

func TestContactsDuplicatesErrors(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		content string
		args    []string
		want    string
	}{
		"ErrNoTruth":   {"id,first,last\n1,Anna,Muster\n", []string{"--truth", "who"}, "--truth: "},
		"ErrTruthIsID": {"id,first,last\n1,Anna,Muster\n2,Bernd,Muster\n", []string{"--truth", "id"}, "does not fit: it has 2 values in 2 rows"},
		"ErrNoID":      {"id,first,last\n1,Anna,Muster\n", []string{"--id", "nr"}, "--id: "},
		"ErrLeast":     {"id,first,last\n1,Anna,Muster\n", []string{"--least", "1"}, "want 0 < --least < 1"},
		"ErrNothing":   {"id,first\n1,Anna\n2,Bernd\n", nil, "only 1 of the columns"},
		"ErrEmpty":     {"", nil, "it is empty"},
		"ErrNoRows":    {"id,first,last\n", nil, "no rows"},
		"ErrQuote":     {"id,first,last\n1,\"Anna,Muster\n2,Bernd,Muster\n", nil, "line 2: a quote is opened and not closed"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(dir, name)
			write(t, file, c.content)
			if out, ok := run(t, "", append([]string{"contacts", "duplicates", file}, c.args...)...); ok || !strings.Contains(out, c.want) {
				t.Errorf("want %q, got:\n%s", c.want, out)
			}
		})
	}
}

// Rows that are all alike are each other's duplicates; where they are too many for every pair, each
// is the next one's.
func TestContactsDuplicatesAllAlike(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		rows, pairs int
	}{"OKTwo": {2, 1}, "OKSome": {20, 190}, "OKMany": {3000, 2999}, "OKOne": {1, 0}} {
		t.Run(name, func(t *testing.T) {
			file, out := filepath.Join(dir, name), filepath.Join(dir, name+"out")
			write(t, file, "id,first,last,city\n"+strings.Repeat("1,Max,Müller,Berlin\n", c.rows))
			must(t, "", "contacts", "duplicates", file, "--out", out)
			pairs := readCSV(t, out, "id_a,id_b,probability,evidence")
			for _, p := range pairs {
				if p[2] < "0.99" {
					t.Fatalf("%q", p)
				}
			}
			if len(pairs) != c.pairs {
				t.Errorf("%d pairs, want %d", len(pairs), c.pairs)
			}
		})
	}
}

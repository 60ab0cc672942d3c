package main_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type scored struct {
	Lang, Polarity, Intent, Error string
	Score, Confidence             float64
}

func decodeScored(t *testing.T, line string) (s scored) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(line))
	if err := d.Decode(&s); err != nil || d.More() {
		t.Fatalf("%.200s: %v", line, err)
	}
	return s
}

func TestScore(t *testing.T) {
	lines := []struct{ in, lang, polarity, failure string }{
		{"I love this phone, it is wonderful", "en", "positive", ""},
		{"", "und", "unknown", ""},
		{"So eine Frechheit, das ist der letzte Mist\r", "de", "negative", ""},
		{`{"text":"I hate it, this is the worst phone","language":"en"}`, "en", "negative", ""},
		{`{"v":1,"type":"upsert","post":{"network":"x","id":"1","author":{"id":"7"},"text":"I love it, wonderful phone","posted_at":"2026-03-01T12:00:00Z"}}`, "en", "positive", ""},
		{`{"v":1,"type":"delete","post":{"network":"x","id":"1"}}`, "und", "unknown", "want its text"},
		{`{"text":"cut o`, "und", "unknown", "decode post"},
		{`{"text":7}`, "und", "unknown", "decode post"},
		{"{laughs} I love this phone, it is wonderful", "en", "positive", ""},
		{"\xff\xfe I love this phone, \xc3 it is wonderful\x00\x1b", "en", "positive", ""},
		{strings.Repeat("😀", 250_000), "und", "unknown", ""},
		{strings.Repeat("a", 3_000_000), "", "", ""},
		{`{"text":"` + strings.Repeat("a", 3_000_000) + `"}`, "und", "unknown", "larger than"},
		{"שלום עולם זה טלפון נהדר", "other", "unknown", ""},
		{"Jag älskar den här telefonen, den är underbar", "other", "unknown", ""},
		{"the last line ends without a newline and is wonderful", "en", "positive", ""},
	}
	var in strings.Builder
	for i, l := range lines {
		in.WriteString(l.in)
		if i < len(lines)-1 {
			in.WriteByte('\n')
		}
	}
	out := must(t, in.String(), "score")
	got := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(got) != len(lines) {
		t.Fatalf("%d lines out of %d:\n%.2000s", len(got), len(lines), out)
	}
	for i, l := range lines {
		s := decodeScored(t, got[i])
		if l.lang != "" && (s.Lang != l.lang || s.Polarity != l.polarity) || !strings.Contains(s.Error, l.failure) || (s.Error == "") != (l.failure == "") {
			t.Errorf("%.80q: got %+v, want %s, %s, error %q", l.in, s, l.lang, l.polarity, l.failure)
		}
		if s.Intent == "" || s.Score < -1 || s.Score > 1 || s.Confidence < 0 || s.Confidence > 1 {
			t.Errorf("%.80q: %+v", l.in, s)
		}
	}
}

// Every line has its reading, in order, whatever the cores do; files come one after the other.
func TestScoreKeepsOrder(t *testing.T) {
	dir := t.TempDir()
	var files []string
	n := 0
	for f := range 3 {
		var b strings.Builder
		for range 20_000 {
			if n++; n%3 == 0 {
				b.WriteString("das ist leider gar nicht gut geworden\n")
			} else {
				b.WriteString("this is not what i ordered from you\n")
			}
		}
		files = append(files, filepath.Join(dir, fmt.Sprint(f)))
		write(t, files[f], b.String())
	}
	got := strings.Split(strings.TrimSuffix(must(t, "", append([]string{"score"}, files...)...), "\n"), "\n")
	if len(got) != n {
		t.Fatalf("%d lines out of %d", len(got), n)
	}
	for i, line := range got {
		if want := "en"; (i+1)%3 == 0 && !strings.Contains(line, `"lang":"de"`) || (i+1)%3 != 0 && !strings.Contains(line, `"lang":"en"`) {
			t.Fatalf("line %d: got %s, want %s", i+1, line, want)
		}
	}
	if out, ok := run(t, "hello", "score", "-", filepath.Join(dir, "none")); ok || !strings.Contains(out, filepath.Join(dir, "none")) {
		t.Errorf("a file that is not there: %s", out)
	}
}

// A file that cannot be read loses nothing of the others; one is read packed as well as plain.
func TestScoreFiles(t *testing.T) {
	dir := t.TempDir()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprintln(z, strings.Repeat("I love it\n", 2000))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	plain, gz, damaged := filepath.Join(dir, "plain.txt"), filepath.Join(dir, "packed.txt.gz"), filepath.Join(dir, "damaged.gz")
	write(t, plain, strings.Repeat("I love it\n", 5000))
	write(t, gz, packed.String())
	write(t, damaged, packed.String()[:packed.Len()-9])
	out, ok := run(t, "", "score", plain, filepath.Join(dir, "none"), gz, damaged)
	if ok || !strings.Contains(out, "none") || !strings.Contains(out, damaged) {
		t.Errorf("want both files named that cannot be read: %.300s", out[max(0, len(out)-300):])
	}
	if got := strings.Count(out, `"positive"`); got < 7000 {
		t.Errorf("%d lines were answered, want 7000 and what the damaged file has", got)
	}
}

// Who types a line sees its reading before the next.
func TestScoreAnswersAtOnce(t *testing.T) {
	cmd := command(t.Context(), os.Environ(), "score")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(out)
	for _, text := range []string{"I love this phone", "Das ist der letzte Mist", ""} {
		fmt.Fprintln(in, text)
		line, err := answers.ReadString('\n')
		if err != nil {
			t.Fatalf("after %q: %v", text, err)
		}
		decodeScored(t, line)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

package labelled_test

import (
	"bytes"
	"compress/gzip"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/sentiment/labelled"
)

// write makes the files in a new folder and returns their names.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if strings.HasSuffix(name, ".gz") {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			z.Write([]byte(content))
			z.Close()
			content = b.String()
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestOpen(t *testing.T) {
	both := []labelled.Text{{Polarity: post.Negative, Text: "so bad, it hurts"}, {Polarity: post.Positive, Text: "a good one\u2028really"}}
	for name, test := range map[string]struct {
		files map[string]string
		open  string // comma-separated
		want  []labelled.Text
		left  map[string]int
	}{
		"OKSemEval":        {map[string]string{"a.tsv": "17\tnegative\tso bad, it hurts\n18\tpositive\ta good one\u2028really\t\n"}, "a.tsv", both, nil},
		"OKGzip":           {map[string]string{"a.tsv.gz": "17\tnegative\tso bad, it hurts\r\n18\tpositive\ta good one\u2028really\r\n"}, "a.tsv.gz", both, nil},
		"OKClassText":      {map[string]string{"a.tsv": "negative\tso bad, it hurts\npositive\ta good one\u2028really"}, "a.tsv", both, nil},
		"OKTextClass":      {map[string]string{"a.tsv": "so bad, it hurts\t0\na good one\u2028really\t2"}, "a.tsv", both, nil},
		"OKSigned":         {map[string]string{"a.tsv": "1\tacme\t-2\tso bad, it hurts\n2\tacme\t1\ta good one\u2028really"}, "a.tsv", both, nil},
		"OKHeader":         {map[string]string{"a.tsv": "\ufeffid\tText\tother\tsentiment\n1\tso bad, it hurts\tpositive\tNegative\n2\ta good one\u2028really\tneutral\tPOSITIVE\n"}, "a.tsv", both, nil},
		"OKMixed":          {map[string]string{"a.tsv": "text\tderived_label_a2rev\nso bad, it hurts\tnegative\nwell\tmixed\na good one\u2028really\tpositive\n"}, "a.tsv", both, map[string]int{"mixed": 1}},
		"OKCommas":         {map[string]string{"a.csv": "label,text\nneg,\"so bad, it hurts\"\npos,a good one\u2028really\n"}, "a.csv", both, nil},
		"OKPairByText":     {map[string]string{"test_text.txt": "so bad, it hurts\na good one\u2028really\n", "test_labels.txt": "0\n2\n"}, "test_text.txt", both, nil},
		"OKPairByLabels":   {map[string]string{"test_text.txt": "so bad, it hurts\na good one\u2028really\n", "test_labels.txt": "0\n2\n"}, "test_labels.txt", both, nil},
		"OKPairBoth":       {map[string]string{"test_text.txt": "so bad, it hurts\na good one\u2028really\n", "test_labels.txt": "0\n2\n"}, "test_text.txt,test_labels.txt", both, nil},
		"OKPairOtherNames": {map[string]string{"x.txt": "so bad, it hurts\na good one\u2028really\n", "y.txt": "0\n2\n"}, "y.txt,x.txt", both, nil},
		"OKPairGzip":       {map[string]string{"test_text.txt.gz": "so bad, it hurts\na good one\u2028really\n", "test_labels.txt.gz": "negative\npositive\n"}, "test_text.txt.gz", both, nil},
		"OKPairNoText":     {map[string]string{"test_text.txt": "so bad, it hurts\n\na good one\u2028really\n", "test_labels.txt": "0\n1\n2\n"}, "test_text.txt", both, map[string]int{"no text": 1}},
		"OKBrackets":       {map[string]string{"a.tsv": "[sic] so bad, it hurts\tnegative\n{wow} a good one\tpositive\n"}, "a.tsv", []labelled.Text{{Polarity: post.Negative, Text: "[sic] so bad, it hurts"}, {Polarity: post.Positive, Text: "{wow} a good one"}}, nil},
		"OKJSON":           {map[string]string{"a.json": `{"text":"so bad, it hurts","polarity":"negative"}` + "\n" + `{"post":{"text":"a good one\u2028really"},"label":2}`}, "a.json", both, nil},
		"OKJSONList":       {map[string]string{"a.json": `[{"text":"so bad, it hurts","sentiment":-1},{"text":"a good one\u2028really","sentiment":1}]`}, "a.json", both, nil},
		"OKMention": {map[string]string{"a.json": `{"v":1,"type":"mention","mentions":[{"polarity":"negative","language":"en"}],"event":{"type":"upsert","post":{"text":"so bad"}}}`}, "a.json",
			[]labelled.Text{{Polarity: post.Negative, Language: "en", Text: "so bad"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, test.files)
			var names []string
			for n := range strings.SplitSeq(test.open, ",") {
				names = append(names, filepath.Join(dir, n))
			}
			sets, err := labelled.Open(names)
			if err != nil {
				t.Fatal(err)
			}
			if test.left == nil {
				test.left = map[string]int{}
			}
			if len(sets) != 1 {
				t.Fatalf("%d sets", len(sets))
			}
			if diff := cmp.Diff(test.want, sets[0].Texts); diff != "" {
				t.Errorf("texts (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.left, sets[0].Left); diff != "" {
				t.Errorf("left out (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOpenErrors(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		open  string
		want  string
	}{
		"ErrMissing":  {nil, "a.tsv", "a.tsv"},
		"ErrFolder":   {nil, ".", "name the files in it"},
		"ErrLonely":   {map[string]string{"x_text.txt": "a\nb\n"}, "x_text.txt", "it lacks x_labels.txt"},
		"ErrEmpty":    {map[string]string{"a.tsv": "\n \n"}, "a.tsv", "is empty"},
		"ErrNoLabels": {map[string]string{"a.tsv": "one\ttwo\nthree\tfour\n"}, "a.tsv", "no column of labels"},
		"ErrLabel":    {map[string]string{"a.tsv": "label\ttext\nnegative\ta\nawful\tb\n"}, "a.tsv", `line 3: label "awful"`},
		"ErrNumber":   {map[string]string{"a.tsv": "label\ttext\n0\ta\n7\tb\n"}, "a.tsv", `line 3: label "7"`},
		"ErrColumns":  {map[string]string{"a.tsv": "text\tlabel\na\tnegative\nb\n"}, "a.tsv", "line 3: 1 columns"},
		"ErrPair":     {map[string]string{"x_text.txt": "a\nb\n", "x_labels.txt": "0\n"}, "x_text.txt", "2 lines"},
		"ErrJSON":     {map[string]string{"a.json": `{"text":"a","polarity":"neutral"}` + "\n{"}, "a.json", "object 2"},
		"ErrPolarity": {map[string]string{"a.json": `{"text":"a","polarity":"great"}`}, "a.json", `object 1: polarity "great"`},
		"ErrNone":     {map[string]string{"a.json": `{"text":"a"}`}, "a.json", "no text with a label"},
		"ErrGzip":     {map[string]string{"a.tsv": "\x1f\x8bnothing"}, "a.tsv", "a.tsv"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := labelled.Open([]string{filepath.Join(write(t, test.files), test.open)}); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
		})
	}
}

func TestFigures(t *testing.T) {
	var tally labelled.Tally
	for range 8 {
		tally.Add(post.Negative, post.Negative, 0.85)
	}
	tally.Add(post.Negative, post.Positive, 0.85)
	tally.Add(post.Negative, post.Unknown, 0)
	tally.Add(post.Neutral, post.Neutral, 0.45)
	tally.Add(post.Neutral, post.Negative, 0.45)
	tally.Add(post.Positive, post.Positive, 1)
	f := tally.Figures()
	near := func(name string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	near("accuracy", f.Accuracy, 10.0/13)
	near("macro-recall", f.MacroRecall, (0.8+0.5+1)/3)
	near("macro-F1", f.MacroF1, (2*8.0/(10+9)+2*1.0/(2+1)+2*1.0/(1+2))/3)
	near("precision", f.Classes[post.Negative].Precision, 8.0/9)
	near("calibration error", f.Calibration.ECE, (9*math.Abs(0.85-8.0/9)+2*math.Abs(0.45-0.5)+0)/12)
	if f.Unknown != 1 || f.Confusion[post.Negative][post.Unknown] != 1 || f.Confusion[post.Neutral][post.Negative] != 1 {
		t.Errorf("unknown %d, confusion %v", f.Unknown, f.Confusion)
	}
}

func FuzzOpen(f *testing.F) {
	for _, s := range []string{"17\tnegative\tbad\n", "label,text\n0,a\n", `{"text":"a","polarity":"neutral"}`, "[", "\x1f\x8b", "\ufeff\t\t\n", "0\n1\n"} {
		f.Add([]byte(s))
	}
	name := filepath.Join(f.TempDir(), "a")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		sets, err := labelled.Open([]string{name})
		if err != nil {
			return
		}
		for _, text := range sets[0].Texts {
			if text.Text == "" || text.Polarity == "" || text.Polarity == post.Unknown {
				t.Fatalf("%+v", text)
			}
		}
	})
}

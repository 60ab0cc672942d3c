package deep_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/sentiment/deep"
	"github.com/groundswell/groundswell/sentiment/deep/deeptest"
)

// The test binary is the classifier's process when it is called so.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "classify" {
		f, err := deep.Inspect(os.Args[2], nil)
		if err == nil {
			err = deep.Serve(f, os.Stdin, os.Stdout)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// start makes a process of the folder, which this test binary plays.
func start(t *testing.T, folder string) *deep.Process {
	t.Helper()
	f, err := deep.Inspect(folder, nil)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := deep.NewProcess(f, self, "classify", folder)
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func TestJudge(t *testing.T) {
	p := start(t, deeptest.English().Write(t))
	texts := map[string]post.Polarity{
		"What a great day": post.Positive, "awful, just awful": post.Negative, "version 2 is released": post.Neutral, "not great": post.Negative,
	}
	var asked []string
	for text := range texts {
		asked = append(asked, text)
	}
	judged, err := p.Judge(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range asked {
		r := judged[i].Reading(post.Reading{Language: "en", Polarity: post.Neutral, Intent: post.IntentPurchase})
		if r.Polarity != texts[text] || r.Confidence < 0.5 || r.Language != "en" || r.Intent != post.IntentPurchase {
			t.Errorf("%s: %+v", text, r)
		}
	}
}

// Whatever the text, a classifier answers.
func TestHostileTexts(t *testing.T) {
	p := start(t, deeptest.English().Write(t))
	hostile := []string{"", " ", "\x00\x01\xff\xfe", strings.Repeat("great ", 100_000), strings.Repeat("a", 1<<20), strings.Repeat("😀", 1<<18),
		"\u202e\u200d\u200b", "&#x110000; &lt;b&gt;", "\ufeff", strings.Repeat(".", 100_000)}
	judged, err := p.Judge(t.Context(), hostile)
	if err != nil {
		t.Fatal(err)
	}
	if judged[3].Positive < 0.9 {
		t.Errorf("a long text: %+v", judged[3])
	}
}

// A process that is too slow, or killed, is replaced.
func TestProcessIsReplaced(t *testing.T) {
	p := start(t, deeptest.English().Write(t))
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Judge(over, []string{"great"}); err == nil {
		t.Error("an answer after the end")
	}
	judged, err := p.Judge(t.Context(), []string{"great"})
	if err != nil || judged[0].Positive < 0.9 {
		t.Errorf("%+v, %v", judged, err)
	}
}

func TestProcessEnds(t *testing.T) {
	f, err := deep.Inspect(deeptest.English().Write(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	p := deep.NewProcess(f, sh, "-c", "echo the disk is gone >&2")
	if err := p.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "the disk is gone") {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := deep.NewProcess(f, sh, "-c", "exec sleep 60").Start(ctx); err == nil {
		t.Error("it is not ready")
	}
}

func TestLabels(t *testing.T) {
	stars := []string{"1 star", "2 stars", "3 stars", "4 stars", "5 stars"}
	negative, neutral, positive := post.Negative, post.Neutral, post.Positive
	for name, test := range map[string]struct {
		labels    []string
		explained map[string]string
		want      []post.Polarity
		err       string
	}{
		"OKNames":       {labels: []string{"NEU", "Negative", "pos"}, want: []post.Polarity{neutral, negative, positive}},
		"OKTwo":         {labels: []string{"LABEL_0", "LABEL_1"}, want: []post.Polarity{negative, positive}},
		"OKThree":       {labels: []string{"LABEL_0", "LABEL_1", "LABEL_2"}, want: []post.Polarity{negative, neutral, positive}},
		"OKStars":       {labels: stars, want: []post.Polarity{negative, negative, neutral, positive, positive}},
		"OKExplained":   {labels: []string{"joy", "anger"}, explained: map[string]string{"joy": "positive", "anger": "negative"}, want: []post.Polarity{positive, negative}},
		"ErrForeign":    {labels: []string{"joy", "anger"}, err: `label "joy" is no polarity`},
		"ErrFour":       {labels: []string{"LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3"}, err: "two, three or five"},
		"ErrOneSided":   {labels: []string{"positive", "neutral"}, err: "lack a negative"},
		"ErrNoSuch":     {labels: []string{"pos", "neg"}, explained: map[string]string{"good": "positive"}, err: `names "good"`},
		"ErrNoPolarity": {labels: []string{"pos", "neg"}, explained: map[string]string{"pos": "good"}, err: "want negative, neutral or positive"},
	} {
		t.Run(name, func(t *testing.T) {
			c := deeptest.Classifier{Labels: test.labels, Words: map[string][]float32{"a": make([]float32, len(test.labels))}}
			f, err := deep.Inspect(c.Write(t), test.explained)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("%v, want %s", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, f.Classes); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What is wrong with a folder is said with the file and what to do.
func TestDamagedFolder(t *testing.T) {
	remove := func(name string) func(string) error {
		return func(dir string) error { return os.Remove(filepath.Join(dir, name)) }
	}
	put := func(name, content string) func(string) error {
		return func(dir string) error { return os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600) }
	}
	for name, test := range map[string]struct {
		damage func(dir string) error
		err    string
		loaded bool // it is seen only when the model is loaded
	}{
		"NoTokenizer":      {damage: remove("tokenizer.json"), err: "tokenizer.json is missing: save the model's fast tokenizer"},
		"NoModel":          {damage: remove("model.onnx"), err: "model.onnx is missing: export the model"},
		"NoConfig":         {damage: remove("config.json"), err: "config.json is missing"},
		"TokenizerNoJSON":  {damage: put("tokenizer.json", "{"), err: "tokenizer.json is damaged"},
		"TokenizerEmpty":   {damage: put("tokenizer.json", "{}"), err: "tokenizer.json describes no model"},
		"TokenizerForeign": {damage: put("tokenizer.json", `{"model":{"type":"WordLevel","vocab":7}}`), err: "tokenizer.json", loaded: true},
		"ConfigNoLabels":   {damage: put("config.json", "{}"), err: "0 labels under id2label"},
		"ConfigGap":        {damage: put("config.json", `{"id2label":{"0":"neg","2":"pos"}}`), err: "there is no label 1"},
		"OtherName": {damage: func(dir string) error {
			return os.Rename(filepath.Join(dir, "model.onnx"), filepath.Join(dir, "a.onnx"))
		}, err: ""},
		"ModelNoONNX":    {damage: put("model.onnx", "this is no model"), err: "model.onnx", loaded: true},
		"ModelEmpty":     {damage: put("model.onnx", ""), err: "model.onnx is empty"},
		"ModelCutOff":    {damage: cutOff, err: "model.onnx", loaded: true},
		"LabelsTooFew":   {damage: put("config.json", `{"id2label":{"0":"neg","1":"pos"}}`), err: "gives 3 numbers a text, config.json names 2 labels", loaded: true},
		"NotEvenAFolder": {damage: func(dir string) error { return os.RemoveAll(dir) }, err: "sentiment.deep.folder names a folder"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := deeptest.English().Write(t)
			if err := test.damage(dir); err != nil {
				t.Fatal(err)
			}
			if test.loaded {
				err := start(t, dir).Start(t.Context())
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("%v, want %s", err, test.err)
				}
				t.Log(err)
				return
			}
			_, err := deep.Inspect(dir, nil)
			if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
				t.Errorf("%v, want %s", err, test.err)
			}
		})
	}
}

func cutOff(dir string) error {
	name := filepath.Join(dir, "model.onnx")
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return os.WriteFile(name, data[:len(data)/2], 0o600)
}

// A version changes with the model, the tokenizer and the meaning of the labels, and with nothing else.
func TestVersion(t *testing.T) {
	version := func(c deeptest.Classifier) string {
		f, err := deep.Inspect(c.Write(t), nil)
		if err != nil {
			t.Fatal(err)
		}
		return f.Version
	}
	one := deeptest.Classifier{Labels: []string{"neg", "pos"}, Words: map[string][]float32{"a": {1, 2}}}
	same := one
	other := deeptest.Classifier{Labels: []string{"pos", "neg"}, Words: one.Words}
	heavier := deeptest.Classifier{Labels: one.Labels, Words: map[string][]float32{"a": {1, 3}}}
	if version(one) != version(same) || version(one) == version(other) || version(one) == version(heavier) {
		t.Errorf("%s %s %s", version(one), version(other), version(heavier))
	}
}

func TestReading(t *testing.T) {
	for name, test := range map[string]struct {
		judged deep.Judgement
		want   post.Polarity
		sure   float64
	}{
		"Positive":        {deep.Judgement{Negative: 0.1, Neutral: 0.2, Positive: 0.7}, post.Positive, 0.7},
		"Negative":        {deep.Judgement{Negative: 0.6, Neutral: 0.3, Positive: 0.1}, post.Negative, 0.6},
		"Neutral":         {deep.Judgement{Negative: 0.2, Neutral: 0.5, Positive: 0.3}, post.Neutral, 0.5},
		"WithoutNeutral":  {deep.Judgement{Negative: 0.2, Positive: 0.8}, post.Positive, 0.8},
		"BetweenTheBoth":  {deep.Judgement{Negative: 0.45, Positive: 0.55}, post.Neutral, 0.5},
		"NegativeOfTwo":   {deep.Judgement{Negative: 0.9, Positive: 0.1}, post.Negative, 0.9},
		"DrawOfTheThirds": {deep.Judgement{Negative: 0.4, Neutral: 0.2, Positive: 0.4}, post.Negative, 0.4},
	} {
		t.Run(name, func(t *testing.T) {
			r := test.judged.Reading(post.Reading{})
			if r.Polarity != test.want || r.Confidence != test.sure {
				t.Errorf("%+v", r)
			}
		})
	}
}

// FuzzInspect: whatever stands in config.json, looking at it ends well.
func FuzzInspect(f *testing.F) {
	f.Add([]byte(`{"id2label":{"0":"neg","1":"pos"},"max_position_embeddings":-4}`))
	f.Add([]byte(`{"id2label":{"0":"5 stars","1":null}}`))
	f.Fuzz(func(t *testing.T, config []byte) {
		dir := deeptest.English().Write(t)
		if err := os.WriteFile(filepath.Join(dir, "config.json"), config, 0o600); err != nil {
			t.Fatal(err)
		}
		if folder, err := deep.Inspect(dir, nil); err == nil && (len(folder.Classes) < 2 || folder.Tokens < 3) {
			t.Errorf("%+v", folder)
		}
	})
}

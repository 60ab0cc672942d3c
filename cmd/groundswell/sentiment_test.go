package main_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/sentiment/deep/deeptest"
)

// corrected makes a data folder whose mentions an old model read, and of which people corrected some.
func corrected(t *testing.T) (data string) {
	t.Helper()
	data = t.TempDir()
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(data, "groundswell.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
		m, err := listening.CreateMonitor(t.Context(), tx, listening.Monitor{Name: "Acme", Kind: listening.Own, Query: "acme", Enabled: true}, now)
		if err != nil {
			return err
		}
		for i := range 12 {
			p := post.Post{Network: "x", ID: fmt.Sprint(i), Kind: post.KindPost, Author: post.Author{ID: "7"}, PostedAt: now.Add(time.Duration(i) * time.Minute),
				Text: fmt.Sprintf("the %c%c grill of acme\nis a real thing", 'a'+i, 'k'+i)}
			h := &listening.Heard{Event: post.Event{Type: post.Upsert, Post: p}, PostID: p.Key().Short(), AuthorID: p.AuthorKey().Short()}
			h.Mentions = []listening.Mention{{PostID: h.PostID, MonitorID: m.ID, AuthorID: h.AuthorID, PostedAt: p.PostedAt, Model: "old",
				Reading: post.Reading{Language: "en", Polarity: post.Neutral, Intent: post.IntentNone}}}
			if err := listening.Save(t.Context(), tx, []*listening.Heard{h}); err != nil {
				return err
			}
			if i < 10 {
				c := listening.Correction{PostID: h.PostID, MonitorID: m.ID, Polarity: post.Negative, By: "u", At: now.Add(time.Duration(i) * time.Second)}
				if _, _, err := listening.Correct(t.Context(), tx, c); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// What people corrected is exported for training, survives the re-scoring, and is learnt from.
func TestCorrections(t *testing.T) {
	data := corrected(t)
	file := filepath.Join(t.TempDir(), "corrections.tsv")
	if out := must(t, "", "corrections", "export", "--data", data, "--out", file); !strings.Contains(out, "10 corrections") {
		t.Error(out)
	}
	exported, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(exported)), "\n")
	if len(lines) != 10 || lines[9] != "negative\tthe ak grill of acme is a real thing" {
		t.Errorf("%q", lines)
	}
	if out := must(t, "", "corrections", "list", "--json", "--data", data); strings.Count(out, "\n") != 10 || !strings.Contains(out, `"polarity_before":"neutral"`) {
		t.Error(out)
	}

	var state struct {
		State                string
		Total, Seen, Changed int
		Progress             float64
	}
	into := func(out string) {
		t.Helper()
		if err := json.Unmarshal([]byte(out), &state); err != nil {
			t.Fatalf("%s: %v", out, err)
		}
	}
	if into(must(t, "", "rescore", "--status", "--json", "--data", data)); state.State != "none" {
		t.Errorf("%+v", state)
	}
	if into(must(t, "", "rescore", "--json", "--data", data)); state.State != "finished" || state.Total != 12 || state.Seen != 12 || state.Progress != 1 {
		t.Errorf("%+v", state)
	}
	if out := must(t, "", "corrections", "export", "--data", data); strings.Count(out, "negative\t") != 10 {
		t.Errorf("after the re-scoring: %s", out)
	}

	base := filepath.Join(t.TempDir(), "base.tsv")
	var examples strings.Builder
	for i := range 40 {
		fmt.Fprintf(&examples, "positive\tI love this %d so much, great\nneutral\tthe shop opens at %d today\nnegative\twhat an awful %d, I hate it\n", i, i, i)
	}
	write(t, base, examples.String())
	model := filepath.Join(t.TempDir(), "model.bin")
	var gain struct {
		Corrections, Held_out int //nolint:revive // as the command names it
		File, Version         string
	}
	out := must(t, "", "retrain", "--data", data, "--base", "en="+base, "--epochs", "1", "--out", model, "--json")
	if err := json.Unmarshal([]byte(out), &gain); err != nil || gain.Corrections != 10 || gain.Held_out != 4 || gain.Version == "" {
		t.Errorf("%s: %v", out, err)
	}
	config := filepath.Join(t.TempDir(), "groundswell.yaml")
	write(t, config, "sentiment: {model: "+model+"}\n")
	if out, _ := run(t, "", "check", "--config", config, "--data", data); !strings.Contains(out, "ok     sentiment.model "+model) {
		t.Error(out)
	}
	write(t, model, "GSWMODEL and then nothing")
	if out, ok := run(t, "", "check", "--config", config, "--data", data); ok || !strings.Contains(out, "wrong  sentiment.model") || !strings.Contains(out, "train one with groundswell train sentiment") {
		t.Error(out)
	}
	if out, ok := run(t, "", "serve", "--config", config, "--data", data); ok || !strings.Contains(out, "sentiment.model "+model) {
		t.Errorf("serve: %s", out)
	}
}

// check loads a classifier and names what is wrong with one.
func TestCheckClassifier(t *testing.T) {
	folder, config := deeptest.English().Write(t), filepath.Join(t.TempDir(), "groundswell.yaml")
	write(t, config, "sentiment: {deep: {folder: "+folder+"}}\n")
	check := func() string {
		t.Helper()
		out, _ := run(t, "", "check", "--config", config, "--data", t.TempDir())
		return out
	}
	if out := check(); !strings.Contains(out, "ok     sentiment.deep "+folder+": labels negative, neutral, positive, loaded in") {
		t.Error(out)
	}
	for name, want := range map[string]string{"model.onnx": "model.onnx cannot be loaded", "tokenizer.json": "tokenizer.json is damaged"} {
		path := filepath.Join(folder, name)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, "this is something else")
		if out := check(); !strings.Contains(out, "wrong  sentiment.deep") || !strings.Contains(out, want) {
			t.Errorf("%s: %s", name, out)
		}
		write(t, path, string(whole))
	}
	if err := os.Remove(filepath.Join(folder, "tokenizer.json")); err != nil {
		t.Fatal(err)
	}
	if out := check(); !strings.Contains(out, "tokenizer.json is missing: save the model's fast tokenizer beside it") {
		t.Error(out)
	}
}

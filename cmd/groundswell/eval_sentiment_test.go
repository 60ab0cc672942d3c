package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

func TestEvalSentiment(t *testing.T) {
	name := filepath.Join(t.TempDir(), "set.tsv")
	if err := os.WriteFile(name, []byte("1\tpositive\tI love it, it is great\n2\tnegative\tthe worst service ever, I hate it\n3\tneutral\tThe store opens at nine on Monday\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := evalSentimentCommand()
	var out bytes.Buffer
	c.SetOut(&out)
	c.SetArgs([]string{"--json", "--data", name})
	if err := c.Execute(); err != nil {
		t.Fatal(err)
	}
	var got sentimentEval
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Posts != 3 || got.Language != "en" || got.Accuracy != 1 || got.MacroRecall != 1 || got.PostsPerSecond <= 0 || got.Govader.Accuracy == 0 {
		t.Errorf("%+v", got)
	}
	c = evalSentimentCommand()
	c.SilenceErrors, c.SilenceUsage = true, true
	c.SetArgs([]string{"--data", name, "--model", name})
	if err := c.Execute(); err == nil {
		t.Error("a foreign model: want an error")
	}
}

// Package internal_test holds the test of how packages may import each other.
package internal_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/groundswell/groundswell/"

// layers run one way: a package may import packages of the layers below its own, never a sibling
// of another noun (docs/architecture.md).
var layers = [][]string{
	{"cmd"},
	{"internal/app", "internal/backtest", "internal/bench", "internal/demo", "internal/simulate"},
	{"web", "pipeline"},
	{"privacy"},
	{"crm", "listening", "matcher", "sentiment", "alerts", "connectors"},
	{"internal/config", "internal/stream", "internal/memory", "internal/seal", "internal/sqldb", "internal/people"},
	{"post"},
}

// beside are the exceptions, each with its reason.
var beside = map[string][]string{
	"internal/demo":     {"connectors"},        // plays its posts as sources do
	"internal/backtest": {"internal/simulate"}, // tries the detector on simulated brands
	"internal":          {},
}

func place(path string) (layer int, noun string) {
	for i, nouns := range layers {
		for _, noun := range nouns {
			if path == noun || strings.HasPrefix(path, noun+"/") {
				return i, noun
			}
		}
	}
	return -1, ""
}

func TestImportsRunOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		from := strings.TrimPrefix(p.ImportPath, module)
		layer, noun := place(from)
		if layer < 0 {
			if from != "internal" {
				t.Errorf("%s stands in no layer: add it to the test and to docs/architecture.md", from)
			}
			continue
		}
		checked++
		for _, imported := range p.Imports {
			to, ours := strings.CutPrefix(imported, module)
			if !ours || slices.Contains(beside[from], to) {
				continue
			}
			toLayer, toNoun := place(to)
			infrastructure := layer == 5
			switch {
			case toNoun == noun:
			case toLayer <= layer, infrastructure:
				t.Errorf("%s imports %s", from, to)
			}
		}
	}
	if checked < 20 {
		t.Errorf("only %d packages were checked", checked)
	}
}

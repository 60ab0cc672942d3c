package registry_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/connectors/registry"
	"gopkg.in/yaml.v3"
)

// Every network has a page that shows its configuration, and tests.
func TestEveryNetwork(t *testing.T) {
	for _, kind := range registry.Kinds() {
		page, err := os.ReadFile(filepath.Join("..", "..", "docs", "networks", kind+".md"))
		if err != nil || !strings.Contains(string(page), "kind: "+kind) {
			t.Errorf("docs/networks/%s.md: want a page with an example of the configuration: %v", kind, err)
		}
		if tests, err := filepath.Glob(filepath.Join("..", kind, "*_test.go")); err != nil || len(tests) == 0 {
			t.Errorf("%s has no tests", kind)
		}
	}
}

func TestNewErr(t *testing.T) {
	if _, err := registry.New("myspace", &yaml.Node{}, connectors.Deps{}); err == nil || !strings.Contains(err.Error(), "mastodon") {
		t.Errorf("an unknown kind: %v", err)
	}
}

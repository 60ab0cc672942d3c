package config_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/groundswell/groundswell/internal/config"
)

func load(t *testing.T, text string, environ ...string) (config.Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "groundswell.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Load(path, environ)
}

func TestErrors(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"ErrUnknownKey":    {"listen: 127.0.0.1:1\nlog:\n  partition: 4\n", "line 3: unknown key log.partition: did you mean partitions?"},
		"ErrUnknownFar":    {"log:\n  zzzzzzzzzz: 4\n", "known are brokers"},
		"ErrUnknownInList": {"sources:\n  - name: a\n    kid: webhook\n", "line 3: unknown key sources[0].kid: did you mean kind?"},
		"ErrTwice":         {"listen: 127.0.0.1:1\nlisten: 127.0.0.1:2\n", "already"},
		"ErrHashtag":       {"monitors:\n  - name: a\n    kind: own\n    query: acme OR #acmefail OR @acme\n", "line 4: monitors[0].query ends at #acmefail OR @acme, which is a comment to YAML: put the whole value in quotes"},
		"ErrType":          {"log:\n  partitions: many\n", "line 2"},
		"ErrSyntax":        {"log: [\n", "line"},
		"ErrListen":        {"listen: 8080\n", "want HOST:PORT"},
		"ErrRole":          {"roles: [pipelines]\n", "want some of connectors, pipeline, alerts, web"},
		"ErrRolesAlone":    {"roles: [web]\n", "needs log.brokers"},
		"ErrMail":          {"users:\n  mail: people\nchannels:\n  - {name: people, kind: slack}\n", "users.mail \"people\": want the name of a channel of the kind email"},
		"ErrRolesKey":      {"roles: [alerts]\nlog: {brokers: ['a:1']}\nmemory: {address: 'a:2'}\ndatabase: {url: postgres://a/b}\n", "web.key is empty: processes with the roles web and alerts"},
		"ErrProxy":         {"web: {trusted_proxies: [10.0.0.0/99]}\n", "web.trusted_proxies: \"10.0.0.0/99\": want an address or a network"},
		"ErrProxyAll":      {"web: {trusted_proxies: ['::/0']}\n", "is everybody"},
		"ErrForget":        {"log: {forget: 5s}\n", "log.forget 5s: want 1m or more"},
		"ErrSameName":      {"sources:\n  - {name: a, kind: webhook}\n  - {name: a, kind: feeds}\n", "sources[1]: the name a is taken"},
		"ErrSecretEnv":     {"database:\n  url: env:GROUNDSWELL_NOT_SET_ANYWHERE\n", "GROUNDSWELL_NOT_SET_ANYWHERE is not set"},
		"ErrWorkers":       {"pipeline:\n  workers: 9\n", "want 1 to log.partitions (4)"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, test.text)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want it to say %q", err, test.want)
			}
		})
	}
}

func TestEnvironmentOverrides(t *testing.T) {
	c, err := load(t, "listen: 127.0.0.1:1\nlog:\n  partitions: 8\n",
		"GROUNDSWELL_LISTEN=127.0.0.1:2", "GROUNDSWELL_LOG_BROKERS=a:1,b:2", "GROUNDSWELL_LOG_SASL_PASSWORD=12345",
		"GROUNDSWELL_LOG_SYNC_WRITES=true", "GROUNDSWELL_LOG_RETENTION=1h", "GROUNDSWELL_ADMIN_PASSWORD=x", "OTHER=y")
	if err != nil {
		t.Fatal(err)
	}
	got := []any{c.Listen, c.Log.Partitions, c.Log.Brokers, c.Log.SASL.Password.Reveal(), c.Log.SyncWrites, c.Log.Retention}
	want := []any{"127.0.0.1:2", 8, []string{"a:1", "b:2"}, "12345", true, time.Hour}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

func TestSecretsComeFromFilesAndHide(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := load(t, "memory:\n  password: file:"+path+"\n")
	if err != nil {
		t.Fatal(err)
	}
	secret := c.Memory.Password
	if secret.Reveal() != "hunter2" {
		t.Fatalf("got %q", secret.Reveal())
	}
	var b strings.Builder
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "secret", secret, "config", c)
	printed := fmt.Sprintf("%v %+v %#v %s %s", secret, c.Memory, c.Memory, secret, b.String())
	if strings.Contains(printed, "hunter2") {
		t.Errorf("the secret shows: %s", printed)
	}
}

// The example documents every key, and what it shows is the default.
func TestExampleIsComplete(t *testing.T) {
	example, err := os.ReadFile("../../groundswell.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range config.Keys() {
		if !strings.Contains(string(example), key[strings.LastIndexByte(key, '.')+1:]+":") {
			t.Errorf("the example lacks %s", key)
		}
	}
	c, err := config.Load("../../groundswell.example.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(config.Default(), c, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the example differs from the default (-default +example):\n%s", diff)
	}
}

// What the example shows as a comment can be used as it is.
func TestExampleCanBeUncommented(t *testing.T) {
	example, err := os.ReadFile("../../groundswell.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`(?m)^(monitors|sources|channels): \[\]$`).ReplaceAllString(string(example), "$1:")
	text = regexp.MustCompile(`(?m)^#(  (- |  +)[a-z])`).ReplaceAllString(text, "$1")
	c, err := load(t, text, "MASTODON_TOKEN=x")
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Monitors) != 1 || c.Monitors[0].Query != "acme OR #acmefail OR @acme" || len(c.Sources) != 1 || len(c.Channels) != 1 {
		t.Errorf("got %+v, %+v, %+v", c.Monitors, c.Sources, c.Channels)
	}
}

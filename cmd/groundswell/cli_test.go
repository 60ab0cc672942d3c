package main_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// run calls the binary and returns what it prints to both outputs together.
func run(t *testing.T, stdin string, args ...string) (out string, ok bool) {
	t.Helper()
	cmd := command(t.Context(), append(os.Environ(), "GROUNDSWELL_LOG_LEVEL=error"), args...)
	cmd.Dir = t.TempDir()
	cmd.Stdin = strings.NewReader(stdin)
	all, err := cmd.CombinedOutput()
	return string(all), err == nil
}

const posts = `{"network":"x","id":"1","author":{"id":"7","handle":"anna"},"text":"acme rocks","language":"en","posted_at":"2026-03-01T12:00:00Z"}
{"network":"x","id":"1","author":{"id":"7"},"text":"acme rocks","posted_at":"2026-03-01T12:00:00Z"}
{"network":"x","id":"2","author":{"id":"8"},"text":"ac`

func TestReplayDryRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "posts.ndjson")
	write(t, file, posts)
	out, ok := run(t, "", "replay", "--dry-run", "--json", file)
	var sum struct {
		File, Format                        string
		Read, Accepted, Duplicates, Refused int
		Refusals                            []struct {
			Line   int
			Reason string
		}
	}
	if err := json.Unmarshal([]byte(out), &sum); err != nil || !ok {
		t.Fatalf("%s: %v", out, err)
	}
	if sum.File != file || sum.Format != "groundswell" || sum.Read != 3 || sum.Accepted != 1 || sum.Duplicates != 1 || sum.Refused != 1 || sum.Refusals[0].Line != 3 || sum.Refusals[0].Reason == "" {
		t.Errorf("%+v", sum)
	}
}

// A day in the life of an operator: everything works on the data folder, without a browser.
func TestOperate(t *testing.T) {
	data, config := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "groundswell.yaml")
	write(t, config, "monitors: [{name: Acme, kind: own, query: acme}]\n")
	d := startDaemon(t, append(os.Environ(), "GROUNDSWELL_ADMIN_PASSWORD=correct-horse-battery"), config, data)
	token := must(t, "", "tokens", "add", "ci", "--data", data)
	get := func(path, token string) (int, string) {
		t.Helper()
		r, err := http.NewRequest(http.MethodGet, "http://"+d.addr+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+strings.TrimSpace(token))
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(body)
	}
	file := filepath.Join(t.TempDir(), "posts.ndjson")
	write(t, file, posts)
	if out := must(t, "", "replay", "--data", data, file); !strings.Contains(out, "3 read, 1 accepted, 1 duplicates, 1 refused") || !strings.Contains(out, "line 3: ") {
		t.Errorf("replay: %s", out)
	}
	csv := filepath.Join(t.TempDir(), "contacts.csv")
	write(t, csv, "First Name,Last Name,Email,Twitter\nAnna,Vogt,anna@example.com,anna\nBob,,not an address,\n")
	if out := must(t, "", "import", "contacts", "--data", data, csv); !strings.Contains(out, "2 read: 1 created, 0 updated, 0 unchanged, 1 refused") || !strings.Contains(out, "line 3") {
		t.Errorf("import: %s", out)
	}
	cards := filepath.Join(t.TempDir(), "mine.vcf")
	write(t, cards, "BEGIN:VCARD\nVERSION:3.0\nFN:Carl Case\nEMAIL:carl@example.com\nEND:VCARD\n")
	network := []string{"import", "network", "--data", data, "--basis", "given", "--evidence", "his card", cards, "--user"}
	if out := must(t, "", append(network, "admin")...); !strings.Contains(out, "1 read: 1 created, 0 updated, 0 unchanged, 0 refused") {
		t.Errorf("import network: %s", out)
	}
	if out, ok := run(t, "", append(network, "nobody")...); ok || !strings.Contains(out, `there is no user "nobody"`) {
		t.Errorf("import network of nobody: %s", out)
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		status, body := get("/api/v1/mentions", token)
		if status == http.StatusOK && strings.Contains(body, "acme rocks") {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("mentions: %d %s", status, body)
		}
	}
	if status, body := get("/api/v1/mentions", "gsw_wrong"); status != http.StatusUnauthorized {
		t.Errorf("a wrong token: %d %s", status, body)
	}
	if out := must(t, "", "dead", "list", "--data", data); !strings.Contains(out, "posts.ndjson, line 3") {
		t.Errorf("dead list: %s", out)
	}
	if out := must(t, "", "dead", "replay", "--data", data); !strings.Contains(out, "0 put back, 1 still cannot") {
		t.Errorf("dead replay: %s", out)
	}
	if out := must(t, "", "health", "--listen", d.addr); !strings.Contains(out, "ok") {
		t.Errorf("health: %s", out)
	}
	must(t, "another-good-password\n", "users", "add", "berta", "--data", data)
	if out, ok := run(t, "short\n", "users", "add", "cleo", "--data", data); ok {
		t.Errorf("a short password: %s", out)
	}
	must(t, "", "tokens", "remove", "ci", "--data", data)
	if status, _ := get("/api/v1/mentions", token); status != http.StatusUnauthorized {
		t.Errorf("a removed token: %d", status)
	}
	// Who else wants this folder, or this port, is told so.
	if out, ok := run(t, "", "serve", "--config", config, "--data", data, "--listen", "127.0.0.1:0"); ok || !strings.Contains(out, "in use by another groundswell") {
		t.Errorf("a locked data folder: %s", out)
	}
	if out, ok := run(t, "", "serve", "--data", t.TempDir(), "--listen", d.addr); ok || !strings.Contains(out, "free the port or choose another with --listen") {
		t.Errorf("a port in use: %s", out)
	}
	d.stop(t)
	if out, ok := run(t, "", "replay", "--data", data, file); ok || !strings.Contains(out, "is groundswell running on this data folder?") {
		t.Errorf("replay without a daemon: %s", out)
	}
	newerDatabase(t, data)
	if out, ok := run(t, "", "serve", "--data", data, "--listen", "127.0.0.1:0"); ok || !strings.Contains(out, "written by a newer version") {
		t.Errorf("a newer database: %s", out)
	}
}

func must(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	out, ok := run(t, stdin, args...)
	if !ok {
		t.Fatalf("%v: %s", args, out)
	}
	return out
}

// newerDatabase makes the database one of a later version.
func newerDatabase(t *testing.T, data string) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, "groundswell.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}
}

// Partitions that the configuration wants and the log has not are named.
func TestTooFewPartitions(t *testing.T) {
	data, config := t.TempDir(), filepath.Join(t.TempDir(), "groundswell.yaml")
	write(t, config, "log: {partitions: 2}\n")
	startDaemon(t, os.Environ(), config, data).stop(t)
	if out, ok := run(t, "", "serve", "--data", data, "--listen", "127.0.0.1:0"); ok || !strings.Contains(out, "has 2 partitions, the configuration wants 4") {
		t.Errorf("%s", out)
	}
}

func TestCheck(t *testing.T) {
	config := filepath.Join(t.TempDir(), "groundswell.yaml")
	write(t, config, `data: `+t.TempDir()+`
listen: 127.0.0.1:0
database: {url: "postgres://app:hush@127.0.0.1:1/none"}
memory: {address: "127.0.0.1:1"}
log: {brokers: ["127.0.0.1:1"]}
monitors: [{name: Broad, kind: own, query: NOT acme}, {name: Good, kind: own, query: acme}]
sources:
  - {name: toots, kind: mastodon, settings: {server: "http://127.0.0.1:1", token: hush}}
  - {name: typo, kind: feeds, settings: {url: "https://a.example"}}
channels: [{name: hook, kind: webhook, settings: {url: "http://127.0.0.1:1/", secret: "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"}}]
`)
	out, ok := run(t, "", "check", "--config", config)
	if ok {
		t.Error("everything is wrong, and check is content")
	}
	for _, want := range []string{"ok     configuration", "wrong  database: reach database", "wrong  memory: memory: reach 127.0.0.1:1", "wrong  log: log: reach brokers",
		"wrong  monitor Broad: query: query, byte 0", "ok     monitor Good", "wrong  source toots", "wrong  source typo: source typo: line 9: unknown key url: did you mean urls?", "wrong  channel hook"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not said:\n%s", want, out)
		}
	}
	if strings.Contains(out, "hush") || strings.Contains(out, "MDEyMzQ1") {
		t.Errorf("a secret leaks:\n%s", out)
	}
	write(t, config, "pipeline: {wrokers: 2}\n")
	if out, ok := run(t, "", "check", "--config", config); ok || !strings.Contains(out, "line 1: unknown key pipeline.wrokers: did you mean workers?") {
		t.Errorf("a typo: %s", out)
	}
}

// The demo does what it promises: contacts with touches, leads and a firestorm before its peak. The
// storm rises for 24 minutes, 24 s at this speed: a busy machine may lag behind it by less.
func TestDemo(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	data := filepath.Join(t.TempDir(), "data")
	cmd := command(t.Context(), append(os.Environ(), "GROUNDSWELL_ADMIN_PASSWORD=correct-horse-battery"), "demo", "--listen", addr, "--data", data, "--keep", "--speed", "60")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	d := &daemon{cmd: cmd, addr: addr}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	waitFile(t, filepath.Join(data, "groundswell.db"))
	token := ""
	for end := time.Now().Add(30 * time.Second); token == "" && time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if out, ok := run(t, "", "tokens", "add", fmt.Sprint("test", time.Now().UnixNano()), "--data", data); ok {
			token = strings.TrimSpace(out)
		}
	}
	ask := func(path string, into any) {
		r, err := http.NewRequest(http.MethodGet, "http://"+addr+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			return
		}
		defer res.Body.Close()
		_ = json.NewDecoder(res.Body).Decode(into)
	}
	var incidents struct {
		Items []struct {
			Monitor, Kind string
			Severity      int
			Reasons       []string
			OpenedAt      time.Time `json:"opened_at"`
			PeakAt        time.Time `json:"peak_at"`
		}
	}
	stormy := func() bool {
		for _, i := range incidents.Items {
			if i.Kind == "firestorm" && i.Monitor == "Brennwald" && i.Severity >= 3 && i.PeakAt.After(i.OpenedAt) && len(i.Reasons) > 0 {
				return true
			}
		}
		return false
	}
	for end := time.Now().Add(5 * time.Minute); !stormy(); time.Sleep(500 * time.Millisecond) {
		ask("/api/v1/incidents", &incidents)
		if time.Now().After(end) {
			t.Fatalf("no firestorm: %+v", incidents)
		}
	}
	var leads struct{ Items []struct{ Name string } }
	var contacts struct{ Items []struct{ Touches int } }
	ask("/api/v1/leads", &leads)
	ask("/api/v1/contacts", &contacts)
	touched := 0
	for _, c := range contacts.Items {
		if c.Touches > 0 {
			touched++
		}
	}
	if len(leads.Items) < 3 || touched < 15 {
		t.Errorf("%d leads, %d contacts with touches", len(leads.Items), touched)
	}
	d.stop(t)
}

func waitFile(t *testing.T, path string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if _, err := os.Stat(path); err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s does not come", path)
		}
	}
}

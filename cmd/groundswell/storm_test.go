package main_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/post"
)

// The promise: a firestorm goes through connector, log, pipeline and detector to a mail and to a
// webhook, once each, however the daemon is killed meanwhile; and so does the one mention that
// meets a rule.
func TestStormIsToldOnce(t *testing.T) {
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		inbox := newInbox(t)
		tellStorm(t, nil, fmt.Sprintf("host: 127.0.0.1, port: %d, tls: none", inbox.port), inbox.mails)
	})
	kafka, postgres, redis := os.Getenv("GROUNDSWELL_TEST_KAFKA"), os.Getenv("GROUNDSWELL_TEST_POSTGRES"), os.Getenv("GROUNDSWELL_TEST_REDIS")
	smtp := strings.Split(os.Getenv("GROUNDSWELL_TEST_SMTP"), ",") // address, certificate, folder of the mails
	if kafka != "" && postgres != "" && redis != "" && len(smtp) == 3 {
		t.Run("real", func(t *testing.T) {
			t.Parallel()
			run := fmt.Sprintf("storm%d", os.Getpid())
			host, port, _ := strings.Cut(smtp[0], ":")
			tellStorm(t, map[string]string{"DATABASE_URL": sqldbtest.CreateDatabase(t, postgres), "LOG_BROKERS": kafka, "MEMORY_ADDRESS": redis,
				"LOG_GROUP": run, "LOG_TOPICS_POSTS": run + ".posts", "LOG_TOPICS_MENTIONS": run + ".mentions", "LOG_TOPICS_CRM": run + ".crm", "LOG_TOPICS_DEAD": run + ".dead"},
				fmt.Sprintf("host: %s, port: %s, ca: %q, username: app, password: app-secret", host, port, smtp[1]),
				func() []string { return mailsIn(t, smtp[2]) })
		})
	}
}

// stormTo is whom the storm's mails are for: no other test's.
func stormTo(t *testing.T) string {
	return strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(t.Name())) + "@example.org"
}

func tellStorm(t *testing.T, servers map[string]string, mail string, mails func() []string) {
	hooks := newHooks(t)
	data, folder := t.TempDir(), t.TempDir()
	env := append(os.Environ(), "GROUNDSWELL_LOG_LEVEL=error", "GROUNDSWELL_ADMIN_PASSWORD=correct-horse-battery")
	url := "sqlite:" + filepath.Join(data, "groundswell.db")
	for key, value := range servers {
		env = append(env, "GROUNDSWELL_"+key+"="+value)
	}
	if servers != nil {
		url = servers["DATABASE_URL"]
	}
	settings := fmt.Sprintf(`monitors: [{name: Acme, kind: own, query: acme}]
channels:
  - {name: crm, kind: webhook, settings: {url: %q, secret: whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3}}
  - {name: press, kind: email, settings: {from: groundswell@example.org, to: [%s], %s}}
`, hooks.url, stormTo(t), mail)
	config, posts := filepath.Join(folder, "groundswell.yaml"), filepath.Join(folder, "storm.ndjson")
	write(t, config, settings)

	// The detector learns that nobody speaks of Acme; then it is killed.
	d := startDaemon(t, env, config, data)
	db, err := sqldb.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	waitForCount(t, db, "SELECT COUNT(*) FROM detector_states", 1)
	makeRule(t, d.addr)
	d.kill(t)

	// The storm begins, and the daemon is killed while it hears of it.
	writeStorm(t, posts)
	write(t, config, settings+fmt.Sprintf("sources: [{name: storm-%d, kind: replay, settings: {files: [%q]}}]\n", os.Getpid(), posts))
	d = startDaemon(t, env, config, data)
	waitForCount(t, db, "SELECT COUNT(*) FROM posts", 1)
	d.kill(t)
	d = startDaemon(t, env, config, data)
	waitForCount(t, db, "SELECT COUNT(*) FROM posts", stormPosts)
	waitForCount(t, db, "SELECT COUNT(*) FROM incidents WHERE kind = 'firestorm'", 1)
	d.kill(t)
	d = startDaemon(t, env, config, data)
	const told = "SELECT COUNT(*) FROM deliveries WHERE delivered_at <> 0"
	waitForCount(t, db, told, 4) // storm and mention, to two channels
	d.kill(t)

	// Nothing is told again by who comes after.
	var minute int
	if err := db.QueryRow(t.Context(), "SELECT CAST(MAX(minute) AS integer) FROM detector_states").Scan(&minute); err != nil {
		t.Fatal(err)
	}
	d = startDaemon(t, env, config, data)
	waitForCount(t, db, "SELECT CAST(MAX(minute) AS integer) FROM detector_states", minute+1)
	waitForCount(t, db, "SELECT CASE WHEN COUNT(*) = 0 THEN 1 ELSE 0 END FROM deliveries WHERE delivered_at = 0", 1)
	d.stop(t)
	checkTold(t, "webhook", hooks.taken(), "incident.open", "mention")
	checkTold(t, "mail", mails(), "begun", "Famous")
}

// checkTold wants each message once, and one that holds each of the words.
func checkTold(t *testing.T, channel string, messages []string, words ...string) {
	t.Helper()
	seen := make(map[string]bool)
	for _, m := range messages {
		key, _, _ := strings.Cut(m, "\n")
		if seen[key] {
			t.Errorf("%s %s came twice", channel, key)
		}
		seen[key] = true
	}
	for _, word := range words {
		n := 0
		for _, m := range messages {
			if _, text, _ := strings.Cut(m, "\n"); strings.Contains(text, word) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d of %d messages by %s hold %q, want 1: %.2000s", n, len(messages), channel, word, strings.Join(messages, "\n---\n"))
		}
	}
}

const stormPosts = 300

// writeStorm writes posts of the last seconds: each of another author, no two alike, all angry. One
// author is famous.
func writeStorm(t *testing.T, file string) {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 4))
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	var text strings.Builder
	for i := range stormPosts {
		followers := int64(r.IntN(500))
		if i == stormPosts/2 {
			followers = 250_000
		}
		said := fmt.Sprintf("%s acme %s, %s %s %s", pick("I hate", "never again", "what a disgrace,", "so angry at", "shame on", "terrible,"),
			pick("grill", "service", "support", "lid", "delivery", "recall"), pick("it is broken", "the worst ever", "awful and dangerous", "I am furious"),
			pick("since", "after", "before", "despite"), pick("breakfast", "Monday", "the party", "two calls", "one week", "my birthday", "the rain"))
		e := post.Event{Type: post.Upsert, Source: "storm", Post: post.Post{Network: []string{"x", "bluesky"}[i%2], ID: fmt.Sprint("s", i), Kind: post.KindPost, Language: "en",
			Author: post.Author{ID: fmt.Sprint("a", i), Handle: fmt.Sprint("h", i), Followers: followers}, Text: said,
			PostedAt: time.Now().Add(-time.Duration(stormPosts-i) * 20 * time.Millisecond)}}
		text.Write(append(e.AppendJSON(nil), '\n'))
	}
	write(t, file, text.String())
}

// makeRule makes a rule that the famous author meets.
func makeRule(t *testing.T, addr string) {
	t.Helper()
	client := signIn(t, addr)
	var monitors struct{ Items []struct{ ID string } }
	getJSON(t, client, "http://"+addr+"/api/v1/monitors", &monitors)
	body := fmt.Sprintf(`{"monitor_id":%q,"name":"Famous","kind":"influential_author","followers":100000}`, monitors.Items[0].ID)
	r, err := http.NewRequest(http.MethodPost, "http://"+addr+"/api/v1/mention-rules", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", "http://"+addr)
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if answer, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusCreated {
		t.Fatalf("make a rule: %s %s", res.Status, answer)
	}
}

// waitForCount waits until a query answers with a number, or a larger one. Two minutes without it
// are too long: the detector judges once a minute.
func waitForCount(t *testing.T, db *sqldb.DB, query string, want int) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		var n int
		if err := db.QueryRow(t.Context(), query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n >= want {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s: %d, want %d", query, n, want)
		}
	}
}

// hooks takes what a webhook channel posts.
type hooks struct {
	url string
	mu  sync.Mutex
	all []string // webhook-id, and on the next line the type
}

func newHooks(t *testing.T) *hooks {
	h := &hooks{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body struct{ Type string }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.all = append(h.all, r.Header.Get("webhook-id")+"\n"+body.Type)
	}))
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

func (h *hooks) taken() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.all...)
}

// mailsIn reads the mails to this test that a mail server keeps in a folder: Message-ID, then all.
func mailsIn(t *testing.T, folder string) (all []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), stormTo(t)) {
			all = append(all, keyed(string(text)))
		}
	}
	return all
}

// keyed puts a mail's Message-ID before its subject.
func keyed(mail string) string {
	var id, subject string
	for line := range strings.Lines(mail) {
		if rest, ok := strings.CutPrefix(line, "Message-ID:"); ok {
			id = strings.TrimSpace(rest)
		}
		if rest, ok := strings.CutPrefix(line, "Subject:"); ok {
			subject = strings.TrimSpace(rest)
		}
	}
	return id + "\n" + subject
}

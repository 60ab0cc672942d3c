package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

// The promise: whatever is acknowledged is in the database exactly once, and every cell equals the
// count of its mentions, however often the daemon is killed meanwhile.
func TestKilledDaemon(t *testing.T) {
	posts, kills := 200_000, 20
	if testing.Short() {
		posts, kills = 20_000, 4
	}
	t.Run("embedded", func(t *testing.T) { killDaemon(t, posts, kills, nil) })
	kafka, postgres, redis := os.Getenv("GROUNDSWELL_TEST_KAFKA"), os.Getenv("GROUNDSWELL_TEST_POSTGRES"), os.Getenv("GROUNDSWELL_TEST_REDIS")
	if kafka != "" && postgres != "" && redis != "" {
		t.Run("real", func(t *testing.T) {
			run := fmt.Sprintf("kill%d", os.Getpid())
			killDaemon(t, posts, kills, map[string]string{"DATABASE_URL": sqldbtest.CreateDatabase(t, postgres), "LOG_BROKERS": kafka, "MEMORY_ADDRESS": redis,
				"LOG_GROUP": run, "LOG_TOPICS_POSTS": run + ".posts", "LOG_TOPICS_MENTIONS": run + ".mentions", "LOG_TOPICS_CRM": run + ".crm", "LOG_TOPICS_DEAD": run + ".dead"})
		})
	}
}

func killDaemon(t *testing.T, posts, kills int, servers map[string]string) {
	data := t.TempDir()
	env := append(os.Environ(), "GROUNDSWELL_LOG_LEVEL=error", "GROUNDSWELL_ADMIN_PASSWORD=correct-horse-battery")
	url := "sqlite:" + filepath.Join(data, "groundswell.db")
	for key, value := range servers {
		env = append(env, "GROUNDSWELL_"+key+"="+value)
	}
	if servers != nil {
		url = servers["DATABASE_URL"]
	}
	config := filepath.Join(t.TempDir(), "groundswell.yaml")
	write(t, config, "monitors:\n  - {name: Acme, kind: own, query: acme}\n  - {name: Storm, kind: own, query: 'acme AND (kaputt OR broken)'}\n")
	file := filepath.Join(t.TempDir(), "posts.ndjson")
	matching := writePosts(t, file, posts)

	d := startDaemon(t, env, config, data)
	replayed := make(chan string, 1)
	replay := command(t.Context(), env, "replay", "--config", config, "--data", data, "--json", file)
	go func() {
		out, err := replay.Output()
		replayed <- fmt.Sprint(string(out), errText(err))
	}()
	r := rand.New(rand.NewPCG(1, uint64(posts)))
	for range kills {
		time.Sleep(time.Duration(100+r.IntN(900)) * time.Millisecond) // at work
		d.kill(t)
		d = startDaemon(t, env, config, data)
	}
	var sum struct{ Read, Accepted, Duplicates, Refused int }
	if out := <-replayed; json.Unmarshal([]byte(out), &sum) != nil || sum.Accepted != posts || sum.Read != posts {
		t.Fatalf("replay: %s", out)
	}
	db, err := sqldb.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	waitForPosts(t, db, matching)
	d.stop(t)
	found, err := listening.Audit(t.Context(), db, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, discrepancy := range found[:min(5, len(found))] {
		t.Error(discrepancy)
	}
	var stored, mentions int
	if err := db.QueryRow(t.Context(), "SELECT (SELECT COUNT(DISTINCT native_id) FROM posts), (SELECT COUNT(*) FROM mentions WHERE monitor_id = (SELECT id FROM monitors WHERE name = 'Acme'))").Scan(&stored, &mentions); err != nil {
		t.Fatal(err)
	}
	if stored != matching || mentions != matching {
		t.Errorf("%d posts and %d mentions of %d acknowledged", stored, mentions, matching)
	}
	t.Logf("%d posts, %d matching, %d kills", posts, matching, kills)
}

// writePosts writes posts of two days, most of which match, and returns how many do.
func writePosts(t *testing.T, file string, n int) (matching int) {
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	r := rand.New(rand.NewPCG(7, 7))
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	texts := []string{"acme ist kaputt, ich bin sauer", "I love acme", "acme broken again, so angry", "danke acme!", "nothing to see here"}
	for i := range n {
		k := r.IntN(len(texts))
		if k != len(texts)-1 {
			matching++
		}
		author := r.IntN(5000)
		e := post.Event{Type: post.Upsert, Source: "test", Post: post.Post{Network: "x", ID: fmt.Sprint(i), Kind: post.KindPost, Language: []string{"de", "en", "en", "de", "en"}[k],
			Author: post.Author{ID: fmt.Sprint(author), Handle: fmt.Sprint("h", author), Followers: int64(author)}, Text: fmt.Sprint(texts[k], " ", i),
			PostedAt: start.Add(time.Duration(i) * 800 * time.Millisecond)}}
		w.Write(append(e.AppendJSON(nil), '\n'))
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return matching
}

func waitForPosts(t *testing.T, db *sqldb.DB, want int) {
	last, since := -1, time.Now()
	for {
		var n int
		if err := db.QueryRow(t.Context(), "SELECT COUNT(*) FROM posts").Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n >= want {
			return
		}
		if n != last {
			last, since = n, time.Now()
		}
		if time.Since(since) > time.Minute {
			t.Fatalf("%d posts of %d, and none for a minute", n, want)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// A daemon is a running groundswell serve.
type daemon struct {
	cmd  *exec.Cmd
	addr string
}

// startDaemon starts a daemon and waits until it is ready.
func startDaemon(t *testing.T, env []string, config, data string, args ...string) *daemon {
	t.Helper()
	cmd := command(context.Background(), env, append([]string{"serve", "--config", config, "--data", data, "--listen", "127.0.0.1:0"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	d := &daemon{cmd: cmd}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, addr, ok := strings.Cut(lines.Text(), ": http://"); ok {
			d.addr = addr
			break
		}
	}
	if d.addr == "" {
		t.Fatal("the daemon did not start")
	}
	go func() {
		for lines.Scan() {
		}
	}()
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		res, err := http.Get("http://" + d.addr + "/readyz")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return d
			}
		}
		if time.Now().After(end) {
			t.Fatalf("not ready: %v", err)
		}
	}
}

func (d *daemon) kill(t *testing.T) {
	t.Helper()
	if err := d.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = d.cmd.Wait()
}

// stop ends the daemon as Ctrl-C does, and wants it to end well.
func (d *daemon) stop(t *testing.T) {
	t.Helper()
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := d.cmd.Wait(); err != nil {
		t.Errorf("end: %v", err)
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// The roles may run in processes of their own, several of each, on Kafka, Redis and PostgreSQL:
// what one hears, another shows. It needs real servers; make test-real names them.
func TestRolesApart(t *testing.T) {
	kafka, postgres, redis := os.Getenv("GROUNDSWELL_TEST_KAFKA"), os.Getenv("GROUNDSWELL_TEST_POSTGRES"), os.Getenv("GROUNDSWELL_TEST_REDIS")
	if kafka == "" || postgres == "" || redis == "" {
		return
	}
	run := fmt.Sprintf("roles%d", os.Getpid())
	env := append(os.Environ(), "GROUNDSWELL_LOG_LEVEL=error", "GROUNDSWELL_ADMIN_PASSWORD=correct-horse-battery",
		"GROUNDSWELL_DATABASE_URL="+sqldbtest.CreateDatabase(t, postgres), "GROUNDSWELL_LOG_BROKERS="+kafka, "GROUNDSWELL_MEMORY_ADDRESS="+redis, "GROUNDSWELL_WEB_KEY="+strings.Repeat("k", 32),
		"GROUNDSWELL_LOG_GROUP="+run, "GROUNDSWELL_LOG_TOPICS_POSTS="+run+".posts", "GROUNDSWELL_LOG_TOPICS_MENTIONS="+run+".mentions", "GROUNDSWELL_LOG_TOPICS_CRM="+run+".crm", "GROUNDSWELL_LOG_TOPICS_DEAD="+run+".dead")
	file, config := filepath.Join(t.TempDir(), "posts.ndjson"), filepath.Join(t.TempDir(), "groundswell.yaml")
	matching := writePosts(t, file, 500)
	write(t, config, fmt.Sprintf("monitors: [{name: Acme, kind: own, query: acme}]\nsources: [{name: %s, kind: replay, settings: {files: [%q]}}]\n", run, file))
	var all []*daemon
	for _, roles := range []string{"web", "pipeline", "pipeline", "alerts", "connectors", "connectors"} {
		all = append(all, startDaemon(t, env, config, t.TempDir(), "--roles", roles))
	}
	client := signIn(t, all[0].addr)
	mentions := func() (n int) {
		for cursor := ""; ; {
			var page struct {
				Items []json.RawMessage
				Next  string
			}
			getJSON(t, client, "http://"+all[0].addr+"/api/v1/mentions?limit=200&cursor="+cursor, &page)
			if n += len(page.Items); page.Next == "" {
				return n
			}
			cursor = page.Next
		}
	}
	for end := time.Now().Add(90 * time.Second); mentions() != matching; time.Sleep(300 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d mentions of %d", mentions(), matching)
		}
	}
	var sources struct {
		Items []struct {
			Name, State string
			Accepted    int
		}
	}
	for end := time.Now().Add(30 * time.Second); len(sources.Items) != 1 || sources.Items[0].Accepted != 500; time.Sleep(300 * time.Millisecond) {
		getJSON(t, client, "http://"+all[0].addr+"/api/v1/sources", &sources)
		if time.Now().After(end) {
			t.Fatalf("sources, as the web process shows them: %+v", sources)
		}
	}
	for _, d := range all {
		d.stop(t)
	}
}

// signIn returns a client with a session.
func signIn(t *testing.T, addr string) *http.Client {
	t.Helper()
	res, err := http.Post("http://"+addr+"/api/v1/session", "application/json", strings.NewReader(`{"name":"admin","password":"correct-horse-battery"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusNoContent || len(res.Cookies()) == 0 {
		t.Fatalf("sign in: %s", res.Status)
	}
	return &http.Client{Transport: session{res.Cookies()[0]}}
}

// session adds the session's cookie.
type session struct{ cookie *http.Cookie }

func (s session) RoundTrip(r *http.Request) (*http.Response, error) {
	r.AddCookie(s.cookie)
	return http.DefaultTransport.RoundTrip(r)
}

func getJSON(t *testing.T, client *http.Client, url string, into any) {
	t.Helper()
	res, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", url, res.Status)
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

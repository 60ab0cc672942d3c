package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/app"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/internal/stream"
)

// The promise: what the API has acknowledged reaches the topic of the CRM at least once and in the
// order of each record, however often the daemon is killed meanwhile.
func TestChangesSurviveKills(t *testing.T) {
	t.Run("embedded", func(t *testing.T) { killChanges(t, nil) })
	kafka, postgres, redis := os.Getenv("GROUNDSWELL_TEST_KAFKA"), os.Getenv("GROUNDSWELL_TEST_POSTGRES"), os.Getenv("GROUNDSWELL_TEST_REDIS")
	if kafka != "" && postgres != "" && redis != "" {
		t.Run("real", func(t *testing.T) {
			run := fmt.Sprintf("changes%d", os.Getpid())
			killChanges(t, []string{"GROUNDSWELL_DATABASE_URL=" + sqldbtest.CreateDatabase(t, postgres), "GROUNDSWELL_LOG_BROKERS=" + kafka, "GROUNDSWELL_MEMORY_ADDRESS=" + redis,
				"GROUNDSWELL_LOG_GROUP=" + run, "GROUNDSWELL_LOG_TOPICS_POSTS=" + run + ".posts", "GROUNDSWELL_LOG_TOPICS_MENTIONS=" + run + ".mentions",
				"GROUNDSWELL_LOG_TOPICS_CRM=" + run + ".crm", "GROUNDSWELL_LOG_TOPICS_DEAD=" + run + ".dead"})
		})
	}
}

func killChanges(t *testing.T, servers []string) {
	data := t.TempDir()
	env := append(append(os.Environ(), "GROUNDSWELL_LOG_LEVEL=error", "GROUNDSWELL_ADMIN_PASSWORD=correct-horse-battery"), servers...)
	const kills, changes = 5, 60
	r := rand.New(rand.NewPCG(3, 4))
	acknowledged := make(map[string]int64) // versions of accounts
	d := startDaemon(t, env, "", data)
	for kill := range kills {
		client := signIn(t, d.addr)
		stop := time.AfterFunc(time.Duration(200+r.IntN(600))*time.Millisecond, func() { _ = d.cmd.Process.Kill() })
		for i := 0; ; i++ {
			id, version, ok := saveAccount(client, d.addr, fmt.Sprintf("Company %d.%d", kill, i%changes), acknowledged)
			if !ok {
				break // the daemon is gone, and maybe did it
			}
			acknowledged[id] = max(acknowledged[id], version)
		}
		stop.Stop()
		d.kill(t)
		d = startDaemon(t, env, "", data)
	}
	if len(acknowledged) == 0 {
		t.Fatal("nothing was changed")
	}
	cfg, err := config.Load("", env)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Data = data
	log, err := app.ConnectLog(&cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	for end := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		missing, wrong := toldOf(t, log, acknowledged)
		if wrong != "" {
			t.Fatal(wrong)
		}
		if missing == "" {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%s is not in the topic", missing)
		}
	}
	d.stop(t)
	t.Logf("%d accounts, %d kills", len(acknowledged), kills)
}

// saveAccount makes an account or changes one that was made before.
func saveAccount(client *http.Client, addr, name string, known map[string]int64) (id string, version int64, ok bool) {
	method, path := http.MethodPost, "/api/v1/accounts"
	for have := range known {
		if len(known) > 20 { // most of the time one that is there
			method, path = http.MethodPut, path+"/"+have
		}
		break
	}
	body, _ := json.Marshal(map[string]any{"name": name, "city": fmt.Sprint(time.Now().UnixNano())})
	request, err := http.NewRequest(method, "http://"+addr+path, bytes.NewReader(body))
	if err != nil {
		return "", 0, false
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return "", 0, false
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	var account struct {
		ID      string
		Version int64
	}
	if err != nil || response.StatusCode >= 300 || json.Unmarshal(answer, &account) != nil || account.ID == "" {
		return "", 0, false
	}
	return account.ID, account.Version, true
}

// toldOf says what of the acknowledged versions is not in the topic, and what is there out of order.
func toldOf(t *testing.T, log *stream.Log, acknowledged map[string]int64) (missing, wrong string) {
	t.Helper()
	last, seen := make(map[string]int64), make(map[string]bool)
	err := log.Scan(t.Context(), log.Topics().CRM, func(m stream.Message) error {
		var c crm.Message
		if err := json.Unmarshal(m.Value, &c); err != nil {
			return err
		}
		if c.Type != crm.RecordAccount || seen[c.ID] { // told again
			return nil
		}
		seen[c.ID] = true
		if c.Version != last[c.RecordID]+1 {
			wrong = fmt.Sprintf("account %s: version %d is told after %d", c.RecordID, c.Version, last[c.RecordID])
		}
		last[c.RecordID] = c.Version
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for id, version := range acknowledged {
		if last[id] < version {
			missing = fmt.Sprintf("version %d of account %s", version, id)
		}
	}
	return missing, wrong
}

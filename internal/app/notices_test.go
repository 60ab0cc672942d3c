package app_test

import (
	"encoding/json"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/alerts/notify/smtptest"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/web"
	"gopkg.in/yaml.v3"
)

// postOffice is a mail server that demands STARTTLS and a password: the real one that make test-real
// starts, or else one of our own. mails are those that it has taken, decoded.
func postOffice(t *testing.T) (settings string, mails func() []string) {
	t.Helper()
	const section = "host: localhost\nport: %s\nca: %s\nusername: app\npassword: app-secret\nfrom: Groundswell <gw@acme.example>\nto: [sales@acme.example]\n"
	plain := func(data string) string {
		text, _ := io.ReadAll(quotedprintable.NewReader(strings.NewReader(data)))
		return string(text)
	}
	if server := os.Getenv("GROUNDSWELL_TEST_SMTP"); server != "" {
		parts := strings.Split(server, ",")
		_, port, err := net.SplitHostPort(parts[0])
		if err != nil || len(parts) != 3 {
			t.Fatalf("GROUNDSWELL_TEST_SMTP=%q: want an address, a file and a folder", server)
		}
		return fmt.Sprintf(section, port, parts[1]), func() (all []string) {
			files, _ := filepath.Glob(filepath.Join(parts[2], "*.eml"))
			for _, file := range files {
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, plain(string(data)))
			}
			return all
		}
	}
	s := &smtptest.Server{User: "app", Password: "app-secret"}
	s.Start(t)
	_, port, _ := net.SplitHostPort(s.Addr)
	return fmt.Sprintf(section, port, s.CA), func() (all []string) {
		for _, m := range s.Received() {
			all = append(all, "X-RcptTo: "+strings.Join(m.To, ", ")+"\n"+plain(m.Data))
		}
		return all
	}
}

// arrived waits for a mail that holds all of the words.
func arrived(t *testing.T, mails func() []string, words ...string) string {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
	mail:
		for _, m := range mails() {
			for _, w := range words {
				if !strings.Contains(m, w) {
					continue mail
				}
			}
			return m
		}
	}
	t.Fatalf("no mail holds %q", words)
	return ""
}

// What somebody chose to be sent arrives at their address, once, with links to the case and to their
// settings; and a lead that waits is told to a channel, once.
func TestNoticesAreMailed(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		settings, mails := postOffice(t)
		h := newHouseWith(t, db, func(c *config.Config) {
			var section yaml.Node
			if err := yaml.Unmarshal([]byte(settings), &section); err != nil {
				t.Fatal(err)
			}
			c.Channels = []config.Section{{Name: "sales", Kind: "email", Settings: section}}
			c.Web.URL = "https://gw.acme.example"
		})
		name := strings.ToLower(t.Name()[strings.LastIndex(t.Name(), "/")+1:]) + fmt.Sprint(time.Now().UnixNano())
		address := name + "@acme.example"
		anna := h.ask(http.MethodPost, "/users", map[string]any{"name": name, "email": address, "roles": []string{"sales-rep"}})["user"].(map[string]any)["id"].(string)
		token, err := web.AddToken(t.Context(), db, name, "test", time.Time{}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		reader := *h
		reader.token = token
		reader.ask(http.MethodPut, "/me/notices", map[string]any{"delivery": map[string]string{"people": "at_once", "stage": "page"}, "hour": 8, "time_zone": "Europe/Berlin"})

		opportunity := h.ask(http.MethodPost, "/opportunities", map[string]any{"name": "Six grills " + name, "owner_id": anna})["id"].(string)
		h.ask(http.MethodPost, "/records/opportunity/"+opportunity+"/join", map[string]any{"reason": "I know them"})
		mail := arrived(t, mails, "X-RcptTo: ", address, "Six grills "+name+": Joined")
		for _, want := range []string{"https://gw.acme.example/opportunities/" + opportunity, "https://gw.acme.example/me#notices"} {
			if !strings.Contains(mail, want) {
				t.Errorf("the mail lacks %q:\n%s", want, mail)
			}
		}
		if strings.Contains(mail, "Opportunity opened") {
			t.Errorf("what stands on the page alone was sent:\n%s", mail)
		}
		if own := reader.ask(http.MethodGet, "/me/notices", nil); own["last"] == nil || own["mail"] != true {
			t.Errorf("got %v", own)
		}

		plan := h.ask(http.MethodGet, "/milestones", nil)["milestones"].([]any)
		plan[1].(map[string]any)["limit"] = map[string]any{"hours": 24, "tell": []string{"channel:sales"}}
		h.ask(http.MethodPut, "/milestones", map[string]any{"milestones": plan})
		lead := h.ask(http.MethodPost, "/leads", map[string]any{"name": "Petra " + name, "source": "hand"})["id"].(string)
		h.ask(http.MethodPatch, "/leads/"+lead, map[string]any{"milestone": "marketing-qualified"})
		err = db.Update(t.Context(), func(tx *sqldb.Tx) error { // a day goes by
			_, err := tx.Exec(t.Context(), "UPDATE lead_visits SET entered_at = entered_at - $1, due_at = due_at - $1 WHERE lead_id = $2 AND due_at > 0", (25 * time.Hour).Milliseconds(), lead)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		arrived(t, mails, "sales@acme.example", "Petra "+name+" has been Marketing-qualified for 24 h", "https://gw.acme.example/leads/"+lead)
		sent := 0
		for _, m := range mails() {
			if strings.Contains(m, name) {
				sent++
			}
		}
		if sent != 2 {
			t.Errorf("%d mails, want one to the user and one to the channel", sent)
		}
		for _, d := range h.items("/deliveries?state=delivered") {
			if text, _ := json.Marshal(d); strings.Contains(string(text), "grills") || strings.Contains(string(text), "Petra") {
				t.Errorf("the outbox keeps what it told: %s", text)
			}
		}
	})
}

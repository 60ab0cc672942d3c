package notify_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/oklog/ulid/v2"
)

// real reads where a real server is (deploy/dev/README.md); make test-real demands that it is said.
func real(t *testing.T, name string, parts int) []string {
	t.Helper()
	value := os.Getenv("GROUNDSWELL_TEST_" + name)
	if value == "" {
		return nil
	}
	list := strings.Split(value, ",")
	if len(list) != parts {
		t.Fatalf("GROUNDSWELL_TEST_%s=%q: want %d parts", name, value, parts)
	}
	return list
}

// fresh is a notification that no server has seen.
func fresh() notify.Notification {
	n := storm()
	n.IncidentID = ulid.Make().String()
	n.Key = "ops/" + n.IncidentID + "/open/1"
	n.Reasons = append(n.Reasons, "about "+n.IncidentID)
	n.AckURL = "https://gw.example.org/ack/token"
	for i := range 48 {
		n.Curve = append(n.Curve, notify.Point{At: n.At.Add(time.Duration(i) * 5 * time.Minute), Posts: int64(i * i % 97), Negative: int64(i)})
	}
	return n
}

// A server that demands STARTTLS and AUTH takes the mail: text, HTML, and the picture of the curve.
func TestRealSMTP(t *testing.T) {
	server := real(t, "SMTP", 3)
	if server == nil {
		return
	}
	host, port, err := net.SplitHostPort(server[0])
	if err != nil {
		t.Fatal(err)
	}
	settings := "host: " + host + "\nport: " + port + "\nca: " + server[1] + "\nusername: app\nfrom: Groundswell <gw@acme.example>\nto: [a@acme.example, b@acme.example]\n"
	n := fresh()
	mail := open(t, "email", settings+"password: app-secret\n")
	if err := mail.(notify.Checker).Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := mail.Notify(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	found := ""
	files, _ := filepath.Glob(filepath.Join(server[2], "*.eml"))
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), n.IncidentID) {
			found = string(data)
		}
	}
	for _, part := range []string{"X-RcptTo: a@acme.example, b@acme.example", "multipart/related", "multipart/alternative", "text/plain", "text/html",
		"Content-Type: image/png", "Content-Disposition: inline", "Subject: ACME: firestorm has begun (severity 3 of 6)"} {
		if !strings.Contains(found, part) {
			t.Errorf("the mail lacks %q", part)
		}
	}
	err = open(t, "email", settings+"password: wrong-hunter2\n").Notify(t.Context(), n)
	if err == nil || !strings.Contains(err.Error(), "535") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v, want 535 without the password", err)
	}
}

// Alertmanager follows an incident: one alert, whose severity rises, and which ends.
func TestRealAlertmanager(t *testing.T) {
	server := real(t, "ALERTMANAGER", 1)
	if server == nil {
		return
	}
	n := fresh()
	channel := open(t, "alertmanager", "url: "+server[0]+"\nlabels: {team: press}\n")
	if err := channel.(notify.Checker).Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		state    string
		severity int
		want     []string
	}{{"open", 3, []string{"3"}}, {"open", 3, []string{"3"}}, {"escalating", 5, []string{"5"}}, {"resolved", 5, nil}} {
		n.State, n.Severity = step.state, step.severity
		if err := channel.Notify(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(step.want, firing(t, server[0], n.IncidentID)); diff != "" {
			t.Errorf("%s: severities of firing alerts (-want +got):\n%s", step.state, diff)
		}
	}
}

// firing are the severities of the alerts about an incident that Alertmanager holds for active.
func firing(t *testing.T, server, incident string) (severities []string) {
	t.Helper()
	resp, err := http.Get(server + `/api/v2/alerts?active=true&filter=incident_id="` + incident + `"`) //nolint:noctx // a test's own
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var alerts []struct {
		Labels map[string]string
		EndsAt time.Time
	}
	if err := json.NewDecoder(resp.Body).Decode(&alerts); err != nil {
		t.Fatal(err)
	}
	for _, a := range alerts {
		if a.Labels["team"] != "press" || a.Labels["alertname"] != "Groundswell" {
			t.Errorf("labels %v", a.Labels)
		}
		if a.EndsAt.After(time.Now()) {
			severities = append(severities, a.Labels["severity"])
		}
	}
	return severities
}

// A message that is sent again stands once in the room.
func TestRealMatrix(t *testing.T) {
	server := real(t, "MATRIX", 3)
	if server == nil {
		return
	}
	settings := "server: " + server[0] + "\nroom: '" + server[2] + "'\n"
	channel := open(t, "matrix", settings+"token: "+server[1]+"\n")
	if err := channel.(notify.Checker).Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	n := fresh()
	for range 2 {
		if err := channel.Notify(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Count(messages(t, server), `<li>about `+n.IncidentID); got != 1 {
		t.Errorf("the message stands %d times in the room, want once", got)
	}
	err := open(t, "matrix", settings+"token: hunter2wrong\n").Notify(t.Context(), n)
	if err == nil || !strings.Contains(err.Error(), "M_UNKNOWN_TOKEN") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v, want M_UNKNOWN_TOKEN without the token", err)
	}
}

// messages are the last ones of the room, as JSON with plain characters.
func messages(t *testing.T, server []string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server[0]+"/_matrix/client/v3/rooms/"+server[2]+"/messages?dir=b&limit=20", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+server[1])
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%d %s %v", resp.StatusCode, text, err)
	}
	return string(text)
}

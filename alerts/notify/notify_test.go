package notify_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/alerts/notify"
	"gopkg.in/yaml.v3"
)

// section reads a channel's section from YAML.
func section(t *testing.T, text string) yaml.Node {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// open makes a channel.
func open(t *testing.T, kind, text string) notify.Notifier {
	t.Helper()
	n, err := notify.New(kind, section(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// storm is a notification with a hostile word in its reasons.
func storm() notify.Notification {
	at := time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)
	return notify.Notification{
		Key: "ops|01J|open|0", Type: notify.TypeIncident, IncidentID: "01J", MonitorID: "m1", Monitor: "ACME", Kind: "firestorm", State: "open",
		Severity: 3, At: at, OpenedAt: at, PeakAt: at, URL: "http://127.0.0.1:8080/incidents/01J",
		Reasons: []string{"42 people wrote negatively in 30 min, usual 1.3", "driven by: <script>alert(1)</script>\r\nBcc: x@example.org, Rückruf"},
	}
}

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func TestConfiguration(t *testing.T) {
	t.Setenv("GROUNDSWELL_TEST_URL", "https://u:hunter2@example.org/T0KEN")
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	webhook := "url: https://u:hunter2@example.org/T0KEN\nsecret: " + secret + "\n"
	email := "host: mail.example.org\nfrom: a@example.org\n" + "to: [b@example.org]\n"
	for name, tt := range map[string]struct{ kind, text, want string }{
		"OKWebhook":          {"webhook", webhook + "name: ops\nkind: webhook\ntimeout: 5s\n", ""},
		"OKEmail":            {"email", email + "username: hunter2u\npassword: hunter2\n", ""},
		"OKEmailLoopback":    {"email", strings.Replace(email, "mail.example.org", "127.0.0.1", 1) + "tls: none\n", ""},
		"OKSecretsElsewhere": {"webhook", "url: env:GROUNDSWELL_TEST_URL\nsecret: file:" + file + "\n", ""},
		"ErrSecretEnv":       {"email", email + "username: u\npassword: env:GROUNDSWELL_NOT_SET\n", "password: line 5: environment variable GROUNDSWELL_NOT_SET is not set"},
		"ErrKind":            {"pigeon", webhook, `channel kind "pigeon": want one of [alertmanager discord email`},
		"ErrUnknownKey":      {"webhook", webhook + "secrt: hunter2\n", `line 3: unknown key "secrt": did you mean "secret"?`},
		"ErrForm":            {"webhook", webhook + "timeout: hunter2\n", "line 3: timeout: the value has the wrong form"},
		"ErrNoMapping":       {"email", "- hunter2", "line 1: want keys with values"},
		"ErrURL":             {"webhook", "url: ftp:///hunter2\nsecret: " + secret, "url: want https://"},
		"ErrSecret":          {"webhook", "url: https://example.org\nsecret: whsec_hunter2!", "secret: want whsec_ and the base64"},
		"ErrSecretShort":     {"webhook", "url: https://example.org\nsecret: whsec_MfKQ", "secret: want whsec_ and the base64"},
		"ErrTimeout":         {"webhook", webhook + "timeout: 1h\n", "timeout: 1h0m0s: want from 1s to 30s"},
		"ErrNoHost":          {"email", "from: a@example.org", "host: want the SMTP server's name"},
		"ErrNoTo":            {"email", "host: h\nfrom: a@example.org", "to: want a list"},
		"ErrAddress":         {"email", "host: h\nfrom: a@example.org\n" + "to: [nobody]", `to: "nobody" is no address`},
		"ErrHalf":            {"email", email + "password: hunter2\n", "username and password: want both or neither"},
		"ErrPlain":           {"email", email + "tls: none\n", "tls: none is for a server on this machine only"},
		"ErrTLS":             {"email", email + "tls: maybe\n", `tls: "maybe": want starttls, implicit or none`},
		"ErrCA":              {"email", email + "ca: /does/not/exist\n", "ca: open /does/not/exist"},
		"ErrPort":            {"email", email + "port: 70000\n", "port: 70000: want from 1 to 65535"},
		"ErrEmailTimeout":    {"email", email + "timeout: 1ms\n", "timeout: 1ms: want from 1s to 30s"},
		"ErrFrom":            {"email", strings.Replace(email, "a@example.org", "nobody", 1), `from: "nobody" is no address`},
		"ErrEverythingElse":  {"email", email + "recipients: [hunter2]\nuser: x\n", "line 5: unknown key"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := notify.New(tt.kind, section(t, tt.text))
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error tells a secret: %v", err)
			}
		})
	}
}

// Every channel has its page.
func TestChannelsAreDocumented(t *testing.T) {
	for _, kind := range notify.Kinds() {
		page, err := os.ReadFile(filepath.Join("..", "..", "docs", "channels", kind+".md"))
		if err != nil {
			t.Error(err)
			continue
		}
		if !strings.Contains(string(page), "kind: "+kind) {
			t.Errorf("docs/channels/%s.md shows no configuration", kind)
		}
	}
}

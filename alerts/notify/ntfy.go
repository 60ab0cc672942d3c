package notify

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/groundswell/groundswell/internal/config"
	"gopkg.in/yaml.v3"
)

type ntfyConfig struct {
	Server     string        `yaml:"server"`
	Topic      config.Secret `yaml:"topic"` // who knows it can read it
	Token      config.Secret `yaml:"token"` // where the server asks for one
	httpConfig `yaml:",inline"`
}

// ntfy publishes as JSON (https://docs.ntfy.sh/publish/#publish-as-json).
type ntfy struct {
	*target
	topic, token config.Secret
}

func newNtfy(section *yaml.Node) (Notifier, error) {
	cfg := ntfyConfig{Server: "https://ntfy.sh"}
	if err := decode(section, &cfg); err != nil {
		return nil, err
	}
	if cfg.Topic == "" {
		return nil, errors.New("topic: want the topic to publish to: it is like a password, so choose one that cannot be guessed")
	}
	t, err := newTarget("server", config.Secret(cfg.Server), &cfg.httpConfig, cfg.Topic, cfg.Token)
	return &ntfy{t, cfg.Topic, cfg.Token}, err
}

// Pace keeps to one message in five seconds, the usual limit (https://docs.ntfy.sh/publish/#limitations).
func (*ntfy) Pace() time.Duration { return 5 * time.Second }

// ntfyPriority is 3, the usual, up to fresh breeze, 4 from there and 5 from storm.
func ntfyPriority(severity int) int { return 3 + min(1, severity/3) + min(1, severity/5) }

// Notify publishes one message. A message may have 4,096 bytes.
func (t *ntfy) Notify(ctx context.Context, n Notification) error {
	m := n.message()
	body := map[string]any{"topic": t.topic.Reveal(), "title": short(m.Title, 200), "message": shortBytes(m.Text, 3900), "priority": ntfyPriority(n.Severity)}
	if n.URL != "" {
		body["click"] = n.URL
	}
	var actions []map[string]any
	for _, l := range n.Links() {
		if len(actions) < 3 { // as many as it takes
			actions = append(actions, map[string]any{"action": "view", "label": l.Label, "url": l.URL})
		}
	}
	if actions != nil {
		body["actions"] = actions
	}
	return t.post(ctx, "", bearer(t.token), body)
}

// Check says whether the server is well (https://docs.ntfy.sh/config/#health-checks).
func (t *ntfy) Check(ctx context.Context) error {
	return t.reach(ctx, call{method: http.MethodGet, path: "/v1/health", header: bearer(t.token)})
}

// shortBytes is a text of so many bytes at most, cut between characters.
func shortBytes(s string, most int) string {
	if len(s) <= most {
		return s
	}
	end := most - len("…")
	for end > 0 && s[end]&0xc0 == 0x80 {
		end--
	}
	return s[:end] + "…"
}

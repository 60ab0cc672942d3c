package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"github.com/groundswell/groundswell/internal/config"
	"gopkg.in/yaml.v3"
)

type pagerdutyConfig struct {
	RoutingKey config.Secret `yaml:"routing_key"` // of an integration "Events API v2"
	Server     string        `yaml:"server"`      // https://events.eu.pagerduty.com in Europe
	httpConfig `yaml:",inline"`
}

// pagerduty sends events (https://developer.pagerduty.com/docs/send-alert-event). An incident has
// one dedup_key from its beginning to its end, so that PagerDuty follows one incident, too.
type pagerduty struct {
	*target
	key config.Secret
}

func newPagerDuty(section *yaml.Node) (Notifier, error) {
	cfg := pagerdutyConfig{Server: "https://events.pagerduty.com"}
	if err := decode(section, &cfg); err != nil {
		return nil, err
	}
	if len(cfg.RoutingKey) != 32 {
		return nil, errors.New("routing_key: want the 32 characters of an integration of the kind Events API v2")
	}
	t, err := newTarget("server", config.Secret(cfg.Server), &cfg.httpConfig, cfg.RoutingKey)
	return &pagerduty{t, cfg.RoutingKey}, err
}

// pagerdutySeverity is one of the four that PagerDuty knows.
func pagerdutySeverity(severity int) string {
	return [...]string{"info", "info", "warning", "warning", "error", "critical", "critical"}[min(max(severity, 0), 6)]
}

// dedupKey is a key of the 255 characters that PagerDuty takes at most.
func dedupKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "groundswell-" + hex.EncodeToString(sum[:16])
}

// Notify sends one event: trigger, or resolve when the incident is over.
func (p *pagerduty) Notify(ctx context.Context, n Notification) error {
	m := n.message()
	event := map[string]any{"routing_key": p.key.Reveal(), "event_action": "trigger", "dedup_key": dedupKey(n.Key), "client": "Groundswell"}
	if n.Type == TypeIncident {
		event["dedup_key"] = dedupKey(n.IncidentID)
		if n.State == "resolved" {
			event["event_action"] = "resolve"
		}
	}
	details := map[string]any{"text": shortBytes(m.Text, 8000), "state": n.State, "severity": n.Severity, "degree": n.Degree}
	payload := map[string]any{"summary": short(m.Title, 1000), "source": "groundswell", "severity": pagerdutySeverity(n.Severity),
		"component": n.Monitor, "class": n.Kind, "custom_details": details}
	if !n.At.IsZero() {
		payload["timestamp"] = n.At
	}
	event["payload"] = payload
	if n.URL != "" {
		event["client_url"] = n.URL
	}
	var links []map[string]string
	for _, l := range n.Links() {
		links = append(links, map[string]string{"href": l.URL, "text": l.Label})
	}
	if links != nil {
		event["links"] = links
	}
	return p.post(ctx, "/v2/enqueue", nil, event)
}

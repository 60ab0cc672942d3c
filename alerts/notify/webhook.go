package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/groundswell/groundswell/internal/config"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"gopkg.in/yaml.v3"
)

// webhookConfig is a channel's section.
type webhookConfig struct {
	URL        config.Secret `yaml:"url"`    // it may hold a token
	Secret     config.Secret `yaml:"secret"` // whsec_ and base64, from 24 to 64 bytes
	httpConfig `yaml:",inline"`
}

// webhook posts each notification as JSON, signed by the Standard Webhooks specification
// (standardwebhooks.com). It goes to the configured address only: a redirect is an error.
type webhook struct {
	*target
	signer *standardwebhooks.Webhook
}

func newWebhook(section *yaml.Node) (Notifier, error) {
	var cfg webhookConfig
	if err := decode(section, &cfg); err != nil {
		return nil, err
	}
	t, err := newTarget("url", cfg.URL, &cfg.httpConfig, cfg.Secret)
	if err != nil {
		return nil, err
	}
	signer, err := newSigner(cfg.Secret.Reveal())
	if err != nil {
		return nil, err
	}
	return &webhook{t, signer}, nil
}

// Notify posts {"type": "incident.STATE", "timestamp": …, "data": {…}}. Any 2xx is success.
func (w *webhook) Notify(ctx context.Context, n Notification) error {
	kind := n.Type
	if n.State != "" {
		kind += "." + n.State
	}
	body, err := json.Marshal(struct {
		Type      string       `json:"type"`
		Timestamp time.Time    `json:"timestamp"`
		Data      Notification `json:"data"`
	}{kind, n.At, n})
	if err != nil {
		return fmt.Errorf("encode notification: %w", err)
	}
	header, err := signed([]*standardwebhooks.Webhook{w.signer}, n.Key, time.Now(), body)
	if err != nil {
		return err
	}
	_, err = w.do(ctx, call{header: header, body: body})
	return err
}

// Check says whether the target's host can be reached; it posts nothing. What it thinks of OPTIONS
// does not matter.
func (w *webhook) Check(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodOptions, w.url.String(), nil)
	if err != nil {
		return fmt.Errorf("reach %s: the url cannot be called", w.url.Host)
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return w.explain(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 500 {
		return fmt.Errorf("reach %s: it answered %d %s", w.url.Host, resp.StatusCode, http.StatusText(resp.StatusCode))
	}
	return nil
}

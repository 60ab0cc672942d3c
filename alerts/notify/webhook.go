package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/config"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"gopkg.in/yaml.v3"
)

// webhookConfig is a channel's section.
type webhookConfig struct {
	URL     config.Secret `yaml:"url"`     // it may hold a token
	Secret  config.Secret `yaml:"secret"`  // whsec_ and base64, from 24 to 64 bytes
	Timeout time.Duration `yaml:"timeout"` // default 10s
}

// webhook posts each notification as JSON, signed by the Standard Webhooks specification
// (standardwebhooks.com). It goes to the configured address only: a redirect is an error.
type webhook struct {
	url    *url.URL
	signer *standardwebhooks.Webhook
	client *http.Client
}

// maxAnswer is how much of an answer is read, so that the connection can be used again.
const maxAnswer = 64 << 10

func newWebhook(section *yaml.Node) (Notifier, error) {
	cfg := webhookConfig{Timeout: 10 * time.Second}
	if err := decode(section, &cfg); err != nil {
		return nil, err
	}
	target, err := url.Parse(cfg.URL.Reveal())
	if err != nil || target.Host == "" || target.Scheme != "https" && target.Scheme != "http" {
		return nil, errors.New("url: want https://HOST/PATH or http://HOST/PATH")
	}
	if cfg.Timeout < time.Second || cfg.Timeout > 30*time.Second {
		return nil, fmt.Errorf("timeout: %v: want from 1s to 30s", cfg.Timeout)
	}
	signer, err := newSigner(cfg.Secret.Reveal())
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxResponseHeaderBytes = 64 << 10
	return &webhook{url: target, signer: signer, client: &http.Client{
		Timeout:       cfg.Timeout,
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func newSigner(secret string) (*standardwebhooks.Webhook, error) {
	const want = "secret: want whsec_ and the base64 of 24 to 64 random bytes, as `openssl rand -base64 32` makes them"
	signer, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		return nil, errors.New(want)
	}
	// 24 bytes are 32 characters of base64, 64 bytes are 88.
	if n := len(strings.TrimPrefix(secret, "whsec_")); n < 32 || n > 88 {
		return nil, errors.New(want)
	}
	return signer, nil
}

// Notify posts {"type": "incident.STATE", "timestamp": …, "data": {…}}, or of the type "mention".
// Any 2xx is success.
func (w *webhook) Notify(ctx context.Context, n Notification) error {
	event := "incident." + n.State
	if n.Mention != nil {
		event = "mention"
	}
	body, err := json.Marshal(struct {
		Type      string       `json:"type"`
		Timestamp time.Time    `json:"timestamp"`
		Data      Notification `json:"data"`
	}{event, n.At, n})
	if err != nil {
		return fmt.Errorf("encode notification: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url.String(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("notify %s: the url cannot be called", w.url.Host)
	}
	// The receiver compares this with its own clock, so it is the real time, not the incident's.
	now := time.Now()
	signature, err := w.signer.Sign(n.Key, now, body)
	if err != nil {
		return fmt.Errorf("sign notification: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "groundswell")
	req.Header.Set(standardwebhooks.HeaderWebhookID, n.Key)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	resp, err := w.client.Do(req)
	if err != nil {
		return w.explain(err)
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, maxAnswer)
	switch {
	case resp.StatusCode >= 200 && resp.StatusCode < 300:
		return nil
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return fmt.Errorf("notify %s: it answered %d, a redirect, which is not followed: configure the address it points to", w.url.Host, resp.StatusCode)
	default:
		return fmt.Errorf("notify %s: it answered %d %s", w.url.Host, resp.StatusCode, http.StatusText(resp.StatusCode))
	}
}

// Check says whether the target's host can be reached; it posts nothing.
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

// explain leaves the address, which may hold a token, out of the client's error.
func (w *webhook) explain(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		if wrapped.Timeout() {
			return fmt.Errorf("notify %s: no answer in time: check the host, or raise timeout", w.url.Host)
		}
		err = wrapped.Err
	}
	password, _ := w.url.User.Password()
	return fmt.Errorf("notify %s: %w", w.url.Host, hide(err, password, w.url.RawQuery))
}

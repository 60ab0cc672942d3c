// Package webhook takes posts that are delivered to us: signed HTTP requests by the Standard
// Webhooks specification (https://www.standardwebhooks.com), acknowledged only when the log has
// them. docs/networks/webhook.md
package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/post"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"gopkg.in/yaml.v3"
)

// settings are the source's section of the configuration.
type settings struct {
	Secrets  []config.Secret `yaml:"secrets"`  // whsec_…; several while one is replaced
	Networks []string        `yaml:"networks"` // that the sender may speak for; empty: any
	MaxBody  int64           `yaml:"max_body"` // bytes
}

const (
	defaultBody = 1 << 20
	largestBody = 8 << 20
	tolerance   = 5 * time.Minute // between the sender's clock and ours
	maxItems    = 5000
	atOnce      = 8                // deliveries that are decoded and wait for the log
	patience    = 25 * time.Second // of a sender, until the log has acknowledged
)

// Source is a webhook source: a Connector, and the handler of its deliveries.
type Source struct {
	deps     connectors.Deps
	keys     []*standardwebhooks.Webhook
	networks []string
	maxBody  int64
	slots    chan struct{} // one a delivery that is being taken

	mu  sync.RWMutex
	out connectors.Out // nil while the source does not run
}

// New makes the source of its settings.
func New(section *yaml.Node, deps connectors.Deps) (connectors.Connector, error) {
	s := settings{MaxBody: defaultBody}
	if err := config.Decode(section, &s); err != nil {
		return nil, err
	}
	if len(s.Secrets) == 0 {
		return nil, errors.New("secrets: want one or more, such as whsec_ and 32 random bytes in base64 (openssl rand -base64 32)")
	}
	if s.MaxBody < 1024 || s.MaxBody > largestBody {
		return nil, fmt.Errorf("max_body: want 1024 to %d bytes", largestBody)
	}
	source := &Source{deps: deps, networks: s.Networks, maxBody: s.MaxBody, slots: make(chan struct{}, atOnce)}
	for i, secret := range s.Secrets {
		key, err := standardwebhooks.NewWebhook(secret.Reveal())
		if err != nil || len(secret) < 24 {
			return nil, fmt.Errorf("secrets[%d]: want whsec_ and at least 16 bytes in base64", i)
		}
		source.keys = append(source.keys, key)
	}
	return source, nil
}

// Run takes deliveries until ctx ends.
func (s *Source) Run(ctx context.Context, _ string, out connectors.Out) error {
	s.set(out)
	defer s.set(nil)
	out.Connected()
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		out.Heard(0) // nobody has to deliver anything for the source to be well
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (s *Source) set(out connectors.Out) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out = out
}

// ServeHTTP takes one delivery: an event, a post or an array of them. When it answers 204 all are
// in the log, and after 401, 413 and 422 none is; what is delivered again is counted once.
func (s *Source) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	out := s.out
	s.mu.RUnlock()
	if out == nil {
		busy(w, "the source does not run: deliver again")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		problem(w, http.StatusRequestEntityTooLarge, "too-large", fmt.Sprintf("the delivery has more than %d bytes: split it", s.maxBody))
		return
	case err != nil:
		problem(w, http.StatusBadRequest, "malformed", "the body ended too early")
		return
	}
	if err := s.verify(r, body); err != nil {
		problem(w, http.StatusUnauthorized, "signature", err.Error())
		return
	}
	out.Heard(len(body))
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		busy(w, "other deliveries wait for the log: deliver again")
		return
	}
	events, err := s.decode(body)
	if err != nil {
		problem(w, http.StatusUnprocessableEntity, "invalid", err.Error())
		return
	}
	if err := out.Deliver(ctx, events); err != nil {
		busy(w, "the log does not take posts at this moment: deliver again")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// busy says that the sender has to come back.
func busy(w http.ResponseWriter, detail string) {
	w.Header().Set("Retry-After", "5")
	problem(w, http.StatusServiceUnavailable, "busy", detail)
}

// verify checks the signature under any of the secrets, and the time: the world's, whatever clock
// the records follow.
func (s *Source) verify(r *http.Request, body []byte) error {
	stamp := r.Header.Get(standardwebhooks.HeaderWebhookTimestamp)
	if r.Header.Get(standardwebhooks.HeaderWebhookID) == "" || stamp == "" || r.Header.Get(standardwebhooks.HeaderWebhookSignature) == "" {
		return errors.New("want the headers webhook-id, webhook-timestamp and webhook-signature")
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return errors.New("webhook-timestamp: want seconds since 1970")
	}
	if off := time.Since(time.Unix(seconds, 0)); off > tolerance || off < -tolerance {
		return fmt.Errorf("webhook-timestamp: more than %s off our clock", tolerance)
	}
	for _, key := range s.keys {
		if key.VerifyIgnoringTimestamp(body, r.Header) == nil {
			return nil
		}
	}
	return errors.New("webhook-signature: it fits none of the secrets")
}

// decode reads the delivery; the error names the item that is wrong. Who heard a post, and when,
// the sender cannot say.
func (s *Source) decode(body []byte) ([]post.Event, error) {
	items := []json.RawMessage{body}
	array := bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("["))
	if array {
		if err := json.Unmarshal(body, &items); err != nil {
			return nil, fmt.Errorf("the body is no JSON: %w", err)
		}
	}
	if len(items) > maxItems {
		return nil, fmt.Errorf("%d items: at most %d", len(items), maxItems)
	}
	events := make([]post.Event, 0, len(items))
	for i, item := range items {
		e, err := post.Decode(item)
		if err == nil && len(s.networks) > 0 && !slices.Contains(s.networks, e.Post.Network) {
			err = fmt.Errorf("post.network: want one of %v, for which the source is configured", s.networks)
		}
		if err != nil && array {
			return nil, fmt.Errorf("item %d: %w", i, err)
		}
		if err != nil {
			return nil, err
		}
		e.Source, e.ReceivedAt = s.deps.Source, s.deps.Now()
		events = append(events, e)
	}
	return events, nil
}

// titles of the problems that docs/problems.md lists.
var titles = map[string]string{
	"malformed": "The request cannot be read", "signature": "The signature does not fit", "too-large": "The request is too large",
	"invalid": "Some fields cannot be taken", "busy": "Groundswell is busy",
}

// problem answers with an RFC 9457 document.
func problem(w http.ResponseWriter, status int, kind, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"type": "/problems/" + kind, "title": titles[kind], "status": status, "detail": detail})
}

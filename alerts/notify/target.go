package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/config"
)

// httpConfig is what every channel over HTTP can be told.
type httpConfig struct {
	Timeout time.Duration `yaml:"timeout"` // default 10s
	CA      string        `yaml:"ca"`      // file of PEM certificates to trust instead of the system's
}

// A target is a server that channels talk to over HTTP. It is a stranger: its answers are bounded
// in time and size, its redirects are not followed, and what the address and the headers hold is
// secret and stays out of errors.
type target struct {
	url     *url.URL
	client  *http.Client
	secrets []string // longest first
}

// maxAnswer is how much of an answer is read.
const maxAnswer = 64 << 10

// newTarget makes the target of an address, which is a secret, and of further secrets.
func newTarget(key string, address config.Secret, cfg *httpConfig, secrets ...config.Secret) (*target, error) {
	u, err := url.Parse(strings.TrimSpace(address.Reveal()))
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("%s: want https://HOST/PATH or http://HOST/PATH", key)
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 10 * time.Second
	}
	if cfg.Timeout < time.Second || cfg.Timeout > 30*time.Second {
		return nil, fmt.Errorf("timeout: %v: want from 1s to 30s", cfg.Timeout)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxResponseHeaderBytes = 64 << 10
	if cfg.CA != "" {
		pool, err := readCA(cfg.CA)
		if err != nil {
			return nil, err
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	t := &target{url: u, client: &http.Client{Timeout: cfg.Timeout, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	t.hideURL(u)
	for _, s := range secrets {
		t.hide(s.Reveal())
	}
	return t, nil
}

func readCA(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca: %s holds no certificate in PEM form", file)
	}
	return pool, nil
}

// hideURL makes secrets of everything in an address but its host.
func (t *target) hideURL(u *url.URL) {
	t.hide(u.String(), u.RequestURI(), u.Path, u.EscapedPath(), u.RawQuery)
	for _, part := range strings.Split(u.Path, "/") {
		t.hide(part)
	}
	for _, values := range u.Query() {
		t.hide(values...)
	}
	if u.User != nil {
		password, _ := u.User.Password()
		t.hide(u.User.String(), u.User.Username(), password)
	}
}

// hide adds secrets. What is shorter than a secret could be is a word.
func (t *target) hide(secrets ...string) {
	for _, s := range secrets {
		if len(s) >= 5 {
			t.secrets = append(t.secrets, s, url.PathEscape(s), url.QueryEscape(s))
		}
	}
	slices.SortFunc(t.secrets, func(a, b string) int { return len(b) - len(a) })
}

// A call is one request to a target.
type call struct {
	method string // POST when empty
	path   string // below the target's; empty: the target itself
	header http.Header
	body   []byte
}

// post sends a value as JSON.
func (t *target) post(ctx context.Context, path string, header http.Header, body any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode notification: %w", err)
	}
	_, err = t.do(ctx, call{path: path, header: header, body: data})
	return err
}

// do makes a call. Any answer of 2xx is success.
func (t *target) do(ctx context.Context, c call) ([]byte, error) {
	answer, _, err := t.send(ctx, c)
	return answer, err
}

// send is do that says the answer's status; 0: there was none.
func (t *target) send(ctx context.Context, c call) (answer []byte, status int, err error) {
	u := *t.url
	if c.path != "" {
		joined, err := url.Parse(strings.TrimRight(u.String(), "/") + c.path)
		if err != nil {
			return nil, 0, fmt.Errorf("notify %s: the url cannot be called", t.url.Host)
		}
		u = *joined
	}
	method := c.method
	if method == "" {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(c.body))
	if err != nil {
		return nil, 0, fmt.Errorf("notify %s: the url cannot be called", t.url.Host)
	}
	req.Header.Set("User-Agent", "groundswell")
	if c.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, values := range c.header {
		req.Header[name] = values
	}
	resp, err := t.client.Do(req)
	if err != nil {
		return nil, 0, t.explain(err)
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil && resp.StatusCode >= 300 {
		answer = nil
	}
	return answer, resp.StatusCode, t.judge(resp, answer)
}

// judge turns an answer that is no success into an error that says what the target said.
func (t *target) judge(resp *http.Response, answer []byte) error {
	status := resp.StatusCode
	switch {
	case status >= 200 && status < 300:
		return nil
	case status >= 300 && status < 400:
		return fmt.Errorf("notify %s: it answered %d, a redirect, which is not followed: configure the address it points to", t.url.Host, status)
	}
	err := fmt.Errorf("notify %s: it answered %d %s%s", t.url.Host, status, http.StatusText(status), t.said(answer))
	if after := retryIn(resp.Header.Get("Retry-After"), answer); after > 0 && (status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable) {
		return &TooSoon{After: after, Err: err}
	}
	return err
}

// said is what a target says in words that are its own: the well-known fields of JSON, or a code.
func (t *target) said(answer []byte) string {
	var fields struct {
		Description, Message, Error string
		Errcode                     string
		Errors                      []string
	}
	text := ""
	if json.Unmarshal(answer, &fields) == nil {
		text = strings.Join(append(fields.Errors, fields.Errcode, fields.Description, fields.Message, fields.Error), " ")
	} else if len(answer) < 100 && !bytes.ContainsAny(answer, "<>") {
		text = string(answer)
	}
	if text = oneLine(t.mask(text)); text == "" {
		return ""
	}
	return ": " + short(text, 200)
}

// mask takes secrets out of a text.
func (t *target) mask(text string) string {
	for _, s := range t.secrets {
		text = strings.ReplaceAll(text, s, "[hidden]")
	}
	return text
}

// retryIn reads when a target wants to hear again: the header, or what Discord and Telegram put into the body.
func retryIn(header string, answer []byte) time.Duration {
	if seconds, err := strconv.ParseFloat(header, 64); err == nil && seconds > 0 && seconds < 1e6 {
		return time.Duration(seconds * float64(time.Second))
	}
	if at, err := http.ParseTime(header); err == nil {
		return time.Until(at)
	}
	var body struct {
		RetryAfter float64 `json:"retry_after"`
		Millis     float64 `json:"retry_after_ms"` // Matrix
		Parameters struct {
			RetryAfter float64 `json:"retry_after"`
		} `json:"parameters"`
	}
	_ = json.Unmarshal(answer, &body)
	return time.Duration(min(1e6, max(body.RetryAfter, body.Parameters.RetryAfter, body.Millis/1000)) * float64(time.Second))
}

// explain leaves the address out of the client's error.
func (t *target) explain(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		if wrapped.Timeout() {
			return fmt.Errorf("notify %s: no answer in time: check the host, or raise timeout", t.url.Host)
		}
		err = wrapped.Err
	}
	return fmt.Errorf("notify %s: %s", t.url.Host, t.mask(err.Error()))
}

// reach says whether the target's host answers, without notifying.
func (t *target) reach(ctx context.Context, c call) error {
	_, err := t.do(ctx, c)
	return err
}

func bearer(token config.Secret) http.Header {
	if token == "" {
		return nil
	}
	return http.Header{"Authorization": {"Bearer " + token.Reveal()}}
}

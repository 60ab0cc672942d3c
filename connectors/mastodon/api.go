package mastodon

import (
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

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/internal/config"
)

const (
	requestTimeout = 30 * time.Second
	maxDocument    = 1 << 20 // instance and account
	maxPage        = 8 << 20 // a page of 40 statuses
	pageSize       = 40      // the most that Mastodon gives
)

// api is the server's REST interface.
type api struct {
	client *http.Client
	base   *url.URL
	token  config.Secret
	now    func() time.Time
}

// atHome is the client that follows redirects on the same host only: the server that the token is
// for is the configured one, and where it sends us must not be a machine in our own network.
func atHome(client *http.Client) *http.Client {
	c := *client
	c.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		first := via[0].URL
		if req.URL.Host != first.Host || req.URL.Scheme != first.Scheme || len(via) > 5 {
			return fmt.Errorf("%s redirects to %s://%s: %w: if that is right, set server to it",
				first.Host, req.URL.Scheme, req.URL.Host, connectors.ErrConfig)
		}
		return nil
	}
	return &c
}

// request prepares a request with the token in its header, and nowhere else.
func (a *api) request(ctx context.Context, address string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+a.token.Reveal())
	req.Header.Set("User-Agent", "Groundswell")
	return req, nil
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

// get reads one document whole; heard is told its size.
func (a *api) get(ctx context.Context, path string, query url.Values, limit int64, heard func(int)) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	address := a.base.JoinPath(path)
	address.RawQuery = query.Encode()
	req, err := a.request(ctx, address.String())
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := a.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	heard(len(body))
	switch {
	case err != nil:
		return answer{}, fmt.Errorf("read %s: %w", path, err)
	case resp.StatusCode/100 != 2:
		return answer{status: resp.StatusCode}, a.refusal(path, resp, body)
	case int64(len(body)) > limit:
		return answer{}, fmt.Errorf("read %s: the answer is larger than %d bytes", path, limit)
	}
	return answer{resp.StatusCode, resp.Header, body}, nil
}

// refusal turns an answer that is no success into an error of the class the Runner needs.
func (a *api) refusal(what string, resp *http.Response, body []byte) error {
	err := fmt.Errorf("%s: %s answers %d%s", what, a.base.Host, resp.StatusCode, reason(body))
	switch resp.StatusCode {
	case http.StatusUnauthorized:
		return fmt.Errorf("%w: %w: make a new user token with the scope read", err, connectors.ErrAuth)
	case http.StatusForbidden:
		return fmt.Errorf("%w: %w: the token needs the scope read, and its account must be active", err, connectors.ErrAuth)
	case http.StatusNotFound, http.StatusGone:
		return fmt.Errorf("%w: %w: check server, lists and streams", err, connectors.ErrConfig)
	case http.StatusTooManyRequests:
		return &connectors.Throttled{Until: throttledUntil(resp.Header, a.now()), Err: err}
	}
	return err
}

// reason is what the server says in the body of a refusal.
func reason(body []byte) string {
	var said struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &said) != nil || said.Error == "" {
		return ""
	}
	return fmt.Sprintf(" (%.120q)", said.Error)
}

// throttledUntil reads X-RateLimit-Reset, a time, or Retry-After, seconds or a time. Without
// either it is Mastodon's period of five minutes; a day is the most that is believed.
func throttledUntil(h http.Header, now time.Time) time.Time {
	const period, most = 5 * time.Minute, 24 * time.Hour
	until := now.Add(period)
	retry := h.Get("Retry-After")
	if t, err := time.Parse(time.RFC3339, h.Get("X-RateLimit-Reset")); err == nil {
		until = t
	} else if seconds, err := strconv.ParseInt(retry, 10, 32); err == nil {
		until = now.Add(time.Duration(seconds) * time.Second)
	} else if t, err := http.ParseTime(retry); err == nil {
		until = t
	}
	if until.Before(now.Add(time.Second)) {
		return now.Add(time.Second)
	}
	if until.After(now.Add(most)) {
		return now.Add(most)
	}
	return until
}

// instance reads the instance document: the domain of the server's handles and the address of
// its streaming API.
func (a *api) instance(ctx context.Context, heard func(int)) (domain string, streaming *url.URL, err error) {
	const path = "/api/v2/instance"
	ans, err := a.get(ctx, path, nil, maxDocument, heard)
	if err != nil {
		return "", nil, err
	}
	var doc struct {
		Domain        string `json:"domain"`
		Configuration struct {
			URLs struct {
				Streaming string `json:"streaming"`
			} `json:"urls"`
		} `json:"configuration"`
	}
	if err := json.Unmarshal(ans.body, &doc); err != nil {
		return "", nil, fmt.Errorf("%s of %s: %w: %w: is it a Mastodon server?", path, a.base.Host, describe(err), connectors.ErrConfig)
	}
	streaming, err = a.streamingAddress(doc.Configuration.URLs.Streaming)
	if err != nil {
		return "", nil, fmt.Errorf("%s of %s: configuration.urls.streaming: %w: %w", path, a.base.Host, err, connectors.ErrConfig)
	}
	if domain = doc.Domain; domain == "" || strings.ContainsAny(domain, "@/ \t\r\n") {
		domain = a.base.Host
	}
	return domain, streaming, nil
}

// streamingAddress checks the address that gets the token: encrypted, unless the server itself is
// configured without encryption. The result has the scheme http or https.
func (a *api) streamingAddress(address string) (*url.URL, error) {
	if address == "" {
		return nil, errors.New("is missing: the server offers no streaming")
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%.120q: want an address such as wss://mastodon.example", address)
	}
	switch {
	case u.Scheme == "wss" || u.Scheme == "https":
		u.Scheme = "https"
	case (u.Scheme == "ws" || u.Scheme == "http") && a.base.Scheme == "http":
		u.Scheme = "http"
	default:
		return nil, fmt.Errorf("%.120q: want wss or https, or the token would travel in the open", address)
	}
	return u.JoinPath("/api/v1/streaming"), nil
}

// own is the id of the account that the token belongs to.
func (a *api) own(ctx context.Context, heard func(int)) (string, error) {
	const path = "/api/v1/accounts/verify_credentials"
	ans, err := a.get(ctx, path, nil, maxDocument, heard)
	if ans.status == http.StatusUnprocessableEntity {
		return "", fmt.Errorf("%w: %w: the token belongs to an application; make one of a user", err, connectors.ErrAuth)
	}
	if err != nil {
		return "", err
	}
	var me struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(ans.body, &me); err != nil || me.ID == "" {
		return "", fmt.Errorf("%s of %s: no account: %w: is it a Mastodon server?", path, a.base.Host, connectors.ErrConfig)
	}
	return me.ID, nil
}

// A page is a part of a timeline, newest first.
type page struct {
	items   []json.RawMessage
	next    string // where the next newer page begins; empty: at the newest item
	partial bool   // the server is still building the timeline
}

// timeline reads the page of the posts immediately newer than minID, or with an empty one the
// newest posts of all.
func (a *api) timeline(ctx context.Context, s stream, minID string, size int, heard func(int)) (page, error) {
	query := url.Values{"limit": {strconv.Itoa(size)}}
	for key, values := range s.query {
		query[key] = values
	}
	if minID != "" {
		query.Set("min_id", minID)
	}
	ans, err := a.get(ctx, s.path, query, maxPage, heard)
	if ans.status == http.StatusNotFound && strings.HasPrefix(s.key, "hashtag:") {
		return page{}, nil // a hashtag that nobody has used yet
	}
	if err != nil {
		return page{}, err
	}
	p := page{next: newerLink(ans.header), partial: ans.status == http.StatusPartialContent}
	if err := json.Unmarshal(ans.body, &p.items); err != nil {
		return page{}, fmt.Errorf("read %s: want a list: %w", s.path, err)
	}
	return p, nil
}

// newerLink is the min_id of the link to the page that comes before, which is the newer one. Only
// the id is taken: requests go to the configured server and to no other.
func newerLink(h http.Header) string {
	for _, header := range h.Values("Link") {
		for link := range strings.SplitSeq(header, ",") {
			address, params, ok := strings.Cut(strings.TrimSpace(link), ">")
			if !ok || !strings.HasPrefix(address, "<") || !strings.Contains(params, `rel="prev"`) {
				continue
			}
			if u, err := url.Parse(address[1:]); err == nil {
				return u.Query().Get("min_id")
			}
		}
	}
	return ""
}

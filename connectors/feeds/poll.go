package feeds

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/groundswell/groundswell/connectors"
	"github.com/groundswell/groundswell/post"
	"github.com/mmcdole/gofeed"
)

// A document is what a poll brought.
type document struct {
	body         []byte // nil: not modified
	etag         string
	lastModified string
	wait         time.Duration // that the server asks for; 0: none
}

// busy says that the server wants us to come back later.
type busy struct {
	status string
	wait   time.Duration
}

func (b *busy) Error() string { return b.status }

// poll fetches a feed, emits what is new or changed, and returns when to poll again.
func (s *Source) poll(ctx context.Context, address string, out connectors.Out) (next time.Time, err error) {
	s.mu.Lock()
	state := *s.state[address]
	s.mu.Unlock()
	doc, err := s.fetch(ctx, address, &state)
	out.Heard(len(doc.body))
	now := time.Now()
	if err != nil {
		state.Failures++
		s.keep(address, state)
		wait := min(s.Interval<<min(state.Failures-1, 6), mostInterval)
		var b *busy
		if errors.As(err, &b) {
			wait = max(wait, min(b.wait, mostInterval))
		}
		return now.Add(jitter(wait)), err
	}
	state.Failures, state.ETag, state.LastModified = 0, doc.etag, doc.lastModified
	wait := max(s.Interval, doc.wait)
	if doc.body != nil {
		ttl, err := s.take(ctx, address, &state, doc.body, out)
		if err != nil {
			return now.Add(jitter(wait)), err
		}
		wait = max(wait, ttl)
	}
	s.keep(address, state)
	return now.Add(jitter(min(wait, mostInterval))), nil
}

// jitter spreads the polls of many feeds.
func jitter(d time.Duration) time.Duration { return d + rand.N(d/10+1) }

func (s *Source) keep(address string, state feedState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*s.state[address] = state
}

// fetch asks for the feed, conditionally where it has been seen.
func (s *Source) fetch(ctx context.Context, address string, state *feedState) (document, error) {
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return document{}, fmt.Errorf("make request: %w", err)
	}
	r.Header.Set("Accept", "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5")
	if state.ETag != "" {
		r.Header.Set("If-None-Match", state.ETag)
	}
	if state.LastModified != "" {
		r.Header.Set("If-Modified-Since", state.LastModified)
	}
	res, err := s.client.Do(r)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) { // without the address: it may hold a token
			err = u.Err
		}
		return document{}, fmt.Errorf("fetch: %w", err)
	}
	defer res.Body.Close()
	doc := document{etag: res.Header.Get("ETag"), lastModified: res.Header.Get("Last-Modified"), wait: maxAge(res.Header)}
	switch {
	case res.StatusCode == http.StatusNotModified:
		if doc.etag == "" {
			doc.etag = state.ETag
		}
		if doc.lastModified == "" {
			doc.lastModified = state.LastModified
		}
		return doc, nil
	case res.StatusCode == http.StatusTooManyRequests, res.StatusCode == http.StatusServiceUnavailable:
		return document{}, &busy{res.Status, retryAfter(res.Header, time.Now())}
	case res.StatusCode != http.StatusOK:
		return document{}, fmt.Errorf("the server answers %s", res.Status)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, s.MaxBody+1))
	if err != nil {
		return document{}, fmt.Errorf("read: %w", err)
	}
	if int64(len(body)) > s.MaxBody {
		return document{}, fmt.Errorf("the feed has more than %d bytes: raise max_body", s.MaxBody)
	}
	doc.body = body
	return doc, nil
}

// maxAge is how long the server says its answer is fresh.
func maxAge(h http.Header) time.Duration {
	for _, part := range strings.Split(h.Get("Cache-Control"), ",") {
		if value, ok := strings.CutPrefix(strings.TrimSpace(strings.ToLower(part)), "max-age="); ok {
			if n, err := strconv.Atoi(strings.Trim(value, `"`)); err == nil && n > 0 {
				return min(time.Duration(n)*time.Second, mostInterval)
			}
		}
	}
	return 0
}

// retryAfter reads seconds or a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if n, err := strconv.Atoi(value); err == nil && n >= 0 {
		return min(time.Duration(n)*time.Second, mostInterval)
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// take emits the items that are new or changed, the oldest first, and returns how long the feed
// asks to be left alone.
func (s *Source) take(ctx context.Context, address string, state *feedState, body []byte, out connectors.Out) (ttl time.Duration, err error) {
	parser := gofeed.NewParser()
	parser.KeepOriginalFeed = true // for its ttl
	feed, err := parser.Parse(bytes.NewReader(body))
	if err != nil {
		if refused := out.Refuse(ctx, body[:min(len(body), 4096)], "no RSS, Atom or JSON feed: "+err.Error()); refused != nil {
			return 0, refused
		}
		return 0, fmt.Errorf("no RSS, Atom or JSON feed: %w", err)
	}
	seen := make(map[string]string, len(feed.Items))
	for i := len(feed.Items) - 1; i >= 0; i-- {
		e := s.event(address, feed, feed.Items[i])
		id, hash := e.Post.ID, fingerprint(&e.Post)
		if _, twice := seen[id]; twice {
			continue
		}
		seen[id] = hash
		switch before, known := state.Seen[id]; {
		case known && before == hash:
			continue
		case known:
			e.Type, e.Post.EditedAt = post.Edit, s.deps.Now().UTC().Truncate(time.Millisecond)
		}
		if err := out.Emit(ctx, e, ""); err != nil {
			return 0, err
		}
	}
	state.Seen = seen
	return feedTTL(feed), nil
}

package feeds

import (
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

func (b *busy) Error() string { return "the server answers " + b.status }

// poll fetches a feed, emits what is new or changed, and returns when to poll again.
func (s *Source) poll(ctx context.Context, address string, out connectors.Out) (next time.Time, err error) {
	state := s.load(address)
	doc, err := s.fetch(ctx, address, &state)
	out.Heard(len(doc.body))
	if err == nil && doc.body != nil {
		err = s.take(ctx, address, &state, doc.body, out)
	}
	var wait time.Duration
	if err != nil {
		state.Failures++
		wait = min(s.Interval<<min(state.Failures-1, 6), mostInterval)
		var b *busy
		if errors.As(err, &b) {
			wait = max(wait, b.wait)
		}
	} else {
		state.Failures, state.ETag, state.LastModified = 0, doc.etag, doc.lastModified
		wait = max(s.Interval, doc.wait, time.Duration(state.TTL)*time.Second)
	}
	if ctx.Err() == nil { // otherwise some items may not have been emitted
		s.keep(address, state)
	}
	wait = min(wait, mostInterval)
	return time.Now().Add(wait + rand.N(wait/10+1)), err // spread, as there may be many
}

// fetch asks for the feed, conditionally where it has been seen, at the address it has moved to.
func (s *Source) fetch(ctx context.Context, address string, state *feedState) (document, error) {
	if state.Moved != "" {
		moved := time.Now().Before(state.MovedUntil) && (!private(ctx, hostname(state.Moved)) || private(ctx, hostname(address)))
		if moved {
			var b *busy
			if doc, err := s.get(ctx, address, state.Moved, state); err == nil || errors.As(err, &b) {
				return doc, err
			}
		}
		state.Moved, state.MovedUntil = "", time.Time{}
	}
	return s.get(ctx, address, address, state)
}

func hostname(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

func (s *Source) get(ctx context.Context, configured, address string, state *feedState) (document, error) {
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	way := &trail{configured: hostname(configured), permanent: true}
	r, err := http.NewRequestWithContext(context.WithValue(ctx, trailKey{}, way), http.MethodGet, address, nil)
	if err != nil {
		return document{}, errors.New("the address cannot be asked")
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
	defer func() { _ = res.Body.Close() }() // only read
	doc, err := s.document(res, state)
	if to := res.Request.URL.String(); err == nil && way.hops > 0 && way.permanent && len(to) <= maxAddress {
		s.deps.Logger.Info("feed has moved: change its address", "feed", hostOf(configured), "to", hostOf(to))
		state.Moved, state.MovedUntil = to, time.Now().Add(mostInterval).UTC().Truncate(time.Second)
	}
	return doc, err
}

// document reads an answer.
func (s *Source) document(res *http.Response, state *feedState) (document, error) {
	doc := document{etag: validator(res, "ETag"), lastModified: validator(res, "Last-Modified"), wait: maxAge(res.Header)}
	switch res.StatusCode {
	case http.StatusOK:
	case http.StatusNotModified:
		if doc.etag == "" {
			doc.etag = state.ETag
		}
		if doc.lastModified == "" {
			doc.lastModified = state.LastModified
		}
		return doc, nil
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return document{}, &busy{res.Status, retryAfter(res.Header, time.Now())}
	case http.StatusUnauthorized, http.StatusForbidden:
		return document{}, fmt.Errorf("the server answers %s: check the address and what it needs to sign in", res.Status)
	case http.StatusGone:
		return document{}, fmt.Errorf("the server answers %s: take the feed out of the configuration", res.Status)
	default:
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

// validator is a header to send back as it came; one that is too long to remember is left out.
func validator(res *http.Response, name string) string {
	value := res.Header.Get(name)
	if len(value) > maxValidator {
		return ""
	}
	return value
}

// maxAge is how long the server says its answer is fresh.
func maxAge(h http.Header) time.Duration {
	for part := range strings.SplitSeq(h.Get("Cache-Control"), ",") {
		if value, ok := strings.CutPrefix(strings.TrimSpace(strings.ToLower(part)), "max-age="); ok {
			if n, err := strconv.ParseInt(strings.Trim(value, `"`), 10, 32); err == nil && n > 0 {
				return time.Duration(n) * time.Second
			}
		}
	}
	return 0
}

// retryAfter reads seconds or a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if n, err := strconv.ParseInt(value, 10, 32); err == nil {
		return time.Duration(max(n, 0)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// take emits the items that are new or changed, the oldest first.
func (s *Source) take(ctx context.Context, address string, state *feedState, body []byte, out connectors.Out) error {
	feed, err := parse(body)
	if err != nil {
		if sum := digest(string(body)); sum != state.Refused {
			if err := out.Refuse(ctx, body[:min(len(body), 4096)], err.Error()); err != nil {
				return err
			}
			state.Refused = sum
		}
		return err
	}
	seen := make(map[string]string, len(feed.Items))
	for i := len(feed.Items) - 1; i >= 0; i-- {
		if feed.Items[i] == nil {
			continue
		}
		e := s.event(address, feed, feed.Items[i])
		id, said := digest(e.Post.ID), digest(e.Post.Text+"\x00"+e.Post.URL)
		if _, twice := seen[id]; twice {
			continue
		}
		if i < maxSeen { // the last ones of a longer feed are heard again, and counted once
			seen[id] = said
		}
		switch before, known := state.Seen[id]; {
		case known && before == said:
			continue
		case known:
			e.Type, e.Post.EditedAt = post.Edit, edited(feed.Items[i], e.Post.PostedAt, e.ReceivedAt)
		}
		if err := out.Emit(ctx, e, ""); err != nil {
			return err
		}
	}
	state.Seen, state.TTL, state.Refused = seen, feedTTL(feed), ""
	return nil
}

package mastodon

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/post"
)

// backfillAll reads the timelines, each from the id that after names for it. It returns where
// those that reached the present ended.
func (s *session) backfillAll(ctx context.Context, after map[string]string) (map[string]string, error) {
	ends := make(map[string]string)
	for _, stream := range s.streams {
		from, ok := after[stream.key]
		if !ok {
			continue
		}
		complete, err := s.backfill(ctx, stream, from)
		if err != nil {
			return nil, err
		}
		if complete {
			ends[stream.key] = s.at.Newest[stream.key]
		}
	}
	return ends, nil
}

// backfill reads a timeline from an id on to the present, oldest first. Where the server or the
// limit of pages ends it before, it is not complete, and what lies between is recorded as a gap.
func (s *session) backfill(ctx context.Context, stream stream, after string) (complete bool, err error) {
	from := earlier(after)
	reached := timeOf(after)
	for range s.pages {
		p, err := s.api.timeline(ctx, stream, from, pageSize, s.out.Heard)
		if err != nil {
			return false, err
		}
		if p.partial {
			return false, s.gap(ctx, stream, reached, "the server is still building the timeline")
		}
		last, err := s.takePage(ctx, stream, p)
		if err != nil {
			return false, err
		}
		if !last.IsZero() {
			reached = last
		}
		next := p.next
		if next == "" && len(p.items) > 0 {
			next = idOf(p.items[0])
		}
		if len(p.items) == 0 || !newer(next, from) {
			return true, nil
		}
		from = next
	}
	return false, s.gap(ctx, stream, reached, fmt.Sprintf("more than %d pages were missed: backfill_pages is the limit", s.pages))
}

func (s *session) gap(ctx context.Context, stream stream, from time.Time, why string) error {
	now := s.deps.Now()
	if from.IsZero() || from.After(now) {
		from = now
	}
	return s.out.Gap(ctx, from, now, fmt.Sprintf("stream %s: %s", stream.key, why))
}

// takePage hands over a page and says when its newest post was written.
func (s *session) takePage(ctx context.Context, stream stream, p page) (newest time.Time, err error) {
	for _, raw := range slices.Backward(p.items) {
		if stream.notices {
			err = s.notice(ctx, raw)
		} else {
			err = s.take(ctx, stream.key, raw, post.Upsert)
		}
		if err != nil {
			return newest, err
		}
	}
	if len(p.items) > 0 {
		newest = createdOf(p.items[0])
	}
	return newest, nil
}

func idOf(raw []byte) string {
	var item struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(raw, &item) != nil || len(item.ID) > maxLocalID {
		return ""
	}
	return item.ID
}

func createdOf(raw []byte) time.Time {
	var item struct {
		CreatedAt time.Time `json:"created_at"`
	}
	if json.Unmarshal(raw, &item) != nil {
		return time.Time{}
	}
	return item.CreatedAt
}

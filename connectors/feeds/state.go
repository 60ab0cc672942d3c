package feeds

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"
)

// feedState is what is remembered of a feed.
type feedState struct {
	ETag         string            `json:"etag,omitempty"`
	LastModified string            `json:"last_modified,omitempty"`
	Next         time.Time         `json:"next"`
	TTL          int               `json:"ttl,omitempty"`        // seconds for which the feed wants to be left alone
	Seen         map[string]string `json:"seen,omitempty"`       // item → what it said, both as digests, of the items in the feed
	Refused      string            `json:"refused,omitempty"`    // digest of what was no feed
	Moved        string            `json:"moved,omitempty"`      // where it has permanently moved
	MovedUntil   time.Time         `json:"moved_until,omitzero"` // when the configured address is asked again
	Failures     int               `json:"failures,omitempty"`
}

const (
	maxSeen      = 2000 // items of a feed that are remembered
	maxValidator = 1024 // bytes of an ETag or a Last-Modified
	maxAddress   = 2048
)

// digest names something in few characters, 48 bits of SHA-256.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:6])
}

// restore reads the cursor, and says whether some feed could be read last time. A cursor that
// cannot be read means a start from nothing: what was seen is heard again, and counted once.
func (s *Source) restore(cursor string) (well bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	saved := make(map[string]*feedState)
	if cursor != "" {
		if err := json.Unmarshal([]byte(cursor), &saved); err != nil {
			s.deps.Logger.Warn("cursor cannot be read: all items are heard again", "source", s.deps.Source, "err", err)
		}
	}
	s.state, s.up = make(map[string]*feedState, len(s.URLs)), false
	for _, address := range s.URLs {
		state := saved[address]
		if state == nil {
			state = &feedState{}
		}
		well = well || state.Failures == 0 && !state.Next.IsZero()
		s.state[address] = state
	}
	return well
}

// due is when the feed is to be polled; a clock that was wrong delays it a day at most.
func (s *Source) due(address string) time.Time {
	next := s.load(address).Next
	if latest := time.Now().Add(mostInterval + mostInterval/10); next.After(latest) {
		return latest
	}
	return next
}

func (s *Source) load(address string) feedState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *s.state[address]
}

func (s *Source) keep(address string, state feedState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*s.state[address] = state
}

// schedule sets the next poll and returns the cursor of all feeds. What others have kept is on
// its way already, so that the cursor stands behind it.
func (s *Source) schedule(address string, next time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state[address].Next = next.UTC().Truncate(time.Second)
	cursor, err := json.Marshal(s.state)
	if err != nil {
		panic(err) // texts and times only
	}
	return string(cursor)
}

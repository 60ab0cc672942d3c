package crm

import (
	"bufio"
	"crypto/rand"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"
)

var ids = struct {
	sync.Mutex
	entropy *ulid.MonotonicEntropy
}{entropy: newEntropy()}

func newEntropy() *ulid.MonotonicEntropy { return ulid.Monotonic(bufio.NewReader(rand.Reader), 0) }

// NewID makes the id of a record: a ULID of 26 characters. Ids made by one process within the same
// millisecond ascend, so that records sort in the order they were made.
func NewID(now time.Time) string {
	ms := uint64(min(max(now.UnixMilli(), 0), int64(ulid.MaxTime())))
	ids.Lock()
	defer ids.Unlock()
	for {
		if id, err := ulid.New(ms, ids.entropy); err == nil {
			return id.String()
		}
		ids.entropy = newEntropy() // this millisecond's room is used up
	}
}

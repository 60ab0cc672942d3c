package listening

import (
	"crypto/rand"
	"time"

	"github.com/oklog/ulid/v2"
)

// newID makes the id of a record: a ULID.
func newID(now time.Time) string { return ulid.MustNew(ulid.Timestamp(now), rand.Reader).String() }

// perQuery is how many ids one statement names.
const perQuery = 200

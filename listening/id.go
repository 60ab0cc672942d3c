package listening

import (
	"crypto/rand"
	"time"

	"github.com/oklog/ulid/v2"
)

// newID makes the id of a record: a ULID.
func newID(now time.Time) string { return ulid.MustNew(ulid.Timestamp(now), rand.Reader).String() }

// millis is a time as the database keeps it; 0 is never.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// anys turns texts into arguments of a statement.
func anys(texts []string) []any {
	args := make([]any, len(texts))
	for i, t := range texts {
		args[i] = t
	}
	return args
}

// perQuery is how many ids one statement names.
const perQuery = 200

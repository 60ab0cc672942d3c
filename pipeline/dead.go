package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/stream"
)

// A DeadLetter is something that could not be decoded or stored.
type DeadLetter struct {
	Source string
	Reason string
	At     time.Time
	Raw    []byte // cut at the log's limit
}

// WriteDead puts a dead letter into its topic and returns when the log has acknowledged it. Its key is
// its own, so that it alone is taken out when somebody is erased.
func WriteDead(ctx context.Context, log *stream.Log, d DeadLetter) error {
	sum := sha256.Sum256(d.Raw)
	m := stream.Message{Key: append([]byte(d.Source+":"), base64.RawURLEncoding.EncodeToString(sum[:16])...), Value: d.Raw[:min(len(d.Raw), stream.MaxMessage/2)], Headers: []stream.Header{
		{Key: HeaderSource, Value: []byte(d.Source)}, {Key: HeaderReason, Value: []byte(d.Reason)},
		{Key: HeaderAt, Value: []byte(d.At.UTC().Format(time.RFC3339))},
	}}
	if err := log.Write(ctx, log.Topics().Dead, []stream.Message{m}); err != nil {
		return fmt.Errorf("write dead letter: %w", err)
	}
	return nil
}

// DeadLetters reads the dead letters from the oldest to the newest, until yield returns an error.
func DeadLetters(ctx context.Context, log *stream.Log, yield func(offset int64, d DeadLetter) error) error {
	return log.Scan(ctx, log.Topics().Dead, func(m stream.Message) error {
		if len(m.Value) == 0 {
			return nil // it was erased
		}
		at, err := time.Parse(time.RFC3339, string(m.Header(HeaderAt)))
		if err != nil {
			at = m.Time
		}
		return yield(m.Offset, DeadLetter{Source: string(m.Header(HeaderSource)), Reason: string(m.Header(HeaderReason)), At: at, Raw: m.Value})
	})
}

package post

import (
	"crypto/sha256"
	"encoding/base64"
)

// A Key names a post or an author by the network and the id it has there.
type Key struct{ Network, ID string }

// String joins the two for messages and for the partition key of the log.
func (k Key) String() string { return k.Network + ":" + k.ID }

// Short is the id used inside Groundswell: 22 characters, the first 128 bits of the SHA-256 of
// network, a zero byte and id, in unpadded base64url. Every process computes the same one, so a
// deletion finds its post, and an insertion its duplicate, without a lookup.
func (k Key) Short() string {
	buf := make([]byte, 0, 128)
	buf = append(buf, k.Network...)
	buf = append(buf, 0)
	buf = append(buf, k.ID...)
	sum := sha256.Sum256(buf)
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

package mastodon

import (
	"time"

	"github.com/groundswell/groundswell/connectors"
)

// SettleOn lets a test say when the second backfill begins.
func SettleOn(c connectors.Connector, now <-chan time.Time) {
	c.(*Connector).after = func(time.Duration) <-chan time.Time { return now }
}

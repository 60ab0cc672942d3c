package connectors

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// Deps is what a connector gets from outside. A test gives it a server on loopback, a clock of
// its own and a logger that it reads.
type Deps struct {
	Source string       // the source's name
	Client *http.Client // for every request and WebSocket handshake
	Logger *slog.Logger
	Now    func() time.Time
}

// A Checker is a Connector that can test its server, address and credentials without reading.
// Check returns what is wrong and what to do, as an error of the classes of Run.
type Checker interface {
	Check(ctx context.Context) error
}

package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"
)

const (
	checkpointEvery = time.Second
	longLog         = 32_768  // pages (128 MiB) from which on the writer is held up until the log starts anew
	longestLog      = 262_144 // pages (1 GiB) from which on the writer empties the log itself
)

// A checkpointer moves what was committed from SQLite's write-ahead log into the database, beside the
// writer. SQLite by itself lets the writer do that every thousand pages: an import of a million
// contacts waited for the disk three times as long as it took to work (docs/benchmarks.md).
type checkpointer struct {
	read, write *sql.DB
	wake        chan struct{} // something was committed
	stop        context.CancelFunc
	done        chan struct{}
	mu          sync.Mutex // held while it works
}

func startCheckpointer(read, write *sql.DB) *checkpointer {
	ctx, stop := context.WithCancel(context.Background())
	c := &checkpointer{read: read, write: write, wake: make(chan struct{}, 1), stop: stop, done: make(chan struct{})}
	go c.run(ctx)
	return c
}

// committed says that there is something to move. It does not wait.
func (c *checkpointer) committed() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *checkpointer) close() {
	c.stop()
	<-c.done
}

func (c *checkpointer) run(ctx context.Context) {
	defer close(c.done)
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		}
		_ = c.move(ctx) // what could not be moved stays in the log, and is moved next time or by the writer
		select {
		case <-ctx.Done():
			return
		case <-time.After(checkpointEvery):
		}
	}
}

// move moves what the log holds. While a writer goes on writing, the log cannot start anew; where it
// has become long, the writer is held up for what little was written meanwhile.
func (c *checkpointer) move(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	log, err := checkpoint(ctx, c.read, "PASSIVE")
	if err != nil || log < longLog {
		return err
	}
	if _, err := checkpoint(ctx, c.read, "PASSIVE"); err != nil {
		return err
	}
	_, err = checkpoint(ctx, c.write, "PASSIVE") // on the one connection that writes
	return err
}

// truncate empties the log and its file.
func (c *checkpointer) truncate(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := checkpoint(ctx, c.write, "TRUNCATE")
	return err
}

// checkpoint returns how many pages the log holds.
func checkpoint(ctx context.Context, db *sql.DB, mode string) (log int64, err error) {
	var busy, moved int64
	if err := db.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &log, &moved); err != nil {
		return 0, fmt.Errorf("move the write-ahead log into the database: %w", sqliteDialect{}.explain(err))
	}
	return log, nil
}

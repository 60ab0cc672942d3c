package crm

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// LiveBlocks are the blocks as of a moment ago, in memory: for where what comes in is not yet near the
// database. It is safe for concurrent use.
type LiveBlocks struct{ now atomic.Pointer[blockSet] }

// A blockSet is what was read last; count and newest say whether there is more by now.
type blockSet struct {
	key           []byte
	hashes        map[string]bool
	count, newest int64
}

// Refresh reads the blocks anew where they have changed.
func (l *LiveBlocks) Refresh(ctx context.Context, q sqldb.Querier) error {
	next := &blockSet{hashes: make(map[string]bool)}
	if err := q.QueryRow(ctx, "SELECT count(*), COALESCE(max(at), 0) FROM blocks").Scan(&next.count, &next.newest); err != nil {
		return fmt.Errorf("load blocks: %w", err)
	}
	if have := l.now.Load(); have != nil && have.count == next.count && have.newest == next.newest {
		return nil
	}
	var err error
	if next.key, err = blockKey(ctx, q); err != nil {
		return err
	}
	found, err := sqldb.Strings(ctx, q, "SELECT hash FROM blocks")
	if err != nil {
		return fmt.Errorf("load blocks: %w", err)
	}
	for _, h := range found {
		next.hashes[h] = true
	}
	l.now.Store(next)
	return nil
}

// Author says whether an author may not be collected.
func (l *LiveBlocks) Author(id string) bool {
	have := l.now.Load()
	return have != nil && have.key != nil && len(have.hashes) > 0 && have.hashes[blockedAs(have.key, blockAuthor, id)]
}

package sqldb

import (
	"context"
	"fmt"
	"slices"
)

// Lock holds names until the transaction is over: who else asks for one of them waits so long, and
// sees then what this one committed. It is for rules that no row can hold, such as that there is no
// second lead of an address.
func (tx *Tx) Lock(ctx context.Context, names ...string) error {
	names = slices.Clone(names)
	slices.Sort(names) // all in one order, so that no two wait for each other
	for _, name := range slices.Compact(names) {
		if err := tx.db.dialect.lock(ctx, tx, name); err != nil {
			return fmt.Errorf("lock %q: %w", name, tx.db.dialect.explain(err))
		}
	}
	return nil
}

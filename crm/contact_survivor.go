package crm

import (
	"cmp"
	"context"
	"fmt"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// survivorsOf says which contacts those with the external ids were merged into, by these ids.
func survivorsOf(ctx context.Context, tx *sqldb.Tx, externals []any) (map[string]string, error) {
	survivors := make(map[string]string)
	for part := range chunks(externals) {
		if err := winners(ctx, tx, part, survivors); err != nil {
			return nil, fmt.Errorf("load merges: %w", err)
		}
	}
	for external, id := range survivors {
		last, err := mergedInto(ctx, tx, id) // who survived may have been merged in turn
		if err != nil {
			return nil, err
		}
		survivors[external] = cmp.Or(last, id)
	}
	return survivors, nil
}

// winners adds the winner of the last merge that stands of each loser.
func winners(ctx context.Context, tx *sqldb.Tx, externals []any, into map[string]string) error {
	rows, err := tx.Query(ctx, "SELECT external_id, winner_id FROM contact_merges WHERE external_id <> '' AND unmerged_at = 0 AND "+
		sqldb.In("external_id", 1, len(externals))+" ORDER BY merged_at, id", externals...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var external, winner string
		if err := rows.Scan(&external, &winner); err != nil {
			return err
		}
		into[external] = winner
	}
	return rows.Err()
}

package alerts

import (
	"context"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/oklog/ulid/v2"
)

// Retry has a delivery that was given up tried again, as long as a new one. It is told by itself,
// under the key it had: a receiver that knows the key leaves out what it has already.
func Retry(ctx context.Context, tx *sqldb.Tx, id string, now time.Time) (Delivery, error) {
	found, err := FindDeliveries(ctx, tx, DeliveryFilter{ID: id})
	switch {
	case err != nil:
		return Delivery{}, err
	case len(found) == 0:
		return Delivery{}, fmt.Errorf("load delivery %s: %w", id, ErrNotFound)
	}
	n, err := tx.Exec(ctx, `UPDATE deliveries SET failed_at = 0, attempts = 0, error = '', told_with = '', held = '', next_at = $1, retried_at = $1
		WHERE id = $2 AND failed_at <> 0 AND delivered_at = 0 AND dropped_at = 0`, sqldb.Millis(now), id)
	switch {
	case err != nil:
		return Delivery{}, fmt.Errorf("retry delivery %s: %w", id, err)
	case n == 0:
		return Delivery{}, conflict("the delivery is %s: only one that failed is tried again by hand", found[0].State)
	}
	if found, err = FindDeliveries(ctx, tx, DeliveryFilter{ID: id}); err != nil {
		return Delivery{}, err
	}
	return found[0], nil
}

// deliveriesAtOnce is how many old deliveries one transaction removes, so that nobody waits long.
const deliveriesAtOnce = 1000

// PruneDeliveries removes what was delivered, given up or dropped and was made before a time, and
// when groups were told before it. What waits stays.
func PruneDeliveries(ctx context.Context, db *sqldb.DB, before time.Time) error {
	var first ulid.ULID // of that time: ids ascend with their age
	if err := first.SetTime(ulid.Timestamp(before)); err != nil {
		return fmt.Errorf("remove old deliveries: %w", err)
	}
	for {
		var n int64
		err := db.Update(ctx, func(tx *sqldb.Tx) (err error) {
			n, err = tx.Exec(ctx, `DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE id < $1
				AND (delivered_at <> 0 OR failed_at <> 0 OR dropped_at <> 0) ORDER BY id LIMIT $2)`, first.String(), deliveriesAtOnce)
			if err == nil {
				_, err = tx.Exec(ctx, "DELETE FROM alert_groups WHERE told_at < $1", sqldb.Millis(before))
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("remove old deliveries: %w", err)
		}
		if n < deliveriesAtOnce {
			return ctx.Err()
		}
	}
}

package listening

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// Withdraw takes back what people said of posts that are about to go.
func Withdraw(ctx context.Context, tx *sqldb.Tx, postIDs []string, now time.Time) error {
	return withdrawCorrections(ctx, tx, postIDs, now)
}

// withdrawCorrections takes back what people said of posts that were taken back, with the
// fingerprints of their texts. Where another post is read by such a correction, being a copy, the
// correction goes over to that one; under a new id, so that who keeps corrections sees it.
func withdrawCorrections(ctx context.Context, tx *sqldb.Tx, postIDs []string, now time.Time) error {
	for some := range slices.Chunk(postIDs, perQuery) {
		found, err := queryCorrections(ctx, tx, "WHERE "+sqldb.In("c.post_id", 1, len(some))+" ORDER BY c.id", sqldb.Anys(some)...)
		if err != nil {
			return err
		}
		for i := range found {
			if err := withdraw(ctx, tx, &found[i], now); err != nil {
				return fmt.Errorf("withdraw correction %s: %w", found[i].ID, err)
			}
		}
	}
	return nil
}

func withdraw(ctx context.Context, tx *sqldb.Tx, c *Correction, now time.Time) error {
	var heir string
	var fingerprint int64
	err := tx.QueryRow(ctx, `SELECT p.id, p.fingerprint FROM corrected_mentions n JOIN posts p ON p.id = n.post_id
		WHERE n.correction_id = $1 ORDER BY p.posted_at DESC, p.id LIMIT 1`, c.ID).Scan(&heir, &fingerprint)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = tx.Exec(ctx, "DELETE FROM corrections WHERE id = $1", c.ID)
		return err
	}
	if err != nil {
		return err
	}
	id := newID(now)
	if _, err := tx.Exec(ctx, "UPDATE corrections SET id = $1, post_id = $2, fingerprint = $3 WHERE id = $4", id, heir, fingerprint, c.ID); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE corrected_mentions SET correction_id = $1 WHERE correction_id = $2", id, c.ID)
	return err
}

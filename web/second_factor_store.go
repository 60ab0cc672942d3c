package web

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A secondFactor is what a user proves with besides a password. The zero one is none.
type secondFactor struct {
	userID      string
	sealed      string
	createdAt   time.Time
	confirmedAt time.Time // zero: its first code is awaited
	lastStep    int64
}

// on says that its code is asked for.
func (f *secondFactor) on() bool { return !f.confirmedAt.IsZero() }

func secondFactorOf(ctx context.Context, q sqldb.Querier, userID string) (secondFactor, error) {
	f := secondFactor{userID: userID}
	var created, confirmed int64
	err := q.QueryRow(ctx, "SELECT secret, created_at, confirmed_at, last_step FROM second_factors WHERE user_id = $1", userID).
		Scan(&f.sealed, &created, &confirmed, &f.lastStep)
	if errors.Is(err, sql.ErrNoRows) {
		return f, nil
	}
	if err != nil {
		return f, fmt.Errorf("load second factor: %w", err)
	}
	f.createdAt, f.confirmedAt = sqldb.FromMillis(created), sqldb.FromMillis(confirmed)
	return f, nil
}

// awaitFirstCode keeps the secret of a second factor that is being set up. One that is on stays.
func (f *secondFactor) awaitFirstCode(ctx context.Context, tx *sqldb.Tx) (began bool, err error) {
	n, err := tx.Exec(ctx, `INSERT INTO second_factors (user_id, secret, created_at, confirmed_at, last_step) VALUES ($1, $2, $3, 0, 0)
		ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at, last_step = 0 WHERE second_factors.confirmed_at = 0`,
		f.userID, f.sealed, sqldb.Millis(f.createdAt))
	if err != nil {
		return false, fmt.Errorf("save second factor: %w", err)
	}
	return n > 0, nil
}

func (f *secondFactor) confirm(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	if _, err := tx.Exec(ctx, "UPDATE second_factors SET confirmed_at = $1 WHERE user_id = $2", sqldb.Millis(now), f.userID); err != nil {
		return fmt.Errorf("confirm second factor: %w", err)
	}
	return nil
}

// removeSecondFactor takes a user's second factor and recovery codes away; removed says that there was one.
func removeSecondFactor(ctx context.Context, tx *sqldb.Tx, userID string) (removed bool, err error) {
	n, err := tx.Exec(ctx, "DELETE FROM second_factors WHERE user_id = $1", userID)
	if err == nil {
		_, err = tx.Exec(ctx, "DELETE FROM recovery_codes WHERE user_id = $1", userID)
	}
	if err != nil {
		return false, fmt.Errorf("remove second factor: %w", err)
	}
	return n > 0, nil
}

// takeStep notes that a code of a step was taken. When another request was faster with the same code,
// it is taken once.
func (f *secondFactor) takeStep(ctx context.Context, tx *sqldb.Tx, step int64) (taken bool, err error) {
	n, err := tx.Exec(ctx, "UPDATE second_factors SET last_step = $1 WHERE user_id = $2 AND last_step < $1", step, f.userID)
	if err != nil {
		return false, fmt.Errorf("take code: %w", err)
	}
	return n > 0, nil
}

// renewRecoveryCodes gives a user new recovery codes in place of those they had.
func renewRecoveryCodes(ctx context.Context, tx *sqldb.Tx, userID string, codes []string) error {
	if _, err := tx.Exec(ctx, "DELETE FROM recovery_codes WHERE user_id = $1", userID); err != nil {
		return fmt.Errorf("save recovery codes: %w", err)
	}
	for _, code := range codes {
		if _, err := tx.Exec(ctx, "INSERT INTO recovery_codes (user_id, hash, used_at) VALUES ($1, $2, 0)", userID, recoveryHash(code)); err != nil {
			return fmt.Errorf("save recovery codes: %w", err)
		}
	}
	return nil
}

// takeRecoveryCode uses a recovery code up; used says that it was before.
func takeRecoveryCode(ctx context.Context, tx *sqldb.Tx, userID, hash string, now time.Time) (taken, used bool, err error) {
	n, err := tx.Exec(ctx, "UPDATE recovery_codes SET used_at = $1 WHERE user_id = $2 AND hash = $3 AND used_at = 0", sqldb.Millis(now), userID, hash)
	if err != nil || n > 0 {
		return n > 0, false, err
	}
	err = tx.QueryRow(ctx, "SELECT count(*) FROM recovery_codes WHERE user_id = $1 AND hash = $2", userID, hash).Scan(&n)
	return false, n > 0, err
}

func recoveryCodesLeft(ctx context.Context, q sqldb.Querier, userID string) (n int, err error) {
	if err = q.QueryRow(ctx, "SELECT count(*) FROM recovery_codes WHERE user_id = $1 AND used_at = 0", userID).Scan(&n); err != nil {
		return 0, fmt.Errorf("count recovery codes: %w", err)
	}
	return n, nil
}

// ResetSecondFactor takes the second factor of somebody who has lost it, with their recovery codes,
// and ends their sessions.
func ResetSecondFactor(ctx context.Context, db *sqldb.DB, name string, now time.Time) error {
	err := db.Update(ctx, func(tx *sqldb.Tx) error {
		u, err := findUser(ctx, tx, "name", foldName(name))
		if err != nil {
			return err
		}
		return resetSecondFactor(ctx, tx, byCommand(now, u.id, eventFactorOff, ""))
	})
	if err != nil {
		return fmt.Errorf("reset the second factor of user %s: %w", name, err)
	}
	return nil
}

// errNoFactor says that there is no second factor.
var errNoFactor = faultf(kindConflict, "no second factor is set up")

func resetSecondFactor(ctx context.Context, tx *sqldb.Tx, e signInEvent) error {
	removed, err := removeSecondFactor(ctx, tx, e.userID)
	if err != nil {
		return err
	}
	if !removed {
		return errNoFactor
	}
	return errors.Join(endSessions(ctx, tx, e.userID), e.insert(ctx, tx))
}

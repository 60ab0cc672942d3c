package listening

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

const monitorColumns = "id, name, kind, query, enabled, created_at, updated_at, version"

func queryMonitors(ctx context.Context, q sqldb.Querier, where string, args ...any) ([]Monitor, error) {
	rows, err := q.Query(ctx, "SELECT "+monitorColumns+" FROM monitors "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("load monitors: %w", err)
	}
	defer rows.Close()
	var monitors []Monitor
	for rows.Next() {
		var m Monitor
		var created, updated int64
		if err := rows.Scan(&m.ID, &m.Name, &m.Kind, &m.Query, &m.Enabled, &created, &updated, &m.Version); err != nil {
			return nil, fmt.Errorf("load monitors: %w", err)
		}
		m.CreatedAt, m.UpdatedAt = sqldb.FromMillis(created), sqldb.FromMillis(updated)
		monitors = append(monitors, m)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load monitors: %w", err)
	}
	return monitors, nil
}

// Monitors returns all monitors by name.
func Monitors(ctx context.Context, q sqldb.Querier) ([]Monitor, error) {
	return queryMonitors(ctx, q, "ORDER BY name, id")
}

// MonitorByID returns one monitor, or ErrNotFound.
func MonitorByID(ctx context.Context, q sqldb.Querier, id string) (Monitor, error) {
	found, err := queryMonitors(ctx, q, "WHERE id = $1", id)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("load monitor %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return Monitor{}, err
	}
	return found[0], nil
}

// CreateMonitor saves a new monitor under an id of its own. A name that is taken is
// sqldb.ErrConflict, a field that cannot be taken an *Invalid.
func CreateMonitor(ctx context.Context, tx *sqldb.Tx, m Monitor, now time.Time) (Monitor, error) {
	if err := m.Validate(); err != nil {
		return Monitor{}, err
	}
	m.ID, m.CreatedAt, m.UpdatedAt, m.Version = newID(now), now, now, 1
	_, err := tx.Exec(ctx, "INSERT INTO monitors ("+monitorColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		m.ID, m.Name, m.Kind, m.Query, m.Enabled, sqldb.Millis(now), sqldb.Millis(now), m.Version)
	if err != nil {
		return Monitor{}, fmt.Errorf("save monitor %s: %w", m.Name, err)
	}
	return m, nil
}

// UpdateMonitor saves name, kind, query and whether it is enabled. It is ErrChanged when the monitor is
// in another version than m names.
func UpdateMonitor(ctx context.Context, tx *sqldb.Tx, m Monitor, now time.Time) (Monitor, error) {
	if err := m.Validate(); err != nil {
		return Monitor{}, err
	}
	var created, updated, version int64
	err := tx.QueryRow(ctx, "SELECT created_at, updated_at, version FROM monitors WHERE id = $1", m.ID).Scan(&created, &updated, &version)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = ErrNotFound
	case err == nil && m.Version != 0 && m.Version != version:
		err = ErrChanged
	}
	if err != nil {
		return Monitor{}, fmt.Errorf("load monitor %s: %w", m.ID, err)
	}
	m.Version = version + 1
	m.CreatedAt, m.UpdatedAt = sqldb.FromMillis(created), sqldb.FromMillis(max(sqldb.Millis(now), updated+1))
	n, err := tx.Exec(ctx, "UPDATE monitors SET name = $1, kind = $2, query = $3, enabled = $4, updated_at = $5, version = $6 WHERE id = $7 AND version = $8",
		m.Name, m.Kind, m.Query, m.Enabled, sqldb.Millis(m.UpdatedAt), m.Version, m.ID, version)
	if err == nil && n == 0 {
		err = ErrChanged
	}
	if err != nil {
		return Monitor{}, fmt.Errorf("save monitor %s: %w", m.Name, err)
	}
	return m, nil
}

// DeleteMonitor removes a monitor with everything it heard. Posts that no other monitor mentions
// go with it.
func DeleteMonitor(ctx context.Context, tx *sqldb.Tx, id string) error {
	n, err := tx.Exec(ctx, "DELETE FROM monitors WHERE id = $1", id)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	for _, statement := range []string{
		"DELETE FROM posts WHERE id IN (SELECT post_id FROM mentions WHERE monitor_id = $1) AND NOT EXISTS (SELECT 1 FROM mentions m WHERE m.post_id = posts.id AND m.monitor_id <> $1)",
		"DELETE FROM mentions WHERE monitor_id = $1",
		"DELETE FROM corrected_mentions WHERE monitor_id = $1",
		"DELETE FROM corrections WHERE monitor_id = $1",
		"DELETE FROM cells WHERE monitor_id = $1",
		"DELETE FROM cell_authors WHERE monitor_id = $1",
	} {
		if err == nil {
			_, err = tx.Exec(ctx, statement, id)
		}
	}
	if err != nil {
		return fmt.Errorf("delete monitor %s: %w", id, err)
	}
	return nil
}

// SeedMonitors creates those of the monitors whose name does not exist.
func SeedMonitors(ctx context.Context, db *sqldb.DB, seeds []Monitor, now time.Time) error {
	return db.Update(ctx, func(tx *sqldb.Tx) error {
		for _, seed := range seeds {
			have, err := queryMonitors(ctx, tx, "WHERE name = $1", seed.Name)
			if err != nil || len(have) > 0 {
				if err != nil {
					return err
				}
				continue
			}
			if _, err := CreateMonitor(ctx, tx, seed, now); err != nil {
				return err
			}
		}
		return nil
	})
}

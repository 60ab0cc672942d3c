package alerts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

const ruleColumns = "id, monitor_id, name, kind, followers, reach, polarity, query, most_per_hour, enabled, version, created_at, updated_at"

// MentionRules returns the rules of a monitor, or of all when the id is empty, in the order in
// which they were made.
func MentionRules(ctx context.Context, q sqldb.Querier, monitorID string) ([]MentionRule, error) {
	return queryRules(ctx, q, "$1 = '' OR monitor_id = $1 ORDER BY created_at, id", monitorID)
}

// MentionRuleByID returns one rule, or ErrNotFound.
func MentionRuleByID(ctx context.Context, q sqldb.Querier, id string) (MentionRule, error) {
	found, err := queryRules(ctx, q, "id = $1", id)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("load rule %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return MentionRule{}, err
	}
	return found[0], nil
}

// MentionRulesStamp changes whenever the rules do.
func MentionRulesStamp(ctx context.Context, q sqldb.Querier) (count, stamp int64, err error) {
	err = q.QueryRow(ctx, "SELECT COUNT(*), CAST(COALESCE(SUM(updated_at), 0) AS bigint) FROM mention_rules").Scan(&count, &stamp)
	if err != nil {
		err = fmt.Errorf("load rules: %w", err)
	}
	return count, stamp, err
}

func queryRules(ctx context.Context, q sqldb.Querier, where string, args ...any) (all []MentionRule, err error) {
	rows, err := q.Query(ctx, "SELECT "+ruleColumns+" FROM mention_rules WHERE "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("load rules: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r MentionRule
		var created, updated int64
		if err := rows.Scan(&r.ID, &r.MonitorID, &r.Name, &r.Kind, &r.Followers, &r.Reach, &r.Polarity, &r.Query, &r.MostPerHour, &r.Enabled,
			&r.Version, &created, &updated); err != nil {
			return nil, fmt.Errorf("load rules: %w", err)
		}
		r.CreatedAt, r.UpdatedAt = sqldb.FromMillis(created), sqldb.FromMillis(updated)
		all = append(all, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load rules: %w", err)
	}
	return all, nil
}

// CreateMentionRule saves a new rule under an id of its own. A name that its monitor has already
// is sqldb.ErrConflict.
func CreateMentionRule(ctx context.Context, tx *sqldb.Tx, r MentionRule, now time.Time) (MentionRule, error) {
	if err := r.Validate(); err != nil {
		return MentionRule{}, err
	}
	var n int
	if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM mention_rules WHERE monitor_id = $1", r.MonitorID).Scan(&n); err != nil {
		return MentionRule{}, fmt.Errorf("load rules: %w", err)
	}
	if n >= rulesOfMonitor {
		return MentionRule{}, conflict("the monitor has %d rules, as many as it may: change or delete one", n)
	}
	r.ID, r.Version, r.CreatedAt, r.UpdatedAt = newID(now), 1, now, now
	_, err := tx.Exec(ctx, "INSERT INTO mention_rules ("+ruleColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
		r.ID, r.MonitorID, r.Name, string(r.Kind), r.Followers, r.Reach, string(r.Polarity), r.Query, r.MostPerHour, r.Enabled, r.Version, sqldb.Millis(now), sqldb.Millis(now))
	if err != nil {
		return MentionRule{}, fmt.Errorf("save rule %s: %w", r.Name, err)
	}
	return r, nil
}

// UpdateMentionRule saves a rule; its monitor stays. The version is the one the caller saw, or 0.
func UpdateMentionRule(ctx context.Context, tx *sqldb.Tx, r MentionRule, now time.Time) (MentionRule, error) {
	if err := r.Validate(); err != nil {
		return MentionRule{}, err
	}
	if _, err := tx.Exec(ctx, "UPDATE mention_rules SET version = version WHERE id = $1", r.ID); err != nil {
		return MentionRule{}, fmt.Errorf("lock rule %s: %w", r.ID, err)
	}
	old, err := MentionRuleByID(ctx, tx, r.ID)
	if err == nil && r.Version != 0 && r.Version != old.Version {
		err = fmt.Errorf("save rule %s: %w", r.ID, ErrChanged)
	}
	if err != nil {
		return MentionRule{}, err
	}
	r.MonitorID, r.CreatedAt, r.Version = old.MonitorID, old.CreatedAt, old.Version+1
	r.UpdatedAt = sqldb.FromMillis(max(sqldb.Millis(now), sqldb.Millis(old.UpdatedAt)+1))
	_, err = tx.Exec(ctx, `UPDATE mention_rules SET name = $1, kind = $2, followers = $3, reach = $4, polarity = $5, query = $6, most_per_hour = $7,
		enabled = $8, version = $9, updated_at = $10 WHERE id = $11`,
		r.Name, string(r.Kind), r.Followers, r.Reach, string(r.Polarity), r.Query, r.MostPerHour, r.Enabled, r.Version, sqldb.Millis(r.UpdatedAt), r.ID)
	if err != nil {
		return MentionRule{}, fmt.Errorf("save rule %s: %w", r.Name, err)
	}
	return r, nil
}

// DeleteMentionRule removes a rule. What it found stays; what it has not told is not told any more.
func DeleteMentionRule(ctx context.Context, tx *sqldb.Tx, id string) error {
	n, err := tx.Exec(ctx, "DELETE FROM mention_rules WHERE id = $1", id)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("delete rule %s: %w", id, err)
	}
	return nil
}

// DeleteMentionRulesOf removes the rules of a monitor that is deleted, and what they found.
func DeleteMentionRulesOf(ctx context.Context, tx *sqldb.Tx, monitorID string) error {
	var errs []error
	for _, table := range []string{"mention_rules", "mention_alerts"} {
		_, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE monitor_id = $1", monitorID)
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("delete the rules of monitor %s: %w", monitorID, err)
	}
	return nil
}

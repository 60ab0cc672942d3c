package alerts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/sqldb"
)

const (
	floodFrom = 10  // more than so many that are due at once are told in one message
	alsoMost  = 20  // of those that a message names
	alsoRead  = 400 // of those that are looked at to choose which
)

// claim takes the oldest delivery that is due on a channel, for as long as an attempt may last,
// and, where the channel gathers, what is to be told in the same message. What nobody is to be told
// any more is dropped, and ok is true with an empty id.
func claim(ctx context.Context, db *sqldb.DB, channel string, gather bool, now time.Time) (d delivery, ok bool, err error) {
	next, ok, err := nextDue(ctx, db, channel, now)
	if err != nil || !ok {
		return delivery{}, false, err
	}
	err = db.Update(ctx, func(tx *sqldb.Tx) error {
		d = next
		n, err := tx.Exec(ctx, `UPDATE deliveries SET attempts = attempts + 1, held = '', next_at = $1
			WHERE id = $2 AND attempts = $3 AND told_with = '' AND `+waiting, sqldb.Millis(now.Add(2*deliverWithin)), d.id, d.attempts)
		if ok = n == 1; err != nil || !ok { // else another process has it
			return err
		}
		if err := d.review(ctx, tx, now); err != nil || d.id == "" {
			return err
		}
		if d.step > 0 || !gather || d.payload.Type == notify.TypeDigest || d.payload.Type == notify.TypeNotice {
			return nil
		}
		if d.attempts == 0 { // later it must be the same message again
			if err := d.gather(ctx, tx, now); err != nil {
				return err
			}
		}
		if err := d.leaveOut(ctx, tx, now); err != nil {
			return err
		}
		return d.join(ctx, tx)
	})
	if err != nil {
		return delivery{}, false, fmt.Errorf("claim delivery %s: %w", next.id, err)
	}
	return d, ok, nil
}

// nextDue is the oldest delivery that is due. One waits for those before it about the same
// incident: nobody reads that a storm is over before that it has begun. (The channel of these is
// compared as an expression: no database is to look for them among all of the channel.)
func nextDue(ctx context.Context, q sqldb.Querier, channel string, now time.Time) (d delivery, ok bool, err error) {
	rows, err := q.Query(ctx, `SELECT d.id, d.dedupe_key, d.incident_id, d.group_key, d.step, d.payload, d.attempts FROM deliveries d
		WHERE d.delivered_at = 0 AND d.failed_at = 0 AND d.dropped_at = 0 AND d.channel = $1 AND d.next_at <= $2 AND d.told_with = ''
		AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.incident_id = d.incident_id AND e.channel || '' = d.channel AND d.incident_id <> ''
			AND e.delivered_at = 0 AND e.failed_at = 0 AND e.dropped_at = 0 AND e.step = 0 AND e.id < d.id)
		ORDER BY d.id LIMIT 1`, channel, sqldb.Millis(now))
	if err != nil {
		return delivery{}, false, fmt.Errorf("load deliveries of channel %s: %w", channel, err)
	}
	defer rows.Close()
	if rows.Next() {
		d, ok = delivery{channel: channel}, true
		var payload []byte
		if err := rows.Scan(&d.id, &d.key, &d.incidentID, &d.groupKey, &d.step, &payload, &d.attempts); err != nil {
			return delivery{}, false, fmt.Errorf("load deliveries of channel %s: %w", channel, err)
		}
		if err := json.Unmarshal(payload, &d.payload); err != nil {
			return delivery{}, false, fmt.Errorf("load delivery %s: %w", d.id, err)
		}
		d.payload.Key = d.key
	}
	if err := rows.Err(); err != nil {
		return delivery{}, false, fmt.Errorf("load deliveries of channel %s: %w", channel, err)
	}
	return d, ok, nil
}

// mutedMeanwhile is why something is not told that was to be told when it was found.
const mutedMeanwhile = "the incident is silenced, or merged into another"

// review drops a delivery about an incident that is muted by now, and an escalation that nobody needs
// any more; one that is needed it brings up to date.
func (d *delivery) review(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	if d.payload.Type != notify.TypeIncident {
		return nil
	}
	i, err := IncidentByID(ctx, tx, d.incidentID)
	muted := false
	if err == nil {
		muted, err = i.muted(ctx, tx, now)
	}
	escalates, reason := d.step > 0, ""
	switch {
	case errors.Is(err, ErrNotFound):
		if escalates {
			reason = "the incident is gone"
		}
	case err != nil:
		return err
	case muted:
		reason = mutedMeanwhile
	case !escalates:
	case !i.AcknowledgedAt.IsZero():
		reason = "acknowledged by " + i.AcknowledgedBy
	case i.State == spike.Resolved:
		reason = "the incident is resolved"
	case i.Detail.Reopened != d.payload.Reopened:
		reason = "another wave has begun"
	default:
		i.refresh(&d.payload)
	}
	if reason == "" {
		return nil
	}
	return d.drop(ctx, tx, reason, now)
}

// drop notes why nobody is told, and takes the delivery's id. What was to be told with it is told by itself.
func (d *delivery) drop(ctx context.Context, tx *sqldb.Tx, reason string, now time.Time) error {
	_, err := tx.Exec(ctx, "UPDATE deliveries SET dropped_at = $1, next_at = 0, error = $2, attempts = $3 WHERE id = $4", sqldb.Millis(now), reason, d.attempts, d.id)
	if err == nil {
		_, err = tx.Exec(ctx, "UPDATE deliveries SET told_with = '' WHERE told_with = $1 AND "+waiting, d.id)
	}
	d.id = ""
	return err
}

// leaveOut drops, of what is told together with a delivery, what is about incidents that are muted by
// now, as muted says of each.
func (d *delivery) leaveOut(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE deliveries SET dropped_at = $1, next_at = 0, error = $2, told_with = '' WHERE told_with = $3 AND type = $4 AND `+waiting+`
		AND EXISTS (SELECT 1 FROM incidents i WHERE i.id = deliveries.incident_id AND (i.silenced_until > $1
			OR EXISTS (SELECT 1 FROM incidents o WHERE o.id = i.merged_into AND o.state <> $5)))`,
		sqldb.Millis(now), mutedMeanwhile, d.id, notify.TypeIncident, string(spike.Resolved))
	return err
}

// gather marks what is told together with a delivery: what is of its group, what is due of its
// incident, and all that is due where it is very much. What has been tried stays by itself, and
// what comes after it of the same incident.
func (d *delivery) gather(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	const others = `channel = $1 AND id <> $2 AND step = 0 AND attempts = 0 AND told_with = '' AND type NOT IN ('digest', 'notice') AND ` + waiting
	var due int
	err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM deliveries WHERE "+others+" AND next_at <= $3", d.channel, d.id, sqldb.Millis(now)).Scan(&due)
	if err != nil {
		return err
	}
	together, args := []string{"CAST($3 AS bigint) < 0"}, []any{d.channel, d.id, sqldb.Millis(now)}
	for _, by := range []struct{ condition, value string }{{"group_key = ", d.groupKey}, {"next_at <= $3 AND incident_id = ", d.incidentID}} {
		if by.value != "" {
			args = append(args, by.value)
			together = append(together, fmt.Sprintf("%s$%d", by.condition, len(args)))
		}
	}
	if due > floodFrom {
		together = append(together, "next_at <= $3")
	}
	tried, err := d.tried(ctx, tx)
	if err != nil {
		return err
	}
	not := "TRUE"
	if len(tried) > 0 {
		not = "NOT " + sqldb.In("incident_id", len(args)+1, len(tried))
	}
	_, err = tx.Exec(ctx, "UPDATE deliveries SET told_with = $2, held = '' WHERE "+others+" AND ("+strings.Join(together, " OR ")+") AND "+not, append(args, tried...)...)
	if err != nil || d.groupKey == "" {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO alert_groups (channel, group_key, told_at) VALUES ($1, $2, $3)
		ON CONFLICT (channel, group_key) DO UPDATE SET told_at = excluded.told_at`, d.channel, d.groupKey, sqldb.Millis(now))
	return err
}

// tried are incidents of which something was tried on the channel and waits to be tried again: what
// came after it is told after it.
func (d *delivery) tried(ctx context.Context, tx *sqldb.Tx) (incidents []any, err error) {
	rows, err := tx.Query(ctx, `SELECT DISTINCT incident_id FROM deliveries WHERE channel = $1 AND id <> $2 AND attempts > 0 AND step = 0
		AND incident_id <> '' AND told_with = '' AND `+waiting+" ORDER BY incident_id LIMIT 500", d.channel, d.id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		incidents = append(incidents, id)
	}
	return incidents, rows.Err()
}

// join puts what is told together into one notification: of each incident the last news, the most
// severe first.
func (d *delivery) join(ctx context.Context, tx *sqldb.Tx) error {
	rows, err := tx.Query(ctx, `SELECT payload FROM deliveries WHERE id = $1 OR told_with = $1 ORDER BY severity DESC, id DESC LIMIT $2`, d.id, alsoRead)
	if err != nil {
		return err
	}
	defer rows.Close()
	var news []notify.Notification
	seen := make(map[string]bool)
	for rows.Next() {
		var payload []byte
		var n notify.Notification
		if err := rows.Scan(&payload); err != nil {
			return err
		}
		if err := json.Unmarshal(payload, &n); err != nil {
			return err
		}
		if n.IncidentID == "" || !seen[n.IncidentID] {
			seen[n.IncidentID] = true
			news = append(news, n)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	if len(news) == 0 {
		return nil
	}
	var all int
	err = tx.QueryRow(ctx, `SELECT COUNT(DISTINCT CASE WHEN incident_id = '' THEN id ELSE incident_id END) FROM deliveries WHERE id = $1 OR told_with = $1`, d.id).Scan(&all)
	if err != nil {
		return err
	}
	n := news[0]
	n.Key, n.Also = d.key, news[1:min(len(news), 1+alsoMost)]
	n.Others = all - 1 - len(n.Also)
	d.payload = n
	return nil
}

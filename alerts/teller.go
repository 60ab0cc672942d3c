package alerts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/alerts/reason"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Teller puts what the channels are to be told of single mentions into the outbox: each rule so
// many an hour, one by one, and what comes above together. It lives on the real clock, as those do
// who read it.
type Teller struct {
	DB       *sqldb.DB
	Router   *Router                                              // decides who is told
	Monitors func(ctx context.Context) (map[string]string, error) // names, by id
	BaseURL  string                                               // of the web page
	Lease    func(ctx context.Context, name string, ttl time.Duration) (bool, error)
	Logger   *slog.Logger
}

const (
	tellEvery     = time.Second
	tellTogether  = 15 * time.Minute // after which what waits is told together
	headlineAmong = 1000             // alerts among which that of the largest reach stands for all
)

// Run tells until ctx ends.
func (t *Teller) Run(ctx context.Context) error {
	every(ctx, tellEvery, func() {
		if held, err := t.Lease(ctx, "teller", leaseTTL); err == nil && !held {
			return // another process does; while nobody knows who, the database keeps two apart
		}
		if err := t.Tell(ctx, time.Now()); err != nil && ctx.Err() == nil {
			t.Logger.Warn("alerts on mentions wait", "err", err)
		}
	})
	return nil
}

// Tell tells what is due, rule by rule. One rule that fails keeps no other.
func (t *Teller) Tell(ctx context.Context, now time.Time) error {
	rules, err := waitingRules(ctx, t.DB)
	if err != nil || len(rules) == 0 {
		return err
	}
	names, err := t.Monitors(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, id := range rules {
		errs = append(errs, t.DB.Update(ctx, func(tx *sqldb.Tx) error { return t.tellRule(ctx, tx, id, names, now) }))
	}
	return errors.Join(errs...)
}

// waitingRules are the rules of which something waits.
func waitingRules(ctx context.Context, q sqldb.Querier) (ids []string, err error) {
	rows, err := q.Query(ctx, "SELECT DISTINCT rule_id FROM mention_alerts WHERE told_at = 0 ORDER BY rule_id")
	if err != nil {
		return nil, fmt.Errorf("load alerts on mentions: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("load alerts on mentions: %w", err)
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// A telling is one rule's turn, in one transaction.
type telling struct {
	*Teller
	tx      *sqldb.Tx
	rule    MentionRule
	monitor string // name
	now     time.Time
}

func (t *Teller) tellRule(ctx context.Context, tx *sqldb.Tx, id string, monitors map[string]string, now time.Time) error {
	// Locks the rule: another process that tells sees what this one told.
	if _, err := tx.Exec(ctx, "UPDATE mention_rules SET version = version WHERE id = $1", id); err != nil {
		return fmt.Errorf("lock rule %s: %w", id, err)
	}
	rule, err := MentionRuleByID(ctx, tx, id)
	if errors.Is(err, ErrNotFound) { // deleted: what it found is told no more
		_, err = tx.Exec(ctx, "UPDATE mention_alerts SET told_at = $1 WHERE rule_id = $2 AND told_at = 0", sqldb.Millis(now), id)
		return err
	}
	if err != nil {
		return err
	}
	turn := telling{t, tx, rule, cmp.Or(monitors[rule.MonitorID], rule.MonitorID), now}
	told, err := turn.toldLately(ctx)
	if err != nil {
		return err
	}
	waiting, err := queryAlerts(ctx, tx, fmt.Sprintf("SELECT %s FROM mention_alerts WHERE rule_id = $1 AND told_at = 0 ORDER BY id LIMIT %d", alertColumns, headlineAmong), id)
	if err != nil {
		return err
	}
	alone := min(len(waiting), max(0, rule.MostPerHour-told))
	for i := range waiting[:alone] {
		if err := turn.tell(ctx, &waiting[i], "id = $3", waiting[i].ID); err != nil {
			return err
		}
	}
	if rest := waiting[alone:]; len(rest) > 0 && now.Sub(rest[0].CreatedAt) >= tellTogether {
		headline := slices.MaxFunc(rest, func(a, b MentionAlert) int { return cmp.Compare(a.Mention.Reach, b.Mention.Reach) })
		return turn.tell(ctx, &headline, "rule_id = $3", id)
	}
	return nil
}

// toldLately is how often the rule was told in the last hour.
func (t *telling) toldLately(ctx context.Context) (n int, err error) {
	err = t.tx.QueryRow(ctx, "SELECT COUNT(DISTINCT told_with) FROM mention_alerts WHERE rule_id = $1 AND told_at > $2 AND told_with <> ''",
		t.rule.ID, sqldb.Millis(t.now.Add(-time.Hour))).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count what rule %s told: %w", t.rule.ID, err)
	}
	return n, nil
}

// tell tells of a mention, and with it of all waiting ones that the condition chooses.
func (t *telling) tell(ctx context.Context, a *MentionAlert, condition, value string) error {
	n, err := t.tx.Exec(ctx, "UPDATE mention_alerts SET told_at = $1, told_with = $2 WHERE "+condition+" AND told_at = 0", sqldb.Millis(t.now), a.ID, value)
	if err != nil || n == 0 {
		return err
	}
	payload := t.notification(a, int(n-1))
	return t.Router.Tell(ctx, t.tx, payload)
}

func (t *telling) notification(a *MentionAlert, more int) notify.Notification {
	n := notify.Notification{Key: "mention/" + a.ID, Type: notify.TypeMention, IncidentID: a.ID, MonitorID: a.MonitorID, Monitor: t.monitor, Kind: string(t.rule.Kind),
		At: a.PostedAt, OpenedAt: a.PostedAt, Networks: []string{a.Mention.Network}, FirstPost: a.PostID, TopPost: a.PostID,
		Mention: &a.Mention, Rule: t.rule.Name, More: more}
	why := a.Reasons
	if more > 0 {
		why = append(slices.Clone(why), reason.Of(reason.More, float64(more)).With(t.rule.Name))
	}
	n.Explain(why)
	if a.Mention.Contact != "" {
		n.Contacts = 1
	}
	if t.BaseURL != "" {
		n.URL = t.BaseURL + "/mention-alerts?monitor=" + a.MonitorID
	}
	return n
}

package alerts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Router decides who is told of an alert, and when, and puts the deliveries into the outbox.
type Router struct {
	Routes      *Routes
	MonitorKind func(monitorID string) string // nil: not known
	Now         func() time.Time              // the world's; nil: time.Now
}

func (r *Router) now() time.Time {
	if r.Now != nil {
		return r.Now()
	}
	return time.Now()
}

// Tell routes a notification in the transaction that found what it tells. Its Key names the news,
// such as INCIDENT/STATE/MINUTE; the key of each delivery is the channel's name before it, so that
// nobody is told twice, however many routes name the channel and however often Tell is called.
func (r *Router) Tell(ctx context.Context, tx *sqldb.Tx, n notify.Notification) error {
	if n.MonitorKind == "" && r.MonitorKind != nil {
		n.MonitorKind = r.MonitorKind(n.MonitorID)
	}
	now := r.now()
	tellings, err := r.recipients(ctx, tx, &n, now)
	if err != nil {
		return err
	}
	var out, steps []delivery
	for i := range tellings {
		told, later, err := r.deliveries(ctx, tx, n, &tellings[i], now)
		if err != nil {
			return err
		}
		out, steps = merge(out, told), merge(steps, later)
	}
	for i := range out {
		if err := out[i].release(ctx, tx, now); err != nil {
			return err
		}
	}
	if _, err := enqueue(ctx, tx, out, now); err != nil {
		return err
	}
	return enqueueSteps(ctx, tx, steps, now)
}

// recipients are those whom the routes name. That an incident ebbs concerns those who were told
// that it rose, wherever the routes lead by then.
func (r *Router) recipients(ctx context.Context, tx *sqldb.Tx, n *notify.Notification, now time.Time) ([]Telling, error) {
	tellings := r.Routes.Take(n, now)
	if n.Type != notify.TypeIncident || n.State != string(spike.Subsiding) && n.State != string(spike.Resolved) {
		return tellings, nil
	}
	told, err := toldOf(ctx, tx, n)
	if err != nil {
		return nil, err
	}
	var out []Telling
	for _, t := range tellings {
		var channels []string
		for _, c := range t.Channels {
			if _, ok := told[c]; ok {
				channels = append(channels, c)
				delete(told, c)
			}
		}
		if len(channels) > 0 {
			t.Channels, t.Escalate = channels, nil
			out = append(out, t)
		}
	}
	for channel, name := range told {
		t := r.Routes.named(name)
		t.Channels, t.Escalate = []string{channel}, nil
		out = append(out, t)
	}
	return out, nil
}

// named is what the route of a name says.
func (r *Routes) named(name string) Telling {
	var find func([]*route) *Telling
	find = func(list []*route) *Telling {
		for _, route := range list {
			if route.Route == name {
				return &route.Telling
			}
			if t := find(route.children); t != nil {
				return t
			}
		}
		return nil
	}
	if t := find(r.top); t != nil {
		return *t
	}
	return r.otherwise
}

// deliveries are those that one route makes of a notification, and the steps of its escalation.
func (r *Router) deliveries(ctx context.Context, tx *sqldb.Tx, n notify.Notification, t *Telling, now time.Time) (out, steps []delivery, err error) {
	n.Language, n.Template = t.Language, t.Template
	begun, told := now, false // for those to whom it escalates
	for _, channel := range t.Channels {
		d := newDelivery(n, channel, t.Route)
		d.groupKey = t.groupKey(&n)
		if err := r.hold(ctx, tx, &d, t, now); err != nil {
			return nil, nil, err
		}
		if d.nextAt.After(begun) {
			begun = d.nextAt
		}
		told = told || d.droppedAt.IsZero()
		out = append(out, d)
	}
	if told && n.Type == notify.TypeIncident {
		steps = escalations(n, t, begun)
	}
	return out, steps, nil
}

// merge adds the deliveries of one route to those of the routes before it. Of a channel that two of
// them name, the one stays that goes out, and of these the one that goes out first.
func merge(all, more []delivery) []delivery {
	for i := range more {
		d := &more[i]
		at := slices.IndexFunc(all, func(o delivery) bool { return o.key == d.key })
		switch {
		case at < 0:
			all = append(all, *d)
		case d.droppedAt.IsZero() && (!all[at].droppedAt.IsZero() || d.nextAt.Before(all[at].nextAt)):
			all[at] = *d
		}
	}
	return all
}

// hold decides when a delivery goes out, or that it never does.
func (r *Router) hold(ctx context.Context, tx *sqldb.Tx, d *delivery, t *Telling, now time.Time) error {
	d.nextAt = now
	if t.Cooldown > 0 && d.payload.Type == notify.TypeIncident {
		recent, err := toldRecently(ctx, tx, d, now.Add(-t.Cooldown))
		if err != nil {
			return err
		}
		if recent {
			d.droppedAt, d.note = now, fmt.Sprintf("cooldown: this channel was told of the like within %v", t.Cooldown)
			return nil
		}
	}
	if t.Quiet != nil && d.payload.Severity < urgent && t.Quiet.Contain(now) {
		d.nextAt, d.held = t.Quiet.End(now), "quiet"
		if d.groupKey == "" {
			d.groupKey = t.Route + "/quiet" // in the morning, in one message
		}
		return nil
	}
	if d.groupKey == "" {
		return nil
	}
	last, err := groupToldAt(ctx, tx, d.channel, d.groupKey)
	if err != nil {
		return err
	}
	if next := last.Add(t.GroupInterval); now.Before(next) {
		d.nextAt, d.held = next, "group"
	} else if t.GroupWait > 0 {
		d.nextAt, d.held = now.Add(t.GroupWait), "group"
	}
	return nil
}

// escalations are the deliveries that go out unless somebody acknowledges. Each is made once in a
// wave of an incident.
func escalations(n notify.Notification, t *Telling, begun time.Time) (out []delivery) {
	for i, step := range t.Escalate {
		n.Escalation = i + 1
		n.Key = fmt.Sprintf("%s/escalation-%d/%d", n.IncidentID, n.Escalation, n.Reopened)
		for _, channel := range step.Channels {
			d := newDelivery(n, channel, t.Route)
			d.step, d.nextAt, d.held = n.Escalation, begun.Add(step.After), "escalation"
			out = append(out, d)
		}
	}
	return out
}

func newDelivery(n notify.Notification, channel, route string) delivery {
	d := delivery{key: channel + "/" + n.Key, channel: channel, incidentID: n.IncidentID, route: route, payload: n,
		subject: n.Type + "/" + n.MonitorID + "/" + n.Kind}
	if n.Type == notify.TypeIncident {
		d.wave = waveOf(&n)
	}
	return d
}

// Post puts a notice for one channel into the outbox, in the transaction that found what it tells. One
// whose key stands there already is left out.
func Post(ctx context.Context, tx *sqldb.Tx, n notify.Notification, channel string, now time.Time) error {
	d := newDelivery(n, channel, "")
	if n.Notice.To != "" {
		d.subject = NoticeSubject(n.Notice.To)
	}
	_, err := enqueue(ctx, tx, []delivery{d}, now)
	return err
}

// NoticeSubject is the subject of all deliveries of notices to a user.
func NoticeSubject(userID string) string { return notify.TypeNotice + "/" + userID }

func waveOf(n *notify.Notification) string { return fmt.Sprintf("%s#%d", n.IncidentID, n.Reopened) }

// toldOf returns the channels that were or will be told that a wave of an incident rose, and the routes by which.
func toldOf(ctx context.Context, q sqldb.Querier, n *notify.Notification) (map[string]string, error) {
	rows, err := q.Query(ctx, `SELECT channel, route FROM deliveries WHERE incident_id = $1 AND wave IN ($2, '') AND dropped_at = 0
		AND (step = 0 OR delivered_at <> 0) ORDER BY id`, n.IncidentID, waveOf(n))
	if err != nil {
		return nil, fmt.Errorf("load who was told of incident %s: %w", n.IncidentID, err)
	}
	defer rows.Close()
	told := make(map[string]string)
	for rows.Next() {
		var channel, route string
		if err := rows.Scan(&channel, &route); err != nil {
			return nil, fmt.Errorf("load who was told of incident %s: %w", n.IncidentID, err)
		}
		told[channel] = route
	}
	return told, rows.Err()
}

// toldRecently says whether a channel was told, since a time, of another incident like it that is as
// severe, and was told nothing yet of this wave of this incident.
func toldRecently(ctx context.Context, q sqldb.Querier, d *delivery, since time.Time) (bool, error) {
	var same, like int
	err := q.QueryRow(ctx, `SELECT COALESCE(SUM(CASE WHEN wave = $3 THEN 1 ELSE 0 END), 0),
		COALESCE(SUM(CASE WHEN incident_id <> $7 AND phase IN ('open', 'escalating') AND severity >= $4 AND created_at > $5 THEN 1 ELSE 0 END), 0)
		FROM deliveries WHERE channel = $1 AND subject = $2 AND dropped_at = 0 AND step = 0 AND created_at > $6`,
		d.channel, d.subject, d.wave, d.payload.Severity, sqldb.Millis(since), sqldb.Millis(since.Add(-7*24*time.Hour)), d.incidentID).Scan(&same, &like)
	if err != nil {
		return false, fmt.Errorf("load what channel %s was told: %w", d.channel, err)
	}
	return same == 0 && like > 0, nil
}

// groupToldAt returns when a channel was last told of a group; the zero time: never.
func groupToldAt(ctx context.Context, q sqldb.Querier, channel, group string) (time.Time, error) {
	var ms int64
	err := q.QueryRow(ctx, "SELECT COALESCE(MAX(told_at), 0) FROM alert_groups WHERE channel = $1 AND group_key = $2", channel, group).Scan(&ms)
	if err != nil {
		return time.Time{}, fmt.Errorf("load group %s of channel %s: %w", group, channel, err)
	}
	return sqldb.FromMillis(ms), nil
}

// release lets go what was held back of the incident on the channel for longer than the delivery is,
// when that goes out at once, or is so severe that no quiet hours hide it: they are told together.
func (d *delivery) release(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	if d.incidentID == "" || !d.droppedAt.IsZero() || d.nextAt.After(now) && d.payload.Severity < urgent {
		return nil
	}
	// It leaves its group: that of the quiet hours goes on waiting for their end.
	_, err := tx.Exec(ctx, `UPDATE deliveries SET next_at = $1, held = $2, group_key = $3 WHERE incident_id = $4 AND channel = $5 AND step = 0 AND attempts = 0
		AND next_at > $1 AND `+waiting, sqldb.Millis(d.nextAt), d.held, d.groupKey, d.incidentID, d.channel)
	if err != nil {
		return fmt.Errorf("release what channel %s waits for: %w", d.channel, err)
	}
	return nil
}

// enqueueSteps puts steps of escalations into the outbox. One that stands there already, and waits for
// longer, is brought forward: it was counted from the end of quiet hours that do not hide the incident
// any more, or another route has it, too.
func enqueueSteps(ctx context.Context, tx *sqldb.Tx, steps []delivery, now time.Time) error {
	fresh, err := enqueue(ctx, tx, steps, now)
	if err != nil {
		return err
	}
	for i := range steps {
		if fresh[i] {
			continue
		}
		_, err := tx.Exec(ctx, "UPDATE deliveries SET next_at = $1 WHERE dedupe_key = $2 AND attempts = 0 AND next_at > $1 AND "+waiting,
			sqldb.Millis(steps[i].nextAt), steps[i].key)
		if err != nil {
			return fmt.Errorf("bring delivery %s forward: %w", steps[i].key, err)
		}
	}
	return nil
}

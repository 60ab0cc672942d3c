package crm

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/stream"
	"github.com/oklog/ulid/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// tellOthers puts what was changed into the outbox of the topic, and into that of every webhook that
// asks for it. ids are those of the entries in the audit log.
func tellOthers(ctx context.Context, tx *sqldb.Tx, c *Change, changes []changedRecord, ids []string) error {
	messages := make([]Message, len(changes))
	for i := range changes {
		messages[i] = changes[i].message(c, ids[i])
	}
	if err := addVersions(ctx, tx, messages); err != nil {
		return err
	}
	if err := enqueue(ctx, tx, messages); err != nil {
		return err
	}
	return callWebhooks(ctx, tx, messages)
}

// addVersions fills in the versions that the changes do not say.
func addVersions(ctx context.Context, q sqldb.Querier, messages []Message) error {
	missing := make(map[string][]string)
	for i := range messages {
		m := &messages[i]
		if r := realms[m.Type]; m.Version == 0 && r.table != "" && !r.part {
			missing[m.Type] = append(missing[m.Type], m.RecordID)
		}
	}
	for kind, ids := range missing {
		versions := make(map[string]int64, len(ids))
		for part := range chunks(ids) {
			err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
				var id string
				var version int64
				err := rows.Scan(&id, &version)
				versions[id] = version
				return err
			}, "SELECT id, version FROM "+realms[kind].table+" WHERE "+sqldb.In("id", 1, len(part)), sqldb.Anys(part)...)
			if err != nil {
				return fmt.Errorf("load versions of %ss: %w", kind, err)
			}
		}
		for i := range messages {
			if m := &messages[i]; m.Type == kind && m.Version == 0 {
				m.Version = versions[m.RecordID]
			}
		}
	}
	return nil
}

// An outboxRow is a message on its way to the topic.
type outboxRow struct {
	position, key, message string
	at                     time.Time
}

func enqueue(ctx context.Context, tx *sqldb.Tx, messages []Message) error {
	rows := make([]outboxRow, len(messages))
	for i := range messages {
		text, err := json.Marshal(&messages[i])
		if err != nil {
			return fmt.Errorf("tell of %s %s: %w", messages[i].Type, messages[i].RecordID, err)
		}
		rows[i] = outboxRow{key: messages[i].key(), message: string(text), at: messages[i].At}
	}
	return putOut(ctx, tx, rows)
}

// putOut gives rows their positions and saves them. A position is greater than all that wait of the
// same record, whatever the clocks of the processes say: who changes a record waits for who changed
// it before, and sees what that one put here.
func putOut(ctx context.Context, tx *sqldb.Tx, rows []outboxRow) error {
	var keys []string
	for i := range rows {
		keys = append(keys, rows[i].key)
	}
	last := make(map[string]string)
	for part := range chunks(keys) {
		err := sqldb.EachRow(ctx, tx, func(found *sql.Rows) error {
			var key, position string
			err := found.Scan(&key, &position)
			last[key] = position
			return err
		}, "SELECT record_key, max(position) FROM crm_outbox WHERE "+sqldb.In("record_key", 1, len(part))+" GROUP BY record_key", sqldb.Anys(part)...)
		if err != nil {
			return fmt.Errorf("load the outbox: %w", err)
		}
	}
	values := make([][]any, len(rows))
	for i := range rows {
		r := &rows[i]
		if r.position = NewID(r.at); r.position <= last[r.key] {
			r.position = NewID(later(last[r.key]))
		}
		last[r.key] = r.position
		values[i] = []any{r.position, r.key, r.message, sqldb.Millis(r.at)}
	}
	_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "crm_outbox", Key: []string{"position"}, Columns: []string{"position", "record_key", "message", "at"}}, values)
	return err
}

// later is the first time whose ids are all greater than one.
func later(id string) time.Time {
	u, err := ulid.ParseStrict(id)
	if err != nil {
		return time.Time{} // no id of ours
	}
	return ulid.Time(u.Time()).Add(time.Millisecond)
}

// TellErased tells that everything about records was erased, and after that leaves a tombstone: what
// keeps the topic by its keys forgets them.
func TellErased(ctx context.Context, tx *sqldb.Tx, kind string, ids []string, by string, now time.Time) error {
	var messages []Message
	var graves []outboxRow
	for _, id := range ids {
		m := Message{V: 1, ID: NewID(now), Type: kind, Action: "erase", RecordID: id, At: now.UTC().Truncate(time.Millisecond), By: by, Fields: []string{}}
		m.Event = m.ID
		messages = append(messages, m)
		graves = append(graves, outboxRow{key: m.key(), at: now})
	}
	if err := enqueue(ctx, tx, messages); err != nil {
		return err
	}
	if err := putOut(ctx, tx, graves); err != nil {
		return err
	}
	return callWebhooks(ctx, tx, messages)
}

// An Outbox takes what was changed to the topic of the CRM, in the order of each record, at least
// once: a row goes after the log has acknowledged it. While the log is out of reach, all waits.
type Outbox struct {
	DB    *sqldb.DB
	Write func(ctx context.Context, messages []stream.Message) error
	// Lease keeps two processes from sending at once, which could repeat older changes after newer ones.
	Lease   func(ctx context.Context, name string, ttl time.Duration) (bool, error)
	Now     func() time.Time
	Metrics *OutboxMetrics
	Logger  *slog.Logger
}

const (
	outboxEvery  = 250 * time.Millisecond
	outboxBatch  = 500              // at most so many of one partition are written as one, so that their order holds when a part fails
	outboxWithin = 20 * time.Second // for one batch; then it is tried again
)

// OutboxMetrics are what an Outbox measures.
type OutboxMetrics struct {
	waiting, oldest prometheus.Gauge
	sent, failures  prometheus.Counter
}

// NewOutboxMetrics registers the metrics.
func NewOutboxMetrics(r prometheus.Registerer) *OutboxMetrics {
	f := promauto.With(r)
	return &OutboxMetrics{
		waiting:  f.NewGauge(prometheus.GaugeOpts{Name: "groundswell_crm_outbox_messages", Help: "Changes of records that wait to be written to the topic of the CRM."}),
		oldest:   f.NewGauge(prometheus.GaugeOpts{Name: "groundswell_crm_outbox_oldest_seconds", Help: "Age of the oldest change that waits; 0 when none does."}),
		sent:     f.NewCounter(prometheus.CounterOpts{Name: "groundswell_crm_outbox_sent_total", Help: "Messages that the topic of the CRM has acknowledged."}),
		failures: f.NewCounter(prometheus.CounterOpts{Name: "groundswell_crm_outbox_failures_total", Help: "Batches that the log did not take, and that are tried again."}),
	}
}

// Run sends until ctx ends.
func (o *Outbox) Run(ctx context.Context) error {
	tick := time.NewTicker(outboxEvery)
	defer tick.Stop()
	for {
		if err := o.round(ctx); err != nil && ctx.Err() == nil {
			o.Metrics.failures.Inc()
			o.Logger.Warn("changes of records wait for the log", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// round measures what waits and sends all of it.
func (o *Outbox) round(ctx context.Context) error {
	for {
		if err := o.measure(ctx); err != nil {
			return err
		}
		if held, err := o.Lease(ctx, "crm-outbox", 2*outboxWithin); err == nil && !held {
			return nil // another process does
		}
		if n, err := o.Deliver(ctx); err != nil || n < outboxBatch {
			return err
		}
	}
}

func (o *Outbox) measure(ctx context.Context) error {
	var n, oldest int64
	if err := o.DB.QueryRow(ctx, "SELECT count(*), COALESCE(min(at), 0) FROM crm_outbox").Scan(&n, &oldest); err != nil {
		return fmt.Errorf("measure the outbox: %w", err)
	}
	age := time.Duration(0)
	if n > 0 {
		age = max(0, o.Now().Sub(sqldb.FromMillis(oldest)))
	}
	o.Metrics.waiting.Set(float64(n))
	o.Metrics.oldest.Set(age.Seconds())
	return nil
}

// Deliver sends one batch and returns how many messages it had.
func (o *Outbox) Deliver(ctx context.Context) (int, error) {
	var messages []stream.Message
	var positions []string
	err := sqldb.EachRow(ctx, o.DB, func(rows *sql.Rows) error {
		var position, key, message string
		err := rows.Scan(&position, &key, &message)
		m := stream.Message{Key: []byte(key)}
		if message != "" {
			m.Value = []byte(message)
		}
		messages, positions = append(messages, m), append(positions, position)
		return err
	}, "SELECT position, record_key, message FROM crm_outbox ORDER BY position LIMIT $1", outboxBatch)
	if err != nil {
		return 0, fmt.Errorf("load the outbox: %w", err)
	}
	if len(messages) == 0 {
		return 0, nil
	}
	limited, cancel := context.WithTimeout(ctx, outboxWithin)
	defer cancel()
	if err := o.Write(limited, messages); err != nil {
		return 0, err
	}
	o.Metrics.sent.Add(float64(len(messages)))
	// What the log has is noted even when the process is ending; where that fails, it is sent again.
	note, done := context.WithTimeout(context.WithoutCancel(ctx), outboxWithin/4)
	defer done()
	err = o.DB.Update(note, func(tx *sqldb.Tx) error {
		for part := range chunks(positions) {
			if _, err := tx.Exec(note, "DELETE FROM crm_outbox WHERE "+sqldb.In("position", 1, len(part)), sqldb.Anys(part)...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, errors.Join(errors.New("empty the outbox: what was sent will be sent again"), err)
	}
	return len(messages), nil
}

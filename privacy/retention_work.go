package privacy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/stream"
)

// DeadLetters are the topic of what could not be decoded; *stream.Log has it.
type DeadLetters interface {
	Topics() stream.Topics
	Keep(ctx context.Context, topic string, d time.Duration) error
	Scan(ctx context.Context, topic string, yield func(stream.Message) error) error
}

// A Retention makes an end of what is too old.
type Retention struct {
	DB       *sqldb.DB
	Dead     DeadLetters // nil: the topic is left as it is
	Defaults Defaults
	Clock
	Removed func(kind string, n int64) // is told of what went; may be nil
}

// ByRetention is in whose name the rounds of each day are made.
const ByRetention = "retention"

// Work does the rounds that wait, and makes one a day where somebody has set a rule.
func (r *Retention) Work(ctx context.Context) error {
	for ctx.Err() == nil {
		run, ok, err := r.claim(ctx)
		if err != nil {
			return err
		}
		if !ok {
			if due, err := r.beginDaily(ctx); err != nil || !due {
				return err
			}
			continue
		}
		if err := r.Do(ctx, &run); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (r *Retention) claim(ctx context.Context) (run Run, ok bool, err error) {
	stale := sqldb.Millis(r.Alive().Add(-silence))
	run, err = scanRun(r.DB.QueryRow(ctx, "SELECT "+runColumns+" FROM retention_runs WHERE state <> 'done' AND seen_at < $1 ORDER BY id LIMIT 1", stale))
	if errors.Is(err, sql.ErrNoRows) {
		return run, false, nil
	}
	if err != nil {
		return run, false, fmt.Errorf("load rounds of retention: %w", err)
	}
	err = r.DB.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE retention_runs SET seen_at = $1 WHERE id = $2 AND state <> 'done' AND seen_at < $3", sqldb.Millis(r.Alive()), run.ID, stale)
		ok = n == 1
		return err
	})
	return run, ok, err
}

// beginDaily makes the round of the day, where a rule is set and none was made for a day.
func (r *Retention) beginDaily(ctx context.Context) (due bool, err error) {
	now := r.Now()
	var rules, recent int64
	err = r.DB.QueryRow(ctx, "SELECT (SELECT count(*) FROM retention_rules), (SELECT count(*) FROM retention_runs WHERE applies AND requested_at > $1)",
		sqldb.Millis(now.Add(-day))).Scan(&rules, &recent)
	if err != nil {
		return false, fmt.Errorf("load rounds of retention: %w", err)
	}
	if rules == 0 || recent > 0 {
		return false, nil
	}
	return true, r.DB.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := Begin(ctx, tx, NewRun{Applies: true, Defaults: r.Defaults}, crm.Change{By: ByRetention, At: now, Access: crm.System()})
		return err
	})
}

// Do does a round, some records in each transaction with the note of how far it is: who takes over
// after a crash goes on there.
func (r *Retention) Do(ctx context.Context, run *Run) error {
	err := r.do(ctx, run)
	if err == nil || ctx.Err() != nil {
		return err
	}
	var stopped *crm.Invalid
	if errors.As(err, &stopped) { // it would be refused again
		return r.finish(ctx, run, stopped.Error())
	}
	problem := "the database or the log refused: see the log of the process"
	if errors.Is(err, sqldb.ErrFull) {
		problem = "the disk that holds the database is full"
	}
	return errors.Join(err, r.DB.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE retention_runs SET problem = $1 WHERE id = $2", problem, run.ID)
		return err
	}))
}

func (r *Retention) do(ctx context.Context, run *Run) error {
	if len(run.Expected) == 0 {
		if err := r.expect(ctx, run); err != nil {
			return err
		}
	}
	for run.Applies && run.stage < int64(len(keepings)) {
		if err := r.stage(ctx, run, &keepings[run.stage]); err != nil {
			return err
		}
	}
	if before, set := run.before[KeptDeadLetters]; run.Applies && set && r.Dead != nil {
		if err := r.Dead.Keep(ctx, r.Dead.Topics().Dead, run.RequestedAt.Sub(sqldb.FromMillis(before))); err != nil {
			return err
		}
		run.Removed[KeptDeadLetters] = run.Expected[KeptDeadLetters]
	}
	return r.finish(ctx, run, "")
}

// finish ends a round; problem says why it did not come to its end.
func (r *Retention) finish(ctx context.Context, run *Run, problem string) error {
	run.Done, run.FinishedAt, run.Problem = true, r.Now(), problem
	return r.DB.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE retention_runs SET state = 'done', problem = $1, removed = $2, finished_at = $3 WHERE id = $4", problem, text(run.Removed), sqldb.Millis(run.FinishedAt), run.ID)
		return err
	})
}

// expect counts what is too old, type by type.
func (r *Retention) expect(ctx context.Context, run *Run) error {
	counts := make(map[string]int64)
	for i := range keepings {
		k := &keepings[i]
		if before, set := run.before[k.name]; set {
			n, err := k.count(ctx, r.DB, sqldb.FromMillis(before))
			if err != nil {
				return err
			}
			counts[k.name] = n
		}
	}
	if before, set := run.before[KeptDeadLetters]; set && r.Dead != nil {
		counts[KeptDeadLetters] = 0
		err := r.Dead.Scan(ctx, r.Dead.Topics().Dead, func(m stream.Message) error {
			if m.Time.UnixMilli() < before && len(m.Value) > 0 {
				counts[KeptDeadLetters]++
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	run.Expected = counts
	return r.DB.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE retention_runs SET expected = $1, seen_at = $2 WHERE id = $3", text(counts), sqldb.Millis(r.Alive()), run.ID)
		return err
	})
}

// stage makes an end of all records of a type that are too old.
func (r *Retention) stage(ctx context.Context, run *Run, k *keeping) error {
	before, set := run.before[k.name]
	for {
		next := *run
		var ids []string
		var n int64
		var more bool
		var err error
		if set {
			if ids, err = k.pick(ctx, r.DB, sqldb.FromMillis(before), run.cursor); err != nil {
				return err
			}
		}
		err = r.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
			next, n, more = *run, 0, false
			if err = crm.StillActive(ctx, tx, run.RequestedBy); err != nil {
				return err
			}
			if set {
				if n, next.cursor, more, err = k.step(ctx, tx, step{sqldb.FromMillis(before), ids, run.cursor}, r.Now()); err != nil {
					return err
				}
			}
			next.Removed = maps.Clone(run.Removed)
			if n > 0 {
				next.Removed[k.name] += n
			}
			if !more {
				next.stage, next.cursor = run.stage+1, ""
			}
			_, err = tx.Exec(ctx, "UPDATE retention_runs SET stage = $1, cursor = $2, removed = $3, seen_at = $4, problem = '' WHERE id = $5",
				next.stage, next.cursor, text(next.Removed), sqldb.Millis(r.Alive()), run.ID)
			return err
		})
		if err != nil {
			return err
		}
		*run = next
		if n > 0 && r.Removed != nil {
			r.Removed(k.name, n)
		}
		if !more {
			return nil
		}
	}
}

package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A MatchJob is work on all links or contacts at once. A person asks for it, and a process that has
// the index does it, whichever that is.
type MatchJob struct {
	ID          string
	Kind        string
	State       string
	Progress    float64 // 0…1
	Result      string  // in words; why, where it failed
	RequestedBy string
	RequestedAt time.Time
}

// Kinds and states of jobs.
const (
	JobRefit      = "refit"      // learn the model's weights and its calibration anew
	JobDuplicates = "duplicates" // search for contacts that may be one person

	JobRequested = "requested"
	JobRunning   = "running"
	JobDone      = "done"
	JobFailed    = "failed"
)

// jobSilence is after how long a job whose process is not heard any more is taken over.
const jobSilence = 2 * time.Minute

// RequestJob asks for a job. One of a kind at a time: another one that waits or runs is ErrConflict.
func RequestJob(ctx context.Context, tx *sqldb.Tx, kind string, ch Change) (MatchJob, error) {
	if err := ch.check(); err != nil {
		return MatchJob{}, err
	}
	if kind != JobRefit && kind != JobDuplicates {
		return MatchJob{}, invalid("kind", "%q is not one of refit, duplicates", kind)
	}
	j := MatchJob{ID: NewID(ch.At), Kind: kind, State: JobRequested, RequestedBy: ch.By, RequestedAt: ch.At}
	_, err := tx.Exec(ctx, `INSERT INTO match_jobs (id, kind, state, progress, result, requested_by, requested_at, seen_at)
		VALUES ($1, $2, $3, 0, '', $4, $5, 0)`, j.ID, j.Kind, j.State, j.RequestedBy, sqldb.Millis(j.RequestedAt))
	if errors.Is(err, sqldb.ErrConflict) {
		return MatchJob{}, fmt.Errorf("request %s: one waits or runs already: %w", kind, ErrConflict)
	}
	if err != nil {
		return MatchJob{}, fmt.Errorf("request %s: %w", kind, err)
	}
	return j, nil
}

const jobColumns = "id, kind, state, progress, result, requested_by, requested_at"

// MatchJobs are the last jobs, the newest first.
func MatchJobs(ctx context.Context, q sqldb.Querier) ([]MatchJob, error) {
	rows, err := q.Query(ctx, "SELECT "+jobColumns+" FROM match_jobs ORDER BY id DESC LIMIT 20")
	if err != nil {
		return nil, fmt.Errorf("load jobs: %w", err)
	}
	defer rows.Close()
	var jobs []MatchJob
	for rows.Next() {
		j, err := scanJob(rows)
		if err != nil {
			return nil, fmt.Errorf("load jobs: %w", err)
		}
		jobs = append(jobs, j)
	}
	return jobs, rows.Err()
}

func scanJob(row interface{ Scan(...any) error }) (j MatchJob, err error) {
	var at int64
	err = row.Scan(&j.ID, &j.Kind, &j.State, &j.Progress, &j.Result, &j.RequestedBy, &at)
	j.RequestedAt = sqldb.FromMillis(at)
	return j, err
}

// ClaimJob takes a job that waits, or whose process was not heard for long; ok is false when there
// is none. alive is the world's clock.
func ClaimJob(ctx context.Context, db *sqldb.DB, alive time.Time) (j MatchJob, ok bool, err error) {
	const waiting = "(state = 'requested' OR state = 'running' AND seen_at < $1)"
	stale := sqldb.Millis(alive.Add(-jobSilence))
	j, err = scanJob(db.QueryRow(ctx, "SELECT "+jobColumns+" FROM match_jobs WHERE "+waiting+" ORDER BY id LIMIT 1", stale))
	if errors.Is(err, sql.ErrNoRows) {
		return MatchJob{}, false, nil
	}
	if err != nil {
		return MatchJob{}, false, fmt.Errorf("load jobs: %w", err)
	}
	err = db.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE match_jobs SET state = 'running', seen_at = $2 WHERE id = $3 AND "+waiting, stale, sqldb.Millis(alive), j.ID)
		ok = n == 1
		return err
	})
	j.State = JobRunning
	return j, ok, err
}

// ReportJob tells how far a job is; one that is told nothing of for long is taken over. It refuses to go
// on for who was disabled since they asked for it.
func ReportJob(ctx context.Context, db *sqldb.DB, id string, progress float64, alive time.Time) error {
	return db.Update(ctx, func(tx *sqldb.Tx) error {
		by, err := sqldb.Strings(ctx, tx, "SELECT requested_by FROM match_jobs WHERE id = $1", id)
		if err != nil || len(by) == 0 {
			return err
		}
		if err := StillActive(ctx, tx, by[0]); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE match_jobs SET progress = $1, seen_at = $2 WHERE id = $3 AND state = 'running'", progress, sqldb.Millis(alive), id)
		return err
	})
}

// FinishJob ends a job with what came of it.
func FinishJob(ctx context.Context, tx *sqldb.Tx, id, state, result string) error {
	if _, err := tx.Exec(ctx, "UPDATE match_jobs SET state = $1, result = $2, progress = CASE WHEN $1 = 'done' THEN 1 ELSE progress END WHERE id = $3", state, cut(result, maxReason), id); err != nil {
		return fmt.Errorf("finish job %s: %w", id, err)
	}
	return nil
}

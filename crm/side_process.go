package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A SideProcess is a process that an opportunity goes through beside its main one, such as the
// approval of a quote inside Propose. A gate may demand that it has run to its end.
type SideProcess struct {
	ProcessID  string    `json:"process_id"`
	Process    int64     `json:"process_version"`
	Stage      string    `json:"stage"`
	Version    int64     `json:"version"`
	StartedAt  time.Time `json:"started_at"`
	FinishedAt time.Time `json:"finished_at,omitzero"` // zero: it runs
}

// SideProcesses lists the side processes of an opportunity, the first started first.
func SideProcesses(ctx context.Context, q sqldb.Querier, opportunityID string) ([]SideProcess, error) {
	rows, err := q.Query(ctx, `SELECT process_id, process_version, stage, version, started_at, finished_at FROM side_processes
		WHERE opportunity_id = $1 ORDER BY started_at, process_id`, opportunityID)
	if err != nil {
		return nil, fmt.Errorf("load side processes of opportunity %s: %w", opportunityID, err)
	}
	defer rows.Close()
	var all []SideProcess
	for rows.Next() {
		var s SideProcess
		if err := rows.Scan(&s.ProcessID, &s.Process, &s.Stage, &s.Version, atColumn{&s.StartedAt}, atColumn{&s.FinishedAt}); err != nil {
			return nil, fmt.Errorf("load side processes of opportunity %s: %w", opportunityID, err)
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

func sideByID(ctx context.Context, q sqldb.Querier, opportunityID, processID string) (s SideProcess, err error) {
	s.ProcessID = processID
	err = q.QueryRow(ctx, `SELECT process_version, stage, version, started_at, finished_at FROM side_processes WHERE opportunity_id = $1 AND process_id = $2`,
		opportunityID, processID).Scan(&s.Process, &s.Stage, &s.Version, atColumn{&s.StartedAt}, atColumn{&s.FinishedAt})
	if errors.Is(err, sql.ErrNoRows) {
		return s, invalid("process_id", "process %q does not run beside this opportunity: start it", processID)
	}
	return s, err
}

// StartSide starts a process beside the main one, in the version in force. One that has run to its
// end starts anew.
func StartSide(ctx context.Context, tx *sqldb.Tx, ch Change, opportunityID, processID string) (SideProcess, error) {
	o, err := opportunities.forChange(ctx, tx, ch, opportunityID, 0)
	if err != nil {
		return SideProcess{}, err
	}
	p, err := ProcessByID(ctx, tx, processID, 0)
	if errors.Is(err, ErrNotFound) || processID == o.ProcessID {
		return SideProcess{}, invalid("process_id", "%q is no process that can run beside %q", processID, o.ProcessID)
	}
	if err != nil {
		return SideProcess{}, err
	}
	return startSide(ctx, tx, ch, &o, p, false)
}

// startSide starts a process beside an opportunity. again starts one anew that runs already.
func startSide(ctx context.Context, tx *sqldb.Tx, ch Change, o *Opportunity, p *Process, again bool) (SideProcess, error) {
	s := SideProcess{ProcessID: p.ID, Process: p.Version, Stage: p.Stages[0].Name, Version: 1, StartedAt: ch.At}
	n, err := tx.Exec(ctx, `INSERT INTO side_processes (opportunity_id, process_id, process_version, stage, version, started_at, finished_at)
		VALUES ($1, $2, $3, $4, 1, $5, 0) ON CONFLICT (opportunity_id, process_id) DO UPDATE SET process_version = excluded.process_version,
		stage = excluded.stage, version = side_processes.version + 1, started_at = excluded.started_at, finished_at = 0 WHERE side_processes.finished_at > 0 OR $6`,
		o.ID, p.ID, p.Version, s.Stage, sqldb.Millis(ch.At), again)
	if err != nil {
		return SideProcess{}, fmt.Errorf("start process %s beside opportunity %s: %w", p.ID, o.ID, err)
	}
	if n == 0 {
		return SideProcess{}, invalid("process_id", "it runs already")
	}
	if err := enterStage(ctx, tx, ch, p, &p.Stages[0], o); err != nil {
		return SideProcess{}, err
	}
	return s, record(ctx, tx, ch, changedRecord{action: "start-process", kind: RecordOpportunity, id: o.ID, after: s})
}

// AdvanceSide leads a side process to its next stage, or to its end after the last one. The opportunity
// is in its next version then, for its processes are shown with it.
func AdvanceSide(ctx context.Context, tx *sqldb.Tx, ch Change, opportunityID, processID string) (SideProcess, error) {
	o, err := opportunities.forChange(ctx, tx, ch, opportunityID, 0)
	if err != nil {
		return SideProcess{}, err
	}
	s, err := sideByID(ctx, tx, opportunityID, processID)
	if err != nil {
		return SideProcess{}, err
	}
	p, err := ProcessByID(ctx, tx, s.ProcessID, s.Process)
	if err != nil {
		return SideProcess{}, err
	}
	before, at := s, p.Stage(s.Stage)
	if at == nil || !s.FinishedAt.IsZero() {
		return SideProcess{}, invalid("process_id", "it has run to its end: start it anew")
	}
	seen := o
	seen.Stage = s.Stage
	f, err := factsOf(ctx, tx, &seen, p.ID, ch.At)
	if err != nil {
		return SideProcess{}, err
	}
	f.Opportunity = o
	if missing := at.Missing(f); len(missing) > 0 {
		return SideProcess{}, &GateClosed{Stage: at.Name, Missing: missing}
	}
	next, action := p.Next(at, f), "advance-process"
	s.Version++
	if next == nil {
		s.FinishedAt, action = ch.At, "end-process"
	} else {
		s.Stage = next.Name
	}
	n, err := tx.Exec(ctx, "UPDATE side_processes SET stage = $1, version = $2, finished_at = $3 WHERE opportunity_id = $4 AND process_id = $5 AND version = $6",
		s.Stage, s.Version, sqldb.Millis(s.FinishedAt), o.ID, p.ID, before.Version)
	if err != nil {
		return SideProcess{}, fmt.Errorf("advance process %s of opportunity %s: %w", p.ID, o.ID, err)
	}
	if n == 0 {
		return SideProcess{}, fmt.Errorf("advance process %s of opportunity %s: %w", p.ID, o.ID, ErrConflict)
	}
	if err := moveOn(ctx, tx, ch, RecordOpportunity, o.ID); err != nil {
		return SideProcess{}, err
	}
	if next != nil {
		if err := enterStage(ctx, tx, ch, p, next, &o); err != nil {
			return SideProcess{}, err
		}
	}
	return s, record(ctx, tx, ch, changedRecord{action: action, kind: RecordOpportunity, id: o.ID, before: before, after: s})
}

// followClose starts the processes that follow an opportunity that was just won or lost.
func followClose(ctx context.Context, tx *sqldb.Tx, ch Change, o *Opportunity) error {
	all, err := Processes(ctx, tx)
	if err != nil {
		return err
	}
	f, err := factsOf(ctx, tx, o, o.ProcessID, ch.At)
	if err != nil {
		return err
	}
	for _, p := range all {
		if !p.Enabled || p.StartOn != o.State {
			continue
		}
		runs, err := sideByID(ctx, tx, o.ID, p.ID)
		if !holds(p.When, f) || err == nil && runs.FinishedAt.IsZero() {
			continue // it was closed before, and reopened
		}
		if _, err := StartSide(ctx, tx, ch, o.ID, p.ID); err != nil {
			return err
		}
	}
	return nil
}

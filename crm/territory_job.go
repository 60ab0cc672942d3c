package crm

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A TerritoryJob goes through all records: it assigns them anew after a territory or a dimension was
// changed, or says what a draft would change. Each batch is one transaction that keeps the place, so
// whatever process goes on loses nothing and does nothing twice.
type TerritoryJob struct {
	ID          string    `json:"id"`
	Kind        string    `json:"kind"`     // assign, preview
	DraftID     string    `json:"draft_id"` // of a preview
	State       string    `json:"state"`    // running, done, failed, superseded
	Done        int64     `json:"done"`     // records
	Total       int64     `json:"total"`    // as counted when it began
	Moves       Moves     `json:"moves"`
	Problem     string    `json:"problem"` // why it failed
	RequestedBy string    `json:"requested_by"`
	RequestedAt time.Time `json:"requested_at"`

	recordType, cursor string
	load               territoryLoad
}

// Kinds of jobs, and a state that match jobs do not have.
const (
	JobAssign     = "assign"
	JobPreview    = "preview"
	JobSuperseded = "superseded" // another one began from the start
)

// Moves count what a change does: records that get another primary territory, and those whose other
// owners change.
type Moves struct {
	Primary map[string]int64 `json:"primary"` // by type of record
	Owners  map[string]int64 `json:"owners"`
	Ways    []Way            `json:"ways"` // the most travelled first
}

// A Way is a way that records take.
type Way struct {
	From    string        `json:"from"` // a territory's id; empty: the queue
	To      string        `json:"to"`
	Records int64         `json:"records"`
	Samples []MovedRecord `json:"samples"`
}

// A MovedRecord is an example of a record that moves, with the reasons before and after.
type MovedRecord struct {
	RecordType string `json:"record_type"`
	RecordID   string `json:"record_id"`
	Name       string `json:"name"`
	Was        string `json:"was"`
	Becomes    string `json:"becomes"`
}

const (
	territoryBatch = 500
	maxWays        = 500
	waySamples     = 5
)

// add counts a record in.
func (m *Moves) add(kind string, s *settlement) {
	from, to := primaryOf(s.before), primaryOf(s.after)
	if from == to {
		same := func(a, b Assignment) bool { return a.TerritoryID == b.TerritoryID }
		if !slices.EqualFunc(s.before, s.after, same) {
			m.Owners[kind]++
		}
		return
	}
	m.Primary[kind]++
	i := slices.IndexFunc(m.Ways, func(r Way) bool { return r.From == from && r.To == to })
	if i < 0 {
		if len(m.Ways) == maxWays {
			return
		}
		i, m.Ways = len(m.Ways), append(m.Ways, Way{From: from, To: to, Samples: []MovedRecord{}})
	}
	r := &m.Ways[i]
	r.Records++
	if len(r.Samples) < waySamples {
		sample := MovedRecord{RecordType: kind, RecordID: s.id, Name: s.name, Was: "in the queue", Becomes: "in the queue: " + s.nearest}
		if from != "" {
			sample.Was = s.before[0].Reason
		}
		if to != "" {
			sample.Becomes = s.after[0].Reason
		}
		r.Samples = append(r.Samples, sample)
	}
}

// showTo leaves out the examples that somebody may not see, those that are gone, and of the others what
// is hidden from them; what is counted counts all records.
func (j *TerritoryJob) showTo(ctx context.Context, q sqldb.Querier, a *Access) error {
	ids := make(map[string][]string)
	for _, w := range j.Moves.Ways {
		for _, s := range w.Samples {
			ids[s.RecordType] = append(ids[s.RecordType], s.RecordID)
		}
	}
	seen := make(map[string]map[string]bool, len(ids))
	for kind, of := range ids {
		var err error
		if seen[kind], err = seenOf(ctx, q, a, kind, of); err != nil {
			return err
		}
	}
	for i := range j.Moves.Ways {
		w := &j.Moves.Ways[i]
		w.Samples = slices.DeleteFunc(w.Samples, func(s MovedRecord) bool { return !seen[s.RecordType][s.RecordID] })
	}
	if !a.Masked() {
		return nil
	}
	return j.hideFrom(ctx, q, a)
}

// hideFrom takes out of the examples what is hidden from somebody.
func (j *TerritoryJob) hideFrom(ctx context.Context, q sqldb.Querier, a *Access) error {
	var shown []QueuedRecord
	for _, w := range j.Moves.Ways {
		for _, s := range w.Samples {
			shown = append(shown, QueuedRecord{RecordType: s.RecordType, RecordID: s.RecordID})
		}
	}
	names, err := recordNames(ctx, q, a, shown)
	if err != nil {
		return err
	}
	untold, err := a.readsHidden(ctx, q)
	for _, w := range j.Moves.Ways {
		for i := range w.Samples {
			s := &w.Samples[i]
			if s.Name = names[s.RecordType+s.RecordID]; untold {
				s.Was, s.Becomes = untoldReason, untoldReason
			}
		}
	}
	return err
}

const territoryJobColumns = "id, kind, draft_id, state, record_type, cursor, done, total, moves, problem, requested_by, requested_at, load"

func scanTerritoryJob(row interface{ Scan(...any) error }) (j TerritoryJob, err error) {
	err = row.Scan(&j.ID, &j.Kind, &j.DraftID, &j.State, &j.recordType, &j.cursor, &j.Done, &j.Total, jsonColumn{&j.Moves}, &j.Problem, &j.RequestedBy, atColumn{&j.RequestedAt}, jsonColumn{&j.load})
	return j, err
}

// requestAssignment asks for all records to be assigned anew. An earlier one that is not done would
// do less than this one: it ends.
func requestAssignment(ctx context.Context, tx *sqldb.Tx, ch Change) error {
	if _, err := tx.Exec(ctx, "UPDATE territory_jobs SET state = $1 WHERE kind = $2 AND state = $3", JobSuperseded, JobAssign, JobRunning); err != nil {
		return fmt.Errorf("request assignment: %w", err)
	}
	_, err := requestTerritoryJob(ctx, tx, ch, JobAssign, "")
	return err
}

func requestTerritoryJob(ctx context.Context, tx *sqldb.Tx, ch Change, kind, draftID string) (TerritoryJob, error) {
	j := TerritoryJob{ID: NewID(ch.At), Kind: kind, DraftID: draftID, State: JobRunning, RequestedBy: ch.By, RequestedAt: ch.At,
		recordType: territoryTypes[0], Moves: Moves{map[string]int64{}, map[string]int64{}, []Way{}}, load: newTerritoryLoad()}
	for _, kind := range territoryTypes {
		var n int64
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM "+recordTables[kind]).Scan(&n); err != nil {
			return TerritoryJob{}, fmt.Errorf("count %s: %w", recordTables[kind], err)
		}
		j.Total += n
	}
	_, err := tx.Exec(ctx, "INSERT INTO territory_jobs ("+territoryJobColumns+", seen_at) VALUES ($1, $2, $3, $4, $5, '', 0, $6, $7, '', $8, $9, $10, 0)",
		j.ID, j.Kind, j.DraftID, j.State, j.recordType, j.Total, auditText(j.Moves), j.RequestedBy, sqldb.Millis(j.RequestedAt), auditText(j.load))
	if err != nil {
		return TerritoryJob{}, fmt.Errorf("request %s of territories: %w", kind, err)
	}
	return j, nil
}

// TerritoryJobByID loads a job.
func TerritoryJobByID(ctx context.Context, q sqldb.Querier, id string) (TerritoryJob, error) {
	return oneTerritoryJob(ctx, q, "WHERE id = $1", id)
}

// LastAssignment is the job that last assigned all records, or does, with examples that somebody may
// see; none: it is ErrNotFound.
func LastAssignment(ctx context.Context, q sqldb.Querier, a *Access) (TerritoryJob, error) {
	j, err := oneTerritoryJob(ctx, q, "WHERE kind = 'assign' ORDER BY id DESC LIMIT 1")
	if err != nil {
		return j, err
	}
	return j, j.showTo(ctx, q, a)
}

func oneTerritoryJob(ctx context.Context, q sqldb.Querier, rest string, args ...any) (TerritoryJob, error) {
	j, err := scanTerritoryJob(q.QueryRow(ctx, "SELECT "+territoryJobColumns+" FROM territory_jobs "+rest, args...))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return j, fmt.Errorf("load job of territories: %w", err)
	}
	return j, nil
}

// WorkTerritories does some batches of a job that waits, or whose process was not heard for long; it
// says whether there was any. now is the time of the records, alive the world's.
func WorkTerritories(ctx context.Context, db *sqldb.DB, now, alive time.Time, batches int) (bool, error) {
	stale := sqldb.Millis(alive.Add(-jobSilence))
	j, err := oneTerritoryJob(ctx, db, "WHERE state = 'running' AND seen_at < $1 ORDER BY id LIMIT 1", stale)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = WorkTerritoryJob(ctx, db, j.ID, now, alive, batches)
	return true, err
}

// WorkTerritoryJob does some batches of one job and returns how far it is. Another process that has
// it is left alone.
func WorkTerritoryJob(ctx context.Context, db *sqldb.DB, id string, now, alive time.Time, batches int) (j TerritoryJob, err error) {
	err = db.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE territory_jobs SET seen_at = $1 WHERE id = $2 AND state = 'running' AND seen_at < $3", sqldb.Millis(alive), id, sqldb.Millis(alive.Add(-jobSilence)))
		if n == 0 {
			batches = 0
		}
		return err
	})
	for ; err == nil && batches > 0; batches-- {
		err = db.Update(ctx, func(tx *sqldb.Tx) error {
			if j, err = oneTerritoryJob(ctx, tx, "WHERE id = $1", id); err != nil || j.State != JobRunning {
				return err
			}
			if j.Kind == JobPreview { // to assign follows from a change that was made: it is not left half done
				if err = StillActive(ctx, tx, j.RequestedBy); err != nil {
					return err
				}
			}
			if err = j.batch(ctx, tx, Change{By: ByRule, At: now, Event: j.ID, Access: System()}); err != nil {
				return err
			}
			return j.keep(ctx, tx, alive)
		})
		if j.State != JobRunning {
			break
		}
	}
	var inv *Invalid
	if errors.As(err, &inv) { // the rules are wrong, not the weather: it would fail again
		err = db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE territory_jobs SET state = 'failed', problem = $1 WHERE id = $2 AND state = 'running'", inv.Error(), id)
			return err
		})
	}
	if err != nil {
		return j, err
	}
	if _, err := dbExec(ctx, db, "UPDATE territory_jobs SET seen_at = 0 WHERE id = $1 AND state = 'running' AND seen_at = $2", id, sqldb.Millis(alive)); err != nil {
		return j, err
	}
	return TerritoryJobByID(ctx, db, id)
}

func dbExec(ctx context.Context, db *sqldb.DB, query string, args ...any) (n int64, err error) {
	err = db.Update(ctx, func(tx *sqldb.Tx) error {
		n, err = tx.Exec(ctx, query, args...)
		return err
	})
	return n, err
}

// batch goes on by one batch of records.
func (j *TerritoryJob) batch(ctx context.Context, tx *sqldb.Tx, ch Change) error {
	p, err := j.plan(ctx, tx)
	if err != nil {
		return err
	}
	ids, err := sqldb.Strings(ctx, tx, "SELECT id FROM "+recordTables[j.recordType]+" WHERE id > $1 ORDER BY id LIMIT $2", j.cursor, territoryBatch)
	if err != nil {
		return fmt.Errorf("load %s: %w", recordTables[j.recordType], err)
	}
	for part := range chunks(ids) {
		all, err := p.settle(ctx, tx, j.recordType, part, &j.load)
		if err != nil {
			return err
		}
		for i := range all {
			j.Moves.add(j.recordType, &all[i])
		}
		if j.Kind == JobAssign {
			j.load.saved()
			if err := saveSettlements(ctx, tx, ch, j.recordType, all); err != nil {
				return err
			}
		}
	}
	j.Done += int64(len(ids))
	if len(ids) > 0 {
		j.cursor = ids[len(ids)-1]
	}
	if len(ids) == territoryBatch {
		return nil
	}
	j.cursor = ""
	if at := slices.Index(territoryTypes, j.recordType) + 1; at < len(territoryTypes) {
		j.recordType = territoryTypes[at]
		return nil
	}
	j.State = JobDone
	slices.SortStableFunc(j.Moves.Ways, func(a, b Way) int { return cmp.Compare(b.Records, a.Records) })
	return nil
}

// plan is what a job judges records by: what is in force, or that with a draft.
func (j *TerritoryJob) plan(ctx context.Context, tx *sqldb.Tx) (*TerritoryPlan, error) {
	if j.Kind == JobPreview {
		d, err := drafts.byID(ctx, tx, System(), j.DraftID, 0)
		if err != nil {
			return nil, err
		}
		return d.plan(ctx, tx)
	}
	p, err := planOf(ctx, tx)
	if p == nil && err == nil {
		p = &TerritoryPlan{} // only dimensions were changed, and nothing has a territory
	}
	return p, err
}

// keep saves how far a job is.
func (j *TerritoryJob) keep(ctx context.Context, tx *sqldb.Tx, alive time.Time) error {
	_, err := tx.Exec(ctx, "UPDATE territory_jobs SET state = $1, record_type = $2, cursor = $3, done = $4, moves = $5, load = $6, seen_at = $7 WHERE id = $8 AND state = 'running'",
		j.State, j.recordType, j.cursor, j.Done, auditText(j.Moves), auditText(j.load), sqldb.Millis(alive), j.ID)
	if err != nil {
		return fmt.Errorf("go on with job %s of territories: %w", j.ID, err)
	}
	return nil
}

package crm

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

const (
	mostClosed   = 4000 // the newest closed opportunities; older ones tell of another time
	relearnEvery = 24 * time.Hour
)

// An oddsReader makes snapshots of opportunities.
type oddsReader struct {
	processes map[string]*Process // by id and version
}

func (r *oddsReader) process(ctx context.Context, q sqldb.Querier, id string, version int64) (*Process, error) {
	key := fmt.Sprint(id, " ", version)
	if p := r.processes[key]; p != nil {
		return p, nil
	}
	p, err := ProcessByID(ctx, q, id, version)
	if err == nil {
		r.processes[key] = p
	}
	return p, err
}

// history is what of an opportunity changes with time.
type history struct {
	visits []StageVisit
	done   []time.Time // its activities
	lead   *Lead
}

func historiesOf(ctx context.Context, q sqldb.Querier, list []Opportunity) (map[string]*history, error) {
	all, leadIDs, ids := make(map[string]*history), make([]string, len(list)), make([]string, len(list))
	for i := range list {
		ids[i], leadIDs[i] = list[i].ID, list[i].LeadID
		all[list[i].ID] = &history{}
	}
	from, err := leadsByID(ctx, q, leadIDs)
	if err != nil {
		return nil, err
	}
	for i := range list {
		all[list[i].ID].lead = from[list[i].LeadID]
	}
	for part := range chunks(ids) {
		err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
			var id string
			var v StageVisit
			err := rows.Scan(&id, &v.ProcessID, &v.Stage, atColumn{&v.EnteredAt}, atColumn{&v.LeftAt})
			if err == nil {
				all[id].visits = append(all[id].visits, v)
			}
			return err
		}, "SELECT opportunity_id, process_id, stage, entered_at, left_at FROM stage_visits WHERE "+sqldb.In("opportunity_id", 1, len(part))+" ORDER BY id", sqldb.Anys(part)...)
		if err != nil {
			return nil, fmt.Errorf("load stages: %w", err)
		}
		err = sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
			var id string
			var at time.Time
			err := rows.Scan(&id, atColumn{&at})
			if err == nil {
				all[id].done = append(all[id].done, at)
			}
			return err
		}, "SELECT record_id, done_at FROM activities WHERE done_at > 0 AND "+sqldb.In("record_id", 1, len(part))+" ORDER BY done_at", sqldb.Anys(part)...)
		if err != nil {
			return nil, fmt.Errorf("load activities: %w", err)
		}
	}
	return all, nil
}

// snapshot is an opportunity as it was at a time, in a stay in a stage.
func (h *history) snapshot(o *Opportunity, stage *Stage, entered, now time.Time) Snapshot {
	s := Snapshot{OpportunityID: o.ID, StagePercent: stage.Probability, InStage: max(now.Sub(entered), 0), Open: max(now.Sub(o.CreatedAt), 0),
		Amount: o.Amount.Amount, Won: o.State == StateWon, Share: 1}
	if h.lead != nil {
		s.Source, s.Grade = h.lead.Source, h.lead.Rating.Grade
	}
	s.LastActivity = s.Open
	for _, at := range h.done {
		if !at.After(now) {
			s.Activities++
			s.LastActivity = now.Sub(at)
		}
	}
	return s
}

// past are the snapshots of a closed opportunity: one a stay in an open stage, taken in its middle,
// so that how long a stay was in the end is not known from it.
func (r *oddsReader) past(ctx context.Context, q sqldb.Querier, o *Opportunity, h *history) ([]Snapshot, error) {
	p, err := r.process(ctx, q, o.ProcessID, o.Process)
	if err != nil {
		return nil, err
	}
	var all []Snapshot
	reached, back := 0, 0
	for _, v := range h.visits {
		stage := p.Stage(v.Stage)
		if v.ProcessID != o.ProcessID || stage == nil || stage.Phase != PhaseOpen {
			continue
		}
		left := v.LeftAt
		if left.IsZero() || left.After(o.ClosedAt) {
			left = o.ClosedAt
		}
		if at := p.index(v.Stage); at < reached {
			back++
		} else {
			reached = at
		}
		s := h.snapshot(o, stage, v.EnteredAt, v.EnteredAt.Add(left.Sub(v.EnteredAt)/2))
		s.Back = back
		all = append(all, s)
	}
	for i := range all {
		all[i].Share = 1 / float64(len(all))
	}
	return all, nil
}

// RelearnOdds learns the odds of winning anew from the closed opportunities and saves what came of it.
func RelearnOdds(ctx context.Context, db *sqldb.DB, ch Change) (Learned, error) {
	list, err := opportunities.find(ctx, db, "WHERE state <> 'open' ORDER BY closed_at DESC, id DESC LIMIT $1", mostClosed)
	if err != nil {
		return Learned{}, err
	}
	histories, err := historiesOf(ctx, db, list)
	if err != nil {
		return Learned{}, err
	}
	r := oddsReader{processes: make(map[string]*Process)}
	var all []Snapshot
	for i := range list {
		past, err := r.past(ctx, db, &list[i], histories[list[i].ID])
		if err != nil {
			return Learned{}, err
		}
		all = append(all, past...)
	}
	odds, err := LearnOdds(all)
	if err != nil {
		return Learned{}, err
	}
	l := Learned{Kind: LearnedKindOdds, Examples: int64(odds.Won + odds.Lost), Odds: odds, MadeBy: ch.By}
	err = db.Update(ctx, func(tx *sqldb.Tx) error { return learnedModels.create(ctx, tx, ch, &l) })
	return l, err
}

// CurrentOdds is the newest model of winning; ErrNotFound when nothing was learned yet.
func CurrentOdds(ctx context.Context, q sqldb.Querier) (Learned, error) {
	found, err := learnedModels.find(ctx, q, "WHERE kind = 'odds' AND profile_id = '' ORDER BY id DESC LIMIT 1")
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("load the odds of winning: nothing was learned yet: it takes %d closed opportunities: %w", leastClosed, ErrNotFound)
	}
	if err != nil {
		return Learned{}, err
	}
	return found[0], nil
}

// OddsAreOld says whether opportunities were closed since odds were learned a day ago, or whether
// there are enough to learn from for the first time.
func OddsAreOld(ctx context.Context, q sqldb.Querier, now time.Time) (bool, error) {
	var last, closed int64
	err := q.QueryRow(ctx, "SELECT COALESCE((SELECT max(created_at) FROM learned_models WHERE kind = 'odds'), 0)").Scan(&last)
	if err == nil && now.Sub(sqldb.FromMillis(last)) >= relearnEvery {
		err = q.QueryRow(ctx, "SELECT COUNT(*) FROM opportunities WHERE state <> 'open' AND closed_at > $1", last).Scan(&closed)
	}
	if err != nil {
		return false, fmt.Errorf("load the odds of winning: %w", err)
	}
	return last > 0 && closed > 0 || last == 0 && closed >= leastClosed, nil
}

// EstimateOpportunity says what the past says of an open opportunity; nil when it is closed, for what
// was lost is not scored again, or when nothing was learned yet.
func EstimateOpportunity(ctx context.Context, q sqldb.Querier, o *Opportunity, p *Process, now time.Time) (*Estimate, error) {
	stage := p.Stage(o.Stage)
	if o.State != StateOpen || stage == nil {
		return nil, nil
	}
	found, err := learnedModels.find(ctx, q, "WHERE kind = 'odds' AND profile_id = '' ORDER BY id DESC LIMIT 1")
	if err != nil || len(found) == 0 || len(found[0].Odds.Features) != len(oddsFeatures) {
		return nil, err
	}
	histories, err := historiesOf(ctx, q, []Opportunity{*o})
	if err != nil {
		return nil, err
	}
	h, entered, reached, back := histories[o.ID], o.CreatedAt, 0, 0
	for _, v := range h.visits {
		if v.ProcessID != o.ProcessID {
			continue
		}
		entered = v.EnteredAt
		if at := p.index(v.Stage); at < reached {
			back++
		} else {
			reached = at
		}
	}
	s := h.snapshot(o, stage, entered, now)
	s.Back = back
	e := found[0].Odds.Estimate(&s)
	e.Model, e.MadeAt, e.Closed = found[0].ID, found[0].CreatedAt, found[0].Examples
	return &e, nil
}

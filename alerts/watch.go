package alerts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// Options are what a Watch works with. What it needs of listening and connectors are functions,
// wired where both are known.
type Options struct {
	DB *sqldb.DB
	// Monitors returns the names of the enabled monitors, by id.
	Monitors func(ctx context.Context) (map[string]string, error)
	// Cells returns the cells of monitors in the minutes [from, until), in order.
	Cells func(ctx context.Context, monitorIDs []string, from, until int64) (map[string][]spike.Cell, error)
	// Mentions returns what was said about a monitor in the minutes [from, until), most of it at least.
	Mentions func(ctx context.Context, monitorID string, from, until int64) ([]spike.Mention, error)
	// Blind returns the minutes of [from, until) in which a source could not hear.
	Blind func(ctx context.Context, from, until int64) ([]spike.Span, error)

	Lease    func(ctx context.Context, name string, ttl time.Duration) (bool, error)
	Tell     func(ctx context.Context, incidentID string) // the live feed
	Channels []string                                     // names of those to notify
	BaseURL  string                                       // of the web page, for links in notifications
	Now      func() time.Time
	Metrics  *Metrics
	Logger   *slog.Logger
}

// A Watch asks the detector about every monitor, minute by minute.
type Watch struct {
	Options
	states map[string]*watched // by monitor; nil: to be loaded
}

// watched is a monitor's state, and the minute up to which the database knows it.
type watched struct {
	spike.State
	saved int64
}

// New makes a Watch.
func New(opt Options) *Watch { return &Watch{Options: opt} }

const (
	leaseName = "alerts"
	leaseTTL  = 15 * time.Second
	history   = 30 * 24 * 60 // minutes from which a monitor new to the detector learns
	saveEvery = 15           // minutes after which a quiet monitor's state is saved
	openBack  = 2 * 60       // minutes that a detector which comes late looks back for incidents
	atOnce    = 200          // monitors whose cells are loaded together
)

// Run ticks every second until ctx ends.
func (w *Watch) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if err := w.Tick(ctx); err != nil && ctx.Err() == nil {
			w.Logger.Warn("incidents are judged again in a second", "err", err)
			w.states = nil // what was not saved is judged again from what was
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Tick judges the minutes that have ended since the last one, for all monitors.
func (w *Watch) Tick(ctx context.Context) error {
	held, err := w.Lease(ctx, leaseName, leaseTTL)
	if err != nil {
		return err
	}
	if !held {
		w.states = nil // another process goes on from here
		return nil
	}
	last := spike.Minute(w.Now()) - 1
	monitors, err := w.Monitors(ctx)
	if err != nil {
		return err
	}
	if w.states == nil {
		if w.states, err = loadStates(ctx, w.DB); err != nil {
			return err
		}
	}
	start := time.Now()
	var known, fresh []string
	for _, id := range slices.Sorted(maps.Keys(monitors)) {
		switch s := w.states[id]; {
		case s == nil:
			fresh = append(fresh, id)
		case s.At < last:
			known = append(known, id)
		}
	}
	if len(known)+len(fresh) == 0 {
		return nil
	}
	for id := range w.states {
		if _, ok := monitors[id]; !ok {
			delete(w.states, id)
		}
	}
	if err := w.learn(ctx, fresh, last); err != nil {
		return err
	}
	for some := range slices.Chunk(known, atOnce) {
		if err := w.judge(ctx, some, monitors, last); err != nil {
			return err
		}
	}
	w.Metrics.tick.Observe(time.Since(start).Seconds())
	w.measure(monitors)
	return nil
}

// learn gives monitors that are new to the detector a baseline from what was said before.
func (w *Watch) learn(ctx context.Context, ids []string, last int64) error {
	for some := range slices.Chunk(ids, atOnce/10) {
		from := last + 1 - history
		cells, err := w.Cells(ctx, some, from, last+1)
		if err != nil {
			return err
		}
		blind, err := w.Blind(ctx, from, last+1)
		if err != nil {
			return err
		}
		err = w.DB.Update(ctx, func(tx *sqldb.Tx) error {
			for _, id := range some {
				s := &watched{saved: last}
				s.At = last
				if first := cells[id]; len(first) > 0 {
					s.Base = spike.Learn(first, first[0].Minute, (last+1-60)/15*15, blind)
				}
				if err := saveState(ctx, tx, id, &s.State, w.Now()); err != nil {
					return err
				}
				w.states[id] = s
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// judgement is what a Step made of a monitor.
type judgement struct {
	monitorID string
	state     spike.State
	changes   []spike.Change
}

// judge steps monitors up to the last minute and saves what came of it in one transaction.
func (w *Watch) judge(ctx context.Context, ids []string, names map[string]string, last int64) error {
	from := last
	for _, id := range ids {
		from = min(from, w.states[id].From())
	}
	cells, err := w.Cells(ctx, ids, from, last+1)
	if err != nil {
		return err
	}
	blind, err := w.Blind(ctx, from, last+1)
	if err != nil {
		return err
	}
	var all []judgement
	for _, id := range ids {
		j, err := w.step(ctx, id, cells[id], blind, last)
		if err != nil {
			return err
		}
		all = append(all, j)
	}
	if err := w.save(ctx, all, names); err != nil {
		return err
	}
	for _, j := range all {
		for i := range j.changes {
			c := &j.changes[i]
			w.Metrics.count(c)
			w.Logger.Info("incident", "monitor_id", j.monitorID, "kind", c.Kind, "state", c.Phase, "severity", c.Severity)
			w.Tell(ctx, incidentID(j.monitorID, c.Kind, c.Opened))
		}
	}
	return nil
}

func (w *Watch) step(ctx context.Context, id string, cells []spike.Cell, blind []spike.Span, last int64) (judgement, error) {
	var failed error
	in := spike.Input{Now: spike.Time(last + 1), Cells: cells, Blind: blind, OpenFrom: last - openBack,
		Look: func(kind spike.Kind, from, until int64) (spike.Evidence, bool) {
			mentions, err := w.Mentions(ctx, id, from, until)
			if err != nil {
				failed = errors.Join(failed, err)
				return spike.Evidence{}, false
			}
			return spike.Summarise(kind, mentions), true
		}}
	state, changes := spike.Step(w.states[id].State, in)
	return judgement{id, state, changes}, failed
}

// save writes incidents, deliveries and states together: what is told is what is kept.
func (w *Watch) save(ctx context.Context, all []judgement, names map[string]string) error {
	due := func(j *judgement) bool {
		return len(j.changes) > 0 || j.state.Live() || j.state.At-w.states[j.monitorID].saved >= saveEvery
	}
	if slices.ContainsFunc(all, func(j judgement) bool { return due(&j) }) {
		err := w.DB.Update(ctx, func(tx *sqldb.Tx) error {
			for i := range all {
				j := &all[i]
				if !due(j) {
					continue
				}
				for k := range j.changes {
					if err := w.record(ctx, tx, j.monitorID, names[j.monitorID], &j.changes[k]); err != nil {
						return err
					}
				}
				if err := saveState(ctx, tx, j.monitorID, &j.state, w.Now()); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for i := range all {
		j := &all[i]
		s := w.states[j.monitorID]
		if due(j) {
			s.saved = j.state.At
		}
		s.State = j.state
	}
	return nil
}

// record brings an incident up to date and puts its notifications into the outbox.
func (w *Watch) record(ctx context.Context, tx *sqldb.Tx, monitorID, name string, c *spike.Change) error {
	incident, err := IncidentByID(ctx, tx, incidentID(monitorID, c.Kind, c.Opened))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	incident.apply(monitorID, c)
	if err := saveIncident(ctx, tx, &incident); err != nil {
		return err
	}
	var rows []delivery
	for _, channel := range w.Channels {
		rows = append(rows, delivery{channel: channel, key: fmt.Sprintf("%s/%s/%s/%d", channel, incident.ID, incident.State, c.At),
			incidentID: incident.ID, payload: incident.notification(name, w.BaseURL, c)})
	}
	return enqueue(ctx, tx, rows, time.Now())
}

// measure sets the gauges of open incidents.
func (w *Watch) measure(names map[string]string) {
	w.Metrics.open.Reset()
	for id, name := range names {
		open := 0
		if s := w.states[id]; s != nil {
			for _, t := range s.Tracks {
				if t.Phase != spike.Resolved {
					open++
				}
			}
		}
		w.Metrics.open.WithLabelValues(name).Set(float64(open))
	}
}

func loadStates(ctx context.Context, q sqldb.Querier) (map[string]*watched, error) {
	rows, err := q.Query(ctx, "SELECT monitor_id, state FROM detector_states")
	if err != nil {
		return nil, fmt.Errorf("load detector states: %w", err)
	}
	defer rows.Close()
	states := make(map[string]*watched)
	for rows.Next() {
		var id, text string
		if err := rows.Scan(&id, &text); err != nil {
			return nil, fmt.Errorf("load detector states: %w", err)
		}
		s := &watched{}
		if err := json.Unmarshal([]byte(text), &s.State); err != nil {
			return nil, fmt.Errorf("load detector state of monitor %s: %w", id, err)
		}
		s.saved = s.At
		states[id] = s
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load detector states: %w", err)
	}
	return states, nil
}

func saveState(ctx context.Context, tx *sqldb.Tx, monitorID string, s *spike.State, now time.Time) error {
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("save detector state of monitor %s: %w", monitorID, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO detector_states (monitor_id, state, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (monitor_id) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at`, monitorID, string(text), millis(now))
	if err != nil {
		return fmt.Errorf("save detector state of monitor %s: %w", monitorID, err)
	}
	return nil
}

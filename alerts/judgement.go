package alerts

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/alerts/reason"
	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// openBack is how many minutes a detector that comes late looks back for incidents to open: what
// was over before it came is not news.
const openBack = 2 * hour

// A judgement is what became of a monitor.
type judgement struct {
	monitorID string
	state     spike.State
	changes   []spike.Change
}

// learn gives monitors that are new to the detector a baseline from what was said before, and their
// peers beside it. It opens nothing: they are judged from the next minute on.
func (w *Watch) learn(ctx context.Context, ids []string, last int64) error {
	from := last + 1 - history
	cells, err := w.Cells(ctx, ids, from, last+1)
	if err != nil {
		return err
	}
	blind, err := w.Blind(ctx, from, last+1)
	if err != nil {
		return err
	}
	all := make([]judgement, len(ids))
	for i, id := range ids {
		j := judgement{monitorID: id}
		j.state.At = last
		if known := cells[id]; len(known) > 0 {
			j.state.Base = spike.Learn(known, known[0].Minute, (last+1-hour)/15*15, blind)
		}
		j.state.Base.Peers = w.peers
		w.states[id] = newWatched(id)
		all[i] = j
	}
	return w.save(ctx, all)
}

// dismiss ends the incidents of monitors that are not watched any more.
func (w *Watch) dismiss(ctx context.Context, ids []string, last int64) error {
	all := make([]judgement, len(ids))
	for i, id := range ids {
		j := judgement{monitorID: id, state: w.states[id].State}
		for _, t := range j.state.Tracks {
			if t.Phase != spike.Resolved {
				t.Phase, t.Resolved = spike.Resolved, last
				j.changes = append(j.changes, spike.Change{Track: t, At: last, Reasons: []reason.Reason{reason.Of(reason.Unwatched)}})
			}
		}
		j.state.At, j.state.Tracks = 0, nil
		all[i] = j
	}
	return w.save(ctx, all)
}

// judge steps monitors up to the last minute and saves what came of it.
func (w *Watch) judge(ctx context.Context, ids []string, last int64) error {
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
	var errs []error
	for _, id := range ids {
		j, err := w.step(ctx, id, cells[id], blind, last)
		if err != nil {
			errs = append(errs, fmt.Errorf("judge monitor %s: %w", id, err))
			continue
		}
		all = append(all, j)
	}
	return errors.Join(append(errs, w.save(ctx, all))...)
}

func (w *Watch) step(ctx context.Context, id string, cells []spike.Cell, blind []spike.Span, last int64) (judgement, error) {
	var failed error
	in := spike.Input{Now: spike.Time(last + 1), Cells: cells, Blind: blind, OpenFrom: last - openBack, Surprise: w.Surprise[w.names[id]],
		Look: func(kind spike.Kind, from, until int64) (spike.Evidence, bool) {
			if failed != nil {
				return spike.Evidence{}, false
			}
			var mentions []spike.Mention
			if mentions, failed = w.Mentions(ctx, id, from, until); failed != nil {
				return spike.Evidence{}, false
			}
			ev := spike.Summarise(kind, mentions)
			if w.Terms != nil {
				ev.Terms, failed = w.Terms(ctx, id, from, until, kind.Polarity())
			}
			return ev, failed == nil
		}}
	if w.Spread != nil {
		in.Spread = func(kind spike.Kind, from, until int64) (arrivals []spike.Arrival, ok bool) {
			if failed == nil {
				arrivals, failed = w.Spread(ctx, id, kind, from, until)
			}
			return arrivals, failed == nil
		}
	}
	state, changes := spike.Step(w.states[id].State, in)
	if state.Base.Alone() {
		state.Base.Peers = w.peers // who began with all others finds them once they are known
	}
	return judgement{id, state, changes}, failed
}

// save writes incidents, deliveries and states in one transaction: what is told is what is kept.
// Where it fails, the states are loaded anew.
func (w *Watch) save(ctx context.Context, all []judgement) error {
	due := slices.DeleteFunc(slices.Clone(all), func(j judgement) bool { return !w.states[j.monitorID].due(&j) })
	if len(due) > 0 {
		if err := w.DB.Update(ctx, func(tx *sqldb.Tx) error { return w.write(ctx, tx, due) }); err != nil {
			w.states = nil
			return err
		}
	}
	for i := range all {
		w.states[all[i].monitorID].State = all[i].state
	}
	for i := range due {
		j := &due[i]
		w.states[j.monitorID].saved = j.state.At
		for k := range j.changes {
			c := &j.changes[k]
			w.Metrics.count(c)
			w.Logger.Info("incident", "monitor_id", j.monitorID, "kind", c.Kind, "state", c.Phase, "severity", c.Severity)
			if w.Tell != nil {
				w.Tell(ctx, incidentID(j.monitorID, c.Kind, c.Opened))
			}
		}
	}
	return nil
}

func (w *Watch) write(ctx context.Context, tx *sqldb.Tx, due []judgement) error {
	states := make([]savedState, len(due))
	for i := range due {
		j := &due[i]
		states[i] = savedState{j.monitorID, &j.state, w.states[j.monitorID].saved}
		for k := range j.changes {
			if err := w.record(ctx, tx, j.monitorID, &j.changes[k]); err != nil {
				return err
			}
		}
	}
	return saveStates(ctx, tx, states, sqldb.Millis(w.Now()))
}

// record brings an incident up to date and puts its notifications into the outbox.
func (w *Watch) record(ctx context.Context, tx *sqldb.Tx, monitorID string, c *spike.Change) error {
	incident, err := IncidentByID(ctx, tx, incidentID(monitorID, c.Kind, c.Opened))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	incident.apply(monitorID, c)
	if err := saveIncident(ctx, tx, &incident); err != nil {
		return err
	}
	if err := saveEntries(ctx, tx, incident.detected(c)); err != nil {
		return err
	}
	if muted, err := incident.muted(ctx, tx, spike.Time(c.At)); err != nil || muted {
		return err
	}
	name, ok := w.names[monitorID]
	if !ok {
		name = monitorID
	}
	return w.Router.Tell(ctx, tx, incident.notification(name, w.BaseURL, c))
}

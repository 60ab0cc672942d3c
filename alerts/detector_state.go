package alerts

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"

	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// watched is what the detector knows of a monitor, and how much of it the database knows.
// At is 0 where the monitor is not watched: it goes on from the next minute.
type watched struct {
	spike.State
	saved int64 // At of the state that stands in the database; notSaved: none does
	slot  int64 // when it is saved while nothing happens: other monitors have other slots
}

const (
	notSaved  = -1
	saveEvery = 15 // minutes after which a quiet monitor's state is saved
)

func newWatched(monitorID string) *watched {
	h := fnv.New32a()
	_, _ = h.Write([]byte(monitorID))
	return &watched{saved: notSaved, slot: int64(h.Sum32() % saveEvery)}
}

// due says whether a new state is worth saving. What is not saved is judged again after a restart,
// with the same outcome; peers would be others by then.
func (w *watched) due(j *judgement) bool {
	return len(j.changes) > 0 || j.state.Base.Peers != w.Base.Peers || j.state.Live() || j.state.At < w.saved || (j.state.At+w.slot)/saveEvery != (w.saved+w.slot)/saveEvery
}

// resume lets a monitor that was not watched for a while go on with the minute after last. Its
// baseline stays, and what was said meanwhile teaches it nothing.
func (w *watched) resume(last int64) {
	w.At, w.Tracks = last, nil
	if w.Base.Until > 0 {
		w.Base.Until = (last + 60) / 60 * 60
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
		var id string
		var text []byte
		if err := rows.Scan(&id, &text); err != nil {
			return nil, fmt.Errorf("load detector states: %w", err)
		}
		w := newWatched(id)
		if err := json.Unmarshal(text, &w.State); err != nil {
			return nil, fmt.Errorf("load detector state of monitor %s: %w", id, err)
		}
		w.saved = w.At
		states[id] = w
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load detector states: %w", err)
	}
	return states, nil
}

// PeersOf returns the peers by which a monitor is judged while it is new; nil when there are none, or
// none any more.
func PeersOf(ctx context.Context, q sqldb.Querier, monitorID string) (*spike.Peers, error) {
	var text []byte
	err := q.QueryRow(ctx, "SELECT state FROM detector_states WHERE monitor_id = $1", monitorID).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	var state spike.State
	if err == nil {
		err = json.Unmarshal(text, &state)
	}
	if err != nil {
		return nil, fmt.Errorf("load detector state of monitor %s: %w", monitorID, err)
	}
	return state.Base.Peers, nil
}

// errOvertaken says that the states in the database are not those that this process went on from.
var errOvertaken = errors.New("another process has judged these minutes: going on from where it stands")

// A savedState is a state and the one it replaces.
type savedState struct {
	monitorID string
	state     *spike.State
	replaces  int64 // At of that one
}

// saveStates replaces states. It replaces all or, where another process was faster, none and
// returns errOvertaken: a process that lost its lease without noticing does no harm.
func saveStates(ctx context.Context, tx *sqldb.Tx, states []savedState, now int64) error {
	rows := make([][]any, len(states))
	for i, s := range states {
		text, err := json.Marshal(s.state)
		if err != nil {
			return fmt.Errorf("save detector state of monitor %s: %w", s.monitorID, err)
		}
		rows[i] = []any{s.monitorID, s.state.At, s.replaces, string(text), now}
	}
	replaced := 0
	err := tx.Upsert(ctx, sqldb.Upsert{Table: "detector_states", Key: []string{"monitor_id"},
		Columns: []string{"monitor_id", "minute", "replaces", "state", "updated_at"},
		Set: `minute = excluded.minute, replaces = excluded.replaces, state = excluded.state, updated_at = excluded.updated_at
			WHERE detector_states.minute = excluded.replaces`,
		Returning: []string{"monitor_id"}}, rows, func(*sql.Rows) error { replaced++; return nil })
	if err != nil {
		return fmt.Errorf("save detector states: %w", err)
	}
	if replaced != len(states) {
		return errOvertaken
	}
	return nil
}

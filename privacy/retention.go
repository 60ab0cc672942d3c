package privacy

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Rule says how long records of a type are kept.
type Rule struct {
	Type      string
	What      string // in words
	Days      int64  // 0: for ever
	UpdatedBy string // empty: nobody set it
	UpdatedAt time.Time
	Version   int64 // 1: nobody set it
}

// Defaults are how long records are kept of which nobody said it, by type; the configuration says so.
type Defaults map[string]time.Duration

const day = 24 * time.Hour

const whatDead = "What could not be decoded or stored, as it came; it is a topic of the log"

// Rules are how long records of each type are kept.
func Rules(ctx context.Context, q sqldb.Querier, defaults Defaults) ([]Rule, error) {
	var rules []Rule
	for _, k := range keepings {
		rules = append(rules, Rule{Type: k.name, What: k.what, Days: int64(defaults[k.name] / day), Version: unset})
	}
	rules = append(rules, Rule{Type: KeptDeadLetters, What: whatDead, Days: int64(defaults[KeptDeadLetters] / day), Version: unset})
	rows, err := q.Query(ctx, "SELECT record_type, days, updated_by, updated_at, version FROM retention_rules")
	if err != nil {
		return nil, fmt.Errorf("load retention rules: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r Rule
		var at int64
		if err := rows.Scan(&r.Type, &r.Days, &r.UpdatedBy, &at, &r.Version); err != nil {
			return nil, fmt.Errorf("load retention rules: %w", err)
		}
		if i := slices.IndexFunc(rules, func(o Rule) bool { return o.Type == r.Type }); i >= 0 {
			r.What, r.UpdatedAt = rules[i].What, sqldb.FromMillis(at)
			rules[i] = r
		}
	}
	return rules, rows.Err()
}

// Kept is how long records of a type are kept; 0: for ever.
func Kept(ctx context.Context, q sqldb.Querier, kind string, defaults Defaults) (time.Duration, error) {
	var days int64
	err := q.QueryRow(ctx, "SELECT days FROM retention_rules WHERE record_type = $1", kind).Scan(&days)
	if errors.Is(err, sql.ErrNoRows) {
		return defaults[kind], nil
	}
	if err != nil {
		return 0, fmt.Errorf("load retention rule %s: %w", kind, err)
	}
	return time.Duration(days) * day, nil
}

const mostDays = 36_500

// unset is the version of a rule that nobody set.
const unset = 1

// ErrRule says that a rule cannot be.
var ErrRule = errors.New("want a type of GET /privacy/retention and 0 to 36500 days")

// SetRule says how long records of a type are kept from now on. What is too old goes with the next
// round. Of the rule its type, its days and the version that was loaded are taken, 0 for any;
// it is crm.ErrConflict when the rule is in another one.
func SetRule(ctx context.Context, tx *sqldb.Tx, r Rule, ch crm.Change) error {
	kind, days := r.Type, r.Days
	known := kind == KeptDeadLetters || slices.ContainsFunc(keepings, func(k keeping) bool { return k.name == kind })
	if !known || days < 0 || days > mostDays || kind == KeptDeadLetters && days == 0 {
		return fmt.Errorf("set retention of %q to %d days: %w", kind, days, ErrRule)
	}
	var before any
	old, version := int64(0), int64(unset)
	if err := tx.QueryRow(ctx, "SELECT days, version FROM retention_rules WHERE record_type = $1", kind).Scan(&old, &version); err == nil {
		before = map[string]int64{"days": old}
	} else if !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("load retention rule %s: %w", kind, err)
	}
	if r.Version != 0 && r.Version != version {
		return fmt.Errorf("set retention of %s: %w", kind, crm.ErrConflict)
	}
	n, err := tx.Exec(ctx, `INSERT INTO retention_rules (record_type, days, updated_by, updated_at, version) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (record_type) DO UPDATE SET days = excluded.days, updated_by = excluded.updated_by, updated_at = excluded.updated_at, version = excluded.version
		WHERE retention_rules.version = excluded.version - 1`, kind, days, ch.By, sqldb.Millis(ch.At), version+1)
	if err == nil && n == 0 {
		err = crm.ErrConflict // somebody else set it just now
	}
	if err != nil {
		return fmt.Errorf("set retention of %s: %w", kind, err)
	}
	return crm.Notes(ctx, tx, ch, crm.Note{Action: "update", Type: crm.RecordRetention, ID: kind, Before: before, After: map[string]int64{"days": days}})
}

// A Run is a round of what is too old: a job, and afterwards the record of it.
type Run struct {
	ID          string
	Applies     bool // false: it counts what would go, and nothing else
	Done        bool
	Expected    map[string]int64 // how many there were when it began, by type
	Removed     map[string]int64
	Problem     string
	RequestedBy string
	RequestedAt time.Time
	FinishedAt  time.Time

	before map[string]int64 // up to when, in milliseconds, by type
	stage  int64
	cursor string
}

// Progress is how far it is, 0…1.
func (r *Run) Progress() float64 {
	if r.Done {
		return 1
	}
	var expected, removed int64
	for kind, n := range r.Expected {
		expected, removed = expected+n, removed+min(n, r.Removed[kind])
	}
	return float64(removed) / float64(max(1, expected))
}

const runColumns = "id, applies, state, rules, stage, cursor, expected, removed, problem, requested_by, requested_at, finished_at"

func scanRun(row interface{ Scan(...any) error }) (r Run, err error) {
	var state, rules, expected, removed string
	var requested, finished int64
	if err := row.Scan(&r.ID, &r.Applies, &state, &rules, &r.stage, &r.cursor, &expected, &removed, &r.Problem, &r.RequestedBy, &requested, &finished); err != nil {
		return r, err
	}
	r.Done, r.RequestedAt, r.FinishedAt = state == Done, sqldb.FromMillis(requested), sqldb.FromMillis(finished)
	return r, errors.Join(json.Unmarshal([]byte(rules), &r.before), json.Unmarshal([]byte(expected), &r.Expected), json.Unmarshal([]byte(removed), &r.Removed))
}

// A NewRun is a round to be made.
type NewRun struct {
	Applies  bool
	Defaults Defaults
	Taken    time.Time // when its maker was heard, who does it too; zero: it waits for somebody
}

// Begin makes a round by the rules as they are now.
func Begin(ctx context.Context, tx *sqldb.Tx, n NewRun, ch crm.Change) (Run, error) {
	r := Run{ID: crm.NewID(ch.At), Applies: n.Applies, RequestedBy: ch.By, RequestedAt: ch.At, before: make(map[string]int64), Expected: map[string]int64{}, Removed: map[string]int64{}}
	rules, err := Rules(ctx, tx, n.Defaults)
	if err != nil {
		return r, err
	}
	for _, rule := range rules {
		if rule.Days > 0 {
			r.before[rule.Type] = sqldb.Millis(ch.At.Add(-time.Duration(rule.Days) * day))
		}
	}
	_, err = tx.Exec(ctx, "INSERT INTO retention_runs ("+runColumns+", seen_at) VALUES ($1, $2, 'running', $3, 0, '', '{}', '{}', '', $4, $5, 0, $6)",
		r.ID, r.Applies, text(r.before), r.RequestedBy, sqldb.Millis(r.RequestedAt), sqldb.Millis(n.Taken))
	if err != nil {
		return r, fmt.Errorf("begin a round of retention: %w", err)
	}
	if !r.Applies {
		return r, nil
	}
	return r, crm.Notes(ctx, tx, ch, crm.Note{Action: "apply", Type: crm.RecordRetention, ID: r.ID})
}

// text is a plain value as JSON.
func text(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and numbers
	}
	return string(data)
}

// RunByID loads a round.
func RunByID(ctx context.Context, q sqldb.Querier, id string) (Run, error) {
	r, err := scanRun(q.QueryRow(ctx, "SELECT "+runColumns+" FROM retention_runs WHERE id = $1", id))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrMissing
	}
	if err != nil {
		return r, fmt.Errorf("load round %s of retention: %w", id, err)
	}
	return r, nil
}

// Runs are the last twenty rounds, the newest first.
func Runs(ctx context.Context, q sqldb.Querier) (all []Run, err error) {
	rows, err := q.Query(ctx, "SELECT "+runColumns+" FROM retention_runs ORDER BY id DESC LIMIT 20")
	if err != nil {
		return nil, fmt.Errorf("load rounds of retention: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanRun(rows)
		if err != nil {
			return nil, fmt.Errorf("load rounds of retention: %w", err)
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

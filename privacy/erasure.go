package privacy

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/post"
)

// States of an erasure.
const (
	Requested = "requested" // waits for a second person
	Approved  = "approved"  // is done, or about to be
	Done      = "done"
)

// An Erasure is the removal of a person: a job, and afterwards the proof. It does not say who they
// were.
type Erasure struct {
	ID          string           `json:"id"`
	State       string           `json:"state"`
	Progress    float64          `json:"progress"`
	Removed     map[string]int64 `json:"removed"` // rows that went or were emptied, by table; name.text: texts that named the person
	Blocked     int64            `json:"blocked"` // accounts and addresses that are not collected again
	Reason      string           `json:"reason"`
	Problem     string           `json:"problem"`
	RequestedBy string           `json:"requested_by"`
	RequestedAt time.Time        `json:"requested_at"`
	ApprovedBy  string           `json:"approved_by"`
	ApprovedAt  time.Time        `json:"approved_at,omitzero"`
	FinishedAt  time.Time        `json:"finished_at,omitzero"`

	person      string
	stage, pass int64
}

// Errors of erasures.
var (
	ErrMissing  = errors.New("there is no such erasure")
	ErrSameEyes = errors.New("somebody else than who asked for it must approve it")
	ErrApproved = errors.New("it was approved before")
)

// An Order asks for an erasure.
type Order struct {
	Question Question
	FourEyes bool // a second person must approve
}

// remembered is a person as the job needs them, and keeps them no longer.
type remembered struct {
	IDs       map[Kind][]string `json:"ids"`
	Full      []string          `json:"full"`
	Addresses []string          `json:"addresses"`
	Emails    []string          `json:"emails"`
	Phones    []string          `json:"phones"`
	Accounts  []post.Key        `json:"accounts"`
	Handles   []string          `json:"handles"`
}

func (p *Person) remember() string {
	r := remembered{IDs: make(map[Kind][]string), Full: p.Names.Full, Addresses: p.Names.Addresses, Emails: p.Names.Emails, Phones: p.Names.phones, Accounts: p.Names.accounts, Handles: p.Names.handles}
	for k := range p.ids {
		r.IDs[k] = p.IDs(k)
	}
	data, err := json.Marshal(r)
	if err != nil {
		panic(err) // texts only
	}
	return string(data)
}

func recall(text string) (*Person, error) {
	var r remembered
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return nil, fmt.Errorf("read the person of an erasure: %w", err)
	}
	p := nobody()
	p.Names = Names{Full: r.Full, Addresses: r.Addresses, Emails: r.Emails, phones: r.Phones, accounts: r.Accounts, handles: r.Handles}
	for k := range kinds {
		p.add(k, r.IDs[k]...)
	}
	return p, nil
}

// Request asks for the erasure of a person. Without four eyes it may begin at once. The change's
// reason stays with the proof: it names nobody.
func Request(ctx context.Context, tx *sqldb.Tx, o Order, ch crm.Change) (Erasure, error) {
	p, err := Find(ctx, tx, o.Question)
	if err != nil {
		return Erasure{}, err
	}
	e := Erasure{ID: crm.NewID(ch.At), State: Requested, Reason: ch.Why, RequestedBy: ch.By, RequestedAt: ch.At, Removed: map[string]int64{}}
	if !o.FourEyes {
		e.State, e.ApprovedBy, e.ApprovedAt = Approved, ch.By, ch.At
	}
	_, err = tx.Exec(ctx, `INSERT INTO erasures (id, state, person, stage, pass, removed, blocked, reason, problem, requested_by, requested_at,
		approved_by, approved_at, finished_at, seen_at) VALUES ($1, $2, $3, 0, 0, '{}', 0, $4, '', $5, $6, $7, $8, 0, 0)`,
		e.ID, e.State, p.remember(), e.Reason, e.RequestedBy, sqldb.Millis(e.RequestedAt), e.ApprovedBy, sqldb.Millis(e.ApprovedAt))
	if err != nil {
		return Erasure{}, fmt.Errorf("request erasure: %w", err)
	}
	return e, crm.Notes(ctx, tx, ch, crm.Note{Action: "request", Type: crm.RecordErasure, ID: e.ID, After: map[string]string{"state": e.State}})
}

// Approve lets an erasure begin. It takes another person than who asked for it.
func Approve(ctx context.Context, tx *sqldb.Tx, id string, ch crm.Change) (Erasure, error) {
	e, err := ErasureByID(ctx, tx, id)
	switch {
	case err != nil:
		return e, err
	case e.State != Requested:
		return e, fmt.Errorf("approve erasure %s: %w", id, ErrApproved)
	case e.RequestedBy == ch.By:
		return e, fmt.Errorf("approve erasure %s: %w", id, ErrSameEyes)
	}
	n, err := tx.Exec(ctx, "UPDATE erasures SET state = 'approved', approved_by = $1, approved_at = $2 WHERE id = $3 AND state = 'requested'", ch.By, sqldb.Millis(ch.At), id)
	if err != nil {
		return e, fmt.Errorf("approve erasure %s: %w", id, err)
	}
	if n == 0 {
		return e, fmt.Errorf("approve erasure %s: %w", id, ErrApproved)
	}
	e.State, e.ApprovedBy, e.ApprovedAt = Approved, ch.By, ch.At
	return e, crm.Notes(ctx, tx, ch, crm.Note{Action: "approve", Type: crm.RecordErasure, ID: e.ID, After: map[string]string{"state": e.State}})
}

const erasureColumns = "id, state, person, stage, pass, removed, blocked, reason, problem, requested_by, requested_at, approved_by, approved_at, finished_at"

// ErasureByID loads an erasure.
func ErasureByID(ctx context.Context, q sqldb.Querier, id string) (Erasure, error) {
	e, err := scanErasure(q.QueryRow(ctx, "SELECT "+erasureColumns+" FROM erasures WHERE id = $1", id))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrMissing
	}
	if err != nil {
		return e, fmt.Errorf("load erasure %s: %w", id, err)
	}
	return e, nil
}

// Erasures are the last hundred, the newest first.
func Erasures(ctx context.Context, q sqldb.Querier) (all []Erasure, err error) {
	rows, err := q.Query(ctx, "SELECT "+erasureColumns+" FROM erasures ORDER BY id DESC LIMIT 100")
	if err != nil {
		return nil, fmt.Errorf("load erasures: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scanErasure(rows)
		if err != nil {
			return nil, fmt.Errorf("load erasures: %w", err)
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

func scanErasure(row interface{ Scan(...any) error }) (e Erasure, err error) {
	var removed string
	var requested, approved, finished int64
	if err := row.Scan(&e.ID, &e.State, &e.person, &e.stage, &e.pass, &removed, &e.Blocked, &e.Reason, &e.Problem, &e.RequestedBy, &requested,
		&e.ApprovedBy, &approved, &finished); err != nil {
		return e, err
	}
	e.RequestedAt, e.ApprovedAt, e.FinishedAt = sqldb.FromMillis(requested), sqldb.FromMillis(approved), sqldb.FromMillis(finished)
	switch e.Progress = float64(e.stage) / float64(len(Tables)); {
	case e.State == Done:
		e.Progress = 1
	case e.pass > 0:
		e.Progress = 0.99
	}
	return e, json.Unmarshal([]byte(removed), &e.Removed)
}

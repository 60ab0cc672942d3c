package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// Processes are the versions in force, in the order of their ids. The default comes last until
// somebody saves it: of equal rank, what people made themselves is chosen before it.
func Processes(ctx context.Context, q sqldb.Querier) ([]Process, error) {
	all, err := queryProcesses(ctx, q, `WHERE version = (SELECT max(version) FROM processes x WHERE x.id = processes.id) ORDER BY id`)
	if err != nil {
		return nil, err
	}
	d := DefaultProcess()
	if !slices.ContainsFunc(all, func(p Process) bool { return p.ID == d.ID }) {
		all = append(all, d)
	}
	return all, nil
}

// ProcessByID loads a version of a process; 0 is the one in force.
func ProcessByID(ctx context.Context, q sqldb.Querier, id string, version int64) (*Process, error) {
	rest, args := "WHERE id = $1 ORDER BY version DESC LIMIT 1", []any{id}
	if version != 0 {
		rest, args = "WHERE id = $1 AND version = $2", append(args, version)
	}
	all, err := queryProcesses(ctx, q, rest, args...)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		if p := DefaultProcess(); id == p.ID && version <= 1 {
			return &p, nil
		}
		return nil, fmt.Errorf("load process %s, version %d: %w", id, version, ErrNotFound)
	}
	return &all[0], nil
}

func queryProcesses(ctx context.Context, q sqldb.Querier, rest string, args ...any) ([]Process, error) {
	rows, err := q.Query(ctx, "SELECT id, version, definition, created_at, created_by FROM processes "+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("load processes: %w", err)
	}
	defer rows.Close()
	var all []Process
	for rows.Next() {
		var p Process
		var id string
		var version int64
		if err := rows.Scan(&id, &version, jsonColumn{&p}, atColumn{&p.CreatedAt}, &p.CreatedBy); err != nil {
			return nil, fmt.Errorf("load processes: %w", err)
		}
		p.ID, p.Version = id, version
		all = append(all, p)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load processes: %w", err)
	}
	return all, nil
}

// processCast is who and what a process may name.
func processCast(ctx context.Context, q sqldb.Querier) (*Cast, error) {
	roles, err := Roles(ctx, q)
	if err != nil {
		return nil, err
	}
	c := &Cast{Roles: roleNames(roles)}
	for i := range roles {
		if roles[i].level(ToApprove, RecordOpportunity) != LevelNone {
			c.Approvers = append(c.Approvers, roles[i].Name)
		}
	}
	c.Fields, err = fieldNames(ctx, q, RecordOpportunity)
	return c, err
}

// fieldNames are the company's own fields of a type of record that can be filled in.
func fieldNames(ctx context.Context, q sqldb.Querier, kind string) (names []string, err error) {
	defined, err := Fields(ctx, q, kind)
	for i := range defined {
		if !defined[i].Archived {
			names = append(names, defined[i].Name)
		}
	}
	return names, err
}

// SaveProcess checks a process and makes it the version in force. p.Version is the one it was made
// from, or 0 for a new process. Opportunities that are under way stay where they are.
func SaveProcess(ctx context.Context, tx *sqldb.Tx, ch Change, p Process) (Process, error) {
	if err := ch.Access.Demand(map[bool]Action{true: ToCreate, false: ToUpdate}[p.ID == ""], RecordProcess); err != nil {
		return Process{}, err
	}
	cast, err := processCast(ctx, tx)
	if err != nil {
		return Process{}, err
	}
	if err := p.Check(cast); err != nil {
		return Process{}, err
	}
	var before *Process
	if p.ID == "" {
		p.ID = NewID(ch.At)
	} else if before, err = ProcessByID(ctx, tx, p.ID, 0); err != nil {
		return Process{}, err
	}
	if before != nil && before.Version != p.Version {
		return Process{}, fmt.Errorf("save process %s: %w", p.ID, ErrConflict)
	}
	for i, s := range p.Stages {
		for j, id := range s.Gate.Processes {
			if _, err := ProcessByID(ctx, tx, id, 0); err != nil {
				return Process{}, invalid(fmt.Sprintf("stages[%d].gate.processes[%d]", i, j), "there is no process %q", id)
			}
		}
	}
	all, err := Processes(ctx, tx)
	if err != nil {
		return Process{}, err
	}
	if err := p.checkCircle(all); err != nil {
		return Process{}, err
	}
	p.Version, p.CreatedAt, p.CreatedBy = p.Version+1, ch.At, ch.By
	definition, err := json.Marshal(p)
	if err != nil {
		return Process{}, fmt.Errorf("save process %s: %w", p.ID, err)
	}
	fresh, err := tx.InsertNew(ctx, sqldb.Insert{Table: "processes", Key: []string{"id", "version"}, Columns: []string{"id", "version", "definition", "created_at", "created_by"}},
		[][]any{{p.ID, p.Version, string(definition), sqldb.Millis(ch.At), ch.By}})
	if err != nil {
		return Process{}, err
	}
	if !fresh[0] {
		return Process{}, fmt.Errorf("save process %s: %w", p.ID, ErrConflict)
	}
	entry := changedRecord{action: "update", kind: RecordProcess, id: p.ID, after: p}
	if before == nil {
		entry.action = "create"
	} else {
		entry.before, entry.after = differing(before, p)
	}
	return p, record(ctx, tx, ch, entry)
}

package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/maphash"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// onceRows remember by what the rows of a file can be told apart, so that one that speaks of the same
// record as an earlier one is noticed, in a dry run too.
type onceRows struct {
	stand map[string]seenRow // of batches that were saved
	batch map[string]seenRow // of this one
}

type seenRow struct {
	line int
	sum  uint64
}

func newOnceRows() onceRows {
	return onceRows{make(map[string]seenRow), make(map[string]seenRow)}
}

// before is the earlier row that shares a key with this one; ok is false when there is none.
func (o *onceRows) before(keys []string) (row seenRow, ok bool) {
	for _, key := range keys {
		for _, seen := range []map[string]seenRow{o.batch, o.stand} {
			if row, ok := seen[key]; ok {
				return row, true
			}
		}
	}
	return seenRow{}, false
}

// note keeps the keys of a row that was taken.
func (o *onceRows) note(keys []string, row seenRow) {
	for _, key := range keys {
		o.batch[key] = row
	}
}

// began forgets a batch that is tried again.
func (o *onceRows) began() { clear(o.batch) }

// kept makes the batch one that was saved.
func (o *onceRows) kept() {
	for key, row := range o.batch {
		o.stand[key] = row
	}
	clear(o.batch)
}

var rowSeed = maphash.MakeSeed()

// sumOf tells rows apart that say something else.
func sumOf(record []string) uint64 {
	var h maphash.Hash
	h.SetSeed(rowSeed)
	for _, cell := range record {
		_, _ = h.WriteString(tidy(cell))
		_ = h.WriteByte(0)
	}
	return h.Sum64()
}

// users are the ids of those who may own records, by name.
func (im *importing) users(ctx context.Context, q sqldb.Querier) (map[string]string, error) {
	ids := make(map[string]string)
	err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var id, name string
		err := rows.Scan(&id, &name)
		ids[foldKey(name)] = id
		return err
	}, "SELECT id, name FROM users WHERE NOT disabled")
	if err != nil {
		return nil, fmt.Errorf("load users: %w", err)
	}
	return ids, nil
}

// ownerOf is who owns a record, by the name in the file or as an import does it; reason says why not.
func (im *importing) ownerOf(users map[string]string, name string, created bool) (id, reason string) {
	if name == "" {
		if created {
			id = im.owner()
		}
		return id, ""
	}
	id, ok := users[foldKey(name)]
	switch {
	case !ok:
		return "", fmt.Sprintf("there is no user %q who can sign in", name)
	case created && im.narrow(ToCreate) && id != im.opt.By:
		return "", fmt.Sprintf("your roles let you make %ss of your own alone: leave the owner out, or ask somebody with %s:create at level all", im.opt.Type, im.opt.Type)
	}
	return id, ""
}

// narrow says that who imports may not do something with all records of the type.
func (im *importing) narrow(action Action) bool {
	return !im.opt.Access.system && im.opt.Access.Level(action, im.opt.Type) != LevelAll
}

// owner is whose a new record is: of somebody who may make none for others, their own.
func (im *importing) owner() string {
	if im.narrow(ToCreate) {
		return im.opt.By
	}
	return ""
}

// refuseChange says why who imports may not change a record; empty: they may.
func (im *importing) refuseChange(ctx context.Context, tx *sqldb.Tx, id string) (string, error) {
	if !im.narrow(ToUpdate) {
		return "", nil
	}
	err := im.opt.Access.Check(ctx, tx, ToUpdate, im.opt.Type, id)
	var no *Forbidden
	switch {
	case errors.Is(err, ErrNotFound):
		return "is on file already, where your roles do not show it: ask whose it is", nil
	case errors.As(err, &no):
		return no.Error(), nil
	}
	return "", err
}

// asRefusal makes a refusal of an error that is about one row, so that the others go on.
func (im *importing) asRefusal(err error) error {
	var bad *Invalid
	var no *Forbidden
	switch {
	case errors.As(err, &bad):
		return &refusal{im.columnOf(bad.Field), bad.Field + ": " + bad.Reason}
	case errors.As(err, &no):
		return &refusal{"", no.Error()}
	}
	return err
}

// took counts what became of a row, and says whether it was taken. An error that is no reason to refuse
// the row is returned.
func (rows *importedRows) took(r refusedRow, what int, err error) (taken bool, _ error) {
	var no *refusal
	switch {
	case errors.As(err, &no):
		r.column, r.reason = no.column, no.reason
		rows.refused = append(rows.refused, r)
		return false, nil
	case err != nil:
		return false, err
	case what == rowCreates:
		rows.created++
	case what == rowUpdates:
		rows.updated++
	default:
		rows.unchanged++
	}
	return true, nil
}

// becamePart says whether the record of an external id is part of another one now: a file that still
// has it says nothing new. The merges are loaded once an import.
func (im *importing) becamePart(ctx context.Context, q sqldb.Querier, externalID string) (bool, error) {
	if im.partOf == nil {
		ids := make(map[string]bool)
		err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
			var loser struct {
				ExternalID string `json:"external_id"`
			}
			err := rows.Scan(jsonColumn{&loser})
			ids[loser.ExternalID] = true
			return err
		}, "SELECT loser FROM record_merges WHERE record_type = $1 AND unmerged_at = 0", im.opt.Type)
		if err != nil {
			return false, fmt.Errorf("load merges: %w", err)
		}
		delete(ids, "")
		im.partOf = ids
	}
	return im.partOf[externalID], nil
}

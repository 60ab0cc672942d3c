package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Duplicate is two contacts that may be one person, for a person to merge or to dismiss.
type Duplicate struct {
	AID, BID    string
	Probability float64
	Evidence    json.RawMessage // as the matcher wrote it
	Model       string
	FoundAt     time.Time
}

// States of a duplicate in the database.
const (
	duplicateOpen      = "open"
	duplicateDismissed = "dismissed"
)

// SaveDuplicates saves what a search found. What a person dismissed stays so.
func SaveDuplicates(ctx context.Context, tx *sqldb.Tx, found []Duplicate) error {
	rows := make([][]any, len(found))
	for i, d := range found {
		d.AID, d.BID = ordered(d.AID, d.BID)
		evidence := d.Evidence
		if len(evidence) == 0 {
			evidence = json.RawMessage("[]")
		}
		rows[i] = []any{d.AID, d.BID, d.Probability, string(evidence), d.Model, duplicateOpen, sqldb.Millis(d.FoundAt), "", int64(0)}
	}
	return tx.Upsert(ctx, sqldb.Upsert{Table: "contact_duplicates", Key: []string{"a_id", "b_id"},
		Columns: []string{"a_id", "b_id", "probability", "evidence", "model", "state", "found_at", "decided_by", "decided_at"},
		Set:     "probability = excluded.probability, evidence = excluded.evidence, model = excluded.model, found_at = excluded.found_at"}, rows, nil)
}

// DropDuplicates removes open duplicates that a later search did not find again.
func DropDuplicates(ctx context.Context, tx *sqldb.Tx, before time.Time) error {
	if _, err := tx.Exec(ctx, "DELETE FROM contact_duplicates WHERE state = $1 AND found_at < $2", duplicateOpen, sqldb.Millis(before)); err != nil {
		return fmt.Errorf("drop duplicates: %w", err)
	}
	return nil
}

// FindDuplicates lists the duplicates that wait, the most probable first, a page at a time; next is
// empty on the last one. Those of contacts that are gone are left out.
func FindDuplicates(ctx context.Context, q sqldb.Querier, a *Access, contactID, cursor string, limit int) (found []Duplicate, next string, err error) {
	limit = pageSize(limit)
	w := &where{}
	w.add("d.state = ?", duplicateOpen)
	w.readable(a, RecordContact, "a")
	w.readable(a, RecordContact, "b")
	if contactID != "" {
		w.add("(d.a_id = ? OR d.b_id = ?)", contactID, contactID)
	}
	if cursor != "" {
		fields, err := decodeCursor(cursor, 3)
		if err != nil {
			return nil, "", err
		}
		p, err := strconv.ParseFloat(fields[0], 64)
		if err != nil {
			return nil, "", invalid("cursor", "is not one this list gave out: start again without it")
		}
		w.add("(d.probability, d.a_id, d.b_id) < (?, ?, ?)", p, fields[1], fields[2])
	}
	rows, err := q.Query(ctx, `SELECT d.a_id, d.b_id, d.probability, d.evidence, d.model, d.found_at FROM contact_duplicates d
		JOIN contacts a ON a.id = d.a_id JOIN contacts b ON b.id = d.b_id`+w.sql()+" ORDER BY d.probability DESC, d.a_id DESC, d.b_id DESC"+w.limit(limit+1), w.args...)
	if err != nil {
		return nil, "", fmt.Errorf("list duplicates: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var d Duplicate
		var evidence string
		var at int64
		if err := rows.Scan(&d.AID, &d.BID, &d.Probability, &evidence, &d.Model, &at); err != nil {
			return nil, "", fmt.Errorf("list duplicates: %w", err)
		}
		d.Evidence, d.FoundAt = json.RawMessage(evidence), sqldb.FromMillis(at)
		found = append(found, d)
	}
	if err := rows.Err(); err != nil {
		return nil, "", fmt.Errorf("list duplicates: %w", err)
	}
	if len(found) > limit {
		found = found[:limit]
		last := &found[limit-1]
		next = encodeCursor(strconv.FormatFloat(last.Probability, 'g', -1, 64), last.AID, last.BID)
	}
	return found, next, nil
}

// DismissDuplicate says that two contacts are two people; no search proposes them again.
func DismissDuplicate(ctx context.Context, tx *sqldb.Tx, aID, bID string, ch Change) error {
	if err := ch.check(); err != nil {
		return err
	}
	if aID, bID = ordered(aID, bID); aID == bID {
		return invalid("b_id", "is the same contact")
	}
	for _, id := range []string{aID, bID} {
		if err := ch.Access.Check(ctx, tx, ToMerge, RecordContact, id); err != nil {
			return err
		}
		if _, err := ContactByID(ctx, tx, ch.Access, id); err != nil {
			return err
		}
	}
	if err := saveDismissal(ctx, tx, aID, bID, ch.By, sqldb.Millis(ch.At)); err != nil {
		return err
	}
	return record(ctx, tx, ch, changedRecord{action: "dismiss-duplicate", kind: RecordContact, id: aID, about: bID})
}

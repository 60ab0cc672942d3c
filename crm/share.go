package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Sharing shows a record to a person or a team beyond what their roles give, as far as any role of
// theirs reads, or changes, that type at all.
type Sharing struct {
	ID          string    `json:"id"`
	RecordType  string    `json:"record_type"`
	RecordID    string    `json:"record_id"`
	SubjectType string    `json:"subject_type"` // user, team
	SubjectID   string    `json:"subject_id"`
	Writes      bool      `json:"writes"` // they may change it too
	Reason      string    `json:"reason"`
	SharedBy    string    `json:"shared_by"`
	SharedAt    time.Time `json:"shared_at"`
}

// subjects are the tables of those with whom records are shared.
var subjects = map[string]string{"user": "users", "team": "teams"}

// ShareRecord shows a record to a person or a team. Sharing it again changes how.
func ShareRecord(ctx context.Context, tx *sqldb.Tx, ch Change, s Sharing) (Sharing, error) {
	if !Governs(ToShare, s.RecordType) {
		return s, invalid("record_type", "records of type %q are not shared one by one", s.RecordType)
	}
	if err := ch.Access.Check(ctx, tx, ToShare, s.RecordType, s.RecordID); err != nil {
		return s, err
	}
	if s.Writes { // nobody gives more than they have
		if err := ch.Access.Check(ctx, tx, ToUpdate, s.RecordType, s.RecordID); err != nil {
			return s, err
		}
	}
	if err := checkRecord(ctx, tx, s.RecordType, s.RecordID); err != nil {
		return s, err
	}
	table, ok := subjects[s.SubjectType]
	if !ok {
		return s, invalid("subject_type", "%q is neither user nor team", s.SubjectType)
	}
	found, err := sqldb.Strings(ctx, tx, "SELECT id FROM "+table+" WHERE id = $1", s.SubjectID)
	if err != nil {
		return s, fmt.Errorf("share %s %s: %w", s.RecordType, s.RecordID, err)
	}
	if len(found) == 0 {
		return s, invalid("subject_id", "there is no %s %q", s.SubjectType, s.SubjectID)
	}
	if s.Reason = tidy(s.Reason); s.Reason == "" {
		return s, invalid("reason", "is empty: say why they should see it")
	}
	if err := checkText("reason", s.Reason, maxReason); err != nil {
		return s, err
	}
	if err := endShares(ctx, tx, ch, "record_type = $3 AND record_id = $4 AND subject_id = $5", s.RecordType, s.RecordID, s.SubjectID); err != nil {
		return s, err
	}
	s.ID, s.SharedBy, s.SharedAt = NewID(ch.At), ch.By, ch.At
	_, err = tx.InsertNew(ctx, sqldb.Insert{Table: "shares", Key: []string{"id"},
		Columns: []string{"id", "record_type", "record_id", "subject_type", "subject_id", "writes", "reason", "shared_by", "shared_at", "revoked_by", "revoked_at"}},
		[][]any{{s.ID, s.RecordType, s.RecordID, s.SubjectType, s.SubjectID, s.Writes, s.Reason, s.SharedBy, sqldb.Millis(s.SharedAt), "", 0}})
	if err != nil {
		return s, err
	}
	return s, record(ctx, tx, ch, changedRecord{action: "share", kind: s.RecordType, id: s.RecordID, about: s.SubjectID, after: s, reason: s.Reason})
}

func endShares(ctx context.Context, tx *sqldb.Tx, ch Change, where string, args ...any) error {
	_, err := tx.Exec(ctx, "UPDATE shares SET revoked_by = $1, revoked_at = $2 WHERE revoked_at = 0 AND "+where, append([]any{ch.By, sqldb.Millis(ch.At)}, args...)...)
	if err != nil {
		return fmt.Errorf("revoke share: %w", err)
	}
	return nil
}

// RevokeShare takes a share back.
func RevokeShare(ctx context.Context, tx *sqldb.Tx, ch Change, id string) error {
	found, err := queryShares(ctx, tx, "id = $1 AND revoked_at = 0", id)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fmt.Errorf("revoke share %s: %w", id, ErrNotFound)
	}
	s := found[0]
	if err := ch.Access.Check(ctx, tx, ToShare, s.RecordType, s.RecordID); err != nil {
		return err
	}
	if err := endShares(ctx, tx, ch, "id = $3", id); err != nil {
		return err
	}
	return record(ctx, tx, ch, changedRecord{action: "revoke-share", kind: s.RecordType, id: s.RecordID, about: s.SubjectID, before: s})
}

// SharesOf lists with whom a record is shared, the first one first.
func SharesOf(ctx context.Context, q sqldb.Querier, a *Access, kind, id string) ([]Sharing, error) {
	if !Governs(ToShare, kind) {
		return nil, invalid("record_type", "records of type %q are not shared one by one", kind)
	}
	if err := a.Check(ctx, q, ToRead, kind, id); err != nil {
		return nil, err
	}
	return sharesOf(ctx, q, kind, id)
}

func sharesOf(ctx context.Context, q sqldb.Querier, kind, id string) ([]Sharing, error) {
	return queryShares(ctx, q, "record_type = $1 AND record_id = $2 AND revoked_at = 0", kind, id)
}

func queryShares(ctx context.Context, q sqldb.Querier, where string, args ...any) ([]Sharing, error) {
	rows, err := q.Query(ctx, `SELECT id, record_type, record_id, subject_type, subject_id, writes, reason, shared_by, shared_at
		FROM shares WHERE `+where+" ORDER BY id", args...)
	if err != nil {
		return nil, fmt.Errorf("load shares: %w", err)
	}
	defer rows.Close()
	var all []Sharing
	for rows.Next() {
		var s Sharing
		if err := rows.Scan(&s.ID, &s.RecordType, &s.RecordID, &s.SubjectType, &s.SubjectID, &s.Writes, &s.Reason, &s.SharedBy, atColumn{&s.SharedAt}); err != nil {
			return nil, fmt.Errorf("load shares: %w", err)
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

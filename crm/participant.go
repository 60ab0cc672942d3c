package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Participation says that somebody took part in a record, and how. It gives them read access, as
// far as any role of theirs reads that type at all, and stays when they stop.
type Participation struct {
	UserID string    `json:"user_id"`
	How    string    `json:"how"`
	Since  time.Time `json:"since"`
}

// How people take part in a record.
const (
	TookOwnership   = "owner"       // own it, or did
	TookActivity    = "activity"    // logged an activity about it, or have one to do
	TookApproval    = "approval"    // approved a stage of it
	TookLink        = "link"        // decided who said something
	TookJoined      = "joined"      // joined it, for a reason
	TookOpportunity = "opportunity" // own an opportunity of it
	TookLead        = "lead"        // took part in the lead that it came from
)

// takePart notes that people take part in a record. The stores call it in the transaction in which
// they do; nobody, and Groundswell itself, take part in nothing.
func takePart(ctx context.Context, tx *sqldb.Tx, at time.Time, kind, id, how string, users ...string) error {
	_, err := addParticipants(ctx, tx, at, kind, id, how, users...)
	return err
}

// addParticipants is takePart that says of each person whether they did not yet.
func addParticipants(ctx context.Context, tx *sqldb.Tx, at time.Time, kind, id, how string, users ...string) (fresh []bool, err error) {
	var rows [][]any
	for _, u := range users {
		if isHuman(u) {
			rows = append(rows, []any{kind, id, u, how, sqldb.Millis(at)})
		}
	}
	return tx.InsertNew(ctx, sqldb.Insert{Table: "participants", Key: []string{"record_type", "record_id", "user_id", "how"},
		Columns: []string{"record_type", "record_id", "user_id", "how", "since"}}, rows)
}

// Participants lists who took part in a record, the first one first.
func Participants(ctx context.Context, q sqldb.Querier, kind, id string) ([]Participation, error) {
	rows, err := q.Query(ctx, "SELECT user_id, how, since FROM participants WHERE record_type = $1 AND record_id = $2 ORDER BY since, user_id, how", kind, id)
	if err != nil {
		return nil, fmt.Errorf("load participants of %s %s: %w", kind, id, err)
	}
	defer rows.Close()
	var all []Participation
	for rows.Next() {
		var p Participation
		if err := rows.Scan(&p.UserID, &p.How, atColumn{&p.Since}); err != nil {
			return nil, fmt.Errorf("load participants of %s %s: %w", kind, id, err)
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

// inheritParticipants lets who took part in a record take part in the one that came of it.
func inheritParticipants(ctx context.Context, tx *sqldb.Tx, fromType, from, toType, to, how string) error {
	if _, err := tx.Exec(ctx, `INSERT INTO participants (record_type, record_id, user_id, since, how)
		SELECT $1, $2, user_id, min(since), $3 FROM participants WHERE record_type = $4 AND record_id = $5 GROUP BY user_id
		ON CONFLICT (record_type, record_id, user_id, how) DO NOTHING`, toType, to, how, fromType, from); err != nil {
		return fmt.Errorf("hand participants of %s %s on: %w", fromType, from, err)
	}
	return nil
}

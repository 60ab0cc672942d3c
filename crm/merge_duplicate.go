package crm

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/groundswell/groundswell/internal/sqldb"
)

const duplicatesTable = "contact_duplicates" // in contact_moves; record_id is the third contact, before the state of its pair with the winner

// A dismissal is that somebody said of two contacts that they are two people.
type dismissal struct {
	other, by string
	at        int64
}

// mergeDuplicates lets what was said of the loser count for the winner: whoever is not the one is not
// the other either. What a search only supposed of the loser it finds again, of the winner.
func mergeDuplicates(ctx context.Context, tx *sqldb.Tx, m *Merge) error {
	said, err := dismissalsOf(ctx, tx, m.LoserID)
	if err != nil {
		return err
	}
	for _, d := range said {
		if d.other == m.WinnerID {
			continue
		}
		a, b := ordered(m.WinnerID, d.other)
		state, err := sqldb.Strings(ctx, tx, "SELECT state FROM contact_duplicates WHERE a_id = $1 AND b_id = $2", a, b)
		if err != nil {
			return fmt.Errorf("merge duplicates: %w", err)
		}
		before := ""
		if len(state) > 0 {
			before = state[0]
		}
		if before == duplicateDismissed {
			continue
		}
		if _, err := tx.Exec(ctx, "INSERT INTO contact_moves (merge_id, table_name, record_id, contact_id, before) VALUES ($1, $2, $3, $4, $5)",
			m.ID, duplicatesTable, d.other, m.WinnerID, before); err != nil {
			return fmt.Errorf("merge duplicates: %w", err)
		}
		if err := saveDismissal(ctx, tx, a, b, d.by, d.at); err != nil {
			return err
		}
	}
	return nil
}

// unmergeDuplicates takes back what mergeDuplicates did, where nobody decided anew since.
func unmergeDuplicates(ctx context.Context, tx *sqldb.Tx, m *Merge) error {
	said, err := dismissalsOf(ctx, tx, m.LoserID)
	if err != nil {
		return err
	}
	before := make(map[string]string)
	if err := sqldb.EachRow(ctx, tx, func(rows *sql.Rows) error {
		var other, state string
		err := rows.Scan(&other, &state)
		before[other] = state
		return err
	}, "SELECT record_id, before FROM contact_moves WHERE merge_id = $1 AND table_name = $2", m.ID, duplicatesTable); err != nil {
		return fmt.Errorf("unmerge duplicates: %w", err)
	}
	for _, d := range said {
		state, changed := before[d.other]
		if !changed {
			continue
		}
		a, b := ordered(m.WinnerID, d.other)
		query, args := "DELETE FROM contact_duplicates WHERE a_id = $1 AND b_id = $2 AND decided_at = $3", []any{a, b, d.at}
		if state == duplicateOpen {
			query = "UPDATE contact_duplicates SET state = $4, decided_by = '', decided_at = 0 WHERE a_id = $1 AND b_id = $2 AND decided_at = $3"
			args = append(args, duplicateOpen)
		}
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return fmt.Errorf("unmerge duplicates: %w", err)
		}
	}
	return nil
}

func dismissalsOf(ctx context.Context, q sqldb.Querier, contactID string) (all []dismissal, err error) {
	err = sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var d dismissal
		err := rows.Scan(&d.other, &d.by, &d.at)
		all = append(all, d)
		return err
	}, `SELECT b_id, decided_by, decided_at FROM contact_duplicates WHERE a_id = $1 AND state = 'dismissed'
		UNION ALL SELECT a_id, decided_by, decided_at FROM contact_duplicates WHERE b_id = $1 AND state = 'dismissed'`, contactID)
	if err != nil {
		return nil, fmt.Errorf("load dismissed duplicates: %w", err)
	}
	return all, nil
}

// ordered are two ids as a pair of duplicates has them.
func ordered(a, b string) (first, second string) {
	if a > b {
		return b, a
	}
	return a, b
}

func saveDismissal(ctx context.Context, tx *sqldb.Tx, a, b, by string, at int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO contact_duplicates (a_id, b_id, probability, evidence, model, state, found_at, decided_by, decided_at)
		VALUES ($1, $2, 0, '[]', '', $3, $4, $5, $4) ON CONFLICT (a_id, b_id) DO UPDATE SET state = excluded.state, decided_by = excluded.decided_by,
			decided_at = excluded.decided_at`, a, b, duplicateDismissed, at, by)
	if err != nil {
		return fmt.Errorf("dismiss duplicate: %w", err)
	}
	return nil
}

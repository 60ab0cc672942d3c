package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// Names under which a merge notes what it did to rows that stay where they are.
const (
	notedWrites = "shares.writes"  // the share of the winner lets somebody write who could with the loser
	notedReads  = "shares.reads"   // the share went over, and lets them read alone
	notedPin    = "territory_pins" // the winner was given the loser's pin
	notedFields = "fields."        // and type and name of a custom field: the record names the winner in it
)

// handOn gives the winner what the loser has in tables whose rows have no id of their own: who took
// part, the pinned territory, what custom fields of others name, and how far it is shared: with nobody to change it whom whoever merges
// could not share it with.
func (m merging) handOn(ctx context.Context, tx *sqldb.Tx, h heir) error {
	if err := inheritParticipants(ctx, tx, m.kind, m.loser, m.kind, m.winner, m.how()); err != nil {
		return err
	}
	share := m.lessenShares
	if h.shares {
		share = m.widenShares
	}
	return errors.Join(share(ctx, tx), m.givePin(ctx, tx), m.renameInFields(ctx, tx))
}

// how those take part in the winner who took part in the loser.
func (m merging) how() string { return "merge:" + m.id }

// takeBack undoes handOn. What somebody changed since stays as they changed it.
func (m merging) takeBack(ctx context.Context, tx *sqldb.Tx, since int64) error {
	if _, err := tx.Exec(ctx, "DELETE FROM participants WHERE record_type = $1 AND record_id = $2 AND how = $3", m.kind, m.winner, m.how()); err != nil {
		return fmt.Errorf("unmerge %s: %w", m.id, err)
	}
	return errors.Join(m.narrowShares(ctx, tx, since), m.returnPin(ctx, tx), m.renameBack(ctx, tx))
}

// widenShares lets those write to the winner who could write to the loser and may read the winner.
func (m merging) widenShares(ctx context.Context, tx *sqldb.Tx) error {
	n, err := m.note(ctx, tx, notedWrites, "w.id", "shares w JOIN shares l ON l.record_id = $1 AND l.subject_id = w.subject_id AND l.revoked_at = 0 AND l.writes"+
		" WHERE w.record_id = $2 AND w.revoked_at = 0 AND NOT w.writes")
	if err != nil || n == 0 {
		return err
	}
	if _, err := tx.Exec(ctx, "UPDATE shares SET writes = true WHERE id IN "+m.noted(1), notedWrites, m.id); err != nil {
		return fmt.Errorf("merge shares: %w", err)
	}
	return nil
}

// lessenShares lets those only read the winner with whom the loser was shared to change.
func (m merging) lessenShares(ctx context.Context, tx *sqldb.Tx) error {
	n, err := m.note(ctx, tx, notedReads, "t.id", "shares t WHERE t.record_id = $2 AND t.record_id <> $1 AND t.writes AND t.id IN (SELECT record_id FROM "+m.moves+" WHERE table_name = 'shares' AND merge_id = $3)")
	if err != nil || n == 0 {
		return err
	}
	if _, err := tx.Exec(ctx, "UPDATE shares SET writes = false WHERE id IN "+m.noted(1), notedReads, m.id); err != nil {
		return fmt.Errorf("merge shares: %w", err)
	}
	return nil
}

// narrowShares takes back what widenShares gave, and gives back what lessenShares took. Whom somebody stopped sharing the merged record with
// loses the share that stayed behind as well.
func (m merging) narrowShares(ctx context.Context, tx *sqldb.Tx, since int64) error {
	if _, err := tx.Exec(ctx, "UPDATE shares SET writes = false WHERE id IN "+m.noted(1), notedWrites, m.id); err != nil {
		return fmt.Errorf("unmerge shares: %w", err)
	}
	if _, err := tx.Exec(ctx, "UPDATE shares SET writes = true WHERE id IN "+m.noted(1), notedReads, m.id); err != nil {
		return fmt.Errorf("unmerge shares: %w", err)
	}
	ended := "FROM shares w WHERE w.record_id = $2 AND w.subject_id = shares.subject_id AND w.revoked_at >= $3"
	_, err := tx.Exec(ctx, `UPDATE shares SET revoked_by = (SELECT w.revoked_by `+ended+` ORDER BY w.revoked_at DESC, w.id DESC LIMIT 1), revoked_at = (SELECT max(w.revoked_at) `+ended+`)
		WHERE record_id = $1 AND revoked_at = 0 AND EXISTS (SELECT 1 `+ended+`)
		AND NOT EXISTS (SELECT 1 FROM shares w WHERE w.record_id = $2 AND w.subject_id = shares.subject_id AND w.revoked_at = 0)
		AND id NOT IN (SELECT record_id FROM `+m.moves+` WHERE table_name = 'shares' AND merge_id = $4)`, m.loser, m.winner, since, m.id)
	if err != nil {
		return fmt.Errorf("unmerge shares: %w", err)
	}
	return nil
}

// givePin copies the territory that the loser is pinned to, where the winner is pinned to none.
func (m merging) givePin(ctx context.Context, tx *sqldb.Tx) error {
	n, err := tx.Exec(ctx, `INSERT INTO territory_pins (record_type, record_id, territory_id, reason, pinned_by, pinned_at)
		SELECT record_type, CAST($1 AS text), territory_id, reason, pinned_by, pinned_at FROM territory_pins WHERE record_type = $2 AND record_id = $3
		ON CONFLICT (record_type, record_id) DO NOTHING`, m.winner, m.kind, m.loser)
	if err != nil {
		return fmt.Errorf("merge pins: %w", err)
	}
	if n == 0 {
		return nil
	}
	return m.noteAll(ctx, tx, notedPin, []string{m.winner})
}

func (m merging) returnPin(ctx context.Context, tx *sqldb.Tx) error {
	_, err := tx.Exec(ctx, `DELETE FROM territory_pins WHERE record_type = $1 AND record_id = $2 AND record_id IN `+m.noted(3)+` AND EXISTS (SELECT 1 FROM territory_pins l
		WHERE l.record_type = $1 AND l.record_id = $5 AND l.territory_id = territory_pins.territory_id AND l.pinned_at = territory_pins.pinned_at)`,
		m.kind, m.winner, notedPin, m.id, m.loser)
	if err != nil {
		return fmt.Errorf("unmerge pins: %w", err)
	}
	return nil
}

// renameInFields lets custom fields of other records that name the loser name the winner. Where no two
// may name the same and one names the winner already, the other keeps what it says.
func (m merging) renameInFields(ctx context.Context, tx *sqldb.Tx) error {
	found, err := m.referring(ctx, tx)
	if err != nil {
		return err
	}
	for i := range found {
		f := &found[i]
		ids, err := f.naming(ctx, tx, m.loser)
		if err != nil {
			return err
		}
		ids = slices.DeleteFunc(ids, func(id string) bool { return id == m.winner || id == m.loser })
		if f.Unique && len(ids) > 0 {
			if taken, err := f.naming(ctx, tx, m.winner); err != nil || len(taken) > 0 {
				return err
			}
		}
		if err := errors.Join(m.noteAll(ctx, tx, notedFields+f.RecordType+"."+f.Name, ids), f.rename(ctx, tx, ids, m.loser, m.winner)); err != nil {
			return err
		}
	}
	return nil
}

func (m merging) renameBack(ctx context.Context, tx *sqldb.Tx) error {
	found, err := m.referring(ctx, tx)
	if err != nil {
		return err
	}
	for i := range found {
		f := &found[i]
		ids, err := sqldb.Strings(ctx, tx, "SELECT record_id FROM "+m.moves+" WHERE table_name = $1 AND merge_id = $2", notedFields+f.RecordType+"."+f.Name, m.id)
		if err != nil {
			return fmt.Errorf("unmerge fields: %w", err)
		}
		if err := f.rename(ctx, tx, ids, m.winner, m.loser); err != nil {
			return err
		}
	}
	return nil
}

// referring are the custom fields that name records of the type.
func (m merging) referring(ctx context.Context, q sqldb.Querier) ([]Field, error) {
	return fields.find(ctx, q, "WHERE kind = $1 AND reference_type = $2 ORDER BY record_type, name", FieldReference, m.kind)
}

// naming are the records that name another in a reference.
func (f *Field) naming(ctx context.Context, q sqldb.Querier, id string) ([]string, error) {
	ids, err := sqldb.Strings(ctx, q, "SELECT record_id FROM field_values WHERE record_type = $1 AND name = $2 AND value_key = $3 ORDER BY record_id",
		f.RecordType, f.Name, []byte(f.keys(id)[0]))
	if err != nil {
		return nil, fmt.Errorf("load who names %s in %s: %w", id, f.Name, err)
	}
	return ids, nil
}

// rename lets a reference of records name another record, where it names the one before.
func (f *Field) rename(ctx context.Context, tx *sqldb.Tx, ids []string, from, to string) error {
	table := recordTables[f.RecordType]
	for part := range chunks(ids) {
		var rows, values [][]any
		err := sqldb.EachRow(ctx, tx, func(r *sql.Rows) error {
			var id string
			var own map[string]any
			if err := r.Scan(&id, ownColumn{&own}); err != nil || own[f.Name] != from {
				return err
			}
			own[f.Name] = to
			rows = append(rows, []any{fieldsText(own), id})
			values = append(values, []any{[]byte(f.keys(to)[0]), f.RecordType, f.Name, id})
			return nil
		}, "SELECT id, fields FROM "+table+" WHERE "+sqldb.In("id", 1, len(part)), sqldb.Anys(part)...)
		if err != nil {
			return fmt.Errorf("load fields of %s: %w", table, err)
		}
		if err := errors.Join(tx.ExecMany(ctx, "UPDATE "+table+" SET fields = $1, version = version + 1 WHERE id = $2", rows),
			tx.ExecMany(ctx, "UPDATE field_values SET value_key = $1 WHERE record_type = $2 AND name = $3 AND record_id = $4", values)); err != nil {
			return fmt.Errorf("rename in fields of %s: %w", table, err)
		}
	}
	return nil
}
